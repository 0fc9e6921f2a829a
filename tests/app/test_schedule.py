"""When segments are due: functions of the time, whatever the zone and the season."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from streamer.app.schedule import SegmentFile, load_rundown, next_due, occurrences, seconds
from streamer.app.yamlfile import BadFiles

START = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SHIPPED = Path(__file__).parents[2] / "scenes"


def segment(**when: str) -> SegmentFile:
    return SegmentFile.model_validate({"id": "x", "say": "something", **when})


@pytest.mark.parametrize(("text", "expected"), [("45s", 45), ("12m", 720), ("1h30m", 5400), ("2h", 7200)])
def test_durations(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "m", "5 minutes", "-3m", "1m1h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        seconds(text)


def test_start_and_after_happen_once() -> None:
    just_before = START - timedelta(seconds=1)
    assert next_due(segment(at="start"), START, just_before) == START
    assert next_due(segment(at="start"), START, START) is None
    assert next_due(segment(after="5m"), START, START) == START + timedelta(minutes=5)
    assert next_due(segment(after="5m"), START, START + timedelta(minutes=5)) is None


def test_every_counts_from_the_start_and_never_gives_the_same_time_twice() -> None:
    first = next_due(segment(every="12m"), START, START)
    assert first is not None
    assert first == START + timedelta(minutes=12)
    assert next_due(segment(every="12m"), START, first) == START + timedelta(minutes=24)
    late = START + timedelta(minutes=25)
    assert next_due(segment(every="12m"), START, late) == START + timedelta(minutes=36)


def test_a_time_of_day_comes_every_day_also_over_the_end_of_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    started = datetime(2026, 10, 24, 20, 0, tzinfo=berlin)
    first = next_due(segment(at="20:15"), started, started)
    assert first is not None
    assert first == datetime(2026, 10, 24, 20, 15, tzinfo=berlin)
    second = next_due(segment(at="20:15"), started, first)
    assert second is not None
    assert second == datetime(2026, 10, 25, 20, 15, tzinfo=berlin)
    assert (second.astimezone(UTC) - first.astimezone(UTC)) == timedelta(hours=25)


def test_cron() -> None:
    assert next_due(segment(cron="*/30 * * * *"), START, START) == START + timedelta(minutes=30)


def test_the_shipped_rundown_is_read_and_its_times_are_in_order() -> None:
    rundown = load_rundown([SHIPPED], "demo")
    due = list(occurrences(rundown, START, START + timedelta(hours=1)))
    assert due[0] == (START, "opening")
    assert due == sorted(due)
    assert {name for _, name in due} == {each.id for each in rundown.segments}


def test_every_problem_of_a_rundown_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(
        "title: x\nsegments:\n  - id: one\n    sya: hello\n    every: 5x\n  - id: two\n    say: b\n", encoding="utf-8"
    )
    with pytest.raises(BadFiles) as caught:
        load_rundown([tmp_path], "bad")
    told = "\n".join(map(str, caught.value.problems))
    assert "scenes/bad.yaml:4" in told
    assert "'say'" in told
    assert "scenes/bad.yaml:5" in told
    assert len(caught.value.problems) >= 3


def test_an_unknown_rundown_names_the_known_ones() -> None:
    with pytest.raises(BadFiles, match="demo"):
        load_rundown([SHIPPED], "dmeo")


def test_two_times_for_one_segment_are_refused() -> None:
    with pytest.raises(ValueError, match="exactly once"):
        segment(at="start", every="5m")
