"""The soak: the whole show reads every kind of chat over real sockets while connections break at random.

    python3 run.py bench soak --minutes 60

Said is what the local platforms were told to show; owed of it what they could still deliver: Twitch and Streamer.bot
tell nothing again that was said while no connection to them was up, YouTube does. A message counts as lost when it was
owed and the show was never told of it, as doubled when its number was told twice under whatever ids, as strange when
nobody said it; a deletion that was owed counts as lost when the show was never told of it.
"""

import asyncio
import re
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import msgspec

from streamer.app.folders import folders
from streamer.app.house import House
from streamer.app.live_rehearsal import Watcher
from streamer.app.plan import read_plan
from streamer.app.report import build
from streamer.core.commands import Command, Prepare
from streamer.core.events import ChatReceived, Fact, LineEnded, LineStarted, Tombstoned
from streamer.web.gate import Site
from tests.bench.soak_world import Said, World

SETTINGS = """
show:
  cast: [mika, juno]
  dial: chatty
  read_delay_s: 1
  answers_per_minute: 60
  chatty_per_minute: 60
  banter_every_s: 0
  idle_after_s: 0
  viewer_cooldown_s: 0
tts: {chain: [espeak], offline_voice_on_air: true}
"""
RATE = 1.0
"""Messages a second, of each platform."""
DELETED = 0.03
ON_AIR = 0.15
"""Share of the answers whose question is deleted while they are heard."""
DRAIN_S = 45.0
SETTLE_S = 30.0
AGAIN_S = 60.0
"""How long after the last failure everything is well again at the latest."""
NUMBER = re.compile(r"\((\d+)\)$|, (\d+) times now$")
LEAST = 0.5
"""Of what is said on a platform at least this share has to be owed: else the soak has shown nothing."""


