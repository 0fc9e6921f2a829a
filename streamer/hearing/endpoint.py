"""When a turn is over: by the silence, and by what was said before it."""

from streamer.hearing.hanging import completeness
from streamer.hearing.limits import EarLimits


def patience_ms(limits: EarLimits, text: str | None, language: str) -> int:
    """Silence after which the turn is over. `text`: what was understood until this silence began, None while that is
    not known."""
    if text is None:
        return limits.unknown_ms
    return {
        "complete": limits.commit_ms,
        "unknown": limits.unknown_ms,
        "hanging": limits.hanging_ms,
    }[completeness(text, language)]
