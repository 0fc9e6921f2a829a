"""Recognisers in order: an utterance is understood by the first that can."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from streamer.app.hearing import chain as module
from streamer.app.hearing.chain import OUT_S, ChainRecognizer
from streamer.ports import Final, Loading, Misconfigured, Partial, RecognizerCaps, Unavailable

SOUND = b"\1\0" * 320


class Said:
    def __init__(self, owner: "Engine") -> None:
        self.owner, self.got, self.dropped = owner, b"", False

    def feed(self, pcm: bytes) -> None:
        self.got += pcm

    async def look(self) -> Partial:
        self._fail()
        return Partial(self.owner.caps.engine)

    async def finish(self) -> Final:
        self._fail()
        return Final(f"{self.owner.caps.engine}:{len(self.got)}")

    def drop(self) -> None:
        self.dropped = True

    def _fail(self) -> None:
        if self.owner.wrong is not None:
            raise self.owner.wrong


class Engine:
    def __init__(self, name: str, wrong: Exception | None = None, load: Exception | None = None) -> None:
        self.caps = RecognizerCaps(name)
        self.wrong, self._load = wrong, load
        self.heard: list[Said] = []
        self.closed = False

    async def load(self, progress: Callable[[Loading], None]) -> None:
        progress(Loading("loading", "x", 1, 2))
        if self._load is not None:
            raise self._load

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> Said:
        self.heard.append(Said(self))
        return self.heard[-1]

    async def aclose(self) -> None:
        self.closed = True


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def chain_of(*engines: Engine) -> tuple[ChainRecognizer, Clock, list[Any]]:
    clock, told = Clock(), []
    chain = ChainRecognizer({each.caps.engine: each for each in engines}, clock, lambda: told.append(1))
    await chain.load(lambda _: None)
    return chain, clock, told


def hear(chain: ChainRecognizer) -> Any:
    return chain.hear(language="en", hints=(), on_partial=lambda _: None)


async def test_what_one_cannot_understand_the_next_gets_whole():
    first, second = Engine("a", Unavailable("died")), Engine("b")
    chain, _, _ = await chain_of(first, second)
    hearing = hear(chain)
    hearing.feed(SOUND)
    hearing.feed(SOUND)
    assert (await hearing.finish()).text == f"b:{2 * len(SOUND)}"
    assert first.heard[0].dropped
    assert [health.state for health in chain.healths()] == ["degraded", "ok"]


async def test_an_engine_that_dies_in_the_middle_loses_nothing():
    first, second = Engine("a"), Engine("b")
    chain, _, _ = await chain_of(first, second)
    hearing = hear(chain)
    hearing.feed(SOUND)
    first.wrong = Unavailable("died")
    assert (await hearing.look()).text == "b"
    hearing.feed(SOUND)
    assert (await hearing.finish()).text == f"b:{2 * len(SOUND)}"


async def test_one_that_fails_twice_is_left_alone_for_half_a_minute():
    first, second = Engine("a", Unavailable("died")), Engine("b")
    chain, clock, _ = await chain_of(first, second)
    for _ in range(2):
        await hear(chain).finish()
    hear(chain)
    assert len(first.heard) == 2
    clock.now = OUT_S + 1
    first.wrong = None
    assert (await hear(chain).finish()).text.startswith("a")
    assert chain.healths()[0].state == "ok"


async def test_one_that_must_be_set_up_stays_out_and_says_the_fix():
    first = Engine("a", load=Misconfigured("no package", fix="python3 run.py add a"))
    second = Engine("b", Misconfigured("no key", fix="set a key"))
    chain, clock, _ = await chain_of(first, second)
    with pytest.raises(Misconfigured, match="no key"):
        await hear(chain).finish()
    clock.now = 10_000
    assert chain.best() is None
    assert chain.caps.engine == "none"
    assert [(health.state, health.notice.fix) for health in chain.healths()] == [
        ("broken", "python3 run.py add a"),
        ("broken", "set a key"),
    ]
    with pytest.raises(Unavailable, match="no recogniser"):
        await hear(chain).finish()


async def test_nobody_at_all_looks_at_nothing():
    chain, _, _ = await chain_of()
    assert (await hear(chain).look()).text == ""


async def test_what_is_dropped_asks_nobody_else():
    first, second = Engine("a"), Engine("b")
    chain, _, _ = await chain_of(first, second)
    hearing = hear(chain)
    hearing.drop()
    assert first.heard[0].dropped
    with pytest.raises(Unavailable):
        await hearing.finish()
    assert second.heard == []


async def test_progress_is_told_and_all_are_closed():
    first, second = Engine("a"), Engine("b", load=RuntimeError("ours"))
    chain, _, told = await chain_of(first, second)
    assert len(told) == 4
    assert chain.loading is None
    assert chain.healths()[1].state == "degraded"
    await chain.aclose()
    assert first.closed
    assert second.closed


async def test_one_that_could_not_be_loaded_is_tried_again():
    first = Engine("a", load=Unavailable("the server is not there"))
    chain, _, _ = await chain_of(first, Engine("b"))
    assert chain.best() is chain.engines[1]
    first._load = None
    await chain.load_again()
    assert chain.best() is chain.engines[0]


async def test_one_that_never_answers_leaves_the_words_to_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ENGINE_S", 0.05)
    first, second = Engine("a"), Engine("b")

    class Stuck(Said):
        async def finish(self) -> Final:
            await asyncio.Event().wait()
            raise AssertionError

    chain, _, _ = await chain_of(first, second)
    monkeypatch.setattr(first, "hear", lambda **_: Stuck(first))
    hearing = hear(chain)
    hearing.feed(SOUND)
    assert chain.hearing == 1
    assert (await hearing.finish()).text == f"b:{len(SOUND)}"
    assert chain.hearing == 0
    assert chain.healths()[0].notice.params["reason"] == "no words in time"
    hearing.drop()
    assert chain.hearing == 0


async def test_what_an_engine_has_to_say_of_itself_is_shown():
    chain, _, _ = await chain_of(Engine("a"))
    chain.engines[0].recognizer.about = {"note": "no graphics card was found"}  # type: ignore[attr-defined]
    assert chain.healths()[0].notice.code == "ear.ready_note"
