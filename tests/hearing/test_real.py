"""The ear with the real detector in its worker process, on speech of espeak-ng in a noisy room."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator

import msgspec
import pytest

from streamer.adapters.vad.energy import EnergyVad
from streamer.adapters.vad.silero import SileroVad
from streamer.ports import VoiceActivity
from tests.hearing import clips
from tests.hearing.kit import LIMITS, Rig, ScriptedRecognizer

FIRST, SECOND = "Mika, what do you think about the dragon?", "Please read the next question for me."


@pytest.fixture(params=["silero", "energy"])
async def vad(request: pytest.FixtureRequest) -> AsyncIterator[VoiceActivity]:
    if request.param == "silero" and not all(map(importlib.util.find_spec, ("onnxruntime", "faster_whisper"))):
        pytest.skip("needs faster-whisper, which this machine does not have")
    made = SileroVad() if request.param == "silero" else EnergyVad()
    await made.open()
    yield made
    await made.aclose()


async def heard(vad: VoiceActivity, pcm: bytes, *scripts: str) -> Rig:
    """A rig that heard it all, with the limits of a show but for the clock."""
    it = Rig(ScriptedRecognizer(*scripts), vad=vad, limits=msgspec.structs.replace(LIMITS, batch=4))
    running = asyncio.create_task(it.ear.run())
    try:
        await it.hear(pcm)
        await it.drained()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return it


async def test_two_sentences_in_a_room_with_a_fan(vad: VoiceActivity) -> None:
    clip = clips.joined(1_500, clips.speech(FIRST), 1_500, clips.speech(SECOND, clips.VOICES[1]), 1_500)
    noisy = clips.mixed(clip, clips.noise(clip.ms, -52.0, seed=7, pink=True))
    it = await heard(vad, noisy.pcm, FIRST, SECOND)
    assert [turn.text for turn in it.turns] == [FIRST, SECOND]
    starts = [ms for ms, what in it.told if what == "suspected"]
    for turn, (onset, end) in zip(it.turns, clip.spans, strict=True):
        first = next(ms for ms in starts if ms >= onset - 64)
        assert first - onset <= 200
        assert abs(turn.ended_s * 1000 - end) <= 200
        assert turn.spans["endpoint"] <= 450
    for hearing, (onset, end) in zip(it.recognizer.hearings, clip.spans, strict=True):
        assert hearing.pcm.find(noisy.pcm[32 * onset : 32 * (onset + 100)]) >= 0, "from the first sound"
        assert hearing.pcm.find(noisy.pcm[32 * (end - 100) : 32 * end]) >= 0, "to the last"


async def test_who_types_breathes_and_plays_music_says_nothing(vad: VoiceActivity) -> None:
    room = clips.Clip(clips.noise(20_000, -60.0, seed=5, pink=True), ())
    sounds = clips.keyboard(20_000, -20.0, seed=6), clips.music(20_000, -30.0, seed=7), clips.breaths(20_000, seed=8)
    it = await heard(vad, clips.mixed(room, *sounds).pcm)
    assert not any(what.startswith("confirmed") for what in it.words)


async def test_a_voice_far_away_is_nobody(vad: VoiceActivity) -> None:
    """What an echo canceller leaves of the cast: 45 dB below a voice at the microphone."""
    clip = clips.joined(500, clips.speech(FIRST, level_db=-68.0), 500)
    it = await heard(vad, clips.mixed(clip, clips.noise(clip.ms, -66.0)).pcm)
    assert it.words == []


async def test_pure_noise_is_nothing(vad: VoiceActivity) -> None:
    for level in (-50.0, -25.0):
        it = await heard(vad, clips.silence(1_000) + clips.noise(8_000, level, seed=9))
        assert not any(what.startswith("confirmed") for what in it.words)
