import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from pydantic import SecretStr

from streamer.adapters.asr.common.sound import wav_of
from streamer.adapters.asr.openai_transcribe import OpenAiEar, OpenAiRecognizer
from streamer.adapters.asr.pocketsphinx import SphinxEar
from streamer.adapters.asr.whisper import WhisperEar
from streamer.ports import EAR_RATE_HZ, Final, Misconfigured, Partial, Unavailable
from tests.adapters.asr.contract import EarContract, Listener, check, feed, silence
from tests.fakes.transcriptions import FakeTranscriptions

KEY = "sk-very-secret"
SAID = "Juno, what is the next game?"
TONE = b"".join((6000 * (1 if at % 80 < 40 else -1)).to_bytes(2, "little", signed=True) for at in range(16_000))


@pytest.fixture
async def server() -> AsyncIterator[FakeTranscriptions]:
    async with FakeTranscriptions(SAID) as server:
        yield server


@pytest.fixture
async def ear(server: FakeTranscriptions) -> AsyncIterator[OpenAiRecognizer]:
    ear = settings(server).open()
    yield ear
    await ear.aclose()


def settings(server: FakeTranscriptions, **more: object) -> OpenAiEar:
    values = {"base_url": server.url, "api_key": SecretStr(KEY), "model": "whisper-1", "limit_s": 20, **more}
    return OpenAiEar.model_validate(values)


async def hear(
    ear: OpenAiRecognizer, pcm: bytes = TONE, *, language: str = "en", listener: Listener | None = None
) -> Final:
    hearing = ear.hear(language=language, hints=("Juno", "Mika"), on_partial=listener or Listener())
    feed(hearing, pcm)
    return check(await hearing.finish())


class TestContract(EarContract):
    noisy = False

    @pytest.fixture
    def clip(self) -> bytes:
        return TONE

    @pytest.fixture
    def said(self) -> str:
        return SAID

    @pytest.fixture
    def asked(self, server: FakeTranscriptions) -> Sequence[object]:
        return server.requests


async def test_the_request(ear: OpenAiRecognizer, server: FakeTranscriptions) -> None:
    final = await hear(ear, language="en-GB")
    assert server.requests == [
        {
            "filename": "speech.wav",
            "model": "whisper-1",
            "response_format": "verbose_json",
            "temperature": "0",
            "language": "en",
            "prompt": "Juno, Mika",
        }
    ]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert server.rates == [EAR_RATE_HZ]
    assert server.clips == [TONE]
    assert final.text == SAID
    assert final.confidence == pytest.approx(0.8187, abs=0.001)
    assert final.no_speech == pytest.approx(0.02)


async def test_the_fake_satisfies_the_real_client(server: FakeTranscriptions) -> None:
    import openai

    async with openai.AsyncOpenAI(base_url=server.url, api_key=KEY, max_retries=0) as client:
        wav = ("speech.wav", wav_of(TONE), "audio/wav")
        whole = await client.audio.transcriptions.create(file=wav, model="whisper-1", response_format="verbose_json")
        stream = await client.audio.transcriptions.create(file=wav, model="gpt-4o-transcribe", stream=True)
        events = [event async for event in stream]
    assert whole.text.strip() == SAID
    assert [each.no_speech_prob for each in whole.segments or ()] == [0.02]
    assert "".join(event.delta for event in events if event.type == "transcript.text.delta") == SAID
    assert events[-1].type == "transcript.text.done"
    assert server.clips == [TONE, TONE]


async def test_one_connection_is_kept(ear: OpenAiRecognizer, server: FakeTranscriptions) -> None:
    for _ in range(3):
        await hear(ear)
    connector = ear._sessions.get().connector
    assert connector is not None
    assert sum(map(len, connector._conns.values())) == 1


async def test_models_that_know_json_only_are_asked_for_it(server: FakeTranscriptions) -> None:
    server.formats = {"json"}
    ear = settings(server, model="gpt-4o-transcribe").open()
    assert (await hear(ear)).text == SAID
    assert [each["response_format"] for each in server.requests] == ["json"]
    await ear.aclose()


