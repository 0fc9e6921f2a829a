"""The journal: every fact in inbox order, so that a show can be resumed, replayed and explained. It holds no words.

JSON lines. First the header `{format, version, seed, show, epoch}`; then rows `{seq, at_ns, event, commands_digest}`,
each written before its commands run, and now and then `{snapshot, show}`: the whole show after fact number `snapshot`.
A row reaches the kernel when it is appended (a killed process loses nothing) and the disk within a second.
"""

import asyncio
import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from streamer.core.commands import Command
from streamer.core.events import Event, Fact
from streamer.core.show import Show
from streamer.ports import Misconfigured, Notice, Unavailable

_LOG = logging.getLogger(__name__)

RULES_VERSION = 1
"""Goes up with every release whose core answers the same facts with other commands than the one before."""
FORMAT = 1
SNAPSHOT_EVERY = 5_000
SYNC_S = 1.0

_SNAPSHOT_MARK = b'{"snapshot":'


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """First line. `version` is that of the rules; `epoch` the wall time (Unix nanoseconds) of `at_ns` 0."""

    format: int = FORMAT
    version: int = RULES_VERSION
    seed: int = 0
    show: str = ""
    epoch: int = 0


class Row(msgspec.Struct, frozen=True):
    seq: int
    at_ns: int
    event: Event
    commands_digest: str

    @property
    def fact(self) -> Fact:
        return Fact(self.seq, self.at_ns, self.event)


class Snapshot(msgspec.Struct, frozen=True):
    """The show after fact number `snapshot`, as `encode_show` wrote it."""

    snapshot: int
    show: msgspec.Raw


class Foreign(msgspec.Struct, frozen=True):
    """A row this version cannot read: an event of other rules."""

    seq: int
    at_ns: int = 0


Item = Row | Snapshot | Foreign


