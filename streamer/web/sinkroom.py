"""The pages that can sound: `/ws/sink` around a `Lease`. To a track it is one outlet whose player comes and goes."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Literal

import msgspec
from aiohttp import WSMsgType, web

from streamer.ports import Heard, Unavailable
from streamer.web.lease import RENEW_MS, Lease
from streamer.web.links import GOING_AWAY, POLICY, REPLACED, REVOKED, Link, binary_frame, text_frame
from streamer.web.metrics import Metrics
from streamer.web.sinkwords import Hello, PageMessage, Position, Sound

log = logging.getLogger(__name__)

HELLO_WITHIN_S = 5.0
PING_S = 15.0
MESSAGE_BYTES = 4096
TONE_WITHIN_S = 3.0

_decoder = msgspec.json.Decoder(PageMessage)


class NoAnswer(Unavailable):
    """The page was asked and said nothing."""


class SinkRoom:
    """Holds the pages and the lease. Everything but `serve` and `tone` is synchronous and writes at once.

    `epoch` must be higher than that of every earlier holder of the same show; `now` is in seconds.
    """

    page = True

    def __init__(self, *, epoch: int, metrics: Metrics | None = None, now: Callable[[], float] = monotonic) -> None:
        metrics = metrics or Metrics()
        self._lease = Lease(epoch=epoch)
        self._now = now
        self._links: dict[int, Link] = {}
        self._ids: dict[str, int] = {}
        self._count = 0
        self._on_change: list[Callable[[], None]] = []
        self._on_heard: Callable[[Heard], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tones: list[tuple[set[int], asyncio.Future[int]]] = []
        self._last_holder: int | None = None
        self._sound = Sound("nobody")
        self.on_sound: Callable[[Sound], None] = lambda _sound: None
        """Called when pages come, go, are allowed to sound, or another one plays."""
        self.on_silent: Callable[[float], None] = lambda _ms: None
        """Called when the page said that it is quiet: milliseconds since it was told to be."""
        self.on_level: Callable[[float], None] = lambda _db: None
        """Called with what the page that plays measured of its own sound, dB below full scale."""
        self.silent_after_ms: float | None = None
        """What `on_silent` said last."""
        self._bad = metrics.counter("sink_bad_messages_total", "Messages of pages that could not be read")
        self._frames = metrics.counter("sink_frames_total", "Frames of 20 ms sent to pages")
        self._quiet = metrics.histogram("sink_stop_ms", "From a stop to silence at the page, milliseconds")
        metrics.gauge("sink_pages", "Pages that can play sound", lambda: len(self._links))

    @property
    def build(self) -> str:
        """Build id of the overlays, told to every page."""
        return self._lease.build

    @build.setter
    def build(self, build: str) -> None:
        self._lease.build = build

    # --- the outlet -------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self._lease.label()

    @property
    def player(self) -> str | None:
        holder = self._lease.holder
        return None if holder is None else f"page {holder}"

    @property
    def sound(self) -> Sound:
        return self._sound

    def listen(self, on_change: Callable[[], None]) -> None:
        self._on_change.append(on_change)

    def play(self, line: int, at_ms: int, on_heard: Callable[[Heard], None]) -> None:
        self._on_heard = on_heard
        self._lease.begin(line, at_ms)
        self._flush()

    def push(self, frame: bytes) -> None:
        self._lease.frame(frame, self._ms())
        self._frames.add()
        self._flush()

    def end(self) -> None:
        self._lease.finish(self._ms())
        self._flush()

    def stop(self, fade_ms: int) -> None:
        self._on_heard = None
        self._lease.stop(fade_ms, self._ms())
        self._flush()

    def duck(self, on: bool) -> None:  # noqa: FBT001
        self._lease.duck(on=on)
        self._flush()

    async def tone(
        self, hz: int = 440, ms: int = 400, *, to: Literal["holder", "monitor"] = "holder", page: str = ""
    ) -> str:
        """Play a test tone at the page that holds the lease, at those that play along, or at the page that called
        itself `page`; the name of the first that played it. Unavailable without a page, NoAnswer when it is mute."""
        asked = self._lease.tone(hz, ms, to, self._ids.get(page, 0) if page else None)
        if not asked:
            raise Unavailable("no page plays sound")
        toned: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        waiting = (asked, toned)
        self._tones.append(waiting)
        self._flush()
        try:
            async with asyncio.timeout(ms / 1000 + TONE_WITHIN_S):
                return self._lease.label_of(await toned)
        except (TimeoutError, KeyError):
            raise NoAnswer("the page did not answer") from None
        finally:
            self._tones.remove(waiting)

    # --- sockets ----------------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request, kind: str, grant: str) -> web.WebSocketResponse:
        """One page, from its hello to its end. Who may come in was decided before."""
        ws = web.WebSocketResponse(compress=False, heartbeat=PING_S, max_msg_size=MESSAGE_BYTES, timeout=1.0)
        await ws.prepare(request)
        link = Link.of(request, grant=grant)
        self._count += 1
        number = self._count
        self._links[number] = link
        said_hello = ""
        try:
            hello = await self._hello(ws)
            if hello is None:
                link.close(POLICY)
            else:
                said_hello = hello.page
                self._join(number, kind, hello)
            async for message in ws:
                if message.type is WSMsgType.TEXT and not link.closing:
                    self._said(number, message.data)
        finally:
            link.gone()
            self._links.pop(number, None)
            if self._ids.get(said_hello) == number:
                del self._ids[said_hello]
            self._lease.leave(number, self._ms())
            self._flush()
        return ws

    async def _hello(self, ws: web.WebSocketResponse) -> Hello | None:
        try:
            message = await ws.receive(HELLO_WITHIN_S)
        except TimeoutError:
            return None
        if message.type is not WSMsgType.TEXT:
            return None
        try:
            return _decoder.decode(message.data).hello
        except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError):
            self._bad.add()
            return None

    def _join(self, number: int, kind: str, hello: Hello) -> None:
        earlier = self._ids.get(hello.page)
        self._ids[hello.page] = number
        if earlier is not None:
            self._lease.leave(earlier, self._ms())
            self._links[earlier].close(REPLACED)
        self._lease.join(number, kind, hello, self._ms())
        self._flush()
        if self._timer is None:
            self._tick()

    def _said(self, number: int, data: str) -> None:
        try:
            message = _decoder.decode(data)
        except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError):
            self._bad.add()
            return
        self._lease.alive(number)
        if message.audio is not None:
            self._lease.audio(number, running=message.audio == "running", now=self._ms())
        if message.heard is not None:
            self._progress(number, message.heard, ended=False)
        if message.ended is not None:
            self._progress(number, message.ended, ended=True)
        if message.silent is not None:
            took = self._lease.silent(number, message.silent, self._ms())
            if took is not None:
                self.silent_after_ms = took
                self._quiet.observe(took)
                self.on_silent(took)
        if message.toned is not None:
            for asked, toned in self._tones:
                if number in asked and not toned.done():
                    toned.set_result(number)
        self._flush()

    def _progress(self, number: int, at: Position, *, ended: bool) -> None:
        progress = self._lease.heard(number, at, self._ms(), ended=ended)
        if progress is None or self._on_heard is None:
            return
        on_heard = self._on_heard
        if at.level is not None:
            self.on_level(at.level)
        if progress.ended:
            self._on_heard = None
        on_heard(Heard(progress.line, progress.ms, ended=progress.ended, underrun_ms=progress.under_ms))

    # --- shell ------------------------------------------------------------------------------------------------------

    def _ms(self) -> float:
        return self._now() * 1000

    def _flush(self) -> None:
        """Write what the lease wants said; tell the track when the player is another one, and others what changed."""
        sends, self._lease.sends = self._lease.sends, []
        for number, message in sends:
            link = self._links.get(number)
            if link is not None:
                link.write(text_frame(message.encode()) if isinstance(message, str) else binary_frame(message))
        if self._lease.holder != self._last_holder:
            self._last_holder = self._lease.holder
            self._on_heard = None
            for on_change in tuple(self._on_change):
                on_change()
        sound = self._lease.sound()
        if sound != self._sound:
            self._sound = sound
            self.on_sound(sound)

    def _tick(self) -> None:
        self._timer = None
        if not self._links:
            return
        self._timer = asyncio.get_running_loop().call_later(RENEW_MS / 1000, self._tick)
        self._lease.tick(self._ms())
        self._flush()

    def revoke(self, grant: str) -> None:
        """Close the pages that came in with this grant."""
        for number, link in tuple(self._links.items()):
            if link.grant == grant:
                self._lease.leave(number, self._ms())
                link.close(REVOKED)
        self._flush()

    def close(self, *, wait_s: float) -> None:
        """Silence, then say goodbye to every page."""
        self.stop(15)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for link in tuple(self._links.values()):
            link.close(GOING_AWAY, wait_s=wait_s)
