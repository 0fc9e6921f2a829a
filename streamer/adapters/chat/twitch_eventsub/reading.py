"""Takes values out of JSON that strangers filled: what is missing or of another type reads as empty.

Only `needed` insists. No value keeps a lone surrogate, so every text can be encoded.
"""

import json
from datetime import datetime
from typing import Any

Json = dict[str, Any]
_NUMBER_MAX = 2**53


class Malformed(Exception):
    """An event without something its row cannot do without. The message names keys, never values."""


def frame_of(raw: str) -> tuple[Json, Json]:
    """Metadata and payload of a frame; both empty when it is no such thing."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {}, {}
    whole: Json = data if isinstance(data, dict) else {}
    return part(whole, "metadata"), part(whole, "payload")


def clean(value: str) -> str:
    """JSON can say half of a surrogate pair; no encoder can."""
    if value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def text(source: Json, key: str) -> str:
    value = source.get(key)
    if isinstance(value, str):
        return clean(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _NUMBER_MAX else ""


def needed(source: Json, key: str) -> str:
    """Raises Malformed when there is nothing."""
    value = text(source, key)
    if not value:
        raise Malformed(f"no {key}")
    return value


def number(source: Json, key: str) -> int:
    """A count: never negative, 0 for everything that is none."""
    value = source.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _NUMBER_MAX:
        return 0
    return int(value)


def flag(source: Json, key: str) -> bool:
    return source.get(key) is True


def part(source: Json, key: str) -> Json:
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def parts(source: Json, key: str) -> list[Json]:
    value = source.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def stamp(source: Json, key: str) -> float:
    """Seconds since 1970 of an RFC 3339 time (Twitch gives nanoseconds); 0 when it is none."""
    value = source.get(key)
    if not isinstance(value, str) or len(value) > 40:
        return 0.0
    try:
        when = datetime.fromisoformat(value)
        return when.timestamp() if when.tzinfo is not None else 0.0
    except (ValueError, OverflowError):
        return 0.0


class Stamps:
    """Platform time on our clock: the event with the least delay so far ties the two; none is later than its arrival.

    Keeps a message behind its own deletion when both were delayed.
    """

    def __init__(self, late_max_s: float = 30.0) -> None:
        self._late_max_s = late_max_s
        self._offset: float | None = None

    def when(self, sent: float, at: float) -> float:
        """`sent`: seconds since 1970 as the platform says; `at`: when it came, on our clock."""
        if not sent:
            return at
        if self._offset is None or sent + self._offset > at:
            self._offset = at - sent
        seen = sent + self._offset
        return seen if at - seen <= self._late_max_s else at
