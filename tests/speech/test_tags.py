"""Stage tags, directions, markdown and emoji, for every way of cutting the stream."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast import STAGE_TAGS
from streamer.speech.tags import BRACKET_MAX, EXPRESSIONS, GESTURES, Cue, TagParser


def parse(*chunks: str) -> tuple[str, list[tuple[int, str, float]]]:
    parser = TagParser()
    text = "".join(parser.feed(chunk) for chunk in chunks) + parser.flush()
    return text, [(cue.at, cue.expression, cue.intensity) for cue in parser.take_cues()]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_every_word_of_the_vocabulary(name: str):
    assert parse(f"[{name}] Hi") == ("Hi", [(0, name, 1.0)])
    assert parse(f"[{name}:0.6] Hi") == ("Hi", [(0, name, 0.6)])
    assert parse(f"[ {name.upper()} : 0.6 ]Hi") == ("Hi", [(0, name, 0.6)])


@pytest.mark.parametrize("name", GESTURES)
def test_every_gesture_has_one_strength(name: str):
    assert parse(f"Hi [{name}] there") == ("Hi there", [(3, name, 1.0)])
    assert parse(f"[{name}:0.4] Hi") == ("Hi", [(0, name, 1.0)])


def test_the_vocabulary_is_the_one_of_the_character_files():
    assert set(STAGE_TAGS) == {*EXPRESSIONS, *GESTURES}


def test_split_over_chunks():
    assert parse("Well [j", "oy:0", ".6] then") == ("Well then", [(5, "joy", 0.6)])


def test_intensity_is_clamped():
    assert parse("[joy:7]a") == ("a", [(0, "joy", 1.0)])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("[waves] Hello", "Hello"),
        ("*waves* Hello", "Hello"),
        ("*laughs softly* Hello", "Hello"),
        ("(giggles) Hello", "Hello"),
        ("（笑）はい", "はい"),
        ("*手を振る*はい", "はい"),
        ("I *really* mean it", "I really mean it"),
        ("**Bold** and _soft_ and `code`", "Bold and soft and code"),
        ("# Title\n- one\n* two\n> three", "Title\none\ntwo\nthree"),
        ("see [the map](https://example.com/a_b) now", "see the map now"),
        ("https://example.com/a_b*c is", "https://example.com/a_b*c is"),
        ("I <3 you", "I <3 you"),
        ("<b>loud</b> text", "loud text"),
        ("<think>they want [joy]</think>Hello", "Hello"),
        ("(not now, I am busy) ok", "(not now, I am busy) ok"),
        ("-5 degrees", "-5 degrees"),
        ("2 * 3", "2 3"),
        ("well\u200b-known", "well-known"),
        ("【joy】はい", "はい"),
        ("【注意】はい", "注意はい"),
    ],
)
def test_what_is_said(raw: str, said: str):
    assert parse(raw)[0] == said


def test_emoji_become_faces():
    assert parse("Nice 😂👍🏽!") == ("Nice !", [(5, "joy", 0.6)])


def test_unclosed_bracket_neither_stalls_nor_leaks():
    parser = TagParser()
    given_back = parser.feed("Hi [joy I am so very happy that all of you came here tonight, friends")
    assert given_back.startswith("Hi I am so very happy")
    assert [cue.expression for cue in parser.take_cues()] == ["joy"]


def test_bounded_look_ahead():
    parser = TagParser()
    out = parser.feed("[" + "x" * (BRACKET_MAX + 1))
    assert len(out) == BRACKET_MAX + 1


@pytest.mark.parametrize("tail", ["[", "[jo", "[joy", "[joy:", "*wav", "[joy:0.6", "<thi", "("])
def test_a_cut_off_tag_is_not_spoken(tail: str):
    assert parse("Bye. " + tail)[0].strip() == "Bye."


def test_nested_brackets():
    text, cues = parse("[joy [sad] ok")
    assert text == "ok"
    assert [name for _, name, _ in cues] == ["joy", "sad"]


SNIPPETS = st.sampled_from(
    ["[joy]", "[sad:0.3]", "[waves]", "*waves*", "*so*", "**b**", "[", "]", "*", "(", ")", "(laughs)", "word", " ",
     "\n", ", ", "1,000", "😂", "<think>", "</think>", "<b>", "https://x.y/_a_", "_", "はい。", "【", "】", "[a](b)",
     "- ", "`"]
)  # fmt: skip


@given(st.lists(SNIPPETS, max_size=30), st.data())
def test_any_chunking_gives_the_same(parts: list[str], data: st.DataObject):
    raw = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=10)))
    chunks = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert parse(*chunks) == parse(raw) == parse(*raw)


@given(st.lists(SNIPPETS, max_size=30))
def test_no_tag_is_ever_spoken(parts: list[str]):
    text, cues = parse("".join(parts))
    assert "[joy]" not in text
    assert "[sad" not in text
    assert all(0 <= at <= len(text) for at, _, _ in cues)


@given(st.text(alphabet="abc d.,!?あ漢", max_size=60))
def test_plain_text_passes(raw: str):
    assert "".join(parse(raw)[0].split()) == "".join(raw.split())


def test_hostile_nesting_is_linear():
    for raw in ("[(*" * 20_000, "[" * 50_000, "(" * 50_000, "*a[b(" * 12_000, "<" * 50_000):
        began = time.process_time()
        parse(raw)
        assert time.process_time() - began < 3.0


def test_cues_are_values():
    assert Cue(0, "joy") == Cue(0, "joy", 1.0)
