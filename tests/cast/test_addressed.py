"""Whom a text names and what kind of thing it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast import Persona, addressed, features, is_emote_only, is_question

AL = Persona(id="al", name="Al")
MIKA = Persona(id="mika", name="Mika", names=("Meeks", "ミカ", "みか", "美香"))
JUNO = Persona(id="juno", name="Juno", names=("ジュノ", "Juno Bug"))
JOY = Persona(id="joy", name="Joy")
CAST = (MIKA, JUNO)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("hi Mika", ("mika",)),
        ("MIKA!!!", ("mika",)),
        ("@mika hello", ("mika",)),
        ("mika's soup", ("mika",)),
        ("miiikaaa", ("mika",)),
        ("juno and mika", ("juno", "mika")),
        ("meeks, juno, mika", ("mika", "juno")),
        ("hey juno  bug", ("juno",)),
        ("ミカちゃん、こんばんは", ("mika",)),
        ("ねえミカ、聞いて", ("mika",)),
        ("ミカン食べたい", ()),
        ("みかは元気？", ("mika",)),
        ("みかん", ()),
        ("美香さん", ("mika",)),
        ("ｍｉｋａ", ("mika",)),
        ("mikasa is a character", ()),
        ("junot", ()),
        ("mika_fan", ("mika",)),
        ("jun o", ()),
        ("nobody", ()),
        ("", ()),
    ],
)
def test_names(text, who):
    assert addressed(text, CAST)[0] == who


@pytest.mark.parametrize("text", ["also", "really", "all of it", "global", "Albert"])
def test_short_names_do_not_match_inside_words(text):
    assert addressed(text, (AL,))[0] == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("what a joy", False),
        ("joy to the world", False),
        ("@joy", True),
        ("joy, hello", True),
        ("hey joy", True),
        ("nice, joy!", True),
        ("Joy?", True),
    ],
)
def test_names_that_are_words_need_an_address(text, named):
    assert addressed(text, (JOY,))[0] == (("joy",) if named else ())


@pytest.mark.parametrize(
    "text", ["both of you", "hey you two", "you guys rock", "ihr beiden", "お二人はどう思う", "y'all", "vous deux"]
)
def test_everyone(text):
    assert addressed(text, CAST)[1]


@pytest.mark.parametrize("text", ["you", "two of them", "hello everybody in chat", "guys this is fun"])
def test_not_everyone(text):
    assert not addressed(text, CAST)[1]


@pytest.mark.parametrize(
    "text",
    [
        "is it raining",
        "what is that",
        "soup?",
        "why",
        "so how do you do it",
        "do you like cats",
        "元気ですか",
        "好きな色は何",
        "これ、どうするの",
        "你喜欢猫吗",
        "magst du Suppe",
        "wie geht das",
        "por qué no",
        "est-ce que tu dors",
        "can you see me",
        "any tips for exams",
        "rate my soup",
        "ok but who won",
        "what about that？",
    ],
)
def test_questions(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "what a play!",
        "how cute",
        "nice one",
        "https://x.example/?a=1",
        "is good",
        "I know what you did",
        "ありがとう",
        "das war gut",
        "?!",
        "",
        "wow",
        "can't wait",
    ],
)
def test_no_questions(text):
    assert not is_question(text)


@pytest.mark.parametrize(
    "text",
    ["KEKW", "KEKW KEKW", "😂😂", "mikaHype mikaHype", ":wave: :smile:", "<3", "❤️", "xD", "Kappa 😂", ":)", "🏳️‍🌈"],
)
def test_emote_only(text):
    assert is_emote_only(text)


@pytest.mark.parametrize("text", ["gg", "KEKW that was funny", "hello", "123", "草 面白い", "", "...", "!?"])
def test_not_emote_only(text):
    assert not is_emote_only(text)


def test_emotes_the_platform_marked():
    assert is_emote_only("blorp blorp", ("blorp",))
    assert not is_emote_only("blorp blorp")


def test_features():
    noted = features("@Juno what's your favourite planet?", CAST)
    assert noted.addressed == ("juno",)
    assert noted.question
    assert not noted.command
    assert noted.words == 5
    assert noted.topic == features("favorite planets, juno???", CAST).topic
    assert noted.topic != features("favorite soups, juno???", CAST).topic


def test_the_name_is_not_the_topic():
    assert features("mika soup?", CAST).topic == features("juno, soup?", CAST).topic


def test_commands():
    assert features("!song", CAST).command
    assert not features("!!! wow", CAST).command
    assert not features("!", CAST).command
    assert not features("what! a game", CAST).command


@given(st.text(max_size=300))
def test_never_raises(text):
    noted = features(text, (*CAST, AL, JOY))
    assert 0 <= noted.topic < 2**32
    assert set(noted.addressed) <= {"mika", "juno", "al", "joy"}


def test_odd_casts():
    assert features("hello", ()).addressed == ()
    odd = Persona(id="x", name="a.b*c", names=("", "   "))
    assert addressed("hi a.b*c", (odd,))[0] == ("x",)


def test_the_longer_name_wins_and_shared_names_go_to_the_first():
    one, two = Persona(id="one", name="Ann"), Persona(id="two", name="Ann Lee", names=("Ann",))
    assert addressed("hi ann lee", (one, two))[0] == ("two",)
    assert addressed("hi ann", (one, two))[0] == ("one",)


def test_cost():
    texts = [
        "juno what is your favourite planet and why?",
        "hello everyone",
        "gg",
        "KEKW",
        "mika, thoughts on tutorials?",
    ] * 40
    for text in texts:
        features(text, CAST)
    start = time.process_time()
    for text in texts:
        features(text, CAST)
    assert (time.process_time() - start) / len(texts) < 0.000_2
