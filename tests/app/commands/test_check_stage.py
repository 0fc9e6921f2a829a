"""`check` on the stage: one row for each device, and for each name that OBS does not have."""

from pathlib import Path

import pytest

from streamer.app.commands.checkstage import probe_stage
from streamer.texts import say
from tests.app.kit import folders, plan, put
from tests.fakes.obs_ws import FakeObs
from tests.fakes.vts import FakeVts

pytestmark = pytest.mark.timeout(60)


async def test_with_nothing_on_the_stage_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert await probe_stage(plan(tmp_path)) == []


async def test_a_scene_that_obs_does_not_have_is_named_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = folders(tmp_path)
    put(where.home, "scenes/stage.yaml", "scenes: {main: Scen}\n")
    put(where.home, "scenes/friday.yaml", "segments: [{id: news, at: start, say: the news, scene: Desk}]\n")
    async with FakeObs(password="open sesame") as obs, FakeVts() as vts:
        monkeypatch.setenv("SHOWRUNNER_OBS__PASSWORD", "open sesame")
        settings = f'show: {{rundown: friday}}\nobs: {{url: "{obs.url}", map: stage}}\n'
        settings += f'avatars: {{mika: {{kind: vts, url: "{vts.url}", discovery_port: 0}}}}\n'
        rows = await probe_stage(plan(tmp_path, settings))
    said = {row.part: [] for row in rows}
    for row in rows:
        said[row.part].append((row.state, say(row.notice)))
    assert said["obs"][0][0] == "ok"
    missing = " ".join(words for state, words in said["obs"] if state == "degraded")
    assert "Scen" in missing
    assert "Scene" in missing
    assert "Desk" in missing
    assert said["avatar.mika"][0][0] == "degraded"


async def test_a_wrong_password_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOWRUNNER_OBS__PASSWORD", "hunter-seven")
    async with FakeObs(password="right") as obs:
        (row,) = await probe_stage(plan(tmp_path, f'obs: {{url: "{obs.url}"}}\n'))
    assert (row.state, row.notice.code) == ("broken", "obs.fault.password")
    assert "hunter-seven" not in say(row.notice)


async def test_a_source_is_looked_for_in_the_scene_that_a_key_stands_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWRUNNER_OBS__PASSWORD", "x")
    people = "people: {mika: {show: [{scene: main, source: Glow}]}}\n"
    put(folders(tmp_path).home, "scenes/stage.yaml", "scenes: {main: Scene}\n" + people)
    async with FakeObs(password="x") as obs:
        rows = await probe_stage(plan(tmp_path, f'obs: {{url: "{obs.url}", map: stage}}\n'))
    (missing,) = [row.notice for row in rows if row.notice.code.startswith("obs.missing")]
    assert (missing.code, missing.params["name"], missing.params["within"]) == ("obs.missing.source", "Glow", "Scene")
