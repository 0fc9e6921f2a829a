"""The real faster-whisper with a model that the test makes."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from streamer.adapters import worker
from streamer.adapters.asr import whisper_worker
from streamer.adapters.asr.common.models import MODELS, locate
from streamer.adapters.asr.whisper import OFFLINE, WhisperEar, WhisperRecognizer
from streamer.adapters.worker_child import ChildMisconfigured, ChildUnavailable
from streamer.ports import Final, Loading, Misconfigured, Unavailable
from tests.adapters.asr.contract import EarContract, Listener, check, feed, noise, nothing, silence
from tests.oracles.tiny_whisper import build

pytest.importorskip("faster_whisper", reason="needs faster-whisper, which this machine does not have")

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "Juno, what is the next game?"
JAPANESE = "ミカ、次は 何を する?"
TONE = b"".join((6000 * (1 if at % 80 < 40 else -1)).to_bytes(2, "little", signed=True) for at in range(16_000))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("whisper") / "tiny", SAID)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(model: Path) -> AsyncIterator[WhisperRecognizer]:
    """Loads once for the tests that neither close nor kill it."""
    ear = settings(model).open()
    yield ear
    await ear.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(model: Path) -> AsyncIterator[WhisperRecognizer]:
    ear = settings(model).open()
    yield ear
    await ear.aclose()


def settings(model: Path | str, **more: object) -> WhisperEar:
    values = {"model": str(model), "device": "cpu", "limit_s": 40, "threads": 1, **more}
    return WhisperEar.model_validate(values)


async def hear(ear: WhisperRecognizer, pcm: bytes = TONE, *, language: str = "en") -> Final:
    hearing = ear.hear(language=language, hints=("Juno", "Mika"), on_partial=Listener())
    feed(hearing, pcm)
    return check(await hearing.finish())


class TestContract(EarContract):
    noisy = False

    @pytest.fixture
    def fresh(self, fresh: WhisperRecognizer) -> WhisperRecognizer:
        return fresh

    @pytest.fixture
    def clip(self) -> bytes:
        return TONE

    @pytest.fixture
    def said(self) -> str:
        return SAID


async def test_loading_tells_how_far_it_is(fresh: WhisperRecognizer, model: Path) -> None:
    told: list[Loading] = []
    await fresh.load(told.append)
    size = (model / "model.bin").stat().st_size
    assert told[-1] == Loading("loading", str(model), size, size)
    assert fresh.about["device"] == "cpu"
    assert fresh.about["compute_type"].startswith("int8")
    assert fresh.about["languages"] == []


async def test_what_is_heard(ear: WhisperRecognizer) -> None:
    final = await hear(ear, language="en-GB")
    assert final.text == SAID
    assert final.language == "en"
    assert final.confidence == pytest.approx(0.98, abs=0.02)
    assert final.no_speech == pytest.approx(0.01, abs=0.005)
    assert (await hear(ear, language="")).language == "en"
    assert (await hear(ear, language="tlh")).text == SAID  # a language that Whisper does not know: it listens itself


async def test_other_letters_and_another_language(tmp_path: Path) -> None:
    ear = settings(build(tmp_path / "ja", JAPANESE, language="ja"), beam_size=1, language="ja").open()
    final = await hear(ear, language="en")
    assert (final.text, final.language) == (JAPANESE, "ja")
    await ear.aclose()


async def test_a_model_that_doubts_hears_nothing(tmp_path: Path) -> None:
    """The classic: boilerplate on noise, with a high probability that nobody speaks."""
    ear = settings(build(tmp_path / "m", "Thank you for watching!", no_speech=0.97, sure=0.2)).open()
    assert nothing(await hear(ear, noise(2_000, rms=500)))
    await ear.aclose()


async def test_an_english_model_says_so(tmp_path: Path) -> None:
    folder = build(tmp_path / "base.en", SAID, multilingual=False)
    ear = settings(folder).open()
    await ear.load(lambda _: None)
    assert ear.caps.languages == ("en",)
    assert (await hear(ear)).text == SAID
    with pytest.raises(Misconfigured, match="English only") as caught:
        await hear(ear, language="ja-JP")
    assert "asr.whisper.model" in caught.value.fix
    await ear.aclose()
    assert WhisperEar(model="small.en").open().caps.languages == ("en",)


async def test_a_look_is_recognised_once(ear: WhisperRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finish after a look costs nothing: the worker is asked once."""
    await ear.load(lambda _: None)
    asked: list[str] = []
    call = worker.Worker.call

    async def counted(self: worker.Worker, kind: str, *rest: object, **more: object) -> object:
        asked.append(kind)
        return await call(self, kind, *rest, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(worker.Worker, "call", counted)
    hearing = ear.hear(language="en", hints=(), on_partial=Listener())
    feed(hearing, TONE + silence(200))
    assert (await hearing.look()).text == SAID
    feed(hearing, silence(100))
    final = await hearing.finish()
    assert final.text == SAID
    assert final.asked_ms < 500
    assert asked == ["hear"]


async def test_thirty_seconds_of_shouting(ear: WhisperRecognizer) -> None:
    assert (await hear(ear, TONE * 40)).text == SAID


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
async def test_a_killed_worker_costs_one_utterance(fresh: WhisperRecognizer) -> None:
    assert (await hear(fresh)).text == SAID
    pid = fresh.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # so that it is in the middle
    hearing = fresh.hear(language="en", hints=(), on_partial=Listener())
    feed(hearing, TONE)
    ending = asyncio.ensure_future(hearing.finish())
    await asyncio.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(Unavailable, match="Whisper"):
        await ending
    assert (await hear(fresh)).text == SAID
    assert fresh.pid != pid


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
async def test_a_worker_that_hangs_is_replaced(model: Path) -> None:
    ear = settings(model, limit_s=30).open()
    assert (await hear(ear)).text == SAID
    pid = ear.pid
    assert pid is not None
    ear._working._hear_s = 0.3
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(Unavailable, match=r"did not answer within 0\.3 s"):
        await hear(ear)
    ear._working._hear_s = 30.0
    assert (await hear(ear)).text == SAID
    await ear.aclose()


async def test_who_speaks_while_it_loads_is_told(model: Path) -> None:
    ear = settings(model, limit_s=0.05).open()
    with pytest.raises(Unavailable, match="still loading"):
        await hear(ear)
    ear._working._hear_s = 30.0
    assert (await hear(ear)).text == SAID
    await ear.aclose()


async def test_nothing_is_asked_of_the_network() -> None:
    assert OFFLINE["HF_HUB_OFFLINE"] == "1"
    assert OFFLINE["HF_HUB_DISABLE_TELEMETRY"] == "1"


# --- models that are not there ----------------------------------------------------------------------------------------


async def refused(ear: WhisperRecognizer) -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        await ear.load(lambda _: None)
    with pytest.raises(Misconfigured):
        await hear(ear)
    await ear.aclose()
    return caught.value


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models without any, and no cache of the hub."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


async def test_a_model_that_was_not_fetched(bare: Path) -> None:
    wrong = await refused(settings("base").open(bare))
    assert wrong.reason == "the Whisper model base is not on this machine"
    assert wrong.fix == "python3 run.py ears fetch base"
    wrong = await refused(settings("me/my-whisper-ct2").open(bare))
    assert wrong.fix == "python3 run.py ears fetch me/my-whisper-ct2"


async def test_a_name_that_nobody_knows(bare: Path) -> None:
    wrong = await refused(settings("smal").open(bare))
    assert wrong.fix.startswith("asr.whisper.model: small ")


async def test_a_folder_that_is_none_or_another(bare: Path) -> None:
    assert "no folder" in (await refused(settings("./nowhere").open(bare))).reason
    bare.mkdir()
    (bare / "pytorch_model.bin").write_bytes(b"x")
    assert "model.bin is missing" in (await refused(settings(bare).open())).reason


@pytest.mark.parametrize("how", ["cut", "garbage", "empty"])
async def test_a_damaged_model(model: Path, tmp_path: Path, how: str) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(model, folder)
    whole = (folder / "model.bin").read_bytes()
    damage = {"cut": whole[: len(whole) // 2], "garbage": b"\x07garbage" * 10_000, "empty": b""}
    (folder / "model.bin").write_bytes(damage[how])
    wrong = await refused(settings(folder).open())
    assert "damaged" in wrong.reason
    assert "ears fetch" in wrong.fix


async def test_no_graphics_card(model: Path) -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has one")
    assert "no graphics card" in (await refused(settings(model, device="cuda").open())).reason
    ear = settings(model, device="auto").open()
    await ear.load(lambda _: None)
    assert ear.about["device"] == "cpu"
    assert "the processor is used" in ear.about["note"]
    await ear.aclose()
    wrong = await refused(settings(model, compute_type="int8_float16").open())
    assert wrong.fix == "asr.whisper.compute_type: auto"


async def test_a_card_that_ends_the_process_is_left_alone(model: Path) -> None:
    ear = WhisperRecognizer(settings(model, device="auto"), model, module="tests.fakes.dying_ear")
    await ear.load(lambda _: None)
    assert ear.about["device"] == "cpu"
    await ear.aclose()


async def test_a_missing_package(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamer.adapters.asr.common.working.installed", lambda _: False)
    wrong = await refused(settings(model).open())
    assert wrong.fix == "python3 run.py add whisper"


async def test_where_a_model_is_looked_for(bare: Path, model: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "hub" / "models--Systran--faster-whisper-base" / "snapshots" / ("a" * 40)
    shutil.copytree(model, snapshot)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("a" * 40, encoding="utf-8")
    assert locate("base", bare) == snapshot
    shutil.copytree(model, bare / "base")
    assert locate("base", bare) == bare / "base"
    assert locate(str(model), bare) == model
    (snapshot.parents[1] / "refs" / "main").write_text("../../../etc", encoding="utf-8")
    shutil.rmtree(bare / "base")
    with pytest.raises(Misconfigured):
        locate("base", bare)


async def test_the_names_are_those_of_the_library() -> None:
    from faster_whisper import utils

    for each in MODELS.values():
        assert utils._MODELS[each.name] == each.repo


async def test_what_the_library_says_becomes_a_sentence() -> None:
    told = whisper_worker._failure(RuntimeError("std::bad_alloc"), "base", "cpu", "auto")
    assert isinstance(told, ChildUnavailable)
    assert "memory" in told.reason
    told = whisper_worker._failure(RuntimeError("CUDA driver version is insufficient"), "base", "cuda", "auto")
    assert isinstance(told, ChildMisconfigured)
    assert told.fix == "asr.whisper.device: auto"


async def test_the_show_itself_does_no_work(fresh: WhisperRecognizer) -> None:
    """The stall of the loop is a figure (tests.bench); here: the process of the show spends next to nothing on it."""
    began = time.process_time()
    for _ in range(5):
        await hear(fresh)
    used = time.process_time() - began
    assert used < 0.5, f"{used:.2f} s of processor time"
