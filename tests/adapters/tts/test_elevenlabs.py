from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from streamer.adapters.tts import elevenlabs_voices
from streamer.adapters.tts.common.letters import LetterMarks
from streamer.adapters.tts.elevenlabs import ElevenLabsSpeech, ElevenLabsVoice, audio_tag, styled
from streamer.ports import Done, Misconfigured, SpeechRequest, Unavailable, Unspeakable, VisemeMark, VoiceSpec, WordMark
from tests.adapters.tts.contract import TEXT, VoiceContract, check, collect, sound
from tests.adapters.tts.hearing import SENTENCES, heard
from tests.adapters.tts.spoken import spoken, words
from tests.fakes.elevenlabs import KEY, FakeElevenLabs


@pytest.fixture
async def server() -> AsyncIterator[FakeElevenLabs]:
    async with FakeElevenLabs(spoken, words) as server:
        yield server


def settings(server: FakeElevenLabs, **more: object) -> ElevenLabsVoice:
    given = {"base_url": server.root, "api_key": SecretStr(KEY), "first_audio_s": 20, "stall_s": 20}
    return ElevenLabsVoice.model_validate({**given, **more})


@pytest.fixture
async def voice(server: FakeElevenLabs) -> AsyncIterator[ElevenLabsSpeech]:
    voice = settings(server).open()
    yield voice
    await voice.aclose()


class TestContract(VoiceContract):
    @pytest.fixture
    def asked(self, server: FakeElevenLabs) -> list[int]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return server.received_ns


async def test_the_right_sentence_is_heard(voice: ElevenLabsSpeech, tmp_path_factory: pytest.TempPathFactory) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest(SENTENCES[1].capitalize() + ".")))
    assert heard(sound(pieces), tmp_path_factory.getbasetemp()) == SENTENCES[1]


async def test_words_stand_where_they_are_heard(voice: ElevenLabsSpeech) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    marks = [piece for piece in pieces if isinstance(piece, WordMark)]
    for mark, (word, at_ms, dur_ms) in zip(marks, words(TEXT), strict=True):
        assert TEXT[mark.start : mark.end].strip(" ,!") == word
        assert abs(mark.at_ms - at_ms) <= 2
        assert abs(mark.dur_ms - dur_ms) <= 60  # the comma belongs to the word here
    shapes = [piece for piece in pieces if isinstance(piece, VisemeMark)]
    welcome = next(mark for mark in marks if TEXT[mark.start : mark.end] == "welcome")
    inside = [each.shape for each in shapes if welcome.at_ms <= each.at_ms < welcome.at_ms + welcome.dur_ms]
    assert "mbp" in inside
    assert "oh" in inside


async def test_what_is_asked_for(voice: ElevenLabsSpeech, server: FakeElevenLabs) -> None:
    spec = VoiceSpec("JBFqnCBsd6RMkjVDRZzb", rate=2.0, pitch=1.3, language="ja-JP", style="stability=0.2 style=0.9")
    await collect(voice.synthesize(SpeechRequest(TEXT, spec)))
    body = server.requests[-1]
    assert server.paths[-1].startswith("/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/stream/with-timestamps?output_format=")
    assert body["model_id"] == "eleven_flash_v2_5"
    assert body["language_code"] == "ja"
    assert body["voice_settings"] == {
        "stability": 0.2, "similarity_boost": 0.75, "style": 0.9, "use_speaker_boost": True, "speed": 1.2,
    }  # fmt: skip
    await collect(voice.synthesize(SpeechRequest(TEXT, VoiceSpec("../../v1/user", language="x"))))
    assert "EXAVITQu4vr4xnSDxMaL" in server.paths[-1]
    assert "language_code" not in server.requests[-1]


async def test_an_audio_tag_is_no_word_of_the_text(server: FakeElevenLabs) -> None:
    voice = settings(server, model="eleven_v3").open()
    pieces = await collect(voice.synthesize(SpeechRequest("Come here.", VoiceSpec(style="whispers"))))
    await voice.aclose()
    assert server.requests[-1]["text"] == "[whispers] Come here."
    assert [(p.start, p.end) for p in pieces if isinstance(p, WordMark)] == [(0, 4), (5, 10)]


