"""The show's clock: nanoseconds since the epoch of its journal, never running backwards within a process."""

import time
from collections.abc import Callable


class ShowClock:
    """`epoch_ns` is the wall time (Unix nanoseconds) of zero. A resumed show keeps the epoch of its journal, so its
    clock goes on where the wall says it should; `least_ns` keeps it from starting before its last fact."""

    def __init__(
        self,
        *,
        epoch_ns: int | None = None,
        least_ns: int = 0,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        wall = wall_ns()
        self.epoch_ns = wall if epoch_ns is None else epoch_ns
        self._monotonic_ns = monotonic_ns
        self._offset_ns = max(wall - self.epoch_ns, least_ns) - monotonic_ns()

    def now_ns(self) -> int:
        return self._monotonic_ns() + self._offset_ns

    def now_ms(self) -> int:
        return self.now_ns() // 1_000_000

    def at_loop_s(self, show_ms: int, loop_time_s: float) -> float:
        """A moment of the show as a time of an event loop whose clock says `loop_time_s` now."""
        return loop_time_s + (show_ms * 1_000_000 - self.now_ns()) / 1e9
