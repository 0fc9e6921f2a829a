"""A clock that plays in real time without a sound: captions, faces and the show go on when nobody listens."""

import asyncio
from collections.abc import Callable

from streamer.adapters.audio.common import Clock, OnHeard, Track, loop_time
from streamer.ports import FRAME_MS, Heard

REPORT_MS = 100


class SilentClock:
    """An outlet that is always there. `now` is in seconds and must be the clock of `asyncio.sleep`."""

    name = "silent clock"
    page = False
    player = "silent"

    def __init__(self, now: Clock = loop_time) -> None:
        self._now = now
        self._task: asyncio.Task[None] | None = None
        self._more = asyncio.Event()
        self._line = 0
        self._pushed_ms = 0
        self._ended = False

    def listen(self, on_change: Callable[[], None]) -> None:
        """The player never changes."""

    def play(self, line: int, at_ms: int, on_heard: OnHeard) -> None:
        self.stop(0)
        self._line = line
        self._pushed_ms = at_ms
        self._ended = False
        self._more = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(
            self._run(at_ms, on_heard), name=f"silent clock, line {line}"
        )

    def push(self, frame: bytes) -> None:
        del frame
        self._pushed_ms += FRAME_MS
        self._more.set()

    def end(self) -> None:
        self._ended = True
        self._more.set()

    def stop(self, fade_ms: int) -> None:
        del fade_ms
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def duck(self, on: bool) -> None:  # noqa: FBT001
        del on

    async def _run(self, at_ms: int, on_heard: OnHeard) -> None:
        """Reports at the first frame, then every 100 ms, then once at the end."""
        line, played, starved_ms, reported = self._line, at_ms, 0, -1
        origin = self._now() - at_ms / 1000
        while True:
            while played >= self._pushed_ms and not self._ended:
                self._more.clear()
                await self._more.wait()
                if reported >= 0:
                    starved_ms += max(0, round((self._now() - origin) * 1000) - played)
                origin = self._now() - played / 1000
            if played >= self._pushed_ms:
                break
            if reported < 0:
                reported = played
                on_heard(Heard(line, played))
            until = min(self._pushed_ms, reported + REPORT_MS)
            await asyncio.sleep(max(until - played, 1) / 1000)
            # Rounded: a clock that adds up floats may come a hair short of the time slept.
            played = max(played, min(self._pushed_ms, round((self._now() - origin) * 1000)))
            if played - reported >= REPORT_MS:
                reported = played
                on_heard(Heard(line, played, underrun_ms=starved_ms))
        self._task = None
        on_heard(Heard(line, played, ended=True, underrun_ms=starved_ms))


class SilentSink(Track):
    """An `AudioSink` that only keeps time, for rehearsals, tests and machines without a player."""

    def __init__(self, now: Clock = loop_time) -> None:
        super().__init__([SilentClock(now)])
