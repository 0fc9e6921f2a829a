"""Writes docs/settings.md from the settings' own models, so that names, types, limits and defaults are the real ones.

    python docs/make_settings.py           writes the page
    python docs/make_settings.py --check   exit code 1 when the page is not current

Run it with the Python of the test environment.
"""

# ruff: noqa: E501 - each sentence is one cell of a table
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # a script's own folder is on the path, the checkout is not

from streamer.app.settings import Settings  # noqa: E402

PAGE = ROOT / "docs" / "settings.md"
HEAD = """\
# Settings

<!-- Written by docs/make_settings.py; change the sentences there. -->

Copy what you change from `config/streamer.yaml` into `home/config/streamer.yaml`, or name a file with `--config FILE`.
`python3 run.py check` reads everything and lists every problem with its line and the nearest key that exists.

Every setting can come from four places; a later one wins: the shipped file, your file, the environment (also `home/.env`),
the command line. In the environment a setting is written in capitals with `SHOWRUNNER_` before it and `__` between its
parts: `show.dial` is `SHOWRUNNER_SHOW__DIAL`; lists are JSON: `SHOWRUNNER_SHOW__CAST=["mika"]`. Keys and passwords are read from the environment, `home/.env` or the
system's keyring only; one that stands in a YAML file is refused and its line named. A file that is changed counts from the next
line on, without a restart; one that cannot be used changes nothing. The set-up page writes into your file, value by value.
"""
MEANING = {
    "show.title": "the name of the show, in the panel",
    "show.cast": "the characters on stage, by folder name, in this order; empty: all of `characters/` and `home/characters/`",
    "show.rundown": "a file of `home/scenes/` or `scenes/`, without `.yaml`; empty: none (the demo show uses `demo`)",
    "show.dial": "how readily they speak: only when named; also to questions and support; to the whole chat",
    "show.answers_per_minute": "answers to the chat a minute, at `named` and `normal`; the first two come at once, then they are spread",
    "show.chatty_per_minute": "the same at `chatty`",
    "show.read_delay_s": "on a real channel a message is not answered aloud earlier than this, so that moderators can act",
    "show.gap_s": "silence between two lines",
    "show.host_quiet_s": "nobody starts until the host has been quiet for so long",
    "show.idle_after_s": "a word of their own after so much silence; 0: never",
    "show.banter_turns": "lines of a bit between two characters",
    "show.banter_every_s": "a bit starts by itself at most this often; 0: never",
    "show.viewer_cooldown_s": "a viewer who was answered stands back so long while others wait",
    "show.unattended": "idle talk and unprompted banter without a way to notice the host; left out: yes in the demo, no on a channel",
    "chat.bots": "accounts that are never answered, beside the well-known bots",
    "chat.twitch.channel": "the name in `twitch.tv/NAME`; also `--twitch NAME`",
    "chat.twitch.irc_url": "another server that speaks Twitch's IRC over WebSocket",
    "chat.twitch.api_url": "another server that speaks Twitch's Helix",
    "chat.twitch.auth_url": "another server that signs in as `id.twitch.tv` does",
    "chat.twitch.eventsub_url": "another server that speaks Twitch's EventSub over WebSocket",
    "chat.twitch.client_id": "of your application at dev.twitch.tv/console; needed to sign in ([sign-in](sign-in.md))",
    "chat.twitch.read": "`auto`: signed in with the guest's connection beside it, as a guest while nobody is signed in; one of the two alone",
    "chat.twitch.alerts": "what is told beside the chat; decides which permissions a sign-in asks for",
    "chat.youtube.channel": "a handle (`@name`), a channel's address or id, or the link of one stream; also `--youtube URL` ([YouTube](youtube.md))",
    "chat.youtube.read": "`auto`: by the official API where there is a key or a sign-in, with the page beside it; else by the page",
    "chat.youtube.engine": "how the page is read; `auto`: pytchat first, the other when it fails",
    "chat.youtube.base_url": "another server that has YouTube's pages",
    "chat.youtube.api_url": "another server of the YouTube Data API",
    "chat.youtube.auth_url": "another server that signs in as Google does",
    "chat.youtube.client_id": "of your OAuth client (type: TVs and Limited Input devices); needed to write",
    "chat.youtube.client_secret": "secret; that client's",
    "chat.youtube.api_key": "secret; reads by the official API without an account",
    "chat.streamerbot.url": "address, port and endpoint of Streamer.bot's WebSocket server ([beside Streamer.bot](streamer-bot.md))",
    "chat.streamerbot.password": "secret; when authentication is switched on there",
    "chat.streamerbot.read": "whose events are read; empty: only actions are run",
    "chat.streamerbot.do": "actions to run: `{on, is, action, tests}` each ([how](streamer-bot.md#running-actions))",
    "chat.webhooks": "programs that are told what happens: `{url, on, secret}` each ([webhooks](webhooks.md)); secrets: `SHOWRUNNER_CHAT__WEBHOOKS__0__SECRET`",
    "chat.commands.on": "whether the broadcaster and moderators may steer the show from the chat ([chat commands](chat-commands.md))",
    "chat.commands.prefix": "what a command begins with",
    "chat.commands.confirm": "whether the bot answers a command in the chat, where it can write",
    "chat.write.answers": "whether what was heard as an answer or a thank-you is also written, to whoever it was for",
    "alerts.speak_after_s": "nobody speaks about an alert earlier than this, so that its own sound ends first ([alerts](alerts.md))",
    "alerts.raid.on": "whether it is thanked; for all kinds yes, but for `follow` and `redemption`",
    "alerts.raid.speak_after_s": "in place of the one for all; left out: that one",
    "alerts.raid.cooldown_s": "after a thank-you the next ones of this kind stay without",
    "alerts.raid.user_cooldown_s": "the same for the same person only; 30 for `bits`, 3600 for `follow`, 0 for the others",
    "alerts.raid.persona": "who thanks, unless the viewer calls another by name; empty: whose turn it is",
    "alerts.raid.scene": "taken when the thank-you begins",
    "alerts.raid.say": "the character finds its own words, or those of the template are spoken as they are",
    "alerts.raid.template": "with `{name}` `{count}` `{bits}` `{amount}` `{months}` `{text}` `{reward}` `{tier}`; left out: the shipped ones",
    "alerts.raid.templates": "several, one of which is taken each time",
    "alerts.raid.held": "what happens while moderation holds the words: nothing, or thanks without them",
    "alerts.raid.least": "raiders; `gift`: gifts; `bits`: bits; `resub`: months; `superchat` and `sticker`: units by currency, `{USD: 2, JPY: 200, other: 2}`",
    "alerts.rewards": "a list of `reward` (title or id) with `persona`, `topic`, `exact`, `scene`, `ignore`, `speak_after_s`, `cooldown_s`, `user_cooldown_s`",
    "llm.profile": "which server: fills in what is left empty ([brains](brains.md))",
    "llm.base_url": "address of the server, ending in `/v1`; empty: the profile's",
    "llm.api_key": "secret; empty: the provider's own variable, for instance `OPENAI_API_KEY`",
    "llm.model": "empty: the profile's, where it has one",
    "llm.extra": "goes into every request as it is: `top_p`, `keep_alive`, ...",
    "llm.connect_s": "time limit for the connection",
    "llm.first_token_s": "time limit from the request to the first words; then the next brain is asked, after 6 s in all something prepared is said",
    "llm.between_tokens_s": "time limit between two pieces of an answer",
    "llm.prompt_price": "US dollars per million tokens of the request, for the report",
    "llm.completion_price": "US dollars per million tokens of the answer, for the report",
    "llm_fallbacks": "more brains, each with the same keys as `llm`, asked in order when the ones before fail",
    "tts.chain": "voices in the order they are tried; empty: those configured, as openai, elevenlabs, azure, voicevox, http, edge ([voices](voice.md))",
    "tts.first_audio_s": "seconds to the first sound of a sentence before the next voice of the chain takes it",
    "tts.stall_s": "seconds a voice may pause within a sentence before the next one goes on",
    "tts.offline_voice_on_air": "the offline voice on a real channel; left out: no there, yes in the demo",
    "tts.edge.accept_terms": "must be true before it is used: [voices](voice.md#edge)",
    "tts.edge.url": "another server that speaks the same protocol; empty: Microsoft's",
    "tts.edge.voice": "for characters that name none; empty: one for the character's language",
    "tts.edge.first_audio_s": "time limit to the first sound; a live line waits 2.5 s at most",
    "tts.edge.stall_s": "time limit between two pieces of sound; a live line waits 1 s at most",
    "tts.openai.base_url": "any server with OpenAI's `/v1/audio/speech`",
    "tts.openai.api_key": "secret; empty: `OPENAI_API_KEY`, which is sent to OpenAI's own address only",
    "tts.openai.model": "what the server calls its model",
    "tts.openai.voice": "for characters that name none",
    "tts.openai.instructions": "how to speak; may hold `{emotion}`; only newer models read it",
    "tts.openai.response_format": "what is asked for; a WAV or MP3 answer is understood whatever was asked",
    "tts.openai.pcm_rate_hz": "samples a second of raw PCM",
    "tts.openai.cost_per_1k_chars": "US dollars per 1,000 characters",
    "tts.openai.first_audio_s": "time limit to the first sound; a live line waits 2.5 s at most",
    "tts.openai.stall_s": "time limit between two pieces of sound; a live line waits 1 s at most",
    "tts.openai.total_s": "time limit for a clause",
    "tts.elevenlabs.base_url": "another server that speaks the same protocol",
    "tts.elevenlabs.api_key": "secret; empty: `ELEVENLABS_API_KEY`, which is sent to ElevenLabs' own address only",
    "tts.elevenlabs.model": "`eleven_flash_v2_5` is the quickest",
    "tts.elevenlabs.voice": "id of a voice, for characters that name none",
    "tts.elevenlabs.stability": "how alike one sentence sounds to the next",
    "tts.elevenlabs.similarity": "how close it stays to the voice it was made from",
    "tts.elevenlabs.style": "how strongly the voice's own style comes through; costs time",
    "tts.elevenlabs.speaker_boost": "a little closer to the voice, a little slower",
    "tts.elevenlabs.output_format": "what is asked for; some formats need a bigger plan",
    "tts.elevenlabs.cost_per_1k_chars": "US dollars per 1,000 characters",
    "tts.elevenlabs.first_audio_s": "time limit to the first sound; a live line waits 2.5 s at most",
    "tts.elevenlabs.stall_s": "time limit between two pieces of sound; a live line waits 1 s at most",
    "tts.elevenlabs.total_s": "time limit for a clause",
    "tts.azure.api_key": "secret",
    "tts.azure.region": "of the resource: `westeurope`",
    "tts.azure.endpoint": "address of a resource with a name of its own; empty: the region's",
    "tts.azure.voice": "for characters that name none; empty: one for the character's language",
    "tts.azure.styles": "expression to one of Azure's styles, beside those chosen by themselves: `{smug: chat}`",
    "tts.azure.style_degree": "how strong a style is",
    "tts.azure.connections": "kept open at the same time",
    "tts.azure.cost_per_1k_chars": "US dollars per 1,000 characters",
    "tts.azure.first_audio_s": "time limit to the first sound; a live line waits 2.5 s at most",
    "tts.azure.stall_s": "time limit between two pieces of sound; a live line waits 1 s at most",
    "tts.azure.total_s": "time limit for a clause",
    "tts.voicevox.url": "where the engine listens; AivisSpeech and others have the same interface",
    "tts.voicevox.voice": "for characters that name none: number of a style, character, or `character/style`",
    "tts.voicevox.intonation": "how lively, as a factor",
    "tts.voicevox.emotions": "a character's styles follow the emotion of a clause",
    "tts.voicevox.first_audio_s": "time limit to the answer; a live line waits 2.5 s at most",
    "tts.voicevox.stall_s": "time limit between two pieces of sound",
    "tts.voicevox.total_s": "time limit for a clause",
    "tts.pronunciations": "word to how it is spoken, for all characters: `{nginx: engine x}`",
    "tts.emotes": "whether emotes that a character writes are read as words",
    "tts.emoji": "whether emoji are read by name (English characters)",
    "tts.line_s": "seconds a line lasts at most, by estimate; it ends with a sentence",
    "tts.http.url": "template with `{text} {voice} {lang} {rate} {pitch} {volume} {emotion}`",
    "tts.http.method": "left out: POST with a body or a query, else GET",
    "tts.http.body": "JSON to send; its strings may hold the same places",
    "tts.http.headers": "header name to value; the values are secrets",
    "tts.http.query_url": "asked first (POST); its JSON answer is the body for `url` (VOICEVOX)",
    "tts.http.query_set": "merged into that answer",
    "tts.http.voice": "for characters that name none",
    "tts.http.languages": "a character's language to the server's word for it: `{ja: jp}`",
    "tts.http.format": "`auto` goes by Content-Type and the first bytes",
    "tts.http.pcm_rate_hz": "samples a second of raw PCM (s16le mono)",
    "tts.http.cost_per_1k_chars": "US dollars per 1,000 characters",
    "tts.http.first_audio_s": "time limit to the first sound; a live line waits 2.5 s at most",
    "tts.http.stall_s": "time limit between two pieces of sound; a live line waits 1 s at most",
    "tts.http.total_s": "time limit for a clause",
    "tts.http.max_bytes": "of one answer",
    "tts.espeak.library": "another espeak-ng library; empty: the system's, else the one from the package",
    "tts.espeak.data": "its data folder; empty: the library's own",
    "moderation.blocked": "words of your own that never pass, written as in the lists ([moderation](moderation.md))",
    "moderation.allowed": "words that always may",
    "obs.url": "address of OBS's WebSocket server (Tools > WebSocket Server Settings); left out the whole section: OBS is left alone ([OBS](obs.md)); whether `sound.sink: obs` can play there counts from the next start",
    "obs.password": "secret; of that server",
    "obs.map": "a scene map, `home/scenes/<map>.yaml`: what the show may touch in OBS, and when ([the stage](stage.md)); empty: it cuts no scenes",
    "obs.host_mic": "the audio input in OBS that is the host's microphone: its level tells when the host speaks ([the host's voice](host-voice.md))",
    "obs.host_level_db": "quieter than this is never the host",
    "obs.captions.text": "a text input that shows the captions, where the overlay cannot ([captions](captions.md))",
    "obs.captions.stream": "closed captions (CEA-608) in the stream, for Latin letters only",
    "avatars": 'by character: a model in another program, `{mika: {kind: vts, url: "ws://127.0.0.1:8001", model: Mika, ...}}` ([VTube Studio](vtube-studio.md))',
    "web.host": "one more address to serve on; `localhost`: this machine only. Also `--host ADDR`",
    "web.public_url": "the outer address of a TLS proxy, a tunnel or a container in front; the panel is served there too",
    "web.port": "of the panel and the overlays; 0: any free one. Also `--port N`",
    "asr.chain": "recognisers in the order they are asked; left out: each that has a section; empty: none ([ears](ears.md))",
    "asr.language": "what the host speaks (`en`, `ja-JP`); empty: the cast's language",
    "asr.whisper.model": "a name (`tiny` to `large-v3`), a repository at huggingface.co, or a folder; fetched by `streamer ears fetch NAME` or in the panel",
    "asr.whisper.device": "`auto`: a graphics card if one works",
    "asr.whisper.compute_type": "`auto`: `int8` on the processor, `float16` on a card",
    "asr.whisper.language": "instead of `asr.language`",
    "asr.whisper.beam_size": "more finds better words and takes longer",
    "asr.whisper.threads": "0: as many as serve it",
    "asr.whisper.limit_s": "no words by then: the next recogniser is asked",
    "asr.whisper.load_s": "loading longer than this is given up",
    "asr.azure.api_key": "secret; of your Speech resource ([Azure](azure.md))",
    "asr.azure.region": "of your Speech resource, as `westeurope`",
    "asr.azure.endpoint": "instead of the region: the address of a resource with a name of its own, or of another server that speaks the protocol",
    "asr.azure.language": "instead of `asr.language`",
    "asr.azure.languages": "up to four locales, when any of them may be spoken",
    "asr.azure.segment_ms": "silence after which the service ends a phrase by itself; the show decides earlier",
    "asr.azure.connect_s": "no answer to the first sound by then: the next recogniser is asked",
    "asr.azure.final_s": "no final words so long after the end: the next recogniser is asked",
    "asr.openai.base_url": "any server with OpenAI's `/audio/transcriptions`",
    "asr.openai.api_key": "secret",
    "asr.openai.model": "as the server calls it",
    "asr.openai.language": "instead of `asr.language`",
    "asr.openai.response_format": "`auto`: the fullest that the model is known to give",
    "asr.openai.stream": "words as they are found, where the server can",
    "asr.openai.limit_s": "no words by then: the next recogniser is asked",
    "asr.offline.words": "how many of the most frequent English words it knows; fewer are found faster and mistaken less",
    "asr.offline.limit_s": "no words by then: the next recogniser is asked",
    "asr.offline.load_s": "loading longer than this is given up",
    "ears.source": "where the host is heard: a page of the panel, a device of this computer, the level OBS tells, or not at all ([the host's voice](host-voice.md))",
    "ears.device": "for `device`: a microphone by name; empty: the system's default",
    "ears.open_speakers": "the microphone hears the cast through speakers, so nobody is listened to while they are heard; headphones are better",
    "ears.push_to_talk": "only what is said while a key is held counts",
    "ears.muted": "the ear is closed at the start",
    "ears.barge_in": "what the host's voice does to whoever speaks: `stop` hushes at once and cuts when something is said, `duck` only lowers",
    "sound.sink": "what plays the voices: a page, a device of this computer, or a media source in OBS; the page stands by ([sound](sound.md)); counts from the next start",
    "sound.device.device": "for `device`: by name; empty: the system's default; counts from the next start",
    "sound.device.latency_ms": "what the device may hold; more when voices are torn, and a stop takes as much longer; counts from the next start",
    "sound.obs.source": "name of the media source; made when it is not there; counts from the next start",
    "sound.obs.scene": "where it is made; empty: in the scene on air; counts from the next start",
    "sound.personas": "a device of its own for a persona: `{mika: {device: NAME}}`; counts from the next start",
}
"""What each setting means. `llm` stands for the rows of `llm_fallbacks` too, `alerts.raid` for all kinds of alerts."""
ALIKE = frozenset(
    f"alerts.{kind}" for kind in ("sub", "resub", "gift", "bits", "superchat", "sticker", "follow", "redemption")
)


