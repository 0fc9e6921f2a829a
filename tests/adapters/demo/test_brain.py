from collections.abc import Mapping

import pytest

from streamer.adapters.demo.brain import INSTANT, DemoBrain, Pace
from streamer.ports import Completion, Message, Token, Usage
from tests.adapters.llm.contract import ASK, ModelContract, collect

LINE = "Well, hello there!  [joy] You asked: こんにちは、元気ですか？\nOK."


class Sleeper:
    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


class TestContract(ModelContract):
    @pytest.fixture
    def model(self) -> DemoBrain:
        return DemoBrain(lambda hints: "You said: " + hints["text"], pace=INSTANT)


async def test_the_line_comes_whole_and_in_pieces() -> None:
    pieces = [piece async for piece in DemoBrain(lambda _hints: LINE, pace=INSTANT).stream(ASK)]
    tokens = [piece.text for piece in pieces if isinstance(piece, Token)]
    assert "".join(tokens) == LINE
    assert len(tokens) > 8
    assert isinstance(pieces[-1], Usage)
    assert pieces[-1].provider == "scripted"
    assert pieces[-1].cost_usd == 0


async def test_it_reads_only_the_hints() -> None:
    seen: list[Mapping[str, str]] = []

    def improvise(hints: Mapping[str, str]) -> str:
        seen.append(hints)
        return "ok"

    await collect(
        DemoBrain(improvise, pace=INSTANT).stream(Completion(messages=(Message("user", "x"),), hints={"a": "b"}))
    )
    assert seen == [{"a": "b"}]


async def test_instant_waits_for_nothing() -> None:
    sleeper = Sleeper()
    await collect(DemoBrain(lambda _hints: LINE, pace=INSTANT, sleep=sleeper).stream(ASK))
    assert sleeper.slept == []


async def test_delays_are_drawn_from_the_seeds() -> None:
    async def waits(seed: int, request_seed: int) -> list[float]:
        sleeper = Sleeper()
        brain = DemoBrain(lambda _hints: LINE, pace=Pace((100, 200), 10), seed=seed, sleep=sleeper)
        await collect(brain.stream(Completion(messages=(), seed=request_seed)))
        return sleeper.slept

    one = await waits(1, 1)
    assert 0.1 <= one[0] <= 0.2
    assert all(0.005 <= wait <= 0.015 for wait in one[1:])
    assert await waits(1, 1) == one
    assert await waits(1, 2) != one
    assert await waits(2, 1) != one


async def test_nothing_to_say() -> None:
    assert await collect(DemoBrain(lambda _hints: "", pace=INSTANT).stream(ASK)) == (
        "",
        [Usage(3, 0, 0.0, provider="scripted")],
    )
