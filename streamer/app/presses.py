"""What a press would do to the show as it is: done, already so, meant for something that has gone."""

from collections.abc import Collection

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
from streamer.core.show import Show
from streamer.web.operate import Outcome


def outcome_of(event: Event, show: Show, scenes: Collection[str]) -> Outcome:
    """`scenes`: the keys that can be chosen."""
    match event:
        case SkipPressed(saw=saw) if show.air is not None:
            return "stale" if saw and saw != show.air.id else "done"
        case SceneTakenByHand(scene=scene) if scene not in scenes:
            return "unknown"
        case _:
            return "already" if _is_so(event, show) else "done"


def _is_so(event: Event, show: Show) -> bool:
    """Whether it was so before."""
    match event:
        case StopPressed():
            so = show.mode == "stopped"
        case ResumePressed():
            so = show.mode == "running"
        case PausePressed():
            so = show.mode == "paused"
        case SkipPressed():
            so = True
        case DialSet(dial=dial):
            so = show.dial == dial
        case QueueCleared():
            so = not show.requests and show.next is None
        case EmergencyPressed():
            so = show.emergency
        case AutoPressed():
            so = not show.scene_hand
        case HostHeld(on=on):
            so = show.host.held == on
        case SceneTakenByHand(scene=scene):
            so = show.scene_hand and show.scene == scene
        case _:
            so = False
    return so
