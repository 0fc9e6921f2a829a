"""A device and a microphone through the real PortAudio, into and out of a private PulseAudio: heard from outside."""

import array
import asyncio
import contextlib
import math
import os
import signal
import statistics
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from streamer.adapters.audio.device import DeviceMicrophone, DeviceOutlet
from streamer.adapters.audio.device.outlet import CHILD
from streamer.adapters.worker import Worker
from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ, Health, Unavailable
from tests.adapters.audio.contract import Told, feed, send, tone
from tests.adapters.audio.test_contract import played_into, portaudio, running
from tests.e2e.pulse import RATE_HZ, Pulse, rms
from tests.real.takes import play_tone

pytestmark = pytest.mark.slow


@pytest.fixture
async def pulse(needs: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Pulse]:
    portaudio(needs)
    async with Pulse(tmp_path / "p", piece_ms=10, prompt=True) as pulse:
        await pulse.record()
        yield pulse


def child(pulse: Pulse) -> Worker:
    return Worker(CHILD, name="test", loads="sounddevice", env=played_into(pulse))


async def until(fits: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not fits():
            await asyncio.sleep(0.02)


def frequency(samples: array.array, rate_hz: int) -> float:
    """Of a tone: the median of 50 ms pieces by their rising zero crossings. A busy machine tears holes into some."""
    found: list[float] = []
    size = rate_hz // 20
    for at in range(0, len(samples) - size, size):
        piece = samples[at : at + size]
        rises = [n for n in range(1, size) if piece[n - 1] < 0 <= piece[n]]
        if len(rises) > 2:
            found.append((len(rises) - 1) * rate_hz / (rises[-1] - rises[0]))
    return statistics.median(found) if found else 0.0


async def test_it_is_heard_ducked_and_stopped(pulse: Pulse) -> None:
    levels: list[float] = []
    device = DeviceOutlet("pulse", latency_ms=100, child=child(pulse))
    device.on_level = levels.append
    async with running(device):
        told = Told()
        mark = len(pulse.heard) // 2
        device.play(1, 0, told)
        await feed(device, told, 800)
        device.end()
        await told.ended()
        await asyncio.sleep(0.3)
        heard = pulse.samples(mark)
        loud = [n for n, x in enumerate(heard) if abs(x) > 1_000]
        middle = heard[loud[0] + RATE_HZ // 10 : loud[0] + RATE_HZ // 2]
        assert frequency(middle, RATE_HZ) == pytest.approx(440, abs=8)
        assert (loud[-1] - loud[0]) / RATE_HZ == pytest.approx(0.8, abs=0.35)
        full = max(rms(heard[at : at + 800]) for at in range(loud[0], loud[-1] - 800, 800))
        assert max(levels) == pytest.approx(20 * math.log10(0.4 / math.sqrt(2)), abs=1)

        device.duck(True)
        mark, told = len(pulse.heard) // 2, Told()
        device.play(2, 0, told)
        await feed(device, told, 600)
        device.end()
        await told.ended()
        await asyncio.sleep(0.3)
        heard = pulse.samples(mark)
        ducked = max(rms(heard[at : at + 800]) for at in range(0, len(heard) - 800, 800))
        assert 20 * math.log10(ducked / full) == pytest.approx(-12, abs=1.5)
        device.duck(False)

        told = Told()
        device.play(3, 0, told)
        send(device, tone(3_000))
        await until(lambda: told.rows)
        device.stop(15)
        await asyncio.sleep(0.6)  # what the device and the recorder hold
        mark = len(pulse.heard) // 2
        await asyncio.sleep(0.5)
        assert max(map(abs, pulse.samples(mark)), default=0) < 50
    await device.aclose()


async def test_a_wrong_name_is_answered_with_the_nearest(pulse: Pulse) -> None:
    device = DeviceOutlet("pulze", child=child(pulse))
    task = asyncio.create_task(device.run())
    await until(lambda: device.healths()[0].state == "broken")
    assert device.healths()[0].notice.params["reason"] == 'there is no sound device "pulze"'
    assert device.healths()[0].notice.fix.startswith('choose "pulse"')
    assert {"pulse", "default"} <= {each.name for each in await device.devices()}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await device.aclose()


async def test_a_device_that_goes_is_noticed_and_taken_again(needs: Callable[[str], str], tmp_path: Path) -> None:
    portaudio(needs)
    folder = tmp_path / "p"
    async with Pulse(folder, piece_ms=10, prompt=True) as first:
        await first.record()
        device = DeviceOutlet("pulse", latency_ms=100, child=child(first))
        task = asyncio.create_task(device.run())
        await until(lambda: device.player)
        assert first._daemon is not None
        first._daemon.send_signal(signal.SIGKILL)
        first._daemon.wait()
        await until(lambda: device.player is None)
        assert device.healths()[0].state == "degraded"
    (folder / "native").unlink(missing_ok=True)
    async with Pulse(folder, piece_ms=10, prompt=True) as second:
        await second.record()
        await until(lambda: device.player is not None, 30)
        told = Told()
        device.play(1, 0, told)
        await feed(device, told, 200)
        device.end()
        await told.ended()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await device.aclose()


async def test_a_child_that_is_killed_is_replaced(pulse: Pulse) -> None:
    worker = child(pulse)
    device = DeviceOutlet("pulse", latency_ms=100, child=worker)
    async with running(device):
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGTERM)
        await until(lambda: device.player is None)
        await until(lambda: device.player == "device 2", 30)
    await device.aclose()


async def test_a_microphone_hears_what_sounds_and_comes_back(needs: Callable[[str], str], tmp_path: Path) -> None:
    portaudio(needs)
    folder = tmp_path / "p"
    frames: list[bytes] = []
    told: list[Health] = []
    async with Pulse(folder, piece_ms=10, prompt=True) as first:
        await first.record()
        microphone = DeviceMicrophone("pulse", child=child(first))
        task = asyncio.create_task(microphone.keep(frames.append, told.append))
        await until(lambda: len(frames) > 10)
        await play_tone(first.env["PULSE_SERVER"], 0.8, sink="stage", volume=0.5)
        await asyncio.sleep(0.3)
        samples = array.array("h", b"".join(frames))
        loud = [n for n, x in enumerate(samples) if abs(x) > 3_000]
        assert {len(each) for each in frames} == {EAR_FRAME_BYTES}
        middle = samples[loud[0] + EAR_RATE_HZ // 10 : loud[0] + EAR_RATE_HZ // 2]
        assert frequency(middle, EAR_RATE_HZ) == pytest.approx(440, abs=8)
        assert told[-1].state == "ok"
        assert first._daemon is not None
        first._daemon.send_signal(signal.SIGKILL)
        first._daemon.wait()
        await until(lambda: told[-1].state == "degraded")
    (folder / "native").unlink(missing_ok=True)
    async with Pulse(folder, piece_ms=10, prompt=True) as second:
        await second.record()
        count = len(frames)
        await until(lambda: len(frames) > count + 10, 30)
        assert told[-1].state == "ok"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await microphone.aclose()


async def test_without_a_sound_system_there_is_a_sentence(needs: Callable[[str], str], tmp_path: Path) -> None:
    portaudio(needs)
    env = {"PULSE_SERVER": f"unix:{tmp_path}/nobody", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    worker = Worker(CHILD, name="test", loads="sounddevice", env=env)
    microphone = DeviceMicrophone("pulse", child=worker)
    with pytest.raises(Unavailable) as caught, contextlib.suppress(StopAsyncIteration):
        await anext(aiter(microphone.frames()))
    assert caught.value.reason
    await microphone.aclose()
