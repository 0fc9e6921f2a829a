"""The soak: the whole show reads every kind of chat over real sockets while connections break at random.

    python3 run.py bench soak --minutes 60

Said is what the local platforms were told to show; owed of it what they could still deliver: Twitch and Streamer.bot
tell nothing again that was said while no connection to them was up, YouTube does. A message counts as lost when it was
owed and the show was never told of it, as doubled when the show was told of it twice.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec

from streamer.adapters.chat.streamerbot import StreamerBot
from streamer.adapters.chat.twitch_eventsub import TwitchEventSub
from streamer.adapters.chat.twitch_irc import TwitchIrc
from streamer.adapters.chat.youtube import YouTubeWeb
from streamer.adapters.chat.youtube.api import YouTubeApi
from streamer.app.folders import folders
from streamer.app.house import House
from streamer.app.live_rehearsal import Watcher
from streamer.app.plan import read_plan
from streamer.app.report import build
from streamer.app.spare import Spared
from streamer.core.commands import Command
from streamer.core.events import ChatReceived, Fact, LineStarted
from streamer.ports import ChatSource
from streamer.web.gate import Site
from tests.adapters.chat.twitch_eventsub.signed_in import CHAT, OWNER, Signed
from tests.fakes import twitch_events
from tests.fakes.streamer_bot import FakeStreamerBot
from tests.fakes.twitch_api import FakeTwitch
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.youtube_api import FakeYouTubeApi
from tests.fakes.youtube_web import FakeYouTube

SETTINGS = """
show:
  cast: [mika, juno]
  dial: chatty
  read_delay_s: 1
  answers_per_minute: 60
  chatty_per_minute: 60
  banter_every_s: 0
  viewer_cooldown_s: 0
