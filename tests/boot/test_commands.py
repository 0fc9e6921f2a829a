"""`run.py test`, `run.py lint` and `run.py docs`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from streamer.boot import checks, commands, system


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    ran: list[list[str]] = []

    def run_child(command: list[str], environment: dict[str, str] | None = None) -> int:
        ran.append(command)
        return 5

    monkeypatch.setattr(commands, "run_child", run_child)
    monkeypatch.setattr(system, "provide", lambda: ran.append(["system"]))
    return ran


def test_test_passes_arguments_on_and_returns_pytests_code(ran: list[list[str]]) -> None:
    assert commands.run("test", ["tests/core", "-k", "two words"]) == 5
    assert ran[0] == ["system"]
    assert ran[1][-3:] == ["tests/core", "-k", "two words"]
    assert "loadfile" in ran[1]


def test_test_without_xdist(ran: list[list[str]]) -> None:
    commands.run("test", ["-p", "no:xdist"])
    assert "-n" not in ran[1]


def test_the_tests_keep_bytecode_also_where_none_is_wanted_beside_the_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "told.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "packages"))
    wanted = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tmp_path)}
    wanted.pop("PYTHONPYCACHEPREFIX", None)
    assert commands.run_child([sys.executable, "-c", "import told"], commands.with_bytecode(wanted)) == 0
    assert [path.name.partition(".")[0] for path in (tmp_path / "packages").rglob("told.*")] == ["told"]
    assert not (tmp_path / "__pycache__").exists()


def test_bytecode_goes_where_it_always_goes_when_nothing_is_said() -> None:
    assert commands.with_bytecode({"A": "1"}) == {"A": "1"}
    own = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/elsewhere"}
    assert commands.with_bytecode(own) == {"PYTHONPYCACHEPREFIX": "/elsewhere"}


def test_docs_runs_the_check_with_its_arguments(ran: list[list[str]]) -> None:
    assert commands.run("docs", []) == 5
    assert ran[0] == ["system"]
    assert commands.run("docs", ["--check"]) == 5
    assert ran[2][-1] == "--check"
    assert (checks.ROOT / ran[2][-2]).is_file()


def test_control_c_waits_for_what_pytest_has_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    pressed = iter([KeyboardInterrupt()])
    wait = subprocess.Popen.wait

    def interrupted(self: Any, timeout: float | None = None) -> int:
        for press in pressed:
            raise press
        return wait(self, timeout)

    monkeypatch.setattr(commands.subprocess.Popen, "wait", interrupted)
    assert commands.run_child([sys.executable, "-c", "raise SystemExit(2)"]) == 2
    assert next(pressed, None) is None


def test_lint_runs_everything_and_fails_if_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = [sys.executable, "-c", ""], [sys.executable, "-c", "print('why'); raise SystemExit(1)"]
    monkeypatch.setattr(checks, "checks", lambda: {"one": bad, "two": good})
    assert commands.run("lint", []) == 1
    said = capsys.readouterr().out
    assert "FAILED  one" in said
    assert "why" in said
    assert "ok      two" in said
    monkeypatch.setattr(checks, "checks", lambda: {"two": good})
    assert commands.run("lint", []) == 0


def test_lint_online_resolves_the_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def run_check(command: list[str]) -> tuple[int, str]:
        seen.append(command)
        return 0, ""

    monkeypatch.setattr(checks, "checks", dict)
    monkeypatch.setattr(checks, "run_check", run_check)
    assert commands.run("lint", ["--online"]) == 0
    assert seen[0][-1] == "online"
