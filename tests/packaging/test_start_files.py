"""start.bat and start.command, as far as another system can judge them; .ci/run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="a shell script")


def bat() -> str:
    return (ROOT / "start.bat").read_bytes().decode("ascii")


def test_bat_has_windows_line_ends_and_plain_letters() -> None:
    text = bat()
    assert text.count("\r\n") == text.count("\n") > 20
    assert "*.bat text eol=crlf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")


def test_bat_calls_whatever_may_be_a_bat_itself() -> None:
    commands = [line.strip() for line in bat().splitlines() if re.match(r"\s*(call )?(py|winget|%PYTHON%|%\*) ", line)]
    assert [line for line in commands if not line.startswith("call ")] == []
    assert "call %PYTHON% run.py %*" in commands
    assert len(commands) == 3, "the fourth stands behind an if"


def test_bat_jumps_only_to_labels_that_exist() -> None:
    text = bat()
    labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
    assert set(re.findall(r"\bgoto (\w+)", text)) | set(re.findall(r"\bcall :(\w+)", text)) <= labels


def test_bat_pauses_before_every_failing_end_and_not_on_success() -> None:
    lines = [line.strip() for line in bat().splitlines()]
    for number, line in enumerate(lines):
        if line in ("exit /b 1", "exit /b %CODE%"):
            assert lines[number - 1] == "pause", f"line {number + 1}"
    assert 'if "%CODE%"=="0" exit /b 0' in lines


def test_bat_never_asks_errorlevel_after_cd() -> None:
    """`if errorlevel` after cd sees what was left by something else, and is false for negative codes."""
    assert "if errorlevel" not in bat().lower()


@posix
def test_scripts_are_executable_here_and_in_git() -> None:
    for name in ("start.command", "run.py", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-s", "start.command", "run.py", ".ci/run"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert re.findall(r"^(\d+)", listed, re.MULTILINE) == ["100755"] * 3


@posix
def test_ci_runs_the_tests_and_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    (tmp_path / "run.py").write_text("import sys; print(sys.argv[1:]); sys.exit(5)\n", encoding="utf-8")
    done = subprocess.run([tmp_path / ".ci" / "run"], cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (5, "['test']\n")


def double_click(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["/bin/sh", str(folder / "start.command")],
        cwd="/", env={"PATH": os.environ["PATH"]} | variables, input="\n", capture_output=True, text=True, check=False,
    )  # fmt: skip


@posix
def test_command_starts_run_py_from_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Mika's 配信 (1)"
    bin_ = tmp_path / "bin"
    folder.mkdir()
    bin_.mkdir()
    shutil.copy(ROOT / "start.command", folder)
    (folder / "run.py").write_text("import os, sys; print(os.getcwd()); sys.exit(0)\n", encoding="utf-8")
    for name, body in (("python3.13", "exit 127"), ("python3.12", f'exec "{sys.executable}" "$@"')):
        (bin_ / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (bin_ / name).chmod(0o755)
    done = double_click(folder, PATH=f"{bin_}:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    assert (done.returncode, done.stdout.strip()) == (0, str(folder)), done


@posix
def test_command_says_what_failed_and_waits(tmp_path: Path) -> None:
    shutil.copy(ROOT / "start.command", tmp_path)
    alone = double_click(tmp_path)
    assert alone.returncode == 1
    assert "Unpack the whole archive" in alone.stdout
    (tmp_path / "run.py").write_text("import sys; sys.exit(9)\n", encoding="utf-8")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "python3.13").symlink_to(sys.executable)
    failed = double_click(tmp_path, PATH=f"{bin_}:{os.environ['PATH']}")
    assert failed.returncode == 9
    assert "ended with code 9" in failed.stdout
    assert "Press Return" in failed.stdout
