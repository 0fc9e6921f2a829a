"""Where the waiting of a chat's client happens; tests bring their own."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds of a clock that only rises."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class WallClock(Clock, Protocol):
    def wall(self) -> float:
        """UNIX seconds."""
        ...


class LoopClock:
    """The running loop's clock."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
