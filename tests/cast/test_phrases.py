"""Little pieces of a viewer's words that may be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.phrases import choice, topic_phrase

NAMES = frozenset({"mika", "juno"})


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("what do you think about quantum bread?", "quantum bread"),
        ("do you like rollerblades", "rollerblades"),
        ("mika, submarines?", "submarines"),
        ("my favourite lamp", "lamp"),
        ("what?", ""),
        ("", ""),
        ("123 456", ""),
    ],
)
def test_topic_phrase(text, phrase):
    assert topic_phrase(text, NAMES) == phrase


@given(st.text(max_size=200))
def test_topic_phrase_is_a_few_plain_words(text):
    words = topic_phrase(text.casefold(), NAMES).split()
    assert len(words) <= 4
    assert all(word.isalpha() and len(word) <= 14 for word in words)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("cats or dogs?", ("cats", "dogs")),
        ("mika would you rather have oat milk or tea", ("oat milk", "tea")),
        ("red vs blue", ("red", "blue")),
        ("yes or no", None),
        ("this or that", None),
        ("soup", None),
    ],
)
def test_choice(text, pair):
    assert choice(text, NAMES) == pair
