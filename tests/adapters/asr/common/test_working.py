"""One clip at a time in the process that hears, with a worker that answers when the test says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from streamer.adapters.asr.common import working as module
from streamer.adapters.asr.common.batch import BatchHearing
from streamer.adapters.asr.common.sound import Clip
from streamer.adapters.asr.common.working import HEARD, LOAD, Working
from streamer.ports import Final, Misconfigured, Unavailable
from tests.adapters.asr.contract import feed

TONE = b"".join((6000 * (1 if at % 80 < 40 else -1)).to_bytes(2, "little", signed=True) for at in range(16_000))


class HeldWorker:
    """Loads at once; `sent` are the clips that came, each with the answer that the test gives it."""

    def __init__(self, *_: object, **__: object) -> None:
        self.on_event: Callable[[str, Any, bytes], None] = lambda _kind, _data, _pcm: None
        self.sent: list[tuple[Any, asyncio.Future[tuple[Any, bytes]]]] = []
        self.loads = 0
        self.killed = 0
        self.pid: int | None = None

    @property
    def alive(self) -> bool:
        return self.pid is not None

    async def start(self) -> None:
        self.pid = 100 + self.killed

    async def call(self, kind: str, data: Any, pcm: bytes = b"", *, within_s: float) -> tuple[Any, bytes]:
        del pcm, within_s
        if kind == LOAD:
            self.loads += 1
            return "model", b""
        assert kind == HEARD
        self.sent.append((data, asyncio.get_running_loop().create_future()))
        return await self.sent[-1][1]

    def answer(self, at: int, said: str) -> None:
        self.sent[at][1].set_result((said, b""))

    def kill(self) -> None:
        self.killed += 1
        self.pid = None
        for _, answer in self.sent:
            if not answer.done():
                answer.set_exception(Unavailable("the process ended"))

    async def aclose(self) -> None:
        self.kill()

    @property
    def names(self) -> list[Any]:
        return [data for data, _ in self.sent]


@pytest.fixture
async def working(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Working]:
    monkeypatch.setattr(module, "Worker", HeldWorker)
    made = Working("m", name="the ear", loads="json", env={}, before=dict, load_s=30.0, hear_s=30.0)
    yield made
    await made.aclose()
    assert [each for each in asyncio.all_tasks() if each.get_name() == "the ear-hears"] == []


def worker_of(working: Working) -> HeldWorker:
    worker = working._worker
    assert isinstance(worker, HeldWorker)
    return worker


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_at_most_one_stale_clip_is_ahead_of_the_end(working: Working) -> None:
    """The process cannot be interrupted: what is in its queue has to be worked through."""
    worker = worker_of(working)
    looks: list[asyncio.Task[Any]] = []
    for at in range(4):
        looks.append(asyncio.create_task(working.hear(at, b"", last=False)))
        await settled()
        if at:
            looks[at - 1].cancel()
            await settled()
    assert worker.names == [0]
    end = asyncio.create_task(working.hear("end", b"", last=True))
    looks[-1].cancel()
    await settled()
    assert worker.names == [0], "the turn is kept until the process has answered"
    worker.answer(0, "stale")
    await until(lambda: len(worker.sent) == 2)
    assert worker.names == [0, "end"], "looks that were superseded are never sent"
    worker.answer(1, "words")
    assert await end == "words"
    assert all(each.cancelled() for each in looks)
    assert worker.killed == 0


async def test_looks_of_one_utterance_are_superseded_in_the_queue(working: Working) -> None:
    worker = worker_of(working)

    async def understand(clip: Clip, last: bool) -> Final:
        return Final(await working.hear((clip.frames, last), clip.pcm(), last=last))

    hearing = BatchHearing(understand)
    looks: list[asyncio.Task[Any]] = []
    for _ in range(3):
        feed(hearing, TONE[:6_400])
        looks.append(asyncio.create_task(hearing.look()))
        await settled()
    feed(hearing, TONE[:6_400])
    end = asyncio.create_task(hearing.finish())
    await settled()
    assert worker.names == [(10, False)]
    worker.answer(0, "first")
    await until(lambda: len(worker.sent) == 2)
    assert worker.names == [(10, False), (40, True)]
    worker.answer(1, "all of it")
    assert (await end).text == "all of it"
    assert [(await each).text for each in looks] == ["all of it"] * 3


async def test_a_stale_clip_that_never_ends_costs_its_own_limit(working: Working) -> None:
    worker = worker_of(working)
    working._hear_s = 0.05
    look = asyncio.create_task(working.hear("look", b"", last=False))
    await until(lambda: len(worker.sent) == 1)
    look.cancel()
    working._hear_s = 30.0
    end = asyncio.create_task(working.hear("end", b"", last=True))
    await until(lambda: len(worker.sent) == 2)
    assert worker.killed == 1
    assert worker.loads == 2, "the new process has the model before it is asked"
    worker.answer(1, "words")
    assert await end == "words"


@pytest.mark.parametrize(("after_s", "killed"), [(0.0, 0), (4.0, 1)])
async def test_who_gives_up_after_seconds_leaves_no_stuck_process(
    working: Working, monkeypatch: pytest.MonkeyPatch, after_s: float, killed: int
) -> None:
    worker = worker_of(working)
    end = asyncio.create_task(working.hear("end", b"", last=True))
    await until(lambda: len(worker.sent) == 1)
    monkeypatch.setattr(module, "STUCK_S", 3.0 - after_s)
    end.cancel()
    await asyncio.gather(end, return_exceptions=True)
    assert worker.killed == killed
    again = asyncio.create_task(working.hear("next", b"", last=True))
    if not killed:
        await settled()
        worker.answer(0, "late")
    await until(lambda: len(worker.sent) == 2)
    worker.answer(1, "words")
    assert await again == "words"


async def test_its_own_limit_ends_a_stuck_process(working: Working) -> None:
    worker = worker_of(working)
    await working.load()
    working._hear_s = 0.05
    with pytest.raises(Unavailable, match=r"did not answer within 0\.05 s"):
        await working.hear("end", b"", last=True)
    assert worker.killed == 1
    working._hear_s = 30.0
    again = asyncio.create_task(working.hear("next", b"", last=True))
    await until(lambda: len(worker.sent) == 2)
    worker.answer(1, "words")
    assert await again == "words"


async def test_a_load_that_fails_gives_the_turn_back(working: Working) -> None:
    worker = worker_of(working)
    first = asyncio.create_task(working.hear("first", b"", last=True))
    await until(lambda: len(worker.sent) == 1)
    waiting = [asyncio.create_task(working.hear(each, b"", last=True)) for each in ("second", "third")]
    await settled()

    def wrong() -> Any:
        raise Misconfigured("no model")

    working._before = wrong
    worker.kill()
    for each in (first, *waiting):
        with pytest.raises((Unavailable, Misconfigured)):
            await each
    working._before, working._failed = dict, None
    again = asyncio.create_task(working.hear("next", b"", last=True))
    await until(lambda: len(worker.sent) == 2)
    worker.answer(1, "words")
    assert await again == "words"
