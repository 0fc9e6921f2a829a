"""The microphone in a page of the panel: `/ws/ear`. One page has it at a time, the newest one that asks.

The page says hello, then sends a frame for each 20 ms: a header of 8 bytes (u8 version, u8 flags, u16 reserved,
u32 sequence, little-endian) and 640 bytes of s16le mono at 16,000 Hz. While it is muted, or its push-to-talk key is up,
it sends none, and only says once a second that it is there. What is late is not repaired; what is missing is counted.
"""

import asyncio
import struct
from collections.abc import Callable
from time import monotonic
from typing import Annotated, Literal

import msgspec
from aiohttp import WSMsgType, web

from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ
from streamer.web.grants import Grant
from streamer.web.links import GOING_AWAY, POLICY, REPLACED, REVOKED, Link, text_frame
from streamer.web.metrics import Metrics
from streamer.web.operate import Bucket

HELLO_WITHIN_S = 5.0
PING_S = 15.0
MESSAGE_BYTES = 4096
SILENT_S = 2.0
"""A page that said nothing for so long is gone, also when its connection still stands."""
LOOK_S = 0.5
TEXTS_PER_S, TEXTS_BURST = 10.0, 40.0
FRAMES_PER_S, FRAMES_BURST = 60.0, 600.0
"""A browser that hung for ten seconds sends what it has at once."""
STALLED = 4001
"""Closing code: nothing came any more."""

EAR_HEADER = struct.Struct("<BBHI")
EAR_VERSION = 1
HELD = 1

State = Literal["open", "muted", "deaf", "replaced"]
Text = Annotated[str, msgspec.Meta(max_length=300)]


class EarHello(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """`label`: what the browser calls the microphone; `aec` and `ns`: whether it cancels echo and suppresses noise;
    `rate`: what it plays sound at, for whoever looks for the cause of a bad sound."""

    page: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    label: Text = ""
    aec: bool = False
    ns: bool = False
    rate: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] = EAR_RATE_HZ


class EarHere(msgspec.Struct, frozen=True, tag_field="type", tag="here"):
    """The page is there. `heard`: its microphone gives sound."""

    heard: bool = True


_decoder = msgspec.json.Decoder(EarHello | EarHere)


class _Rude(Exception):
    """What came is nothing a page of ours sends."""


