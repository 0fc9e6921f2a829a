"""What we write reaches the chat in order, never too fast, never after it was taken back."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from streamer.app.sending.outbox import Outbox
from streamer.app.sending.post import QUEUE_MAX, Priority
from streamer.ports import ChatRates, Misconfigured, Refused, Unavailable
from tests.app.sending.writer import FakeWriter
from tests.virtual_time import run_virtual

ASKED = (("twitch:1", "twitch:ana"),)


class Room:
    """An outbox with a writer, on the loop's own clock."""

    def __init__(self, *writers: FakeWriter) -> None:
        loop = asyncio.get_running_loop()
        self.tasks: list[asyncio.Task[None]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.gone: set[str] = set()
        self.box = Outbox(
            now=loop.time,
            spawn=self.spawn,
            tell=lambda code, params: self.told.append((code, params)),
            gone=self.gone.__contains__,
        )
        self.box.use(writers)

    def spawn(self, work: Any, name: str) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work, name=name)
        self.tasks.append(task)
        return task

    async def close(self) -> None:
        self.box.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    @property
    def reasons(self) -> list[str]:
        return [str(params["reason"]) for code, params in self.told if code == "chat.unsent"]


def play(scene: Callable[[Room, FakeWriter], Awaitable[None]], writer: FakeWriter | None = None) -> Room:
    async def run() -> Room:
        one = writer or FakeWriter()
        room = Room(one)
        try:
            await scene(room, one)
        finally:
            await room.close()
        return room

    return run_virtual(run())


def test_a_message_is_written_and_its_id_is_known() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        ticket = room.box.send("twitch", "hello", reply_to="m1")
        assert await ticket.settled(1)
        assert (ticket.state, ticket.ids) == ("done", ["own1"])
        assert writer.sent == [(0.0, "hello", "m1")]
        assert room.box.ledger.find("twitch", "own1") is not None
        assert [health.state for health in room.box.health()] == ["ok"]

    play(scene)


def test_many_messages_keep_to_the_rate_and_to_their_order() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        for number in range(QUEUE_MAX):
            room.box.send("twitch", f"number {number}")
        await asyncio.sleep(40)
        assert writer.texts == [f"number {number}" for number in range(QUEUE_MAX)]
        assert writer.broken_rules == 0

    play(scene)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_asked_no_rule_of_the_chat_is_broken(seed: int) -> None:
    luck = random.Random(seed)
    writer = FakeWriter(rates=ChatRates(5, 10.0, 0.7, 8.0, 40))
    priorities: tuple[Priority, ...] = ("operator", "confirmation", "answer")

    async def scene(room: Room, one: FakeWriter) -> None:
        tickets = []
        for _ in range(120):
            one.takes_s = luck.choice((0.0, 0.05, 2.0))
            if luck.random() < 0.1:
                one.faults.append(luck.choice((Unavailable("busy"), Refused("automod", "no"))))
            words = " ".join(luck.choices(("tea", "cat", "soup"), k=luck.randint(1, 30)))
            tickets.append(room.box.send("twitch", words, priority=luck.choice(priorities)))
            await asyncio.sleep(luck.uniform(0, 3))
        await asyncio.sleep(200)
        assert one.broken_rules == 0
        assert all(ticket.state != "waiting" for ticket in tickets)
        assert len(one.sent) > 20

    play(scene, writer)


def test_pieces_of_one_message_stay_together_and_only_the_first_is_a_reply() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.rates = ChatRates(length=20)
        ticket = room.box.send("twitch", "one two three four five six seven", reply_to="m1", priority="answer")
        await asyncio.sleep(0.5)
        room.box.send("twitch", "urgent")
        await asyncio.sleep(10)
        assert writer.texts == ["one two three four", "five six seven", "urgent"]
        assert [reply for _, _, reply in writer.sent] == ["m1", "", ""]
        assert ticket.ids == ["own1", "own2"]

    play(scene)


def test_an_answer_that_is_far_too_long_loses_its_end() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.rates = ChatRates(length=20)
        room.box.send("twitch", " ".join(f"word{number}" for number in range(40)), priority="answer")
        await asyncio.sleep(10)
        assert writer.texts == ["word0 word1 word2", "word3 word4 word5", "word6 word7 word8", "word9 word10 …"]

    play(scene)


