import asyncio
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
    first, second = Scripted("first", "Hello, from it", error=Unavailable("cut"), after=2), Scripted("second")
    stream = Ladder([first, second]).stream(ASK)
    assert [await anext(stream), await anext(stream)] == [Token("Hello, "), Token("from ")]
    with pytest.raises(Unavailable):
        await anext(stream)
    assert second.asked == 0


async def test_an_empty_answer_goes_on_and_the_last_one_is_a_failure() -> None:
    ladder = Ladder([Scripted("first", ""), Scripted("second", "")])
    with pytest.raises(Unavailable, match="second: an empty answer"):
        await collect(ladder.stream(ASK))
    text, usages = await collect(Ladder([Scripted("first", ""), Scripted("second")]).stream(ASK))
    assert (text, usages[0].provider) == ("hello from it ", "second")


# --- the stand-in -----------------------------------------------------------------------------------------------------

NONSENSE = [
    "",
    "   ",
    "[joy] [think]",
    "<think>hm</think>",
    "** __ **",
    "<|im_start|> <|im_end|>",
    "the " * 40,
    "a" * 200,
    "0000000000000000000000000000000000000000",
    '{"error": "no such thing"}',
    "<html> <body> 502 </body>",
    "?????? !!!!!! ;;;;;; ...... :::::",
    "\ufffd\ufffd\ufffd\ufffd is this, really",
]


@pytest.mark.parametrize("text", NONSENSE)
async def test_nonsense_is_answered_by_the_stand_in(text: str) -> None:
    model, stand_in = Scripted("model", text), Scripted("scripted", "Good evening, chat.")
    ladder = Ladder([model], stand_in=stand_in)
    said, usages = await collect(ladder.stream(ASK))
    assert said.strip() == "Good evening, chat."
    assert ladder.answered == "scripted"
    assert len(usages) == 1


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "ha ha ha ha ha ha, stop it",
        "Nooooooooooooooooooo way!",
        "[joy] Yes! Yes! Yes! A thousand times yes.",
        "はい、スープが大好きです。",
        "<think>they ask for soup</think> Soup, please.",
        "42",
        "Well I have been thinking about this for a really long time and I do think so",
    ],
)
async def test_sense_is_passed_on_whole(text: str) -> None:
    said, _ = await collect(Ladder([Scripted("model", text)], stand_in=Scripted("scripted", "x")).stream(ASK))
    assert said.split() == text.split()


@pytest.mark.parametrize(
    "error", [Unavailable("model: cannot be reached"), Misconfigured("model: the key is refused"), ValueError("odd")]
)
async def test_a_dead_model_is_spoken_for_until_it_is_back(error: Exception) -> None:
    clock = Clock()
    model, stand_in = Scripted("model", error=error), Scripted("scripted", "Good evening, chat.")
    ladder = Ladder([model], stand_in=stand_in, clock=clock)
    for _ in range(6):
        said, _ = await collect(ladder.stream(ASK))
        assert said.strip() == "Good evening, chat."
    assert model.asked <= 3
    rows = ladder.health()
    assert rows[0].state == "broken"
    assert rows[-1].part == "llm.prepared"
    assert rows[-1].notice.code == "llm.prepared"
    model.error = None
    clock.now += 601
    said, _ = await collect(ladder.stream(ASK))
    assert ladder.answered == "model"
    assert [row.state for row in ladder.health()] == ["ok"]


async def test_health_does_not_say_the_name_twice() -> None:
    ladder = Ladder([Scripted("model", error=Unavailable("model: cannot be reached"))], stand_in=Scripted("scripted"))
    await collect(ladder.stream(ASK))
    notices = [row.notice for row in ladder.health()]
    assert notices[0].params == {"name": "model", "reason": "cannot be reached"}
    assert notices[1].params == {"reason": "model: cannot be reached"}


async def test_a_model_that_is_slow_to_fail_costs_one_line_and_not_three() -> None:
    clock = Clock()

    class Slow(Scripted):
        async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
            self.asked += 1
            clock.now += 5
            raise Unavailable("no words in time")
            yield Token("")

    model = Slow("slow")
    ladder = Ladder([model], stand_in=Scripted("scripted"), clock=clock)
    for _ in range(3):
        await collect(ladder.stream(ASK))
    assert model.asked == 1
    clock.now += 31
    await collect(ladder.stream(ASK))
    assert model.asked == 2


async def test_a_slow_model_is_not_held_back_until_its_clause_ends() -> None:
    clock = Clock()

    class Slow(Scripted):
        async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
            clock.now += 4
            yield Token("Well ")
            await asyncio.sleep(3600)

    stream = Ladder([Slow("slow")], stand_in=Scripted("scripted"), clock=clock).stream(ASK)
    assert await asyncio.wait_for(anext(stream), 30) == Token("Well ")
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_a_model_that_falls_into_a_loop_is_ended() -> None:
    ladder = Ladder([Scripted("model", "All is well. " + "soup " * 60)], stand_in=Scripted("scripted"))
    with pytest.raises(Unavailable, match="repeats itself"):
        await collect(ladder.stream(ASK))


async def test_misconfigured_is_skipped_for_ten_minutes() -> None:
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
