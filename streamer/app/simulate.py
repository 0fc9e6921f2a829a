"""A whole show on a clock that jumps: the real core, the real ingress, and a modelled chain (LLM, voice, player).

Nothing here waits or sounds. The delays are drawn from a seeded generator, so the same log gives the same show. The
distributions follow what was measured of cloud services: first token about 0.45 s (sometimes over a second), first
sound of a voice about 0.25 s, 14.5 characters a second of speech.
"""

import heapq
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from streamer.app.journal import digest
from streamer.core.commands import Air, Close, Command, Cut, Drop, Erase, Prepare, Withdraw
from streamer.core.director import next_wake, step
from streamer.core.events import (
    ChatReceived,
    CloseRequested,
    Event,
    Fact,
    HostSpeechConfirmed,
    HostSpoke,
    HostVoiceEnded,
    LineEnded,
    LineReady,
    LineStarted,
    SegmentDue,
    SentenceSpoken,
    ShowStarted,
    Tombstoned,
    Woke,
)
from streamer.core.show import EMPTY, Show
from streamer.ports import ChatRow, Journal

SPEECH_CHARS_PER_S = 14.5
PLAYER_MS = 60
DRAIN_MS = 60_000
"""How long the show goes on after the last row, for those who are waiting."""
HOST_CHARS_PER_S = 16.0


class Written(Protocol):
    """What a modelled brain says for a line."""

    def __call__(self, order: Prepare) -> "Script": ...


@dataclass(frozen=True)
class Script:
    """The words of a modelled line: as generated, and as spoken, clause by clause."""

    generated: str
    clauses: tuple[str, ...]
    tokens: int = 0
    """Of the request and of the answer."""
    prompt_tokens: int = 0


@dataclass
class Delays:
    """The modelled chain. All results in milliseconds."""

    random: random.Random

    def first_token(self) -> int:
        return int(self.random.lognormvariate(6.1, 0.45))

    def first_sound(self) -> int:
        return int(self.random.lognormvariate(5.5, 0.35))

    def per_char(self) -> float:
        """Generation, milliseconds a character (about 50 tokens a second)."""
        return 5.0 + 2.0 * self.random.random()


@dataclass
class Take:
    """One line of the simulated show, from order to end."""

    order: Prepare
    script: Script
    ordered_ms: int
    ready_ms: int = -1
    air_ms: int = -1
    start_ms: int = -1
    end_ms: int = -1
    lengths_ms: tuple[int, ...] = ()
    outcome: str = ""
    reason: str = ""
    heard_ms: int = 0
    heard: str = ""
    voiced: bool = True
    dead: bool = False

    @property
    def total_ms(self) -> int:
        return sum(self.lengths_ms)


@dataclass
class Result:
    """What happened, for the report."""

    takes: dict[int, Take] = field(default_factory=dict)
    drops: list[Drop] = field(default_factory=list)
    dropped: dict[str, tuple[int, str]] = field(default_factory=dict)
    """uid -> when a request ended without an answer (milliseconds), and why."""
    arrivals: dict[str, int] = field(default_factory=dict)
    """uid -> when the message arrived (milliseconds)."""
    authors: dict[str, str] = field(default_factory=dict)
    native: dict[str, str] = field(default_factory=dict)
    """uid -> the platform's own id, as in the log."""
    stones: list[tuple[int, Tombstoned]] = field(default_factory=list)
    host: list[tuple[int, int]] = field(default_factory=list)
    blocked: int = 0
    held: int = 0
    messages: int = 0
    facts: int = 0
    end_ms: int = 0
    show: Show = EMPTY


