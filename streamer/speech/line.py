"""The state of one line: its clauses, its sound, and what of it was heard. No tasks and no clock."""

from collections.abc import Iterable
from typing import Final

from streamer.core.commands import Prepare
from streamer.core.events import Outcome
from streamer.ports import FRAME_MS, Usage, Viseme, VisemeMark, WordMark
from streamer.speech import captions, mouth
from streamer.speech.brief import Brief
from streamer.speech.captions import Word
from streamer.speech.levels import is_quiet
from streamer.speech.script import Said, Script
from streamer.speech.speaker import Speaker
from streamer.speech.tags import Cue, is_expression
from streamer.speech.view import ClauseView, LineRecord, MouthView

TAIL_FRAMES: Final = 12
"""Silence kept at the end of a clause (240 ms); engines like to add most of a second."""


class Clause:
    """One clause and its sound. Until it is the head of its line its frames wait in `pending`."""

    def __init__(self, index: int, said: Said, emotion: str) -> None:
        self.index = index
        self.text = said.text
        self.joined = said.joined
        self.cues = said.cues
        self.emotion = emotion
        self.started = False
        self.done = False
        self.voiced = False
        self.first_frame = -1
        self.count = 0
        self.pending: list[bytes] = []
        self.marks: list[WordMark] = []
        self.visemes: list[VisemeMark] = []
        self.guesses: list[Viseme] = []
        self.shown_frames = 0
        self.shown_done = False

    @property
    def head(self) -> bool:
        """Its sound has a place in the line."""
        return self.first_frame >= 0

    @property
    def at_ms(self) -> int:
        return self.first_frame * FRAME_MS

    @property
    def sound_ms(self) -> int:
        return self.count * FRAME_MS

    @property
    def end_ms(self) -> int:
        """End in the line; a guess until the clause is done."""
        if self.done:
            return self.at_ms + self.sound_ms
        return self.at_ms + self.whole_ms()

    def whole_ms(self) -> int:
        """Length of the whole clause; a guess until it is done."""
        if self.done:
            return self.sound_ms
        last = max((mark.at_ms + mark.dur_ms for mark in self.marks), default=0)
        return max(self.sound_ms, last, captions.estimate_ms(self.text))

    def words(self) -> list[Word]:
        """Words with times of the line."""
        return captions.timed(self.text, self.marks, self.whole_ms(), at_ms=self.at_ms)

    def timed_cues(self, words: list[Word]) -> tuple[tuple[int, str, float], ...]:
        return tuple((self._cue_at(cue, words), cue.expression, cue.intensity) for cue in self.cues)

    def _cue_at(self, cue: Cue, words: list[Word]) -> int:
        if cue.at <= 0:
            return self.at_ms
        return next((at for at, _, start, _ in words if start >= cue.at), self.end_ms)


