"""The level of what is heard, and the alarm when a voice plays and nothing is heard."""

import array
import math

import pytest

from streamer.app.output_level import DEAD_MS, OutputLevel, level_db, obs_level

LOUD = array.array("h", [8_000, -8_000] * 240).tobytes()
QUIET = bytes(960)


class Stand:
    """A line of loud frames, and what is measured of it, 20 ms at a time."""

    def __init__(self) -> None:
        self.now = 0
        self.levels: list[float | None] = []
        self.dead: list[bool] = []
        self.level = OutputLevel(lambda: self.now, on_level=self.levels.append, on_dead=self.dead.append)
        self.at = 0

    def begin(self) -> None:
        self.at = 0
        self.level.play(0)

    def run(self, ms: int, db: float | None, frame: bytes = LOUD) -> None:
        for _ in range(0, ms, 20):
            self.level.push(frame)
            self.at += 20
            self.now += 20
            if db is not None and self.now % 100 == 0:
                self.level.measured(db)
            if self.now % 100 == 0:
                self.level.heard(self.at)


def test_levels_of_samples():
    assert level_db(LOUD) == pytest.approx(20 * math.log10(8_000 / 32_768), abs=0.01)
    assert level_db(QUIET) == level_db(b"") == -100.0


def test_a_voice_that_is_heard_raises_no_alarm_and_gives_ten_levels_a_second():
    stand = Stand()
    stand.begin()
    stand.run(3_000, -20.0)
    assert stand.dead == []
    assert 28 <= len(stand.levels) <= 31
    assert set(stand.levels) == {-20.0}
    stand.level.heard(3_000, ended=True)
    assert stand.levels[-1] is None
    stand.level.stop()
    assert stand.levels.count(None) == 1
    assert len(stand.level.history) == len(stand.levels) - 1


def test_a_voice_that_plays_in_silence_is_dead_after_1500_ms_and_alive_when_it_is_heard():
    stand = Stand()
    stand.begin()
    stand.run(DEAD_MS, -100.0)
    assert stand.dead == []
    stand.run(200, -100.0)
    assert stand.dead == [True]
    stand.run(200, -30.0)
    assert stand.dead == [True, False]


def test_a_pause_in_the_line_is_no_alarm():
    stand = Stand()
    stand.begin()
    stand.run(1_000, -20.0)
    stand.run(4_000, -100.0, QUIET)
    stand.run(1_000, -20.0)
    assert stand.dead == []


def test_a_ducked_voice_is_heard():
    stand = Stand()
    stand.begin()
    stand.run(4_000, -36.0)
    assert stand.dead == []


def test_without_measurements_nothing_is_said():
    stand = Stand()
    stand.begin()
    stand.run(10_000, None)
    assert (stand.dead, stand.levels) == ([], [])


def test_short_lines_in_silence_add_up():
    stand = Stand()
    for _ in range(4):
        stand.begin()
        stand.run(600, -100.0)
        stand.level.heard(stand.at, ended=True)
    assert stand.dead == [True]


def test_another_player_starts_without_debts():
    stand = Stand()
    stand.begin()
    stand.run(1_800, -100.0)
    stand.level.forget()
    assert stand.dead == [True, False]
    stand.run(1_400, -100.0)
    assert stand.dead == [True, False]


@pytest.mark.parametrize("db", [float("nan"), float("inf"), -1e9, 40.0])
def test_what_is_no_level_is_kept_in_bounds(db: float):
    stand = Stand()
    stand.begin()
    stand.now = 100
    stand.level.measured(db)
    assert all(each is None or -100 <= each <= 0 for each in stand.levels)


def test_the_loudest_of_the_inputs_in_a_report_of_obs():
    rows = [
        {"inputName": "Voices", "inputLevelsMul": [[0.05, 0.2, 0.2], [0.1, 0.3, 0.3]]},
        {"inputName": "Mic", "inputLevelsMul": [[0.9, 0.9, 0.9]]},
        {"inputName": "Muted", "inputLevelsMul": [[0.0, 0.0, 0.9]]},
        {"inputName": "Odd", "inputLevelsMul": [None, [], ["x"], [6.7e22, 1.0, 1.0], [float("nan"), 1.0, 1.0]]},
        {"inputName": "None"},
    ]
    assert obs_level(rows, ["Voices", "Muted"]) == pytest.approx(-20.0)
    assert obs_level(rows, ["Muted"]) == obs_level(rows, ["Odd"]) == obs_level(rows, ["None"]) == -100.0
    assert obs_level(rows, ["Elsewhere"]) is None
