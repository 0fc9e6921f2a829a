"""An OBS in memory: scenes, sources, items, filters and transitions answer as obs-websocket 5.1 on OBS 29.0.2 does.

`tests/adapters/obs/test_fake_obs_is_honest.py` asks it and a real OBS the same questions. Time is the running loop's.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.fakes.obs_state import (
    BOUNDS,
    LIMITS,
    Fields,
    Filter,
    Input,
    Item,
    Refuse,
    Scene,
    Transition,
)  # fmt: skip

Answer = dict[str, Any] | None
ANSWERS: dict[str, Callable[[Any, Fields], Answer]] = {}


def answers(name: str) -> Callable[[Callable[[Any, Fields], Answer]], Callable[[Any, Fields], Answer]]:
    def note(function: Callable[[Any, Fields], Answer]) -> Callable[[Any, Fields], Answer]:
        ANSWERS[name] = function
        return function

    return note


class Stage:
    """What scenes and sources do. `on_air` is the scene viewers see, which lags behind what OBS says it is."""

    def __init__(self, *, fps: int, kinds: tuple[str, ...]) -> None:
        self.fps, self.kinds = fps, kinds
        self.scenes: dict[str, Scene] = {"Scene": Scene("Scene")}
        self.inputs: dict[str, Input] = {}
        self.special: dict[str, str | None] = dict.fromkeys(("desktop1", "desktop2", "mic1", "mic2", "mic3", "mic4"))
        self.transitions = [Transition("Cut", "cut_transition", fixed=True), Transition("Fade", "fade_transition")]
        self.transition, self.duration = "Fade", 300
        self.program = self.on_air = "Scene"
        self.preview = ""
        self.studio = False
        self.media_s: dict[str, float] = {}
        """How long the media of an input play; one second unless given."""
        self.stuck: frozenset[str] = frozenset()
        self._running: asyncio.TimerHandle | None = None
        self._length = 1.0
        self._timers: set[asyncio.TimerHandle] = set()
        self.listeners: list[Callable[[str, dict[str, Any]], None]] = []

    # ------------------------------------------------------------------------------------------------------ machinery
    def emit(self, name: str, **data: Any) -> None:
        for listener in list(self.listeners):
            listener(name, data)

    def later(self, seconds: float, function: Callable[[], None]) -> asyncio.TimerHandle:
        handle = asyncio.get_running_loop().call_later(seconds, function)
        self._timers.add(handle)
        return handle

    def halt(self) -> None:
        """Nothing happens by itself any more, as when OBS has ended."""
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()
        self._running, self.stuck = None, frozenset()
        self.on_air = self.program

    def filters_of(self, name: str) -> list[Filter]:
        if name in self.inputs:
            return self.inputs[name].filters
        if name in self.scenes:
            return self.scenes[name].filters
        raise Refuse(600, f"No source was found by the name of `{name}`.")

    def exists(self, name: str) -> bool:
        return name in self.inputs or name in self.scenes

    def a_source(self, ask: Fields, key: str = "sourceName") -> str:
        name = ask.text(key)
        if not self.exists(name):
            raise Refuse(600, f"No source was found by the name of `{name}`.")
        return name

    def a_scene(self, ask: Fields, key: str = "sceneName") -> Scene:
        name = self.a_source(ask, key)
        if name not in self.scenes:
            raise Refuse(602, "The specified source is not a scene.")
        return self.scenes[name]

    def an_input(self, ask: Fields) -> Input:
        name = self.a_source(ask, "inputName")
        if name not in self.inputs:
            raise Refuse(602, "The specified source is not an input.")
        return self.inputs[name]

    def an_audio_input(self, ask: Fields) -> Input:
        found = self.an_input(ask)
        if not found.has_audio:
            raise Refuse(604, "The specified input does not support audio.")
        return found

    def an_item(self, ask: Fields) -> tuple[Scene, Item]:
        scene, number = self.a_scene(ask), ask.number("sceneItemId", 0)
        for item in scene.items:
            if item.id == number:
                return scene, item
        raise Refuse(600, f"No scene items were found in scene `{scene.name}` with the ID `{number:g}`.")

    def a_filter(self, ask: Fields) -> tuple[str, Filter]:
        source, name = self.a_source(ask), ask.text("filterName")
        for found in self.filters_of(source):
            if found.name == name:
                return source, found
        raise Refuse(600, f"No filter was found in the source `{source}` with the name `{name}`.")

    # --------------------------------------------------------------------------------------------------------- scenes
    def listed(self) -> list[dict[str, Any]]:
        """Newest first, as OBS lists them: index 0 is the bottom of the list it shows."""
        return [{"sceneIndex": i, "sceneName": name} for i, name in enumerate(reversed(self.scenes))]

    @answers("GetSceneList")
    def _scenes(self, ask: Fields) -> Answer:
        preview = self.preview if self.studio else None
        return {
            "currentPreviewSceneName": preview, "currentProgramSceneName": self.program, "scenes": self.listed(),
        }  # fmt: skip

    @answers("GetGroupList")
    def _groups(self, ask: Fields) -> Answer:
        return {"groups": []}

    @answers("GetCurrentProgramScene")
    def _program(self, ask: Fields) -> Answer:
        return {"currentProgramSceneName": self.program}

    @answers("SetCurrentProgramScene")
    def _switch(self, ask: Fields) -> Answer:
        self.switch(self.a_scene(ask).name)
        return None

    def switch(self, name: str) -> None:
        """Says at once that it is there; is there when the transition is over. The last one wins."""
        if name == self.program:
            return
        before, self.program = self.program, name
        if self.stuck:
            if name in self.stuck:
                return
            self.stuck = frozenset()
        over_name, over_ms = self.scenes[name].override
        transition = next(one for one in self.transitions if one.name == (over_name or self.transition))
        seconds = 1 / self.fps if transition.fixed else (over_ms or self.duration) / 1000 + 1 / self.fps
        if self._running is not None:
            self._running.cancel()
        else:
            self.emit("SceneTransitionStarted", transitionName=transition.name)

        def over() -> None:
            self._running = None
            self.on_air = name
            self._prune(name)
            self.emit("SceneTransitionVideoEnded", transitionName=transition.name)
            if self.studio and before in self.scenes:
                self.preview = before
                self.emit("CurrentPreviewSceneChanged", sceneName=before)
            self.emit("SceneTransitionEnded", transitionName=transition.name)
            self.emit("CurrentProgramSceneChanged", sceneName=name)

        self._length = seconds
        self._running = self.later(seconds, over)

    @answers("GetCurrentPreviewScene")
    def _preview(self, ask: Fields) -> Answer:
        if not self.studio:
            raise Refuse(506)
        return {"currentPreviewSceneName": self.preview}

    @answers("SetCurrentPreviewScene")
    def _set_preview(self, ask: Fields) -> Answer:
        if not self.studio:
            raise Refuse(506)
        self.preview = self.a_scene(ask).name
        self.emit("CurrentPreviewSceneChanged", sceneName=self.preview)
        return None

    @answers("CreateScene")
    def _make_scene(self, ask: Fields) -> Answer:
        name = ask.text("sceneName")
        if self.exists(name):
            raise Refuse(601, "A source already exists by that scene name.")
        self.scenes[name] = Scene(name)
        self.emit("SceneListChanged", scenes=self.listed())
        self.emit("SceneCreated", sceneName=name, isGroup=False)
        return None

    @answers("RemoveScene")
    def _remove_scene(self, ask: Fields) -> Answer:
        name = self.a_scene(ask).name
        if len(self.scenes) < 2:
            raise Refuse(603, "You cannot remove the last scene in the collection.")
        if self.program == name:
            self.switch(next(other for other in self.scenes if other != name))
        used = [item.source for item in self.scenes.pop(name).items]
        self.emit("SceneRemoved", sceneName=name, isGroup=False)
        self.emit("SceneListChanged", scenes=self.listed())
        for source in used:
            if source in self.inputs and not self._used(source):
                self.drop_input(source)
        return None

    @answers("SetSceneName")
    def _rename_scene(self, ask: Fields) -> Answer:
        scene, new = self.a_scene(ask), ask.text("newSceneName")
        if self.exists(new):
            raise Refuse(601, "A source already exists by that new scene name.")
        old = scene.name
        scene.name = new
        self.scenes = {new if name == old else name: one for name, one in self.scenes.items()}
        self.program, self.on_air, self.preview = (
            new if name == old else name for name in (self.program, self.on_air, self.preview)
        )
        self.renamed(old, new)
        self.emit("SceneNameChanged", oldSceneName=old, sceneName=new)
        return None

    def renamed(self, old: str, new: str) -> None:
        for scene in self.scenes.values():
            for item in scene.items:
                item.source = new if item.source == old else item.source

    @answers("GetSceneSceneTransitionOverride")
    def _override(self, ask: Fields) -> Answer:
        name, ms = self.a_scene(ask).override
        return {"transitionDuration": ms, "transitionName": name}

    @answers("SetSceneSceneTransitionOverride")
    def _set_override(self, ask: Fields) -> Answer:
        scene = self.a_scene(ask)
        name, ms = scene.override
        if ask.has("transitionName"):
            self._a_transition(ask)
        if ask.has("transitionDuration"):
            ask.number("transitionDuration", 50, 20000)
        if not {"transitionName", "transitionDuration"} & set(ask.data):
            raise Refuse(300, "Your request data must include either `transitionName` or `transitionDuration`.")
        scene.override = (ask.data.get("transitionName", name), ask.data.get("transitionDuration", ms))
        return None

    # ---------------------------------------------------------------------------------------------------- transitions
    def _a_transition(self, ask: Fields) -> str:
        name = ask.text("transitionName")
        if name not in [one.name for one in self.transitions]:
            raise Refuse(600, "No scene transition was found by that name.")
        return name

    @answers("GetSceneTransitionList")
    def _transitions(self, ask: Fields) -> Answer:
        current = next(one for one in self.transitions if one.name == self.transition)
        return {
            "currentSceneTransitionKind": current.kind,
            "currentSceneTransitionName": current.name,
            "transitions": [
                {"transitionConfigurable": False, "transitionFixed": one.fixed, "transitionKind": one.kind,
                 "transitionName": one.name}
                for one in self.transitions
            ],
        }  # fmt: skip

    @answers("GetTransitionKindList")
    def _transition_kinds(self, ask: Fields) -> Answer:
        names = ("cut", "fade", "swipe", "slide", "obs_stinger", "fade_to_color", "wipe")
        return {"transitionKinds": [f"{name}_transition" for name in names]}

    @answers("GetCurrentSceneTransition")
    def _transition(self, ask: Fields) -> Answer:
        current = next(one for one in self.transitions if one.name == self.transition)
        return {
            "transitionConfigurable": False, "transitionFixed": current.fixed, "transitionKind": current.kind,
            "transitionDuration": None if current.fixed else self.duration, "transitionName": current.name,
            "transitionSettings": None,
        }  # fmt: skip

    @answers("GetCurrentSceneTransitionCursor")
    def _cursor(self, ask: Fields) -> Answer:
        """1 when none runs; how far it is else."""
        if self._running is None:
            return {"transitionCursor": 1.0}
        left = self._running.when() - asyncio.get_running_loop().time()
        return {"transitionCursor": max(0.0, min(0.99, 1 - left / self._length))}

    @answers("SetCurrentSceneTransition")
    def _set_transition(self, ask: Fields) -> Answer:
        """While one runs, the programme freezes: OBS reports the new scene, viewers stay on the old one."""
        name = self._a_transition(ask)
        if self._running is not None:
            self._running.cancel()
            self._running = None
            self.stuck = frozenset({self.on_air, self.program})
        if name != self.transition:
            self.transition = name
        self.emit("CurrentSceneTransitionChanged", transitionName=name)
        return None

    @answers("SetCurrentSceneTransitionDuration")
    def _set_duration(self, ask: Fields) -> Answer:
        self.duration = int(ask.number("transitionDuration", 50, 20000))
        self.emit("CurrentSceneTransitionDurationChanged", transitionDuration=self.duration)
        return None

    # ---------------------------------------------------------------------------------------------------------- items
    def shown(self, item: Item) -> dict[str, Any]:
        width, height = self.inputs[item.source].size() if item.source in self.inputs else (1920.0, 1080.0)
        scaled = {"width": width * item.transform["scaleX"], "height": height * item.transform["scaleY"]}
        return item.transform | {"sourceWidth": width, "sourceHeight": height} | scaled

    @answers("GetSceneItemList")
    def _items(self, ask: Fields) -> Answer:
        rows = []
        for index, item in enumerate(self.a_scene(ask).items):
            found = self.inputs.get(item.source)
            rows.append(
                {"inputKind": found.kind if found else None, "isGroup": None if found else False,
                 "sceneItemBlendMode": "OBS_BLEND_NORMAL", "sceneItemEnabled": item.enabled, "sceneItemId": item.id,
                 "sceneItemIndex": index, "sceneItemLocked": item.locked, "sceneItemTransform": self.shown(item),
                 "sourceName": item.source,
                 "sourceType": "OBS_SOURCE_TYPE_INPUT" if found else "OBS_SOURCE_TYPE_SCENE"}
            )  # fmt: skip
        return {"sceneItems": rows}

    @answers("GetSceneItemId")
    def _item_id(self, ask: Fields) -> Answer:
        scene, name = self.a_scene(ask), ask.text("sourceName")
        for item in scene.items:
            if item.source == name:
                return {"sceneItemId": item.id}
        raise Refuse(600, "No scene items were found in the specified scene by that name or offset.")

    @answers("CreateSceneItem")
    def _make_item(self, ask: Fields) -> Answer:
        scene, source = self.a_scene(ask), self.a_source(ask)
        if scene.name == source:
            raise Refuse(703, "You cannot create scene item of a scene within itself.")
        return {"sceneItemId": self.put_item(scene, source, enabled=ask.flag_or("sceneItemEnabled", True)).id}

    def put_item(self, scene: Scene, source: str, *, enabled: bool = True) -> Item:
        scene.last_id += 1
        item = Item(scene.last_id, source, enabled)
        scene.items.append(item)
        self.emit(
            "SceneItemCreated", sceneName=scene.name, sourceName=source, sceneItemId=item.id,
            sceneItemIndex=len(scene.items) - 1,
        )  # fmt: skip
        return item

    @answers("RemoveSceneItem")
    def _remove_item(self, ask: Fields) -> Answer:
        scene, item = self.an_item(ask)
        scene.items.remove(item)
        self.emit("SceneItemRemoved", sceneName=scene.name, sourceName=item.source, sceneItemId=item.id)
        if item.source in self.inputs and not self._used(item.source):
            self.drop_input(item.source)
        return None

    def _used(self, source: str) -> bool:
        return any(item.source == source for scene in self.scenes.values() for item in scene.items)

    def drop_input(self, name: str) -> None:
        """Removed at once where it is shown. A scene that is not keeps the item, and with it the input and its name,
        until it is shown or the item is removed."""
        if not self.inputs[name].removed:
            self.inputs[name].removed = True
            self.special = {key: None if value == name else value for key, value in self.special.items()}
            self.emit("InputRemoved", inputName=name)
        for scene in (self.program, self.on_air, self.preview):
            self._prune(scene)
        if not self._used(name):
            self.inputs.pop(name, None)

    def _prune(self, name: str) -> None:
        """A scene that is shown lets go of the items of removed inputs."""
        scene = self.scenes.get(name)
        for item in list(scene.items) if scene else ():
            if item.source in self.inputs and self.inputs[item.source].removed:
                scene.items.remove(item)
                self.emit("SceneItemRemoved", sceneName=name, sourceName=item.source, sceneItemId=item.id)
                if not self._used(item.source):
                    del self.inputs[item.source]

    @answers("GetSceneItemTransform")
    def _transform(self, ask: Fields) -> Answer:
        return {"sceneItemTransform": self.shown(self.an_item(ask)[1])}

    @answers("SetSceneItemTransform")
    def _set_transform(self, ask: Fields) -> Answer:
        scene, item = self.an_item(ask)
        wanted = Fields(ask.object("sceneItemTransform", empty=False))
        changed = {name: wanted.number(name, *limits) for name, limits in LIMITS.items() if wanted.has(name)}
        if wanted.has("boundsType"):
            bounds = wanted.text("boundsType")
            if bounds not in BOUNDS:
                raise Refuse(400, "The field `boundsType` has an invalid value.")
            changed["boundsType"] = bounds  # type: ignore[assignment]
        if not changed:
            raise Refuse(703, "You have not provided any valid transform changes.")
        item.transform.update(changed)
        self.emit(
            "SceneItemTransformChanged", sceneName=scene.name, sceneItemId=item.id, sceneItemTransform=self.shown(item)
        )
        return None

    @answers("GetSceneItemEnabled")
    def _enabled(self, ask: Fields) -> Answer:
        return {"sceneItemEnabled": self.an_item(ask)[1].enabled}

    @answers("SetSceneItemEnabled")
    def _set_enabled(self, ask: Fields) -> Answer:
        (scene, item), enabled = self.an_item(ask), ask.flag("sceneItemEnabled")
        if item.enabled != enabled:
            item.enabled = enabled
            self.emit(
                "SceneItemEnableStateChanged", sceneName=scene.name, sceneItemId=item.id, sceneItemEnabled=enabled
            )
        return None

    @answers("GetSceneItemLocked")
    def _locked(self, ask: Fields) -> Answer:
        return {"sceneItemLocked": self.an_item(ask)[1].locked}

    @answers("SetSceneItemLocked")
    def _set_locked(self, ask: Fields) -> Answer:
        (scene, item), item.locked = self.an_item(ask), ask.flag("sceneItemLocked")
        self.emit("SceneItemLockStateChanged", sceneName=scene.name, sceneItemId=item.id, sceneItemLocked=item.locked)
        return None

    @answers("GetSceneItemIndex")
    def _index(self, ask: Fields) -> Answer:
        scene, item = self.an_item(ask)
        return {"sceneItemIndex": scene.items.index(item)}

    @answers("SetSceneItemIndex")
    def _set_index(self, ask: Fields) -> Answer:
        (scene, item), index = self.an_item(ask), ask.number("sceneItemIndex", 0, 8192)
        scene.items.remove(item)
        scene.items.insert(int(index), item)
        order = [{"sceneItemId": one.id, "sceneItemIndex": i} for i, one in enumerate(scene.items)]
        self.emit("SceneItemListReindexed", sceneName=scene.name, sceneItems=order)
        return None
