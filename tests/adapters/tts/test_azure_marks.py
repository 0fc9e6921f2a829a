from typing import get_args

import pytest

from streamer.adapters.tts.azure.marks import SHAPES, Marks
from streamer.adapters.tts.azure.ssml import Document, Manner, document
from streamer.ports import Viseme, VisemeMark, WordMark

VOICE = "en-US-JennyNeural"


def marks_of(text: str) -> tuple[Marks, Document]:
    made = document(text, VOICE, Manner(rate=1.2))
    return Marks(text, made), made


def said(text: str, marks: Marks) -> list[str]:
    return [text[each.start : each.end] for each in marks.ripe(10**6, ended=True) if isinstance(each, WordMark)]


@pytest.mark.parametrize("wide", [False, True])
def test_places_are_code_points_of_our_text(wide: bool) -> None:
    text = "𠮷野家 & 𝕏 says <b>hi</b> hi."
    marks, made = marks_of(text)
    at = 0
    for word in ("𠮷野家", "says", "b", "hi", "b", "hi"):
        start = text.index(word, at)
        at = start + len(word)
        marks.word(word, (made.wide if wide else made.starts)[start], start * 10, 10)
    ripe = [each for each in marks.ripe(10**6) if isinstance(each, WordMark)]
    assert [text[each.start : each.end] for each in ripe] == ["𠮷野家", "says", "b", "hi", "b", "hi"]
    assert ripe[-1].start == text.rindex("hi")


def test_a_wrong_place_is_searched_for() -> None:
    text = "One for the one and only."
    marks, made = marks_of(text)
    for word, offset in (("One", -1), ("for", 0), ("the", made.starts[3]), ("ONE", 4_294_967_295), ("only", -1)):
        marks.word(word, offset, 0, 10)
    assert said(text, marks) == ["One", "for", "the", "one", "only"]


def test_what_is_not_in_the_text_has_no_mark() -> None:
    text = "It costs $5 & more."
    marks, made = marks_of(text)
    for word in ("It", "costs", "five", "dollars", "&", "", "."):
        marks.word(word, -1, 0, 10)
    marks.word("It", made.starts[0], 0, 10)
    marks.word("more", made.starts[text.index("more")], 0, 10)
    assert said(text, marks) == ["It", "costs", "more"]


def test_a_word_far_ahead_is_another_one() -> None:
    text = "Well, " + "then we go on and on, " * 6 + "five."
    marks, _ = marks_of(text)
    marks.word("Well", -1, 0, 10)
    marks.word("five", -1, 10, 10)
    assert said(text, marks) == ["Well"]


def test_marks_wait_for_their_sound() -> None:
    text = "One two."
    marks, made = marks_of(text)
    marks.word("One", made.starts[0], 0, 300)
    marks.word("two", made.starts[4], 300, 300)
    assert [each.at_ms for each in marks.ripe(200)] == [0]
    assert marks.ripe(299) == []
    assert [each.at_ms for each in marks.ripe(300)] == [300]
    assert marks.said_ms == 600
    assert marks.unsaid == 0


def test_times_never_run_backwards() -> None:
    text = "One two three."
    marks, _ = marks_of(text)
    for word, at in (("One", 500), ("two", 100), ("three", 700)):
        marks.word(word, -1, at, 100)
    for number, at in ((1, 500), (2, 100), (21, 600), (0, 600)):
        marks.shape(number, at)
    found = marks.ripe(650, ended=True)
    for kind in (WordMark, VisemeMark):
        times = [each.at_ms for each in found if isinstance(each, kind)]
        assert times == sorted(times)
        assert max(times) <= 650
    assert all(each.at_ms + (each.dur_ms or 0) <= 650 for each in found)


def test_every_id_has_a_shape() -> None:
    assert len(SHAPES) == 22
    assert set(SHAPES) == set(get_args(Viseme))
    marks, _ = marks_of("One.")
    for number in (0, 21, 22, 999):
        marks.shape(number, number)
    assert [each.shape for each in marks.ripe(2_000, ended=True) if isinstance(each, VisemeMark)] == [
        "sil", "mbp", "ih", "ih",
    ]  # fmt: skip
