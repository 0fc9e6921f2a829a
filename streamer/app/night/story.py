"""The whole report: the figures of `report.py` and what one looks at and listens to (`docs/last-night.md`)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.adapters.chat.log import ChatLog
from streamer.adapters.llm.ladder import Ladder
from streamer.app.night.bill import Bill, bill, price, spent
from streamer.app.night.course import (
    STOPPED_MAX,
    Stopped,
    Timeline,
    Wait,
    stopped,
    thinned,
    timeline,
    waits,
)
from streamer.app.night.exchanges import Exchange, best
from streamer.app.night.notes import HOST, Note, Notes
from streamer.app.night.retell import MODEL_LIMIT_S, Retold
from streamer.app.night.voicing import Spoken, Studio, Voiced
from streamer.app.parts import keyed_brain, misconfigured, open_voices
from streamer.app.pictures import overlay_look
from streamer.app.plan import Plan
from streamer.app.report import Report, to_json
from streamer.app.settings import Settings
from streamer.app.simulate import Result, Take
from streamer.app.speakers import speaker_of
from streamer.moderation import Rules, judge_line
from streamer.ports import LanguageModel, Misconfigured, Notice, TextToSpeech
from streamer.speech import captions
from streamer.speech.view import ClauseView

Progress = Callable[[float], None]
"""How much of the voicing is done, 0..1."""


class Source(msgspec.Struct, frozen=True):
    name: str
    format: str
    rows: int
    first_at: float
    last_at: float
    duration_s: float
    began: str
    left_out: int
    anonymous: bool


class Actor(msgspec.Struct, frozen=True):
    id: str
    name: str
    color: str
    look: Mapping[str, Any]


class Asked(msgspec.Struct, frozen=True):
    id: str
    name: str
    text: str
    at: float
    platform: str
    kind: str


class Best(msgspec.Struct, frozen=True):
    n: int
    score: float
    why: str
    reasons: tuple[str, ...]
    persona: str
    asked: tuple[Asked, ...]
    waited_s: float
    at: float
    lines: tuple[Spoken, ...]


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """What the report tells beside its figures."""

    version: int = 1
    source: Source
    language: str
    cast: tuple[Actor, ...]
    best: tuple[Best, ...]
    stopped: tuple[Stopped, ...]
    stopped_total: int
    waits: tuple[Wait, ...]
    waits_total: int
    timeline: Timeline
    bill: Bill
    notices: tuple[Notice, ...]


class Played(msgspec.Struct, frozen=True):
    """A rehearsal that is over, with what it was made of. `name` is the file's, as the user knows it."""

    plan: Plan
    log: ChatLog
    report: Report
    result: Result
    notes: Notes
    name: str
    anonymous: bool = False


def tell(played: Played, *, voices: bool, on_progress: Progress = lambda _share: None) -> dict[str, Any]:
    """The report as JSON. With `voices` the best exchanges are made again, for at most about a minute."""
    return asyncio.run(_told(played, voices, on_progress))


async def _told(played: Played, aloud: bool, on_progress: Progress) -> dict[str, Any]:  # noqa: FBT001
    plan = played.plan
    chosen = best(played.result, played.notes)
    engines, notices = _engines(plan.settings)
    model, unusable = _brain(plan.settings)
    notices += unusable
    try:
        usages = None
        voiced = Voiced({})
        if aloud and chosen:
            voiced, brain = await _voiced(played, chosen, engines, model, on_progress)
            usages = brain.usages
        account = bill(played.result, plan.settings, engines, plan.settings.voice_engines() or ["espeak"])
        if usages:
            account = msgspec.structs.replace(account, spent=spent(usages, price(plan.settings.llm)))
    finally:
        parts = [*engines.values(), *([model] if model is not None else [])]
        await asyncio.gather(*(part.aclose() for part in parts), return_exceptions=True)
    night = _night(played, chosen, voiced, account, [*notices, *voiced.notices])
    return {**to_json(played.report), **msgspec.to_builtins(night)}


def _brain(settings: Settings) -> tuple[LanguageModel | None, list[Notice]]:
    """The configured models in their order, with more patience than a show has; None when there is none."""
    rungs: list[LanguageModel] = []
    broken: list[Notice] = []
    for each in [part for part in (settings.llm, *settings.llm_fallbacks) if part is not None]:
        patient = each.model_copy(update={"first_token_s": MODEL_LIMIT_S, "between_tokens_s": MODEL_LIMIT_S})
        try:
            rungs.append(keyed_brain(patient).open())
        except Misconfigured as wrong:
            broken.append(misconfigured("llm", wrong).notice)
    return Ladder(rungs) if rungs else None, broken


