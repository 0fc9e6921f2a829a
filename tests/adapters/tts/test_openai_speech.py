import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from streamer.adapters.tts.openai_speech import OpenAiSpeech, OpenAiVoice
from streamer.ports import Misconfigured, Pcm, SpeechRequest, Unavailable, VoiceSpec
from tests.adapters.tts.contract import TEXT, Traces, VoiceContract, check, collect, sound
from tests.adapters.tts.formats import mp3_file_of, wav_of
from tests.adapters.tts.hearing import SENTENCES, heard
from tests.adapters.tts.spoken import spoken
from tests.fakes.edge_tts import mp3_of
from tests.fakes.openai import FakeOpenAi

KEY = "sk-very-secret"


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAi]:
    async with FakeOpenAi(spoken, encode={"wav": wav_of, "mp3": mp3_of, "pcm": bytes}) as server:
        yield server


@pytest.fixture
async def voice(server: FakeOpenAi) -> AsyncIterator[OpenAiSpeech]:
    voice = settings(server).open()
    await voice.warm()
    yield voice
    await voice.aclose()


def settings(server: FakeOpenAi, **more: object) -> OpenAiVoice:
    values = {"base_url": server.url, "api_key": SecretStr(KEY), "first_audio_s": 20, "stall_s": 20, **more}
    return OpenAiVoice.model_validate(values)


class TestContract(VoiceContract):
    @pytest.fixture
    def asked(self, server: FakeOpenAi) -> list[int]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return server.received_ns


async def test_the_right_sentence_is_heard(voice: OpenAiSpeech, tmp_path_factory: pytest.TempPathFactory) -> None:
    for sentence in SENTENCES[2:4]:
        pieces = await collect(voice.synthesize(SpeechRequest(sentence.capitalize() + ".")))
        assert heard(sound(pieces), tmp_path_factory.getbasetemp()) == sentence


async def test_pcm_passes_unchanged_through_odd_chunks(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    for server.chunk_bytes in (1, 961, 5_000):
        text = "Hi." if server.chunk_bytes == 1 else TEXT
        assert sound(await collect(voice.synthesize(SpeechRequest(text)))) == spoken(text)


async def test_the_request(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    await collect(voice.synthesize(SpeechRequest(TEXT, VoiceSpec("nova", rate=9.0))))
    assert server.requests == [
        {"model": "gpt-4o-mini-tts", "voice": "nova", "input": TEXT, "response_format": "pcm", "speed": 4.0}
    ]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    moody = settings(server, instructions="Sound {emotion}.", api_key=SecretStr("")).open()
    await collect(moody.synthesize(SpeechRequest(TEXT, emotion="joy")))
    await moody.aclose()
    assert server.requests[-1]["instructions"] == "Sound joy."
    assert server.requests[-1]["voice"] == "alloy"
    assert "Authorization" not in server.headers[-1]


async def test_the_fake_satisfies_the_real_client(server: FakeOpenAi) -> None:
    import openai

    async with (
        openai.AsyncOpenAI(base_url=server.url, api_key=KEY, max_retries=0) as client,
        client.audio.speech.with_streaming_response.create(
            model="gpt-4o-mini-tts", voice="nova", input=TEXT, response_format="pcm"
        ) as response,
    ):
        theirs = b"".join([chunk async for chunk in response.iter_bytes()])
    assert theirs == spoken(TEXT)
    ours = settings(server).open()
    await collect(ours.synthesize(SpeechRequest(TEXT, VoiceSpec("nova"))))
    await ours.aclose()
    assert server.requests[0] == server.requests[1]
    for header in ("Authorization", "Content-Type"):
        assert server.headers[0][header] == server.headers[1][header]


@pytest.mark.parametrize("asked", ["wav", "mp3"])
async def test_other_formats(server: FakeOpenAi, asked: str) -> None:
    voice = settings(server, response_format=asked).open()
    await voice.warm()
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert check(TEXT, pieces).complete
    assert len(sound(pieces)) == pytest.approx(len(spoken(TEXT)), abs=48 * 60)
    await voice.aclose()


@pytest.mark.parametrize(("encode", "content_type"), [(wav_of, "audio/wav"), (mp3_file_of, "audio/mpeg")])
async def test_servers_that_ignore_the_asked_format(content_type: str, encode: object) -> None:
    async with FakeOpenAi(spoken, encode={"pcm": encode}) as server:  # pyright: ignore[reportArgumentType]
        server.content_type = content_type
        voice = settings(server).open()
        pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
        assert check(TEXT, pieces).complete
        assert len(sound(pieces)) == pytest.approx(len(spoken(TEXT)), abs=48 * 60)
        await voice.aclose()


async def test_first_sound_does_not_wait_for_the_rest(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    await collect(voice.synthesize(SpeechRequest("Hi.")))
    server.chunk_delay_s = 0.005
    stream = voice.synthesize(SpeechRequest(TEXT))
    first = await anext(stream)
    print(f"first byte sent -> first sound {(time.perf_counter_ns() - server.first_byte_ns[-1]) / 1e6:.2f} ms")
    assert isinstance(first, Pcm)
    assert len(first.data) < 10_000
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_leaving_reaches_the_server(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    server.chunk_delay_s = 0.01
    stream = voice.synthesize(SpeechRequest(TEXT))
    await anext(stream)
    traces = Traces()
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    await traces.gone()
    await server.left()


@pytest.mark.parametrize("mode", ["cut", "stall"])
async def test_what_was_cut_does_not_look_complete(server: FakeOpenAi, mode: str) -> None:
    server.mode = mode
    voice = settings(server, stall_s=0.8 if mode == "stall" else 20).open()
    done = check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT))))
    assert not done.complete
    assert done.total_ms > 300
    await voice.aclose()


