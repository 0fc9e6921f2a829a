"""What is done once, at its moment: rules under `on` of the scene map. A moment that has passed is not made up for."""

from collections.abc import Mapping
from typing import Any

import msgspec

from streamer.adapters.obs.settings import MomentRule, SceneMap
from streamer.ports import Cue

FRESH_S = 1.0
WAITING = 50


class Moment(msgspec.Struct, frozen=True):
    rule: MomentRule
    at_s: float
    reason: str


class Moments:
    """Waiting ones, oldest first. Nothing is taken while OBS is away."""

    def __init__(self, scene_map: SceneMap) -> None:
        self._rules = scene_map.on
        self._waiting: list[Moment] = []

    def cue(self, cue: Cue, now_s: float) -> bool:
        """Whether there is something to do."""
        found = [rule for rule in self._rules if matches(rule, cue)]
        self._waiting += [Moment(rule, now_s, f"{cue.kind} {cue.name}".strip()) for rule in found]
        del self._waiting[:-WAITING]
        return bool(found)

    def next(self, now_s: float) -> Moment | None:
        while self._waiting:
            moment = self._waiting.pop(0)
            if moment.at_s >= now_s - FRESH_S:
                return moment
        return None

    def clear(self) -> None:
        self._waiting.clear()


def matches(rule: MomentRule, cue: Cue) -> bool:
    if rule.when != cue.kind or (cue.test and not rule.tests):
        return False
    names = {name.casefold() for name in (cue.name, cue.reward, cue.persona) if name}
    return not rule.wanted or rule.wanted.casefold() in names


def request_of(rule: MomentRule) -> tuple[str, Mapping[str, Any]] | None:
    """The request that does it; None for what takes more than one (`record`, `screenshot`)."""
    if rule.media is not None:
        action = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART"
        return "TriggerMediaInputAction", {"inputName": rule.media, "mediaAction": action}
    if rule.hotkey is not None:
        return "TriggerHotkeyByName", {"hotkeyName": rule.hotkey}
    if (each := rule.filter) is not None:
        data = {"sourceName": each.source, "filterName": each.filter, "filterEnabled": each.on}
        return "SetSourceFilterEnabled", data
    if rule.replay is not None:
        return "SaveReplayBuffer", {}
    return None


def picture_path(folder: str, stamp: str) -> str:
    """A file in a folder of the machine OBS runs on, which may be another one than this."""
    separator = "\\" if "\\" in folder or folder[1:2] == ":" else "/"
    return folder.rstrip("/\\") + separator + f"Screenshot {stamp}.png"
