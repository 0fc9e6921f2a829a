"""The best exchanges of a show: somebody asked, somebody answered, and it was worth hearing.

An exchange is a heard line that answers the chat or the host, and the lines of banter that react to it. Never one whose
question was stopped, masked or taken back, comes from a bot or a partner's room, or whose line was cut. What counts is
in `WORTH`; each pick lowers what is like it, so that five are not five times the same. `docs/last-night.md` words it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from streamer.app.night.notes import HOST, Note, Notes
from streamer.app.simulate import Result, Take
from streamer.speech.script import prepared
from streamer.speech.tags import EXPRESSIONS

BEST: Final = 5
LINES_MAX: Final = 4
WORTH: Final[Mapping[str, float]] = {
    "banter": 2.5,
    "paid": 2.0,
    "question": 2.0,
    "named": 1.5,
    "asker": 1.0,
    "long": 1.0,
    "quick": 1.0,
    "soon": 0.5,
    "expression": 0.5,
    "words": 0.5,
    "late": -1.0,
    "short": -2.0,
    "wordless": -2.0,
}
ALIKE: Final[Mapping[str, float]] = {
    "viewer": 3.0,
    "topic": 3.0,
    "opening": 2.0,
    "near": 1.5,
    "kind": 1.0,
    "persona": 1.0,
}
SAME_WORDS: Final = 0.5
"""Share of common words from which two questions are about the same."""
QUICK_S: Final = 8.0
SOON_S: Final = 15.0
LATE_S: Final = 30.0
NEAR_S: Final = 120.0
ASKERS_MAX: Final = 2
LONG: Final = range(40, 261)
SHORT: Final = 20
ASKED_MIN: Final = 12


class Exchange(msgspec.Struct, frozen=True):
    """`reasons`: what counted for it and is worth telling, most first; `host` and keys of `WORTH`."""

    takes: tuple[Take, ...]
    asked: tuple[Note, ...]
    waited_s: float
    score: float
    reasons: tuple[str, ...]

    @property
    def persona(self) -> str:
        return self.takes[0].order.persona

    @property
    def at(self) -> float:
        return self.takes[0].start_ms / 1000


def best(result: Result, notes: Notes, count: int = BEST) -> list[Exchange]:
    """The best exchanges, best first; fewer when the show has no more."""
    left = sorted(exchanges(result, notes), key=lambda each: (-each.score, each.at))
    chosen: list[Exchange] = []
    while left and len(chosen) < count:
        pick = max(left, key=lambda each: each.score - sum(_alike(each, other) for other in chosen))
        chosen.append(pick)
        left.remove(pick)
    return chosen


def exchanges(result: Result, notes: Notes) -> Iterable[Exchange]:
    """Every exchange that may be shown, with its score."""
    reactions = {take.order.after: take for take in result.takes.values() if take.order.kind == "banter"}
    for take in result.takes.values():
        asked = _asked(take, notes)
        if asked and _whole(take):
            yield _scored((take, *_banter(take, reactions)), asked)


def _whole(take: Take) -> bool:
    return take.heard_ms > 0 and take.outcome == "finished" and bool(take.script.clauses)


def _asked(take: Take, notes: Notes) -> tuple[Note, ...]:
    """What a line answers; empty when something of it may not be shown."""
    if take.order.kind not in ("answer", "paid", "host"):
        return ()
    asked = [notes.find(uid) for uid in take.order.answers]
    found = [note for note in asked if note is not None]
    if len(found) != len(asked):
        return ()
    clean = all(not note.gone and note.verdict.action == "allow" and not note.outsider for note in found)
    return tuple(found) if clean else ()


def _banter(take: Take, reactions: Mapping[int, Take]) -> list[Take]:
    out: list[Take] = []
    last = take
    while len(out) < LINES_MAX - 1 and (reply := reactions.get(last.order.line)) is not None and _whole(reply):
        out.append(reply)
        last = reply
    return out


def _scored(takes: tuple[Take, ...], asked: tuple[Note, ...]) -> Exchange:
    first = takes[0]
    waited_s = max(0.0, first.start_ms / 1000 - min(note.at for note in asked))
    length = len(first.heard)
    counts: dict[str, float] = {
        "paid": any(note.paid for note in asked),
        "question": any(note.features.question for note in asked),
        "named": any(note.features.addressed or note.features.everyone for note in asked),
        "banter": len({take.order.persona for take in takes}) > 1,
        "asker": min(ASKERS_MAX, len({note.user for note in asked}) - 1),
        "long": length in LONG,
        "short": length < SHORT,
        "quick": waited_s <= QUICK_S,
        "soon": QUICK_S < waited_s <= SOON_S,
        "late": waited_s > LATE_S,
        "expression": _has_expression(first.script.generated),
        "words": any(len(note.text) >= ASKED_MIN for note in asked),
        "wordless": all(not note.text or note.features.emote_only or note.features.command for note in asked),
    }
    told = [name for name in ("paid", "asker", "banter", "question", "named", "quick") if counts[name]]
    if asked[0].platform == HOST:
        told.insert(0, "host")
    score = sum(WORTH[name] * count for name, count in counts.items())
    return Exchange(takes, asked, round(waited_s, 3), round(score, 3), tuple(told))


def _has_expression(generated: str) -> bool:
    cues = prepared(generated).cues
    return any(cue.expression in EXPRESSIONS and cue.expression != "neutral" for cue in cues)


def _alike(one: Exchange, other: Exchange) -> float:
    """How much less an exchange is worth beside another that was chosen."""
    like = {
        "viewer": bool({note.user for note in one.asked if note.user} & {note.user for note in other.asked}),
        "topic": _same_topic(one.asked, other.asked),
        "opening": _opening(one.takes) == _opening(other.takes),
        "near": abs(one.at - other.at) < NEAR_S,
        "kind": one.takes[0].order.kind == other.takes[0].order.kind,
        "persona": one.persona == other.persona,
    }
    return sum(ALIKE[name] for name, yes in like.items() if yes)


def _same_topic(one: Sequence[Note], other: Sequence[Note]) -> bool:
    topics = {note.features.topic for note in one if note.features.topic}
    if topics & {note.features.topic for note in other}:
        return True
    words, others = _words(one), _words(other)
    return bool(words) and len(words & others) > SAME_WORDS * min(len(words), len(others) or 1)


def _words(asked: Sequence[Note]) -> set[str]:
    return {word for note in asked for word in note.text.lower().split() if len(word) > 2}


def _opening(takes: Sequence[Take]) -> str:
    return " ".join(takes[0].heard.split()[:3]).lower()
