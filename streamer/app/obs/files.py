"""What set-up writes into people's files: the section `obs` of the settings, and a first scene map. Both can be taken
back as long as they are what was written. Functions here read and write files: call them in a thread."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from streamer.adapters.obs.setup.inventory import Inventory
from streamer.adapters.obs.setup.memory import FileMade
from streamer.app.settings import Folders
from streamer.app.setup.writing import HEAD
from streamer.app.setup.yamledit import DELETE, Changes, edit, read_data, write_whole

_NO_KEY = re.compile(r"[^a-z0-9]+")


class ObsFiles:
    """`file`: the settings file of `--config`, if one was given."""

    def __init__(self, folders: Folders, file: Path | None = None) -> None:
        self._folders = folders
        self._path = file or folders.home / "config" / "streamer.yaml"
        self._shown = str(file) if file else "home/config/streamer.yaml"

    def map_path(self, name: str) -> Path:
        return self._folders.home / "scenes" / f"{name}.yaml"

    def set(self, wanted: Mapping[str, str]) -> list[FileMade]:
        """Write `obs.url`, `obs.map`, `obs.captions.text` and remember what stood there. Raises BadFiles, OSError."""
        before, seen = read_data(self._path, shown=self._shown)
        changes = {_key(name): value for name, value in wanted.items() if _at(before, _key(name)) != value}
        if not changes:
            return []
        done = edit(self._path, cast("Changes", changes), head=HEAD, shown=self._shown, seen=seen)
        made = [FileMade(str(self._path), key, _at(before, key), value) for key, value in changes.items()]
        if done.before is None and done.after is not None:
            made.append(FileMade(str(self._path), sha256=hashlib.sha256(done.after).hexdigest()))
        return made

    def has_map(self, name: str) -> bool:
        """Whether there is a file of that name: a map, or a rundown."""
        return any((root / f"{name}.yaml").exists() for root in self._folders.roots("scenes"))

    def write_map(self, name: str, text: str) -> FileMade:
        """A new scene map. Raises OSError."""
        data = text.encode("utf-8")
        write_whole(self.map_path(name), data)
        return FileMade(str(self.map_path(name)), sha256=hashlib.sha256(data).hexdigest())

    def undo(self, made: Sequence[FileMade]) -> list[FileMade]:
        """Take back what is as it was written; returns what has been changed since and stays. Raises BadFiles,
        OSError."""
        whole = {each.path for each in made if each.sha256 and _same(each)}
        for path in whole:
            Path(path).unlink(missing_ok=True)
        stays = [each for each in made if each.sha256 and each.path not in whole and Path(each.path).exists()]
        values = [each for each in made if each.key and each.path not in whole]
        for path in dict.fromkeys(each.path for each in values):
            stays += self._values(Path(path), [each for each in values if each.path == path])
        return [each for each in stays if each.key or Path(each.path) != self._path]

    def _values(self, path: Path, made: Sequence[FileMade]) -> list[FileMade]:
        data, _ = read_data(path)
        back = [each for each in made if _at(data, each.key) == each.after]
        gone = {each.key for each in back if each.before is None}
        changes: dict[tuple[str, ...], Any] = {each.key: each.before for each in back if each.before is not None}
        for key in gone:
            # An emptied section goes with its last value.
            cut = next((key[:n] for n in range(1, len(key)) if set(_leaves(data, key[:n])) <= gone), key)
            changes[cut] = DELETE
        if changes:
            edit(path, cast("Changes", changes))
        return [each for each in made if each not in back and _at(data, each.key) is not None]


def _key(name: str) -> tuple[str, ...]:
    return ("obs", *name.split("."))


def _at(data: Any, key: Sequence[str]) -> Any:
    for part in key:
        if not isinstance(data, dict):
            return None
        data = cast("dict[str, Any]", data).get(part)
    return data


def _leaves(data: Any, key: tuple[str, ...]) -> list[tuple[str, ...]]:
    node = _at(data, key)
    if not isinstance(node, dict):
        return [key]
    return [leaf for each in cast("dict[str, Any]", node) for leaf in _leaves(data, (*key, each))]


def _same(made: FileMade) -> bool:
    try:
        return hashlib.sha256(Path(made.path).read_bytes()).hexdigest() == made.sha256
    except OSError:
        return False


def first_map(there: Inventory, home: str, title: str = "") -> str:
    """A scene map that names the scenes there are, and what else could stand in it, as comments. It cuts nowhere but to
    `home` after a segment or an alert."""
    keys = keys_for(there.scene_names)
    lines = [
        "# Which of your OBS scenes the show may cut to, and for what. All of it is explained in docs/obs.md.",
        "# A scene keeps its key here when you call it otherwise in OBS: then correct the name on the right.",
        f"title: {_quoted(title or there.collection or 'My scenes')}",
        "scenes:",
        *(f"  {key}: {_quoted(name)}" for name, key in keys.items()),
        "# The scene between everything else:",
        f"home: {keys[home]}" if home in keys else "# home: main",
        "# While the show is paused, and after the emergency key:",
        "# standby: break",
        "# emergency: break",
        "# The scene of a persona while it speaks; only with cut_on_speaker: true",
        "# speakers: {mika: mika}",
        "cut_on_speaker: false",
    ]
    return "\n".join(lines) + "\n"


def keys_for(scenes: Sequence[str]) -> dict[str, str]:
    """A short key for every scene: letters and digits of its name, `scene-2` where there are none."""
    out: dict[str, str] = {}
    for number, name in enumerate(scenes, 1):
        key = _NO_KEY.sub("-", name.casefold()).strip("-")[:40] or f"scene-{number}"
        key = f"scene-{key}" if key[0].isdigit() else key  # a bare number would be read as one
        while key in out.values() or key in scenes or key in ("true", "false", "yes", "no", "on", "off", "null"):
            key += f"-{number}"
        out[name] = key
    return out


def _quoted(text: str) -> str:
    """A YAML string in double quotes: JSON's are YAML's."""
    return json.dumps(text, ensure_ascii=False)
