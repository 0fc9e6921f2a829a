"""The course of a show: who waited how long, what was stopped, what happened when. Times are seconds of the show."""

from collections.abc import Sequence
from typing import Final

import msgspec

from streamer.app.night.notes import HOST, Note, Notes
from streamer.app.report import gaps
from streamer.app.simulate import Result, Take

STOPPED_MAX: Final = 1_000
WAITS_MAX: Final = 2_000
STEPS: Final = (5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
STEPS_MAX: Final = 240
SILENCE_S: Final = 3.0
"""Shorter pauses are breath."""
SPAN_MAX_S: Final = 40 * 86_400.0


class Stopped(msgspec.Struct, frozen=True):
    """A message that would be blocked (`drop`), held or masked (`replace`). `span` counts code points of `text`."""

    id: str
    at: float
    name: str
    text: str
    verdict: str
    rule: str
    span: tuple[int, int] | None
    platform: str
    taken_back: bool = False


class Wait(msgspec.Struct, frozen=True):
    """Somebody who asked: how long until the answer was heard, or until it was given up."""

    id: str
    at: float
    name: str
    text: str
    persona: str
    waited_s: float
    outcome: str


class Timeline(msgspec.Struct, frozen=True):
    """`messages` and `spoken_s` hold one value for each `step_s` of the show."""

    step_s: int
    messages: tuple[int, ...]
    spoken_s: tuple[float, ...]
    silence: tuple[tuple[float, float], ...]
    lines: tuple[tuple[float, float, str, str], ...]


def stopped(notes: Notes) -> list[Stopped]:
    """What moderation would have stopped, in order; what was taken back later, and so has no words, after the rest."""
    out: list[Stopped] = []
    for note in notes:
        if note.verdict.action == "allow":
            continue
        span = note.verdict.span if not note.gone else None
        row = Stopped(
            note.id, round(note.at, 3), note.name, note.original, note.verdict.action, note.verdict.rule, span,
            note.platform, note.gone,
        )  # fmt: skip
        out.append(row)
    return sorted(out, key=lambda row: row.taken_back)


def waits(result: Result, notes: Notes) -> list[Wait]:
    """Everybody who had a claim to an answer, in the order they asked."""
    answered: dict[str, Take] = {}
    for take in heard(result):
        for uid in take.order.answers:
            answered.setdefault(uid, take)
    out: list[Wait] = []
    for note in notes:
        if note.platform == HOST:
            continue
        take, dropped = answered.get(note.uid), result.dropped.get(note.uid)
        if take is not None:
            out.append(_wait(note, take.order.persona, take.start_ms, "answered"))
        elif dropped is not None:
            named = note.features.addressed[0] if note.features.addressed else ""
            out.append(_wait(note, named, dropped[0], dropped[1]))
    return out


def _wait(note: Note, persona: str, until_ms: int, outcome: str) -> Wait:
    waited_s = max(0.0, round(until_ms / 1000 - note.at, 3))
    return Wait(note.id, round(note.at, 3), note.name, note.text or note.what, persona, waited_s, outcome)


def thinned(rows: Sequence[Wait], most: int = WAITS_MAX) -> list[Wait]:
    """At most so many: all that were answered, and of the others every n-th."""
    if len(rows) <= most:
        return list(rows)
    sure = [row for row in rows if row.outcome == "answered"][:most]
    others = [row for row in rows if row.outcome != "answered"]
    room = most - len(sure)
    kept = [others[index * len(others) // room] for index in range(room)]
    return sorted([*sure, *kept], key=lambda row: row.at)


def timeline(result: Result, notes: Notes) -> Timeline:
    """What happened when, in at most `STEPS_MAX` steps (more only for shows of over a month)."""
    length_s = min(max(result.end_ms / 1000, 0.0), SPAN_MAX_S)
    step_s = next((step for step in STEPS if length_s / step <= STEPS_MAX), STEPS[-1])
    count = max(1, -(-int(length_s * 1000) // (step_s * 1000)))
    messages, spoken = [0] * count, [0.0] * count
    for note in notes:
        index = int(note.at // step_s)
        if note.platform != HOST and 0 <= index < count:
            messages[index] += 1
    lines = heard(result)
    for take in lines:
        _spread(spoken, take.start_ms / 1000, take.end_ms / 1000, step_s)
    silences = [(begin / 1000, end / 1000) for begin, end in gaps(lines, result) if end - begin >= SILENCE_S * 1000]
    return Timeline(
        step_s, tuple(messages), tuple(round(value, 3) for value in spoken), tuple(silences),
        tuple((take.start_ms / 1000, take.end_ms / 1000, take.order.persona, take.order.kind) for take in lines),
    )  # fmt: skip


def heard(result: Result) -> list[Take]:
    """Lines of which something was heard, in order."""
    return sorted((take for take in result.takes.values() if take.heard_ms > 0), key=lambda take: take.start_ms)


def _spread(steps: list[float], begin: float, end: float, step_s: int) -> None:
    """Add a span of time to the steps it covers."""
    for index in range(max(0, int(begin // step_s)), min(len(steps) - 1, int(end // step_s)) + 1):
        steps[index] += max(0.0, min(end, (index + 1) * step_s) - max(begin, index * step_s))
