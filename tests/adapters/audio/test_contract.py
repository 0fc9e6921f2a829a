"""The contract of outlets, over all there are: each in real time, with the real thing behind it where it can be had."""

import asyncio
import contextlib
import ctypes.util
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from streamer.adapters.audio.device import DeviceOutlet
from streamer.adapters.audio.device.outlet import CHILD
from streamer.adapters.audio.obs_media import ObsMediaOutlet
from streamer.adapters.audio.silent import SilentClock
from streamer.adapters.worker import Worker
from streamer.web.sinkroom import SinkRoom
from tests.adapters.audio.contract import OutletContract
from tests.e2e.pulse import Pulse
from tests.fakes.sink_page import SinkPage
from tests.real.obs import RealObs


async def test_the_silent_clock() -> None:
    clock = SilentClock()
    await OutletContract().check(clock)
    clock.stop(0)


async def test_a_page() -> None:
    """As the protocol asks for it, over a real socket. Chromium plays in tests/overlays/test_sink.py."""
    room = SinkRoom(epoch=1)

    async def serve(request: web.Request) -> web.WebSocketResponse:
        return await room.serve(request, "stage", "")

    app = web.Application()
    app.router.add_get("/ws/sink", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        page = await SinkPage(f"ws://127.0.0.1:{runner.addresses[0][1]}", "x").open(session)
        await page.until(lambda: page.holder)
        contract = OutletContract()
        contract.tears = False  # this page says nothing of underruns
        await contract.check(room)
        await page.close()
    room.close(wait_s=0)
    await runner.cleanup()


def portaudio(needs: Callable[[str], str]) -> None:
    """Skips without PortAudio, a sound server to play into, or its way through ALSA."""
    if sys.platform != "linux":
        pytest.skip("PulseAudio's null sink is for Linux only")
    for part in ("pulseaudio", "parec"):
        needs(part)
    if ctypes.util.find_library("portaudio") is None:
        pytest.skip("needs portaudio, which this machine does not have")


def played_into(pulse: Pulse) -> dict[str, str]:
    """The environment of a child that plays into it, without the patience that the browser gets."""
    given = {key: value for key, value in pulse.env.items() if key != "PULSE_LATENCY_MSEC"}
    return given | {"PULSE_SINK": "stage", "PULSE_SOURCE": "stage.monitor"}


@pytest.mark.slow
async def test_a_device(needs: Callable[[str], str], tmp_path: Path) -> None:
    """PortAudio, ALSA and PulseAudio as on a Linux desktop."""
    portaudio(needs)
    async with Pulse(tmp_path / "p", piece_ms=10, prompt=True) as pulse:
        await pulse.record()  # a null sink that nobody hears works in blocks of 2 s
        device = DeviceOutlet(
            "pulse", latency_ms=100, child=Worker(CHILD, name="test", loads="sounddevice", env=played_into(pulse))
        )
        async with running(device):
            await OutletContract().check(device)
        await device.aclose()


@pytest.mark.slow
@pytest.mark.needs("obs", "xvfb")
async def test_a_media_source_of_a_real_obs(real_obs: RealObs) -> None:
    async with real_obs.connected() as link:
        media = ObsMediaOutlet(f"Voices {os.getpid()}", link=lambda: link)
        try:
            async with running(media):
                await OutletContract().check(media)
        finally:
            await link.request("RemoveInput", {"inputName": media.source})


@contextlib.asynccontextmanager
async def running(outlet: DeviceOutlet | ObsMediaOutlet) -> AsyncIterator[None]:
    """With a player."""
    task = asyncio.create_task(outlet.run())
    try:
        async with asyncio.timeout(25):
            while outlet.player is None:
                await asyncio.sleep(0.02)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
