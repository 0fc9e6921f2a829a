"""A small huff: the persona whom the host cut off may open her next line with it.

At most once in ten minutes for the whole cast, soon after the cut or not at all, never after a moderator took a hand,
and never where thanks or somebody else's very words are due.
"""

from msgspec.structs import replace

from streamer.core.commands import Manner
from streamer.core.show import Line, Request, Show

EVERY_MS = 600_000
WITHIN_MS = 60_000
"""Later than this nobody remembers the cut any more."""
NOT_IN = frozenset({"paid", "exact"})
MODERATED = frozenset({"stop", "skip", "taken_back"})
"""Reasons of a cut that are a moderator's."""


def noted(show: Show, line: Line, reason: str) -> Show:
    """The line on air is being cut. Only somebody who was being heard was cut off."""
    if line.request.test:
        return show
    if reason == "host" and line.started_ms >= 0:
        return replace(show, cut_off=line.persona, cut_off_ms=show.now_ms)
    return forgotten(show) if reason in MODERATED else show


def forgotten(show: Show) -> Show:
    return replace(show, cut_off="") if show.cut_off else show


def manner(show: Show, request: Request, persona: str) -> Manner:
    """How a line that is to be prepared opens."""
    due = persona == show.cut_off and show.now_ms - show.cut_off_ms < WITHIN_MS
    return "huff" if due and request.kind not in NOT_IN and show.now_ms - show.huffed_ms >= EVERY_MS else ""


def aired(show: Show, line: Line) -> Show:
    """The line gets the floor: her chance is used, with a huff or without."""
    if line.manner:
        show = replace(show, huffed_ms=show.now_ms)
    return forgotten(show) if line.persona == show.cut_off else show
