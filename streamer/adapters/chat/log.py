"""Chat logs: one JSON object a line, UTF-8, as `rehearse` plays them.

    {"at": seconds since start, "platform", "kind", "id", "user": {"id", "login", "name", "roles": [...]},
     "text", "reply_to": message id, "bits", "amount": {"micros", "currency"}, "count",
     "target": message id (delete_message) or user id (clear_user), "duration_s"}

Ids are scoped by platform. Unknown keys are kept in `LogLine.raw`; `null` means absent. A bad line is reported by
number and skipped. Rows are played in the order of `at`; rows of the same time in the order of the file.
"""

import math
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import IO, Any, get_args

import msgspec

from streamer.core.events import Role
from streamer.ports import ChatRow, Misconfigured, RowKind

LINE_MAX = 1 << 20
"""Bytes of one line."""
AT_MAX_S = 30 * 86_400.0
"""A later `at` is a mistake (a date instead of a time since the start) that would take ages to play."""
BAD_KEPT = 1000

_MAX = 10**15
_BOM = b"\xef\xbb\xbf"
_ROLES = frozenset[str](get_args(Role))
_KINDS = frozenset(name for part in get_args(RowKind) for name in (get_args(part) or (part,)))
_NAMED_USER = frozenset({"message", "cheer", "superchat", "sticker", "redemption"})
_SPOKEN = frozenset({"message", "host_said"})
_STATE = "source_state"


class LogLine(msgspec.Struct, frozen=True):
    """A good line. `number` counts from 1; `raw` is the object as it was written."""

    number: int
    row: ChatRow
    raw: dict[str, Any]


class BadLine(msgspec.Struct, frozen=True):
    """A line that was skipped. `reason` quotes nothing of it."""

    number: int
    reason: str


class ChatLog(msgspec.Struct, frozen=True):
    """A whole log in playing order. `bad` holds the first thousand bad lines, `bad_lines` counts all."""

    rows: list[ChatRow]
    bad: list[BadLine]
    bad_lines: int


def read(path: str | PathLike[str]) -> Iterator[LogLine | BadLine]:
    """The lines of a file in its own order, a line at a time. Raises Misconfigured when the file cannot be read."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - closed by the iterator; opening here reports a bad path at once
        file.peek(1)
    except OSError as wrong:
        raise Misconfigured(f"the chat log cannot be read: {wrong.strerror or wrong}", fix="check its path") from wrong
    return _lines(file)


def load(path: str | PathLike[str]) -> ChatLog:
    """A whole file, sorted by `at`. Raises Misconfigured when the file cannot be read."""
    rows: list[ChatRow] = []
    bad: list[BadLine] = []
    bad_lines = 0
    for line in read(path):
        if isinstance(line, LogLine):
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
    problem = _problem(row) or ("no text" if row.kind in _SPOKEN and raw.get("text") is None else "")
    return BadLine(number, problem) if problem else LogLine(number, row, raw)


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


def _problem(row: ChatRow) -> str:
    if not math.isfinite(row.at) or not 0 <= row.at <= AT_MAX_S:
        return "`at` is not a number of seconds since the start"
    if not row.platform:
        return "no platform"
    if row.kind in _NAMED_USER and not row.id:
        return "no id"
    if row.kind in _NAMED_USER and (row.user is None or not row.user.id):
        return "no user id"
    if row.kind in ("delete_message", "clear_user") and not row.target:
        return "no target"
    if not 0 <= row.bits <= _MAX or not 0 <= row.count <= _MAX:
        return "a number out of range"
    if not (math.isfinite(row.duration_s) and row.duration_s >= 0):
        return "`duration_s` is not a number of seconds"
    if row.amount is not None and not 0 <= row.amount.micros <= _MAX:
        return "an amount out of range"
    return ""
