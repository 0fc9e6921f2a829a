"""The queue of one target: bounded, in order, and what takes words back is never the one that goes."""

import asyncio
from collections import deque

from streamer.app.outward.told import Told


class Mail:
    """`put` never waits. When it is full the oldest event goes that takes nothing back, and is counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: deque[Told] = deque()
        self._arrived = asyncio.Event()
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, told: Told) -> None:
        self._queue.append(told)
        if len(self._queue) > self._most:
            victim = next((each for each in self._queue if each.type != "taken_back"), self._queue[0])
            self._queue.remove(victim)
            self.dropped += 1
        self._arrived.set()

    async def get(self) -> Told:
        while not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        return self._queue.popleft()
