"""Where the voices go: the outlets of the show's track by its settings, each one watched, and tracks of their own for
single personas."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from streamer.adapters.audio.common import Outlet, Track
from streamer.adapters.audio.device import DeviceOutlet, SoundDevice
from streamer.adapters.audio.obs_media import Obs, ObsMedia, ObsMediaOutlet, is_here
from streamer.adapters.audio.silent import SilentClock
from streamer.app.output_level import DEAD_DB, OutputLevel, obs_level
from streamer.core.events import SinkChanged
from streamer.ports import Health, Heard, Notice
from streamer.web.sinkwords import Sound

log = logging.getLogger(__name__)

REST_S: Final = 30.0
"""An outlet that was found silent is not chosen for so long, when there is another one."""

DEEP_MS: Final = 1_000
AGAIN_S: Final = 2.0

Persona = Annotated[str, Field(min_length=1, max_length=100)]


class SoundPart(BaseModel):
    """`sound` in the settings: what plays the voices. The others stand by: a page always may, when the chosen one is
    lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sink: Literal["page", "device", "obs"] = Field(
        default="page", description="an overlay page, a device of this machine, or a media source in OBS"
    )
    device: SoundDevice = SoundDevice()
    obs: ObsMedia = ObsMedia()
    personas: dict[Persona, SoundDevice] = Field(default={}, description="a device of its own for a persona")


class Runs(Protocol):
    """An outlet that has to be run."""

    async def run(self) -> None: ...

    async def aclose(self) -> None: ...

    def healths(self) -> Sequence[Health]: ...


def _reads(obs_url: str) -> Literal["here", "far", "missing"]:
    """Whether the OBS at this address can read what is played on this machine."""
    return "missing" if not obs_url else "here" if is_here(obs_url) else "far"


async def _kept(outlet: Runs) -> None:
    """A fault that nobody foresaw in one outlet ends neither it nor the others."""
    while True:
        try:
            await outlet.run()
        except Exception:
            log.exception("an outlet failed and begins anew")
        await asyncio.sleep(AGAIN_S)


