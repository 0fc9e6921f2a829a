"""`obs setup`, `obs setup --undo` and `obs status` against an OBS on a local socket."""

import asyncio
import getpass
import io
import json
from pathlib import Path
from typing import Any

import pytest

from streamer.app import settings as settings_module
from streamer.app.cli import main
from streamer.app.commands import obs as command
from streamer.app.setup.secrets import Keys
from streamer.app.staging import opening
from tests.adapters.obs.collection import whole, windows
from tests.app.kit import put
from tests.app.setup.show import Ring
from tests.fakes.obs_ws import FakeObs
from tests.real.obs import RealObs

MADE = ["Showrunner stage"]


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    keys = Keys(ring)
    monkeypatch.setattr(command, "KEYS", keys)
    monkeypatch.setattr(settings_module, "KEYS", keys)
    monkeypatch.setattr(opening, "secret", settings_module.secret)
    return ring


class Terminal(io.StringIO):
    """A person at the keyboard."""

    def isatty(self) -> bool:
        return True


async def run(tmp_path: Path, *words: str) -> int:
    where = ["--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")]
    return await asyncio.to_thread(main, ["obs", *words, *where])


def typed(monkeypatch: pytest.MonkeyPatch, text: str, *, person: bool = False) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(text) if person else io.StringIO(text))


def yaml(tmp_path: Path) -> str:
    path = tmp_path / "home" / "config" / "streamer.yaml"
    return path.read_text(encoding="utf-8") if path.exists() else ""


async def test_made_once_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, ring: Ring) -> None:
    async with FakeObs(windows()) as obs:
        before = whole(obs.world)
        typed(monkeypatch, "obs-secret\n")
        assert await run(tmp_path, "setup", "--yes", "--password-stdin", "--url", obs.url) == 0
        said = capsys.readouterr().out
        assert "I would:\n  make the scene Showrunner\n  make the browser source Showrunner stage" in said
        assert "Read back from OBS: everything is there." in said
        assert "Kept in the keyring." in said
        assert list(obs.world.inputs) == MADE
        url = obs.world.inputs["Showrunner stage"].settings["url"]
        assert url.startswith("http://localhost:8765/overlay/stage?token=")
        token = url.partition("token=")[2]
        assert token not in said
        assert "obs-secret" not in said + yaml(tmp_path)
        assert f"obs:\n  url: {obs.url}\n" in yaml(tmp_path)
        assert token not in (tmp_path / "state" / "obs-setup.json").read_text(encoding="utf-8")
        assert list(ring.kept) == [("showrunner", f"SHOWRUNNER_OBS__PASSWORD@{obs.url}")]

        asked = len(obs.ledger)
        assert await run(tmp_path, "setup") == 0  # address and password are known; nobody is asked
        assert "Nothing to do in OBS" in capsys.readouterr().out
        assert not [name for name, _ in obs.ledger[asked:] if not name.startswith("Get")]

        assert await run(tmp_path, "setup", "--undo", "--yes") == 0
        assert "Taken back." in capsys.readouterr().out
        assert whole(obs.world) == before
        assert yaml(tmp_path) == ""
        assert not (tmp_path / "state" / "obs-setup.json").exists()
        typed(monkeypatch, "obs-secret\n")
        assert await run(tmp_path, "setup", "--undo", "--yes", "--url", obs.url) == 0
        assert "There is nothing of ours" in capsys.readouterr().out


async def test_nothing_is_done_without_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    async with FakeObs(windows(), password="") as obs:
        put(tmp_path / "home", "config/streamer.yaml", f"# mine\nobs: {{url: '{obs.url}'}}\n")
        typed(monkeypatch, "")
        assert await run(tmp_path, "setup") == 1
        assert "--yes says yes" in capsys.readouterr().out
        typed(monkeypatch, "n\n", person=True)
        assert await run(tmp_path, "setup") == 1
        assert "Nothing was done." in capsys.readouterr().out
        assert obs.world.inputs == {}
        typed(monkeypatch, "y\n", person=True)
        assert await run(tmp_path, "setup") == 0
        assert list(obs.world.inputs) == MADE
        assert yaml(tmp_path).startswith("# mine\n")


async def test_a_password_is_asked_for_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    given = iter(["wrong", "obs-secret"])
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(given))
    async with FakeObs(windows()) as obs:
        typed(monkeypatch, "", person=True)
        assert await run(tmp_path, "setup", "--yes", "--url", obs.url) == 0
        said = capsys.readouterr().out
        assert "OBS wants a password. It stands in OBS under Tools > WebSocket Server Settings" in said
        assert "OBS refuses this password." in said
        assert obs.logins_refused <= 3


