"""Chat logs as files. `load` reads every format in `logs/`; `read` and `parse` read the program's own, described here:
one JSON object a line, UTF-8.

    {"at": seconds since start, "platform", "kind", "id", "user": {"id", "login", "name", "roles": [...]},
     "text", "reply_to": message id, "bits", "amount": {"micros", "currency"}, "count",
     "target": message id (delete_message) or user id (clear_user), "duration_s"}

Ids are scoped by platform. Unknown keys are kept in `LogLine.raw`; `null` means absent. A bad line is reported by
number and skipped. Rows are played in the order of `at`; rows of the same time in the order of the file.
"""

from collections.abc import Iterable, Iterator, Sized
from os import PathLike
from pathlib import Path
from typing import IO, Any, get_args

import msgspec

from streamer.adapters.chat.logs.detect import HEAD, Format, detect, opened, refuse, says_offsets, seen
from streamer.adapters.chat.logs.lines import (
    AT_MAX_S,
    LINE_MAX,
    BadLine,
    Read,
    Stamped,
    chunks_of,
    encoding_of,
    lines_of,
    problem,
)
from streamer.adapters.chat.logs.sessions import SILENCE_S, cut
from streamer.adapters.chat.logs.stamps import iso
from streamer.core.events import Role
from streamer.ports import ChatRow, Misconfigured, RowKind

__all__ = ["AT_MAX_S", "BAD_KEPT", "LINE_MAX", "BadLine", "ChatLog", "LogLine", "load", "parse", "read", "write_row"]

BAD_KEPT = 1000
ROWS_MAX = 500_000
"""Rows of one show. So many take about 450 MB when they are read, and a live show may be running beside it."""

_BOM = b"\xef\xbb\xbf"
_ROLES = frozenset[str](get_args(Role))
_KINDS = frozenset(name for part in get_args(RowKind) for name in (get_args(part) or (part,)))
_SPOKEN = frozenset({"message", "host_said"})
_STATE = "source_state"


class LogLine(msgspec.Struct, frozen=True):
    """A good line. `number` counts from 1; `raw` is the object as it was written."""

    number: int
    row: ChatRow
    raw: dict[str, Any]


class ChatLog(msgspec.Struct, frozen=True):
    """A whole log in playing order. `bad` holds the first thousand bad lines, `bad_lines` counts all.

    `began` is when the first row was written by the clock of whoever wrote it down (ISO 8601, empty when the file does
    not say). `left_out` counts rows outside the show: before a stream began, or across a long silence.
    """

    rows: list[ChatRow]
    bad: list[BadLine]
    bad_lines: int
    format: Format = "jsonl"
    began: str = ""
    left_out: int = 0


