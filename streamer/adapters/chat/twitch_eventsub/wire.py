"""EventSub connections through TwitchIO's socket, which connects, pings and closes.

What TwitchIO would do with a frame, a lost connection or a request to move is decided above (`line`): its way of each
can lose messages or subscriptions for good. It has no registry of sockets here that could go stale, and starts no task
for each event. Its global address is never used: each socket is given a whole one.
"""

import asyncio
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from streamer.ports import Unavailable

if TYPE_CHECKING:
    from twitchio.authentication.tokens import ManagedHTTPClient
    from twitchio.eventsub.websockets import Websocket
else:
    Websocket = object

_CLOSE_S = 1.0
_BREATHE_EVERY = 64
LOST = 1006
"""The code of a connection that ended without one."""
WRITTEN = 4001
"""Twitch's code for "you sent something": it documents that a client may send pongs only, and takes pings or not."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Of one connection; seconds."""

    keepalive_s: int = 10
    """What we ask of Twitch, which allows 10 to 600: it says something at least this often."""
    silence_s: float = 12.0
    """Without a word for so long the connection counts as lost, even when pings are answered."""
    ping_s: float = 4.0
    """A ping after so long without a word; half of it later without an answer the connection is lost. 0: none."""
    open_s: float = 8.0
    """From the first byte to the welcome."""


class Listener(Protocol):
    """Whom a socket tells. Both are called on the loop and must not wait."""

    def heard(self, socket: "Socket", frame: str) -> None: ...

    def ended(self, socket: "Socket", code: int) -> None: ...


class Socket(Protocol):
    """One EventSub connection: opened once, never again."""

    @property
    def session_id(self) -> str | None: ...

    ended: bool

    async def open(self, url: str) -> None:
        """Returns after the welcome. Raises Unavailable."""
        ...

    def welcome(self, session: str, keepalive_s: int) -> None:
        """To be called when the welcome was heard: the session's id, and how often the server will say something."""
        ...

    async def shut(self) -> None: ...


def socket(http: "ManagedHTTPClient", user: str, limits: Limits, listener: Listener) -> Socket:
    return _class()(http, user, limits, listener)


class _Nobody:
    """Stands where TwitchIO's Client would."""

    def __init__(self) -> None:
        self._websockets: dict[str | None, dict[str, object]] = {}

    def dispatch(self, *_: object, **__: object) -> None:
        pass


class _Wire(Websocket):
    """Mixed in before TwitchIO's socket."""

    def __init__(self, http: "ManagedHTTPClient", user: str, limits: Limits, listener: Listener) -> None:
        nobody: Any = _Nobody()
        super().__init__(http=http, client=nobody, token_for=user, reconnect_attempts=None)
        self._heartbeat: Any = limits.ping_s or None
        self._limits = limits
        self._listener = listener
        self._silence_s = limits.silence_s
        self._heard_at = 0.0
        self.ended = False

    async def open(self, url: str) -> None:
        from twitchio.exceptions import WebsocketConnectionException

        try:
            async with asyncio.timeout(self._limits.open_s):
                await self.connect(url=url, fail_once=True)
        except (WebsocketConnectionException, TimeoutError, OSError):
            self.ended = True
        except BaseException:
            self.ended = True
            await self.shut()
            raise
        if self.ended:
            await self.shut()
            raise Unavailable("no connection to Twitch's events")

    def welcome(self, session: str, keepalive_s: int) -> None:
        self._session_id = session
        self._silence_s += max(0, keepalive_s - self._limits.keepalive_s)
        self._ready.set()

    async def shut(self) -> None:
        """A peer that no longer answers does not hold us up."""
        self.ended = True
        keepalive = self._keep_alive_task
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_CLOSE_S):
                await self.close()
        if keepalive is not None and keepalive is not asyncio.current_task():
            keepalive.cancel()

    async def _listen(self) -> None:
        """Instead of TwitchIO's, which ends for good at a frame without `metadata`."""
        from aiohttp import ClientError, WSMsgType

        ws = self._socket
        if ws is None:
            return
        loop = asyncio.get_running_loop()
        gone = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)
        count = 0
        with suppress(ClientError, OSError, RuntimeError):
            while True:
                message = await ws.receive()
                if message.type in gone:
                    break
                self._heard_at = loop.time()
                if message.type is WSMsgType.TEXT:
                    self._listener.heard(self, message.data)
                count += 1
                if count % _BREATHE_EVERY == 0:
                    await asyncio.sleep(0)
        self._over(ws.close_code or LOST)

    async def _process_keepalive(self) -> None:
        """Instead of TwitchIO's, which counts by the wall clock."""
        loop = asyncio.get_running_loop()
        left_s = self._silence_s
        while left_s > 0:
            await asyncio.sleep(left_s)
            left_s = self._heard_at + self._silence_s - loop.time()
        self._over(LOST)

    def _over(self, code: int) -> None:
        if not self.ended:
            self.ended = True
            self._ready.set()
            self._listener.ended(self, code)


@cache
def _class() -> Any:
    from twitchio.eventsub.websockets import Websocket

    return type("Wire", (_Wire, Websocket), {})
