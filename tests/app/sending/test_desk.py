"""The chat from our side beside a real ingress and the real rules: nothing of ours is heard, nothing gone stays."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from streamer.adapters.store.texts import MemoryTexts
from streamer.app.inbox import Inbox
from streamer.app.ingress import Ingress
from streamer.app.journal import MemoryJournal
from streamer.app.sending.desk import ChatDesk
from streamer.app.sending.settings import CommandsPart, WritePart
from streamer.core.commands import Command, Erase, Prepare
from streamer.core.events import ChatReceived, Features, LineEnded, ShowStarted
from streamer.core.settings import ShowSettings
from streamer.core.verdict import ALLOW
from streamer.ports import ChatRow, Misconfigured, Refused, Unavailable, User
from streamer.web.rest import Problem
from tests.app.sending.writer import FakeWriter
from tests.core.scene import CAST
from tests.virtual_time import run_virtual

MOD = User("1", login="rin", name="Rin", roles=("moderator",))
HOST = User("2", login="hana", name="Hana", roles=("broadcaster",))
ANA = User("3", login="ana", name="Ana")
BOT = User("777", login="showbot", name="ShowBot")


class World:
    """A show without its chain. `on_row` is what a conductor does."""

    def __init__(
        self, state: Path | None = None, *, answers: bool = True, writers: tuple[FakeWriter, ...] = ()
    ) -> None:
        loop = asyncio.get_running_loop()
        self.tasks: list[asyncio.Task[None]] = []
        self.told: list[str] = []
        self.published: list[tuple[Any, Any]] = []
        self.names = {"mika": "Mika"}
        self.texts = MemoryTexts()
        self.received: list[ChatReceived] = []
        self.ingress = Ingress(
            texts=self.texts, judge=lambda *_: ALLOW, features_of=lambda text, _: Features(("mika",), words=3),
            now=loop.time,
        )  # fmt: skip
        self.inbox = Inbox(now_ns=lambda: round(loop.time() * 1e9), journal=MemoryJournal(), run=self.run)  # type: ignore[arg-type]
        self.desk = ChatDesk(
            state=state,
            commands=CommandsPart(),
            write=WritePart(answers=answers),
            press=self.press,
            on_row=self.on_row,
            heard=self.ingress.heard,
            gone=self.ingress.is_taken_back,
            fit=lambda text: "slur" not in text,
            show=lambda: self.inbox.show,
            now=loop.time,
            spawn=self.spawn,
            tell=lambda code, _params: self.told.append(code),
            publish=lambda write, ignored: self.published.append((write, ignored)),
            names=lambda: self.names,
        )
        self.inbox.emit(ShowStarted(ShowSettings(idle_after_ms=0, banter_every_ms=0, answers_per_minute=100), CAST))
        self.desk.begin()
        self.desk.use(writers)

    def spawn(self, work: Any, name: str) -> "asyncio.Task[None]":
        self.tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return self.tasks[-1]

    def press(self, event: Any) -> Any:
        self.inbox.emit(event)
        return "done"

    def run(self, command: Command) -> None:
        if isinstance(command, Erase):
            self.ingress.erase(command)
            self.desk.erased(command)

    def on_row(self, row: ChatRow) -> None:
        aside = self.desk.hear(row)
        for event in self.ingress.hear(row):
            told = replace(event, bot=True) if aside and isinstance(event, ChatReceived) else event
            if isinstance(told, ChatReceived):
                self.received.append(told)
            self.inbox.emit(told)

    def says(self, id_: str, text: str, user: User | None = ANA, **more: Any) -> None:
        given = {"platform": "twitch", "kind": "message", "source": "irc", "at": asyncio.get_running_loop().time()}
        self.on_row(ChatRow(**(given | more), id=id_, user=user, text=text))  # type: ignore[arg-type]

    def answered(self, *uids: str, text: str = "Tea, always.", outcome: Any = "finished", kind: Any = "answer") -> None:
        order = Prepare(cause=1, line=1, persona="mika", kind=kind, why="named", answers=uids)
        ended = LineEnded(line=1, outcome=outcome, heard_ms=900, heard="l:1")
        self.desk.line_ended(ended, order, text)

    @property
    def waiting(self) -> list[str]:
        show = self.inbox.show
        lines = [show.next.request.uid] if show.next is not None else []
        return lines + [request.uid for request in show.requests]

    async def close(self) -> None:
        self.inbox.close()
        self.desk.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def play(scene: Callable[[World, FakeWriter], Awaitable[None]], **more: Any) -> World:
    async def run() -> World:
        writer = FakeWriter()
        writers = more.pop("writers", (writer,))
        world = World(writers=writers, **more)
        try:
            await scene(world, writers[0] if writers else writer)
        finally:
            await world.close()
        return world

    return run_virtual(run())


# --- what the cast must not hear ------------------------------------------------------------------------------------


def test_a_command_acts_and_is_never_answered() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.says("2", "!show off", MOD)
        assert world.inbox.show.mode == "paused"
        assert world.waiting == []
        world.says("3", "!show on", MOD)
        world.says("4", "!show stop", ANA)
        assert world.inbox.show.mode == "running"
        assert world.waiting == []
        assert all(user != "twitch:1" for _, user in world.inbox.show.recent)
        await asyncio.sleep(3)
        assert [text.split(":")[0] for text in writer.texts] == ["Off", "The cast is on."]
        assert [reply for _, _, reply in writer.sent] == ["2", "3"]

    play(scene)


def test_a_command_works_in_a_flood() -> None:
    async def scene(world: World, _writer: FakeWriter) -> None:
        for number in range(3_000):
            world.says(f"f{number}", "Mika?", User(f"u{number}"))
        world.says("2", "!show stop", MOD)
        assert world.inbox.show.mode == "stopped"
        assert world.waiting == []

    play(scene)


def test_our_own_message_is_nothing_to_the_cast() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        writer.own = ""
        ticket = world.desk.outbox.send("twitch", "Mika: hello chat")
        await asyncio.sleep(0.01)
        world.says("early", "Mika: hello chat", BOT)  # comes back before the request is answered
        assert await ticket.settled(1)
        world.says("own1", "Mika: hello chat", BOT)
        world.says("other", "Mika: what else", BOT)  # by then the account is known
        assert world.waiting == []
        assert [event.bot for event in world.received] == [True, True, True]

    play(scene)


def test_without_an_account_commands_still_act() -> None:
    async def scene(world: World, _writer: FakeWriter) -> None:
        world.says("2", "!show pause", MOD)
        assert world.inbox.show.mode == "paused"

    assert play(scene, writers=()).told == []


# --- ignoring -------------------------------------------------------------------------------------------------------


def test_who_is_ignored_is_not_heard_and_is_shown_in_the_panel(tmp_path: Path) -> None:
    async def scene(world: World, _writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.says("2", "!show ignore ana 10", MOD)
        assert world.waiting == []
        world.says("3", "Mika, hello?")
        assert world.waiting == []
        assert list(world.published[-1][1]) == ["twitch:3"]
        await asyncio.sleep(601)
        world.says("4", "Mika, hello again?")
        assert world.waiting == ["twitch:4"]

    play(scene, state=tmp_path)


def test_a_new_process_ignores_him_still(tmp_path: Path) -> None:
    async def before(world: World, _writer: FakeWriter) -> None:
        world.says("1", "hello")
        world.desk.have_ignored("twitch:1", "", minutes=0, by="owner:x", via="panel")

    async def after(world: World, _writer: FakeWriter) -> None:
        world.says("2", "Mika, tea?")
        assert world.waiting == []
        assert [each.name for each in world.desk.who_is_ignored().items] == ["Ana"]
        world.desk.have_heard("", "twitch:3", by="owner:x", via="panel")
        world.says("3", "Mika, tea?")
        assert world.waiting == ["twitch:3"]
        with pytest.raises(Problem) as none:
            world.desk.have_heard("twitch:2", "", by="owner:x", via="panel")
        assert none.value.code == "not_ignored"

    play(before, state=tmp_path)
    play(after, state=tmp_path)


# --- answers in the chat --------------------------------------------------------------------------------------------


def test_an_answer_that_was_heard_is_written_as_a_reply() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.answered("twitch:1")
        world.names = {"mika": "Mika", "juno": "Juno"}
        world.says("2", "Mika, soup?")
        world.answered("twitch:2")
        await asyncio.sleep(3)
        assert [each[1:] for each in writer.sent] == [("Tea, always.", "1"), ("Mika: Tea, always.", "2")]

    play(scene)


def test_a_thank_you_that_was_heard_is_written_too_and_names_who_gave_nothing_to_reply_to() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "for you", kind="cheer", bits=500)
        world.answered("twitch:1", kind="paid", text="Thank you!")
        world.says("2", "", kind="raid", count=20)
        world.answered("twitch:2", kind="paid", text="Welcome!")
        await asyncio.sleep(3)
        assert [each[1:] for each in writer.sent] == [("Thank you!", "1"), ("@Ana Welcome!", "")]

    play(scene)


@pytest.mark.parametrize("outcome", ["cut", "withdrawn", "failed"])
def test_a_line_that_was_not_heard_whole_is_not_written(outcome: str) -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.answered("twitch:1", outcome=outcome)
        await asyncio.sleep(3)
        assert writer.sent == []

    play(scene)


def test_what_is_not_for_the_chat_is_not_written() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?", test=True)
        world.says("2", "Mika, tea?", platform="youtube")
        world.says("3", "Mika, tea?")
        world.says("4", "Mika, tea?")
        world.on_row(ChatRow(0.0, "twitch", "delete_message", target="4"))
        world.answered("twitch:1")
        world.answered("twitch:2".replace("twitch", "youtube"))
        world.answered("twitch:3", text="a slur")
        world.answered("twitch:3", text="")
        world.answered("twitch:3", kind="say")
        world.answered("twitch:4")
        world.answered("twitch:3", "twitch:4")
        world.answered("twitch:unknown")
        world.answered()
        await asyncio.sleep(3)
        assert writer.sent == []

    play(scene)


def test_it_is_off_unless_somebody_wants_it() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.answered("twitch:1")
        await asyncio.sleep(3)
        assert writer.sent == []
        world.desk.follow(CommandsPart(), WritePart(answers=True))
        world.answered("twitch:1")
        await asyncio.sleep(3)
        assert writer.texts == ["Tea, always."]

    assert WritePart().answers is False
    play(scene, answers=False)


def test_without_threads_the_answer_names_who_asked() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        writer.acts = frozenset(("send",))
        world.says("1", "Mika, tea?", platform="youtube")
        world.answered("youtube:1")
        await asyncio.sleep(3)
        assert [each[1:] for each in writer.sent] == [("@Ana Tea, always.", "")]

    play(scene, writers=(FakeWriter("youtube"),))


def test_a_deletion_of_the_question_deletes_the_reply() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.answered("twitch:1")
        await asyncio.sleep(3)
        world.on_row(ChatRow(0.0, "twitch", "delete_message", target="1"))
        await asyncio.sleep(3)
        assert writer.deleted == ["own1"]

    play(scene)


def test_a_deletion_before_it_is_written_stops_it() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.desk.outbox.send("twitch", "first")
        world.says("1", "Mika, tea?")
        world.answered("twitch:1")
        world.on_row(ChatRow(0.0, "twitch", "clear_user", target="3"))
        await asyncio.sleep(5)
        assert writer.texts == ["first"]

    play(scene)


# --- what the panel asks for -----------------------------------------------------------------------------------------


def test_a_message_of_the_operator_is_written() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        sent = await world.desk.write("hello", "", "", by="owner:x")
        assert (sent.outcome, sent.ids) == ("done", ("own1",))
        await world.desk.write("a reply", "", "twitch:m1", by="owner:x")
        assert [each[1:] for each in writer.sent] == [("hello", ""), ("a reply", "m1")]
        writer.acts = frozenset(("send",))
        world.says("m2", "a question")
        await world.desk.write("here it is", "", "twitch:m2", by="owner:x")
        assert writer.sent[-1][1:] == ("@Ana here it is", "")
        writer.takes_s = 9.0
        assert (await world.desk.write("slow", "twitch", "", by="owner:x")).outcome == "waiting"

    play(scene)


def test_why_a_message_of_the_operator_is_not_written() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        async def code(text: str, platform: str = "", reply_to: str = "") -> str:
            with pytest.raises(Problem) as problem:
                await world.desk.write(text, platform, reply_to, by="owner:x")
            return problem.value.code

        assert await code("hello", "youtube") == "not_signed_in"
        assert await code("\u200b") == "empty"
        assert await code("hello", "twitch", "youtube:1") == "invalid"
        writer.faults.append(Refused("automod", "held"))
        assert await code("bad") == "automod"
        writer.faults.append(Misconfigured("signed out"))
        assert await code("hello") == "not_signed_in"
        world.desk.use([])
        assert await code("hello") == "not_signed_in"

    play(scene)


def test_a_press_on_delete_takes_it_back_before_the_platform_says_a_word() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        writer.takes_s = 1.0
        pressed = asyncio.ensure_future(world.desk.delete("twitch:1"))
        await asyncio.sleep(0)
        assert world.waiting == []
        assert world.ingress.is_taken_back("twitch:1")
        assert writer.deleted == []
        assert (await pressed).outcome == "done"
        assert writer.deleted == ["1"]

    play(scene)


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        (Refused("not_allowed", "not a moderator"), "here", "not_allowed"), (Refused("gone", "gone"), "done", ""),
        (Misconfigured("signed out"), "here", "not_signed_in"),
    ],
)  # fmt: skip
def test_a_platform_that_refuses_is_told_and_it_is_gone_here(fault: Exception, outcome: str, code: str) -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        writer.faults.append(fault)
        acted = await world.desk.delete("twitch:1")
        assert (acted.outcome, acted.code) == (outcome, code)
        assert world.ingress.is_taken_back("twitch:1")

    play(scene)


def test_a_platform_that_is_away_is_asked_again_and_not_for_long() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        writer.faults.append(Unavailable("away"))
        assert (await world.desk.delete("twitch:1")).outcome == "done"
        writer.takes_s = 60.0
        acted = await world.desk.delete("twitch:2")
        assert (acted.outcome, acted.code) == ("here", "unavailable")

    play(scene)


def test_a_user_is_timed_out_or_banned_by_his_message_or_his_name() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        assert (await world.desk.punish("twitch:1", "", seconds=600, reason="spam")).outcome == "done"
        assert world.waiting == []
        assert (await world.desk.punish("", "@Ana", seconds=0, reason="")).outcome == "done"
        assert writer.acted == [("timeout", "3", 600, "spam"), ("ban", "3", 0, "")]
        writer.acts = frozenset(("send",))
        assert (await world.desk.punish("", "twitch:3", seconds=0, reason="")).code == "not_allowed"
        world.desk.use([])
        assert (await world.desk.punish("", "twitch:3", seconds=0, reason="")).code == "not_signed_in"

    play(scene)


def test_nobody_is_punished_by_mistake() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "hello", HOST)
        world.says("2", "hello", User("8", login="x1", name="Twin"))
        world.says("3", "hello", User("9", login="x2", name="Twin"))
        for uid, user, code in (
            ("twitch:99", "", "nobody"), ("", "", "nobody"), ("", "who", "nobody"), ("", "Twin", "several"),
            ("twitch:1", "", "streamer"),
        ):  # fmt: skip
            with pytest.raises(Problem) as problem:
                await world.desk.punish(uid, user, seconds=0, reason="")
            assert problem.value.code == code
        with pytest.raises(Problem):
            await world.desk.delete("nothing")
        assert writer.acted == []

    play(scene)


def test_the_panel_is_told_who_can_write_once() -> None:
    async def scene(world: World, _writer: FakeWriter) -> None:
        world.desk.beat()
        world.desk.beat()
        assert [write for write, _ in world.published] == [
            {"twitch": {"acts": ["ban", "delete", "reply", "send", "timeout"]}}
        ]
        world.desk.use([])
        assert world.published[-1] == ({}, {})

    play(scene)


def test_the_way_of_a_test_is_told_and_nothing_is_written() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?", test=True)
        world.answered("twitch:1")
        await asyncio.sleep(3)
        assert writer.sent == []
        assert world.told == ["chat.write.test"]

    play(scene)


def test_no_platform_hears_of_what_is_done_to_a_test() -> None:
    async def scene(world: World, writer: FakeWriter) -> None:
        world.says("1", "Mika, tea?")
        world.says("t1", "Mika, milk?", test=True)
        world.says("t2", "Mika, more milk?", test=True)
        assert (await world.desk.delete("twitch:t1")).outcome == "done"
        assert (await world.desk.punish("twitch:t2", "", seconds=0, reason="")).outcome == "done"
        assert (await world.desk.punish("twitch:t2", "", seconds=60, reason="")).outcome == "done"
        assert writer.acted == []
        assert world.waiting == ["twitch:1"], "the viewer whose name the tests bear has done nothing"

    play(scene)
