"""Chat from the user's own programs: rows read one by one, so that a bad one costs only itself."""

import math
from typing import Any, cast

import msgspec

from streamer.ports import ChatRow
from streamer.web.rest import Problem, RowError, decode, whole_numbers

MAX_ROWS = 500
MAX_TEXT = 4_000
MAX_ID = 200
MAX_NUMBER = 10**15


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
    if not math.isfinite(row.at) or abs(row.at) > MAX_NUMBER or not 0 <= row.duration_s <= MAX_NUMBER:
        raise ValueError("a time must be a finite number")
    if not row.platform or not row.platform.replace("_", "").replace("-", "").isalnum() or len(row.platform) > 32:
        raise ValueError("platform must be 1 to 32 letters, digits, _ or -")
    user = row.user
    short = [row.id, row.reply_to, row.target, *((user.id, user.login, user.name) if user else ())]
    if any(len(word) > MAX_ID for word in short) or len(row.text) > MAX_TEXT:
        raise ValueError(f"ids and names may have {MAX_ID} characters, text {MAX_TEXT}")
    if any("\ud800" <= char <= "\udfff" for word in (row.text, *short) for char in word):
        raise ValueError("text must be Unicode without lone surrogates")
    numbers = [row.bits, row.count, row.amount.micros if row.amount else 0]
    if not all(0 <= number <= MAX_NUMBER for number in numbers):
        raise ValueError("amounts and counts must not be negative or absurd")
    if any(not 0 <= start < end <= len(row.text) for start, end, _id in row.emotes):
        raise ValueError("emotes must lie inside the text")
    # Only the panel speaks past the queue; whoever feeds rows in may claim any role, and therefore commands nothing.
    return msgspec.structs.replace(row, direct="", source="inject")
