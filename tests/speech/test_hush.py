"""A line that is silenced and goes on: where it goes on, what was heard of it, and that it ends once."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.core.events import LineEnded, LineStarted, SentenceSpoken
from streamer.ports import FRAME_MS, Heard
from tests.fakes.llm import FakeModel
from tests.fakes.sink import FakeSink
from tests.fakes.tts import MS_PER_CHAR, FakeVoice, How
from tests.speech.stage import House
from tests.virtual_time import run_virtual

TEXT = "Hello there, everybody! This is the second sentence of it. And a third one ends it all."
LENGTH_MS = 7_000
"""About as long as that is."""


class Ear(FakeSink):
    """Notes which place of the line sounds when: `places` are (number of the opening, frame)."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.places: list[tuple[int, int]] = []

    def _tick(self) -> None:
        before = len(self.played)
        at = self._heard
        super()._tick()
        if len(self.played) > before:
            self.places.append((len(self.begun), at))


def told(house: House) -> list[Heard]:
    """Every position the followers would be told."""
    out: list[Heard] = []
    report = house.performer.playhead.report

    def noted(heard: Heard) -> None:
        out.append(heard)
        report(heard)

    house.performer.playhead.report = noted  # type: ignore[method-assign]
    return out


async def on_air(house: House, ms: int) -> None:
    house.prepare()
    house.performer.air(1)
    await house.until(lambda: len(house.sink.played) * FRAME_MS >= ms)


def test_it_is_silent_at_once_and_goes_on_with_the_interrupted_word():
    async def main() -> None:
        house = House(FakeModel(TEXT), sink=Ear())
        ear: Any = house.sink
        await on_air(house, 900)  # "Hello there," fills 720 ms, "everybody!" the next 600
        house.performer.hush(1)
        count = len(ear.played)
        assert house.performer.playhead.position() is None
        await asyncio.sleep(3)
        assert len(ear.played) == count
        assert ear.begun_at == [0]
        house.performer.unhush(1)
        end = await house.ended()
        assert ear.begun_at == [0, 13 * MS_PER_CHAR]
        assert (end.outcome, end.heard_ms) == ("finished", house.records[0].total_ms)
        assert house.heard() == TEXT
        assert len(house.times(LineStarted)) == 1
        assert house.spoken() == sorted(set(house.spoken()))
        assert ear.late == []
        await house.close()

    run_virtual(main())


