"""The host's presence from a level meter: quickly, surely, and neither by keys nor by knocks, fans or music."""

from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.obs.meter import HostMeter, db
from streamer.core.events import Event, HostSpeechConfirmed, HostVoiceEnded, HostVoiceSuspected
from tests.adapters.obs.room import EVERY, RATE, knocks, metered, mixed, music, noise, silence, speech, typing
from tests.adapters.tts.hearing import SENTENCES

LOUD, QUIET = 0.2, 0.0005


def run(samples: list[float], *, meter: HostMeter | None = None, music: bool = False) -> list[tuple[int, Event]]:
    meter = meter or HostMeter(music=music)
    out: list[tuple[int, Event]] = []
    for place, (peak, magnitude) in enumerate(metered(samples), 1):
        out += [(place * 50, event) for event in meter.feed(peak, place * 50, magnitude)]
    return out


def when(kind: type[Event], found: list[tuple[int, Event]]) -> list[int]:
    return [at for at, event in found if isinstance(event, kind)]


def edges(samples: list[float]) -> tuple[float, float]:
    """When speech is first and last over the threshold, ms."""
    loud = [place for place, value in enumerate(samples) if abs(value) > 10 ** (-45 / 20)]
    return loud[0] / RATE * 1000, loud[-1] / RATE * 1000


@pytest.mark.parametrize("peak_db", [-6.0, -18.0, -28.0])
def test_speech_is_noticed_within_a_third_of_a_second_and_its_end_after_half_a_second(peak_db: float) -> None:
    ducked: list[float] = []
    sure: list[float] = []
    over: list[float] = []
    for seed, sentence in enumerate(SENTENCES[:4]):
        said = speech(sentence, peak_db)
        first, last = edges(said)
        found = run(mixed(silence(2) + said + silence(2), noise(4 + len(said) / RATE, -62, seed)))
        ducked.append(when(HostVoiceSuspected, found)[0] - 2000 - first)
        sure.append(when(HostSpeechConfirmed, found)[0] - 2000 - first)
        over.append(when(HostVoiceEnded, found)[-1] - 2000 - last)
        assert len(when(HostVoiceEnded, found)) == 1, "one sentence is one piece"
    for name, values in (("ducked", ducked), ("sure", sure), ("over", over)):
        print(f"{peak_db} dB {name} after {median(values):.0f} ms, at most {max(values):.0f} ms")
    assert max(ducked) <= 150
    assert max(sure) <= 350
    assert min(over) >= 450
    assert max(over) <= 650


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("typing", lambda: typing(30)),
        ("fast typing", lambda: typing(30, -10.0, 14.0)),
        ("knocks", lambda: knocks(30)),
        ("a quiet room", lambda: noise(30, -62)),
    ],
)
def test_what_is_no_voice_is_never_confirmed(name: str, sound) -> None:
    found = run(mixed(sound(), noise(30, -62)))
    suspected = when(HostVoiceSuspected, found)
    print(f"{name}: suspected {len(suspected)} times in 30 s")
    assert not when(HostSpeechConfirmed, found)
    assert len(when(HostVoiceEnded, found)) == len(suspected)


@pytest.mark.parametrize("level", [-50.0, -35.0])
def test_a_fan_is_taken_for_a_voice_once_and_then_learned(level: float) -> None:
    meter = HostMeter()
    found = run(noise(12, level), meter=meter)
    assert len(when(HostSpeechConfirmed, found)) <= 1
    assert max(when(HostVoiceEnded, found), default=0) <= 5_000
    loud = run(mixed(silence(1) + speech(SENTENCES[0], -4.0), noise(4, level, 5)), meter=meter)
    assert when(HostSpeechConfirmed, loud), "over the fan the host is heard all the same"


def test_music_of_the_room_is_learned_and_a_voice_stands_out() -> None:
    meter = HostMeter(music=True)
    found = run(mixed(music(20), noise(20, -62)), meter=meter)
    assert max(when(HostVoiceEnded, found), default=0) <= 16_000
    quiet = run(mixed(music(20), noise(20, -62, 3)), meter=meter)
    assert not when(HostSpeechConfirmed, quiet)
    assert when(HostSpeechConfirmed, run(mixed(speech(SENTENCES[1], -6.0), music(3)), meter=meter))


def feed(meter: HostMeter, peak: float, from_ms: int, ms: int) -> list[tuple[int, Event]]:
    return [(at, event) for at in range(from_ms, from_ms + ms, 50) for event in meter.feed(peak, at)]


def test_who_talks_on_is_confirmed_every_ten_seconds() -> None:
    meter, found = HostMeter(), []
    for second in range(31):
        found += feed(meter, LOUD, second * 1000, 800)
        found += feed(meter, QUIET, second * 1000 + 800, 200)
    times = when(HostSpeechConfirmed, found)
    assert len(times) == 4
    assert all(9_900 <= two - one <= 10_300 for one, two in pairwise(times))
    assert not when(HostVoiceEnded, found)


def test_a_muted_microphone_is_silence_and_what_is_no_number_too() -> None:
    meter = HostMeter()
    assert not feed(meter, 0.0, 0, 1000)
    for odd in (float("nan"), float("inf"), -1.0, 6.7e22):
        assert not meter.feed(odd, 2000)
    assert meter.level_db == -100


def test_a_meter_that_stops_ends_what_was_heard_also_without_being_told() -> None:
    meter = HostMeter()
    feed(meter, LOUD, 0, 500)
    assert meter.state == "speaking"
    assert [type(event) for event in meter.feed(LOUD, 5_000)] == [HostVoiceEnded, HostVoiceSuspected]
    assert [type(event) for event in meter.lost(5_100)] == [HostVoiceEnded]
    assert not meter.lost(5_200)


def test_level_in_decibels() -> None:
    assert db(1.0) == 0
    assert db(0.1) == pytest.approx(-20)
    assert db(0) == -100


@given(
    st.lists(st.tuples(st.sampled_from((0.0, 0.0004, 0.01, 0.05, 0.3, 1.0)), st.integers(0, 1500) | st.just(50),
                       st.booleans(), st.sampled_from((0.02, 0.3, 0.7)))), st.booleans(),
)  # fmt: skip
def test_every_suspicion_ends_once_whatever_comes(blocks, music: bool) -> None:
    meter, now_ms, state = HostMeter(music=music), 0, "quiet"
    for peak, step, gone, share in [*blocks, *[(0.0, 50, False, 0.3)] * 40]:
        now_ms += step
        for event in meter.lost(now_ms) if gone else meter.feed(peak, now_ms, peak * share):
            match event:
                case HostVoiceSuspected():
                    assert state == "quiet"
                    state = "suspected"
                case HostSpeechConfirmed():
                    assert state in ("suspected", "speaking")
                    state = "speaking"
                case HostVoiceEnded():
                    assert state != "quiet"
                    state = "quiet"
        assert state == meter.state
    assert state == "quiet"


def test_blocks_are_those_of_obs() -> None:
    assert len(metered(silence(1))) == RATE // EVERY == 20
