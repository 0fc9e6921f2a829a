"""The real network of the faster-whisper package in its worker process."""

import importlib.util
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from streamer.adapters import worker
from streamer.adapters.vad import silero_child
from streamer.adapters.vad.silero import SileroVad
from streamer.adapters.worker_child import ChildMisconfigured
from streamer.ports import WINDOW_BYTES, Misconfigured, Unavailable
from tests.adapters.vad.contract import VadContract, longest, scores
from tests.hearing import clips

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        importlib.util.find_spec("onnxruntime") is None or importlib.util.find_spec("faster_whisper") is None,
        reason="needs faster-whisper, which this machine does not have",
    ),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kept() -> AsyncIterator[SileroVad]:
    """With one process for the tests that do not kill it."""
    made = SileroVad()
    await made.open()
    yield made
    await made.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def vad(kept: SileroVad) -> SileroVad:
    """Open and with nothing in mind, as a new one."""
    await kept.open()
    kept.reset()
    return kept


@pytest_asyncio.fixture(loop_scope="module")
async def fresh() -> AsyncIterator[SileroVad]:
    made = SileroVad()
    await made.open()
    yield made
    await made.aclose()


class TestSilero(VadContract):
    pass


async def test_knows_music_from_speech(vad: SileroVad) -> None:
    assert longest(await scores(vad, clips.music(15_000, -20.0, seed=2))) < 5


async def test_runs_nothing_of_the_package_and_loads_nothing_here(vad: SileroVad) -> None:
    before = {name for name in ("onnxruntime", "faster_whisper", "numpy") if name in sys.modules}
    await vad.open()
    await vad.score(bytes(WINDOW_BYTES))
    assert {name for name in ("onnxruntime", "faster_whisper", "numpy") if name in sys.modules} == before


async def test_a_dead_process_is_told_and_the_next_window_starts_another(fresh: SileroVad) -> None:
    fresh._worker.kill()
    assert await fresh.score(bytes(WINDOW_BYTES)) < 0.5
    first = fresh._worker.pid

    async def late(*_: Any, **__: Any) -> Any:
        raise Unavailable("did not answer")

    call, fresh._worker.call = fresh._worker.call, late
    with pytest.raises(Unavailable):
        await fresh.score(bytes(WINDOW_BYTES))
    fresh._worker.call = call
    assert not fresh._worker.alive, "a process that is stuck is ended"
    assert await fresh.score(bytes(WINDOW_BYTES)) < 0.5
    assert fresh._worker.pid not in (None, first)


async def test_without_the_package_the_fix_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "installed", lambda _package: False)
    with pytest.raises(Misconfigured) as error:
        await SileroVad().open()
    assert error.value.fix == "python3 run.py add whisper"


async def test_a_package_without_the_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert silero_child.network().is_file()
    monkeypatch.setattr(silero_child, "FILE", "nothing.onnx")
    with pytest.raises(ChildMisconfigured, match="not installed"):
        silero_child.network()
