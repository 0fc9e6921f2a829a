"""The language model: late, gone, stalled, broken off."""

import pytest

from streamer.core.events import LineReady
from streamer.ports import Misconfigured, Unavailable
from tests.fakes.llm import FakeModel, Say
from tests.speech.stage import House
from tests.virtual_time import run_virtual

THREE = "[joy] Hello there! This is the second sentence of it. [sad:0.4] And a third one ends it."


@pytest.mark.parametrize(
    "say",
    [
        Say(tokens=(), hang_after=0),
        Say(tokens=["Hel"], hang_after=1),
        Say(error=Unavailable("down")),
        Say(error=Misconfigured("no key")),
        Say(error=ValueError("a bug")),
        Say(tokens=["<think>", "hm ", *["so "] * 100], each_s=0.5),
    ],
)
def test_something_prepared_is_said_instead(say: Say):
    async def main() -> None:
        house = House(FakeModel(say))
        end = await house.perform()
        assert end.outcome == "finished"
        assert end.reason in {"llm_late", "llm_unavailable", "llm_stalled"}
        assert house.heard() == "Give me a second, chat."
        assert house.records[0].late
        assert house.started() is not None
        assert house.started() <= 12_200
        await house.close()

    run_virtual(main())


def test_the_late_line_comes_after_six_seconds():
    async def main() -> None:
        house = House(FakeModel(Say(first_s=30, tokens=["Hello."])))
        await house.perform()
        assert house.times(LineReady) == [6000]
        assert house.llm.open == 0
        await house.close()

    run_virtual(main())


def test_without_a_prepared_line_it_fails():
    async def main() -> None:
        house = House(FakeModel(Say(error=Unavailable("down"))), late=())
        end = await house.perform()
        assert (end.outcome, end.reason) == ("failed", "llm_unavailable")
        await house.close()

    run_virtual(main())


def test_a_model_that_breaks_off_leaves_whole_sentences():
    async def main() -> None:
        say = Say(tokens=["Hello there! This is the whole second one. And th"], fail_after=1, error=Unavailable("cut"))
        house = House(FakeModel(say))
        end = await house.perform()
        assert end.outcome == "finished"
        assert house.heard() == "Hello there! This is the whole second one."
        await house.close()

    run_virtual(main())


def test_only_tags_is_an_empty_line():
    async def main() -> None:
        house = House(FakeModel("[joy] [waves] 😂"))
        assert (await house.perform()).outcome == "failed"
        await house.close()

    run_virtual(main())
