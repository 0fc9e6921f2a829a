"""`chat_deaf_s`: connections break in the ways they do; how long is the show deaf, and what does it never hear?

Real sockets, the product's own timings, real time. Somebody says something ten times a second. Worlds run beside each
other, the failures of a world one after the other, each after everything was well again for a while. A message counts
as lost when the show was never told of it although some way of its platform was up; which ones those are is not
estimated: on Twitch every failure here hits one of two ways, and YouTube tells later what it could not tell at once.
Only Streamer.bot is read by one way that tells nothing again; what it said while nobody listened is `missed`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from itertools import count, cycle, pairwise
from typing import Any

import msgspec

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.ears import open_ingress
from streamer.app.ingress import Ingress
from streamer.app.merge import Merger
from streamer.app.spare import Spared
from streamer.core.events import ChatReceived
from streamer.moderation import Rules
from streamer.ports import ChatRow, ChatSource
from tests.bench.chat_clients import Api, Bot, EventSub, Irc, Page, Side, Words, show
from tests.bench.chat_ends import reader
from tests.bench.report import Bench, Deaf, quantile
from tests.fakes import twitch_events
from tests.fakes.youtube_web import FakeYouTube, channel_of

EVERY_S = 0.1
WELL_S = 12.0
"""Between two failures: longer than a connection takes to count as a good one."""
LIMIT_S = 75.0
"""A way that has not come back by then stays away."""
BACK_S = 2.5
"""A way is back when it has told without a break for so long."""
DRAIN_S = 20.0

Act = Callable[["World"], Awaitable[None]]


class Failure(msgspec.Struct, frozen=True):
    """What breaks. `way` is the `source` of the rows that it stops."""

    kind: str
    way: str
    act: Act


class Hit(msgspec.Struct, frozen=True):
    """What one failure did; seconds."""

    kind: str
    deaf: float
    alone: float


class Said(msgspec.Struct):
    uids: tuple[str, ...]
    hit: int
    """During which failure it was said; -1 before the first."""
    deliverable: bool


class Ear:
    """Everything of a source by the product's way: merged, moderated, told; and when each way said something."""

    def __init__(self, source: ChatSource) -> None:
        self.source = source
        self.told: Counter[str] = Counter()
        self.heard_at: list[float] = []
        self.ways: dict[str, list[float]] = {}
        self._merger = Merger(time.monotonic)
        self._ingress: Ingress = open_ingress((), Rules.standard(), MemoryTexts(), now=time.monotonic)
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for row in self.source.rows():
            if row.kind == "message":
                self._hear(row)

    def _hear(self, row: ChatRow) -> None:
        now = time.monotonic()
        self.ways.setdefault(row.source, []).append(now)
        told = self._merger.take(row)
        for event in self._ingress.hear(told) if told is not None else ():
            if isinstance(event, ChatReceived):
                self.told[event.uid] += 1
                self.heard_at.append(now)

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.source.aclose()


