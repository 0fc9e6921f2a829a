"""The scripted stage keeps to what every driver of the stage keeps to."""

import asyncio
import contextlib

import pytest

from streamer.adapters.demo.stage import DemoDevice, DemoStage
from streamer.ports import Cue
from tests.adapters.stage.contract import FixedView, StageContract, Told, a_stage, running

CAST = ("mika", "juno")


class DemoRig:
    def __init__(self):
        self.device = DemoDevice(scene="start", other={"camera": "left"})
        self.view, self.told = FixedView(), Told()
        self.driven: DemoStage | None = None

    def driver(self):
        self.driven = DemoStage(CAST, self.view, self.told, device=self.device, step_s=0.002)
        return self.driven

    def stages(self):
        return [
            a_stage(scene="main"),
            a_stage(scene="mika", speaker="mika", sounding=True, line=1),
            a_stage(scene="juno", speaker="juno", sounding=True, line=2),
            a_stage(scene="break", host=True),
        ]

    def show(self, stage):
        self.view.said = {"speaker": stage.speaker.title()} if stage.sounding else {}

    async def differs(self, stage):
        wanted = {**self.driven.wanted(stage), "scene": stage.scene}
        if stage.hand:
            return [] if self.device.scene == stage.scene else [f"the scene is {self.device.scene}"]
        return [key for key, value in wanted.items() if getattr(self.device, key) != value]

    async def disturb(self, chance):
        self.device.scene = chance.choice(("start", "main", "break"))
        self.device.lamps = {"mika": chance.random() < 0.5}
        self.device.dimmed, self.device.text = chance.random() < 0.5, "left over"

    async def restart(self):
        self.device.on = False
        await asyncio.sleep(0.01)
        self.device.scene, self.device.lamps, self.device.dimmed, self.device.text = "start", {}, False, ""
        self.device.starts += 1
        self.device.on = True

    async def drop(self):
        self.device.on = False
        await asyncio.sleep(0.01)
        self.device.on = True

    async def die(self, driver, task):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def foreign(self):
        return dict(self.device.other)

    async def taken(self):
        lit = [name for name, on in self.device.lamps.items() if on]
        return [*lit, *(["dimmed"] if self.device.dimmed else []), *([self.device.text] if self.device.text else [])]

    async def by_hand(self):
        self.device.scene = "camera"
        return "camera"


class TestDemo(StageContract):
    @pytest.fixture
    async def rig(self):
        return DemoRig()


async def test_says_what_it_did_and_misses_cues_while_away():
    rig = DemoRig()
    async with running(rig.driver()) as driver:
        driver.cue(Cue(kind="gesture", name="wave", persona="mika"))
        rig.device.on = False
        driver.cue(Cue(kind="gesture", name="nod", persona="mika"))
        assert driver.healths()[0].state == "broken"
        assert rig.driven.done == ["gesture wave"]
