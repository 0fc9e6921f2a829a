"""Words, apart from the facts about them: in memory, or also in a file that a resumed show reads.

Both keep a text for a limited time and a limited number of them, oldest out first; both forget at once what is erased.
"""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path
from threading import Lock

import msgspec

from streamer.ports import Notice, Unavailable

_LOG = logging.getLogger(__name__)

MAX_AGE_S = 4 * 3600.0
MAX_COUNT = 100_000
KEPT_PREFIXES = ("s:",)
"""Refs whose texts are the show's own and last as long as it does: segments of the rundown."""


class _Text(msgspec.Struct, frozen=True, array_like=True):
    """Also a line of the file: `[ref, owner, written at (Unix seconds), text]`."""

    ref: str
    owner: str
    at: float
    text: str


class MemoryTexts:
    """A TextStore without a disk. `now` gives seconds; `gone` is told each ref that is evicted or erased."""

    def __init__(
        self,
        *,
        max_age_s: float = MAX_AGE_S,
        max_count: int = MAX_COUNT,
        now: Callable[[], float] = time.time,
        gone: Callable[[str], None] | None = None,
    ) -> None:
        self._max_age_s = max_age_s
        self._max_count = max_count
        self._now = now
        self._gone = gone
        self._texts: OrderedDict[str, _Text] = OrderedDict()
        self._kept: dict[str, _Text] = {}
        self._owned: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._texts) + len(self._kept)

    def put(self, ref: str, text: str, *, owner: str = "") -> None:
        self._insert(_Text(ref, owner, self._now(), text))

    def get(self, ref: str) -> str | None:
        found = self._texts.get(ref)
        if found is None:
            found = self._kept.get(ref)
        elif found.at < self._now() - self._max_age_s:
            self._expire()
            return None
        return found.text if found is not None else None

    def erase(self, ref: str) -> None:
        found = self._texts.pop(ref, None) or self._kept.pop(ref, None)
        if found is None:
            return
        if found.owner:
            refs = self._owned[found.owner]
            refs.discard(ref)
            if not refs:
                del self._owned[found.owner]
        if self._gone is not None:
            self._gone(ref)

    def erase_owner(self, owner: str) -> Sequence[str]:
        refs = sorted(self._owned.get(owner, ()))
        for ref in refs:
            self.erase(ref)
        return refs

    def erase_prefix(self, prefix: str) -> Sequence[str]:
        """Erase every text whose ref begins so (`m:twitch:`: a whole room); returns the refs."""
        refs = [ref for ref in (*self._texts, *self._kept) if ref.startswith(prefix)]
        for ref in refs:
            self.erase(ref)
        return refs

    def _insert(self, text: _Text) -> None:
        self.erase(text.ref)
        (self._kept if text.ref.startswith(KEPT_PREFIXES) else self._texts)[text.ref] = text
        if text.owner:
            self._owned.setdefault(text.owner, set()).add(text.ref)
        self._expire()

    def _expire(self) -> None:
        oldest_s = self._now() - self._max_age_s
        while self._texts:
            ref, first = next(iter(self._texts.items()))
            if first.at >= oldest_s and len(self._texts) <= self._max_count:
                return
            self.erase(ref)


