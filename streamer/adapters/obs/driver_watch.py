"""What the panel sees of OBS, the captions inside OBS, and a look at the scene on air in case an event was missed."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from streamer.adapters.obs.acts import Outputs
from streamer.adapters.obs.condition import ConditionWatch
from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import LinkState, ObsInfo
from streamer.ports import CaptionPage, Health, StageView

WATCH_S = 2.0
CAPTION_S = 0.025


class Link(Protocol):
    """What is used of `ObsLink`. The driver runs it, and closes it."""

    state: LinkState
    info: ObsInfo | None
    on_event: Callable[[str, dict[str, Any]], None]
    on_state: Callable[[LinkState], None]

    @property
    def code(self) -> str: ...

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]: ...

    async def run(self) -> None: ...

    async def aclose(self) -> None: ...


class Captions(Protocol):
    """Shows a page in OBS itself, beside the overlay; None: nothing is being said."""

    async def show(self, page: CaptionPage | None) -> None: ...


class Watch:
    """`look` is called on each round with the scene that OBS says is on."""

    def __init__(
        self, link: Link, view: StageView, outputs: Outputs, captions: Captions | None, look: Callable[[str], None]
    ) -> None:
        self._link, self._view, self.outputs, self._captions, self._look = link, view, outputs, captions, look
        loop = asyncio.get_event_loop
        self.condition = ConditionWatch(
            clock=lambda: loop().time(),
            browser=lambda: self._link.info is not None and "browser_source" in self._link.info.kinds,
        )
        self.rows: Sequence[Health] = ()
        self._shown: object = self
        """The page that OBS shows; anything else until it is known."""
        self.changed: Callable[[], None] = lambda: None

    def lost(self) -> None:
        self.rows = ()
        self._shown = self
        self.outputs.lost()

    async def figures(self) -> None:
        """Every other second, while connected."""
        while True:
            await asyncio.sleep(WATCH_S)
            if self._link.state != "ready":
                continue
            with contextlib.suppress(ObsGone, ObsRefused):
                self.rows = await self.condition.look(self._link)
                self.changed()
                answer = await self._link.request("GetCurrentProgramScene")
                self._look(str(answer.get("currentProgramSceneName") or ""))

    async def captions(self) -> None:
        """Each page when it comes, and anew after OBS was away."""
        if self._captions is None:
            return
        while True:
            await asyncio.sleep(CAPTION_S)
            page = self._view.caption()
            if self._link.state != "ready" or page == self._shown:
                continue
            self._shown = page  # before it is sent: a loss meanwhile is not forgotten
            try:
                await self._captions.show(page)
            except (ObsGone, ObsRefused):
                self._shown = self

    async def quiet(self) -> None:
        """The caption goes with the show."""
        if self._captions is not None:
            with contextlib.suppress(ObsRefused):
                await self._captions.show(None)

    def state(self, scene: str, level_db: float | None) -> dict[str, object]:
        """As `docs/panel-feed.md` has it under `obs`."""
        link, figures = self._link, self.condition.figures
        ready = link.state == "ready"
        rate = self.condition.bitrate_kbps
        return {
            "state": link.state,
            "version": link.info.obs if link.info is not None else "",
            "scene": scene if ready else "",
            "recording": self.outputs.on("record"),
            "paused": self.outputs.phases["record"] == "paused",
            "streaming": self.outputs.on("stream"),
            "replay": self.outputs.on("replay"),
            "virtual": self.outputs.on("virtual_camera"),
            "fps": round(figures.fps, 1) if ready and figures is not None else None,
            "dropped_pct": round(self.condition.dropped_pct, 1) if ready and figures is not None else None,
            "bitrate_kbps": round(rate) if ready and rate is not None else None,
            "browser": link.info is not None and "browser_source" in link.info.kinds,
            "level_db": level_db,
        }
