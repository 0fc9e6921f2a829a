"""Waits, what was stopped, and the timeline: plain arithmetic over a rehearsal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app.night.course import STEPS_MAX, WAITS_MAX, Wait, heard, stopped, thinned, timeline, waits
from streamer.app.night.notes import Notes
from streamer.app.night.story import Played
from streamer.app.report import gaps
from streamer.app.simulate import Result, Script, Take
from streamer.core.commands import Prepare
from streamer.core.events import ChatReceived


def line(number: int, begin_ms: int, end_ms: int, answers: tuple[str, ...] = ()) -> Take:
    order = Prepare(cause=1, line=number, persona="mika", kind="answer", why="named", answers=answers)
    made = Take(order, Script("x", ("x",)), 0)
    made.start_ms, made.end_ms, made.heard_ms = begin_ms, end_ms, end_ms - begin_ms
    return made


def written(notes: Notes, uid: str, at: float) -> None:
    notes.chat(ChatReceived(uid=uid, user=uid, platform="t"), at, native=uid, name=uid.upper(), text=f"text {uid}")


def test_waits_run_to_the_first_sound_or_to_the_end_of_the_claim() -> None:
    notes = Notes()
    for uid, at in (("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)):
        written(notes, uid, at)
    result = Result(
        takes={1: line(1, 5_500, 9_000, ("a", "b"))}, dropped={"b": (60_000, "expired"), "c": (48_250, "expired")}
    )
    assert [(row.id, row.waited_s, row.outcome, row.persona) for row in waits(result, notes)] == [
        ("a", 4.5, "answered", "mika"), ("b", 3.5, "answered", "mika"), ("c", 45.25, "expired", ""),
    ]  # fmt: skip


def test_the_timeline_adds_up() -> None:
    notes = Notes()
    for index, at in enumerate((0.5, 4.9, 5.0, 61.0)):
        written(notes, f"m{index}", at)
    result = Result(
        takes={1: line(1, 2_000, 7_500), 2: line(2, 30_000, 32_000)}, host=[(40_000, 50_000)], end_ms=62_000
    )
    told = timeline(result, notes)
    assert told.step_s == 5
    assert (len(told.messages), sum(told.messages), told.messages[:2], told.messages[12]) == (13, 4, (2, 1), 1)
    assert told.spoken_s[:3] == (3.0, 2.5, 0.0)
    assert sum(told.spoken_s) == pytest.approx(7.5)
    assert told.silence == ((7.5, 30.0), (32.0, 40.0), (50.0, 62.0))
    assert told.lines == ((2.0, 7.5, "mika", "answer"), (30.0, 32.0, "mika", "answer"))
    assert gaps(heard(result), result)[0] == (0, 2_000)


@given(st.integers(0, 40 * 86_400_000), st.lists(st.tuples(st.floats(0, 3e6), st.floats(0, 900)), max_size=20))
def test_any_length_fits(end_ms: int, spans: list[tuple[float, float]]) -> None:
    notes = Notes()
    takes = {}
    for number, (begin, length) in enumerate(spans, 1):
        written(notes, str(number), begin)
        takes[number] = line(number, int(begin * 1000), int((begin + length) * 1000))
    told = timeline(Result(takes=takes, end_ms=end_ms), notes)
    assert len(told.messages) == len(told.spoken_s) <= max(STEPS_MAX, 40 * 24)
    assert all(-0.001 <= value <= told.step_s * max(1, len(spans)) + 0.001 for value in told.spoken_s)


def test_what_was_stopped_keeps_its_words_and_its_place(played: Played) -> None:
    (row,) = stopped(played.notes)
    assert (row.id, row.verdict, row.rule, row.platform, row.taken_back) == ("bad", "drop", "injection", "t", False)
    assert row.span is not None
    assert row.text[slice(*row.span)]
    assert (row.name, row.at) == ("Dora", 90)


def test_what_was_taken_back_has_no_words(played: Played) -> None:
    rows = waits(played.result, played.notes)
    (gone,) = [row for row in rows if row.id == "gone"]
    assert (gone.name, gone.text, gone.outcome) == ("", "", "taken_back")
    assert {"answered", "expired"} <= {row.outcome for row in rows}
    assert "bot" not in {row.id for row in rows}


def test_a_long_list_keeps_everybody_who_was_answered() -> None:
    rows = [Wait(str(n), float(n), "", "", "", 1.0, "answered" if n % 10 == 0 else "expired") for n in range(9_000)]
    kept = thinned(rows)
    assert len(kept) == WAITS_MAX
    assert sum(row.outcome == "answered" for row in kept) == 900
    assert [row.at for row in kept] == sorted(row.at for row in kept)
    assert thinned(rows[:50]) == rows[:50]
