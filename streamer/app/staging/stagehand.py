"""Owns the drivers of the stage: opens those that the settings name, tells them what is wanted, keeps them running,
and closes them. A driver that fails costs itself; the show goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from streamer.core.events import Event
from streamer.core.stage import Stage
from streamer.ports import Cue, Health, Misconfigured, Notice, StageDriver

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
CLOSE_LIMIT_S = 0.7

Start = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]


class StageReports:
    """`Reports` of all drivers: facts into the inbox, states onto the panel."""

    def __init__(self, emit: Callable[[Event], None], show: Callable[[str, Mapping[str, object]], None]) -> None:
        self._emit = emit
        self._show = show

    def fact(self, event: Event) -> None:
        self._emit(event)

    def state(self, part: str, state: Mapping[str, object]) -> None:
        self._show(part, state)


class Stagehand:
    """Everything is called on the loop's thread."""

    def __init__(self, start: Start, *, on_gone: Callable[[str], None] = lambda _: None) -> None:
        """`start` gives a task its owner; `on_gone` hears the name of a driver that was closed."""
        self._start = start
        self._on_gone = on_gone
        self._drivers: dict[str, StageDriver] = {}
        self._keys: dict[str, object] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: dict[str, Health] = {}
        self._broken: Sequence[Health] = ()
        self._stage: Stage | None = None
        self._closed = False

    def __getitem__(self, name: str) -> StageDriver:
        return self._drivers[name]

    def get(self, name: str) -> StageDriver | None:
        return self._drivers.get(name)

    # --- told ---------------------------------------------------------------------------------------------------------

    def want(self, stage: Stage) -> None:
        self._stage = stage
        for driver in self._drivers.values():
            driver.want(stage)

    def cue(self, cue: Cue) -> None:
        for driver in self._drivers.values():
            driver.cue(cue)

    def healths(self) -> Sequence[Health]:
        rows: list[Health] = []
        for name, driver in self._drivers.items():
            failed = self._failed.get(name)
            rows += [failed] if failed is not None else driver.healths()
        return [*rows, *self._broken]

    # --- the drivers --------------------------------------------------------------------------------------------------

    async def use(
        self, wanted: Mapping[str, tuple[object, Callable[[], StageDriver]]], broken: Sequence[Health] = ()
    ) -> None:
        """From now on these: by name, a value that is equal as long as nothing has changed, and how to open it.
        `broken`: those that the settings name and that cannot be."""
        gone = [name for name in self._drivers if name not in wanted or wanted[name][0] != self._keys[name]]
        await asyncio.gather(*(self._close(name) for name in gone))
        refused: list[Health] = []
        for name, (key, make) in wanted.items():
            if name in self._drivers or self._closed:  # a reload may still be at it when the show closes
                continue
            try:
                driver = make()
            except Misconfigured as wrong:
                notice = Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix)
                refused.append(Health(name, "broken", notice))
                continue
            self._drivers[name], self._keys[name] = driver, key
            if self._stage is not None:
                driver.want(self._stage)
            self._tasks[name] = self._start(self._run(driver), f"stage {name}")
        self._broken = (*broken, *refused)

    async def _run(self, driver: StageDriver) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await driver.run()
                return
            except Misconfigured as wrong:
                notice = Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix)
                self._failed[driver.name] = Health(driver.name, "broken", notice)
                return
            except Exception as error:  # a fault of ours in one driver must not end the show
                log.exception("%s failed", driver.name)
                notice = Notice("part.crashed", {"error": type(error).__name__})
                self._failed[driver.name] = Health(driver.name, "degraded", notice)
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
            self._failed.pop(driver.name, None)

    async def _close(self, name: str) -> bool:
        """Whether it gave everything back in time."""
        driver, task = self._drivers.pop(name), self._tasks.pop(name)
        self._keys.pop(name)
        self._failed.pop(name, None)
        in_time = True
        try:
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await driver.aclose()
        except TimeoutError:
            in_time = False
            log.warning("%s did not close in time", name)
        except Exception:
            log.exception("%s did not close", name)
        task.cancel()
        await asyncio.wait([task], timeout=0.2)
        self._on_gone(name)
        return in_time

    async def aclose(self) -> Sequence[str]:
        """Everything that was taken is given back; names those that did not answer in time."""
        self._closed = True
        names = list(self._drivers)
        done = await asyncio.gather(*(self._close(name) for name in names))
        return [name for name, in_time in zip(names, done, strict=True) if not in_time]
