"""What is heard at this moment, between two reports of the sink."""

from collections.abc import Callable
from typing import Final

import msgspec

from streamer.ports import Heard

TRUST_MS: Final = 300
"""The sink reports every 100 ms; after this long without a report the position stands still."""


class PlayheadState(msgspec.Struct, frozen=True):
    """The value of `playhead` in the overlay protocol: `ms` was heard when the show clock said `at`."""

    line: int
    ms: int
    at: int
    playing: bool


class SinkPlayhead:
    """Implements `Playhead` from the sink's reports. Never runs past a known end, and never backwards within a line,
    but to the word at which the line goes on after it had stopped."""

    def __init__(self, now_ms: Callable[[], float]) -> None:
        self._now_ms = now_ms
        self._line = 0
        self._ms = 0
        self._at = 0.0
        self._shown = 0
        self._end: int | None = None
        self._playing = False

    def report(self, heard: Heard) -> None:
        """A report of the sink."""
        if heard.line != self._line:
            self._line, self._shown, self._end = heard.line, 0, None
        elif not self._playing:
            self._shown = heard.ms
        self._ms = heard.ms
        self._at = self._now_ms()
        self._playing = not heard.ended

    def ends_at(self, line: int, ms: int) -> None:
        """The whole line is known to be this long."""
        if line == self._line:
            self._end = ms

    def clear(self) -> None:
        """Nothing is playing."""
        self._playing = False

    def position(self) -> tuple[int, int] | None:
        if not self._playing:
            return None
        since = min(TRUST_MS, max(0.0, self._now_ms() - self._at))
        ms = self._ms + int(since)
        if self._end is not None:
            ms = min(ms, max(self._end, self._ms))
        self._shown = max(self._shown, ms)
        return self._line, self._shown

    def state(self) -> PlayheadState:
        """The last report, as overlays extrapolate by themselves."""
        return PlayheadState(self._line, self._ms, int(self._at), self._playing)
