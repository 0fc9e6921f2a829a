"""Voices of any loudness come out as loud as each other."""

import math
import time
from array import array
from collections.abc import Sequence
from itertools import pairwise

import pytest

from streamer.ports import FRAME_BYTES, FRAME_MS
from streamer.speech.levels import Framer, samples
from streamer.speech.loudness import CEILING, TARGET_LUFS, Leveller, Loudness, k_power, lufs
from tests.adapters.tts.spoken import spoken
from tests.fakes.tts import tone

TEXT = "Hello everyone, and welcome back to the show! Nobody expected the robot to win the race."


def frames_at(db: float, pcm: bytes) -> list[bytes]:
    """The sound with this RMS level against full scale."""
    values = samples(pcm)
    rms = math.sqrt(sum(value * value for value in values) / len(values))
    factor = 32768 * 10 ** (db / 20) / rms
    loud = array("h", [max(-32768, min(32767, round(value * factor))) for value in values])
    framer = Framer()
    return framer.feed(loud.tobytes()) + framer.flush()


def loud(frames: Sequence[bytes]) -> float:
    """Integrated loudness by BS.1770-4, filters and all, not by what is under test."""
    values = [value / 32768 for value in samples(b"".join(frames))]
    for b, a in _biquads(24_000):
        values = _filtered(values, b, a)
    size, step = 9_600, 2_400
    blocks = [sum(v * v for v in values[at : at + size]) / size for at in range(0, len(values) - size + 1, step)]
    blocks = [block for block in blocks if lufs(block) > -70]
    gate = 0.1 * sum(blocks) / len(blocks)
    kept = [block for block in blocks if block >= gate]
    return lufs(sum(kept) / len(kept))


def _biquads(rate: float) -> list[tuple[list[float], list[float]]]:
    k, q = math.tan(math.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1 + k / q + k * k
    shelf = ([(high + band * k / q + k * k) / norm, 2 * (k * k - high) / norm, (high - band * k / q + k * k) / norm],
             [2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm])  # fmt: skip
    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    norm = 1 + k / q + k * k
    return [shelf, ([1.0, -2.0, 1.0], [2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm])]


def _filtered(values: list[float], b: list[float], a: list[float]) -> list[float]:
    out: list[float] = []
    one = two = 0.0
    for value in values:
        y = b[0] * value + one
        one, two = b[1] * value - a[0] * y + two, b[2] * value - a[1] * y
        out.append(y)
    return out


def levelled(frames: Sequence[bytes], voice: Loudness, batch: int = 5, volume: float = 1.0) -> list[bytes]:
    leveller = Leveller(voice, volume=volume)
    out: list[bytes] = []
    for at in range(0, len(frames), batch):
        out += leveller.feed(frames[at : at + batch])
    return out


@pytest.mark.parametrize("db", [-10, -20, -35])
def test_after_a_second_and_from_the_second_clause_on(db: float) -> None:
    frames, voice = frames_at(db, spoken(TEXT)), Loudness()
    second = 1000 // FRAME_MS
    reference = loud(
        levelled(frames_at(TARGET_LUFS, spoken(TEXT)), _known(frames_at(TARGET_LUFS, spoken(TEXT))))[second:]
    )
    first = levelled(frames, voice)
    assert abs(loud(first[second:]) - TARGET_LUFS) < 1.5
    again = levelled(frames, voice)
    assert abs(loud(again) - TARGET_LUFS) < 1.0
    assert abs(loud(again[second:]) - reference) < 0.5
    gains = [_gain(one, other) for one, other in zip(frames, again, strict=True)]
    steady = [gain for gain in gains[1:] if gain is not None]
    assert max(steady) - min(steady) < 1.0  # a known voice is not pumped


def _known(frames: Sequence[bytes]) -> Loudness:
    voice = Loudness()
    levelled(frames, voice)
    return voice


def _gain(before: bytes, after: bytes) -> float | None:
    one, other = k_power(samples(before)), k_power(samples(after))
    return 10 * math.log10(other / one) if one > 1e-6 and other > 1e-6 else None


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_never_clips_and_never_clicks(batch: int) -> None:
    shout = [tone(20, 4000)] * 30 + [tone(20, 30_000)] * 20 + [tone(20, 4000)] * 60
    out = samples(b"".join(levelled(shout, Loudness(), batch)))
    assert max(map(abs, out)) <= CEILING
    steepest = max(abs(one - other) for one, other in pairwise(out))
    assert steepest < 0.0524 * CEILING * 1.6  # as steep as the tone itself at full scale, and a little


def test_a_clause_begins_at_nothing() -> None:
    out = samples(levelled([array("h", [8000] * 480).tobytes()] * 3, Loudness(), 1)[0])
    assert out[0] == 0
    assert abs(out[1]) < 200


def test_an_offset_is_taken_away() -> None:
    values = array("h", [round(3000 + 4000 * math.sin(at * 0.0524)) for at in range(48_000)])
    out = samples(b"".join(levelled(Framer().feed(values.tobytes()), Loudness())))
    assert abs(sum(out[24_000:]) / 24_000) < 300


def test_volume_comes_after_levelling() -> None:
    frames = frames_at(-30, spoken(TEXT))
    usual = loud(levelled(frames, _known(frames)))
    assert loud(levelled(frames, _known(frames), volume=0.5)) == pytest.approx(usual - 6.02, abs=0.3)


def test_the_weighting_is_that_of_the_recommendation() -> None:
    for db in (-12, -24):
        frames = frames_at(db, spoken(TEXT))
        voice = _known(frames)
        assert voice.level == pytest.approx(loud(frames), abs=0.4)


def test_silence_and_nothing() -> None:
    voice = Loudness()
    assert levelled([bytes(FRAME_BYTES)] * 20, voice) == [bytes(FRAME_BYTES)] * 20
    assert voice.level is None
    assert lufs(0) == -200


def test_fast() -> None:
    frames = frames_at(-25, spoken(TEXT))
    voice = _known(frames)
    began = time.process_time()
    levelled(frames, voice)
    each_ms = (time.process_time() - began) / len(frames) * 1e3
    print(f"levelling: {each_ms:.2f} ms per frame")
    assert each_ms < 1.0
