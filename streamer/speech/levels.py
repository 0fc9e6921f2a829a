"""Small work on signed 16-bit mono PCM in plain Python: frames, loudness, volume, fades."""

import sys
from array import array
from operator import mul
from typing import Final

from streamer.ports import FRAME_BYTES

SILENCE: Final = bytes(FRAME_BYTES)
QUIET_PEAK: Final = 80
"""A frame whose loudest sample is below this (of 32,767) counts as silence: -52 dB."""


def samples(pcm: bytes) -> "array[int]":
    """The samples of little-endian PCM of even length."""
    out = array("h")
    out.frombytes(pcm)
    if sys.byteorder == "big":
        out.byteswap()
    return out


def to_bytes(values: "array[int]") -> bytes:
    if sys.byteorder == "big":
        values = array("h", values)
        values.byteswap()
    return values.tobytes()


def loudness(frame: bytes) -> float:
    """Root mean square of every second sample, 0..32768."""
    half = samples(frame)[::2]
    return (sum(map(mul, half, half)) / len(half)) ** 0.5 if half else 0.0


def is_quiet(frame: bytes) -> bool:
    """Whether nothing in the frame can be heard."""
    values = samples(frame)
    return not values or (max(values) < QUIET_PEAK and min(values) > -QUIET_PEAK)


def scale(pcm: bytes, factor: float) -> bytes:
    """The same sound louder or softer, clipped at full scale."""
    if factor == 1.0:
        return pcm
    return to_bytes(array("h", [max(-32768, min(32767, round(value * factor))) for value in samples(pcm)]))


def fade_out(frame: bytes) -> bytes:
    """The frame falling to silence in a straight line: joins sound that was cut to what follows without a click."""
    values = samples(frame)
    count = len(values)
    return to_bytes(array("h", [value * (count - index) // count for index, value in enumerate(values)]))


def fade_end(pcm: bytes, count: int = 120) -> bytes:
    """The last 5 ms falling to silence: sound that ends anywhere ends without a click."""
    values = samples(pcm)
    count = min(count, len(values))
    for back in range(count):
        values[-1 - back] = values[-1 - back] * back // count
    return to_bytes(values)


class Framer:
    """Cuts PCM of any chunk size, odd ones too, into frames of 20 ms."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, pcm: bytes) -> list[bytes]:
        """Whole frames that are complete by now."""
        data = self._rest + pcm if self._rest else pcm
        whole = len(data) - len(data) % FRAME_BYTES
        self._rest = data[whole:]
        return [data[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]

    def flush(self, *, softly: bool = False) -> list[bytes]:
        """The last, partly filled frame, padded with silence, `softly` without a click; half a sample is thrown
        away."""
        rest = self._rest[: len(self._rest) & ~1]
        self._rest = b""
        return [(fade_end(rest) if softly else rest).ljust(FRAME_BYTES, b"\0")] if rest else []
