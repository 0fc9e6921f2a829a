"""How long the event loop stands still: nothing is heard, cut or drawn meanwhile, so it is measured in every show.

Two ways of standing still are seen. One turn of the loop takes long (`running`): something computes, reads or waits
where it must not. Or the loop wakes late (`waiting`): another thread holds the interpreter, or the machine has no
time. Each turn is timed where the loop asks its selector for more, so short stalls are exact and an idle show costs
next to nothing; a second thread looks at the stack of a loop that does not come back.
"""

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any, Literal

import msgspec

from streamer.ports import Health, Notice
from streamer.web.metrics import Metrics

log = logging.getLogger(__name__)

COUNTED_MS = 20.0
LOGGED_MS = 250.0
BOUNDS_MS = (20.0, 30.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2000.0, 5000.0)
MINUTE_S = 60
TICK_S = 0.25
"""A loop that waits for sockets only would not notice that it wakes late: this often a timer is due."""
LOOK_S = 0.2
OLD_S = 0.04
"""A turn of this age is looked at: with `LOOK_S` every one that will be logged is."""
ASLEEP_S = 10.0
"""Woken later than this, the machine slept."""
QUIET_S = 10.0
"""At most one log entry in this time."""
FRAMES = 6
ROOT = Path(__file__).parents[2]


class Stall(msgspec.Struct, frozen=True):
    """One of them. `where`: the innermost calls, outermost first ("file:line function"), if it lasted long enough to be
    looked at."""

    ms: float
    kind: Literal["running", "waiting"]
    where: tuple[str, ...] = ()


class Stalls:
    """Watches the loop it is started on. Off where the clock of the loop is not the machine's (tests in virtual time).

    `on_stall` sees every stall that is counted, on the loop. `tick_s`: a loop with nothing to do notices only late
    wake-ups that last longer than this; a measurement may pay for a shorter one.
    """

    def __init__(
        self,
        metrics: Metrics | None = None,
        *,
        on_stall: Callable[[Stall], None] | None = None,
        tick_s: float = TICK_S,
    ) -> None:
        metrics = metrics or Metrics()
        self._lasted = metrics.histogram("loop_stall_ms", "Stalls of the event loop over 20 ms", BOUNDS_MS)
        metrics.gauge("loop_stall_worst_ms", "The longest stall of the last minute", lambda: self.worst_ms)
        self._on_stall = on_stall
        self._tick_s = tick_s
        self.count = 0
        self._seconds: deque[tuple[int, float]] = deque(maxlen=MINUTE_S + 1)
        self._selector: Any = None
        self._tick: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woke_at = 0.0
        self._thread: threading.Thread | None = None
        self._over = threading.Event()
        self._watched = 0
        self._seen: tuple[float, tuple[str, ...]] = (0.0, ())
        self._quiet_until = 0.0

    @property
    def worst_ms(self) -> float:
        """Of the last minute; 0 if there was none."""
        oldest = int(monotonic()) - MINUTE_S
        return max((ms for second, ms in self._seconds if second >= oldest), default=0.0)

    def healths(self) -> Sequence[Health]:
        """A row when the loop stood still for long in the last minute."""
        worst = self.worst_ms
        if worst < LOGGED_MS:
            return []
        return [Health("loop", "degraded", Notice("loop.stalled", {"ms": round(worst)}, "fix.loop"), worst)]

    # --- on and off

    def start(self) -> None:
        """On the running loop. Does nothing in virtual time, and on a loop that has no selector."""
        loop = asyncio.get_running_loop()
        selector: Any = getattr(loop, "_selector", None)
        if self._selector is not None or selector is None or abs(loop.time() - monotonic()) > 1.0:
            return
        self._loop, self._selector = loop, selector
        self._watched = threading.get_ident()
        self._over.clear()
        selector.select = self._timed(selector.select)
        self._beat()
        self._thread = threading.Thread(target=self._look, name="stalls", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leaves the loop as it was. Also before `start`, and twice."""
        if self._selector is None:
            return
        del self._selector.select  # the method of its class again
        self._selector = None
        if self._tick is not None:
            self._tick.cancel()
        self._over.set()
        if self._thread is not None:
            self._thread.join(1.0)

    def _beat(self) -> None:
        if self._loop is not None and self._selector is not None:
            self._tick = self._loop.call_later(self._tick_s, self._beat)

    # --- the loop's side

    def _timed(self, select: Callable[[float | None], Any]) -> Callable[[float | None], Any]:
        """The selector's `select`, with a look at the clock before and after."""
        now, limit = monotonic, COUNTED_MS / 1000
        self._woke_at = now()

        def timed(timeout: float | None = None) -> Any:
            began = now()
            if began - self._woke_at > limit:
                self._stood(began - self._woke_at, "running")
                began = now()
            self._woke_at = 0.0
            events = select(timeout)
            woke = now()
            if timeout and limit < woke - began - timeout < ASLEEP_S:  # without a wait nothing can be late
                self._stood(woke - began - timeout, "waiting")
                woke = now()
            self._woke_at = woke
            return events

        return timed

    def _stood(self, lasted_s: float, kind: Literal["running", "waiting"]) -> None:
        since, where = self._seen
        here = where if kind == "running" and since == self._woke_at else ()
        stall = Stall(round(lasted_s * 1000, 1), kind, here)
        self.count += 1
        self._lasted.observe(stall.ms, kind=kind)
        second = int(monotonic())
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = (second, max(stall.ms, self._seconds[-1][1]))
        else:
            self._seconds.append((second, stall.ms))
        if stall.ms > LOGGED_MS:
            self._log(stall)
        if self._on_stall is not None:
            self._on_stall(stall)

    def _log(self, stall: Stall) -> None:
        now = monotonic()
        if now < self._quiet_until:
            return
        self._quiet_until = now + QUIET_S
        if stall.kind == "waiting":
            log.warning("the event loop woke %.0f ms late: another thread, or the machine, was busy", stall.ms)
        else:
            where = " > ".join(stall.where) or "a place that was not seen"
            log.warning("the event loop stood still for %.0f ms in %s", stall.ms, where)

    # --- the second thread

    def _look(self) -> None:
        """Note the stack of a turn that takes long; the loop tells of it when the turn is over."""
        while not self._over.wait(LOOK_S):
            since = self._woke_at
            if since and monotonic() - since > OLD_S:
                frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the only way to another thread's stack
                where = calls(frame)
                if since == self._woke_at:
                    self._seen = (since, where)


def calls(frame: FrameType | None) -> tuple[str, ...]:
    """The innermost calls of a stack, outermost first: "file:line function". No values: those may be people's words."""
    found: list[str] = []
    while frame is not None and len(found) < FRAMES:
        path = Path(frame.f_code.co_filename)
        short = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])
        found.append(f"{short}:{frame.f_lineno} {frame.f_code.co_qualname}")
        frame = frame.f_back
    return tuple(reversed(found))
