"""What was taken back, and until when: checked synchronously by ingress, brief, guard and sink.

A deletion may overtake what it deletes, and a cleared user's earlier messages are covered with it, so tombstones are
remembered for a while.
"""

from collections import OrderedDict

import msgspec

from streamer.core.events import Scope

KEEP_S = 600.0
MAX_COUNT = 20_000


class Cutoff(msgspec.Struct, frozen=True):
    """Everything up to here is taken back: by our clock (`arrived`) and by the platform's (`at`, 0 when unknown)."""

    arrived: float
    at: float = 0.0


class Tombstones:
    """Keys: a message's uid, a user's key, a platform. Times in seconds."""

    def __init__(self, keep_s: float = KEEP_S, max_count: int = MAX_COUNT) -> None:
        self._keep_s = keep_s
        self._max_count = max_count
        self._stones: OrderedDict[tuple[Scope, str], Cutoff] = OrderedDict()

    def __len__(self) -> int:
        return len(self._stones)

    def bury(self, scope: Scope, key: str, arrived: float, at: float = 0.0) -> bool:
        """Whether this is new: a message is taken back once, a user or a room any number of times."""
        known = self._stones.pop((scope, key), None)
        if known is not None:
            arrived, at = max(arrived, known.arrived), max(at, known.at)
        self._stones[scope, key] = Cutoff(arrived, at)
        while self._stones:
            oldest = next(iter(self._stones.values()))
            if oldest.arrived >= arrived - self._keep_s and len(self._stones) <= self._max_count:
                break
            self._stones.popitem(last=False)
        return known is None or scope != "message"

    def cover(self, uid: str, user: str, arrived: float | None, at: float = 0.0) -> bool:
        """Whether this message is taken back. `arrived` None: it came at an unknown earlier time."""
        stones = self._stones
        if not stones:
            return False
        if ("message", uid) in stones:
            return True
        for cutoff in (stones.get(("user", user)), stones.get(("room", uid.partition(":")[0]))):
            if cutoff is not None and (arrived is None or arrived <= cutoff.arrived or 0 < at <= cutoff.at):
                return True
        return False
