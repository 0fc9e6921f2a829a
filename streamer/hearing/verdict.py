"""What becomes of what a recogniser understood: words of the host, or nothing, and why."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from streamer.hearing.backchannel import is_backchannel
from streamer.hearing.echo import is_echo
from streamer.hearing.hallucinated import is_hallucinated
from streamer.hearing.languages import without_asides
from streamer.ports import Final

Nothing = Literal["backchannel", "noise", "echo", "nothing"]


class Verdict(msgspec.Struct, frozen=True):
    """`why` is set where there are no words."""

    text: str = ""
    why: Nothing | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Of the sound of an utterance."""

    voiced_ms: int
    held: bool = False
    """Push-to-talk: the host meant to be heard."""
    spoken_over: bool = True
    """Somebody of the cast was speaking when it began, as far as is known."""
    may_be_echo: bool = True
    """The cast was to be heard during most of it, as far as is known."""


def verdict(final: Final, evidence: Evidence, *, said: Sequence[str], language: str = "") -> Verdict:
    """`said`: sentences of the cast in the last seconds; `language` where the recogniser names none. May take
    20 ms: for a thread."""
    text = without_asides(final.text)
    if not any(each.isalnum() for each in text):
        return Verdict(why="nothing" if not final.text.strip() else "noise")
    language = final.language or language
    heard_ms = evidence.voiced_ms
    if is_hallucinated(text, voiced_ms=heard_ms, confidence=final.confidence, no_speech=final.no_speech):
        return Verdict(why="noise")
    if evidence.may_be_echo and is_echo(text, said):
        return Verdict(why="echo")
    if not evidence.held and is_backchannel(text, language, voiced_ms=heard_ms, spoken_over=evidence.spoken_over):
        return Verdict(why="backchannel")
    return Verdict(text=text)
