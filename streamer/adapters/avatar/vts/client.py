"""One connection to VTube Studio: requests by id, any number at once, and events, on one socket."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import aiohttp

from streamer.adapters.avatar.vts.messages import Request
from streamer.adapters.avatar.vts.protocol import (
    ERROR,
    Event,
    Reply,
    VtsGone,
    VtsRefused,
    read,
    response_of,
    written,
)  # fmt: skip

log = logging.getLogger(__name__)

FRAME_MAX = 8 << 20
"""A list of all items of a large collection is the longest message there is."""


class VtsClient:
    """One socket from connecting to its end; after that it is thrown away. Nothing is repeated by itself.

    `on_event(name, data)` is called on the loop, in order. `crossed`, `strays` and `garbage` count replies of another
    type than asked for, replies to nothing, and what is no message at all; none of them disturbs a request.
    """

    def __init__(self, url: str, *, timeout_s: float = 5.0, connect_s: float = 3.0) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._connect_s = connect_s
        self._session: aiohttp.ClientSession | None = None
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[str, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._number = 0
        self._ended = asyncio.Event()
        self.on_event: Callable[[str, dict[str, Any]], None] = lambda _name, _data: None
        self.crossed = 0
        self.strays = 0
        self.late = 0
        self.garbage = 0

    @property
    def connected(self) -> bool:
        return self._ws is not None and not self._ended.is_set()

    @property
    def unanswered(self) -> int:
        return len(self._waiting)

    async def connect(self) -> None:
        """Raises VtsGone when nobody answers, or when who answers speaks no WebSocket."""
        # Proxies are for the outer network; VTube Studio is on this machine or in this house.
        self._session = aiohttp.ClientSession(trust_env=False)
        try:
            async with asyncio.timeout(self._connect_s):
                self._ws = await self._session.ws_connect(
                    self._url, heartbeat=10.0, max_msg_size=FRAME_MAX, autoclose=True, compress=0
                )
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            await self._session.close()
            self._ended.set()
            raise VtsGone(f"no connection ({type(error).__name__})") from error
        except BaseException:
            await self._session.close()
            self._ended.set()
            raise
        self._reader = asyncio.create_task(self._read(self._ws), name="vts.reader")

    async def request(self, request: Request, *, timeout_s: float | None = None) -> dict[str, Any]:
        """The data of the answer. `timeout_s` 0 waits as long as the connection lives: for what asks a person.

        Raises VtsGone, VtsRefused.
        """
        limit = self._timeout_s if timeout_s is None else timeout_s
        request_id, answer = await self._send(request)
        try:
            async with asyncio.timeout(limit or None):
                return await answer
        except TimeoutError:
            raise VtsGone(f"{request[0]}: no answer within {limit:g} s") from None
        finally:
            self._waiting.pop(request_id, None)

    async def post(self, request: Request) -> asyncio.Future[dict[str, Any]]:
        """Send without waiting; the future gets what `request` would return or raise. Raises VtsGone."""
        request_id, answer = await self._send(request)
        answer.add_done_callback(lambda _: self._waiting.pop(request_id, None))
        return answer

    async def wait_ended(self) -> None:
        await self._ended.wait()

    async def aclose(self) -> None:
        if self._ws is not None:
            try:
                async with asyncio.timeout(0.5):
                    await self._ws.close()
            except (TimeoutError, aiohttp.ClientError, OSError):
                log.debug("the socket did not close in time")
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
        self._end()

    async def _send(self, request: Request) -> tuple[str, asyncio.Future[dict[str, Any]]]:
        kind, data = request
        if self._ws is None or self._ended.is_set():
            raise VtsGone(f"{kind}: not connected")
        self._number += 1
        request_id = f"s{self._number}"
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = (kind, answer)
        try:
            await self._ws.send_str(written(kind, data, request_id))
        except (aiohttp.ClientError, OSError) as error:
            self._waiting.pop(request_id, None)
            answer.cancel()
            raise VtsGone(f"{kind}: the connection is lost") from error
        except BaseException:
            self._waiting.pop(request_id, None)
            raise
        return request_id, answer

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for message in ws:
                if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    self._take(message.data)
        except (aiohttp.ClientError, OSError) as error:
            log.debug("the socket broke: %s", type(error).__name__)
        finally:
            self._end()

    def _take(self, text: str | bytes) -> None:
        match read(text):
            case Event(name, data):
                try:
                    self.on_event(name, data)
                except Exception:
                    log.exception("an event of VTube Studio was not understood: %s", name[:64])
            case Reply() as reply:
                self._answer(reply)
            case _:
                self.garbage += 1

    def _answer(self, reply: Reply) -> None:
        kind, answer = self._waiting.get(reply.id, ("", None))
        if answer is None:
            if self._ours(reply.id):
                self.late += 1
            else:
                self.strays += 1
            return
        if reply.kind not in (ERROR, response_of(kind)):
            self.crossed += 1
            return
        if answer.done():
            return
        if reply.kind == ERROR:
            code = reply.data.get("errorID")
            code = code if isinstance(code, int) else 0
            answer.set_exception(VtsRefused(code, str(reply.data.get("message", ""))[:300], kind))
            # Who posted and looks away is told by the log of nobody; the exception must not be.
            answer.exception()
        else:
            answer.set_result(reply.data)

    def _ours(self, request_id: str) -> bool:
        number = request_id[1:]
        return request_id[:1] == "s" and number.isdecimal() and int(number) <= self._number

    def _end(self) -> None:
        self._ended.set()
        waiting, self._waiting = self._waiting, {}
        for kind, answer in waiting.values():
            if not answer.done():
                answer.set_exception(VtsGone(f"{kind}: the connection is lost"))
                answer.exception()
