"""The ear on OBS's meters: when it hears, when not, and why not."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from streamer.adapters.obs.errors import ObsGone
from streamer.adapters.obs.meter_ear import MeterEar, loudest, near
from streamer.core.events import Event, HostEarChanged, HostSpeechConfirmed, HostVoiceEnded, HostVoiceSuspected
from tests.real.obs import RealObs
from tests.real.takes import add_microphone, play_tone


class Link:
    """As much of a link as an ear needs."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.state = "ready"
        self.on_meters = lambda _inputs: None
        self.asked = 0

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self.asked += 1
        if self.state != "ready":
            raise ObsGone
        return {"inputs": [{"inputName": each} for each in self.names]}


class Told:
    def __init__(self) -> None:
        self.facts: list[Event] = []

    def fact(self, event: Event) -> None:
        self.facts.append(event)

    def state(self, part: str, state: Mapping[str, object]) -> None: ...


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def block(name: str, peak: float) -> list[dict[str, Any]]:
    return [{"inputName": "Music", "inputLevelsMul": [[0.5, 1.0, 1.0]]},
            {"inputName": name, "inputLevelsMul": [[peak / 4, peak, 1.0], [0.0, 0.0, 1.0]]}]  # fmt: skip


@pytest.fixture
def stage():
    link, told, clock = Link("Mic/Aux", "Desktop Audio"), Told(), Clock()
    ear = MeterEar(link, "Mic/Aux", told, clock=clock)
    return ear, link, told, clock


def play(link: Link, clock: Clock, name: str, peak: float, ms: int) -> None:
    for _ in range(0, ms, 50):
        clock.now += 0.05
        link.on_meters(block(name, peak))


def kinds(told: Told) -> list[type[Event]]:
    return [type(event) for event in told.facts]


async def test_it_hears_its_input_and_no_other(stage) -> None:
    ear, link, told, clock = stage
    play(link, clock, "Other", 0.4, 1000)
    assert not told.facts
    play(link, clock, "Mic/Aux", 0.0, 500)
    play(link, clock, "Mic/Aux", 0.3, 500)
    assert ear.speaking
    play(link, clock, "Mic/Aux", 0.0, 1000)
    assert kinds(told) == [HostEarChanged, HostVoiceSuspected, HostSpeechConfirmed, HostVoiceEnded]
    assert ear.level_db == -100
    assert ear.healths()[0].notice.code == "host.meter_hears"


async def test_meters_that_stop_end_the_voice_and_the_ear(stage) -> None:
    ear, link, told, clock = stage
    play(link, clock, "Mic/Aux", 0.3, 500)
    clock.now += 1.0
    await ear.look()
    assert ear.connected
    clock.now += 1.1
    await ear.look()
    assert kinds(told)[-2:] == [HostVoiceEnded, HostEarChanged]
    assert told.facts[-1] == HostEarChanged(connected=False)
    assert ear.level_db is None
    assert ear.healths()[0].notice.code == "host.meter_silent"
    play(link, clock, "Mic/Aux", 0.0, 50)
    assert told.facts[-1] == HostEarChanged(connected=True)


async def test_an_input_that_is_not_there_is_named_with_the_nearest(stage) -> None:
    ear, link, _, clock = stage
    link.names = ("Mikrofon", "mic aux", "Desktop Audio")
    await ear.look()
    [health] = ear.healths()
    assert (health.state, health.notice.code, health.notice.fix) == (
        "degraded", "host.meter_missing", "fix.host.meter_nearest",
    )  # fmt: skip
    assert health.notice.params["nearest"] == "mic aux"
    await ear.look()
    assert link.asked == 1, "not asked at every look"
    clock.now += 6
    link.names = ("Camera",)
    await ear.look()
    assert ear.healths()[0].notice.fix == "fix.host.meter_name"


async def test_without_obs_it_says_so(stage) -> None:
    ear, link, _, _ = stage
    link.state = "lost"
    await ear.look()
    assert ear.healths()[0].notice.code == "host.meter_no_obs"
    assert not link.asked


async def test_cancelled_it_lets_go(stage) -> None:
    ear, link, told, clock = stage
    play(link, clock, "Mic/Aux", 0.3, 500)
    running = asyncio.create_task(ear.run())
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert kinds(told)[-2:] == [HostVoiceEnded, HostEarChanged]


@pytest.mark.parametrize("levels", [None, [], "x", [[]], [[0.1]], [["a", "b"]], [[0.1, None]], {}])
def test_levels_that_make_no_sense_are_silence(levels: object) -> None:
    assert loudest(levels)[0] == 0.0


def test_the_loudest_channel_counts() -> None:
    assert loudest([[0.1, 0.2, 0.9], [0.2, 0.4, 0.9]]) == (0.4, 0.2)
    assert loudest([[0.1, 6.7e22, 0.9], [0.2, 0.4, 0.9]]) == (0.4, 0.2)


def test_nearest_names_whatever_their_case() -> None:
    assert near("mic/aux", ["Mic/Aux", "Music"]) == "Mic/Aux"
    assert near("zzz", ["Mic/Aux"]) == ""


@pytest.mark.needs("obs", "xvfb", "pulseaudio", "pactl")
async def test_real_microphone(sound_obs: RealObs) -> None:
    async with sound_obs.connected(meters=True) as link:
        await add_microphone(link, "Host")
        told = Told()
        ear = MeterEar(link, "Host", told)
        async with asyncio.timeout(20):
            while not ear.connected:
                await asyncio.sleep(0.05)
            await play_tone(sound_obs.pulse, 1.0, sink="microphone")
            while HostVoiceEnded not in kinds(told):
                await asyncio.sleep(0.05)
    assert kinds(told) == [HostEarChanged, HostVoiceSuspected, HostSpeechConfirmed, HostVoiceEnded]
