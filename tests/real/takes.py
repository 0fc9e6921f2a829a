"""Recording, capturing and playing with a real OBS: each waits for the event that says it is so."""

import asyncio
import contextlib
import math
import os
import shutil
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamer.adapters.obs.link import ObsLink

STATE = "OBS_WEBSOCKET_OUTPUT_"
LIMIT_S = 25.0


@dataclass
class Heard:
    """The events of a link from now on, beside whoever else listens to it."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, name: str, data: dict[str, Any]) -> None:
        self.events.append((name, data))
        self._news.set()

    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    async def until(self, name: str, **fields: Any) -> dict[str, Any]:
        """The data of the first event of that name with these fields, also one that has been heard."""
        seen = 0
        async with asyncio.timeout(LIMIT_S):
            while True:
                for one, data in self.events[seen:]:
                    seen += 1
                    if one == name and fields.items() <= data.items():
                        return data
                self._news.clear()
                await self._news.wait()


@contextlib.contextmanager
def listening(link: ObsLink) -> Iterator[Heard]:
    heard, before = Heard(), link.on_event

    def both(name: str, data: dict[str, Any]) -> None:
        heard.note(name, data)
        before(name, data)

    link.on_event = both
    try:
        yield heard
    finally:
        link.on_event = before


@dataclass
class Take:
    """`path` is whole once the block is over. `began` is the loop's time of the first frame, to a frame or two."""

    path: Path = Path()
    began: float = 0.0


@contextlib.asynccontextmanager
async def recording(link: ObsLink) -> AsyncIterator[Take]:
    """Records while the block runs."""
    take = Take()
    with listening(link) as heard:
        await link.request("StartRecord")
        started = await heard.until("RecordStateChanged", outputState=STATE + "STARTED")
        take.began, take.path = asyncio.get_running_loop().time(), Path(started["outputPath"])
        try:
            yield take
        finally:
            await link.request("StopRecord")
            stopped = await heard.until("RecordStateChanged", outputState=STATE + "STOPPED")
            take.path = Path(stopped["outputPath"])


@contextlib.asynccontextmanager
async def streaming(link: ObsLink, folder: Path) -> AsyncIterator[Take]:
    """Streams to a server of our own while the block runs; `path` is the capture as it was sent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    take = Take(folder / f"capture-{port}.flv")
    ffmpeg = shutil.which("ffmpeg") or "ffmpeg"
    server = await asyncio.create_subprocess_exec(
        ffmpeg, "-v", "error", "-y", "-listen", "1", "-i", f"rtmp://127.0.0.1:{port}/live/show", "-c", "copy",
        str(take.path), stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await _listens(port)
        where = {"server": f"rtmp://127.0.0.1:{port}/live", "key": "show"}
        await link.request(
            "SetStreamServiceSettings", {"streamServiceType": "rtmp_custom", "streamServiceSettings": where}
        )
        with listening(link) as heard:
            await link.request("StartStream")
            await heard.until("StreamStateChanged", outputState=STATE + "STARTED")
            take.began = asyncio.get_running_loop().time()
            try:
                yield take
            finally:
                await link.request("StopStream")
                await heard.until("StreamStateChanged", outputState=STATE + "STOPPED")
        async with asyncio.timeout(LIMIT_S):
            await server.wait()
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def _listens(port: int) -> None:
    """Until ffmpeg listens. It takes one connection only, so the kernel's table is asked instead of the port."""
    wanted = f"0100007F:{port:04X}"
    async with asyncio.timeout(LIMIT_S):
        while True:
            rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
            if any(row.split()[1] == wanted and row.split()[3] == "0A" for row in rows):
                return
            await asyncio.sleep(0.02)


async def play_tone(
    pulse: str, seconds: float, *, hz: float = 440.0, sink: str = "speakers", volume: float = 0.5
) -> None:
    """A tone into a sink of a private PulseAudio (`RealObs.pulse`), for as long as it lasts."""
    rate = 48000
    data = struct.pack(
        f"<{int(rate * seconds)}h",
        *(int(32767 * volume * math.sin(2 * math.pi * hz * n / rate)) for n in range(int(rate * seconds))),
    )
    player = await asyncio.create_subprocess_exec(
        "pacat", "--playback", "--raw", "--format=s16le", f"--rate={rate}", "--channels=1", f"--device={sink}",
        "--latency-msec=50", stdin=asyncio.subprocess.PIPE, env=os.environ | {"PULSE_SERVER": pulse},
    )  # fmt: skip
    async with asyncio.timeout(seconds + LIMIT_S):
        await player.communicate(data)


async def add_microphone(link: ObsLink, name: str = "Mic", *, scene: str = "Scene") -> None:
    """An audio input that hears what is played into the sink `microphone`."""
    await link.request(
        "CreateInput",
        {"sceneName": scene, "inputName": name, "inputKind": "pulse_input_capture",
         "inputSettings": {"device_id": "microphone.monitor"}},
    )  # fmt: skip


async def add_colour(link: ObsLink, scene: str, rgb: int, *, name: str = "") -> None:
    """A scene filled with a colour (0xRRGGBB)."""
    with contextlib.suppress(Exception):
        await link.request("CreateScene", {"sceneName": scene})
    red, green, blue = rgb >> 16, rgb >> 8 & 255, rgb & 255
    settings = {"color": 0xFF000000 | blue << 16 | green << 8 | red, "width": 640, "height": 360}
    await link.request(
        "CreateInput",
        {"sceneName": scene, "inputName": name or f"{scene} colour", "inputKind": "color_source_v3",
         "inputSettings": settings},
    )  # fmt: skip
