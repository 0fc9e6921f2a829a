"""Keeping sources running: each failure has a sentence, each restart a pause, each task an end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from msgspec.structs import replace

from streamer.app.supervise import LONGEST_PAUSE_S, Supervisor
from streamer.ports import ChatRow, Choice, Detail, Fragment, Health, Misconfigured, Notice, Reward, Unavailable, User
from tests.virtual_time import run_virtual

ROW = ChatRow(at=0.0, platform="t", kind="message", id="1", text="hi")


class Source:
    """Each attempt is one of `attempts`: a list of rows to give, or an error to raise; the last one again and again."""

    name = "chat.test"

    def __init__(self, *attempts: list[ChatRow] | Exception, stay_s: float = 0.0) -> None:
        self._attempts = list(attempts)
        self._stay_s = stay_s
        self.began: list[float] = []

    async def rows(self) -> AsyncIterator[ChatRow]:
        self.began.append(asyncio.get_running_loop().time())
        attempt = self._attempts.pop(0) if len(self._attempts) > 1 else self._attempts[0]
        await asyncio.sleep(self._stay_s)
        if isinstance(attempt, Exception):
            raise attempt
        for row in attempt:
            yield row

    def health(self) -> Health:
        return Health(self.name, "ok", Notice("chat.demo"))

    async def aclose(self) -> None:
        pass


def watched(source: Source, for_s: float, on_row: Callable[[ChatRow], None] = lambda _: None) -> Health:
    async def run() -> Health:
        supervisor = Supervisor()
        supervisor.watch(source, on_row)
        await asyncio.sleep(for_s)
        health = supervisor.health(source)
        assert not await supervisor.close(1.0)
        return health

    return run_virtual(run())


def test_rows_come_through_and_an_end_is_an_end():
    rows: list[ChatRow] = []
    source = Source([ROW, ROW])
    assert watched(source, 5, rows.append).state == "ok"
    assert rows == [ROW, ROW]
    assert len(source.began) == 1


def test_unavailable_is_tried_again_with_growing_pauses_up_to_a_limit():
    source = Source(Unavailable("the line is dead"))
    health = watched(source, 200)
    pauses = [round(b - a) for a, b in zip(source.began, source.began[1:], strict=False)]
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == LONGEST_PAUSE_S
    assert (health.state, health.notice.params) == ("degraded", {"reason": "the line is dead"})


def test_a_source_that_says_when_is_asked_then():
    source = Source(Unavailable("slow down", retry_after_s=7), [])
    watched(source, 20)
    assert source.began == [0.0, 7.0]


def test_one_that_ran_for_a_while_has_earned_the_short_pause_again():
    source = Source(Unavailable("x"), stay_s=61)
    watched(source, 400)
    pauses = [b - a - 61 for a, b in zip(source.began, source.began[1:], strict=False)]
    assert pauses == [1.0] * len(pauses)


def test_misconfigured_is_not_tried_again_and_says_the_fix():
    source = Source(Misconfigured("no such channel", fix="choose another"))
    health = watched(source, 500)
    assert len(source.began) == 1
    assert (health.state, health.notice.fix) == ("broken", "choose another")


def test_a_fault_of_ours_is_logged_and_tried_again(caplog):
    with caplog.at_level(logging.ERROR):
        health = watched(Source(ZeroDivisionError()), 2)
    assert health.notice.params == {"error": "ZeroDivisionError"}
    assert "chat.test failed" in caplog.text


def test_it_is_well_again_with_the_next_row():
    source = Source(Unavailable("x"), [ROW])
    assert watched(source, 5).state == "ok"


def test_the_neighbours_of_a_row_that_nobody_can_take_are_told(caplog):
    told: list[str] = []

    def on_row(row: ChatRow) -> None:
        if row.id == "bad":
            raise ValueError
        told.append(row.id)

    source = Source([ROW, replace(ROW, id="bad"), replace(ROW, id="2")])
    assert watched(source, 0.5, on_row).state == "ok"
    assert told == ["1", "2"]
    assert len(source.began) == 1


def test_half_characters_break_nothing_behind_the_reader():
    rows: list[ChatRow] = []
    half = ChatRow(
        0.0, "twitch", "redemption", id="1\ud800", user=User("7", name="Bo\udfff"), text="a\ud83db Kappa",
        emotes=((4, 9, "25"),), reward=Reward("1", title="\ud83d"), reply_name="\udc00",
        fragments=(Fragment("text", "a\ud83db "), Fragment("emote", "Kappa", id="25")),
        detail=Detail(choices=(Choice("\ud800"),)),
    )  # fmt: skip
    watched(Source([half, ROW]), 1, rows.append)
    assert msgspec.json.decode(msgspec.json.encode(rows[0]), type=ChatRow) == rows[0]
    assert (rows[0].text, rows[0].emotes) == ("a\ufffdb Kappa", half.emotes)
    assert rows[1] is ROW


def test_who_does_not_end_in_time_is_named():
    async def run():
        supervisor = Supervisor()
        release = asyncio.Event()

        async def stubborn() -> None:
            try:
                await release.wait()
            except asyncio.CancelledError:
                await release.wait()

        supervisor.start(stubborn(), "the stubborn one")
        await asyncio.sleep(0)
        assert await supervisor.close(0.5) == ["the stubborn one"]
        release.set()
        await asyncio.sleep(0.01)
        assert not await supervisor.close(0.5)

    run_virtual(run())


def test_a_task_that_dies_is_logged_with_its_name(caplog):
    async def run():
        supervisor = Supervisor()

        async def dies() -> None:
            raise RuntimeError("gone")

        supervisor.start(dies(), "beat")
        await asyncio.sleep(0.1)

    with caplog.at_level(logging.ERROR):
        run_virtual(run())
    assert "beat ended with an error" in caplog.text


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level(logging.CRITICAL)


async def test_rows_are_put_on_the_clock_of_the_show():
    supervisor, seen = Supervisor(), list[ChatRow]()
    timed = ChatRow(at=2.5, platform="t", kind="message", id="1", text="hi")
    untimed = ChatRow(at=0.0, platform="t", kind="message", id="2", text="hi")
    await supervisor.watch(Source([timed, untimed]), seen.append, lambda: 100.0)
    assert [row.at for row in seen] == [102.5, 0.0]
    await supervisor.close(1.0)


async def test_who_crashed_is_known_until_it_is_read_again():
    supervisor = Supervisor()
    source = Source(ValueError("a fault"))
    task = supervisor.watch(source, lambda _row: None)
    await asyncio.sleep(0.01)
    assert supervisor.crashed == {"chat.test"}
    task.cancel()
    supervisor.watch(source, lambda _row: None)
    assert supervisor.crashed == set()
    await supervisor.close(1.0)
