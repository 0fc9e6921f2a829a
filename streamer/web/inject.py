"""Chat from the user's own programs: rows read one by one, so that a bad one costs only itself.

Every field of a row is checked by its kind, also those that are added later: texts by length, numbers by size, lists by
count, addresses of pictures by where they lead.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from streamer.ports import ChatRow, Fragment
from streamer.web.rest import Problem, RowError, decode, whole_numbers

MAX_ROWS = 500
MAX_TEXT = 4_000
MAX_ID = 200
MAX_URL = 2_000
MAX_NUMBER = 10**15
LONGEST: dict[str, int] = {"text": MAX_TEXT, "title": 500, "url": MAX_URL, "avatar": MAX_URL}
"""Characters of a field by its name; all others are ids and names."""
MOST: dict[str, int] = {"badges": 20, "roles": 10, "choices": 20}
"""Items of a list by its name; all others 500."""
PICTURE_HOSTS = (
    "static-cdn.jtvnw.net", ".ggpht.com", ".googleusercontent.com", ".gstatic.com", "cdn.7tv.app", "cdn.betterttv.net",
    "cdn.frankerfacez.com",
)  # fmt: skip
"""Where platforms keep pictures of viewers, badges and emotes. A page that loads one tells its server who looks."""

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_rows(data: bytes, at: float) -> tuple[list[ChatRow], list[RowError]]:
    """The good rows, and what is wrong with the others by their index. A missing `at` becomes this one.

    Raises Problem: 400 for no JSON, 422 when it is no row nor a list of at most 500.
    """
    body = decode(data, object)
    if not isinstance(body, dict | list):
        raise Problem(422, "invalid", "expected a row or a list of rows")
    given = cast("list[Any]", body if isinstance(body, list) else [body])
    if len(given) > MAX_ROWS:
        raise Problem(422, "too_many", f"at most {MAX_ROWS} rows at once")
    rows: list[ChatRow] = []
    errors: list[RowError] = []
    for index, item in enumerate(given):
        try:
            rows.append(_row(item, at))
        except (msgspec.ValidationError, ValueError, OverflowError) as error:
            errors.append(RowError(index, str(error)))
    return rows, errors


def _row(item: Any, at: float) -> ChatRow:
    if isinstance(item, dict):
        item = {"at": at} | cast("dict[str, Any]", item)
    row = msgspec.convert(whole_numbers(item), ChatRow)
    if not row.platform or not row.platform.replace("_", "").replace("-", "").isalnum() or len(row.platform) > 32:
        raise ValueError("platform must be 1 to 32 letters, digits, _ or -")
    for path, name, value in _leaves(row, ""):
        _check(path, name, value)
    for user in (row.user, row.recipient):
        if user is not None and user.color and not _COLOR.fullmatch(user.color):
            raise ValueError("color must be written #RRGGBB")
    if row.amount is not None and row.amount.currency and not _CURRENCY.fullmatch(row.amount.currency):
        raise ValueError("currency must be three capital letters, such as EUR (ISO 4217), or left out")
    row = _pieced(row)
    if any(not 0 <= start < end <= len(row.text) for start, end, _id in row.emotes):
        raise ValueError("emotes must lie inside the text")
    # Only the panel speaks past the queue; whoever feeds rows in may claim any role, and therefore commands nothing.
    # What is said to happen later (a time in seconds since 1970, say) happens now: a removal covers all before it.
    return replace(row, direct="", source="inject", at=min(row.at, at))


def _leaves(value: object, path: str, name: str = "") -> Iterator[tuple[str, str, object]]:
    """(path, name of the field, value) of everything in a row; lists are counted here."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _leaves(getattr(value, field), f"{path}.{field}" if path else field, field)
    elif isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        if len(items) > MOST.get(name, MAX_ROWS):
            raise ValueError(f"{path} may have {MOST.get(name, MAX_ROWS)} items")
        for item in items:
            yield from _leaves(item, path, name)
    else:
        yield path, name, value


def _check(path: str, name: str, value: object) -> None:
    if isinstance(value, str):
        if len(value) > LONGEST.get(name, MAX_ID):
            raise ValueError(f"{path} may have {LONGEST.get(name, MAX_ID)} characters")
        if _SURROGATE.search(value):
            raise ValueError(f"{path} must be Unicode without lone surrogates")
        if name in ("url", "avatar") and value and not _is_picture(value):
            raise ValueError(f"{path} must be an https address at one of: {', '.join(PICTURE_HOSTS)}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least = -MAX_NUMBER if name == "at" else 0
        if not math.isfinite(value) or not least <= value <= MAX_NUMBER:
            raise ValueError(f"{path} must be a number that is not negative or absurd")


def _is_picture(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    known = any(host == each or (each.startswith(".") and host.endswith(each)) for each in PICTURE_HOSTS)
    return known and parts.scheme == "https" and parts.netloc == host


def _pieced(row: ChatRow) -> ChatRow:
    """Text, pieces and places of emotes say the same thing: what is left out is made of the pieces."""
    if not row.fragments:
        return row
    whole = "".join(each.text for each in row.fragments)
    if row.text and row.text != whole:
        raise ValueError("the texts of the fragments together must be the text")
    if len(whole) > MAX_TEXT:
        raise ValueError(f"text may have {MAX_TEXT} characters")
    return replace(row, text=whole, emotes=row.emotes or _emotes(row.fragments))


def _emotes(fragments: tuple[Fragment, ...]) -> tuple[tuple[int, int, str], ...]:
    out: list[tuple[int, int, str]] = []
    place = 0
    for each in fragments:
        end = place + len(each.text)
        if each.type == "emote" and each.id and end > place:
            out.append((place, end, each.id))
        place = end
    return tuple(out)
