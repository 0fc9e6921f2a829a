"""How loud it is, and how loud the room is when nobody speaks. Detectors of voice are blind to loudness: without this a
television next door and the cast's own voice from far away would be somebody who speaks."""

import array
import math
import sys
from bisect import bisect_left, insort
from collections import deque
from operator import mul
from typing import Final

QUIET_DB: Final = -96.0
FIRST_DB: Final = -65.0
KEPT: Final = 300
"""Windows without voice that the noise is judged by: about ten seconds."""
ENOUGH: Final = 10


def level_db(window: bytes) -> float:
    """Root mean square of s16le sound in dB of full scale; -96 for digital silence."""
    samples = array.array("h", window)
    if sys.byteorder == "big":
        samples.byteswap()
    power = sum(map(mul, samples, samples)) / (len(samples) or 1)
    return 10 * math.log10(power / 32_768**2) if power > 0.25 else QUIET_DB


class NoiseFloor:
    """The middle level of the windows in which nobody spoke."""

    def __init__(self) -> None:
        self._order: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, level: float) -> None:
        """Of a window without voice."""
        self._order.append(level)
        insort(self._sorted, level)
        if len(self._order) > KEPT:
            old = self._order.popleft()
            del self._sorted[bisect_left(self._sorted, old)]

    @property
    def db(self) -> float:
        if len(self._sorted) < ENOUGH:
            return FIRST_DB
        return self._sorted[len(self._sorted) // 2]
