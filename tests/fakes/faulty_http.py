"""What the fake HTTP servers share: one local server, its faults, and stamps of what happened when.

`mode` holds for every request until changed:
    ok, slow (first byte after `slow_s`), stall (stops in the middle, keeps the connection), silent (takes the request
    and says nothing), zeros (digital silence), cut (drops the connection in the middle), early_end (ends the body
    cleanly in the middle), garbage (200 with nonsense), empty (200 with nothing), html (200 with a web page),
    error_event (chat: an error inside the stream), 400, 401, 403, 404, 429, 500, 503, quota (429, `insufficient_quota`)

Times are `time.perf_counter_ns()`: `received_ns` and `first_byte_ns`, one entry per request. `gone` counts requests
whose client left before the end.
"""

import asyncio
import json
import time
from typing import Any, Self

from aiohttp import web

STATUSES = {"400": 400, "401": 401, "403": 403, "404": 404, "429": 429, "500": 500, "503": 503, "quota": 429}
CODES = {"quota": "insufficient_quota", "404": "model_not_found", "401": "invalid_api_key"}


class FaultyHttp:
    """Subclasses add routes in `_routes` and answer through `_begin` and `_send`. `root` is the server's address."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.slow_s = 0.3
        self.chunk_bytes = 961
        """Odd on purpose: samples are split between chunks."""
        self.chunk_delay_s = 0.0
        self.framed = True
        """False: the body of sound has no length and ends with the connection."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.raw_sizes: list[int] = []
        self.received_ns: list[int] = []
        self.first_byte_ns: list[int] = []
        self.gone = 0
        self.root = ""
        self._runner: web.AppRunner | None = None
        self._stop = asyncio.Event()

    def _routes(self, router: web.UrlDispatcher) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 28)
        self._routes(app.router)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.root = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._stop.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _begin(self, request: web.Request) -> web.Response | None:
        """Notes the request; answers it when the mode is a refusal."""
        raw = await request.read()
        self.received_ns.append(time.perf_counter_ns())
        self.raw_sizes.append(len(raw))
        self.requests.append(json.loads(raw) if raw else dict(request.query))
        self.headers.append(dict(request.headers))
        if self.mode in STATUSES:
            status = STATUSES[self.mode]
            sent = request.headers.get("Authorization", "")
            error = {"message": f"refused {sent} {self.requests[-1]}", "type": "fake", "code": CODES.get(self.mode)}
            headers = {"Retry-After": "7"} if status in (429, 503) else {}
            return web.json_response({"error": error}, status=status, headers=headers)
        if self.mode == "html":
            return web.Response(text="<html>Log in to the hotel's network</html>", content_type="text/html")
        if self.mode == "silent":
            await self._hang(request)
        if self.mode == "slow":
            await self._pause(self.slow_s)
        return None

    def _send_unframed(self, request: web.Request, data: bytes, content_type: str) -> web.StreamResponse:
        """As HTTP/1.0 servers do: the end of the connection is the end of the body. aiohttp itself always frames."""
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        if self.mode == "early_end":
            data = data[: len(data) // 2]
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nConnection: close\r\n\r\n"
        transport.write(head.encode() + data)
        transport.close()
        return web.Response()

    async def left(self, count: int = 1, limit_s: float = 2.0) -> None:
        """Waits until so many clients left before the end."""
        end = time.monotonic() + limit_s
        while self.gone < count:
            assert time.monotonic() < end, "the client is still there"
            await asyncio.sleep(0.005)

    async def _hang(self, request: web.Request) -> None:
        """Until the client leaves, or the server closes."""
        while not self._stop.is_set():
            if request.transport is None or request.transport.is_closing():
                self.gone += 1
                return
            await self._pause(0.01)

    async def _pause(self, seconds: float) -> None:
        if not seconds:
            await asyncio.sleep(0)  # a client on the same loop reads between two writes, as one far away would
        else:
            try:
                await asyncio.wait_for(self._stop.wait(), seconds)
            except TimeoutError:
                return

    async def _send(self, request: web.Request, data: bytes, content_type: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        if not self.framed:
            return self._send_unframed(request, data, content_type)
        response.enable_chunked_encoding()
        if self.mode == "garbage":
            data = b"\x01garbage\x02" * 4000 if "pcm" not in content_type else b""
        if self.mode == "empty":
            data = b""
        if self.mode == "zeros":
            data = bytes(len(data))
        await response.prepare(request)
        middle = len(data) // 2
        for at in range(0, len(data), self.chunk_bytes):
            if at >= middle and self.mode in ("stall", "cut", "early_end"):
                if self.mode == "stall":
                    await self._hang(request)
                elif self.mode == "cut":
                    assert request.transport is not None
                    request.transport.abort()
                return response
            await self._pause(self.chunk_delay_s)
            if request.transport is None or request.transport.is_closing():
                self.gone += 1
                return response
            try:
                await response.write(data[at : at + self.chunk_bytes])
            except ConnectionError:
                self.gone += 1
                return response
            if at == 0:
                self.first_byte_ns.append(time.perf_counter_ns())
        return response
