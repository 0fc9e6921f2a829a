"""From chat rows to facts: words go into the text store, verdict and features travel with the fact.

A row is moderated before it is a fact. A message that was taken back before it came is never told. Deletions are told
at once, also while earlier messages still wait for a slow judge.
"""

import asyncio
import logging
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Protocol, get_args

import msgspec
from msgspec.structs import replace

from streamer.app.bots import KNOWN_BOTS
from streamer.app.display import display, display_name
from streamer.app.plausible import plausible
from streamer.app.rowkeys import key_of, platform_of
from streamer.app.tombstones import Tombstones
from streamer.cast import spoken_by_host
from streamer.core.commands import Erase
from streamer.core.events import ChatKind, ChatReceived, Event, Features, HostSpoke, Role, Scope, Tombstoned
from streamer.core.verdict import ALLOW, Action, Verdict
from streamer.ports import ChatRow, TextStore

log = logging.getLogger(__name__)

SEEN_S = 900.0
SEEN_MAX = 20_000
DEEP_LIMIT_S = 2.0
DEEP_WAITING = 64

Judge = Callable[[str, str, str], Verdict]
"""(text, name, highest role) -> verdict, at once."""
DeepJudge = Callable[[str, str, str], Awaitable[Verdict]]
"""The same, when it takes its time (a model, another process)."""
FeaturesOf = Callable[[str, Collection[str]], Features]
"""(text, codes of its platform emotes) -> features."""

_CHAT_KINDS = frozenset[str](get_args(ChatKind))
_REMOVALS: dict[str, Scope] = {"delete_message": "message", "clear_user": "user", "clear_chat": "room"}
_RANKS: tuple[Role, ...] = ("broadcaster", "moderator", "vip", "subscriber", "member", "verified")
_GRAVITY: dict[Action, int] = {"allow": 0, "replace": 1, "hold": 2, "drop": 3}


class Texts(TextStore, Protocol):
    """A text store that can also forget a room."""

    def erase_prefix(self, prefix: str) -> Sequence[str]: ...


class Counts(msgspec.Struct):
    """What became of the rows, for health and metrics."""

    told: int = 0
    twice: int = 0
    taken_back: int = 0
    ignored: int = 0
    judge_failed: int = 0


class Heard(msgspec.Struct, frozen=True):
    """A row that became a fact: when it came by our clock and by the platform's (0: unknown)."""

    event: ChatReceived | HostSpoke
    user: str
    arrived: float
    at: float


class _Job(msgspec.Struct, frozen=True):
    """A fact on its way, with what a judge needs to see."""

    heard: Heard
    text: str = ""
    name: str = ""
    role: str = ""


def same(text: str, verdict: Verdict) -> str:  # noqa: ARG001 - the signature of a mask
    return text


