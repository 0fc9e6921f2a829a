import array
import time
from collections.abc import AsyncIterator

import pytest

from streamer.adapters.demo.voice import DemoSpeech, DemoVoice, plan
from streamer.ports import Done, SpeechRequest, VoiceSpec
from tests.adapters.tts.contract import TEXT, VoiceContract, check, collect, sound


@pytest.fixture
async def voice() -> AsyncIterator[DemoSpeech]:
    voice = DemoVoice().open()
    yield voice
    await voice.aclose()


class TestContract(VoiceContract):
    pass


async def test_the_same_request_gives_the_same_sound(voice: DemoSpeech) -> None:
    one = await collect(voice.synthesize(SpeechRequest(TEXT, VoiceSpec("mika"))))
    assert one == await collect(DemoVoice().open().synthesize(SpeechRequest(TEXT, VoiceSpec("mika"))))
    other = await collect(voice.synthesize(SpeechRequest(TEXT, VoiceSpec("rin"))))
    assert sound(other) != sound(one)
    assert len(sound(other)) == len(sound(one))


async def test_it_is_as_long_as_speech(voice: DemoSpeech) -> None:
    text = "The quick brown fox jumps over the lazy dog, and nobody on the stream is surprised by that any more."
    done = check(text, await collect(voice.synthesize(SpeechRequest(text))))
    assert 4_500 < done.total_ms < 8_500
    fast = check(text, await collect(voice.synthesize(SpeechRequest(text, VoiceSpec(rate=2.0)))))
    assert fast.total_ms == pytest.approx(done.total_ms / 2, rel=0.2)


async def test_words_swell_and_do_not_click(voice: DemoSpeech) -> None:
    values = array.array("h", sound(await collect(voice.synthesize(SpeechRequest(TEXT)))))
    assert 4_000 < max(values) < 16_000
    for word in plan(TEXT):
        first = word.at_ms * 24
        assert abs(values[first]) < 50
        middle = values[first + word.dur_ms * 8 : first + word.dur_ms * 16]
        assert max(map(abs, middle)) > 3_000
        assert max(map(abs, values[first + word.dur_ms * 24 : first + (word.dur_ms + word.pause_ms) * 24])) == 0


async def test_it_costs_next_to_nothing(voice: DemoSpeech) -> None:
    request = SpeechRequest(TEXT)
    await collect(voice.synthesize(request))
    begin, heard = time.process_time(), 0
    for _ in range(100):
        pieces = await collect(voice.synthesize(request))
        assert isinstance(pieces[-1], Done)
        heard += pieces[-1].total_ms
    factor = heard / 1000 / (time.process_time() - begin)
    print(f"{factor:.0f} seconds of sound a second")
    assert factor > 2_000


async def test_a_first_delay_is_drawn_and_waited() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    settings = DemoVoice(first_ms=(100, 300), seed=7)
    for _ in range(2):
        await collect(DemoSpeech(settings, sleep=sleep).synthesize(SpeechRequest(TEXT)))
    assert slept[0] == slept[1]
    assert 0.1 <= slept[0] <= 0.3


async def test_a_long_word_is_cut_up(voice: DemoSpeech) -> None:
    done = check("a" * 60, await collect(voice.synthesize(SpeechRequest("a" * 60))))
    assert done.total_ms > 3_000
