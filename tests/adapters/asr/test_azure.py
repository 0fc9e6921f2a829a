import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from streamer.adapters.asr.azure import AzureEar, AzureRecognizer, locale_of
from streamer.ports import Loading, Misconfigured, Partial, Unavailable
from tests.adapters.asr.contract import HINTS, EarContract, Listener, check, feed, silence, words
from tests.adapters.tts.contract import Traces
from tests.adapters.tts.hearing import to_16k
from tests.adapters.tts.spoken import spoken
from tests.fakes.azure_speech import FakeAzure, until

pytest.importorskip("azure.cognitiveservices", reason="needs Azure's SDK, which is not installed")

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "hello everyone and welcome back"


@pytest.fixture(scope="module")
def clip() -> bytes:
    return to_16k(spoken("Hello everyone, and welcome back.")).tobytes()


@pytest.fixture
def said() -> str:
    return SAID


@pytest_asyncio.fixture(loop_scope="module")
async def azure() -> AsyncIterator[FakeAzure]:
    async with FakeAzure(understand=lambda _pcm: SAID) as azure:
        yield azure


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept() -> AsyncIterator[AzureRecognizer]:
    """Its process loads the SDK once for the tests that neither close nor kill it."""
    ear = AzureEar.model_validate({"region": "nowhere", "api_key": "k"}).open()
    yield ear
    await ear.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def ear(azure: FakeAzure, kept: AzureRecognizer) -> AsyncIterator[AzureRecognizer]:
    """The kept one at the server of this test."""
    change(kept, azure)
    yield kept
    for hearing in list(kept._hearings.values()):
        hearing.drop()


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(azure: FakeAzure) -> AsyncIterator[AzureRecognizer]:
    ear = settings(azure).open()
    yield ear
    await ear.aclose()


def settings(azure: FakeAzure, **more: object) -> AzureEar:
    values = {"endpoint": azure.url, "api_key": azure.key, "final_s": 20, "connect_s": 20, **more}
    return AzureEar.model_validate(values)


def change(ear: AzureRecognizer, azure: FakeAzure, **more: object) -> None:
    """As if it had been opened with these settings."""
    own = settings(azure, **more).open()
    ear._settings, ear._service = own._settings, own._service


class TestContract(EarContract):
    @pytest.fixture
    def fresh(self, fresh: AzureRecognizer) -> AzureRecognizer:
        return fresh


async def fed(ear: AzureRecognizer, pcm: bytes, listener: Listener | None = None, language: str = "en") -> str:
    hearing = ear.hear(language=language, hints=HINTS, on_partial=listener or Listener())
    feed(hearing, pcm)
    return check(await hearing.finish()).text


