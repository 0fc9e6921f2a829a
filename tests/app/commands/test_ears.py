"""The command `ears`: what is there, a model from a hub of the test's own, and recordings understood."""

import asyncio
import wave
from pathlib import Path

import pytest

from streamer.app import cli
from tests.fakes.hub import FakeHub
from tests.fakes.transcriptions import FakeTranscriptions
from tests.oracles.tiny_whisper import build

SAID = "Juno, what is the next game?"


def run(*words: str, folder: Path) -> int:
    return cli.main(["ears", *words, "--state", str(folder / "state"), "--home", str(folder / "home")])


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Stereo, and at another rate than ears have."""
    file = tmp_path / "said.wav"
    tone = b"".join(
        (6000 * (1 if at % 200 < 100 else -1)).to_bytes(2, "little", signed=True) * 2 for at in range(44_100)
    )
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        out.writeframes(tone)
    return file


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def settings(folder: Path, text: str) -> None:
    (folder / "home" / "config").mkdir(parents=True)
    (folder / "home" / "config" / "streamer.yaml").write_text(text, encoding="utf-8")


def test_the_list_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings(tmp_path, "asr: {chain: [offline, whisper]}\n")
    assert run("list", folder=tmp_path) == 0
    said = capsys.readouterr().out.splitlines()
    assert next(line for line in said if "offline" in line).split()[1:4] == ["1.", "of", "the"]
    assert next(line for line in said if line.startswith("  base ")).split()[1:3] == ["148", "MB"]
    assert not any(line.endswith("here") for line in said)


async def test_a_model_is_fetched_and_understands(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("faster_whisper", reason="needs faster-whisper, which this machine does not have")
    settings(tmp_path, "asr: {whisper: {model: tiny, device: cpu, limit_s: 40}}\n")
    model = build(tmp_path / "made", SAID)
    async with FakeHub("Systran/faster-whisper-tiny", model) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.root)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert await asyncio.to_thread(lambda: run("test", str(recording), folder=tmp_path)) == 1
        assert "python3 run.py ears fetch tiny" in capsys.readouterr().out
        assert hub.asked == []
        assert await asyncio.to_thread(lambda: run("fetch", "tiny", folder=tmp_path)) == 0
        assert "The Whisper model tiny is in" in capsys.readouterr().out
        hub.mode = "500"
        again = await asyncio.to_thread(lambda: run("fetch", "tiny", "--again", folder=tmp_path))
    assert again == 1
    assert capsys.readouterr().err.startswith("The hub answers 500")
    assert await asyncio.to_thread(lambda: run("test", str(recording), folder=tmp_path)) == 0
    assert SAID in capsys.readouterr().out
    assert run("list", folder=tmp_path) == 0
    assert "100 languages here" in capsys.readouterr().out.replace("  ", " ").replace("  ", " ")


async def test_a_server_understands(tmp_path: Path, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with FakeTranscriptions(SAID + "\x1b[31m") as server:
        settings(tmp_path, f"asr: {{openai: {{base_url: '{server.url}', model: whisper-1, limit_s: 40}}}}\n")
        assert await asyncio.to_thread(lambda: run("test", str(recording), "--hint", "Juno", folder=tmp_path)) == 0
    said = capsys.readouterr().out
    assert SAID in said
    assert "\x1b" not in said
    assert server.requests[0]["prompt"] == "Juno"
    assert abs(len(server.clips[0]) - 32_000) < 700


def test_what_cannot_be_tested(tmp_path: Path, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test", str(tmp_path / "none.wav"), folder=tmp_path) == 2
    assert "There is no file" in capsys.readouterr().err
    (tmp_path / "text.wav").write_text("no sound at all", encoding="utf-8")
    assert run("test", str(tmp_path / "text.wav"), folder=tmp_path) == 2
    assert "no recording that can be read" in capsys.readouterr().err
    assert run("test", str(recording), folder=tmp_path) == 2
    assert "No recogniser is set up" in capsys.readouterr().err
    assert run("fetch", "bsae", folder=tmp_path) == 2
    assert "asr.whisper.model: base" in capsys.readouterr().err
