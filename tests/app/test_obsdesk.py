"""The desk of OBS inside a show: what it does to OBS, to the files and to the keyring."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from streamer.adapters.obs.link import ObsLink
from streamer.app import settings as settings_module
from streamer.app.obs import desk as desk_module
from streamer.app.obs.desk import ObsDesk, ObsHouse
from streamer.app.staging.opening import keyed_obs
from streamer.ports import Health, Notice
from streamer.texts import LANGUAGES, texts
from streamer.web.obs import ApplyObs, PlanObs, PutOverlay
from streamer.web.rest import Problem
from tests.adapters.obs.collection import whole, windows
from tests.app.setup.show import Show
from tests.fakes.obs_ws import FakeObs

BASE, TOKEN = "http://localhost:8765", "overlay-token"


class Stand:
    """A show whose driver's link is opened anew when the settings change, as the real one does."""

    def __init__(self, show: Show, obs: FakeObs) -> None:
        self.show, self.obs = show, obs
        self.link: ObsLink | None = None
        self._task: asyncio.Task[None] | None = None
        self._key: object = None
        row = Health("obs", "ok", Notice("part.ok"))
        house = ObsHouse(
            plan=lambda: show.plan, reload=self._reload, link=lambda: self.link, healths=lambda: [row],
            overlays=lambda: (BASE, TOKEN), kinds=lambda: ["stage", "chat", "avatar"], port=lambda: 8765,
        )  # fmt: skip
        self.desk = ObsDesk(house, keys=show.keys)

    async def _reload(self) -> None:
        await self.show._reload()
        await self.open()

    async def open(self) -> None:
        part = self.show.plan.settings.obs
        if part == self._key:
            return
        await self.close()
        self._key = part
        if part is not None:
            part = keyed_obs(part)
            self.link = ObsLink(part.url, part.password.get_secret_value())
            self._task = asyncio.create_task(self.link.run())
            async with asyncio.timeout(20):
                await self.link.ready()

    async def close(self) -> None:
        if self.link is not None and self._task is not None:
            await self.link.aclose()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.link = self._task = None


@pytest.fixture
async def stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    async with FakeObs(windows()) as obs:
        show = Show(tmp_path, "# mine\nshow: {title: Friday}\n")
        monkeypatch.setattr(settings_module, "KEYS", show.keys)
        stand = Stand(show, obs)
        yield stand
        await stand.close()


async def refused(call: object) -> Problem:
    with pytest.raises(Problem) as wrong:
        await call  # type: ignore[misc]
    for language in LANGUAGES:
        assert texts(language).get(f"setup.problem.{wrong.value.code}")
    return wrong.value


async def test_an_address_and_a_password_that_work_are_kept(stand: Stand) -> None:
    state = await stand.desk.state()
    assert (state.configured, state.state, state.url) == (False, "off", "ws://127.0.0.1:4455")
    before = stand.show.text
    wrong = await refused(stand.desk.connect(stand.obs.url, "wrong"))
    assert (wrong.status, wrong.code, wrong.path) == (422, "obs_password", "$.password")
    assert (await refused(stand.desk.connect("http://x", None))).code == "obs_address"
    assert (stand.show.text, stand.show.ring.kept) == (before, {})
    state = await stand.desk.connect(stand.obs.url, "obs-secret")
    assert (state.configured, state.state, state.has_password, state.browser) == (True, "ready", True, True)
    assert (state.scene, state.scenes, state.version) == ("Scene", ("Scene",), "29.0.2")
    assert stand.show.text == f"{before}obs:\n  url: {stand.obs.url}\n"
    assert list(stand.show.ring.kept.values()) == ["obs-secret"]


async def test_a_password_is_for_its_address_only(stand: Stand) -> None:
    await stand.desk.connect(stand.obs.url, "obs-secret")
    async with FakeObs(windows()) as other:
        wrong = await refused(stand.desk.connect(other.url, None))
        assert wrong.code == "obs_password_missing"
        assert stand.show.plan.settings.obs is not None
        assert stand.show.plan.settings.obs.url == stand.obs.url
        await stand.desk.connect(other.url, "obs-secret")
        assert (await stand.desk.connect(stand.obs.url, None)).state == "ready"
        await stand.close()


