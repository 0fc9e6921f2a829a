"""Tolerant reading of Streamer.bot's event data, whose spelling differs by version and by event.

The same thing is called `sub_tier`, `subTier` or, before 0.2, a number from 0 to 3; ids are text or numbers; every
field may be null. Names are therefore compared without case and underscores, and nothing here raises but `Lacking`.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

TEXT_MAX = 4_000
NAME_MAX = 200
_HALF = re.compile("[\ud800-\udfff]")
_HOSTS = (
    "static-cdn.jtvnw.net", "cdn.7tv.app", "cdn.betterttv.net", "cdn.frankerfacez.com", ".ggpht.com",
    ".googleusercontent.com", ".gstatic.com",
)  # fmt: skip
"""Where the pictures of emotes, badges and viewers live; other addresses are left out."""


class Lacking(ValueError):
    """The event lacks what its row needs. The text quotes nothing of it."""


def _plain(key: str) -> str:
    return key.replace("_", "").lower()


class Fields:
    """One JSON object of an event. Every getter takes the names of the versions, the newest first."""

    def __init__(self, value: object) -> None:
        given = cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
        self._given: dict[str, Any] = {}
        for key, each in given.items():
            self._given.setdefault(_plain(key), each)

    def __bool__(self) -> bool:
        return bool(self._given)

    def _find(self, names: tuple[str, ...]) -> Any:
        for name in names:
            found = self._given.get(_plain(name))
            if found is not None and found != "":
                return found
        return None

    def raw(self, name: str) -> Any:
        """Whatever stands there, or None."""
        return self._given.get(_plain(name))

    def text(self, *names: str, limit: int = TEXT_MAX) -> str:
        """Text, or a number as text; empty for anything else."""
        found = self._find(names)
        if isinstance(found, str):
            cut = found[:limit]
            return cut if cut.isascii() else _HALF.sub("\ufffd", cut)
        return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""

    def name(self, *names: str) -> str:
        """A short text: an id, a login, a name."""
        return self.text(*names, limit=NAME_MAX).strip()

    def needed(self, *names: str) -> str:
        """An id. Raises Lacking."""
        found = self.name(*names)
        if not found:
            raise Lacking(f"no {names[0]}")
        return found

    def number(self, *names: str) -> int:
        """A whole number from 0 to 10^15, also one written as text; 0 for anything else."""
        found = self._find(names)
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            return 0
        try:
            result = float(found)
        except (ValueError, OverflowError):
            return 0
        return int(result) if math.isfinite(result) and 0 <= result <= 10**15 else 0

    def flag(self, *names: str) -> bool:
        return self._find(names) is True

    def part(self, *names: str) -> "Fields":
        """An object inside; an empty one when there is none."""
        return next((found for name in names if (found := Fields(self._find((name,))))), Fields(None))

    def parts(self, *names: str, most: int = 500) -> "list[Fields]":
        """The objects of a list."""
        found = self._find(names)
        given = cast("list[Any]", found)[:most] if isinstance(found, list) else []
        return [Fields(each) for each in given if isinstance(each, dict)]

    def stamp(self, *names: str) -> float | None:
        """A point in time, as seconds since 1970."""
        return stamp(self.text(*names, limit=40))

    def picture(self, *names: str) -> str:
        """The address of a picture at one of the places where platforms keep theirs; empty otherwise."""
        url = self.text(*names, limit=2_000)
        if not url.startswith("https://"):
            return ""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return ""
        known = any(host == each or (each.startswith(".") and host.endswith(each)) for each in _HOSTS)
        return url if known and parts.netloc == host else ""


_STAMP = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


def stamp(text: str) -> float | None:
    """ISO 8601 with up to nine decimals (`2022-01-30T21:32:04.4588947-05:00`) as seconds since 1970; without an offset
    it is taken for UTC. None for anything else."""
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    try:
        zone = (found[3] or "Z").replace("Z", "+00:00")
        whole = datetime.fromisoformat(found[1] + zone)
        return whole.timestamp() + float(found[2] or 0)
    except (ValueError, OverflowError):
        return None
