"""The walk through foreign JSON: anything may be missing, null or of another type. Nothing here raises."""

import math
import re
from typing import Any, cast

_HALF = re.compile("[\ud800-\udfff]")
"""JSON may escape half of a surrogate pair; no file, journal or server takes it."""


def at(value: object, *path: str | int) -> Any:
    """What stands at a path of keys and indexes; None where there is nothing."""
    for key in path:
        if isinstance(key, str):
            value = cast("dict[str, object]", value).get(key) if isinstance(value, dict) else None
        else:
            many = cast("list[object]", value) if isinstance(value, list) else []
            value = many[key] if -len(many) <= key < len(many) else None
    return value


def text(value: object, *path: str | int) -> str:
    """Text at a path, numbers as they are written; empty for anything else. Half a character becomes U+FFFD."""
    found = at(value, *path)
    if isinstance(found, str):
        return found if found.isascii() else _HALF.sub("\ufffd", found)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def number(value: object, *path: str | int) -> float | None:
    """A finite number at a path, also one written as text."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        result = float(found)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def whole(value: object, *path: str | int) -> int:
    """A whole number from 0 to a billion at a path; 0 for anything else."""
    found = number(value, *path)
    return int(found) if found is not None and 0 <= found <= 1e9 else 0


def items(value: object, *path: str | int) -> list[Any]:
    """A list at a path; empty for anything else."""
    found = at(value, *path)
    return cast("list[Any]", found) if isinstance(found, list) else []
