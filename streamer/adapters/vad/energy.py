"""A detector that needs no package: loudness over the noise of the room, and whether the sound has a voice's pitch.

Used while Silero is not installed. It cannot tell singing or music from speech; steady noise, keys and clicks it can.
"""

import array
import math
import sys
from collections import deque
from operator import mul
from typing import Final

from streamer.ports import EAR_RATE_HZ, WINDOW_BYTES

FLOOR_WINDOWS: Final = 94
"""Three seconds: in so long everybody breathes."""
FIRST_FLOOR_DB: Final = -60.0
LEAST_DB: Final = -55.0
OVER_DB: Final = 9.0
"""Above the noise at which it is as likely as not that somebody speaks."""
SLOPE_DB: Final = 2.0
STEP: Final = 4
"""Pitch is looked for at a quarter of the rate."""
LOWEST_HZ, HIGHEST_HZ = 75, 400
CLEAR: Final = 0.55
"""How alike two periods of a voice are at least, of 1."""
STRUCK: Final = 0.4
"""Power of the second half of a window against the first."""
LEAST: Final = 0.25
"""Too quiet to look for a pitch."""
STAYS: Final = 0.45
STAYS_WINDOWS: Final = 20
"""Whatever is loud so soon after a voice may belong to it: enough to go on, too little to begin."""


def level_db(samples: "array.array[int]") -> float:
    """Root mean square in dB of full scale; -96 for digital silence."""
    power = sum(map(mul, samples, samples)) / len(samples)
    return 10 * math.log10(power / 32_768**2) if power > 0.25 else -96.0


class EnergyVad:
    """VoiceActivity in plain Python: 0.1 ms for a quiet window, 0.6 ms for a loud one."""

    name = "energy"

    def __init__(self) -> None:
        self.reset()

    async def open(self) -> None:
        """Nothing to open."""

    def reset(self) -> None:
        self._levels: deque[float] = deque(maxlen=FLOOR_WINDOWS)
        self._before: list[float] = []
        self._since = STAYS_WINDOWS + 1

    async def aclose(self) -> None:
        """Nothing to close."""

    @property
    def floor_db(self) -> float:
        """What the room sounds like: the level that a tenth of the last seconds stays below."""
        levels = sorted(self._levels)
        if len(levels) < 8:
            return FIRST_FLOOR_DB
        return min(levels[len(levels) // 10], -25.0)

    async def score(self, window: bytes) -> float:
        """See the port. ValueError: not a window."""
        if len(window) != WINDOW_BYTES:
            raise ValueError(f"a window has {WINDOW_BYTES} bytes, not {len(window)}")
        samples = array.array("h", window)
        if sys.byteorder == "big":
            samples.byteswap()
        level = level_db(samples)
        floor = self.floor_db
        self._levels.append(level)
        quarter = [sum(samples[at : at + STEP]) / STEP for at in range(0, len(samples), STEP)]
        both, self._before = self._before + quarter, quarter
        over = max(floor + OVER_DB, LEAST_DB)
        loud = 1 / (1 + math.exp(-max(-30.0, min(30.0, (level - over) / SLOPE_DB))))
        if loud < LEAST:
            self._since += 1
            return loud
        voiced = periodicity(both) >= CLEAR and not _dies_away(quarter)
        self._since = 0 if voiced else self._since + 1
        return loud if voiced else loud * STAYS if self._since <= STAYS_WINDOWS else 0.0


def _dies_away(samples: list[float]) -> bool:
    """A key that was hit: within half a window most of its sound is gone. No voice stops so fast."""
    half = len(samples) // 2
    first, second = (sum(map(mul, part, part)) for part in (samples[:half], samples[half:]))
    return second < first * STRUCK


def periodicity(samples: list[float]) -> float:
    """0..1 (noise to a steady tone) of samples at a quarter of the ear's rate: the best match with themselves at a
    distance that a voice's pitch can have."""
    rate = EAR_RATE_HZ // STEP
    longest = rate // LOWEST_HZ
    size = len(samples) - longest
    if size < longest:
        return 0.0
    mean = sum(samples) / len(samples)
    x = [each - mean for each in samples]
    head = x[:size]
    own = sum(map(mul, head, head))
    if own <= 0:
        return 0.0
    best = 0.0
    for lag in range(rate // HIGHEST_HZ, longest + 1):
        other = x[lag : lag + size]
        cross = sum(map(mul, head, other))
        if cross > 0:
            best = max(best, cross / math.sqrt(own * (sum(map(mul, other, other)) or 1.0)))
    return best
