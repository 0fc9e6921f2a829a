"""Pages of captions: two rows, good breaks, time to read, and nothing that moves while a line grows."""

from itertools import pairwise

import pytest
from hypothesis import given

from streamer.speech.breaks import width
from streamer.speech.pages import EARLY_MS, HANG_MS, Page, page_at, paginate
from streamer.speech.view import ClauseView
from tests.speech.caption_vectors import lines

LONG = (
    "The court of pineapple is now in session, and the honourable chat will rise for the judge. "
    "Anybody who brings a slice without sharing it shall be found guilty, at once and without appeal."
)
JAPANESE = "次はみんなで「ピザ」を食べましょう。約束ですよ！それから、明日は晴れるといいですね。"


def clause(text: str, at: int = 0, ms_per_char: int = 60) -> ClauseView:
    return ClauseView(at=at, end=at + len(text) * ms_per_char, text=text, words=())


def rows(pages: list[Page]) -> list[str]:
    return [row for page in pages for row in page.rows]


def test_rows_end_at_pauses_and_before_words_that_begin_something() -> None:
    assert rows(paginate([clause(LONG)])) == [
        "The court of pineapple is now", "in session, and the honourable",
        "chat will rise for the judge.", "Anybody who brings a slice",
        "without sharing it shall be found", "guilty, at once and without appeal.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "We will be playing the very first level of a game that nobody in this chat has ever finished.",
        "Yesterday I met Doctor Strange in the middle of the old town and he gave me a map of the castle.",
        "Ich habe gestern mit der Nachbarin über den neuen Garten und die alten Bäume im Park gesprochen.",
        "Je ne sais pas encore si nous allons jouer avec les amis de la chaîne ou sans eux ce soir.",
    ],
)
def test_no_row_ends_with_a_word_that_belongs_to_the_next(text: str) -> None:
    glued = {"the", "a", "an", "of", "in", "der", "den", "die", "im", "les", "la", "de", "and", "ou", "und"}
    assert not [row for row in rows(paginate([clause(text)])) if row.split()[-1].lower() in glued]


def test_japanese_breaks_between_phrases() -> None:
    found = rows(paginate([clause(JAPANESE)]))
    assert "".join(found) == JAPANESE
    assert all(width(row) <= 40 for row in found)
    assert not [row for row in found if row[0] in "、。！？」ーっゃ" or row[-1] in "「（"]


def test_a_later_clause_moves_nothing() -> None:
    one = clause("Order, order!")
    two = clause("The chat wants pineapple on everything.", at=one.end)
    [before] = paginate([one])
    [after] = paginate([one, two])
    assert after.rows[0].startswith(before.rows[0])
    assert " ".join(after.rows) == f"{one.text} {two.text}"
    assert after.at == before.at


def test_words_that_come_much_later_get_a_page_of_their_own() -> None:
    found = paginate([clause("Wait for it."), clause("Now!", at=4000)])
    assert [page.rows for page in found] == [("Wait for it.",), ("Now!",)]
    assert page_at(found, 3500) is None


def test_a_page_stays_until_it_could_be_read_but_not_long_after_its_last_word() -> None:
    fast = clause("Words that are said much faster than anybody reads them.", ms_per_char=25)
    [page] = paginate([fast])
    assert page.until == page.end + HANG_MS
    [short] = paginate([clause("Hi.")])
    assert short.until - short.at >= 833
    [slow] = paginate([clause("Slowly said.", ms_per_char=300)])
    assert slow.until == slow.end + 800
    [kana] = paginate([clause("ありがとうございます", ms_per_char=100)])
    assert kana.until > kana.end + 900


def test_small_gaps_are_closed_and_the_next_page_is_never_covered() -> None:
    found = paginate([clause(LONG, ms_per_char=20), clause(LONG, at=len(LONG) * 20 + 1000)])
    for one, following in pairwise(found):
        assert one.until == following.at


def test_the_page_of_a_moment() -> None:
    found = paginate([clause(LONG)])
    assert page_at(found, -EARLY_MS - 1) is None
    assert page_at(found, -EARLY_MS) == found[0]
    assert page_at(found, found[1].at) == found[1]
    assert page_at(found, found[-1].until) is None
    assert page_at([], 0) is None


def test_marks_give_the_moments_and_what_has_none_is_shared_out() -> None:
    half = ClauseView(at=0, end=4000, text="Nobody gives me a voice.", words=((100, 1500, 0, 6), (1700, 900, 7, 12)))
    [page] = paginate([half])
    assert (page.at, page.end) == (100, 4000)


@given(lines())
def test_whatever_is_said_pages_keep_to_the_rules(clauses: list[ClauseView]) -> None:
    pages = paginate(clauses)
    assert "".join("".join(rows(pages)).split()) == "".join("".join(each.text for each in clauses).split())
    for page in pages:
        assert 1 <= len(page.rows) <= 2
        assert all(row and width(row) <= 40 for row in page.rows)
        assert page.at <= page.end <= page.until <= page.end + HANG_MS
    assert all(one.until <= two.at for one, two in pairwise(pages))
