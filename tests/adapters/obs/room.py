"""Sound of a microphone as OBS meters it: one block of 1,024 samples at 48 kHz out of every 50 ms, peak and RMS."""

import array
import math
import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from operator import mul

from tests.adapters.tts.spoken import spoken

RATE = 24_000
EVERY = RATE // 20
BLOCK = 512

Level = tuple[float, float]
"""Peak and RMS, linear."""


def speech(text: str, peak_db: float = -12.0) -> list[float]:
    """espeak saying it, its loudest sample at `peak_db`."""
    samples = [value / 32768 for value in array.array("h", spoken(text))]
    loudest = max(map(abs, samples))
    gain = 10 ** (peak_db / 20) / loudest
    return [value * gain for value in samples]


def silence(seconds: float) -> list[float]:
    return [0.0] * round(seconds * RATE)


@lru_cache(maxsize=2)
def noise(seconds: float, rms_db: float, seed: int = 1) -> list[float]:
    """A fan, a computer: white noise."""
    draw, level = random.Random(seed), 10 ** (rms_db / 20)
    return [draw.gauss(0, level) for _ in range(round(seconds * RATE))]


def typing(seconds: float, peak_db: float = -14.0, per_s: float = 7.0, seed: int = 2) -> list[float]:
    """Keys: bursts of noise that die away within 8 ms, the key's way up softer than its way down."""
    draw, out = random.Random(seed), silence(seconds)
    at = 0.0
    while (at := at + draw.expovariate(per_s)) < seconds - 0.2:
        for after, softer in ((0.0, 0.0), (draw.uniform(0.06, 0.11), 8.0)):
            level = 10 ** ((peak_db - softer + draw.gauss(0, 2)) / 20)
            start = round((at + after) * RATE)
            for i in range(round(0.03 * RATE)):
                out[start + i] += level * 0.6 * draw.gauss(0, 1) * math.exp(-i / (0.008 * RATE / 3))
    return out


def knocks(seconds: float, peak_db: float = -8.0, every_s: float = 1.7) -> list[float]:
    """A cup on the table: 70 Hz that dies away within 120 ms."""
    out = silence(seconds)
    for n in range(1, int(seconds / every_s)):
        start = round(n * every_s * RATE)
        for i in range(round(0.15 * RATE)):
            fade = math.exp(-i / (0.03 * RATE))
            out[start + i] += 10 ** (peak_db / 20) * math.sin(math.tau * 70 * i / RATE) * fade
    return out


def music(seconds: float, peak_db: float = -38.0) -> list[float]:
    """Of the speakers, in the microphone: chords with a beat twice a second."""
    out: list[float] = []
    for i in range(round(seconds * RATE)):
        beat = 0.55 + 0.45 * math.exp(-((i / RATE) % 0.5) * 6)
        bar = (220.0, 262.0, 196.0, 247.0)[int(i / RATE / 2) % 4]
        chord = sum(math.sin(math.tau * bar * up * i / RATE) for up in (1, 1.26, 1.5)) / 3
        out.append(10 ** (peak_db / 20) * beat * chord)
    return out


def mixed(*sounds: Sequence[float]) -> list[float]:
    return list(map(sum, zip_longest(*sounds, fillvalue=0.0)))


def metered(samples: Sequence[float]) -> list[Level]:
    """What InputVolumeMeters tells every 50 ms."""
    out: list[Level] = []
    for end in range(EVERY, len(samples) + 1, EVERY):
        block = samples[end - BLOCK : end]
        out.append((max(map(abs, block)), math.sqrt(sum(map(mul, block, block)) / BLOCK)))
    return out
