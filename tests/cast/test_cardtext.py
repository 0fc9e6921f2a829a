"""Texts of cards: what is said aloud of them, macros, the language, folder names."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.cardtext import clean, crowd, cut, guess_language, paragraphs, resolve, slug, spoken
from streamer.cast.intents import STAGE_TAGS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{char}} greets {{user}}.", "Rin greets chat."),
        ("{{CHAR}}, {{ User }}", "Rin, chat"),
        ("<BOT> and <user> <START>", "Rin and chat "),
        ("{{random:red,blue}} {{random::a::b}} {{pick:x\\,y,z}}", "red a x,y"),
        ("{{// a remark}}{{comment: two}}{{hidden_key:k}}{{unknown}}", ""),
        ("{{reverse:abc}} {{roll:d6}}", "cba 1"),
        ("{{reverse:{{char}}}}", "niR"),
        ("a {single} brace", "a {single} brace"),
    ],
)
def test_macros(text: str, expected: str):
    assert resolve(text, char="Rin", user="chat") == expected


def test_a_name_that_is_a_macro_does_not_grow():
    assert len(resolve("{{char}}", char="{{char}}{{char}}", user="x")) < 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there!", "Hello there!"),
        ('*She waves.* "Hello, chat!" *She sits.* "Ready?"', "Hello, chat! Ready?"),
        ('She looks up. "Oh, hi there," she says.', "Oh, hi there."),
        ('Welcome to "The Show" tonight.', 'Welcome to "The Show" tonight.'),
        ("**Welcome**\n\n![pic](https://x.example/a.png) [Hi](https://x.example).", "Welcome Hi."),
        ("[joy] Hi [OOC: be nice] you [dance]", "[joy] Hi you"),
        ("<b>Hi</b> `you`", "Hi you"),
        ("*waves silently*", ""),
        ("「こんにちは、みんな！」と言った。", "こんにちは、みんな！"),
    ],
)
def test_only_what_can_be_said_is_spoken(text: str, expected: str):
    assert spoken(text, stage_tags=STAGE_TAGS, limit=600) == expected


def test_cut_ends_after_a_sentence_or_a_word():
    assert cut("One two. Three four. Five six seven", 25) == "One two. Three four."
    assert cut("word " * 20, 22) == "word word word word…"
    assert cut("あ" * 50, 10) == "あ" * 9 + "…"
    assert cut("short", 10) == "short"


@given(st.text(max_size=300), st.integers(10, 200))
def test_cut_never_exceeds(text: str, limit: int):
    assert len(cut(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("She is a knight of the realm and loves you.", "en"),
        ("ミカは元気な女の子です。", "ja"),
        ("한국어로 말하는 캐릭터", "ko"),
        ("她是一个快乐的女孩", "zh"),
        ("Она любит чай", "ru"),
        ("Sie ist die Königin und er ist nicht der König. Das Schloss ist für sie.", "de"),
        ("Ella es la reina de los mares y con una espada para el rey.", "es"),
        ("", "en"),
        ("12345", "en"),
        ("Mika (ミカ) is the one who waits for you in the garden with her cat.", "en"),
    ],
)
def test_language(text: str, tag: str):
    assert guess_language(text) == tag


def test_the_crowd_by_language():
    assert (crowd("ja-JP"), crowd("de")) == ("みんな", "chat")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mika", "mika"),
        ("Dr. Émile  O'Neil!", "dr-emile-o-neil"),
        ("ミカ", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("x" * 99, "x" * 32),
        ("--a--", "a"),
    ],
)
def test_folder_names(text: str, expected: str):
    assert slug(text) == expected


def test_clean_text_has_no_controls_and_one_kind_of_line_break():
    assert clean("a\0b\x1b[31m\r\nc\u2028d\ud800\u202e") == "ab[31m\nc\nd\ufffd"
    assert paragraphs("  a  b \n\n\n\n c ") == "a b\n\nc"


@pytest.mark.parametrize("piece", ["{{", "{{a", "[", "*", '"', '" ', "<", "!", "! ", "![", "「", "{{char}}", "!)"])
def test_long_nasty_texts_take_no_long_time(piece: str):
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    spoken(resolve(text, char="Rin", user="chat"), stage_tags=STAGE_TAGS, limit=600)
    cut(paragraphs(text), 4_000)
    guess_language(text)
    assert time.process_time() - began < 3