async def test_a_refused_format_is_asked_for_once(server: FakeTranscriptions) -> None:
    server.formats = {"json"}
    ear = settings(server, model="parakeet").open()
    for _ in range(2):
        assert (await hear(ear)).text == SAID
    assert [each["response_format"] for each in server.requests] == ["verbose_json", "json", "json"]
    await ear.aclose()


@pytest.mark.parametrize("model", ["parakeet", "gpt-4o-transcribe"])
async def test_a_clip_that_is_refused_in_every_form_changes_nothing(server: FakeTranscriptions, model: str) -> None:
    """A server says 400 to a clip that is too short for it; the form was fine."""
    ear = settings(server, model=model).open()
    ear._logprobs = model.startswith("gpt-")  # as at OpenAI itself
    server.mode = "400"
    with pytest.raises(Unavailable, match="does not understand"):
        await hear(ear)
    first = server.requests[0]
    assert len(server.requests) == 2
    server.mode = "ok"
    await hear(ear)
    assert server.requests[2] == first
    await ear.aclose()


async def test_the_limit_holds_for_both_forms_together(server: FakeTranscriptions) -> None:
    server.formats, server.mode = {"json"}, "silent"
    ear = settings(server, model="parakeet", limit_s=0.3).open()
    with pytest.raises(Unavailable, match=r"did not answer within 0\.3 s"):
        await hear(ear)
    assert ear._format == "verbose_json"
    await ear.aclose()


@pytest.mark.parametrize(
    "body",
    [
        '{"text": "hi", "segments": 5}',
        '{"text": "hi", "segments": "none"}',
        '{"text": "hi", "segments": {"avg_logprob": -1}}',
        '{"text": "hi", "logprobs": 5}',
        '{"text": "hi", "segments": [{"avg_logprob": -1' + "0" * 400 + "}]}",
        '{"text": "hi", "segments": [{"no_speech_prob": 1' + "0" * 400 + "}]}",
        '{"text": "hi", "segments": [{"avg_logprob": 1' + "0" * 5_000 + "}]}",
        "[" * 100_000 + "]" * 100_000,
        '{"text": "hi", "segments": ' + '{"a":' * 100_000 + "1" + "}" * 100_001,
        "5",
        "null",
        '{"text": null}',
    ],
    ids=lambda body: body[:40],
)
async def test_answers_that_are_something_else(server: FakeTranscriptions, body: str) -> None:
    server.body = body
    ear = settings(server).open()
    with pytest.raises(Unavailable, match="no transcription"):
        await hear(ear)
    server.body = ""
    assert (await hear(ear)).text == SAID
    await ear.aclose()


async def test_answers_that_lack_what_may_be_lacking(server: FakeTranscriptions) -> None:
    server.body = '{"text": "hi", "segments": null, "logprobs": null, "language": 5}'
    ear = settings(server).open()
    final = await hear(ear)
    assert (final.text, final.confidence, final.no_speech, final.language) == ("hi", 1.0, 0.0, "en")
    await ear.aclose()


async def test_words_come_while_they_are_found(server: FakeTranscriptions) -> None:
    ear = settings(server, stream=True).open()
    listener = Listener()
    assert (await hear(ear, listener=listener)).text == SAID
    assert listener.partials[0] == Partial("Juno,")
    assert listener.partials[-1].text == SAID
    server.streams = False
    assert (await hear(ear)).text == SAID
    await ear.aclose()


@pytest.mark.parametrize("mode", ["cut_stream", "stop_stream"])
async def test_a_stream_that_ends_early_is_a_failure(server: FakeTranscriptions, mode: str) -> None:
    server.mode = mode
    ear = settings(server, stream=True).open()
    with pytest.raises(Unavailable):
        await hear(ear)
    await ear.aclose()


