"""A log played as a chat, hours of it in no time."""

import asyncio
import math

import pytest

from streamer.adapters.chat.replay import ReplayChat
from streamer.ports import ChatRow, Misconfigured
from tests.virtual_time import VirtualLoop


def row(at):
    return ChatRow(at=at, platform="twitch", kind="message", id=str(at), text="hi")


def play(coroutine):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


@pytest.mark.parametrize("speed", [0.5, 1.0, 60.0])
def test_rows_come_when_they_came(speed):
    async def main():
        loop = asyncio.get_running_loop()
        begin = loop.time()
        return [
            (row.at, loop.time() - begin)
            async for row in ReplayChat([row(0), row(10), row(10), row(3600)], speed).rows()
        ]

    for at, seen in play(main()):
        assert seen == pytest.approx(at / speed, abs=0.01)


def test_a_late_reader_gets_the_rest_at_once():
    async def main():
        loop = asyncio.get_running_loop()
        seen = []
        async for _ in ReplayChat([row(at) for at in range(10)]).rows():
            if not seen:
                await asyncio.sleep(5)
            seen.append(loop.time())
        return seen

    seen = play(main())
    assert seen[5] == pytest.approx(5, abs=0.01)
    assert seen[9] == pytest.approx(9, abs=0.01)


def test_rows_of_one_moment_do_not_hold_the_loop():
    async def main():
        turns = 0

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        count = len([row async for row in ReplayChat([row(0)] * 1000).rows()])
        task.cancel()
        return count, turns

    count, turns = play(main())
    assert count == 1000
    assert turns >= 10


def test_health_and_close():
    async def main():
        source = ReplayChat([row(0), row(1), row(7200)])
        assert source.health().state == "off"
        rows = source.rows()
        await anext(rows)
        assert (source.health().state, source.health().notice.params["played"]) == ("ok", 1)
        await anext(rows)
        asyncio.get_running_loop().call_later(5, lambda: asyncio.ensure_future(source.aclose()))
        assert [row async for row in rows] == []
        assert source.health().state == "off"
        assert asyncio.get_running_loop().time() < 10

    play(main())


@pytest.mark.parametrize("speed", [0, -1, math.nan, math.inf])
def test_speeds_that_are_none(speed):
    with pytest.raises(Misconfigured):
        ReplayChat([], speed)
