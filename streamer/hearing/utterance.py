"""One utterance of the host: its sound on the way to a recogniser, and what is known about it."""

from collections.abc import Sequence
from typing import Final

from streamer.hearing.limits import EarLimits
from streamer.ports import WINDOW_MS, Hearing

SMOOTH: Final = 5
"""Windows whose levels together say how quiet a place is."""

Heard = tuple[bytes, float, bool]
"""A window, its level in dB, and whether it was voice."""


class Utterance:
    """Sound goes to the recogniser at once, until the utterance is so long that it may have to be cut: from there on it
    is kept back until it is clear that a place is not the quietest. Times in milliseconds of the sound."""

    def __init__(self, hearing: Hearing | None, limits: EarLimits, *, began_ms: int, began_s: float) -> None:
        self.hearing = hearing
        self.began_ms = began_ms
        self.began_s = began_s
        self.length_ms = 0
        self.voiced_ms = 0
        self.echo_ms = 0
        """Voice while the cast was to be heard."""
        self.quiet_ms = 0
        """Since the last voice."""
        self.ended_ms = began_ms
        self.ended_s = began_s
        self.held = False
        self.spoken_over = True
        self.pause = 0
        """Counts the silences in it; what was understood at one says nothing about the next."""
        self.text: str | None = None
        """What was understood until the silence that lasts."""
        self.spans: dict[str, float] = {}
        self.prefix = ""
        """What the host said just before, which was no whole sentence."""
        self._limits = limits
        self._kept: list[Heard] = []
        self._quietest = 0.0

    def add(self, heard: Heard, *, at_ms: int, at_s: float, echo: bool = False) -> None:
        """`at_ms`, `at_s`: the end of the window, by the sound and by the clock."""
        self.length_ms += WINDOW_MS
        if heard[2]:
            self.voiced_ms += WINDOW_MS
            self.echo_ms += WINDOW_MS if echo else 0
            self.quiet_ms = 0
            self.text = None
            self.ended_ms, self.ended_s = at_ms, at_s
        else:
            self.quiet_ms += WINDOW_MS
        if self.length_ms <= self._limits.split_ms:
            self._feed(heard[0])
        else:
            self._keep(heard)

    def resume(self, voiced_ms: int, *, at_ms: int, at_s: float) -> None:
        """The voice is back; so much of it was added as silence."""
        self.voiced_ms += voiced_ms
        self.quiet_ms = 0
        self.text = None
        self.ended_ms, self.ended_s = at_ms, at_s

    def wait(self, ms: int) -> None:
        """No sound came for so long."""
        self.quiet_ms += ms

    @property
    def too_long(self) -> bool:
        return self.length_ms >= self._limits.longest_ms

    def flush(self) -> None:
        """Everything to the recogniser."""
        for window, _, _ in self._kept:
            self._feed(window)
        self._kept.clear()
        self._quietest = 0.0

    def split(self) -> Sequence[Heard]:
        """What comes after the quietest place, which the recogniser has not been given."""
        rest, self._kept = self._kept, []
        return rest

    def drop(self) -> None:
        if self.hearing is not None:
            self.hearing.drop()

    def _keep(self, heard: Heard) -> None:
        self._kept.append(heard)
        last = [level for _, level, _ in self._kept[-SMOOTH:]]
        level = sum(last) / len(last)
        if len(last) == SMOOTH and (level <= self._quietest or self._quietest == 0.0):
            self._quietest = level
            place = len(self._kept) - SMOOTH // 2 - 1
            for window, _, _ in self._kept[:place]:
                self._feed(window)
            del self._kept[:place]

    def _feed(self, window: bytes) -> None:
        if self.hearing is not None:
            self.hearing.feed(window)
