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
    return main(["rehearse", str(chat), *where, "--silent", *more])  # voices are heard in tests/app/night


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


CHATTERINO = (
    "# Start logging at 2026-01-31 20:00:00 CET\n[20:00:01] ana: Mika, how are you?\n[20:00:09] ben: hello @ana\n"
)


def test_other_logs_are_known_by_what_is_in_them(tmp_path, capsys):
    report = tmp_path / "r.json"
    chat = put(tmp_path, "whatever.bin", CHATTERINO)
    assert run(tmp_path, chat, "--report", str(report), "--silent", "--name", "last night") == 0
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["source"]["format"], told["source"]["name"]) == ("chatterino", "last night")
    assert told["source"]["began"] == "2026-01-31T20:00:01"
    assert [each["asked"][0]["name"] for each in told["best"]] == ["ana"]
    assert told["best"][0]["lines"][0]["audio"] == ""


def test_what_is_no_log_is_2_and_says_what_it_is(tmp_path, capsys):
    (tmp_path / "p.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    assert run(tmp_path, tmp_path / "p.jsonl") == 2
    err = capsys.readouterr().err
    assert "a picture (PNG)" in err
    assert "Chatterino" in err


def test_a_report_as_a_page(tmp_path, capsys):
    page = tmp_path / "r.html"
    assert run(tmp_path, log(tmp_path), "--report", str(page), "--silent") == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "Ana" in text
    assert "This file holds names and messages" in text
    assert f"Report: {page}" in capsys.readouterr().out


def test_nobody_is_named_in_an_anonymous_report(tmp_path, capsys):
    report = tmp_path / "r.json"
    chat = put(tmp_path, "chat.log", CHATTERINO)
    assert run(tmp_path, chat, "--report", str(report), "--silent", "--anonymous") == 0
    text = report.read_text(encoding="utf-8")
    told = json.loads(text)
    assert told["source"]["anonymous"] is True
    assert told["best"][0]["asked"][0]["name"] == "Viewer 1"
    assert '"ana"' not in text
    assert "@ana" not in text


def test_progress_is_told_as_lines(tmp_path, capsys):
    assert run(tmp_path, log(tmp_path), "--progress", "--report", str(tmp_path / "r.json"), "--silent") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[0]["state"] == "reading"
    assert {"rehearsing", "choosing", "done"} <= {row["state"] for row in rows}
    assert [row["progress"] for row in rows] == sorted(row["progress"] for row in rows)
    assert rows[-1]["summary"]["messages"] == 2
    assert run(tmp_path, tmp_path / "none.log", "--progress") == 2
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()][-1:]
    assert (row["state"], row["notice"]["code"]) == ("failed", "rehearsal.unreadable")