class FileTexts:
    """A TextStore with a copy on disk (owner-readable only), so that a show that was killed can go on with its words.

    New texts are appended. What is erased is overwritten where it stands, so the file holds no erased word a moment
    later; `open` and `compact` write the file anew without the gaps. A disk that fails leaves a store that works in
    memory; `trouble` says so until it works again.
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        max_age_s: float = MAX_AGE_S,
        max_count: int = MAX_COUNT,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Opens or makes the file. Raises Unavailable when it cannot be."""
        self.trouble: Notice | None = None
        self._path = Path(path)
        self._memory = MemoryTexts(max_age_s=max_age_s, max_count=max_count, now=now, gone=self._blank)
        self._places: dict[str, tuple[int, int]] = {}
        self._blanks: list[tuple[int, int]] = []
        """Places whose overwriting failed and is tried again."""
        self._lock = Lock()
        self._fd = -1
        self._end = 0
        try:
            for text in _read(self._path):
                self._memory._insert(text)  # noqa: SLF001 - one module
            self.compact()
        except OSError as wrong:
            self.close()
            raise Unavailable(f"the text store cannot be opened: {wrong.strerror or wrong}") from wrong

    def __len__(self) -> int:
        return len(self._memory)

    def put(self, ref: str, text: str, *, owner: str = "") -> None:
        self._memory.put(ref, text, owner=owner)
        kept = _Text(ref, owner, self._memory._now(), text)  # noqa: SLF001 - one module
        line = _ENCODER.encode(kept) + b"\n"
        with self._lock:
            if self._fd < 0:
                return
            try:
                _write_at(self._fd, line, self._end)
            except OSError as wrong:
                self._failed(wrong)
                with suppress(OSError):
                    os.truncate(self._fd if os.truncate in os.supports_fd else self._path, self._end)
                return
            if ref in self._memory._texts or ref in self._memory._kept:  # noqa: SLF001 - the limits may have refused it
                self._places[ref] = (self._end, len(line))
            else:
                self._blanks.append((self._end, len(line)))
            self._end += len(line)

    def get(self, ref: str) -> str | None:
        return self._memory.get(ref)

    def erase(self, ref: str) -> None:
        self._memory.erase(ref)

    def erase_owner(self, owner: str) -> Sequence[str]:
        return self._memory.erase_owner(owner)

    def erase_prefix(self, prefix: str) -> Sequence[str]:
        """Erase every text whose ref begins so; returns the refs."""
        return self._memory.erase_prefix(prefix)

    def flush(self) -> None:
        """Everything to the disk itself. Blocks: call it in a thread, about once a second."""
        with self._lock:
            again, self._blanks, self.trouble = self._blanks, [], None
            for offset, length in again:
                self._overwrite(offset, length)
            fd = os.dup(self._fd) if self._fd >= 0 else -1
        if fd >= 0:  # a copy: closing or rewriting meanwhile does not pull the file away
            try:
                os.fsync(fd)
            except OSError as wrong:
                self._failed(wrong)
            finally:
                os.close(fd)

    def compact(self) -> None:
        """Write the file anew with what is still known. Raises OSError."""
        with self._lock:
            texts = (*self._memory._kept.values(), *self._memory._texts.values())  # noqa: SLF001 - one module
            fresh = self._path.with_name(self._path.name + ".new")
            places: dict[str, tuple[int, int]] = {}
            end = 0
            with suppress(FileNotFoundError):
                fresh.unlink()
            fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            try:
                with os.fdopen(fd, "wb") as file:
                    for text in texts:
                        line = _ENCODER.encode(text) + b"\n"
                        file.write(line)
                        places[text.ref] = (end, len(line))
                        end += len(line)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                with suppress(OSError):
                    fresh.unlink()
                raise
            if self._fd >= 0:
                os.close(self._fd)  # Windows replaces no file that is open
                self._fd = -1
            fresh.replace(self._path)
            self._fd = os.open(self._path, os.O_RDWR | getattr(os, "O_BINARY", 0))
            self._places, self._end, self._blanks = places, end, []

    def close(self) -> None:
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1

    def _blank(self, ref: str) -> None:
        with self._lock:
            place = self._places.pop(ref, None)
            if place is not None:
                self._overwrite(*place)

    def _overwrite(self, offset: int, length: int) -> None:
        if self._fd < 0:
            return
        try:
            _write_at(self._fd, b" " * (length - 1), offset)
        except OSError as wrong:
            self._blanks.append((offset, length))
            self._failed(wrong)

    def _failed(self, wrong: OSError) -> None:
        if self.trouble is None:
            _LOG.error("the text store cannot be written: %s", wrong.strerror)
        self.trouble = Notice("store.texts_disk", {"reason": wrong.strerror or "?"}, "free some space on the disk")


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Text)


def _write_at(fd: int, data: bytes, offset: int) -> None:
    """All of `data` at `offset`. (`os.pwrite` does not exist on Windows.)"""
    os.lseek(fd, offset, os.SEEK_SET)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _read(path: Path) -> Sequence[_Text]:
    """The texts of a file, in order; gaps, torn and foreign lines are passed over."""
    texts: list[_Text] = []
    try:
        with path.open("rb") as file:
            for line in file:
                with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    texts.append(_DECODER.decode(line))
    except FileNotFoundError:
        pass
    return texts
