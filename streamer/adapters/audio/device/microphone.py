"""The host's microphone on this machine, through a child process: 16,000 Hz, mono, 20 ms a frame."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from streamer.adapters.audio.device.names import Device
from streamer.adapters.audio.device.outlet import Child, list_devices, open_device, worker
from streamer.ports import FRAME_MS, Health, Misconfigured, Notice, Unavailable

PART: Final = "ears.device"
LATENCY_MS: Final = 20
HELD: Final = 100
"""Frames kept while the loop is busy: 2 s. What is older is of no use to anybody."""
AGAIN_S: Final = 2.0
DEAD_S: Final = 3.0
"""A connected microphone has noise; nothing but zeros for so long is a mute, or a system that does not let us."""
ZEROS_FIX: Final = {
    "darwin": "fix.ears.zeros_macos",
    "win32": "fix.ears.zeros_windows",
}


class DeviceMicrophone:
    """`Microphone` of a device chosen by name, "" for the default.

    `frames` is the port: it raises when the device went, and may be called again. `keep` does that by itself.
    """

    def __init__(
        self,
        device: str = "",
        *,
        child: Child | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        platform: str = sys.platform,
    ) -> None:
        self.device = device
        self.name = device or "the default microphone"
        self.dropped = 0
        """Frames that came while nobody took them."""
        self.health = Health(PART, "starting", Notice("ears.device_opening", {"device": self.name}))
        self._child: Child = child or worker("the microphone")
        self._child.on_event = self._told
        self._sleep = sleep
        self._fix = ZEROS_FIX.get(platform, "fix.ears.zeros")
        self._frames: asyncio.Queue[bytes | Unavailable] = asyncio.Queue()
        self._zeros = 0

    async def devices(self) -> list[Device]:
        """Those that could be chosen. Raises Unavailable or Misconfigured."""
        return await list_devices("input", self._child)

    async def frames(self) -> AsyncIterator[bytes]:
        """20 ms each, until cancelled or closed. Raises Unavailable when the device is gone or cannot be opened,
        Misconfigured when somebody has to do something."""
        self._frames = asyncio.Queue()
        self._zeros = 0
        opened = await open_device(self._child, "input", self.device, LATENCY_MS)
        self.name = str(opened["name"])
        self._well()
        try:
            while True:
                try:
                    async with asyncio.timeout(1.0):
                        frame = await self._frames.get()
                except TimeoutError:
                    if not self._child.alive:
                        raise Unavailable(f"{self.name}: the process that listens ended") from None
                    continue
                if isinstance(frame, Unavailable):
                    raise frame
                self._look(frame)
                yield frame
        finally:
            self._child.post("close")

    async def keep(self, on_frame: Callable[[bytes], None], tell: Callable[[Health], None]) -> None:
        """Every frame, for as long as it is not cancelled: a device that went is opened again when it is back."""
        while True:
            try:
                tell(self.health)
                told = self.health
                async for frame in self.frames():
                    on_frame(frame)
                    if self.health is not told:
                        told = self.health
                        tell(told)
            except Misconfigured as wrong:
                self.health = Health(PART, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))
            except Unavailable as wrong:
                self.health = Health(
                    PART, "degraded", Notice("part.unavailable", {"reason": wrong.reason}, "fix.ears.device")
                )
            tell(self.health)
            await self._sleep(AGAIN_S)

    async def aclose(self) -> None:
        await self._child.aclose()

    def _told(self, kind: str, data: Any, pcm: bytes) -> None:
        if kind == "frame":
            if self._frames.qsize() >= HELD:
                self._frames.get_nowait()
                self.dropped += 1
            self._frames.put_nowait(pcm)
        elif kind == "dropped":
            self.dropped += int(data)
        elif kind == "lost":
            self._frames.put_nowait(Unavailable(f"{self.name}: {data}"))

    def _look(self, frame: bytes) -> None:
        if frame.strip(b"\0"):
            if self._zeros * FRAME_MS >= DEAD_S * 1000:
                self._well()
            self._zeros = 0
            return
        self._zeros += 1
        if self._zeros * FRAME_MS == DEAD_S * 1000:
            self.health = Health(PART, "degraded", Notice("ears.device_zeros", {"device": self.name}, self._fix))

    def _well(self) -> None:
        self.health = Health(PART, "ok", Notice("ears.device_hears", {"device": self.name}))
