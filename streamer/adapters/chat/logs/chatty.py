"""Chatty's text logs.

    # Log started: 2026-01-31 20:00:00
    [20:00:05] <@%+Mireille> hello
    [20:00:09] <Bob>* waves
    [20:01:00] BAN: bob (600s) [spam], carl
    [20:01:01] DELETED: dora (what she wrote)
    [20:01:02] BITS: Eve (100)
    [20:01:03] [Notification] Fay subscribed at Tier 1.

The marks before a name: `~` broadcaster, `@` moderator, `!` VIP, `%` subscriber, others are left out. Source:
`ChatLog.java` of Chatty, where the form of a message and of the time can be set: the default and its kin are read.
"""

import re
from collections.abc import Iterator
from typing import Final

from streamer.adapters.chat.logs.lines import BadLine, Read, Stamped, lines_of
from streamer.adapters.chat.logs.notices import Room, bits
from streamer.adapters.chat.logs.stamps import DATE, STAMP, Clock
from streamer.core.events import Role
from streamer.ports import ChatRow

LINE: Final = re.compile(rf"^{STAMP}\s?(?P<rest>.*)$")
MESSAGE: Final = re.compile(r"^<(?P<marks>[~@!%+*$^&]{0,8})(?P<name>[^<>]{1,80})>(?P<action>\*)? (?P<text>.*)$")
COMPACT: Final = re.compile(r"^(?P<what>BAN|DELETED|BITS|JOIN|PART|MOD|UNMOD|MOD_ACTION|VIEWERS): (?P<rest>.*)$")
_BAN: Final = re.compile(
    r"(?P<name>[^\s,()\[\]{}]{1,60})(?: \((?P<s>\d{1,9})s\))?(?: \[[^\]]*\])?(?: \{[^}]*\})?(?:, |$)"
)
_GONE: Final = re.compile(r"(?P<name>[^\s,()]{1,60}) \((?P<text>.*?)\)(?:, (?=[^\s,()]{1,60} \()|$)")
_BITS: Final = re.compile(r"^(?P<name>\S{1,60}).*?\((?P<n>\d{1,8})\)$")
_SHOWN: Final = re.compile(r"^(?P<name>.{1,60}?) \((?P<login>[A-Za-z0-9_]{1,25})\)$")
_TAGGED: Final = re.compile(r"^\[[A-Z][A-Za-z ]{1,20}\] ")
_ROLES: Final[dict[str, Role]] = {"~": "broadcaster", "@": "moderator", "!": "vip", "%": "subscriber"}


def read(chunks: Iterator[str]) -> Read:
    """Rows of a log. Lines without a time are bad, except comments (`#`) and empty ones."""
    clock, room = Clock(), Room("line-")
    told_bits: dict[str, float] = {}
    for number, line in lines_of(chunks):
        if line is None:
            yield BadLine(number, "too long")
            continue
        line = line.removeprefix("\ufeff")  # noqa: PLW2901 - of a file that was put together from several
        if line.startswith("#"):
            if DATE.search(line):
                clock.day(line)
            continue
        found = LINE.match(line)
        at = clock.seconds(found) if found is not None else None
        if found is None or at is None:
            if line.strip():
                yield BadLine(number, "no time of day")
            continue
        for row in _rows(room, number, at, found["rest"], told_bits):
            yield Stamped(number, row, clock.wall_s(at))


def _rows(room: Room, number: int, at: float, rest: str, told_bits: dict[str, float]) -> Iterator[ChatRow]:
    if said := MESSAGE.match(rest):
        shown = _SHOWN.match(said["name"])
        login, name = (shown["login"], shown["name"]) if shown else (said["name"].strip(), said["name"].strip())
        roles: tuple[Role, ...] = tuple(role for mark, role in _ROLES.items() if mark in said["marks"])
        text = said["text"].strip()
        if bits(text):
            told_bits[login.lower()] = at
        if text and login:
            yield room.message(number, at, login, name, text, roles=roles, action=bool(said["action"]))
        return
    compact = COMPACT.match(rest)
    what, more = (compact["what"], compact["rest"]) if compact else ("", "")
    if what == "BAN":
        for each in _BAN.finditer(more[:2_000]):
            yield room.out(at, each["name"], float(each["s"] or 0))
    elif what == "DELETED":
        for each in _GONE.finditer(more[:3_000]):
            if row := room.deleted(at, each["name"], each["text"]):
                yield row
    elif what == "BITS":
        given = _BITS.match(more)
        if given and at - told_bits.get(given["name"].lower(), -60.0) > 10:  # else its message has told it
            yield room.bits(number, at, given["name"], int(given["n"]))
    elif not what and (row := room.system(number, at, _TAGGED.sub("", rest, count=1).strip())):
        yield row
