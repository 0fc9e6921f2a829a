"""Word lists as data."""

import pytest

from streamer.moderation.lists import load_standard, parse_term, parse_terms, word_set


def test_parse():
    terms = parse_terms("# action: drop\n# a comment\nbad\nworse*\n~worst  # inside\ntwo words\n\n", "test")
    assert [(term.words, term.reach, term.action) for term in terms] == [
        (("bad",), "word", "drop"),
        (("worse",), "start", "drop"),
        (("worst",), "inside", "drop"),
        (("two", "words"), "word", "drop"),
    ]


def test_a_list_without_action_is_refused():
    with pytest.raises(ValueError, match="no action"):
        parse_terms("bad\n", "test")
    with pytest.raises(ValueError, match="unknown action"):
        parse_terms("# action: burn\nbad\n", "test")


def test_the_shipped_lists_load():
    lists = load_standard()
    assert {"slur", "harassment", "sexual", "sensitive", "selfharm", "profanity", "suggestive"} == {
        term.category for term in lists.terms
    }
    assert len(lists.terms) > 250
    assert "scunthorpe" in lists.allowed


def test_no_term_twice():
    seen = [(term.words, term.reach) for term in load_standard().terms]
    assert len(seen) == len(set(seen))


def test_small_things():
    assert parse_term("x*", "c", "hold").reach == "start"
    assert word_set("a b a") == {"a", "b"}
