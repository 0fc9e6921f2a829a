"""The driver of VTube Studio keeps to what every driver of the stage must do."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from streamer.adapters.avatar.vts.driver import VtsDriver
from streamer.adapters.avatar.vts.settings import VtsAvatar
from streamer.core.stage import Stage
from streamer.ports import Moment, StageDriver
from tests.adapters.avatar.vts.kit import HurriedEnd, Tokens
from tests.adapters.stage.contract import FixedView, StageContract, Told, a_stage
from tests.fakes.vts import FakeVts
from tests.fakes.vts_world import Hotkey, Item

HOME = {"positionX": 0.1, "positionY": -0.2, "rotation": 340.0, "size": -50.0}
LEAN = 4.0
FACES = {"joy": "happy.exp3.json", "angry": "angry.exp3.json"}
TINT = (255, 160, 160, 255)


class VtsRig:
    def __init__(self, vts: FakeVts, folder: Path) -> None:
        self.vts = vts
        self.view = FixedView()
        self.told = Told()
        self._tokens = Tokens()
        self._folder = folder
        self._part = VtsAvatar.model_validate({
            "url": vts.url, "discovery_port": 0, "gaze": 0, "model": "mika",
            "expressions": {"joy": "happy", "angry": {"file": "ANGRY.exp3.json"}, "sad": {"hotkey": "cry"}},
            "moves": {"speak": {"size": LEAN, "y": 0.1, "seconds": 0.1}}, "tint": {"angry": "#ffa0a0"},
        })  # fmt: skip
        vts.world.place.update(HOME)

    def driver(self) -> StageDriver:
        return HurriedEnd("mika", self._part, self.view, self.told, self._tokens, memory=self._folder / "mika.json")

    def stages(self) -> Sequence[Stage]:
        mika = a_stage(speaker="mika", line=1, sounding=True)
        return (mika, a_stage(), a_stage(speaker="mika", line=2), a_stage(speaker="ren", line=3), a_stage(line=4))

    def show(self, stage: Stage) -> None:
        faces = {1: "joy", 2: "angry", 4: "sad"}
        speaker = stage.speaker or ("mika" if stage.line == 4 else "")
        self.view.now = Moment(
            line=stage.line, persona=speaker, ms=40, open=0.6 if speaker else 0.0, shape="aa",
            expression=faces.get(stage.line, "neutral"),
        )  # fmt: skip

    async def differs(self, stage: Stage) -> Sequence[str]:
        world, out = self.vts.world, []
        model = world.model
        assert model is not None
        wanted = {1: "happy.exp3.json", 2: "angry.exp3.json", 4: "cry.exp3.json"}.get(stage.line, "")
        for file, active in model.expressions.items():
            if active != (file == wanted):
                out.append(f"{file} is {active}")
        lean = LEAN if "mika" in (stage.speaker, self.view.now.persona) else 0.0
        if abs(world.place["size"] - HOME["size"] - lean) > 0.01:
            out.append(f"size is {world.place['size']}")
        mine = self.view.now.persona == "mika"
        mouth = world.value("MouthOpen")
        if mine and (mouth is None or abs(mouth - 0.6) > 0.02):
            out.append(f"mouth is {mouth}")
        if not mine and stage.speaker != "mika" and mouth not in (None, 0.0):
            out.append(f"mouth is still {mouth}")
        if not world.face_found:
            out.append("the face is lost")
        if (set(world.tints.values()) == {TINT}) != (stage.line == 2):
            out.append(f"tinted {world.tints}")
        return out

    async def disturb(self, chance: random.Random) -> None:
        """Only what is ours: what the streamer switched on is his."""

    async def restart(self) -> None:
        await self.vts.stop()
        assert self.vts.world.model is not None
        for file in self.vts.world.model.expressions:
            self.vts.world.model.expressions[file] = False
        self.vts.world.place.update(HOME)
        self.vts.world.tints.clear()
        self.vts.world.injected.clear()
        await self.vts.start()

    async def die(self, driver: StageDriver, task: "asyncio.Task[None]") -> None:
        assert isinstance(driver, VtsDriver)
        self.vts.drop()
        task.cancel()
        await asyncio.wait({task})
        await driver._end_client()

    async def drop(self) -> None:
        self.vts.drop()

    async def foreign(self) -> object:
        """What the streamer and his other programs have: items, the axes no move is about, models, other hotkeys."""
        world = self.vts.world
        foreign = {name: held.value for name, held in world.injected.items() if held.plugin == "other"}
        return (dict(world.items), world.place["positionX"], world.place["rotation"], len(world.models), foreign)

    async def taken(self) -> Sequence[str]:
        world, out = self.vts.world, []
        assert world.model is not None
        out += [f"{file} is on" for file, active in world.model.expressions.items() if active]
        out += [f"{key} is {world.place[key]}" for key in HOME if abs(world.place[key] - HOME[key]) > 0.01]
        out += [f"{name} is held" for name in world.injected if world.value(name)]
        out += [f"{mesh} is tinted" for mesh in world.tints]
        return out

    async def by_hand(self) -> str | None:
        return None


class TestVtsDriver(StageContract):
    @pytest.fixture
    async def rig(self, tmp_path: Path):
        async with FakeVts() as vts:
            model = vts.world.model
            assert model is not None
            model.hotkeys.append(Hotkey("55" * 16, "Foreign", "ToggleExpression", "foreign.exp3.json"))
            vts.world.items["f" * 32] = Item("f" * 32, "hat.png", "other", (0.5, 0.5), leaves=False)
            yield VtsRig(vts, tmp_path)
