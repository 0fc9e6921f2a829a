"""A whole show from a chat log, touching no platform: `max` on a clock that jumps, with modelled parts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.alerting.words import AlertWords, language_of
from streamer.app.display import display
from streamer.app.ears import open_ingress
from streamer.app.ingress import Ingress
from streamer.app.night.notes import Notes
from streamer.app.plan import Plan
from streamer.app.sayings import Sayings
from streamer.app.schedule import occurrences
from streamer.app.scripted import ScriptedBrain
from streamer.app.simulate import Result, Script, Simulation, Take
from streamer.app.speakers import speaker_of
from streamer.core.commands import Erase, Prepare
from streamer.core.events import ChatReceived, Event, HostSpoke, Scope, SegmentDue, ShowStarted, Tombstoned
from streamer.moderation import Rules, judge_line
from streamer.ports import ChatRow, Journal
from streamer.speech.brief import BriefWriter, TakenBack
from streamer.speech.guard import Guard
from streamer.speech.quotes import repeats
from streamer.speech.script import Script as LineScript
from streamer.speech.script import prepared
from streamer.speech.speaker import pick

CHARS_PER_TOKEN = 4
AT = datetime(2026, 1, 1, 20, 0, tzinfo=UTC)
"""The simulated show begins at this time of day; only rundowns with times of day notice."""


class Rehearsal:
    """The real ingress, core, briefs, script and guard around a modelled chain; the scripted brain answers."""

    def __init__(self, plan: Plan, *, seed: int, journal: Journal | None = None, length_s: float = 0.0) -> None:
        self._plan = plan
        self._seed = seed
        self._now_s = 0.0
        self.notes = Notes()
        self.rules = Rules.standard(plan.settings.moderation.blocked, plan.settings.moderation.allowed)
        self._texts = MemoryTexts(max_age_s=1e12, now=lambda: self._now_s)
        self._sayings = Sayings(self._texts)
        self._ingress: Ingress = open_ingress(
            plan.cast, self.rules, self._texts, now=lambda: self._now_s, bots=plan.settings.chat.bots,
            quoted=self._quoting,
        )  # fmt: skip
        alerts = plan.settings.alerts
        self._alerts = AlertWords(self._texts, self._sayings, lambda: alerts, lambda of: language_of(plan.cast, of))
        self._brain = ScriptedBrain(plan.cast)
        self._speakers = {persona.id: speaker_of(persona, ()) for persona in plan.cast}
        self._brief = BriefWriter(self._texts, self._sayings.quote)
        for segment, words in plan.rundown.words.items():
            self._texts.put(f"s:{segment}", words)
        rules = msgspec.structs.replace(plan.rules, seed=seed)
        self.simulation = Simulation(
            started=ShowStarted(rules, plan.members),
            hear=self._hear,
            write=self._write,
            seed=seed,
            journal=journal,
            segments=self._segments(length_s),
            on_heard=self._heard,
            on_erase=self._erase,
        )

    def run(self, rows: Iterable[ChatRow]) -> Result:
        return self.simulation.run(rows)

    def _segments(self, length_s: float) -> list[SegmentDue]:
        due = occurrences(self._plan.rundown, AT, AT + timedelta(seconds=length_s))
        return [SegmentDue(segment, int((at - AT).total_seconds() * 1000)) for at, segment in due]

    def _hear(self, row: ChatRow) -> Sequence[Event]:
        self._now_s = max(self._now_s, row.at)
        events = self._ingress.hear(row)
        for event in events:
            match event:
                case ChatReceived():
                    self._sayings.chat(event)
                    if not event.test:
                        self._note(event, row)
                case HostSpoke():
                    self._sayings.host(event)
                    self.notes.host(event, self._now_s, native=row.id, text=self._texts.get(event.text) or "")
                case Tombstoned(scope=scope, key=key):
                    self.notes.forget(scope, key)
                case _:
                    pass
        return [self._alerts.dress(event, row) if isinstance(event, ChatReceived) else event for event in events]

    def _note(self, event: ChatReceived, row: ChatRow) -> None:
        text = self._texts.get(event.text) or "" if event.text else ""
        name = self._texts.get(event.name) or "" if event.name else ""
        original = text if event.verdict.action == "allow" else display(row.text, row.emotes)[0]
        self.notes.chat(event, self._now_s, native=row.id, name=name, text=text, original=original)

    def _quoting(self, stone: Tombstoned) -> tuple[int, ...]:
        """Lines on air that repeat what is taken back; asked before the words go."""
        return tuple(
            line
            for line, take in self.simulation.result.takes.items()
            if take.air_ms >= 0 and not take.dead and self._repeats(take, take.script.generated, stone.scope, stone.key)
        )

    def _repeats(self, take: Take, text: str, scope: Scope, key: str) -> bool:
        uids = take.order.context if scope != "message" else (key,) if key in take.order.context else ()
        quotes = [quote for uid in uids if (quote := self._sayings.quote(uid)) is not None]
        return repeats(text, quotes, scope, key)

    def _erase(self, erased: Erase) -> None:
        for line, take in self.simulation.result.takes.items():
            if take.heard and (
                any(map(self._ingress.is_taken_back, take.order.answers))
                or self._repeats(take, take.heard, erased.scope, erased.key)
            ):
                self._texts.erase(f"l:{line}")
        self._ingress.erase(erased)
        self._sayings.forget(erased.scope, erased.key)

    def _write(self, order: Prepare) -> Script:
        """The words of a line, through the same brief, tags, clauses and guard as a live one."""
        self._alerts.prepare(order)
        self.notes.ordered(order.prompt, self._texts.get(order.prompt) or "" if order.prompt else "")
        speaker = self._speakers[order.persona]
        others = [each for each in self._speakers.values() if each.id != order.persona]
        spoken = self._texts.get(f"l:{order.after}") or ""
        try:
            brief = self._brief.write(order, speaker, partners=others, partner_line=spoken)
        except TakenBack:
            return Script("", ())
        script = LineScript(
            Guard(lambda text: judge_line(self.rules, text)),
            name=speaker.name,
            others=[each.name for each in others],
            safe=pick(speaker.safe, order.seed),
        )
        text = brief.exact if brief.exact is not None else self._brain(brief.request.hints, order.seed)
        said = [*script.feed(text), *script.finish()] or [prepared(pick(speaker.late, order.seed))]
        clauses = tuple(clause.text for clause in said if clause.text)
        asked = sum(len(message.content) for message in brief.request.messages)
        tokens = (asked + len(text)) // CHARS_PER_TOKEN
        return Script(script.generated or text, clauses, tokens, asked // CHARS_PER_TOKEN)

    def _heard(self, take: Take) -> None:
        if take.reason == "taken_back":
            return
        ref, persona = f"l:{take.order.line}", take.order.persona
        owners = {said.user for uid in take.order.answers if (said := self._sayings.find(uid)) is not None}
        self._texts.put(ref, take.heard, owner=owners.pop() if len(owners) == 1 else "")
        if take.order.test:
            return
        self._brief.remember(ref, persona, self._speakers[persona].name)