class Simulation:
    """Folds a log. `hear` turns a row into facts (and stores its words); `write` is the modelled brain."""

    def __init__(
        self,
        *,
        started: ShowStarted,
        hear: Callable[[ChatRow], Sequence[Event]],
        write: Written,
        seed: int = 0,
        journal: Journal | None = None,
        segments: Iterable[SegmentDue] = (),
        on_heard: Callable[[Take], None] | None = None,
        on_erase: Callable[[Erase], None] | None = None,
    ) -> None:
        self._started = started
        self._hear = hear
        self._write = write
        self._journal = journal
        self._delays = Delays(random.Random(seed))
        self._queue: list[tuple[int, int, Event]] = []
        self._order = 0
        self._seq = 0
        self._now_ms = 0
        self._show = EMPTY
        self._on_heard = on_heard
        self._on_erase = on_erase
        self.result = Result()
        for due in segments:
            self._later(due.due_ms, due)

    def run(self, rows: Iterable[ChatRow]) -> Result:
        """Play the rows (in order of `at`), answer who waits, then close the show politely."""
        self._fold(self._started)
        for row in rows:
            at_ms = int(row.at * 1000)
            self._advance(at_ms)
            self._now_ms = max(self._now_ms, at_ms)
            self._receive(row)
        self._drain(self._now_ms + DRAIN_MS)
        self._fold(CloseRequested(finish=True))
        while self._show.mode != "closed" and (at := self._next_ms()) is not None:
            self._advance(at)
        self.result.end_ms = self._now_ms
        self.result.show = self._show
        return self.result

    def _drain(self, until_ms: int) -> None:
        """Who was waiting when the log ended still gets an answer."""
        while self._busy() and (at := self._next_ms()) is not None and at <= until_ms:
            self._advance(at)

    def _busy(self) -> bool:
        show = self._show
        return bool(self._queue or show.requests or show.next is not None or show.air is not None)

    def _receive(self, row: ChatRow) -> None:
        result = self.result
        if row.kind in ("message", "cheer", "superchat") and not row.test:
            result.messages += 1
        for event in self._hear(row):
            match event:
                case ChatReceived(test=True):
                    self._fold(event)
                case ChatReceived(uid=uid, user=user, verdict=verdict):
                    result.arrivals[uid] = self._now_ms
                    result.authors[uid] = user
                    result.native[uid] = row.id
                    if verdict.action == "drop":
                        result.blocked += 1
                    elif verdict.action == "hold":
                        result.held += 1
                    self._fold(event)
                case HostSpoke(uid=uid):
                    result.native[uid] = row.id
                    self._host(event, len(row.text))
                case Tombstoned():
                    result.stones.append((self._now_ms, event))
                    self._fold(event)
                case _:
                    self._fold(event)

    def _host(self, said: HostSpoke, chars: int) -> None:
        """A host's sentence takes its time to say; the words are known when it is over."""
        self._fold(HostSpeechConfirmed())
        ms = int(chars / HOST_CHARS_PER_S * 1000) + 200
        self.result.host.append((self._now_ms, self._now_ms + ms))
        self._later(self._now_ms + ms, HostVoiceEnded())
        self._later(self._now_ms + ms, said)

    # --- the clock -------------------------------------------------------------------------------------------------

    def _later(self, at_ms: int, event: Event) -> None:
        self._order += 1
        heapq.heappush(self._queue, (at_ms, self._order, event))

    def _next_ms(self) -> int | None:
        wake = next_wake(self._show)
        if not self._queue:
            return wake
        due = self._queue[0][0]
        return due if wake is None else min(due, wake)

    def _advance(self, until_ms: int) -> None:
        """Everything that happens up to and including `until_ms`."""
        while (at := self._next_ms()) is not None and at <= until_ms:
            self._now_ms = max(self._now_ms, at)
            if self._queue and self._queue[0][0] <= self._now_ms:
                self._happened(heapq.heappop(self._queue)[2])
            else:
                self._fold(Woke())

    def _happened(self, event: Event) -> None:
        """A milestone of a modelled line; those of a line that was stopped meanwhile never happen."""
        if isinstance(event, LineReady | LineStarted | SentenceSpoken | LineEnded):
            take = self.result.takes[event.line]
            if take.dead and not (isinstance(event, LineEnded) and event.outcome != "finished"):
                return
            match event:
                case LineReady():
                    take.ready_ms = self._now_ms
                case LineEnded(outcome="finished"):
                    self._close(take, "finished", self._now_ms)
                case _:
                    pass
        self._fold(event)

    def _fold(self, event: Event) -> None:
        self._seq += 1
        fact = Fact(self._seq, self._now_ms * 1_000_000, event)
        self._show, commands = step(self._show, fact)
        if self._journal is not None:
            self._journal.append(fact, digest(commands))
        for command in commands:
            self._run(command)
        self.result.facts = self._seq

    # --- the modelled chain ----------------------------------------------------------------------------------------

    def _run(self, command: Command) -> None:
        match command:
            case Prepare():
                self._prepare(command)
            case Air(line=line, not_before_ms=not_before_ms):
                self._air(self.result.takes[line], not_before_ms)
            case Cut(line=line, reason=reason) | Withdraw(line=line, reason=reason):
                self._stop(self.result.takes[line], reason, "cut" if isinstance(command, Cut) else "withdrawn")
            case Drop(uid=uid, reason=reason):
                self.result.drops.append(command)
                self.result.dropped[uid] = self._now_ms, reason
            case Erase():
                if self._on_erase is not None:
                    self._on_erase(command)
            case Close():
                self.result.end_ms = self._now_ms
            case _:
                pass

    def _prepare(self, order: Prepare) -> None:
        script = self._write(order)
        take = Take(order, script, self._now_ms)
        take.lengths_ms = tuple(250 + int(len(clause) / SPEECH_CHARS_PER_S * 1000) for clause in script.clauses)
        self.result.takes[order.line] = take
        if not script.clauses:
            take.dead = True
            self._later(self._now_ms + 1, LineEnded(line=order.line, outcome="failed", reason="nothing to say"))
            return
        delays = self._delays
        first = delays.first_token() if order.kind != "exact" and not order.exact else 0
        ready_ms = first + int(len(script.clauses[0]) * delays.per_char()) + delays.first_sound()
        self._later(self._now_ms + ready_ms, LineReady(order.line, take.total_ms))

    def _air(self, take: Take, not_before_ms: int) -> None:
        line = take.order.line
        take.air_ms = self._now_ms
        take.start_ms = max(not_before_ms, self._now_ms) + PLAYER_MS
        self._later(take.start_ms, LineStarted(line))
        at_ms = take.start_ms
        for index, length_ms in enumerate(take.lengths_ms):
            at_ms += length_ms
            self._later(at_ms, SentenceSpoken(line, index, at_ms - take.start_ms))
        ended = LineEnded(line=line, outcome="finished", heard_ms=take.total_ms, heard=f"l:{line}")
        self._later(at_ms, ended)

    def _stop(self, take: Take, reason: str, outcome: str) -> None:
        if take.dead:
            return
        take.dead, take.reason = True, reason
        self._close(take, outcome, self._now_ms)
        line = take.order.line
        if outcome == "cut":
            ended = LineEnded(line=line, outcome="cut", heard_ms=take.heard_ms, heard=f"l:{line}", reason=reason)
        else:
            ended = LineEnded(line=line, outcome="withdrawn", reason=reason)
        self._later(self._now_ms + 1, ended)

    def _close(self, take: Take, outcome: str, at_ms: int) -> None:
        take.dead, take.outcome = True, outcome
        heard_ms = 0 if take.start_ms < 0 else max(0, min(at_ms - take.start_ms, take.total_ms))
        take.heard_ms = heard_ms
        take.end_ms = take.start_ms + heard_ms if heard_ms else -1
        take.heard = _heard_words(take.script.clauses, take.lengths_ms, heard_ms)
        if take.heard and self._on_heard is not None:
            self._on_heard(take)


def _heard_words(clauses: Sequence[str], lengths_ms: Sequence[int], heard_ms: int) -> str:
    """The words whose end was heard, taking them as evenly spread over their clause."""
    return " ".join(_words_until(clauses, lengths_ms, heard_ms))


def _words_until(clauses: Sequence[str], lengths_ms: Sequence[int], heard_ms: int) -> Iterator[str]:
    left_ms = heard_ms
    for clause, length_ms in zip(clauses, lengths_ms, strict=True):
        if left_ms >= length_ms:
            left_ms -= length_ms
            yield clause
            continue
        fit = int(len(clause) * left_ms / length_ms)
        whole = clause[:fit].rpartition(" ")[0]
        if whole:
            yield whole
        return