async def test_the_request(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    change(ear, azure, segment_ms=1_700)
    await fed(ear, silence(200) + clip + silence(300), language="ja")
    context = next(each for each in azure.contexts if "continuation" not in each)
    detection = context["phraseDetection"]
    assert detection["language"] == "ja-JP"
    assert detection["CONVERSATION"]["segmentation"]["segmentationSilenceTimeoutMs"] == 1_700
    assert detection["enrichment"] == {"profanity": "raw"}
    assert [each["Text"] for each in context["dgi"]["Groups"][0]["Items"]] == [*HINTS]
    assert context["phraseOutput"]["interimResults"]["stableThreshold"] == 2
    assert azure.headers[0]["Ocp-Apim-Subscription-Key"] == azure.key
    assert silence(200) + clip + silence(300) == b"".join(azure.audio)[: len(clip) + 16_000]


async def test_one_of_several_languages(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    change(ear, azure, languages=["en", "ja-JP"])
    await fed(ear, clip)
    assert azure.contexts[0]["languageId"]["languages"] == ["en-US", "ja-JP"]


async def test_the_final_tells_how_sure_it_is(ear: AzureRecognizer, clip: bytes) -> None:
    hearing = ear.hear(language="en", hints=(), on_partial=Listener())
    feed(hearing, clip)
    final = await hearing.finish()
    assert final.text == "Hello everyone and welcome back."
    assert final.confidence == pytest.approx(0.93)
    assert final.language == "en"


async def test_partials_grow_and_what_is_stable_stays(ear: AzureRecognizer, clip: bytes) -> None:
    listener = Listener()
    await fed(ear, clip, listener)
    assert [len(each.text.split()) for each in listener.partials] == [1, 2, 3, 4, 5]
    for one, other in zip(listener.partials, listener.partials[1:], strict=False):
        assert other.text[: one.stable] == one.text[: one.stable]
    assert listener.partials[-1].stable > 0


async def test_a_look_is_the_newest_partial(ear: AzureRecognizer, clip: bytes) -> None:
    listener = Listener()
    hearing = ear.hear(language="en", hints=(), on_partial=listener)
    assert await hearing.look() == Partial("")
    feed(hearing, clip)
    await until(lambda: len(listener.partials) == 5)
    assert (await hearing.look()).text == SAID
    hearing.drop()


async def test_phrases_of_one_turn_are_joined(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    change(ear, azure, segment_ms=300)
    listener = Listener()
    text = await fed(ear, clip + silence(600) + clip + silence(200), listener)
    assert text == "Hello everyone and welcome back. Hello everyone and welcome back."
    assert listener.partials[-1].text.startswith("Hello everyone and welcome back. hello")


async def test_loading_finds_what_is_wrong(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    told: list[Loading] = []
    for mode, error, reason in (
        ("401", Misconfigured, "refuses the key"), ("403", Misconfigured, "quota"), ("429", Unavailable, "slow down"),
        ("503", Unavailable, "out of order|connection"), ("hang", Unavailable, "not answer"),
    ):  # fmt: skip
        azure.mode = mode
        ear._settings = settings(azure, connect_s=0.5 if mode == "hang" else 20)
        with pytest.raises(error, match=reason) as raised:
            await ear.load(told.append)
        assert azure.key not in str(raised.value) + getattr(raised.value, "fix", "")
    assert told == [Loading("loading", "azure")] * 5
    azure.mode = "ok"
    assert words(await fed(ear, clip)) == words(SAID)


async def test_faults(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    await ear.load(lambda _: None)
    for mode, error, reason in (
        ("401", Misconfigured, "refuses the key"), ("429", Unavailable, "slow down"),
        ("cut", Unavailable, "connection"), ("silent", Unavailable, "did not answer within"),
        ("hang", Unavailable, "did not answer within"),
    ):  # fmt: skip
        azure.mode = mode
        ear._settings = settings(azure, final_s=0.5 if "within" in reason else 20)
        began = time.monotonic()
        with pytest.raises(error, match=reason) as raised:
            await fed(ear, clip)
        assert time.monotonic() - began < 20
        assert "hello" not in str(raised.value).lower()
        azure.mode = "ok"
        ear._settings = settings(azure)
        assert words(await fed(ear, clip)) == words(SAID)


async def test_a_short_break_of_the_connection_is_mended(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    azure.mode, azure.faults = "cut", 1
    assert words(await fed(ear, clip)) == words(SAID)


async def test_words_without_an_end_count_for_half(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    azure.mode = "stall"
    listener = Listener()
    hearing = ear.hear(language="en", hints=(), on_partial=listener)
    feed(hearing, clip)
    await until(lambda: len(listener.partials) == 5)
    hearing._limit_s = 0.5
    final = check(await hearing.finish())
    assert words(final.text) == words(SAID)
    assert final.confidence == 0.5
    azure.mode = "ok"
    assert words(await fed(ear, clip)) == words(SAID)


async def test_nobody_spoke(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    azure.mode = "nothing"
    hearing = ear.hear(language="en", hints=(), on_partial=Listener())
    feed(hearing, clip)
    final = check(await hearing.finish())
    assert final.text == ""
    assert final.no_speech == 1.0


async def test_messages_nobody_can_read(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    azure.mode = "garbage"
    assert words(await fed(ear, clip)) == words(SAID)


async def test_a_dead_worker_is_started_anew(fresh: AzureRecognizer, clip: bytes) -> None:
    ear = fresh
    listener = Listener()
    hearing = ear.hear(language="en", hints=(), on_partial=listener)
    feed(hearing, clip)
    await until(lambda: bool(listener.partials))
    ear._worker.kill()
    with pytest.raises(Unavailable):
        await hearing.finish()
    assert words(await fed(ear, clip)) == words(SAID)


async def test_dropping_does_not_wait_for_a_silent_server(ear: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    await fed(ear, clip)
    azure.mode = "silent"
    traces = Traces()
    hearing = ear.hear(language="en", hints=(), on_partial=Listener())
    feed(hearing, clip)
    waiting = asyncio.ensure_future(hearing.finish())
    await until(lambda: azure.open > 0)
    hearing.drop()
    with pytest.raises(Unavailable):
        await waiting
    del waiting
    await traces.gone()


async def test_no_server(ear: AzureRecognizer, azure: FakeAzure) -> None:
    change(ear, azure, endpoint="ws://127.0.0.1:9")
    with pytest.raises(Unavailable, match="connection"):
        await ear.load(lambda _: None)


async def test_the_show_does_not_load_the_sdk(ear: AzureRecognizer, clip: bytes) -> None:
    await fed(ear, clip)
    assert not [name for name in sys.modules if name.startswith("azure.cognitiveservices.speech")]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.slow
async def test_threads_and_connections_stay_few(fresh: AzureRecognizer, azure: FakeAzure, clip: bytes) -> None:
    ear = fresh
    await ear.load(lambda _: None)
    pid = ear.pid
    counts: list[int] = []
    for _ in range(5):
        for _ in range(3):
            dropped = ear.hear(language="en", hints=(), on_partial=Listener())
            feed(dropped, clip)
            await dropped.look()
            dropped.drop()
            await fed(ear, clip)
        await until(lambda: azure.open == 0)
        counts.append(len(list(Path(f"/proc/{pid}/task").iterdir())))
    assert ear.pid == pid
    assert max(counts) < 25, counts


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"api_key": ""}, "key"), ({"region": ""}, "region"), ({"region": "a b"}, "region"),
        ({"endpoint": "ftp://x"}, "endpoint"), ({"language": "klingon"}, "language"),
        ({"languages": ["<x>"]}, "language"),
    ],
)  # fmt: skip
async def test_settings_that_cannot_work(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(Misconfigured, match=reason):
        AzureEar.model_validate({"api_key": "k", "region": "westeurope", **changes}).open()


async def test_a_missing_sdk_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamer.adapters.asr.azure.installed", lambda _name: False)
    with pytest.raises(Misconfigured) as raised:
        AzureEar(api_key=SecretStr("k"), region="westeurope").open()
    assert raised.value.fix == "python3 run.py add azure"


async def test_locales() -> None:
    known = {"en": "en-US", "ja": "ja-JP", "pt": "pt-BR", "en-GB": "en-GB", "de_AT": "de-AT", "": "", "x": ""}
    assert {each: locale_of(each) for each in known} == known
