"""Waits of the API's reader, and the time of its messages."""

import msgspec

_LATE_MAX_S = 30.0


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """All in seconds."""

    retry_min_s: float = 0.5
    retry_max_s: float = 30.0
    stable_s: float = 10.0
    """A connection that lasted so long was a good one, even if nothing was said."""
    rate_s: float = 5.0
    """First wait after YouTube asked to slow down; doubles up to a minute."""
    fixable_s: float = 60.0
    """Between tries while somebody has something to mend: the key, the project, the stream's settings."""
    quota_s: float = 1_800.0
    """Between tries while the quota is used up: it may have been raised, and it turns at midnight in California."""
    look_s: float = 5.0
    """Between the looks at a stream that seems to be over."""
    looks: int = 3
    waiting_s: float = 30.0
    """Between looks at a channel that is not live yet."""
    idle_min_s: float = 10.0
    idle_max_s: float = 60.0
    """How long a connection may be silent before another takes its place: eight times the usual gap between batches,
    within these bounds. A quiet chat says nothing for minutes, and each connection costs quota."""
    poll_min_s: float = 5.0
    """Between two questions when the stream is refused, at least."""
    restream_s: float = 600.0
    """When the stream is tried again after it was refused."""
    late_s: float = 8.0
    """What the second reader has told and the API has not by then shows that the API's connection is dead."""
    away_s: float = 8.0
    """After so long without a connection the rows of the second reader are told."""
    history_s: float = 30.0
    """The first answer holds what was said before; what is older than this is not told."""


class Timeline:
    """When YouTube took a message in, on our clock. The one with the least delay so far ties the two clocks; a row is
    never later than its arrival, and never more than half a minute before it."""

    def __init__(self) -> None:
        self._anchor: tuple[float, float] | None = None

    def at(self, stamp: float, now: float) -> float:
        """`stamp`: seconds since 1970, 0 when unknown; `now`: seconds of our clock."""
        if stamp <= 0:
            return now
        if self._anchor is not None:
            seen = self._anchor[1] + stamp - self._anchor[0]
            if seen <= now:
                return seen if now - seen <= _LATE_MAX_S else now
        self._anchor = (stamp, now)
        return now
