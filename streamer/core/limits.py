"""How often, and how fairly: answers a minute, and viewers who have just had their turn."""

from collections.abc import Iterable, Mapping

from streamer.core.show import Request, Show

MINUTE_MS = 60_000
AT_ONCE = 2
"""Answers a room that was quiet gets without a pause between them."""
PREPARE_MS = 6_000
"""How long before it may be heard an answer is made."""
TURN_MS = 600_000


def per_minute(show: Show) -> int:
    """Lines a minute that may answer the chat."""
    return show.settings.chatty_per_minute if show.dial == "chatty" else show.settings.answers_per_minute


def next_answer_ms(show: Show) -> int:
    """The earliest moment the next answer to the chat may be heard.

    Never more than so many within any minute. The first two come at once; while more are wanted they are spread over
    the minute, so that a busy room hears one now and then instead of four and a long silence.
    """
    now_ms, most = show.now_ms, max(per_minute(show), 1)
    starts = [at for at in show.answered_ms if at > now_ms - MINUTE_MS]
    air = show.air
    if air is not None and air.request.from_chat and air.started_ms < 0:
        starts.append(max(air.aired_ms, now_ms))
    if len(starts) < AT_ONCE and len(starts) < most:
        return now_ms
    starts.sort()
    opens_ms = starts[-1] + MINUTE_MS // most if len(starts) >= AT_ONCE else now_ms
    if len(starts) >= most:
        opens_ms = max(opens_ms, starts[len(starts) - most] + MINUTE_MS)
    return max(opens_ms, now_ms)


def may_prepare_answer(show: Show) -> bool:
    """The next answer may be heard soon enough to be made by now."""
    return next_answer_ms(show) - show.now_ms <= PREPARE_MS


def window_opens_ms(show: Show) -> int | None:
    """When the next answer becomes possible; None when it is already."""
    opens_ms = next_answer_ms(show)
    return opens_ms if opens_ms > show.now_ms else None


def remember_start(answered: tuple[int, ...], at_ms: int) -> tuple[int, ...]:
    return (*(at for at in answered if at > at_ms - MINUTE_MS), at_ms)


def stands_back(show: Show, request: Request) -> bool:
    """The viewer was answered a moment ago. Only counts while somebody else waits."""
    at = show.viewers.get(request.user) if request.user else None
    return at is not None and show.now_ms - at < show.settings.viewer_cooldown_ms


def had_a_turn(show: Show, request: Request) -> bool:
    """The viewer was answered within the last ten minutes: of two equals the other one goes first."""
    at = show.viewers.get(request.user) if request.user else None
    return at is not None and show.now_ms - at < TURN_MS


def remember_answer(show: Show, users: Iterable[str]) -> Mapping[str, int]:
    oldest = show.now_ms - max(show.settings.viewer_cooldown_ms, TURN_MS)
    kept = {user: at for user, at in show.viewers.items() if at > oldest}
    kept.update((user, show.now_ms) for user in users if user)
    return kept
