"""What there is in OBS: the collection that is open, as values. Requests and fields as in the obs-websocket protocol,
RPC version 1; ids (`...Uuid`) are there from obs-websocket 5.4 on, and empty before."""

import contextlib
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from streamer.adapters.obs.errors import ObsRefused

BROWSER = "browser_source"
TEXT_KINDS = ("text_gdiplus_v3", "text_gdiplus_v2", "text_gdiplus", "text_ft2_source_v2", "text_ft2_source")
"""Text sources, the best first."""
MONITOR_OFF = "OBS_MONITORING_TYPE_NONE"
MONITOR_ONLY = "OBS_MONITORING_TYPE_MONITOR_ONLY"
MONITOR_BOTH = "OBS_MONITORING_TYPE_MONITOR_AND_OUTPUT"


class Asks(Protocol):
    """What can be asked of OBS, as `ObsLink` offers it."""

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]: ...


class Scene(msgspec.Struct, frozen=True):
    name: str
    uuid: str = ""


class Item(msgspec.Struct, frozen=True):
    """A source in a scene or in a group. `id` counts within that scene."""

    scene: str
    source: str
    id: int


class Input(msgspec.Struct, frozen=True):
    """`settings` are those that differ from the kind's defaults, as OBS tells them; they and the rest are read of text
    and browser sources only. `filters`: how many."""

    name: str
    kind: str
    uuid: str = ""
    settings: Mapping[str, Any] = {}
    monitor: str = MONITOR_OFF
    filters: int = 0

    @property
    def is_browser(self) -> bool:
        return self.kind == BROWSER

    @property
    def is_text(self) -> bool:
        return self.kind in TEXT_KINDS


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """One collection. `width`, `height`: the canvas in pixels. `live`: it streams or records now."""

    collection: str
    scenes: tuple[Scene, ...] = ()
    program: str = ""
    inputs: tuple[Input, ...] = ()
    items: tuple[Item, ...] = ()
    groups: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    width: int = 1920
    height: int = 1080
    platform: str = ""
    live: bool = False

    @property
    def browser(self) -> bool:
        """Whether this OBS was built with browser sources."""
        return BROWSER in self.kinds

    @property
    def text_kind(self) -> str:
        """The best kind of text source it has, or ""."""
        return next((kind for kind in TEXT_KINDS if kind in self.kinds), "")

    @property
    def scene_names(self) -> tuple[str, ...]:
        return tuple(scene.name for scene in self.scenes)

    @property
    def taken(self) -> frozenset[str]:
        """Scenes, inputs and groups share one set of names."""
        return frozenset((*self.scene_names, *self.groups, *(each.name for each in self.inputs)))

    def input(self, name: str) -> Input | None:
        return next((each for each in self.inputs if each.name == name), None)

    def scenes_with(self, source: str) -> tuple[str, ...]:
        """Where it stands itself."""
        return tuple(dict.fromkeys(item.scene for item in self.items if item.source == source))

    def scenes_showing(self, source: str) -> frozenset[str]:
        """Where it stands, also inside groups and scenes that are sources there."""
        found: set[str] = set()
        todo = [source]
        while todo:
            new = set(self.scenes_with(todo.pop())) - found
            found |= new
            todo += new
        return frozenset(found)


async def read_inventory(obs: Asks) -> Inventory:
    """Ask for everything that matters; about two requests for each scene. Raises what the link raises."""
    version = await obs.request("GetVersion")
    kinds = await obs.request("GetInputKindList")
    video = await obs.request("GetVideoSettings")
    collections = await obs.request("GetSceneCollectionList")
    listed = await obs.request("GetSceneList")
    scenes = tuple(
        Scene(str(each["sceneName"]), str(each.get("sceneUuid") or "")) for each in reversed(listed["scenes"])
    )
    items, groups = await _items(obs, [scene.name for scene in scenes])
    inputs = [await _input(obs, each) for each in (await obs.request("GetInputList"))["inputs"]]
    return Inventory(
        collection=str(collections.get("currentSceneCollectionName") or ""),
        scenes=scenes,
        program=str(listed.get("currentProgramSceneName") or ""),
        inputs=tuple(inputs),
        items=tuple(items),
        groups=tuple(groups),
        kinds=frozenset(kinds["inputKinds"]),
        width=int(video["baseWidth"]),
        height=int(video["baseHeight"]),
        platform=str(version.get("platform") or ""),
        live=await _is_live(obs),
    )


async def _is_live(obs: Asks) -> bool:
    stream = await obs.request("GetStreamStatus")
    record = await obs.request("GetRecordStatus")
    return bool(stream.get("outputActive")) or bool(record.get("outputActive"))


async def _items(obs: Asks, scenes: list[str]) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    groups: dict[str, None] = {}
    for scene in scenes:
        for each in await items_in(obs, "GetSceneItemList", scene):
            items.append(Item(scene, str(each["sourceName"]), int(each["sceneItemId"])))
            if each.get("isGroup"):
                groups[str(each["sourceName"])] = None
    for group in groups:
        found = await items_in(obs, "GetGroupSceneItemList", group)
        items += [Item(group, str(each["sourceName"]), int(each["sceneItemId"])) for each in found]
    return items, list(groups)


async def items_in(obs: Asks, request: str, scene: str) -> list[dict[str, Any]]:
    """The items of a scene; none when it was removed in this moment: OBS lists scenes a little longer than it has
    them."""
    try:
        return (await obs.request(request, {"sceneName": scene}))["sceneItems"]
    except ObsRefused:
        return []


async def _input(obs: Asks, listed: Mapping[str, Any]) -> Input:
    name, kind = str(listed["inputName"]), str(listed["inputKind"])
    out = Input(name, kind, str(listed.get("inputUuid") or ""))
    if not out.is_browser and not out.is_text:
        return out
    try:
        return await _read(obs, out)
    except ObsRefused:  # removed in this moment
        return out


async def _read(obs: Asks, out: Input) -> Input:
    name = out.name
    settings = (await obs.request("GetInputSettings", {"inputName": name}))["inputSettings"]
    filters = (await obs.request("GetSourceFilterList", {"sourceName": name}))["filters"]
    monitor = MONITOR_OFF
    if out.is_browser:
        with contextlib.suppress(ObsRefused):  # 604: its sound does not go through OBS
            answer = await obs.request("GetInputAudioMonitorType", {"inputName": name})
            monitor = str(answer["monitorType"])
    return msgspec.structs.replace(out, settings=settings, monitor=monitor, filters=len(filters))