tts: {chain: [espeak], offline_voice_on_air: true}
"""
RATE = 1.0
"""Messages a second, of each platform."""
NAMED = 0.15
DELETED = 0.03
ON_AIR = 0.15
"""Share of the answers whose question is deleted while they are heard."""
SURE_S = 0.5
"""A message that went out less than this before its connection broke may have died with it."""
DRAIN_S = 45.0
SETTLE_S = 20.0
PEOPLE = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "June")
TOPICS = ("cats", "the weather", "that boss", "pizza", "old games", "trains", "the ocean", "tea", "robots", "spring")


class Soaked(msgspec.Struct, frozen=True):
    """What came out; times in seconds."""

    minutes: float
    said: dict[str, int]
    owed: int
    told: int
    lost: int
    doubled: int
    deleted: int
    lines: int
    spoken_after_delete: int
    faults: dict[str, int]
    merged: int
    lost_ids: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.spoken_after_delete)


class Said(msgspec.Struct):
    """One message: the uids it may come under, and by which ways it went out when."""

    uids: tuple[str, ...]
    at: float
    ways: set[str]
    deleted: bool = False


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
        self.quiet: dict[str, float] = {}
        """Ways that are silent until then."""
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
        said = Said(uids, time.monotonic(), ways)
        self.said.append(said)
        self.counts[platform] += 1
        self.by_uid.update(dict.fromkeys(uids, said))

    async def say_twitch(self) -> None:
        """By both ways; some messages have another id on each."""
        user, text = self._text()
        ways: set[str] = set()
        own = f"irc-{self._number}" if self.chance.random() < 0.2 else f"m-{self._number}"
        if any(each.open and not each.silent for each in self.twitch.sessions) and self.twitch.live():
            ways.add("eventsub")
        if self.irc.listening and not self.irc.silent:
            ways.add("irc")
        person = twitch_events.person("", user)
        self._note("twitch", tuple(f"twitch:{each}" for each in dict.fromkeys((f"m-{self._number}", own))), ways)
        number = self._number
        await self.twitch.say(user, text, message_id=f"m-{number}")
        await self.irc.say(user, text, msg_id=own, user_id=str(person["user_id"]))

    async def say_page(self) -> None:
        user, text = self._text()
        self._note("page", (f"youtube:{self.page.say(text, user)}",), {"page"})

    async def say_api(self) -> None:
        user, text = self._text()
        self._note("api", (f"youtube:{await self.api.say(user, text)}",), {"api"})

    async def say_bot(self) -> None:
        user, text = self._text()
        ways = {"bot"} if "ChatMessage" in self.bot.subscribed["Twitch"] and self.bot.listening else set[str]()
        self._note("bot", (f"twitch:{await self.bot.say(text, user=user)}",), ways)

    async def delete(self, said: Said) -> None:
        if said.deleted:
            return
        said.deleted = True
        platform, _, native = said.uids[0].partition(":")
        if "page" in said.ways:
            self.page.delete(native)
        elif "api" in said.ways:
            details = {"messageDeletedDetails": {"deletedMessageId": native}}
            await self.api.event("Mika", "messageDeletedEvent", details)
        elif platform == "twitch":
            for uid in said.uids:
                await self.twitch.delete(uid.partition(":")[2])
                await self.irc.delete(uid.partition(":")[2])

    def owed(self, said: Said) -> bool:
        """Whether some way was up when it was said and did not break right after."""
        for way in said.ways:
            if way not in self.broke:
                return True
            if not any(said.at - 0.05 <= at <= said.at + SURE_S for at in self.broke[way]):
                return True
        return False

    # --- what breaks --------------------------------------------------------------------------------------------------

    def _broke(self, *ways: str) -> None:
        for way in ways:
            self.broke[way].append(time.monotonic())

    async def fault(self) -> None:
        name, act = self.chance.choice(FAULTS)
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


async def _doubled(world: World) -> None:
    world.twitch.duplicates = 2
    await asyncio.sleep(5.0)
    world.twitch.duplicates = 1


async def _irc_drop(world: World) -> None:
    world._broke("irc")
    await world.irc.drop()


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


FAULTS: tuple[tuple[str, Callable[[World], Awaitable[None]]], ...] = (
    ("eventsub drop", _eventsub_drop), ("eventsub close", _eventsub_close), ("hand-over", _hand_over),
    ("subscribe fails", _subscribe_fails), ("subscription forgotten", _forgotten),
    ("eventsub silent", _eventsub_silent), ("doubled", _doubled), ("irc drop", _irc_drop), ("irc moves", _irc_moves),
    ("garbage", _garbage), ("page fault", _page_fault), ("engine down", _engine_down), ("api drop", _api_drop),
    ("api close", _api_close), ("streamer.bot drop", _bot_drop), ("everything at once", _all),
)  # fmt: skip


class Ears:
    """What the show was told."""

    def __init__(self, world: World) -> None:
        self.watcher = Watcher()
        self.told: Counter[str] = Counter()
        self._world = world
        self._causes: dict[int, tuple[str, ...]] = {}
        self.on_air: list[Said] = []

    def observe(self, fact: Fact, commands: Sequence[Command]) -> None:
        self.watcher.observe(fact, commands)
        match fact.event:
            case ChatReceived(uid=uid):
                self.told[uid] += 1
            case LineStarted(line=line):
                self.on_air += [
                    said for uid in self._causes.get(line, ()) if (said := self._world.by_uid.get(uid)) is not None
                ]
            case _:
                pass
        for command in commands:
            answers = getattr(command, "answers", None)
            if answers:
                self._causes[command.line] = answers  # pyright: ignore[reportAttributeAccessIssue] - a Prepare


async def _speak(world: World, say: Callable[[], Awaitable[None]], rate: float, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(world.chance.expovariate(rate))
        await say()
        if world.chance.random() < DELETED:
            said = world.said[-1]
            asyncio.get_running_loop().call_later(
                world.chance.expovariate(0.5), lambda said=said: _start(world.delete(said))
            )


_TASKS: set[asyncio.Task[Any]] = set()


def _start(work: Any) -> None:
    task = asyncio.ensure_future(work)
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


async def _break(world: World, until: float, every_s: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(world.chance.uniform(0.3, 1.7) * every_s)
        await world.fault()


async def _delete_on_air(world: World, ears: Ears, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(0.2)
        while ears.on_air:
            said = ears.on_air.pop()
            if world.chance.random() < ON_AIR:
                await asyncio.sleep(world.chance.uniform(0.0, 1.0))
                await world.delete(said)


async def soak(minutes: float, *, seed: int = 1, rate: float = RATE, fault_every_s: float = 15.0) -> Soaked:
    """Runs in real time; returns when everything that was said could have been told."""
    world = World(seed)
    ears = Ears(world)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        (folder / "home" / "config").mkdir(parents=True)
        (folder / "home" / "config" / "streamer.yaml").write_text(SETTINGS, encoding="utf-8")
        sources = await world.open(stack)
        plan = read_plan(folders(folder / "home", folder / "state"))
        house = House(
            plan, Site(port=0), fresh=True, sources=sources, rehearsal=True, on_record=ears.watcher.record,
            observe=ears.observe,
        )  # fmt: skip
        await house.open()
        try:
            await _all_up(house, SETTLE_S)
            until = time.monotonic() + minutes * 60
            says = (world.say_twitch, world.say_page, world.say_api, world.say_bot)
            await asyncio.gather(
                *(_speak(world, say, rate, until) for say in says),
                _break(world, until, fault_every_s),
                _delete_on_air(world, ears, until),
            )
            await _drained(world, ears, house)
            merged = house.chat.merger.merged
        finally:
            await house.close()
    return _result(world, ears, minutes, merged)


async def _all_up(house: House, limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if all(each.state == "ok" for each in house.health() if each.part.startswith("chat.")):
            return
        await asyncio.sleep(0.1)


async def _drained(world: World, ears: Ears, house: House) -> None:
    end = time.monotonic() + DRAIN_S
    while time.monotonic() < end and (_lost(world, ears) or house.busy):
        await asyncio.sleep(0.5)
    await asyncio.sleep(2.0)


def _lost(world: World, ears: Ears) -> list[Said]:
    return [
        said
        for said in world.said
        if not said.deleted and world.owed(said) and not any(ears.told[uid] for uid in said.uids)
    ]


def _result(world: World, ears: Ears, minutes: float, merged: int) -> Soaked:
    lost = _lost(world, ears)
    doubled = sum(sum(ears.told[uid] for uid in said.uids) > 1 for said in world.said)
    report = build(ears.watcher.result)
    return Soaked(
        minutes=minutes,
        said=dict(world.counts),
        owed=sum(world.owed(said) for said in world.said),
        told=sum(ears.told.values()),
        lost=len(lost),
        doubled=doubled,
        deleted=sum(said.deleted for said in world.said),
        lines=len(report.lines),
        spoken_after_delete=report.spoken_after_delete,
        faults=dict(world.faults),
        merged=merged,
        lost_ids=tuple(said.uids[0] for said in lost[:20]),
    )
