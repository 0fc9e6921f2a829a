"""What the child makes of PortAudio's answers: other rates, other channels, refusals; `sounddevice` is played."""

import array
import math
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.adapters.audio.device import portaudio
from streamer.adapters.audio.device.child import Listener, Resampler, Speaker, _Child
from streamer.adapters.audio.device.portaudio import IN_USE, LIBRARY_FIX, opened
from streamer.adapters.worker_child import ChildMisconfigured, ChildUnavailable, Head, Reply
from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ, RATE_HZ

BAD_RATE, BAD_CHANNELS = -9997, -9998


class PortAudioError(Exception):
    pass


class FakeSound:
    """`takes`: the (rate, channels) its only device takes; `code`: what it answers to everything else."""

    PortAudioError = PortAudioError

    def __init__(self, *takes: tuple[int, int], code: int = BAD_RATE, silent_system: bool = False) -> None:
        self.takes, self.code, self.silent_system = takes, code, silent_system
        self.tried: list[tuple[int, int]] = []
        self.default = SimpleNamespace(device=(0, 0))
        self.loaded = 0

    def _terminate(self) -> None:
        pass

    def _initialize(self) -> None:
        self.loaded += 1
        if self.silent_system:
            raise PortAudioError("Unanticipated host error", -9999)

    def query_devices(self) -> list[dict[str, Any]]:
        return [{"index": 0, "name": "Yeti", "hostapi": 0, "max_output_channels": 2, "max_input_channels": 2,
                 "default_samplerate": 48_000.0}]  # fmt: skip

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA", "default_output_device": 0, "default_input_device": 0}]

    def _stream(self, **given: Any) -> Any:
        self.tried.append((given["samplerate"], given["channels"]))
        if self.tried[-1] not in self.takes:
            raise PortAudioError("Error opening", self.code)
        assert given["dtype"] == "int16"
        assert given["blocksize"] == given["samplerate"] // 100
        return SimpleNamespace(
            start=lambda: None, close=lambda **_: None, abort=lambda **_: None, latency=0.04, time=5.0
        )

    RawOutputStream = RawInputStream = _stream


def owner(rate: int, channels: int) -> Any:
    return SimpleNamespace(callback=None, finished=None, closing=False, rate=rate, channels=channels)


def test_the_wanted_rate_goes_first():
    sound = FakeSound((RATE_HZ, 1))
    device, rate, channels, _ = opened(sound, "output", "", RATE_HZ, 40, owner)
    assert (device.name, rate, channels) == ("Yeti", RATE_HZ, 1)
    assert sound.loaded == 1, "the list of devices is made anew"


def test_a_device_that_takes_only_its_own_rate_and_two_channels_gets_them():
    sound = FakeSound((48_000, 2))
    _, rate, channels, made = opened(sound, "output", "yeti", RATE_HZ, 40, owner)
    assert (rate, channels) == (48_000, 2)
    assert (made.rate, made.channels) == (48_000, 2)
    assert sound.tried[:2] == [(RATE_HZ, 1), (RATE_HZ, 2)]


def test_one_that_another_program_has_for_itself_is_not_tried_at_every_rate():
    sound = FakeSound(code=IN_USE)
    with pytest.raises(ChildUnavailable, match="Yeti is taken by another program, or was just unplugged"):
        opened(sound, "output", "", RATE_HZ, 40, owner)
    assert len({rate for rate, _ in sound.tried}) == len(sound.tried)


def test_one_that_takes_nothing_is_named():
    with pytest.raises(ChildUnavailable, match="Yeti cannot be opened: Error opening"):
        opened(FakeSound(), "output", "", RATE_HZ, 40, owner)


@pytest.mark.parametrize(("platform", "where"), [("win32", "Privacy & security"), ("darwin", "Privacy & Security")])
def test_a_microphone_the_system_keeps_from_us_says_where_to_allow_it(
    monkeypatch: pytest.MonkeyPatch, platform: str, where: str
):
    monkeypatch.setattr(portaudio.sys, "platform", platform)
    with pytest.raises(ChildMisconfigured, match="does not let us hear Yeti") as caught:
        opened(FakeSound(code=-9999), "input", "", EAR_RATE_HZ, 20, owner)
    assert where in caught.value.fix


def test_a_wrong_name_and_a_silent_system_are_said():
    with pytest.raises(ChildMisconfigured) as caught:
        opened(FakeSound(), "input", "Jeti", EAR_RATE_HZ, 20, owner)
    assert 'choose "Yeti"' in caught.value.fix
    with pytest.raises(ChildUnavailable, match="the sound system of this computer does not answer"):
        opened(FakeSound(silent_system=True), "input", "", EAR_RATE_HZ, 20, owner)


