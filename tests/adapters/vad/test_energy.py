"""The detector without packages: contract, noise that changes, and what it costs."""

import time
from collections.abc import AsyncIterator

import pytest

from streamer.adapters.vad.energy import EnergyVad, periodicity
from tests.adapters.vad.contract import VadContract, longest, scores
from tests.hearing import clips


@pytest.fixture
async def vad() -> AsyncIterator[EnergyVad]:
    made = EnergyVad()
    await made.open()
    yield made
    await made.aclose()


class TestEnergy(VadContract):
    pass


async def test_gets_used_to_a_fan_that_starts(vad: EnergyVad) -> None:
    await scores(vad, clips.noise(3_000, -65.0, seed=1))
    fan = await scores(vad, clips.noise(6_000, -40.0, seed=2, pink=True))
    assert longest(fan) < 5
    assert vad.floor_db == pytest.approx(-40, abs=3)
    spoken = clips.speech("Hello everyone, welcome back!")
    with_fan = clips.mixed(clips.joined(spoken), clips.noise(spoken.ms, -40.0, seed=3, pink=True))
    assert longest(await scores(vad, with_fan.pcm)) >= 5


def test_a_tone_is_periodic_and_noise_is_not() -> None:
    np = clips.numpy()
    tone = np.sin(np.arange(256) * 2 * np.pi * 150 / 4_000) * 5_000
    assert periodicity(list(tone)) > 0.95
    assert periodicity(list(np.random.default_rng(1).standard_normal(256) * 5_000)) < 0.5
    assert periodicity([0.0] * 256) == 0
    assert periodicity([1.0, 2.0]) == 0


async def test_costs_little(vad: EnergyVad) -> None:
    line = clips.speech("Mika, what do you think about the dragon and the old castle?").pcm
    began = time.process_time()
    found = await scores(vad, line)
    per_window_ms = (time.process_time() - began) * 1000 / len(found)
    assert per_window_ms < 5, "of 32"
