"""`rehearse --speed N`: the log is read N times as fast as it was written; brain, voices and rules are the real ones.

The sound goes to the silent clock (or to a page that is opened), nothing is sent to a platform. Times in the report
are those of the rehearsal, not of the log.
"""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from streamer.adapters.chat.log import ChatLog
from streamer.adapters.chat.replay import ReplayChat
from streamer.app.house import House
from streamer.app.night.notes import Notes
from streamer.app.plan import Plan
from streamer.app.report import Report, Spread, build, spread
from streamer.app.simulate import Result, Script, Take
from streamer.core.commands import Command, Drop
from streamer.core.events import ChatReceived, Fact, HostSpoke, Tombstoned
from streamer.speech.view import LineRecord
from streamer.web.gate import Site

DRAIN_S = 30.0
HOST_WORD_MS = 375
"""How long a host takes for a word; a log tells only when he began."""
POLL_S = 0.2


class Watcher:
    """Collects what the report needs from a running house."""

    def __init__(self, words: Callable[[str], str | None] = lambda _ref: None) -> None:
        """`words` gives a text of the running show by its reference."""
        self.words = words
        self.notes = Notes()
        self.result = Result()
        self.overheads: list[float] = []
        self.cost = 0.0

    def observe(self, fact: Fact, commands: Sequence[Command]) -> None:
        result, event, now_ms = self.result, fact.event, fact.at_ns // 1_000_000
        result.facts, result.end_ms = fact.seq, now_ms
        match event:
            case ChatReceived(test=True):
                pass
            case ChatReceived(uid=uid, user=user, verdict=verdict, kind=kind):
                result.arrivals[uid], result.authors[uid] = now_ms, user
                result.native[uid] = uid.partition(":")[2]
                result.messages += kind in ("message", "cheer", "superchat")
                result.blocked += verdict.action == "drop"
                result.held += verdict.action == "hold"
                text, name = self.words(event.text) or "", self.words(event.name) or ""
                self.notes.chat(event, now_ms / 1000, native=result.native[uid], name=name, text=text)
            case HostSpoke(uid=uid, features=features):
                result.native[uid] = uid.partition(":")[2]
                result.host.append((now_ms, now_ms + features.words * HOST_WORD_MS))
                text = self.words(event.text) or ""
                self.notes.host(event, now_ms / 1000, native=result.native[uid], text=text)
            case Tombstoned(scope=scope, key=key):
                result.stones.append((now_ms, event))
                self.notes.forget(scope, key)
            case _:
                pass
        for command in commands:
            if isinstance(command, Drop):
                result.drops.append(command)
                result.dropped[command.uid] = now_ms, command.reason

    def record(self, record: LineRecord) -> None:
        spans, ordered = record.spans, record.cmd.prompt
        self.notes.ordered(ordered, self.words(ordered) or "" if ordered else "")
        usage = record.usage
        prompt = usage.prompt_tokens if usage is not None else 0
        tokens = prompt + usage.completion_tokens if usage is not None else 0
        self.cost += (usage.cost_usd or 0.0) if usage is not None else 0.0
        take = Take(record.cmd, Script(record.generated, (record.sent,), tokens, prompt), int(spans.get("prepare", 0)))
        take.ready_ms = int(spans.get("ready", -1))
        take.start_ms = int(spans.get("heard_start", -1))
        take.lengths_ms = (record.total_ms,)
        take.heard_ms = record.heard_ms
        take.end_ms = take.start_ms + record.heard_ms
        take.outcome, take.reason, take.heard = record.outcome, record.reason, record.heard
        take.voiced = record.voiced
        self.result.takes[record.line] = take
        own = own_ms(spans)
        if own is not None:
            self.overheads.append(own)


def own_ms(spans: dict[str, float]) -> float | None:
    """What of a line's making was ours: the brief, first clause to the voice, its first byte to a frame."""
    pairs = (("prepare", "brief"), ("first_clause", "tts_request"), ("tts_first_byte", "ready"))
    if any(name not in spans for pair in pairs for name in pair):
        return None
    return sum(spans[end] - spans[begin] for begin, end in pairs)


def rehearse(plan: Plan, log: ChatLog, *, speed: float, seed: int, show: str) -> Report:
    """The figures of `play`."""
    return play(plan, log, speed=speed, seed=seed, show=show)[0]


def play(plan: Plan, log: ChatLog, *, speed: float, seed: int, show: str) -> tuple[Report, Result, Notes]:
    """Runs for (length of the log) / speed. Raises Misconfigured when a part cannot be opened."""
    settings = plan.settings.model_copy(
        update={"show": plan.settings.show.model_copy(update={"title": show, "unattended": True})}
    )
    return asyncio.run(_rehearse(msgspec.structs.replace(plan, settings=settings, seed=seed), log, speed))


async def _drained(house: House) -> None:
    """Until nobody waits for an answer, or for as long as that is reasonable."""
    for _ in range(int(DRAIN_S / POLL_S)):
        if not house.busy:
            return
        await asyncio.sleep(POLL_S)


async def _rehearse(plan: Plan, log: ChatLog, speed: float) -> tuple[Report, Result, Notes]:
    watcher = Watcher()
    chat = ReplayChat(log.rows, speed)
    house = House(
        plan,
        Site(port=0),
        fresh=True,
        sources=[chat],
        rehearsal=True,
        on_record=watcher.record,
        observe=watcher.observe,
    )
    await house.open()
    watcher.words = house.texts.get
    try:
        length_s = (log.rows[-1].at if log.rows else 0.0) / speed
        await asyncio.sleep(length_s)
        await _drained(house)
    finally:
        await house.close(finish=True)
    report = build(
        watcher.result,
        bad_lines=log.bad_lines,
        bad_line_numbers=[bad.number for bad in log.bad],
        journal=str(getattr(house.journal, "path", "")),
        scripted=house.is_scripted,
        overhead_ms=spread(watcher.overheads) if watcher.overheads else Spread(),
        cost=watcher.cost,
    )
    return report, watcher.result, watcher.notes
