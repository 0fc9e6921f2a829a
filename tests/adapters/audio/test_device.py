"""The outlet and the microphone of a device, over a child that does as told: lost, back, refused, muted."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from streamer.adapters.audio.common import Track
from streamer.adapters.audio.device import DeviceMicrophone, DeviceOutlet, MicrophoneDevice, SoundDevice
from streamer.adapters.audio.silent import SilentClock
from streamer.adapters.worker import Late
from streamer.ports import EAR_FRAME_BYTES, Health, Heard, Misconfigured, Unavailable
from tests.virtual_time import run_virtual

FRAME = b"\1\2" * 480
NOISE = b"\3\0" * (EAR_FRAME_BYTES // 2)
ZEROS = bytes(EAR_FRAME_BYTES)


class FakeChild:
    """`refuses`: what opening raises, one after the other; then it opens."""

    def __init__(self, *refuses: Exception) -> None:
        self.on_event: Callable[[str, Any, bytes], None] = lambda _kind, _data, _pcm: None
        self.alive = True
        self.posted: list[tuple[str, Any]] = []
        self.opened: list[dict[str, Any]] = []
        self.closed = False
        self.kills = 0
        self._refuses = list(refuses)

    async def call(self, kind: str, data: Any = None, pcm: bytes = b"", *, within_s: float = 10.0) -> tuple[Any, bytes]:
        await asyncio.sleep(0.05)
        if kind == "devices":
            return [{"name": "Speakers", "index": 0, "channels": 2, "rate_hz": 48_000, "default": True}], b""
        assert kind == "open"
        self.opened.append(data)
        if self._refuses:
            raise self._refuses.pop(0)
        self.alive = True
        return {"name": "Speakers", "rate_hz": 48_000, "latency_ms": 40.0}, b""

    def post(self, kind: str, data: Any = None, pcm: bytes = b"") -> None:
        self.posted.append((kind, data))

    def kill(self) -> None:
        self.kills += 1
        self.alive = False

    async def aclose(self) -> None:
        self.closed = True


@contextlib.asynccontextmanager
async def running(work: Any):
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# --- the outlet -------------------------------------------------------------------------------------------------------


def test_it_plays_through_the_child_and_takes_its_word_for_what_was_heard():
    async def main() -> None:
        child, heard = FakeChild(), list[Heard]()
        outlet = DeviceOutlet(child=child)
        changes: list[str | None] = []
        outlet.listen(lambda: changes.append(outlet.player))
        assert (outlet.player, outlet.healths()[0].state) == (None, "starting")
        async with running(outlet.run()):
            await asyncio.sleep(0.1)
            assert (outlet.name, changes, outlet.healths()[0].state) == ("Speakers", ["device 1"], "ok")
            outlet.play(9, 200, heard.append)
            outlet.push(FRAME)
            outlet.end()
            assert child.posted[-3:] == [("play", {"play": 1, "at": 200}), ("push", 1), ("end", 1)]
            child.on_event("heard", {"play": 1, "ms": 210, "under": 0, "ended": False}, b"")
            child.on_event("heard", {"play": 7, "ms": 900, "under": 0, "ended": True}, b"")
            child.on_event("heard", {"play": 1, "ms": 220, "under": 30, "ended": True}, b"")
            assert heard == [Heard(9, 210), Heard(9, 220, ended=True, underrun_ms=30)]
            outlet.play(10, 0, heard.append)
            outlet.stop(15)
            assert child.posted[-1] == ("stop", 15)
            child.on_event("heard", {"play": 2, "ms": 20, "under": 0, "ended": False}, b"")
            assert len(heard) == 2
            child.on_event("torn", 3, b"")
            assert outlet.torn == 3
        assert outlet.player is None
        await outlet.aclose()
        assert child.closed

    run_virtual(main())


@pytest.mark.parametrize("how", ["told", "died"])
def test_an_unplugged_device_is_left_and_taken_again_when_it_is_back(how: str):
    async def main() -> None:
        child = FakeChild()
        outlet = DeviceOutlet("Speakers", child=child)
        track = Track([outlet, SilentClock()])
        async with running(outlet.run()):
            await asyncio.sleep(0.1)
            assert track.name == "Speakers"
            child._refuses = [Unavailable("Speakers cannot be opened"), Misconfigured("there is no", fix="choose one")]
            if how == "told":
                child.on_event("lost", "the device stopped", b"")
            else:
                child.alive = False
            await asyncio.sleep(0.4)
            assert outlet.player is None
            assert outlet.healths()[0].state == "degraded"
            await asyncio.sleep(0.5)
            assert track.name == "silent clock"
            await asyncio.sleep(3.5)
            assert outlet.healths()[0] == Health("sound.device", "broken", outlet.healths()[0].notice)
            assert outlet.healths()[0].notice.fix == "choose one"
            await asyncio.sleep(2.5)
            assert (outlet.player, track.name) == ("device 2", "Speakers")
        track.close()

    run_virtual(main())


def test_a_child_that_hangs_while_it_opens_is_killed_and_one_that_refuses_is_not():
    async def main() -> None:
        for refusal, kills in ((Late("did not answer within 8 s"), 1), (Unavailable("taken"), 0)):
            child = FakeChild(refusal)
            async with running((outlet := DeviceOutlet(child=child)).run()):
                await asyncio.sleep(0.1)
                assert (child.kills, outlet.healths()[0].state) == (kills, "degraded")
                await asyncio.sleep(2.1)
                assert (child.kills, outlet.player) == (kills, "device 1")
            child = FakeChild(refusal)
            async with running(DeviceMicrophone(child=child).keep(lambda _frame: None, lambda _health: None)):
                await asyncio.sleep(0.1)
                assert child.kills == kills
                await asyncio.sleep(2.1)
                assert (child.kills, len(child.opened)) == (kills, 2)

    run_virtual(main())


def test_a_line_goes_on_at_the_next_outlet_from_where_the_device_was_heard():
    async def main() -> None:
        child, heard = FakeChild(), list[Heard]()
        outlet = DeviceOutlet(child=child)
        track = Track([outlet, SilentClock()])
        async with running(outlet.run()):
            await asyncio.sleep(0.1)
            track.begin(1, "mika", heard.append)
            writing = asyncio.create_task(write(track, 50))
            await asyncio.sleep(0.05)
            child.on_event("heard", {"play": 1, "ms": 300, "under": 0, "ended": False}, b"")
            await asyncio.sleep(0.05)
            child.on_event("lost", "the device stopped", b"")
            child.on_event("heard", {"play": 1, "ms": 900, "under": 0, "ended": True}, b"")
            assert (await writing).ms == 1_000
            assert [at.ms for at in heard] == sorted(at.ms for at in heard)
            assert sum(at.ended for at in heard) == 1
        track.close()

    run_virtual(main())


async def write(track: Track, frames: int) -> Heard:
    for _ in range(frames):
        await track.write(FRAME)
    return await track.finish()


def test_a_duck_is_told_to_a_device_that_comes_back():
    async def main() -> None:
        child = FakeChild()
        outlet = DeviceOutlet(child=child)
        outlet.duck(True)
        async with running(outlet.run()):
            await asyncio.sleep(0.1)
            assert child.posted[-1] == ("duck", True)

    run_virtual(main())


def test_the_devices_for_the_panel():
    async def main() -> None:
        found = await DeviceOutlet(child=FakeChild()).devices()
        assert [(each.name, each.default) for each in found] == [("Speakers", True)]

    run_virtual(main())


def test_what_settings_open():
    assert SoundDevice(device="CABLE").open().device == "CABLE"
    assert MicrophoneDevice(device="Yeti").open().name == "Yeti"
    assert SoundDevice().open(part="sound.device.mika").healths()[0].part == "sound.device.mika"


# --- the microphone ---------------------------------------------------------------------------------------------------


def test_frames_come_as_the_child_sends_them_until_the_device_is_gone():
    async def main() -> None:
        child, got = FakeChild(), list[bytes]()
        microphone = DeviceMicrophone(child=child)

        async def listen() -> None:
            async for frame in microphone.frames():
                got.append(frame)

        task = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        assert child.opened == [{"way": "input", "device": "", "latency_ms": 20}]
        for _ in range(3):
            child.on_event("frame", None, NOISE)
        await asyncio.sleep(0.1)
        assert got == [NOISE] * 3
        assert microphone.name == "Speakers"
        child.on_event("lost", "the device stopped", b"")
        with pytest.raises(Unavailable, match="Speakers: the device stopped"):
            await task
        assert child.posted[-1] == ("close", None)

    run_virtual(main())


def test_a_child_that_dies_ends_the_frames():
    async def main() -> None:
        child = FakeChild()
        microphone = DeviceMicrophone(child=child)

        async def listen() -> None:
            async for _ in microphone.frames():
                pass

        task = asyncio.create_task(listen())
        await asyncio.sleep(0.1)
        child.alive = False
        with pytest.raises(Unavailable, match="ended"):
            await task

    run_virtual(main())


def test_a_busy_loop_gets_the_newest_two_seconds():
    async def main() -> None:
        child, got = FakeChild(), list[bytes]()
        microphone = DeviceMicrophone(child=child)

        async def listen() -> None:
            async for frame in microphone.frames():
                got.append(frame)

        async with running(listen()):
            await asyncio.sleep(0.1)
            for number in range(250):
                child.on_event("frame", None, number.to_bytes(4, "little") * 160)
            await asyncio.sleep(0.1)
            child.on_event("dropped", 2, b"")
        assert [int.from_bytes(each[:4], "little") for each in got] == list(range(150, 250))
        assert microphone.dropped == 152

    run_virtual(main())


def test_it_is_opened_again_by_itself_and_each_state_is_told():
    async def main() -> None:
        child = FakeChild(
            Misconfigured("sounddevice is not installed", fix="python3 run.py add device"),
            Unavailable("Yeti is taken by another program, or was just unplugged"),
        )
        microphone = DeviceMicrophone("Yeti", child=child)
        told: list[Health] = []
        got: list[bytes] = []
        async with running(microphone.keep(got.append, told.append)):
            await asyncio.sleep(5)
            child.on_event("frame", None, NOISE)
            await asyncio.sleep(0.1)
            child.on_event("lost", "the device stopped", b"")
            await asyncio.sleep(3)
            child.on_event("frame", None, NOISE)
            await asyncio.sleep(0.1)
        states = [each.state for each in told]
        assert states[:3] == ["starting", "broken", "broken"]
        assert {"degraded", "ok"} <= set(states)
        assert states[-1] == "ok"
        assert told[1].notice.fix == "python3 run.py add device"
        assert got == [NOISE, NOISE]

    run_virtual(main())


@pytest.mark.parametrize(
    ("platform", "fix"),
    [("darwin", "fix.ears.zeros_macos"), ("win32", "fix.ears.zeros_windows"), ("linux", "fix.ears.zeros")],
)
def test_nothing_but_zeros_is_a_mute_or_a_permission(platform: str, fix: str):
    async def main() -> None:
        child = FakeChild()
        microphone = DeviceMicrophone(child=child, platform=platform)
        told: list[Health] = []
        async with running(microphone.keep(lambda _frame: None, told.append)):
            await asyncio.sleep(0.1)
            for frame in [NOISE, *[ZEROS] * 149]:
                child.on_event("frame", None, frame)
                await asyncio.sleep(0.02)
            assert told[-1].state == "ok"
            child.on_event("frame", None, ZEROS)
            await asyncio.sleep(0.02)
            assert (told[-1].state, told[-1].notice.fix) == ("degraded", fix)
            child.on_event("frame", None, NOISE)
            await asyncio.sleep(0.02)
            assert told[-1].state == "ok"

    run_virtual(main())
