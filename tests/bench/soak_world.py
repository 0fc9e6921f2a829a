"""The platforms of the soak, what is said and deleted on them, and how their connections break."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import msgspec

from streamer.adapters.chat.streamerbot import StreamerBot
from streamer.adapters.chat.twitch_eventsub import TwitchEventSub
from streamer.adapters.chat.twitch_irc import TwitchIrc
from streamer.adapters.chat.youtube import YouTubeWeb
from streamer.adapters.chat.youtube.api import YouTubeApi
from streamer.app.spare import Spared
from streamer.ports import ChatSource
from tests.adapters.chat.twitch_eventsub.signed_in import CHAT, OWNER, Signed
from tests.fakes import twitch_events
from tests.fakes.streamer_bot import FakeStreamerBot
from tests.fakes.twitch_api import FakeTwitch
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.youtube_api import FakeYouTubeApi
from tests.fakes.youtube_web import FakeYouTube

NAMED = 0.15
BESIDE = 0.2
"""Share of Twitch's messages that Streamer.bot tells, too."""
SURE_S = 0.5
"""A message that went out less than this before its connection broke may have died with it."""
MUTE_S = 60.0
"""A client that has not left a silent platform by then never will."""
PEOPLE = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "June")
TOPICS = ("cats", "the weather", "that boss", "pizza", "old games", "trains", "the ocean", "tea", "robots", "spring")


class Sent(msgspec.Struct):
    """Something that went out: when, and by which ways that were up."""

    at: float
    ways: set[str]


class Said(msgspec.Struct):
    """One message: its number in the text, the uids it may come under, and how its deletion went out, if it did."""

    number: int
    platform: str
    uids: tuple[str, ...]
    sent: Sent
    deleted: Sent | None = None


