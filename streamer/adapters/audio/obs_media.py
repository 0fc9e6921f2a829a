"""An outlet of the track that plays through a media source in OBS (`ffmpeg_source`), without a browser page.

OBS reads one endless stream of s16 samples from us over HTTP on loopback. It cannot be told to throw away what it
holds, so it must never hold much: silence is sent in real time between the lines, and a stop is no more frames. Late
samples are worse than none: libobs answers them by delaying the sound of the *whole* OBS, up to 960 ms and until it is
restarted. So after any gap in the stream the connection is closed and OBS begins it anew.
See docs/decisions/0022-obs-media-source.md for what was measured.
"""

import asyncio
import contextlib
import hmac
import logging
import secrets
import time
from array import array
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import Field

from streamer.adapters.audio.common import OnHeard
from streamer.adapters.audio.mixer import Mixer
from streamer.adapters.part import Part
from streamer.ports import FRAME_MS, RATE_HZ, Health, Heard, Notice

log = logging.getLogger(__name__)

PART: Final = "sound.obs"
SOURCE: Final = "Showrunner voices"
LEAD_MS: Final = 40
"""Silence sent ahead of time at the beginning: how late the loop may be before OBS has nothing."""
LATE_MS: Final = 80
"""Later than this the stream is begun anew."""
LATENCY_MS: Final = 60
"""From a frame on the wire to its sound in OBS's mixer, with `LEAD_MS`, as measured; positions count it."""
REPORT_MS: Final = 100
LOOK_S: Final = 1.0
HEAD_LIMIT: Final = 8192
HEAD_S: Final = 3.0
UNKNOWN: Final = 600
OPTIONS: Final = f"sample_rate={RATE_HZ} channels=1 probesize=32 analyzeduration=0 fflags=nobuffer"
ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
)


class ObsMedia(Part):
    """Plays the voices through a media source in OBS on this machine."""

    kind: Literal["obs"] = "obs"
    source: str = Field(
        default=SOURCE, min_length=1, max_length=300, description="the media source, made in OBS when it is not there"
    )
    scene: str = Field(default="", max_length=300, description="the scene it is made in; empty: the one on air")

    def open(self) -> "ObsMediaOutlet":
        return ObsMediaOutlet(self.source, self.scene)


class Obs(Protocol):
    """What is needed of an ObsLink. A request raises while OBS is gone, and with `code` when it refuses."""

    @property
    def state(self) -> str: ...

    @property
    def generation(self) -> int: ...

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]: ...


def is_here(url: str) -> bool:
    """Whether an OBS at this address runs on this machine: it must reach our loopback."""
    host = urlsplit(url if "://" in url else f"ws://{url}").hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


