"""YouTube live chat as `yt-dlp` writes it (`.live_chat.json`): one action a line.

`{"replayChatItemAction": {"actions": [...], "videoOffsetTimeMsec": "1234"}}`, or, recorded live, the action beside
`videoOffsetTimeMsec`. What was written before the stream began comes first with offset 0; its place is known from
`timestampUsec` only.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from streamer.adapters.chat.common.walk import at, items, number
from streamer.adapters.chat.common.youtube_actions import Actions, Malformed
from streamer.adapters.chat.logs.lines import BadLine, Read, Stamped, lines_of

_DECODER: Final = msgspec.json.Decoder()


def read(chunks: Iterator[str]) -> Read:
    """Rows of a log; what YouTube only shows (pins, tickers) and what is not known is passed over."""
    reader = Actions("")
    for line_number, line in lines_of(chunks):
        if line is None:
            yield BadLine(line_number, "too long")
            continue
        if not line.strip("\ufeff \t\r"):
            continue
        try:
            value = _DECODER.decode(line.strip("\ufeff \t\r,"))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            yield BadLine(line_number, "not JSON")
            continue
        replay = at(value, "replayChatItemAction")
        offset = number(replay, "videoOffsetTimeMsec")
        offset = offset if offset is not None else number(value, "videoOffsetTimeMsec")
        actions = items(replay, "actions") or items(value, "actions") or ([value] if isinstance(value, dict) else [])
        if not isinstance(value, dict):
            yield BadLine(line_number, "not an object")
            continue
        for each in actions:
            yield from _action(reader, line_number, each, offset)


def _action(reader: Actions, line_number: int, action: Any, offset_ms: float | None) -> Read:
    try:
        told = reader.read(action)
    except Malformed as wrong:
        if not str(wrong).startswith("unknown"):
            yield BadLine(line_number, str(wrong))
        return
    for each in told:
        if offset_ms is None and not each.usec:
            yield BadLine(line_number, "no time")
            continue
        place = each.usec / 1e6 if offset_ms is None else offset_ms / 1000
        yield Stamped(line_number, msgspec.structs.replace(each.row, at=place), each.usec / 1e6)
