"""Tokens to judged clauses."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.names import Aliases
from streamer.core.verdict import ALLOW, Verdict
from streamer.speech.guard import Guard
from streamer.speech.script import Said, Script, prepared
from streamer.speech.tags import Cue


def script(**more: object) -> Script:
    return Script(Guard(lambda text: ALLOW), name="Mika", others=["Rex", "Dr. Bit"], **more)  # type: ignore[arg-type]


def run(text: str, *, size: int = 3, **more: object) -> list[Said]:
    one = script(**more)
    out: list[Said] = []
    for at in range(0, len(text), size):
        out += one.feed(text[at : at + size])
    return out + one.finish()


def test_cues_belong_to_their_words():
    said = run("[joy] Hello there! And [sad:0.5] now the rain begins. [shy] Bye then, everybody of you.")
    assert [each.text for each in said] == ["Hello there!", "And now the rain begins.", "Bye then, everybody of you."]
    assert [each.cues for each in said] == [(Cue(0, "joy", 1.0),), (Cue(4, "sad", 0.5),), (Cue(0, "shy", 1.0),)]


def test_the_own_name_is_not_spoken():
    assert [each.text for each in run("Mika: Hello there!")] == ["Hello there!"]
    assert [each.text for each in run("**Mika**: Hello there!")] == ["Hello there!"]
    assert [each.text for each in run("Mika is my name. Mika: yes.")] == ["Mika is my name.", "Mika: yes."]


def test_another_voice_ends_the_line():
    one = script()
    said = one.feed("Hello there!\nRex: I am Rex and I say things.\nMika: and I too.") + one.finish()
    assert [each.text for each in said] == ["Hello there!"]
    assert one.ended == "other_voice"
    assert one.feed("more. More of it. And more.") == []


def test_length_is_limited():
    one = script(max_chars=60)
    said = one.feed("This sentence is about forty characters. " * 20) + one.finish()
    assert len(said) == 2
    assert one.ended == "length"


def test_a_model_that_stopped_short():
    one = script()
    said = one.feed("Hello there! This is the next sentence, which sto")
    assert [each.text for each in said + one.finish(complete=False)] == ["Hello there!"]


def test_safe_words_end_a_line():
    one = Script(Guard(lambda text: Verdict("drop", "x") if "bad" in text else ALLOW), safe="[shy] Next topic.")
    assert one.feed("Hello there! Something bad is said. More.") == [
        Said("Hello there!"),
        Said("Next topic.", (Cue(0, "shy"),)),
    ]
    assert one.ended == "guard"
    assert one.finish() == []


def test_prepared_lines_may_have_tags():
    assert prepared("[think] One moment.") == Said("One moment.", (Cue(0, "think"),))


@pytest.mark.parametrize(
    ("text", "out"), [("Go to www.bad.example/x?y=1.", "Go to link."), ("a.b is not one.", "a.b is not one.")]
)
def test_links(text: str, out: str):
    assert run(text)[0].text == out


WORDS = st.sampled_from(
    [
        "[joy]",
        "[sad:0.3]",
        "hello ",
        "my dear ",
        "friends. ",
        "What? ",
        "1,000 ",
        "3.14",
        ", ",
        "\n",
        "[wav",
        "es]",
        "*grins* ",
        "はい。",
        "😂",
    ]
)


@given(st.lists(WORDS, max_size=60).map("".join), st.integers(1, 9))
def test_chunks_do_not_matter(text: str, size: int):
    assert run(text, size=size) == run(text, size=len(text) or 1)


@given(st.lists(WORDS, max_size=60).map("".join))
def test_cues_are_inside_their_clause(text: str):
    for each in run(text):
        assert all(0 <= cue.at <= len(each.text) for cue in each.cues)


def test_fast():
    tokens = [
        "[joy] ",
        "Hello",
        " there",
        ",",
        " this",
        " is",
        " 1",
        ",",
        "000",
        " words",
        ".",
        " And",
        " more",
        "!",
        " ",
    ] * 400
    one = script(max_chars=10**9)
    began = time.process_time()
    for token in tokens:
        one.feed(token)
    each_us = (time.process_time() - began) / len(tokens) * 1e6
    print(f"tags, clauses and guard: {each_us:.1f} us per token")
    assert each_us < 50


def test_a_name_is_spoken_in_its_spoken_form_and_the_cues_keep_their_words():
    script = Script(Guard(lambda _text: ALLOW), aliases=Aliases(["dark_lord_99", "12345678"], "en"))
    said = script.feed("Thank you, dark_lord_99! [joy] You and 12345678 are kind. ") + script.finish()
    text = " ".join(each.text for each in said)
    assert text == "Thank you, Dark! You and friend are kind."
    joy = next((each, cue) for each in said for cue in each.cues if cue.expression == "joy")
    assert joy[0].text[joy[1].at :].lstrip().startswith("You")


def test_a_line_ends_before_the_sentence_that_makes_it_too_long() -> None:
    text = "This is one sentence of some length. And here is another one of that kind. This third one is too much."
    script = Script(Guard(lambda _: ALLOW), max_ms=6000)
    said = script.feed(text) + script.finish()
    assert " ".join(each.text for each in said) == text[: text.index(" This third")]
    assert script.ended == "length"
    long = "This sentence, which never ends, goes on and on, with commas, with more of them, and then with others, " * 3
    script = Script(Guard(lambda _: ALLOW), max_ms=4000)
    said = script.feed(long) + script.finish()
    assert len(said) >= 1
    assert sum(len(each.text) for each in said) < 150
    assert script.ended == "length"