class WatchedOutlet:
    """`Outlet` around another one: knows what was played through it and what was measured of it, and says that nobody
    can play here (`player` None) while it rests.

    `others` tells whether another outlet could sound; without one a silent outlet is reported and kept. An outlet that
    was muted by hand (`muted`) is the streamer's wish: reported, never replaced. `part` names its health.
    `on_silent` gets the milliseconds from a stop to the first silence that was measured; a page reports its own.
    """

    def __init__(
        self,
        inner: Outlet,
        *,
        now_ms: Callable[[], int],
        part: str = "sound.output",
        on_level: Callable[[float | None], None] = lambda _db: None,
        on_silent: Callable[[int], None] = lambda _ms: None,
        others: Callable[[], bool] = lambda: False,
        rest_s: float = REST_S,
    ) -> None:
        self.inner = inner
        self._part = part
        self._on_silent = on_silent
        self._stopped_at: int | None = None
        self.others = others
        self.level = OutputLevel(now_ms, on_level=on_level, on_dead=self._dead)
        self._rest_s = rest_s
        self._timer: asyncio.TimerHandle | None = None
        self._resting = False
        self._on_change: list[Callable[[], None]] = []
        self._seen = inner.player
        inner.listen(self._follow)
        self._now_ms = now_ms
        self._deep_at: int | None = None
        if hasattr(inner, "on_level"):
            setattr(inner, "on_level", self.measured)  # noqa: B010 - not a part of the protocol: some measure

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def page(self) -> bool:
        return self.inner.page

    @property
    def player(self) -> str | None:
        return None if self._resting else self.inner.player

    def listen(self, on_change: Callable[[], None]) -> None:
        self._on_change.append(on_change)

    def play(self, line: int, at_ms: int, on_heard: Callable[[Heard], None]) -> None:
        self._stopped_at = None
        self.level.play(at_ms)

        def heard(at: Heard) -> None:
            on_heard(at)
            self.level.heard(at.ms, ended=at.ended)

        self.inner.play(line, at_ms, heard)

    def push(self, frame: bytes) -> None:
        self.inner.push(frame)
        self.level.push(frame)

    def end(self) -> None:
        self.inner.end()

    def stop(self, fade_ms: int) -> None:
        self.inner.stop(fade_ms)
        if self.level.playing and not self.page:
            self._stopped_at = self._now_ms()
        self.level.stop()

    def duck(self, on: bool) -> None:  # noqa: FBT001 - the protocol
        self.inner.duck(on)

    def measured(self, db: float, *, deeper: bool = False) -> None:
        """A level of this outlet's sound. `deeper`: measured behind the outlet's own place of measuring, by OBS of a
        page; while that comes, the outlet's own says nothing."""
        now = self._now_ms()
        if deeper:
            self._deep_at = now
        elif self._deep_at is not None and now - self._deep_at < DEEP_MS:
            return
        self.level.measured(db)
        if self._stopped_at is not None and not db > DEAD_DB:
            stopped_at, self._stopped_at = self._stopped_at, None
            self._on_silent(now - stopped_at)

    def healths(self) -> Sequence[Health]:
        """One row while the voice plays here and is not heard."""
        if not self.level.dead and not self._resting:
            return []
        code = "sound.not_heard_muted" if getattr(self.inner, "muted", False) else "sound.not_heard"
        return [Health(self._part, "degraded", Notice(code, {"outlet": self.name}, f"fix.{code}"))]

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _follow(self) -> None:
        if self.inner.player != self._seen:
            self._seen = self.inner.player
            self.level.stop()
            if not self._resting:
                self.level.forget()
        if not self._resting:
            self._tell()

    def _dead(self, dead: bool) -> None:  # noqa: FBT001 - a state
        if dead and not self._resting and not getattr(self.inner, "muted", False) and self.others():
            self._resting = True
            self.inner.stop(15)
            self.level.stop()
            self._timer = asyncio.get_running_loop().call_later(self._rest_s, self._rested)
            self._tell()

    def _rested(self) -> None:
        self._timer = None
        self._resting = False
        self.level.forget()
        self._tell()

    def _tell(self) -> None:
        for on_change in tuple(self._on_change):
            on_change()


