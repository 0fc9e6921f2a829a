"""From raw actions to rows: read, placed in time, told once."""

from collections import OrderedDict
from collections.abc import Callable

import msgspec

from streamer.adapters.chat.common.spread import REMOVALS
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.common.youtube_actions import Actions, Malformed, Told
from streamer.adapters.chat.youtube.engine import Batch
from streamer.ports import ChatRow

KEPT_IDS = 20_000
FRESH_S = 5.0
"""What was said so long before a stream was found is still told; older lines are history."""
AGAIN_S = 10.0
"""A second report of one removal within this time is the same one."""


class Intake:
    """Two engines may be read at the same time and one after the other: what both tell is told once, by item id."""

    def __init__(self, unread: Unread, now: Callable[[], float], wall: Callable[[], float]) -> None:
        self._unread = unread
        self._now = now
        self._wall = wall
        self._actions = Actions()
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._since_s: float | None = None
        self._fresh_from = -FRESH_S
        self._offset: float | None = None

    def begin(self, fresh_s: float = FRESH_S) -> None:
        """Another stream begins to be read: what was said longer ago than this is history."""
        self._since_s = None
        self._fresh_from = self._now() - fresh_s
        self._actions = Actions()

    def rows(self, batch: Batch) -> list[ChatRow]:
        """The new rows of a batch, in its order, `at` by YouTube's clock on ours. Never raises."""
        arrived = self._now()
        server_s = batch.server_s or self._wall()
        offset = arrived - server_s
        self._offset = offset if self._offset is None else min(self._offset, offset)
        if self._since_s is None:
            self._since_s = server_s - (arrived - self._fresh_from)
        out: list[ChatRow] = []
        for action in batch.actions:
            for told in self._read(action):
                if told.usec and told.usec / 1e6 < self._since_s:
                    continue
                if self._is_new(told.row, arrived):
                    out.append(self._placed(told, arrived))
        return out

    def _read(self, action: object) -> tuple[Told, ...]:
        try:
            return self._actions.read(action)
        except Malformed as wrong:
            self._unread.keep(action, str(wrong))
        except Exception as wrong:  # noqa: BLE001 - whatever an action holds, its neighbours survive
            self._unread.keep(action, type(wrong).__name__)
        return ()

    def _placed(self, told: Told, arrived: float) -> ChatRow:
        at = arrived
        if told.usec and self._offset is not None:
            at = min(arrived, told.usec / 1e6 + self._offset)
        return msgspec.structs.replace(told.row, at=max(at, 0.0))

    def _is_new(self, row: ChatRow, arrived: float) -> bool:
        removal = row.kind in REMOVALS
        key = f"{row.kind}:{row.target}" if removal or row.kind == "replace_message" else row.id
        if not key:
            return True
        before = self._seen.get(key)
        if before is not None and (not removal or arrived - before < AGAIN_S):
            return False
        self._seen[key] = arrived
        if row.kind == "replace_message" and row.text:  # from now on it is an item like others
            self._seen[row.id] = self._seen[row.target] = arrived
        while len(self._seen) > KEPT_IDS:
            self._seen.popitem(last=False)
        return True