def test_an_operator_goes_first_and_an_answer_last() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        room.box.send("twitch", "a", priority="answer")
        room.box.send("twitch", "b", priority="confirmation")
        room.box.send("twitch", "c", priority="operator")
        await asyncio.sleep(5)
        assert writer.texts == ["c", "b", "a"]

    play(scene)


def test_what_waited_too_long_is_dropped_with_its_reason() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.takes_s = 14.0
        tickets = [room.box.send("twitch", f"{number}", priority="answer") for number in range(5)]
        await asyncio.sleep(100)
        assert [ticket.reason for ticket in tickets] == ["", "", "too_old", "too_old", "too_old"]

    assert play(scene).reasons == ["too_old"] * 3


def test_a_crowded_queue_loses_its_least() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        old = room.box.send("twitch", "old", priority="answer")
        new = [room.box.send("twitch", f"new {number}", priority="answer") for number in range(QUEUE_MAX)]
        assert old.reason == "crowded"
        mine = room.box.send("twitch", "mine")
        assert new[0].reason == "crowded"
        assert mine.state == "waiting"
        for number in range(QUEUE_MAX - 1):
            room.box.send("twitch", f"op {number}")
        assert room.box.send("twitch", "one more").reason == "crowded"
        assert room.box.send("twitch", "an answer", priority="answer").reason == "crowded"

    play(scene)


def test_the_same_text_waits_until_it_may_be_said_again() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        room.box.send("twitch", "Hi chat")
        room.box.send("twitch", "hi  chat")
        room.box.send("twitch", "other")
        await asyncio.sleep(50)
        assert [(round(at), text) for at, text, _ in writer.sent] == [(0, "Hi chat"), (1, "other"), (30, "hi chat")]

    play(scene)


def test_the_same_text_that_is_stale_by_then_is_dropped() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        room.box.send("twitch", "ok", priority="confirmation")
        late = room.box.send("twitch", "ok", priority="confirmation")
        await asyncio.sleep(40)
        assert late.reason == "duplicate"
        assert writer.texts == ["ok"]

    play(scene)


def test_a_platform_that_is_away_is_tried_again() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.faults.extend([Unavailable("away"), Unavailable("away", retry_after_s=7)])
        ticket = room.box.send("twitch", "hello")
        await asyncio.sleep(2)
        assert [health.state for health in room.box.health()] == ["degraded"]
        assert await ticket.settled(20)
        assert ticket.state == "done"
        assert writer.sent[0][0] >= 8.0
        assert [health.state for health in room.box.health()] == ["ok"]

    play(scene)


def test_a_platform_that_stays_away_costs_the_message_only() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.faults.extend([Unavailable("away")] * 9)
        first = room.box.send("twitch", "hello", priority="answer")
        await asyncio.sleep(200)
        assert first.reason == "unavailable"
        writer.faults.clear()
        second = room.box.send("twitch", "again")
        assert await second.settled(60)
        assert second.state == "done"

    play(scene)


def test_what_is_refused_is_told_and_not_tried_again() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.faults.append(Refused("automod", "held by AutoMod"))
        ticket = room.box.send("twitch", "hello")
        assert await ticket.settled(5)
        assert (ticket.state, ticket.reason, ticket.detail) == ("dropped", "automod", "held by AutoMod")
        assert writer.sent == []

    assert play(scene).reasons == ["automod"]


def test_a_reply_to_what_has_gone_is_said_plainly_unless_it_is_an_answer() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.faults.append(Refused("gone", "no such message"))
        ticket = room.box.send("twitch", "hello", reply_to="m1")
        assert await ticket.settled(5)
        assert writer.sent[0][1:] == ("hello", "")
        writer.faults.append(Refused("gone", "no such message"))
        answer = room.box.send("twitch", "an answer", reply_to="m2", priority="answer", about=ASKED)
        assert await answer.settled(5)
        assert answer.reason == "gone"

    play(scene)


def test_an_account_that_must_sign_in_again_says_so_in_its_health() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.faults.append(Misconfigured("the sign-in has ended", fix="sign in again"))
        ticket = room.box.send("twitch", "hello")
        assert await ticket.settled(5)
        assert ticket.reason == "not_signed_in"
        (health,) = room.box.health()
        assert (health.part, health.state, health.notice.fix) == ("chat.write.twitch", "broken", "sign in again")
        room.box.use([FakeWriter()])
        assert [health.state for health in room.box.health()] == ["ok"]

    play(scene)


