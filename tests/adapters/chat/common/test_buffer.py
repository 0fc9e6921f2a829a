"""Rows between a client and its reader."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.common.buffer import Buffer, is_done
from streamer.ports import ChatRow, RowKind


def row(name: str, kind: RowKind = "message", text: str = "hi") -> ChatRow:
    return ChatRow(at=0, platform="twitch", kind=kind, id=name, text=text)


def over() -> bool:
    return True


async def emptied(buffer: Buffer) -> list[str]:
    """Ids in the order they come out."""
    found: list[str] = []
    while (each := await buffer.next(over)) is not None:
        found.append(each.id)
    return found


async def test_rows_come_out_in_the_order_they_came():
    buffer = Buffer(10)
    for each in (row("a"), row("x", "delete_message"), row("b"), row("y", "clear_user"), row("c")):
        buffer.put(each)
    assert len(buffer) == 5
    assert await emptied(buffer) == ["a", "x", "b", "y", "c"]
    assert (len(buffer), buffer.dropped) == (0, 0)


async def test_what_takes_back_overtakes_if_wanted():
    buffer = Buffer(10, overtaking=True)
    denied = row("z", "replace_message", text="")
    for each in (row("a"), row("x", "clear_chat"), row("b"), denied, row("c", "replace_message")):
        buffer.put(each)
    assert await emptied(buffer) == ["x", "z", "a", "b", "c"]


async def test_when_nobody_reads_the_oldest_go_but_nothing_that_takes_back():
    buffer = Buffer(3)
    for each in (row("a"), row("x", "delete_message"), row("b"), row("c"), row("d"), row("y", "clear_chat")):
        buffer.put(each)
    assert (len(buffer), buffer.dropped) == (3, 3)
    assert await emptied(buffer) == ["x", "d", "y"]


async def test_what_overtakes_takes_no_room_from_the_others():
    buffer = Buffer(2, overtaking=True)
    for name in "abc":
        assert buffer.full is (name == "c")
        buffer.put(row(name))
        buffer.put(row(name.upper(), "delete_message"))
    assert (len(buffer), buffer.dropped) == (5, 1)
    assert await emptied(buffer) == ["A", "B", "C", "b", "c"]


async def test_more_of_what_takes_back_than_there_is_room_for():
    buffer = Buffer(2)
    for number in range(5):
        buffer.put(row(str(number), "delete_message"))
    buffer.put(row("a"))
    assert (len(buffer), buffer.dropped) == (5, 1)
    assert await emptied(buffer) == ["0", "1", "2", "3", "4"]


async def test_a_reader_that_waits_is_woken_by_a_row_and_by_the_end():
    buffer, ended = Buffer(3), [False]
    first = asyncio.ensure_future(buffer.next(lambda: ended[0]))
    await asyncio.sleep(0)
    assert not first.done()
    buffer.put(row("a"))
    found = await asyncio.wait_for(first, 5)
    assert found is not None
    assert found.id == "a"
    second = asyncio.ensure_future(buffer.next(lambda: ended[0]))
    await asyncio.sleep(0)
    ended[0] = True
    buffer.wake()
    assert await asyncio.wait_for(second, 5) is None


async def test_what_came_before_the_end_is_still_told():
    buffer = Buffer(3)
    buffer.put(row("a"))
    assert await emptied(buffer) == ["a"]
    assert await buffer.next(over) is None


@pytest.mark.parametrize("end", ["returned", "raised", "cancelled"])
async def test_a_task_that_ends_wakes_the_reader_and_tells_why(end: str):
    buffer, go = Buffer(3), asyncio.Event()

    async def work() -> None:
        await go.wait()
        if end == "raised":
            raise LookupError("it broke")

    task = asyncio.create_task(work())
    buffer.watch(task)
    reading = asyncio.ensure_future(buffer.next(lambda: is_done(task)))
    await asyncio.sleep(0)
    assert not is_done(task)
    if end == "cancelled":
        task.cancel()
    go.set()
    if end == "raised":
        with pytest.raises(LookupError):
            await asyncio.wait_for(reading, 5)
    else:
        assert await asyncio.wait_for(reading, 5) is None


def oldest_go(kinds: list[RowKind], most: int) -> list[str]:
    """The rule, told plainly: one list, from whose front the first row that takes nothing back goes."""
    kept: list[tuple[str, RowKind]] = []
    for number, kind in enumerate(kinds):
        kept.append((str(number), kind))
        ordinary = [each for each in kept if each[1] == "message"]
        if len(kept) > most and ordinary:
            kept.remove(ordinary[0])
    return [name for name, _ in kept]


@given(st.lists(st.sampled_from(["message", "delete_message"]), max_size=30), st.integers(1, 8))
def test_it_is_as_one_list_would_be(kinds: list[Any], most: int):
    async def told() -> list[str]:
        buffer = Buffer(most)
        for number, kind in enumerate(kinds):
            buffer.put(row(str(number), kind))
        found = await emptied(buffer)
        assert buffer.dropped == len(kinds) - len(found)
        return found

    run: Callable[[Any], list[str]] = asyncio.run
    assert run(told()) == oldest_go(kinds, most)
