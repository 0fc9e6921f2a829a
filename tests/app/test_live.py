"""Parts that are exchanged while they are used: what has begun ends with what began it, and nothing is left open."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from streamer.app.live import Brain, Chats, warmed
from streamer.ports import ChatRow, Completion, Health, Notice, Token, Usage

ASKED = Completion(messages=())


class Model:
    """Says its name, one token at each step."""

    def __init__(self, name: str, *, steps: int = 2) -> None:
        self.name = name
        self.steps = steps
        self.go = asyncio.Event()
        self.closed = 0
        self.warm_for_s = 0.0

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        for _ in range(self.steps):
            yield Token(self.name)
            await self.go.wait()
        yield Usage()

    async def warm(self) -> None:
        await asyncio.sleep(self.warm_for_s)

    async def aclose(self) -> None:
        self.closed += 1


def spawner() -> tuple[list[asyncio.Task[None]], Any]:
    tasks: list[asyncio.Task[None]] = []

    def spawn(work: Coroutine[Any, Any, None], name: str) -> None:
        tasks.append(asyncio.create_task(work, name=name))

    return tasks, spawn


async def test_an_answer_that_has_begun_is_ended_by_the_model_that_began_it() -> None:
    tasks, spawn = spawner()
    old, new = Model("old"), Model("new")
    new.go.set()
    brain = Brain(old, spawn)
    begun = brain.stream(ASKED)
    assert await anext(begun) == Token("old")
    brain.use(new)
    assert brain.name == "new"
    assert brain.now is new
    assert [item async for item in brain.stream(ASKED)] == [Token("new"), Token("new"), Usage()]
    await asyncio.sleep(0)
    assert old.closed == 0
    old.go.set()
    assert [item async for item in begun] == [Token("old"), Usage()]
    await asyncio.gather(*tasks)
    assert (old.closed, new.closed) == (1, 0)


async def test_a_model_nobody_reads_is_closed_at_once_and_one_given_up_too() -> None:
    tasks, spawn = spawner()
    first, second, third = Model("1"), Model("2"), Model("3")
    brain = Brain(first, spawn)
    brain.use(second)
    await asyncio.gather(*tasks)
    assert first.closed == 1
    begun = brain.stream(ASKED)
    await anext(begun)
    brain.use(third)
    await begun.aclose()  # type: ignore[attr-defined]
    await asyncio.gather(*tasks)
    assert second.closed == 1


async def test_closing_closes_what_still_answers() -> None:
    _, spawn = spawner()
    old, new = Model("old"), Model("new")
    brain = Brain(old, spawn)
    begun = brain.stream(ASKED)
    await anext(begun)
    brain.use(new)
    await brain.aclose()
    assert (old.closed, new.closed) == (1, 1)
    await begun.aclose()  # type: ignore[attr-defined]
    assert old.closed == 1


async def test_waking_a_new_part_takes_a_moment_at_most() -> None:
    slow = Model("slow")
    slow.warm_for_s = 60.0
    async with asyncio.timeout(20):
        await warmed(slow, within_s=0.05)
    quick = Model("quick")
    await warmed(quick)


class Source:
    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False

    async def rows(self) -> AsyncIterator[ChatRow]:
        await asyncio.Event().wait()
        yield ChatRow(0.0, "t", "message")

    def health(self) -> Health:
        return Health(self.name, "ok", Notice("chat.demo"))

    async def aclose(self) -> None:
        self.closed = True


async def test_a_chat_that_is_removed_is_read_no_more() -> None:
    async def read(source: Source) -> None:
        async for _ in source.rows():
            pass

    tasks: list[asyncio.Task[None]] = []

    def watch(source: Any, _on_row: Any, _now_s: Any) -> "asyncio.Task[None]":
        tasks.append(asyncio.create_task(read(source)))
        return tasks[-1]

    chats = Chats(watch, lambda _row: None)
    one, two = Source("one"), Source("two")
    chats.add(one)
    chats.add(two)
    await asyncio.sleep(0)
    await chats.remove(one)
    assert chats.sources == [two]
    assert (one.closed, two.closed) == (True, False)
    assert (tasks[0].done(), tasks[1].done()) == (True, False)
    await chats.remove(two)
