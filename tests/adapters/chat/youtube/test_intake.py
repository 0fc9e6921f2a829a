"""From batches to rows: once, in order, in their rhythm, in bounded room."""

import asyncio

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.youtube.engine import Batch
from streamer.adapters.chat.youtube.intake import Intake
from streamer.adapters.chat.youtube.pace import Pace
from streamer.ports import ChatRow
from tests.fakes import youtube_items as make

NOON = 1_500_000_000


class Clock:
    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return NOON + self.time - 100.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


def said(ident: str, second: float = 0.0):
    return make.message(ident, "bob", ident, usec=int((NOON + second) * 1_000_000))


def intake(clock: Clock) -> Intake:
    return Intake(Unread(), lambda: clock.time - 100.0, clock.wall)


def ids(rows: list[ChatRow]) -> list[str]:
    return [row.id or row.target for row in rows]


def test_what_two_engines_tell_is_told_once():
    clock = Clock()
    way = intake(clock)
    assert ids(way.rows(Batch([said("a"), said("b")]))) == ["a", "b"]
    assert ids(way.rows(Batch([said("a"), said("b"), said("c")]))) == ["c"]


def test_a_removal_that_both_tell_is_told_once_and_a_later_one_again():
    clock = Clock()
    way = intake(clock)
    assert len(way.rows(Batch([make.banned("bob"), make.banned("bob"), make.deleted("a")]))) == 2
    clock.time += 60
    assert len(way.rows(Batch([make.banned("bob")]))) == 1


def test_a_held_message_is_told_once_when_it_is_approved():
    way = intake(Clock())
    assert [row.kind for row in way.rows(Batch([make.approved("m1", "bob", "hi")]))] == ["replace_message"]
    assert way.rows(Batch([make.approved("m1", "bob", "hi")])) == []
    assert way.rows(Batch([make.message("m1", "bob", "hi")])) == []


def test_a_held_message_that_is_approved_and_then_taken_away():
    way = intake(Clock())
    way.rows(Batch([make.approved("m1", "bob", "hi")]))
    assert [row.kind for row in way.rows(Batch([make.denied("m1")]))] == ["delete_message"]


def test_places_are_by_the_servers_clock():
    """Ours is a minute off; the answer that took least long ties the two."""
    clock = Clock()
    way = intake(clock)
    clock.time += 10
    first = way.rows(Batch([said("a", 69.0)], server_s=NOON + 70.0))
    clock.time += 5
    second = way.rows(Batch([said("b", 73.0)], server_s=NOON + 75.0))
    assert [round(row.at, 3) for row in first + second] == [9.0, 13.0]


def test_a_place_is_never_in_the_future_nor_before_the_start():
    way = intake(Clock())
    assert [row.at for row in way.rows(Batch([said("a", 50.0), said("b", -3.0)], server_s=NOON))] == [0.0, 0.0]


def test_history_is_left_out_and_counted_anew_for_the_next_stream():
    clock = Clock()
    way = intake(clock)
    assert ids(way.rows(Batch([said("a", -6.0), said("b", -4.0)], server_s=NOON))) == ["b"]
    clock.time += 60
    way.begin()
    clock.time += 20  # until the first poll
    assert ids(way.rows(Batch([said("c", 54.0), said("d", 56.0)], server_s=NOON + 80.0))) == ["d"]


def test_what_is_kept_is_bounded(monkeypatch):
    way = intake(Clock())
    monkeypatch.setattr("streamer.adapters.chat.youtube.intake.KEPT_IDS", 20)
    for number in range(50):
        way.rows(Batch([said(str(number))]))
    assert len(way._seen) == 20


# --- rhythm -----------------------------------------------------------------------------------------------------------


def row(ident: str, at: float, kind: str = "message") -> ChatRow:
    return ChatRow(at=at, platform="youtube", kind=kind, id=ident, target=ident)  # type: ignore[arg-type]


async def test_a_batch_goes_out_over_its_interval_and_removals_at_once():
    clock = Clock()
    pace = Pace(clock, 100)
    pace.put([row("a", 1.0), row("b", 3.0), row("x", 3.5, "delete_message"), row("c", 5.0)], 5.0)
    out: list[tuple[float, str]] = []
    while len(pace):
        out += [(round(clock.time - 100.0, 1), each.id) for each in pace.due()]
        if len(pace):
            await pace.wait()
    assert out == [(0.0, "x"), (0.0, "a"), (2.0, "b"), (4.0, "c")]


async def test_batches_never_overtake_each_other():
    clock = Clock()
    pace = Pace(clock, 100)
    pace.put([row("a", 1.0), row("b", 5.0)], 5.0)
    pace.put([row("c", 2.0)], 0.5)
    clock.time += 10
    assert [each.id for each in pace.due()] == ["a", "b", "c"]


async def test_a_removal_wakes_who_waits():
    pace = Pace(Clock(), 100)
    waiter = asyncio.create_task(pace.wait())
    await asyncio.sleep(0)
    pace.put([row("x", 0.0, "clear_chat")], 5.0)
    await asyncio.wait_for(waiter, 5)
    assert [each.id for each in pace.due()] == ["x"]


async def test_when_nobody_reads_the_oldest_go_but_no_removal():
    pace = Pace(Clock(), 10)
    pace.put([row("x", 0.0, "clear_user")], 1.0)
    for number in range(50):
        pace.put([row(str(number), float(number))], 0.0)
    assert pace.dropped == 41
    assert [each.id for each in pace.due()] == ["x", *map(str, range(41, 50))]
