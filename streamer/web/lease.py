"""Which page may sound, and what each page is told: the server's half of `/ws/sink`, without a socket or a clock.

Every method takes what happened (and the time in milliseconds), changes the state and leaves messages in `sends`, which
the caller writes to the pages in that order. See docs/overlay-protocol.md.
"""

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from streamer.ports import FRAME_MS
from streamer.web.sinkwords import Hello, Holder, Position, Sound, Trouble

TTL_MS = 750
RENEW_MS = 250
HANG_MS = 1000
FORGIVE_MS = 5000
"""A page that hung and answers again may hold after this long."""
IDLE_RENEW_MS = 2000
"""How often a page that does not play hears that the show is still there."""
KEPT = 50
"""Frames kept for a page that joins within a line: more than is ever sent ahead."""
FRAME_VERSION = 1
KIND_S16LE = 1
HEADER = struct.Struct("<BBHQIII")
"""version, kind, track, line, seq, at_ms, generation: 24 bytes before the samples."""
MAX_NUMBER = 2**53


@dataclass
class _Page:
    id: int
    kind: str
    hello: Hello
    running: bool
    outranked: bool
    """It has seen a later holder of the show than this one: it would ignore everything said here."""
    hung_at: float | None = None
    spoke: bool = True
    """It said something after it had hung."""
    along: bool = False
    """It plays what the holder plays."""
    ducked: bool = False
    """What it was told last."""

    @property
    def obs(self) -> bool:
        return self.hello.obs

    @property
    def able(self) -> bool:
        return self.running and self.hung_at is None and not self.outranked

    @property
    def label(self) -> str:
        return f"{self.kind} page in OBS" if self.obs else f"{self.kind} page in a browser"


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
    heard_at: float | None = None
    kept: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=KEPT))
    """(at_ms, frame) of what was sent last."""

    def live_ms(self, now: float) -> int:
        """Where the holder is, as far as one can know here: a whole number of frames."""
        at = float(self.heard_ms)
        if self.heard_at is not None and self.due_since is not None:
            at += max(0.0, now - self.heard_at)
        return max(self.first_ms, int(min(at, self.sent_ms)) // FRAME_MS * FRAME_MS)


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
    _greeted: float = 0.0
    stopped_at: dict[int, float] = field(default_factory=dict)
    """Generation -> when the holder was told to be silent; until it answers."""

    # --- pages ------------------------------------------------------------------------------------------------------

    def join(self, page: int, kind: str, hello: Hello, now: float) -> None:
        """`page` is a number the caller never uses twice; a smaller one came earlier."""
        self._pages[page] = _Page(page, kind, hello, hello.audio == "running", hello.epoch > self.epoch)
        self._say(page, {"hello": {"epoch": self.epoch, "build": self.build}})
        self._changed(page, now)

    def leave(self, page: int, now: float) -> None:
        if self._pages.pop(page, None) is not None:
            self._changed(None, now)

    def audio(self, page: int, *, running: bool, now: float) -> None:
        known = self._pages.get(page)
        if known is not None and known.running != running:
            known.running = running
            self._changed(page, now)

    def alive(self, page: int) -> None:
        """A page said something."""
        known = self._pages.get(page)
        if known is not None:
            known.spoke = True

    def _changed(self, page: int | None, now: float) -> None:
        """Something about a page is different: choose again who plays; that page hears how it stands in any case."""
        told = len(self.sends)
        self._elect(now)
        self._choose_along(now)
        said = (what for to, what in self.sends[told:] if to == page and isinstance(what, str))
        if page is not None and not any('"lease"' in what for what in said):
            self._lease(page)

    def _rank(self, page: _Page) -> tuple[bool, bool, bool, int]:
        """Higher is better: inside OBS, then whoever holds, then pages made for it, then whoever came first."""
        return page.obs, page.id == self.holder, not page.hello.monitor, -page.id

    def _elect(self, now: float) -> None:
        """Give the lease to the best page."""
        able = [page for page in self._pages.values() if page.able and page.hello.monitor is not True]
        best = max(able, key=self._rank).id if able else None
        if best == self.holder:
            return
        old, self.holder = self.holder, best
        self.generation += 1
        self._play = None
        self.stopped_at.clear()
        if old in self._pages:
            self._say(old, {"stop": {"generation": self.generation, "fade": 15}})
            self._lease(old)
        if best is not None:
            self._pages[best].along = False
            self._lease(best)
            self._duck(best)
            self._renewed = now
        for page in self._pages.values():
            if page.along:
                self._lease(page.id)

    def _choose_along(self, now: float) -> None:
        """Which pages play along: one for each browser, none inside OBS, where viewers would hear it twice."""
        holder = self._pages.get(self.holder) if self.holder is not None else None
        taken = {holder.hello.browser} if holder is not None and not holder.obs else set[str]()
        for page in sorted(self._pages.values(), key=lambda page: page.id):
            wants = page.able and bool(page.hello.monitor) and not page.obs and page is not holder
            along = wants and (not page.hello.browser or page.hello.browser not in taken)
            if along:
                taken.add(page.hello.browser)
            if along != page.along:
                page.along = along
                self._lease(page.id)
                if along:
                    self._catch_up(page.id, now)

    def _catch_up(self, page: int, now: float) -> None:
        """Let a page join the open line where it is."""
        self._duck(page)
        play = self._play
        if play is None:
            return
        at = play.live_ms(now)
        kept = [(at_ms, frame) for at_ms, frame in play.kept if at_ms >= at]
        begin_at = kept[0][0] if kept else play.sent_ms
        self._say(page, {"begin": {"line": play.line, "generation": self.generation, "at": begin_at}})
        self.sends += [(page, frame) for _, frame in kept]
        if play.total_ms is not None:
            finish = {"line": play.line, "generation": self.generation, "total": play.total_ms}
            self._say(page, {"finish": finish})

    def _playing(self) -> Iterator[int]:
        """The holder, then the pages that play along; nobody without a holder."""
        if self.holder is not None:
            yield self.holder
            yield from (page.id for page in self._pages.values() if page.along)

    def plays(self, page: int) -> bool:
        """Whether this page sounds when a line is on."""
        return page == self.holder or (page in self._pages and self._pages[page].along)

    def label(self) -> str:
        """How people call the page that holds."""
        page = self._pages.get(self.holder) if self.holder is not None else None
        return "no page" if page is None else page.label

    def label_of(self, page: int) -> str:
        """How people call a page that is there."""
        return self._pages[page].label

    def sound(self) -> Sound:
        pages = self._pages.values()
        page = self._pages.get(self.holder) if self.holder is not None else None
        muted = sum(not page.running for page in pages)
        along = sum(page.along for page in pages)
        count = len(pages)
        if page is None:
            return Sound("nobody", "", count, muted, None, along, count - muted - along, self._silent_because())
        where = "obs" if page.obs else "tab"
        holder = Holder(where, page.label, page.kind, page.hello.browser)
        others = count - muted - along - 1
        return Sound(where, page.label, count, muted, holder, along, others, self._warning(page))

    def _silent_because(self) -> Trouble:
        if any(page.hung_at is not None for page in self._pages.values()):
            return "hung"
        could = [page for page in self._pages.values() if page.hello.monitor is not True]
        return "muted" if any(not page.running for page in could) else "nobody"

    def _warning(self, holder: _Page) -> Trouble:
        inside = [page for page in self._pages.values() if page.obs and not page.outranked]
        if not holder.obs and any(not page.able for page in inside):
            return "muted_obs"
        if sum(page.able for page in inside) > 1:
            return "two_obs"
        return "two" if not holder.obs and any(page.along for page in self._pages.values()) else ""

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
            self._changed(None, now)
        for page in self._pages.values():
            if page.hung_at is not None and page.spoke and now - page.hung_at >= FORGIVE_MS:
                page.hung_at = None
                self._changed(None, now)
        self._renew(now)

    def _renew(self, now: float) -> None:
        if now - self._renewed >= RENEW_MS - 5:
            self._renewed = now
            for page in tuple(self._playing()):
                self._lease(page)
        if now - self._greeted >= IDLE_RENEW_MS - 5:
            self._greeted = now
            for page in self._pages:
                if page not in self._playing():
                    self._lease(page)

    # --- the line ---------------------------------------------------------------------------------------------------

    def begin(self, line: int, at_ms: int) -> None:
        """Open a line at the holder, from `at_ms` (a whole number of frames) on."""
        if self.holder is None:
            return
        self._play = _Play(line, at_ms, at_ms, at_ms)
        self._tell({"begin": {"line": line, "generation": self.generation, "at": at_ms}})

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
        frame = header + samples
        play.kept.append((at, frame))
        self.sends += [(page, frame) for page in self._playing()]

    def finish(self, now: float) -> None:
        play = self._play
        if play is None or self.holder is None or play.total_ms is not None:
            return
        play.total_ms = play.sent_ms
        if play.due_since is None:
            play.due_since = now
        finish = {"line": play.line, "generation": self.generation, "total": play.total_ms}
        self._tell({"finish": finish})

    def stop(self, fade_ms: int, now: float) -> None:
        """Raise the generation: nothing sent before may sound from here on, nothing older is sent any more."""
        self._play = None
        self.generation += 1
        if self.holder is not None:
            self.stopped_at = {self.generation: now}
        self._tell({"stop": {"generation": self.generation, "fade": fade_ms}})

    def duck(self, *, on: bool) -> None:
        if on != self._ducked:
            self._ducked = on
            for page in self._playing():
                self._duck(page)

    def tone(self, hz: int, ms: int, to: Literal["holder", "monitor"] = "holder", page: int | None = None) -> set[int]:
        """Let the holder, the pages that play along, or `page` play a tone; the pages that were asked."""
        if page is not None:
            asked = {page} & set(self._pages)
        elif to == "holder":
            asked = set[int]() if self.holder is None else {self.holder}
        else:
            asked = {known.id for known in self._pages.values() if known.along}
        for each in sorted(asked):
            self._say(each, {"tone": {"hz": hz, "ms": ms}})
        return asked

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
        play.heard_at = now
        if over:
            self._play = None
        return Progress(play.line, play.heard_ms, play.under_ms, over)

    def silent(self, page: int, at: Position, now: float) -> float | None:
        """Milliseconds from the order to stop until the holder was quiet."""
        since = self.stopped_at.pop(_ms(at.generation), None) if page == self.holder else None
        return None if since is None else now - since

    # --- words ------------------------------------------------------------------------------------------------------

    def _lease(self, page: int) -> None:
        lease: dict[str, object] = {
            "track": self.track,
            "holder": page == self.holder,
            "generation": self.generation,
            "epoch": self.epoch,
            "ttl": TTL_MS,
        }
        if self._pages[page].along:
            lease["monitor"] = True
        self._say(page, {"lease": lease})

    def _duck(self, page: int) -> None:
        known = self._pages[page]
        if known.ducked != self._ducked:
            known.ducked = self._ducked
            self._say(page, {"duck": {"on": self._ducked}})

    def _tell(self, message: dict[str, object]) -> None:
        for page in self._playing():
            self._say(page, message)

    def _say(self, page: int, message: dict[str, object]) -> None:
        self.sends.append((page, msgspec.json.encode(message).decode()))


def _ms(value: float) -> int:
    """A page's number as whole milliseconds from 0 up; whatever it sent."""
    return int(min(MAX_NUMBER, max(0.0, value)))  # in this order NaN becomes 0
