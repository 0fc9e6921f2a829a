"""One receiver of webhooks: events by POST as JSON, signed, in order, tried again for a while, never in the way.

The signature follows the common form of signed webhooks: `X-Showrunner-Signature: t=<unix seconds>,v1=<hex>` where the
hex digits are HMAC-SHA256 of `<t>.<body>` under the secret. A receiver checks it, and refuses a `t` of minutes ago.
"""

import asyncio
import hashlib
import hmac
import json
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec

from streamer.app.outward.mail import Mail
from streamer.app.outward.settings import Webhook
from streamer.app.outward.told import Told, shown_types
from streamer.ports import Health, Notice

LIMIT_S = 5.0
"""Of one try, from the look-up of the name to the status line."""
PAUSES_S = (1.0, 5.0, 20.0)
QUEUE_MAX = 200
_AGAIN = frozenset({408, 425, 429})
_LATER_MAX_S = 30.0


def signature(secret: str, body: bytes, t: int) -> str:
    """The value of `X-Showrunner-Signature`."""
    digest = hmac.new(secret.encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={t},v1={digest}"


def encoded(told: Told) -> bytes:
    """The body of a request: see docs/webhooks.md."""
    at = datetime.fromtimestamp(told.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"v": 1, "id": told.id, "type": told.type, "at": at, "test": told.test, "data": told.data}
    try:
        return msgspec.json.encode(body)
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(body).encode()


class _Failed(Exception):
    """One try failed. `again` says whether another one makes sense, `reason` names it without quoting anybody."""

    def __init__(self, reason: str, *, again: bool, later_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.later_s = later_s


class WebhookTarget:
    """`run` works through the mail until it is cancelled."""

    def __init__(
        self,
        part: str,
        hook: Webhook,
        *,
        pauses_s: tuple[float, ...] = PAUSES_S,
        limit_s: float = LIMIT_S,
        queue_max: int = QUEUE_MAX,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`part` names it in the health list: `webhook.1`."""
        self._part = part
        self._url = hook.url
        self._host = urlsplit(hook.url).hostname or ""
        self._secret = hook.secret.get_secret_value()
        self._wanted = shown_types(hook.on)
        self._mail = Mail(queue_max)
        self._pauses_s = pauses_s
        self._limit_s = limit_s
        self._sleep = sleep
        self._draw = draw
        self._wall = wall
        self._sent = 0
        self._lost = 0
        self._trouble = ""

    def offer(self, told: Told) -> None:
        """Take it if it is wanted."""
        if told.type in self._wanted:
            self._mail.put(told)

    def health(self) -> Health:
        params: dict[str, str | int | float] = {
            "host": self._host,
            "sent": self._sent,
            "dropped": self._lost + self._mail.dropped,
            "waiting": len(self._mail),
            "reason": self._trouble,
        }
        if self._trouble:
            return Health(
                self._part,
                "degraded",
                Notice("outward.webhook_failing", params, "outward.webhook_failing.fix"),
            )
        return Health(self._part, "ok", Notice("outward.webhook_ok", params))

    async def run(self) -> None:
        from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

        loopback = self._host in {"localhost", "127.0.0.1", "::1"}
        headers = {"User-Agent": "Showrunner", "Content-Type": "application/json"}
        async with ClientSession(
            timeout=ClientTimeout(total=self._limit_s),
            cookie_jar=DummyCookieJar(),
            headers=headers,
            trust_env=not loopback,
        ) as http:

            async def post(body: bytes, more: dict[str, str]) -> tuple[int, str]:
                async with http.post(self._url, data=body, headers=more, allow_redirects=False) as response:
                    return response.status, response.headers.get("Retry-After", "")

            while True:
                await self._deliver(await self._mail.get(), post)

    async def _deliver(self, told: Told, post: Callable[[bytes, dict[str, str]], Awaitable[tuple[int, str]]]) -> None:
        for pause_s in (*self._pauses_s, None):
            try:
                await self._try(told, post)
            except _Failed as failed:
                self._trouble = failed.reason
                if pause_s is None or not failed.again:
                    self._lost += 1
                    return
                await self._sleep(max(failed.later_s, pause_s * (0.5 + 0.5 * self._draw())))
            else:
                self._sent += 1
                self._trouble = ""
                return

    async def _try(self, told: Told, post: Callable[[bytes, dict[str, str]], Awaitable[tuple[int, str]]]) -> None:
        """One try, with the words that are left by now and a signature of this moment."""
        from aiohttp import ClientError

        body, t = encoded(told), int(self._wall())
        headers = {"X-Showrunner-Event": told.type, "X-Showrunner-Id": told.id}
        if self._secret:
            headers["X-Showrunner-Signature"] = signature(self._secret, body, t)
        try:
            status, later = await post(body, headers)
        except TimeoutError:
            raise _Failed("timeout", again=True) from None
        except (ClientError, OSError, ValueError) as wrong:  # ValueError: a name that cannot be looked up
            raise _Failed(type(wrong).__name__, again=True) from None
        if not 200 <= status < 300:
            again = status >= 500 or status in _AGAIN
            later_s = min(_LATER_MAX_S, float(later)) if later.isascii() and later.isdecimal() and again else 0.0
            raise _Failed(f"HTTP {status}", again=again, later_s=later_s)