def _engines(settings: Settings) -> tuple[dict[str, TextToSpeech], list[Notice]]:
    """The voices of the show, and the offline one after them: a rehearsal is on no channel."""
    tts = settings.tts.model_copy(update={"offline_voice_on_air": True})
    engines, broken = open_voices(settings.model_copy(update={"tts": tts}))
    return engines, [each.notice for each in broken]


async def _voiced(
    played: Played,
    chosen: Sequence[Exchange],
    engines: Mapping[str, TextToSpeech],
    model: LanguageModel | None,
    on_progress: Progress,
) -> tuple[Voiced, Retold]:
    plan = played.plan
    rules = Rules.standard(plan.settings.moderation.blocked, plan.settings.moderation.allowed)
    takes = [take for exchange in chosen for take in exchange.takes]
    brain = Retold(
        model, {take.order.line: take.script.generated for take in takes}, lambda text: judge_line(rules, text)
    )
    studio = Studio(
        notes=played.notes,
        speakers={persona.id: speaker_of(persona, tuple(engines), plan.settings.tts) for persona in plan.cast},
        voices=engines,
        judge=lambda text: judge_line(rules, text),
        words={f"s:{segment}": words for segment, words in plan.rundown.words.items()},
        brain=brain,
    )
    done = 0

    def one() -> None:
        nonlocal done
        done += 1
        on_progress(min(1.0, done / len(takes)))

    return await studio.make(chosen, one), brain


def _night(
    played: Played, chosen: Sequence[Exchange], voiced: Voiced, account: Bill, notices: Sequence[Notice]
) -> Night:
    plan, result, notes = played.plan, played.result, played.notes
    held_back, waited = stopped(notes), waits(result, notes)
    roots = plan.folders.roots("characters")
    return Night(
        source=_source(played),
        language=plan.cast[0].language if plan.cast else "en",
        cast=tuple(Actor(each.id, each.name, each.colour, overlay_look(each, roots)) for each in plan.cast),
        best=tuple(_best(rank, each, voiced) for rank, each in enumerate(chosen, 1)),
        stopped=tuple(held_back[:STOPPED_MAX]),
        stopped_total=len(held_back),
        waits=tuple(thinned(waited)),
        waits_total=len(waited),
        timeline=timeline(result, notes),
        bill=account,
        notices=tuple(notices),
    )


def _source(played: Played) -> Source:
    log = played.log
    first, last = (log.rows[0].at, log.rows[-1].at) if log.rows else (0.0, 0.0)
    return Source(
        name=played.name, format=log.format, rows=len(log.rows), first_at=round(first, 3), last_at=round(last, 3),
        duration_s=round(last - first, 3), began=log.began, left_out=log.left_out, anonymous=played.anonymous,
    )  # fmt: skip


def _best(rank: int, exchange: Exchange, voiced: Voiced) -> Best:
    lines = [voiced.lines.get(take.order.line) for take in exchange.takes]
    if None in lines:  # what comes after a line that was not made would react to nothing
        made = [line for line in lines[: lines.index(None)] if line is not None]
        lines = [*made] if made else [_unvoiced(take) for take in exchange.takes]
    return Best(
        n=rank,
        score=exchange.score,
        why=exchange.takes[0].order.why,
        reasons=exchange.reasons,
        persona=exchange.persona,
        asked=tuple(_asked(note) for note in exchange.asked),
        waited_s=exchange.waited_s,
        at=exchange.at,
        lines=tuple(line for line in lines if line is not None),
    )


def _asked(note: Note) -> Asked:
    name = "" if note.platform == HOST else note.name
    return Asked(note.id, name, note.text or note.what, round(note.at, 3), note.platform, str(note.kind))


def _unvoiced(take: Take) -> Spoken:
    """The line as captions, in the times the rehearsal gave it."""
    clauses: list[ClauseView] = []
    at = 0
    for text, length in zip(take.script.clauses, take.lengths_ms, strict=False):
        words = tuple(captions.estimated(text, length, at_ms=at))
        clauses.append(ClauseView(at=at, end=at + length, text=text, words=words))
        at += length
    return Spoken(
        line=take.order.line, persona=take.order.persona, text=take.heard, ms=at, clauses=tuple(clauses), audio="",
        voice="", by="prepared",
    )  # fmt: skip
