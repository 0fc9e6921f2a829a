"""Everything between the platforms and the show: sources, accounts, what we write, what other programs are told.

Rows go `merger` -> `desk` (commands of moderators, our own messages) -> the conductor; what happens in the show comes
back through the calls of `streamer.app.follower`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.inject import InjectChat
from streamer.adapters.chat.streamerbot.client import StreamerBot
from streamer.app.again import Again
from streamer.app.channels import ChatKey, chat_keys, open_chats
from streamer.app.live import Chats
from streamer.app.merge import Merger
from streamer.app.outward.keys import keyed_webhook
from streamer.app.outward.outward import Outward
from streamer.app.sending.desk import ChatDesk
from streamer.app.signin.accounts import Accounts
from streamer.app.spare import Spared
from streamer.core.commands import Command, Erase, Prepare
from streamer.core.events import ChatReceived, Event, LineEnded
from streamer.moderation import judge_line
from streamer.ports import ChatRow, ChatSource, ChatWriter, Health, Heard, Writable
from streamer.speech.view import ClauseView
from streamer.web.chat import UnreadEvent, UnreadOf

if TYPE_CHECKING:
    from streamer.app.house import House

BOTH_S = 20.0
"""How long a chat is read by its old way too, while the new one is not ready."""
LOOK_S = 0.2
RENEW_S = 5.0
"""Between two times that a chat is made anew after a fault."""
WHOLE_S = 3.0
"""How long a reward without its title waits for the one with it."""


class ChatRoom:
    """One per house. Made before the web, opened when the show runs. `given`: sources that are read instead of the
    configured ones; then nobody is signed in, and nothing is told to other programs."""

    def __init__(self, house: "House", *, given: Sequence[ChatSource] | None = None) -> None:
        self._house = house
        self._given = given
        self._crowds = 0
        """How often chats were made: a crowd of the demo that comes again says other things."""
        self._keys: dict[str, ChatKey] = {}
        self._stale = False
        self._changing = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._leaving: set[ChatSource] = set()
        """Still read, until those in their place are ready."""
        self.broken: list[Health] = []
        self.inject = InjectChat()
        self.merger = Merger(self.now_s, more=self._more)
        plan = house.plan
        self.accounts = Accounts(plan.folders.state, lambda: house.plan.settings)
        self.accounts.on_change = self._signed
        self.desk = ChatDesk(
            state=plan.folders.state if given is None else None,
            commands=plan.settings.chat.commands,
            write=plan.settings.chat.write,
            bots=plan.settings.chat.bots,
            press=house.press,
            on_row=self.on_row,
            heard=lambda uid: house.ingress.heard(uid),  # noqa: PLW0108 - made after this
            gone=lambda uid: house.ingress.is_taken_back(uid),  # noqa: PLW0108 - made after this
            fit=lambda text: judge_line(house.rules, text).action == "allow",
            show=lambda: house.inbox.show,
            now=self.now_s,
            spawn=house.start,
            tell=lambda code, params: house.panel.log(house.clock.now_ms(), code, params),
            publish=lambda write, ignored: house.panel.writing(write, ignored),  # noqa: PLW0108 - made after this
            names=lambda: {each.id: each.name for each in house.plan.cast},
            language=lambda: house.plan.cast[0].language if house.plan.cast else "en",
            unread=self._unread,
        )

    def now_s(self) -> float:
        return self._house.clock.now_ns() / 1e9

    # --- life ---------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Who is signed in, and whom to tell. Sources are read from `begin` on."""
        house = self._house
        self.outward = Outward(
            start=house.start,
            name_of=lambda who: next((each.name for each in house.plan.cast if each.id == who), who),
            words=house.texts.get,
            bot=self._bot,
        )
        if self._given is None:
            await self.accounts.start()
            self._follow()

    def begin(self) -> None:
        house = self._house
        self.chats = Chats(house.watch_chat, self.on_row, self.now_s)
        self.chats.add(self.inject, timed=True)
        for source in self.wanted():
            self.chats.add(source, timed=self._given is not None)
        self.desk.begin()
        self.beat()

    def beat(self) -> None:
        """To be called every second or so: accounts come to be able to write, and time ends what is ignored."""
        self.desk.use(self._writers())
        self.desk.beat()
        if self._stale:
            self._stale = False
            self._house.start(self.change(), "chats after a sign-in")
        crashed = [name for name in self._house.crashed if name in self._keys]
        if crashed and (self._renewing is None or self._renewing.done()):
            self._renewing = self._house.start(self._renew(crashed), "chats that crashed")

    async def _renew(self, parts: Collection[str]) -> None:
        """In the place of what crashed, another of its kind. Then a pause: what crashes at once may do so again."""
        async with self._changing:
            for source in [each for each in self._staying() if each.name in parts]:
                await self.chats.remove(source)
            for source in self._open(parts) if not self._house.closing else ():
                self.chats.add(source)
        await asyncio.sleep(RENEW_S)

    async def aclose(self) -> None:
        """Everything at the same time, so that a source that hangs keeps nothing else from being closed."""
        self.desk.close()
        ends = [source.aclose() for source in self.chats.sources] if hasattr(self, "chats") else []
        if self._given is None:
            ends.append(self.accounts.close())
        await asyncio.gather(*ends, return_exceptions=True)

    # --- what is read -------------------------------------------------------------------------------------------------

    def on_row(self, row: ChatRow) -> None:
        """Something happened in a chat."""
        if self._is_half(row):
            asyncio.get_running_loop().call_later(WHOLE_S, self._take, row)
        else:
            self._take(row)

    def _is_half(self, row: ChatRow) -> bool:
        """A guest sees a reward's id and not its title; whoever is signed in tells both, a moment later."""
        reward = row.reward if row.kind == "redemption" and not row.test else None
        return reward is not None and not reward.title and any(isinstance(each, Spared) for each in self.chats.sources)

    def _take(self, row: ChatRow) -> None:
        told = self.merger.take(row)
        if told is not None and not self._house.closing:
            self._house.conductor.on_row(told, aside=self.desk.hear(told))

    def _more(self, kept: str, row: ChatRow) -> None:
        """Another way told the same, and knows more of it: only guests are told that somebody writes for the first
        time."""
        if row.first and kept:
            self._house.panel.first(f"{row.platform}:{kept}")

    def wanted(self) -> Sequence[ChatSource]:
        """The sources to read, freshly made."""
        if self._given is not None:
            return self._given
        self._keys = chat_keys(self._house.plan.settings, self.accounts)
        self.broken.clear()
        return self._open(self._keys)

    def _open(self, parts: Collection[str]) -> Sequence[ChatSource]:
        house = self._house
        number = self._crowds + house.facts_before
        self._crowds += 1
        plan = house.plan
        sources, broken = open_chats(plan.settings, plan.cast, plan.seed + number, self.accounts, only=parts)
        self.broken = [*(each for each in self.broken if each.part not in parts), *broken]
        return sources

    def _signed(self) -> None:
        """Somebody signed in or out: the chats are opened again, if that changes how they are read."""
        self._stale = True

    async def change(self, *, anyway: bool = False) -> None:
        """Read what the settings and the accounts now say. `anyway`: the demo's audience has other names to call."""
        if self._given is not None:
            return
        self._follow()
        async with self._changing:
            await self._change({"chat.demo"} if anyway else set())

    async def _change(self, anyway: Collection[str]) -> None:
        """Only what is read otherwise is opened again. A room that stays the same is read by the old way until the new
        one is ready: nobody tells again what was said in between. Ids see to it that nothing is told twice."""
        house = self._house
        old, new = self._keys, chat_keys(house.plan.settings, self.accounts)
        parts = {part for part in {*old, *new} if old.get(part) != new.get(part) or part in anyway}
        if not parts or house.closing:
            return
        self._keys = new
        fresh = {source.name: source for source in self._open(parts)}
        for source in [each for each in self.chats.sources if each.name in parts]:
            part = source.name
            if part not in fresh or part not in old or old[part].room != new[part].room or not new[part].room:
                await self.chats.remove(source)
            elif source not in self._leaving:
                self._leaving.add(source)
                house.start(self._leave(source, fresh[part]), f"change of {part}")
        if house.closing:
            await asyncio.gather(*(source.aclose() for source in fresh.values()), return_exceptions=True)
            return
        for source in fresh.values():
            self.chats.add(source)
        self.beat()

    async def _leave(self, source: ChatSource, successor: ChatSource) -> None:
        """Read on until the successor reads too, or has had its time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BOTH_S):
                while not _reads(successor):  # noqa: ASYNC110 - sources have no event for it
                    await asyncio.sleep(LOOK_S)
        await self.chats.remove(source)
        self._leaving.discard(source)

    def _follow(self) -> None:
        """Settings that are taken over without opening a chat again."""
        chat = self._house.plan.settings.chat
        self.desk.follow(chat.commands, chat.write, chat.bots)
        rules = chat.streamerbot.do if chat.streamerbot is not None else []
        self.outward.follow([keyed_webhook(each) for each in chat.webhooks], rules)

    def _writers(self) -> list[ChatWriter]:
        found = (source.writer for source in self._staying() if isinstance(source, Writable))
        return [writer for writer in found if writer is not None]

    def _unread(self) -> list[UnreadOf]:
        """Of every source that has met something it could not read."""
        ways = [way for source in self.chats.sources for way in _ways(source)]
        found = [(way.name, unread) for way in ways if isinstance(unread := getattr(way, "unread", None), Unread)]
        return [
            UnreadOf(name, unread.count, [UnreadEvent(each.raw, each.why) for each in unread.last])
            for name, unread in found
            if unread.count
        ]

    def _staying(self) -> list[ChatSource]:
        return [source for source in self.chats.sources if source not in self._leaving]

    def _bot(self) -> StreamerBot | None:
        return next((each for each in self.chats.sources if isinstance(each, StreamerBot)), None)

    # --- how it is ----------------------------------------------------------------------------------------------------

    def health(self, of: Callable[[ChatSource], Sequence[Health]]) -> list[Health]:
        """`of` gives the rows of one source. A chat keeps its place, however often it was opened again."""
        places = {name: place for place, name in enumerate(self._keys)}
        sources = sorted(self._staying(), key=lambda source: places.get(source.name, -1))
        chats = [health for source in sources for health in of(source)]
        if self._given is not None:
            return chats
        return [*chats, *self.broken, *self.accounts.health(), *self.desk.health(), *self.outward.health()]

    # --- what happens in the show -------------------------------------------------------------------------------------

    def ordered(self, command: Command) -> None:
        self.outward.ordered(command)

    def folded(self, event: Event) -> None:
        self.outward.folded(event)

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        self.outward.clause(line, index, value)

    def heard(self, heard: Heard) -> None:
        self.outward.heard(heard)

    def chat(self, event: ChatReceived, text: str, name: str) -> None:
        self.outward.chat(event, text, name)

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        self.desk.erased(erased)
        self.outward.erased(erased, lines)

    def ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None:
        if self._given is None:
            self.desk.line_ended(ended, order, text)


def _ways(source: ChatSource) -> list[ChatSource]:
    """A source, or those it is made of."""
    match source:
        case Spared(first=first, spare=spare):
            return [first] if spare is None else [first, spare]
        case Again(source=inner):
            return [inner]
        case _:
            return [source]


def _reads(source: ChatSource) -> bool:
    """All its ways are open."""
    several: Callable[[], Sequence[Health]] | None = getattr(source, "healths", None)
    return all(row.state == "ok" for row in (several() if several is not None else [source.health()]))
