"""The routes of `/api/v1/signin`: accounts of platforms are signed in and out here, for owners only.

What is behind them is a `SignInDesk`. Tokens never come this way; the code and the link of a sign-in that waits do, and
whoever types that code first decides whose account it becomes, so pages show it only when asked to.
"""

from collections.abc import Callable
from time import monotonic
from typing import Annotated, Literal, Protocol, cast

import msgspec

from streamer.ports import AccountRole, HealthState, Notice, Service
from streamer.web.operate import Bucket
from streamer.web.rest import Call, Problem, Route, route

BASE = "/api/v1/signin"
BEGINS_PER_S, BEGINS_BURST = 0.2, 6.0

AttemptState = Literal["waiting", "done", "denied", "expired", "failed"]
PieceName = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern="^[a-z_]+$")]
ClientText = Annotated[str, msgspec.Meta(max_length=300)]


# --- what is asked ----------------------------------------------------------------------------------------------------


class Begin(msgspec.Struct, frozen=True):
    """`allow`: names of the pieces that are wanted; null: those that are switched on."""

    allow: Annotated[list[PieceName], msgspec.Meta(max_length=40)] | None = None


class SetClient(msgspec.Struct, frozen=True):
    """The client of the service's developer page. `client_secret` is YouTube's only, and is kept as a key is."""

    client_id: ClientText
    client_secret: ClientText = ""


# --- what is answered -------------------------------------------------------------------------------------------------


class Attempt(msgspec.Struct, frozen=True):
    """The last sign-in that was begun. `left_s`: how long the code is good; code and link are empty unless it waits.
    `login`: whom it was done as."""

    state: AttemptState
    user_code: str = ""
    link: str = ""
    left_s: float = 0.0
    login: str = ""
    words: Notice | None = None


class AccountState(msgspec.Struct, frozen=True):
    """`allowed` and `missing` are names of pieces; missing ones are switched on and need another sign-in. `other`: the
    broadcaster is signed in, but as somebody else than the channel that is read."""

    service: Service
    role: AccountRole
    signed_in: bool
    login: str = ""
    health: HealthState = "off"
    words: Notice | None = None
    allowed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    other: bool = False
    attempt: Attempt | None = None


class PieceState(msgspec.Struct, frozen=True):
    """One thing a sign-in may be allowed; its sentence is `signin.allow.<service>.<name>`. `on`: suggested."""

    name: str
    roles: tuple[AccountRole, ...]
    scopes: tuple[str, ...]
    fixed: bool
    on: bool


class ServiceState(msgspec.Struct, frozen=True):
    """`ready`: there is a client to sign in with. `client_id` is public."""

    service: Service
    ready: bool
    client_id: str
    has_secret: bool
    pieces: tuple[PieceState, ...]
    accounts: tuple[AccountState, ...]


class SignInState(msgspec.Struct, frozen=True):
    """`keyring`: what is new is kept in the system's keyring, else in a file of the state folder."""

    keyring: bool
    services: tuple[ServiceState, ...]


class SignInDesk(Protocol):
    """What the routes need. What cannot be done raises `Problem`."""

    async def state(self) -> SignInState: ...

    async def account(self, service: Service, role: AccountRole) -> AccountState: ...

    async def begin(self, service: Service, role: AccountRole, allow: tuple[str, ...] | None) -> AccountState: ...

    async def cancel(self, service: Service, role: AccountRole) -> AccountState: ...

    async def sign_out(self, service: Service, role: AccountRole) -> AccountState: ...

    async def set_client(self, service: Service, client_id: str, client_secret: str) -> SignInState: ...


def routes(desk: SignInDesk, *, now: Callable[[], float] = monotonic) -> list[Route]:
    """All routes of the sign-in."""
    api = _Api(desk, now)
    one = f"{BASE}/{{service}}/{{role}}"
    return [
        route("GET", BASE, api.state, scope="setup"),
        route("POST", f"{BASE}/{{service}}/client", api.client, scope="setup", problems=(404, 409, 422)),
        route("POST", f"{one}/begin", api.begin, scope="setup", problems=(404, 409, 422, 429, 502)),
        route("POST", f"{one}/cancel", api.cancel, scope="setup", problems=(404,)),
        route("GET", one, api.account, scope="setup", problems=(404,)),
        route("DELETE", one, api.sign_out, scope="setup", problems=(404, 409)),
    ]


def _known(service: str, role: str = "broadcaster") -> tuple[Service, AccountRole]:
    if (service, role) not in (("twitch", "bot"), ("twitch", "broadcaster"), ("youtube", "broadcaster")):
        raise Problem(404, "signin_unknown", "accounts are twitch/bot, twitch/broadcaster and youtube/broadcaster")
    return cast("Service", service), cast("AccountRole", role)


class _Api:
    def __init__(self, desk: SignInDesk, now: Callable[[], float]) -> None:
        self._desk = desk
        self._now = now
        self._begins = Bucket(BEGINS_PER_S, BEGINS_BURST)

    async def state(self, _call: Call) -> SignInState:
        """Who is signed in, and what each sign-in may do."""
        return await self._desk.state()

    async def account(self, _call: Call, service: str, role: str) -> AccountState:
        """One account, and how its sign-in is going."""
        return await self._desk.account(*_known(service, role))

    async def begin(self, _call: Call, service: str, role: str, body: Begin) -> AccountState:
        """Begin a sign-in: answers with a link and a code for a person. One that waited is given up."""
        which = _known(service, role)
        wait = self._begins.take(self._now())
        if wait:
            raise Problem(429, "slow_down", "too many sign-ins at once", headers={"Retry-After": str(int(wait) + 1)})
        return await self._desk.begin(*which, None if body.allow is None else tuple(body.allow))

    async def cancel(self, _call: Call, service: str, role: str) -> AccountState:
        """Give up a sign-in that waits. A sign-in there was before stays."""
        return await self._desk.cancel(*_known(service, role))

    async def sign_out(self, _call: Call, service: str, role: str) -> AccountState:
        """End a sign-in at the service, and forget its tokens."""
        return await self._desk.sign_out(*_known(service, role))

    async def client(self, _call: Call, service: str, body: SetClient) -> SignInState:
        """Set the client to sign in with."""
        return await self._desk.set_client(_known(service)[0], body.client_id.strip(), body.client_secret.strip())
