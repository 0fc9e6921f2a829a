import asyncio
import itertools
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from streamer.adapters.tts.azure import AzureSpeech, AzureVoice, kept_voices, list_voices
from streamer.adapters.tts.azure.voices import list_address
from streamer.ports import Done, Misconfigured, Pcm, SpeechRequest, Unavailable, Unspeakable, VisemeMark, VoiceSpec
from tests.adapters.tts.contract import TEXT, Traces, VoiceContract, check, collect, sound
from tests.adapters.tts.hearing import SENTENCES, heard
from tests.adapters.tts.spoken import spoken, words
from tests.fakes.azure_speech import FakeAzure, until

pytest.importorskip("azure.cognitiveservices", reason="needs Azure's SDK, which is not installed")

pytestmark = pytest.mark.asyncio(loop_scope="module")
LONG = "This sentence goes on for a while, so that there is time to change one's mind about it."


@pytest_asyncio.fixture(loop_scope="module")
async def azure() -> AsyncIterator[FakeAzure]:
    async with FakeAzure(spoken, words) as azure:
        yield azure


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept() -> AsyncIterator[AzureSpeech]:
    """Its process loads the SDK once for the tests that neither count connections nor close or kill it."""
    voice = AzureVoice.model_validate({"region": "nowhere", "api_key": "k"}).open()
    yield voice
    await voice.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def voice(azure: FakeAzure, kept: AzureSpeech) -> AzureSpeech:
    """The kept one at the server of this test."""
    change(kept, azure)
    return kept


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(azure: FakeAzure) -> AsyncIterator[AzureSpeech]:
    voice = settings(azure).open()
    yield voice
    await voice.aclose()


def settings(azure: FakeAzure, **more: object) -> AzureVoice:
    values = {"endpoint": azure.url, "api_key": azure.key, "first_audio_s": 20, "stall_s": 20, **more}
    return AzureVoice.model_validate(values)


def change(voice: AzureSpeech, azure: FakeAzure, **more: object) -> None:
    """As if it had been opened with these settings."""
    own = settings(azure, **more).open()
    voice._settings, voice._service = own._settings, own._service


class TestContract(VoiceContract):
    @pytest.fixture
    def fresh(self, fresh: AzureSpeech) -> AzureSpeech:
        return fresh

    @pytest.fixture
    def asked(self, azure: FakeAzure) -> list[int]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return azure.received_ns


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


async def test_the_right_sentence_is_heard(voice: AzureSpeech, tmp_path_factory: pytest.TempPathFactory) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest(SENTENCES[1].capitalize() + ".")))
    assert sound(pieces) == spoken(SENTENCES[1].capitalize() + ".")
    assert heard(sound(pieces), tmp_path_factory.getbasetemp()) == SENTENCES[1]


async def test_the_request(voice: AzureSpeech, azure: FakeAzure) -> None:
    manner = VoiceSpec("en-US-GuyNeural", rate=1.2, pitch=0.9, volume=1.0)
    await collect(voice.synthesize(SpeechRequest("Tom & <Jerry>", manner, "joy")))
    assert azure.spoken == ["Tom & <Jerry>"]
    speak = ET.fromstring(azure.ssml[0])  # noqa: S314 - our own
    found = speak.find(".//{*}voice")
    assert found is not None
    assert found.get("name") == "en-US-GuyNeural"
    style, prosody = speak.find(".//{*}express-as"), speak.find(".//{*}prosody")
    assert style is not None
    assert style.attrib == {"style": "cheerful"}
    assert prosody is not None
    assert prosody.attrib == {"rate": "+20%", "pitch": "-10%"}
    context = azure.contexts[0]["synthesis"]["audio"]
    assert context["outputFormat"] == "raw-24khz-16bit-mono-pcm"
    assert context["metadataOptions"]["wordBoundaryEnabled"]
    assert context["metadataOptions"]["visemeEnabled"]
    assert {each["Ocp-Apim-Subscription-Key"] for each in azure.headers} == {azure.key}


async def test_styles_are_those_that_the_voice_has(azure: FakeAzure) -> None:
    voice = settings(azure, styles={"sad": "whispering"}).open()
    await voice.warm()
    try:
        await until(lambda: azure.listed == 1)
        jenny, nanami, stranger = "en-US-JennyNeural", "ja-JP-NanamiNeural", "en-US-NobodyNeural"
        for name, emotion, style, own in (
            (jenny, "joy", "cheerful", ""), (jenny, "neutral", "", ""), (jenny, "sad", "whispering", ""),
            (jenny, "surprised", "excited", ""), (nanami, "angry", "", ""), (nanami, "joy", "cheerful", ""),
            (stranger, "joy", "", ""), (stranger, "joy", "shouting", "shouting"),
            (jenny, "joy", "cheerful", "no'style"),
        ):  # fmt: skip
            await collect(voice.synthesize(SpeechRequest("Hi.", VoiceSpec(name, style=own), emotion)))
            found = ET.fromstring(azure.ssml[-1]).find(".//{*}express-as")  # noqa: S314
            assert (found.get("style") if found is not None else "") == style, (name, emotion)
    finally:
        await voice.aclose()


