"""Times of day in text logs: `[20:15:03]`, `[2026-01-31 20:15:03]`, `[8:15 PM]`, as seconds that only rise."""

import re
from datetime import UTC, date, datetime
from typing import Final

DAY_S: Final = 86_400.0
BACK_S: Final = 5.0
"""Rows may be this much out of order; a clock that was set back further goes on from where it was."""

STAMP: Final = (
    r"\[(?:(?P<date>\d{4}[-./]\d{1,2}[-./]\d{1,2})[ T]+)?"
    r"(?P<h>\d{1,4}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<ms>\d{1,6}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[A-Z]{3,5})?\]"
)
DATE: Final = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")


class Clock:
    """Turns stamps into seconds since an own zero; a day is added at midnight, a date counts when there is one."""

    def __init__(self) -> None:
        self._day = 0.0
        self._dated = False
        self._last: float | None = None
        self._shift = 0.0

    @property
    def dated(self) -> bool:
        return self._dated

    def day(self, text: str) -> None:
        """A date the file names (`# Start logging at 2026-01-31 ...`), for the stamps after it."""
        day = _ordinal(text)
        if day is None:
            return
        if not self._dated and self._last is not None:
            self._shift = (self._day - day) * DAY_S  # what came before had no date: let this be its day
        self._day, self._dated = day, True

    def seconds(self, found: "re.Match[str]") -> float | None:
        """The stamp of a match of `STAMP`; None for one that is no time."""
        hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
        if found["half"]:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
        if minute > 59 or second > 60:
            return None
        if found["date"]:
            self.day(found["date"])
        now = hour * 3600.0 + minute * 60 + second + float("0." + (found["ms"] or "0"))
        at = self._day * DAY_S + now + self._shift
        last = self._last
        if last is not None and at < last - BACK_S:
            if last - at > DAY_S / 2 and not found["date"]:
                self._day += 1
                at += DAY_S
            if at < last - BACK_S:
                self._shift += last - at
                at = last
        self._last = at if last is None else max(last, at)
        return self._last

    def wall_s(self, at: float) -> float:
        """The clock on the wall as if it stood in UTC, UNIX seconds; 0 when no date is known."""
        if not self._dated:
            return 0.0
        return at - self._shift - date(1970, 1, 1).toordinal() * DAY_S


def _ordinal(text: str) -> int | None:
    found = DATE.search(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).toordinal()
    except ValueError:
        return None


def iso(wall_s: float) -> str:
    """UNIX seconds as ISO 8601 without a zone; empty for 0 and for what is no date."""
    if not 0 < wall_s < 32_503_680_000:
        return ""
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def unix(text: str) -> float:
    """An ISO 8601 time with or without a zone as UNIX seconds; 0 for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0