async def test_a_name_is_not_looked_up_on_the_thread_of_the_show(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def look(base: str, _url: str, _port: int) -> str:
        asked.append(threading.current_thread() is threading.main_thread())
        return base

    await stand.desk.connect(stand.obs.url, "obs-secret")
    monkeypatch.setattr(desk_module, "base_for", look)
    await stand.desk.state()
    assert asked == [False]


async def test_no_obs_there(stand: Stand) -> None:
    url = stand.obs.url
    await stand.obs.stop()
    wrong = await refused(stand.desk.connect(url, ""))
    assert (wrong.status, wrong.code) == (502, "obs_no_answer")
    assert "Tools > WebSocket Server Settings" in wrong.detail
    for call in (stand.desk.plan(PlanObs()), stand.desk.output("record", "start"), stand.desk.screenshot()):
        assert (await refused(call)).code == "obs_off"


async def test_plan_apply_and_undo(stand: Stand) -> None:
    await stand.desk.connect(stand.obs.url, "obs-secret")
    before, text = whole(stand.obs.world), stand.show.text
    plan = await stand.desk.plan(PlanObs())
    assert [step.words.code for step in plan.steps] == ["obs.plan.make_scene", "obs.plan.make_stage"]
    stand.obs.world.do("CreateScene", sceneName="Showrunner")
    assert (await refused(stand.desk.apply(ApplyObs(seen=plan.seen)))).code == "obs_changed"
    stand.obs.world.do("RemoveScene", sceneName="Showrunner")
    done = await stand.desk.apply(ApplyObs(seen=plan.seen))
    assert (len(done.steps), done.left, [step.trouble for step in done.steps]) == (2, 0, ["", ""])
    assert stand.obs.world.inputs["Showrunner stage"].settings["url"] == f"{BASE}/overlay/stage?token={TOKEN}"
    assert (await stand.desk.plan(PlanObs())).steps == ()
    assert (await stand.desk.state()).can_undo
    dry = await stand.desk.undo(dry=True)
    assert [step.words.code for step in dry.steps] == ["obs.plan.remove_input", "obs.plan.remove_scene"]
    assert (await stand.desk.undo(dry=False)).left == 0
    assert (whole(stand.obs.world), stand.show.text) == (before, text)
    assert not (await stand.desk.state()).can_undo


async def test_a_scene_map_is_written_and_read_by_the_show(stand: Stand) -> None:
    await stand.desk.connect(stand.obs.url, "obs-secret")
    stand.obs.world.do("CreateScene", sceneName="Be right back")
    text = stand.show.text
    await stand.desk.apply(ApplyObs(scene_map="friday"))
    assert stand.show.plan.scenes.scenes == {"scene": "Scene", "be-right-back": "Be right back"}
    assert stand.show.plan.scenes.home == "scene"
    assert (await stand.desk.plan(PlanObs())).steps == ()
    assert (await refused(stand.desk.plan(PlanObs(scene_map="friday")))).code == "obs_map_there"
    await stand.desk.undo(dry=False)
    assert stand.show.text == text
    assert not (stand.show.folders.home / "scenes" / "friday.yaml").exists()


async def test_an_overlay_into_the_scene_on_air(stand: Stand) -> None:
    await stand.desk.connect(stand.obs.url, "obs-secret")
    put = await stand.desk.put(PutOverlay("chat", {"rows": "8", "token": "stolen"}))
    assert (put.outcome, put.source, put.scene) == ("done", "Showrunner chat", "Scene")
    assert stand.obs.world.inputs["Showrunner chat"].settings["url"] == f"{BASE}/overlay/chat?token={TOKEN}&rows=8"
    assert (await stand.desk.put(PutOverlay("chat"))).outcome == "already"
    assert (await refused(stand.desk.put(PutOverlay("nothing")))).status == 404
    assert (await refused(stand.desk.put(PutOverlay("chat", scene="Gone")))).code == "obs_no_scene"
    stand.obs.world.kinds = ("image_source",)
    assert (await refused(stand.desk.put(PutOverlay("stage")))).code == "obs_no_browser"


async def test_outputs_by_hand(stand: Stand) -> None:
    await stand.desk.connect(stand.obs.url, "obs-secret")
    world = stand.obs.world
    assert await stand.desk.output("record", "stop") == "already"
    assert await stand.desk.output("record", "start") == "done"
    assert world.outputs["Record"].active
    assert await stand.desk.output("record", "start") == "already"
    world.stream_fails = True
    assert (await refused(stand.desk.output("stream", "start"))).code == "obs_output"
    assert (await refused(stand.desk.output("virtual_camera", "start"))).code == "obs_output"
    assert (await stand.desk.screenshot())[:2] == b"\xff\xd8"


async def test_obs_goes_in_the_middle(stand: Stand) -> None:
    await stand.desk.connect(stand.obs.url, "obs-secret")
    stand.obs.drop_on = {"SetInputAudioMonitorType"}
    assert (await refused(stand.desk.apply(ApplyObs()))).code == "obs_gone"
    stand.obs.drop_on = set()
    assert stand.link is not None
    async with asyncio.timeout(20):
        await stand.link.ready()
    assert [step.words.code for step in (await stand.desk.plan(PlanObs())).steps] == ["obs.plan.change_monitor"]
    await stand.desk.undo(dry=False)
    assert stand.obs.world.inputs == {}
