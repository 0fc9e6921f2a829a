"""When words are heard."""

from hypothesis import given
from hypothesis import strategies as st

from streamer.ports import WordMark
from streamer.speech.captions import estimate_ms, estimated, spoken_until, timed, words_of


def test_words_share_the_time_by_length():
    words = estimated("a, extraordinary", 2000)
    assert [(start, end) for _, _, start, end in words] == [(0, 2), (3, 16)]
    assert words[1][1] > words[0][1] * 3
    assert words[-1][0] + words[-1][1] == 2000


def test_marks_become_words_of_the_line():
    marks = [WordMark(500, 300, 7, 12), WordMark(0, 400, 0, 5)]
    assert timed("Order, order!", marks, 900, at_ms=1000) == [(1000, 400, 0, 6), (1500, 300, 7, 13)]


def test_bad_marks_are_kept_inside():
    marks = [WordMark(0, 100, 0, 5), WordMark(5000, 900, 6, 60), WordMark(10, 10, 2, 4), WordMark(20, 1, 70, 80)]
    assert timed("Hello world", marks, 800) == [(0, 100, 0, 5), (800, 1, 6, 11)]


def test_japanese_comes_in_groups():
    assert words_of("今日は、いい天気ですね。") == [(0, 4), (4, 8), (8, 12)]
    assert estimate_ms("今日はいい天気ですね。") > estimate_ms("Hello there.")


def test_heard_words():
    text = "One two three."
    words = [(0, 300, 0, 3), (400, 300, 4, 7), (800, 400, 8, 14)]
    assert [spoken_until(text, words, ms) for ms in (0, 299, 300, 750, 1200)] == ["", "", "One", "One two", text]


@given(st.text(max_size=200), st.integers(0, 20_000))
def test_estimates_are_in_order(text: str, total: int):
    words = estimated(text, total)
    assert [start for _, _, start, _ in words] == sorted(start for _, _, start, _ in words)
    assert [at for at, *_ in words] == sorted(at for at, *_ in words)
    assert all(at <= total + 1 for at, *_ in words)
    assert "".join(text[start:end] for _, _, start, end in words) == "".join(text.split())