def test_a_client_that_breaks_costs_one_message() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.faults.append(ZeroDivisionError("a bug"))
        first, second = room.box.send("twitch", "one"), room.box.send("twitch", "two")
        assert await second.settled(10)
        assert (first.reason, second.state) == ("failed", "done")

    play(scene)


def test_without_an_account_nothing_waits() -> None:
    async def scene(room: Room, _writer: FakeWriter) -> None:
        assert room.box.send("youtube", "hello").reason == "not_signed_in"
        assert room.box.send("twitch", " \u200b ").reason == "empty"
        assert room.box.send("twitch", "word " * 2000).reason == "too_long"

    play(scene)


def test_an_account_that_comes_back_in_time_writes_what_waited() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        ticket = room.box.send("twitch", "hello")
        room.box.use([])
        await asyncio.sleep(10)
        assert ticket.state == "waiting"
        other = FakeWriter(own="888")
        room.box.use([other])
        assert await ticket.settled(5)
        assert other.texts == ["hello"]
        assert writer.sent == []
        late = room.box.send("twitch", "late")
        room.box.use([])
        await asyncio.sleep(70)
        assert late.reason == "not_signed_in"

    play(scene)


def test_another_account_has_limits_of_its_own() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        for number in range(3):
            room.box.send("twitch", f"{number}")
        await asyncio.sleep(2.5)
        other = FakeWriter(own="888")
        room.box.use([other])
        ticket = room.box.send("twitch", "2")
        assert await ticket.settled(0.5)
        assert other.sent

    play(scene)


def test_a_test_reaches_nobody_and_shows_as_done() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        ticket = room.box.send("twitch", "thanks for the raid", test=True)
        await asyncio.sleep(5)
        assert (ticket.state, ticket.test) == ("done", True)
        assert writer.sent == []

    assert [code for code, _ in play(scene).told] == ["chat.write.test"]


@pytest.mark.parametrize(("scope", "key"), [("message", "twitch:1"), ("user", "twitch:ana"), ("room", "twitch")])
def test_what_answers_words_that_are_taken_back_is_not_written(scope: Any, key: str) -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        room.box.send("twitch", "first")
        answer = room.box.send("twitch", "an answer", priority="answer", about=ASKED)
        other = room.box.send("twitch", "other", priority="answer", about=(("youtube:9", "youtube:bo"),))
        room.box.taken_back(scope, key)
        await asyncio.sleep(10)
        assert answer.reason == "taken_back"
        assert other.state == "done"
        assert "an answer" not in writer.texts

    assert play(scene).reasons == []


@pytest.mark.parametrize(("scope", "key"), [("message", "twitch:1"), ("user", "twitch:ana")])
def test_a_reply_that_was_written_is_deleted_with_what_it_answers(scope: Any, key: str) -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        answer = room.box.send("twitch", "an answer", priority="answer", about=ASKED)
        assert await answer.settled(5)
        writer.faults.append(Unavailable("away"))
        room.box.taken_back(scope, key)
        await asyncio.sleep(5)
        assert writer.deleted == ["own1"]
        room.box.taken_back(scope, key)
        await asyncio.sleep(5)
        assert writer.deleted == ["own1"]

    play(scene)


def test_a_deletion_that_comes_while_the_reply_is_on_its_way_still_gets_it() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.takes_s = 2.0
        room.box.send("twitch", "an answer", priority="answer", about=ASKED)
        await asyncio.sleep(1)
        room.gone.add("twitch:1")
        room.box.taken_back("message", "twitch:1")
        await asyncio.sleep(10)
        assert writer.texts == ["an answer"]
        assert writer.deleted == ["own1"]

    play(scene)


def test_a_reply_that_cannot_be_deleted_is_told() -> None:
    async def scene(room: Room, writer: FakeWriter) -> None:
        writer.acts = frozenset(("send", "reply"))
        answer = room.box.send("twitch", "an answer", priority="answer", about=ASKED)
        assert await answer.settled(5)
        room.box.taken_back("message", "twitch:1")
        await asyncio.sleep(1)
        assert writer.deleted == []

    assert [code for code, _ in play(scene).told] == ["chat.reply_stays"]
