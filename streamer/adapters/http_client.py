"""What the clients of all HTTP vendors have in common: one keep-alive session, no proxy for the own network, and what a
refusal means."""

import datetime as dt
import email.utils
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from streamer.ports import Misconfigured, Unavailable

CONNECT_S = 3.0
LONGEST_S = 3600.0
"""No server may send us away for longer."""


def is_local(url: str) -> bool:
    """Loopback and private addresses: never sent through a proxy."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


class Sessions:
    """One session, opened at the first use on the running loop. `of`: whose, in words; `keep_alive_s`: how long an idle
    connection stays."""

    def __init__(self, of: str, *, proxies: bool, keep_alive_s: float = 15.0) -> None:
        self._of, self._proxies, self._keep_alive_s = of, proxies, keep_alive_s
        self._session: aiohttp.ClientSession | None = None
        self.closed = False

    def get(self) -> aiohttp.ClientSession:
        """Raises Unavailable once closed."""
        if self.closed:
            raise Unavailable(f"{self._of} is closed")
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
            connector = aiohttp.TCPConnector(keepalive_timeout=self._keep_alive_s)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=self._proxies, connector=connector)
        return self._session

    async def aclose(self) -> None:
        self.closed = True
        if self._session is not None:
            await self._session.close()


def retry_after_s(headers: Mapping[str, str], default: float | None = None) -> float | None:
    """`Retry-After` in seconds or as a date (RFC 9110, 10.2.3); at most an hour."""
    raw = headers.get("Retry-After", "").strip()
    try:
        return min(LONGEST_S, max(0.0, float(raw)))
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(raw)
    except ValueError:
        return default
    if when.tzinfo is None:
        when = when.replace(tzinfo=dt.UTC)
    return min(LONGEST_S, max(0.0, (when - dt.datetime.now(dt.UTC)).total_seconds()))


def refuse(status: int, headers: Mapping[str, str], server: str, *, fix_key: str, fix_url: str) -> None:
    """Raises what a status means; returns below 300. `server` as people read of it; `fix_key`, `fix_url`: what they can
    do when it refuses the key or the address. Its own words are left out: they may repeat the key or what was said."""
    if status in (401, 403):
        raise Misconfigured(f"{server} refuses the key ({status})", fix=fix_key)
    if status in (404, 405):
        raise Misconfigured(f"{server} has no such address or model ({status})", fix=fix_url)
    if status == 429:
        raise Unavailable(f"{server} asks to slow down (429)", retry_after_s=retry_after_s(headers, 10.0))
    if status >= 300:
        raise Unavailable(f"{server} answers {status}", retry_after_s=retry_after_s(headers))
