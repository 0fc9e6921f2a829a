"""Who owns the drivers: one that fails costs itself."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from typing import Any

from streamer.app.staging.stagehand import Stagehand
from streamer.core.show import EMPTY
from streamer.core.stage import Stage, stage
from streamer.ports import Cue, Health, Misconfigured, Notice
from tests.virtual_time import run_virtual

WANTED = stage(EMPTY)


def virtual_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        run_virtual(test())

    return run


class Driver:
    def __init__(self, name: str, *, fails: int = 0, wrong: bool = False, slow_s: float = 0.0) -> None:
        self.name = name
        self.fails, self.wrong, self.slow_s = fails, wrong, slow_s
        self.wanted: list[Stage] = []
        self.cues: list[Cue] = []
        self.runs = 0
        self.closed = False

    def want(self, stage: Stage) -> None:
        self.wanted.append(stage)

    def cue(self, cue: Cue) -> None:
        self.cues.append(cue)

    def healths(self) -> Sequence[Health]:
        return [Health(self.name, "ok", Notice("part.ok"))]

    async def run(self) -> None:
        self.runs += 1
        if self.wrong:
            raise Misconfigured("no", fix="do it")
        if self.fails >= self.runs:
            raise ValueError("a fault of ours")
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        await asyncio.sleep(self.slow_s)
        self.closed = True


def start(work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
    return asyncio.get_running_loop().create_task(work, name=name)


def states(hand: Stagehand) -> list[tuple[str, str]]:
    return [(health.part, health.state) for health in hand.healths()]


@virtual_time
async def test_what_is_wanted_reaches_every_driver_and_those_that_come_later() -> None:
    hand = Stagehand(start)
    first, second = Driver("obs"), Driver("avatar.mika")
    await hand.use({"obs": (1, lambda: first)})
    hand.want(WANTED)
    hand.cue(Cue(kind="line"))
    await hand.use({"obs": (1, lambda: Driver("obs")), "avatar.mika": (1, lambda: second)})
    assert (first.wanted, second.wanted) == ([WANTED], [WANTED])
    assert (len(first.cues), len(second.cues)) == (1, 0)
    assert await hand.aclose() == []
    assert first.closed
    assert second.closed


@virtual_time
async def test_only_what_has_changed_is_opened_again() -> None:
    gone: list[str] = []
    hand = Stagehand(start, on_gone=gone.append)
    old, same, new = Driver("obs"), Driver("avatar.mika"), Driver("obs")
    await hand.use({"obs": ("a", lambda: old), "avatar.mika": ("m", lambda: same)})
    await hand.use({"obs": ("b", lambda: new), "avatar.mika": ("m", lambda: Driver("avatar.mika"))})
    assert (old.closed, same.closed, gone) == (True, False, ["obs"])
    assert hand["obs"] is new
    await hand.use({})
    assert (same.closed, hand.healths()) == (True, [])


@virtual_time
async def test_a_driver_that_fails_is_run_again_and_says_so() -> None:
    hand = Stagehand(start)
    driver = Driver("obs", fails=2)
    await hand.use({"obs": (1, lambda: driver)})
    await asyncio.sleep(0.5)
    assert states(hand) == [("obs", "degraded")]
    await asyncio.sleep(4)
    assert (driver.runs, states(hand)) == (3, [("obs", "ok")])
    await hand.aclose()


@virtual_time
async def test_one_that_cannot_work_is_not_tried_again() -> None:
    hand = Stagehand(start)
    driver = Driver("obs", wrong=True)

    def refuse() -> Driver:
        raise Misconfigured("two on one", fix="another port")

    broken = [Health("avatar.eva", "broken", Notice("part.ok"))]
    await hand.use({"obs": (1, lambda: driver), "avatar.mika": (1, refuse)}, broken)
    await asyncio.sleep(100)
    assert driver.runs == 1
    assert states(hand) == [("obs", "broken"), ("avatar.eva", "broken"), ("avatar.mika", "broken")]
    await hand.aclose()


@virtual_time
async def test_one_that_does_not_close_in_time_is_named() -> None:
    hand = Stagehand(start)
    await hand.use({"obs": (1, lambda: Driver("obs", slow_s=9)), "avatar.mika": (1, lambda: Driver("avatar.mika"))})
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await hand.aclose() == ["obs"]
    assert loop.time() - began < 1.5


@virtual_time
async def test_a_change_that_is_still_under_way_at_the_end_opens_nothing() -> None:
    hand = Stagehand(start)
    late: list[Driver] = []

    def make() -> Driver:
        late.append(Driver("obs"))
        return late[-1]

    await hand.use({"obs": (1, lambda: Driver("obs", slow_s=0.5))})
    change = asyncio.create_task(hand.use({"obs": (2, make)}))
    await asyncio.sleep(0.1)
    await hand.aclose()
    await change
    assert late == []
