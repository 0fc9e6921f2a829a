"""The line that plays: time, floor, what was heard, a sink that fails."""

import asyncio

import pytest

from streamer.core.events import LineEnded, LineReady
from streamer.ports import Heard
from tests.fakes.llm import FakeModel
from tests.fakes.sink import FakeSink
from tests.fakes.tts import spoken_ms
from tests.speech.stage import House
from tests.virtual_time import run_virtual

THREE = "[joy] Hello there! This is the second sentence of it. [sad:0.4] And a third one ends it."


def test_prepare_never_sounds_and_air_waits_for_its_time():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.prepare()
        await asyncio.sleep(3)
        assert house.times(LineReady)
        assert house.sink.begun == []
        house.performer.air(1, not_before_ms=5000)
        await asyncio.sleep(1)
        assert house.sink.begun == []
        await house.ended()
        assert house.sink.written[0][1] == pytest.approx(5.0)
        await house.close()

    run_virtual(main())


def test_heard_words_end_where_the_sound_was_cut():
    async def main() -> None:
        house = House(FakeModel("One two three four five six seven eight nine ten eleven."))
        house.prepare()
        house.performer.air(1)
        await house.until(lambda: len(house.sink.played) >= 40)
        house.performer.cut(1, "host")
        end = house.ends()[0]
        assert end.outcome == "cut"
        assert end.heard_ms == pytest.approx(800, abs=120)
        text = house.heard()
        assert text
        assert "One two three four five six seven eight nine ten eleven.".startswith(text)
        assert spoken_ms(text) - 60 <= end.heard_ms
        assert spoken_ms(text) >= end.heard_ms - 8 * 60
        await house.close()

    run_virtual(main())


def test_before_the_first_sample_nothing_was_heard():
    async def main() -> None:
        house = House(FakeModel(THREE), sink=FakeSink(lag_s=0.5))
        house.prepare()
        house.performer.air(1)
        await asyncio.sleep(0.2)
        house.performer.cut(1, "stop")
        assert house.ends() == [LineEnded(line=1, outcome="cut", reason="stop", voiced=True)]
        assert house.heard() == ""
        await house.close()

    run_virtual(main())


def test_duck_is_undone_with_the_line():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.prepare()
        house.performer.air(1)
        await asyncio.sleep(0.5)
        house.performer.duck(2, on=True)
        house.performer.duck(1, on=True)
        house.performer.duck(1, on=True)
        house.performer.cut(1, "host")
        assert house.sink.ducks == [True, False]
        await house.close()

    run_virtual(main())


def test_a_sink_that_breaks_ends_the_line():
    async def main() -> None:
        house = House(FakeModel(THREE), sink=FakeSink(fail_at_frame=30))
        end = await house.perform()
        assert (end.outcome, end.reason) == ("cut", "sink")
        await house.close()

    run_virtual(main())


def test_a_sink_that_vanishes_ends_the_line_where_it_was_heard():
    async def main() -> None:
        house = House(FakeModel(THREE), sink=FakeSink(vanish_at_ms=760))
        end = await house.perform()
        assert (end.outcome, end.reason, end.heard_ms) == ("cut", "sink", 760)
        assert house.heard() == "Hello there!"
        await house.close()

    run_virtual(main())


class TellingSink(FakeSink):
    """Reports the end from inside `stop`."""

    def stop(self, fade_ms: int = 15) -> Heard:
        self._end()
        return super().stop(fade_ms)


def test_a_sink_may_report_from_inside_stop():
    async def main() -> None:
        house = House(FakeModel(THREE), sink=TellingSink())
        house.prepare()
        house.performer.air(1)
        await asyncio.sleep(0.5)
        house.performer.cut(1, "skip")
        assert [end.reason for end in house.ends()] == ["skip"]
        await house.close()

    run_virtual(main())
