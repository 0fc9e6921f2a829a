"""Programs that write into chats."""

KNOWN_BOTS = (
    "nightbot", "streamelements", "streamlabs", "moobot", "fossabot", "wizebot", "sery_bot", "soundalerts", "botisimo",
    "coebot", "deepbot", "phantombot", "mixitupapp", "kofistreambot", "own3d", "pokemoncommunitygame", "botrixoficial",
    "creatisbot", "blerp", "tangiabot", "streamstickers", "dixperbro", "commanderroot", "frostytoolsdotcom",
    "lolrankbot", "restreambot", "stay_hydrated_bot", "playwithviewersbot", "0ax2", "drapsnatt", "lurxx",
    "anotherttvviewer",
)  # fmt: skip
"""Logins whose messages nobody answers. The list people edit in their settings begins with these."""
