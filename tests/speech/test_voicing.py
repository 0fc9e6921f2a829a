"""Clauses through the voice chain: order, fallback, stalls, truncation, captions only."""

import asyncio
import random
import re
from itertools import pairwise

import pytest

from streamer.ports import FRAME_MS, Misconfigured, SpeechRequest, Unavailable, Unspeakable
from streamer.speech.levels import loudness, samples
from tests.fakes.llm import FakeModel, Say, tokens_of
from tests.fakes.tts import FakeVoice, How
from tests.speech.stage import House
from tests.virtual_time import run_virtual

TEXT = "Number one is here! The second sentence comes after it. Then there is number three. The fourth one ends it."
CLAUSES = [
    "Number one is here!",
    "The second sentence comes after it.",
    "Then there is number three.",
    "The fourth one ends it.",
]


def heard_tones(house: House, line: int = 1) -> list[int]:
    """The pitch of what sounded, in steps of 100 Hz (the signature of a fake voice), repeats left out."""
    out: list[int] = []
    for number, frame, _ in house.sink.played:
        values = samples(frame)
        crossings = sum((one < 0) != (other < 0) for one, other in pairwise(values))
        tone = round(crossings * 25 / 100)
        if number == line and loudness(frame) > 500 and (not out or out[-1] != tone):
            out.append(tone)
    return out


@pytest.mark.parametrize("seed", range(12))
def test_order_holds_with_random_delays(seed: int):
    async def main() -> None:
        rng = random.Random(seed)
        voice = FakeVoice("a", lambda request: How(first_s=rng.uniform(0, 2), pace=rng.uniform(0, 0.9)))
        house = House(FakeModel(Say(tokens=tokens_of(TEXT), each_s=rng.uniform(0, 0.2))), voice)
        await house.perform()
        assert house.heard() == TEXT
        assert [request.text for request in voice.requests] == CLAUSES
        assert voice.most_open <= 2
        views = [house.views[1, index][-1] for index in range(4)]
        assert [view.text for view in views] == CLAUSES
        assert all(one.end == two.at for one, two in pairwise(views))
        await house.close()

    run_virtual(main())


def test_two_clauses_are_made_in_parallel():
    async def main() -> None:
        voice = FakeVoice("a", How(first_s=1.0, pace=0.1))
        house = House(FakeModel(TEXT), voice)
        house.prepare()
        await asyncio.sleep(0.5)
        assert [request.text for request in voice.requests] == CLAUSES[:2]
        assert voice.open == 2
        await house.close()

    run_virtual(main())


def test_only_so_much_is_made_ahead_of_the_air():
    async def main() -> None:
        voice = FakeVoice("paid")
        house = House(FakeModel(" ".join([TEXT] * 6)), voice, ahead_ms=4000)
        house.prepare()
        await asyncio.sleep(5)
        assert len(voice.requests) <= 4
        house.performer.air(1)
        end = await house.ended()
        assert end.outcome == "finished"
        assert house.records[0].underrun_ms == 0
        await house.close()

    run_virtual(main())


BROKEN = [
    How(error=Unavailable("down"), fail_at_ms=0),
    How(error=Misconfigured("no key", fix="set it"), fail_at_ms=0),
    How(error=ValueError("bug"), fail_at_ms=0),
    How(first_s=100),
    How(first_s=100, stubborn=True),
    How(silent=True),
    How(stall_at_ms=0),
]


@pytest.mark.parametrize("how", BROKEN)
def test_the_next_engine_speaks_the_whole_clause(how: How):
    async def main() -> None:
        first, second = FakeVoice("first", how, hertz=300), FakeVoice("second", hertz=900)
        house = House(FakeModel(TEXT), first, second)
        end = await house.perform()
        assert end.outcome == "finished"
        assert end.voiced
        assert house.heard() == TEXT
        assert [request.text for request in second.requests] == CLAUSES
        assert heard_tones(house) == [9]
        assert house.started() is not None
        assert house.started() < 2700
        assert house.records[0].engines == ("first", "second")
        await asyncio.sleep(200)
        await house.close()

    run_virtual(main())


@pytest.mark.parametrize("marks", [True, False])
@pytest.mark.parametrize(
    "how",
    [
        How(pace=0.9, stall_at_ms=700),
        How(pace=0.9, fail_at_ms=700, error=Unavailable("cut")),
        How(pace=0.9, short_at_ms=700),
        How(pace=0.9, short_at_ms=700, marks=False),
    ],
)
def test_the_rest_is_spoken_after_the_last_delivered_word(how: How, marks: bool):
    async def main() -> None:
        first = FakeVoice("first", lambda request: how if request.text == CLAUSES[1] else How(), hertz=300)
        second = FakeVoice("second", How(marks=marks), hertz=900)
        house = House(
            FakeModel(Say(tokens=[CLAUSES[0] + " ", CLAUSES[1] + " ", "x"], each_s=1.4, hang_after=2)), first, second
        )
        house.prepare()
        house.performer.air(1)
        await house.until(lambda: second.requests)
        rest = second.requests[0].text
        assert CLAUSES[1].endswith(rest)
        assert 0 < len(rest) < len(CLAUSES[1])
        end = await house.ended()
        assert house.heard() == f"{CLAUSES[0]} {CLAUSES[1]}"
        assert end.outcome == "finished"
        assert heard_tones(house) == [3, 9] or heard_tones(house)[-1] == 9
        view = house.views[1, 1][-1]
        assert [view.text[start:end] for _, _, start, end in view.words] == CLAUSES[1].split()
        assert view.words[-1][0] + view.words[-1][1] <= view.end
        assert sorted(at for at, *_ in view.words) == [at for at, *_ in view.words]
        await house.close()

    run_virtual(main())


