"""`stage_converge`: random changes of the stage, with crashes of OBS and of ours and hands of the user between them.

The evenings are those of the test that the driver always converges: OBS in memory, in virtual time.
"""

import asyncio
import logging
import tempfile
from pathlib import Path

from streamer.core.stage import Stage
from tests.adapters.obs.driver_kit import speaking
from tests.adapters.obs.test_driver_always import Evening
from tests.adapters.stage.contract import a_stage
from tests.bench.report import Bench, Converged
from tests.virtual_time import run_virtual

CHANGES, EVENINGS = 50, 20
LOOK_S, LIMIT_S, REST_S = 0.02, 30.0, 6.0
LAST = (
    speaking("mika", scene="mika", host=True), speaking("juno", scene="juno"), a_stage(scene="break"),
    speaking("mika", scene="main", answering="x"),
)  # fmt: skip
"""Wanted at the end, when all hands are off: the first at once after the last random change."""
SPOKEN = 2
"""By then everybody has spoken once: only so does it become known where the user, who moved something that was moving
or lowered in the last moment, wants it to be."""
FIRST = 1_000
"""Of the seeds: other evenings than those of the test."""


class _Counted(Evening):
    """Counts restarts, and the requests of every connection."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.restarts = self.before = 0
        super().__init__(folder, seed)

    def begin(self) -> None:
        self.before += len(self.rig.link.ledger) if self.rig.link is not None else 0
        super().begin()

    @property
    def requests(self) -> int:
        assert self.rig.link is not None
        return self.before + len(self.rig.link.ledger)

    async def crash_of_obs(self) -> None:
        self.restarts += 1
        await super().crash_of_obs()

    async def crash_of_ours(self) -> None:
        self.restarts += 1
        await super().crash_of_ours()

    async def becomes(self, stage: Stage) -> tuple[int, float] | None:
        """Requests and virtual seconds until OBS is as this stage wants it; None: it never was."""
        asked, began = self.requests, asyncio.get_running_loop().time()
        self.rig.show(stage)
        self.driver.want(stage)
        while await self.rig.differs(stage):
            if asyncio.get_running_loop().time() - began > LIMIT_S:
                return None
            await asyncio.sleep(LOOK_S)
        return self.requests - asked, asyncio.get_running_loop().time() - began


def evening(seed: int, changes: int) -> tuple[int, list[tuple[int, float] | None]]:
    """How many restarts there were, and what each stage took once hands were off."""

    async def run(folder: Path) -> tuple[int, list[tuple[int, float] | None]]:
        rig = _Counted(folder, seed)
        for _ in range(changes):
            await rig.step()
        took: list[tuple[int, float] | None] = []
        for stage in LAST:
            took.append(await rig.becomes(stage))
            await asyncio.sleep(REST_S)
        await rig.driver.aclose()
        rig.task.cancel()
        await asyncio.gather(rig.task, return_exceptions=True)
        return rig.restarts, took

    with tempfile.TemporaryDirectory() as folder:
        return run_virtual(run(Path(folder)))


async def stage_converge(bench: Bench, *, quick: bool) -> None:
    logging.disable(logging.ERROR)  # OBS is lost and we are killed all the time here
    try:
        found = await _evenings(2 if quick else EVENINGS)
    finally:
        logging.disable(logging.NOTSET)
    note = f"{found.restarts} restarts in {found.evenings} evenings; time of the loop's clock, not of this machine"
    bench.measured("stage_converge", {"OBS": found}, note)


async def _evenings(evenings: int) -> Converged:
    restarts = apart = most = 0
    longest = 0.0
    for number in range(evenings):
        crashes, took = await asyncio.to_thread(evening, FIRST + number, CHANGES)
        restarts += crashes
        apart += None in took[SPOKEN:]
        for requests, seconds in filter(None, took):
            most, longest = max(most, requests), max(longest, seconds)
    return Converged(evenings * CHANGES, restarts, evenings, apart, most, round(longest, 2))
