"""How often, and how fairly."""

from msgspec.structs import replace

from streamer.core.events import Resumed
from streamer.core.limits import (
    MINUTE_MS,
    TURN_MS,
    had_a_turn,
    may_prepare_answer,
    next_answer_ms,
    per_minute,
    remember_answer,
    remember_start,
    stands_back,
    window_opens_ms,
)
from streamer.core.settings import ShowSettings
from streamer.core.show import Line, Request, Show
from tests.core.scene import Scene

ASKED = Request(
    id=1, kind="answer", priority=200, born_ms=0, expires_ms=1, why="named", cause=1, user="t:ana", from_chat=True
)
NOW = 200_000


def show(*answered: int, **more: object) -> Show:
    return Show(now_ms=NOW, answered_ms=answered, settings=ShowSettings(), **more)  # type: ignore[arg-type]


def test_the_dial_chooses_the_number() -> None:
    assert per_minute(show()) == 4
    assert per_minute(show(dial="chatty")) == 10


def test_a_quiet_room_is_answered_at_once_twice() -> None:
    assert next_answer_ms(show()) == NOW
    assert next_answer_ms(show(NOW - 5_000)) == NOW
    assert window_opens_ms(show(NOW - 5_000)) is None


def test_then_the_answers_are_spread_over_the_minute() -> None:
    busy = show(NOW - 9_000, NOW - 5_000)
    assert next_answer_ms(busy) == NOW - 5_000 + MINUTE_MS // 4
    assert window_opens_ms(busy) == NOW + 10_000
    assert not may_prepare_answer(busy)
    assert may_prepare_answer(replace(busy, now_ms=NOW + 4_000))


def test_never_more_than_so_many_within_a_minute() -> None:
    full = show(NOW - 50_000, NOW - 40_000, NOW - 30_000, NOW - 20_000)
    assert next_answer_ms(full) == NOW - 50_000 + MINUTE_MS
    over = show(NOW - 50_000, NOW - 40_000, NOW - 30_000, NOW - 20_000, NOW - 10_000)
    assert next_answer_ms(over) == NOW - 40_000 + MINUTE_MS  # the dial was turned down: two have to leave the minute


def test_only_the_last_minute_counts() -> None:
    gone = (NOW - MINUTE_MS - 3, NOW - MINUTE_MS - 2, NOW - MINUTE_MS - 1, NOW - MINUTE_MS)
    assert next_answer_ms(show(*gone)) == NOW


def test_a_line_that_has_the_floor_and_is_not_heard_yet_counts() -> None:
    line = Line(id=1, persona="mika", state="on_air", request=ASKED, born_ms=0, deadline_ms=1)
    one = NOW - 20_000
    assert next_answer_ms(show(one, air=line)) == NOW + 15_000
    assert next_answer_ms(show(one, air=replace(line, started_ms=NOW))) == NOW
    assert next_answer_ms(show(one, air=replace(line, request=replace(ASKED, from_chat=False)))) == NOW


def test_one_a_minute() -> None:
    once = replace(show(NOW - 10_000), settings=ShowSettings(answers_per_minute=1))
    assert next_answer_ms(once) == NOW + 50_000
    assert next_answer_ms(replace(once, answered_ms=())) == NOW


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


def test_an_answer_that_may_have_begun_when_the_process_died_counts() -> None:
    scene = Scene()
    scene.chat("ana", to=["mika"])
    scene.ready(1)
    begun = scene.show.air
    assert begun is not None
    scene.feed(Resumed(gap_s=1))
    assert scene.show.answered_ms == (begun.aired_ms,)
