"""Which page may sound, and what each page is told: the server's half of `/ws/sink`, without a socket or a clock.

Every method takes what happened (and the time in milliseconds), changes the state and leaves messages in `sends`, which
the caller writes to the pages in that order. See docs/overlay-protocol.md.
"""

import struct
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from streamer.ports import FRAME_MS

TTL_MS = 750
RENEW_MS = 250
HANG_MS = 1000
FORGIVE_MS = 5000
"""A page that hung and answers again may hold after this long."""
FRAME_VERSION = 1
KIND_S16LE = 1
HEADER = struct.Struct("<BBHQIII")
"""version, kind, track, line, seq, at_ms, generation: 24 bytes before the samples."""
MAX_NUMBER = 2**53


class Hello(msgspec.Struct, frozen=True):
    page: str
    obs: bool = False
    audio: Literal["running", "suspended"] = "suspended"
    epoch: float = 0


class Position(msgspec.Struct, frozen=True):
    """`heard`, `ended` and `silent`; numbers as JavaScript has them."""

    generation: float
    line: float | None = None
    ms: float = 0
    under: float = 0


class PageMessage(msgspec.Struct, frozen=True):
    """What a page may say: exactly one of these is set."""

    hello: Hello | None = None
    audio: Literal["running", "suspended"] | None = None
    heard: Position | None = None
    ended: Position | None = None
    silent: Position | None = None
    toned: dict[str, object] | None = None


class Sound(msgspec.Struct, frozen=True):
    """Who plays the voices: a page in OBS, one in a browser tab, or nobody. `muted`: pages not allowed to sound yet."""

    where: Literal["obs", "tab", "nobody"]
    name: str = ""
    pages: int = 0
    muted: int = 0


@dataclass
class _Page:
    id: int
    kind: str
    obs: bool
    running: bool
    outranked: bool
    """It has seen a later holder of the show than this one: it would ignore everything said here."""
    hung_at: float | None = None
    spoke: bool = True
    """It said something after it had hung."""


@dataclass
class _Play:
    line: int
    first_ms: int
    sent_ms: int
    heard_ms: int
    total_ms: int | None = None
    under_ms: int = 0
    due_since: float | None = None
    """When the page began to owe a report; None while it has played all it was sent."""


@dataclass(frozen=True)
class Progress:
    """The line of the holder moved: position, underrun since this page plays it, whether that was the end."""

    line: int
    ms: int
    under_ms: int
    ended: bool