class World:
    """One platform with the ways it is read by, and what was said there."""

    def __init__(self, ways: Sequence[Side], failures: Sequence[Failure]) -> None:
        self.ways = {side.name: side for side in ways}
        self.failures = failures
        self.said: list[Said] = []
        self.hits: list[Hit] = []
        self.hit = -1
        self.ear: Ear
        self.told: Callable[[str], int]
        self._numbers = count(1)

    @property
    def irc(self) -> Any:
        return self.ways["twitch irc"].fake  # pyright: ignore[reportAttributeAccessIssue] - of an `Irc`

    @property
    def page(self) -> FakeYouTube:
        return self.ways["youtube auto"].fake  # pyright: ignore[reportAttributeAccessIssue] - of a `Page`

    @property
    def fake(self) -> Any:
        """The platform; with two ways, that of the signed-in one."""
        return next(iter(self.ways.values())).fake  # pyright: ignore[reportAttributeAccessIssue] - every side has one

    async def open(self, stack: AsyncExitStack) -> None:
        told = [await side.open(stack) for side in self.ways.values()]
        self.ear = Ear(self._source(told))
        self.told = self.ear.told.__getitem__
        stack.push_async_callback(self.ear.close)
        for side in self.ways.values():
            await side.ready()

    def _source(self, told: Sequence[dict[str, Any]]) -> ChatSource:
        """As the product makes it of one or two ways."""
        match [each["way"] for each in told]:
            case ["eventsub", _]:
                return Spared(reader(told[0]), lambda: reader(told[1]), always=True)
            case ["api", _]:
                self.fake.video = self.page.current
                return reader(told[0] | {"video": self.page.current, "page": told[1]})
            case _:
                return reader(told[0])

    # --- what is said -------------------------------------------------------------------------------------------------

    async def say(self, words: Words) -> None:
        number = next(self._numbers)
        user, text = words[0], f"{words[1]} {number}"
        if "twitch irc" in self.ways:
            await self._say_twice(user, text, f"m-{number}")
            return
        if len(self.ways) > 1:
            by_api = await self.fake.say(channel_of(user).removeprefix("UC"), text)
            self._note((f"youtube:{by_api}", f"youtube:{self.page.say(text, user)}"), True)
            return
        side = next(iter(self.ways.values()))
        up = not isinstance(side, Bot) or (side.fake.listening and not side.fake.silent)
        platform = "twitch" if isinstance(side, Bot) else "youtube"
        self._note((f"{platform}:{await side.say(user, text)}",), up)

    async def _say_twice(self, user: str, text: str, ident: str) -> None:
        """On Twitch: both ways tell it, under the one id that it has there."""
        self._note((f"twitch:{ident}",), True)
        person = twitch_events.person("", user)
        await self.fake.say(user, text, message_id=ident)
        await self.irc.say(user, text, msg_id=ident, user_id=str(person["user_id"]))

    def _note(self, uids: tuple[str, ...], deliverable: bool) -> None:
        self.said.append(Said(uids, self.hit, deliverable))

    async def talk(self) -> None:
        for words in cycle(show()):
            began = time.monotonic()
            with suppress(ConnectionError):  # it was noted; one of the connections broke under it
                await self.say(words)
            await asyncio.sleep(max(0.0, began + EVERY_S - time.monotonic()))

    # --- what breaks --------------------------------------------------------------------------------------------------

    async def run(self, stack: AsyncExitStack) -> None:
        await self.open(stack)
        talking = asyncio.create_task(self.talk())
        try:
            for number, failure in enumerate(self.failures):
                await asyncio.sleep(WELL_S)
                self.hit = number
                self.hits.append(await self._hurt(failure))
            await asyncio.sleep(WELL_S)
        finally:
            if talking.done():
                talking.result()
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
        end = time.monotonic() + DRAIN_S
        while time.monotonic() < end and any(not self._times(said) for said in self.said if said.deliverable):
            await asyncio.sleep(0.2)

    async def _hurt(self, failure: Failure) -> Hit:
        began = time.monotonic()
        act = asyncio.ensure_future(failure.act(self))
        await asyncio.sleep(1.0)
        while time.monotonic() < began + LIMIT_S and not (act.done() and self._is_back(failure.way, began)):
            await asyncio.sleep(0.1)
        await act
        end = time.monotonic()
        alone = longest_silence(self.ear.ways.get(failure.way, []), began, end)
        return Hit(failure.kind, longest_silence(self.ear.heard_at, began, end), alone)

    def _is_back(self, way: str, began: float) -> bool:
        """It told something lately, and all the time for a while, after the failure could be felt."""
        now = time.monotonic()
        since = max(began, now - BACK_S)
        times = [at for at in self.ear.ways.get(way, []) if at >= since - 1.0]
        return now - began >= BACK_S and bool(times) and longest_silence(times, since, now) < 1.5 + EVERY_S

    def _times(self, said: Said) -> int:
        return sum(self.told(uid) for uid in said.uids)

    def counts(self, kind: str) -> tuple[int, int, int, int]:
        """Said, lost, missed and doubled from the first failure of this kind to the next other one, and so on."""
        mine = [said for said in self.said if said.hit >= 0 and self.failures[said.hit].kind == kind]
        silent = [said for said in mine if not self._times(said)]
        lost = sum(said.deliverable for said in silent)
        return len(mine), lost, len(silent) - lost, sum(self._times(said) > 1 for said in mine)


def longest_silence(times: Sequence[float], since: float, until: float) -> float:
    """The longest silence between the two moments; what came last before counts as its begin."""
    before = max((at for at in times if at <= since), default=since)
    marks = [before, *(at for at in times if since < at <= until), until]
    return max(late - early for early, late in pairwise(marks))


# --- the failures -----------------------------------------------------------------------------------------------------


async def _drop(world: World) -> None:
    await world.fake.drop()


def _close(code: int) -> Act:
    async def act(world: World) -> None:
        await world.fake.close(code)

    return act


def _hand_over(*, same_id: bool) -> Act:
    async def act(world: World) -> None:
        world.fake.same_id = same_id
        await world.fake.reconnect()

    return act


def _resubscribe(status: int, times: int = 3) -> Act:
    """The connection breaks, and new subscriptions are refused for a while."""

    async def act(world: World) -> None:
        world.fake.fail("eventsub/subscriptions", status, times=times, method="POST")
        await world.fake.drop()

    return act


async def _unreachable(world: World) -> None:
    """No connection for 3 s, then again."""
    world.fake.refuse_sockets = True
    await world.fake.drop()
    await asyncio.sleep(3.0)
    world.fake.refuse_sockets = False


async def _forgotten(world: World) -> None:
    world.fake.forget("channel.chat.message")


async def _silent(world: World) -> None:
    world.fake.silence()


async def _frozen(world: World) -> None:
    world.fake.freeze()


async def _irc_drop(world: World) -> None:
    await world.irc.drop()


async def _irc_moves(world: World) -> None:
    await world.irc.reconnect()


async def _irc_silent(world: World) -> None:
    """Takes everything and says nothing until the client hangs up; who comes then is answered."""
    world.irc.silent = True
    await _until(lambda: not world.irc._clients)  # pyright: ignore[reportPrivateUsage]
    world.irc.silent = False


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not true():
            await asyncio.sleep(0.02)


