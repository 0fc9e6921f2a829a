"""Names that people write for things in OBS, and the one they probably meant."""

import difflib
from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

Kind = Literal["scene", "source", "filter", "input", "transition", "hotkey"]
_CLOSE = 0.6


class Missing(msgspec.Struct, frozen=True):
    """A name that OBS does not know. `place` is where it stands in the scene map."""

    kind: Kind
    name: str
    place: str
    within: str = ""
    """The scene of a source, the source of a filter."""
    nearest: str = ""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like it, regardless of case; empty when none comes close."""
    by_fold: dict[str, str] = {}
    for each in known:
        by_fold.setdefault(_fold(each), each)
    folded = _fold(name)
    if folded in by_fold:
        return by_fold[folded]
    close = difflib.get_close_matches(folded, by_fold, n=1, cutoff=_CLOSE)
    return by_fold[close[0]] if close else ""


def missing(kind: Kind, name: str, place: str, known: Collection[str], *, within: str = "") -> list[Missing]:
    """Nothing, or the one thing that is missing."""
    if name in known:
        return []
    return [Missing(kind, name, place, within, nearest(name, known))]


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
