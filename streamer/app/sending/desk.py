"""The chat from our side, put together: what we write, what moderators command, who is ignored, what is taken back.

The conductor asks `hear` about every row before ingress does, and tells `line_ended` and `erased`; the routes of
`web.chat` end here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path

from streamer.app.chatcommands import ChatCommands, Status
from streamer.app.ingress import Heard
from streamer.app.sending.ignored import Entry, Ignored, Speakers
from streamer.app.sending.outbox import Outbox, Spawn, Tell
from streamer.app.sending.settings import CommandsPart, WritePart
from streamer.core.commands import Erase, Prepare
from streamer.core.events import ChatReceived, Event, LineEnded, UserIgnored
from streamer.core.show import Show
from streamer.ports import ChatRow, ChatWriter, Health, Misconfigured, Notice, Refused, RowKind, Unavailable
from streamer.texts import say
from streamer.web.chat import Act, Acted, IgnoredUser, IgnoredUsers, Sent, UnreadOf, Unreads
from streamer.web.operate import Outcome
from streamer.web.rest import Problem

SEND_WAIT_S = 2.5
"""How long whoever writes at the panel waits to hear what became of it."""
ACT_TRIES_S = (0.0, 0.4, 1.0)
ACT_LIMIT_S = 3.0
ANSWERS = frozenset({"answer", "paid"})
REPLIED = frozenset({"message", "cheer", "superchat"})
"""Kinds of rows whose id is that of a message."""


class ChatDesk:
    """`press` takes operator events, `on_row` rows of a chat; `heard` and `gone` ask ingress about a uid; `fit` is the
    guard's judgement of a text; `publish(write, ignored)` shows the panel who can write and who is ignored; `language`
    and `names` (persona id -> name, of those on stage) are those of the show; `unread` are events nobody could
    read. `now`: seconds on the show's clock."""

    def __init__(  # noqa: PLR0913 - what it connects, by name
        self,
        *,
        state: Path | None,
        commands: CommandsPart,
        write: WritePart,
        bots: Sequence[str] = (),
        press: Callable[[Event], Outcome],
        on_row: Callable[[ChatRow], None],
        heard: Callable[[str], Heard | None],
        gone: Callable[[str], bool],
        fit: Callable[[str], bool],
        show: Callable[[], Show],
        now: Callable[[], float],
        spawn: Spawn,
        tell: Tell,
        publish: Callable[[Mapping[str, object], Mapping[str, object]], None] = lambda _write, _ignored: None,
        names: Callable[[], Mapping[str, str]] = dict,
        language: Callable[[], str] = lambda: "en",
        unread: Callable[[], Sequence[UnreadOf]] = tuple,
    ) -> None:
        self._write = write
        self._press = press
        self._on_row = on_row
        self._heard = heard
        self._gone = gone
        self._fit = fit
        self._show = show
        self._now = now
        self._publish = publish
        self._names = names
        self._language = language
        self._unread = unread
        self._published: tuple[object, object] = ({}, {})
        self.outbox = Outbox(now=now, spawn=spawn, tell=tell, gone=gone)
        self.outbox.on_change = self.beat
        self.ignored = Ignored(state / "ignored.json" if state is not None else None)
        self.speakers = Speakers()
        self.commands = ChatCommands(
            settings=commands,
            press=press,
            ignored=self.ignored,
            speakers=self.speakers,
            answer=self._confirm,
            now=now,
            status=self._status,
            author=self._author,
            bots=bots,
        )

    def follow(self, commands: CommandsPart, write: WritePart, bots: Sequence[str] = ()) -> None:
        """Settings have changed."""
        self._write = write
        self.commands.follow(commands, bots)

    def begin(self) -> None:
        """The show has begun: whoever was ignored before still is."""
        now_s, left = self._now(), self._show().ignored
        for entry in self.ignored.all():
            until_ms = round((now_s + entry.until - self.ignored.now()) * 1000) if entry.until else 0
            if left.get(entry.user, -1) != until_ms:
                self._press(UserIgnored(user=entry.user, until_ms=until_ms))
        self.beat()

    def use(self, writers: Iterable[ChatWriter]) -> None:
        """The accounts that write from now on."""
        self.outbox.use(writers)

    def beat(self) -> None:
        """Shows the panel what has changed. Cheap; to be called now and then, because time ends what is ignored."""
        write = {
            platform: {"acts": sorted(writer.acts)}
            for platform in self.outbox.platforms
            if (writer := self.outbox.writer(platform)) is not None
        }
        ignored = {
            each.user: {"name": each.name, "platform": each.platform, "until": each.until * 1000 or None}
            for each in self.ignored.all()
        }
        if self._published != (write, ignored):
            self._published = (write, ignored)
            self._publish(write, ignored)

    def health(self) -> list[Health]:
        return self.outbox.health()

    def close(self) -> None:
        self.outbox.close()

    # --- what the conductor tells -------------------------------------------------------------------------------------

    def hear(self, row: ChatRow) -> bool:
        """Whether the cast must not hear the row: we wrote it ourselves, or it is a command. Commands act here."""
        if row.kind == "delete_message":
            written = self.outbox.ledger.find(row.platform, row.target)
            if written is not None:
                self.outbox.ledger.forget(written)
            return False
        own = self.outbox.ledger.is_own(row, self._now())
        if not own and not row.test:
            self.speakers.heard(row)
        heard = self.commands.hear(row, own=own)
        if heard == "done":
            self.beat()
        return own or heard != "no"

    def erased(self, erased: Erase) -> None:
        """Words were taken back: our replies to them go too."""
        self.outbox.taken_back(erased.scope, erased.key)

    def line_ended(self, ended: LineEnded, order: Prepare, text: str | None) -> None:
        """Where it is wanted, what was heard whole as an answer or a thank-you is also written, to whoever asked or
        gave. `text`: the words that were heard; they have passed the guard."""
        if not self._write.answers or ended.outcome != "finished" or ended.heard_ms <= 0 or not text:
            return
        if order.kind not in ANSWERS or not self._fit(text):
            return
        asked = [heard for uid in order.answers if (heard := self._heard(uid)) is not None]
        about = tuple((heard.event.uid, heard.user) for heard in asked)
        if len(asked) != len(order.answers) or any(self._gone(uid) for uid, _ in about):
            return
        names = self._names()
        words = f"{names[order.persona]}: {text}" if len(names) > 1 and order.persona in names else text
        written: set[str] = set()
        for heard in asked:
            event = heard.event
            platform, _, native = event.uid.partition(":")
            writer = self.outbox.writer(platform)
            if (
                writer is None
                or not self._can_send(platform)
                or platform in written
                or not isinstance(event, ChatReceived)
            ):
                continue
            written.add(platform)
            threaded = "reply" in writer.acts and event.kind in REPLIED
            self.outbox.send(
                platform,
                words if threaded else self._mention(heard.user) + words,
                reply_to=native if threaded else "",
                by=f"persona:{order.persona}",
                priority="answer",
                about=about,
                test=event.test,
            )

    def _mention(self, user: str) -> str:
        """For chats that have no threads."""
        speaker = self.speakers.by_key(user)
        mention = f"@{speaker.shown.lstrip('@')} " if speaker is not None else ""
        return mention if mention and self._fit(mention) else ""

    def _can_send(self, platform: str) -> bool:
        writer = self.outbox.writer(platform)
        return writer is not None and "send" in writer.acts

    def _author(self, uid: str) -> str:
        heard = self._heard(uid)
        return heard.user if heard is not None else ""

    def _status(self) -> Status:
        show = self._show()
        return Status(show.mode, len(show.requests))

    def _confirm(self, row: ChatRow, code: str, params: Mapping[str, str | int | float]) -> None:
        writer = self.outbox.writer(row.platform)
        text = say(Notice(code, dict(params)), self._language())
        if writer is not None and self._can_send(row.platform) and self._fit(text):
            reply_to = row.id if "reply" in writer.acts else ""
            self.outbox.send(row.platform, text, reply_to=reply_to, by="command", priority="confirmation")

    # --- what the panel asks for --------------------------------------------------------------------------------------

    async def write(self, text: str, platform: str, reply_to: str, *, by: str) -> Sent:
        """Problem 409 with the reason, when it is not written."""
        there = [name for name in self.outbox.platforms if self._can_send(name)]
        asked = reply_to.partition(":")
        platform = platform or asked[0] or (there[0] if len(there) == 1 else "")
        if not platform and there:
            raise Problem(422, "invalid", "say in which chat", path="$.platform")
        if reply_to and (not asked[2] or asked[0] != platform):
            raise Problem(422, "invalid", "this is no message of that chat", path="$.reply_to")
        writer = self.outbox.writer(platform)
        threaded = writer is not None and "reply" in writer.acts
        if reply_to and not threaded:
            text = self._mention(self._author(reply_to)) + text
        ticket = self.outbox.send(platform, text, reply_to=asked[2] if threaded else "", by=by)
        if not await ticket.settled(SEND_WAIT_S):
            return Sent("waiting")
        if ticket.state == "dropped":
            raise Problem(409, ticket.reason, ticket.detail)
        return Sent("done", tuple(ticket.ids))

    async def delete(self, uid: str) -> Acted:
        platform, _, native = uid.partition(":")
        if not native:
            raise Problem(422, "invalid", "this is no uid of a message", path="$.uid")
        self._take_back(platform, "delete_message", native)
        if self._is_test(uid):
            return Acted("done")
        return await self._act("delete", platform, lambda writer: writer.delete(native))

    async def punish(self, uid: str, user: str, *, seconds: int, reason: str) -> Acted:
        key, _ = self._meant(uid, user)
        platform, _, native = key.partition(":")
        if self._is_test(uid):  # it may bear the name of a viewer, who did nothing
            self._take_back(platform, "clear_user", native, test=True)
            return Acted("done")
        self._take_back(platform, "clear_user", native, duration_s=float(seconds))
        if not seconds:
            return await self._act("ban", platform, lambda writer: writer.ban(native, reason))
        return await self._act("timeout", platform, lambda writer: writer.timeout(native, seconds, reason))

    def have_ignored(self, uid: str, user: str, *, minutes: int, by: str, via: str) -> IgnoredUser:
        key, name = self._meant(uid, user)
        entry = self.commands.ignore(key, name, minutes=minutes, by=by, via=via)
        self.beat()
        return _shown(entry)

    def have_heard(self, uid: str, user: str, *, by: str, via: str) -> None:
        user = self._author(uid) if uid else user
        entry = self.ignored.find(user) or next((each for each in self.ignored.all() if each.name == user), None)
        if entry is None:
            raise Problem(404, "not_ignored")
        self.commands.unignore(entry.user, by=by, via=via)
        self.beat()

    def who_is_ignored(self) -> IgnoredUsers:
        return IgnoredUsers([_shown(each) for each in self.ignored.all()])

    def unread(self) -> Unreads:
        return Unreads(self._unread())

    def _meant(self, uid: str, user: str) -> tuple[str, str]:
        """Key and name of a user, by a message of his or by himself. Problem 404 for somebody nobody knows."""
        key = self._author(uid) if uid else user if self.speakers.by_key(user) is not None else ""
        if not key and user:
            found = self.speakers.named(user)
            if len({each.user for each in found}) > 1:
                raise Problem(409, "several", "more than one has this name")
            key = found[0].user if found else ""
        if not key.partition(":")[2]:
            raise Problem(404, "nobody")
        known = self.speakers.by_key(key)
        if known is not None and known.host:
            raise Problem(409, "streamer")
        return key, known.shown if known is not None else key.partition(":")[2]

    def _is_test(self, uid: str) -> bool:
        """No platform knows of a test event."""
        heard = self._heard(uid) if uid else None
        return heard is not None and isinstance(heard.event, ChatReceived) and heard.event.test

    def _take_back(
        self, platform: str, kind: RowKind, target: str, duration_s: float = 0.0, *, test: bool = False
    ) -> None:
        """Here and now, whatever the platform will say."""
        row = ChatRow(self._now(), platform, kind, target=target, duration_s=duration_s, source="panel", test=test)
        self._on_row(row)

    async def _act(self, act: Act, platform: str, do: Callable[[ChatWriter], Awaitable[None]]) -> Acted:
        writer = self.outbox.writer(platform)
        if writer is None:
            return Acted("here", "not_signed_in")
        if act not in writer.acts:
            return Acted("here", "not_allowed")
        try:
            async with asyncio.timeout(ACT_LIMIT_S):
                return await _tried(writer, do)
        except TimeoutError:
            return Acted("here", "unavailable")


async def _tried(writer: ChatWriter, do: Callable[[ChatWriter], Awaitable[None]]) -> Acted:
    detail = ""
    for wait_s in ACT_TRIES_S:
        await asyncio.sleep(wait_s)
        try:
            await do(writer)
        except Refused as wrong:
            return Acted("done") if wrong.code == "gone" else Acted("here", wrong.code, wrong.reason)
        except Misconfigured as wrong:
            return Acted("here", "not_signed_in", wrong.reason)
        except Unavailable as wrong:
            detail = wrong.reason
        else:
            return Acted("done")
    return Acted("here", "unavailable", detail)


def _shown(entry: Entry) -> IgnoredUser:
    return IgnoredUser(entry.user, entry.name, entry.platform, entry.until or None)
