"""Brings every voice to the same loudness while its sound arrives. Plain Python, 0.15 ms for a frame of 20 ms.

What an engine and a voice are usually as loud as is measured by ITU-R BS.1770-4: K-weighted power in blocks of 400 ms,
gated at -70 and then at 10 dB below their mean. The weighting is that of the recommendation to within 0.8 dB between
80 and 8,000 Hz, taken from four lags of the autocorrelation, which the interpreter computes at the speed of C. A voice
that is heard for the first time is moved within its first second; a known one starts at its gain and hardly moves.
"""

import math
from array import array
from collections import deque
from collections.abc import Sequence
from operator import mul
from typing import Final

from streamer.speech.levels import samples, to_bytes

TARGET_LUFS: Final = -18.0
"""Where every voice ends up: what streams with speech are usually mixed to."""
CEILING: Final = 29_204
"""No sample is louder: -1 dBFS."""
MOST_DB: Final = 30.0
ABSOLUTE_GATE: Final = 10 ** ((-70 + 0.691) / 10)
RELATIVE_GATE: Final = 0.1
BLOCK_FRAMES: Final = 20
STEP_FRAMES: Final = 5
MEMORY: Final = 300
"""Steps of 100 ms that are remembered: the last half minute that was not silent."""
KNOWN_STEPS: Final = 10
"""After so many a voice counts as known."""
FAST_DB: Final = 0.8
SLOW_DB: Final = 0.04
"""How much the gain may move in a frame: 40 dB a second while a voice is new, 2 dB a second later."""
RELEASE_DB: Final = 0.3
"""How fast the limiter lets go, a frame."""
DC_LIMIT: Final = 100.0
BITS: Final = 15
ONE: Final = 1 << BITS
HALF: Final = ONE // 2
"""Factors as fixed-point numbers: twice as fast as floats here."""
ATTACK: Final = 48
"""Samples over which the limiter takes hold: 2 ms, or up to the first sample that is too loud."""

_LAGS: Final = (2.29783, -0.22585, -0.14486, -0.28907)
"""Cosine series of the K-weighting's power response at 24,000 Hz, least squares over the spectrum of speech."""


