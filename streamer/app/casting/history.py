"""Changes of the cast's files that can be taken back: every one says what it wrote and what it moved aside.

Taking back is all or nothing: half of it could leave files that the next start refuses.
"""

import contextlib
import hashlib
import shutil
from collections import deque
from pathlib import Path

import msgspec

from streamer.app.setup.yamledit import Edited, put_back
from streamer.web.characters import Undoable

DEPTH = 50


class Done(msgspec.Struct):
    """One change, noted while it is made. `steps`, in order: edits, and moves as (where it was, where it is); where
    None stands first, it is new. `copies`: folders that were copied, with their `digest` at that time."""

    what: Undoable | None = None
    steps: list[Edited | tuple[Path | None, Path]] = []
    copies: dict[Path, str] = {}


def digest(folder: Path) -> str:
    """Of the names and contents of all files of a folder. Raises `OSError`."""
    out = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        out.update(f"{path.relative_to(folder).as_posix()}\0".encode("utf-8", "surrogateescape"))
        out.update(hashlib.sha256(path.read_bytes()).digest())
    return out.hexdigest()


class Attic:
    """A folder for what was removed. Nothing in it is ever written over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, path: Path, name: str) -> tuple[Path, Path]:
        """Moves a file or a folder here; where it was and where it is. Raises `OSError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        taken = {each.name for each in self.folder.iterdir()}
        free = next(each for n in range(1, len(taken) + 2) if (each := name if n == 1 else f"{name}.{n}") not in taken)
        shutil.move(path, self.folder / free)
        return path, self.folder / free


class History:
    """The last changes of this run, the newest last."""

    def __init__(self, attic: Attic) -> None:
        self._attic = attic
        self._done: deque[Done] = deque(maxlen=DEPTH)

    def add(self, done: Done) -> None:
        if done.steps:
            self._done.append(done)

    @property
    def last(self) -> Undoable | None:
        return self._done[-1].what if self._done else None

    def pop(self) -> Done | None:
        return self._done.pop() if self._done else None

    def back(self, done: Done) -> Done | None:
        """Everything as it was before; what was done for it, so that it can be taken back too.

        None, and nothing done, when something was changed by hand since. Raises `OSError`, and nothing is done then.
        """
        inverse = Done()
        try:
            if all(self._step(each, done.copies, inverse) for each in reversed(done.steps)):
                return inverse
        except OSError:
            self.discard(inverse)
            raise
        self.discard(inverse)
        return None

    def discard(self, done: Done) -> None:
        """A change that failed is taken back as far as it can be."""
        for each in reversed(done.steps):
            with contextlib.suppress(OSError):
                self._step(each, done.copies, Done())

    def _step(self, step: Edited | tuple[Path | None, Path], copies: dict[Path, str], inverse: Done) -> bool:
        """Takes one step back; False, and nothing done, when it was changed since."""
        if isinstance(step, Edited):
            if not put_back(step):
                return False
            inverse.steps.append(Edited(step.path, step.after, step.before))
            return True
        before, now = step
        if not now.exists() or (before is not None and before.exists()):
            return False
        if before is None:
            if now in copies and digest(now) != copies[now]:
                return False
            inverse.steps.append(self._attic.take(now, now.name))
        else:
            before.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(now, before)
            inverse.steps.append((now, before))
        return True