def plain(kind: Any) -> Any:
    """The type without Optional and Annotated."""
    if get_origin(kind) in (Union, types.UnionType):
        left = [each for each in get_args(kind) if each is not type(None)]
        return plain(left[0]) if len(left) == 1 else kind
    return plain(get_args(kind)[0]) if hasattr(kind, "__metadata__") else kind


def rows(model: type[BaseModel], place: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, type, default) of every setting, in the order of the models."""
    for name, field in model.model_fields.items():
        path = f"{place}{name}"
        kind = plain(field.annotation)
        if name == "kind" or path in ALIKE:
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from rows(kind, f"{path}.")
        else:
            yield path, type_of(kind, field.metadata), default_of(field)


def type_of(kind: Any, metadata: list[Any]) -> str:
    limits = " ".join(
        f"{sign} {getattr(each, name)}"
        for each in metadata
        for name, sign in (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))
        if getattr(each, name, None) is not None
    )
    names = {str: "text", int: "whole number", float: "number", bool: "true, false", SecretStr: "secret"}
    if get_origin(kind) is Literal:
        return " ".join(f"`{each}`" for each in get_args(kind))
    base = names.get(kind) or {list: "list", dict: "mapping"}.get(get_origin(kind), "any")
    return f"{base} {limits}".strip()


def default_of(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined:
        return "left out"
    if isinstance(value, SecretStr):
        return "none"
    if value in ("", [], {}):
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def page() -> str:
    """The whole page. Raises SystemExit when a setting has no sentence, or a sentence no setting."""
    found = list(rows(Settings))
    paths = [path for path, *_ in found]
    if missing := [path for path in paths if path not in MEANING]:
        raise SystemExit(f"docs/make_settings.py: no sentence for {', '.join(missing)}")
    if stale := [path for path in MEANING if path not in paths]:
        raise SystemExit(f"docs/make_settings.py: no such setting: {', '.join(stale)}")
    out = [HEAD]
    group = ""
    for path, kind, default in found:
        section = path.rpartition(".")[0] or "llm_fallbacks"
        if section != group:
            group = section
            out.append(f"## `{section}`\n\n| setting | takes | default | |\n|---|---|---|---|")
        if out[-1].endswith("\n"):
            out[-1] = out[-1].rstrip("\n")
        out.append(f"| `{path}` | {kind} | {default} | {MEANING[path]} |")
    text = "\n".join(f"\n{line}" if line.startswith("## ") else line for line in out)
    return text.replace("\n\n\n", "\n\n") + "\n"


def main(arguments: list[str]) -> int:
    text = page()
    if "--check" in arguments:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print(
            "docs/settings.md is current"
            if current
            else "docs/settings.md is not current: python docs/make_settings.py"
        )
        return 0 if current else 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
