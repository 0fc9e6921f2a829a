"""Hears the host through the meter of an OBS input, and says what is wrong when there is none."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, Protocol

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.meter import HostMeter, plausible
from streamer.core.events import HostEarChanged
from streamer.ports import Health, Notice, Reports

PART: Final = "host.meter"
SILENT_MS: Final = 2_000
LOOK_S: Final = 0.5
ASK_EVERY_MS: Final = 5_000


class MeterLink(Protocol):
    """What is needed of an ObsLink that was made with `meters=True`."""

    on_meters: Callable[[list[dict[str, Any]]], None]

    @property
    def state(self) -> str: ...

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]: ...


class MeterEar:
    """`run` until cancelled, beside the link's own `run`. All on the loop's thread; `link.on_meters` is taken."""

    def __init__(
        self,
        link: MeterLink,
        input_name: str,
        reports: Reports,
        *,
        level_db: float = -45.0,
        music: bool = False,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock` gives seconds."""
        self._link = link
        self._input = input_name
        self._reports = reports
        self._clock = clock or asyncio.get_running_loop().time
        self._sleep = sleep
        self._meter = HostMeter(level_db, music=music)
        self._heard_ms: int | None = None
        self._asked_ms = -ASK_EVERY_MS
        self._notice = Notice("host.meter_waiting", {"input": input_name})
        self.connected = False
        link.on_meters = self.hear

    @property
    def level_db(self) -> float | None:
        """Of the newest block, for a meter to be drawn; None while nothing comes."""
        return round(self._meter.level_db, 1) if self.connected else None

    @property
    def speaking(self) -> bool:
        return self._meter.state == "speaking"

    def healths(self) -> Sequence[Health]:
        return [Health(PART, "ok" if self.connected else "degraded", self._notice)]

    def hear(self, inputs: Sequence[Mapping[str, Any]]) -> None:
        """A report of all inputs; only the one of the host is looked at."""
        for each in inputs:
            if each.get("inputName") == self._input:
                peak, magnitude = loudest(each.get("inputLevelsMul"))
                now_ms = self._now_ms()
                self._heard_ms = now_ms
                if not self.connected:
                    self._connect(on=True)
                for event in self._meter.feed(peak, now_ms, magnitude):
                    self._reports.fact(event)
                return

    async def run(self) -> None:
        """Notices that nothing comes any more, and why."""
        try:
            while True:
                await self._sleep(LOOK_S)
                await self.look()
        finally:
            self._silent()

    async def look(self) -> None:
        """One look at whether levels still come."""
        now_ms = self._now_ms()
        if self._heard_ms is not None and now_ms - self._heard_ms < SILENT_MS:
            return
        self._silent()
        if self._link.state != "ready":
            self._notice = Notice("host.meter_no_obs", {"input": self._input}, "fix.host.meter_obs")
        elif now_ms - self._asked_ms >= ASK_EVERY_MS:
            self._asked_ms = now_ms
            await self._ask()

    async def _ask(self) -> None:
        try:
            answer = await self._link.request("GetInputList")
        except (ObsGone, ObsRefused):
            return
        names = [str(each.get("inputName", "")) for each in answer.get("inputs", ())]
        if self._input in names:
            self._notice = Notice("host.meter_silent", {"input": self._input}, "fix.host.meter_active")
            return
        nearest = near(self._input, names)
        params: dict[str, str | int | float] = {"input": self._input, "nearest": nearest}
        self._notice = Notice(
            "host.meter_missing", params, "fix.host.meter_nearest" if nearest else "fix.host.meter_name"
        )

    def _silent(self) -> None:
        self._heard_ms = None
        for event in self._meter.lost(self._now_ms()):
            self._reports.fact(event)
        if self.connected:
            self._connect(on=False)

    def _connect(self, *, on: bool) -> None:
        self.connected = on
        self._asked_ms = -ASK_EVERY_MS
        self._notice = Notice("host.meter_hears" if on else "host.meter_waiting", {"input": self._input})
        self._reports.fact(HostEarChanged(connected=on))

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def loudest(levels: object) -> tuple[float, float]:
    """Peak and mean of the loudest channel of `inputLevelsMul`: `[[magnitude, peak, input peak], ...]`, linear; both
    behind mute and fader. An input without channels is silent."""
    found = (0.0, 0.0)
    for channel in levels if isinstance(levels, list) else ():
        if isinstance(channel, list) and len(channel) >= 2:
            magnitude, peak = (plausible(value) for value in channel[:2])
            if peak > found[0]:
                found = (peak, magnitude)
    return found


def near(name: str, names: Sequence[str]) -> str:
    """The most similar name, whatever its case; empty for none."""
    folded = {each.casefold(): each for each in names}
    close = get_close_matches(name.casefold(), list(folded), 1, 0.5)
    return folded[close[0]] if close else ""
