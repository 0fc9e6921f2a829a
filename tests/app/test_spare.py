"""A second way reads while the first one does not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from streamer.app.spare import Spared
from streamer.ports import ChatRow, Health, HealthState, Misconfigured, Notice, Unavailable
from tests.adapters.chat.contract import Reading, until


class Way:
    """A source that says what the test tells it to."""

    def __init__(self, name: str = "chat.first", state: HealthState = "ok") -> None:
        self.name = name
        self.state: HealthState = state
        self.closed = 0
        self.queue: asyncio.Queue[str | Exception | None] = asyncio.Queue()

    async def rows(self) -> AsyncIterator[ChatRow]:
        while (said := await self.queue.get()) is not None:
            if isinstance(said, Exception):
                raise said
            yield ChatRow(at=1.0, platform="twitch", kind="message", id=said, text=said)

    def health(self) -> Health:
        return Health(self.name, self.state, Notice("chat.ok"))

    async def aclose(self) -> None:
        self.closed += 1


class Pair:
    def __init__(self, **more: Any) -> None:
        self.first = Way()
        self.spares: list[Way] = []
        self.now = 0.0
        self.both = Spared(self.first, self.make, after_s=4.0, back_s=15.0, look_s=0.005, now=lambda: self.now, **more)
        self.reading = Reading(self.both)

    def make(self) -> Way:
        self.spares.append(Way("chat.second"))
        return self.spares[-1]

    async def look(self, seconds: float) -> None:
        """Let time pass in steps, each of which is seen."""
        for _ in range(int(seconds)):
            self.now += 1.0
            await asyncio.sleep(0.02)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    yield made
    await made.reading.close()


async def test_while_the_first_way_is_well_there_is_no_second(pair: Pair):
    pair.first.queue.put_nowait("a")
    await pair.look(10)
    assert pair.reading.ids == ["a"]
    assert not pair.spares
    assert [each.part for each in pair.both.healths()] == ["chat.first"]


async def test_a_first_way_that_stays_away_is_stood_in_for_and_comes_back(pair: Pair):
    pair.first.state = "degraded"
    await until(lambda: (pair.__setattr__("now", pair.now + 1.0), bool(pair.spares))[1], "the second way")
    pair.spares[0].queue.put_nowait("b")
    await until(lambda: pair.reading.ids == ["b"])
    assert pair.reading.rows[0].at > 4.0, "both ways count from when the first began"
    pair.first.state = "ok"
    pair.first.queue.put_nowait("c")
    await until(lambda: (pair.__setattr__("now", pair.now + 1.0), pair.both.spare is None)[1], "the first way alone")
    assert pair.spares[0].closed
    assert pair.reading.ids == ["b", "c"]
    assert len(pair.spares) == 1


async def test_a_short_absence_opens_nothing(pair: Pair):
    pair.first.state = "degraded"
    await pair.look(2)
    pair.first.state = "ok"
    await pair.look(8)
    assert not pair.spares


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (Misconfigured("signed out", fix="sign in"), "part.misconfigured"),
        (Unavailable("away"), "part.unavailable"),
        (RuntimeError("a fault"), "part.crashed"),
    ],
)
async def test_a_first_way_that_ends_with_an_error_is_stood_in_for_at_once(pair: Pair, wrong: Exception, code: str):
    pair.first.queue.put_nowait(wrong)
    await until(lambda: bool(pair.spares), "the second way")
    pair.spares[0].queue.put_nowait("b")
    await until(lambda: pair.reading.ids == ["b"])
    told, second = pair.both.healths()
    assert (told.state, told.notice.code) == ("degraded", code)
    assert (second.part, second.state) == ("chat.first.spare", "ok")
    pair.spares[0].state = "broken"
    assert pair.both.health().state == "broken"


async def test_what_ended_the_first_way_is_raised_when_the_second_is_over_too(pair: Pair):
    pair.first.queue.put_nowait(Misconfigured("signed out"))
    await until(lambda: bool(pair.spares), "the second way")
    pair.spares[0].queue.put_nowait(None)
    with pytest.raises(Misconfigured):
        await pair.reading.task


async def test_a_chat_that_is_really_over_ends(pair: Pair):
    pair.first.queue.put_nowait(None)
    await pair.reading.task
    assert not pair.spares


async def test_closing_leaves_nothing(pair: Pair):
    pair.first.queue.put_nowait(Unavailable("away"))
    await until(lambda: bool(pair.spares), "the second way")
    await pair.reading.close()
    assert pair.first.closed
    assert pair.spares[0].closed
    assert len(asyncio.all_tasks()) == 1


async def test_beside_each_other_both_are_read_from_the_beginning():
    pair = Pair(always=True)
    try:
        await until(lambda: bool(pair.spares), "the second way")
        pair.first.queue.put_nowait("a")
        pair.spares[0].queue.put_nowait("b")
        await until(lambda: sorted(pair.reading.ids) == ["a", "b"])
        await pair.look(30)
        assert pair.both.spare is pair.spares[0], "it stays although the first is well"
        pair.spares[0].queue.put_nowait(None)
        await until(lambda: (pair.__setattr__("now", pair.now + 1.0), len(pair.spares) == 2)[1], "another second way")
        assert pair.spares[0].closed
    finally:
        await pair.reading.close()
