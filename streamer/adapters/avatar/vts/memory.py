"""What we have changed in VTube Studio and not taken back yet, in a small file, so that a crash is put right later."""

import logging
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


class Moved(msgspec.Struct, frozen=True):
    """Where the model stood, and where we have moved it: x, y, rotation, size."""

    home: tuple[float, float, float, float]
    to: tuple[float, float, float, float]


class Left(msgspec.Struct, frozen=True, omit_defaults=True):
    """`model` is its id. `files`: expressions we activated; `toggles`: ids of hotkeys we switched on."""

    model: str = ""
    files: tuple[str, ...] = ()
    toggles: tuple[str, ...] = ()
    moved: Moved | None = None

    @property
    def empty(self) -> bool:
        return not (self.files or self.toggles or self.moved)


class Memory:
    """One file per persona. Written at once when something changes, which is a few times a minute."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._left = self._read()

    @property
    def left(self) -> Left:
        return self._left

    def note(self, left: Left) -> None:
        if left == self._left:
            return
        self._left = left
        if self._path is None:
            return
        try:
            if left.empty:
                self._path.unlink(missing_ok=True)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside = self._path.with_suffix(".new")
            beside.write_bytes(msgspec.json.encode(left))
            beside.replace(self._path)
        except OSError as error:
            log.warning("what VTube Studio shows cannot be remembered (%s)", type(error).__name__)

    def _read(self) -> Left:
        if self._path is None:
            return Left()
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Left)
        except FileNotFoundError:
            return Left()
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("what VTube Studio was left with cannot be read (%s)", type(error).__name__)
            return Left()
