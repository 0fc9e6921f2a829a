from collections.abc import AsyncIterator

import pytest

from streamer.adapters.tts.voicevox import VoicevoxSpeech, VoicevoxVoice
from streamer.adapters.tts.voicevox import voices as voicevox_voices
from streamer.adapters.tts.voicevox.kana import ends_in_text
from streamer.ports import (
    Misconfigured,
    SpeechPiece,
    SpeechRequest,
    TextToSpeech,
    Unavailable,
    Unspeakable,
    VisemeMark,
    VoiceSpec,
    WordMark,
)
from tests.adapters.tts.contract import TEXT, VoiceContract, check, collect, sound
from tests.adapters.tts.spoken import spoken
from tests.fakes.voicevox import STYLES, FakeVoicevox

JA = "今日は、みんなで猫を見ます。"


@pytest.fixture
async def server() -> AsyncIterator[FakeVoicevox]:
    async with FakeVoicevox(lambda _text: spoken(TEXT)) as server:
        yield server


def settings(server: FakeVoicevox, **more: object) -> VoicevoxVoice:
    return VoicevoxVoice.model_validate({"url": server.root, "first_audio_s": 20, "stall_s": 20, **more})


@pytest.fixture
async def voice(server: FakeVoicevox) -> AsyncIterator[VoicevoxSpeech]:
    voice = settings(server).open()
    yield voice
    await voice.aclose()


def words_of(text: str, pieces: list[SpeechPiece]) -> list[str]:
    return [text[mark.start : mark.end] for mark in pieces if isinstance(mark, WordMark)]


class TestContract(VoiceContract):
    @pytest.fixture
    def asked(self, server: FakeVoicevox) -> list[int]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return server.received_ns

    async def test_says_what_it_can(self, voice: TextToSpeech) -> None:
        pieces = await collect(voice.synthesize(SpeechRequest(JA, VoiceSpec(language="ja"))))
        check(JA, pieces)
        assert words_of(JA, pieces) == ["今日は", "みんなで", "猫を", "見ます"]
        assert any(isinstance(piece, VisemeMark) for piece in pieces)


async def test_the_mouth_follows_the_moras(voice: VoicevoxSpeech) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest("まみむ。", VoiceSpec(language="ja", rate=2.0))))
    shapes = [(mark.shape, mark.at_ms) for mark in pieces if isinstance(mark, VisemeMark)]
    assert [shape for shape, _ in shapes] == ["mbp", "aa", "mbp", "ih", "mbp", "ou"]
    # 0.06 s before, then 0.05 + 0.11 s a mora, at twice the pace and in whole frames of 10.67 ms
    assert [at for _, at in shapes] == [32, 53, 107, 128, 181, 203]


async def test_lengths_that_were_not_spoken_are_stretched(server: FakeVoicevox) -> None:
    server.dummy = True
    voice = settings(server).open()
    pieces = await collect(voice.synthesize(SpeechRequest(JA)))
    await voice.aclose()
    done = check(JA, pieces)
    last = max(mark.at_ms + (mark.dur_ms or 0) for mark in pieces if isinstance(mark, VisemeMark))
    assert done.total_ms - last == pytest.approx(130, abs=30)


async def test_what_is_asked_for(voice: VoicevoxSpeech, server: FakeVoicevox) -> None:
    await collect(voice.synthesize(SpeechRequest("a&b=c 猫🎉", VoiceSpec("2", rate=1.5, pitch=2 ** (2 / 12)))))
    assert server.queries[-1] == {"text": "a&b=c 猫 ", "speaker": "2"}
    body = server.requests[-1]
    assert body["speedScale"] == 1.5
    assert body["pitchScale"] == pytest.approx(0.0295, abs=0.001)
    assert body["volumeScale"] == 1.0
    assert body["outputStereo"] is False


@pytest.mark.parametrize(
    ("spec", "emotion", "style"),
    [
        (VoiceSpec(), "", 3), (VoiceSpec("ずんだもん"), "", 3), (VoiceSpec("ずんだもん/ツンツン"), "", 7),
        (VoiceSpec("四国めたん"), "joy:0.5", 2), (VoiceSpec("ずんだもん"), "sad", 76), (VoiceSpec("3"), "joy", 1),
        (VoiceSpec("3", style="なみだめ"), "joy", 76), (VoiceSpec("3", style="36"), "", 36),
        (VoiceSpec("en-US-AnaNeural"), "", 3), (VoiceSpec("3"), "neutral", 3), (VoiceSpec("3", style="?"), "", 3),
    ],
)  # fmt: skip
async def test_styles(voice: VoicevoxSpeech, server: FakeVoicevox, spec: VoiceSpec, emotion: str, style: int) -> None:
    await collect(voice.synthesize(SpeechRequest("ねこ", spec, emotion)))
    assert server.spoken_by == [style]


