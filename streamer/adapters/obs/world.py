"""What OBS is like now, as far as the scene map goes: read at connect, then kept by events.

Only things that the map names are held. What is not there is simply missing; nothing is invented.
Source of names and fields: the obs-websocket 5 protocol.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from streamer.adapters.obs.target import Away, Course, FilterOn, Lowered, Muted, Prop, Visible, Words

Value = bool | str | float | tuple[float, float]


class Item(msgspec.Struct):
    """A source in a scene. `x`, `y` are pixels of the canvas."""

    id: int
    source: str
    enabled: bool = True
    x: float = 0.0
    y: float = 0.0


class Heard(msgspec.Struct, frozen=True):
    """What an event says about one thing of the map."""

    key: Prop | Course
    value: Value


class World(msgspec.Struct):
    """Volumes are factors (1.0 is 0 dB), as OBS keeps them."""

    collection: str = ""
    scenes: list[str] = []
    program: str = ""
    transition: str = ""
    transition_ms: int | None = None
    """None: of fixed length, or not known."""
    transitions: dict[str, bool] = {}
    """By name: whether the length is fixed."""
    instant: bool = False
    """The transition is a cut."""
    inputs: dict[str, str] = {}
    """Kinds by name."""
    hotkeys: list[str] = []
    items: dict[str, list[Item]] = {}
    filters: dict[str, dict[str, bool]] = {}
    texts: dict[str, str] = {}
    mutes: dict[str, bool] = {}
    volumes: dict[str, float] = {}
    frame_ms: float = 1000 / 30

    def item(self, scene: str, source: str) -> Item | None:
        """The lowest one, as GetSceneItemId finds it."""
        return next((item for item in self.items.get(scene, ()) if item.source == source), None)

    def value(self, key: Prop | Course) -> Value | None:
        """None: there is no such thing."""
        match key:
            case Visible(scene, source):
                item = self.item(scene, source)
                return item.enabled if item is not None else None
            case FilterOn(source, name):
                return self.filters.get(source, {}).get(name)
            case Words(name):
                return self.texts.get(name)
            case Muted(name):
                return self.mutes.get(name)
            case Away(scene, source):
                item = self.item(scene, source)
                return (item.x, item.y) if item is not None else None
            case Lowered(name):
                return self.volumes.get(name)

    def put(self, key: Prop | Course, value: Value) -> None:
        """What was carried out. Nothing when there is no such thing."""
        if self.value(key) is None:
            return
        match key, value:
            case Visible(scene, source), bool():
                item = self.item(scene, source)
                assert item is not None  # noqa: S101 - has a value
                item.enabled = value
            case Away(scene, source), (float() as x, float() as y):
                item = self.item(scene, source)
                assert item is not None  # noqa: S101 - has a value
                item.x, item.y = x, y
            case FilterOn(source, name), bool():
                self.filters[source][name] = value
            case Words(name), str():
                self.texts[name] = value
            case Muted(name), bool():
                self.mutes[name] = value
            case Lowered(name), float():
                self.volumes[name] = value
            case _:
                raise TypeError(f"{value!r} is no value of {key!r}")


STALE = frozenset((
    "SceneCreated", "SceneRemoved", "SceneNameChanged", "SceneListChanged", "InputCreated", "InputRemoved",
    "InputNameChanged", "SceneItemCreated", "SceneItemRemoved", "SourceFilterCreated", "SourceFilterRemoved",
    "SourceFilterNameChanged",
))  # fmt: skip
"""After these, names and ids have to be read again."""


STATES = frozenset((
    "SceneItemEnableStateChanged", "SceneItemTransformChanged", "SourceFilterEnableStateChanged",
    "InputMuteStateChanged", "InputVolumeChanged", "InputSettingsChanged",
))  # fmt: skip
"""These say how something of the map is now: see `heard`."""


def heard(world: World, event: str, data: Mapping[str, Any]) -> list[Heard]:
    """What an event says about things of the map. The world itself is changed by whoever knows what it means."""
    match event:
        case "SceneItemEnableStateChanged":
            item = _item(world, data)
            return [Heard(Visible(data["sceneName"], item.source), bool(data["sceneItemEnabled"]))] if item else []
        case "SceneItemTransformChanged":
            item, at = _item(world, data), data.get("sceneItemTransform", {})
            if item is None or "positionX" not in at:
                return []
            return [Heard(Away(data["sceneName"], item.source), (float(at["positionX"]), float(at["positionY"])))]
        case "SourceFilterEnableStateChanged":
            return _known(world, FilterOn(data["sourceName"], data["filterName"]), bool(data["filterEnabled"]))
        case "InputMuteStateChanged":
            return _known(world, Muted(data["inputName"]), bool(data["inputMuted"]))
        case "InputVolumeChanged":
            return _known(world, Lowered(data["inputName"]), float(data["inputVolumeMul"]))
        case "InputSettingsChanged":
            text = data.get("inputSettings", {}).get("text")
            return _known(world, Words(data["inputName"]), text) if isinstance(text, str) else []
    return []


def _known(world: World, key: Prop | Course, value: Value) -> list[Heard]:
    return [Heard(key, value)] if world.value(key) is not None else []


def _item(world: World, data: Mapping[str, Any]) -> Item | None:
    """Only the item that the map means: the same source may stand in a scene twice."""
    items = world.items.get(data["sceneName"], ())
    found = next((item for item in items if item.id == data["sceneItemId"]), None)
    return found if found is not None and world.item(data["sceneName"], found.source) is found else None
