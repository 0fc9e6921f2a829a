"""What a look may say: the rig's table of parameters (`overlays/lib/rig/looks.js`), and a file's look held against it.

The table is strict JSON between `export default` and the last brace, so that the pages and this program read one file.
"""

import difflib
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from streamer.app.yamlfile import LineOf, Problem
from streamer.cast.card import Scalar
from streamer.shipped import shipped

PICTURES = "pictures"
"""The theme that shows the pictures beside the character's file instead of drawing somebody."""
COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_SHORT = re.compile(r"^#[0-9a-fA-F]{3}$")


class Param(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing of a look that can be chosen. A colour that `follows` another keeps its distance to it."""

    kind: Literal["choice", "colour", "number", "flag"]
    group: str = ""
    options: tuple[str, ...] = ()
    min: float = 0.0
    max: float = 1.0
    step: float = 0.01
    default: Scalar | None = None
    follows: str = ""


class Looks(msgspec.Struct, frozen=True):
    """The table. `themes` holds for each theme the value of every parameter."""

    params: Mapping[str, Param] = {}
    groups: tuple[str, ...] = ()
    themes: Mapping[str, Mapping[str, Scalar]] = {}


PICTURE_PARAMS: Mapping[str, Param] = {
    "bounce": Param("number", PICTURES, max=1, default=0.5),
    "squash": Param("number", PICTURES, max=1, default=0.4),
    "height": Param("number", PICTURES, min=0.3, max=1, default=1.0),
    "flip": Param("flag", PICTURES, default=False),
}
"""How pictures move: hop and give with the voice (0..1), share of the stage's height, mirrored or not."""


def read_looks(path: Path) -> Looks:
    """The table in a file. Raises `ValueError` when it holds none and `OSError` when it cannot be read."""
    text = path.read_text(encoding="utf-8")
    _, found, body = text.partition("export default")
    start, end = body.find("{"), body.rfind("}")
    if not found or start < 0 or end < start:
        raise ValueError("there is no table in it")
    return msgspec.json.decode(body[start : end + 1].encode(), type=Looks)


@functools.cache
def looks() -> Looks:
    """The table of the shipped rig. Empty when it cannot be read: looks are not checked then, the page ignores what it
    does not know."""
    try:
        return read_looks(shipped() / "overlays" / "lib" / "rig" / "looks.js")
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return Looks()


def params_of(theme: object, table: Looks) -> Mapping[str, Param]:
    """What may be chosen beside a theme."""
    return {**table.params, **PICTURE_PARAMS} if theme == PICTURES else table.params


def plain_look(look: Any) -> Any:
    """A look as written, as a mapping: `ren` is `{theme: ren}`, `"#abc"` is `"#aabbcc"`. Anything else as it is."""
    if isinstance(look, str):
        return {"theme": look.strip()}
    if not isinstance(look, Mapping):
        return look
    return {str(key): _whole(value) for key, value in look.items()}


def _whole(value: Any) -> Any:
    if isinstance(value, str) and _SHORT.match(value):
        return "#" + "".join(each * 2 for each in value[1:])
    return value


def look_problems(
    look: Any, line_of: LineOf, file: str, *, place: tuple[str, ...] = ("look",), table: Looks | None = None
) -> list[Problem]:
    """Everything wrong with a look (as `plain_look` returns it): the theme, unknown keys, values out of their range."""
    table = looks() if table is None else table
    where = ".".join(place)
    if not isinstance(look, Mapping):
        themes = ", ".join((*table.themes, PICTURES))
        return [Problem(file, line_of(place), where, f"must be a theme ({themes}) or a mapping with one")]
    found: list[Problem] = []
    theme = look.get("theme")
    themes = (*table.themes, PICTURES)
    if "theme" in look and table.themes and theme not in themes:
        text = f"there is no such theme; there are: {', '.join(themes)}"
        found.append(Problem(file, line_of((*place, "theme")), f"{where}.theme", text, nearest(str(theme), themes)))
    params = params_of(theme, table)
    for key, value in look.items():
        if key == "theme":
            continue
        at, name = line_of((*place, key)), f"{where}.{key}"
        if params and key not in params:
            close = nearest(key, (*params, "theme"))
            known = "" if close else f"; known here: {', '.join(sorted(params))}"
            found.append(Problem(file, at, name, f"unknown key{known}", close))
        elif text := _wrong(value, params.get(key)):
            options = params[key].options if key in params else ()
            found.append(Problem(file, at, name, text, nearest(str(value), options) if options else ""))
    return found


def _wrong(value: Any, param: Param | None) -> str:
    """What is wrong with a value, in words; empty when nothing is."""
    if value is None:
        return 'is empty; a colour stands in quotes ("#rrggbb"), because # begins a remark'
    if not isinstance(value, (str, int, float, bool)):
        return "must be a single value"
    match param:
        case None:
            return ""
        case Param(kind="colour"):
            return "" if isinstance(value, str) and COLOUR.match(value) else 'must be a colour as "#rrggbb", in quotes'
        case Param(kind="number"):
            fits = isinstance(value, (int, float)) and not isinstance(value, bool) and param.min <= value <= param.max
            return "" if fits else f"must be a number from {param.min:g} to {param.max:g}"
        case Param(kind="flag"):
            return "" if isinstance(value, bool) else "must be true or false"
        case _:
            fits = value in param.options if isinstance(value, str) else isinstance(value, bool) and _has_none(param)
            return "" if fits else f"must be one of: {', '.join(param.options)}"


def _has_none(param: Param) -> bool:
    """Things one wears or does not: true means the theme's own or the first there is, false none."""
    return "none" in param.options


def usable_look(look: Mapping[str, Any], *, table: Looks | None = None) -> dict[str, Scalar]:
    """What of a look from elsewhere (a card) can stand in a file: everything that is no problem there."""
    long = plain_look(look)
    bad = {each.where for each in look_problems(long, lambda _place: 0, "", table=table)}
    return {key: value for key, value in long.items() if f"look.{key}" not in bad}


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)), "")
