"""What comes from a stranger fits the limits of a character file."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast import INTENTS
from streamer.cast.card import Material, Persona, Topic, Voice
from streamer.cast.fit import LINE_MAX, SENTENCES_MAX, fit, is_id, line, word

TEXTS = st.text(max_size=40) | st.sampled_from(["[joy] hi", "[x]", "{name}", "{foo}", "[[joy]", "{{", "a" * 700, " "])
LINES = st.lists(TEXTS, max_size=4).map(tuple)
FLOATS = st.floats() | st.floats(-1, 3)
PERSONAS = st.builds(
    Persona,
    id=st.just("x"),
    name=TEXTS,
    names=LINES,
    language=st.sampled_from(["en", "ja-JP", "", "x", "en\n", "deutsch"]),
    sentences=TEXTS | st.just("word. " * 900),
    colour=st.sampled_from(["#aabbcc", "red", "#aabbcc\n"]),
    talkativeness=FLOATS,
    voice=st.builds(Voice, pitch=FLOATS, rate=FLOATS, ids=st.dictionaries(TEXTS, TEXTS, max_size=3)),
    look=st.dictionaries(TEXTS, TEXTS | FLOATS | st.booleans(), max_size=3),
    catchphrases=LINES,
    facts=LINES,
    material=st.builds(
        Material,
        topics=st.lists(st.builds(Topic, id=TEXTS, words=LINES, takes=LINES, asks=LINES), max_size=3).map(tuple),
        intents=st.dictionaries(st.sampled_from(INTENTS) | TEXTS, LINES, max_size=3),
        greetings=LINES,
        idle=LINES,
        thanks=st.dictionaries(st.sampled_from(["paid", "raid", "what"]), LINES, max_size=3),
    ),
)


@given(PERSONAS)
def test_fitting_twice_changes_nothing(persona: Persona):
    once = fit(persona)
    assert fit(once) == once
    assert 0 < len(once.name) <= 60
    assert len(once.sentences) <= SENTENCES_MAX
    assert math.isfinite(once.voice.pitch)
    assert 0 <= once.talkativeness <= 1
    assert set(once.material.intents) <= set(INTENTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[joy:0.5] hi {name}", "[joy:0.5] hi {name}"),
        ("[dance] {viewer}", "(dance) (viewer)"),
        ("[[joy] x", "((joy) x"),
        ("[joy\n] x", "(joy\n) x"),
        ("open [ and { stay", "open [ and { stay"),
    ],
)
def test_unknown_tags_and_places_lose_their_brackets(text: str, expected: str):
    assert line(text) == expected


def test_long_lines_are_cut():
    assert len(line("word " * 500)) <= LINE_MAX
    assert word("Mika [AI] {x}\n2") == "Mika (AI) (x) 2"


def test_more_material_than_its_file_may_hold_leaves_the_greetings():
    much = tuple("x" * 600 for _ in range(900))
    fitted = fit(Persona(id="x", name="X", material=Material(greetings=("Hi.",), idle=much, late=much)))
    assert fitted.material == Material(greetings=("Hi.",))


@pytest.mark.parametrize("name", ["mika", "a", "0-_", "x" * 32])
def test_ids(name: str):
    assert is_id(name)


@pytest.mark.parametrize("name", ["", "Mika", "../x", "a/b", "a\\b", "x" * 33, "-a", "mika\n", "con", "com1", "ü", "."])
def test_no_ids(name: str):
    assert not is_id(name)
