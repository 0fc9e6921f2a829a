"""Carries a plan out, one step after the other. What was made is remembered after each step, so that whatever happens
meanwhile can be taken back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import msgspec

from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.setup.inventory import MONITOR_BOTH, Asks, Inventory, items_in
from streamer.adapters.obs.setup.memory import InputMade, ItemMade, Made, MonitorMade, SceneMade, SettingsMade
from streamer.adapters.obs.setup.sources import HEIGHT, WIDTH
from streamer.adapters.obs.setup.steps import (
    AddItem,
    ChangeMonitor,
    ChangeSettings,
    Fit,
    MakeInput,
    MakeScene,
    Plan,
    RemoveInput,
    RemoveItem,
    RemoveScene,
    RestoreMonitor,
    RestoreSettings,
    Step,
    words_of,
)
from streamer.ports import Notice

LOOK_S = 0.05
SETTLED_S = 3.0
"""OBS answers before its list of scenes has changed: that belongs to another of its threads."""
UNKNOWN_NAME = 600
_TOP_LEFT, _BOTTOM = 5, 8
"""`OBS_ALIGN_LEFT | OBS_ALIGN_TOP`, and `OBS_ALIGN_BOTTOM` in the middle."""


class Progress(msgspec.Struct, frozen=True):
    """`number` of `total` steps is done, or was refused: then `trouble` says by OBS' own words why."""

    number: int
    total: int
    words: Notice
    trouble: str = ""


async def carry_out(
    obs: Asks, there: Inventory, plan: Plan, remember: Callable[[Made], None]
) -> AsyncIterator[Progress]:
    """One `Progress` for each step. A step OBS refuses is told and passed over; a lost connection ends it all: raises
    what the link raises then, and everything made so far was remembered."""
    hands = _Hands(obs, there, remember)
    for number, step in enumerate(plan.steps, 1):
        trouble = ""
        try:
            await hands.do(step)
        except ObsRefused as refused:
            trouble = f"{refused.comment or refused.request} ({refused.code})"
        yield Progress(number, len(plan.steps), words_of(step), trouble)


class _Hands:
    def __init__(self, obs: Asks, there: Inventory, remember: Callable[[Made], None]) -> None:
        self._obs, self._there, self._remember = obs, there, remember

    async def do(self, step: Step) -> None:
        ask = self._obs.request
        match step:
            case MakeScene(name):
                answer = await ask("CreateScene", {"sceneName": name})
                self._remember(SceneMade(name, str(answer.get("sceneUuid") or "")))
                await self._settled("scene", name, there=True)
            case MakeInput():
                await self._make(step)
            case AddItem(scene, source, fit):
                answer = await ask(
                    "CreateSceneItem", {"sceneName": scene, "sourceName": source, "sceneItemEnabled": True}
                )
                number = int(answer["sceneItemId"])
                self._remember(ItemMade(scene, source, number))
                await self._fit(scene, number, fit)
            case ChangeSettings(name, before, after):
                await ask("SetInputSettings", {"inputName": name, "inputSettings": dict(after), "overlay": True})
                self._remember(SettingsMade(name, self._uuid(name), before, after))
            case ChangeMonitor(name, before, after):
                await self._monitor(name, after)
                self._remember(MonitorMade(name, self._uuid(name), before, after))
            case _:
                await self._take_back(step)

    async def _make(self, step: MakeInput) -> None:
        answer = await self._obs.request("CreateInput", create_input(step))
        url = str(step.settings.get("url") or "")
        made = InputMade(step.name, str(answer.get("inputUuid") or ""), step.kind, step.role, step.scene, url)
        self._remember(made)
        await self._fit(step.scene, int(answer["sceneItemId"]), step.fit)
        if step.monitor:
            await self._monitor(step.name, MONITOR_BOTH)

    async def _take_back(self, step: Step) -> None:
        ask = self._obs.request
        match step:
            case RemoveItem(scene, _, number):
                await ask("RemoveSceneItem", {"sceneName": scene, "sceneItemId": number})
            case RemoveInput(name):
                await self._remove(name)
            case RemoveScene(name):
                await ask("RemoveScene", {"sceneName": name})
                await self._settled("scene", name, there=False)
            case RestoreSettings(name, settings):
                await ask("SetInputSettings", {"inputName": name, "inputSettings": dict(settings), "overlay": False})
            case RestoreMonitor(name, monitor):
                await self._monitor(name, monitor)
            case _:
                raise AssertionError(step)

    async def _remove(self, name: str) -> None:
        """Its items first: in a scene that is not shown OBS keeps the items of a removed input, and the input with
        them. With its last item an input goes by itself."""
        for scene in (*self._there.scene_names, *self._there.groups):
            request = "GetSceneItemList" if scene in self._there.scene_names else "GetGroupSceneItemList"
            for item in await items_in(self._obs, request, scene):
                if item["sourceName"] == name:
                    given = {"sceneName": scene, "sceneItemId": item["sceneItemId"]}
                    await self._obs.request("RemoveSceneItem", given)
        try:
            await self._obs.request("RemoveInput", {"inputName": name})
        except ObsRefused as refused:
            if refused.code != UNKNOWN_NAME:
                raise
        await self._settled("input", name, there=False)

    async def _settled(self, what: str, name: str, *, there: bool) -> None:
        """Waits until OBS lists it, or no longer does; what is read afterwards is true."""
        for _ in range(round(SETTLED_S / LOOK_S)):
            if what == "scene":
                listed = [each["sceneName"] for each in (await self._obs.request("GetSceneList"))["scenes"]]
            else:
                listed = [each["inputName"] for each in (await self._obs.request("GetInputList"))["inputs"]]
            if (name in listed) == there:
                return
            await asyncio.sleep(LOOK_S)

    async def _monitor(self, name: str, monitor: str) -> None:
        await self._obs.request("SetInputAudioMonitorType", {"inputName": name, "monitorType": monitor})

    async def _fit(self, scene: str, number: int, fit: Fit) -> None:
        transform = placed(fit, self._there.width, self._there.height)
        if transform:
            data = {"sceneName": scene, "sceneItemId": number, "sceneItemTransform": transform}
            await self._obs.request("SetSceneItemTransform", data)

    def _uuid(self, name: str) -> str:
        source = self._there.input(name)
        return source.uuid if source is not None else ""


def create_input(step: MakeInput) -> dict[str, Any]:
    """The body of the request `CreateInput`."""
    return {
        "sceneName": step.scene,
        "inputName": step.name,
        "inputKind": step.kind,
        "inputSettings": dict(step.settings),
        "sceneItemEnabled": True,
    }


def placed(fit: Fit, width: int, height: int) -> Mapping[str, Any]:
    """The transform of a new item; empty where it is right as it comes."""
    if fit == "canvas" and (width, height) != (WIDTH, HEIGHT):
        return {
            "positionX": 0.0, "positionY": 0.0, "alignment": _TOP_LEFT, "boundsType": "OBS_BOUNDS_SCALE_INNER",
            "boundsAlignment": 0, "boundsWidth": float(width), "boundsHeight": float(height),
        }  # fmt: skip
    if fit == "caption":
        return {"positionX": width / 2, "positionY": round(height * 0.94), "alignment": _BOTTOM}
    return {}
