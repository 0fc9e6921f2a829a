"""Runs lines: prepares them ahead, puts one on air, ends each of them exactly once.

A line's chain is brief -> language model -> script (tags, clauses, guard) -> voices -> frames. Everything between two
waits on the outside world is a plain function call, so a token that completes a clause and the request to the voice, or
the first byte of sound and the first frame at the sink, are one turn of the event loop apart. Ending a line is
synchronous: when `cut` or `withdraw` returns, nothing of the line can reach the sink, however long its model and its
voices take to notice. All methods belong to the loop's thread; time is the loop's and the show clock that is handed in.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from streamer.cast.addressed import ends_with_question
from streamer.cast.honesty import default_honest
from streamer.cast.names import Aliases, friend, spoken_name
from streamer.core.commands import Prepare
from streamer.core.events import Event, LineEnded, LineReady, Outcome, Scope
from streamer.ports import FRAME_MS, AudioSink, LanguageModel, TextStore, TextToSpeech
from streamer.speech.brief import Brief, BriefWriter, TakenBack
from streamer.speech.chain import VoiceChain, VoiceState
from streamer.speech.guard import Guard, Judge
from streamer.speech.line import Clause, Line, record_of
from streamer.speech.mouth import Envelope
from streamer.speech.onair import OnAir
from streamer.speech.playhead import SinkPlayhead
from streamer.speech.quotes import is_hit, repeats
from streamer.speech.running import Running
from streamer.speech.script import Said, Script, prepared
from streamer.speech.showing import Showing
from streamer.speech.speaker import Speaker, pick
from streamer.speech.thinking import Thinking
from streamer.speech.view import ClauseView, LineRecord
from streamer.speech.voicing import SpeechLimits, Voicing

log = logging.getLogger(__name__)


def _ignore(_line: int, _total_ms: int, _voiced: bool) -> None:  # noqa: FBT001 - a callback
    return


def _nobody(_: str) -> bool:
    return False


def _most_ms(speaker: Speaker) -> float:
    """The longest line by the estimate of captions, which knows nothing of the persona's pace."""
    return speaker.line_s * 1000 * (speaker.voices[0].spec.rate if speaker.voices else 1.0)


