"""Changes of the cast's files that can be taken back: every one says what it wrote and what it moved aside."""

import shutil
from collections import deque
from pathlib import Path

import msgspec

from streamer.app.setup.yamledit import Edited, put_back
from streamer.web.characters import Undoable

DEPTH = 50


class Done(msgspec.Struct):
    """One change, noted while it is made. `moves`: (where it was, where it is); where None stands first, it is new."""

    what: Undoable | None = None
    edits: list[Edited] = []
    moves: list[tuple[Path | None, Path]] = []


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
        if done.edits or done.moves:
            self._done.append(done)

    @property
    def last(self) -> Undoable | None:
        return self._done[-1].what if self._done else None

    def pop(self) -> Done | None:
        return self._done.pop() if self._done else None

    def back(self, done: Done) -> bool:
        """Everything as it was before; False when something was changed by hand since (that is left alone)."""
        whole = True
        for edit in reversed(done.edits):
            whole = put_back(edit) and whole
        for before, now in reversed(done.moves):
            if not now.exists() or (before is not None and before.exists()):
                whole = False
            elif before is None:
                self._attic.take(now, now.name)
            else:
                before.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(now, before)
        return whole