async def test_the_voice_of_the_language(voice: AzureSpeech, azure: FakeAzure) -> None:
    for name, language, expected in (
        ("", "ja", "ja-JP-NanamiNeural"), ("", "en-GB", "en-GB-SoniaNeural"), ("af_heart", "xx", "en-US-JennyNeural"),
        ("x'/><voice name='y", "de", "de-DE-KatjaNeural"),
    ):  # fmt: skip
        await collect(voice.synthesize(SpeechRequest("Hi.", VoiceSpec(name, language=language))))
        assert f'name="{expected}"' in azure.ssml[-1]


async def test_connections_are_kept(fresh: AzureSpeech, azure: FakeAzure) -> None:
    await fresh.warm()
    await until(lambda: azure.open == 2)
    for _ in range(4):
        await collect(fresh.synthesize(SpeechRequest("Hi.")))
    made = [path for path in azure.paths if path.startswith("/tts/cognitiveservices/websocket")]
    assert len(made) in (2, 3), "the SDK may find one of them too slow on a busy machine; without keeping there are six"


async def test_connections_that_the_service_closed_are_opened_again(fresh: AzureSpeech, azure: FakeAzure) -> None:
    await fresh.warm()
    await until(lambda: azure.open == 2)
    await azure.hang_up()
    await until(lambda: azure.open == 0)
    patience(fresh, first_audio_s=5.0)
    lost = 0
    for _ in range(3):
        try:
            assert check(TEXT, await collect(fresh.synthesize(SpeechRequest(TEXT)))).complete
        except Unavailable:  # the SDK waits when it speaks in the same moment
            lost += 1
    assert lost <= 1


async def test_sound_comes_before_the_end(voice: AzureSpeech, azure: FakeAzure) -> None:
    azure.frame_delay_s = 0.02
    pieces = voice.synthesize(SpeechRequest(TEXT))
    stamps = [time.perf_counter_ns() async for piece in pieces if isinstance(piece, Pcm)]
    assert stamps[-1] - stamps[0] > 100_000_000


async def test_mouth_shapes_last_until_the_next(voice: AzureSpeech) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest("Mama.")))
    done = check("Mama.", pieces)
    shapes = [piece for piece in pieces if isinstance(piece, VisemeMark)]
    assert [each.shape for each in shapes][:4] == ["mbp", "aa", "mbp", "aa"]
    for one, other in itertools.pairwise(shapes):
        assert one.dur_ms == other.at_ms - one.at_ms
    assert shapes[-1].shape == "sil"
    assert shapes[-1].at_ms <= done.total_ms


def patience(voice: AzureSpeech, **limits: float) -> None:
    voice._settings = voice._settings.model_copy(update=limits)


async def test_faults_before_the_sound(voice: AzureSpeech, azure: FakeAzure) -> None:
    change(voice, azure, connections=0)
    azure.slow_s = 5
    for mode, error, reason in (
        ("401", Misconfigured, "refuses the key"), ("403", Misconfigured, "quota"),
        ("429", Unavailable, "slow down"), ("503", Unavailable, "out of order"), ("hang", Unavailable, "in time"),
        ("no_audio", Unavailable, "no sound"), ("zeros", Unavailable, "silence"),
        ("silent", Unavailable, "in time"), ("garbage", Unavailable, "in time"), ("slow", Unavailable, "in time"),
    ):  # fmt: skip
        azure.mode = mode
        patience(voice, first_audio_s=0.3 if reason == "in time" else 20.0)
        with pytest.raises(error, match=reason) as raised:
            await collect(voice.synthesize(SpeechRequest(TEXT)))
        assert TEXT[:5] not in str(raised.value)
        assert azure.key not in str(raised.value) + getattr(raised.value, "fix", "")
        if mode not in ("401", "403", "429", "503"):  # these meet new connections only, and success keeps one
            azure.mode = "ok"
            patience(voice, first_audio_s=20.0)
            assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete


async def test_faults_in_the_sound(voice: AzureSpeech, azure: FakeAzure) -> None:
    for azure.mode in ("cut", "stall", "early_end"):
        patience(voice, stall_s=1.0 if azure.mode == "stall" else 20.0)
        done = check(LONG, await collect(voice.synthesize(SpeechRequest(LONG))))
        assert not done.complete
        assert 500 < done.total_ms < len(spoken(LONG)) / 48 - 500
    azure.mode = "ok"
    assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete


async def test_no_server(voice: AzureSpeech, azure: FakeAzure) -> None:
    change(voice, azure, endpoint="ws://127.0.0.1:9")
    with pytest.raises(Unavailable, match="connection"):
        await collect(voice.synthesize(SpeechRequest(TEXT)))


