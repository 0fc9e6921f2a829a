"""An event loop whose time jumps: when nothing is ready, the clock moves to the next timer at once.

Hours of a show pass in milliseconds and every run takes the same path. For code that waits only on the loop
(timers, futures, tasks); sockets and threads belong on the real loop.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlock(RuntimeError):
    """Nothing is ready, no timer is set, and still somebody waits."""


class _JumpingSelector(selectors.BaseSelector):
    """Answers every wait at once and reports how long the loop wanted to sleep."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0
        self.limit = float("inf")

    def select(self, timeout: float | None = None):
        if timeout is None:
            ready = self._real.select(0.05)  # another thread may still have something to say
            if not ready:
                raise Deadlock("every task waits and no timer is set")
            return ready
        ready = self._real.select(0)
        if not ready and timeout > 0:
            self.now += timeout
            if self.now > self.limit:
                raise TimeoutError(f"virtual time passed {self.limit} s")
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None):
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any):
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None):
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self):
        return self._real.get_map()


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` starts at 0 and moves only when everything waits."""

    def __init__(self, limit_s: float = float("inf")) -> None:
        self._jumper = _JumpingSelector()
        self._jumper.limit = limit_s
        super().__init__(self._jumper)

    def time(self) -> float:
        return self._jumper.now


def run_virtual(coro: Coroutine[Any, Any, T], *, limit_s: float = 86_400.0) -> T:
    """Run `coro` in virtual time. Raises TimeoutError after `limit_s` virtual seconds, Deadlock when it hangs."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(limit_s)) as runner:
        return runner.run(coro)
