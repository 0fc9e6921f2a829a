"""`moderate FILE.jsonl`: the contract, word for word."""

import json
from pathlib import Path
from typing import Any

import pytest

from streamer.app.cli import main


def run(tmp_path: Path, capfdbinary: Any, *lines: object) -> tuple[int, list[dict[str, Any]], str]:
    file = tmp_path / "texts.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    code = main(["moderate", str(file)])
    out, err = capfdbinary.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err.decode()


def test_one_answer_a_line_in_order_with_exactly_these_keys(tmp_path, capfdbinary):
    given = [
        {"id": "a", "text": "what a lovely stream", "user": "ana", "role": ""},
        {"id": 2, "text": "my mail is ana.smith@example.com ok", "user": "ben", "role": "", "channel_terms": []},
        {"id": "c", "text": "you pineapple", "channel_terms": ["pineapple"], "messages": [{"user": "x", "text": "hm"}]},
        {"id": "a", "text": ""},
    ]
    code, out, err = run(tmp_path, capfdbinary, *given)
    assert (code, err) == (0, "")
    assert [row["id"] for row in out] == ["a", 2, "c", "a"]
    for row, asked in zip(out, given, strict=True):
        assert list(row) == ["id", "verdict", "rule", "span", "ms", "text_out"]
        assert row["verdict"] in ("allow", "hold", "replace", "drop")
        assert isinstance(row["rule"], str)
        assert isinstance(row["ms"], float | int)
        assert row["ms"] >= 0
        if row["span"] is not None:
            start, end = row["span"]
            assert 0 <= start < end <= len(str(asked["text"]))
    assert out[0] == out[0] | {"verdict": "allow", "rule": "", "span": None, "text_out": "what a lovely stream"}
    assert out[2]["verdict"] != "allow"
    assert out[2]["span"] == [4, 13]
    assert out[1]["verdict"] != "allow"
    assert "ana.smith@example.com" not in out[1]["text_out"]


def test_spans_are_code_points(tmp_path, capfdbinary):
    text = "\N{GRINNING FACE}\N{GRINNING FACE} you pineapple"
    _, (row,), _ = run(tmp_path, capfdbinary, {"id": 1, "text": text, "channel_terms": ["pineapple"]})
    start, end = row["span"]
    assert text[start:end] == "pineapple"


def test_lines_are_judged_independently(tmp_path, capfdbinary):
    first = {"id": 1, "text": "you pineapple", "channel_terms": ["pineapple"]}
    _, out, _ = run(tmp_path, capfdbinary, first, {"id": 2, "text": "you pineapple"}, *[{"text": "hello"}] * 9)
    assert out[0]["verdict"] != "allow"
    assert {row["verdict"] for row in out[1:]} == {"allow"}


def test_bad_lines_are_named_by_number_and_skipped(tmp_path, capfdbinary):
    code, out, err = run(
        tmp_path, capfdbinary, b"\xef\xbb\xbf" + b'{"id": 1, "text": "hi"}', b"", b"not json SECRET", b"[1]", {"id": 5},
        {"id": 6, "text": 7}, b"\xff\xfe", {"id": "last", "text": "bye", "more": True},
    )  # fmt: skip
    assert code == 0
    assert [row["id"] for row in out] == [1, "last"]
    for number in (3, 4, 5, 6, 7):
        assert f"texts.jsonl:{number}: " in err
    assert "SECRET" not in err


def test_a_file_that_cannot_be_read_is_2(tmp_path, capsys):
    assert main(["moderate", str(tmp_path / "none.jsonl")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_names_are_checked_too(tmp_path, capfdbinary):
    _, out, _ = run(
        tmp_path, capfdbinary, {"id": 1, "text": "hello", "user": "pineapple99", "channel_terms": ["pineapple"]},
        {"id": 2, "text": "hello", "user": "ana", "channel_terms": ["pineapple"]},
    )  # fmt: skip
    assert out[0]["verdict"] != "allow"
    assert out[1]["verdict"] == "allow"


@pytest.mark.parametrize("role", ["moderator", "broadcaster", "vip", "nonsense"])
def test_every_role_is_taken(tmp_path, capfdbinary, role):
    code, out, _ = run(tmp_path, capfdbinary, {"id": 1, "text": "hello", "role": role})
    assert (code, out[0]["verdict"]) == (0, "allow")
