"""A channel-point reward with a text is told twice: as a redemption, which knows the reward's title, and as a chat
message, which has the id a deletion names and the viewer's roles. Here the two become one row.

Whichever comes first waits for the other for `patience_s`; what is still alone then goes out as it is, and its other
half, if it comes after all, is dropped. Times are seconds of the caller's clock.
"""

import msgspec
from msgspec.structs import replace

from streamer.ports import ChatRow

PATIENCE_S = 1.5
LATE_S = 60.0
_KEPT = 256

_Key = tuple[str, str]
"""Viewer and reward."""


class _Half(msgspec.Struct):
    row: ChatRow
    until: float
    out: bool = False
    """Sent alone; kept so that its other half is recognised."""


class Pairs:
    def __init__(self, patience_s: float = PATIENCE_S, late_s: float = LATE_S) -> None:
        self._patience_s = patience_s
        self._late_s = late_s
        self._halves: list[tuple[_Key, _Half]] = []
        self._ids: dict[str, str] = {}

    def take(self, row: ChatRow, now: float) -> list[ChatRow]:
        """The rows to tell now: nothing while `row` waits, or half of a pair, or the pair as one."""
        if row.kind == "delete_message" and row.target in self._ids:
            return [replace(row, target=self._ids[row.target])]
        if row.kind != "redemption" or row.reward is None or row.user is None or not row.text:
            return [row]
        key = (row.user.id, row.reward.id)
        told = bool(row.reward.redemption)
        for entry in self._halves:
            other = entry[1].row.reward
            if entry[0] == key and other is not None and bool(other.redemption) != told:
                self._halves.remove(entry)
                return self._joined(entry[1], row)
        if len(self._halves) >= _KEPT:
            return [row]
        self._halves.append((key, _Half(row, now + self._patience_s)))
        return []

    def _joined(self, half: _Half, row: ChatRow) -> list[ChatRow]:
        if half.out:  # a deletion may name the half that was not told
            if len(self._ids) >= _KEPT:
                self._ids.pop(next(iter(self._ids)))
            self._ids[row.id] = half.row.id
            return []
        said, bought = (half.row, row) if row.reward is not None and row.reward.redemption else (row, half.row)
        return [replace(said, reward=bought.reward)]

    def due(self, now: float) -> list[ChatRow]:
        """Rows that have waited long enough."""
        alone: list[ChatRow] = []
        kept: list[tuple[_Key, _Half]] = []
        for key, half in self._halves:
            if half.until <= now and not half.out:
                alone.append(half.row)
                half.out, half.until = True, now + self._late_s
            if half.until > now:
                kept.append((key, half))
        self._halves = kept
        return alone

    def next_due(self) -> float | None:
        """When to ask `due` again."""
        return min((half.until for _, half in self._halves if not half.out), default=None)
