"""Chatterino's text logs, and the plain text of VOD downloaders.

    # Start logging at 2026-01-31 20:00:00 CET
    [20:00:05] mireille: hello
    [20:00:09] ミレイユ mireille: the name shown, then the login
    [20:01:00] bob has been timed out for 10m.

Source: `LoggingChannel.cpp` of Chatterino 2 (time of day only, the date in the marker and in the file's name).
"""

import re
from collections.abc import Iterator
from typing import Final

from streamer.adapters.chat.logs.lines import BadLine, Read, Stamped, lines_of
from streamer.adapters.chat.logs.notices import Room
from streamer.adapters.chat.logs.stamps import STAMP, Clock

MARK: Final = re.compile(r"^# (?:Start|Stop) logging at \d{4}-\d\d-\d\d", re.IGNORECASE)
LINE: Final = re.compile(rf"^(?:#\S{{1,60}} )?{STAMP}\s?(?P<rest>.*)$")
_SAID: Final = re.compile(r"^\s*(?:(?P<shown>\S{0,59}[^\s:]) )?(?P<login>\S{1,60}?): (?P<text>.*)$")
_ACTED: Final = re.compile(r"^\* ?(?P<login>\S{1,60}) (?P<text>.*)$")


def read(chunks: Iterator[str]) -> Read:
    """Rows of a log. Lines without a time are bad, except comments (`#`) and empty ones."""
    clock, room = Clock(), Room("line-")
    for number, line in lines_of(chunks):
        if line is None:
            yield BadLine(number, "too long")
            continue
        line = line.removeprefix("\ufeff")  # noqa: PLW2901 - of a file that was put together from several
        if MARK.match(line):
            clock.day(line)
            continue
        found = LINE.match(line)
        if found is None:
            if line.strip() and not line.startswith("#"):
                yield BadLine(number, "no time of day")
            continue
        at = clock.seconds(found)
        if at is None:
            yield BadLine(number, "no time of day")
            continue
        rest = found["rest"]
        row = room.system(number, at, rest.strip())
        if row is None and (said := _SAID.match(rest)):
            text = said["text"].strip()
            row = room.message(number, at, said["login"], said["shown"] or said["login"], text) if text else None
        elif row is None and (acted := _ACTED.match(rest)):
            row = room.message(number, at, acted["login"], acted["login"], acted["text"], action=True)
        if row is not None:
            yield Stamped(number, row, clock.wall_s(at))