async def test_what_the_model_doubts(ear: OpenAiRecognizer, server: FakeTranscriptions) -> None:
    server.no_speech_prob, server.avg_logprob = 0.97, -1.6
    final = await hear(ear)
    assert final.no_speech == pytest.approx(0.97)
    assert final.confidence == pytest.approx(0.2019, abs=0.001)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("400", "does not understand"),
        ("413", "too long"),
        ("429", "slow down"),
        ("500", "answers 500"),
        ("503", "answers 503"),
        ("html", "no transcription"),
        ("garbage", "no transcription"),
        ("empty", "no transcription"),
        ("strange", "no transcription"),
        ("long", "no transcription"),
        ("cut", "broke off"),
        ("silent", "did not answer within 0.3 s"),
        ("stall", "did not answer within 0.3 s"),
    ],
)
async def test_unavailable(server: FakeTranscriptions, mode: str, words: str) -> None:
    server.mode = mode
    ear = settings(server, limit_s=0.3 if mode in ("silent", "stall") else 20).open()
    with pytest.raises(Unavailable, match=words) as caught:
        await hear(ear)
    assert KEY not in str(caught.value)
    assert "Juno" not in str(caught.value)
    assert (caught.value.retry_after_s == 7) == (mode in ("429", "503"))
    if mode not in ("silent", "stall"):
        server.mode = "ok"
        assert (await hear(ear)).text == SAID
    await ear.aclose()


@pytest.mark.parametrize(("mode", "fix"), [("401", "api_key"), ("403", "api_key"), ("404", "base_url")])
async def test_misconfigured(ear: OpenAiRecognizer, server: FakeTranscriptions, mode: str, fix: str) -> None:
    server.mode = mode
    with pytest.raises(Misconfigured) as caught:
        await hear(ear)
    assert fix in caught.value.fix
    assert KEY not in caught.value.reason
    if mode != "404":
        with pytest.raises(Misconfigured):
            await ear.load(lambda _: None)


async def test_nobody_is_there(server: FakeTranscriptions, unused_tcp_port: int) -> None:
    ear = settings(server, base_url=f"http://127.0.0.1:{unused_tcp_port}/v1").open()
    with pytest.raises(Unavailable, match="cannot be reached"):
        await ear.load(lambda _: None)
    with pytest.raises(Unavailable, match="cannot be reached"):
        await hear(ear)
    await ear.aclose()


async def test_thirty_seconds_of_shouting(ear: OpenAiRecognizer, server: FakeTranscriptions) -> None:
    assert (await hear(ear, TONE * 45)).text == SAID
    assert len(server.clips[0]) == EAR_RATE_HZ * 2 * 30


async def test_a_newer_look_takes_the_place_of_an_older(ear: OpenAiRecognizer, server: FakeTranscriptions) -> None:
    await ear.load(lambda _: None)
    server.mode = "silent"
    hearing = ear.hear(language="en", hints=(), on_partial=Listener())
    feed(hearing, TONE[:16_000])
    older = asyncio.ensure_future(hearing.look())
    while not server.requests:
        await asyncio.sleep(0.005)
    server.mode = "ok"
    feed(hearing, TONE)
    newer = await hearing.look()
    assert newer.text == (await older).text == SAID
    await server.left()
    feed(hearing, silence(200))
    assert (await hearing.finish()).text == SAID


async def test_a_failed_look_does_not_fail_the_finish(ear: OpenAiRecognizer, server: FakeTranscriptions) -> None:
    server.mode = "500"
    hearing = ear.hear(language="", hints=(), on_partial=Listener())
    feed(hearing, TONE + silence(200))
    with pytest.raises(Unavailable):
        await hearing.look()
    server.mode = "ok"
    assert (await hearing.finish()).text == SAID


def test_three_engines_fit_in_the_limit_of_an_ear() -> None:
    assert OpenAiEar().limit_s == WhisperEar().limit_s == SphinxEar().limit_s == 6.0


def test_settings_that_cannot_work() -> None:
    with pytest.raises(Misconfigured):
        OpenAiEar(base_url="not a url").open()
    with pytest.raises(Misconfigured) as caught:
        OpenAiEar().open()
    assert "OPENAI_API_KEY" in caught.value.fix
