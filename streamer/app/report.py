"""The report of a rehearsal: what would have been said, to whom, why, how fast, and what would not.

Times are seconds of the show; `*_ms` are milliseconds. `docs/rehearse.md` describes every field.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.app.simulate import Result, Take
from streamer.core.events import Tombstoned

LATE_MS = 150
"""Sound of a line later than this after its cause was taken back counts as spoken after the deletion."""


class Spread(msgspec.Struct, frozen=True):
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    n: int = 0


def spread(values: Iterable[float]) -> Spread:
    """Percentiles by the nearest-rank method."""
    ordered = sorted(values)
    if not ordered:
        return Spread()

    def rank(share: float) -> float:
        return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 3)

    return Spread(rank(0.50), rank(0.95), rank(0.99), len(ordered))


class ReportLine(msgspec.Struct, frozen=True):
    """One line as it was heard."""

    line: int
    at: float
    end: float
    persona: str
    kind: str
    generated: str
    heard: str
    outcome: str
    answers: tuple[str, ...]
    context: tuple[str, ...]
    why: str
    ready_at: float
    voiced: bool = True
    test: bool = False
    """For a test event; not in any of the figures."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    messages: int
    answered: int
    blocked: int
    held: int
    expired: int
    bad_lines: int
    bad_line_numbers: tuple[int, ...]
    lines: tuple[ReportLine, ...]
    first_audio_ms: Spread
    overhead_ms: Spread | None
    policy_wait_ms: Spread
    dead_air_s: dict[str, float]
    interrupts: int
    spoken_after_delete: int
    voices_at_once_max: int
    llm_tokens: int
    cost: float
    per_persona: dict[str, dict[str, float]]
    per_viewer_gini: float
    drops: dict[str, int]
    withdrawn: int
    duration_s: float
    scripted: bool
    journal: str


def build(
    result: Result,
    *,
    bad_lines: int = 0,
    bad_line_numbers: Sequence[int] = (),
    journal: str = "",
    scripted: bool = True,
    overhead_ms: Spread | None = None,
    cost: float = 0.0,
) -> Report:
    """Measure a finished show."""
    heard = sorted((take for take in result.takes.values() if take.heard_ms > 0), key=lambda take: take.start_ms)
    answered = {uid for take in heard for uid in take.order.answers if uid in result.arrivals}
    real = [take for take in heard if not take.order.test]
    drops = Counter(drop.reason for drop in result.drops)
    silences = [(end - begin) / 1000 for begin, end in gaps(heard, result)]
    return Report(
        messages=result.messages,
        answered=len(answered),
        blocked=result.blocked,
        held=result.held,
        expired=drops["expired"],
        bad_lines=bad_lines,
        bad_line_numbers=tuple(bad_line_numbers),
        lines=tuple(_line(take, result.native) for take in heard),
        first_audio_ms=spread(take.ready_ms - take.ordered_ms for take in real if take.ready_ms >= 0),
        overhead_ms=overhead_ms,
        policy_wait_ms=spread(_policy_wait_ms(take, result) for take in heard if _answers_chat(take, result)),
        dead_air_s={"max": round(max(silences, default=0.0), 3), "total": round(sum(silences), 3)},
        interrupts=sum(take.reason == "host" for take in heard),
        spoken_after_delete=sum(_after_delete(take, result) for take in heard),
        voices_at_once_max=_at_once(heard),
        llm_tokens=sum(take.script.tokens for take in result.takes.values()),
        cost=cost,
        per_persona=_per_persona(real, result),
        per_viewer_gini=round(gini(_answers_per_viewer(answered, result)), 4),
        drops=dict(drops),
        withdrawn=sum(take.outcome == "withdrawn" for take in result.takes.values()),
        duration_s=round(result.end_ms / 1000, 3),
        scripted=scripted,
        journal=journal,
    )


def _line(take: Take, native: Mapping[str, str]) -> ReportLine:
    order = take.order
    return ReportLine(
        line=order.line,
        at=round(take.start_ms / 1000, 3),
        end=round(take.end_ms / 1000, 3),
        persona=order.persona,
        kind=order.kind,
        generated=take.script.generated,
        heard=take.heard,
        outcome=take.outcome,
        answers=tuple(native[uid] for uid in order.answers if uid in native),
        context=tuple(native.get(uid, uid) for uid in order.context),
        why=order.why,
        ready_at=round(take.ready_ms / 1000, 3),
        voiced=take.voiced,
        test=order.test,
    )


def _answers_chat(take: Take, result: Result) -> bool:
    """The line answers somebody in the chat, not the host or the rundown."""
    return any(uid in result.arrivals for uid in take.order.answers)


def _policy_wait_ms(take: Take, result: Result) -> float:
    """How long the rules let the first asker wait: queue, limits, floor, gaps. The making of the line is not in it."""
    arrived = result.arrivals.get(take.order.answers[0], take.ordered_ms)
    made = max(take.ready_ms - take.ordered_ms, 0)
    return max(take.start_ms - arrived - made, 0)


def gaps(heard: Sequence[Take], result: Result) -> list[tuple[int, int]]:
    """Silences, from and to in milliseconds: between heard lines or host speech, and at both ends of the show."""
    spans = sorted([*((take.start_ms, take.end_ms) for take in heard), *result.host])
    found: list[tuple[int, int]] = []
    silent_from = 0
    for start, end in [*spans, (result.end_ms, result.end_ms)]:
        if start > silent_from:
            found.append((silent_from, start))
        silent_from = max(silent_from, end)
    return found


def _after_delete(take: Take, result: Result) -> bool:
    return any(take.end_ms > at_ms + LATE_MS and _covers(stone, at_ms, take, result) for at_ms, stone in result.stones)


def _covers(stone: Tombstoned, at_ms: int, take: Take, result: Result) -> bool:
    """The deletion took back something this line answers. Clearing a user or a room covers what was said before it."""
    match stone.scope:
        case "message":
            return stone.key in take.order.answers
        case "user":
            return any(
                result.authors.get(uid) == stone.key and result.arrivals[uid] <= at_ms for uid in take.order.answers
            )
        case "room":
            return any(
                uid.startswith(f"{stone.key}:") and result.arrivals.get(uid, at_ms + 1) <= at_ms
                for uid in take.order.answers
            )


def _at_once(heard: Sequence[Take]) -> int:
    edges = sorted([(take.start_ms, 1) for take in heard] + [(take.end_ms, -1) for take in heard])
    now = most = 0
    for _, change in edges:
        now += change
        most = max(most, now)
    return most


def _per_persona(heard: Sequence[Take], result: Result) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for take in heard:
        row = out.setdefault(take.order.persona, {"lines": 0, "seconds": 0.0, "answers": 0})
        row["lines"] += 1
        row["seconds"] = round(row["seconds"] + take.heard_ms / 1000, 3)
        row["answers"] += _answers_chat(take, result)
    return out


def _answers_per_viewer(answered: Iterable[str], result: Result) -> list[int]:
    """Answers of everybody who wrote, those who got none included."""
    counts = Counter(result.authors[uid] for uid in answered)
    return [counts.get(user, 0) for user in set(result.authors.values())]


def gini(values: Sequence[int]) -> float:
    """0 = everybody got the same, towards 1 = one got everything."""
    ordered = sorted(values)
    total = sum(ordered)
    if not total:
        return 0.0
    n = len(ordered)
    weighted = sum((index + 1) * value for index, value in enumerate(ordered))
    return 2 * weighted / (n * total) - (n + 1) / n


def to_json(report: Report) -> dict[str, Any]:
    return msgspec.to_builtins(report)
