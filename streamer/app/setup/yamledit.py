"""Changes values in YAML files that people also write by hand: `edit(path, {("llm", "model"): "llama3.2"})`.

Comments, order and notation survive (`streamer.app.setup.yamltext`). A file is replaced in one step, so that nobody
ever reads half of one; where it cannot be replaced (a file mounted by itself into a container) it is written in place.
What somebody wrote by hand between reading and replacing is read again, not lost.
"""

import contextlib
import errno
import hashlib
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from streamer.app.setup.yamltext import DELETE, Changes, Gone, Plain, edited, find, same
from streamer.app.yamlfile import BadFiles, Problem, parse_yaml

__all__ = ["DELETE", "Changes", "Edited", "Gone", "Plain", "edit", "edited", "find", "put_back", "same", "write_whole"]

_TRIES = 5
_REPLACE_TRIES = 12
_MAX_BYTES = 2_000_000
_lock = threading.RLock()


class Edited(msgspec.Struct, frozen=True):
    """A file before and after a change; `before` is None when it did not exist."""

    path: Path
    before: bytes | None
    after: bytes | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def edit(
    path: Path, changes: Changes, *, head: str = "", shown: str = "", seen: str | None = None,
    between: Callable[[], None] = lambda: None,
) -> Edited:  # fmt: skip
    """Make the changes in the file; blocking, so call it in a thread.

    A missing file is made, with its folder and `head` (comment lines) on top. `seen` is the `digest` of the content the
    changes were thought for: another content raises BadFiles. Without it, a change made by hand meanwhile is taken as
    the new ground. Raises BadFiles when the file cannot be read, is no YAML, or cannot be changed at that place, and
    OSError when it cannot be written; it is untouched then. `between` runs before the file is replaced (for tests).
    """
    name = shown or str(path)
    with _lock:
        for _ in range(_TRIES):
            before = _read(path, name)
            if seen is not None and digest(before) != seen:
                raise BadFiles([Problem(name, 0, "", "was changed by hand in the meantime")])
            after = _changed(before, changes, head, name)
            if after == before:
                return Edited(path, before, after)
            between()
            if _read(path, name) == before:
                write_whole(path, after)
                return Edited(path, before, after)
    raise BadFiles([Problem(name, 0, "", "is being changed by another program all the time")])


def put_back(edit_: Edited) -> bool:
    """The file as it was before a change; False, and nothing done, when it was changed since. Blocking."""
    with _lock:
        try:
            now = edit_.path.read_bytes()
        except FileNotFoundError:
            now = None
        if now != edit_.after:
            return False
        if edit_.before is None:
            edit_.path.unlink(missing_ok=True)
        else:
            write_whole(edit_.path, edit_.before)
        return True


def digest(data: bytes | None) -> str:
    """What `seen` compares; "" for a file that does not exist."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _read(path: Path, name: str) -> bytes | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadFiles([Problem(name, 0, "", f"cannot be read: {error.strerror or error}")]) from error
    if len(data) > _MAX_BYTES:
        raise BadFiles([Problem(name, 0, "", f"larger than {_MAX_BYTES // 1_000_000} MB")])
    return data


def _changed(before: bytes | None, changes: Changes, head: str, name: str) -> bytes:
    """The new content; line ends and the byte order mark stay as they are."""
    if before is None:
        top = head if not head or head.endswith("\n") else head + "\n"
        return edited(top + "\n" if top else "", changes, shown=name).encode()
    try:
        text = before.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = before.count(b"\n", 0, error.start) + 1
        raise BadFiles([Problem(name, line, "", "is not UTF-8 text")]) from error
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    windows = "\r\n" in text and text.count("\r\n") == text.count("\n")
    plain = text.replace("\r\n", "\n") if windows else text
    out = edited(plain, changes, shown=name)
    if out == plain:
        return before
    return mark + (out.replace("\n", "\r\n") if windows else out).encode()


def read_data(path: Path, *, shown: str = "") -> tuple[dict[str, object], str]:
    """What a file holds, and its digest for `seen`; an empty mapping when there is none. Raises BadFiles."""
    name = shown or str(path)
    raw = _read(path, name)
    if raw is None:
        return {}, ""
    try:
        data, _ = parse_yaml(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise BadFiles([Problem(name, 0, "", "is not UTF-8 text")]) from error
    if not isinstance(data, dict):
        raise BadFiles([Problem(name, 1, "", "must be a mapping of keys to values")])
    return data, digest(raw)


def write_whole(path: Path, data: bytes, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Write a file so that it is the old one or the new one, never half of one. Its rights stay. Blocking.

    A link is followed. On Windows another program (a virus scanner, an editor) may hold the file for a moment: tried
    again for about two seconds. Raises OSError.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except PermissionError:
        if not path.exists():
            raise
        _write_in_place(path, data)  # the file may be written, its folder may not
        return
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            beside.chmod(mode if mode is not None else 0o666 & ~_umask())
        if _replace(beside, path, sleep):
            _sync_folder(path.parent)
        else:
            _write_in_place(path, data)
    finally:
        beside.unlink(missing_ok=True)


def _replace(beside: Path, path: Path, sleep: Callable[[float], None]) -> bool:
    """False when this file cannot be replaced at all: it is a mount point, or lies on another device."""
    for attempt in range(_REPLACE_TRIES):
        try:
            beside.replace(path)
        except PermissionError:
            if attempt == _REPLACE_TRIES - 1:
                return False
            sleep(min(0.3, 0.02 * 2**attempt))
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EXDEV, errno.ENOTSUP, errno.EROFS):
                raise
            return False
        else:
            return True
    return False


def _write_in_place(path: Path, data: bytes) -> None:
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """A rename is on the disk only with its folder; Windows knows no such thing."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    """The rights new files do not get; there is no way to read it without setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
