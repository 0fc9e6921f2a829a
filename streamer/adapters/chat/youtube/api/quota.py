"""Units of the day's quota as far as this process knows.

A Google project has 10,000 units a day, which begins at midnight in California. Prices: developers.google.com/youtube/
v3/determine_quota_cost; where sources differ, the dearer price is counted (`list`: the table says 1, its own reference
page and measurements 5; the stream's price is not published and is counted like `list`, once a connection).
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Call = Literal["videos", "channels", "stream", "list", "insert", "delete", "ban"]
COSTS: Final[dict[Call, int]] = {
    "videos": 1, "channels": 1, "stream": 5, "list": 5, "insert": 50, "delete": 50, "ban": 50,
}  # fmt: skip
DAILY: Final = 10_000
WRITING: Final = 5_000
"""Units a day that sending and moderating may use; the rest is for reading."""


def _pacific() -> tzinfo:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # a system without time zones: an hour wrong in summer
        return timezone(timedelta(hours=-8))


class Quota:
    """`wall` gives seconds since 1970. Shared by everything that uses one project."""

    def __init__(self, wall: Callable[[], float], *, daily: int = DAILY, writing: int = WRITING) -> None:
        self._wall = wall
        self._zone = _pacific()
        self.daily = daily
        self.writing = writing
        self._day = ""
        self._used = 0
        self._written = 0
        self._empty = False

    def spend(self, call: Call) -> None:
        self._turn()
        self._used += COSTS[call]
        if call in ("insert", "delete", "ban"):
            self._written += COSTS[call]

    @property
    def used(self) -> int:
        self._turn()
        return self._used

    @property
    def may_write(self) -> bool:
        """One more call that writes stays within the writing budget."""
        self._turn()
        return not self._empty and self._written + COSTS["insert"] <= self.writing

    @property
    def empty(self) -> bool:
        """YouTube said so today."""
        self._turn()
        return self._empty

    def refused(self) -> None:
        """YouTube says that the quota is used up."""
        self._turn()
        self._empty = True

    def granted(self) -> None:
        """A call went through: there is quota."""
        self._empty = False

    def turns_in_s(self) -> float:
        """Seconds until the next day begins in California."""
        now = self._now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return max(1.0, midnight.timestamp() - now.timestamp())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), self._zone)

    def _turn(self) -> None:
        day = self._now().date().isoformat()
        if day != self._day:
            self._day, self._used, self._written, self._empty = day, 0, 0, False
