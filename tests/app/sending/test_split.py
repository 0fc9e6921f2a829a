"""Texts become messages a chat takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app.sending.split import DEFUSED, ends, pieces, plain

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
THUMB = "\U0001f44d\U0001f3fd"
FLAG = "\U0001f1ef\U0001f1f5"
KEYCAP = "1\ufe0f\u20e3"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
ACCENT = "e\u0301"
JAMO = "\u1112\u1161\u11ab"
SEEN = (FAMILY, THUMB, FLAG, KEYCAP, SCOTLAND, ACCENT, JAMO, "か\u3099", "x", "漢", "\U0001f600", "นํ้", "각")
WILD = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from([*"/.! \n\t", "\u200d", "\ufe0f", "\u0301", "\U0001f1ef", "\U0001f3fd", "\ud83d", "\u200b"]),
    ),
    max_size=120,
)


def joined(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("one", SEEN)
def test_what_is_seen_as_one_is_never_torn(one: str) -> None:
    assert list(ends(one)) == [len(one)]
    assert list(ends(one * 3)) == [len(one), 2 * len(one), 3 * len(one)]
    for most in range(max(8, len(one)), 40):
        for piece in pieces(one * 30, most):
            assert piece == one * (len(piece) // len(one))


def test_words_stay_whole_and_every_message_is_as_long_as_it_can_be() -> None:
    assert pieces("one two three four", 9) == ["one two", "three", "four"]
    assert pieces("one two", 8) == ["one two"]
    assert pieces("12345678 2", 8) == ["12345678", "2"]


def test_a_word_that_is_too_long_is_cut_between_characters() -> None:
    assert pieces("a" * 20, 8) == ["a" * 8, "a" * 8, "a" * 4]
    assert pieces("short " + "b" * 10, 8) == ["short", "b" * 8, "bb"]


def test_languages_without_spaces_are_cut_after_a_sentence() -> None:
    assert pieces("今日はいい天気。明日も晴れる。", 10) == ["今日はいい天気。", "明日も晴れる。"]


def test_line_ends_are_spaces_and_emptiness_is_nothing() -> None:
    assert pieces("one\r\ntwo\n\n  three\u2028four", 50) == ["one two three four"]
    for empty in ("", "  \n", "\u200b\u200d", "\ufe0f", "\ud800"):
        assert pieces(empty, 50) == []


@pytest.mark.parametrize("text", ["/ban ana", "/me waves", ".timeout ana 600", "!ban ana", "  /ban ana", "\n.ban ana"])
def test_no_message_is_a_command(text: str) -> None:
    (piece,) = pieces(text, 100)
    assert piece == DEFUSED + text.strip()


@pytest.mark.parametrize("text", ["...well", ".5 is a half", "! really", "!!", "a /ban b", "and/or"])
def test_what_is_no_command_stays_as_it_is(text: str) -> None:
    assert pieces(text, 100) == [text]


def test_a_person_may_talk_to_other_bots_but_not_to_the_chat() -> None:
    assert pieces("!so ana", 100, bang=True) == ["!so ana"]
    assert pieces("/ban ana", 100, bang=True) == ["- /ban ana"]


def test_a_later_message_is_no_command_either() -> None:
    assert pieces("well look /ban ana", 10) == ["well look", "- /ban ana"]
    assert all(not piece.startswith("/") for piece in pieces("/" * 30, 8))


def test_a_limit_without_room_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        pieces("x", 7)


@given(WILD, st.integers(8, 60))
def test_any_text_fits_and_says_the_same(text: str, most: int) -> None:
    made = pieces(text, most)
    for piece in made:
        assert 0 < len(piece) <= most
        assert piece == piece.strip()
        assert "\n" not in piece
        assert piece[0] != "/"
        piece.encode("utf-8")
        assert not (piece[0] in ".!" and piece[1:2].isalpha())
    said = "".join(piece.removeprefix(DEFUSED) for piece in made)
    if made and DEFUSED not in "".join(made):
        assert joined(said) in joined(plain(text))


@given(st.lists(st.sampled_from(SEEN), min_size=1, max_size=60), st.integers(10, 40))
def test_any_mixture_of_characters_stays_whole(seen: list[str], most: int) -> None:
    text = "".join(seen)
    borders, place = {0}, 0
    for one in seen:
        place += len(one)
        borders.add(place)
    place = 0
    for piece in pieces(text, most):
        place += len(piece)
        assert place in borders
    assert place == len(text)
