"""The line that plays: its frames into the sink, and what the sink reports back as facts."""

import asyncio
import logging
from typing import Final, Protocol

from streamer.core.events import Event, LineStarted, Outcome, SentenceSpoken
from streamer.ports import FRAME_MS, AudioSink, Heard
from streamer.speech.line import Line
from streamer.speech.playhead import SinkPlayhead
from streamer.speech.running import Running

log = logging.getLogger(__name__)

NEARLY_MS: Final = 150
"""A sink that ends this close to the end has played the line."""


class Director(Protocol):
    """What playing needs of the performer."""

    sink: AudioSink
    playhead: SinkPlayhead

    def now_ms(self) -> float: ...

    def emit(self, event: Event, /) -> None: ...

    def mark(self, line: Line, span: str) -> None: ...

    def is_gone(self, line: Line) -> bool:
        """Whether what the line answers was taken back."""
        ...

    def wants_more(self, line: Line) -> None:
        """Sound was used up: voice the next clauses, if they waited for that."""
        ...

    def changed(self, line: Line) -> None:
        """Followers may need a newer view of the line."""
        ...

    def cut(self, line_id: int, reason: str) -> None: ...

    def end(self, line: Line, outcome: Outcome, heard_ms: int, reason: str) -> None: ...


class OnAir:
    """The floor of the sound: one line at a time has it."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._ducked = False
        self.line: Line | None = None

    async def play(self, line: Line, running: Running, not_before_ms: float) -> None:
        """Wait for the time, the floor and the first frame; then feed the sink until the line was heard."""
        director = self._director
        wait_ms = not_before_ms - director.now_ms()
        if wait_ms > 0:
            await asyncio.sleep(wait_ms / 1000)
        while self.line is not None or not line.frames or line.hushed:
            await running.sleep()
        if director.is_gone(line):
            director.end(line, "withdrawn", 0, "taken_back")
            return
        try:
            await self._feed(line, running)
        except Exception:
            log.exception("the sink failed")
            director.cut(line.id, "sink")

    def stop(self, line: Line) -> int:
        """Silence the line that plays, now. Milliseconds that were heard of it."""
        heard_ms = self.heard_ms(line)
        try:
            heard = self._director.sink.stop()
        except Exception:
            log.exception("the sink could not stop")
            return heard_ms
        return max(heard_ms, heard.ms) if heard.line == line.id else heard_ms

    def hush(self, line: Line) -> None:
        """Silence a line that has the floor, now, and remember where. It goes on when it is no longer hushed."""
        if line.hushed or line.ended:
            return
        line.hushed = True
        if self.line is not line:
            return
        director = self._director
        place = director.playhead.position()
        line.hushes += 1  # what is still told of the sound before this counts no more
        try:
            heard = director.sink.stop()
        except Exception:
            log.exception("the sink could not stop")
            director.cut(line.id, "sink")
            return
        if heard.line == line.id and line.heard_started:
            line.heard_ms = max(line.heard_ms, heard.ms)
        at_ms = max(line.heard_ms, place[1]) if place is not None and place[0] == line.id else line.heard_ms
        line.next_frame = line.goes_on_at(at_ms)
        line.underrun_before_ms = line.underrun_ms
        director.playhead.report(Heard(line.id, line.heard_ms, ended=True))
        self._unduck()

    def duck(self, line_id: int, *, on: bool) -> None:
        line = self.line
        if line is not None and line.id == line_id and not line.hushed and on != self._ducked:
            self._ducked = on
            self._director.sink.duck(on=on)

    def _unduck(self) -> None:
        if self._ducked:
            self._ducked = False
            self._director.sink.duck(on=False)

    def leave(self, line: Line) -> None:
        """The line has ended."""
        if self.line is line:
            self.line = None
            self._director.playhead.clear()
            self._unduck()

    @staticmethod
    def heard_ms(line: Line) -> int:
        """What the sink has reported of this line."""
        return line.heard_ms

    async def _feed(self, line: Line, running: Running) -> None:
        self.line = line
        line.on_air = True
        begun = -1
        while not line.ended:
            if line.hushed:
                await running.sleep()
            elif begun != line.hushes:
                begun = line.hushes
                self._begin(line)
            elif line.next_frame < len(line.frames):
                await self._write(line)
            elif line.complete:
                line.finishing = True
                heard = await self._director.sink.finish()
                if begun == line.hushes:
                    self._finished(line, heard)
                    return
            else:
                await running.sleep()

    def _begin(self, line: Line) -> None:
        """Open the line at the sink, again after it was hushed."""
        play = line.hushes
        line.finishing = False
        self._director.sink.begin(
            line.id,
            line.speaker.id,
            lambda heard: self._heard(line, heard) if play == line.hushes else None,
            line.next_frame * FRAME_MS,
        )

    async def _write(self, line: Line) -> None:
        director = self._director
        frame = line.frames[line.next_frame]
        line.next_frame += 1
        line.written = max(line.written, line.next_frame)
        if line.next_frame == 1:
            director.mark(line, "first_frame")
        await director.sink.write(frame)
        if line.unstarted:
            director.wants_more(line)

    def _finished(self, line: Line, heard: Heard) -> None:
        if line.ended:
            return
        ms = max(heard.ms, self.heard_ms(line))
        line.underrun_ms = line.underrun_before_ms + heard.underrun_ms
        if ms and not line.heard_started:
            self._begin_heard(line)
        if ms and ms + NEARLY_MS >= line.total_ms:
            self._spoken(line, line.total_ms)
            self._director.end(line, "finished", ms, line.reason)
        else:
            self._spoken(line, ms)
            self._director.end(line, "cut", ms, "sink")

    def _heard(self, line: Line, heard: Heard) -> None:
        director = self._director
        if line.ended or heard.line != line.id:
            return
        director.playhead.report(heard)
        if not line.heard_started and not (heard.ended and heard.ms == 0):
            self._begin_heard(line)
        line.heard_ms = max(line.heard_ms, heard.ms) if line.heard_started else 0
        line.underrun_ms = line.underrun_before_ms + heard.underrun_ms
        self._spoken(line, heard.ms)
        if heard.ended and not line.finishing:
            director.cut(line.id, "sink")
        elif not heard.ended:
            director.changed(line)

    def _begin_heard(self, line: Line) -> None:
        line.heard_started = True
        self._director.mark(line, "heard_start")
        if line.complete:
            self._director.playhead.ends_at(line.id, line.total_ms)
        self._director.emit(LineStarted(line.id))

    def _spoken(self, line: Line, ms: int) -> None:
        while line.spoken < line.heads and line.clauses[line.spoken].end_ms <= ms:
            self._director.emit(SentenceSpoken(line.id, line.spoken, line.clauses[line.spoken].end_ms))
            line.spoken += 1
