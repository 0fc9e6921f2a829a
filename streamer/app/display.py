"""The display copy of what a viewer wrote: the same words without what would break a screen or a prompt.

Taken out: control characters, bidirectional controls, invisible tag characters, lone surrogates, stacks of more than
three combining marks. Line ends become spaces. Look-alikes and zero-width joiners stay: moderation has its own views
of them.
Sources: UAX #9 (bidi), UTR #51 (joiners), the default-ignorable code points of the Unicode database.
"""

import re
from collections.abc import Sequence

TEXT_MAX = 500
"""Code points of a message; Twitch allows 500, YouTube 200."""
NAME_MAX = 60

Emotes = Sequence[tuple[int, int, str]]

_SPACES = "\t\n\v\f\r\x85\u2028\u2029"
_GONE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_STACK = re.compile(f"(?<=[{_MARKS}]{{3}})[{_MARKS}]+")
_UNWANTED = re.compile(f"{_GONE.pattern}|[{_SPACES}]|[{_MARKS}]{{4}}")


def display(text: str, emotes: Emotes = (), limit: int = TEXT_MAX) -> tuple[str, Emotes]:
    """The copy, at most `limit` code points, and the emote ranges in it. Never raises."""
    if len(text) > limit or not ((text.isascii() and text.isprintable()) or not _UNWANTED.search(text)):
        text, emotes = _copied(text[: limit * 8], emotes, limit)
    return text, tuple(each for each in emotes if 0 <= each[0] < each[1] <= len(text)) if emotes else ()


def _copied(text: str, emotes: Emotes, limit: int) -> tuple[str, Emotes]:
    kept = _without(_GONE, text, range(len(text)))
    kept = _without(_STACK, "".join(text[at] for at in kept), kept)[:limit]  # marks may have met by now
    places = {at: new for new, at in enumerate(kept)}
    moved = [
        (places[start], places[end - 1] + 1, name)
        for start, end, name in emotes
        if start < end and start in places and end - 1 in places
    ]
    return "".join(" " if text[at] in _SPACES else text[at] for at in kept), moved


def _without(pattern: re.Pattern[str], text: str, places: Sequence[int]) -> list[int]:
    """The places of the characters of `text` that the pattern does not match."""
    gone = {at for match in pattern.finditer(text) for at in range(*match.span())}
    return [place for at, place in enumerate(places) if at not in gone]


def display_name(name: str) -> str:
    """The copy of a name: one line, at most `NAME_MAX` code points."""
    return name if _is_plain(name) else " ".join(display(name, limit=NAME_MAX)[0].split())


def _is_plain(name: str) -> bool:
    return len(name) <= NAME_MAX and name.isascii() and name.isprintable() and " " not in name
