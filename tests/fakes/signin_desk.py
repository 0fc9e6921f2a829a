"""The sign-in API beside a scripted show: states made of the real answers, steered by the test.

`account(service, role, ...)` changes one account; `problems` is a problem by "METHOD path"; `calls` notes every change.
A begun sign-in waits until `end` says how it ended.
"""

from typing import Any

import msgspec
from aiohttp import web

from streamer.app.signin.scopes import pieces, roles_of
from streamer.ports import Notice
from streamer.web.signin import AccountState, Attempt, PieceState, ServiceState, SignInState

CODE = "FKZW1234"
LINK = f"https://www.twitch.tv/activate?device-code={CODE}"
GOOGLE_CODE = "GQVQ-JKEC"
GOOGLE_LINK = "https://www.google.com/device"
ON = frozenset(("read", "write", "follows", "redemptions", "polls", "hype_train", "ads", "automod", "all"))


def service_state(service: Any, client_id: str = "", *, secret: bool = False) -> ServiceState:
    return ServiceState(
        service,
        bool(client_id),
        client_id,
        secret,
        tuple(PieceState(each.name, each.roles, each.scopes, each.fixed, each.name in ON) for each in pieces(service)),
        tuple(AccountState(service, role, False) for role in roles_of(service)),
    )


class FakeSignIn:
    """Signed out, with a client for Twitch and none for Google."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.problems: dict[str, dict[str, Any]] = {}
        client = "abcdefghij0123456789abcdefghij"
        self.state = SignInState(True, (service_state("twitch", client), service_state("youtube")))

    def add(self, app: web.Application) -> None:
        for method in ("GET", "POST", "DELETE"):
            app.router.add_route(method, "/api/v1/signin{path:.*}", self._handle)

    def called(self, method: str, path: str) -> list[Any]:
        return [body for verb, where, body in self.calls if (verb, where) == (method, path)]

    # --- steering -----------------------------------------------------------------------------------------------------

    def service(self, service: str, **changes: Any) -> None:
        each = tuple(
            msgspec.structs.replace(one, **changes) if one.service == service else one for one in self.state.services
        )
        self.state = msgspec.structs.replace(self.state, services=each)

    def find(self, service: str, role: str) -> AccountState:
        one = next(each for each in self.state.services if each.service == service)
        return next(each for each in one.accounts if each.role == role)

    def account(self, service: str, role: str, **changes: Any) -> AccountState:
        new = msgspec.structs.replace(self.find(service, role), **changes)
        one = next(each for each in self.state.services if each.service == service)
        self.service(service, accounts=tuple(new if each.role == role else each for each in one.accounts))
        return new

    def signed_in(self, service: str, role: str, login: str, allowed: tuple[str, ...], **more: Any) -> None:
        lacking = more.pop("missing", ())
        words = Notice("account.ok", {"login": login})
        self.account(
            service, role, signed_in=True, login=login, health="degraded" if lacking else "ok", words=words,
            allowed=allowed, missing=lacking, **more,
        )  # fmt: skip

    def end(self, service: str, role: str, how: Any, login: str = "", words: Notice | None = None) -> None:
        """How the sign-in that waits ends."""
        if how == "done":
            self.signed_in(service, role, login, tuple(self.called("POST", f"{service}/{role}/begin")[-1]["allow"]))
        self.account(service, role, attempt=Attempt(how, login=login, words=words))

    # --- the API ------------------------------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.Response:
        path = request.match_info["path"].strip("/")
        body = await request.json() if request.can_read_body else None
        self.calls.append((request.method, path, body))
        if problem := self.problems.get(f"{request.method} {path}"):
            told = {"status": 422, **problem}
            return web.json_response(told, status=told["status"], content_type="application/problem+json")
        answer = msgspec.json.encode(self._answer(request.method, path, body))
        return web.Response(body=answer, content_type="application/json")

    def _answer(self, method: str, path: str, body: Any) -> SignInState | AccountState:
        if not path:
            return self.state
        service, _, rest = path.partition("/")
        if rest == "client":
            self.service(service, ready=True, client_id=body["client_id"], has_secret=bool(body["client_secret"]))
            return self.state
        role, _, verb = rest.partition("/")
        code, link = (CODE, LINK) if service == "twitch" else (GOOGLE_CODE, GOOGLE_LINK)
        match method, verb:
            case "POST", "begin":
                return self.account(service, role, attempt=Attempt("waiting", code, link, 1_799.0))
            case "POST", "cancel":
                return self.account(service, role, attempt=None)
            case "DELETE", _:
                empty = {"login": "", "health": "off", "words": None, "allowed": (), "missing": (), "other": False}
                return self.account(service, role, signed_in=False, attempt=None, **empty)
            case _:
                return self.find(service, role)
