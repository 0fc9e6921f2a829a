"""A change asked for at the panel, as changes of a file that people also write by hand: its way to say things stays."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from streamer.app.casting.voices import as_written
from streamer.app.setup.yamledit import DELETE, Changes, Gone, Plain, edited
from streamer.app.yamlfile import BadFiles, Problem, read_yaml
from streamer.cast.card import Voice
from streamer.cast.fit import word
from streamer.web.characters import Change

_PLAIN = ("name", "names", "sentences", "language", "colour", "talkativeness")


def file_changes(path: Path, change: Change) -> Changes:
    """What to write into a character's file. Raises `BadFiles` when the file cannot be read."""
    data, _ = read_yaml(path, shown=f"{path.parent.parent.name}/{path.parent.name}/{path.name}")
    now: Mapping[str, Any] = data if isinstance(data, dict) else {}
    wanted: dict[tuple[str, ...], Plain | Gone] = {}
    for key in _PLAIN:
        value = getattr(change, key)
        if value is not msgspec.UNSET:
            wanted[(key,)] = _plain(_shown(value) if key in ("name", "names") else value)
    if change.voice is not msgspec.UNSET:
        to = change.voice
        ids = {key: value.strip() for key, value in to.ids.items() if value.strip()}
        wanted["voice",] = _voice(now.get("voice"), Voice(to.pitch, to.rate, ids, to.engine))
    if change.look is not msgspec.UNSET:
        wanted["look",] = _look(now.get("look"), change.look)
    return wanted


def _shown(value: Any) -> Any:
    """A name or names without signs that nobody sees. A name that has no others is refused as empty."""
    return word(value) if isinstance(value, str) else [name for name in map(word, value) if name]


def _plain(value: Any) -> Any:
    """A number as people write it: 3, not 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _voice(now: Any, voice: Voice) -> Plain | Gone:
    """What no page shows (volume, emotions, pronunciations) stays as it is written."""
    data: dict[str, Any] = cast("dict[str, Any]", now) if isinstance(now, dict) else {}
    kept = {key: data[key] for key in ("volume", "emotions", "says") if key in data}
    if "ids" in data:
        numbers = {
            key: _kept(data.get(key), getattr(voice, key))
            for key in ("pitch", "rate")
            if key in data or getattr(voice, key) != getattr(Voice(), key)
        }
        first = {"engine": voice.engine} if voice.engine else {}
        return {**numbers, **first, **kept, **({"ids": dict(voice.ids)} if voice.ids else {})} or DELETE
    written = {key: _kept(data.get(key), value) for key, value in as_written(voice).items()}
    return {**written, **kept} or DELETE


def _look(now: Any, look: Mapping[str, Any]) -> Plain | Gone:
    if not look:
        return DELETE
    if set(look) == {"theme"} and not isinstance(now, dict):
        return str(look["theme"])
    before: Mapping[str, Any] = now if isinstance(now, dict) else {}
    return {key: _kept(before.get(key), value) for key, value in look.items()}


def _kept(now: Any, value: Any) -> Any:
    """The value as it stands in the file where it is the same number, so that nothing is written anew."""
    both = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (now, value))
    return now if both and now == value else _plain(value)


def changed_text(path: Path, changes: Changes) -> str:
    """The file's text with the changes made, to be checked before it is written. Raises `BadFiles`."""
    shown = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadFiles([Problem(shown, 0, "", "cannot be read")]) from wrong
    return edited(text, changes, shown=shown)