class Damaged(Exception):
    """Line `number` is not JSON, and more lines follow it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number} of the journal is damaged")
        self.number = number


_ENCODER = msgspec.json.Encoder(order="deterministic")
_ROWS = msgspec.json.Decoder(Row)
_SNAPSHOTS = msgspec.json.Decoder(Snapshot)
_FOREIGN = msgspec.json.Decoder(Foreign)
_SHOWS = msgspec.json.Decoder(Show)


def digest(commands: Sequence[Command]) -> str:
    """16 hex digits that are equal for equal commands, in every process."""
    return hashlib.blake2b(_ENCODER.encode(commands), digest_size=8).hexdigest() if commands else _NOTHING


_NOTHING = hashlib.blake2b(b"[]", digest_size=8).hexdigest()


def encode_show(show: Show) -> bytes:
    return _ENCODER.encode(show)


def decode_show(data: bytes | msgspec.Raw) -> Show:
    """Raises msgspec.ValidationError for a show of other rules that no longer fits."""
    return _SHOWS.decode(data)


# --- writing ----------------------------------------------------------------------------------------------------------


class NullJournal:
    """Remembers nothing."""

    snapshot_due = False

    def append(self, fact: Fact, commands_digest: str) -> None:
        pass

    def snapshot(self, show: bytes, seq: int) -> None:
        pass

    async def flush(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


class MemoryJournal:
    """The lines of a journal in memory; `write` makes a file of them."""

    def __init__(self, header: Header | None = None) -> None:
        self.header = header or Header()
        self.rows: list[Row] = []
        self._lines: list[bytes] = [_ENCODER.encode(self.header)]
        self._since_snapshot = 0

    @property
    def snapshot_due(self) -> bool:
        return self._since_snapshot >= SNAPSHOT_EVERY

    def append(self, fact: Fact, commands_digest: str) -> None:
        row = Row(fact.seq, fact.at_ns, fact.event, commands_digest)
        self.rows.append(row)
        self._lines.append(_ENCODER.encode(row))
        self._since_snapshot += 1

    def snapshot(self, show: bytes, seq: int) -> None:
        self._lines.append(_ENCODER.encode(Snapshot(seq, msgspec.Raw(show))))
        self._since_snapshot = 0

    async def flush(self) -> None:
        pass

    async def aclose(self) -> None:
        pass

    def write(self, path: Path) -> None:
        path.write_bytes(b"\n".join([*self._lines, b""]))


class FileJournal:
    """A journal in a file. Never raises after it is open: a disk that fails is reported once to `on_trouble`, and the
    show goes on without a journal. `run` is the task that keeps the disk up to date.
    """

    def __init__(self, path: Path, fd: int, end: int, on_trouble: Callable[[Notice], None] | None) -> None:
        self.path = path
        self.trouble: Notice | None = None
        self.lost = 0
        """Rows that were not written."""
        self._fd = fd
        self._end = end
        self._on_trouble = on_trouble
        self._dirty = False
        self._since_snapshot = 0
        self._unused = False

    @classmethod
    def create(
        cls, folder: Path, header: Header, *, on_trouble: Callable[[Notice], None] | None = None
    ) -> "FileJournal":
        """A new file `<epoch>.jsonl` in the folder. Raises Unavailable."""
        return cls._made(folder / f"{header.epoch}.jsonl", header, on_trouble)

    @classmethod
    def take_over(
        cls, path: Path, header: Header, show: bytes, seq: int, *, on_trouble: Callable[[Notice], None] | None = None
    ) -> "FileJournal":
        """Goes on under the rules of this version in a file beside `path`, which other rules wrote: it begins with the
        show as it was recovered, after fact number `seq`. Raises Unavailable."""
        number = _epoch(path) + 1
        while path.with_name(f"{number}.jsonl").exists():
            number += 1
        journal = cls._made(
            path.with_name(f"{number}.jsonl"), msgspec.structs.replace(header, version=RULES_VERSION), on_trouble
        )
        journal.snapshot(show, seq)
        return journal

    @classmethod
    def _made(cls, path: Path, header: Header, on_trouble: Callable[[Notice], None] | None) -> "FileJournal":
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as wrong:
            raise Unavailable(f"the journal cannot be made: {wrong.strerror or wrong}") from wrong
        journal = cls(path, fd, 0, on_trouble)
        journal._unused = True
        journal._write(_ENCODER.encode(header) + b"\n")
        return journal

    @classmethod
    def resume(cls, path: Path, *, on_trouble: Callable[[Notice], None] | None = None) -> "FileJournal":
        """Goes on in a file; a torn last line is cut off. Raises Unavailable, Misconfigured or Damaged."""
        _, end = _header(path)
        for end, _ in _items(path, *_last_snapshot(path, end)):  # noqa: B007, B020 - only the last end is wanted
            pass
        try:
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        except OSError as wrong:
            raise Unavailable(f"the journal cannot be opened: {wrong.strerror or wrong}") from wrong
        with suppress(OSError):
            os.truncate(path, end)
        return cls(path, fd, end, on_trouble)

    @property
    def snapshot_due(self) -> bool:
        """Enough rows have come since the last snapshot."""
        return self._since_snapshot >= SNAPSHOT_EVERY

    def append(self, fact: Fact, commands_digest: str) -> None:
        row = Row(fact.seq, fact.at_ns, fact.event, commands_digest)
        self._unused = False
        if self._write(_ENCODER.encode(row) + b"\n"):
            self._since_snapshot += 1
        else:
            self.lost += 1

    def snapshot(self, show: bytes, seq: int) -> None:
        """`show` comes from `encode_show`."""
        self._write(_ENCODER.encode(Snapshot(seq, msgspec.Raw(show))) + b"\n")
        self._since_snapshot = 0

    async def run(self) -> None:
        """Brings what was written to the disk every second, until cancelled."""
        while True:
            await asyncio.sleep(SYNC_S)
            await self.flush()

    async def flush(self) -> None:
        if not self._dirty or self._fd < 0:
            return
        self._dirty = False
        await asyncio.to_thread(self._sync, os.dup(self._fd))  # a copy: closing meanwhile does no harm

    async def aclose(self) -> None:
        await self.flush()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def abandon(self) -> None:
        """The show did not start: close the file, and remove it when it was made for this show and holds no fact. It
        would hide an interrupted show, and push real ones out of the folder."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        if self._unused:
            with suppress(OSError):
                self.path.unlink()

    def _sync(self, fd: int) -> None:
        try:
            os.fsync(fd)
        except OSError as wrong:
            self._report(wrong)
        finally:
            os.close(fd)

    def _write(self, line: bytes) -> bool:
        if self._fd < 0:
            return False
        try:
            written = os.write(self._fd, line)
            while written < len(line):
                written += os.write(self._fd, line[written:])
        except OSError as wrong:
            self._give_up(wrong)
            return False
        self._end += len(line)
        self._dirty = True
        return True

    def _give_up(self, wrong: OSError) -> None:
        """A row is missing, so rows after it are of no use: the file ends with the last whole line."""
        with suppress(OSError):
            os.truncate(self.path, self._end)
        with suppress(OSError):
            os.close(self._fd)
        self._fd = -1
        self._report(wrong)

    def _report(self, wrong: OSError) -> None:
        if self.trouble is not None:
            return
        _LOG.error("the journal cannot be written: %s", wrong.strerror)
        self.trouble = Notice("journal.disk", {"reason": wrong.strerror or "?"}, "free some space on the disk")
        if self._on_trouble is not None:
            self._on_trouble(self.trouble)


