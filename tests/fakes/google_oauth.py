"""A local oauth2.googleapis.com: the flow for limited-input devices, re-usable refresh tokens, token info, revoke; and
the one call of the YouTube API that names a channel.

Follows developers.google.com/identity/protocols/oauth2/limited-input-device: 428 `authorization_pending`, 403
`slow_down` and `access_denied`, 400 `invalid_grant`, 401 `invalid_client`. Controls are those of `twitch_id`.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.fakes.serving import listen

CLIENT = "0123456789-fake.apps.googleusercontent.com"
SECRET = "GOCSPX-fake"
ACCESS_S = 3_599.0
CODE_S = 1_800.0
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

Answer = tuple[int, dict[str, Any]]


@dataclass
class Code:
    user: str
    scope: str
    until: float
    name: str = ""
    denied: bool = False
    used: bool = False
    polled: float = -1e9


@dataclass
class SignedIn:
    name: str
    scope: str
    revoked: bool = False


def wrong(status: int, error: str, description: str = "") -> Answer:
    return status, {"error": error, "error_description": description or error}


@dataclass
class GoogleOauth:
    """The service without sockets."""

    now: Callable[[], float] = time.time
    access_s: float = ACCESS_S
    slow_s: float = 0.0
    interval_s: float = 5.0
    page: str = "https://www.google.com/device"
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, tuple[SignedIn, float]] = field(default_factory=dict)
    refresh: dict[str, SignedIn] = field(default_factory=dict)
    refreshes: int = 0
    asked: list[str] = field(default_factory=list)
    reused: list[str] = field(default_factory=list)
    _number: Any = field(default_factory=lambda: itertools.count(1))

    def approve(self, user_code: str, name: str = "friday") -> None:
        self._by_user(user_code).name = name

    def deny(self, user_code: str) -> None:
        self._by_user(user_code).denied = True

    def disconnect(self, name: str) -> None:
        for signed in self.refresh.values():
            signed.revoked = signed.revoked or signed.name == name

    def _by_user(self, user_code: str) -> Code:
        return next(code for code in self.codes.values() if code.user == user_code)

    def valid(self, token: str) -> frozenset[str] | None:
        signed, until = self.access.get(token, (None, 0.0))
        return frozenset(signed.scope.split()) if signed and not signed.revoked and self.now() < until else None

    def ask(self, path: str, form: Mapping[str, str], bearer: str = "") -> Answer:
        self.asked.append(path if path != "/token" else f"{path} {form.get('grant_type', '').rpartition(':')[2]}")
        match path:
            case "/device/code":
                return self._device(form)
            case "/token":
                return self._token(form)
            case "/tokeninfo":
                return self._info(form.get("access_token", ""))
            case "/revoke":
                return self._revoke(form.get("token", ""))
            case "/youtube/v3/channels":
                return self._channels(bearer)
            case _:
                return wrong(404, "not_found")

    def _device(self, form: Mapping[str, str]) -> Answer:
        if form.get("client_id") != CLIENT:
            return wrong(401, "invalid_client", "The OAuth client was not found.")
        number = next(self._number)
        user = f"ABC-{number:03d}-XYZ"
        self.codes[f"device{number}"] = Code(user, form.get("scope", ""), self.now() + CODE_S)
        return 200, {
            "device_code": f"device{number}",
            "user_code": user,
            "expires_in": int(CODE_S),
            "interval": self.interval_s,
            "verification_url": self.page,
        }

    def _token(self, form: Mapping[str, str]) -> Answer:
        if form.get("client_id") != CLIENT or form.get("client_secret") != SECRET:
            return wrong(401, "invalid_client", "Unauthorized")
        if form.get("grant_type") == "refresh_token":
            signed = self.refresh.get(form.get("refresh_token", ""))
            if signed is None or signed.revoked:
                return wrong(400, "invalid_grant", "Token has been expired or revoked.")
            self.refreshes += 1
            return 200, self._tokens(signed)
        code = self.codes.get(form.get("device_code", ""))
        if form.get("grant_type") != DEVICE_GRANT or code is None or code.used:
            return wrong(400, "invalid_grant", "Malformed auth code.")
        if self.now() >= code.until:
            return wrong(400, "expired_token")
        early, code.polled = self.now() - code.polled < self.slow_s, self.now()
        if early:
            return wrong(403, "slow_down", "Forbidden")
        if code.denied:
            return wrong(403, "access_denied", "Forbidden")
        if not code.name:
            return wrong(428, "authorization_pending", "Precondition Required")
        code.used = True
        signed = SignedIn(code.name, code.scope)
        refresh = f"1//refresh{next(self._number)}"
        self.refresh[refresh] = signed
        return 200, {**self._tokens(signed), "refresh_token": refresh}

    def _tokens(self, signed: SignedIn) -> dict[str, Any]:
        access = f"ya29.access{next(self._number)}"
        self.access[access] = (signed, self.now() + self.access_s)
        return {
            "access_token": access,
            "expires_in": int(self.access_s),
            "scope": signed.scope,
            "token_type": "Bearer",
        }

    def _info(self, token: str) -> Answer:
        if self.valid(token) is None:
            return wrong(400, "invalid_token", "Invalid Value")
        signed, until = self.access[token]
        return 200, {"aud": CLIENT, "scope": signed.scope, "expires_in": str(int(until - self.now()))}

    def _revoke(self, token: str) -> Answer:
        signed = self.refresh.get(token) or (self.access[token][0] if self.valid(token) is not None else None)
        if signed is None or signed.revoked:
            return wrong(400, "invalid_token", "Token expired or revoked")
        signed.revoked = True
        return 200, {}

    def _channels(self, bearer: str) -> Answer:
        if self.valid(bearer) is None:
            return 401, {"error": {"code": 401, "message": "Invalid Credentials"}}
        name = self.access[bearer][0].name
        return 200, {"items": [{"id": f"UC{name}", "snippet": {"title": name}}]}


class FakeGoogleOauth:
    """`GoogleOauth` behind real HTTP; `mode`, `lose` and `delay_s` as in `FakeTwitchId`."""

    def __init__(self, service: GoogleOauth | None = None, *, delay_s: float = 0.0) -> None:
        self.id = service or GoogleOauth()
        self.mode = "ok"
        self.lose = 0
        self.delay_s = delay_s
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.api_url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner, port = await listen(app)
        self.url = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.url}/youtube/v3"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        match self.mode:
            case "500":
                return web.json_response({"error": "internal_failure"}, status=500)
            case "429":
                return web.json_response({}, status=429, headers={"Retry-After": "17"})
            case "hang":
                await asyncio.sleep(3600)
            case "garbage":
                return web.Response(body=b"<html>sign in to this hotel</html>", content_type="text/html")
            case "401":
                return web.Response(body=b"<html>who are you?</html>", content_type="text/html", status=401)
            case "deep":
                return web.Response(body=b"[" * 60_000, content_type="application/json")
            case "redirect":
                raise web.HTTPTemporaryRedirect("http://127.0.0.1:9/elsewhere")
            case _:
                pass
        form = {key: str(value) for key, value in (await request.post()).items()}
        path = "/" + request.match_info["path"]
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        status, body = self.id.ask(path, form, bearer)
        if self.lose and path == "/token" and status == 200:
            self.lose -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(body, status=status)
