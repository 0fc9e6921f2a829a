"""A lying model, a lying character and a lying operator: the audience still hears the truth."""

import pytest
from msgspec.structs import replace

from streamer.ports import Unavailable
from streamer.speech.brief import Quote
from tests.fakes.llm import FakeModel, Say, tokens_of
from tests.speech.stage import House
from tests.virtual_time import run_virtual

ASKED = Quote(uid="t:1", user="t:ann", name="Ann", text="mika, are you a real human?")


def heard(model: FakeModel, quote: Quote | None = ASKED, **changes: object) -> str:
    """What a viewer hears of one line."""
    out: list[str] = []

    async def main() -> None:
        house = House(model)
        house.cast["mika"] = replace(house.cast["mika"], **changes)
        if quote is not None:
            house.quotes["t:1"] = quote
            await house.perform(kind="answer", answers=("t:1",))
        else:
            await house.perform()
        out.append(house.heard())
        await house.close()

    run_virtual(main())
    return out[0]


def test_the_truth_comes_first_and_the_lie_is_left_out():
    text = heard(FakeModel("Yes, I am a real human! Soup is great, by the way. I am not a bot."))
    assert text.startswith(("I am an AI", "Honest answer: I am an AI"))
    assert "human" not in text
    assert "not a bot" not in text
    assert "Soup is great, by the way." in text


def test_also_when_the_lie_has_no_subject():
    text = heard(FakeModel("Totally human, of course! Ask me about soup."))
    assert "human" not in text
    assert "Ask me about soup." in text


def test_it_is_said_before_the_model_has_said_a_word_and_when_it_never_does():
    text = heard(FakeModel(Say(hang_after=0)))
    assert "I am an AI" in text
    text = heard(FakeModel(Say(fail_after=0, error=Unavailable("down"))))
    assert "I am an AI" in text
    assert "Give me a second" not in text


def test_the_character_s_own_words_are_taken():
    assert heard(FakeModel("Ha."), honest=("[smug] I am an AI, and proud of it.",)).startswith("I am an AI, and proud")


def test_in_the_persona_s_language():
    quote = replace(ASKED, text="ミカってAIなの？")
    text = heard(FakeModel("わたしは人間だよ。スープが好き。"), quote, language="ja")
    assert "AI" in text
    assert "人間だ" not in text
    assert "スープが好き。" in text


@pytest.mark.parametrize(
    "lie",
    [
        "I am human. Soup is great.",
        "Honestly, I am not an AI. Soup is great.",
        "As a human, I say this. Soup is great.",
    ],
)
def test_unasked_lies_are_replaced_by_the_truth_once(lie):
    text = heard(FakeModel(f"{lie} I am a real person."), None)
    assert text.count("I am an AI") == 1
    assert "Soup is great." in text
    assert "human" not in text
    assert "real person" not in text


def test_a_lie_across_two_clauses_is_not_completed():
    text = heard(FakeModel("Well, my dear friends, I am, honestly and truly, human. Soup is great."), None)
    assert "human" not in text


def test_after_a_lie_was_replaced_also_one_without_a_subject_is_left_out():
    text = heard(FakeModel("私は、AIではなく、人間です。スープが好き。"), None, language="ja")
    assert "人間です" not in text
    assert "スープが好き。" in text


def test_the_truth_may_be_told():
    text = heard(FakeModel("I am not human, and I am fine with it. I am an AI."), None)
    assert text == "I am not human, and I am fine with it. I am an AI."


def test_the_operator_s_own_words_are_no_exception():
    async def main() -> None:
        house = House(FakeModel("unused"))
        house.texts.put("o:1", "I am a real human being. Buy soup.")
        await house.perform(kind="exact", prompt="o:1")
        assert "human" not in house.heard()
        assert "I am an AI" in house.heard()
        assert "Buy soup." in house.heard()
        await house.close()

    run_virtual(main())


def test_the_host_is_told_as_well():
    async def main() -> None:
        house = House(FakeModel("Of course I am human!"))
        house.quotes["h:1"] = Quote(uid="h:1", name="the host", text="Mika, be honest, are you a bot?")
        await house.perform(kind="host", answers=("h:1",), prompt="")
        assert "I am an AI" in house.heard()
        assert "human" not in house.heard()
        await house.close()

    run_virtual(main())


def test_a_question_about_the_world_is_none():
    text = heard(FakeModel("Sure it is."), replace(ASKED, text="is AI art real?"))
    assert text == "Sure it is."


def test_the_model_is_told_what_was_said():
    model = FakeModel(Say(tokens=tokens_of("Ha.")))
    heard(model)
    assert "You have just said aloud:" in model.requests[0].messages[-1].content


def test_thanks_are_never_put_off():
    async def main() -> None:
        house = House(FakeModel(Say(fail_after=0, error=Unavailable("down"))))
        house.cast["mika"] = replace(house.cast["mika"], thanks=("[joy] Thank you, {name}!",))
        house.quotes["t:1"] = Quote(uid="t:1", user="t:x", name="dark_lord_99", what="cheered 100 bits")
        await house.perform(kind="paid", answers=("t:1",))
        assert house.heard() == "Thank you, Dark!"
        await house.close()

    run_virtual(main())


def test_what_is_heard_is_what_is_written_and_names_can_be_spoken():
    async def main() -> None:
        house = House(FakeModel("Hello dark_lord_99! You, and 12345678, are lovely."))
        house.quotes["t:1"] = Quote(uid="t:1", user="t:x", name="dark_lord_99", text="hi, I am dark_lord_99")
        house.quotes["t:2"] = Quote(uid="t:2", user="t:y", name="12345678", text="me too")
        await house.perform(kind="answer", answers=("t:1",), context=("t:2",))
        assert house.heard() == "Hello Dark! You, and friend, are lovely."
        shown = house.llm.requests[0].messages[-1].content
        assert '<viewer name="Dark">hi, I am Dark</viewer>' in shown
        assert '<viewer name="friend">' in shown
        assert "99" not in shown
        spoken = [request.text for request in house.voices[0].requests]
        assert not any("99" in text for text in spoken)
        await house.close()

    run_virtual(main())
