"""`replay JOURNAL`: what it says and how it ends."""

import shutil
from pathlib import Path

import msgspec
import pytest

from streamer.app.cli import main
from streamer.app.commands.replay import SHOWN
from tests.app.kit import ROOT

GOLDEN = ROOT / "tests" / "shows" / "golden.jsonl"


def changed(tmp_path: Path, **header: object) -> Path:
    """The golden journal with another header."""
    first, *lines = GOLDEN.read_bytes().splitlines()
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"\n".join([msgspec.json.encode(msgspec.json.decode(first) | header), *lines]) + b"\n")
    return path


def test_the_same_commands_are_0(capsys):
    assert main(["replay", str(GOLDEN)]) == 0
    said = capsys.readouterr().out
    assert "0 differences" in said
    assert said.startswith("285 facts folded") or "facts folded" in said


def test_other_commands_are_1_and_listed(tmp_path, capsys):
    path = tmp_path / "journal.jsonl"
    text = GOLDEN.read_text(encoding="utf-8")
    path.write_text(text.replace('"answers_per_minute":4', '"answers_per_minute":1'), encoding="utf-8")
    assert main(["replay", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert " became " in lines[1]
    assert lines[-1].startswith("  and ")
    assert len(lines) == SHOWN + 2


def test_other_rules_are_3_and_said(tmp_path, capsys):
    assert main(["replay", str(changed(tmp_path, version=99))]) == 3
    assert "Written under rules 99; these are rules" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "no journal\n", '{"format": 99}\n', '{"format":1,"version":1}\nbroken\n{}\n'])
def test_what_is_no_journal_is_2(tmp_path, capsys, text):
    path = tmp_path / "x.jsonl"
    path.write_text(text, encoding="utf-8")
    assert main(["replay", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_a_missing_file_is_2(tmp_path, capsys):
    assert main(["replay", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_a_torn_last_line_is_what_a_killed_process_leaves(tmp_path, capsys):
    path = tmp_path / "journal.jsonl"
    shutil.copy(GOLDEN, path)
    with path.open("ab") as file:
        file.write(b'{"seq":999,"at_ns":')
    assert main(["replay", str(path)]) == 0
    assert "0 differences" in capsys.readouterr().out
