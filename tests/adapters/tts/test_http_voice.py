from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr, ValidationError

from streamer.adapters.tts.http_voice import HttpSpeech, HttpVoice, fill, fill_url
from streamer.ports import Misconfigured, SpeechRequest, Unavailable, VoiceSpec
from tests.adapters.tts.contract import TEXT, VoiceContract, check, collect, sound
from tests.adapters.tts.formats import lag, mp3_file_of, relayed
from tests.adapters.tts.hearing import SENTENCES, heard
from tests.adapters.tts.spoken import spoken
from tests.fakes.edge_tts import mp3_of
from tests.fakes.http_voice import FakeHttpVoice

SOVITS = "/tts?text={text}&text_lang={lang}&ref_audio_path=mika.wav&prompt_lang=en&media_type=wav&streaming_mode=true"


@pytest.fixture
async def server() -> AsyncIterator[FakeHttpVoice]:
    async with FakeHttpVoice(spoken, encode={"mp3": mp3_of}) as server:
        yield server


@pytest.fixture
async def voice(server: FakeHttpVoice) -> AsyncIterator[HttpSpeech]:
    voice = settings(server).open()
    await voice.warm()
    yield voice
    await voice.aclose()


def settings(server: FakeHttpVoice, **more: object) -> HttpVoice:
    return HttpVoice.model_validate({"url": server.root + SOVITS, "first_audio_s": 20, "stall_s": 20, **more})


class TestContract(VoiceContract):
    @pytest.fixture
    def asked(self, server: FakeHttpVoice) -> list[int]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return server.received_ns


async def test_the_right_sentence_is_heard(voice: HttpSpeech, tmp_path_factory: pytest.TempPathFactory) -> None:
    for sentence in SENTENCES[4:6]:
        pieces = await collect(voice.synthesize(SpeechRequest(sentence.capitalize() + ".")))
        assert heard(sound(pieces), tmp_path_factory.getbasetemp()) == sentence


async def test_text_arrives_as_it_is(voice: HttpSpeech, server: FakeHttpVoice) -> None:
    for text in ("a&b=c #d?e", "100% {voice} {lang}", 'あいう ß\n"x"', "../../etc\\passwd;%00"):
        await collect(voice.synthesize(SpeechRequest(text, VoiceSpec(language="de"))))
        assert server.requests[-1]["text"] == text
        assert server.requests[-1]["text_lang"] == "de"
        assert server.requests[-1]["ref_audio_path"] == "mika.wav"


async def test_a_body(server: FakeHttpVoice) -> None:
    body = {"text": "<{text}>", "nested": [{"speed": "{rate}", "who": "{voice}"}], "n": 3, "lang": "{lang}"}
    headers = {"X-Key": SecretStr("hush")}
    languages = {"en": "english"}
    voice = settings(server, url=server.root + "/tts", body=body, headers=headers, languages=languages).open()
    await collect(voice.synthesize(SpeechRequest("hi {rate}", VoiceSpec("v'\"1", rate=1.25, language="en-US"))))
    await voice.aclose()
    assert server.requests == [
        {"text": "<hi {rate}>", "nested": [{"speed": 1.25, "who": "v'\"1"}], "n": 3, "lang": "english"}
    ]
    assert server.headers[0]["X-Key"] == "hush"
    assert "hush" not in repr(settings(server, headers=headers))


async def test_a_query_first(server: FakeHttpVoice) -> None:
    voice = settings(
        server,
        url=server.root + "/synthesis?speaker={voice}",
        query_url=server.root + "/audio_query?text={text}&speaker={voice}",
        query_set={"speedScale": "{rate}"},
        voice="3",
    ).open()
    pieces = await collect(voice.synthesize(SpeechRequest("こんにちは 1", VoiceSpec(rate=1.2, language="ja"))))
    assert check("こんにちは 1", pieces).complete
    assert server.queries == [{"text": "こんにちは 1", "speaker": "3"}]
    assert server.requests[-1] == {"accent_phrases": [], "speedScale": 1.2, "kana": "こんにちは 1"}
    await voice.aclose()


