"""What set-up made and changed, by collection, so that it can be taken back exactly. `<state>/obs-setup.json`, readable
by its owner only; the overlay token stands there as a placeholder."""

import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

TOKEN = "{overlay-token}"  # noqa: S105 - a placeholder
VERSION = 1


class SceneMade(msgspec.Struct, frozen=True, tag="scene"):
    name: str
    uuid: str = ""


class InputMade(msgspec.Struct, frozen=True, tag="input"):
    """`scene`: where its first item was put."""

    name: str
    uuid: str
    kind: str
    role: str
    scene: str
    url: str = ""


class ItemMade(msgspec.Struct, frozen=True, tag="item"):
    scene: str
    source: str
    id: int


class SettingsMade(msgspec.Struct, frozen=True, tag="settings"):
    """None in `before`: it stood at its default."""

    input: str
    uuid: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class MonitorMade(msgspec.Struct, frozen=True, tag="monitor"):
    input: str
    uuid: str
    before: str
    after: str


Made = SceneMade | InputMade | ItemMade | SettingsMade | MonitorMade


class FileMade(msgspec.Struct, frozen=True):
    """A setting that was written: its place in the file, and what stood there (None: nothing); `sha256` of a whole file
    that was made instead."""

    path: str
    key: tuple[str, ...] = ()
    before: Any = None
    after: Any = None
    sha256: str = ""


class Memory(msgspec.Struct, frozen=True):
    """`collections`: by the name of the scene collection, in the order it was done."""

    version: int = VERSION
    collections: Mapping[str, tuple[Made, ...]] = {}
    files: tuple[FileMade, ...] = ()

    def of(self, collection: str) -> tuple[Made, ...]:
        return tuple(self.collections.get(collection, ()))

    def with_made(self, collection: str, made: Sequence[Made]) -> "Memory":
        """What is remembered of this collection, replaced; nothing of it is left where `made` is empty."""
        rest = {name: each for name, each in self.collections.items() if name != collection}
        return Memory(self.version, {**rest, collection: tuple(made)} if made else rest, self.files)

    def with_files(self, files: Sequence[FileMade]) -> "Memory":
        return Memory(self.version, self.collections, tuple(files))

    @property
    def empty(self) -> bool:
        return not self.collections and not self.files


def load_memory(path: Path, token: str = "") -> Memory:
    """What the file says; nothing when there is none or it cannot be read: then nothing is ours to remove."""
    try:
        data = path.read_bytes()
    except OSError:
        return Memory()
    if token:
        data = data.replace(TOKEN.encode(), token.encode())
    try:
        return msgspec.json.decode(data, type=Memory)
    except msgspec.MsgspecError:
        return Memory()


def save_memory(path: Path, memory: Memory, token: str = "") -> None:
    """Beside and renamed, mode 0600. Removes the file when nothing is left to remember. Raises OSError."""
    if memory.empty:
        path.unlink(missing_ok=True)
        return
    data = msgspec.json.format(msgspec.json.encode(memory))
    if token:
        data = data.replace(token.encode(), TOKEN.encode())
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