def k_power(values: "array[int]") -> float:
    """K-weighted mean power of the first half of a frame, 1.0 at full scale; a constant offset does not count.

    Half of the samples tell the loudness of 400 ms to within 0.2 dB, for half of the time."""
    values = values[: max(len(_LAGS), len(values) // 2)]
    count = len(values)
    if count < len(_LAGS):
        return 0.0
    mean = sum(values) / count
    total = _LAGS[0] * (sum(map(mul, values, values)) / count - mean * mean)
    for lag in (1, 2, 3):
        pairs = sum(map(mul, values, values[lag:])) / (count - lag)
        total += 2 * _LAGS[lag] * (pairs - mean * mean)
    return max(0.0, total) / (32768.0 * 32768.0)


def lufs(power: float) -> float:
    """Loudness of a mean power; -200 for silence."""
    return 10 * math.log10(power) - 0.691 if power > 1e-20 else -200.0


class Loudness:
    """How loud one voice of one engine is. Lives as long as the show."""

    def __init__(self) -> None:
        self._frames: deque[float] = deque(maxlen=BLOCK_FRAMES)
        self._steps: deque[float] = deque(maxlen=MEMORY)
        self._since = 0
        self._level: float | None = None
        self.gain_db: float | None = None
        """Where the last clause of this voice ended."""

    @property
    def known(self) -> bool:
        return len(self._steps) >= KNOWN_STEPS

    @property
    def level(self) -> float | None:
        """Gated loudness in LUFS by what was heard so far; None before anything was."""
        return self._level

    def begin(self) -> None:
        """A clause begins: blocks do not reach over what lies between two clauses."""
        self._frames.clear()
        self._since = 0

    def hear(self, power: float) -> None:
        """One frame."""
        self._frames.append(power)
        self._since += 1
        if self._since < STEP_FRAMES:
            if self._level is None and power > ABSOLUTE_GATE:
                self._level = lufs(sum(self._frames) / len(self._frames))
            return
        self._since = 0
        block = sum(self._frames) / len(self._frames)
        if block > ABSOLUTE_GATE:
            self._steps.append(block)
        if self._steps:
            gate = RELATIVE_GATE * sum(self._steps) / len(self._steps)
            loud = [step for step in self._steps if step >= gate]
            self._level = lufs(sum(loud) / len(loud))

    def wanted_db(self) -> float:
        """The gain that brings it to the target."""
        return 0.0 if self._level is None else max(-MOST_DB, min(MOST_DB, TARGET_LUFS - self._level))


class Leveller:
    """One clause on its way to the line: levelled, at the volume that is wanted, never above the ceiling."""

    def __init__(self, voice: Loudness, *, volume: float = 1.0) -> None:
        self._voice = voice
        self._volume_db = 20 * math.log10(max(0.001, volume))
        self._gain_db = voice.gain_db
        self._factor = 0.0
        """What the last sample was multiplied with; a clause begins at nothing."""
        self._first = True
        self._held_db = 0.0
        self._dc = 0.0
        voice.begin()

    def feed(self, frames: Sequence[bytes]) -> list[bytes]:
        """All of them are heard before the first one is changed: what has arrived together is known together."""
        heard = [samples(frame) for frame in frames]
        for values in heard:
            self._voice.hear(k_power(values))
        return [self._frame(values) for values in heard]

    def _frame(self, values: "array[int]") -> bytes:
        dc = self._offset(values)
        gain_db = self._move() + self._volume_db
        if not values:
            return b""
        peak = max(max(values) - dc, dc - min(values))
        factor = 10 ** (gain_db / 20)
        over_db = 20 * math.log10(max(1e-9, peak * factor) / CEILING)
        self._held_db = max(over_db, self._held_db - RELEASE_DB, 0.0)
        factor *= 10 ** (-self._held_db / 20)
        before, self._factor = self._factor, factor
        if self._first:
            self._first = False
            return _ramped(values, dc, 0.0, factor, 120)
        if before == factor and dc == 0.0:
            return _scaled(values, factor)
        if factor < before and over_db > 0:
            return _ramped(values, dc, before, factor, _room(values, dc, before))
        return _ramped(values, dc, before, factor, len(values))

    def _move(self) -> float:
        """The gain of this frame, before volume and limiter."""
        wanted = self._voice.wanted_db()
        if self._gain_db is None:
            self._gain_db = wanted
        step = SLOW_DB if self._voice.known else FAST_DB
        self._gain_db += max(-step, min(step, wanted - self._gain_db))
        self._voice.gain_db = self._gain_db
        return self._gain_db

    def _offset(self, values: "array[int]") -> float:
        """A constant offset of the engine's sound, followed slowly; 0 while it is too small to be heard as a click."""
        mean = sum(values) / len(values) if values else 0.0
        self._dc += (mean - self._dc) * (1.0 if self._first else 0.02)
        return self._dc if abs(self._dc) > DC_LIMIT else 0.0


def _room(values: "array[int]", dc: float, factor: float) -> int:
    """How many samples there are until the first one that would be too loud."""
    limit = CEILING / max(factor, 1e-9)
    first = next((at for at, value in enumerate(values) if abs(value - dc) > limit), len(values))
    return max(1, min(ATTACK, first)) if first < ATTACK else first


def _scaled(values: "array[int]", factor: float) -> bytes:
    whole = round(factor * ONE)
    return to_bytes(array("h", [value * whole + HALF >> BITS for value in values]))


def _ramped(values: "array[int]", dc: float, before: float, after: float, length: int) -> bytes:
    """From one factor to the other over `length` samples, then the second one. Clipped, though only what comes before a
    limiter that had no room can need it."""
    first, last, middle = round(before * ONE), round(after * ONE), round(dc)
    length = max(1, length)
    out = [
        (value - middle) * (first + (last - first) * at // length) + HALF >> BITS
        for at, value in enumerate(values[:length])
    ]
    out += [(value - middle) * last + HALF >> BITS for value in values[length:]]
    if out and (max(out) > CEILING or min(out) < -CEILING):
        out = [max(-CEILING, min(CEILING, value)) for value in out]
    return to_bytes(array("h", out))
