"""The files as they are written, byte for byte; nothing that strangers wrote is markup in them."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from streamer.app.afterwards.formats import chapters, found_chapters, safe, srt, transcript, vtt
from streamer.app.afterwards.lines import Asked, HeardLine, heard_clauses, heard_pages, subtitles
from streamer.app.afterwards.takes import ALWAYS, Span, Take
from streamer.speech.view import ClauseView
from streamer.texts import texts

BEGAN = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)


def line(text: str, at_ms: int, heard_ms: int = 3_000, **more) -> HeardLine:
    """One clause, its words spread over the time."""
    fields = {"line": at_ms, "persona": "mika", "name": "Mika", "kind": "answer", "why": "named", "outcome": "finished"}
    pages = heard_pages((), heard_ms, text)
    return HeardLine(**{**fields, "at_ms": at_ms, "heard_ms": heard_ms, "text": text, "pages": pages, **more})


SHOW = [
    line("Welcome to the court of pineapple!", 2_000, segment="opening-words", why="segment"),
    line("Objection, your honour.", 6_000, 1_500, persona="juno", name="Juno", why="banter"),
    line(
        "I would never put pineapple on a pizza, because", 70_000, 2_800, outcome="cut", why="question",
        asked=(Asked("t:1", "t:bob", "bob_<3", "pineapple? [click](http://evil.example) **now**"),),
    ),
    line("And now the weather.", 95_000, segment="weather", why="segment"),
    line("Good night.", 140_000, 900, segment="good_night", why="segment"),
]  # fmt: skip


def test_srt() -> None:
    assert (
        srt(subtitles(SHOW, ALWAYS))
        == """\
1
00:00:02,000 --> 00:00:05,558
Mika: Welcome to the court of pineapple!

2
00:00:06,000 --> 00:00:08,141
Juno: Objection, your honour.

3
00:01:10,000 --> 00:01:13,000
Mika: I would never put pineapple
on a pizza, because

4
00:01:35,000 --> 00:01:38,412
And now the weather.

5
00:02:20,000 --> 00:02:21,510
Good night.
"""
    )


def test_webvtt() -> None:
    marked = line("Is 1 < 2 & 3 --> 4?", 1_000, name="Mi<ka>")
    assert (
        vtt(subtitles([marked], ALWAYS))
        == """\
WEBVTT

00:00:01.000 --> 00:00:04.306
<v Mi&lt;ka&gt;>Is 1 &lt; 2 &amp; 3 --&gt; 4?
"""
    )


def test_chapters() -> None:
    assert (
        chapters(found_chapters(SHOW, ALWAYS, "Start"), texts("en"))
        == """\
00:00 Opening words
01:35 Weather
02:20 Good night
"""
    )


def test_too_few_chapters_say_so_and_those_too_near_are_left_out() -> None:
    near = [line("One.", 20_000, segment="one"), line("Two.", 25_000, segment="two")]
    assert (
        chapters(found_chapters(near, ALWAYS, "Start"), texts("en"))
        == """\
00:00 Start
00:20 One
# YouTube makes chapters of 3 or more.
"""
    )


def test_transcript() -> None:
    words = texts("en")
    told = transcript(
        SHOW, ALWAYS, title="Pizza court", began=BEGAN, words=words, why=lambda each: words[f"why.{each.why}"]
    )
    assert (
        told
        == """\
# Pizza court

2026-11-22 20:15

## 00:02 Opening words

**00:02 Mika** (segment)

Welcome to the court of pineapple!

**00:06 Juno** (banter)

Objection, your honour.

**01:10 Mika** (question)

> bob\\_&lt;3: pineapple? \\[click\\](http&#58;//evil.example) \\*\\*now\\*\\*

I would never put pineapple on a pizza, because *(cut short)*

## 01:35 Weather

**01:35 Mika** (segment)

And now the weather.

## 02:20 Good night

**02:20 Mika** (segment)

Good night.
"""
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [("# no", "\\# no"), ("1. no", "1\\. no"), ("- no", "\\- no"), ("a\n\n# b", "a # b"), ("www.x.y", "www&#46;x.y"),
     ("<img src=x>", "&lt;img src=x>"), ("a@b", "a&#64;b"), ("C&A", "C&amp;A"), ("3.5 - 2", "3.5 - 2")],
)  # fmt: skip
def test_no_markup_of_strangers(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_recording_has_its_own_time_without_its_pauses() -> None:
    take = Take(4_000)
    take.pause(7_000)
    take.resume(69_000)
    take.pause(72_000)
    found = subtitles(SHOW, take.frozen())
    assert [(each.start_ms, each.end_ms) for each in found] == [(0, 1_558), (2_000, 3_000), (4_000, 6_000)]
    assert take.frozen().place(70_000) == 4_000
    assert take.frozen().place(50_000) == 3_000
    assert take.frozen().place(500_000) == 6_000


def test_a_line_outside_is_not_there() -> None:
    assert subtitles(SHOW, Span(((200_000, None),))) == []


def test_what_was_cut_off_is_cut_off() -> None:
    whole = ClauseView(0, 3_000, "One two three.", ((0, 900, 0, 3), (1000, 900, 4, 7), (2000, 900, 8, 14)))
    unheard = ClauseView(3_000, 6_000, "Never heard.", ())
    [found] = heard_clauses([whole, unheard], 2_000, "One two")
    assert (found.text, found.end) == ("One two", 2_000)


def test_only_what_the_text_says_is_shown() -> None:
    other = ClauseView(0, 3_000, "Secret words.", ())
    [found] = heard_clauses([other], 3_000, "Hello.")
    assert found.text == "Hello."
    assert heard_clauses([other], 3_000, "  ") == ()


def test_subtitles_follow_each_other_also_when_a_line_had_to_wait() -> None:
    waited = line("One two three four.", 1_000, 4_000, offsets=((0, 1_000), (2_000, 2_500)))
    assert waited.show_ms(1_900) == 2_900
    assert waited.show_ms(2_000) == 4_500
    found = subtitles([waited, line("Next.", 6_600, 500)], ALWAYS)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(found))
    assert found[0].end_ms >= 6_500
