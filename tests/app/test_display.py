"""The display copy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app.display import NAME_MAX, TEXT_MAX, display, display_name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hello", "hello"),
        ("a\nb\tc\r\n", "a b c  "),
        ("a\x00b\x1bc\x7f\x9f", "abc"),
        ("abc\u202egnp.exe\u2066x\u2069", "abcgnp.exex"),
        ("hi\U000e0000\U000e0041", "hi"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("a\u2028b", "a b"),
        ("\ud800x", "x"),
        ("Z" + "\u0301" * 40 + "a", "Z" + "\u0301" * 3 + "a"),
        ("Z" + "\u0301" * 3 + "\x00" + "\u0301" * 9, "Z" + "\u0301" * 3),
        ("e\u0301\u0323 mañana", "e\u0301\u0323 mañana"),
        ("\N{WOMAN}\u200d\N{PERSONAL COMPUTER} ok", "\N{WOMAN}\u200d\N{PERSONAL COMPUTER} ok"),
        ("日本語、どう？", "日本語、どう？"),
        ("", ""),
    ],
)
def test_what_is_shown(text, shown):
    assert display(text)[0] == shown


def test_length_is_bounded():
    assert display("\N{GRINNING FACE}" * 2000)[0] == "\N{GRINNING FACE}" * TEXT_MAX
    assert len(display("\x00a" * 2000)[0]) == TEXT_MAX
    assert len(display_name("x" * 500)) == NAME_MAX


def test_emotes_move_with_their_text():
    assert display("\x00\x00Kappa hi", [(2, 7, "25")]) == ("Kappa hi", ((0, 5, "25"),))
    assert display("hi Kappa", [(3, 8, "25")]) == ("hi Kappa", ((3, 8, "25"),))
    assert display("hi", [(0, 5, "25"), (1, 1, "x"), (-1, 1, "y")])[1] == ()
    assert display("\x00hi", [(0, 1, "x"), (1, 99, "y"), (5, 2, "z")])[1] == ()


def test_names_are_one_line():
    assert display_name("  Some \n Body\u202e ") == "Some Body"
    assert display_name("Bob") == "Bob"


@given(st.text(), st.lists(st.tuples(st.integers(-2, 40), st.integers(-2, 40), st.just("e"))))
def test_nothing_breaks_it(text, emotes):
    shown, moved = display(text, emotes)
    shown.encode()
    assert len(shown) <= TEXT_MAX
    assert all(0 <= start < end <= len(shown) for start, end, _ in moved)
    assert display(shown, moved) == (shown, moved)
    assert "\n" not in display_name(text)
