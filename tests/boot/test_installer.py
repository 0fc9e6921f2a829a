"""What is kept of a machine's pip settings, and what pip's errors mean in plain words."""

import subprocess
import sys

import pytest

from streamer.boot import installer


def test_where_packages_come_from_is_kept_and_the_rest_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {"PIP_INDEX_URL": "http://mirror/simple", "PIP_CERT": "/c.pem", "PIP_PROXY": "p:1", "PIP_FIND_LINKS": "/w"}
    dropped = {"PIP_TARGET": "/t", "PIP_NO_DEPS": "0", "PIP_CONSTRAINT": "/c", "PYTHONPATH": "/p", "PYTHONHOME": "/h"}
    for name, value in (kept | dropped | {"PIP_USER": "1", "PIP_RETRIES": "9"}).items():
        monkeypatch.setenv(name, value)
    clean = installer.clean_environment()
    assert kept.items() <= clean.items()
    assert not dropped.keys() & clean.keys()
    assert clean["PIP_USER"] == "0"
    assert clean["PIP_RETRIES"] == "9"


OFFLINE = """WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError("Failed to establish a
new connection: [Errno -2] Name or service not known")': /simple/av/
ERROR: No matching distribution found for av==18.1.0
"""
FALSIFIED = """ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.
    aiohttp==3.14.5 from http://mirror/aiohttp.whl (from -r core.lock (line 4)):
        Expected sha256 0
"""


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "disk is full"),
        (OFFLINE, "cannot be reached (no network, or a mirror that lacks a package: av==18.1.0)"),
        ("ERROR: No matching distribution found for av==18.1.0", "No package index offered av==18.1.0"),
        (FALSIFIED, "aiohttp==3.14.5 does not match its hash"),
        ("Traceback ...\nValueError: something else", "ValueError: something else"),
    ],
)
def test_errors_in_plain_words(said: str, meaning: str) -> None:
    assert meaning in installer.explain(said)


def test_old_pip_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer.importlib.metadata, "version", lambda _name: "22.2.2")
    monkeypatch.setattr(installer.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    monkeypatch.setattr(installer.shutil, "which", lambda _name: None)
    assert installer.find_pip("/env/bin/python") == []
    monkeypatch.setattr(installer.importlib.metadata, "version", lambda _name: "22.3")
    assert installer.find_pip("/env/bin/python") == [sys.executable, "-m", "pip", "--python", "/env/bin/python"]


def test_a_pip_on_the_path_that_does_not_run_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(installer.shutil, "which", lambda name: f"/shims/{name}")
    tried: list[str] = []

    def works(command: list[str]) -> bool:
        tried.append(command[0])
        return command[0] == "/shims/pip"

    monkeypatch.setattr(installer, "works", works)
    assert installer.find_pip("/env/python") == ["/shims/pip", "--python", "/env/python"]
    assert tried == ["/shims/pip3", "/shims/pip"]


def test_works_runs_the_program() -> None:
    assert installer.works([sys.executable, "-c", ""])
    assert not installer.works([sys.executable, "-c", "raise SystemExit(3)"])
    assert not installer.works(["/not/there"])


@pytest.mark.parametrize(
    ("said", "flag"),
    [("pip 24.1 from /x", "raw"), ("pip 26.3 from /x", "raw"), ("pip 23.0.1 from /x", "off"), ("", "off")],
)
def test_bytes_are_asked_of_a_pip_that_can_tell_them(monkeypatch: pytest.MonkeyPatch, said: str, flag: str) -> None:
    def run(command: list[str], **_more: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 0, said, "")

    monkeypatch.setattr(installer.subprocess, "run", run)
    assert installer.progress_flags(["pip"]) == ("--progress-bar", flag)


@pytest.mark.parametrize(("version", "flag"), [("24.1", "raw"), ("23.0.1", "off")])
def test_its_own_pip_is_not_started_to_be_asked(monkeypatch: pytest.MonkeyPatch, version: str, flag: str) -> None:
    def run(*_: object, **_more: object) -> None:
        raise AssertionError("started")

    monkeypatch.setattr(installer.subprocess, "run", run)
    monkeypatch.setattr(installer.importlib.metadata, "version", {"pip": version}.__getitem__)
    own = [sys.executable, "-m", "pip", "--python", "/elsewhere"]
    assert installer.progress_flags(own) == ("--progress-bar", flag)


def test_bytes_are_no_part_of_what_pip_said() -> None:
    heard: list[str | None] = []
    pip = [sys.executable, "-c", "print('Progress 1 of 2'); print('ERROR: why')"]
    code, said = installer.install(pip, "x.lock", 2, heard.append)
    assert code == 0
    assert said == "ERROR: why\n"
    assert "Progress 1 of 2\n" in heard