@pytest.mark.parametrize(
    ("mode", "error", "words"),
    [
        ("no_query", Unavailable, "500"), ("mute", Unspeakable, "nothing to read"), ("500", Unavailable, "500"),
        ("429", Unavailable, "slow down"), ("401", Misconfigured, "key"), ("garbage", Unavailable, "not sound"),
        ("html", Unavailable, "not sound"), ("empty", Unavailable, "not sound"), ("quiet", Unavailable, "silence"),
    ],
)  # fmt: skip
async def test_refusals(
    voice: VoicevoxSpeech, server: FakeVoicevox, mode: str, error: type[Exception], words: str
) -> None:
    server.mode = mode
    with pytest.raises(error, match=words) as told:
        await collect(voice.synthesize(SpeechRequest(JA)))
    assert "猫" not in str(told.value)
    server.mode = "ok"
    assert check(JA, await collect(voice.synthesize(SpeechRequest(JA)))).complete


@pytest.mark.parametrize("mode", ["cut", "stall", "early_end"])
async def test_sound_that_breaks_off(server: FakeVoicevox, mode: str) -> None:
    server.mode = mode
    voice = settings(server, stall_s=0.2).open()
    pieces = await collect(voice.synthesize(SpeechRequest(JA)))
    await voice.aclose()
    assert not check(JA, pieces).complete
    assert sound(pieces)


@pytest.mark.parametrize("mode", ["silent", "slow"])
async def test_late(server: FakeVoicevox, mode: str) -> None:
    server.mode, server.slow_s = mode, 30
    voice = settings(server, first_audio_s=0.1).open()
    with pytest.raises(Unavailable, match="in time"):
        await collect(voice.synthesize(SpeechRequest(JA)))
    await voice.aclose()


async def test_an_unknown_number_is_a_sentence(voice: VoicevoxSpeech) -> None:
    with pytest.raises(Misconfigured, match="no such voice"):
        await collect(voice.synthesize(SpeechRequest(JA, VoiceSpec("999"))))


async def test_not_running() -> None:
    voice = VoicevoxVoice(url="http://127.0.0.1:9").open()
    await voice.warm()
    with pytest.raises(Unavailable, match="is it running"):
        await collect(voice.synthesize(SpeechRequest(JA)))
    await voice.aclose()
    with pytest.raises(Misconfigured, match="address"):
        VoicevoxVoice(url="localhost").open()


async def test_the_list_tells_credit_and_terms(server: FakeVoicevox) -> None:
    found = await voicevox_voices.list_voices(server.root)
    assert found is not None
    assert (found[0].id, found[0].name, found[0].language) == ("3", "ずんだもん (ノーマル)", "ja")
    assert found[0].credit == "VOICEVOX:ずんだもん"
    assert "クレジット" in await voicevox_voices.terms_of(server.root, STYLES[0][1])
    assert await voicevox_voices.terms_of(server.root, "nobody") == ""
    assert await voicevox_voices.list_voices("http://127.0.0.1:9") is None


@pytest.mark.parametrize(
    ("text", "moras", "ends"),
    [
        ("ねこ", "ネ コ", [1, 2]),
        ("今日は晴れ。", "キョ オ ワ ハ レ", [0, 2, 3, 4, 5]),
        ("コーヒーだ", "コ オ ヒ イ ダ", [1, 2, 3, 4, 5]),
        ("きょう、見た", "キョ オ _ ミ タ", [2, 3, 4, 5, 6]),
        ("OK、ねこ", "オ オ ケ エ _ ネ コ", [0, 0, 1, 2, 3, 4, 5]),
    ],
)
def test_moras_find_their_signs(text: str, moras: str, ends: list[int]) -> None:
    found = ends_in_text(text, ["" if mora == "_" else mora for mora in moras.split()])
    assert found[-1] >= len(text) - 1
    assert found == sorted(found)
    if "OK" not in text and "今日" not in text:
        assert found == ends
    else:
        at = [place for place, want in zip(found, ends, strict=True) if want >= 3]
        assert at == [want for want in ends if want >= 3]


def test_long_texts_are_shared_out() -> None:
    assert ends_in_text("猫" * 400, ["ネ", "コ"] * 400)[-1] == 400
    assert ends_in_text("猫", []) == []
