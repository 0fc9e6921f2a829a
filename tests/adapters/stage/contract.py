"""What every driver of the stage must do, whatever its device is. Test modules subclass `StageContract` with a fixture
`rig`, which stands for one device (or an honest fake of one) and everything that can happen to it.

    class TestObs(StageContract):
        @pytest.fixture
        async def rig(self): ...
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from streamer.core.events import Event, SceneTakenByHand
from streamer.core.stage import Stage
from streamer.ports import CaptionPage, Cue, Moment, StageDriver

WAIT_S = 20.0
"""Generous, because a machine under load is no fault of a driver."""


def a_stage(**changes: Any) -> Stage:
    """A stage on which nobody speaks, with changes."""
    nobody: dict[str, Any] = {
        "mode": "running", "speaker": "", "line": 0, "answering": "", "listening_to": {}, "scene": "",
    }  # fmt: skip
    return Stage(**{**nobody, **changes})


class FixedView:
    """A StageView that shows what it is told to."""

    def __init__(self) -> None:
        self.now = Moment()
        self.page: CaptionPage | None = None
        self.said: dict[str, str] = {}

    def moment(self) -> Moment:
        return self.now

    def caption(self) -> CaptionPage | None:
        return self.page

    def words(self, what: str) -> str:
        return self.said.get(what, "")


class Told:
    """Reports that keep what they are told."""

    def __init__(self) -> None:
        self.facts: list[Event] = []
        self.states: dict[str, Mapping[str, object]] = {}
        self.on_fact: Callable[[Event], None] = lambda _event: None

    def fact(self, event: Event) -> None:
        self.facts.append(event)
        self.on_fact(event)

    def state(self, part: str, state: Mapping[str, object]) -> None:
        self.states[part] = state


class Rig(Protocol):
    """One device. `differs`, `foreign` and `taken` look at the device itself, not at what the driver believes."""

    view: FixedView
    told: Told

    def driver(self) -> StageDriver:
        """A driver as a new process of ours would make it: the same settings, the same files, nothing in mind."""
        ...

    def stages(self) -> Sequence[Stage]:
        """Stages that differ in everything this device shows; each is reached from every other one."""
        ...

    def show(self, stage: Stage) -> None:
        """Lets `view` say what belongs to this stage."""
        ...

    async def differs(self, stage: Stage) -> Sequence[str]:
        """In words, what is not as this stage wants it; empty when the device has converged."""
        ...

    async def disturb(self, chance: random.Random) -> None:
        """Brings what the driver drives into some other state, while no driver is connected."""
        ...

    async def restart(self) -> None:
        """The device dies without a word and comes back as it does."""
        ...

    async def die(self, driver: StageDriver, task: "asyncio.Task[None]") -> None:
        """Our process dies: its connection is gone, nothing is given back. `task` runs the driver."""
        ...

    async def drop(self) -> None:
        """The connection is lost; the device stays as it is."""
        ...

    async def foreign(self) -> object:
        """Everything of the device that the driver does not own, as a value that can be compared."""
        ...

    async def taken(self) -> Sequence[str]:
        """In words, what is still as the driver put it for the show and should have been given back."""
        ...

    async def by_hand(self) -> str | None:
        """The user takes something away from the show, as a scene; returns its name, None: there is nothing to take."""
        ...


async def until(probe: Callable[[], Awaitable[Any]], *, what: str = "", within_s: float = WAIT_S) -> Any:
    """Asks until the answer is true, and returns it."""
    end_s = time.monotonic() + within_s
    while not (answer := await probe()):
        if time.monotonic() > end_s:
            raise AssertionError(f"not within {within_s:g} s: {what or probe}")
        await asyncio.sleep(0.01)
    return answer


async def converged(rig: Rig, stage: Stage) -> None:
    """Waits until the device is as the stage wants it."""
    last: Sequence[str] = ()

    async def same() -> bool:
        nonlocal last
        last = await rig.differs(stage)
        return not last

    try:
        await until(same)
    except AssertionError:
        raise AssertionError(f"does not converge: {'; '.join(last)}") from None


@contextlib.asynccontextmanager
async def running(driver: StageDriver) -> AsyncIterator[StageDriver]:
    """The driver at work; closed at the end as a house closes it."""
    task = asyncio.create_task(driver.run())
    try:
        yield driver
    finally:
        async with asyncio.timeout(WAIT_S):
            await driver.aclose()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class StageContract:
    """The suite. Each test has a device of its own."""

    async def test_returns_at_once_and_raises_nothing_without_its_device(self, rig: Rig):
        driver = rig.driver()
        for stage in rig.stages():
            driver.want(stage)
        for kind in ("gesture", "emotion", "alert", "line", "line_ended", "stop"):
            driver.cue(Cue(kind=kind, name="unheard of", persona="nobody"))  # type: ignore[arg-type]
        assert driver.name
        assert all(health.part and health.notice.code for health in driver.healths())
        await driver.aclose()

    async def test_brings_the_device_to_each_stage(self, rig: Rig):
        async with running(rig.driver()) as driver:
            for stage in rig.stages():
                rig.show(stage)
                driver.want(stage)
                await converged(rig, stage)

    async def test_goes_to_the_last_of_many_stages(self, rig: Rig):
        stages = list(rig.stages())
        chance = random.Random(5)
        async with running(rig.driver()) as driver:
            for _ in range(3):
                chance.shuffle(stages)
                for stage in stages:
                    rig.show(stage)
                    driver.want(stage)
                    await asyncio.sleep(chance.random() * 0.02)
                await converged(rig, stages[-1])

    async def test_converges_from_any_state_the_device_is_found_in(self, rig: Rig):
        for seed, stage in enumerate(rig.stages()):
            await rig.disturb(random.Random(seed))
            async with running(rig.driver()) as driver:
                rig.show(stage)
                driver.want(stage)
                await converged(rig, stage)

    async def test_converges_after_the_device_was_restarted(self, rig: Rig):
        first, *_, last = rig.stages()
        async with running(rig.driver()) as driver:
            for stage in (first, last):
                rig.show(stage)
                driver.want(stage)
                await converged(rig, stage)
                await rig.restart()
                await converged(rig, stage)

    async def test_converges_when_the_stage_changes_while_the_device_is_away(self, rig: Rig):
        first, *_, last = rig.stages()
        async with running(rig.driver()) as driver:
            rig.show(first)
            driver.want(first)
            await converged(rig, first)
            await rig.drop()
            rig.show(last)
            driver.want(last)
            await converged(rig, last)

    async def test_converges_after_we_died_in_the_middle(self, rig: Rig):
        stages = list(rig.stages())
        for at, stage in enumerate(stages):
            driver = rig.driver()
            task = asyncio.create_task(driver.run())
            rig.show(stage)
            driver.want(stage)
            if at % 2:
                await converged(rig, stage)
            else:
                await asyncio.sleep(0.05)
            await rig.die(driver, task)
        async with running(rig.driver()) as driver:
            rig.show(stages[0])
            driver.want(stages[0])
            await converged(rig, stages[0])
        assert not await rig.taken()

    async def test_leaves_alone_what_it_does_not_own(self, rig: Rig):
        before = await rig.foreign()
        async with running(rig.driver()) as driver:
            for stage in rig.stages():
                rig.show(stage)
                driver.want(stage)
                await converged(rig, stage)
                assert await rig.foreign() == before
            await rig.drop()
            await converged(rig, rig.stages()[-1])
        assert await rig.foreign() == before

    async def test_gives_back_what_it_took_when_it_closes(self, rig: Rig):
        for stage in rig.stages():
            async with running(rig.driver()) as driver:
                rig.show(stage)
                driver.want(stage)
                await converged(rig, stage)
            assert not await rig.taken()

    async def test_leaves_to_the_user_what_he_took_by_hand(self, rig: Rig):
        first, second, *_ = rig.stages()
        async with running(rig.driver()) as driver:
            rig.show(first)
            driver.want(first)
            await converged(rig, first)
            if (name := await rig.by_hand()) is None:
                return

            async def told() -> bool:
                return any(isinstance(fact, SceneTakenByHand) and fact.scene == name for fact in rig.told.facts)

            await until(told, what="SceneTakenByHand")
            held = a_stage(scene=name, hand=True, why="hand")
            driver.want(held)
            await asyncio.sleep(0.2)
            await converged(rig, held)
            rig.show(second)
            driver.want(second)  # the user pressed Auto
            await converged(rig, second)
