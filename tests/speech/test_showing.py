"""What followers are told of a line, and when."""

import asyncio

from streamer.core.events import LineStarted
from tests.fakes.llm import FakeModel
from tests.fakes.tts import FakeVoice, How
from tests.speech.stage import House
from tests.virtual_time import run_virtual

THREE = "[joy] Hello there! This is the second sentence of it. [sad:0.4] And a third one ends it."


def test_views_follow_the_protocol():
    async def main() -> None:
        house = House(FakeModel(THREE))
        await house.perform()
        at = 0
        for index, text in enumerate(
            ["Hello there!", "This is the second sentence of it.", "And a third one ends it."]
        ):
            view = house.views[1, index][-1]
            assert view.text == text
            assert view.at == at
            at = view.end
            assert view.mouth is not None
            assert len(view.mouth.open) * 20 == view.end - view.at
            assert max(view.mouth.open) > 50
            assert view.mouth.shapes[-1][1] == "sil"
            assert [text[start:end] for _, _, start, end in view.words] == text.split()
            assert all(view.at <= begin and begin + span <= view.end for begin, span, _, _ in view.words)
        assert house.views[1, 0][-1].cues == ((0, "joy", 1.0),)
        assert house.views[1, 2][-1].cues == ((house.views[1, 2][-1].at, "sad", 0.4),)
        await house.close()

    run_virtual(main())


def test_a_clause_is_shown_before_it_is_heard():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.prepare()
        await house.ready()
        await asyncio.sleep(0.1)
        assert house.views[1, 0]
        assert not house.times(LineStarted)
        await house.close()

    run_virtual(main())


def test_a_tag_after_the_last_word_is_shown():
    async def main() -> None:
        house = House(FakeModel("Goodbye everybody! [sleepy]"))
        await house.perform()
        assert [name for _, name, _ in house.views[1, 0][-1].cues] == ["sleepy"]
        await house.close()

    run_virtual(main())


def test_a_growing_clause_is_told_in_few_messages():
    async def main() -> None:
        house = House(
            FakeModel("This is one sentence that goes on for quite some time."),
            FakeVoice("a", How(pace=0.8)),
        )
        await house.perform()
        views = house.views[1, 0]
        assert 3 <= len(views) <= 40
        lengths = [len(view.mouth.open) for view in views if view.mouth]
        assert lengths == sorted(lengths)
        assert views[-1].end == house.records[0].total_ms
        await house.close()

    run_virtual(main())


def test_the_mouth_is_known_before_it_is_heard():
    async def main() -> None:
        house = House(
            FakeModel("This is one sentence that goes on for quite some time."),
            FakeVoice("a", How(pace=1.0)),
        )
        house.prepare()
        house.performer.air(1)
        checked = 0
        while not house.ends():
            await asyncio.sleep(0.02)
            at = house.performer.playhead.position()
            view = house.views[1, 0][-1] if house.views.get((1, 0)) else None
            if at and view and view.mouth:
                assert len(view.mouth.open) * 20 + 60 >= min(at[1], len(house.sink.played) * 20)
            checked += 1
        assert checked > 50
        await house.close()

    run_virtual(main())


def test_nothing_is_shown_of_a_line_that_ended():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.prepare()
        await house.ready()
        house.performer.withdraw(1, "stale")
        count = sum(map(len, house.views.values()))
        await asyncio.sleep(5)
        assert sum(map(len, house.views.values())) == count
        await house.close()

    run_virtual(main())