def test_a_prefetched_clause_that_breaks_is_made_anew():
    async def main() -> None:
        first = FakeVoice(
            "first",
            lambda request: (
                How(fail_at_ms=700, error=Unavailable("x")) if request.text == CLAUSES[1] else How(first_s=0.5)
            ),
        )
        second = FakeVoice("second")
        house = House(FakeModel(TEXT), first, second)
        await house.perform()
        assert [request.text for request in second.requests] == CLAUSES[1:]
        assert house.heard() == TEXT
        await house.close()

    run_virtual(main())


def test_the_chain_ends_in_captions_only():
    async def main() -> None:
        house = House(FakeModel(TEXT), FakeVoice("a", BROKEN[0]), FakeVoice("b", BROKEN[0]))
        end = await house.perform()
        assert end.outcome == "finished"
        assert not end.voiced
        assert house.heard() == TEXT
        assert all(not any(frame) for _, frame, _ in house.sink.played)
        assert end.heard_ms > 3000
        view = house.views[1, 0][-1]
        assert view.mouth is None
        assert [view.text[start:end] for _, _, start, end in view.words] == CLAUSES[0].split()
        await house.close()

    run_virtual(main())


def test_a_persona_without_a_voice_has_captions():
    async def main() -> None:
        house = House(FakeModel(TEXT))
        house.performer.replace_voices({})
        end = await house.perform()
        assert (end.outcome, end.voiced) == ("finished", False)
        await house.close()

    run_virtual(main())


def test_a_misconfigured_voice_is_left_alone_until_settings_change():
    async def main() -> None:
        first, second = FakeVoice("first", BROKEN[1]), FakeVoice("second")
        house = House(FakeModel("Hello."), first, second)
        for line in range(1, 4):
            await house.perform(line)
            await asyncio.sleep(1000)
        assert len(first.requests) == 1
        state = house.performer.voice_states()[0]
        assert (state.engine, state.state, state.fix) == ("first", "misconfigured", "set it")
        house.performer.replace_voices({"first": first, "second": second})
        await house.perform(9)
        assert len(first.requests) == 2
        await house.close()

    run_virtual(main())


def test_three_failures_rest_a_voice():
    async def main() -> None:
        first, second = FakeVoice("first", BROKEN[0]), FakeVoice("second")
        house = House(FakeModel("Hello."), first, second)
        for line in range(1, 6):
            await house.perform(line)
        assert len(first.requests) == 3
        await asyncio.sleep(31)
        await house.perform(9)
        assert len(first.requests) == 4
        await house.close()

    run_virtual(main())


def test_odd_pieces_and_long_silence_at_the_end():
    async def main() -> None:
        house = House(FakeModel(TEXT), FakeVoice("a", How(odd=True, piece_ms=70, tail_ms=800)))
        end = await house.perform()
        spoken = sum(-(-len(clause) * 60 // FRAME_MS) * FRAME_MS for clause in CLAUSES)
        assert end.heard_ms == pytest.approx(spoken + 4 * 240, abs=160)
        await house.close()

    run_virtual(main())


def test_emotion_travels_with_the_request():
    async def main() -> None:
        house = House(FakeModel("[joy] Hello there! [sad] This is not a happy end. And it goes on like that."))
        await house.perform()
        assert [request.emotion for request in house.voices[0].requests] == ["joy", "sad", "sad"]
        await house.close()

    run_virtual(main())


def test_japanese_is_joined_without_spaces():
    async def main() -> None:
        text = "今日はいい天気ですね。散歩に行きましょう！どこがいいですか？"
        house = House(FakeModel(text), FakeVoice("a", How(marks=False)))
        await house.perform()
        assert house.heard() == text
        await house.close()

    run_virtual(main())


def test_links_are_not_spelled():
    async def main() -> None:
        house = House(FakeModel("Look at https://evil.example/a?b=1, please. It is really good."))
        await house.perform()
        said: list[SpeechRequest] = house.voices[0].requests
        assert not any(re.search(r"evil|http", request.text) for request in said)
        assert house.heard().startswith("Look at link, please.")
        await house.close()

    run_virtual(main())


def test_an_engine_that_was_given_up_adds_nothing_later():
    async def main() -> None:
        first = FakeVoice("first", How(first_s=3.0, stubborn=True, marks=False), hertz=300)
        second = FakeVoice("second", How(pace=0.9), hertz=900)
        house = House(FakeModel(TEXT), first, second)
        end = await house.perform()
        assert heard_tones(house) == [9]
        assert end.heard_ms == sum(len(clause) * 60 for clause in CLAUSES)
        await asyncio.sleep(60)
        await house.close()

    run_virtual(main())


def test_a_text_an_engine_cannot_speak_does_not_count_against_it():
    async def main() -> None:
        kana_only = How(error=Unspeakable("no kanji"), fail_at_ms=0)
        first = FakeVoice("first", lambda request: How() if request.text.isascii() else kana_only)
        house = House(FakeModel(*["今日はいい天気ですね。"] * 4, "Hello there, friends."), first, FakeVoice("second"))
        for line in range(1, 5):
            await house.perform(line)
        assert {state.engine: state.state for state in house.performer.voice_states()}["first"] == "closed"
        await house.perform(5)
        assert first.requests[-1].text.startswith("Hello")
        await house.close()

    run_virtual(main())
