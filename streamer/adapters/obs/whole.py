"""Everything a show does with one OBS on one connection: the driver, the captions, the ear on the microphone."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from streamer.adapters.obs.captions import CaptionWriter
from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.meter_ear import MeterEar
from streamer.adapters.obs.settings import ObsPart, SceneMap
from streamer.core.stage import Stage
from streamer.ports import Cue, Health, Reports, StageView


class Obs:
    """A StageDriver."""

    name = "obs"

    def __init__(
        self,
        part: ObsPart,
        scene_map: SceneMap,
        view: StageView,
        reports: Reports,
        *,
        memory: Path,
        places: Mapping[str, str] | None = None,
        on_meters: Callable[[list[dict[str, Any]]], None] | None = None,
    ) -> None:
        """`memory` is a file of the state folder; `places`: scenes that are asked for elsewhere, with where.
        `on_meters` also gets the levels of all inputs."""
        self.link: ObsLink = part.open(meters=on_meters is not None)
        ear = MeterEar(self.link, part.host_mic, reports, level_db=part.host_level_db) if part.host_mic else None
        self._ear = ear
        if on_meters is not None:
            self.link.on_meters = _both(self.link.on_meters, on_meters)
        captions = CaptionWriter(self.link, part.captions) if part.captions.text or part.captions.stream else None
        self._captions = captions
        self.driver = ObsDriver(self.link, scene_map, view, reports, memory=memory, captions=captions, places=places)
        self.driver.url = part.url
        if ear is not None:
            self.driver.level = lambda: ear.level_db

    def want(self, stage: Stage) -> None:
        self.driver.want(stage)

    def cue(self, cue: Cue) -> None:
        self.driver.cue(cue)

    def healths(self) -> Sequence[Health]:
        captions = self._captions.healths() if self._captions is not None else ()
        ear = self._ear.healths() if self._ear is not None else ()
        return [*self.driver.healths(), *captions, *ear]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.driver.run(), name="obs driver")
            if self._ear is not None:
                group.create_task(self._ear.run(), name="obs ear")

    async def aclose(self) -> None:
        await self.driver.aclose()
        if self._captions is not None:
            await self._captions.aclose()


def _both(
    one: Callable[[list[dict[str, Any]]], None], other: Callable[[list[dict[str, Any]]], None]
) -> Callable[[list[dict[str, Any]]], None]:
    def told(rows: list[dict[str, Any]]) -> None:
        one(rows)
        other(rows)

    return told
