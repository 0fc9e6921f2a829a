"""A sink that plays nothing: it takes a line's frames as fast as they come and keeps them."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from streamer.ports import FRAME_MS, Heard
from streamer.speech.view import ClauseView

TURN: Final = 25
"""Frames after which the other tasks of the loop get their turn."""
SHOWN_S: Final = 5.0


class Recorder:
    """AudioSink for one performer. A line is over when its sound has come and every clause of it was shown whole."""

    name = "recorder"
    page = False

    def __init__(self) -> None:
        self._line = 0
        self._frames: list[bytes] = []
        self._total_ms = -1
        self._shown = asyncio.Event()
        self.views: dict[int, ClauseView] = {}

    def begin(
        self,
        line: int,
        persona: str,  # noqa: ARG002 - the port's
        on_heard: Callable[[Heard], None],  # noqa: ARG002
        at_ms: int = 0,
    ) -> None:
        self._line = line
        del self._frames[at_ms // FRAME_MS :]

    async def write(self, frame: bytes) -> None:
        self._frames.append(frame)
        if len(self._frames) % TURN == 0:
            await asyncio.sleep(0)

    async def finish(self) -> Heard:
        """Waits until the chain has told all about the line; it measures the mouth behind the sound."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHOWN_S):
                await self._shown.wait()
        return Heard(self._line, self._ms, ended=True)

    def stop(self, fade_ms: int = 15) -> Heard:  # noqa: ARG002 - the port's
        return Heard(self._line, self._ms, ended=True)

    def duck(self, on: bool) -> None:  # noqa: FBT001 - the port's
        """Nobody listens."""

    def heard(self) -> Heard | None:
        return None

    # --- what the performer tells

    def clause(self, _line: int, index: int, view: ClauseView) -> None:
        self.views[index] = view
        self._look()

    def made(self, _line: int, total_ms: int, _voiced: bool) -> None:  # noqa: FBT001 - the performer's
        self._total_ms = total_ms
        self._look()

    # --- what came of it

    @property
    def pcm(self) -> bytes:
        return b"".join(self._frames)

    def clear(self) -> None:
        """Before the next line."""
        self._frames = []
        self._total_ms = -1
        self._shown.clear()
        self.views = {}

    @property
    def _ms(self) -> int:
        return len(self._frames) * FRAME_MS

    def _look(self) -> None:
        if self._is_shown():
            self._shown.set()

    def _is_shown(self) -> bool:
        at = 0
        for index in range(len(self.views)):
            view = self.views.get(index)
            if view is None or view.at != at:
                return False
            if view.mouth is not None and len(view.mouth.open) * view.mouth.step != view.end - view.at:
                return False
            at = view.end
        return at == self._total_ms
