"""Where a checkout must not lie on Windows, and the exit code of the child."""

import os
import sys
from pathlib import Path

import pytest

from streamer.boot import windows


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("C:\\Users\\mika\\OneDrive\\Showrunner", "OneDrive"),
        ("C:\\Users\\mika\\OneDrive - Firma\\Showrunner", "OneDrive"),
        ("C:\\" + "long" * 40, "too long"),
        ("C:\\Showrunner", ""),
        ("C:\\Users\\mika\\my OneDrive notes\\Showrunner", ""),
    ],
)
def test_places_that_go_wrong_are_refused(folder: str, word: str) -> None:
    reason = windows.objection(folder)
    assert (word in reason) if word else reason == ""


def test_program_files_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    assert "Programs may not write there" in windows.objection(str(tmp_path / "Showrunner"))


def test_exit_code_of_the_child_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    ignored: list[object] = []
    monkeypatch.setattr(windows.signal, "signal", lambda number, action: ignored.append((number, action)))
    environment = os.environ | {"SHOWN": "9"}
    code = windows.run_child([sys.executable, "-c", "import os, sys; sys.exit(int(os.environ['SHOWN']))"], environment)
    assert code == 9
    assert (windows.signal.SIGINT, windows.signal.SIG_IGN) in ignored
