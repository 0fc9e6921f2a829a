"""The stream of parameters: the latest value wins, nothing is ever queued.

VTube Studio drops a value that was not sent again within a second, answers every message, and slows down when it gets
more than it can show. So: a fixed rate, at most three frames without an answer, a frame that cannot go is skipped, and
a face that does not move is still sent twice a second.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.messages import Injected
from streamer.adapters.avatar.vts.protocol import ErrorId, VtsGone, VtsRefused

log = logging.getLogger(__name__)

UNANSWERED_MAX = 3
KEEP_S = 0.5
DEAD_S = 10.0
"""Frames without an answer for so long, and the connection is given up."""
RETRY_S = 30.0
"""A parameter that another plugin holds is tried again after so long."""
STEP = 0.0005


class Pump:
    """`make(now, dt)` gives the frame; it is asked right before a frame goes out, so a value is never older than that.

    `each` is called at every tick, also at those that send nothing; `trouble` when the set of parameters that cannot be
    sent changes.
    """

    def __init__(
        self,
        client: VtsClient,
        make: Callable[[float, float], Sequence[Injected]],
        *,
        fps: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        each: Callable[[float], None] = lambda _now: None,
        trouble: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._make = make
        self._tick_s = 1 / fps
        self._clock = clock
        self._sleep = sleep
        self._each = each
        self._trouble = trouble
        self.known: frozenset[str] = frozenset()
        """The parameters VTube Studio has; others are not sent."""
        self.taken: dict[str, float] = {}
        """Held by another plugin: parameter -> when to try again."""
        self.missing: set[str] = set()
        """Refused although they were on the list: the list has to be read again."""
        self.latency_s: float | None = None
        self.sent = 0
        self.skipped = 0
        self._open: dict[int, float] = {}
        self._number = 0
        self._last: dict[str, tuple[float, float]] = {}
        self._last_at = float("-inf")
        self._made_at = 0.0
        self._out: VtsRefused | None = None
        self._sorting = False
        self._sorters: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled, VtsGone, or VtsRefused when we are not logged in any more."""
        due = self._made_at = self._clock()
        try:
            while True:
                await self._tick(self._clock())
                due = max(due + self._tick_s, self._clock() - self._tick_s)
                await self._sleep(max(0.0, due - self._clock()))
        finally:
            for task in self._sorters:
                task.cancel()

    async def once(self) -> None:
        """One frame now, whatever is unanswered. Raises VtsGone."""
        now = self._clock()
        dt, self._made_at = min(max(now - self._made_at, 0.0), 0.25), now
        await self.send(self._allowed(self._make(now, dt), now), now)

    async def _tick(self, now: float) -> None:
        self._each(now)
        if self._out is not None:
            raise self._out
        if self._open:
            waited = now - min(self._open.values())
            if waited > DEAD_S:
                raise VtsGone("parameters are not answered")
        full = len(self._open) >= UNANSWERED_MAX
        if full or self._sorting:
            self.skipped += 1
            return
        dt, self._made_at = min(max(now - self._made_at, 0.0), 0.25), now
        frame = self._allowed(self._make(now, dt), now)
        if not self._news(frame, now):
            return
        await self.send(frame, now)

    async def send(self, frame: Sequence[Injected], now: float) -> None:
        """Raises VtsGone. An error in the answer is looked into beside the stream."""
        self._last = {name: (value, weight) for name, value, weight in frame}
        self._last_at = now
        if not frame:
            return
        self._number += 1
        number = self._number
        self._open[number] = now
        self.sent += 1
        try:
            answer = await self._client.post(messages.inject(frame, face_found=True))
        except VtsGone:
            self._open.pop(number, None)
            raise
        answer.add_done_callback(lambda done: self._answered(number, now, frame, done))

    def _allowed(self, frame: Sequence[Injected], now: float) -> list[Injected]:
        for name in [name for name, again in self.taken.items() if again <= now]:
            del self.taken[name]
            self._trouble()
        # A weight of 0 is sent once, which hands the parameter back without a jump; after that it is left alone.
        return [
            one
            for one in frame
            if one[0] in self.known
            and one[0] not in self.taken
            and one[0] not in self.missing
            and (one[2] > 0 or self._last.get(one[0], (0.0, 0.0))[1] > 0)
        ]

    def _news(self, frame: Sequence[Injected], now: float) -> bool:
        if now - self._last_at >= KEEP_S:
            return bool(frame)
        if len(frame) != len(self._last):
            return True
        for name, value, weight in frame:
            last = self._last.get(name)
            if last is None or abs(value - last[0]) > STEP or abs(weight - last[1]) > STEP:
                return True
        return False

    def _answered(
        self, number: int, sent_at: float, frame: Sequence[Injected], done: asyncio.Future[dict[str, Any]]
    ) -> None:
        self._open.pop(number, None)
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            took = self._clock() - sent_at
            self.latency_s = took if self.latency_s is None else self.latency_s * 0.9 + took * 0.1
        elif isinstance(error, VtsRefused) and error.code in (ErrorId.OTHER_PLUGIN, ErrorId.NO_SUCH_INPUT):
            # One parameter spoils the whole message, and the answer does not say which: each is tried alone.
            if not self._sorting:
                self._sorting = True
                task = asyncio.create_task(self._sort(frame))
                self._sorters.add(task)
                task.add_done_callback(self._sorters.discard)
        elif isinstance(error, VtsRefused) and error.code in (ErrorId.NEEDS_AUTH, ErrorId.DENIED):
            self._out = error
        elif isinstance(error, VtsRefused):
            log.debug("parameters refused: error %s", error.code)

    async def _sort(self, frame: Sequence[Injected]) -> None:
        try:
            for one in frame:
                try:
                    await self._client.request(messages.inject([one], face_found=True))
                except VtsRefused as refused:
                    if refused.code == ErrorId.OTHER_PLUGIN:
                        self.taken[one[0]] = self._clock() + RETRY_S
                    elif refused.code == ErrorId.NO_SUCH_INPUT:
                        self.missing.add(one[0])
            self._trouble()
        except VtsGone:
            return
        finally:
            self._sorting = False
