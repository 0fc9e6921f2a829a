"""Hotkeys, one after the other.

VTube Studio executes one hotkey every five frames from a queue of 32 and refuses one that comes twice within five
frames (its README; the comment of its error list says five seconds). So they leave here at least 0.1 s apart, a gesture
that had to wait too long is not made any more, and a refused one is never sent again at once.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.protocol import VtsGone, VtsRefused

log = logging.getLogger(__name__)

SPACE_S = 0.1
WAITING_MAX = 8
STALE_S = 1.5


class HotkeyQueue:
    def __init__(
        self, client: VtsClient, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._client = client
        self._clock = clock
        self._sleep = sleep
        self._waiting: deque[tuple[str, float, asyncio.Future[bool]]] = deque()
        self._came = asyncio.Event()
        self._last = float("-inf")
        self.dropped = 0
        self.refused = 0

    def press(self, hotkey: str, *, stale_s: float = STALE_S) -> asyncio.Future[bool]:
        """Whether VTube Studio took it; false also when it was too late or too much. Never raises."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if len(self._waiting) >= WAITING_MAX:
            self.dropped += 1
            done.set_result(False)
            return done
        self._waiting.append((hotkey, self._clock() + stale_s, done))
        self._came.set()
        return done

    async def run(self) -> None:
        """Until cancelled, or VtsGone."""
        try:
            while True:
                while not self._waiting:
                    self._came.clear()
                    await self._came.wait()
                await self._sleep(max(0.0, self._last + SPACE_S - self._clock()))
                await self.one()
        finally:
            self.clear()

    async def one(self) -> None:
        """Send the next one now."""
        if not self._waiting:
            return
        hotkey, until, done = self._waiting.popleft()
        if self._clock() > until or done.cancelled():
            self.dropped += 1
            _settle(done, taken=False)
            return
        self._last = self._clock()
        taken = False
        try:
            await self._client.request(messages.hotkey(hotkey))
            taken = True
        except VtsRefused as refused:
            self.refused += 1
            log.debug("hotkey refused: error %s", refused.code)
        except VtsGone:
            _settle(done, taken=False)
            raise
        _settle(done, taken=taken)

    def clear(self) -> None:
        while self._waiting:
            _settle(self._waiting.popleft()[2], taken=False)


def _settle(done: asyncio.Future[bool], *, taken: bool) -> None:
    if not done.done():
        done.set_result(taken)
