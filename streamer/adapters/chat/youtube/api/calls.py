"""Calls to YouTube's API over HTTP. The key and the token travel in headers only, never in an address."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from streamer.adapters.chat.youtube.api.errors import ApiError, api_error
from streamer.adapters.chat.youtube.api.quota import Call, Quota
from streamer.adapters.part import is_web_address
from streamer.ports import Account, Misconfigured, Unavailable

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

URL: Final = "https://www.googleapis.com/youtube/v3"
_BODY_MAX: Final = 8 << 20
_CONNECT_S: Final = 10.0
_ANSWER_S: Final = 20.0


class Calls:
    """One project's key or one account. Every call raises ApiError."""

    def __init__(self, url: str, quota: Quota, *, api_key: str = "", account: Account | None = None) -> None:
        """Raises Misconfigured for an address that cannot be right, and without both key and account."""
        if not is_web_address(url):
            raise Misconfigured("chat.youtube.api_url is no web address", fix=f"use an address such as {URL}")
        if not api_key and account is None:
            raise Misconfigured("YouTube's API needs a key or a sign-in", fix="paste an API key, or sign in")
        if any(char <= " " or char > "~" for char in api_key):
            raise Misconfigured("the API key has characters no key has", fix="copy the key once more")
        self._url = url.rstrip("/")
        self._loopback = urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}
        self._key = api_key
        self.account = account
        self.quota = quota
        self._http: ClientSession | None = None
        self._closed = False

    def __repr__(self) -> str:  # the key stays out of tracebacks that show locals
        return f"Calls({self._url!r})"

    async def get(self, call: Call, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        return await self._call("GET", call, path, query, None)

    async def post(self, call: Call, path: str, query: Mapping[str, str], body: object) -> dict[str, Any]:
        return await self._call("POST", call, path, query, body)

    async def delete(self, call: Call, path: str, query: Mapping[str, str]) -> None:
        await self._call("DELETE", call, path, query, None)

    @asynccontextmanager
    async def open(self, call: Call, path: str, query: Mapping[str, str]) -> "AsyncIterator[ClientResponse]":
        """An answer whose body is read by the caller, without a limit in time."""
        from aiohttp import ClientError

        try:
            async with self._answer("GET", call, path, query, None) as response:
                yield response
        except (ClientError, OSError, TimeoutError) as wrong:
            raise _lost(wrong) from None

    async def aclose(self) -> None:
        self._closed = True
        if self._http is not None:
            await self._http.close()
            self._http = None

    # --- one request --------------------------------------------------------------------------------------------------

    async def _call(self, method: str, call: Call, path: str, query: Mapping[str, str], body: object) -> dict[str, Any]:
        from aiohttp import ClientError

        try:
            async with asyncio.timeout(_ANSWER_S), self._answer(method, call, path, query, body) as response:
                raw = await _read(response)
        except (ClientError, OSError, TimeoutError) as wrong:
            raise _lost(wrong) from None
        if not raw.strip():
            return {}
        value = _json(raw)
        if not isinstance(value, dict):
            raise ApiError("other", "no JSON", 200)
        return value

    @asynccontextmanager
    async def _answer(
        self, method: str, call: Call, path: str, query: Mapping[str, str], body: object
    ) -> "AsyncIterator[ClientResponse]":
        """An answer that is no error. A token that was refused is replaced and the call made once more."""
        for attempt in (1, 2):
            headers, token = await self._headers()
            data = msgspec.json.encode(body) if body is not None else None
            if data is not None:
                headers["Content-Type"] = "application/json"
            self.quota.spend(call)
            async with self._session().request(
                method, f"{self._url}/{path}", params=query, data=data, headers=headers, allow_redirects=False
            ) as response:
                if 200 <= response.status < 300:
                    self.quota.granted()
                    yield response
                    return
                async with asyncio.timeout(_ANSWER_S):
                    wrong = api_error(response.status, _json(await _read(response)))
            if wrong.code == 401 and token and self.account is not None and attempt == 1:
                await self.account.refused(token)
                continue
            if wrong.trouble == "quota":
                self.quota.refused()
            raise wrong

    async def _headers(self) -> tuple[dict[str, str], str]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}  # a packed stream comes late
        token = ""
        if self.account is not None:
            try:
                token = await self.account.token()
            except Misconfigured as wrong:
                raise ApiError("sign_in", "token", 401, sent=False) from wrong
            except Unavailable as wrong:
                raise ApiError("unreachable", "token", sent=False) from wrong
            headers["Authorization"] = f"Bearer {token}"
        else:
            headers["X-Goog-Api-Key"] = self._key
        return headers, token

    def _session(self) -> "ClientSession":
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

        if self._closed:
            raise ApiError("unreachable", "closed", sent=False)
        if self._http is None:
            timeout = ClientTimeout(total=None, sock_connect=_CONNECT_S)
            self._http = ClientSession(
                timeout=timeout, trust_env=not self._loopback, cookie_jar=DummyCookieJar(), read_bufsize=1 << 20
            )
        return self._http


async def _read(response: "ClientResponse") -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > _BODY_MAX:
            raise ApiError("other", "too long", response.status)
    return bytes(raw)


def _json(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _lost(wrong: Exception) -> ApiError:
    """No answer. What never left this machine may be sent again without doing anything twice."""
    from aiohttp import ClientConnectorError, ConnectionTimeoutError

    return ApiError("unreachable", sent=not isinstance(wrong, ClientConnectorError | ConnectionTimeoutError))
