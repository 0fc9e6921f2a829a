"""The voices an engine offers, as values."""

from typing import Literal

import msgspec

Gender = Literal["female", "male", ""]


class VoiceEntry(msgspec.Struct, frozen=True):
    """`id` is what a character's `voice.ids` takes; `language` a BCP 47 tag, "" when the voice speaks any; `credit`
    what viewers must be able to read when it is used on a stream."""

    id: str
    name: str
    language: str = ""
    gender: Gender = ""
    credit: str = ""


def gender_of(word: object) -> Gender:
    """From whatever a service writes."""
    first = str(word or "").strip().lower()[:1]
    return "female" if first == "f" else "male" if first == "m" else ""


def speaks(entry: VoiceEntry, language: str) -> bool:
    """Whether a voice suits a language: `en` takes `en-GB`, `en-GB` takes only its own; no language takes all."""
    if not language or not entry.language:
        return True
    have, want = entry.language.lower(), language.lower()
    return have == want or have.startswith(want + "-") or (want.startswith(have + "-") and "-" not in have)