async def test_a_refused_text_is_no_fault_of_the_engine(
    voice: AzureSpeech, azure: FakeAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    import streamer.adapters.tts.azure.voice as module
    from streamer.adapters.tts.azure.ssml import Document

    monkeypatch.setattr(module, "document", lambda text, *_: Document("<speak", (0,) * len(text), (0,) * len(text)))
    with pytest.raises(Unspeakable):
        await collect(voice.synthesize(SpeechRequest(TEXT)))


async def test_a_dead_worker_is_started_anew(fresh: AzureSpeech, azure: FakeAzure) -> None:
    azure.frame_delay_s = 0.1
    stream = fresh.synthesize(SpeechRequest(LONG))
    await anext(stream)
    fresh._worker.kill()
    rest = await collect(stream)
    assert isinstance(rest[-1], Done)
    assert not rest[-1].complete
    azure.frame_delay_s = 0
    assert check(TEXT, await collect(fresh.synthesize(SpeechRequest(TEXT)))).complete


async def test_the_show_does_not_load_the_sdk(fresh: AzureSpeech) -> None:
    await collect(fresh.synthesize(SpeechRequest("Hi.")))
    assert not [name for name in sys.modules if name.startswith("azure.cognitiveservices.speech")]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.slow
async def test_threads_and_connections_stay_few(fresh: AzureSpeech, azure: FakeAzure) -> None:
    async def abandon() -> None:
        stream = fresh.synthesize(SpeechRequest(LONG))
        await anext(stream)
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]

    await fresh.warm()
    pid = fresh.pid
    assert pid is not None
    azure.frame_delay_s = 0.005
    counts: list[int] = []
    for _ in range(6):
        for _ in range(4):
            await asyncio.gather(abandon(), collect(fresh.synthesize(SpeechRequest("Hello."))))
        await until(lambda: azure.open <= 3)
        counts.append(threads(pid))
    assert fresh.pid == pid
    assert max(counts) < 40, counts  # a synthesizer that is not let go keeps five


async def test_leaving_does_not_wait_for_the_sdk(voice: AzureSpeech, azure: FakeAzure) -> None:
    await collect(voice.synthesize(SpeechRequest("Hi.")))
    azure.mode = "stall"
    traces = Traces()
    stream = voice.synthesize(SpeechRequest(LONG))
    await anext(stream)
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    await traces.gone()
    azure.mode = "ok"
    assert check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT)))).complete


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"api_key": ""}, "key"), ({"endpoint": "", "region": ""}, "region"),
        ({"endpoint": "", "region": "a b"}, "region"),
        ({"endpoint": "ftp://x"}, "endpoint"), ({"voice": "x<y"}, "voice"), ({"styles": {"joy": "a b"}}, "styles"),
    ],
)  # fmt: skip
async def test_settings_that_cannot_work(changes: dict[str, object], words: str) -> None:
    values = {"api_key": "k", "region": "westeurope", **changes}
    with pytest.raises(Misconfigured, match=words):
        AzureVoice.model_validate(values).open()


async def test_a_missing_sdk_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamer.adapters.tts.azure.voice.installed", lambda _name: False)
    with pytest.raises(Misconfigured) as raised:
        AzureVoice(api_key=SecretStr("k"), region="westeurope").open()
    assert raised.value.fix == "python3 run.py add azure"


async def test_the_key_is_not_shown() -> None:
    assert "very-secret" not in repr(AzureVoice(api_key=SecretStr("very-secret"), region="westeurope"))


async def test_the_list_of_voices(azure: FakeAzure) -> None:
    found = await list_voices("", azure.url, azure.key)
    assert found is not None
    assert [each.entry.id for each in found] == ["en-US-GuyNeural", "en-US-JennyNeural", "ja-JP-NanamiNeural"]
    assert found[1].entry.name == "Jenny"
    assert found[1].entry.gender == "female"
    assert "cheerful" in found[1].styles
    assert await list_voices("", azure.url, "another key") is None
    for azure.mode in ("503", "garbage"):
        assert await list_voices("", azure.url, azure.key) is None
    assert await list_voices("", "ws://127.0.0.1:9", azure.key) is None
    assert {each.language for each in kept_voices()} >= {"en-US", "ja-JP", "de-DE"}


async def test_where_the_list_is() -> None:
    assert list_address("westeurope", "") == (
        "https://westeurope.tts.speech.microsoft.com/cognitiveservices/voices/list"
    )
    assert list_address("chinanorth2", "").startswith("https://chinanorth2.tts.speech.azure.cn/")
    assert list_address("usgovvirginia", "").startswith("https://usgovvirginia.tts.speech.azure.us/")
    own = "https://my.cognitiveservices.azure.com"
    assert list_address("", own + "/") == own + "/tts/cognitiveservices/voices/list"
