"""What every detector of voice keeps, whatever it is made of."""

from collections.abc import Sequence

import pytest

from streamer.ports import WINDOW_BYTES, VoiceActivity
from tests.hearing import clips

LINES = ("Mika, what do you think about the dragon?", "Please stop talking now.", "Hello everyone, welcome back!")
VOICED = 0.5


async def scores(vad: VoiceActivity, pcm: bytes) -> list[float]:
    """Of each whole window."""
    last = len(pcm) - WINDOW_BYTES + 1
    return [await vad.score(pcm[at : at + WINDOW_BYTES]) for at in range(0, last, WINDOW_BYTES)]


def longest(found: Sequence[float]) -> int:
    """Windows of voice in a row."""
    best = run = 0
    for each in found:
        run = run + 1 if each >= VOICED else 0
        best = max(best, run)
    return best


class VadContract:
    """Subclasses have a fixture `vad`: open, and closed afterwards."""

    async def test_hears_speech_soon_and_its_end(self, vad: VoiceActivity) -> None:
        for number, line in enumerate(LINES):
            voice = clips.VOICES[number]
            clip = clips.joined(1_000, clips.speech(line, voice), 1_000)
            noisy = clips.mixed(clip, clips.noise(clip.ms, -58.0, seed=number))
            vad.reset()
            found = await scores(vad, noisy.pcm)
            (onset, end), first = clip.spans[0], next(at for at, each in enumerate(found) if each >= VOICED)
            assert onset - 32 <= (first + 1) * 32 <= onset + 128
            inside = found[onset // 32 + 2 : end // 32 - 1]
            assert sum(each >= 0.35 for each in inside) > 0.6 * len(inside)
            assert max(found[end // 32 + 9 :]) < VOICED

    async def test_every_score_is_a_probability(self, vad: VoiceActivity) -> None:
        loud = clips.louder(clips.noise(1_000, -20.0, seed=5), 30)
        for pcm in (clips.silence(500), loud, b"\xff\x7f" * 8_000, b"\x00\x80" * 8_000):
            assert all(0 <= each <= 1 for each in await scores(vad, pcm))

    @pytest.mark.parametrize("level", [-70.0, -45.0, -25.0])
    async def test_noise_is_no_voice(self, vad: VoiceActivity, level: float) -> None:
        for pink in (False, True):
            vad.reset()
            found = await scores(vad, clips.noise(6_000, level, seed=3, pink=pink))
            assert longest(found[31:]) <= 1, "a second to get used to it"

    async def test_keys_breaths_and_silence_are_no_voice(self, vad: VoiceActivity) -> None:
        room = clips.noise(15_000, -60.0, seed=4, pink=True)
        for sound in (clips.keyboard(15_000, -20.0, seed=2), clips.breaths(15_000), clips.silence(15_000)):
            vad.reset()
            found = await scores(vad, clips.mixed(clips.Clip(room, ()), sound).pcm)
            assert longest(found) < 5, "160 ms would confirm somebody"

    async def test_forgets_when_told_to(self, vad: VoiceActivity) -> None:
        line = clips.speech(LINES[0]).pcm
        vad.reset()
        once = await scores(vad, line)
        vad.reset()
        assert await scores(vad, line) == pytest.approx(once, abs=1e-4)

    async def test_refuses_what_is_no_window(self, vad: VoiceActivity) -> None:
        for size in (0, 640, WINDOW_BYTES - 2, WINDOW_BYTES + 2):
            with pytest.raises(ValueError, match=f"{WINDOW_BYTES} bytes, not {size}"):
                await vad.score(bytes(size))

    async def test_opening_twice_is_the_same_as_once(self, vad: VoiceActivity) -> None:
        await vad.open()
        assert await vad.score(bytes(WINDOW_BYTES)) < VOICED
