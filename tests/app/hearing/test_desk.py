"""What is behind the routes of the ears: what there is, what is chosen, models that are fetched."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.audio.device.names import Device
from streamer.app.hearing import desk as module
from streamer.app.hearing import room as room_module
from streamer.app.hearing.desk import HearingDesk
from streamer.app.settings import Folders, Settings, read_settings
from streamer.app.setup.writing import Files
from streamer.ports import Loading, Misconfigured, Unavailable
from streamer.web.ears import ChooseEars
from tests.app.hearing.test_room import Stand

SHIPPED = Path(__file__).parents[3]


class Office:
    """A desk over a real settings file."""

    def __init__(self, folder: Path) -> None:
        self.folders = Folders(SHIPPED, folder / "home", folder / "state")
        self.stand = Stand({})
        self.pressed: list[tuple[str, str, str]] = []
        self.revised = 0
        self.bad = False
        self.desk = HearingDesk(
            self.stand.room,
            Files(self.folders),
            settings=lambda: self.stand.settings,
            reload=self._reload,
            revised=self._revised,
            state=self.folders.state,
            log_press=lambda what, by, via: self.pressed.append((what, by, via)),
        )

    async def _reload(self) -> None:
        self.stand.settings = read_settings(self.folders, environment={})
        await self.stand.room.change()

    def _revised(self) -> None:
        self.revised += 1

    @property
    def file(self) -> str:
        path = self.folders.home / "config" / "streamer.yaml"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    async def choose(self, **choice: Any) -> Settings:
        await self.desk.choose(ChooseEars(**choice), by="owner", via="panel")
        return self.stand.settings


@pytest.fixture
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    async def nothing(_way: str) -> list[Device]:
        return []

    monkeypatch.setattr(module, "list_devices", nothing)
    monkeypatch.setattr(room_module, "open_recognizers", lambda _settings, _state: ({}, ()))
    made = Office(tmp_path)
    await made.stand.room.change()
    yield made
    await made.desk.aclose()
    await made.stand.aclose()


async def test_what_is_chosen_is_written_and_in_force(office: Office):
    settings = await office.choose(source="device", device="Blue", open_speakers=True, barge_in="duck", language="ja")
    assert (settings.ears.source, settings.ears.device, settings.ears.open_speakers) == ("device", "Blue", True)
    assert settings.rules().barge_in == "duck"
    assert settings.asr.language == "ja"
    assert "device: Blue" in office.file
    before = office.file
    await office.choose(source="device")
    assert office.file == before, "what is so already is not written again"


async def test_the_chosen_recogniser_goes_first_and_none_is_none(office: Office):
    assert (await office.choose(engine="offline")).asr.engines == ["offline"]
    assert (await office.choose(engine="whisper", model="small")).asr.engines == ["whisper", "offline"]
    assert office.stand.settings.asr.whisper is not None
    assert office.stand.settings.asr.whisper.model == "small"
    assert (await office.choose(engine="")).asr.engines == []
    assert office.desk.state().engine == ""
    with pytest.raises(Misconfigured, match="no recogniser"):
        await office.choose(engine="telepathy")


async def test_a_file_that_cannot_be_used_is_put_back(office: Office):
    from streamer.web.rest import Problem

    path = office.folders.home / "config" / "streamer.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("show: {dial: sideways}\n", encoding="utf-8")
    with pytest.raises(Problem):
        await office.choose(source="off")
    assert office.file == "show: {dial: sideways}\n"


async def test_every_engine_says_what_it_lacks(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "installed", lambda package: package == "faster_whisper")
    rows = {each.engine: each for each in office.desk.state().engines}
    assert (rows["whisper"].state, rows["whisper"].fix) == ("model", "python3 run.py ears fetch base")
    assert (rows["azure"].state, rows["azure"].fix) == ("package", "python3 run.py add azure")
    assert (rows["offline"].state, rows["offline"].fix) == ("package", "python3 run.py add offline-ear")
    assert rows["openai"].state == "key"
    assert {each.name for each in rows["whisper"].models} >= {"tiny", "base", "turbo"}
    folder = office.folders.state / "models" / "whisper" / "base"
    folder.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    rows = {each.engine: each for each in office.desk.state().engines}
    assert rows["whisper"].state == "ready"
    assert next(each for each in rows["whisper"].models if each.name == "base").here


async def test_closing_and_opening_is_noted_with_who_did_it(office: Office):
    assert office.desk.mute(True, by="owner", via="panel") == "done"
    assert office.desk.mute(True, by="owner", via="panel") == "already"
    assert office.desk.muted
    assert office.desk.mute(False, by="deck", via="deck") == "done"
    assert office.pressed == [("ear.muted", "owner", "panel"), ("ear.opened", "deck", "deck")]
    assert office.desk.push(True, by="deck", via="deck") == "already", "nobody has a microphone open"


async def test_a_model_is_fetched_once_at_a_time_and_can_be_cancelled(office: Office, monkeypatch: pytest.MonkeyPatch):
    go = asyncio.Event()

    async def fetch(model: str, _models: Path, progress: Any) -> Path:
        progress(Loading("fetching", model, 1, 2))
        await go.wait()
        return Path("there")

    monkeypatch.setattr(module, "fetch", fetch)
    await office.desk.fetch("whisper", "tiny")
    await asyncio.sleep(0)
    assert office.desk.state().loading == Loading("fetching", "tiny", 1, 2)
    with pytest.raises(Unavailable, match="being fetched"):
        await office.desk.fetch("whisper", "base")
    assert office.desk.cancel_fetch()
    await office.stand.until(lambda: office.desk.state().loading is None)
    assert not office.desk.cancel_fetch()
    go.set()
    await office.desk.fetch("whisper", "tiny")
    await office.stand.until(lambda: office.revised >= 2)
    assert office.desk.state().loading is None
    with pytest.raises(Misconfigured, match="no models"):
        await office.desk.fetch("azure", "")


async def test_a_fetch_that_fails_is_a_sentence(office: Office, monkeypatch: pytest.MonkeyPatch):
    async def fetch(*_: Any) -> Path:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(module, "fetch", fetch)
    await office.desk.fetch("whisper", "tiny")
    await office.stand.until(lambda: office.revised)
    assert any(health.notice.params.get("reason") == "the disk is full" for health in office.stand.room.healths())


async def test_microphones_are_listed_beside(office: Office, monkeypatch: pytest.MonkeyPatch):
    async def two(_way: str) -> list[Device]:
        raise Misconfigured("sounddevice is not installed", fix="python3 run.py add device")

    office.desk._devices_s = -1e9
    monkeypatch.setattr(module, "list_devices", two)
    office.desk.state()
    await office.stand.until(lambda: office.revised)
    assert office.desk.state().devices_fix == "python3 run.py add device"
