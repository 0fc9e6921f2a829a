"""Helix through TwitchIO's HTTP client.

TwitchIO has no parameter for a base URL: globals of its modules hold them (`Route.BASE`, `Route.ID_BASE`). They are
left as they are; each client rewrites the addresses of its own requests, so several clients with several servers live
in one process.

Tokens are the `Account`'s. TwitchIO's own store stays empty, so it has nothing to refresh, to validate, to remove or to
write into a file. Each request asks the account; a 401 is told to it, and tried again only with another token.
"""

import asyncio
import time
import warnings
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from streamer.ports import Account, Misconfigured, Unavailable

if TYPE_CHECKING:
    from aiohttp import ClientSession, TraceRequestEndParams
    from twitchio.authentication.tokens import ManagedHTTPClient
    from twitchio.http import Route
else:
    ManagedHTTPClient = object

_RESET_MAX_S = 60.0
_SENTENCE = 300


def load() -> None:
    """Import TwitchIO: some hundred milliseconds, so call it in a thread. It warns of a class of its own that we never
    use (a web server)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import twitchio.authentication.tokens
        import twitchio.eventsub.websockets  # noqa: F401


class HelixError(Exception):
    """Helix did not do it. `status` is the HTTP status, 0 when there was no answer; `message` is Helix's own sentence,
    which may quote the request and is not for logs."""

    def __init__(self, status: int, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"Helix answered {status}")
        self.status = status
        self.message = message
        self.retry_after_s = retry_after_s

    @property
    def lacks_scope(self) -> bool:
        """401 has two meanings: a token that is no longer good, and one that never was good for this."""
        return self.status == 401 and "scope" in self.message.lower()


class Api:
    """Helix as several accounts. What is asked names its account as `token_for`, a key of `accounts`:
    `await api.call(lambda http: http.get_users(logins=["mika"], token_for="12"))`."""

    def __init__(
        self, client_id: str, api_url: str, auth_url: str, accounts: Mapping[str, Account], within_s: float = 8.0
    ) -> None:
        self._client_id = client_id
        self._bases = (api_url.rstrip("/") + "/", auth_url.rstrip("/") + "/")
        self._accounts = accounts
        self._within_s = within_s
        self._session: ClientSession | None = None
        self._http: ManagedHTTPClient | None = None
        self._reset_at = 0.0
        self._closed = False

    @property
    def http(self) -> "ManagedHTTPClient":
        """Made at the first use: it needs the running loop."""
        if self._http is not None:
            return self._http
        if self._closed:
            raise Unavailable("this chat is closed")
        load()
        from aiohttp import ClientSession, ClientTimeout, TraceConfig

        trace = TraceConfig()
        trace.on_request_end.append(self._answered)
        self._session = ClientSession(timeout=ClientTimeout(total=self._within_s), trace_configs=[trace])
        made = _class()(client_id=self._client_id, session=self._session)
        made.take(*self._bases, self._accounts)
        self._http = made
        return made

    async def _answered(self, _session: object, _context: object, params: "TraceRequestEndParams") -> None:
        """TwitchIO keeps headers to itself; this is how long a 429 asks us to wait."""
        if params.response.status != 429:
            return
        with suppress(ValueError):
            wait_s = float(params.response.headers.get("Ratelimit-Reset", "")) - time.time()
            self._reset_at = asyncio.get_running_loop().time() + max(0.0, min(wait_s, _RESET_MAX_S))

    async def call(self, ask: "Callable[[ManagedHTTPClient], Awaitable[Any]]") -> Any:
        """Raises HelixError; Misconfigured and Unavailable come from the account."""
        from aiohttp import ClientError
        from twitchio.exceptions import HTTPException

        try:
            async with asyncio.timeout(self._within_s):
                return await ask(self.http)
        except HTTPException as wrong:
            wait_s = None
            if wrong.status == 429:
                wait_s = max(0.0, self._reset_at - asyncio.get_running_loop().time())
            raise HelixError(wrong.status, str(wrong.extra.get("message", ""))[:_SENTENCE], wait_s) from None
        except (ClientError, OSError, TimeoutError):
            raise HelixError(0, "no answer") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise HelixError(500, "an answer nobody can read") from None

    async def get(self, path: str, params: dict[str, Any], user: str) -> dict[str, Any]:
        """An answer as it came, where TwitchIO's models want every key. Raises like `call`."""
        from twitchio.http import Route

        found = await self.call(lambda http: http.request_json(Route("GET", path, params=params, token_for=user)))
        return found if isinstance(found, dict) else {}

    async def close(self) -> None:
        self._closed = True
        http, self._http = self._http, None
        session, self._session = self._session, None
        if http is not None:
            await http.close()
        if session is not None:
            await session.close()


class _Http(ManagedHTTPClient):
    """Mixed in before TwitchIO's client."""

    def take(self, api_url: str, auth_url: str, accounts: Mapping[str, Account]) -> None:
        from twitchio.http import Route

        self._moved = ((Route.BASE, api_url), (f"{Route.ID_BASE}oauth2/", auth_url))
        self._accounts = accounts

    async def request(self, route: "Route") -> Any:
        """Instead of TwitchIO's, which refreshes by itself, once for each of several requests that fail."""
        from twitchio.exceptions import HTTPException

        account = self._accounts.get(route.token_for)
        if account is None:
            raise Misconfigured("this Twitch account is not signed in", fix="chat.eventsub.signed_out.fix")
        token = await account.token()
        try:
            return await self._as(route, token)
        except HTTPException as wrong:
            if wrong.status != 401 or "scope" in str(wrong.extra.get("message", "")).lower():
                raise
        await account.refused(token)
        fresh = await account.token()
        if fresh == token:
            raise Misconfigured("Twitch no longer accepts the sign-in", fix="chat.eventsub.signed_out.fix")
        return await self._as(route, fresh)

    async def _as(self, route: "Route", token: str) -> Any:
        from twitchio.http import HTTPClient

        for theirs, ours in self._moved:
            if route.url.startswith(theirs):  # a second page builds the address anew
                route._url = ours + route.url[len(theirs) :]  # noqa: SLF001 - it has no setter
                break
        route.headers["Authorization"] = f"Bearer {token}"
        return await HTTPClient.request(self, route)


@cache
def _class() -> Any:
    from twitchio.authentication.tokens import ManagedHTTPClient

    return type("Http", (_Http, ManagedHTTPClient), {})
