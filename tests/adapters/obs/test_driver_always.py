"""A thousand random stage changes with random restarts of either side and random hands: always converges."""

import asyncio
import copy
import random
from pathlib import Path

import pytest

from tests.adapters.obs.driver_kit import MAP, SCENES, ObsRig, item, place, reborn, speaking
from tests.adapters.stage.contract import a_stage
from tests.virtual_time import run_virtual

CHANGES = 125
KEYS = ("main", "mika", "juno", "break", "Private", "")


class Evening:
    """Everything that can happen, one thing after another."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.rig = ObsRig(folder, delay_s=self.chance.choice((0.0005, 0.004, 0.02)))
        self.saved = self._save()
        self.touched, self.came_back_s = 0, -9.0
        self.begin()

    def begin(self) -> None:
        self.driver = self.rig.driver()
        self.task = asyncio.create_task(self.driver.run())

    def want(self) -> None:
        chance = self.chance
        hand = chance.random() < 0.15
        changes = {
            "scene": chance.choice(KEYS), "hand": hand, "why": "hand" if hand else chance.choice(("home", "emergency")),
            "host": chance.random() < 0.2, "answering": chance.choice(("", "twitch:1")),
        }  # fmt: skip
        stage = speaking(chance.choice(("mika", "juno")), **changes) if chance.random() < 0.6 else a_stage(**changes)
        self.rig.show(stage)
        self.driver.want(stage)

    def _save(self) -> object:
        world = self.rig.world
        return copy.deepcopy((world.scenes, world.inputs)), world.program

    async def crash_of_obs(self) -> None:
        """It comes back with what it last saved, and with the scene of that time."""
        world, rig = self.rig.world, self.rig
        rig.link.lose()
        (world.scenes, world.inputs), world.program = copy.deepcopy(self.saved[0]), self.saved[1]
        world.on_air = world.program
        rig.rests, rig.volume = dict(self.saved_rests[0]), self.saved_rests[1]
        await asyncio.sleep(0.1 + self.chance.random() * 0.5)
        reborn(world)
        rig.link.come_back()
        self.came_back_s = asyncio.get_running_loop().time()

    async def crash_of_ours(self) -> None:
        """Not within the second in which OBS crashed, too: what it lost then, nobody knows any more."""
        if asyncio.get_running_loop().time() - self.came_back_s < 1:
            return
        self.save()
        await self.rig.die(self.driver, self.task)
        await asyncio.sleep(self.chance.random() * 0.2)
        self.begin()

    def save(self) -> None:
        self.saved = self._save()

    @property
    def saved(self):
        return self._saved

    @saved.setter
    def saved(self, value) -> None:
        self._saved = value
        self.saved_rests = dict(self.rig.rests), self.rig.volume

    @property
    def clean(self) -> bool:
        """The last hand was on nothing that moves: only then may a crash follow in the same moment. A drag that crosses
        a step of ours is put right a third of a second later."""
        return self.touched not in (2, 3)

    def hand(self) -> None:
        chance, world = self.chance, self.rig.world
        self.touched = chance.randrange(6)
        match self.touched:
            case 0:
                world.do("SetCurrentProgramScene", sceneName=chance.choice(SCENES))
            case 1:
                glow = item(world, chance.choice(("Mika glow", "Juno glow")))
                world.do(
                    "SetSceneItemEnabled", sceneName="Main", sceneItemId=glow.id, sceneItemEnabled=chance.random() < 0.5
                )
            case 2:
                source = chance.choice(("Mika", "Juno"))
                self.rig.rests[source] = (float(chance.randrange(5000, 9000)), float(chance.randrange(5000, 9000)))
                place(world, source, *self.rig.rests[source])
            case 3:
                self.rig.volume = chance.choice((0.01, 0.05, 0.25, 1.25, 6.25))  # ways of 12 dB that do not overlap
                world.do("SetInputVolume", inputName="Music", inputVolumeMul=self.rig.volume)
            case 4:
                world.do("SetInputMute", inputName="Desk", inputMuted=chance.random() < 0.5)
            case 5:  # freezes OBS when a transition runs
                world.do("SetCurrentSceneTransition", transitionName="Fade")

    async def step(self) -> None:
        draw = self.chance.random()
        if draw < 0.04:
            await self.crash_of_obs()
        elif draw < 0.07:
            await self.rig.drop()
        elif draw < 0.10:
            await self.crash_of_ours()
        elif draw < 0.15:
            self.save()
        elif draw < 0.30:
            self.hand()
            await asyncio.sleep(self.chance.choice((0.0, 0.05, 0.6)) if self.clean else 0.6)
        self.want()
        await asyncio.sleep(self.chance.choice((0.0, 0.005, 0.05, 0.05, 0.3, 1.0)))

    async def settle(self) -> None:
        """Hands off; each persona has spoken once, the streamer has pressed Auto: all is the show's again."""
        for stage in (
            speaking("mika", scene="mika", host=True), speaking("juno", scene="juno"), a_stage(scene="break"),
            speaking("mika", scene="main", answering="x"),
        ):  # fmt: skip
            self.rig.show(stage)
            self.driver.want(stage)
            await asyncio.sleep(12)
        assert not await self.rig.differs(stage)
        await self.driver.aclose()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        assert not await self.rig.taken()


@pytest.mark.parametrize("seed", range(8))
def test_always_converges(tmp_path, seed):
    async def evening() -> None:
        rig = Evening(tmp_path, seed)
        for _ in range(CHANGES):
            await rig.step()
        await rig.settle()

    assert MAP.transition is not None
    run_virtual(evening())
