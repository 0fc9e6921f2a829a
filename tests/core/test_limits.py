"""How often, and how fairly."""

from msgspec.structs import replace

from streamer.core.limits import (
    MINUTE_MS,
    TURN_MS,
    answers_left,
    had_a_turn,
    per_minute,
    remember_answer,
    remember_start,
    stands_back,
    window_opens_ms,
)
from streamer.core.settings import ShowSettings
from streamer.core.show import Line, Request, Show

ASKED = Request(
    id=1, kind="answer", priority=200, born_ms=0, expires_ms=1, why="named", cause=1, user="t:ana", from_chat=True
)
NOW = 200_000


def show(*answered: int, **more: object) -> Show:
    return Show(now_ms=NOW, answered_ms=answered, settings=ShowSettings(), **more)  # type: ignore[arg-type]


def test_the_dial_chooses_the_number() -> None:
    assert per_minute(show()) == 4
    assert per_minute(show(dial="chatty")) == 10


def test_only_the_last_minute_counts() -> None:
    assert answers_left(show(NOW - MINUTE_MS, NOW - MINUTE_MS + 1)) == 3


def test_a_line_that_has_the_floor_and_is_not_heard_yet_counts() -> None:
    line = Line(id=1, persona="mika", state="on_air", request=ASKED, born_ms=0, deadline_ms=1)
    assert answers_left(show(air=line)) == 3
    assert answers_left(show(NOW, air=replace(line, started_ms=NOW))) == 3
    assert answers_left(show(air=replace(line, request=replace(ASKED, from_chat=False)))) == 4


def test_when_the_next_answer_becomes_possible() -> None:
    assert window_opens_ms(show(NOW - 5_000)) is None
    full = show(NOW - 50_000, NOW - 40_000, NOW - 30_000, NOW - 20_000)
    assert window_opens_ms(full) == NOW - 50_000 + MINUTE_MS
    over = show(NOW - 50_000, NOW - 40_000, NOW - 30_000, NOW - 20_000, NOW - 10_000)
    assert window_opens_ms(over) == NOW - 40_000 + MINUTE_MS  # the dial was turned down: two have to leave the minute


def test_with_only_the_line_on_air_used_up_its_start_opens_the_window() -> None:
    line = Line(id=1, persona="mika", state="on_air", request=ASKED, born_ms=0, deadline_ms=1)
    tight = replace(show(air=line), settings=ShowSettings(answers_per_minute=1))
    assert answers_left(tight) == 0
    assert window_opens_ms(tight) is None


def test_starts_are_kept_for_a_minute() -> None:
    assert remember_start((NOW - MINUTE_MS, NOW - 10), NOW) == (NOW - 10, NOW)


def test_a_viewer_stands_back_then_counts_as_served_then_is_forgotten() -> None:
    just = show(viewers={"t:ana": NOW - 29_999})
    assert stands_back(just, ASKED)
    assert had_a_turn(just, ASKED)
    rested = show(viewers={"t:ana": NOW - 30_000})
    assert not stands_back(rested, ASKED)
    assert had_a_turn(rested, ASKED)
    assert not had_a_turn(show(viewers={"t:ana": NOW - TURN_MS}), ASKED)
    nobody = replace(ASKED, user="")
    assert not stands_back(just, nobody)
    assert not had_a_turn(just, nobody)


def test_who_was_answered_is_remembered_no_longer_than_it_matters() -> None:
    later = show(viewers={"t:old": NOW - TURN_MS, "t:ben": NOW - 1})
    assert remember_answer(later, ("t:ana", "")) == {"t:ben": NOW - 1, "t:ana": NOW}
    long = replace(later, settings=ShowSettings(viewer_cooldown_ms=TURN_MS + 10))
    assert set(remember_answer(long, ())) == {"t:old", "t:ben"}
