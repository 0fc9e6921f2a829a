"""`rehearse CHAT.jsonl`: exit codes, what it says, what it writes."""

import argparse
import json
import time
from pathlib import Path

import pytest

from streamer.app.cli import main
from streamer.app.commands import rehearse as command
from streamer.app.replay import replay
from tests.app.kit import put

ROWS = [
    {"at": 1.0, "platform": "t", "kind": "message", "id": "a", "user": {"id": "1", "name": "Ana"}, "text": "Mika, hi?"},
    {"at": 2.0, "platform": "t", "kind": "message", "id": "b", "user": {"id": "2", "name": "Ben"}, "text": "hello"},
]


def log(tmp_path: Path, *extra: str) -> Path:
    return put(tmp_path, "chat.jsonl", "\n".join([*map(json.dumps, ROWS), *extra]) + "\n")


def run(tmp_path: Path, chat: Path, *more: str) -> int:
    where = ["--state", str(tmp_path / "state"), "--home", str(tmp_path / "home")]
    return main(["rehearse", str(chat), *where, *more])


def test_a_report_and_a_journal_are_written_and_it_says_where(tmp_path, capsys):
    report = tmp_path / "deep" / "r.json"
    assert run(tmp_path, log(tmp_path), "--report", str(report)) == 0
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["messages"], told["answered"]) == (2, 1)
    assert "a" in [uid for line in told["lines"] for uid in line["answers"]]
    said = capsys.readouterr().out
    assert f"Journal: {told['journal']}" in said
    assert f"Report: {report}" in said
    assert "2 messages, 1 answered" in said
    assert replay(Path(told["journal"])).exit_code == 0


def test_bad_lines_are_named_skipped_and_counted(tmp_path, capsys):
    bad = ["nonsense", '{"at": NaN}', '{"at": 1e999, "platform": "t", "kind": "message"}', "[]", "5", '"x"', "{}"]
    report = tmp_path / "r.json"
    assert run(tmp_path, log(tmp_path, *bad), "--report", str(report)) == 0
    err = capsys.readouterr().err
    assert "chat.jsonl:3: " in err
    assert "2 more bad lines were skipped" in err
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["bad_lines"] == 7
    assert told["bad_line_numbers"] == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("speed", ["fast", "0", "-1", "inf", "nan", ""])
def test_a_speed_that_is_none_is_2(tmp_path, capsys, speed):
    assert run(tmp_path, log(tmp_path), "--speed", speed) == 2
    assert "--speed takes a number above 0 or `max`" in capsys.readouterr().err


def test_a_log_that_cannot_be_read_is_2(tmp_path, capsys):
    assert run(tmp_path, tmp_path / "none.jsonl") == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_bad_files_are_2(tmp_path, capsys):
    put(tmp_path / "home", "config/streamer.yaml", "shwo: {}\n")
    assert run(tmp_path, log(tmp_path)) == 2
    assert "did you mean 'show'?" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_2(tmp_path, capsys):
    put(tmp_path, "file", "x")
    assert run(tmp_path, log(tmp_path), "--report", str(tmp_path / "file" / "r.json")) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_journal_that_cannot_be_written_is_2(tmp_path, capsys):
    put(tmp_path, "state", "a file where the folder should be")
    assert run(tmp_path, log(tmp_path)) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_an_empty_log_is_a_short_show(tmp_path, capsys):
    assert run(tmp_path, put(tmp_path, "empty.jsonl", "")) == 0
    assert "0 messages" in capsys.readouterr().out


def test_with_a_number_the_configured_parts_are_used(tmp_path, monkeypatch, capsys):
    seen: list[float] = []

    def instead(plan: object, chat: object, options: argparse.Namespace, speed: float) -> object:
        seen.append(speed)
        return command._at_once(plan, chat, options)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "_in_time", instead)
    assert run(tmp_path, log(tmp_path), "--speed", "2.5") == 0
    assert seen == [2.5]


def test_an_hour_of_show_is_done_in_seconds(tmp_path, capsys):
    began = time.process_time()
    assert run(tmp_path, Path(__file__).parents[2] / "shows" / "hour.jsonl") == 0
    assert time.process_time() - began < 20
