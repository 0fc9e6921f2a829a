"""System packages for the tests: installed where allowed, named elsewhere."""

import subprocess
from typing import Any

import pytest

from streamer.boot import system


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine with apt where nothing is installed; what was run."""
    ran: list[list[str]] = []

    def run(command: list[str], **_more: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        bad = command[:2] == ["apt-get", "install"] and "fonts-inter" in command
        return subprocess.CompletedProcess(command, 100 if bad else 0, "", "E: Unable to locate package fonts-inter\n")

    monkeypatch.setattr(system.subprocess, "run", run)
    monkeypatch.setattr(system.time, "sleep", lambda _s: None)
    monkeypatch.setattr(system, "can_install", lambda: True)
    return ran


def test_nothing_missing_runs_nothing(apt: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing", list)
    system.provide()
    assert apt == []


def test_lists_are_fetched_only_when_they_are_missing(apt: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "have_lists", lambda: True)
    assert system.apt_install(["xvfb"])
    assert [command[1] for command in apt] == ["install"]
    apt.clear()
    monkeypatch.setattr(system, "have_lists", lambda: False)
    assert system.apt_install(["xvfb"])
    assert [command[1] for command in apt] == ["update", "install"]


def test_one_unknown_package_does_not_keep_the_others_away(
    apt: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "missing", lambda: ["xvfb", "fonts-inter"])
    monkeypatch.setattr(system, "have_lists", lambda: True)
    system.provide()
    installs = [command[-1] for command in apt if command[1] == "install"]
    assert "xvfb" in installs
    assert "pictures of overlays and panel" in capsys.readouterr().out


def test_without_root_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system, "can_install", lambda: False)
    monkeypatch.setattr(system, "missing", lambda: ["chromium"])
    monkeypatch.setattr(system.sys, "platform", "linux")
    system.provide()
    said = capsys.readouterr().out
    assert "overlays and panel in a real browser" in said
    assert "sudo apt install chromium" in said


def test_another_chrome_is_a_browser_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda name: "/x" if name == "google-chrome" else None)
    assert system.present("chromium", "chromium")
    assert not system.present("ffmpeg", "ffmpeg")