# --- reading ----------------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[Header, Iterator[Item]]:
    """Header and items of a file. Raises Misconfigured when it is no journal; the iterator raises Damaged."""
    header, end = _header(path)
    return header, (item for _, item in _items(path, end))


def read_tail(path: Path) -> tuple[Header, Iterator[Item]]:
    """Like `read`, beginning with the last snapshot (all of it when there is none)."""
    header, end = _header(path)
    return header, (item for _, item in _items(path, *_last_snapshot(path, end)))


def latest(folder: Path) -> Path | None:
    """The journal of the last show in a folder."""
    return max(_journals(folder), key=_epoch, default=None)


def prune(folder: Path, keep: int = 50) -> None:
    """Remove the oldest journals."""
    for path in sorted(_journals(folder), key=_epoch)[:-keep]:
        with suppress(OSError):
            path.unlink()


def _journals(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [
            path
            for path in folder.iterdir()
            if path.suffix == ".jsonl" and path.stem.isascii() and path.stem.isdecimal()
        ]
    return []


def _epoch(path: Path) -> int:
    return int(path.stem)


def _header(path: Path) -> tuple[Header, int]:
    """The header and the offset after its line."""
    try:
        with path.open("rb") as file:
            line = file.readline(1 << 16)
    except OSError as wrong:
        raise Misconfigured(f"the journal cannot be read: {wrong.strerror or wrong}", fix="check its path") from wrong
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        header = None
    if header is None or not line.endswith(b"\n") or b'"format"' not in line or header.format != FORMAT:
        raise Misconfigured("this is not a journal this version can read", fix="give a file of state/journal")
    return header, len(line)


def _last_snapshot(path: Path, offset: int) -> tuple[int, int]:
    """Offset and number of the line with the last whole snapshot, or of the first line after the header."""
    found = (offset, 2)
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for number, line in enumerate(file, 2):
                if line.startswith(_SNAPSHOT_MARK) and line.endswith(b"\n"):
                    found = (offset, number)
                offset += len(line)
    except OSError as wrong:
        raise Misconfigured(f"the journal cannot be read: {wrong.strerror or wrong}") from wrong
    return found


def _items(path: Path, offset: int, first: int = 2) -> Iterator[tuple[int, Item]]:
    """Each item from `offset` (line `first`) on, with the offset after its line."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for number, line in enumerate(file, first):
                if not line.endswith(b"\n"):
                    return  # the last line of a process that was killed while writing: its commands never ran
                item = _item(line)
                if item is None:
                    if file.read(1):
                        raise Damaged(number)
                    return
                offset += len(line)
                yield offset, item
    except OSError as wrong:
        raise Misconfigured(f"the journal cannot be read: {wrong.strerror or wrong}") from wrong


def _item(line: bytes) -> Item | None:
    decoder = _SNAPSHOTS if line.startswith(_SNAPSHOT_MARK) else _ROWS
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:
        pass
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    try:
        return _FOREIGN.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
