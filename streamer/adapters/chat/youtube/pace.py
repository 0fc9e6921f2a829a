"""Rows that wait for their time: a polled batch goes out in its own rhythm, what takes words back at once."""

import asyncio
from collections import deque
from collections.abc import Sequence

from streamer.adapters.chat.common.clock import Clock
from streamer.adapters.chat.common.spread import spread, takes_back
from streamer.ports import ChatRow

GRAIN_S = 0.02
"""Rows nearer to each other than this go out together."""


class Pace:
    """Of bounded length: when nobody reads, the oldest rows that take nothing back go, counted in `dropped`."""

    def __init__(self, clock: Clock, buffer_max: int) -> None:
        self.dropped = 0
        self._clock = clock
        self._buffer_max = buffer_max
        self._urgent: deque[ChatRow] = deque()
        self._timed: deque[tuple[float, ChatRow]] = deque()
        self._last_due = 0.0
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._timed)

    def put(self, rows: Sequence[ChatRow], over_s: float) -> None:
        """A batch, to be out within `over_s`; never before what came earlier."""
        now = self._clock.now()
        for wait_s, row in spread(rows, over_s):
            if takes_back(row):
                self._urgent.append(row)
                continue
            self._last_due = max(self._last_due, now + wait_s)
            self._timed.append((self._last_due, row))
        while len(self) > self._buffer_max and self._timed:
            self._timed.popleft()
            self.dropped += 1
        if rows:
            self._arrived.set()

    def wake(self) -> None:
        self._arrived.set()

    def due(self) -> list[ChatRow]:
        """What may go out now."""
        out = list(self._urgent)
        self._urgent.clear()
        until = self._clock.now() + GRAIN_S / 2
        while self._timed and self._timed[0][0] <= until:
            out.append(self._timed.popleft()[1])
        return out

    async def wait(self) -> None:
        """Until something may be due, or `wake`."""
        self._arrived.clear()
        if self._urgent:
            return
        if not self._timed:
            await self._arrived.wait()
            return
        pause = asyncio.ensure_future(self._clock.sleep(max(self._timed[0][0] - self._clock.now(), GRAIN_S)))
        woken = asyncio.ensure_future(self._arrived.wait())
        try:
            await asyncio.wait({pause, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (pause, woken):
                task.cancel()
            await asyncio.gather(pause, woken, return_exceptions=True)
