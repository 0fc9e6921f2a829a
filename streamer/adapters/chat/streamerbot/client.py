"""Streamer.bot on a real socket: one connection, made again when it is lost; events in, actions out."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streamer.adapters.chat.common.buffer import Buffer, is_done
from streamer.adapters.chat.common.clock import Clock, LoopClock
from streamer.adapters.chat.common.seen import Seen
from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.streamerbot.protocol import URL, Answer, End, Received, Session, Timing, socket_address
from streamer.adapters.chat.streamerbot.rows import Rows, events_of
from streamer.ports import ChatRow, Health, HealthState, Notice, Refused, Unavailable

if TYPE_CHECKING:
    from aiohttp import ClientSession, ClientWebSocketResponse

log = logging.getLogger(__name__)

_FRAME_MAX = 1 << 20
_KEPT_IDS = 4096
_REFUSALS: dict[End, str] = {
    "password": "streamerbot.wrong_password",
    "needs_password": "streamerbot.needs_password",
    "refused": "streamerbot.refused",
}


class StreamerBot:
    """A ChatSource, and a target: `do` runs an action. The connection lives as long as `rows()` is read.

    `rows()` is read once; `ChatRow.at` is seconds since then. Rows wait in a buffer of `buffer_max`; when nobody reads,
    the oldest that take nothing back are dropped and counted.
    """

    name = "chat.streamerbot"

    def __init__(
        self,
        url: str = URL,
        password: str = "",
        *,
        read: Iterable[str] = ("twitch", "youtube"),
        clock: Clock | None = None,
        draw: Callable[[], float] = random.random,
        timing: Timing | None = None,
        buffer_max: int = 5_000,
    ) -> None:
        """`read`: platforms whose events are wanted; `draw` gives a number in [0, 1). Raises Misconfigured for an
        address that cannot be right."""
        self._url = socket_address(url)
        host = urlsplit(self._url).hostname or ""
        self._loopback = host in {"localhost", "127.0.0.1", "::1"}
        self._password = password
        self._wanted = events_of(read)
        self._clock = clock or LoopClock()
        self._draw = draw
        self._timing = timing or Timing()
        self.unread = Unread()
        self._rows = Rows(self.unread)
        self._buffer = Buffer(buffer_max)
        self._seen = Seen(_KEPT_IDS)
        self._session: Session | None = None
        self._ws: ClientWebSocketResponse | None = None
        self._doing: dict[int, asyncio.Future[Answer]] = {}
        self._pump: asyncio.Task[None] | None = None
        self._origin = 0.0
        self._retries = 0
        self._was_ready = False
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

    async def do(self, action: str, args: Mapping[str, object]) -> None:
        """Run an action of Streamer.bot by its name or id; returns when Streamer.bot has taken the order.

        Raises Unavailable when there is no connection or no answer in time, Refused when there is no such action.
        """
        session, ws = self._session, self._ws
        if session is None or ws is None or not session.ready:
            raise Unavailable("Streamer.bot is not connected")
        from aiohttp import ClientError

        number, frame = session.do(action, args, self._now())
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._doing[number] = waiting
        try:
            await ws.send_str(frame)
            answer = await waiting
        except (ClientError, OSError) as wrong:
            raise Unavailable("the connection to Streamer.bot was lost") from wrong
        finally:
            self._doing.pop(number, None)
        if answer.ok:
            return
        if answer.error in ("no answer", "lost"):
            raise Unavailable("Streamer.bot did not answer")
        raise Refused("gone", "Streamer.bot has no such action, or will not run it")

    @property
    def known_actions(self) -> frozenset[str] | None:
        """Names and ids of Streamer.bot's actions, in lower case; None while they are not known."""
        return self._session.actions if self._session is not None else None

    async def aclose(self) -> None:
        self._closed = True
        if self._pump is not None and not self._pump.done():
            self._pump.cancel()
            await asyncio.wait({self._pump})

    def health(self) -> Health:
        session = self._session
        state, code = self._judged(session)
        bad = self.unread.count
        if state == "ok" and bad:
            code = "streamerbot.malformed"
        params: dict[str, str | int | float] = {
            "url": self._url,
            "version": session.version or "?" if session is not None else "?",
            "bad": bad,
            "dropped": self._buffer.dropped,
            "retries": self._retries,
            "missing": ", ".join(session.missing) if session is not None else "",
        }
        fix = f"{code}.fix" if state in ("degraded", "broken") else ""
        return Health(self.name, state, Notice(code, params, fix), session.latency_ms if session is not None else None)

    def _judged(self, session: Session | None) -> tuple[HealthState, str]:
        if self._pump is None or self._closed:
            return "off", "chat.closed" if self._closed else "streamerbot.off"
        if session is not None and session.ready:
            return "ok", "streamerbot.ok"
        if self._last_end in _REFUSALS:
            return "broken", _REFUSALS[self._last_end]
        if self._was_ready and self._retries <= 3:
            return "degraded", "streamerbot.reconnecting"
        if self._last_end == "no_hello":
            return "degraded", "streamerbot.stranger"
        if self._retries:
            return "degraded", "streamerbot.not_running"
        return "starting", "streamerbot.connecting"

    # --- connections --------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        from aiohttp import ClientSession, ClientTimeout

        timeout = ClientTimeout(total=None, sock_connect=self._timing.answer_s)
        async with ClientSession(timeout=timeout, trust_env=not self._loopback) as http:
            while True:
                session = Session(self._password, self._wanted, self._timing, self.unread)
                await self._serve(http, session)
                await self._between(session)

    async def _between(self, session: Session) -> None:
        """Wait before the next connection: longer and longer while nothing works, long after a refusal."""
        self._last_end = session.ended
        self._was_ready = self._was_ready or session.ready
        lasted = session.ready and self._now() - session.began >= self._timing.stable_s
        self._retries = 0 if lasted else self._retries + 1
        timing = self._timing
        longest = min(timing.retry_max_s, timing.retry_min_s * 2.0 ** min(self._retries, 16))
        if session.ended in _REFUSALS:
            longest = timing.refused_s
        await self._clock.sleep(longest * (0.5 + 0.5 * self._draw()))

    async def _serve(self, http: "ClientSession", session: Session) -> None:
        """One connection from first to last byte. Its end is in `session.ended`."""
        from aiohttp import ClientError, ClientWSTimeout

        watch: asyncio.Task[None] | None = None
        try:
            patience = ClientWSTimeout(ws_close=0.5)  # pyright: ignore[reportCallIssue] - an attrs class it cannot read
            async with (
                asyncio.timeout(self._timing.answer_s) as opening,
                http.ws_connect(self._url, max_msg_size=_FRAME_MAX, timeout=patience) as ws,
            ):
                opening.reschedule(None)
                session.begin(self._now())
                self._session, self._ws = session, ws
                watch = asyncio.create_task(self._watch(ws, session))
                await self._read(ws, session)
        except (ClientError, OSError, TimeoutError, ValueError):  # ValueError: a redirect to no address
            pass
        except Exception as wrong:  # noqa: BLE001 - a fault of ours costs one connection, not the chat
            log.error("%s stumbled: %s", self.name, type(wrong).__name__)  # noqa: TRY400 - no user text in a log
        finally:
            if watch is not None:
                watch.cancel()
                await asyncio.wait({watch})
            self._session = self._ws = None
            session.ended = session.ended or "lost"
            for waiting in self._doing.values():
                if not waiting.done():
                    waiting.set_result(Answer(ok=False, error="lost"))

    async def _read(self, ws: "ClientWebSocketResponse", session: Session) -> None:
        from aiohttp import WSMsgType

        async for message in ws:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            was_ready = session.ready
            await self._take(ws, session.receive(message.data, self._now()))
            if session.ready and not was_ready:
                self._last_end = ""
            if session.ended:
                return

    async def _watch(self, ws: "ClientWebSocketResponse", session: Session) -> None:
        """Calls the session when time is up, and closes the socket of one that has ended."""
        from aiohttp import ClientError

        with suppress(ClientError, OSError):
            while not session.ended:
                # A second at most: an order to run an action brings the deadline nearer.
                wait_s = min(session.deadline() - self._now(), self._timing.idle_s, 1.0)
                await self._clock.sleep(max(wait_s, 0.01))
                await self._take(ws, session.tick(self._now()))
        await ws.close()

    async def _take(self, ws: "ClientWebSocketResponse", received: Received) -> None:
        for event in received.events:
            self._keep(self._rows.decode(event, self._now()))
        for number, answer in received.answers:
            waiting = self._doing.get(number)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
        for frame in received.send:
            await ws.send_str(frame)

    def _now(self) -> float:
        return self._clock.now() - self._origin

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _keep(self, rows: Iterable[ChatRow]) -> None:
        for row in rows:
            is_once = row.id and row.kind != "held"  # what was held comes again when it is let through
            # Streamer.bot itself tells some twice, as a message and as a cheer.
            if not is_once or not self._seen.again(f"{row.platform}:{row.id}"):
                self._buffer.put(row)
