"""The difference between what OBS is like and what it should be like, as requests with their reasons."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from streamer.adapters.obs.names import Missing, missing, not_to_press
from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.target import Course, FilterOn, Muted, Prop, Visible, Want, Words
from streamer.adapters.obs.world import Value, World


class Change(msgspec.Struct, frozen=True):
    """One request of obs-websocket, and why it is made. `key` and `value`: what it makes true."""

    request: str
    data: Mapping[str, Any]
    reason: str
    key: Prop | Course | None = None
    value: Value = ""


def changes(world: World, wanted: Mapping[Prop, Want], left: Collection[Prop] = ()) -> list[Change]:
    """What has to be asked for, first things first: what is to be silent or gone from sight goes before what appears,
    except that words stand there before they are seen. `left` is left alone."""
    out: list[Change] = []
    for prop, want in wanted.items():
        actual = world.value(prop)
        if actual is not None and actual != want.value and prop not in left:
            out.append(setting(world, prop, want.value, want.reason))
    return sorted(out, key=_rank)


def setting(world: World, prop: Prop, value: bool | str, reason: str) -> Change:  # noqa: FBT001 - a value
    """The request that gives a property this value."""
    match prop:
        case Visible(scene, source):
            item = world.item(scene, source)
            data = {"sceneName": scene, "sceneItemId": item.id if item else 0, "sceneItemEnabled": value}
            return Change("SetSceneItemEnabled", data, reason, prop, value)
        case FilterOn(source, name):
            data = {"sourceName": source, "filterName": name, "filterEnabled": value}
            return Change("SetSourceFilterEnabled", data, reason, prop, value)
        case Words(name):
            data = {"inputName": name, "inputSettings": {"text": value}, "overlay": True}
            return Change("SetInputSettings", data, reason, prop, value)
        case Muted(name):
            return Change("SetInputMute", {"inputName": name, "inputMuted": value}, reason, prop, value)


def _rank(change: Change) -> int:
    match change.key, change.value:
        case Muted(), True:
            return 0
        case Words(), _:
            return 1
        case ((Visible() | FilterOn()), False):
            return 2
        case ((Visible() | FilterOn()), True):
            return 3
    return 4


def unknown(world: World, scene_map: SceneMap) -> list[Missing]:
    """The names of the map that OBS does not have, each once, with the nearest one that it has."""
    out: list[Missing] = []
    for name, place in scene_map.used_scenes().items():
        out += missing("scene", name, place, world.scenes)
    if scene_map.transition is not None:
        out += missing("transition", scene_map.transition.name, "transition", world.transitions)
    for found in (
        _unknown_of_people(world, scene_map),
        _unknown_inputs(world, scene_map),
        _unknown_on(world, scene_map),
    ):
        out += found
    return list({(each.kind, each.within, each.name): each for each in reversed(out)}.values())[::-1]


def _unknown_of_people(world: World, scene_map: SceneMap) -> Iterator[Missing]:
    for persona, person in scene_map.people.items():
        places = [(f"people.{persona}.show.{at}", place) for at, place in enumerate(person.show)]
        places += [(f"people.{persona}.slide", person.slide)] if person.slide is not None else []
        for place, named in places:
            scene = scene_map.scene(named.scene)
            if scene not in world.items:
                yield from missing("scene", scene, place, [*world.scenes, *world.items])
            else:
                sources = [item.source for item in world.items[scene]]
                yield from missing("source", named.source, place, sources, within=scene)
        for at, each in enumerate(person.filters):
            yield from _filter(world, each.source, each.filter, f"people.{persona}.filters.{at}")


def _unknown_inputs(world: World, scene_map: SceneMap) -> Iterator[Missing]:
    """An input that has no text, or no sound, is not the one that was meant."""
    for at, rule in enumerate(scene_map.texts):
        if rule.input not in world.texts:
            texts = [name for name, kind in world.inputs.items() if kind.startswith("text_") and name != rule.input]
            yield from missing("input", rule.input, f"texts.{at}", texts)
    audio = [(name, "duck.inputs") for name in scene_map.duck.inputs] if scene_map.duck is not None else []
    audio += [(name, "mute_while_host") for name in scene_map.mute_while_host]
    for name, place in audio:
        if name not in world.volumes and name not in world.mutes:
            yield from missing("input", name, place, [each for each in world.inputs if each != name])


def _unknown_on(world: World, scene_map: SceneMap) -> Iterator[Missing]:
    for at, rule in enumerate(scene_map.on):
        if rule.media is not None:
            yield from missing("input", rule.media, f"on.{at}", world.inputs)
        elif rule.hotkey is not None:
            yield from missing("hotkey", rule.hotkey, f"on.{at}", world.hotkeys)
            yield from not_to_press(rule.hotkey, f"on.{at}", world.hotkeys)
        elif rule.filter is not None:
            yield from _filter(world, rule.filter.source, rule.filter.filter, f"on.{at}")


def _filter(world: World, source: str, name: str, place: str) -> list[Missing]:
    if source not in world.filters:
        return missing("source", source, place, [each for each in (*world.inputs, *world.scenes) if each != source])
    return missing("filter", name, place, world.filters[source], within=source)
