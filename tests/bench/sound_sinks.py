"""`device_heard_ms`, `device_silent_ms`, `device_torn`, `obs_heard_ms`, `obs_silent_ms`: from sound that is sent to
sound that is heard, and from a stop to silence, for each sink that is no page.

A device is heard at the monitor of a PulseAudio null sink; OBS by its own level meters, which come every 50 ms: a
figure of OBS is right to that. `device_torn`: holes in a tone of 20 s while the loop of the show stands still for 30 ms
each 50 ms, with the device in the show's own process and in the child.
"""

import asyncio
import contextlib
import ctypes.util
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from streamer.adapters.audio.common import Outlet
from streamer.adapters.audio.device import DeviceOutlet
from streamer.adapters.audio.device.outlet import CHILD
from streamer.adapters.audio.obs_media import ObsMediaOutlet
from streamer.adapters.worker import Worker
from streamer.ports import FRAME_BYTES, FRAME_MS
from tests.adapters.audio.contract import tone
from tests.bench.report import Spread, spread
from tests.bench.stage_sound import Ear
from tests.e2e.pulse import RATE_HZ as EAR_HZ
from tests.e2e.pulse import SINK
from tests.real.obs import RealObs

LOUD = 1_000
LATENCIES_MS = (20, 40, 80)
STALL_S, EVERY_S = 0.03, 0.05
HOLE_MS = 3
HERE = "tests.bench.sound_sinks_here"


def missing(what: str) -> str:
    """What this machine lacks to measure `device` or `obs`, or nothing."""
    if sys.platform != "linux":
        return "PulseAudio's null sink is for Linux only"
    programs = ("pulseaudio", "parec") if what == "device" else ("obs", "Xvfb")
    for name in programs:
        if shutil.which(name) is None:
            return f"needs {name} (python3 run.py test installs it)"
    if what == "device" and ctypes.util.find_library("portaudio") is None:
        return "needs libportaudio2 (python3 run.py test installs it)"
    return ""


def child_env(ear: Ear) -> dict[str, str]:
    return {**ear.env, "PULSE_SINK": SINK}


@contextlib.asynccontextmanager
async def a_device(ear: Ear, latency_ms: int) -> AsyncIterator[DeviceOutlet]:
    """A device that plays into the ear."""
    worker = Worker(CHILD, name="the bench", loads="sounddevice", env=child_env(ear))
    outlet = DeviceOutlet("pulse", latency_ms=latency_ms, child=worker)
    async with running(outlet):
        yield outlet
    await outlet.aclose()


@contextlib.asynccontextmanager
async def running(outlet: DeviceOutlet | ObsMediaOutlet) -> AsyncIterator[None]:
    task = asyncio.create_task(outlet.run())
    try:
        async with asyncio.timeout(30):
            while outlet.player is None:
                await asyncio.sleep(0.02)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def play(outlet: Outlet, pcm: bytes) -> float:
    """In real time but for a first 300 ms; when the first frame was sent."""
    outlet.play(1, 0, lambda _heard: None)
    began = time.perf_counter()
    for number, at in enumerate(range(0, len(pcm), FRAME_BYTES)):
        wait = number * FRAME_MS / 1000 - 0.3 - (time.perf_counter() - began)
        if wait > 0:
            await asyncio.sleep(wait)
        outlet.push(pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))
    return began


async def device_spans(latency_ms: int, takes: int) -> tuple[list[float], list[float]]:
    """(send -> heard, stop -> silent) of each take, ms."""
    heard: list[float] = []
    silent: list[float] = []
    with tempfile.TemporaryDirectory(prefix="ear-") as folder:
        async with Ear(Path(folder)) as ear:
            await ear.record()
            async with a_device(ear, latency_ms) as outlet:
                for _ in range(takes):
                    mark = len(ear.heard) // 2
                    began = await play(outlet, tone(600, level=0.3))
                    await asyncio.sleep(0.12)
                    stopped = time.perf_counter()
                    outlet.stop(15)
                    await asyncio.sleep(0.4 + latency_ms / 1000)
                    loud = [n for n, x in enumerate(ear.samples(mark)) if abs(x) > LOUD]
                    if loud:
                        heard.append((ear.began + (mark + loud[0]) / EAR_HZ - began) * 1000)
                        silent.append((ear.began + (mark + loud[-1]) / EAR_HZ - stopped) * 1000)
    return heard, silent


