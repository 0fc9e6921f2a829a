"""The Twitch chat on a real socket: keeps one connection, makes the next before the last is gone, reports how it is."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streamer.adapters.chat.common.buffer import Buffer, is_done
from streamer.adapters.chat.common.clock import Clock, LoopClock
from streamer.adapters.chat.common.seen import Seen
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.twitch_irc.rows import Rows
from streamer.adapters.chat.twitch_irc.session import URL, Allowance, End, Session, Timing, channel_name
from streamer.ports import ChatRow, Health, HealthState, Misconfigured, Notice

if TYPE_CHECKING:
    from aiohttp import ClientSession, ClientWebSocketResponse

log = logging.getLogger(__name__)

_FRAME_MAX = 1 << 20
_KEPT_IDS = 4096


class TwitchIrc:
    """A ChatSource. `rows()` is read once; `ChatRow.at` is seconds since then, by Twitch's own stamps.

    Rows wait in a buffer of `buffer_max`; when nobody reads, the oldest that take nothing back are dropped and counted.
    """

    name = "chat.twitch"

    def __init__(
        self,
        channel: str,
        url: str = URL,
        *,
        clock: Clock | None = None,
        draw: Callable[[], float] = random.random,
        timing: Timing | None = None,
        allowance: Allowance | None = None,
        buffer_max: int = 10_000,
    ) -> None:
        """`draw` gives a number in [0, 1). Raises Misconfigured for a name or an address that cannot be right."""
        self.channel = channel_name(channel)
        parts = urlsplit(url)
        if parts.scheme not in {"ws", "wss"} or not parts.hostname:
            raise Misconfigured("irc_url is not a WebSocket address", fix=f"use ws:// or wss://, such as {URL}")
        self._url = url
        self._loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        self._clock = clock or LoopClock()
        self._draw = draw
        self._timing = timing or Timing()
        self._allowance = allowance or Allowance()
        self._buffer = Buffer(buffer_max)
        self._rows = Rows()
        self._seen = Seen(_KEPT_IDS)
        self._session: Session | None = None
        self._pump: asyncio.Task[None] | None = None
        self._origin = 0.0
        self.unread = Unread()
        self._retries = 0
        self._was_joined = False
        self._last_end: End = ""
        self._closed = False

    async def rows(self) -> AsyncIterator[ChatRow]:
        if self._pump is not None:
            raise RuntimeError("the rows of a chat are read once")
        if self._closed:
            return
        self._origin = self._clock.now()
        pump = self._pump = asyncio.create_task(self._run(), name=self.name)
        self._buffer.watch(pump)
        try:
            while (row := await self._buffer.next(lambda: is_done(pump))) is not None:
                yield row
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        self._closed = True
        if self._pump is not None and not self._pump.done():
            self._pump.cancel()
            await asyncio.wait({self._pump})

    def health(self) -> Health:
        session = self._session
        state, code, fix = self._judged(session)
        bad = self.unread.count
        if state == "ok" and bad:
            code = "chat.malformed"
        params: dict[str, str | int | float] = {
            "channel": self.channel,
            "unparsed": bad,
            "bad": bad,
            "dropped": self._buffer.dropped,
            "retries": self._retries,
        }
        latency = session.latency_ms if session is not None else None
        return Health(self.name, state, Notice(code, params, fix), latency)

    def _judged(self, session: Session | None) -> tuple[HealthState, str, str]:
        if self._pump is None or self._closed:
            return "off", "chat.closed" if self._closed else "chat.off", ""
        if session is not None and session.notice:
            return "broken", "chat.channel_unreadable", "fix.choose_channel"
        if session is not None and session.missing:
            return "broken", "chat.no_such_channel", "chat.eventsub.no_channel.fix"
        if session is not None and session.joined:
            return "ok", "chat.ok", ""
        if self._last_end == "refused":
            return "broken", "chat.login_refused", "fix.twitch.sign_in_or_wait"
        if self._last_end == "no_capabilities":
            return "broken", "chat.no_capabilities", "fix.twitch.irc_url"
        if self._was_joined and self._retries <= 5:
            return "degraded", "chat.reconnecting", ""
        if self._retries > 2:
            return "broken", "chat.unreachable", "fix.twitch.irc_network"
        return "starting", "chat.connecting", ""

    # --- connections --------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        from aiohttp import ClientSession, ClientTimeout

        timeout = ClientTimeout(total=None, sock_connect=self._timing.welcome_s)
        async with ClientSession(timeout=timeout, trust_env=not self._loopback) as http, asyncio.TaskGroup() as tasks:
            while True:
                await self._clock.sleep(self._allowance.wait_s(self._clock.now()))
                nick = f"justinfan{10_000 + int(self._draw() * 90_000)}"
                session = Session(self.channel, nick, self._rows, self._timing, self._allowance, self.unread)
                moved = asyncio.Event()
                task = tasks.create_task(self._serve(http, session, moved))
                waiter = tasks.create_task(moved.wait())
                await asyncio.wait({task, waiter}, return_when=asyncio.FIRST_COMPLETED)
                waiter.cancel()
                await self._between(session)

    async def _between(self, session: Session) -> None:
        """Wait before the next connection: a moment after a good one, longer and longer while nothing works."""
        self._last_end = "reconnect" if session.leaving else session.ended
        self._was_joined = self._was_joined or session.joined
        lasted = session.joined and self._now() - session.began >= self._timing.stable_s
        self._retries = 0 if lasted else self._retries + 1
        if session.leaving and session.joined:
            return
        timing = self._timing
        longest = min(timing.retry_max_s, timing.retry_min_s * 2.0 ** min(self._retries, 16))
        if session.ended == "refused":
            longest = timing.retry_max_s
        await self._clock.sleep(longest * (0.5 + 0.5 * self._draw()))

    async def _serve(self, http: "ClientSession", session: Session, moved: asyncio.Event) -> None:
        """One connection from first to last byte. Its end is in `session.ended`."""
        from aiohttp import ClientError, ClientWSTimeout

        watch: asyncio.Task[None] | None = None
        try:
            patience = ClientWSTimeout(ws_close=0.5)  # pyright: ignore[reportCallIssue] - an attrs class it cannot read
            async with (
                asyncio.timeout(self._timing.welcome_s) as opening,
                http.ws_connect(self._url, max_msg_size=_FRAME_MAX, compress=0, timeout=patience) as ws,
            ):
                opening.reschedule(None)
                for line in session.begin(self._now()):
                    await ws.send_str(line + "\r\n")
                self._session = session
                watch = asyncio.create_task(self._watch(ws, session))
                await self._read(ws, session, moved)
        except (ClientError, OSError, TimeoutError, ValueError):  # ValueError: a redirect to no address
            pass
        except Exception as wrong:  # noqa: BLE001 - a fault of ours costs one connection, not the chat
            log.error("%s stumbled: %s", self.name, type(wrong).__name__)  # noqa: TRY400 - no user text in a log
        finally:
            if watch is not None:
                watch.cancel()
                await asyncio.wait({watch})
            if self._session is session:
                self._session = None
            session.ended = session.ended or "lost"

    async def _read(self, ws: "ClientWebSocketResponse", session: Session, moved: asyncio.Event) -> None:
        from aiohttp import WSMsgType

        async for message in ws:
            if message.type is WSMsgType.TEXT:
                frame: str = message.data
            elif message.type is WSMsgType.BINARY:
                frame = message.data.decode("utf-8", "replace")
            else:
                return
            rows, answers = session.receive(frame, self._now())
            self._keep(rows)
            for line in answers:
                await ws.send_str(line + "\r\n")
            if session.ended == "reconnect" and not session.leaving:
                session.leave(self._now())
                session.ended = ""
                moved.set()
            if session.ended:
                return

    async def _watch(self, ws: "ClientWebSocketResponse", session: Session) -> None:
        """Calls the session when time is up, and closes the socket of one that has ended."""
        from aiohttp import ClientError

        with suppress(ClientError, OSError):
            while not session.ended:
                # At most `leave_s` at a time: being asked to leave brings the deadline nearer.
                wait_s = min(session.deadline() - self._now(), self._timing.leave_s)
                await self._clock.sleep(max(wait_s, 0.001))
                for line in session.tick(self._now()):
                    await ws.send_str(line + "\r\n")
        await ws.close()

    def _now(self) -> float:
        return self._clock.now() - self._origin

    def _keep(self, rows: list[ChatRow]) -> None:
        for row in rows:
            # Two connections overlap while one takes over from the other.
            if not row.id or not self._seen.again(row.id):
                self._buffer.put(row)
