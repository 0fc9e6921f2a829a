"""Names of viewers as they are spoken."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.names import LENGTH_MAX, NAMELESS, Aliases, friend, moved, speakable, spoken_name
from streamer.cast.names import _pattern as name_pattern


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kai_99", "Kai"),
        ("xXDragonXx", "Dragon"),
        ("xX_DarkLord_Xx", "DarkLord"),
        ("D4rkL0rd", "DarkLord"),
        ("NovaTV", "Nova"),
        ("nova_ttv", "Nova"),
        ("LOUD_PERSON", "Loud"),
        ("Kaya_draws", "Kaya"),
        ("the_real_ben", "Ben"),
        ("José", "José"),
        ("xqc", "XQC"),
        ("𝓛𝓾𝓷𝓪", "Luna"),
        ("さくらTaro", "Taro"),
        ("さくら餅", ""),
        ("Дмитрий", ""),
        ("عمر", ""),
        ("qwrtplkjhg", ""),
        ("12345", ""),
        ("___", ""),
        ("", ""),
    ],
)
def test_in_english(name, said):
    assert speakable(name) == said


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("さくら餅", "ja", "さくら餅"),
        ("太郎Taro99", "ja-JP", "太郎"),
        ("Kenji_92", "ja", "Kenji"),
        ("민수_kr", "ko", "민수"),
        ("Дмитрий77", "ru", "Дмитрий"),
        ("Дмитрий77", "ja", ""),
        ("عمر", "ar", "عمر"),
        ("小明", "zh", "小明"),
    ],
)
def test_in_the_persona_s_own_script(name, language, said):
    assert speakable(name, language) == said


def test_who_has_no_name_to_say_is_a_friend_of_the_persona_s_language():
    assert spoken_name("12345", "en") == "friend"
    assert spoken_name("12345", "ja") == "リスナー"
    assert spoken_name(NAMELESS, "en") == "friend"
    assert spoken_name("", "en") == ""


def test_who_is_called_you_at_the_panel_is_not_called_so_aloud():
    assert spoken_name("You", "en") == "friend"
    assert spoken_name("You", "de") == "Freund"
    assert spoken_name("あなた", "ja") == "リスナー"
    assert spoken_name("Youna", "en") == "Youna"
    assert friend("xx") == "friend"


@given(st.text(max_size=80), st.sampled_from(["en", "ja", "ru", "ko", "ar", "de"]))
def test_a_spoken_name_is_short_and_of_letters(name, language):
    said = speakable(name, language)
    assert len(said) <= LENGTH_MAX + 2  # capitals of a few letters are two
    assert not any(char.isdigit() or char.isspace() or char == "_" for char in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Thank you, dark_lord_99!", "Thank you, Dark!"),
        ("Thank you, Dark Lord 99!", "Thank you, Dark!"),  # what the tag parser makes of underscores
        ("@dark_lord_99 is here.", "Dark is here."),
        ("DARK_LORD_99 and 12345678.", "Dark and friend."),
        ("Not dark_lord_991.", "Not dark_lord_991."),
        ("さくら餅, hello.", "friend, hello."),
    ],
)
def test_written_names_become_spoken_ones(text, said):
    aliases = Aliases(["dark_lord_99", "12345678", "さくら餅", "42", "Kai"], "en")
    assert aliases.apply(text)[0] == said


def test_short_numbers_and_plain_names_are_left_alone():
    aliases = Aliases(["42", "Kai", "7"], "en")
    assert aliases.apply("Kai ate 42 cookies and 7 more.")[0] == "Kai ate 42 cookies and 7 more."


def test_places_behind_a_name_move_with_it():
    text, changes = Aliases(["dark_lord_99"], "en").apply("Hi dark_lord_99, joy!")
    assert text[moved("Hi dark_lord_99, joy!".index("joy"), changes) :] == "joy!"
    assert moved(0, changes) == 0
    assert moved(6, changes) == 3


@given(st.lists(st.text(min_size=1, max_size=30), max_size=4), st.text(max_size=200))
def test_any_name_in_any_text(names, text):
    said, changes = Aliases(names, "en").apply(text)
    assert moved(len(text), changes) == len(said)


@pytest.mark.parametrize("name", ["I'm", "I am", "I_m", "It's", "You're", "an AI", "not an", "and so", "i_f", "t_h_e"])
def test_a_name_of_ordinary_words_changes_no_line(name):
    line = "I'm glad you're here. I am an AI, not an owl, and so it's the best if you stay."
    assert Aliases([name], "en").apply(line) == (line, [])


def test_a_name_of_two_kana_does_not_hide_in_every_word():
    assert Aliases(["で_す"], "ja").apply("わたしはAIですよ。")[0] == "わたしはAIですよ。"
    assert Aliases(["で_す"], "ja").apply("で_すさん、こんにちは")[0] != "で_すさん、こんにちは"


# --- what it costs


def test_only_names_a_text_may_hold_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern of everybody who wrote lately is a new one for nearly every line, and takes milliseconds to compile."""
    aliases = Aliases([f"viewer_{n}" for n in range(12)], "en")
    compiled: list[str] = []
    compile_ = re.compile

    def noted(pattern: str, *flags: Any) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_(pattern, *flags)

    monkeypatch.setattr(re, "compile", noted)
    assert aliases.apply("Well my dear friend, cereal is a cold soup.") == (
        "Well my dear friend, cereal is a cold soup.",
        [],
    )
    assert compiled == []
    assert aliases.apply("Hello viewer_7!")[0] == "Hello Viewer!"
    assert len(compiled) == 1
    assert "viewer[\\W_]{0,3}8" not in compiled[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("xXİlgazXx", "merhaba ilgaz, nasılsın"),
        ("xXılgazXx", "merhaba ILGAZ"),
        ("xXSTRAßEXx", "hallo xXstraßeXx"),
        ("x_ſam_9", "hello x_SAM_9"),
        ("x_KELVIN_9", "hello x_\u212aelvin_9"),
    ],
)
def test_letters_that_are_the_same_to_a_pattern_are_the_same_to_the_look_before(name: str, text: str) -> None:
    whole = re.search(name_pattern(name), text, re.IGNORECASE) is not None
    assert (Aliases([name], "en").apply(text)[1] != []) == whole
