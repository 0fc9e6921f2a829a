"""What a failure means and when to try again. Values in, values out; times are seconds of the caller's clock."""

from typing import Literal

import msgspec

from streamer.adapters.chat.twitch_eventsub.wire import Limits

Kind = Literal[
    "unreachable",  # no answer, or a server in trouble: soon again
    "rate",  # asked too much: when Twitch says
    "no_session",  # Twitch does not know this connection any more
    "exists",  # it says there is one already
    "forbidden",  # the account may not: banned, no moderator, or the scope was not granted
    "signed_out",
    "revoked",  # the user took the permission back
    "connections",  # the same account has too many connections, here or elsewhere
    "cost",  # too many subscriptions in all
    "removed",  # the user in the condition is gone, banned from the chat, or no moderator any more
    "version",  # Twitch no longer offers this version
    "refused",  # it does not understand what we ask
]  # fmt: skip

LASTING: frozenset[Kind] = frozenset({"forbidden", "connections", "cost", "removed", "version", "refused"})
"""Waiting alone will hardly mend these."""
WHOLE: frozenset[Kind] = frozenset({"unreachable", "rate", "no_session", "signed_out", "connections"})
"""These concern the account or the connection: the next subscription would fail the same way."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Of the supervisor; seconds."""

    check_s: float = 2.0
    """How often wanted and live subscriptions are compared."""
    audit_s: float = 6.0
    """How often Twitch is asked which of them it really has."""
    retry_min_s: float = 0.5
    retry_max_s: float = 5.0
    slow_s: float = 30.0
    """Between two tries of what waiting alone will hardly mend."""
    stable_s: float = 10.0
    """A connection that lasted so long was a good one: the next is opened at once."""
    linger_s: float = 0.5
    """How long the old connection is still read after the new one was welcomed."""
    echo_s: float = 2.0
    """How long to look for our own message in the chat when the answer to sending it was lost."""
    patience_s: float = 1.5
    """How long the two reports of a reward with a text wait for each other."""
    answer_s: float = 5.0
    """How long an answer of Helix may take."""
    limits: Limits = Limits()


class Trouble(msgspec.Struct, frozen=True):
    """Why something is not live, and when it is tried again."""

    kind: Kind
    tries: int
    again_at: float


def kind_of(status: int, message: str) -> Kind:
    """Of an answer to the creation of a subscription. Twitch tells some of its limits apart only in words."""
    words = message.lower()
    if status == 0 or status >= 500:
        return "unreachable"
    if status == 400:
        return "no_session" if "session" in words else "version" if "version" in words else "refused"
    if status == 401:
        return "forbidden" if "scope" in words else "signed_out"
    if status in (403, 404):
        return "forbidden"
    if status == 409:
        return "exists"
    if status == 410:
        return "version"
    if status == 429:
        return "connections" if "transport" in words else "cost" if "cost" in words or "exceed" in words else "rate"
    return "refused"


def kind_of_revocation(status: str) -> Kind:
    if status == "authorization_revoked":
        return "revoked"
    return "version" if status == "version_removed" else "removed"


def backoff_s(tries: int, timing: Timing, draw: float) -> float:
    """Twice as long each time, with half of it left to chance; `draw` is a number in [0, 1)."""
    longest = min(timing.retry_max_s, timing.retry_min_s * 2.0 ** min(tries, 16))
    return longest * (0.5 + 0.5 * draw)


def trouble(
    kind: Kind, before: Trouble | None, now: float, timing: Timing, draw: float, wait_s: float | None = None
) -> Trouble:
    """The next state after a failure. `wait_s` is what Twitch asked for."""
    tries = before.tries + 1 if before is not None and before.kind == kind else 1
    pause = timing.slow_s * (0.5 + 0.5 * draw) if kind in LASTING else backoff_s(tries - 1, timing, draw)
    if kind == "connections":  # another program may close its own any moment
        pause = min(pause, timing.retry_max_s)
    if wait_s is not None:
        pause = max(pause, wait_s)
    return Trouble(kind, tries, now + pause)