class Line:
    """A line from its brief to its end. `frames` is the whole sound; `written` counts what the sink was ever given,
    `next_frame` is the one it is given next: the same, unless the line went back to a word at which it was hushed."""

    def __init__(self, cmd: Prepare, speaker: Speaker, brief: Brief, script: Script) -> None:
        self.cmd = cmd
        self.speaker = speaker
        self.brief = brief
        self.script = script
        self.clauses: list[Clause] = []
        self.frames: list[bytes] = []
        self.levels: list[int] = []
        self.written = 0
        self.next_frame = 0
        self.hushed = False
        self.hushes = 0
        self.heard_ms = 0
        """What was heard for certain."""
        self.heads = 0
        self.unstarted = 0
        self.shown = 0
        self.scripted = False
        self.ended = False
        self.aired = False
        self.on_air = False
        self.finishing = False
        self.ready = False
        self.heard_started = False
        self.spoken = 0
        self.voice_index = 0
        self.late = False
        self.reason = ""
        self.emotion = "neutral"
        self.engines: list[str] = []
        self.spans: dict[str, float] = {}
        self.usage: Usage | None = None
        self.underrun_ms = 0
        self.underrun_before_ms = 0
        """Of this, what came before the line was hushed last."""

    @property
    def id(self) -> int:
        return self.cmd.line

    @property
    def complete(self) -> bool:
        """All of its sound is in `frames`."""
        return self.scripted and self.heads == len(self.clauses)

    @property
    def total_ms(self) -> int:
        return len(self.frames) * FRAME_MS

    @property
    def ahead_ms(self) -> int:
        """Sound made and still to be given to the sink."""
        return (len(self.frames) - self.next_frame) * FRAME_MS

    @property
    def voiced(self) -> bool:
        return any(clause.voiced for clause in self.clauses)

    def add(self, said: Said) -> Clause:
        """The next clause of the script."""
        faces = [cue.expression for cue in said.cues if is_expression(cue.expression)]
        clause = Clause(len(self.clauses), said, faces[0] if faces else self.emotion)
        self.emotion = faces[-1] if faces else self.emotion
        self.clauses.append(clause)
        self.unstarted += 1
        return clause

    def spell(self) -> str:
        """The words of the script so far."""
        return _join((clause.joined, clause.text) for clause in self.clauses)

    def sent(self) -> str:
        """The words that were given to a voice (or shown instead)."""
        return _join((clause.joined, clause.text) for clause in self.clauses if clause.started)

    def heard_text(self, heard_ms: int) -> str:
        """The words that were completely heard."""
        parts: list[tuple[bool, str]] = []
        for clause in self.clauses:
            if not clause.head or clause.at_ms >= heard_ms:
                break
            whole = clause.done and clause.end_ms <= heard_ms
            text = clause.text if whole else captions.spoken_until(clause.text, clause.words(), heard_ms)
            if text:
                parts.append((clause.joined, text))
            if not whole:
                break
        return _join(parts)

    def goes_on_at(self, heard_ms: int) -> int:
        """The frame at which the line goes on after it fell silent there: the beginning of the word that was
        interrupted, or that very place when it was between words."""
        for clause in self.clauses:
            if not clause.head or heard_ms <= clause.at_ms:
                break
            if heard_ms < clause.at_ms + clause.sound_ms:
                words = clause.words()
                begun = [at for at, length, _, _ in words if at < heard_ms < at + length]
                heard_ms = max(begun) if begun else heard_ms if words else clause.at_ms
                break
        return min(heard_ms // FRAME_MS, self.written)

    def estimate_ms(self) -> int:
        """A guess of the whole length."""
        known = sum(clause.whole_ms() for clause in self.clauses)
        return known if self.scripted else max(3000, known * 2)

    # --- sound

    def place(self, clause: Clause) -> None:
        """The clause becomes the head: what it has made so far follows the line's sound."""
        clause.first_frame = len(self.frames)
        clause.count = len(clause.pending)
        self.frames += clause.pending
        clause.pending = []

    def deliver(self, clause: Clause, frames: list[bytes]) -> None:
        if clause.head:
            self.frames += frames
            clause.count += len(frames)
        else:
            clause.pending += frames

    def take_away(self, clause: Clause, keep: int) -> None:
        """Forget the sound of the head clause after its first `keep` frames; none that the sink was given."""
        if not clause.head:
            del clause.pending[keep:]
            return
        end = max(self.written, clause.first_frame + keep)
        del self.frames[end:]
        del self.levels[end:]
        clause.count = min(clause.count, max(0, end - clause.first_frame))
        del clause.guesses[clause.count :]
        clause.shown_frames = min(clause.shown_frames, clause.count)

    def trim_tail(self, clause: Clause) -> None:
        """Shorten long silence at the end of a clause that has sound."""
        sound = self.frames[clause.first_frame :] if clause.head else clause.pending
        quiet = 0
        while quiet < len(sound) and is_quiet(sound[-1 - quiet]):
            quiet += 1
        if TAIL_FRAMES < quiet < len(sound):
            self.take_away(clause, len(sound) - quiet + TAIL_FRAMES)

    # --- what followers see

    def measure(self, envelope: mouth.Envelope, most: int) -> bool:
        """Mouth levels for at most `most` more frames; true when all frames have one."""
        end = min(len(self.frames), len(self.levels) + most)
        for frame in self.frames[len(self.levels) : end]:
            self.levels.append(envelope.feed(frame))
        return end == len(self.frames)

    def view(self, clause: Clause) -> ClauseView:
        """The clause as it is known by now. Call `measure` before."""
        words = clause.words()
        return ClauseView(
            at=clause.at_ms,
            end=clause.end_ms,
            text=clause.text,
            words=tuple(words),
            cues=clause.timed_cues(words),
            mouth=self._mouth(clause, words) if clause.voiced else None,
        )

    def _mouth(self, clause: Clause, words: list[Word]) -> MouthView:
        first, end = clause.first_frame, clause.first_frame + clause.count
        if clause.visemes:
            shapes = mouth.shapes_of_marks(clause.visemes, at_ms=clause.at_ms)
        elif clause.marks:
            shapes = mouth.shapes_of_words(clause.text, words)
        else:
            begin = first + len(clause.guesses)
            measured = zip(self.frames[begin:end], self.levels[begin:end], strict=False)
            clause.guesses.extend(mouth.shape_of_sound(frame, level) for frame, level in measured)
            shapes = mouth.shapes_of_levels(clause.guesses, at_ms=clause.at_ms)
        return MouthView(open=tuple(self.levels[first:end]), shapes=tuple(shapes))


def _join(parts: Iterable[tuple[bool, str]]) -> str:
    out = ""
    for joined, text in parts:
        out += text if joined or not out else " " + text
    return out


def record_of(line: Line, outcome: Outcome, heard: str, heard_ms: int, reason: str) -> LineRecord:
    """The record of a line that has ended."""
    return LineRecord(
        line=line.id,
        persona=line.speaker.id,
        cmd=line.cmd,
        outcome=outcome,
        reason=reason,
        generated=line.script.generated,
        sent=line.sent(),
        heard=heard,
        heard_ms=heard_ms,
        total_ms=line.total_ms,
        voiced=line.voiced,
        late=line.late,
        engines=tuple(line.engines),
        spans=dict(line.spans),
        usage=line.usage,
        rule=line.script.rule,
        underrun_ms=line.underrun_ms,
    )
