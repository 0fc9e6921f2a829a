"""A character card as the files of a character: for the command line and for the panel alike."""

from collections.abc import Collection, Sequence

import msgspec

from streamer.app.cards_io import Found
from streamer.app.casting.names import folder_name
from streamer.app.casting.newcomer import Wishes, completed
from streamer.app.characterfile import character_files
from streamer.cast import Persona, missing_parts
from streamer.cast.cards import Card, suggested_id

_USED = frozenset(
    ("name", "nickname", "description", "personality", "scenario", "first_mes", "alternate_greetings",
     "group_only_greetings", "talkativeness", "spec", "spec_version", "assets", "creation_date", "modification_date")
)  # fmt: skip


def card_contents(persona: Persona, found: Found, source: str) -> dict[str, bytes]:
    """File name to bytes: what a character that came from a card consists of. `source` is the card file's name."""
    texts = character_files(persona, source=source)
    contents = {name: text.encode() for name, text in texts.items()}
    return {**contents, "card.json": found.raw, **({"picture.png": found.picture} if found.picture else {})}


def card_id(card: Card, fallback: str, taken: Collection[str]) -> str:
    """A free folder name for the character of a card. `fallback` is the card file's name."""
    return folder_name(suggested_id(card, fallback), taken)


def dressed(persona: Persona, others: Sequence[Persona]) -> Persona:
    """The persona with a voice, a look and a colour of its own where its card gave none."""
    missing = missing_parts(persona)
    wishes = completed(Wishes(name=persona.name, language=persona.language), others)
    plain = Persona(id="", name="")
    return msgspec.structs.replace(
        persona,
        voice=wishes.voice if "voice" in missing and wishes.voice else persona.voice,
        look=wishes.look if "look" in missing else persona.look,
        colour=wishes.colour if persona.colour == plain.colour else persona.colour,
    )


def kept_fields(card: Card) -> tuple[str, ...]:
    """Names of the card's fields that hold something and are kept for an export, but not used."""
    filled = (key for key, value in card.data.items() if value not in (None, "", [], {}))
    return tuple(sorted(key[:40] for key in filled if key not in _USED and key.isprintable()))[:20]
