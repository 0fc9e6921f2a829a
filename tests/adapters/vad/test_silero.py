"""The real network of the faster-whisper package in its worker process."""

import importlib.util
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from streamer.adapters import worker
from streamer.adapters.vad import silero_child
from streamer.adapters.vad.silero import SileroVad
from streamer.adapters.worker_child import ChildMisconfigured
from streamer.ports import WINDOW_BYTES, Misconfigured, Unavailable
from tests.adapters.vad.contract import VadContract, longest, scores
from tests.hearing import clips

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("onnxruntime") is None or importlib.util.find_spec("faster_whisper") is None,
    reason="needs faster-whisper, which this machine does not have",
)


@pytest.fixture
async def vad() -> AsyncIterator[SileroVad]:
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


async def test_a_dead_process_is_told_and_the_next_window_starts_another(vad: SileroVad) -> None:
    vad._worker.kill()
    assert await vad.score(bytes(WINDOW_BYTES)) < 0.5
    first = vad._worker.pid

    async def late(*_: Any, **__: Any) -> Any:
        raise Unavailable("did not answer")

    call, vad._worker.call = vad._worker.call, late
    with pytest.raises(Unavailable):
        await vad.score(bytes(WINDOW_BYTES))
    vad._worker.call = call
    assert not vad._worker.alive, "a process that is stuck is ended"
    assert await vad.score(bytes(WINDOW_BYTES)) < 0.5
    assert vad._worker.pid not in (None, first)


async def test_without_the_package_the_fix_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "installed", lambda _package: False)
    with pytest.raises(Misconfigured) as error:
        await SileroVad().open()
    assert error.value.fix == "python3 run.py add whisper"


def test_a_package_without_the_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert silero_child.network().is_file()
    monkeypatch.setattr(silero_child, "FILE", "nothing.onnx")
    with pytest.raises(ChildMisconfigured, match="not installed"):
        silero_child.network()
