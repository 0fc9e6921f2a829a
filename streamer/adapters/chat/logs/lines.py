"""What all importers share: bad lines, text of any encoding, what a row must hold."""

import codecs
import math
from collections.abc import Iterator
from typing import IO

import msgspec

from streamer.ports import ChatRow

LINE_MAX = 1 << 20
"""Bytes of one line."""
AT_MAX_S = 30 * 86_400.0
"""A later `at` is a mistake (a date instead of a time since the start) that would take ages to play."""
CHUNK = 1 << 18
_MAX = 10**15
_NAMED_USER = frozenset({"message", "cheer", "superchat", "sticker", "redemption"})


class BadLine(msgspec.Struct, frozen=True):
    """A line (in one big JSON value: an element) that was skipped; counted from 1. `reason` quotes nothing of it."""

    number: int
    reason: str


class Stamped(msgspec.Struct, frozen=True):
    """A row as it stands in its file. `at` counts from any zero of the file's own; `wall_s`: UNIX time, 0 unknown."""

    number: int
    row: ChatRow
    wall_s: float = 0.0


Read = Iterator[Stamped | BadLine]


def encoding_of(head: bytes) -> str:
    """By its byte order mark, else by where the zeros are; UTF-8 for anything else."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0:400:2].count(0), head[1:400:2].count(0)
    half = len(head[:400]) // 2
    if half >= 2 and odd > half * 0.6 and even < half * 0.2:
        return "utf-16-le"
    if half >= 2 and even > half * 0.6 and odd < half * 0.2:
        return "utf-16-be"
    return "utf-8"


def chunks_of(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The text in pieces. What is no text of that encoding becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while data := file.read(CHUNK):
        yield decoder.decode(data)
    if rest := decoder.decode(b"", final=True):
        yield rest


def lines_of(chunks: Iterator[str]) -> Iterator[tuple[int, str | None]]:
    """(number from 1, line without its end); None for a line above `LINE_MAX` characters, which is not kept."""
    number, parts, size = 0, list[str](), 0
    for chunk in chunks:
        for index, piece in enumerate(chunk.split("\n")):
            if index:
                number += 1
                yield number, None if size > LINE_MAX else "".join(parts).removesuffix("\r")
                parts, size = [], 0
            size += len(piece)
            if size <= LINE_MAX:
                parts.append(piece)
    if size:
        yield number + 1, None if size > LINE_MAX else "".join(parts).removesuffix("\r")


def problem(row: ChatRow) -> str:
    """What makes the row unusable; empty when nothing does."""
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
