"""A chat log as a chat: its rows come when they came, or `speed` times as fast."""

import asyncio
import math
from collections.abc import AsyncIterator, Sequence

from streamer.ports import ChatRow, Health, Misconfigured, Notice

_AT_ONCE = 64


class ReplayChat:
    """A ChatSource over rows in the order of `at`, on the running loop's clock. Ends after the last row."""

    name = "chat.replay"

    def __init__(self, rows: Sequence[ChatRow], speed: float = 1.0) -> None:
        """`speed`: how many times as fast as it was. Raises Misconfigured for one that is not above 0."""
        if not (math.isfinite(speed) and speed > 0):
            raise Misconfigured("the speed has to be above 0", fix="such as --speed 4, or --speed max")
        self._rows = rows
        self._speed = speed
        self._played = 0
        self._state = "off"
        self._closed = asyncio.Event()

    async def rows(self) -> AsyncIterator[ChatRow]:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        self._state = "ok"
        for row in self._rows:
            wait = begin + row.at / self._speed - loop.time()
            if wait > 0:
                await self._sleep(wait)
            elif self._played % _AT_ONCE == 0:
                await asyncio.sleep(0)  # rows of one moment must not hold the loop
            if self._closed.is_set():
                break
            self._played += 1
            yield row
        self._state = "off"

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            pass

    def health(self) -> Health:
        params: dict[str, str | int | float] = {"played": self._played, "rows": len(self._rows), "speed": self._speed}
        if self._state == "ok":
            return Health(self.name, "ok", Notice("chat.replaying", params))
        return Health(self.name, "off", Notice("chat.replayed" if self._played else "chat.off", params))

    async def aclose(self) -> None:
        self._closed.set()
