"""A program that takes webhooks: checks the signature as a receiver should, and fails as asked."""

import asyncio
import hashlib
import hmac
import json
from typing import Any, Self

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer


class Delivery(msgspec.Struct, frozen=True):
    """One request. `signed`: the signature is right; None without one."""

    event: dict[str, Any]
    headers: dict[str, str]
    signed: bool | None
    status: int


class WebhookReceiver:
    """`async with WebhookReceiver() as receiver:` serves on a free port of the loopback."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.requests: list[Delivery] = []
        self.answers: list[int] = []
        """Status codes of the next requests; 200 when none is left."""
        self.retry_after = ""
        self.hang = False
        self._freed = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        app.router.add_post("/elsewhere", self._take)
        self._server = TestServer(app)
        await self._server.start_server()
        self.url = f"http://127.0.0.1:{self._server.port}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._freed.set()
        await self._server.close()

    @property
    def taken(self) -> list[dict[str, Any]]:
        """The events that were answered with 200."""
        return [each.event for each in self.requests if each.status == 200]

    async def _take(self, request: web.Request) -> web.Response:
        if self.hang:
            await self._freed.wait()
        body = await request.read()
        status = self.answers.pop(0) if self.answers else 200
        headers = dict(request.headers)
        self.requests.append(Delivery(json.loads(body), headers, self._signed(headers, body), status))
        more = {"Retry-After": self.retry_after} if self.retry_after and status != 200 else {}
        if 300 <= status < 400:
            more["Location"] = "/elsewhere"
        return web.Response(status=status, headers=more)

    def _signed(self, headers: dict[str, str], body: bytes) -> bool | None:
        given = headers.get("X-Showrunner-Signature")
        if given is None:
            return None
        fields = dict(item.split("=", 1) for item in given.split(","))
        right = hmac.new(self.secret.encode(), f"{fields['t']}.".encode() + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right, fields["v1"])
