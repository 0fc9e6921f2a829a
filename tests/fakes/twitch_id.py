"""A local id.twitch.tv: device code flow of public clients, one-shot refresh tokens, validate, revoke.

    async with FakeTwitchId() as twitch:
        server = TwitchSignIn(CLIENT, twitch.url)
        pending = await server.begin(("user:read:chat",))
        twitch.approve(pending.user_code, "friday")

Follows dev.twitch.tv/docs/authentication. `TwitchId` is the same without sockets. `valid(token)` gives the scopes of a
good access token, for a fake of the API. `reused` counts refresh tokens that were presented again after they were
spent; `now` is the clock of all expiries.
"""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.fakes.serving import listen

CLIENT = "fakeclient0123456789abcdefghij"
CONFIDENTIAL = "confidential0123456789abcdefgh"
ACCESS_S = 14_400.0
CODE_S = 1_800.0
REFRESH_S = 30 * 86_400.0
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"

Answer = tuple[int, dict[str, Any]]


@dataclass
class Code:
    device: str
    user: str
    scopes: tuple[str, ...]
    until: float
    login: str = ""
    denied: bool = False
    used: bool = False
    polled: float = -1e9


@dataclass
class SignedIn:
    """One authorization: who, what for, and its tokens. `refresh` is the one refresh token that is good."""

    login: str
    scopes: tuple[str, ...]
    client: str
    refresh: str = ""
    refresh_until: float = 0.0
    revoked: bool = False


def wrong(status: int, message: str) -> Answer:
    return status, {"status": status, "message": message}