class Outlets:
    """The outlets of the main track, best first, the silent clock last. `run` keeps devices and OBS going.

    `link` returns the show's connection to OBS, `obs_url` its address as set (empty: none). `on_level` and `on_silent`
    are those of `WatchedOutlet`, of whichever outlet plays.
    """

    def __init__(
        self,
        part: SoundPart,
        room: Outlet,
        *,
        now_ms: Callable[[], int],
        on_level: Callable[[float | None], None] = lambda _db: None,
        on_silent: Callable[[int], None] = lambda _ms: None,
        link: Callable[[], Obs | None] = lambda: None,
        obs_url: str = "",
    ) -> None:
        self.part, self._reads = part, _reads(obs_url)
        self.runs: list[Runs] = []
        self.wrong: list[Health] = []
        chosen: list[Outlet] = []
        if part.sink == "device":
            device: DeviceOutlet = part.device.open()
            self.runs.append(device)
            chosen.append(device)
        elif part.sink == "obs":
            media: ObsMediaOutlet = part.obs.open()
            if self._reads == "here":
                media.link = link
                self.runs.append(media)
                chosen.append(media)
            else:
                code = f"sound.obs_{self._reads}"
                self.wrong.append(Health("sound.obs", "broken", Notice(code, {}, f"fix.{code}")))

        def watched(outlet: Outlet, name: str) -> WatchedOutlet:
            row = f"sound.output.{name}"
            return WatchedOutlet(outlet, now_ms=now_ms, part=row, on_level=on_level, on_silent=on_silent)

        self.watched = [*(watched(each, part.sink) for each in chosen), watched(room, "page")]
        for each in self.watched:
            each.others = lambda each=each: any(
                other is not each and other.player is not None for other in self.watched
            )
        self.all: Sequence[Outlet] = (*self.watched, SilentClock())
        self.own: dict[str, WatchedOutlet] = {}
        for persona, own in part.personas.items():
            outlet = own.open(part=f"sound.device.{persona}")
            self.runs.append(outlet)
            self.own[persona] = watched(outlet, persona)

    def meters(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """A report `InputVolumeMeters` of OBS: what it measures of the media source."""
        for each in self.watched:
            level = obs_level(rows, [each.inner.source]) if isinstance(each.inner, ObsMediaOutlet) else None
            if level is not None:
                each.measured(level, deeper=True)

    def shown(self, pages: Sound, plays: SinkChanged) -> dict[str, Any]:
        """`sound` of the panel's feed: what the pages say, unless a device or OBS plays (`plays`)."""
        told: dict[str, Any] = msgspec.to_builtins(pages)
        if plays.page or plays.name == SilentClock.name or self.part.sink == "page":
            return told
        device = self.part.sink == "device"
        where, name = ("device", plays.name) if device else ("obs_media", self.part.obs.source)
        return told | {"where": where, "name": name, "holder": None, "warning": ""}

    def waiting(self, part: SoundPart, obs_url: str) -> list[Health]:
        """One row while these outlets are not those of the settings in force: `part`, and whether the OBS at this
        address can read what is played here; another address of this machine is followed without a new start."""
        if part == self.part and (part.sink != "obs" or _reads(obs_url) == self._reads):
            return []
        return [Health("sound", "degraded", Notice("sound.changed", {}, "fix.sound.changed"))]

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(*(_kept(each) for each in self.runs))

    def healths(self) -> list[Health]:
        out = [*self.wrong]
        for each in self.runs:
            out += each.healths()
        for each in (*self.watched, *self.own.values()):
            out += each.healths()
        return out

    async def aclose(self) -> None:
        for each in (*self.watched, *self.own.values()):
            each.close()
        for each in self.runs:
            with suppress(Exception):
                await each.aclose()


class Tracks:
    """`AudioSink` over the main track and those of personas with a device of their own. One line at a time plays, and
    there is one heard position: the track of that line.

    A persona whose device is not there goes to the main track from its next line on.
    """

    def __init__(self, main: Track, own: Mapping[str, Track]) -> None:
        self._main = main
        self._own = dict(own)
        self._on = main

    @property
    def name(self) -> str:
        return self._on.name

    @property
    def page(self) -> bool:
        return self._on.page

    def begin(self, line: int, persona: str, on_heard: Callable[[Heard], None], at_ms: int = 0) -> None:
        if self._on.heard() is not None:
            raise RuntimeError("a line is still open")
        own = self._own.get(persona)
        self._on = own if own is not None and own.name != SilentClock.name else self._main
        self._on.begin(line, persona, on_heard, at_ms)

    async def write(self, frame: bytes) -> None:
        await self._on.write(frame)

    async def finish(self) -> Heard:
        return await self._on.finish()

    def stop(self, fade_ms: int = 15) -> Heard:
        """Silence everywhere; where the line stopped that was on."""
        stopped = self._on.stop(fade_ms)
        for track in (self._main, *self._own.values()):
            if track is not self._on:
                track.stop(fade_ms)
        return stopped

    def duck(self, on: bool) -> None:  # noqa: FBT001 - the port
        for track in (self._main, *self._own.values()):
            track.duck(on)

    def heard(self) -> Heard | None:
        return self._on.heard()

    def close(self) -> None:
        for track in (self._main, *self._own.values()):
            track.close()


def tracks(outlets: Outlets, on_change: Callable[[SinkChanged], None]) -> Track | Tracks:
    """The sink of the show: one track, or one more for each persona with a device of its own."""
    main = Track(outlets.all, on_change=on_change)
    if not outlets.own:
        return main
    return Tracks(main, {persona: Track([outlet, SilentClock()]) for persona, outlet in outlets.own.items()})
