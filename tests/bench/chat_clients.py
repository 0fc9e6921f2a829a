"""The six ways a chat is read, each with the local platform it reads and a name for itself.

`Side` is the platform's end: it is opened in the process of the bench, says things and tells what a reader needs to
know. `streamer`'s end is made from that by `tests.bench.chat_ends.reader`.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

from tests.bench.chat_ends import SCOPES
from tests.fakes.streamer_bot import FakeStreamerBot
from tests.fakes.twitch_api import FakeTwitch
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.youtube_api import FakeYouTubeApi
from tests.fakes.youtube_web import FakeYouTube

POLL_MS = 1_000
"""How often the YouTube page asks to be polled here; the least its readers ever do, live it is up to 10 s."""
KEPT = 5_000
"""So many of the last messages a local YouTube keeps; more than any of its answers looks back."""
SHOW = Path(__file__).parents[1] / "shows" / "hour.jsonl"

Words = tuple[str, str]
"""Who says what."""


class Side(Protocol):
    """A platform, and the name of the client that reads it."""

    name: str

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Returns what `reader` needs, as JSON."""
        ...

    async def ready(self) -> None:
        """Returns when the client reads."""
        ...

    async def say(self, user: str, text: str) -> str:
        """Returns the platform's id of the message."""
        ...


class Irc:
    name = "twitch irc"

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        self.fake = await stack.enter_async_context(FakeTwitchIrc("mika", ping_s=20.0))
        return {"way": "irc", "url": self.fake.url}

    async def ready(self) -> None:
        await self.fake.joined(within_s=60.0)

    async def say(self, user: str, text: str) -> str:
        return await self.fake.say(user, text)


class EventSub:
    name = "twitchio"

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        fake = self.fake = await stack.enter_async_context(FakeTwitch())
        token = fake.sign_in("mika_bot", *SCOPES)
        return {
            "way": "eventsub", "channel": fake.channel, "api_url": fake.api_url, "eventsub_url": fake.eventsub_url,
            "token": token, "user_id": fake.people["mika_bot"],
        }  # fmt: skip

    async def ready(self) -> None:
        await self.fake.ready("channel.chat.message", "channel.chat.message_delete", within_s=60.0)

    async def say(self, user: str, text: str) -> str:
        return await self.fake.say(user, text)


class Page:
    def __init__(self, engine: str) -> None:
        self.name = f"youtube {engine}"
        self._engine = engine
        self._gone = 0

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        self.fake = await stack.enter_async_context(FakeYouTube(wait_ms=POLL_MS))
        return {"way": "page", "url": self.fake.url, "engine": self._engine}

    async def ready(self) -> None:
        async with asyncio.timeout(60.0):
            while not self.fake.polls.total():
                await asyncio.sleep(0.05)

    async def say(self, user: str, text: str) -> str:
        ident = self.fake.say(text, user)
        actions = self.fake.video.actions
        while len(actions) - self._gone > KEPT:
            actions[self._gone] = {}
            self._gone += 1
        return ident


class Api:
    name = "youtube api"

    def __init__(self) -> None:
        self._gone = 0

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        self.fake = await stack.enter_async_context(FakeYouTubeApi(polling_ms=POLL_MS))
        return {"way": "api", "url": self.fake.url, "video": await self.fake.resolve()}

    async def ready(self) -> None:
        await self.fake.ready(within_s=60.0)

    async def say(self, user: str, text: str) -> str:
        ident = await self.fake.say(user, text)
        while len(self.fake.items) - self._gone > KEPT:
            self.fake.items[self._gone] = {}
            self._gone += 1
        return ident


class Bot:
    name = "streamer.bot"

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        self.fake = await stack.enter_async_context(FakeStreamerBot())
        return {"way": "bot", "url": self.fake.url}

    async def ready(self) -> None:
        async with asyncio.timeout(60.0):
            while "ChatMessage" not in self.fake.subscribed["Twitch"]:
                await asyncio.sleep(0.05)

    async def say(self, user: str, text: str) -> str:
        return await self.fake.say(text, user=user)


def sides() -> list[Side]:
    """All six."""
    return [Irc(), EventSub(), Page("pytchat"), Page("innertube"), Api(), Bot()]


def show() -> Sequence[Words]:
    """What people say in an hour of chat (`tests/shows/hour.jsonl`), in its order."""
    rows = [json.loads(line) for line in SHOW.read_text(encoding="utf-8").splitlines()]
    return [(row["user"]["login"], row["text"]) for row in rows if row["kind"] == "message" and row.get("text")]