async def test_why_it_is_not_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    async with FakeObs() as obs:
        typed(monkeypatch, "wrong\n")
        assert await run(tmp_path, "setup", "--password-stdin", "--url", obs.url) == 1
        assert "OBS refuses the password. Fix: copy it again" in capsys.readouterr().err
        obs.dialect = "4"
        typed(monkeypatch, "obs-secret\n")
        assert await run(tmp_path, "status", "--password-stdin", "--url", obs.url) == 1
        assert "This OBS is too old. Fix: install OBS 28 or newer" in capsys.readouterr().err
        url = obs.url
    assert await run(tmp_path, "status", "--url", url) == 1
    assert "switch its server on: Tools > WebSocket Server Settings" in capsys.readouterr().err
    assert await run(tmp_path, "setup", "--url", "http://x y") == 2
    assert "cannot be used" in capsys.readouterr().err
    put(tmp_path / "home", "config/streamer.yaml", "obs: {password: hunter2}\n")
    assert await run(tmp_path, "setup") == 2
    assert "a secret does not belong into a file" in capsys.readouterr().err


async def test_a_first_scene_map_names_the_scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    async with FakeObs(windows(), password="") as obs:
        for name in ("休憩", "Game 1", "game-1", "Yes"):
            obs.world.do("CreateScene", sceneName=name)
        assert await run(tmp_path, "setup", "--yes", "--url", obs.url, "--map", "friday") == 0
        text = (tmp_path / "home" / "scenes" / "friday.yaml").read_text(encoding="utf-8")
        assert 'scenes:\n  scene-1: "Scene"\n  scene-2: "休憩"\n' in text or "休憩" in text
        assert "Wrote home/scenes/friday.yaml" in capsys.readouterr().out
        assert "map: friday" in yaml(tmp_path)
        assert {item.source for item in obs.world.scenes["Game 1"].items} == {"Showrunner voices"}
        assert {item.source for item in obs.world.scenes["Scene"].items} == {"Showrunner voices", "Showrunner stage"}
        assert await run(tmp_path, "setup") == 0
        assert "Nothing to do in OBS" in capsys.readouterr().out
        assert await run(tmp_path, "setup", "--undo", "--yes") == 0
        assert not (tmp_path / "home" / "scenes" / "friday.yaml").exists()
        assert yaml(tmp_path) == ""


async def test_settings_that_were_changed_since_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    async with FakeObs(windows(), password="") as obs:
        put(tmp_path / "home", "config/streamer.yaml", "show: {title: Friday}\n")
        assert await run(tmp_path, "setup", "--yes", "--url", obs.url, "--map", "friday") == 0
        text = yaml(tmp_path).replace("map: friday", "map: ''")
        put(tmp_path / "home", "config/streamer.yaml", text)
        put(tmp_path / "home", "scenes/friday.yaml", "title: mine now\n")
        assert await run(tmp_path, "setup", "--undo", "--yes") == 0
        said = capsys.readouterr().out
        assert "stays, for you have changed it" in said
        assert (tmp_path / "home" / "scenes" / "friday.yaml").exists()
        assert "title: Friday" in yaml(tmp_path)
        assert "url" not in yaml(tmp_path)


async def test_a_collection_that_is_not_open_is_named(tmp_path: Path, capsys) -> None:
    async with FakeObs(windows(), password="") as obs:
        assert await run(tmp_path, "setup", "--yes", "--url", obs.url) == 0
        obs.world.collection = "Other"
        assert await run(tmp_path, "setup", "--undo", "--yes") == 0
        assert "The collection 'Headless' also holds things of ours" in capsys.readouterr().out


async def test_what_was_not_shown_is_not_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    async with FakeObs(windows(), password="") as obs:

        def answer(_question: str) -> str:
            obs.world.do("CreateScene", sceneName="Showrunner")
            return "y"

        typed(monkeypatch, "", person=True)
        monkeypatch.setattr("builtins.input", answer)
        assert await run(tmp_path, "setup", "--url", obs.url) == 1
        assert "OBS has changed meanwhile; nothing was done." in capsys.readouterr().err
        assert obs.world.inputs == {}


async def test_status(tmp_path: Path, capsys) -> None:
    async with FakeObs(password="") as obs:
        assert await run(tmp_path, "status", "--url", obs.url, "--names") == 0
        said = capsys.readouterr().out
        assert "OBS 29.0.2, obs-websocket 5.1.0" in said
        assert "Overlays off: this OBS has no browser source." in said
        assert "OBSBasic.StartStreaming" in said
        assert "2 steps to do: obs setup" in said


async def test_on_a_real_obs_captions_are_a_text(
    tmp_path: Path, monkeypatch, capsys, real_obs: RealObs, clean_obs: Any
) -> None:
    typed(monkeypatch, real_obs.password + "\n")
    assert await run(tmp_path, "setup", "--yes", "--password-stdin", "--url", real_obs.url) == 0
    said = capsys.readouterr().out
    assert "Overlays off: this OBS has no browser source." in said
    assert "text: Showrunner captions" in yaml(tmp_path)
    listed = (await clean_obs.request("GetInputList"))["inputs"]
    assert [each["inputName"] for each in listed] == ["Showrunner captions"]
    assert await run(tmp_path, "setup") == 0
    assert await run(tmp_path, "setup", "--undo", "--yes") == 0
    assert (await clean_obs.request("GetInputList"))["inputs"] == []
    assert [each["sceneName"] for each in (await clean_obs.request("GetSceneList"))["scenes"]] == ["Scene"]
    assert json.dumps(yaml(tmp_path)) == '""'
