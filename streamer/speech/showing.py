"""Publishes clauses to followers: as soon as they have a place in the line, and again as their sound grows.

Mouth levels cost some 20 microseconds per frame, so they are computed after the sound went on its way, a few frames per
turn of the loop, and what is sent again is only what will be heard soon or is now complete.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from streamer.ports import FRAME_MS
from streamer.speech.line import Clause, Line
from streamer.speech.mouth import Envelope
from streamer.speech.tags import Cue
from streamer.speech.view import ClauseView

BATCH: Final = 10
"""Frames measured in one turn of the loop."""
GROWN: Final = 10
"""New frames that are worth another message (200 ms)."""
SOON_MS: Final = 1000
URGENT: Final = 3
"""The same when less than `URGENT_MS` of what was told is still to be heard: a voice that is hardly fast enough."""
URGENT_MS: Final = 400


class Showing:
    """One per performer; keeps nothing of lines that ended."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_clause: Callable[[int, int, ClauseView], None],
        heard_ms: Callable[[Line], int],
    ) -> None:
        self._loop = loop
        self._on_clause = on_clause
        self._heard_ms = heard_ms
        self._handles: dict[int, asyncio.Handle] = {}

    def soon(self, line: Line, envelope: Envelope) -> None:
        """Something of the line changed; look at it in the next turn of the loop."""
        if line.id not in self._handles and not line.ended:
            self._handles[line.id] = self._loop.call_soon(self._step, line, envelope)

    def forget(self, line: Line) -> None:
        handle = self._handles.pop(line.id, None)
        if handle is not None:
            handle.cancel()

    def last_cues(self, line: Line) -> None:
        """Cues that came after the last word belong to the end of the last clause."""
        cues = line.script.take_cues()
        if cues and line.clauses:
            last = line.clauses[-1]
            at = len(last.text)
            last.cues += tuple(Cue(at, cue.expression, cue.intensity) for cue in cues)
            last.shown_done = False
            line.shown = min(line.shown, last.index)

    def _step(self, line: Line, envelope: Envelope) -> None:
        self._handles.pop(line.id, None)
        if line.ended:
            return
        all_measured = line.measure(envelope, BATCH)
        for clause in line.clauses[line.shown :]:
            if not clause.head:
                break
            self._show(line, clause)
            if clause.shown_done and clause.index == line.shown:
                line.shown += 1
        if not all_measured and not line.ended:
            self.soon(line, envelope)

    def _show(self, line: Line, clause: Clause) -> None:
        measured = min(clause.count, len(line.levels) - clause.first_frame)
        if clause.shown_done or measured < 0 or (measured == 0 and clause.count):
            return
        grown = measured - clause.shown_frames
        whole = clause.done and measured == clause.count
        if not whole:
            if not grown:
                return
            first = clause.shown_frames == 0
            lead_ms = clause.at_ms + clause.shown_frames * FRAME_MS - self._heard_ms(line)
            enough = grown >= (URGENT if lead_ms < URGENT_MS else GROWN)
            if not first and (measured < clause.count or not enough or lead_ms >= SOON_MS):
                return
        clause.shown_frames = measured
        clause.shown_done = whole
        if clause.count:
            self._on_clause(line.id, clause.index, line.view(clause))
