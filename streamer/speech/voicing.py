"""One clause through the voice chain.

Driven by what the engine yields and by timers, never by polling: a piece of sound is in the line's buffer before the
engine's iterator is asked for the next one. An engine that is late, stalls, breaks or stops short is left behind at
once (its iterator is closed in the background) and the next one takes over: the whole clause when none of it was given
to the sink, else from the word after the last delivered one. After the last engine the clause is shown in silence.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Final, Protocol

import msgspec

from streamer.ports import (
    FRAME_MS,
    RATE_HZ,
    Done,
    Misconfigured,
    Pcm,
    SpeechPiece,
    SpeechRequest,
    TextToSpeech,
    Unavailable,
    Unspeakable,
    VisemeMark,
    WordMark,
)
from streamer.speech import captions
from streamer.speech.chain import VoiceChain
from streamer.speech.levels import SILENCE, Framer, fade_end, fade_out, is_quiet
from streamer.speech.line import Clause, Line
from streamer.speech.loudness import Leveller
from streamer.speech.speaker import Voice
from streamer.speech.spoken import Spoken, speller

log = logging.getLogger(__name__)

SHORT_MS: Final = 60
"""Sound that is this much shorter than the engine says was cut off."""
LEAD_FRAMES: Final = 1
"""Silence kept before the first sound."""
FIRST_SLICE, SLICE = 2_880, 9_600
"""Bytes of sound that are levelled in one go: 60 ms, then 200 ms, some 2 ms of work."""
TURN_S: Final = 0.008
"""An engine that has everything at once is taken in pieces of so long; others have their turn between."""
COMFORT_MS: Final = 300
"""With this much sound still to play a stalled engine may have a little more time."""


class SpeechLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds, unless the name says otherwise."""

    first_token_s: float = 6.0
    """No first token by then: something prepared is said."""
    token_stall_s: float = 6.0
    first_audio_s: float = 2.5
    stall_s: float = 1.0
    depth: int = 2
    """Clauses in the voice at the same time."""
    ahead_ms: int = 12_000
    """Sound made ahead of what plays; keeps paid voices from speaking lines that are never aired."""
    clause_max_s: float = 60.0
    max_chars: int = 900
    close_s: float = 2.0


class Stage(Protocol):
    """What a clause being voiced needs of the performer."""

    chain: VoiceChain
    limits: SpeechLimits
    loop: asyncio.AbstractEventLoop

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]": ...

    def mark(self, line: Line, span: str) -> None:
        """Note the time of a milestone, the first time it is reached."""
        ...

    def sounded(self, line: Line, clause: Clause) -> None:
        """Frames of the clause were added."""
        ...

    def voiced(self, line: Line, clause: Clause) -> None:
        """The clause has all its sound."""
        ...


