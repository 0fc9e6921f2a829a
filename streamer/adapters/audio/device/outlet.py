"""An outlet of the track that plays on a device of this machine, through a child process."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

import msgspec

from streamer.adapters.audio.common import OnHeard
from streamer.adapters.audio.device.names import Device, Way
from streamer.adapters.worker import Late, Worker
from streamer.ports import Health, Heard, Misconfigured, Notice, Unavailable

log = logging.getLogger(__name__)

CHILD: Final = "streamer.adapters.audio.device.child"
PART: Final = "sound.device"
AGAIN_S: Final = 2.0
OPEN_S: Final = 8.0


class Child(Protocol):
    """What is needed of a `Worker`."""

    on_event: Callable[[str, Any, bytes], None]

    async def call(
        self, kind: str, data: Any = None, pcm: bytes = b"", *, within_s: float = 10.0
    ) -> tuple[Any, bytes]: ...

    def post(self, kind: str, data: Any = None, pcm: bytes = b"") -> None: ...

    @property
    def alive(self) -> bool: ...

    def kill(self) -> None: ...

    async def aclose(self) -> None: ...


def worker(name: str) -> Worker:
    """A child for one device."""
    return Worker(CHILD, name=name, start_s=15.0, loads="sounddevice")


async def list_devices(way: Way, child: Child | None = None) -> list[Device]:
    """What the panel offers. Raises Unavailable or Misconfigured. Without a `child` one is made for the question."""
    asked = child or worker("the sound devices")
    try:
        data, _ = await asked.call("devices", way)
        return msgspec.convert(data, list[Device])
    finally:
        if child is None:
            await asked.aclose()


async def open_device(child: Child, way: Way, device: str, latency_ms: int) -> dict[str, Any]:
    """What the child says of the device that it has opened: `name`, `rate_hz`, `latency_ms`. A child that hangs in a
    driver is killed, so that the next one begins anew. Raises Unavailable or Misconfigured."""
    try:
        opened, _ = await child.call("open", {"way": way, "device": device, "latency_ms": latency_ms}, within_s=OPEN_S)
    except Late:
        child.kill()
        raise
    return opened


class DeviceOutlet:
    """`Outlet` of a device chosen by name, "" for the default. `run` opens it and opens it again when it went.

    `on_level` is called with the level handed to the device (dB below full scale, -100: silence), about ten times a
    second while something plays. What the system does after that (its own mute) is not known. `part` names its health.
    """

    page = False

    def __init__(
        self,
        device: str = "",
        *,
        latency_ms: int = 40,
        part: str = PART,
        child: Child | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.device = device
        self.player: str | None = None
        self.torn = 0
        """Blocks the device did not get in time, since the start."""
        self.on_level: Callable[[float], None] = lambda _db: None
        self._latency_ms = latency_ms
        self._part = part
        self._child: Child = child or worker("the sound device")
        self._child.on_event = self._told
        self._sleep = sleep
        self._name = device or "the default sound device"
        self._on_change: list[Callable[[], None]] = []
        self._gone = asyncio.Event()
        self._opened = 0
        self._plays = 0
        self._line = 0
        self._on_heard: OnHeard | None = None
        self._ducked = False
        self._health = Health(part, "starting", Notice("sound.device_opening", {"device": self._name}))

    # --- the outlet -------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self._name

    def listen(self, on_change: Callable[[], None]) -> None:
        self._on_change.append(on_change)

    def play(self, line: int, at_ms: int, on_heard: OnHeard) -> None:
        self._plays += 1
        self._line, self._on_heard = line, on_heard
        self._child.post("play", {"play": self._plays, "at": at_ms})

    def push(self, frame: bytes) -> None:
        self._child.post("push", self._plays, frame)

    def end(self) -> None:
        self._child.post("end", self._plays)

    def stop(self, fade_ms: int) -> None:
        self._on_heard = None
        self._child.post("stop", fade_ms)

    def duck(self, on: bool) -> None:  # noqa: FBT001 - the protocol
        self._ducked = on
        self._child.post("duck", on)

    # --- the device -------------------------------------------------------------------------------------------------

    def healths(self) -> Sequence[Health]:
        return [self._health]

    async def devices(self) -> list[Device]:
        """Those that could be chosen. Raises Unavailable or Misconfigured."""
        return await list_devices("output", self._child)

    async def run(self) -> None:
        """Opens the device, and again whenever it is lost, until cancelled."""
        try:
            while True:
                self._gone = asyncio.Event()
                try:
                    opened = await open_device(self._child, "output", self.device, self._latency_ms)
                except Misconfigured as wrong:
                    self._health = Health(
                        self._part, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix)
                    )
                except Unavailable as wrong:
                    self._unavailable(wrong.reason)
                else:
                    self._there(opened)
                    await self._until_gone()
                await self._sleep(AGAIN_S)
        finally:
            self._lost()

    async def aclose(self) -> None:
        self._lost()
        await self._child.aclose()

    async def _until_gone(self) -> None:
        """A child that dies says nothing: it is looked at."""
        while not self._gone.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.25):
                    await self._gone.wait()
            if not self._child.alive:
                self._unavailable("the process that plays ended")
                break
        self._lost()

    def _there(self, opened: dict[str, Any]) -> None:
        self._opened += 1
        self._name = str(opened["name"])
        self.player = f"device {self._opened}"
        self._health = Health(
            self._part,
            "ok",
            Notice("sound.device_plays", {"device": self._name}),
            latency_ms=float(opened["latency_ms"]),
        )
        self._child.post("duck", self._ducked)
        self._tell()

    def _lost(self) -> None:
        if self.player is not None:
            self.player = None
            self._on_heard = None
            self._tell()

    def _unavailable(self, reason: str) -> None:
        self._health = Health(
            self._part, "degraded", Notice("part.unavailable", {"reason": reason}, "fix.sound.device")
        )

    def _tell(self) -> None:
        for on_change in tuple(self._on_change):
            on_change()

    def _told(self, kind: str, data: Any, pcm: bytes) -> None:
        del pcm
        if kind == "heard":
            self._heard(data)
        elif kind == "level":
            self.on_level(float(data))
        elif kind == "torn":
            self.torn += int(data)
        elif kind == "lost" and self.player is not None:
            self._unavailable(f"{self._name}: {data}")
            self._lost()
            self._gone.set()

    def _heard(self, data: Any) -> None:
        on_heard = self._on_heard
        if on_heard is None or data["play"] != self._plays:
            return
        ended = bool(data["ended"])
        if ended:
            self._on_heard = None
        on_heard(Heard(self._line, int(data["ms"]), ended=ended, underrun_ms=int(data["under"])))
