"""Whole lines through the chain, in virtual time."""

import asyncio

import pytest

from streamer.core.events import LineEnded, Scope
from streamer.core.verdict import ALLOW, Action, Verdict
from streamer.ports import Unavailable
from streamer.speech.brief import Quote
from tests.fakes.llm import FakeModel, Say, tokens_of
from tests.fakes.tts import FakeVoice, How
from tests.speech.stage import House
from tests.virtual_time import run_virtual

THREE = "[joy] Hello there! This is the second sentence of it. [sad:0.4] And a third one ends it."


def test_a_line_from_brief_to_last_sample():
    async def main() -> None:
        house = House(FakeModel(THREE))
        end = await house.perform()
        assert end == LineEnded(line=1, outcome="finished", heard_ms=end.heard_ms, heard="l:1", voiced=True)
        assert house.heard() == "Hello there! This is the second sentence of it. And a third one ends it."
        assert house.spoken() == [0, 1, 2]
        kinds = [type(event).__name__ for _, event in house.events]
        assert kinds == ["LineReady", "LineStarted", *["SentenceSpoken"] * 3, "LineEnded"]
        record = house.records[0]
        assert record.generated == THREE
        assert record.sent == record.heard == house.heard()
        assert record.total_ms == end.heard_ms == len(house.sink.played) * 20
        assert set(record.spans) == {
            "prepare", "brief", "llm_first_token", "first_clause", "tts_request", "tts_first_byte", "ready",
            "first_frame", "heard_start", "ended",
        }  # fmt: skip
        assert record.usage is not None
        await house.close()

    run_virtual(main())


def test_sound_begins_before_the_model_has_finished():
    async def main() -> None:
        house = House(FakeModel(Say(tokens=tokens_of(THREE), each_s=0.2)))
        await house.perform()
        record = house.records[0]
        assert record.spans["first_frame"] < 1500
        assert record.outcome == "finished"
        assert house.heard().endswith("And a third one ends it.")
        await house.close()

    run_virtual(main())


def test_nothing_waits_between_the_stages():
    async def main() -> None:
        house = House(
            FakeModel(Say(tokens=tokens_of(THREE), first_s=0.3, each_s=0.02)), FakeVoice("a", How(first_s=0.2))
        )
        await house.perform()
        spans = house.records[0].spans
        assert spans["tts_request"] == spans["first_clause"]
        assert spans["first_frame"] == spans["tts_first_byte"] == spans["ready"]
        assert spans["tts_first_byte"] - spans["tts_request"] == pytest.approx(200)
        await house.close()

    run_virtual(main())


def test_the_next_line_is_prepared_while_one_plays():
    async def main() -> None:
        house = House(FakeModel("This is the first line of the two.", "And this one is the answer to it."))
        house.prepare(1)
        house.performer.air(1)
        await asyncio.sleep(0.5)
        house.prepare(2, persona="rex", kind="banter", after=1, partner="mika")
        house.performer.air(2)
        await asyncio.sleep(0)
        assert "This is the first line of the two." in house.llm.requests[1].messages[-1].content
        await house.ended(2)
        assert [line for line, _ in house.sink.begun] == [1, 2]
        lines = [line for line, _, _ in house.sink.played]
        assert lines == sorted(lines)
        await house.close()

    run_virtual(main())


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.3, 1.0, 2.0])
def test_cut_is_immediate_and_once(after_s: float):
    async def main() -> None:
        house = House(FakeModel(Say(tokens=tokens_of(THREE), each_s=0.05)), FakeVoice("a", How(first_s=0.1, pace=0.5)))
        house.prepare()
        house.performer.air(1)
        await asyncio.sleep(after_s)
        house.performer.cut(1, "skip")
        played, written = len(house.sink.played), len(house.sink.written)
        assert len(house.ends()) == 1
        house.performer.cut(1, "skip")
        house.performer.withdraw(1, "skip")
        await asyncio.sleep(10)
        assert (len(house.sink.played), len(house.sink.written)) == (played, written)
        assert len(house.ends()) == 1
        assert house.llm.open == house.voices[0].open == 0
        await house.close()

    run_virtual(main())


