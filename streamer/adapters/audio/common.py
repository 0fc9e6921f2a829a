"""The sink of the show: one track that plays a line through the best outlet there is.

An outlet is anything that can sound: a browser page, a device, the silent clock. The track owns what is the same for
all of them: pacing, the heard position, and going on at the next outlet from there when one is lost within a line.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from streamer.core.events import SinkChanged
from streamer.ports import FRAME_BYTES, FRAME_MS, Heard

Clock = Callable[[], float]
OnHeard = Callable[[Heard], None]
T = TypeVar("T")

log = logging.getLogger(__name__)

AHEAD_MS = 400
GRACE_MS = 300


def loop_time() -> float:
    """Seconds of the running loop's own clock, so that a jumping loop in a test moves the sound too."""
    return asyncio.get_running_loop().time()


def _tell(listener: Callable[[T], None], what: T) -> None:
    """A listener that fails must not take the player down with it: the line would never end."""
    try:
        listener(what)
    except Exception:
        log.exception("a listener of the sink failed")


class Outlet(Protocol):
    """What a track plays through. Every method is synchronous, returns at once and raises nothing.

    `player` identifies who sounds at this moment (it changes when another page takes over), None when nobody can.
    `listen` registers what is called on the loop after `player` changed. When it changes, the outlet has already
    silenced the old player and forgotten its line.
    """

    @property
    def name(self) -> str: ...

    @property
    def page(self) -> bool: ...

    @property
    def player(self) -> str | None: ...

    def listen(self, on_change: Callable[[], None]) -> None: ...

    def play(self, line: int, at_ms: int, on_heard: OnHeard) -> None:
        """Open a line. Frames follow from `at_ms` on; `on_heard` counts from the start of the line."""
        ...

    def push(self, frame: bytes) -> None: ...

    def end(self) -> None:
        """No more frames come; the last `on_heard` says `ended`."""
        ...

    def stop(self, fade_ms: int) -> None: ...

    def duck(self, on: bool) -> None: ...  # noqa: FBT001


class _Take:
    """The line a track is playing."""

    def __init__(self, line: int, on_heard: OnHeard, at_ms: int) -> None:
        self.line = line
        self.on_heard = on_heard
        self.at_ms = at_ms
        """Where it was opened: more than 0 when the line goes on after a pause."""
        self.kept: deque[tuple[int, bytes]] = deque()
        """(at_ms, frame) of everything not yet heard: at most the window plus one frame."""
        self.written_ms = at_ms
        self.heard_ms = at_ms
        self.under_ms = 0
        self.under_before_ms = 0
        self.finishing = False
        self.over = False
        self.moved = asyncio.Event()

    def state(self) -> Heard:
        return Heard(self.line, self.heard_ms, ended=self.over, underrun_ms=self.under_ms)


