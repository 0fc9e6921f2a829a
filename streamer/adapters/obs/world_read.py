"""Reads what the scene map names out of OBS. A name that OBS does not know is left out, never an error."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec

from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.target import Away, Course, FilterOn, Lowered, Muted, Prop, Visible, Words
from streamer.adapters.obs.world import Item, World

Request = Callable[[str, Mapping[str, Any] | None], Awaitable[dict[str, Any]]]
"""`ObsLink.request`: raises ObsGone, ObsRefused."""
NOT_READY = 207
"""RequestStatus.NotReady: the scene collection is being changed."""


Also = Callable[[str], Iterable[Prop | Course]]
"""Of a scene collection: what has been moved there, and may be named by the map no longer."""


class _Named(msgspec.Struct):
    """What is read beside scenes and transitions; dicts for their order."""

    scenes: dict[str, None] = {}
    filtered: dict[str, None] = {}
    texts: dict[str, None] = {}
    mutes: dict[str, None] = {}
    volumes: dict[str, None] = {}


async def read_world(request: Request, scene_map: SceneMap, also: Also = lambda _: ()) -> World:
    """Raises ObsGone, and ObsRefused while OBS is not ready."""
    world = World()
    world.collection = str((await request("GetSceneCollectionList", None)).get("currentSceneCollectionName", ""))
    named = _named(scene_map, also(world.collection))
    scenes = await request("GetSceneList", None)
    world.scenes = [each["sceneName"] for each in scenes["scenes"]]
    world.program = scenes.get("currentProgramSceneName") or ""
    await _read_transition(request, world)
    video = await request("GetVideoSettings", None)
    world.frame_ms = 1000 * video["fpsDenominator"] / max(1, video["fpsNumerator"])
    inputs = await request("GetInputList", None)
    world.inputs = {each["inputName"]: each["inputKind"] for each in inputs["inputs"]}
    if any(rule.hotkey is not None for rule in scene_map.on):
        world.hotkeys = list((await request("GetHotkeyList", None))["hotkeys"])
    for scene in named.scenes:
        if (items := await _items(request, scene)) is not None:
            world.items[scene] = items
    for source in named.filtered:
        if (found := await _known(request, "GetSourceFilterList", {"sourceName": source})) is not None:
            world.filters[source] = {each["filterName"]: bool(each["filterEnabled"]) for each in found["filters"]}
    await _read_inputs(request, world, named)
    return world


async def _read_transition(request: Request, world: World) -> None:
    known = await request("GetSceneTransitionList", None)
    world.transitions = {each["transitionName"]: bool(each["transitionFixed"]) for each in known["transitions"]}
    current = await _known(request, "GetCurrentSceneTransition", None) or {}
    world.transition = current.get("transitionName") or ""
    world.instant = current.get("transitionKind") == "cut_transition"
    length = current.get("transitionDuration")
    world.transition_ms = int(length) if isinstance(length, int | float) else None


async def _read_inputs(request: Request, world: World, named: _Named) -> None:
    for name in named.texts:
        if world.inputs.get(name, "").startswith("text_"):
            found = await _known(request, "GetInputSettings", {"inputName": name})
            if found is not None:
                world.texts[name] = str(found["inputSettings"].get("text", ""))
    for name in named.mutes:
        if (found := await _known(request, "GetInputMute", {"inputName": name})) is not None:
            world.mutes[name] = bool(found["inputMuted"])
    for name in named.volumes:
        if (found := await _known(request, "GetInputVolume", {"inputName": name})) is not None:
            world.volumes[name] = float(found["inputVolumeMul"])


async def _items(request: Request, scene: str) -> list[Item] | None:
    """Of a scene or of a group, lowest first."""
    found = await _known(request, "GetSceneItemList", {"sceneName": scene})
    if found is None:
        found = await _known(request, "GetGroupSceneItemList", {"sceneName": scene})
    if found is None:
        return None
    items = sorted(found["sceneItems"], key=lambda each: each.get("sceneItemIndex", 0))
    return [_item(each) for each in items]


def _item(data: Mapping[str, Any]) -> Item:
    at = data.get("sceneItemTransform") or {}
    return Item(
        id=data["sceneItemId"],
        source=data["sourceName"],
        enabled=bool(data["sceneItemEnabled"]),
        x=float(at.get("positionX", 0.0)),
        y=float(at.get("positionY", 0.0)),
    )


async def _known(request: Request, name: str, data: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """None when OBS does not know the thing, or it is not of the kind that has this (600..., 4xx)."""
    try:
        return await request(name, data)
    except ObsRefused as refused:
        if refused.code == NOT_READY:
            raise
        return None


def _named(scene_map: SceneMap, also: Iterable[Prop | Course]) -> _Named:
    out = _Named()
    for person in scene_map.people.values():
        out.scenes |= dict.fromkeys(scene_map.scene(place.scene) for place in person.show)
        out.scenes |= {scene_map.scene(person.slide.scene): None} if person.slide is not None else {}
        out.filtered |= dict.fromkeys(place.source for place in person.filters)
    out.filtered |= dict.fromkeys(rule.filter.source for rule in scene_map.on if rule.filter is not None)
    out.texts |= dict.fromkeys(rule.input for rule in scene_map.texts)
    out.mutes |= dict.fromkeys(scene_map.mute_while_host)
    out.volumes |= dict.fromkeys(scene_map.duck.inputs if scene_map.duck is not None else ())
    for key in also:
        match key:
            case Visible(scene, _) | Away(scene, _):
                out.scenes[scene] = None
            case FilterOn(source, _):
                out.filtered[source] = None
            case Words(name):
                out.texts[name] = None
            case Muted(name):
                out.mutes[name] = None
            case Lowered(name):
                out.volumes[name] = None
    return out
