"""What an ear tells of a turn of the host."""

from collections.abc import Mapping

import msgspec


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Something the host said. Times in seconds of the ear's clock; `ended_s` is the end of the voice."""

    text: str
    began_s: float
    ended_s: float
    confidence: float = 1.0
    language: str = ""
    spans: Mapping[str, float] = {}
    """Milliseconds: `onset` (first voice to its fact), `confirm` (first voice to its confirmation), `candidate` (end of
    the voice to its fact), `endpoint` (end of the voice to the decision that the turn is over), `asr` (from there to
    the words)."""
