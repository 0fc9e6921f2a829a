"""The report of a rehearsal, field by field where a definition could be misread."""

import pytest

from streamer.app.report import LATE_MS, Spread, build, gini, spread
from streamer.app.simulate import Result, Script, Take
from streamer.core.commands import Drop, Prepare
from streamer.core.events import Tombstoned


def take(line: int, start_ms: int, end_ms: int, answers: tuple[str, ...] = (), **more: object) -> Take:
    order = Prepare(cause=1, line=line, persona="mika", kind="answer", why="named", answers=answers)
    made = Take(order, Script("[joy] Hi.", ("Hi.",), 10), start_ms - 500, ready_ms=start_ms - 100)
    made.start_ms, made.end_ms, made.heard_ms = start_ms, end_ms, end_ms - start_ms
    made.outcome, made.heard = "finished", "Hi."
    for name, value in more.items():
        setattr(made, name, value)
    return made


def result(*takes: Take, **more: object) -> Result:
    made = Result(takes={each.order.line: each for each in takes}, end_ms=10_000)
    made.arrivals = {"twitch:1": 1_000, "twitch:2": 1_500}
    made.authors = {"twitch:1": "twitch:ann", "twitch:2": "twitch:ben"}
    made.native = {"twitch:1": "1", "twitch:2": "2"}
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_lines_as_heard() -> None:
    report = build(result(take(1, 2_000, 4_000, ("twitch:1",), voiced=False), take(2, 0, 0)))
    (line,) = report.lines
    assert (line.at, line.end, line.answers, line.generated, line.heard) == (2.0, 4.0, ("1",), "[joy] Hi.", "Hi.")
    assert line.voiced is False
    assert report.answered == 1
    assert report.first_audio_ms == Spread(400, 400, 400, 1)
    assert report.policy_wait_ms.p50 == 2_000 - 1_000 - 400


def test_only_the_chat_counts_as_answered() -> None:
    report = build(result(take(1, 2_000, 4_000, ("segment:opening",)), take(2, 5_000, 6_000, ("twitch:2",))))
    assert report.answered == report.per_persona["mika"]["answers"] == report.policy_wait_ms.n == 1
    assert report.per_persona["mika"]["lines"] == 2


def test_dead_air_counts_both_ends_and_not_the_host() -> None:
    report = build(result(take(1, 2_000, 4_000), host=[(5_000, 7_000)]))
    assert report.dead_air_s == {"max": 3.0, "total": 6.0}


@pytest.mark.parametrize(("late_ms", "count"), [(LATE_MS, 0), (LATE_MS + 1, 1)])
def test_spoken_after_a_deletion(late_ms: int, count: int) -> None:
    stone = (3_000, Tombstoned("message", "twitch:1"))
    assert build(result(take(1, 2_000, 3_000 + late_ms, ("twitch:1",)), stones=[stone])).spoken_after_delete == count


def test_clearing_a_user_covers_what_was_said_before() -> None:
    answer = take(1, 2_000, 9_000, ("twitch:1",))
    assert build(result(answer, stones=[(3_000, Tombstoned("user", "twitch:ann"))])).spoken_after_delete == 1
    assert build(result(answer, stones=[(500, Tombstoned("user", "twitch:ann"))])).spoken_after_delete == 0
    assert build(result(answer, stones=[(3_000, Tombstoned("room", "twitch"))])).spoken_after_delete == 1
    assert build(result(answer, stones=[(3_000, Tombstoned("user", "twitch:ben"))])).spoken_after_delete == 0


def test_voices_at_once() -> None:
    assert build(result(take(1, 0, 2_000), take(2, 2_000, 3_000))).voices_at_once_max == 1
    assert build(result(take(1, 0, 2_000), take(2, 1_999, 3_000))).voices_at_once_max == 2


def test_drops_by_reason() -> None:
    drops = [Drop(cause=1, uid="twitch:1", reason="expired"), Drop(cause=1, uid="twitch:2", reason="crowded")]
    report = build(result(drops=drops))
    assert report.expired == 1
    assert report.drops == {"expired": 1, "crowded": 1}


def test_percentiles_are_nearest_rank_and_null_without_values() -> None:
    assert spread(range(1, 101)) == Spread(50, 95, 99, 100)
    assert spread([]) == Spread(None, None, None, 0)


def test_gini() -> None:
    assert gini([1, 1, 1]) == pytest.approx(0)
    assert gini([0, 0, 3]) == pytest.approx(2 / 3)
    assert gini([]) == 0