class Soaked(msgspec.Struct, frozen=True):
    """What came out. `excused` were said while no way was up or died with their connection, by platform; `on_air` is
    how often what a line answered was deleted while it was heard; `idle` failures met nothing they could break."""

    minutes: float
    said: dict[str, int]
    excused: dict[str, int]
    told: int
    lost: int
    doubled: int
    strange: int
    deleted: int
    deletions_excused: int
    deletions_lost: int
    told_after_delete: int
    lines: int
    on_air: int
    spoken_after_delete: int
    faults: dict[str, int]
    idle: dict[str, int]
    merged: int
    well_again: bool
    violations: tuple[str, ...] = ()
    lost_ids: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Nothing went wrong, and enough was at stake."""
        wrong = self.lost + self.doubled + self.strange + self.deletions_lost
        spoken = self.told_after_delete + self.spoken_after_delete
        enough = all(self.excused.get(each, 0) <= (1 - LEAST) * count for each, count in self.said.items())
        return not (wrong or spoken or self.violations) and enough and self.well_again


class Ears:
    """What the show was told, by id and by the number in the words."""

    def __init__(self, world: World) -> None:
        self.watcher = Watcher()
        self.words: Callable[[str], str | None] = lambda _ref: None
        self.told: Counter[str] = Counter()
        self.numbers: Counter[int] = Counter()
        self.stones: set[str] = set()
        self.told_after_delete = 0
        self.on_air: list[Said] = []
        self.hits = 0
        """How often a deletion met a line that was heard."""
        self._world = world
        self._causes: dict[int, tuple[str, ...]] = {}
        self._heard: tuple[str, ...] = ()

    def observe(self, fact: Fact, commands: Sequence[Command]) -> None:
        self.watcher.observe(fact, commands)
        match fact.event:
            case ChatReceived(uid=uid, text=text):
                self.told[uid] += 1
                self.told_after_delete += uid in self.stones
                found = NUMBER.search(self.words(text) or "")
                if found:
                    self.numbers[int(found[1] or found[2])] += 1
            case Tombstoned(scope="message", key=key):
                self.stones.add(key)
                self.hits += key in self._heard
            case LineStarted(line=line):
                self._heard = self._causes.get(line, ())
                self.on_air += [said for uid in self._heard if (said := self._world.by_uid.get(uid)) is not None]
            case LineEnded():
                self._heard = ()
            case _:
                pass
        for command in commands:
            if isinstance(command, Prepare) and command.answers:
                self._causes[command.line] = command.answers


async def _speak(world: World, say: Callable[[], Awaitable[None]], rate: float, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(world.chance.expovariate(rate))
        with suppress(ConnectionError):  # it was noted; one of the connections broke under it
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
    while (left_s := until - time.monotonic()) > 0:
        wait_s = world.chance.uniform(0.3, 1.7) * every_s
        await asyncio.sleep(min(wait_s, left_s))
        if wait_s < left_s:
            await world.fault()


async def _delete_on_air(world: World, ears: Ears, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(0.2)
        while ears.on_air:
            said = ears.on_air.pop()
            if world.chance.random() < ON_AIR:
                await asyncio.sleep(world.chance.uniform(0.0, 1.0))
                await world.delete(said)


async def soak(
    minutes: float, *, seed: int = 1, rate: float = RATE, fault_every_s: float = 15.0, answers_s: float = DRAIN_S
) -> Soaked:
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
        ears.words = house.texts.get
        try:
            if not await _all_up(house, SETTLE_S):
                raise AssertionError(f"not every chat was up: {[each.notice.code for each in house.health()]}")
            until = time.monotonic() + minutes * 60
            says = (world.say_twitch, world.say_page, world.say_api, world.say_bot)
            await asyncio.gather(
                *(_speak(world, say, rate, until) for say in says),
                _break(world, until, fault_every_s),
                _delete_on_air(world, ears, until),
            )
            well_again = await _all_up(house, AGAIN_S)
            await _drained(world, ears, house, answers_s)
            merged = house.chat.merger.merged
        finally:
            await house.close()
    return result(world, ears, minutes, merged=merged, well_again=well_again)


async def _all_up(house: House, limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if all(each.state == "ok" for each in house.health() if each.part.startswith("chat.")):
            return True
        await asyncio.sleep(0.1)
    return False


async def _drained(world: World, ears: Ears, house: House, answers_s: float) -> None:
    """Until everything was told; then lines to come may still show what they were not to say."""
    end = time.monotonic() + DRAIN_S
    while time.monotonic() < end and (_lost(world, ears) or _deletions_lost(world, ears)):
        await asyncio.sleep(0.2)
    end = time.monotonic() + answers_s
    while time.monotonic() < end and house.busy:
        await asyncio.sleep(0.2)
    await asyncio.sleep(2.0)


def _lost(world: World, ears: Ears) -> list[Said]:
    """A message whose deletion was told first is never told."""
    return [
        said
        for said in world.said
        if world.owed(said.sent)
        and not any(ears.told[uid] for uid in said.uids)
        and not any(uid in ears.stones for uid in said.uids)
    ]


def _deletions_lost(world: World, ears: Ears) -> list[Said]:
    return [
        said
        for said in world.said
        if said.deleted is not None and world.owed(said.deleted) and not any(uid in ears.stones for uid in said.uids)
    ]


def result(world: World, ears: Ears, minutes: float, *, merged: int, well_again: bool) -> Soaked:
    """Compare what was said with what was told."""
    lost = _lost(world, ears)
    twice_told = sum(sum(ears.told[uid] for uid in dict.fromkeys(said.uids)) > 1 for said in world.said)
    report = build(ears.watcher.result)
    deleted = [said.deleted for said in world.said if said.deleted is not None]
    return Soaked(
        minutes=minutes,
        said=dict(world.counts),
        excused=dict(Counter(said.platform for said in world.said if not world.owed(said.sent))),
        told=sum(ears.told.values()),
        lost=len(lost),
        doubled=max(twice_told, sum(count > 1 for count in ears.numbers.values())),
        strange=sum(count for uid, count in ears.told.items() if uid not in world.by_uid),
        deleted=len(deleted),
        deletions_excused=sum(not world.owed(each) for each in deleted),
        deletions_lost=len(_deletions_lost(world, ears)),
        told_after_delete=ears.told_after_delete,
        lines=len(report.lines),
        on_air=ears.hits,
        spoken_after_delete=report.spoken_after_delete,
        faults=dict(world.faults),
        idle=dict(world.idle),
        merged=merged,
        well_again=well_again,
        violations=tuple(dict.fromkeys([*world.twitch.violations, *world.irc.violations, *world.api.violations])),
        lost_ids=tuple(said.uids[0] for said in lost[:20]),
    )
