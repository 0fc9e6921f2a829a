"""Plain values as YAML text that any reader takes the same way: in a line, or as lines of a block."""

import json
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = 116
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PLAIN = re.compile(r"[^\W\d_][\w./+'-]*(?::[\w./+'-]+| [\w./+'-]+)*")
# Words that some reader of YAML takes for something else than text.
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"))
# What YAML 1.2 does not allow as it stands (section 5.1), and what editors do not show.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def entry(key: str, value_: Any, column: int, *, step: int = 2, dash: int = 2, blocks: bool = True) -> list[str]:
    """The lines of `key: value` at a column."""
    head, lines = value(value_, column, step=step, dash=dash, blocks=blocks)
    return [f"{' ' * column}{name(key)}:{' ' + head if head else ''}", *lines]


def value(
    value_: Any, column: int, *, step: int = 2, dash: int = 2, listed: bool = False, quotes: str = "",
    blocks: bool = True,
) -> tuple[str, list[str]]:  # fmt: skip
    """What follows `key:` in its line, and the lines below it. `column` is the key's.

    `listed` writes lists with dashes, `quotes` is the quoting that was there, `blocks` allows block scalars.
    """
    if isinstance(value_, Mapping):
        if not value_:
            return "{}", []
        lines = [entry(str(key), each, column + step, step=step, dash=dash, blocks=blocks)
                 for key, each in value_.items()]  # fmt: skip
        return "", [line for each in lines for line in each]
    if isinstance(value_, Sequence) and not isinstance(value_, str):
        short = flow(value_)
        if not value_ or (not listed and len(short) + column < WIDTH - 20):
            return short, []
        pad = " " * (column + dash)
        return "", [f"{pad}- {flow(each)}" for each in value_]
    if isinstance(value_, str) and blocks and (text := _block(value_, column + step)) is not None:
        return text
    return scalar(value_, quotes=quotes), []


def flow(value_: Any) -> str:
    """The value in one line, as it may also stand inside brackets."""
    if isinstance(value_, Mapping):
        return "{" + ", ".join(flow_entry(str(key), each) for key, each in value_.items()) + "}"
    if isinstance(value_, Sequence) and not isinstance(value_, str):
        return "[" + ", ".join(map(flow, value_)) + "]"
    return scalar(value_)


def flow_entry(key: str, value_: Any) -> str:
    return f"{name(key)}: {flow(value_)}"


def name(key: str) -> str:
    return key if _KEY.fullmatch(key) and key.lower() not in _WORDS else quoted(key)


def scalar(value_: Any, *, quotes: str = "") -> str:
    """Text, number, true, false or null in one line. Raises ValueError for what YAML cannot hold."""
    match value_:
        case None:
            return "null"
        case bool():
            return "true" if value_ else "false"
        case str() if quotes == "'" and value_ and value_.isprintable():
            return "'" + value_.replace("'", "''") + "'"
        case str():
            return value_ if quotes != '"' and is_plain(value_) else quoted(value_)
        case int():
            return str(value_)
        case float() if math.isfinite(value_):
            return repr(value_) if "e" not in repr(value_) or "." in repr(value_) else repr(value_).replace("e", ".0e")
        case _:
            raise ValueError("not a value of YAML")


def is_plain(text: str) -> bool:
    """Whether text may stand without quotes, inside brackets too."""
    return _PLAIN.fullmatch(text) is not None and text.isprintable() and text.lower() not in _WORDS


def quoted(text: str) -> str:
    """Double quotes hold any text in one line; JSON's escapes are YAML's. Raises ValueError for lone surrogates."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("text with half a character")
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _block(text: str, column: int) -> tuple[str, list[str]] | None:
    """Long text as a folded block, lines as a literal one; None where a block would change it or help nobody."""
    if not text.isprintable() and not all(line.isprintable() for line in text.split("\n")):
        return None
    pad = " " * column
    if "\n" in text:
        lines = text.split("\n")
        if any(line != line.strip() for line in lines) or not lines[0] or not lines[-1]:
            return None
        return "|-", [pad + line if line else "" for line in lines]
    if len(text) <= WIDTH - 20 or text != " ".join(text.split()):
        return None
    lines = textwrap.wrap(text, WIDTH - column, break_long_words=False, break_on_hyphens=False)
    return ">-", [pad + line for line in lines]
