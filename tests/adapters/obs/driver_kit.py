"""A scene collection, a scene map for it, and a rig for the suite of all drivers: OBS in memory behind its own link."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.target import Away, FilterOn, Lowered, Muted, Visible, Words, target
from streamer.core.stage import Stage
from tests.adapters.stage.contract import FixedView, Told, a_stage
from tests.fakes.obs_outputs import World
from tests.fakes.obs_ws import FakeLink

NAMES = {"mika": "Mika", "juno": "Juno"}
MAP = SceneMap.model_validate({
    "scenes": {"main": "Main", "mika": "Mika close", "juno": "Juno close", "break": "Be right back"},
    "home": "main",
    "standby": "break",
    "emergency": "break",
    "transition": {"name": "Fade", "ms": 60},
    "people": {
        "mika": {
            "show": [{"scene": "main", "source": "Mika glow"}],
            "filters": [{"source": "Mika", "filter": "Glow"}],
            "slide": {"scene": "main", "source": "Mika", "from": "left", "by": 400, "ms": 60},
        },
        "juno": {
            "show": [{"scene": "main", "source": "Juno glow"}],
            "slide": {"scene": "main", "source": "Juno", "from": "bottom", "by": 300, "ms": 60},
        },
    },
    "texts": [
        {"input": "Now speaking", "text": "{name}"},
        {"input": "Question", "text": "{answering_name}: {answering_text}", "longest": 40},
    ],
    "duck": {"inputs": ["Music"], "by_db": 12, "ms": 60},
    "mute_while_host": ["Alerts"],
    "on": [
        {"when": "alert", "is": "raid", "media": "Raid sting"},
        {"when": "emotion", "is": "joy", "hotkey": "OBSBasic.StartRecording"},
        {"when": "alert", "is": "follow", "filter": {"source": "Camera", "filter": "Flash"}},
        {"when": "alert", "is": "bits", "replay": "save"},
        {"when": "gesture", "is": "wave", "screenshot": True},
        {"when": "stop", "record": "stop"},
    ],
})  # fmt: skip
RESTS = {"Mika": (100.0, 200.0), "Juno": (900.0, 250.5)}
PLACES = {"Main": ("Mika", "Juno", "Mika glow", "Juno glow", "Camera", "Now speaking", "Question", "Music")}
SCENES = ("Main", "Mika close", "Juno close", "Be right back", "Private")


def make(do: Any) -> None:
    """Makes what the map names, and more, with a function that asks OBS."""
    for scene in SCENES:
        do("CreateScene", sceneName=scene)
    kinds = {"Now speaking": "text_ft2_source_v2", "Question": "text_ft2_source_v2", "Music": "ffmpeg_source"}
    for source in PLACES["Main"]:
        kind = kinds.get(source, "color_source_v3")
        do("CreateInput", sceneName="Main", inputName=source, inputKind=kind, inputSettings={})
    for audio in ("Alerts", "Raid sting", "Desk"):
        do("CreateInput", sceneName="Private", inputName=audio, inputKind="ffmpeg_source", inputSettings={})
    for source, name in (("Mika", "Glow"), ("Camera", "Flash"), ("Camera", "Own look")):
        do("CreateSourceFilter", sourceName=source, filterName=name, filterKind="color_filter_v2", filterSettings={})


def reborn(world: World) -> None:
    """OBS has been started anew: it counts its frames from now on."""
    assert isinstance(world.stats, Running)
    world.stats.born = asyncio.get_running_loop().time()


class Running(dict[str, Any]):
    """`GetStats` of an OBS that renders as time passes, from `born` on."""

    def __init__(self, stats: dict[str, Any], fps: int) -> None:
        super().__init__(stats)
        self.fps, self.born = fps, -60.0

    def __or__(self, other: Any) -> Any:
        frames = int(self.fps * (asyncio.get_running_loop().time() - self.born))
        return {**self, "renderTotalFrames": frames, **other}


def stage_world(**options: Any) -> World:
    world = World(**options)
    world.stats = Running(world.stats, world.fps)
    make(world.do)
    for source, (x, y) in RESTS.items():
        place(world, source, x, y)
    world.do("SetInputVolume", inputName="Music", inputVolumeMul=0.7)
    world.program = world.on_air = "Main"
    world.media_s["Raid sting"] = 0.05
    return world


def item(world: World, source: str, scene: str = "Main") -> Any:
    return next(each for each in world.scenes[scene].items if each.source == source)


def place(world: World, source: str, x: float, y: float) -> None:
    """As the user drags it."""
    world.do(
        "SetSceneItemTransform", sceneName="Main", sceneItemId=item(world, source).id,
        sceneItemTransform={"positionX": x, "positionY": y},
    )  # fmt: skip


def where(world: World, source: str) -> tuple[float, float]:
    at = item(world, source).transform
    return (at["positionX"], at["positionY"])


def speaking(persona: str, line: int = 1, **changes: Any) -> Stage:
    return a_stage(speaker=persona, line=line, sounding=True, **changes)


def said_by(stage: Stage) -> dict[str, str]:
    if not stage.sounding:
        return {}
    words = {"speaker": NAMES.get(stage.speaker, "")}
    if stage.answering:
        words |= {"answering_name": "Viewer", "answering_text": f"What about {stage.answering}?"}
    return words


class ObsRig:
    """Of the suite. `rests` and `volume` are where the user has things."""

    def __init__(self, folder: Path, world: World | None = None, *, delay_s: float = 0.001) -> None:
        self.world = world or stage_world()
        self.folder, self.delay_s = folder, delay_s
        self.view, self.told = FixedView(), Told()
        self.rests, self.volume = dict(RESTS), 0.7
        self.link: FakeLink | None = None

    def driver(self) -> ObsDriver:
        self.link = FakeLink(self.world, delay_s=self.delay_s)
        return ObsDriver(self.link, MAP, self.view, self.told, memory=self.folder / "obs.json")

    def stages(self) -> Sequence[Stage]:
        return [
            a_stage(scene="main"),
            speaking("mika", 1, scene="mika", why="speaker"),
            speaking("juno", 2, scene="juno", why="speaker", answering="twitch:7"),
            a_stage(scene="main", host=True),
            speaking("mika", 3, scene="Private", why="segment", host=True),
            a_stage(scene="break", why="standby", mode="paused"),
        ]

    def show(self, stage: Stage) -> None:
        self.view.said = said_by(stage)

    async def differs(self, stage: Stage) -> Sequence[str]:
        out = [] if self.world.on_air == MAP.scene(stage.scene) else [f"{self.world.on_air} is on, not {stage.scene}"]
        wanted = target(stage, MAP, self.view.words)
        for prop, want in wanted.props.items():
            if (actual := self.value(prop)) != want.value:
                out.append(f"{prop} is {actual}")
        if not stage.host and self.world.inputs["Alerts"].muted:
            out.append("Alerts are muted")
        for key, aim in wanted.courses.items():
            actual, there = self.value(key), self.place_of(key, aim.goal, aim.reach)
            if max(abs(a - b) for a, b in zip(actual, there, strict=True)) > 1e-3:
                out.append(f"{key} is at {actual}, not {there}")
        return out

    def value(self, key: Any) -> Any:
        world = self.world
        match key:
            case Visible(_, source):
                return item(world, source).enabled
            case FilterOn(source, name):
                return next(each for each in world.filters_of(source) if each.name == name).enabled
            case Words(name):
                return world.inputs[name].settings.get("text", "")
            case Muted(name):
                return world.inputs[name].muted
            case Away(_, source):
                return where(world, source)
            case Lowered(name):
                return (world.inputs[name].volume,)

    def place_of(self, key: Any, amount: float, reach: tuple[float, float]) -> tuple[float, ...]:
        if isinstance(key, Lowered):
            return (self.volume * 10 ** (-reach[0] * amount / 20),)
        x, y = self.rests[key.source]
        return (x + reach[0] * amount, y + reach[1] * amount)

    async def disturb(self, chance: random.Random) -> None:
        world = self.world
        world.program = world.on_air = chance.choice(SCENES)
        for source in ("Mika glow", "Juno glow"):
            item(world, source).enabled = chance.random() < 0.5
        for source in ("Mika", "Juno"):
            self.rests[source] = (chance.uniform(0, 1800), chance.uniform(0, 1000))
            place(world, source, *self.rests[source])
        world.inputs["Question"].settings["text"] = "left over"
        self.volume = chance.uniform(0.1, 1.0)
        world.inputs["Music"].volume = self.volume

    async def restart(self) -> None:
        self.link.lose()
        reborn(self.world)
        await asyncio.sleep(0.02)
        self.world.program = self.world.on_air = "Private"
        self.link.come_back()

    async def drop(self) -> None:
        self.link.lose()
        await asyncio.sleep(0.02)
        self.link.come_back()

    async def die(self, driver: Any, task: "asyncio.Task[None]") -> None:
        await self.link.aclose()
        self.world.listeners.remove(self.link._heard)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def foreign(self) -> object:
        world = self.world
        items = {
            (scene.name, each.source): (each.enabled, each.locked, dict(each.transform))
            for scene in world.scenes.values()
            for each in scene.items
            if each.source not in ("Mika", "Juno", "Mika glow", "Juno glow")
        }
        inputs = {
            name: (dict(each.settings), each.muted, each.volume, each.monitor)
            for name, each in world.inputs.items()
            if name not in ("Now speaking", "Question", "Music", "Alerts")
        }
        filters = [(each.name, each.enabled, dict(each.settings)) for each in world.filters_of("Camera")]
        other = {
            source: {k: v for k, v in item(world, source).transform.items() if "position" not in k} for source in RESTS
        }
        return (
            items,
            inputs,
            filters,
            other,
            world.preview,
            world.studio,
            [each.active for each in world.outputs.values()],
        )

    async def taken(self) -> Sequence[str]:
        out = [f"{source} is at {where(self.world, source)}" for source in RESTS if not self._rests(source)]
        music = self.world.inputs["Music"].volume
        out += [f"Music is at {music}"] if abs(music - self.volume) > 1e-6 else []
        out += ["Alerts are muted"] if self.world.inputs["Alerts"].muted else []
        return out

    def _rests(self, source: str) -> bool:
        return max(abs(a - b) for a, b in zip(where(self.world, source), self.rests[source], strict=True)) < 1e-4

    async def by_hand(self) -> str | None:
        self.world.do("SetCurrentProgramScene", sceneName="Private")
        return "Private"