class Performer:
    """All lines of one show that are alive: usually one on air and the next one in preparation."""

    def __init__(  # noqa: PLR0913 - the ports of a line
        self,
        *,
        llm: LanguageModel,
        voices: Mapping[str, TextToSpeech],
        sink: AudioSink,
        texts: TextStore,
        brief: BriefWriter,
        cast: Callable[[], Mapping[str, Speaker]],
        judge: Judge,
        emit: Callable[[Event], None],
        on_clause: Callable[[int, int, ClauseView], None],
        on_record: Callable[[LineRecord], None],
        now_ms: Callable[[], float],
        gone: Callable[[str], bool] = _nobody,
        on_made: Callable[[int, int, bool], None] = _ignore,
        limits: SpeechLimits | None = None,
    ) -> None:
        """Create it inside the running loop. `now_ms` is the show's clock; `gone` tells whether a uid was erased.

        `on_made` is told when all of a line has been made: (line, its length in milliseconds, whether it has a voice).
        """
        self.loop = asyncio.get_running_loop()
        self.limits = limits or SpeechLimits()
        self.chain = VoiceChain(voices, self.loop.time)
        self.llm = llm
        self.sink = sink
        self.playhead = SinkPlayhead(now_ms)
        self._texts = texts
        self._brief = brief
        self._cast = cast
        self._judge = judge
        self.emit = emit
        self._on_record = on_record
        self._on_made = on_made
        self.now_ms = now_ms
        self._gone = gone
        self._envelopes: dict[str, Envelope] = {}
        self._lines: dict[int, Line] = {}
        self._running: dict[int, Running] = {}
        self._air = OnAir(self)
        self._showing = Showing(self.loop, on_clause, self._air.heard_ms)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    # --- orders

    def prepare(self, cmd: Prepare) -> None:
        """Run the chain of a line up to its sound. Ends in `LineReady` or `LineEnded`."""
        if self._closed or cmd.line in self._lines:
            return
        began = self.now_ms()
        cast = self._cast()
        speaker = cast.get(cmd.persona)
        known = speaker or Speaker(id=cmd.persona, name=cmd.persona)
        others = [each for each in cast.values() if each.id != cmd.persona]
        problem = "" if speaker else "persona"
        try:
            if any(map(self._gone, cmd.answers)):
                raise TakenBack
            brief = self._brief.write(cmd, known, partners=others, partner_line=self.assumed(cmd.after))
        except TakenBack:
            problem, brief = "taken_back", Brief.empty()
        except Exception:  # a fault of ours must not leave the core waiting for an end that never comes
            log.exception("a brief could not be written")
            problem, brief = "brief", Brief.empty()
        script = Script(
            Guard(self._judge),
            name=known.name,
            others=[each.name for each in others],
            safe=pick(known.safe, cmd.seed),
            max_chars=self.limits.max_chars,
            max_ms=_most_ms(known) if brief.exact is None else 0,
            aliases=Aliases(brief.viewers, known.language),
            honest=pick(known.honest or default_honest(known.language), cmd.seed),
            asked=bool(brief.honest),
        )
        line = Line(cmd, known, brief, script)
        line.spans["prepare"] = began
        self._lines[line.id] = line
        self._running[line.id] = Running()
        self.mark(line, "brief")
        if problem:
            self.end(line, "withdrawn" if problem == "taken_back" else "failed", 0, problem)
        elif brief.exact is not None:
            self.said(line, script.feed(brief.exact) + script.finish())
            self.thought(line, script.ended)
        else:
            thinking = self._running[line.id].thinking = Thinking(self, line, self.llm)
            if brief.honest:
                line.add(prepared(brief.honest))
                self.mark(line, "first_clause")
                self.wants_more(line)
            if not line.ended:
                thinking.start()

    def air(self, line_id: int, not_before_ms: float = 0) -> None:
        """Play the line, not before that time on the show's clock, while it is still being made."""
        line = self._lines.get(line_id)
        if line is None or line.aired:
            return
        line.aired = True
        running = self._running[line_id]
        running.air = self.spawn(self._air.play(line, running, not_before_ms), f"air line {line_id}")
        self.wants_more(line)

    def cut(self, line_id: int, reason: str) -> None:
        """End a line now. After this returns nothing of it reaches the sink. Unknown and ended lines are ignored."""
        line = self._lines.get(line_id)
        if line is None:
            return
        if not line.on_air:
            self.end(line, "withdrawn", 0, reason)
            return
        line.ended = True  # the sink may report from inside stop()
        heard_ms = self._air.stop(line)
        line.ended = False
        self.end(line, "cut", heard_ms, reason)

    def hush(self, line_id: int) -> None:
        """Silence a line that has the floor, now, and keep it: after this returns nothing of it reaches the sink until
        `unhush`. What is still unsaid goes on being made."""
        line = self._lines.get(line_id)
        if line is not None and line.aired:
            self._air.hush(line)

    def unhush(self, line_id: int) -> None:
        """Let a hushed line go on, from the beginning of the word that was interrupted."""
        line = self._lines.get(line_id)
        if line is not None and line.hushed:
            line.hushed = False
            self._running[line_id].wake()

    def withdraw(self, line_id: int, reason: str) -> None:
        """Give up a line that is not on air (one that is, is cut)."""
        self.cut(line_id, reason)

    def duck(self, line_id: int, *, on: bool) -> None:
        """Lower or restore the line on air."""
        self._air.duck(line_id, on=on)

    def taken_back(self, scope: Scope, key: str) -> None:
        """Words were erased: end, at once, every line that answers them, is not on air yet, or repeats them."""
        for line in list(self._lines.values()):
            if self._touches(line, scope, key):
                self.cut(line.id, "taken_back")

    def quoting(self, scope: Scope, key: str) -> tuple[int, ...]:
        """Lines whose words repeat what is taken back, or name its author; ask before the words are erased."""
        return tuple(
            line.id
            for line in self._lines.values()
            if repeats(line.script.generated, (*line.brief.answers, *line.brief.context), scope, key)
        )

    def words(self, line_id: int) -> str:
        """What a line that has not ended says, as far as it is made; empty for others."""
        line = self._lines.get(line_id)
        return line.script.generated if line is not None else ""

    @staticmethod
    def _touches(line: Line, scope: Scope, key: str) -> bool:
        brief, cmd = line.brief, line.cmd
        if is_hit(brief.answers, cmd.answers, scope, key):
            return True
        if not is_hit(brief.context, cmd.context, scope, key):
            return False
        return not line.on_air or repeats(line.script.generated, brief.context, scope, key)

    def replace_voices(self, voices: Mapping[str, TextToSpeech]) -> None:
        """The settings changed: other engines from the next clause on, and every voice gets a new chance."""
        self.chain.replace(voices)

    async def aclose(self) -> Sequence[str]:
        """End all lines and wait for what runs in the background; names what did not end in time."""
        self._closed = True
        for line_id in list(self._lines):
            self.cut(line_id, "closing")
        me = asyncio.current_task()
        for task in self._tasks:
            if task is not me:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.limits.close_s)
        return sorted(task.get_name() for task in self._tasks)

    # --- questions

    @property
    def on_air(self) -> int:
        """The line that plays; 0 when none does."""
        return self._air.line.id if self._air.line is not None else 0

    def alive(self) -> Sequence[int]:
        """Lines that have not ended."""
        return tuple(self._lines)

    def voice_states(self) -> Sequence[VoiceState]:
        return self.chain.states()

    def assumed(self, line_id: int) -> str:
        """The words of a line another one reacts to: all of them while it lives, else those that were heard."""
        line = self._lines.get(line_id)
        if line is not None:
            return line.spell()
        return (self._texts.get(f"l:{line_id}") or "") if line_id else ""

    # --- what the parts of the chain report

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = self.loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._reap)
        return task

    def _reap(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s ended with an error", task.get_name(), exc_info=task.exception())

    def mark(self, line: Line, span: str) -> None:
        line.spans.setdefault(span, self.now_ms())

    def said(self, line: Line, clauses: Sequence[Said]) -> None:
        if line.ended:
            return
        if self.is_gone(line) or self._repeats_gone(line):
            self.cut(line.id, "taken_back")
            return
        for clause in clauses:
            if clause.text:
                line.add(clause)
                self.mark(line, "first_clause")
        self.wants_more(line)

    def thought(self, line: Line, reason: str) -> None:
        if line.ended:
            return
        line.reason = reason
        if not line.clauses and reason.startswith("llm"):
            text = self._instead(line)
            if text:
                line.late = True
                line.add(prepared(text))
        line.scripted = True
        if not line.clauses:
            self.end(line, "failed", 0, reason or "empty")
            return
        self._showing.last_cues(line)
        self.wants_more(line)
        self._advance(line)

    @staticmethod
    def _instead(line: Line) -> str:
        """What is said when no model has answered. Thanks are never put off."""
        speaker, seed = line.speaker, line.cmd.seed
        if line.cmd.kind != "paid":
            return pick(speaker.late, seed)
        names = [quote.name for quote in line.brief.answers[-1:]]
        name = spoken_name(names[0], speaker.language) if names else ""
        return pick(speaker.thanks, seed).replace("{name}", name or friend(speaker.language)) or pick(
            speaker.late, seed
        )

    def sounded(self, line: Line, clause: Clause) -> None:
        if line.ended or not clause.head or not line.frames:
            return
        self._running[line.id].wake()
        if not line.ready:
            line.ready = True
            self.mark(line, "ready")
            self.emit(LineReady(line.id, line.estimate_ms()))
        self.changed(line)

    def voiced(self, line: Line, clause: Clause) -> None:
        if not line.ended:
            self._running[line.id].voicings.pop(clause.index, None)
            self._advance(line)
            if not line.ended:
                self.wants_more(line)

    # --- the chain

    def is_gone(self, line: Line) -> bool:
        return any(map(self._gone, line.cmd.answers))

    def _repeats_gone(self, line: Line) -> bool:
        """Whether what it says by now repeats words of its brief that were taken back after it got the floor."""
        gone = [quote for quote in line.brief.context if self._gone(quote.uid)]
        return any(repeats(line.script.generated, gone, "message", quote.uid) for quote in gone)

    def changed(self, line: Line) -> None:
        self._showing.soon(line, self._envelopes.setdefault(line.speaker.id, Envelope()))

    def wants_more(self, line: Line) -> None:
        """Start the voices of the next clauses, as far ahead as the limits allow."""
        if line.unstarted and self.is_gone(line):
            self.cut(line.id, "taken_back")
        while not line.ended:
            running = self._running[line.id]
            started = len(line.clauses) - line.unstarted
            if not line.unstarted or started >= line.heads + self.limits.depth:
                return
            waiting = sum(len(clause.pending) for clause in line.clauses[line.heads : started]) * FRAME_MS
            if line.ahead_ms + waiting >= self.limits.ahead_ms:
                return
            clause = line.clauses[started]
            clause.started = True
            line.unstarted -= 1
            if started == line.heads:
                line.place(clause)
            voicing = running.voicings[clause.index] = Voicing(self, line, clause)
            voicing.start()

    def _advance(self, line: Line) -> None:
        """Clauses that are done make room for the next ones, in order."""
        while line.heads < len(line.clauses) and not line.ended:
            clause = line.clauses[line.heads]
            if not clause.started:
                break
            if not clause.head:
                line.place(clause)
                if clause.count:
                    self.sounded(line, clause)
            if not clause.done:
                break
            line.heads += 1
        if line.ended:
            return
        if line.complete:
            self.playhead.ends_at(line.id, line.total_ms)
            self._running[line.id].wake()
            if not line.frames:
                self.end(line, "failed", 0, line.reason or "empty")
                return
            self._on_made(line.id, line.total_ms, line.voiced)
        self.changed(line)

    # --- the end

    def end(self, line: Line, outcome: Outcome, heard_ms: int, reason: str) -> None:
        """The one end of a line."""
        if line.ended:
            return
        line.ended = True
        del self._lines[line.id]
        self._running.pop(line.id).stop()
        self._showing.forget(line)
        self._air.leave(line)
        heard = ""
        if heard_ms and reason != "taken_back":  # not even what is too short to be a quotation
            heard = line.heard_text(line.total_ms if outcome == "finished" else heard_ms)
        ref, asks = f"l:{line.id}" if heard else "", ends_with_question(heard)
        if heard:
            self._texts.put(ref, heard, owner=line.brief.owner)
            if not line.cmd.test:
                self._brief.remember(ref, line.speaker.id, line.speaker.name, cut_off=reason == "host")
        self.mark(line, "ended")
        self.emit(
            LineEnded(
                line=line.id, outcome=outcome, heard_ms=heard_ms, heard=ref, voiced=line.voiced, reason=reason,
                asks=asks,
            )
        )  # fmt: skip
        for running in self._running.values():
            running.wake()
        self._on_record(record_of(line, outcome, heard, heard_ms, reason))