@dataclass
class TwitchId:
    """`slow_s`: polls that come sooner are told to slow down (Twitch's own documentation names no such answer; RFC 8628
    does). `spent` and `reused` are refresh tokens; `refreshes` counts those that worked."""

    now: Callable[[], float] = time.time
    access_s: float = ACCESS_S
    slow_s: float = 0.0
    interval_s: float = 5.0
    one_shot: bool = True
    page: str = "https://www.twitch.tv/activate"
    clients: set[str] = field(default_factory=lambda: {CLIENT})
    people: dict[str, str] = field(default_factory=dict)
    """Login to user id, for those who need a certain one."""
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, tuple[SignedIn, float]] = field(default_factory=dict)
    refresh: dict[str, SignedIn] = field(default_factory=dict)
    reused: list[str] = field(default_factory=list)
    refreshes: int = 0
    asked: list[str] = field(default_factory=list)
    _number: Any = field(default_factory=lambda: itertools.count(1))

    # --- what a person does -----------------------------------------------------------------------------------------

    def approve(self, user_code: str, login: str = "friday") -> None:
        self._by_user(user_code).login = login

    def deny(self, user_code: str) -> None:
        self._by_user(user_code).denied = True

    def disconnect(self, login: str) -> None:
        """The person takes the access back, or changes the password."""
        for signed in {id(each): each for each in self.refresh.values()}.values():
            if signed.login == login:
                signed.revoked = True

    def _by_user(self, user_code: str) -> Code:
        return next(code for code in self.codes.values() if code.user == user_code)

    # --- for the fake of the API and for tests ----------------------------------------------------------------------

    def valid(self, token: str) -> frozenset[str] | None:
        """Scopes of a good access token, else None."""
        signed, until = self.access.get(token, (None, 0.0))
        return frozenset(signed.scopes) if signed and not signed.revoked and self.now() < until else None

    def grant(self, login: str = "friday", scopes: tuple[str, ...] = ("user:read:chat",)) -> dict[str, Any]:
        """Tokens without a flow."""
        return self._tokens(SignedIn(login, scopes, CLIENT))

    # --- the service ------------------------------------------------------------------------------------------------

    def ask(self, path: str, form: Mapping[str, str], token: str = "") -> Answer:
        self.asked.append(path if path != "/token" else f"{path} {form.get('grant_type', '').rpartition(':')[2]}")
        if path == "/validate":
            return self._validate(token)
        client = form.get("client_id", "")
        if client == CONFIDENTIAL and path == "/token":
            return wrong(403, "missing client secret")
        if client not in self.clients and client != CONFIDENTIAL:
            return wrong(400, "invalid client")
        match path:
            case "/device":
                return self._device(form)
            case "/token" if form.get("grant_type") == DEVICE_GRANT:
                return self._poll(form)
            case "/token" if form.get("grant_type") == "refresh_token":
                return self._refresh(form)
            case "/revoke":
                return self._revoke(form)
            case _:
                return wrong(404, "not found")

    def _device(self, form: Mapping[str, str]) -> Answer:
        number = next(self._number)
        code = Code(f"device{number}", f"ABCD{number:04d}", tuple(form["scopes"].split()), self.now() + CODE_S)
        self.codes[code.device] = code
        return 200, {
            "device_code": code.device,
            "expires_in": int(CODE_S),
            "interval": self.interval_s,
            "user_code": code.user,
            "verification_uri": f"{self.page}?device-code={code.user}",
        }

    def _poll(self, form: Mapping[str, str]) -> Answer:
        code = self.codes.get(form.get("device_code", ""))
        if code is None or code.used or self.now() >= code.until:
            return wrong(400, "invalid device code")
        early, code.polled = self.now() - code.polled < self.slow_s, self.now()
        if early:
            return wrong(400, "slow_down")
        if code.denied:
            return wrong(400, "access_denied")
        if not code.login:
            return wrong(400, "authorization_pending")
        code.used = True
        return 200, self._tokens(SignedIn(code.login, code.scopes, form["client_id"]))

    def _tokens(self, signed: SignedIn) -> dict[str, Any]:
        number = next(self._number)
        access = f"access{number:024d}"
        self.access[access] = (signed, self.now() + self.access_s)
        if self.one_shot or not signed.refresh:
            signed.refresh = f"refresh{number:043d}"
            self.refresh[signed.refresh] = signed
        signed.refresh_until = self.now() + REFRESH_S
        return {
            "access_token": access,
            "expires_in": int(self.access_s),
            "refresh_token": signed.refresh,
            "scope": list(signed.scopes),
            "token_type": "bearer",
        }

    def _refresh(self, form: Mapping[str, str]) -> Answer:
        given = form.get("refresh_token", "")
        signed = self.refresh.get(given)
        if signed is not None and signed.refresh != given:
            self.reused.append(given)
        if signed is None or signed.refresh != given or signed.revoked or self.now() >= signed.refresh_until:
            return 400, {"error": "Bad Request", "status": 400, "message": "Invalid refresh token"}
        self.refreshes += 1
        return 200, self._tokens(signed)

    def _validate(self, token: str) -> Answer:
        if self.valid(token) is None:
            return wrong(401, "invalid access token")
        signed, until = self.access[token]
        return 200, {
            "client_id": signed.client,
            "login": signed.login,
            "scopes": list(signed.scopes),
            "user_id": self.people.get(signed.login) or str(1000 + sum(signed.login.encode())),
            "expires_in": int(until - self.now()),
        }

    def _revoke(self, form: Mapping[str, str]) -> Answer:
        token = form.get("token", "")
        if self.valid(token) is None:
            return wrong(400, "Invalid token")
        self.access[token][0].revoked = True
        return 200, {}


class FakeTwitchId:
    """`TwitchId` behind real HTTP. `mode`: `ok`, `401`, `500`, `429`, `hang`, `garbage`, `deep`, `redirect`; `lose`:
    so many answers of /token are made and then lost on the way. `at_once`: the most refreshes of one sign-in that ran
    together."""

    def __init__(self, service: TwitchId | None = None, *, delay_s: float = 0.0) -> None:
        self.id = service or TwitchId()
        self.mode = "ok"
        self.lose = 0
        self.delay_s = delay_s
        self.at_once = 0
        self._running = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/oauth2/{path:.*}", self._handle)
        self._runner, port = await listen(app)
        self.url = f"http://127.0.0.1:{port}/oauth2"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def approve(self, user_code: str, login: str = "friday") -> None:
        self.id.approve(user_code, login)

    def deny(self, user_code: str) -> None:
        self.id.deny(user_code)

    def valid(self, token: str) -> frozenset[str] | None:
        return self.id.valid(token)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        match self.mode:
            case "500":
                return web.json_response({"status": 500, "message": "oops"}, status=500)
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
        token = request.headers.get("Authorization", "").removeprefix("OAuth ")
        path = "/" + request.match_info["path"]
        refreshing = form.get("grant_type") == "refresh_token"
        self._running += refreshing
        self.at_once = max(self.at_once, self._running)
        try:
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            status, body = self.id.ask(path, form, token)
        finally:
            self._running -= refreshing
        if self.lose and path == "/token" and status == 200:
            self.lose -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(body, status=status)
