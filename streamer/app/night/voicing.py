"""The best exchanges made again through the chain of the show: brief, model or prepared text, guard, voices, mouth.

Nothing waits for a listener here, so the limits are patient; a voice that fails hands over to the next one as in the
show, the offline voice is always the last. A line that nobody could voice keeps its captions and has no sound.
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Final

import msgspec

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.night.exchanges import Exchange
from streamer.app.night.mp3 import NoEncoder, encoded
from streamer.app.night.notes import Notes
from streamer.app.night.recorder import Recorder
from streamer.app.night.retell import By, Retold
from streamer.app.simulate import Take
from streamer.ports import Notice, SpeechPiece, SpeechRequest, TextToSpeech
from streamer.speech.brief import BriefWriter
from streamer.speech.guard import Judge
from streamer.speech.perform import Performer
from streamer.speech.speaker import Speaker
from streamer.speech.view import ClauseView, LineRecord
from streamer.speech.voicing import SpeechLimits

log = logging.getLogger(__name__)

LINE_LIMIT_S: Final = 45.0
ALL_LIMIT_S: Final = 60.0
REMOTE_AT_ONCE: Final = 4
PATIENT: Final = SpeechLimits(
    first_token_s=30.0, token_stall_s=30.0, first_audio_s=40.0, stall_s=8.0, ahead_ms=600_000, close_s=1.0
)


class Spoken(msgspec.Struct, frozen=True):
    """A line as it can be played. `clauses` as in the overlay protocol; `audio`: MP3 in base64, "" without sound."""

    line: int
    persona: str
    text: str
    ms: int
    clauses: tuple[ClauseView, ...]
    audio: str
    voice: str
    by: By


class Voiced(msgspec.Struct, frozen=True):
    """`lines` by number; a line that could not be made again is missing. `notices`: what did not work."""

    lines: dict[int, Spoken]
    notices: tuple[Notice, ...] = ()


class InTurn:
    """TextToSpeech that asks its engine for few things at a time: a line in the show never asks for more."""

    def __init__(self, engine: TextToSpeech) -> None:
        self.caps = engine.caps
        self._engine = engine
        self._turn = asyncio.Semaphore(1 if engine.caps.local else REMOTE_AT_ONCE)

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        async with self._turn:
            stream = self._engine.synthesize(request)
            try:
                async for piece in stream:
                    yield piece
            finally:
                close = getattr(stream, "aclose", None)
                if close is not None:
                    await close()

    async def warm(self) -> None:
        await self._engine.warm()

    async def aclose(self) -> None:
        """The engine belongs to whoever opened it."""


class Studio:
    """Makes exchanges again, all of them at once, the lines of one after the other."""

    def __init__(
        self,
        *,
        notes: Notes,
        speakers: Mapping[str, Speaker],
        voices: Mapping[str, TextToSpeech],
        judge: Judge,
        words: Mapping[str, str],
        brain: Retold,
    ) -> None:
        """`speakers` by persona, with the engines they may use; `words`: texts of the show by reference (segments)."""
        self._notes = notes
        self._speakers = speakers
        self._voices = {name: InTurn(engine) for name, engine in voices.items()}
        self._judge = judge
        self._words = words
        self._brain = brain
        self._trouble: set[str] = set()

    async def make(self, exchanges: Sequence[Exchange], on_line: Callable[[], None] = lambda: None) -> Voiced:
        """`on_line` is told of each line that is done. Never raises because of a voice or a model."""
        made: dict[int, Spoken] = {}
        tasks = [asyncio.create_task(self._exchange(each, made, on_line)) for each in exchanges]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=ALL_LIMIT_S)
            for task in late:
                task.cancel()
                self._trouble.add("rehearsal.voice.late")
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    log.error("an exchange could not be voiced: %s", type(result).__name__)
                    self._trouble.add("rehearsal.voice.failed")
        if made and not any(spoken.audio for spoken in made.values()):
            self._trouble.add("rehearsal.voice.none")
        notices = [Notice(code) for code in sorted(self._trouble)]
        if self._brain.reason:
            notices.append(Notice("rehearsal.model.away", {"reason": self._brain.reason}))
        return Voiced(made, tuple(notices))

    async def _exchange(self, exchange: Exchange, made: dict[int, Spoken], on_line: Callable[[], None]) -> None:
        recorder, ended = Recorder(), dict[int, asyncio.Future[LineRecord]]()
        texts = MemoryTexts(max_age_s=1e12, now=lambda: 0.0)
        for ref, words in self._words.items():
            texts.put(ref, words)
        for note in exchange.asked:
            texts.put(f"m:{note.uid}", note.text)
            texts.put(f"a:{note.uid}", note.order)
        loop = asyncio.get_running_loop()
        performer = Performer(
            llm=self._brain,
            voices=self._voices,
            sink=recorder,
            texts=texts,
            brief=BriefWriter(texts, self._notes.quote),
            cast=lambda: self._speakers,
            judge=self._judge,
            emit=lambda _event: None,
            on_clause=recorder.clause,
            on_record=lambda record: ended[record.line].set_result(record),
            now_ms=lambda: loop.time() * 1000,
            on_made=recorder.made,
            limits=PATIENT,
        )
        try:
            for take in exchange.takes:
                order = take.order
                recorder.clear()
                ended[order.line] = loop.create_future()
                performer.prepare(order)
                performer.air(order.line)
                async with asyncio.timeout(LINE_LIMIT_S):
                    record = await ended[order.line]
                if record.outcome != "finished":
                    self._trouble.add("rehearsal.voice.failed")
                    return
                made[order.line] = await self._spoken(take, record, recorder)
                on_line()
        except TimeoutError:
            self._trouble.add("rehearsal.voice.late")
        finally:
            await performer.aclose()

    async def _spoken(self, take: Take, record: LineRecord, recorder: Recorder) -> Spoken:
        audio = b""
        if record.voiced:
            try:
                audio = await asyncio.to_thread(encoded, recorder.pcm)
            except NoEncoder:
                self._trouble.add("rehearsal.voice.encoder")
        return Spoken(
            line=record.line,
            persona=record.persona,
            text=record.sent,
            ms=record.total_ms,
            clauses=tuple(recorder.views[index] for index in sorted(recorder.views)),
            audio=base64.b64encode(audio).decode(),
            voice=record.engines[-1] if record.engines and record.voiced else "",
            by=self._brain.by.get(take.order.line, "prepared"),
        )