def test_a_stubborn_producer_is_not_heard_after_a_stop():
    async def main() -> None:
        model = FakeModel(Say(tokens=tokens_of(THREE * 5), each_s=0.02, stubborn_s=5))
        voice = FakeVoice("a", How(first_s=0.1, pace=0.8, stubborn=True))
        house = House(model, voice)
        house.prepare(1)
        house.performer.air(1)
        await asyncio.sleep(1.5)
        house.performer.cut(1, "stop")
        played = len(house.sink.played)
        asked = len(voice.requests)
        assert played
        assert voice.open
        house.prepare(2, persona="rex")
        house.performer.air(2)
        await asyncio.sleep(3)
        assert len([1 for line, _, _ in house.sink.played if line == 1]) == played
        assert all(request.text for request in voice.requests[asked:])
        assert house.sink.late == []
        house.performer.cut(2, "stop")
        await asyncio.sleep(60)
        assert voice.open == model.open == 0
        await house.close()

    run_virtual(main())


def test_withdraw_before_air():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.prepare()
        await house.ready()
        house.performer.withdraw(1, "stale")
        assert house.ends()[0].outcome == "withdrawn"
        house.performer.air(1)
        await asyncio.sleep(1)
        assert house.sink.begun == []
        await house.close()

    run_virtual(main())


def test_withdraw_while_waiting_for_its_time():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.prepare()
        house.performer.air(1, not_before_ms=4000)
        await asyncio.sleep(2)
        house.performer.withdraw(1, "taken_back")
        await asyncio.sleep(5)
        assert house.ends()[0].outcome == "withdrawn"
        assert house.sink.begun == []
        await house.close()

    run_virtual(main())


def test_an_exact_line_needs_no_model():
    async def main() -> None:
        house = House(FakeModel(Say(error=Unavailable("down"))))
        house.texts.put("o:1", "[smug] Exactly these words. Nothing else.")
        await house.perform(kind="exact", prompt="o:1")
        assert house.heard() == "Exactly these words. Nothing else."
        assert house.llm.requests == []
        await house.close()

    run_virtual(main())


def test_an_unknown_persona_fails():
    async def main() -> None:
        house = House()
        house.prepare(persona="nobody")
        assert house.ends()[0].reason == "persona"
        await house.close()

    run_virtual(main())


def judge(text: str) -> Verdict:
    rules: dict[str, Action] = {"curse": "replace", "secret": "hold", "poison apple": "drop"}
    for word, action in rules.items():
        at = text.lower().find(word)
        if at >= 0:
            return Verdict(action, word, (at, at + len(word)))
    return ALLOW


def test_the_guard_masks_skips_and_ends():
    async def main() -> None:
        text = (
            "Hello you curse thing! Now the secret is out of it. Next some poison apple for you. And never this part."
        )
        house = House(FakeModel(text), judge=judge)
        end = await house.perform()
        assert house.heard() == "Hello you … thing! Let us talk about something else."
        assert end.reason == "guard"
        assert house.records[0].rule == "poison apple"
        assert "poison" not in house.records[0].sent
        assert all("poison" not in request.text for request in house.voices[0].requests)
        await house.close()

    run_virtual(main())


def test_a_phrase_over_two_clauses_is_never_completed():
    async def main() -> None:
        house = House(FakeModel("Honestly my dear, bring me the poison\napple from the kitchen."), judge=judge)
        await house.perform()
        assert "apple" not in house.records[0].sent
        await house.close()

    run_virtual(main())


def test_taken_back_cuts_the_answer_on_air():
    async def main() -> None:
        house = House(FakeModel(THREE))
        house.quotes["twitch:1"] = Quote(uid="twitch:1", user="twitch:u9", name="Ann", text="hello")
        stones: list[tuple[Scope, str]] = [("message", "twitch:1"), ("user", "twitch:u9"), ("room", "twitch")]
        for line, (scope, key) in enumerate(stones, 1):
            house.prepare(line, kind="answer", answers=("twitch:1",))
            house.performer.air(line)
            await asyncio.sleep(0.5)
            assert house.performer.on_air == line
            house.performer.taken_back("message", "twitch:other")
            assert house.performer.on_air == line
            house.performer.taken_back(scope, key)
            assert house.ends(line)[0].outcome == "cut"
            assert house.ends(line)[0].reason == "taken_back"
        await house.close()

    run_virtual(main())


def test_taken_back_context_withdraws_and_cuts_only_quotations():
    async def main() -> None:
        house = House(FakeModel("I love how Ann said that the moon is made of cheese. It is not, you know."))
        house.quotes["t:1"] = Quote(uid="t:1", user="t:u", name="Bob", text="the moon is made of cheese")
        house.quotes["t:2"] = Quote(uid="t:2", user="t:v", name="Carl", text="what about the sun")
        house.prepare(1, context=("t:1", "t:2"))
        house.performer.air(1)
        house.prepare(2, context=("t:1", "t:2"))
        await asyncio.sleep(0.5)
        house.performer.taken_back("message", "t:2")
        assert house.performer.alive() == (1,)
        assert house.performer.quoting("message", "t:1") == (1,)
        house.performer.taken_back("message", "t:1")
        assert house.ends(1)[0].outcome == "cut"
        assert house.ends(2)[0].outcome == "withdrawn"
        await house.close()

    run_virtual(main())