def test_without_the_library_its_package_is_named(monkeypatch: pytest.MonkeyPatch):
    class Broken:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(ChildMisconfigured) as caught:
        portaudio.library()
    assert caught.value.fix == LIBRARY_FIX
    assert "libportaudio2" in LIBRARY_FIX


# --- rates ------------------------------------------------------------------------------------------------------------


def sine(ms: int, rate: int, hz: float = 440.0, channels: int = 1) -> bytes:
    samples = [int(12_000 * math.sin(2 * math.pi * hz * n / rate)) for n in range(rate * ms // 1000)]
    return array.array("h", [each for each in samples for _ in range(channels)]).tobytes()


def frequency(samples: "array.array[int]", rate: int) -> float:
    rises = [n for n in range(1, len(samples)) if samples[n - 1] < 0 <= samples[n]]
    return (len(rises) - 1) * rate / (rises[-1] - rises[0])


@pytest.mark.parametrize(("before", "after"), [(24_000, 48_000), (24_000, 44_100), (44_100, 16_000), (48_000, 16_000)])
def test_another_rate_keeps_pitch_and_length(before: int, after: int):
    pytest.importorskip("soxr", reason="needs soxr, which this machine does not have")
    resampler = Resampler(before, after)
    pcm = sine(1_000, before)
    step = before // 50 * 2
    out = b"".join(resampler(pcm[at : at + step]) for at in range(0, len(pcm), step)) + resampler(b"", last=True)
    samples = array.array("h", out)
    assert len(samples) == pytest.approx(after, rel=0.002)
    assert frequency(samples[after // 10 : -after // 10], after) == pytest.approx(440, abs=1)


def test_equal_rates_need_nothing():
    assert Resampler(16_000, 16_000)(b"\1\2") == b"\1\2"


def told() -> tuple[list[Head], list[bytes], Reply]:
    heads: list[Head] = []
    pieces: list[bytes] = []

    def write(head: Head, pcm: bytes) -> None:
        heads.append(head)
        pieces.append(pcm)

    return heads, pieces, Reply(write, 0)


def test_a_microphone_with_its_voice_in_one_of_two_channels_at_48_000():
    pytest.importorskip("soxr", reason="needs soxr, which this machine does not have")
    heads, pieces, reply = told()
    listener = Listener(reply, 48_000, 2)
    both = array.array("h", sine(400, 48_000, channels=2))
    for n in range(0, len(both), 2):
        both[n] = 3
    pcm = both.tobytes()
    status = SimpleNamespace(input_overflow=True)
    for at in range(0, len(pcm), 1_920):
        listener.callback(pcm[at : at + 1_920], 480, None, status)
    listener._blocks.put(b"")

    def over(*_: Any, timeout: float) -> bytes:
        if listener._blocks.qsize() == 0:
            listener.closing = True
            return b""
        return take(timeout=timeout)

    take = listener._blocks.get
    listener._blocks = SimpleNamespace(get=over, qsize=listener._blocks.qsize, put=None)  # type: ignore[assignment]
    listener.run()
    frames = [pcm for head, pcm in zip(heads, pieces, strict=True) if head.kind == "frame"]
    assert {len(each) for each in frames} == {EAR_FRAME_BYTES}
    assert len(frames) >= 18
    samples = array.array("h", b"".join(frames[3:]))
    assert frequency(samples, EAR_RATE_HZ) == pytest.approx(440, abs=3)
    assert max(samples) > 9_000
    assert sum(head.data for head in heads if head.kind == "dropped") == 40


def test_a_device_at_48_000_with_two_channels_gets_all_of_a_line_and_its_positions():
    pytest.importorskip("soxr", reason="needs soxr, which this machine does not have")
    speaker = Speaker(told()[2], 48_000, 2)
    speaker.play(1, 0)
    pcm = sine(200, RATE_HZ)
    for at in range(0, len(pcm), 960):
        speaker.push(1, pcm[at : at + 960])
    speaker.end(1)
    out, now = b"", 0.0
    for _ in range(30):
        out += speaker.mixer.fill(480, now + 0.04)
        now += 0.01
    heard = speaker.mixer.progress(now + 1)
    assert heard is not None
    assert (heard.ms, heard.ended) == (200, True)
    left = array.array("h", out)[0::2]
    assert frequency(left[480 : 480 * 18], 48_000) == pytest.approx(440, abs=2)


def test_orders_without_a_device_do_nothing():
    child = _Child()
    reply = told()[2]
    for name, data in (("play", {"play": 1, "at": 0}), ("push", 1), ("end", 1), ("stop", 15), ("duck", True)):
        assert getattr(child, name)(data, b"\0\0", reply) is None
    child.close(None, b"", reply)