def test_without_marks_the_words_are_estimated():
    async def main() -> None:
        house = House(FakeModel(TEXT), FakeVoice(plan=How(marks=False)), sink=Ear())
        await on_air(house, 900)
        house.performer.hush(1)
        line = house.performer._lines[1]
        word = next(at for at, length, _, _ in line.clauses[0].words() if at < 900 < at + length)
        house.performer.unhush(1)
        await house.ended()
        assert house.sink.begun_at == [0, word // FRAME_MS * FRAME_MS]
        assert house.heard() == TEXT
        await house.close()

    run_virtual(main())


def test_between_two_words_it_goes_on_at_that_place():
    async def main() -> None:
        house = House(FakeModel("Wait for it. Now!"), FakeVoice(plan=How(tail_ms=200)), sink=Ear())
        await on_air(house, 820)  # "Wait for it." ends at 720
        house.performer.hush(1)
        house.performer.unhush(1)
        await house.ended()
        assert house.sink.begun_at[1] == pytest.approx(820, abs=20)
        await house.close()

    run_virtual(main())


def test_before_the_first_sample_it_begins_at_the_beginning():
    async def main() -> None:
        house = House(FakeModel(TEXT), sink=Ear(lag_s=0.5))
        house.prepare()
        house.performer.air(1)
        await asyncio.sleep(0.2)
        house.performer.hush(1)
        await asyncio.sleep(1)
        assert house.started() is None
        house.performer.unhush(1)
        await house.ended()
        assert house.sink.begun_at == [0, 0]
        assert house.heard() == TEXT
        await house.close()

    run_virtual(main())


def test_one_that_waits_for_its_time_does_not_begin():
    async def main() -> None:
        house = House(FakeModel(TEXT))
        house.prepare()
        house.performer.air(1, not_before_ms=1_000)
        await asyncio.sleep(0.5)
        house.performer.hush(1)
        await asyncio.sleep(2)
        assert house.sink.begun == []
        house.performer.unhush(1)
        await house.ended()
        assert house.heard() == TEXT
        await house.close()

    run_virtual(main())


def test_what_is_unsaid_goes_on_being_made_up_to_the_limit():
    async def main() -> None:
        voice = FakeVoice(plan=How(first_s=1.0))
        house = House(FakeModel(TEXT), voice, sink=Ear())
        house.prepare()
        house.performer.air(1)
        await house.until(lambda: house.sink.played)
        house.performer.hush(1)
        await asyncio.sleep(10)
        assert len(voice.requests) == 3
        house.performer.unhush(1)
        end = await house.ended()
        assert (end.outcome, house.heard()) == ("finished", TEXT)
        await house.close()

    run_virtual(main())


@pytest.mark.parametrize("reason", ["host", "stop", "taken_back"])
def test_a_hushed_line_is_cut_where_it_was_heard(reason: str):
    async def main() -> None:
        house = House(FakeModel(TEXT), sink=Ear())
        await on_air(house, 900)
        house.performer.hush(1)
        await asyncio.sleep(1)
        house.performer.cut(1, reason)
        (end,) = house.ends()
        assert (end.outcome, end.reason, end.asks) == ("cut", reason, False)
        assert 800 <= end.heard_ms <= 900
        assert house.heard() == ("" if reason == "taken_back" else "Hello there,")
        house.performer.unhush(1)
        await asyncio.sleep(1)
        assert len(house.sink.begun) == 1
        await house.close()

    run_virtual(main())


def test_lowered_before_it_is_as_loud_as_ever_when_it_goes_on():
    async def main() -> None:
        house = House(FakeModel(TEXT), sink=Ear())
        await on_air(house, 300)
        house.performer.duck(1, on=True)
        house.performer.hush(1)
        house.performer.duck(1, on=True)
        house.performer.unhush(1)
        await house.ended()
        assert house.sink.ducks == [True, False]
        await house.close()

    run_virtual(main())


def test_unknown_and_ended_lines_are_ignored():
    async def main() -> None:
        house = House(FakeModel(TEXT))
        house.performer.hush(7)
        house.performer.unhush(7)
        house.prepare()
        await house.ready()
        house.performer.hush(1)
        house.performer.air(1)
        await house.ended()
        house.performer.hush(1)
        house.performer.unhush(1)
        assert len(house.ends()) == 1
        assert house.heard() == TEXT
        await house.close()

    run_virtual(main())


class Telling(Ear):
    """Reports from inside `stop`, and after it."""

    def stop(self, fade_ms: int = 15) -> Heard:
        last = super().stop(fade_ms)
        self._on_heard(last)
        asyncio.get_running_loop().call_later(0.05, self._on_heard, last)
        return last


class Broken(Ear):
    def stop(self, fade_ms: int = 15) -> Heard:
        super().stop(fade_ms)
        raise OSError


def test_what_a_sink_still_tells_of_the_sound_before_counts_no_more():
    async def main() -> None:
        house = House(FakeModel(TEXT), sink=Telling())
        await on_air(house, 900)
        house.performer.hush(1)
        house.performer.unhush(1)
        assert (await house.ended()).outcome == "finished"
        await house.close()

    run_virtual(main())


def test_a_sink_that_cannot_stop_ends_the_line():
    async def main() -> None:
        house = House(FakeModel(TEXT), sink=Broken())
        await on_air(house, 300)
        house.performer.hush(1)
        assert [(end.outcome, end.reason) for end in house.ends()] == [("cut", "sink")]
        await house.close()

    run_virtual(main())


def test_only_what_ends_with_a_question_asks():
    async def main() -> None:
        house = House(FakeModel("I see. Do you like tea?"))
        assert (await house.perform()).asks
        await house.close()

    run_virtual(main())


def _words_between(first_ms: int, end_ms: int) -> int:
    """Words of the text that sound there, by the marks; 20 ms are the frame in which one ends and the next begins."""
    count = at = 0
    for clause in ("Hello there, everybody!", "This is the second sentence of it.", "And a third one ends it all."):
        for word in re.finditer(r"\S+", clause):
            start, end = (at + place * MS_PER_CHAR for place in word.span())
            count += start < end_ms - FRAME_MS and end > first_ms + FRAME_MS
        at += -(-len(clause) * MS_PER_CHAR // FRAME_MS) * FRAME_MS
    return count


SCRIPTS = st.lists(
    st.tuples(st.integers(0, 2_500), st.sampled_from(["hush", "hush", "hush", "unhush", "unhush", "duck", "cut"])),
    max_size=12,
)


@settings(max_examples=15)
@given(script=SCRIPTS, slow=st.booleans(), vanish=st.sampled_from([None, None, 1_900]))
def test_whatever_the_order_it_ends_once_and_only_the_interrupted_word_is_heard_twice(
    script: list[tuple[int, str]], slow: bool, vanish: int | None
):
    async def main() -> None:
        how = How(first_s=0.4, pace=0.9) if slow else How()
        house = House(FakeModel(TEXT), FakeVoice(plan=how), sink=Ear(vanish_at_ms=vanish))
        ear: Any = house.sink
        seen = told(house)
        house.prepare()
        house.performer.air(1)
        doing: dict[str, Callable[[], None]] = {
            "hush": lambda: house.performer.hush(1),
            "unhush": lambda: house.performer.unhush(1),
            "duck": lambda: house.performer.duck(1, on=True),
            "cut": lambda: house.performer.cut(1, "host"),
        }
        silent, heard = False, 0
        for wait_ms, what in script:
            count = len(ear.played)
            await asyncio.sleep(wait_ms / 1000)
            assert not silent or len(ear.played) == count, "a hushed line sounds"
            doing[what]()
            silent = what == "hush" or (silent and what != "unhush")
        house.performer.unhush(1)
        await house.ended()
        assert len(house.ends()) == 1
        (end,) = house.ends()
        _check(house, ear, end)
        for report in seen:
            assert report.line == 1
        spoken = [event.heard_ms for _, event in house.events if isinstance(event, SentenceSpoken)]
        assert spoken == sorted(spoken)
        assert len(house.times(LineStarted)) == (1 if end.heard_ms else len(house.times(LineStarted)))
        assert heard <= end.heard_ms
        assert ear.late == []
        await house.close()

    run_virtual(main())


def _check(house: House, ear: Any, end: LineEnded) -> None:
    text = house.heard()
    assert TEXT.startswith(text)
    if end.outcome == "finished":
        assert text == TEXT
    last = -1
    opening = 1
    for number, place in ear.places:
        if number == opening:
            assert place == last + 1 or last < 0, "a hole"
        else:
            assert place <= last + 1, "words were left out"
            assert _words_between(place * FRAME_MS, (last + 1) * FRAME_MS) <= 1, "more than a word twice"
        opening, last = number, place
    assert end.heard_ms <= (max((place for _, place in ear.places), default=-1) + 1) * FRAME_MS


def test_a_persona_that_was_cut_off_knows_where():
    async def main() -> None:
        house = House(FakeModel(TEXT))
        await on_air(house, 900)
        house.performer.cut(1, "host")
        house.prepare(2, persona="rex")
        await house.ready(2)
        assert "cut in" not in str(house.llm.requests[-1].messages)
        house.performer.withdraw(2, "skip")
        for line, known in ((3, True), (4, False)):
            house.prepare(line)
            house.performer.air(line)
            await house.ended(line)
            task = house.llm.requests[-1].messages[-1].content
            assert (
                'The host cut in on your last line; the audience heard it only up to "Hello there,"' in task
            ) is known
        await house.close()

    run_virtual(main())
