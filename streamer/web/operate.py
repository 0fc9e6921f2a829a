"""What an operator can press, by any way in: the panel, the API, a deck."""

from collections.abc import Callable
from typing import Literal, Protocol

from streamer.core.events import (
    AutoPressed,
    DialSet,
    EmergencyPressed,
    Event,
    HostHeld,
    PausePressed,
    QueueCleared,
    ResumePressed,
    SceneTakenByHand,
    SkipPressed,
    StopPressed,
)

Outcome = Literal["done", "already", "stale", "unknown"]
"""`already`: it was so before; `stale`: what the operator was looking at has gone, nothing was done; `unknown`: there
is no such scene."""


class Operator(Protocol):
    """Takes presses into the inbox's control lane. Must return at once and never wait for the feed or the show."""

    def press(self, event: Event) -> Outcome: ...


_COMMANDS: dict[str, Callable[[str, str, int], Event]] = {
    "stop": lambda by, via, saw: StopPressed(by=by, via=via, saw=saw),
    "resume": lambda by, via, saw: ResumePressed(by=by, via=via, saw=saw),
    "pause": lambda by, via, saw: PausePressed(by=by, via=via, saw=saw),
    "skip": lambda by, via, saw: SkipPressed(by=by, via=via, saw=saw),
    "clear": lambda by, via, saw: QueueCleared(by=by, via=via, saw=saw),
    "emergency": lambda by, via, saw: EmergencyPressed(by=by, via=via, saw=saw),
    "auto": lambda by, via, _saw: AutoPressed(by=by, via=via),
    "host-on": lambda by, via, _saw: HostHeld(on=True, by=by, via=via),
    "host-off": lambda by, via, _saw: HostHeld(on=False, by=by, via=via),
    "dial-named": lambda by, via, _saw: DialSet(dial="named", by=by, via=via),
    "dial-normal": lambda by, via, _saw: DialSet(dial="normal", by=by, via=via),
    "dial-chatty": lambda by, via, _saw: DialSet(dial="chatty", by=by, via=via),
}
PLAIN = ("stop", "resume", "pause", "skip", "clear", "emergency", "auto", "host-on", "host-off")
DECK = tuple(_COMMANDS)
"""Commands without words, as a deck knows them; beside them `scene-<key of the scene map>`."""
SCENE = "scene-"


def is_scene(command: str) -> bool:
    """Whether it names a scene to take; whether there is such a scene, the operator knows."""
    return command.startswith(SCENE) and 0 < len(command) - len(SCENE) <= 60


def press(command: str, *, by: str, via: str, saw: int = 0) -> Event:
    """The event of a command of `DECK` or of `scene-<key>`; KeyError for others."""
    if is_scene(command):
        return SceneTakenByHand(scene=command.removeprefix(SCENE), by=by, via=via)
    return _COMMANDS[command](by, via, saw)


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
