"""Sign-ins without sockets and threads: a store in memory, and a sign-in server that is a function call.

`Crash` stands for kill -9: it is raised where a program may be killed, and the test goes on with a new program that has
only what was on the disk.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from streamer.adapters.auth.common import Ended, Gone, Identity, Pending, Tokens, Waiting
from streamer.app.signin.store import Entry, Kept
from streamer.ports import Service, Unavailable
from tests.fakes.twitch_id import CLIENT, TwitchId


class Crash(BaseException):
    """The program is killed here."""


async def inline(work: Callable[[], Any]) -> Any:
    """As `asyncio.to_thread`, for what does not block."""
    return work()


class MemoryStore:
    """A disk: what is in it outlives a program. `hurt` is called before and after each write and may raise."""

    def __init__(self, hurt: Callable[[str], None] = lambda _what: None) -> None:
        self.kept: dict[str, Kept] = {}
        self.entries: dict[str, Entry] = {}
        self.hurt = hurt
        self.locked = False

    def index(self) -> dict[str, Entry]:
        return dict(self.entries)

    def read(self, key: str) -> Kept | None:
        return self.kept.get(key)

    def try_lock(self) -> Callable[[], None] | None:
        if self.locked:
            return None
        self.locked = True

        def free() -> None:
            self.locked = False

        return free

    def write(self, key: str, kept: Kept) -> None:
        self.hurt("before write")
        self.kept[key] = kept
        self.entries[key] = Entry(kept.n, "file", kept.client, kept.login, kept.user_id, kept.scopes)
        self.hurt("after write")

    def mark(self, key: str, n: int) -> None:
        self.hurt("before mark")
        self.entries[key] = msgspec.structs.replace(self.entries[key], spending=n)
        self.hurt("after mark")

    def fail(self, key: str, n: int) -> None:
        self.entries[key] = msgspec.structs.replace(self.entries[key], spending=0, gone=n)

    def drop(self, key: str) -> None:
        self.kept.pop(key, None)
        self.entries.pop(key, None)


class Server:
    """`SignInServer` of a `TwitchId`. `away` counts the next refreshes that never arrive, `lost` those whose answer is
    lost; `pause` is awaited inside each call."""

    service: Service = "twitch"
    spends_refresh = True

    def __init__(
        self, twitch: TwitchId, pause: Callable[[], Awaitable[None]], hurt: Callable[[str], None] = lambda _what: None
    ) -> None:
        self.id = twitch
        self.client_id = CLIENT
        self.pause = pause
        self.hurt = hurt
        self.away = 0
        self.lost = 0
        self.closed = False
        self.refused: set[str] = set()
        self.sent_after_no: list[str] = []
        """Refresh tokens that were sent again after the answer that they are good no more."""

    async def _call(self, path: str, form: dict[str, str], token: str = "") -> tuple[int, dict[str, Any]]:
        await self.pause()
        if self.away:
            self.away -= 1
            raise Unavailable("away")
        self.hurt(f"before {path}")
        answer = self.id.ask(path, {"client_id": CLIENT, **form}, token)
        self.hurt(f"after {path}")
        await self.pause()
        if self.lost and path == "/token":
            self.lost -= 1
            raise Unavailable("lost")
        return answer

    async def begin(self, scopes: tuple[str, ...]) -> Pending:
        _, body = await self._call("/device", {"scopes": " ".join(scopes)})
        link = body["verification_uri"]
        return Pending(body["device_code"], body["user_code"], link, body["expires_in"], body["interval"], scopes)

    async def poll(self, pending: Pending) -> Tokens | Waiting | Ended:
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        status, body = await self._call("/token", {"grant_type": grant, "device_code": pending.device_code})
        if status == 200:
            return self._tokens(body)
        match body["message"]:
            case "authorization_pending":
                return Waiting()
            case "slow_down":
                return Waiting(slower=True)
            case "access_denied":
                return Ended("denied")
            case _:
                return Ended("expired")

    async def refresh(self, refresh: str, scopes: tuple[str, ...]) -> Tokens | Gone:
        if refresh in self.refused:
            self.sent_after_no.append(refresh)
        status, body = await self._call("/token", {"grant_type": "refresh_token", "refresh_token": refresh})
        if status == 200:
            return self._tokens(body)
        self.refused.add(refresh)
        return Gone()

    async def validate(self, access: str) -> Identity | Gone:
        status, body = await self._call("/validate", {}, access)
        if status != 200:
            return Gone()
        return Identity(body["login"], body["user_id"], tuple(body["scopes"]), body["expires_in"], body["client_id"])

    async def who(self, access: str) -> Identity | Gone:
        return await self.validate(access)

    async def revoke(self, token: str) -> None:
        await self._call("/revoke", {"token": token})

    async def aclose(self) -> None:
        self.closed = True

    @staticmethod
    def _tokens(body: dict[str, Any]) -> Tokens:
        return Tokens(body["access_token"], body["refresh_token"], body["expires_in"], tuple(body["scope"]))
