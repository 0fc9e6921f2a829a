"""How often, and how fairly: answers a minute, and viewers who have just had their turn."""

from collections.abc import Iterable, Mapping

from streamer.core.show import Request, Show

MINUTE_MS = 60_000
TURN_MS = 600_000


def per_minute(show: Show) -> int:
    """Lines a minute that may answer the chat."""
    return show.settings.chatty_per_minute if show.dial == "chatty" else show.settings.answers_per_minute


def answers_left(show: Show) -> int:
    since = show.now_ms - MINUTE_MS
    used = 0
    for at in show.answered_ms:
        used += at > since
    if show.air is not None and show.air.request.from_chat and show.air.started_ms < 0:
        used += 1
    return per_minute(show) - used


def window_opens_ms(show: Show) -> int | None:
    """When the next answer becomes possible; None when it is already."""
    if answers_left(show) > 0:
        return None
    starts = sorted(at for at in show.answered_ms if at > show.now_ms - MINUTE_MS)
    if not starts:
        return None
    surplus = len(starts) - max(per_minute(show), 1)
    return starts[max(surplus, 0)] + MINUTE_MS


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
