"""The show inside a file: where it begins, and which part is meant when a file holds a whole day.

Chat programs write one file a day, on air or not. A silence of half an hour ends a part; the part with the most
messages is the show. Downloaders count from the beginning of the stream; what was written before it has a time below 0,
or (YouTube) the time 0 and an earlier stamp.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from streamer.adapters.chat.logs.lines import AT_MAX_S, Stamped

SILENCE_S: Final = 1_800.0
EARLY_S: Final = 2.0


class Cut(msgspec.Struct, frozen=True):
    """Rows in playing order from 0 s on; when the first was written (UNIX seconds or 0); how many are left out."""

    rows: list[Stamped]
    wall_s: float
    left_out: int


def cut(rows: list[Stamped], *, days: bool) -> Cut:
    """`days`: times are those of a clock on the wall, and the file may hold more than one show."""
    rows.sort(key=lambda each: each.row.at)
    show = _busiest(rows) if days else _after_start(rows)
    left_out = len(rows) - len(show)
    if not show:
        return Cut([], 0.0, left_out)
    begin = show[0].row.at if days or show[0].row.at > AT_MAX_S else 0.0
    wall_s = next((each.wall_s for each in show if each.wall_s), 0.0)
    if begin:
        show = [_earlier(each, begin) for each in show]
    return Cut(list(show), wall_s, left_out)


def _earlier(each: Stamped, by_s: float) -> Stamped:
    return replace(each, row=replace(each.row, at=round(each.row.at - by_s, 3)))


def _busiest(rows: Sequence[Stamped]) -> Sequence[Stamped]:
    best, begin = rows[:0], 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or rows[index].row.at - rows[index - 1].row.at > SILENCE_S:
            if index - begin > len(best):
                best = rows[begin:index]
            begin = index
    return best


def _after_start(rows: Sequence[Stamped]) -> Sequence[Stamped]:
    """Without what was written before the stream began. The stamps of rows that have a place tell when that was."""
    placed = [each.wall_s - each.row.at for each in rows if each.row.at > 0 and each.wall_s]
    start = sorted(placed)[len(placed) // 2] if placed else 0.0
    return [
        each
        for each in rows
        if each.row.at >= 0 and not (start and each.row.at <= 0 and each.wall_s and each.wall_s < start - EARLY_S)
    ]
