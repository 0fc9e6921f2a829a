"""The next stream of a channel is read when the last one is over."""

import asyncio
from collections.abc import AsyncIterator

from streamer.app.again import Again
from streamer.ports import ChatRow, Health, Notice
from tests.adapters.chat.contract import Reading, until


class Stream:
    """One stream with one message."""

    name = "chat.youtube"

    def __init__(self, number: int) -> None:
        self.number = number
        self.closed = False

    @property
    def writer(self) -> str:
        return f"writer {self.number}"

    async def rows(self) -> AsyncIterator[ChatRow]:
        yield ChatRow(at=1.0, platform="youtube", kind="message", id=f"m{self.number}", text="hi")

    def health(self) -> Health:
        return Health(self.name, "ok", Notice("chat.ok", {"channel": str(self.number)}))

    async def aclose(self) -> None:
        self.closed = True


async def test_stream_after_stream() -> None:
    made: list[Stream] = []

    def make() -> Stream:
        made.append(Stream(len(made)))
        return made[-1]

    times = iter(range(0, 10_000, 10))
    again = Again(make, 0.001, now=lambda: float(next(times)))
    assert (again.name, again.health().notice.params) == ("chat.youtube", {"channel": "0"})
    reading = Reading(again)
    await until(lambda: len(reading.rows) >= 3, "three streams")
    assert reading.ids[:3] == ["m0", "m1", "m2"]
    assert [row.at for row in reading.rows[:3]] == [11.0, 21.0, 31.0], "all count from the beginning of the first"
    assert all(each.closed for each in made[:2])
    assert [each.part for each in again.healths()] == ["chat.youtube"]
    await reading.close()
    assert made[-1].closed
    assert len(asyncio.all_tasks()) == 1


async def test_a_closed_one_begins_no_other() -> None:
    made: list[Stream] = []

    def make() -> Stream:
        made.append(Stream(len(made)))
        return made[-1]

    again = Again(make, 60.0)
    reading = Reading(again)
    await until(lambda: bool(reading.rows))
    await reading.close()
    assert len(made) == 1
