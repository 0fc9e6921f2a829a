import pytest

from streamer.adapters.tts.common.text import WordFinder, encodable, is_han, speakable, without_pictures


@pytest.mark.parametrize("text", ["a", "1", "あ", "한", "é", "🎉 ok", "١"])
def test_speakable(text: str) -> None:
    assert speakable(text)


@pytest.mark.parametrize("text", ["", " ", "🎉", "...", "\u200d", "👩‍🚀", "#!?"])
def test_not_speakable(text: str) -> None:
    assert not speakable(text)


def test_pictures_become_spaces_of_the_same_length() -> None:
    text = "a 👩‍🚀👍🏽 b ❤️ c © 20 °C 1️⃣"
    plain = without_pictures(text)
    assert len(plain) == len(text)
    assert plain.split() == ["a", "b", "c", "©", "20", "°C", "1"]
    assert without_pictures("こんにちは、world!") == "こんにちは、world!"


def test_what_breaks_encoders_becomes_a_space() -> None:
    text = "a\x00b\ud800c\x1b\x7f\x85é\n"
    assert encodable(text) == "a b c   é\n"
    assert len(without_pictures(text)) == len(text)


def test_words_are_found_in_order() -> None:
    finder = WordFinder("The cat, the CAT & the dog")
    assert [finder.find(word) for word in ("The", "cat", "the", "cat", "bird", "&", "dog", "")] == [
        (0, 3), (4, 7), (9, 12), (13, 16), None, (17, 18), (23, 26), None,
    ]  # fmt: skip


def test_letters_that_grow_do_not_shift_offsets() -> None:
    text = "İstanbul straße end"
    start, end = WordFinder(text).find("end") or (0, 0)
    assert text[start:end] == "end"
    finder = WordFinder("STRASSE ß x")
    assert finder.find("x") == (10, 11)


def test_ideographs() -> None:
    assert is_han("漢")
    assert not is_han("か")
