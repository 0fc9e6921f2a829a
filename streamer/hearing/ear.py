"""The ear: frames of the host's microphone in, facts about his voice and his turns out.

The sound is the clock: what happened when is counted in windows, never slept for. A real clock is asked only for how
long things took, and for what to do when no sound comes.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from streamer.core.events import (
    Event,
    HostSaidNothing,
    HostSpeechConfirmed,
    HostVoiceEnded,
    HostVoiceSuspected,
)  # fmt: skip
from streamer.hearing.endpoint import patience_ms
from streamer.hearing.limits import EarLimits
from streamer.hearing.noise import QUIET_DB, NoiseFloor, level_db
from streamer.hearing.onset import Onset
from streamer.hearing.turn import Turn
from streamer.hearing.turns import Turns
from streamer.hearing.utterance import Heard, Utterance
from streamer.hearing.verdict import Nothing
from streamer.hearing.windows import Windows, check
from streamer.ports import (
    WINDOW_MS,
    Hearing,
    Misconfigured,
    SpeechRecognizer,
    Unavailable,
    VoiceActivity,
)  # fmt: skip

LEAVE_DB: Final = 6.0
"""A voice that is there may get so much quieter than one that begins."""
AGAIN_S: Final = 60.0
"""A detector that dies twice within that is given up."""

_Press, _Release = object(), object()


class Ear:
    """One host, on one loop. `run` does the work; everything else returns at once.

    For each voice: HostVoiceSuspected, then HostSpeechConfirmed or not, then HostVoiceEnded. For each confirmation with
    `words`: in the end a turn, or HostSaidNothing; those that a sentence joins share one. Utterances come out in the
    order in which they were said. Nothing of a closed ear's sound is kept; what was said before it closed still comes.
    """

    def __init__(  # noqa: PLR0913 - what an ear is put together from
        self,
        *,
        vad: VoiceActivity,
        emit: Callable[[Event], None],
        on_turn: Callable[[Turn], None],
        clock: Callable[[], float],
        recognizer: Callable[[], SpeechRecognizer | None] = lambda: None,
        on_partial: Callable[[str], None] = lambda _text: None,
        on_trouble: Callable[[Unavailable | Misconfigured], None] = lambda _error: None,
        language: str = "",
        hints: Callable[[], Sequence[str]] = lambda: (),
        cast_said: Callable[[], Sequence[str]] = lambda: (),
        on_air: Callable[[], bool] | None = None,
        limits: EarLimits | None = None,
    ) -> None:
        """`recognizer` is asked at each utterance; None: only presence is told (`words` is false). `cast_said`:
        sentences of the last 15 s; `on_air`: whether the cast is to be heard at this moment, None: unknown, so perhaps.
        `on_trouble`: why an utterance was not understood. `clock`: seconds that only rise. `language`: BCP 47, empty:
        whatever is spoken."""
        self.language = language
        self.limits = limits or EarLimits()
        self.level_db = QUIET_DB
        """Of the last window, for meters."""
        self.lost_ms = 0
        """Sound that came faster than it could be looked at."""
        self._vad = vad
        self._emit = emit
        self._clock = clock
        self._recognizer = recognizer
        self._on_partial = on_partial
        self._on_trouble = on_trouble
        self._hints = hints
        self._on_air = on_air
        self._noise = NoiseFloor()
        self._onset = Onset(self.limits)
        self._windows = Windows()
        self._ring: deque[tuple[Heard, bool]] = deque(
            maxlen=(self.limits.preroll_ms + self.limits.doubt_ms) // WINDOW_MS
        )
        """Windows that belong to no utterance yet, and whether the cast was to be heard."""
        self._queue: deque[tuple[bytes | object, float, float]] = deque()
        """Window, its level, when it came."""
        self._arrived = asyncio.Event()
        self._now_ms = 0
        self._open = True
        self._epoch = 0
        """Counts openings and closings: a score that was asked for before one is worth nothing."""
        self._voice = False
        """A fact says that there is one."""
        self._first_s = 0.0
        self._onset_ms = 0.0
        self._utterance: Utterance | None = None
        self._speaking = False
        self._held_ms = -1
        self._pressed = False
        """The key as it was told last; `_held_ms` follows when what waits in the queue was looked at."""
        self._idle_ms = 0
        self._died_s = float("-inf")
        self._turns = Turns(
            on_turn=on_turn,
            on_nothing=self._nothing,
            on_trouble=on_trouble,
            cast_said=cast_said,
            language=lambda: self.language,
            clock=clock,
            now_ms=lambda: self._now_ms,
            current=lambda: self._utterance,
            limits=self.limits,
        )

    # --- from outside -------------------------------------------------------------------------------------------------

    @property
    def speaking(self) -> bool:
        """Somebody speaks at this moment, as far as is known."""
        return self._speaking or self._held_ms >= 0

    @property
    def floor_db(self) -> float:
        """How loud the room is when nobody speaks."""
        return self._noise.db

    @property
    def is_open(self) -> bool:
        return self._open

    def feed(self, frame: bytes) -> None:
        """The next 20 ms, 16,000 Hz, s16le mono. ValueError: a frame of another size."""
        check(frame)
        if not self._open:
            return
        for window in self._windows.feed(frame):
            level = self.level_db = level_db(window)
            self._queue.append((window, level, self._clock()))
            if len(self._queue) >= self.limits.batch or not self._may_wait(level):
                self._arrived.set()
        while len(self._queue) * WINDOW_MS > self.limits.backlog_ms and self._lose():
            self.lost_ms += WINDOW_MS

    def _lose(self) -> bool:
        """The oldest window; the key is no sound."""
        oldest = next((at for at, (item, _, _) in enumerate(self._queue) if isinstance(item, bytes)), None)
        if oldest is not None:
            del self._queue[oldest]
        return oldest is not None

    def push(self, on: bool) -> None:  # noqa: FBT001 - a key
        """The push-to-talk key: held it is a voice, at once; let go it is the end of the turn, at once. Pressed before
        the turn before it has ended, it is a voice as soon as that has."""
        if not self._open or on == self._pressed:
            return
        self._pressed = on
        if on and self._held_ms < 0:
            self._press()
            return
        if not on and (rest := self._windows.flush()):
            self._queue.append((rest, level_db(rest), self._clock()))
        self._queue.append((_Press if on else _Release, 0.0, self._clock()))
        self._arrived.set()

    def _press(self) -> None:
        self._held_ms = 0
        if self._utterance is None:
            self._first_s = self._clock()
            if not self._voice:
                self._suspected()
            self._confirmed()
        elif not self._speaking:
            self._again()
        if self._utterance is not None:
            self._utterance.held = True

    def open(self) -> None:
        """Hear again."""
        if not self._open:
            self._open = True
            self._epoch += 1

    def close(self, why: str = "") -> None:
        """Deaf from this moment. What was being said is dropped, and it is told that the voice ended; what was said
        completely before still comes. `why` is for whoever reads the log of the show."""
        del why
        if not self._open:
            return
        self._open = False
        self._forget()

    async def run(self) -> None:
        """Until it is cancelled. Raises Unavailable or Misconfigured when the detector cannot work."""
        try:
            await self._vad.open()
            while True:
                await self._next()
        finally:
            self._forget()
            await self._turns.aclose()

    # --- the sound ----------------------------------------------------------------------------------------------------

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(self.limits.idle_ms / 1000):
                await self._arrived.wait()
        except TimeoutError:
            if not self._queue:
                self._idle()
        while self._queue:
            item, level, at_s = self._queue.popleft()
            if isinstance(item, bytes):
                self._idle_ms = 0
                await self._look_at(item, level, at_s)
            elif item is _Release:
                self._released(at_s)
            else:
                self._press()
        self._arrived.clear()

    def _may_wait(self, level: float) -> bool:
        """Nothing follows from a window alone: it is too quiet to begin a voice, or a voice goes on in it."""
        if self._held_ms >= 0:
            return True
        if self._utterance is not None:
            return self._speaking and self._utterance.quiet_ms == 0
        return not self._onset.begun and level < self._gate

    @property
    def _gate(self) -> float:
        """A voice that begins is as loud as this."""
        return max(self._noise.db + self.limits.gate_db, self.limits.quietest_db)

    async def _look_at(self, window: bytes, level: float, at_s: float) -> None:
        epoch = self._epoch
        score = await self._score(window)
        if epoch != self._epoch or not self._open:
            return
        self._now_ms += WINDOW_MS
        gate = self._gate
        if score < self.limits.leave:
            self._noise.add(level)
        echo = self._on_air is None or self._on_air()
        if self._utterance is None:
            self._ring.append(((window, level, score >= self.limits.threshold and level >= gate), echo))
            self._wait_for_voice(score, at_s, loud=level >= gate)
        else:
            self._go_on(window, score, level, gate, at_s, echo=echo)
        self._turns.tick()

    async def _score(self, window: bytes) -> float:
        try:
            return await self._vad.score(window)
        except Unavailable:
            now = self._clock()
            self._forget()
            if now - self._died_s < AGAIN_S:
                raise
            self._died_s = now
            await self._vad.open()
            return 0.0

    def _wait_for_voice(self, score: float, at_s: float, *, loud: bool) -> None:
        step = self._onset.step(score, loud=loud)
        if step == "suspected":
            self._first_s = at_s - WINDOW_MS / 1000
            self._suspected()
        elif step == "confirmed":
            self._confirmed()
        elif step == "gone":
            self._ended()

    def _go_on(self, window: bytes, score: float, level: float, gate: float, at_s: float, *, echo: bool) -> None:
        utterance = self._utterance
        if utterance is None:
            return
        limits = self.limits
        voiced = self._speaking and score >= limits.leave and level >= gate - LEAVE_DB
        utterance.add((window, level, voiced), at_ms=self._now_ms, at_s=at_s, echo=echo)
        if self._held_ms >= 0:
            self._held_ms += WINDOW_MS
        elif self._speaking:
            if utterance.quiet_ms >= limits.candidate_ms:
                self._paused(utterance)
        else:
            self._between(score, level >= gate)
        if self._utterance is utterance:
            self._end_or_cut(utterance, at_s)

    def _between(self, score: float, loud: bool) -> None:  # noqa: FBT001 - of the window
        """The voice has ended, the turn perhaps has not."""
        step = self._onset.step(score, loud=loud)
        if step == "suspected":
            self._suspected()
        elif step == "confirmed":
            self._again()
        elif step == "gone":
            self._ended()

    def _end_or_cut(self, utterance: Utterance, at_s: float) -> None:
        if utterance.too_long:
            self._cut(utterance, at_s)
        elif self._held_ms < 0 and not self._speaking and not self._onset.begun:
            if utterance.hearing is None:
                self._utterance = None
            elif utterance.quiet_ms >= patience_ms(self.limits, utterance.text, self.language):
                self._commit(utterance)

    def _idle(self) -> None:
        """No sound for a while, by the clock: a muted page sends none."""
        ms = self.limits.idle_ms
        self._idle_ms += ms
        self._windows.clear()
        self._ring.clear()
        if self._held_ms >= 0:
            if self._idle_ms >= self.limits.lost_ms:
                self._pressed = False
                self._released(self._clock())
            return
        self._now_ms += ms
        if self._onset.begun:
            self._onset.clear()
            self._ended()
        utterance = self._utterance
        if utterance is not None:
            utterance.wait(ms)
            if self._speaking:
                self._paused(utterance)
            self._end_or_cut(utterance, self._clock())
        self._turns.tick()

    # --- the voice ----------------------------------------------------------------------------------------------------

    def _suspected(self) -> None:
        self._voice = True
        self._onset_ms = round((self._clock() - self._first_s) * 1000, 1)
        self._emit(HostVoiceSuspected())

    def _ended(self) -> None:
        if self._voice:
            self._voice = False
            self._emit(HostVoiceEnded())

    def _confirmed(self) -> None:
        """Somebody speaks: an utterance begins, with the sound before he was noticed."""
        hearing = self._hearing()
        preroll = -(-self.limits.preroll_ms // WINDOW_MS)
        kept = list(self._ring)[-(preroll + self._onset.begun) :]
        now_s = self._clock()
        utterance = Utterance(
            hearing, self.limits, began_ms=self._now_ms - self._onset.begun * WINDOW_MS, began_s=self._first_s
        )
        utterance.spoken_over = self._on_air is None or self._on_air() or any(echo for _, echo in kept)
        for at, (heard, echo) in enumerate(kept, 1 - len(kept)):
            utterance.add(heard, at_ms=self._now_ms + at * WINDOW_MS, at_s=now_s + at * WINDOW_MS / 1000, echo=echo)
        utterance.spans["confirm"] = round((now_s - self._first_s) * 1000, 1)
        utterance.spans["onset"] = self._onset_ms
        self._begin(utterance)
        self._emit(HostSpeechConfirmed(words=hearing is not None))

    def _begin(self, utterance: Utterance) -> None:
        self._ring.clear()
        self._onset.clear()
        self._utterance = utterance
        self._speaking = True
        utterance.held = self._held_ms >= 0

    def _again(self) -> None:
        """He goes on before the turn was over."""
        utterance = self._utterance
        if utterance is None:
            return
        utterance.resume(self._onset.voiced_ms, at_ms=self._now_ms, at_s=self._clock())
        self._onset.clear()
        self._speaking = True
        if not self._voice:
            self._suspected()
        self._emit(HostSpeechConfirmed(words=utterance.hearing is not None))

    def _paused(self, utterance: Utterance) -> None:
        self._speaking = False
        utterance.pause += 1
        utterance.spans["candidate"] = round((self._clock() - utterance.ended_s) * 1000, 1)
        self._ended()
        if utterance.hearing is not None:
            utterance.flush()
            self._turns.spawn(self._turns.look(utterance, self._on_partial))

    def _released(self, at_s: float) -> None:
        utterance, held_ms = self._utterance, self._held_ms
        self._held_ms = -1
        if utterance is None or held_ms < 0:
            return
        utterance.ended_s = at_s
        self._speaking = False
        self._onset.clear()
        self._ended()
        if held_ms < self.limits.held_ms:
            self._utterance = None
            self._turns.nothing(utterance, "noise")
        else:
            self._commit(utterance, whole=True)

    def _commit(self, utterance: Utterance, *, whole: bool = False) -> None:
        self._utterance = None
        utterance.spans["endpoint"] = round((self._clock() - utterance.ended_s) * 1000, 1)
        if utterance.voiced_ms < (WINDOW_MS if whole else self.limits.least_ms):
            self._turns.nothing(utterance, "noise")
        elif utterance.hearing is not None:
            self._turns.commit(utterance, whole=whole)

    def _cut(self, utterance: Utterance, at_s: float) -> None:
        """Too long for one piece: at its quietest place. The voice goes on, and nobody is told that it ended."""
        rest = utterance.split()
        following = Utterance(
            self._hearing() if utterance.hearing is not None else None,
            self.limits,
            began_ms=self._now_ms - len(rest) * WINDOW_MS,
            began_s=at_s - len(rest) * WINDOW_MS / 1000,
        )
        following.held, following.spoken_over = utterance.held, utterance.spoken_over
        for at, heard in enumerate(rest, 1 - len(rest)):
            following.add(heard, at_ms=self._now_ms + at * WINDOW_MS, at_s=at_s + at * WINDOW_MS / 1000, echo=False)
        following.spans = {name: ms for name, ms in utterance.spans.items() if name in ("onset", "confirm")}
        utterance.ended_ms = following.began_ms
        self._commit(utterance, whole=True)
        self._utterance = following

    def _hearing(self) -> Hearing | None:
        recognizer = self._recognizer()
        if recognizer is None:
            return None
        try:
            return recognizer.hear(
                language=self.language, hints=self._hints(), on_partial=lambda partial: self._on_partial(partial.text)
            )
        except (Unavailable, Misconfigured) as error:
            self._on_trouble(error)
            return None

    def _nothing(self, why: Nothing) -> None:
        self._emit(HostSaidNothing(why))

    def _forget(self) -> None:
        """What was begun, and every trace of its sound."""
        self._epoch += 1
        self._queue.clear()
        self._windows.clear()
        self._ring.clear()
        self._onset.clear()
        self._vad.reset()
        utterance, self._utterance = self._utterance, None
        self._speaking, self._held_ms, self._pressed = False, -1, False
        self._ended()
        if utterance is not None:
            self._turns.nothing(utterance, "nothing")
