"""Which scene the audience should see. Decided here; whoever drives the scenes brings the device there.

The streamer's own hand goes first: after a scene was taken by hand nothing is cut until `AutoPressed`, except to the
emergency scene.
"""

from typing import Literal

from msgspec.structs import replace

from streamer.core.commands import Command, TakeScene
from streamer.core.events import AutoPressed, EmergencyPressed, SceneSeen, SceneTakenByHand
from streamer.core.rundown import find_segment
from streamer.core.show import Line, Show

Why = Literal["", "home", "segment", "alert", "speaker", "several", "standby", "emergency", "hand", "back"]
RETURN_MS = 1_500
"""A speaker's scene stays so long after the line, because another one may begin."""
_SOFT = frozenset({"speaker", "several", "home", "back"})
"""Cuts that keep to the shortest shot; the others are wanted at their moment."""
_PASSING = frozenset({"speaker", "several", "alert", "standby", "emergency"})
"""Cuts after which something else comes back: a resting scene, or what was on."""


def direct(show: Show) -> tuple[Show, list[Command]]:
    """A rule of `settle`: cut when another scene is wanted and it is time for it."""
    scene, why = wanted(show)
    if not scene or scene == show.scene or show.now_ms < _soonest_ms(show, why):
        return show, []
    if why in _PASSING and show.scene_why not in _PASSING and not _resting(show):
        show = replace(show, scene_back=show.scene if show.scene_why == "back" else show.scene_on)
    return _take(show, scene, why)


def direct_at_ms(show: Show) -> int | None:
    """When `direct` will have something to do without a new fact."""
    scene, why = wanted(show)
    return _soonest_ms(show, why) if scene and scene != show.scene else None


def wanted(show: Show) -> tuple[str, Why]:
    """The scene that should be on, and why; empty when whatever is on may stay."""
    scenes = show.settings.scenes
    if show.emergency:
        return scenes.emergency, "emergency"
    if show.scene_hand:
        return show.scene_before, "hand"
    if show.mode == "paused" and scenes.standby and show.air is None:
        return scenes.standby, "standby"
    if show.mode not in ("running", "paused"):
        return "", ""
    air = show.air
    if air is not None and air.request.scene:
        return air.request.scene, "alert"
    if air is not None and scenes.cut_on_speaker and (shot := _shot(show, air))[0]:
        return shot
    if show.scene_base:
        return show.scene_base, "segment"
    if scenes.home:
        return scenes.home, "home"
    return (show.scene_back, "back") if show.scene_why in _PASSING else ("", "")


def _shot(show: Show, air: Line) -> tuple[str, Why]:
    scenes = show.settings.scenes
    if air.request.turn and scenes.several:
        return scenes.several, "several"
    return scenes.speakers.get(air.persona, ""), "speaker"


def _resting(show: Show) -> str:
    return show.scene_base or show.settings.scenes.home


def _soonest_ms(show: Show, why: Why) -> int:
    after_line = show.scene_why in ("speaker", "several", "alert") and why in ("home", "back", "segment")
    if after_line and show.air is None:
        back_ms = show.free_ms + RETURN_MS
        return back_ms if show.scene_why == "alert" else max(back_ms, show.scene_ms + show.settings.scenes.min_shot_ms)
    if why in _SOFT or after_line:
        return show.scene_ms + show.settings.scenes.min_shot_ms if show.scene else show.now_ms
    return show.now_ms


def _take(show: Show, scene: str, why: Why) -> tuple[Show, list[Command]]:
    show = replace(show, scene=scene, scene_why=why, scene_ms=show.now_ms)
    return show, [TakeScene(cause=show.seq, scene=scene, reason=why)]


def begun(show: Show, line: Line) -> Show:
    """A line got the floor: that of a segment names the scene of what follows."""
    segment = find_segment(show, line.request.segment)
    return replace(show, scene_base=segment.scene) if segment is not None and segment.scene else show


def seen(show: Show, event: SceneSeen) -> tuple[Show, list[Command]]:
    """What is on, as the device tells."""
    return replace(show, scene_on=event.scene), []


def by_hand(show: Show, event: SceneTakenByHand) -> tuple[Show, list[Command]]:
    """The streamer took a scene. From the panel it has to be carried out; in OBS it is on already. It also ends an
    emergency, as far as the scenes go."""
    out: list[Command] = []
    if event.via != "obs" and event.scene != show.scene:
        out.append(TakeScene(cause=show.seq, scene=event.scene, reason="hand"))
    show = replace(
        show, scene=event.scene, scene_on=event.scene, scene_why="hand", scene_ms=show.now_ms, scene_hand=True,
        scene_via=event.via, scene_before="", emergency=False, wake_ms=0,
    )  # fmt: skip
    return show, out


def auto(show: Show, event: AutoPressed) -> tuple[Show, list[Command]]:
    """The show cuts again, at once to what is wanted now."""
    del event
    if not show.scene_hand:
        return show, []
    return replace(show, scene_hand=False, scene_before="", scene="", scene_why="", wake_ms=0), []


def emergency(show: Show, event: EmergencyPressed) -> Show:
    """The emergency scene is wanted until `ResumePressed`; what the streamer had in hand comes back then."""
    del event
    if show.emergency:
        return show
    return replace(show, emergency=True, scene_before=show.scene if show.scene_hand else "", wake_ms=0)


def over(show: Show) -> Show:
    """The emergency is over."""
    return replace(show, emergency=False, wake_ms=0) if show.emergency else show
