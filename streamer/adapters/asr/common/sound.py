"""The sound of one utterance, 16,000 Hz s16le mono, and how loud each 20 ms of it are."""

import array
import math
import operator
import struct
import sys

from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ

LONGEST_S = 30.0
"""What comes after is left out. It is the window of Whisper; ears cut long before."""
FRAME_MS = 20
_LONGEST = int(EAR_RATE_HZ * 2 * LONGEST_S)
_FRAME = EAR_FRAME_BYTES // 2
AUDIBLE_RMS = 24.0
"""-63 dB of full scale: below it there is nothing to understand, whatever an engine makes of it."""
_REST_FRAMES = 3
"""60 ms before the end of what was looked at have to be silent too: the last consonant was whole."""
_QUIET_OF_PEAK = 0.08
"""-22 dB below the loud parts."""
_QUIET_OF_FLOOR = 2.0


class Clip:
    """Grows frame by frame; about 15 microseconds each."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._levels: list[float] = []
        self._measured = 0

    def feed(self, pcm: bytes) -> None:
        """Pieces of any size, also with half a sample at their end."""
        self._pcm += pcm[: max(0, _LONGEST - len(self._pcm))]
        while len(self._pcm) - self._measured >= EAR_FRAME_BYTES:
            frame = array.array("h", bytes(self._pcm[self._measured : self._measured + EAR_FRAME_BYTES]))
            if sys.byteorder == "big":
                frame.byteswap()
            self._levels.append(math.sqrt(sum(map(operator.mul, frame, frame)) / _FRAME))
            self._measured += EAR_FRAME_BYTES

    @property
    def frames(self) -> int:
        """Whole frames so far."""
        return len(self._levels)

    @property
    def seconds(self) -> float:
        return len(self._pcm) / (EAR_RATE_HZ * 2)

    def pcm(self) -> bytes:
        """All of it, whole samples."""
        return bytes(self._pcm[: len(self._pcm) & ~1])

    @property
    def audible(self) -> bool:
        """Whether any two frames are louder than nothing: a single click is no word."""
        return sum(level >= AUDIBLE_RMS for level in self._levels) >= 2

    def rests_since(self, frames: int) -> bool:
        """Whether only silence came after the first `frames`, which ended in silence themselves.

        Silence is relative: far below the loud parts, or near the quietest tenth.
        """
        if not self._levels:
            return True
        if frames < _REST_FRAMES:
            return False
        limit = max(AUDIBLE_RMS, _QUIET_OF_PEAK * self._at(0.95))
        limit = max(limit, min(_QUIET_OF_FLOOR * self._at(0.1), 0.3 * self._at(0.95)))
        return all(level < limit for level in self._levels[frames - _REST_FRAMES :])

    @property
    def swing_db(self) -> float:
        """How much louder the loud parts are than the quiet ones: above 10 for speech, about 1 for a steady noise."""
        if not self._levels:
            return 0.0
        return 20 * math.log10(max(1.0, self._at(0.9)) / max(1.0, self._at(0.1)))

    def _at(self, part: float) -> float:
        ordered = sorted(self._levels)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def wav_of(pcm: bytes, rate_hz: int = EAR_RATE_HZ) -> bytes:
    """A RIFF file of s16le mono."""
    head = struct.pack(
        "<4sI4s4sIHHIIHH", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16
    )
    return head + struct.pack("<4sI", b"data", len(pcm)) + pcm
