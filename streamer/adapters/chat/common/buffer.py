"""Rows on their way from a chat's client to whoever reads them."""

import asyncio
from collections import deque
from collections.abc import Callable

from streamer.adapters.chat.common.spread import takes_back
from streamer.ports import ChatRow


class Buffer:
    """Rows in the order they came, at most `most`: when nobody reads, the oldest that take nothing back go, counted in
    `dropped`. What takes words back is never dropped.

    With `overtaking`, what takes words back goes out before all others, and does not count towards `most`.
    """

    def __init__(self, most: int, *, overtaking: bool = False) -> None:
        self.dropped = 0
        self._most = most
        self._overtaking = overtaking
        self._removals: deque[tuple[int, ChatRow]] = deque()
        self._others: deque[tuple[int, ChatRow]] = deque()
        self._count = 0
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._removals) + len(self._others)

    @property
    def full(self) -> bool:
        """Whether there is no room for one more row that takes nothing back."""
        return self._counted() >= self._most

    def put(self, row: ChatRow) -> None:
        """Call on the loop."""
        (self._removals if takes_back(row) else self._others).append((self._count, row))
        self._count += 1
        while self._others and self._counted() > self._most:
            self._others.popleft()
            self.dropped += 1
        self.wake()

    def wake(self) -> None:
        """Whoever waits in `next` looks again whether it is over."""
        self._arrived.set()

    def watch(self, work: "asyncio.Task[None]") -> None:
        """Wake when this task is done."""
        work.add_done_callback(lambda _: self.wake())

    async def next(self, is_over: Callable[[], bool]) -> ChatRow | None:
        """The next row. None when there is none left and `is_over` says so; what that raises is raised."""
        while not len(self):
            if is_over():
                return None
            self._arrived.clear()
            await self._arrived.wait()
        removals, others = self._removals, self._others
        first = not others or bool(removals and (self._overtaking or removals[0][0] < others[0][0]))
        return (removals if first else others).popleft()[1]

    def _counted(self) -> int:
        return len(self._others) if self._overtaking else len(self)


def is_done(work: "asyncio.Task[None]") -> bool:
    """Whether a task is over. Raises what it was broken by; that it was cancelled is an end like others."""
    if work.done() and not work.cancelled():
        work.result()
    return work.done()
