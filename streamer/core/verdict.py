"""What moderation said about a text. What follows from it is decided in `policy`."""

from typing import Literal

import msgspec

Action = Literal["allow", "hold", "replace", "drop"]


class Verdict(msgspec.Struct, frozen=True):
    """One answer of the moderation layers about one text.

    `rule` names what matched (empty: nothing did), `span` is the half-open range of code points in the original text.
    """

    action: Action = "allow"
    rule: str = ""
    span: tuple[int, int] | None = None


ALLOW = Verdict()
