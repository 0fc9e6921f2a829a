"""YAML files that people write, read so that every problem can name its file, line and nearest key.

YAML 1.2 core rules (ruamel.yaml): `20:00` stays a string, `on`/`yes`/`no` stay words. Duplicate keys are problems.
"""

import difflib
import functools
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.parser import Parser
from ruamel.yaml.scanner import Scanner

from streamer.app.yamlplain import read_plain

Place = tuple[str | int, ...]
LineOf = Callable[[Place], int]

_TOO_LARGE = 2_000_000
_KEPT = 16
_KEPT_CHARS = 100_000
"""Texts that are kept with what was read from them; a show reads about eight."""


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong in a file. `line` counts from 1 (0: the file as a whole), `where` is a dotted path of keys."""

    file: str
    line: int
    where: str
    message: str
    nearest: str = ""
    """The known key or value that was probably meant."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        hint = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        return f"{place}: {self.where + ': ' if self.where else ''}{self.message}{hint}"


class BadFiles(Exception):
    """Files that cannot be used; `problems` holds all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def read_yaml(path: Path, *, shown: str = "") -> tuple[Any, LineOf]:
    """The file's data (plain dicts and lists) and a function from a path of keys to its line (from 1).

    Raises `BadFiles` when the file is missing, not UTF-8 or not YAML. An empty file is an empty mapping.
    """
    name = shown or str(path)
    raw = b""
    try:
        raw = path.read_bytes()
        if len(raw) > _TOO_LARGE:
            raise BadFiles([Problem(name, 0, "", f"larger than {_TOO_LARGE // 1_000_000} MB")])
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise BadFiles([Problem(name, 0, "", f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFiles([Problem(name, line, "", "is not UTF-8 text")]) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> tuple[Any, LineOf]:
    """As `read_yaml`, for text that was read already. The data belongs to the caller."""
    try:
        data, line_of = _parsed(text) if len(text) <= _KEPT_CHARS else _parsed.__wrapped__(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = re.split(r"\n|\. ", str(error.problem or error.context or "is not YAML"))[0]
        raise BadFiles([Problem(name, mark.line + 1 if mark else 0, "", message)]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise BadFiles([Problem(name, 0, "", f"is not YAML: {type(error).__name__}")]) from error
    return _copied(data), line_of


@functools.lru_cache(maxsize=_KEPT)
def _parsed(text: str) -> tuple[Any, LineOf]:
    """Kept, because every change in the panel reads all files of the show again and most are as they were."""
    if (plain := read_plain(text)) is not None:
        data, lines = plain
        return data, lambda place: next(
            (lines[place[:size]] for size in range(len(place), 0, -1) if place[:size] in lines), 1
        )
    yaml: Any = YAML(typ="rt", pure=True)
    yaml.allow_duplicate_keys = False
    yaml.Scanner, yaml.Parser = Scanner, Parser  # without comments, which make the others fail on some good files
    tree: Any = yaml.load(text)
    return _plain({} if tree is None else tree), _line_finder(tree)


def _copied(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in node.items()}
    return [_copied(value) for value in node] if isinstance(node, list) else node


def _plain(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {str(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(value) for value in tree]
    if isinstance(tree, bool) or tree is None:
        return tree
    for kind in (str, int, float):
        if isinstance(tree, kind):
            return kind(tree)
    return str(tree)


def _line_finder(tree: Any) -> LineOf:
    def line_of(place: Place) -> int:
        node, line = tree, 1
        for key in place:
            if isinstance(node, CommentedMap):
                real = next((each for each in node if str(each) == str(key)), None)
                if real is None:
                    break
                line = node.lc.key(real)[0] + 1
                node = node[real]
            elif isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
                line = node.lc.item(key)[0] + 1
                node = node[key]
            else:
                break
        return line

    return line_of


def problems(model: type[BaseModel], data: Any, line_of: LineOf, file: str, *, prefix: Place = ()) -> list[Problem]:
    """Everything the model has against the data: unknown keys with the nearest known one, wrong types, missing keys.

    `prefix` is where `data` lies inside the file.
    """
    try:
        model.model_validate(data)
    except ValidationError as error:
        found = [_problem(model, each, line_of, file, prefix) for each in error.errors(include_url=False)]
        return sorted(dict.fromkeys(found), key=lambda problem: (problem.line, problem.where))
    return []


def _problem(model: type[BaseModel], error: Any, line_of: LineOf, file: str, prefix: Place) -> Problem:
    place: Place = tuple(error["loc"])
    real = tuple(
        part for part in place if not (isinstance(part, str) and part.startswith(("function-", "tagged-union")))
    )
    where = ".".join(map(str, (*prefix, *real)))
    message, nearest = str(error["msg"]).removeprefix("Value error, "), ""
    if error["type"] == "extra_forbidden":
        known = known_keys(model, real[:-1])
        nearest = next(iter(difflib.get_close_matches(str(real[-1]), known, n=1, cutoff=0.5)), "")
        message = "unknown key" + ("" if nearest or not known else f"; known here: {', '.join(sorted(known))}")
    elif error["type"] == "literal_error":
        options = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
        nearest = next(iter(difflib.get_close_matches(str(error["input"]), options, n=1, cutoff=0.5)), "")
        message = f"must be one of: {', '.join(options)}"
    elif error["type"] == "missing":
        message = "is missing"
    elif error["type"] == "placeholder":
        nearest = str(error["ctx"]["nearest"])
    return Problem(file, line_of((*prefix, *real)), where, message, nearest)


def known_keys(model: type[BaseModel], place: Place) -> list[str]:
    """Keys that a mapping at this place of the model may have."""
    found = [model]
    for part in place:
        inside: list[type[BaseModel]] = []
        for each in found:
            field = each.model_fields.get(str(part)) or next(
                (f for f in each.model_fields.values() if f.alias == part), None
            )
            if field is not None:
                inside.extend(_models(field.annotation))
        found = inside or found
    return [field.alias or name for each in found for name, field in each.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in {Union, UnionType, Annotated, list, dict, tuple} or get_args(annotation):
        return [model for each in get_args(annotation) for model in _models(each)]
    return []