def _poll(fault: str, times: int = 1) -> Act:
    async def act(world: World) -> None:
        world.fake.faults.extend([fault] * times)

    return act


def _engine_down(engine: str) -> Act:
    async def act(world: World) -> None:
        world.fake.down[engine] = "500"
        await asyncio.sleep(15.0)
        del world.fake.down[engine]

    return act


async def _api_close(world: World) -> None:
    await world.fake.close()


async def _api_refused(world: World) -> None:
    """The connection breaks, and for 3 s there is no other."""
    from tests.fakes.youtube_api import error

    world.fake.refuse["stream"] = lambda: error(503, "backendError")
    await world.fake.drop()
    await asyncio.sleep(3.0)
    del world.fake.refuse["stream"]


async def _bot_silent(world: World) -> None:
    """The same of Streamer.bot."""
    world.fake.silent = True
    await _until(lambda: not world.fake._sockets)
    world.fake.silent = False


def _twitch() -> list[list[Failure]]:
    """Twenty failures of the signed-in way in four worlds, and those of the guest's."""

    def one(kind: str, act: Act) -> Failure:
        return Failure(f"eventsub {kind}", "eventsub", act)

    drop, again = one("drop", _drop), one("re-subscribe", _resubscribe(500))
    new, same = one("hand-over", _hand_over(same_id=False)), one("hand-over", _hand_over(same_id=True))
    busy, gone = one("re-subscribe", _resubscribe(429)), one("unreachable", _unreachable)
    return [
        [drop, new, again, one("close", _close(4000)), same],
        [new, drop, busy, one("forgotten", _forgotten), drop],
        [gone, one("close", _close(4005)), same, one("re-subscribe", _resubscribe(503)), new],
        [one("silent", _silent), again, one("close", _close(4006)), one("silent", _frozen), gone],
        [
            Failure("irc drop", "irc", _irc_drop), Failure("irc moves", "irc", _irc_moves),
            Failure("irc drop", "irc", _irc_drop), Failure("irc silent", "irc", _irc_silent),
        ],
    ]  # fmt: skip


def worlds(*, quick: bool) -> list[World]:
    """Freshly made. `quick`: the first failure of each."""

    def page(kind: str, act: Act) -> Failure:
        return Failure(f"page {kind}", "innertube", act)

    def api(kind: str, act: Act) -> Failure:
        return Failure(f"api {kind}", "ytapi", act)

    def bot(kind: str, act: Act) -> Failure:
        return Failure(f"streamer.bot {kind}", "streamerbot", act)

    faults = [page("fault", _poll(each)) for each in ("reset", "429", "500", "html", "no_contents")]
    made: list[tuple[Callable[[], Sequence[Side]], list[Failure]]] = [
        *((lambda: (EventSub(), Irc()), failures) for failures in _twitch()),
        (lambda: (Page("auto"),), [*faults, page("engine fails", _engine_down("pytchat"))]),
        (lambda: (Api(), Page("auto")), [api("drop", _drop), api("close", _api_close), api("unreachable", _api_refused),
                            api("silent", _silent), api("drop", _drop)]),
        (lambda: (Bot(),), [bot("drop", _drop), bot("silent", _bot_silent), bot("drop", _drop)]),
    ]  # fmt: skip
    return [World(sides(), failures[:1] if quick else failures) for sides, failures in made]


async def chat_deaf(bench: Bench, *, quick: bool) -> None:
    """Every world at the same time, each begun a moment after the one before."""
    made = worlds(quick=quick)

    async def later(number: int, world: World) -> None:
        await asyncio.sleep(0.7 * number)
        async with AsyncExitStack() as stack:
            await world.run(stack)

    await asyncio.gather(*(later(number, world) for number, world in enumerate(made)))
    kinds = dict.fromkeys(failure.kind for world in made for failure in world.failures)
    found = {kind: _of(made, kind) for kind in kinds}
    told = sum(each.said for each in found.values())
    lost = sum(each.lost for each in found.values())
    hits = sum(each.n for each in found.values())
    longest = max(each.max for each in found.values())
    bench.measured(
        "chat_deaf_s",
        found,
        f"{hits} failures, {lost} of {told} messages lost, never deaf for more than {longest:.1f} s",
    )


def _of(made: Sequence[World], kind: str) -> Deaf:
    hits = [hit for world in made for hit in world.hits if hit.kind == kind]
    said, lost, missed, doubled = (sum(each) for each in zip(*(world.counts(kind) for world in made), strict=True))
    deaf, alone = sorted(hit.deaf for hit in hits), sorted(hit.alone for hit in hits)
    return Deaf(
        p50=round(quantile(deaf, 0.5), 2), p95=round(quantile(deaf, 0.95), 2), max=round(deaf[-1], 2), n=len(hits),
        alone_p95=round(quantile(alone, 0.95), 2), alone_max=round(alone[-1], 2), said=said, lost=lost, missed=missed,
        doubled=doubled,
    )  # fmt: skip
