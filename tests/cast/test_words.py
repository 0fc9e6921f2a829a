"""Words, stems and cluster keys."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.cast.words import cluster_key, content_words, stem, word_set


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cats", "cat"),
        ("games", "gaming"),
        ("favourite", "favorite"),
        ("cookies", "cookie"),
        ("stories", "story"),
        ("boxes", "box"),
        ("running", "run"),
        ("planets", "planet"),
        ("juno's", "juno"),
    ],
)
def test_same_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("one", "other"), [("cat", "car"), ("bus", "bu"), ("glass", "glas"), ("thing", "th"), ("red", "r")]
)
def test_other_stem(one, other):
    assert stem(one) != stem(other)


def test_content_words():
    assert content_words("what do you think about the moon?") == ["moon"]
    assert content_words("好きなゲームは何ですか") == ["好", "ゲーム", "何"]
    assert content_words("hi") == []


def test_cluster_key_ignores_order_and_form():
    assert cluster_key(["cats", "soup"]) == cluster_key(["soup", "cat", "cats"])
    assert cluster_key(["cats"]) != cluster_key(["dogs"])
    assert cluster_key([]) == 0


def test_cluster_key_is_the_same_in_every_process():
    program = "from streamer.cast.words import cluster_key; print(cluster_key(['moon', 'soup', 'cats']))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {f"{cluster_key(['moon', 'soup', 'cats'])}\n"}


@given(st.lists(st.text(max_size=20), max_size=8))
def test_cluster_key_is_32_bits(words):
    assert 0 <= cluster_key(words) < 2**32


def test_word_set():
    assert word_set("a b  a") == {"a", "b"}
