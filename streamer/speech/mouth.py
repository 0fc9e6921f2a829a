"""The mouth: how far open (loudness of each 20 ms) and in what shape.

Opening is the envelope with a quick attack and a slow release against the loudest the voice has been, so quiet and loud
engines move the same. Shapes come from the engine's visemes, else from the letters of the timed words, else from
the spectrum. 0.02-0.03 ms per frame, 0.1 ms more where the spectrum is asked.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from streamer.cast.letters import spelled
from streamer.ports import FRAME_MS, Viseme, VisemeMark
from streamer.speech.captions import Word
from streamer.speech.levels import loudness, samples
from streamer.speech.shapes import shape_of

Shape = tuple[int, Viseme]
"""`(at, shape)`: the shape the mouth takes from that millisecond on."""

ATTACK_MS: Final = 15
RELEASE_MS: Final = 100
FIRST_PEAK: Final = 4000.0
PEAK_FLOOR: Final = 600.0
PEAK_FALL: Final = 0.9985
"""The peak forgets: half of it in about 9 s of speech."""
NOISE: Final = 40.0
CLOSED_BELOW: Final = 6

_ATTACK = 1 - 2.718281828 ** (-FRAME_MS / ATTACK_MS)
_RELEASE = 1 - 2.718281828 ** (-FRAME_MS / RELEASE_MS)


class Envelope:
    """Opening 0..100 for each frame of one voice. Lives as long as the voice, so that its peak stays known."""

    def __init__(self, peak: float = FIRST_PEAK) -> None:
        self.peak = peak
        self._level = 0.0

    def rest(self) -> None:
        """The mouth is closed at the beginning of a line."""
        self._level = 0.0

    def feed(self, frame: bytes) -> int:
        rms = loudness(frame)
        if rms > NOISE:
            self.peak = max(rms, self.peak * PEAK_FALL, PEAK_FLOOR)
        target = max(0.0, rms - NOISE) / self.peak
        target = min(1.0, target) ** 0.7
        rate = _ATTACK if target > self._level else _RELEASE
        self._level += (target - self._level) * rate
        return round(self._level * 100)


def shape_of_sound(frame: bytes, opening: int) -> Viseme:
    """A guess from the spectrum, for engines that tell nothing about time."""
    return "sil" if opening < CLOSED_BELOW else shape_of(samples(frame))


def shapes_of_words(text: str, words: Sequence[Word]) -> list[Shape]:
    """Shapes from the letters of each word in equal shares of its time; closed where no word is."""
    out: list[Shape] = []
    for at, length, start, end in words:
        shapes: list[Viseme] = [shape for _, shape in spelled(text[start:end])]
        for index, shape in enumerate(shapes):
            _append(out, at + length * index // len(shapes), shape)
        if shapes:
            _append(out, at + length, "sil")
    return out


def shapes_of_marks(marks: Iterable[VisemeMark], *, at_ms: int = 0) -> list[Shape]:
    """The engine's own visemes."""
    out: list[Shape] = []
    for mark in sorted(marks, key=lambda mark: mark.at_ms):
        _append(out, at_ms + mark.at_ms, mark.shape)
        if mark.dur_ms is not None:
            _append(out, at_ms + mark.at_ms + mark.dur_ms, "sil")
    return out


def shapes_of_levels(shapes: Sequence[Viseme], *, at_ms: int = 0) -> list[Shape]:
    """One guessed shape per frame, without the flicker of single frames."""
    out: list[Shape] = []
    for index, shape in enumerate(shapes):
        steady = index + 1 >= len(shapes) or shapes[index + 1] == shape or shape == "sil"
        if steady:
            _append(out, at_ms + index * FRAME_MS, shape)
    return out


def _append(out: list[Shape], at: int, shape: Viseme) -> None:
    if out and out[-1][0] >= at:
        at = out[-1][0]
        out.pop()
    if not out or out[-1][1] != shape:
        out.append((at, shape))
