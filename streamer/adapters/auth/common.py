"""What every sign-in server has in common: the device code flow (RFC 8628) as values, and careful HTTP.

A person opens a link on any device and types a code; meanwhile the program polls. No redirect address and, on
Twitch, no client secret are needed.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Literal, Protocol, cast

import aiohttp
import msgspec

from streamer.adapters.part import is_web_address
from streamer.ports import Misconfigured, Service, Unavailable

GRANT_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
LIMIT_S = 10.0
ANSWER_MAX = 64_000
"""Bytes; the longest honest answer has about 5,000."""
INTERVAL_S = 5.0
"""RFC 8628, 3.2: when the server names none. Also what `slow_down` adds (3.5)."""


class Pending(msgspec.Struct, frozen=True):
    """A sign-in that waits for a person. `link` is an http(s) address; the code stands in it already where the service
    does so."""

    device_code: str
    user_code: str
    link: str
    expires_in_s: float
    interval_s: float
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return "Pending(...)"


class Waiting(msgspec.Struct, frozen=True):
    """Nobody has answered yet. `slower`: poll less often from now on."""

    slower: bool = False


class Ended(msgspec.Struct, frozen=True):
    """The person said no, or the code is too old or was used before."""

    why: Literal["denied", "expired"]


class Tokens(msgspec.Struct, frozen=True):
    """`refresh` empty: the one there was stays good."""

    access: str
    refresh: str
    expires_in_s: float
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return "Tokens(...)"


class Gone(msgspec.Struct, frozen=True):
    """The token is not good any more and will not be again."""


class Identity(msgspec.Struct, frozen=True):
    """Whose token it is. Empty fields are not known."""

    login: str
    user_id: str
    scopes: tuple[str, ...]
    expires_in_s: float
    client_id: str = ""


class SignInServer(Protocol):
    """Every call raises Unavailable (no or no sensible answer; it may have been carried out) or Misconfigured (this
    client cannot work). No token, code or secret is ever part of an error."""

    service: Service
    client_id: str
    spends_refresh: bool
    """A refresh token is good once: a lost answer loses the sign-in."""

    async def begin(self, scopes: tuple[str, ...]) -> Pending: ...

    async def poll(self, pending: Pending) -> Tokens | Waiting | Ended: ...

    async def refresh(self, refresh: str, scopes: tuple[str, ...]) -> Tokens | Gone: ...

    async def validate(self, access: str) -> Identity | Gone:
        """Cheap; `login` and `user_id` may be empty."""
        ...

    async def who(self, access: str) -> Identity | Gone:
        """As `validate`, with the account's name and id."""
        ...

    async def revoke(self, token: str) -> None:
        """Ends the sign-in at the service. A token that is unknown there is no error."""
        ...

    async def aclose(self) -> None: ...


class Caller:
    """One keep-alive session to one service, opened at the first call."""

    def __init__(self, name: str, limit_s: float = LIMIT_S) -> None:
        self._name = name
        self._limit_s = limit_s
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(
        self, method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object. Redirects are not followed: what is sent is meant for this address only."""
        if not is_web_address(url):
            raise Misconfigured(f"the address of {self._name}'s sign-in is none", fix="check auth_url in the settings")
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=True)
        try:
            async with asyncio.timeout(self._limit_s):
                async with self._session.request(
                    method, url, data=form, headers=headers, allow_redirects=False
                ) as answer:
                    data = await answer.content.read(ANSWER_MAX)
                    while more := await answer.content.read(ANSWER_MAX):
                        data += more
                        if len(data) > ANSWER_MAX:
                            raise Unavailable(f"{self._name}'s sign-in answers without an end")
                    return self._read(answer.status, answer.headers.get("Retry-After", ""), data)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unavailable(f"{self._name}'s sign-in does not answer ({type(error).__name__})") from None

    def _read(self, status: int, retry: str, data: bytes) -> tuple[int, dict[str, Any]]:
        if status >= 500 or status == 429 or 300 <= status < 400:
            wait = _number(retry, 0.0) if retry.isascii() and retry.isdecimal() else None
            raise Unavailable(f"{self._name}'s sign-in answers {status}", retry_after_s=wait)
        try:
            body = json.loads(data) if data.strip() else {}
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            if status >= 400:
                return status, {}
            raise Unavailable(f"{self._name}'s sign-in answers something strange")
        return status, cast("dict[str, Any]", body)


def pending_of(name: str, body: Mapping[str, Any], scopes: tuple[str, ...]) -> Pending:
    """The answer of RFC 8628, 3.2; Google says `verification_url`. Raises Unavailable when something is missing."""
    device, code = body.get("device_code"), body.get("user_code")
    link = body.get("verification_uri_complete") or body.get("verification_uri") or body.get("verification_url")
    if not (
        isinstance(device, str) and device and isinstance(code, str) and 0 < len(code) <= 40 and code.isprintable()
    ):
        raise Unavailable(f"{name}'s sign-in answers something strange")
    if not (isinstance(link, str) and len(link) <= 500 and is_web_address(link)):
        raise Unavailable(f"{name}'s sign-in names no page to go to")
    interval = max(1.0, _number(body.get("interval"), INTERVAL_S))
    return Pending(device, code, link, max(1.0, _number(body.get("expires_in"), 1_800.0)), interval, scopes)


def unfinished(code: str, *expired: str) -> Waiting | Ended | None:
    """What the error of a poll means by RFC 8628, 3.5; None when it is about something else. `expired`: what this
    service calls a device code that is too old or was used before, beside the RFC's own word."""
    match code:
        case "authorization_pending":
            return Waiting()
        case "slow_down":
            return Waiting(slower=True)
        case "access_denied":
            return Ended("denied")
        case _:
            return Ended("expired") if code in ("expired_token", *expired) else None


def tokens_of(name: str, body: Mapping[str, Any], scopes: tuple[str, ...]) -> Tokens:
    """An answer with tokens (RFC 6749, 5.1); a list of scopes may be text or a list. Raises Unavailable."""
    access, refresh = body.get("access_token"), body.get("refresh_token", "")
    if not (isinstance(access, str) and access and isinstance(refresh, str)):
        raise Unavailable(f"{name}'s sign-in answers something strange")
    lives_s = _number(body.get("expires_in"), 0.0) or 3_600.0  # 0 would be a token that is never of use
    return Tokens(access, refresh, lives_s, scopes_of(body.get("scope")) or scopes)


def scopes_of(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list):
        return tuple(each for each in cast("list[object]", value) if isinstance(each, str) and each)
    return ()


def _number(value: object, otherwise: float) -> float:
    try:
        number = float(cast("str", value))
    except (TypeError, ValueError, OverflowError):
        return otherwise
    return number if 0 <= number < 1e9 else otherwise


def number_of(value: object) -> float:
    """Seconds as a number or as text of one; 0 for anything else."""
    return _number(value, 0.0)


def text_of(value: object) -> str:
    """A short text of the server's, or nothing."""
    return value if isinstance(value, str) and len(value) <= 300 and value.isprintable() else ""
