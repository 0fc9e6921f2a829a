"""Fetching a model: the real `huggingface_hub` and a hub of the test's own."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from streamer.adapters.asr import whisper_fetch
from streamer.adapters.asr.whisper import WhisperEar, fetch
from streamer.ports import Loading, Misconfigured, Unavailable
from tests.adapters.tts.contract import Traces
from tests.fakes.hub import BIG, FakeHub
from tests.oracles.tiny_whisper import build

pytest.importorskip("faster_whisper", reason="needs faster-whisper, which this machine does not have")

REPO = "Systran/faster-whisper-tiny"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("whisper") / "tiny", "Juno, what is the next game?")


@pytest.fixture
async def hub(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeHub]:
    async with FakeHub(REPO, model) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.root)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        monkeypatch.setenv("HF_TOKEN", "hf_very_secret")  # the hub of the test refuses to see it
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield hub


class Steps(list[Loading]):
    def __call__(self, step: Loading) -> None:
        assert step.step == "fetching"
        assert step.done <= step.total
        if self:
            assert step.done >= self[-1].done
        self.append(step)


async def test_a_model_is_fetched_and_loads(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    models, steps = tmp_path / "models", Steps()
    ear = WhisperEar(model="tiny", device="cpu").open(models)
    with pytest.raises(Misconfigured):
        await ear.load(lambda _: None)
    assert hub.asked == []
    folder = await ear.fetch(steps)
    assert folder == models / "tiny"
    wanted = {each.name: each.read_bytes() for each in model.iterdir()}
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == wanted
    size = sum(map(len, wanted.values()))
    assert steps[-1] == Loading("fetching", "tiny", size, size)
    assert "README.md" not in hub.asked
    await ear.load(lambda _: None)
    await ear.aclose()
    asked = len(hub.asked)
    assert await fetch("tiny", models, steps) == folder
    assert len(hub.asked) == asked
    (folder / "model.bin").write_bytes(b"broken")
    await fetch("tiny", models, steps.append, again=True)
    assert (folder / "model.bin").read_bytes() == wanted["model.bin"]


async def test_it_goes_on_where_it_was_cancelled(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    traces = Traces()
    hub.pause_s = 0.05
    begun = asyncio.Event()
    fetching = asyncio.ensure_future(fetch("tiny", tmp_path, lambda step: begun.set() if step.done > 3 * BIG else None))
    await asyncio.wait_for(begun.wait(), 30)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    await traces.gone()
    assert not (tmp_path / "tiny").exists()
    kept = (tmp_path / "tiny.part" / "model.bin.growing").stat().st_size
    assert kept > BIG
    hub.pause_s, hub.ranges = 0.0, []
    steps = Steps()
    folder = await fetch("tiny", tmp_path, steps)
    assert (folder / "model.bin").read_bytes() == (model / "model.bin").read_bytes()
    assert hub.ranges == [kept]
    assert steps[0].done >= kept


async def test_a_connection_that_breaks_is_taken_up_again(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    hub.mode, hub.cut_at = "cut", 1_500_000
    folder = await fetch("tiny", tmp_path, lambda _: None)
    assert (folder / "model.bin").read_bytes() == (model / "model.bin").read_bytes()
    assert len([at for at in hub.ranges if at > BIG]) >= 1


async def test_damage_on_the_way_is_noticed(hub: FakeHub, tmp_path: Path) -> None:
    hub.mode = "damaged"
    with pytest.raises(Unavailable, match="arrived damaged"):
        await fetch("tiny", tmp_path, lambda _: None)
    assert not (tmp_path / "tiny").exists()
    hub.mode = "ok"
    assert (await fetch("tiny", tmp_path, lambda _: None)).is_dir()


async def test_a_newer_version_is_not_mixed_with_an_older(hub: FakeHub, model: Path, tmp_path: Path) -> None:
    part = tmp_path / "tiny.part"
    part.mkdir()
    (part / "revision").write_text("f" * 40, encoding="utf-8")
    (part / "model.bin.growing").write_bytes(b"old" * BIG)
    folder = await fetch("tiny", tmp_path, lambda _: None)
    assert (folder / "model.bin").read_bytes() == (model / "model.bin").read_bytes()


class Refusal(NamedTuple):
    mode: str
    kind: type[Exception]
    words: str


@pytest.mark.parametrize(
    "refusal",
    [Refusal("404", Misconfigured, "gives nobody a model"), Refusal("500", Unavailable, "answers 500")],
    ids=lambda each: each.mode,
)
async def test_a_hub_that_refuses(hub: FakeHub, tmp_path: Path, refusal: Refusal) -> None:
    hub.mode = refusal.mode
    with pytest.raises(refusal.kind, match=refusal.words):
        await fetch("tiny", tmp_path, lambda _: None)


async def test_no_network(hub: FakeHub, tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(Unavailable, match="cannot be reached"):
        await fetch("tiny", tmp_path, lambda _: None)
    with pytest.raises(Misconfigured, match="no Whisper model called"):
        await fetch("tinny", tmp_path, lambda _: None)


async def test_a_repository_that_is_another_thing(hub: FakeHub, tmp_path: Path) -> None:
    del hub.files["model.bin"]
    with pytest.raises(Misconfigured, match="no model for faster-whisper"):
        await fetch("tiny", tmp_path, lambda _: None)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs the permissions of POSIX")
async def test_a_folder_that_cannot_be_written(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file, no folder", encoding="utf-8")
    with pytest.raises(Unavailable, match="cannot be kept"):
        await fetch("tiny", tmp_path / "models", lambda _: None)


async def test_two_at_once(hub: FakeHub, tmp_path: Path) -> None:
    hub.pause_s = 0.02
    begun = asyncio.Event()
    first = asyncio.ensure_future(fetch("tiny", tmp_path, lambda _: begun.set()))
    await asyncio.wait_for(begun.wait(), 30)
    with pytest.raises(Unavailable, match="being fetched already"):
        await fetch("tiny", tmp_path, lambda _: None)
    assert (await first).is_dir()


def test_a_full_disk(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    class Sibling(NamedTuple):
        rfilename: str
        size: int

    class Info(NamedTuple):
        siblings: list[Sibling]
        sha: str = "a" * 40

    info = Info([Sibling("model.bin", 3_000_000_000)])
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_a, **_k: info)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000_000))
    with pytest.raises(whisper_fetch.ChildUnavailable) as caught:
        whisper_fetch._fetch("large-v3", REPO, tmp_path / "large", None)  # pyright: ignore[reportArgumentType]
    assert "the disk has 1000 MB left" in caught.value.reason
    full = whisper_fetch._failure(OSError(28, "No space left on device"), "base")
    assert "the disk is full" in str(full)
