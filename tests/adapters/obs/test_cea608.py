"""Captions of a television: letters, rows, lengths."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.obs.cea608 import LONGEST, ROW, captions, cost, transliterated


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello there!", "Hello there!"),
        ("“Déjà vu” – naïve café…", "“Déjà vu” - naïve café..."),
        ("Größe für Łódź, œuvre", "Größe für Lódz, oeuvre"),
        ("ＡＢＣ １２３", "ABC 123"),
        ("gg 😂🔥 well played 👏🏽", "gg well played"),
        ("♫ la la ♫", "♪ la la ♪"),
        ("It costs 5 € and `code`", "It costs 5 EUR and 'code'"),
        ("ありがとうございます", ""),
        ("Привет всем", ""),
        (
            "I say ありがとう to all of you, my dear friends in the chat",
            "I say to all of you, my dear friends in the chat",
        ),
        ("100%! 😂", "100%!"),
        ("", ""),
    ],
)
def test_letters(text: str, shown: str) -> None:
    assert transliterated(text) == shown


def test_a_page_of_two_rows_becomes_captions_of_about_the_same_length() -> None:
    text = "The court of pineapple is now in session, and the honourable chat will rise."
    found = captions(text)
    assert [each.replace("\n", " ") for each in found] == [
        "The court of pineapple is now in session,",
        "and the honourable chat will rise.",
    ]
    assert found[0] == "The court of pineapple is now in\nsession,"


def test_letters_of_two_bytes_take_up_more() -> None:
    assert cost("aé") == 2
    assert cost("ü") > 1
    assert len(captions("ü" * 40)) > 1


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_whatever_comes_every_caption_keeps_to_the_limits(text: str) -> None:
    shown = transliterated(text)
    found = captions(shown)
    for caption in found:
        rows = caption.split("\n")
        assert 1 <= len(rows) <= 2
        assert all(row and cost(row) <= ROW for row in rows)
        assert cost(caption) <= LONGEST
        assert len(caption.encode()) < 200
    assert "".join("".join(found).split()) == "".join(shown.split())