class World:
    """The platforms, what was said on them and what broke."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.twitch = FakeTwitch(keepalive_s=2.0)
        self.irc = FakeTwitchIrc(self.twitch.channel, ping_s=20.0)
        self.page = FakeYouTube(wait_ms=1_000)
        self.api = FakeYouTubeApi(polling_ms=1_000)
        self.bot = FakeStreamerBot()
        self.said: list[Said] = []
        self.by_uid: dict[str, Said] = {}
        self.counts: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.broke: dict[str, list[float]] = {"eventsub": [], "irc": [], "bot": []}
        self.idle: Counter[str] = Counter()
        """Failures that were drawn while there was no connection they could have broken."""
        self._number = 0

    async def open(self, stack: AsyncExitStack) -> Sequence[ChatSource]:
        for each in (self.twitch, self.irc, self.page, self.api, self.bot):
            await stack.enter_async_context(each)
        account = Signed(self.twitch, "mika_bot", (*CHAT, *OWNER))
        signed = TwitchEventSub(
            self.twitch.channel, account, client_id="client", api_url=self.twitch.api_url,
            eventsub_url=self.twitch.eventsub_url,
        )  # fmt: skip
        return [
            Spared(signed, lambda: TwitchIrc(self.twitch.channel, self.irc.url), always=True),
            YouTubeWeb("@mika", base_url=self.page.url),
            YouTubeApi("mika", self.api.resolve, api_key="key-1", api_url=self.api.url),
            StreamerBot(self.bot.url),
        ]

    # --- what is said -------------------------------------------------------------------------------------------------

    def _text(self) -> tuple[str, str]:
        self._number += 1
        user, topic = self.chance.choice(PEOPLE), self.chance.choice(TOPICS)
        if self.chance.random() < NAMED:
            return user, f"{self.chance.choice(('Mika', 'Juno'))}, what do you think of {topic}? ({self._number})"
        return user, f"{topic} again, {self._number} times now"

    def _note(self, platform: str, uids: tuple[str, ...], ways: set[str]) -> None:
        said = Said(self._number, platform, uids, Sent(time.monotonic(), ways))
        self.said.append(said)
        self.counts[platform] += 1
        self.by_uid.update(dict.fromkeys(uids, said))

    def up(self, way: str, type_: str = "channel.chat.message") -> bool:
        """Whether somebody reads the platform by this way at this moment, as the platform knows it."""
        match way:
            case "eventsub":
                return any(each.open and not each.silent for each in self.twitch.sessions) and bool(
                    self.twitch.live(type_)
                )
            case "irc":
                return self.irc.listening and not self.irc.silent
            case "bot":
                return "ChatMessage" in self.bot.subscribed["Twitch"] and self.bot.listening and not self.bot.silent
            case "api":
                return self.api.streams > 0
            case _:
                return True

    def _ways(self, *ways: str, type_: str = "channel.chat.message") -> set[str]:
        return {way for way in ways if self.up(way, type_)}

    async def say_twitch(self) -> None:
        """By both ways; some messages are also told by Streamer.bot, under an id of its own."""
        user, text = self._text()
        ident = f"m-{self._number}"
        user_id = str(twitch_events.person("", user)["user_id"])
        ways = self._ways("eventsub", "irc")
        also = f"bot-{ident}" if len(ways) == 2 and self.chance.random() < BESIDE else ident
        self._note("twitch", (f"twitch:{ident}", f"twitch:{also}"), ways)
        await self.twitch.say(user, text, message_id=ident)
        await self.irc.say(user, text, msg_id=ident, user_id=user_id)
        if also != ident:
            shown = {"id": user_id, "login": user.lower(), "name": user, "type": "twitch", "role": 1, "badges": []}
            await self.bot.event("Twitch", "ChatMessage", self.bot.message(text, also, user) | {"user": shown})

    async def say_page(self) -> None:
        user, text = self._text()
        self._note("page", (f"youtube:{self.page.say(text, user)}",), {"page"})

    async def say_api(self) -> None:
        """It is told later, if it cannot be told now."""
        user, text = self._text()
        item = self.api.item(user, "textMessageEvent", {"textMessageDetails": {"messageText": text}}, text)
        self._note("api", (f"youtube:{item['id']}",), {"page"})
        await self.api.push(item)

    async def say_bot(self) -> None:
        user, text = self._text()
        ident = f"bot-{self._number}"
        self._note("bot", (f"twitch:{ident}",), self._ways("bot"))
        await self.bot.event("Twitch", "ChatMessage", self.bot.message(text, ident, user))

    async def delete(self, said: Said) -> None:
        """By each way of the platform."""
        if said.deleted is not None:
            return
        ident = said.uids[0].partition(":")[2]
        if said.platform in ("page", "api"):
            said.deleted = Sent(time.monotonic(), {"page"})
            if said.platform == "page":
                self.page.delete(ident)
                return
            await self.api.event("Mika", "messageDeletedEvent", {"messageDeletedDetails": {"deletedMessageId": ident}})
            return
        ways = self._ways("eventsub", "irc", type_="channel.chat.message_delete")
        said.deleted = Sent(time.monotonic(), ways)
        await self.twitch.delete(ident)
        await self.irc.delete(ident)

    def owed(self, sent: Sent) -> bool:
        """Whether some way was up when it went out and did not break right after."""
        for way in sent.ways:
            if not any(sent.at - 0.05 <= at <= sent.at + SURE_S for at in self.broke.get(way, ())):
                return True
        return False

    # --- what breaks --------------------------------------------------------------------------------------------------

    def _broke(self, *ways: str) -> None:
        for way in ways:
            self.broke[way].append(time.monotonic())

    async def fault(self) -> None:
        """One of them; it counts when there is something to break."""
        name, way, act = self.chance.choice(FAULTS)
        if not self.up(way):
            self.idle[name] += 1
            return
        self.faults[name] += 1
        await act(self)

    async def everything(self) -> None:
        self._broke("eventsub", "irc", "bot")
        await asyncio.gather(self.twitch.drop(), self.irc.drop(), self.bot.drop(), self.api.drop())
        self.page.faults.append("reset")


async def _eventsub_drop(world: World) -> None:
    world._broke("eventsub")
    await world.twitch.drop()


async def _eventsub_close(world: World) -> None:
    world._broke("eventsub")
    await world.twitch.close(world.chance.choice((4000, 4005, 4006)))


async def _hand_over(world: World) -> None:
    world.twitch.same_id = world.chance.random() < 0.5
    await world.twitch.reconnect()


async def _subscribe_fails(world: World) -> None:
    world._broke("eventsub")
    world.twitch.fail("eventsub/subscriptions", world.chance.choice((500, 429, 503)), times=3, method="POST")
    await world.twitch.drop()


async def _forgotten(world: World) -> None:
    world._broke("eventsub")
    world.twitch.forget("channel.chat.message")


async def _eventsub_silent(world: World) -> None:
    world._broke("eventsub")
    world.twitch.silence()


async def _eventsub_frozen(world: World) -> None:
    world._broke("eventsub")
    world.twitch.freeze()


async def _doubled(world: World) -> None:
    world.twitch.duplicates = 2
    await asyncio.sleep(5.0)
    world.twitch.duplicates = 1


async def _irc_drop(world: World) -> None:
    world._broke("irc")
    await world.irc.drop()


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(MUTE_S):
        while not true():
            await asyncio.sleep(0.02)


async def _irc_silent(world: World) -> None:
    """Until the client leaves."""
    world._broke("irc")
    world.irc.silence()
    await _until(lambda: not world.irc._clients)
    world.irc.silent = False


async def _bot_silent(world: World) -> None:
    """Until the client leaves."""
    world._broke("bot")
    world.bot.silent = True
    await _until(lambda: not world.bot._sockets)
    world.bot.silent = False


async def _api_silent(world: World) -> None:
    world.api.silence()


async def _irc_moves(world: World) -> None:
    await world.irc.reconnect()


async def _garbage(world: World) -> None:
    await world.irc.garbage()
    await world.twitch.raw('{"metadata": 7, "payload": []}')
    await world.bot.frame("{]")


async def _page_fault(world: World) -> None:
    world.page.faults.append(world.chance.choice(("429", "403", "500", "html", "broken", "no_contents", "reset")))


async def _engine_down(world: World) -> None:
    world.page.down["pytchat"] = "500"
    await asyncio.sleep(20.0)
    world.page.down.pop("pytchat", None)


async def _api_drop(world: World) -> None:
    await world.api.drop()


async def _api_close(world: World) -> None:
    await world.api.close()


async def _bot_drop(world: World) -> None:
    world._broke("bot")
    await world.bot.drop()


async def _all(world: World) -> None:
    await world.everything()


FAULTS: tuple[tuple[str, str, Callable[[World], Awaitable[None]]], ...] = (
    ("eventsub drop", "eventsub", _eventsub_drop), ("eventsub close", "eventsub", _eventsub_close),
    ("hand-over", "eventsub", _hand_over), ("subscribe fails", "eventsub", _subscribe_fails),
    ("subscription forgotten", "eventsub", _forgotten), ("eventsub silent", "eventsub", _eventsub_silent),
    ("eventsub frozen", "eventsub", _eventsub_frozen), ("doubled", "eventsub", _doubled),
    ("irc drop", "irc", _irc_drop),
    ("irc moves", "irc", _irc_moves), ("irc silent", "irc", _irc_silent), ("garbage", "irc", _garbage),
    ("page fault", "page", _page_fault), ("engine down", "page", _engine_down), ("api drop", "api", _api_drop),
    ("api close", "api", _api_close), ("api silent", "api", _api_silent), ("streamer.bot drop", "bot", _bot_drop),
    ("streamer.bot silent", "bot", _bot_silent), ("everything at once", "page", _all),
)  # fmt: skip
"""Name, the way it breaks, how."""
