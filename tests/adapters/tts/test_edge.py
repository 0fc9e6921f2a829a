import asyncio
import importlib
import time
from collections.abc import AsyncIterator

import pytest

from streamer.adapters.tts.edge import EdgeSpeech, EdgeVoice
from streamer.ports import Done, Misconfigured, Pcm, SpeechRequest, Unavailable, VoiceSpec, WordMark
from tests.adapters.tts.contract import TEXT, Traces, VoiceContract, check, collect, sound
from tests.adapters.tts.formats import lag
from tests.adapters.tts.hearing import SENTENCES, heard
from tests.adapters.tts.spoken import spoken, words
from tests.fakes.edge_tts import FakeEdge, evenly


@pytest.fixture
async def server() -> AsyncIterator[FakeEdge]:
    async with FakeEdge(spoken, words) as server:
        yield server


@pytest.fixture
async def voice(server: FakeEdge) -> AsyncIterator[EdgeSpeech]:
    voice = EdgeVoice(accept_terms=True, url=server.url, first_audio_s=20, stall_s=20).open()
    await voice.warm()
    yield voice
    await voice.aclose()


def hasty(server: FakeEdge, **limits: float) -> EdgeSpeech:
    return EdgeVoice.model_validate({"accept_terms": True, "url": server.url, "first_audio_s": 20, **limits}).open()


class TestContract(VoiceContract):
    @pytest.fixture
    def asked(self, server: FakeEdge) -> list[int]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return server.received_ns


def test_terms_come_first() -> None:
    with pytest.raises(Misconfigured) as caught:
        EdgeVoice().open()
    assert "accept_terms" in caught.value.fix
    with pytest.raises(Misconfigured):
        EdgeVoice(accept_terms=True, url="http://x").open()


async def test_the_right_sentence_is_heard(voice: EdgeSpeech, tmp_path_factory: pytest.TempPathFactory) -> None:
    for sentence in SENTENCES[:2]:
        pieces = await collect(voice.synthesize(SpeechRequest(sentence.capitalize() + ".")))
        assert heard(sound(pieces), tmp_path_factory.getbasetemp()) == sentence


async def test_sound_and_words_are_aligned(voice: EdgeSpeech) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert abs(lag(spoken(TEXT), sound(pieces))) <= 1
    marks = {TEXT[p.start : p.end].strip(",!"): p.at_ms for p in pieces if isinstance(p, WordMark)}
    truth = {word.strip(",!"): at for word, at, _ in words(TEXT)}
    assert marks == truth


async def test_first_sound_does_not_wait_for_the_rest(voice: EdgeSpeech, server: FakeEdge) -> None:
    await collect(voice.synthesize(SpeechRequest(TEXT)))
    stream = voice.synthesize(SpeechRequest(TEXT))
    async for piece in stream:
        if isinstance(piece, Pcm):
            print(
                f"first MP3 byte sent -> first sound {(time.perf_counter_ns() - server.first_byte_ns[-1]) / 1e6:.2f} ms"
            )
            assert len(piece.data) < 48 * 300
            break
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_the_address_is_changed_for_this_voice_only(server: FakeEdge, voice: EdgeSpeech) -> None:
    communicate = importlib.import_module("edge_tts.communicate")
    constants = importlib.import_module("edge_tts.constants")

    await collect(voice.synthesize(SpeechRequest("Hi.")))
    assert server.connections == 1
    assert "127.0.0.1" not in communicate.WSS_URL
    assert communicate.WSS_URL == constants.WSS_URL


async def test_voice_and_prosody_reach_the_service(server: FakeEdge, voice: EdgeSpeech) -> None:
    spec = VoiceSpec("en-GB-RyanNeural", rate=1.1, pitch=0.9, volume=0.8)
    await collect(voice.synthesize(SpeechRequest("a < b & c", spec)))
    assert "en-GB, RyanNeural" in server.ssml[-1]
    assert "rate='+10%'" in server.ssml[-1]
    assert "pitch='-20Hz'" in server.ssml[-1]
    assert "volume='-20%'" in server.ssml[-1]
    assert "a &lt; b &amp; c" in server.ssml[-1]
    await collect(voice.synthesize(SpeechRequest("hallo", VoiceSpec("bright' evil='1", language="de-AT"))))
    assert "de-DE, KatjaNeural" in server.ssml[-1]


async def test_text_of_several_requests(server: FakeEdge, voice: EdgeSpeech) -> None:
    text = "This is sentence number one of many. " * 130
    server._sound = lambda _text: spoken(TEXT)
    server._words = lambda said: evenly(said, 2_000)
    pieces = await collect(voice.synthesize(SpeechRequest(text)))
    assert server.connections == 2
    assert check(text, pieces).complete
    assert sum(isinstance(piece, WordMark) for piece in pieces) == 7 * 130


async def test_clock_skew_is_corrected_by_the_client(server: FakeEdge, voice: EdgeSpeech) -> None:
    server.mode = "skew"
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert check(TEXT, pieces).complete
    assert server.connections == 2


@pytest.mark.parametrize("mode", ["cut", "early_end", "stall"])
async def test_what_was_cut_does_not_look_complete(server: FakeEdge, voice: EdgeSpeech, mode: str) -> None:
    server.mode = mode
    pieces = await collect(hasty(server, stall_s=0.8 if mode == "stall" else 20).synthesize(SpeechRequest(TEXT)))
    done = check(TEXT, pieces)
    assert not done.complete
    assert 300 < done.total_ms < len(spoken(TEXT)) / 48 - 300


@pytest.mark.parametrize("mode", ["silent", "no_audio", "garbage", "zeros", "403", "429", "503"])
async def test_no_sound_is_unavailable(server: FakeEdge, voice: EdgeSpeech, mode: str) -> None:
    server.mode = mode
    traces = Traces()
    with pytest.raises(Unavailable) as caught:
        await collect(hasty(server, first_audio_s=0.3 if mode == "silent" else 20).synthesize(SpeechRequest(TEXT)))
    if mode == "429":
        assert caught.value.retry_after_s == 9
    assert "Hello" not in caught.value.reason
    await traces.gone()


async def test_slow_is_waited_for(server: FakeEdge, voice: EdgeSpeech) -> None:
    server.mode = "slow"
    assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete


async def test_nobody_there(voice: EdgeSpeech) -> None:
    lost = EdgeVoice(accept_terms=True, url="ws://127.0.0.1:9/x").open()
    with pytest.raises(Unavailable):
        await collect(lost.synthesize(SpeechRequest(TEXT)))


@pytest.mark.parametrize("mode", ["stall", "silent"])
async def test_leaving_a_hanging_server(server: FakeEdge, voice: EdgeSpeech, mode: str) -> None:
    await collect(voice.synthesize(SpeechRequest("Hi.")))
    server.mode = mode
    traces = Traces()
    begin = time.monotonic()
    task = asyncio.create_task(collect(voice.synthesize(SpeechRequest(TEXT))))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begin < 1
    await traces.gone()
    assert server.gone == 1


async def test_done_matches(voice: EdgeSpeech) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest("Hi.")))
    assert isinstance(pieces[-1], Done)