class Ingress:
    """`hear` is the whole way at once; `submit` and `run` put a deep judge into it and keep the order.

    `judge` sees the display copy, so its spans fit the stored text. `mask` makes what is stored of a text to be
    replaced; `name_of` makes the name that is shown and spoken. `own` are user keys (`twitch:1234`) whose messages are
    our own. `quoted` finds the lines that repeat what is taken back. `now` gives seconds of any clock that only rises.
    """

    def __init__(  # noqa: PLR0913 - the parts of the way, by name
        self,
        *,
        texts: Texts,
        judge: Judge,
        features_of: FeaturesOf,
        now: Callable[[], float],
        emit: Callable[[Event], None] = lambda _: None,
        mask: Callable[[str, Verdict], str] = same,
        name_of: Callable[[str], str] = str,
        quoted: Callable[[Tombstoned], tuple[int, ...]] = lambda _: (),
        bots: Iterable[str] = KNOWN_BOTS,
        own: Iterable[str] = (),
        deep: DeepJudge | None = None,
        first_number: int = 1,
    ) -> None:
        """`first_number`: of ids made for rows without one; a resumed show passes its last fact's number."""
        self.counts = Counts()
        self.own = set(own)
        self._texts = texts
        self._judge = judge
        self._features_of = features_of
        self._now = now
        self._emit = emit
        self._mask = mask
        self._name_of = name_of
        self._quoted = quoted
        self._bots = frozenset(name.lower() for name in bots)
        self._deep = deep
        self._number = first_number
        self._stones = Tombstones()
        self._seen: OrderedDict[str, Heard] = OrderedDict()
        self._waiting: asyncio.Queue[tuple[_Job, asyncio.Task[Verdict] | None]] = asyncio.Queue(DEEP_WAITING)

    def follow(self, other: "Ingress") -> None:
        """Judge and look as `other` would, from the next row on; what was seen and taken back stays."""
        self._judge, self._mask, self._name_of = other._judge, other._mask, other._name_of  # noqa: SLF001 - its own kind
        self._features_of, self._bots = other._features_of, other._bots  # noqa: SLF001

    def set_bots(self, names: Iterable[str]) -> None:
        """Logins or user keys of known bots, from the next row on."""
        self._bots = frozenset(name.lower() for name in names)

    # --- asked by others ----------------------------------------------------------------------------------------------

    def is_taken_back(self, uid: str, user: str = "", at: float | None = None) -> bool:
        """Whether these words may no longer be used. `user` and `at` (arrival, our clock) help for rows long gone."""
        heard = self._seen.get(uid)
        if heard is not None:
            return self._stones.cover(uid, heard.user, heard.arrived, heard.at)
        return self._stones.cover(uid, user, at)

    def heard(self, uid: str) -> Heard | None:
        """The fact behind a uid, while it is fresh: who said it, what kind of thing it was."""
        return self._seen.get(uid)

    def erase(self, order: Erase) -> Sequence[str]:
        """Carry out `Erase` on the text store; returns the refs that are gone."""
        match order.scope:
            case "message":
                refs = (f"m:{order.key}", f"a:{order.key}")
                for ref in refs:
                    self._texts.erase(ref)
                return refs
            case "user":
                return self._texts.erase_owner(order.key)
            case "room":
                return (*self._texts.erase_prefix(f"m:{order.key}:"), *self._texts.erase_prefix(f"a:{order.key}:"))

    def remember(self, event: Event, arrived: float) -> None:
        """A fact of an earlier process, read from its journal: not told again, still taken back."""
        match event:
            case ChatReceived(uid=uid, user=user):
                self._keep(uid, Heard(event, user, arrived, 0.0))
            case HostSpoke(uid=uid):
                self._keep(uid, Heard(event, "", arrived, 0.0))
            case Tombstoned(scope=scope, key=key):
                self._stones.bury(scope, key, arrived)
            case _:
                pass

    # --- the way in ---------------------------------------------------------------------------------------------------

    def hear(self, row: ChatRow) -> tuple[Event, ...]:
        """The facts a row amounts to, most often one or none. Never raises."""
        row = self._settled(row)
        if row.kind in _REMOVALS:
            return self._taken_back(row)
        job = self._begun(row)
        return () if job is None else self._stored(job, self._verdict(job))

    async def submit(self, row: ChatRow) -> None:
        """Tell the facts of a row to `emit`; with a deep judge they are told by `run`, in order. May wait for room."""
        row = self._settled(row)
        if self._deep is None or row.kind in _REMOVALS:
            for event in self.hear(row):
                self._emit(event)
            return
        job = self._begun(row)
        if job is None:
            return
        verdict = self._verdict(job)
        job = replace(job, heard=_with(job.heard, verdict))
        asked = (job.text or job.name) and verdict.action != "drop"
        task = asyncio.create_task(self._asked(self._deep, job)) if asked else None
        await self._waiting.put((job, task))

    async def run(self) -> None:
        """Tells what `submit` took, in its order, as the deep judge answers. Runs until cancelled."""
        try:
            while True:
                job, task = await self._waiting.get()
                known = _verdict_of(job.heard)
                verdict = known if task is None else max(known, await task, key=lambda each: _GRAVITY[each.action])
                for event in self._told(job, verdict):
                    self._emit(event)
        finally:
            while not self._waiting.empty():
                _, task = self._waiting.get_nowait()
                if task is not None:
                    task.cancel()

    async def _asked(self, deep: DeepJudge, job: _Job) -> Verdict:
        try:
            async with asyncio.timeout(DEEP_LIMIT_S):
                return await deep(job.text, job.name, job.role)
        except TimeoutError:
            return Verdict("hold", "judge.late")
        except Exception as wrong:  # noqa: BLE001 - whatever a judge raises, the message is held
            return self._failed(wrong)

    def _verdict(self, job: _Job) -> Verdict:
        if not (job.text or job.name) or isinstance(job.heard.event, HostSpoke):
            return ALLOW
        try:
            return self._judge(job.text, job.name, job.role)
        except Exception as wrong:  # noqa: BLE001 - whatever a judge raises, the message is held
            return self._failed(wrong)

    def _failed(self, wrong: Exception) -> Verdict:
        """Nobody has looked at it, so it waits for somebody who does."""
        if not self.counts.judge_failed:
            log.error("a judge failed, what it was asked about is held: %s", _where(wrong))
        self.counts.judge_failed += 1
        return Verdict("hold", "judge.failed")

    def _begun(self, row: ChatRow) -> _Job | None:
        """The fact without its verdict, or None when there is nothing to tell."""
        is_host = row.kind == "host_said"
        if not is_host and row.kind not in _CHAT_KINDS:
            self.counts.ignored += 1
            return None
        platform = platform_of(row)
        uid = key_of(platform, row.id or self._made_id(row))
        user = key_of(platform, (row.user.id or row.user.login) if row.user is not None else "")
        heard = Heard(HostSpoke(uid, f"m:{uid}"), user, self._now(), row.at)
        if uid in self._seen:
            self.counts.twice += 1
            return None
        if self._stones.cover(uid, user, heard.arrived, row.at):
            self.counts.taken_back += 1
            return None
        text, emotes = display(row.text, row.emotes)
        if is_host and not text.strip():
            self.counts.ignored += 1
            return None
        features = self._features(text, {text[start:end] for start, end, _ in emotes}) if text else Features()
        features = _spoken_to(row.direct, features)
        if is_host:
            features = spoken_by_host(text, features)
            heard = replace(heard, event=HostSpoke(uid, f"m:{uid}", features, bool(row.direct)))
            self._keep(uid, heard)
            return _Job(heard, text)
        name = display_name(row.user.name or row.user.login) if row.user is not None else ""
        heard = replace(heard, event=self._received(row, uid, user, features, has_text=bool(text), has_name=bool(name)))
        self._keep(uid, heard)
        return _Job(heard, text, name, _highest(row))

    def _received(
        self, row: ChatRow, uid: str, user: str, features: Features, *, has_text: bool, has_name: bool
    ) -> ChatReceived:
        roles = row.user.roles if row.user is not None else ()
        login = row.user.login.lower() if row.user is not None else ""
        return ChatReceived(
            uid=uid,
            user=user,
            platform=platform_of(row),
            kind=row.kind,  # pyright: ignore[reportArgumentType] - looked up in _CHAT_KINDS
            text=f"m:{uid}" if has_text else "",
            name=f"n:{user}" if has_name else "",
            roles=roles,
            features=features,
            bits=row.bits,
            amount=row.amount,
            count=row.count,
            reply_to=key_of(platform_of(row), row.reply_to) if row.reply_to else "",
            bot=not row.direct and (login in self._bots or user in self._bots or user in self.own),
            guest=row.guest,
            test=row.test,
            direct=bool(row.direct),
        )

    def _features(self, text: str, emotes: Collection[str]) -> Features:
        try:
            return self._features_of(text, emotes)
        except Exception as wrong:  # noqa: BLE001 - a message without features is better than none
            log.error("the features of a text could not be found: %s", _where(wrong))  # noqa: TRY400 - no user text
            return Features()

    def _told(self, job: _Job, verdict: Verdict) -> tuple[Event, ...]:
        """Store the words and tell the fact, unless it was taken back while a judge looked at it."""
        heard, event = job.heard, job.heard.event
        if self._stones.cover(event.uid, heard.user, heard.arrived, heard.at):
            self.counts.taken_back += 1
            return ()
        return self._stored(job, verdict)

    def _stored(self, job: _Job, verdict: Verdict) -> tuple[Event, ...]:
        heard, event = job.heard, job.heard.event
        if event.text:
            text = self._mask(job.text, verdict) if verdict.action == "replace" else job.text
            self._texts.put(event.text, text, owner=heard.user)
        else:  # nothing was written: known, and not taken back
            self._texts.put(f"m:{event.uid}", "", owner=heard.user)
        if isinstance(event, ChatReceived):
            event = event if verdict == ALLOW else replace(event, verdict=verdict)
            if event.name:
                name, known = self._name_of(job.name), self._texts.get(event.name)
                if known != name and not (event.test and known):  # a test renames nobody
                    self._texts.put(event.name, name, owner=heard.user)
        self.counts.told += 1
        return (event,)

    # --- taking back --------------------------------------------------------------------------------------------------

    def _taken_back(self, row: ChatRow) -> tuple[Event, ...]:
        scope, platform = _REMOVALS[row.kind], platform_of(row)
        if scope != "room" and not row.target:
            self.counts.ignored += 1
            return ()
        key = platform if scope == "room" else key_of(platform, row.target)
        return self._tests_buried(scope, key) if row.test else self._buried(scope, key, row.at)

    def _tests_buried(self, scope: Scope, key: str) -> tuple[Event, ...]:
        """What is taken back as a test takes tests back, and nothing that a viewer said."""
        tests = {uid: each.user for uid, each in self._seen.items() if _is_test(each.event)}
        match scope:
            case "message":
                gone = [key] if key in tests or key not in self._seen else []
            case "user":
                gone = [uid for uid, user in tests.items() if user == key]
            case "room":
                gone = [uid for uid in tests if uid.partition(":")[0] == key]
        return tuple(event for uid in gone for event in self._buried("message", uid, 0.0))

    def _buried(self, scope: Scope, key: str, at: float) -> tuple[Event, ...]:
        if not self._stones.bury(scope, key, self._now(), at):
            return ()
        stone = Tombstoned(scope, key)
        lines = self._quoted(stone)
        return (replace(stone, quoted=lines) if lines else stone,)

    def _settled(self, row: ChatRow) -> ChatRow:
        """A held message that was let through is a message; anything else that is replaced is taken back."""
        row = plausible(row)
        if row.kind != "replace_message":
            return row
        native = row.target or row.id
        if row.text and row.user is not None and key_of(platform_of(row), native) not in self._seen:
            return replace(row, kind="message", id=native)
        return replace(row, kind="delete_message", target=native)

    # --- bookkeeping --------------------------------------------------------------------------------------------------

    def _keep(self, uid: str, heard: Heard) -> None:
        seen = self._seen
        seen[uid] = heard
        while len(seen) > SEEN_MAX or next(iter(seen.values())).arrived < heard.arrived - SEEN_S:
            seen.popitem(last=False)

    def _made_id(self, row: ChatRow) -> str:
        self._number += 1
        return f"{row.kind}~{self._number}"


