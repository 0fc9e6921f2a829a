"""The last changes of files, each with the files as they were before: `undo` puts them back.

In `state/backups`: `log.json` names the changes, oldest first, and beside it lie the former contents. Blocking.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from streamer.app.setup.yamledit import Edited, digest, write_whole
from streamer.app.yamlfile import BadFiles, Problem

KEEP = 10


class FileChange(msgspec.Struct, frozen=True):
    """`backup` is a file of the folder, "" when there was no file; `after` the digest of what was written."""

    path: str
    backup: str
    after: str


class Change(msgspec.Struct, frozen=True):
    n: int
    what: str
    at: float
    files: tuple[FileChange, ...]


class History:
    """What can be taken back. A damaged log only costs the undo."""

    def __init__(self, folder: Path, *, keep: int = KEEP, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._keep = keep
        self._now = now
        self._changes: list[Change] = []
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._changes = msgspec.json.decode((folder / "log.json").read_bytes(), type=list[Change])

    @property
    def last(self) -> Change | None:
        return self._changes[-1] if self._changes else None

    def add(self, what: str, edits: Sequence[Edited]) -> None:
        """Remember a change that was made. A disk that cannot be written costs the undo, not the change."""
        number = self._changes[-1].n + 1 if self._changes else 1
        files: list[FileChange] = []
        try:
            for at, each in enumerate(edits):
                backup = f"{number:06d}-{at}-{each.path.name}" if each.before is not None else ""
                if each.before is not None:
                    write_whole(self._folder / backup, each.before)
                files.append(FileChange(str(each.path), backup, digest(each.after)))
            self._changes.append(Change(number, what, self._now(), tuple(files)))
            self._forget(self._changes[: -self._keep])
            self._write()
        except OSError:
            self._changes = []

    def undo(self) -> tuple[Change, list[Edited]]:
        """Put the files of the last change back; all or none. Returns it with what was done to the files.

        Raises BadFiles when there is none, or when a file was changed since; OSError when the disk refuses.
        """
        last = self.last
        if last is None:
            raise BadFiles([Problem("backups", 0, "", "there is nothing to take back")])
        edits = [self._back(each) for each in reversed(last.files)]
        try:
            for each in edits:
                _write(each.path, each.after)
        except OSError:
            for each in edits:
                with contextlib.suppress(OSError):
                    _write(each.path, each.before)
            raise
        return last, edits

    def forget_last(self) -> None:
        """The last change was taken back for good."""
        self._forget(self._changes[-1:])
        self._write()

    def _back(self, change: FileChange) -> Edited:
        path = Path(change.path)
        try:
            now = path.read_bytes() if path.exists() else None
            before = (self._folder / change.backup).read_bytes() if change.backup else None
        except OSError as error:
            raise BadFiles([Problem(path.name, 0, "", f"cannot be read: {error.strerror or error}")]) from error
        if digest(now) != change.after:
            raise BadFiles([Problem(path.name, 0, "", "was changed since, so it is left as it is")])
        return Edited(path, now, before)

    def _forget(self, gone: Sequence[Change]) -> None:
        for change in list(gone):
            self._changes.remove(change)
            for each in change.files:
                if each.backup:
                    (self._folder / each.backup).unlink(missing_ok=True)

    def _write(self) -> None:
        write_whole(self._folder / "log.json", msgspec.json.format(msgspec.json.encode(self._changes)))


def _write(path: Path, content: bytes | None) -> None:
    """None: no such file, and no empty folder where it was."""
    if content is not None:
        write_whole(path, content)
        return
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        path.parent.rmdir()
