"""Short ways to write a character, put into the long form that the file's model knows.

`voice: en-GB-SoniaNeural`, `voice: {edge: ..., pitch: 2}`, `look: ren`, `look: pictures`, three sentences as a list,
one nickname without a list. Whatever is not understood stays as it is, and the model says what is wrong with it.
"""

import re
from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from streamer.app.looks import nearest, plain_look
from streamer.app.settings import Engine
from streamer.app.yamlfile import LineOf, Place, Problem

ENGINES: tuple[str, ...] = get_args(Engine)
_VOICE_KEYS = ("pitch", "rate", "volume", "engine", "emotions", "says", "ids")
_OPENAI = frozenset(
    ("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse")
)
_EDGE = re.compile(r"^[a-z]{2,3}-(?:[A-Za-z]+-)+\w+Neural$")
_ESPEAK = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]+)*(?:\+\w+)?$")
_HEX = re.compile(r"^#[0-9a-fA-F]{3}$")


class Longhand(msgspec.Struct, frozen=True):
    """A file's data in its long form; `line_of` takes places of that form."""

    data: dict[str, Any]
    line_of: LineOf
    problems: tuple[Problem, ...] = ()


def longhand(content: Mapping[str, Any], line_of: LineOf, file: str) -> Longhand:
    """A character file's data in its long form, with the problems only its short forms can have."""
    data = dict(content)
    bad: list[Problem] = []
    if isinstance(name := data.get("name"), int) and not isinstance(name, bool):
        data["name"] = str(name)
    for key in ("names", "catchphrases", "facts"):
        if isinstance(data.get(key), str):
            data[key] = [data[key]]
    if isinstance(said := data.get("sentences"), list) and all(isinstance(each, str) for each in said):
        data["sentences"] = " ".join(each.strip() for each in said)
    if "colour" in data:
        data["colour"] = _colour(data["colour"], line_of(("colour",)), file, bad)
    if data.get("voice") is not None:
        data["voice"] = _voice(data["voice"], line_of, file, bad)
    if data.get("look") is not None:
        data["look"] = plain_look(data["look"])
    return Longhand(data, _lines(content, line_of), tuple(bad))


def _colour(value: Any, line: int, file: str, bad: list[Problem]) -> Any:
    if value is None:
        message = 'is empty; a colour stands in quotes ("#rrggbb"), because # begins a remark'
        bad.append(Problem(file, line, "colour", message))
    elif isinstance(value, str) and _HEX.match(value):
        return "#" + "".join(each * 2 for each in value[1:])
    elif not isinstance(value, str) or not re.match(r"^#[0-9a-fA-F]{6}$", value):
        bad.append(Problem(file, line, "colour", 'must be a colour as "#rrggbb", in quotes'))
    return value


def engine_of(voice: str) -> str:
    """The engine that has a voice of this name; nothing when the name does not tell."""
    if _EDGE.match(voice):
        return "edge"
    if voice in _OPENAI:
        return "openai"
    return "espeak" if _ESPEAK.match(voice) and ("+" in voice or len(voice) <= 6) else ""


def _voice(voice: Any, line_of: LineOf, file: str, bad: list[Problem]) -> Any:
    line = line_of(("voice",))
    if isinstance(voice, str):
        engine = engine_of(voice.strip())
        if not engine:
            engines = ", ".join(ENGINES)
            message = f"which engine has this voice? Write voice: {{ENGINE: NAME}}, with one of: {engines}"
            bad.append(Problem(file, line, "voice", message))
        return {"ids": {engine or "edge": voice.strip()}}
    if not isinstance(voice, dict):
        bad.append(Problem(file, line, "voice", "must be the name of a voice, or a mapping: {edge: NAME, pitch: 2}"))
        return {}
    long: dict[str, Any] = {key: value for key, value in voice.items() if key in _VOICE_KEYS}
    for key, value in voice.items():
        at = line_of(("voice", key))
        if key in ENGINES:
            ids = long.get("ids")
            long["ids"] = {**(ids if isinstance(ids, dict) else {}), key: value}
            if not isinstance(value, str):
                bad.append(Problem(file, at, f"voice.{key}", "must be the name of a voice"))
                long["ids"].pop(key)
        elif key not in _VOICE_KEYS:
            known = (*_VOICE_KEYS[:-1], *ENGINES)
            close = nearest(key, known)
            text = "unknown key" + ("" if close else f"; known here: {', '.join(known)}")
            bad.append(Problem(file, at, f"voice.{key}", text, close))
    return long


def _lines(content: Mapping[str, Any], line_of: LineOf) -> LineOf:
    """Lines of the file by places of the long form: `voice.ids.edge` may stand there as `voice.edge`."""
    voice = content.get("voice")

    def found(place: Place) -> int:
        short = place[:2] == ("voice", "ids") and isinstance(voice, dict) and "ids" not in voice
        return line_of(("voice", *place[2:]) if short else place)

    return found