def _spoken_to(direct: str, features: Features) -> Features:
    """Whom somebody at the panel chose comes before anybody the words name."""
    if not direct or direct == "*":
        return features
    others = tuple(persona for persona in features.addressed if persona != direct)
    return replace(features, addressed=(direct, *others))


def _is_test(event: ChatReceived | HostSpoke) -> bool:
    return isinstance(event, ChatReceived) and event.test


def _highest(row: ChatRow) -> str:
    """Of this room: whoever moderates a partner's is a viewer here."""
    roles = row.user.roles if row.user is not None and not row.guest else ()
    return next((role for role in _RANKS if role in roles), "") if roles else ""


def _verdict_of(heard: Heard) -> Verdict:
    return heard.event.verdict if isinstance(heard.event, ChatReceived) else ALLOW


def _with(heard: Heard, verdict: Verdict) -> Heard:
    event = heard.event
    return replace(heard, event=replace(event, verdict=verdict)) if isinstance(event, ChatReceived) else heard


def _where(wrong: Exception) -> str:
    """Type and place of an error: its own text may quote a viewer."""
    place = traceback.extract_tb(wrong.__traceback__)[-1:]
    return f"{type(wrong).__name__} at {place[0].filename}:{place[0].lineno}" if place else type(wrong).__name__
