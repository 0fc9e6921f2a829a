"""A quick clock, a second reader and an account for the tests of YouTube's API."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from streamer.adapters.chat.youtube.api import Resolve, Timing, YouTubeApi
from streamer.ports import AccountRole, ChatRow, ChatSource, Health, Misconfigured, Notice, Service, Unavailable, User
from tests.adapters.chat.contract import Reading, until
from tests.fakes.youtube_api import FakeYouTubeApi, page_id

SCOPE = "https://www.googleapis.com/auth/youtube"
PATIENT = Timing(idle_min_s=600.0, idle_max_s=600.0)
"""No connection is ever too silent, however slow the machine is."""


class SwiftClock:
    """`speed` seconds pass in one; the day stands still unless `jump` is moved."""

    def __init__(self, speed: float = 50.0) -> None:
        self.speed = speed
        self.jump = 0.0

    def wall(self) -> float:
        return time.time() + self.jump

    def now(self) -> float:
        return asyncio.get_running_loop().time() * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self.speed)


class Page:
    """A source that reads the page beside the API: tells what `put` gives it. `well` is its health."""

    name = "chat.youtube"

    def __init__(self) -> None:
        self.well = True
        self.open = True
        self.wrong: Exception | None = None
        self._rows: asyncio.Queue[ChatRow | None] = asyncio.Queue()

    def say(self, number: int, name: str, text: str, at: float = 0.0) -> None:
        user = User(f"UC{name.lower()}", name=name)
        self.put(ChatRow(at=at, platform="youtube", kind="message", id=page_id(number), user=user, text=text,
                         source="innertube"))  # fmt: skip

    def delete(self, message: str) -> None:
        self.put(ChatRow(at=0.0, platform="youtube", kind="delete_message", target=message, source="innertube"))

    def put(self, row: ChatRow | None) -> None:
        self._rows.put_nowait(row)

    async def rows(self) -> AsyncIterator[ChatRow]:
        while (row := await self._rows.get()) is not None:
            yield row
        if self.wrong is not None:
            raise self.wrong

    def health(self) -> Health:
        return Health(self.name, "ok" if self.well else "broken", Notice("chat.ok", {"channel": "mika"}))

    async def aclose(self) -> None:
        self.open = False


class Signed:
    """An account with a token that can go bad. `next`: the tokens that follow, by refresh."""

    service: Service = "youtube"
    role: AccountRole = "bot"
    login = "mika"

    def __init__(self, *following: str, user_id: str = "UCmika", scopes: frozenset[str] = frozenset({SCOPE})) -> None:
        self.user_id = user_id
        self.scopes = scopes
        self.current = "token-1"
        self.following = list(following)
        self.refusals: list[str] = []
        self.wrong: Exception | None = None

    async def token(self) -> str:
        if self.wrong is not None:
            raise self.wrong
        return self.current

    async def refused(self, token: str) -> None:
        self.refusals.append(token)
        if token == self.current and self.following:
            self.current = self.following.pop(0)
        elif token == self.current:
            self.wrong = Misconfigured("signed out", fix="sign in")


class Away(Signed):
    async def token(self) -> str:
        raise Unavailable("no answer")


def source(youtube: FakeYouTubeApi, *, resolve: Resolve | None = None, **more: Any) -> YouTubeApi:
    """A source of this fake, with a key unless an account is given."""
    given: dict[str, Any] = {"api_url": youtube.url, "clock": SwiftClock(), "timing": PATIENT, "draw": lambda: 0.5}
    if "account" not in more:
        given["api_key"] = "key-1"
    return YouTubeApi("mika", resolve or youtube.resolve, **(given | more))


@asynccontextmanager
async def reading(api: ChatSource):
    reader = Reading(api)
    try:
        yield reader
    finally:
        await reader.close()


def texts(reader):
    return [row.text for row in reader.rows if row.kind == "message"]


async def code(api, wanted):
    await until(lambda: api.health().notice.code == wanted, wanted)
    return api.health()