async def test_a_query_that_fails(server: FakeHttpVoice) -> None:
    voice = settings(server, url=server.root + "/synthesis", query_url="http://127.0.0.1:9/q?t={text}").open()
    with pytest.raises(Unavailable):
        await collect(voice.synthesize(SpeechRequest("x")))
    await voice.aclose()


@pytest.mark.parametrize(("rate_hz", "channels"), [(32_000, 1), (48_000, 2), (16_000, 1)])
async def test_any_wav(server: FakeHttpVoice, voice: HttpSpeech, rate_hz: int, channels: int) -> None:
    server.rate_hz, server.channels = rate_hz, channels
    server._sound = lambda text: relayed(spoken(text), rate_hz, channels)
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert check(TEXT, pieces).complete
    assert abs(lag(spoken(TEXT), sound(pieces))) <= 2


@pytest.mark.parametrize("content_type", ["audio/mpeg", "application/octet-stream"])
async def test_mp3_is_recognised(server: FakeHttpVoice, voice: HttpSpeech, content_type: str) -> None:
    for server._encode in ({"mp3": mp3_of}, {"mp3": mp3_file_of}):
        server.kind, server.content_type = "mp3", content_type
        pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
        assert check(TEXT, pieces).complete
        assert abs(lag(spoken(TEXT), sound(pieces))) <= 1


async def test_raw_pcm(server: FakeHttpVoice) -> None:
    server.kind = "pcm"
    server.content_type = "application/octet-stream"
    voice = settings(server, format="pcm").open()
    assert sound(await collect(voice.synthesize(SpeechRequest(TEXT)))) == spoken(TEXT)
    await voice.aclose()


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("mode", ["cut", "stall"])
async def test_what_was_cut_does_not_look_complete(server: FakeHttpVoice, mode: str, *, known: bool) -> None:
    server.mode, server.known_length = mode, known
    voice = settings(server, stall_s=0.8 if mode == "stall" else 20).open()
    assert not check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete
    await voice.aclose()


async def test_a_wav_shorter_than_it_says(server: FakeHttpVoice, voice: HttpSpeech) -> None:
    server.mode, server.known_length = "early_end", True
    assert not check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete


@pytest.mark.parametrize("mode", ["silent", "empty", "html", "garbage", "400", "429", "500"])
async def test_unavailable(server: FakeHttpVoice, mode: str) -> None:
    server.mode = mode
    voice = settings(server, first_audio_s=0.3 if mode == "silent" else 20).open()
    with pytest.raises(Unavailable) as caught:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert "Hello" not in repr(caught.value)
    await voice.aclose()


@pytest.mark.parametrize("mode", ["401", "403", "404"])
async def test_misconfigured(server: FakeHttpVoice, voice: HttpSpeech, mode: str) -> None:
    server.mode = mode
    with pytest.raises(Misconfigured) as caught:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert "tts.http" in caught.value.fix


async def test_too_much_is_not_taken(server: FakeHttpVoice) -> None:
    voice = settings(server, max_bytes=20_000).open()
    server.chunk_delay_s = 0.002
    assert not check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete
    await voice.aclose()


@pytest.mark.parametrize(
    "values",
    [{"url": "file:///etc/passwd?{text}"}, {"url": "http://{text}/"}, {"url": "http://x/"},
     {"url": "http://x/", "body": {"t": "text"}}, {"url": "http://x/{text}", "query_url": "gopher://x"}],
)  # fmt: skip
def test_settings_that_cannot_work(values: dict[str, object]) -> None:
    with pytest.raises(Misconfigured) as caught:
        HttpVoice.model_validate(values).open()
    assert caught.value.fix


def test_unknown_keys_are_errors() -> None:
    with pytest.raises(ValidationError):
        HttpVoice.model_validate({"url": "http://x/{text}", "adress": 1})


def test_filling_in_happens_once() -> None:
    values = {"text": "{voice}", "voice": "{text}", "rate": 1.5}
    assert fill({"a": "{text}{voice}", "b": "{rate}", "c": "{rate}x", "d": "{unknown}"}, values) == {
        "a": "{voice}{text}", "b": 1.5, "c": "1.5x", "d": "{unknown}",
    }  # fmt: skip
    assert str(fill_url("http://h/{text}?v={voice}", values)) == "http://h/%7Bvoice%7D?v=%7Btext%7D"