class Track:
    """An `AudioSink` over outlets, best first; the last one should always have a player.

    `on_change` is called when the player changes. A player of a worse outlet takes over only `grace_ms` after the
    better one was lost (a page that reloads is back by then), a better or equal one at once.
    Frames shorter than 20 ms are filled up with silence. `write` after `stop` drops the frame and returns.
    """

    def __init__(
        self,
        outlets: Sequence[Outlet],
        *,
        on_change: Callable[[SinkChanged], None] | None = None,
        grace_ms: int = GRACE_MS,
        ahead_ms: int = AHEAD_MS,
    ) -> None:
        self.name = "nobody"
        self.page = False
        self._outlets = tuple(outlets)
        self._on_change = on_change
        self._grace_s = grace_ms / 1000
        self._ahead_ms = ahead_ms
        self._take: _Take | None = None
        self._last = Heard(0, 0, ended=True)
        self._index = -1
        self._player: str | None = None
        self._plays = 0
        self._ducked = False
        self._timer: asyncio.TimerHandle | None = None
        for outlet in self._outlets:
            outlet.listen(self._follow)
        self._settle()

    # --- who plays --------------------------------------------------------------------------------------------------

    @property
    def _outlet(self) -> Outlet | None:
        return self._outlets[self._index] if self._index >= 0 else None

    def _best(self) -> int:
        return next((i for i, outlet in enumerate(self._outlets) if outlet.player is not None), -1)

    def _follow(self) -> None:
        """An outlet changed: keep, switch at once, or wait for the grace time."""
        best = self._best()
        outlet = self._outlet
        if outlet is not None and best == self._index and outlet.player == self._player:
            self._cancel_timer()
            return
        worse = best < 0 or best > self._index
        if outlet is None or not worse:
            self._settle()
        elif self._timer is None and self._player is not None:
            self._plays += 1  # late reports of the lost player count no more
            self._player = None
            self._timer = asyncio.get_running_loop().call_later(self._grace_s, self._settle)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _settle(self) -> None:
        """Take the best outlet and go on there with the line, if one is on."""
        self._cancel_timer()
        old = self._outlet
        had = self._player
        self._index = self._best()
        new = self._outlet
        self._player = new.player if new else None
        if old is not None and old is not new and had is not None:
            old.stop(15)
        if new is None:
            return
        self.name, self.page = new.name, new.page
        new.duck(self._ducked)
        if self._take is not None:
            self._play(new, self._take)
        if self._on_change is not None:
            _tell(self._on_change, SinkChanged(page=new.page, name=new.name))

    def _play(self, outlet: Outlet, take: _Take) -> None:
        take.under_before_ms = take.under_ms
        self._forget_heard(take)
        self._plays += 1
        play = self._plays
        outlet.play(
            take.line, take.kept[0][0] if take.kept else take.written_ms, lambda heard: self._heard(play, heard)
        )
        for _at, frame in tuple(take.kept):
            outlet.push(frame)
        if take.finishing and not take.over:
            outlet.end()

    @staticmethod
    def _forget_heard(take: _Take) -> None:
        while take.kept and take.kept[0][0] + FRAME_MS <= take.heard_ms:
            take.kept.popleft()

    # --- the heard position ------------------------------------------------------------------------------------------

    def _heard(self, play: int, heard: Heard) -> None:
        take = self._take
        if take is None or play != self._plays or take.over or heard.line != take.line:
            return
        take.heard_ms = max(take.heard_ms, min(heard.ms, take.written_ms))
        take.under_ms = take.under_before_ms + heard.underrun_ms
        take.over = heard.ended
        self._forget_heard(take)
        take.moved.set()
        if take.over:
            self._take = None
            self._last = take.state()
        _tell(take.on_heard, take.state())

    def heard(self) -> Heard | None:
        """Position of the line that is playing; None when nothing plays."""
        return self._take.state() if self._take else None

    # --- AudioSink --------------------------------------------------------------------------------------------------

    def begin(self, line: int, persona: str, on_heard: OnHeard, at_ms: int = 0) -> None:
        """Open a line, from `at_ms` on: the first frame written is heard there.

        RuntimeError when a line is still open, ValueError when `at_ms` is not the beginning of a frame.
        """
        del persona  # one track for all
        if at_ms < 0 or at_ms % FRAME_MS:
            raise ValueError(f"a line goes on at a whole frame, not at {at_ms} ms")
        if self._take is not None:
            raise RuntimeError(f"line {self._take.line} is still open")
        self._take = _Take(line, on_heard, at_ms)
        outlet = self._outlet
        if outlet is not None and self._player is not None:
            self._play(outlet, self._take)

    async def write(self, frame: bytes) -> None:
        take = self._take
        if len(frame) > FRAME_BYTES or len(frame) % 2:
            raise ValueError(f"a frame has {FRAME_BYTES} bytes, this one {len(frame)}")
        while take is not None and not take.over and take.written_ms + FRAME_MS - take.heard_ms > self._ahead_ms:
            take.moved.clear()
            await take.moved.wait()
        if take is None or take.over or take.finishing:
            return
        frame = frame.ljust(FRAME_BYTES, b"\0")
        take.kept.append((take.written_ms, frame))
        take.written_ms += FRAME_MS
        outlet = self._outlet
        if outlet is not None and self._player is not None:
            outlet.push(frame)

    async def finish(self) -> Heard:
        """No more frames come. Returns when the last one was heard; of a stopped line at once, where it stopped."""
        take = self._take
        if take is None:
            return self._last
        if not take.finishing:
            take.finishing = True
            outlet = self._outlet
            if take.written_ms == take.at_ms:
                self._silence(0)
                _tell(take.on_heard, take.state())
            elif outlet is not None and self._player is not None:
                outlet.end()
        while not take.over:
            take.moved.clear()
            await take.moved.wait()
        return take.state()

    def stop(self, fade_ms: int = 15) -> Heard:
        """Silence now. Also without a line: whatever still sounds at a page is cut. `on_heard` is not called.

        Returns where the line stopped, or how the last line ended when none was open.
        """
        self._silence(fade_ms)
        return self._last

    def _silence(self, fade_ms: int) -> None:
        take, self._take = self._take, None
        self._plays += 1
        for outlet in self._outlets:
            outlet.stop(fade_ms)
        if take is not None:
            take.over = True
            self._last = take.state()
            take.kept.clear()
            take.moved.set()

    def duck(self, on: bool) -> None:  # noqa: FBT001
        self._ducked = on
        outlet = self._outlet
        if outlet is not None and self._player is not None:
            outlet.duck(on)

    def close(self) -> None:
        """Silence everything and forget the timer."""
        self._cancel_timer()
        self._silence(15)
