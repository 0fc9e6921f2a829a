"""An audio sink that plays in the loop's own time, keeps every frame it sounded and holds the rules of the port."""

import asyncio
from collections import deque
from collections.abc import Callable

from streamer.ports import FRAME_MS, Heard

AHEAD_FRAMES = 20


class FakeSink:
    """`played`: (line, frame, loop time) of all that sounded. `lag_s`: from the first frame to the first sample."""

    name = "fake"
    page = True

    def __init__(
        self, *, lag_s: float = 0.06, fail_at_frame: int | None = None, vanish_at_ms: int | None = None
    ) -> None:
        self.played: list[tuple[int, bytes, float]] = []
        self.begun: list[tuple[int, str]] = []
        self.begun_at: list[int] = []
        self.ducks: list[bool] = []
        self.stops: list[int] = []
        self.written: list[tuple[int, float]] = []
        self.late: list[int] = []
        """Lines of frames that came without an open line: a broken caller."""
        self._lag_s = lag_s
        self._fail_at = fail_at_frame
        self._vanish_at = vanish_at_ms
        self._line = 0
        self._open = False
        self._generation = 0
        self._queue: deque[bytes] = deque()
        self._heard = self._first = 0
        self._under = 0
        self._finishing = False
        self._on_heard: Callable[[Heard], None] = lambda heard: None
        self._timer: asyncio.TimerHandle | None = None
        self._space: asyncio.Event = asyncio.Event()
        self._over: asyncio.Event = asyncio.Event()

    def begin(self, line: int, persona: str, on_heard: Callable[[Heard], None], at_ms: int = 0) -> None:
        assert not self._open, "one line at a time"
        assert at_ms % FRAME_MS == 0
        self._generation += 1
        self._line, self._open, self._on_heard = line, True, on_heard
        self._queue.clear()
        self._heard = self._first = at_ms // FRAME_MS
        self._under = 0
        self._finishing = False
        self._space = asyncio.Event()
        self._over = asyncio.Event()
        self._space.set()
        self.begun.append((line, persona))
        self.begun_at.append(at_ms)

    async def write(self, frame: bytes) -> None:
        loop = asyncio.get_running_loop()
        generation = self._generation
        if not self._open:
            self.late.append(self._line)
            return
        assert len(frame) == 960
        if self._fail_at is not None and len(self.written) >= self._fail_at:
            raise OSError("the device is gone")
        self.written.append((self._line, loop.time()))
        while len(self._queue) >= AHEAD_FRAMES:
            self._space.clear()
            await self._space.wait()
            if generation != self._generation:
                return
        self._queue.append(frame)
        if self._timer is None:
            self._timer = loop.call_later(self._lag_s if self._heard == self._first else 0, self._tick)

    async def finish(self) -> Heard:
        self._finishing = True
        if self._timer is None:
            self._end()
        await self._over.wait()
        return Heard(self._line, self._heard * FRAME_MS, ended=True, underrun_ms=self._under)

    def stop(self, fade_ms: int = 15) -> Heard:
        self._generation += 1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue.clear()
        self._open = False
        self._space.set()
        self._over.set()
        self.stops.append(self._line)
        return Heard(self._line, self._heard * FRAME_MS, ended=True, underrun_ms=self._under)

    def duck(self, on: bool) -> None:
        self.ducks.append(on)

    def heard(self) -> Heard | None:
        return Heard(self._line, self._heard * FRAME_MS) if self._open else None

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        if not self._queue:
            if self._finishing:
                self._end()
                return
            self._under += FRAME_MS
            self._timer = loop.call_later(FRAME_MS / 1000, self._tick)
            return
        self.played.append((self._line, self._queue.popleft(), loop.time()))
        self._space.set()
        if self._heard % 5 == 0 or self._heard == self._first:
            self._on_heard(Heard(self._line, self._heard * FRAME_MS, underrun_ms=self._under))
        self._heard += 1
        if self._vanish_at is not None and self._heard * FRAME_MS >= self._vanish_at:
            self._end()
        elif self._open:
            self._timer = loop.call_later(FRAME_MS / 1000, self._tick)

    def _end(self) -> None:
        if not self._open:
            return
        self._open = False
        self._on_heard(Heard(self._line, self._heard * FRAME_MS, ended=True, underrun_ms=self._under))
        self._over.set()
