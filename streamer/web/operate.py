"""What an operator can press, by any way in: the panel, the API, a deck."""

from typing import Protocol

from streamer.core.events import DialSet, Event, PausePressed, ResumePressed, SkipPressed, StopPressed
from streamer.ports import ChatRow


class Operator(Protocol):
    """Takes presses into the inbox's control lane. Must return at once and never wait for the feed or the show."""

    def press(self, event: Event) -> None: ...


class Rows(Protocol):
    """Takes what a program of the user's reports as chat."""

    def __call__(self, row: ChatRow) -> None: ...


PLAIN = ("stop", "resume", "pause", "skip")
DIALS = ("named", "normal", "chatty")


def press(command: str, *, by: str, via: str, saw: int = 0) -> Event | None:
    """The event of a command without words: `stop`, `resume`, `pause`, `skip`, `dial-named`, ... None for others."""
    match command:
        case "stop":
            return StopPressed(by=by, via=via, saw=saw)
        case "resume":
            return ResumePressed(by=by, via=via, saw=saw)
        case "pause":
            return PausePressed(by=by, via=via, saw=saw)
        case "skip":
            return SkipPressed(by=by, via=via, saw=saw)
        case "dial-named":
            return DialSet(dial="named", by=by, via=via)
        case "dial-normal":
            return DialSet(dial="normal", by=by, via=via)
        case "dial-chatty":
            return DialSet(dial="chatty", by=by, via=via)
        case _:
            return None


class Bucket:
    """So many a second, with room for a burst."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._left = burst
        self._at: float | None = None

    def take(self, now: float, amount: float = 1) -> float:
        """0 when it may go on; else seconds to wait."""
        if self._at is not None:
            self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if self._left >= amount:
            self._left -= amount
            return 0.0
        return (amount - self._left) / self._per_s
