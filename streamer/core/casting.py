"""Which persona answers."""

from streamer.core.settings import Member
from streamer.core.show import Show


def enabled(show: Show) -> tuple[Member, ...]:
    return tuple(member for member in show.cast if member.enabled)


def named(show: Show, addressed: tuple[str, ...]) -> str:
    """The first persona on stage that a text names; empty for none."""
    for persona in addressed:
        for member in show.cast:
            if member.id == persona and member.enabled:
                return persona
    return ""


def volunteer(show: Show, *, other_than: str = "") -> str:
    """Who takes a request that names nobody: the one heard least for his talkativeness, so that both get their share.

    A persona of talkativeness 0 never volunteers. Empty when nobody does.
    """
    best = ""
    best_share = 0.0
    for member in show.cast:
        if not member.enabled or member.talkativeness <= 0 or member.id == other_than:
            continue
        share = show.spoken.get(member.id, 0) / member.talkativeness
        if member.id == show.last_persona:
            share += 1_500  # of two equals the one who did not speak last
        if not best or share < best_share:
            best, best_share = member.id, share
    return best