class Voicing:
    """Gives one clause its sound."""

    def __init__(self, stage: Stage, line: Line, clause: Clause) -> None:
        self._stage = stage
        self._line = line
        self._clause = clause
        self._text_from = 0
        self._base_ms = 0
        self._attempt: _Attempt | None = None

    def start(self) -> None:
        """Ask the first usable engine for what is still unsaid, or show it in silence."""
        line, clause = self._line, self._clause
        picked = self._stage.chain.pick(line.speaker.voices, line.voice_index)
        if picked is None:
            line.voice_index = len(line.speaker.voices)
            self._in_silence()
            return
        line.voice_index, engine = picked
        voice = line.speaker.voices[line.voice_index]
        spoken = speller(line.speaker.reading, line.speaker.language).spoken(clause.text[self._text_from :])
        if not any(char.isalnum() for char in spoken.text):
            self._in_silence()
            return
        if engine.caps.engine not in line.engines:
            line.engines.append(engine.caps.engine)
        self._base_ms = clause_ms(clause)
        self._stage.mark(line, "tts_request")
        self._attempt = _Attempt(self, engine, voice, spoken, self._text_from, self._base_ms)
        self._attempt.start()

    def stop(self) -> None:
        """Nothing more of this clause is wanted. Immediate."""
        if self._attempt is not None:
            self._attempt.leave()
            self._attempt = None

    @property
    def stage(self) -> Stage:
        return self._stage

    @property
    def line(self) -> Line:
        return self._line

    @property
    def clause(self) -> Clause:
        return self._clause

    def _in_silence(self) -> None:
        rest = self._clause.text[self._text_from :]
        self._base_ms = clause_ms(self._clause)
        count = -(-captions.estimate_ms(rest) // FRAME_MS)
        self._line.deliver(self._clause, [SILENCE] * count)
        self._stage.sounded(self._line, self._clause)
        self.finish()

    def finish(self) -> None:
        self._attempt = None
        if self._line.ended or self._clause.done:
            return
        self._line.trim_tail(self._clause)
        self._end_softly()
        self._time_the_rest()
        self._clause.done = True
        self._stage.voiced(self._line, self._clause)

    def _end_softly(self) -> None:
        """No click where the sound ends, if its last frame was not given to the sink yet."""
        line, clause = self._line, self._clause
        if not clause.head:
            if clause.pending:
                clause.pending[-1] = fade_end(clause.pending[-1])
            return
        last = clause.first_frame + clause.count - 1
        if clause.count and last >= line.written:
            line.frames[last] = fade_end(line.frames[last])

    def _time_the_rest(self) -> None:
        """The last engine told no times although the one before it did: estimate its words."""
        clause, begin = self._clause, self._text_from
        if begin and clause.marks and all(mark.end <= begin for mark in clause.marks):
            length = clause_ms(clause) - self._base_ms
            for at, span, start, end in captions.estimated(clause.text[begin:], length, at_ms=self._base_ms):
                clause.marks.append(WordMark(at, span, start + begin, end + begin))

    def failed(self, attempt: "_Attempt", reason: str, fix: str | None, *, faulty: bool = True) -> None:
        """The engine is given up for the rest of the line; the next one takes over. `faulty`: it counts against it."""
        breaker = self._stage.chain.breaker(attempt.voice)
        if fix is not None:
            breaker.misconfigure(reason, fix)
        elif faulty:
            breaker.failed(reason)
        line, clause = self._line, self._clause
        log.warning("voice %s gave up a clause: %s", attempt.voice.engine, reason)
        line.voice_index = max(line.voice_index, line.speaker.voices.index(attempt.voice) + 1)
        if not clause.head or line.written <= clause.first_frame:
            line.take_away(clause, 0)
            clause.marks.clear()
            clause.visemes.clear()
            self._text_from = 0
        else:
            self._keep_delivered(attempt)
        if any(char.isalnum() for char in clause.text[self._text_from :]):
            self.start()
        else:
            self.finish()

    def _keep_delivered(self, attempt: "_Attempt") -> None:
        """Part of the clause was given to the sink: cut after the last whole word and go on from there."""
        line, clause = self._line, self._clause
        have = clause.sound_ms
        shift = attempt.text_from
        earlier = [(mark.at_ms, mark.dur_ms, mark.start, mark.end) for mark in clause.marks if mark.end <= shift]
        marks = [mark for mark in clause.marks if mark.start >= shift]
        if marks:
            words = earlier + captions.timed(clause.text, marks, clause.whole_ms())
        else:
            rest = clause.text[shift:]
            length = max(captions.estimate_ms(rest), have - attempt.base_ms)
            guessed = captions.estimated(rest, length, at_ms=attempt.base_ms)
            words = earlier + [(at, span, start + shift, end + shift) for at, span, start, end in guessed]
        said = [word for word in words if word[0] + word[1] <= have]
        if said:
            at, span, _, end = said[-1]
            self._text_from = max(self._text_from, end)
            line.take_away(clause, -(-(at + span) // FRAME_MS))
        last = clause.first_frame + clause.count - 1
        if last >= line.written:
            line.frames[last] = fade_out(line.frames[last])
        have = clause.sound_ms
        clause.marks[:] = [WordMark(at, span, start, end) for at, span, start, end in said]
        clause.visemes[:] = [mark for mark in clause.visemes if mark.at_ms < have]


def clause_ms(clause: Clause) -> int:
    """Length of the sound the clause has by now, in its line or waiting."""
    return (clause.count + len(clause.pending)) * FRAME_MS


def _slices(piece: SpeechPiece, first: int) -> Sequence[SpeechPiece]:
    """Long pieces of sound in shorter ones, between which the loop turns: the first frame is on its way before the rest
    is levelled."""
    if not isinstance(piece, Pcm) or len(piece.data) <= first:
        return (piece,)
    data = piece.data
    starts = [0, *range(first, len(data), SLICE)]
    ends = [*starts[1:], len(data)]
    return [Pcm(data[at:end], piece.at_ms + at // 48) for at, end in zip(starts, ends, strict=True)]


class _Attempt:
    """One request to one engine. After `leave` nothing of it has any effect, whatever the engine still yields."""

    def __init__(
        self, owner: Voicing, engine: TextToSpeech, voice: Voice, spoken: Spoken, text_from: int, base_ms: int
    ) -> None:
        self.voice = voice
        clause, spec = owner.clause, voice.feeling(owner.clause.emotion)
        # An engine is asked for its usual volume: the persona's own is set once the sound is as loud as every other.
        self.request = SpeechRequest(spoken.text, msgspec.structs.replace(spec, volume=1.0), clause.emotion)
        self._spoken = spoken
        self._leveller = Leveller(owner.stage.chain.loudness(voice.engine, spec), volume=spec.volume)
        self._lead: list[bytes] = []
        self._lead_ms = 0
        self._audible = False
        self._first_mark, self._first_viseme = len(clause.marks), len(clause.visemes)
        self.text_from = text_from
        self.base_ms = base_ms
        self._owner = owner
        self._engine = engine
        self._framer = Framer()
        self._alive = True
        self._bytes = 0
        self._last_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        stage = self._owner.stage
        self._last_at = stage.loop.time()
        self._timer = stage.loop.call_later(stage.limits.first_audio_s, self._check_first)
        self._task = stage.spawn(self._run(), f"voice {self.voice.engine} line {self._owner.line.id}")

    def leave(self) -> None:
        self._alive = False
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        stream = self._engine.synthesize(self.request)
        now, since = self._owner.stage.loop.time, self._owner.stage.loop.time()
        try:
            async for piece in stream:
                if not self._alive:
                    return
                for part in _slices(piece, FIRST_SLICE if not self._audible else SLICE):
                    self._take(part)
                    if self._alive and (part is not piece or now() - since > TURN_S):
                        await asyncio.sleep(0)
                        since = now()
                    if not self._alive:
                        return
            self._fail("ended without an end")
        except Misconfigured as error:
            self._fail(error.reason, error.fix)
        except Unspeakable as error:
            self._fail(error.reason, faulty=False)
        except Unavailable as error:
            self._fail(error.reason)
        except Exception as error:
            if self._alive:
                log.exception("voice %s raised something it should not", self.voice.engine)
            self._fail(type(error).__name__)
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def _take(self, piece: SpeechPiece) -> None:
        clause = self._owner.clause
        self._last_at = self._owner.stage.loop.time()
        match piece:
            case Pcm():
                self._sound(piece.data)
            case WordMark():
                self._word(piece)
            case VisemeMark(at_ms=at, shape=shape, dur_ms=length):
                clause.visemes.append(VisemeMark(self._place(at), shape, length))
            case Done():
                self._done(piece)

    def _sound(self, data: bytes) -> None:
        owner, stage = self._owner, self._owner.stage
        if not self._bytes and data:
            stage.mark(owner.line, "tts_first_byte")
            if self._timer is not None:
                self._timer.cancel()
            self._timer = stage.loop.call_later(stage.limits.stall_s, self._check_stall)
        self._bytes += len(data)
        self._deliver(self._framer.feed(data))
        if clause_ms(owner.clause) > stage.limits.clause_max_s * 1000 and self._alive:
            self.leave()
            owner.finish()

    def _deliver(self, frames: list[bytes]) -> None:
        """Without the silence in front, and as loud as every voice."""
        owner = self._owner
        if not self._audible:
            frames = self._without_lead(frames)
        if frames:
            owner.clause.voiced = True
            owner.line.deliver(owner.clause, self._leveller.feed(frames))
            owner.stage.sounded(owner.line, owner.clause)

    def _without_lead(self, frames: list[bytes]) -> list[bytes]:
        """The frames from the one before the first that can be heard; marks that came ahead are moved with them."""
        first = next((at for at, frame in enumerate(frames) if not is_quiet(frame)), None)
        if first is None:
            self._lead.extend(frames)
            return []
        self._audible = True
        self._lead += frames[:first]
        kept = self._lead[-LEAD_FRAMES:]
        self._lead_ms = (len(self._lead) - len(kept)) * FRAME_MS
        if self._lead_ms:
            clause, first_mark, first_viseme = self._owner.clause, self._first_mark, self._first_viseme
            clause.marks[first_mark:] = [
                WordMark(self._moved(mark.at_ms), mark.dur_ms, mark.start, mark.end)
                for mark in clause.marks[first_mark:]
            ]
            clause.visemes[first_viseme:] = [
                VisemeMark(self._moved(mark.at_ms), mark.shape, mark.dur_ms) for mark in clause.visemes[first_viseme:]
            ]
        return kept + frames[first:]

    def _moved(self, at_ms: int) -> int:
        return max(self.base_ms, at_ms - self._lead_ms)

    def _place(self, at_ms: int) -> int:
        """A moment of the engine's sound as one of the clause."""
        return self._moved(at_ms + self.base_ms)

    def _word(self, mark: WordMark) -> None:
        """Where the word stands in what is written; several spoken words for a written one are one mark."""
        marks, shift = self._owner.clause.marks, self.text_from
        start, end = (place + shift for place in self._spoken.written(mark.start, mark.end))
        at = self._place(mark.at_ms)
        last = marks[-1] if len(marks) > self._first_mark else None
        if last is not None and start < last.end:
            marks[-1] = WordMark(last.at_ms, at + mark.dur_ms - last.at_ms, last.start, max(last.end, end))
        elif start < end:
            marks.append(WordMark(at, mark.dur_ms, start, end))

    def _done(self, done: Done) -> None:
        owner = self._owner
        got_ms = self._bytes * 1000 // (RATE_HZ * 2)
        if not self._bytes:
            self._fail("no sound")
        elif not done.complete or got_ms + SHORT_MS < done.total_ms:
            self._fail("cut short")
        else:
            self._deliver(self._framer.flush(softly=True))
            if not self._audible:
                self._fail("silence")
                return
            self._stop_waiting()
            owner.stage.chain.breaker(self.voice).succeeded()
            owner.finish()

    def _stop_waiting(self) -> None:
        """The attempt is over; its task ends by itself and closes the engine's iterator."""
        self._alive = False
        if self._timer is not None:
            self._timer.cancel()

    def _fail(self, reason: str, fix: str | None = None, *, faulty: bool = True) -> None:
        if self._alive:
            self._stop_waiting()
            self._owner.failed(self, reason, fix, faulty=faulty)

    def _give_up(self, reason: str) -> None:
        if self._alive:
            self.leave()
            self._owner.failed(self, reason, None)

    def _check_first(self) -> None:
        self._give_up("no sound in time")

    def _check_stall(self) -> None:
        stage, line = self._owner.stage, self._owner.line
        idle = stage.loop.time() - self._last_at
        limit = stage.limits.stall_s
        if idle + 0.001 < limit:
            self._timer = stage.loop.call_later(limit - idle, self._check_stall)
        elif line.on_air and line.ahead_ms > COMFORT_MS and idle < stage.limits.first_audio_s:
            self._timer = stage.loop.call_later(0.1, self._check_stall)
        else:
            self._give_up("stalled")
