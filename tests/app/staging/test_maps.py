"""Scene maps and what the files ask of OBS."""

from pathlib import Path

import pytest

from streamer.app.plan import read_plan
from streamer.app.staging.maps import load_map, scene_places
from streamer.app.yamlfile import BadFiles
from tests.app.kit import folders, plan, put

MAP = """
scenes: {main: Main, mika: Mika close}
home: main
speakers: {mika: mika}
cut_on_speaker: true
min_shot_s: 2.5
"""


def test_without_a_name_the_map_is_empty(tmp_path: Path) -> None:
    assert load_map([tmp_path], "").core().home == ""


def test_the_map_reaches_the_rules_of_the_show(tmp_path: Path) -> None:
    put(folders(tmp_path).home, "scenes/stage.yaml", MAP)
    made = plan(tmp_path, "obs: {map: stage}\n")
    scenes = made.rules.scenes
    assert (scenes.home, scenes.speakers, scenes.cut_on_speaker, scenes.min_shot_ms) == (
        "main", {"mika": "mika"}, True, 2_500,
    )  # fmt: skip


def test_a_map_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    put(folders(tmp_path).home, "scenes/stage.yaml", MAP)
    with pytest.raises(BadFiles, match="no such scene map; found: demo, stage"):
        plan(tmp_path, "obs: {map: stag}\n")


def test_every_slip_of_a_map_is_said_with_its_line(tmp_path: Path) -> None:
    put(folders(tmp_path).home, "scenes/stage.yaml", "homes: main\nmin_shot_s: -1\n")
    with pytest.raises(BadFiles) as bad:
        plan(tmp_path, "obs: {map: stage}\n")
    said = [str(problem) for problem in bad.value.problems]
    assert [line.split(":")[1] for line in said] == ["1", "2"] or len(said) == 2


def test_a_character_that_nobody_knows_is_said_with_the_nearest(tmp_path: Path) -> None:
    put(folders(tmp_path).home, "scenes/stage.yaml", "speakers: {mikka: main}\n")
    with pytest.raises(BadFiles, match="no character called mikka; did you mean mika"):
        plan(tmp_path, "obs: {map: stage}\n")


def test_two_personas_in_one_program_do_not_stop_the_show(tmp_path: Path) -> None:
    from streamer.app.staging.opening import avatar_health, wanted_drivers
    from tests.app.staging.test_stagehand import Driver

    made = plan(tmp_path, 'avatars: {mika: {kind: vts}, juno: {kind: vts, url: "ws://localhost:8001"}}\n')
    (row,) = avatar_health(made)
    assert (row.part, row.state, row.notice.code) == ("avatar.juno", "broken", "avatar.vts.one_each")
    nobody: object = Driver("x")
    assert list(wanted_drivers(made, nobody, nobody, tmp_path)) == ["avatar.mika"]  # pyright: ignore[reportArgumentType]


def test_scenes_that_anything_asks_for_by_place(tmp_path: Path) -> None:
    where = folders(tmp_path)
    put(where.home, "scenes/stage.yaml", MAP)
    put(where.home, "scenes/friday.yaml", "segments: [{id: news, at: start, say: the news, scene: Desk}]\n")
    made = plan(tmp_path, "obs: {map: stage}\nshow: {rundown: friday}\nalerts: {raid: {scene: Party}}\n")
    assert scene_places(made.scenes, made.rundown, made.settings.alerts) == {
        "Main": "scenes.main", "Mika close": "scenes.mika", "Desk": "segments.news.scene", "Party": "alerts.raid.scene",
    }  # fmt: skip


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    put(folders(tmp_path).home, "scenes/stage.yaml", MAP)
    made = plan(tmp_path, "obs: {map: stage}\n")
    assert read_plan(folders(tmp_path)).scenes == made.scenes