async def devices(*, quick: bool = False) -> dict[str, dict[str, Spread]]:
    """By latency asked for: `device_heard_ms`, `device_silent_ms`."""
    out: dict[str, dict[str, Spread]] = {"device_heard_ms": {}, "device_silent_ms": {}}
    for latency_ms in LATENCIES_MS[1:2] if quick else LATENCIES_MS:
        heard, silent = await device_spans(latency_ms, 3 if quick else 20)
        out["device_heard_ms"][f"{latency_ms} ms"] = spread(heard)
        out["device_silent_ms"][f"{latency_ms} ms"] = spread(silent)
    return out


def holes(samples: Sequence[int], rate_hz: int = EAR_HZ) -> tuple[int, int]:
    """(holes within the tone, milliseconds of them): silence between the first and the last loud sample."""
    loud = [n for n, x in enumerate(samples) if abs(x) > LOUD]
    gaps = [b - a for a, b in pairwise(loud) if b - a > rate_hz * HOLE_MS // 1000]
    return len(gaps), round(sum(gaps) * 1000 / rate_hz)


async def torn(*, in_process: bool, seconds: float = 20.0, latency_ms: int = 40) -> dict[str, int]:
    """Of a tone, while the loop stands: `holes`, `ms` of them. In the show's own process the device's callback waits
    for the interpreter."""
    with tempfile.TemporaryDirectory(prefix="ear-") as folder:
        async with Ear(Path(folder)) as ear:
            await ear.record()
            mark = len(ear.heard) // 2
            if in_process:
                here = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", HERE, str(seconds), str(latency_ms), str(STALL_S), str(EVERY_S),
                    env=child_env(ear), stderr=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
                await here.wait()
            else:
                async with a_device(ear, latency_ms) as outlet:
                    stalling = asyncio.create_task(_stall())
                    await play(outlet, tone(round(seconds * 1000), level=0.3))
                    await asyncio.sleep(0.5)
                    stalling.cancel()
            await asyncio.sleep(0.3)
            count, ms = holes(ear.samples(mark))
    return {"holes": count, "ms": ms}


async def _stall() -> None:
    while True:
        busy(STALL_S)
        await asyncio.sleep(EVERY_S - STALL_S)


def busy(seconds: float) -> None:
    """Holds the interpreter as C code that does not let go of it: sorting does."""
    until = time.perf_counter() + seconds
    rows = [(n * 7919) % 10_007 for n in range(60_000)]
    while time.perf_counter() < until:
        sorted(rows)


async def obs_media(*, quick: bool = False) -> dict[str, Spread]:
    """`obs_heard_ms`, `obs_silent_ms`: at OBS's mixer, with its clock of 50 ms."""
    heard: list[float] = []
    silent: list[float] = []
    levels: list[tuple[float, float]] = []

    def note(rows: list[dict[str, Any]]) -> None:
        ours = [row["inputLevelsMul"] for row in rows if row["inputName"] == media.source]
        levels.extend((time.perf_counter(), max((each[1] for each in row), default=0.0)) for row in ours)

    with tempfile.TemporaryDirectory(prefix="obs-") as folder:
        obs = RealObs(Path(folder) / "o", fps=30, audio=True)
        obs.start()
        try:
            async with obs.connected(meters=True) as link:
                link.on_meters = note
                media = ObsMediaOutlet(link=lambda: link)
                async with running(media):
                    await asyncio.sleep(1)
                    for _ in range(3 if quick else 20):
                        levels.clear()
                        began = await play(media, tone(600, level=0.3))
                        await asyncio.sleep(0.1)
                        stopped = time.perf_counter()
                        media.stop(15)
                        await asyncio.sleep(0.5)
                        loud = [at for at, level in levels if level > 0.02]
                        if loud:
                            heard.append((loud[0] - began) * 1000)
                            silent.append((loud[-1] - stopped) * 1000)
        finally:
            obs.stop()
    return {"obs_heard_ms": spread(heard), "obs_silent_ms": spread(silent)}