async def test_a_body_without_length_is_judged_by_the_text(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    server.framed = False
    assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete
    server.mode = "early_end"
    long = TEXT + " supercalifragilistic" * 40
    server._sound = lambda _text: spoken(TEXT)
    assert not check(long, await collect(voice.synthesize(SpeechRequest(long)))).complete


@pytest.mark.parametrize("mode", ["silent", "empty", "zeros", "html", "400", "429", "500", "503"])
async def test_unavailable(server: FakeOpenAi, mode: str) -> None:
    server.mode = mode
    voice = settings(server, first_audio_s=0.3 if mode == "silent" else 20).open()
    with pytest.raises(Unavailable) as caught:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert KEY not in repr(caught.value)
    assert "Hello" not in repr(caught.value)
    if mode in ("429", "503"):
        assert caught.value.retry_after_s == 7
    if mode != "silent":
        server.mode = "ok"
        assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete
    await voice.aclose()


async def test_garbage_instead_of_mp3(server: FakeOpenAi) -> None:
    server.mode = "garbage"
    voice = settings(server, response_format="mp3").open()
    with pytest.raises(Unavailable):
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    await voice.aclose()


@pytest.mark.parametrize("mode", ["401", "403", "404"])
async def test_misconfigured(voice: OpenAiSpeech, server: FakeOpenAi, mode: str) -> None:
    server.mode = mode
    with pytest.raises(Misconfigured) as caught:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert caught.value.fix
    assert KEY not in repr(caught.value) + caught.value.fix


async def test_nobody_there() -> None:
    voice = OpenAiVoice(base_url="http://127.0.0.1:9/v1").open()
    with pytest.raises(Unavailable):
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    await voice.aclose()


async def test_redirects_are_not_followed(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    from aiohttp import web

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:9/secret")

    app = web.Application()
    app.router.add_post("/v1/audio/speech", away)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    lost = OpenAiVoice(base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/v1").open()
    with pytest.raises(Unavailable):
        await collect(lost.synthesize(SpeechRequest(TEXT)))
    await lost.aclose()
    await runner.cleanup()


@pytest.mark.parametrize("values", [{"base_url": "ftp://x"}, {"base_url": "nonsense"}, {}])
def test_settings_that_cannot_work(values: dict[str, str]) -> None:
    with pytest.raises(Misconfigured) as caught:
        OpenAiVoice.model_validate(values).open()
    assert caught.value.fix


async def test_endless_sound_is_ended(voice: OpenAiSpeech, server: FakeOpenAi) -> None:
    endless = settings(server, total_s=0.4).open()
    server.chunk_delay_s = 0.05
    done = check(TEXT, await collect(endless.synthesize(SpeechRequest(TEXT))))
    assert not done.complete
    await endless.aclose()
