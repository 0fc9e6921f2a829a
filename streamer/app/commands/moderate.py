"""`moderate FILE.jsonl`: each line on its own through the offline layers, preset `standard`; one JSON line out each."""

import argparse
import sys
import time
from typing import Any

import msgspec

from streamer.moderation import Before, Rules, judge, load_standard, text_out


class _Row(msgspec.Struct):
    text: str
    id: str | int = ""
    user: str = ""
    role: str = ""
    channel_terms: list[str] = []
    messages: list[dict[str, Any]] = []


class _Answer(msgspec.Struct):
    id: str | int
    verdict: str
    rule: str
    span: tuple[int, int] | None
    ms: float
    text_out: str


def main(options: argparse.Namespace) -> int:
    """0 done; 2 unreadable. A bad line is reported by number on stderr and skipped."""
    try:
        lines = options.file.read_bytes().splitlines()
    except OSError as wrong:
        print(f"{options.file}: {wrong.strerror}", file=sys.stderr)
        return 2
    rules = Rules(load_standard())
    out = sys.stdout.buffer
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"), type=_Row)
        except msgspec.MsgspecError as wrong:
            print(f"{options.file}:{number}: {wrong}", file=sys.stderr)
            continue
        out.write(msgspec.json.encode(_judged(rules, row)) + b"\n")
    out.flush()
    return 0


def _judged(rules: Rules, row: _Row) -> _Answer:
    before = [Before(str(each.get("user", "")), str(each.get("text", ""))) for each in row.messages]
    began = time.perf_counter()
    verdict = judge(
        rules, row.text, name=row.user, role=row.role, channel_terms=tuple(row.channel_terms), messages=before
    )
    ms = (time.perf_counter() - began) * 1000
    shown = text_out(rules, row.text, verdict, role=row.role, channel_terms=tuple(row.channel_terms))
    return _Answer(row.id, verdict.action, verdict.rule, verdict.span, round(ms, 3), shown)
