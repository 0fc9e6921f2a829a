"""Characters, widths, and where a row may end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.speech.breaks import characters, pieces, width

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        (f"{FAMILY}!", [FAMILY, "!"]),
        ("🇯🇵🇩🇪🇫", ["🇯🇵", "🇩🇪", "🇫"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("❤️a", ["❤️", "a"]),
        ("1️⃣", ["1️⃣"]),
        ("가각", ["가", "각"]),
        ("नमस्ते", ["न", "म", "स्ते"]),
        ("กำ", ["กำ"]),
        ("\r\n", ["\r\n"]),
        ("が\u3099", ["が\u3099"]),
        ("", []),
    ],
)
def test_what_a_reader_sees_as_one_stays_one(text: str, found: list[str]) -> None:
    assert characters(text) == found


def test_widths() -> None:
    assert width("abc") == 3
    assert width("日本") == pytest.approx(4.8)
    assert width(FAMILY) == pytest.approx(2.4)
    assert width("ｱｲ") == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello there, you", ["Hello ", "there, ", "you"]),
        ("well—known", ["well—", "known"]),
        ("10–12", ["10–12"]),
        ("ten\u00a0kilos", ["ten\u00a0kilos"]),
        ("約束ですよ！それから、明日は", ["約束ですよ！", "それから、", "明日は"]),
        ("彼は「ピザ」を食べた。", ["彼は", "「ピザ」を", "食べた。"]),
        ("我们去公园散步吧！", ["我们", "去", "公园", "散步", "吧！"]),
        ("すごい😀今日も", ["すごい😀", "今日も"]),
        ("안녕하세요 여러분", ["안녕하세요 ", "여러분"]),
        ("", []),
    ],
)
def test_pieces(text: str, found: list[str]) -> None:
    assert [piece.text for piece in pieces(text)] == found


def test_a_long_word_is_cut_between_characters_and_never_before_closing_punctuation() -> None:
    assert [piece.text for piece in pieces("a" * 90)] == ["a" * 40, "a" * 40, "a" * 10]
    flags = [piece.text for piece in pieces("🇯🇵" * 40)]
    assert "".join(flags) == "🇯🇵" * 40
    assert all(len(flag) % 2 == 0 for flag in flags)
    assert [piece.text for piece in pieces("ア" * 16 + "ー" + "ア" * 3)] == ["ア" * 15, "アー" + "ア" * 3]


@given(st.text(st.sampled_from("aé 日本。「」、っー😀👍🏽\u200d🇯🇵กำ가\u0301—.,(\u3000\n"), max_size=80))
def test_nothing_is_lost_and_no_character_is_cut(text: str) -> None:
    found = pieces(text, 10)
    assert "".join(piece.text for piece in found) == text
    assert [text[piece.start : piece.end] for piece in found] == [piece.text for piece in found]
    edges, at = {0}, 0
    for char in characters(text):
        edges.add(at := at + len(char))
    assert all(piece.start in edges and piece.end in edges for piece in found)