class ObsMediaOutlet:
    """`Outlet`. `run` serves the stream, makes the source, and repairs both.

    It does not measure: OBS's own meter of `source` tells the level behind mute and fader, which `app` listens to.
    `link` returns the connection of the show to OBS; None while none is configured or OBS is another machine.
    """

    page = False

    def __init__(
        self,
        source: str = SOURCE,
        scene: str = "",
        *,
        link: Callable[[], Obs | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.source, self.scene = source, scene
        self.name = f"{source} in OBS"
        self.player: str | None = None
        self.link = link
        self.restarts = 0
        """How often the stream had to begin anew because we were late."""
        self.muted = False
        """Somebody muted the source in OBS."""
        self._clock, self._sleep = clock, sleep
        self._wake = asyncio.Event()
        self._mixer = Mixer(RATE_HZ)
        self._token = secrets.token_urlsafe(24)
        self._port = 0
        self._on_change: list[Callable[[], None]] = []
        self._writer: asyncio.StreamWriter | None = None
        self._streams = 0
        self._plays = 0
        self._line = 0
        self._on_heard: OnHeard | None = None
        self._reported_ms = -1
        self._set: tuple[int, int] | None = None
        self._active = False
        self._health = Health(PART, "starting", Notice("sound.obs_waiting", {"source": source}))

    # --- the outlet -------------------------------------------------------------------------------------------------

    def listen(self, on_change: Callable[[], None]) -> None:
        self._on_change.append(on_change)

    def play(self, line: int, at_ms: int, on_heard: OnHeard) -> None:
        self._plays += 1
        self._line, self._on_heard, self._reported_ms = line, on_heard, -1
        self._mixer.play(self._plays, at_ms)

    def push(self, frame: bytes) -> None:
        samples = array("h")
        samples.frombytes(frame)
        self._mixer.push(self._plays, samples)

    def end(self) -> None:
        self._mixer.end(self._plays)

    def stop(self, fade_ms: int) -> None:
        self._on_heard = None
        self._mixer.stop(fade_ms)

    def duck(self, on: bool) -> None:  # noqa: FBT001 - the protocol
        self._mixer.duck(on=on)

    # --- running ----------------------------------------------------------------------------------------------------

    def healths(self) -> Sequence[Health]:
        return [self._health]

    @property
    def url(self) -> str:
        """What OBS reads; good while `run` runs."""
        return f"http://127.0.0.1:{self._port}/voices?token={self._token}"

    async def run(self) -> None:
        """Until cancelled."""
        server = await asyncio.start_server(self._client, "127.0.0.1", self._port, limit=HEAD_LIMIT)
        self._port = server.sockets[0].getsockname()[1]
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._feed(), name="sound for OBS")
                while True:
                    self._wake.clear()
                    await self.look()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_S):
                            await self._wake.wait()
        finally:
            server.close()
            self._hang_up()

    async def aclose(self) -> None:
        self._hang_up()

    async def look(self) -> None:
        """One look at OBS: the source is there, reads from us, and is heard."""
        link = self.link()
        if link is None or link.state != "ready":
            self._hang_up()
            self._set = None
            self._say("degraded", "sound.obs_gone", "fix.sound.obs_gone")
            return
        try:
            if self._set != (link.generation, self._port):
                await self._make(link)
                self._set = (link.generation, self._port)
            elif self._writer is None:
                await self._restart(link)
            self._active = bool((await link.request("GetSourceActive", {"sourceName": self.source}))["videoActive"])
            self.muted = bool((await link.request("GetInputMute", {"inputName": self.source}))["inputMuted"])
        except Exception as error:  # noqa: BLE001 - the link's own kinds, which this folder does not know
            if getattr(error, "code", 0) == UNKNOWN:  # removed by hand: made again at the next look
                self._set = None
            self._say("degraded", "sound.obs_refused", "fix.sound.obs_refused")
            return
        self._follow()
        if not self._active:
            self._say("degraded", "sound.obs_inactive", "fix.sound.obs_inactive")
        elif self.muted:
            self._say("degraded", "sound.obs_muted", "fix.sound.obs_muted")
        elif self._writer is not None:
            self._say("ok", "sound.obs_plays")

    async def _make(self, link: Obs) -> None:
        """The source with our settings, which also begins it anew."""
        settings = {
            "is_local_file": False, "input": self.url, "input_format": "s16le", "ffmpeg_options": OPTIONS,
            "buffering_mb": 0, "reconnect_delay_sec": 1, "hw_decode": False, "restart_on_activate": False,
            "close_when_inactive": False, "clear_on_media_end": False, "seekable": False,
        }  # fmt: skip
        try:
            await link.request("SetInputSettings", {"inputName": self.source, "inputSettings": settings})
        except Exception as error:
            if getattr(error, "code", 0) != UNKNOWN:
                raise
            scene = self.scene or (await link.request("GetCurrentProgramScene"))["currentProgramSceneName"]
            made = {"sceneName": scene, "inputName": self.source, "inputKind": "ffmpeg_source"}
            await link.request("CreateInput", {**made, "inputSettings": settings, "sceneItemEnabled": True})

    async def _restart(self, link: Obs) -> None:
        action = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART"
        await link.request("TriggerMediaInputAction", {"inputName": self.source, "mediaAction": action})

    def _say(self, state: Literal["ok", "degraded"], code: str, fix: str = "") -> None:
        latency = float(LATENCY_MS) if state == "ok" else None
        self._health = Health(PART, state, Notice(code, {"source": self.source}, fix), latency_ms=latency)

    # --- the stream -------------------------------------------------------------------------------------------------

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whoever asks with the token gets the stream; the newest only."""
        try:
            async with asyncio.timeout(HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            writer.close()
            return
        asked = head.split(b"\r\n", 1)[0].split(b" ")
        wanted = f"/voices?token={self._token}".encode()
        if len(asked) != 3 or asked[0] != b"GET" or not hmac.compare_digest(asked[1], wanted):
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        self._hang_up()
        writer.write(ANSWER + bytes(LEAD_MS * RATE_HZ // 1000 * 2))
        self._writer = writer
        self._streams += 1
        self._follow()

    async def _feed(self) -> None:
        """20 ms of sound every 20 ms, whether anybody speaks or not."""
        next_at = self._clock()
        while True:
            next_at += FRAME_MS / 1000
            await self._sleep(max(0.0, next_at - self._clock()))
            late_ms = (self._clock() - next_at) * 1000
            if late_ms > LATE_MS:
                if self._writer is not None:
                    self.restarts += 1
                    self._hang_up()
                    self._wake.set()
                next_at = self._clock()
            writer = self._writer
            if writer is None:
                continue
            if writer.is_closing() or writer.transport.get_write_buffer_size() > RATE_HZ // 5:
                self._hang_up()  # OBS does not read: what waits would be late
                continue
            writer.write(self._mixer.fill(RATE_HZ * FRAME_MS // 1000, self._clock() + LATENCY_MS / 1000))
            self._report()

    def _hang_up(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(Exception):
                writer.transport.abort()
        self._follow()

    def _follow(self) -> None:
        """Somebody plays when OBS reads the stream and the source is in what viewers get."""
        player = f"stream {self._streams}" if self._writer is not None and self._active else None
        if player != self.player:
            self.player = player
            self._on_heard = None
            self._mixer.stop(15)
            if player is not None and not self.muted:
                self._say("ok", "sound.obs_plays")
            for on_change in tuple(self._on_change):
                on_change()

    def _report(self) -> None:
        heard = self._mixer.progress(self._clock())
        on_heard = self._on_heard
        if heard is None or on_heard is None or not heard.begun:
            return
        if heard.ended or self._reported_ms < 0 or heard.ms - self._reported_ms >= REPORT_MS:
            self._reported_ms = heard.ms
            if heard.ended:
                self._on_heard = None
                self._mixer.stop(0)
            on_heard(Heard(self._line, heard.ms, ended=heard.ended, underrun_ms=heard.under_ms))
