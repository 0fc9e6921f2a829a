"""A chat filled from outside."""

import asyncio

from streamer.adapters.chat.inject import InjectChat
from streamer.ports import ChatRow, RowKind


def row(name: str, kind: RowKind = "message") -> ChatRow:
    return ChatRow(at=0, platform="inject", kind=kind, id=name)


async def test_rows_in_order_and_removals_first():
    source = InjectChat()
    assert all(source.put(row(name)) for name in "ab")
    assert source.put(row("x", "delete_message"))
    await source.aclose()
    assert [row.id async for row in source.rows()] == ["x", "a", "b"]


async def test_a_waiting_reader_is_woken():
    source = InjectChat()
    rows = source.rows()
    waiting = asyncio.ensure_future(anext(rows))
    await asyncio.sleep(0)
    source.put(row("a"))
    assert (await asyncio.wait_for(waiting, 5)).id == "a"
    await source.aclose()
    assert [row async for row in rows] == []


async def test_a_full_chat_refuses_but_for_removals():
    source = InjectChat(limit=2)
    assert [source.put(row(name)) for name in "abc"] == [True, True, False]
    assert source.put(row("x", "clear_chat"))
    assert source.health().notice.params == {"taken": 3, "refused": 1, "waiting": 3}


async def test_a_closed_chat_takes_nothing():
    source = InjectChat()
    await source.aclose()
    assert not source.put(row("a"))
    assert source.health().state == "off"