def read(path: str | PathLike[str]) -> Iterator[LogLine | BadLine]:
    """The lines of a file in its own order, a line at a time. Raises Misconfigured when the file cannot be read."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed by the iterator; opening here reports a bad path at once
        file.peek(1)
    except OSError as wrong:
        raise Misconfigured(f"the chat log cannot be read: {wrong.strerror or wrong}", fix="check its path") from wrong
    return _lines(file)


def load(path: str | PathLike[str]) -> ChatLog:
    """A whole file of any format that is known, sorted by `at`.

    Raises Misconfigured when the file cannot be read, or holds no chat log; its reason says what was seen.
    """
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD)
            if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n") and len(head) < HEAD:
                return ChatLog([], [], 0)
            if seen(head):
                raise refuse(head)
            file.seek(0)
            kind = _kind(file, head)
            file.seek(0)
            if kind == "jsonl":
                return _collected(parse(_jsonl(file, head)))
            return _assembled(kind, opened(kind, chunks_of(file, encoding_of(head)), head))
    except OSError as wrong:
        raise Misconfigured(f"the chat log cannot be read: {wrong.strerror or wrong}", fix="check its path") from wrong


def _kind(file: IO[bytes], head: bytes) -> Format:
    kind = detect(head)
    if kind == "json" and says_offsets(chunks_of(file, encoding_of(head))):
        return "twitch_vod"
    if kind in ("", "json"):
        raise refuse(head)
    return kind


def _assembled(kind: Format, read: Read) -> ChatLog:
    """Foreign rows as a show: from 0 s on, without what was written before it or in another show of the same file."""
    rows: list[Stamped] = []
    best: list[Stamped] = []
    bad: list[BadLine] = []
    bad_lines = left_out = 0
    days = kind in ("chatterino", "chatty")
    for each in read:
        if isinstance(each, Stamped):
            if days and rows and each.row.at - rows[-1].row.at > SILENCE_S:  # a file of years: one show in memory
                left_out += min(len(best), len(rows))
                best, rows = max(best, rows, key=len), []
            _check_room(rows)
            rows.append(each)
            continue
        bad_lines += 1
        if len(bad) < BAD_KEPT:
            bad.append(each)
    left_out += min(len(best), len(rows))
    show = cut(max(best, rows, key=len), days=days)
    kept: list[ChatRow] = []
    for each in show.rows:
        if reason := problem(each.row):
            bad_lines += 1
            bad.append(BadLine(each.number, reason))
        else:
            kept.append(each.row)
    bad.sort(key=lambda line: line.number)
    return ChatLog(kept, bad[:BAD_KEPT], bad_lines, kind, iso(show.wall_s), show.left_out + left_out)


def _check_room(rows: Sized) -> None:
    if len(rows) >= ROWS_MAX:
        raise Misconfigured(
            f"the chat log has more than {ROWS_MAX:,} messages of one show",
            fix="give the chat of one evening, or a part",
        )


def _jsonl(file: IO[bytes], head: bytes) -> Iterator[bytes]:
    """The program writes UTF-8; an editor may have made UTF-16 of it."""
    encoding = encoding_of(head)
    if encoding in ("utf-8", "utf-8-sig"):
        return _bounded(file)
    lines = lines_of(chunks_of(file, encoding))
    return (b"x" * (LINE_MAX + 1) if line is None else line.encode("utf-8", "replace") for _, line in lines)


def _collected(lines: Iterator["LogLine | BadLine"]) -> ChatLog:
    rows: list[ChatRow] = []
    bad: list[BadLine] = []
    bad_lines = 0
    for line in lines:
        if isinstance(line, LogLine):
            _check_room(rows)
            rows.append(line.row)
            continue
        bad_lines += 1
        if len(bad) < BAD_KEPT:
            bad.append(line)
    rows.sort(key=lambda row: row.at)
    return ChatLog(rows, bad, bad_lines)


def parse(lines: Iterable[bytes]) -> Iterator[LogLine | BadLine]:
    """Lines that are in memory; a line longer than `LINE_MAX` is a bad one. Raises nothing on any bytes."""
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
        if not text:
            continue
        parsed = _parsed(number, text)
        if parsed is not None:
            yield parsed


def write_row(row: ChatRow) -> bytes:
    """One line of a log, with its line end."""
    return _ENCODER.encode(row) + b"\n"


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder()


def _lines(file: IO[bytes]) -> Iterator[LogLine | BadLine]:
    with file:
        try:
            yield from parse(_bounded(file))
        except OSError as wrong:
            raise Misconfigured(f"the chat log cannot be read: {wrong.strerror or wrong}") from wrong


def _bounded(file: IO[bytes]) -> Iterator[bytes]:
    """Lines of at most `LINE_MAX` + 1 bytes: the rest of a longer one is passed over without keeping it."""
    while line := file.readline(LINE_MAX + 1):
        tail = line
        while len(tail) > LINE_MAX and not tail.endswith(b"\n"):
            tail = file.readline(LINE_MAX + 1)
        yield line


def _parsed(number: int, text: bytes) -> LogLine | BadLine | None:
    if len(text) > LINE_MAX:
        return BadLine(number, "too long")
    try:
        raw = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return BadLine(number, "not JSON")
    if not isinstance(raw, dict):
        return BadLine(number, "not an object")
    kind = raw.get("kind")
    if kind == _STATE:
        return None
    if not isinstance(kind, str) or (kind not in _KINDS and not kind.startswith("goal_")):
        return BadLine(number, "unknown kind" if kind is not None else "no kind")
    try:
        row = msgspec.convert(raw, ChatRow)
    except msgspec.ValidationError:
        try:
            row = msgspec.convert(_plain(raw), ChatRow)
        except msgspec.ValidationError as wrong:
            return BadLine(number, _reason(wrong))
    wrong = problem(row) or ("no text" if row.kind in _SPOKEN and raw.get("text") is None else "")
    return BadLine(number, wrong) if wrong else LogLine(number, row, raw)


def _plain(raw: dict[str, Any]) -> dict[str, Any]:
    """What others may write and we can read: null for absent, roles we do not know, the kinds of a goal."""
    plain = {key: value for key, value in raw.items() if value is not None}
    user = plain.get("user")
    if isinstance(user, dict):
        user = {key: value for key, value in user.items() if value is not None}
        roles = user.get("roles")
        if isinstance(roles, list):
            user["roles"] = [role for role in roles if not isinstance(role, str) or role in _ROLES]
        plain["user"] = user
    if plain["kind"].startswith("goal_"):
        plain["kind"] = "goal"
    return plain


def _reason(wrong: msgspec.ValidationError) -> str:
    """Field and expectation; msgspec's own text, cut before it could quote a value."""
    text = str(wrong)
    return text if len(text) < 120 and "Invalid enum" not in text else "wrong value"
