from collections.abc import AsyncIterator

import pytest

from streamer.adapters.llm.ladder import Breaker, Ladder
from streamer.ports import Completion, Misconfigured, Token, Unavailable, Usage
from tests.adapters.llm.contract import ASK, ModelContract, collect


class Scripted:
    """Answers `text`, or raises `error` after so many words."""

    def __init__(self, name: str, text: str = "hello from it", error: Exception | None = None, after: int = 0) -> None:
        self.name, self.text, self.error, self.after = name, text, error, after
        self.asked = self.closed = self.warmed = 0

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        self.asked += 1
        try:
            for i, word in enumerate(self.text.split()):
                if self.error is not None and i == self.after:
                    raise self.error
                yield Token(word + " ")
            if self.error is not None:
                raise self.error
            yield Usage(1, 1)
        finally:
            self.closed += 1

    async def warm(self) -> None:
        self.warmed += 1

    async def aclose(self) -> None:
        self.closed += 100


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestContract(ModelContract):
    @pytest.fixture
    def model(self) -> Ladder:
        return Ladder([Scripted("first", error=Unavailable("down")), Scripted("second")])


async def test_the_first_that_works_answers() -> None:
    first, second = Scripted("first"), Scripted("second")
    ladder = Ladder([first, second])
    _, usages = await collect(ladder.stream(ASK))
    assert usages[0].provider == ladder.answered == "first"
    assert second.asked == 0
    first.error = Unavailable("down")
    text, usages = await collect(ladder.stream(ASK))
    assert text == "hello from it "
    assert usages[0].provider == ladder.answered == "second"


async def test_words_are_never_said_twice() -> None:
    first, second = Scripted("first", error=Unavailable("cut"), after=2), Scripted("second")
    stream = Ladder([first, second]).stream(ASK)
    assert [await anext(stream), await anext(stream)] == [Token("hello "), Token("from ")]
    with pytest.raises(Unavailable):
        await anext(stream)
    assert second.asked == 0


async def test_an_empty_answer_goes_on_but_the_last_one_stands() -> None:
    ladder = Ladder([Scripted("first", ""), Scripted("second", "")])
    text, usages = await collect(ladder.stream(ASK))
    assert text == ""
    assert usages[0].provider == "second"


async def test_misconfigured_is_skipped_until_reset() -> None:
    first, second = Scripted("first", error=Misconfigured("no key", fix="set it")), Scripted("second")
    ladder = Ladder([first, second])
    for _ in range(3):
        await collect(ladder.stream(ASK))
    assert (first.asked, second.asked) == (1, 3)
    broken, good = ladder.health()
    assert broken.state == "broken"
    assert broken.notice.fix == "set it"
    assert good.state == "ok"
    first.error = None
    ladder._rungs[0].breaker.reset()
    await collect(ladder.stream(ASK))
    assert first.asked == 2


async def test_all_down() -> None:
    ladder = Ladder([Scripted("a", error=Unavailable("x", retry_after_s=5)), Scripted("b", error=Misconfigured("y"))])
    with pytest.raises(Unavailable, match="x"):
        await collect(ladder.stream(ASK))
    with pytest.raises(Unavailable, match="x"):  # both are closed off now; the reason stays
        await collect(ladder.stream(ASK))
    with pytest.raises(Misconfigured):
        await collect(Ladder([Scripted("a", error=Misconfigured("y"))]).stream(ASK))
    with pytest.raises(ValueError):
        Ladder([])


async def test_a_failing_rung_is_left_alone_for_a_while() -> None:
    clock = Clock()
    first, second = Scripted("first", error=Unavailable("down")), Scripted("second")
    ladder = Ladder([first, second], clock=clock)
    for _ in range(5):
        await collect(ladder.stream(ASK))
    assert first.asked == 3
    assert ladder.health()[0].state == "broken"
    clock.now += 31
    assert ladder.health()[0].state == "degraded"
    await collect(ladder.stream(ASK))
    await collect(ladder.stream(ASK))
    assert first.asked == 4  # one attempt, then closed off for twice as long
    clock.now += 31
    await collect(ladder.stream(ASK))
    assert first.asked == 4
    clock.now += 31
    first.error = None
    await collect(ladder.stream(ASK))
    assert ladder.answered == "first"
    assert ladder.health()[0].state == "ok"


async def test_leaving_closes_the_rung() -> None:
    first = Scripted("first")
    ladder = Ladder([first])
    stream = ladder.stream(ASK)
    await anext(stream)
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    assert first.closed == 1
    await ladder.warm()
    assert first.warmed == 1
    await ladder.aclose()
    assert first.closed == 101


def test_breaker() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failure(Unavailable("x", retry_after_s=7))
    assert not breaker.allows
    assert breaker.wait_s == 7
    clock.now += 8
    assert breaker.allows
    for _ in range(40):
        breaker.failure(Unavailable("x"))
    assert breaker.wait_s <= 600
    breaker.success()
    assert breaker.allows
    clock.now += 1
    for _ in range(2):
        breaker.failure(Unavailable("x"))
        clock.now += 61  # too far apart to count together
        assert breaker.allows
