"""Names that people write for things in OBS, and the one they probably meant."""

import difflib
from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

Kind = Literal["scene", "source", "filter", "input", "transition", "hotkey", "half"]
"""`half`: a hotkey that is there and must not be pressed for all that, see `other_half`."""
_CLOSE = 0.6
_PAIRS = (
    ("Start", "Stop"), ("Pause", "Unpause"), ("Enable", "Disable"), ("Show", "Hide"), ("show_", "hide_"),
    ("mute", "unmute"),
)  # fmt: skip


class Missing(msgspec.Struct, frozen=True):
    """A name that OBS does not know. `place` is where it stands in the scene map."""

    kind: Kind
    name: str
    place: str
    within: str = ""
    """The scene of a source, the source of a filter; of a half, the other one."""
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


def other_half(hotkey: str, known: Collection[str]) -> str:
    """The hotkey that stops what this one starts, and the other way round; empty when it is not one of two.

    OBS makes such hotkeys in pairs (`obs_hotkey_pair`): while one is held down, the other does nothing, whoever presses
    it. `TriggerHotkeyByName` presses and never lets go, so the first use takes the other one from the streamer's own
    keyboard until OBS ends (seen of OBS 29.0).
    """
    group, dot, act = hotkey.partition(".")
    for one, two in (*_PAIRS, *(pair[::-1] for pair in _PAIRS)):
        other = group + dot + two + act.removeprefix(one)
        if act.startswith(one) and other in known:
            return other
    return ""


def not_to_press(hotkey: str, place: str, known: Collection[str]) -> list[Missing]:
    """Nothing, or the half of a pair that it is."""
    other = other_half(hotkey, known)
    return [Missing("half", hotkey, place, within=other)] if other else []


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
