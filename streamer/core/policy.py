"""What a verdict means for the show. Moderation judges; this decides."""

from typing import Literal

from streamer.core.verdict import Verdict

Treatment = Literal["use", "hold", "ignore"]


def treatment(verdict: Verdict) -> Treatment:
    """`use`: may be answered and shown to a persona (a replaced text is stored replaced); `hold`: waits for a moderator
    and is not used meanwhile; `ignore`: as if it had not been said."""
    match verdict.action:
        case "allow" | "replace":
            return "use"
        case "hold":
            return "hold"
        case "drop":
            return "ignore"