class EarRoom:
    """Holds the one page that may speak for the host. Everything but `serve` is synchronous.

    `on_frame` gets each frame in order while the state is open, `on_push` push-to-talk as it is pressed and let go in
    the page (also while the ear is deaf: whoever presses means it), `on_change` says that a page took the microphone,
    took another one, or left. They may be set later.
    """

    def __init__(
        self,
        on_frame: Callable[[bytes], None] = lambda _frame: None,
        on_push: Callable[[bool], None] = lambda _on: None,
        on_change: Callable[[], None] = lambda: None,
        *,
        metrics: Metrics | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        metrics = metrics or Metrics()
        self.on_frame = on_frame
        self.on_push = on_push
        self.on_change = on_change
        self._now = now
        self._links: dict[int, Link] = {}
        self._count = 0
        self._holder = 0
        self._hello: EarHello | None = None
        self._state: Literal["open", "muted", "deaf"] = "open"
        self._push_to_talk = False
        self._pressed = False
        self._held = False
        self._last: int | None = None
        self._spoke = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.frames = 0
        self.gaps = 0
        """Frames that are missing by their numbers, since the room was made."""
        self._told = metrics.counter("ear_frames_total", "Frames of 20 ms that came from the host's microphone")
        self._lost = metrics.counter("ear_gaps_total", "Frames of the host's microphone that are missing")
        self._rude = metrics.counter("ear_refused_total", "Pages whose connection was closed for what they sent")

    # --- what the show sees and says ----------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether a page has the microphone."""
        return self._hello is not None

    @property
    def microphone(self) -> EarHello | None:
        """What the page said about its microphone; None without a page. The label is a stranger's text."""
        return self._hello

    @property
    def held(self) -> bool:
        """Whether push-to-talk is held down in the page."""
        return self._held

    def say(
        self, state: Literal["open", "muted", "deaf"], *, push_to_talk: bool = False, pressed: bool = False
    ) -> None:
        """How the ear is from here on. `push_to_talk`: the page sends only while the key is down; `pressed`: it is
        held down from outside (a deck), as if in the page."""
        if (state, push_to_talk, pressed) != (self._state, self._push_to_talk, self._pressed):
            self._state, self._push_to_talk, self._pressed = state, push_to_talk, pressed
            if state == "muted":
                self._hold(on=False)
            self._tell(self._holder, state)

    def revoke(self, grant: str) -> None:
        """Close the pages that came in with this grant."""
        for number, link in tuple(self._links.items()):
            if link.grant == grant:
                link.close(REVOKED)
                self._leave(number)

    def close(self, *, wait_s: float) -> None:
        """Say goodbye to every page."""
        self._leave(self._holder)
        for link in tuple(self._links.values()):
            link.close(GOING_AWAY, wait_s=wait_s)

    # --- sockets ------------------------------------------------------------------------------------------------------

    async def serve(self, request: web.Request, grant: Grant) -> web.WebSocketResponse:
        """One page, from its hello to its end. Who may come in was decided before."""
        ws = web.WebSocketResponse(compress=False, heartbeat=PING_S, max_msg_size=MESSAGE_BYTES, timeout=1.0)
        await ws.prepare(request)
        link = Link.of(request, grant=grant.id)
        self._count += 1
        number = self._count
        self._links[number] = link
        texts, frames = Bucket(TEXTS_PER_S, TEXTS_BURST), Bucket(FRAMES_PER_S, FRAMES_BURST)
        try:
            self._join(number, _hello(await ws.receive(HELLO_WITHIN_S)))
            async for message in ws:
                if link.closing or number != self._holder:
                    continue
                now = self._spoke = self._now()
                if message.type is WSMsgType.BINARY and not frames.take(now):
                    self._frame(message.data)
                elif message.type is WSMsgType.TEXT and not texts.take(now):
                    self._read(number, message.data)
                else:
                    raise _Rude
        except (_Rude, TimeoutError):
            self._rude.add()
            link.close(POLICY)
            self._leave(number)
            async for _ in ws:  # until it has read the goodbye, or is cut off
                pass
        finally:
            link.gone()
            self._links.pop(number, None)
            self._leave(number)
        return ws

    def _join(self, number: int, hello: EarHello) -> None:
        link = self._links[number]
        if link.closing:
            return
        before, self._holder = self._holder, number
        if before in self._links:
            self._tell(before, "replaced")
            self._links[before].close(REPLACED)
        self._hold(on=False)
        self._hello, self._last, self._spoke = hello, None, self._now()
        self._tell(number, self._state)
        if self._timer is None:
            self._look()
        self.on_change()

    def _leave(self, number: int) -> None:
        if number != self._holder or self._hello is None:
            return
        self._holder, self._hello, self._last = 0, None, None
        self._hold(on=False)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.on_change()

    def _read(self, number: int, data: str) -> None:
        """Another hello of the same page: it took another microphone."""
        message = _decode(data)
        if isinstance(message, EarHello):
            self._hello, self._last = message, None
            self._tell(number, self._state)
            self.on_change()

    def _frame(self, data: bytes) -> None:
        if len(data) != EAR_HEADER.size + EAR_FRAME_BYTES:
            raise _Rude
        version, flags, _, sequence = EAR_HEADER.unpack_from(data)
        if version != EAR_VERSION:
            raise _Rude
        if self._last is not None:
            missing = (sequence - self._last - 1) & 0xFFFF_FFFF
            if missing >= 1 << 31:  # TCP keeps the order: this one was sent twice
                return
            if missing:
                self.gaps += missing
                self._lost.add(missing)
        self._last = sequence
        self.frames += 1
        self._told.add()
        if self._state != "muted":
            self._hold(on=bool(flags & HELD))
        if self._state == "open":
            self.on_frame(data[EAR_HEADER.size :])

    def _hold(self, *, on: bool) -> None:
        if on != self._held:
            self._held = on
            self.on_push(on)

    def _tell(self, number: int, state: State) -> None:
        link = self._links.get(number)
        if link is not None:
            message = {"type": "state", "state": state, "push_to_talk": self._push_to_talk, "pressed": self._pressed}
            link.write(text_frame(msgspec.json.encode(message)))

    def _look(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        if self._now() - self._spoke > SILENT_S:
            number = self._holder
            self._links[number].close(STALLED)
            self._leave(number)


def _decode(data: str) -> EarHello | EarHere:
    try:
        return _decoder.decode(data)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError):
        raise _Rude from None


def _hello(message: object) -> EarHello:
    data = getattr(message, "data", None)
    hello = _decode(data) if isinstance(data, str) else None
    if not isinstance(hello, EarHello):
        raise _Rude
    return hello
