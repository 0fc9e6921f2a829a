"""What every ChatSource keeps to. A test module of an adapter calls these with its own source and its own fake."""

import asyncio
from collections.abc import Awaitable, Callable

from streamer.ports import ChatRow, ChatSource, Health

PATIENCE_S = 20.0
"""Real time a real client may take on a busy machine; nothing here waits for it on purpose."""


async def until(true: Callable[[], bool], what: str = "it", limit_s: float = PATIENCE_S) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while not true():
        if loop.time() > end:
            raise AssertionError(f"{what} did not come true within {limit_s:.0f} s")
        await asyncio.sleep(0.01)


class Reading:
    """Reads a source in a task and keeps its rows."""

    def __init__(self, source: ChatSource) -> None:
        self.source = source
        self.rows: list[ChatRow] = []
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for row in self.source.rows():
            self.rows.append(row)

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.rows if row.id]

    async def settled(self) -> Health:
        """What the source says once it no longer starts."""
        await until(lambda: self.source.health().state not in ("off", "starting"), "the source")
        return self.source.health()

    async def close(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.source.aclose()


async def check_life(source: ChatSource, say: Callable[[str], Awaitable[object]]) -> None:
    """From the first row to the end: `say` makes the fake write a message with this text.

    The source is off until it is read, is well once connected, delivers in order, and leaves no task behind.
    """
    before = asyncio.all_tasks()
    assert source.health().state == "off"
    reading = Reading(source)
    try:
        assert (await reading.settled()).state == "ok", source.health()
        for number in range(20):
            await say(f"message {number}")
        await until(lambda: len(reading.rows) >= 20, "twenty rows")
        assert [row.text for row in reading.rows] == [f"message {number}" for number in range(20)]
        assert all(row.kind == "message" and row.id and row.user and row.user.id for row in reading.rows)
        assert all(row.source for row in reading.rows), "a row says by which way it came"
        assert len(set(reading.ids)) == 20
    finally:
        await reading.close()
    assert source.health().state == "off"
    await until(lambda: not (asyncio.all_tasks() - before), "the end of its tasks")