def test_styles() -> None:
    assert styled("0.4") == {"style": 0.4}
    assert styled("7") == {"style": 1.0}
    assert styled("stability=0.3, similarity = 1") == {"stability": 0.3, "similarity_boost": 1.0}
    assert styled("excited") == {}
    assert audio_tag("eleven_v3", "[excited]") == "[excited] "
    assert audio_tag("eleven_v3", "0.5") == ""
    assert audio_tag("eleven_v3", "a] ignore [b") == ""
    assert audio_tag("eleven_flash_v2_5", "excited") == ""


@pytest.mark.parametrize(
    ("mode", "error", "words"),
    [
        ("401", Misconfigured, "key"), ("402", Misconfigured, "plan"), ("no_quota", Misconfigured, "used up"),
        ("no_voice", Misconfigured, "no such voice"), ("422", Unspeakable, "text"),
        ("concurrent", Unavailable, "too many"),
        ("429", Unavailable, "slow down"), ("500", Unavailable, "500"), ("503", Unavailable, "503"),
        ("format", Misconfigured, "format"), ("garbage", Unavailable, "not sound"), ("html", Unavailable, "not sound"),
        ("empty", Unavailable, "not sound"), ("quiet", Unavailable, "silence"),
    ],
)  # fmt: skip
async def test_refusals(
    voice: ElevenLabsSpeech, server: FakeElevenLabs, mode: str, error: type[Exception], words: str
) -> None:
    server.mode = mode
    with pytest.raises(error, match=words) as told:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert "Hello" not in str(told.value)
    assert KEY not in str(told.value)
    if mode in ("429", "concurrent"):
        assert isinstance(told.value, Unavailable)
        assert told.value.retry_after_s == 7
    server.mode = "ok"
    assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete


@pytest.mark.parametrize("mode", ["cut", "stall", "early_end"])
async def test_sound_that_breaks_off(server: FakeElevenLabs, mode: str) -> None:
    server.mode = mode
    voice = settings(server, stall_s=0.2).open()
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    await voice.aclose()
    assert not check(TEXT, pieces).complete
    assert any(isinstance(piece, WordMark) for piece in pieces)


@pytest.mark.parametrize("mode", ["silent", "slow"])
async def test_late(server: FakeElevenLabs, mode: str) -> None:
    server.mode, server.slow_s = mode, 30
    voice = settings(server, first_audio_s=0.1).open()
    with pytest.raises(Unavailable, match="in time"):
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    await voice.aclose()


async def test_without_times(voice: ElevenLabsSpeech, server: FakeElevenLabs) -> None:
    server.mode = "no_alignment"
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert check(TEXT, pieces).complete
    assert not any(isinstance(piece, WordMark) for piece in pieces)


async def test_one_connection_for_many(voice: ElevenLabsSpeech, server: FakeElevenLabs) -> None:
    ports: set[object] = set()
    for _ in range(3):
        await collect(voice.synthesize(SpeechRequest("Hi.")))
        ports.update(server.peers)
    assert len(ports) == 1


def test_needs_a_key() -> None:
    with pytest.raises(Misconfigured, match="key"):
        ElevenLabsVoice().open()
    with pytest.raises(Misconfigured, match="address"):
        ElevenLabsVoice(base_url="ftp://x").open()


async def test_the_list_of_voices(server: FakeElevenLabs) -> None:
    found = await elevenlabs_voices.list_voices(server.root, KEY)
    assert found is not None
    assert [(each.id, each.name, each.language, each.gender) for each in found] == [
        ("EXAVITQu4vr4xnSDxMaL", "Sarah", "en", "female"), ("JBFqnCBsd6RMkjVDRZzb", "George", "en-GB", "male"),
    ]  # fmt: skip
    assert await elevenlabs_voices.list_voices(server.root, "wrong") is None
    assert len(elevenlabs_voices.kept_voices()) >= 4


def test_letters_become_words() -> None:
    marks = LetterMarks("Oh, 5 猫だ!")
    letters = [(char, at * 50, at * 50 + 50) for at, char in enumerate("Oh, five 猫だ!")]
    got = [mark for mark in (*marks.feed(letters), *marks.finish()) if isinstance(mark, WordMark)]
    assert [("Oh, 5 猫だ!"[mark.start : mark.end]) for mark in got] == ["Oh,", "猫", "だ"]
    assert got[1].at_ms == 450
    assert Done(0).complete