def test_nothing_is_kept_of_a_line_that_is_cut_in_the_middle_of_a_quotation():
    async def main() -> None:
        house = House(FakeModel("They said the moon is made of cheese today."))
        house.quotes["t:1"] = Quote(uid="t:1", user="t:u", name="Bob", text="the moon is made of cheese")
        house.prepare(1, context=("t:1",))
        house.performer.air(1)
        await house.until(lambda: house.performer.on_air == 1)
        await asyncio.sleep(1)  # too little was heard to be called a quotation
        house.performer.taken_back("message", "t:1")
        (ended,) = house.ends(1)
        assert (ended.outcome, ended.reason, ended.heard) == ("cut", "taken_back", "")
        assert ended.heard_ms > 0
        assert house.texts.get("l:1") is None
        assert house.records[0].heard == ""
        await house.close()

    run_virtual(main())


def test_a_line_on_air_that_repeats_taken_back_context_later_is_cut_before_it_says_it():
    async def main() -> None:
        words = "Well, let me think about that one. I love the idea that the moon is made of cheese."
        house = House(FakeModel(Say(tokens=tokens_of(words), each_s=0.4)))
        house.quotes["t:1"] = Quote(uid="t:1", user="t:u", name="Bob", text="the moon is made of cheese")
        house.prepare(1, context=("t:1",))
        house.performer.air(1)
        await house.until(lambda: house.performer.on_air == 1)
        house.erased.add("t:1")
        house.performer.taken_back("message", "t:1")
        assert house.performer.on_air == 1  # it has not repeated anything
        ended = await house.ended()
        assert (ended.outcome, ended.reason) == ("cut", "taken_back")
        assert "moon is made" not in house.records[0].sent
        await house.close()

    run_virtual(main())


def test_a_brief_whose_cause_is_gone_is_no_line():
    async def main() -> None:
        house = House()
        house.prepare(1, kind="answer", answers=("t:1",))
        assert house.ends()[0].outcome == "withdrawn"
        assert house.llm.requests == []
        await house.close()

    run_virtual(main())


@pytest.mark.parametrize("when", ["before", "thinking", "waiting"])
def test_tombstones_are_checked_at_every_stage(when: str):
    async def main() -> None:
        house = House(FakeModel(Say(tokens=tokens_of(THREE), first_s=1)))
        house.quotes["t:1"] = Quote(uid="t:1", text="hi")
        if when == "before":
            house.erased.add("t:1")
        house.prepare(1, kind="answer", answers=("t:1",))
        house.performer.air(1, not_before_ms=9000)
        await asyncio.sleep(0.5 if when == "thinking" else 5)
        house.erased.add("t:1")
        assert (await house.ended()).reason == "taken_back"
        await asyncio.sleep(10)
        assert house.sink.begun == []
        await house.close()

    run_virtual(main())


def test_closing_ends_everything():
    async def main() -> None:
        house = House(FakeModel(Say(tokens=tokens_of(THREE), each_s=0.3)))
        house.prepare(1)
        house.performer.air(1)
        house.prepare(2)
        await asyncio.sleep(2)
        await house.close()
        assert [end.reason for line in (1, 2) for end in house.ends(line)] == ["closing", "closing"]
        house.prepare(3)
        assert house.performer.alive() == ()

    run_virtual(main())


def test_closing_names_who_is_late():
    async def main() -> None:
        house = House(FakeModel(THREE), FakeVoice("slow", How(first_s=8, stubborn=True)))
        house.prepare(1)
        await asyncio.sleep(0.1)
        assert await house.performer.aclose() == ["voice slow line 1"] * 2
        await asyncio.sleep(30)

    run_virtual(main())


def test_a_brief_that_cannot_be_written_fails_the_line_once():
    async def main() -> None:
        house = House()

        def broken(*_args: object, **_more: object) -> None:
            raise RuntimeError("a fault of ours")

        house.performer._brief.write = broken  # type: ignore[assignment]
        house.prepare(1)
        end = await house.ended(1)
        assert (end.outcome, end.reason) == ("failed", "brief")
        assert house.performer.alive() == ()
        await house.close()

    run_virtual(main())
