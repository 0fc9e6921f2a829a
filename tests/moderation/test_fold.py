"""Folded views: what a reader sees, with a way back to the original."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.moderation.fold import fold, fold_map, is_mark, latin, squeeze


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Hello", "hello"),
        ("ｈｅｌｌｏ", "hello"),
        ("𝖍𝖊𝖑𝖑𝖔", "hello"),
        ("ⓗⓔⓛⓛⓞ", "hello"),
        ("🇭🇪🇱🇱🇴", "hello"),
        ("🅷🅴🅻🅻🅾", "hello"),
        ("ʜᴇʟʟᴏ", "hello"),
        ("h\u200be\u2060l\u00adl\u202eo", "hello"),
        ("h\U000e0065ello", "hello"),
        ("hé̷̢ľl̴ö", "hello"),
        ("STRASSE ß", "strasse ss"),
        ("ﬁne", "fine"),
        ("ミカちゃん", "ミカちゃん"),
        ("ﾐｶ", "ミカ"),
        ("ばか", "ばか"),
        ("a\u00a0b\u3000c", "a b c"),
    ],
)
def test_fold(written, seen):
    assert fold(written) == seen


@given(st.text(max_size=80))
def test_map_agrees_with_fold_and_points_inside(text):
    folded, origin = fold_map(text)
    assert folded == fold(text)
    assert len(origin) == len(folded) + 1
    assert origin == sorted(origin)
    assert all(0 <= place <= len(text) for place in origin)


def test_latin_reads_lookalikes():
    assert latin("соок") == "cook"
    assert latin("hеllо") == "hello"
    assert latin("plain") == "plain"


def test_faint_likeness_needs_latin_company():
    assert latin("привет") == "пpиbet"
    assert latin("gгeat") == "great"


def test_squeeze():
    assert squeeze("coool") == ("col", (1, 3, 1))
    assert squeeze("abc") == ("abc", (1, 1, 1))
    assert squeeze("") == ("", ())


def test_marks():
    assert is_mark(0x0336)
    assert not is_mark(ord("a"))
    assert not is_mark(0x0E31), "Thai vowels are letters of words"
