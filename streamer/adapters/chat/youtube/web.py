"""YouTube's pages over aiohttp: as a browser that has answered the consent question, in English."""

import asyncio
import email.utils
import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

import msgspec

from streamer.adapters.chat.youtube.trouble import Trouble, of_status
from streamer.adapters.chat.youtube.wanted import URL

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

HEADERS: Final = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36",
    "Accept-Language": "en-US,en;q=0.9",
    "Cookie": "SOCS=CAI; CONSENT=YES+cb; PREF=hl=en&gl=US",
}
"""`SOCS` is the answer "only what is needed" to the question that visitors from Europe are asked first."""
TIMEOUT_S: Final = 6.0
PAGE_MAX: Final = 12 << 20
"""Bytes. A watch page has 1 to 2 million."""
_REDIRECTS: Final = 4


class Page(msgspec.Struct, frozen=True):
    """`server_s`: UNIX seconds by the server's clock, 0 unknown."""

    status: int
    text: str
    server_s: float


class Web:
    """Requests to one site. Every failure is a Trouble."""

    def __init__(self, base_url: str = URL, *, tls: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S) -> None:
        self.base_url = base_url.rstrip("/")
        self._tls = tls
        self._timeout_s = timeout_s
        self._session: ClientSession | None = None

    async def page(self, path: str) -> Page:
        """A page of the site; redirects are followed inside it. 404 is an answer, other errors are Trouble."""
        url = self.base_url + path
        for _ in range(_REDIRECTS):
            answer = await self._ask("GET", url, None)
            if isinstance(answer, Page):
                return answer
            url = self._inside(_joined(url, answer))
        raise Trouble("changed", "too many redirects")

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> Page:
        answer = await self._ask("POST", self.base_url + path, body, headers)
        if isinstance(answer, Page):
            return answer
        self._inside(_joined(self.base_url + path, answer))
        raise Trouble("changed", "a redirect")

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _inside(self, url: str) -> str:
        """The address a redirect leads to, if it is still the site's."""
        host, own = urlsplit(url).netloc.lower(), urlsplit(self.base_url).netloc.lower()
        if host.startswith("consent."):
            raise Trouble("consent")
        if host == own:
            return url
        if own.endswith("youtube.com") and (host == "youtube.com" or host.endswith(".youtube.com")):
            parts = urlsplit(url)
            return self.base_url + parts.path + (f"?{parts.query}" if parts.query else "")
        raise Trouble("rate_limited" if "/sorry" in url else "changed", "redirected elsewhere")

    async def _ask(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> Page | str:
        from aiohttp import ClientError

        session = self._opened()
        try:
            async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer:
                if 300 <= answer.status < 400 and (place := answer.headers.get("Location")):
                    return place
                if trouble := of_status(answer.status, answer.headers.get("Retry-After", "")):
                    raise trouble
                return Page(answer.status, await _text_of(answer), server_time(answer.headers.get("Date", "")))
        except (ClientError, OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as wrong:
            raise Trouble("unreachable", type(wrong).__name__, again=not isinstance(wrong, TimeoutError)) from None

    def _opened(self) -> "ClientSession":
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

        if self._session is None:
            loopback = urlsplit(self.base_url).hostname in ("localhost", "127.0.0.1", "::1")
            self._session = ClientSession(
                connector=TCPConnector(ssl=self._tls or True, limit=6), cookie_jar=DummyCookieJar(), headers=HEADERS,
                timeout=ClientTimeout(self._timeout_s * 2, sock_connect=self._timeout_s, sock_read=self._timeout_s),
                trust_env=not loopback,
            )  # fmt: skip
        return self._session


def _joined(url: str, place: str) -> str:
    """Where a redirect leads. Raises Trouble."""
    try:
        return urljoin(url, place)
    except ValueError:
        raise Trouble("changed", "redirected to no address") from None


async def _text_of(answer: "ClientResponse") -> str:
    parts: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_chunked(1 << 16):
        size += len(chunk)
        if size > PAGE_MAX:
            raise Trouble("changed", "too long")
        parts.append(chunk)
    return b"".join(parts).decode("utf-8", "replace")


def server_time(date: str) -> float:
    """Of a `Date` header: whole seconds."""
    try:
        return email.utils.parsedate_to_datetime(date).timestamp() if date else 0.0
    except (ValueError, TypeError, OverflowError):
        return 0.0


def decoded(page: Page) -> Any:
    """The JSON of an answer. Raises Trouble."""
    try:
        return msgspec.json.decode(page.text.encode())
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Trouble("changed", "not JSON") from None