@dataclass
class Lease:
    """One track. `epoch` is higher for every later holder of the show."""

    epoch: int
    build: str = ""
    track: int = 0
    generation: int = 1
    holder: int | None = None
    sends: list[tuple[int, str | bytes]] = field(default_factory=list)
    _pages: dict[int, _Page] = field(default_factory=dict)
    _play: _Play | None = None
    _ducked: bool = False
    _renewed: float = 0.0
    stopped_at: dict[int, float] = field(default_factory=dict)
    """Generation -> when the holder was told to be silent; until it answers."""

    # --- pages ------------------------------------------------------------------------------------------------------

    def join(self, page: int, kind: str, hello: Hello, now: float) -> None:
        """`page` is a number the caller never uses twice; a smaller one came earlier."""
        self._pages[page] = _Page(page, kind, hello.obs, hello.audio == "running", hello.epoch > self.epoch)
        self._say(page, {"hello": {"epoch": self.epoch, "build": self.build}})
        if not self._elect(now):
            self._lease(page)

    def leave(self, page: int, now: float) -> None:
        self._pages.pop(page, None)
        if self.holder == page:
            self._elect(now)

    def audio(self, page: int, *, running: bool, now: float) -> None:
        known = self._pages.get(page)
        if known is not None and known.running != running:
            known.running = running
            if not self._elect(now):
                self._lease(page)

    def alive(self, page: int) -> None:
        """A page said something."""
        known = self._pages.get(page)
        if known is not None:
            known.spoke = True

    def _rank(self, page: _Page) -> tuple[bool, bool, int]:
        """Higher is better: inside OBS, then whoever holds, then whoever came first."""
        return page.obs, page.id == self.holder, -page.id

    def _elect(self, now: float) -> bool:
        """Give the lease to the best page; whether it moved."""
        able = [page for page in self._pages.values() if page.running and page.hung_at is None and not page.outranked]
        best = max(able, key=self._rank).id if able else None
        if best == self.holder:
            return False
        old, self.holder = self.holder, best
        self.generation += 1
        self._play = None
        self.stopped_at.clear()
        if old in self._pages:
            self._say(old, {"stop": {"generation": self.generation, "fade": 15}})
            self._lease(old)
        if best is not None:
            self._lease(best)
            if self._ducked:
                self._say(best, {"duck": {"on": True}})
            self._renewed = now
        return True

    def label(self) -> str:
        """How people call the page that holds."""
        page = self._pages.get(self.holder) if self.holder is not None else None
        if page is None:
            return "no page"
        return f"{page.kind} page in OBS" if page.obs else f"{page.kind} page in a browser"

    def sound(self) -> Sound:
        page = self._pages.get(self.holder) if self.holder is not None else None
        where = "nobody" if page is None else "obs" if page.obs else "tab"
        muted = sum(not page.running for page in self._pages.values())
        return Sound(where, self.label() if page else "", len(self._pages), muted)

    # --- time -------------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """To be called every 250 ms while there are pages: renews the lease, takes it from a page that hangs."""
        play = self._play
        if (
            play is not None
            and play.due_since is not None
            and now - play.due_since >= HANG_MS
            and self.holder is not None
        ):
            page = self._pages[self.holder]
            page.hung_at, page.spoke = now, False
            self._elect(now)
        for page in self._pages.values():
            if page.hung_at is not None and page.spoke and now - page.hung_at >= FORGIVE_MS:
                page.hung_at = None
                self._elect(now)
        if self.holder is not None and now - self._renewed >= RENEW_MS - 5:
            self._renewed = now
            self._lease(self.holder)

    # --- the line ---------------------------------------------------------------------------------------------------

    def begin(self, line: int, at_ms: int) -> None:
        """Open a line at the holder, from `at_ms` (a whole number of frames) on."""
        if self.holder is None:
            return
        self._play = _Play(line, at_ms, at_ms, at_ms)
        self._say(self.holder, {"begin": {"line": line, "generation": self.generation, "at": at_ms}})

    def frame(self, samples: bytes, now: float) -> None:
        """20 ms of the open line. Without one (stopped, lost) it is dropped."""
        play = self._play
        if play is None or self.holder is None or play.total_ms is not None:
            return
        at = play.sent_ms
        header = HEADER.pack(
            FRAME_VERSION, KIND_S16LE, self.track, play.line, at // FRAME_MS, at, self.generation,
        )  # fmt: skip
        play.sent_ms = at + FRAME_MS
        if play.due_since is None:
            play.due_since = now
        self.sends.append((self.holder, header + samples))

    def finish(self, now: float) -> None:
        play = self._play
        if play is None or self.holder is None or play.total_ms is not None:
            return
        play.total_ms = play.sent_ms
        if play.due_since is None:
            play.due_since = now
        finish = {"line": play.line, "generation": self.generation, "total": play.total_ms}
        self._say(self.holder, {"finish": finish})

    def stop(self, fade_ms: int, now: float) -> None:
        """Raise the generation: nothing sent before may sound from here on, nothing older is sent any more."""
        self._play = None
        self.generation += 1
        if self.holder is not None:
            self.stopped_at = {self.generation: now}
            self._say(self.holder, {"stop": {"generation": self.generation, "fade": fade_ms}})

    def duck(self, *, on: bool) -> None:
        if on != self._ducked:
            self._ducked = on
            if self.holder is not None:
                self._say(self.holder, {"duck": {"on": on}})

    def tone(self, hz: int, ms: int) -> bool:
        """Whether there was a page to play it."""
        if self.holder is None:
            return False
        self._say(self.holder, {"tone": {"hz": hz, "ms": ms}})
        return True

    # --- reports ----------------------------------------------------------------------------------------------------

    def heard(self, page: int, at: Position, now: float, *, ended: bool = False) -> Progress | None:
        """A report of the holder about the open line, kept within what was sent; anything else is ignored."""
        play = self._play
        if play is None or page != self.holder or at.generation != self.generation or at.line != play.line:
            return None
        play.heard_ms = max(play.heard_ms, min(_ms(at.ms), play.sent_ms))
        play.under_ms = max(play.under_ms, min(_ms(at.under), 3_600_000))
        over = play.total_ms is not None and (ended or play.heard_ms >= play.total_ms)
        play.due_since = now if play.heard_ms < play.sent_ms else None
        if over:
            self._play = None
        return Progress(play.line, play.heard_ms, play.under_ms, over)

    def silent(self, page: int, at: Position, now: float) -> float | None:
        """Milliseconds from the order to stop until the holder was quiet."""
        since = self.stopped_at.pop(_ms(at.generation), None)
        return now - since if since is not None and page == self.holder else None

    # --- words ------------------------------------------------------------------------------------------------------

    def _lease(self, page: int) -> None:
        holder = page == self.holder
        lease = {
            "track": self.track,
            "holder": holder,
            "generation": self.generation,
            "epoch": self.epoch,
            "ttl": TTL_MS,
        }
        self._say(page, {"lease": lease})

    def _say(self, page: int, message: dict[str, object]) -> None:
        self.sends.append((page, msgspec.json.encode(message).decode()))


def _ms(value: float) -> int:
    """A page's number as whole milliseconds from 0 up; whatever it sent."""
    return int(min(MAX_NUMBER, max(0.0, value)))  # in this order NaN becomes 0
