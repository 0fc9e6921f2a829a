"""The driver of OBS in virtual time: whose doing a cut was, restarts, other collections, the user's hands, moments."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.settings import SceneMap
from streamer.core.events import SceneSeen, SceneTakenByHand
from streamer.ports import CaptionPage, Cue
from tests.adapters.obs.driver_kit import MAP, ObsRig, item, make, place, speaking, where
from tests.adapters.stage.contract import a_stage
from tests.fakes.obs_outputs import World
from tests.virtual_time import run_virtual

HOME = a_stage(scene="main", why="home")


@contextlib.asynccontextmanager
async def on_stage(tmp_path, **changes: Any) -> AsyncIterator[SimpleNamespace]:
    """A driver that has converged to `HOME`."""
    rig = ObsRig(tmp_path)
    driver = rig.driver()
    task = asyncio.create_task(driver.run())
    driver.want(changes.get("stage", HOME))
    await asyncio.sleep(1)
    yield SimpleNamespace(rig=rig, driver=driver, world=rig.world, link=rig.link, told=rig.told)
    await driver.aclose()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def virtual(test: Any) -> Any:
    """Runs an async test on the jumping loop."""

    def run(tmp_path, caplog) -> None:
        caplog.set_level(logging.DEBUG, "streamer.adapters.obs")
        run_virtual(test(tmp_path), limit_s=3600)
        assert not [each for each in caplog.records if each.levelno >= logging.ERROR], caplog.text

    run.__name__ = test.__name__
    return run


def hands(told: Any) -> list[str]:
    return [each.scene for each in told.facts if isinstance(each, SceneTakenByHand)]


def seen(told: Any) -> list[str]:
    return [each.scene for each in told.facts if isinstance(each, SceneSeen)]


def cuts(link: Any) -> list[str]:
    return [each["sceneName"] for each in link.asked("SetCurrentProgramScene")]


# --- cuts -------------------------------------------------------------------------------------------------------------


@virtual
async def test_tells_the_scene_at_connect_and_after_its_own_cuts(tmp_path):
    async with on_stage(tmp_path) as on:
        assert seen(on.told) == ["main"]
        on.driver.want(speaking("mika", scene="mika", why="speaker"))
        await asyncio.sleep(0.5)
        assert on.world.on_air == "Mika close"
        assert (seen(on.told), hands(on.told)) == (["main", "mika"], [])


@virtual
async def test_the_last_of_rapid_changes_wins_and_nothing_is_taken_for_a_hand(tmp_path):
    async with on_stage(tmp_path) as on:
        for at, key in enumerate(["mika", "juno", "main", "mika", "juno", "mika", "juno"]):
            on.driver.want(a_stage(scene=key))
            await asyncio.sleep(0.013 * at)
        await asyncio.sleep(5)
        assert on.world.on_air == "Juno close"
        assert not hands(on.told)


@virtual
async def test_a_change_that_nobody_asked_for_is_the_users(tmp_path):
    async with on_stage(tmp_path) as on:
        before = len(cuts(on.link))
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(1)
        assert hands(on.told) == ["Private"]
        assert on.world.on_air == "Private"
        on.driver.want(a_stage(scene="Private", why="hand", hand=True))
        await asyncio.sleep(30)
        assert (on.world.on_air, len(cuts(on.link))) == ("Private", before)
        on.driver.want(HOME)
        await asyncio.sleep(1)
        assert on.world.on_air == "Main"


@virtual
async def test_a_scene_of_the_users_may_be_called_like_a_key_of_another(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("CreateScene", sceneName="mika")
        on.world.do("SetCurrentProgramScene", sceneName="mika")
        await asyncio.sleep(1)
        on.driver.want(a_stage(scene=hands(on.told)[0], why="hand", hand=True))
        await asyncio.sleep(5)
        assert on.world.on_air == "mika"


@virtual
async def test_two_scenes_taken_quickly_are_both_left(tmp_path):
    """The show answers to the first while the second is on already: no cut back to the first."""
    async with on_stage(tmp_path) as on:
        before = len(cuts(on.link))
        for scene in ("Juno close", "Private"):
            on.world.do("SetCurrentProgramScene", sceneName=scene)
            await asyncio.sleep(0.2)
        on.driver.want(a_stage(scene="juno", why="hand", hand=True))
        await asyncio.sleep(0.1)
        on.driver.want(a_stage(scene="Private", why="hand", hand=True))
        await asyncio.sleep(5)
        assert hands(on.told) == ["juno", "Private"]
        assert (on.world.on_air, len(cuts(on.link))) == ("Private", before)


@virtual
async def test_a_scene_taken_at_the_panel_is_carried_out_in_hand(tmp_path):
    async with on_stage(tmp_path) as on:
        on.driver.want(a_stage(scene="juno", why="hand", hand=True))
        await asyncio.sleep(0.5)
        assert on.world.on_air == "Juno close"
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(10)
        assert on.world.on_air == "Private"


@virtual
async def test_the_user_takes_another_scene_while_our_cut_is_under_way(tmp_path):
    async with on_stage(tmp_path) as on:
        on.driver.want(a_stage(scene="mika"))
        await asyncio.sleep(0.02)
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(10)
        assert hands(on.told) == ["Private"]
        assert on.world.on_air == "Private"
        assert not on.driver.cutter.cuts.given_up


@virtual
async def test_our_cut_comes_over_the_users_and_goes_back_to_his(tmp_path):
    """He took a scene, its event is on the way while we ask for ours: his hand goes first."""
    async with on_stage(tmp_path) as on:
        driver = on.driver
        driver.cutter.cuts.asked("Mika close", asyncio.get_running_loop().time(), 0.1)
        driver._event("CurrentProgramSceneChanged", {"sceneName": "Private"})
        on.world.program = on.world.on_air = "Mika close"
        driver._event("CurrentProgramSceneChanged", {"sceneName": "Mika close"})
        await asyncio.sleep(1)
        assert hands(on.told) == ["Private"]
        assert on.world.on_air == "Private"


@virtual
async def test_a_hand_whose_transition_still_runs_when_the_show_wants_to_cut_is_seen(tmp_path):
    """A cut of ours in the middle of his would end it without an event of its own."""
    async with on_stage(tmp_path) as on:
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(0.02)
        on.driver.want(speaking("mika", scene="mika", why="speaker"))
        await asyncio.sleep(1)
        on.driver.want(speaking("mika", scene="Private", why="hand", hand=True))
        await asyncio.sleep(5)
        assert (hands(on.told), on.world.on_air) == (["Private"], "Private")


@virtual
async def test_emergency_does_not_wait_for_a_transition_of_the_users(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(0.02)
        on.driver.want(a_stage(scene="mika", why="emergency"))
        await asyncio.sleep(5)
        assert (hands(on.told), on.world.on_air) == ([], "Mika close")


@virtual
async def test_the_user_takes_the_very_scene_that_is_wanted(tmp_path):
    async with on_stage(tmp_path) as on:
        on.driver.want(a_stage(scene="mika"))
        await asyncio.sleep(0.005)
        on.world.do("SetCurrentProgramScene", sceneName="Mika close")
        await asyncio.sleep(10)
        assert (hands(on.told), on.world.on_air) == ([], "Mika close")


@virtual
async def test_emergency_goes_over_the_users_hand_and_he_can_leave_it(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(0.2)
        on.driver.want(a_stage(scene="break", why="emergency", hand=True))
        await asyncio.sleep(0.5)
        assert on.world.on_air == "Be right back"
        on.world.do("SetCurrentProgramScene", sceneName="Juno close")
        await asyncio.sleep(0.5)
        on.driver.want(a_stage(scene="juno", why="hand", hand=True))
        await asyncio.sleep(5)
        assert on.world.on_air == "Juno close"


@virtual
async def test_auto_pressed_before_the_show_could_answer_does_not_wait_for_ever(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("SetCurrentProgramScene", sceneName="Private")
        await asyncio.sleep(0.2)
        on.driver.want(HOME)  # taken and given back within one step of the show
        await asyncio.sleep(4)
        assert on.world.on_air == "Main"


@virtual
async def test_a_program_that_stands_still_is_freed_through_another_scene(tmp_path):
    async with on_stage(tmp_path) as on:
        on.driver.want(a_stage(scene="mika"))
        await asyncio.sleep(0.03)
        on.world.do("SetCurrentSceneTransition", transitionName="Cut")  # somebody else does this: OBS freezes
        await asyncio.sleep(0.5)
        assert (on.world.program, on.world.on_air) == ("Mika close", "Main")
        await asyncio.sleep(5)
        assert on.world.on_air == "Mika close"
        assert cuts(on.link)[-2:] == ["Be right back", "Mika close"]
        assert not hands(on.told)


@virtual
async def test_a_scene_with_a_slow_transition_of_its_own_is_waited_for(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do(
            "SetSceneSceneTransitionOverride", sceneName="Mika close", transitionName="Fade", transitionDuration=4000
        )
        on.driver.want(a_stage(scene="mika"))
        await asyncio.sleep(8)
        assert on.world.on_air == "Mika close"
        assert cuts(on.link) == ["Mika close"]


@virtual
async def test_an_event_that_was_missed_is_found_out(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.program = on.world.on_air = "Private"  # without a word
        await asyncio.sleep(5)
        assert hands(on.told) == ["Private"]


@virtual
async def test_a_scene_renamed_on_air_is_the_same_scene(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("SetSceneName", sceneName="Main", newSceneName="Main room")
        await asyncio.sleep(3)
        assert not hands(on.told)
        named = [each.notice.params for each in on.driver.healths() if each.notice.code == "obs.missing.scene"]
        assert [(each["name"], each["nearest"]) for each in named] == [("Main", "Main room")]
        on.world.do("SetSceneName", sceneName="Main room", newSceneName="Main")
        await asyncio.sleep(1)
        assert not [each for each in on.driver.healths() if each.part == "obs.map"]
        on.driver.want(speaking("mika", scene="main"))
        await asyncio.sleep(1)
        assert where(on.world, "Mika") == (100.0, 200.0)


@virtual
async def test_a_scene_that_is_missing_is_named_once_and_used_when_it_comes(
    tmp_path,
):
    rig = ObsRig(tmp_path)
    rig.world.do("RemoveScene", sceneName="Mika close")
    driver = rig.driver()
    task = asyncio.create_task(driver.run())
    driver.want(a_stage(scene="mika"))
    await asyncio.sleep(5)
    assert rig.world.on_air == "Main"
    (row,) = [each for each in driver.healths() if each.part == "obs.map"]
    assert row.notice.params["name"] == "Mika close"
    rig.world.do("CreateScene", sceneName="Mika close")
    await asyncio.sleep(1)
    assert rig.world.on_air == "Mika close"
    assert all(each.part != "obs.map" for each in driver.healths())
    await driver.aclose()
    task.cancel()


@virtual
async def test_the_transition_is_chosen_once_and_never_again(tmp_path):
    async with on_stage(tmp_path) as on:
        assert (on.world.transition, on.world.duration) == ("Fade", 60)
        for key in ("mika", "juno", "main"):
            on.driver.want(a_stage(scene=key))
            await asyncio.sleep(0.05)
        assert len(on.link.asked("SetCurrentSceneTransitionDuration")) == 1
        assert not on.link.asked("SetCurrentSceneTransition")
        on.world.do("SetCurrentSceneTransitionDuration", transitionDuration=900)  # the user likes it slower
        on.driver.want(a_stage(scene="mika"))
        await asyncio.sleep(3)
        assert on.world.duration == 900
        assert len(cuts(on.link)) == 4


@virtual
async def test_studio_mode_keeps_its_preview(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("SetStudioModeEnabled", studioModeEnabled=True)
        on.driver.want(a_stage(scene="mika"))
        await asyncio.sleep(1)
        assert on.world.on_air == "Mika close"
        assert not on.link.asked("SetCurrentPreviewScene")


# --- restarts ---------------------------------------------------------------------------------------------------------


@virtual
async def test_a_scene_changed_while_the_connection_was_lost_is_the_users(tmp_path):
    async with on_stage(tmp_path) as on:
        await asyncio.sleep(3)
        on.link.lose()
        on.world.program = on.world.on_air = "Private"
        await asyncio.sleep(1)
        on.link.come_back()
        await asyncio.sleep(3)
        assert hands(on.told) == ["Private"]
        assert on.world.on_air == "Private"


@virtual
async def test_after_a_restart_of_obs_the_wanted_scene_comes_back(tmp_path):
    async with on_stage(tmp_path) as on:
        await asyncio.sleep(3)
        await on.rig.restart()
        await asyncio.sleep(1)
        assert (hands(on.told), on.world.on_air) == ([], "Main")


@virtual
async def test_in_hand_a_restart_of_obs_cuts_nothing(tmp_path):
    async with on_stage(tmp_path) as on:
        on.world.do("SetCurrentProgramScene", sceneName="Juno close")
        await asyncio.sleep(0.2)
        on.driver.want(a_stage(scene="juno", why="hand", hand=True))
        await asyncio.sleep(3)
        await on.rig.restart()
        await asyncio.sleep(3)
        assert on.world.on_air == "Private"


@virtual
async def test_another_collection_is_read_and_driven_and_the_first_put_right_later(tmp_path):
    async with on_stage(tmp_path) as on:
        world: World = on.world
        assert where(world, "Mika") == (-300.0, 200.0)
        kept = (world.scenes, world.inputs, world.program)
        other = World()
        make(other.do)
        world.emit("CurrentSceneCollectionChanging", sceneCollectionName="Headless")
        before = len(on.link.ledger)
        on.driver.want(speaking("mika", scene="mika"))
        await asyncio.sleep(1)
        assert len([name for name, _ in on.link.ledger[before:] if name.startswith("Set")]) == 0
        world.scenes, world.inputs, world.program = other.scenes, other.inputs, "Private"
        world.on_air, world.collection = "Private", "Second"
        world.emit("CurrentSceneCollectionChanged", sceneCollectionName="Second")
        await asyncio.sleep(1)
        assert (world.on_air, hands(on.told)) == ("Mika close", [])
        assert where(world, "Mika") == (0.0, 0.0)
        on.driver.want(HOME)
        await asyncio.sleep(1)
        assert where(world, "Mika") == (-400.0, 0.0)
        world.emit("CurrentSceneCollectionChanging", sceneCollectionName="Second")
        world.scenes, world.inputs, world.program = kept
        world.on_air, world.collection = world.program, "Headless"
        world.emit("CurrentSceneCollectionChanged", sceneCollectionName="Headless")
        on.driver.want(speaking("mika", scene="main"))
        await asyncio.sleep(1)
        assert where(world, "Mika") == (100.0, 200.0)
    assert where(world, "Mika") == (100.0, 200.0)


# --- the user's hands -------------------------------------------------------------------------------------------------


@virtual
async def test_slides_by_the_clock_and_ends_exactly_where_the_user_has_it(tmp_path):
    async with on_stage(tmp_path) as on:
        place(on.world, "Mika", 100.25, 33.125)
        await asyncio.sleep(1)
        on.driver.want(speaking("juno", scene="main"))
        on.driver.want(speaking("mika", scene="main"))
        await asyncio.sleep(1)
        on.driver.want(HOME)
        await asyncio.sleep(1)
        assert where(on.world, "Mika") == (-299.75, 33.125)
        before = len(on.link.asked("SetSceneItemTransform"))
        on.driver.want(speaking("mika", scene="main"))
        await asyncio.sleep(1)
        assert where(on.world, "Mika") == (100.25, 33.125)
        sent = on.link.asked("SetSceneItemTransform")[before:]
        assert 2 <= len(sent) <= 4  # 60 ms at thirty steps a second
        assert all(set(each["sceneItemTransform"]) == {"positionX", "positionY"} for each in sent)
        await asyncio.sleep(60)
        assert len(on.link.asked("SetSceneItemTransform")) == before + len(sent)


@virtual
async def test_what_the_user_drags_in_mid_slide_stays_where_he_drops_it(tmp_path):
    rig_map = MAP.model_copy(deep=True)
    rig = ObsRig(tmp_path)
    driver = ObsDriver(link := _link(rig), _slow(rig_map), rig.view, rig.told, memory=tmp_path / "obs.json")
    task = asyncio.create_task(driver.run())
    driver.want(HOME)
    await asyncio.sleep(3)
    driver.want(speaking("mika", scene="main"))
    await asyncio.sleep(0.5)
    assert -300 < where(rig.world, "Mika")[0] < 100
    place(rig.world, "Mika", 640.0, 64.0)
    await asyncio.sleep(3)
    assert where(rig.world, "Mika") == (640.0, 64.0)
    driver.want(HOME)
    await asyncio.sleep(3)
    assert where(rig.world, "Mika") == (240.0, 64.0)
    await driver.aclose()
    assert where(rig.world, "Mika") == (640.0, 64.0)
    assert link.state == "off"
    task.cancel()


def _link(rig: ObsRig) -> Any:
    rig.driver()
    return rig.link


def _slow(scene_map: SceneMap) -> SceneMap:
    data = scene_map.model_dump(by_alias=True)
    data["people"]["mika"]["slide"]["ms"] = 1000
    data["duck"]["ms"] = 1000
    return SceneMap.model_validate(data)


@virtual
async def test_music_is_ducked_and_comes_back_exactly(tmp_path):
    async with on_stage(tmp_path) as on:
        music = on.world.inputs["Music"]
        on.driver.want(speaking("mika", scene="main"))
        await asyncio.sleep(1)
        assert music.volume == pytest.approx(0.7 * 10 ** (-12 / 20))
        on.driver.want(HOME)
        await asyncio.sleep(1)
        assert music.volume == 0.7


@virtual
async def test_the_users_fader_wins_while_it_is_ducked(tmp_path):
    async with on_stage(tmp_path) as on:
        music = on.world.inputs["Music"]
        on.driver.want(a_stage(scene="main", host=True))
        await asyncio.sleep(1)
        on.world.do("SetInputVolume", inputName="Music", inputVolumeMul=0.05)
        await asyncio.sleep(1)
        on.driver.want(HOME)
        await asyncio.sleep(1)
        assert music.volume == 0.05
        on.driver.want(speaking("juno", scene="main"))
        await asyncio.sleep(1)
        assert music.volume == pytest.approx(0.05 * 10 ** (-12 / 20))
    assert music.volume == 0.05


@virtual
async def test_what_the_user_switches_stays_until_the_show_wants_something_else_of_it(tmp_path):
    async with on_stage(tmp_path) as on:
        glow = item(on.world, "Mika glow")
        on.world.do("SetSceneItemEnabled", sceneName="Main", sceneItemId=glow.id, sceneItemEnabled=True)
        on.driver.want(speaking("juno", scene="main"))
        await asyncio.sleep(2)
        assert glow.enabled
        on.driver.want(speaking("mika", scene="main"))
        await asyncio.sleep(1)
        assert glow.enabled
        on.driver.want(HOME)
        await asyncio.sleep(1)
        assert not glow.enabled


@virtual
async def test_a_mute_of_the_users_is_not_undone(tmp_path):
    async with on_stage(tmp_path) as on:
        alerts = on.world.inputs["Alerts"]
        for already in (False, True):
            on.world.do("SetInputMute", inputName="Alerts", inputMuted=already)
            on.driver.want(a_stage(scene="main", host=True))
            await asyncio.sleep(0.5)
            assert alerts.muted
            on.driver.want(HOME)
            await asyncio.sleep(0.5)
            assert alerts.muted is already
        on.world.do("SetInputMute", inputName="Alerts", inputMuted=False)
        on.driver.want(a_stage(scene="main", host=True))
        await asyncio.sleep(0.5)
        on.world.do("SetInputMute", inputName="Alerts", inputMuted=False)
        await asyncio.sleep(0.5)
        assert not alerts.muted


@virtual
async def test_a_source_renamed_in_the_middle_is_given_back(tmp_path):
    async with on_stage(tmp_path) as on:
        assert where(on.world, "Juno") == (900.0, 550.5)
        on.world.do("SetInputName", inputName="Juno", newInputName="Juno 2")
        await asyncio.sleep(1)
        assert where(on.world, "Juno 2") == (900.0, 250.5)
        assert any(each.notice.params.get("nearest") == "Juno 2" for each in on.driver.healths())


@virtual
async def test_what_stood_there_before_comes_back_at_the_end(tmp_path):
    rig = ObsRig(tmp_path)
    rig.world.do("SetInputSettings", inputName="Question", inputSettings={"text": "Ask us!"})
    driver = rig.driver()
    task = asyncio.create_task(driver.run())
    rig.view.said = {"speaker": "Mika", "answering_name": "Vi\u202ewer\n", "answering_text": "why " * 30}
    driver.want(speaking("mika", answering="x"))
    await asyncio.sleep(1)
    assert rig.world.inputs["Question"].settings["text"] == "Viwer: why why why why why why why why…"
    assert not item(rig.world, "Juno glow").enabled
    assert b"why" not in (tmp_path / "obs.json").read_bytes()
    await driver.aclose()
    assert rig.world.inputs["Question"].settings["text"] == "Ask us!"
    assert item(rig.world, "Juno glow").enabled
    assert not await rig.taken()
    task.cancel()


# --- moments ----------------------------------------------------------------------------------------------------------


@virtual
async def test_moments_happen_once_and_are_not_made_up_for(tmp_path):
    async with on_stage(tmp_path) as on:
        for cue in (
            Cue(kind="alert", name="raid"), Cue(kind="alert", name="sub"), Cue(kind="emotion", name="joy"),
            Cue(kind="alert", name="follow"), Cue(kind="gesture", name="wave"),
        ):  # fmt: skip
            on.driver.cue(cue)
        await asyncio.sleep(1)
        assert on.world.inputs["Raid sting"].played == 1
        assert on.world.hotkeys_pressed == ["OBSBasic.StartRecording"]
        on.link.lose()
        on.driver.cue(Cue(kind="alert", name="raid"))
        await asyncio.sleep(0.1)
        on.link.come_back()
        await asyncio.sleep(2)
        assert on.world.inputs["Raid sting"].played == 1


# --- what is told -----------------------------------------------------------------------------------------------------


@virtual
async def test_the_panel_sees_obs(tmp_path):
    async with on_stage(tmp_path) as on:
        await asyncio.sleep(5)
        state = on.told.states["obs"]
        assert state == {
            "state": "ready", "version": "29.0.2", "scene": "Main", "recording": False, "paused": False,
            "streaming": False,
            "replay": False, "virtual": None, "fps": 60.0, "dropped_pct": 0.0, "bitrate_kbps": None, "browser": False,
            "level_db": None,
        }  # fmt: skip
        await on.driver.act("record", True)
        assert on.told.states["obs"]["recording"] is True
        assert (await on.driver.screenshot()).startswith(b"\xff\xd8")
        on.link.lose()
        assert on.told.states["obs"]["state"] == "lost"
        assert on.told.states["obs"]["recording"] is None
        assert on.driver.healths()[0].state == "broken"
        on.link.come_back()


@virtual
async def test_captions_are_told_each_page_and_again_after_a_loss(tmp_path):
    shown: list[Any] = []

    class Writer:
        async def show(self, page):
            shown.append(page)

    rig = ObsRig(tmp_path)
    driver = ObsDriver(_link(rig), MAP, rig.view, rig.told, memory=tmp_path / "obs.json", captions=Writer())
    task = asyncio.create_task(driver.run())
    await asyncio.sleep(1)
    page = CaptionPage(1, "mika", "Mika", ("Hello",), 0, 900)
    rig.view.page = page
    await asyncio.sleep(1)
    assert shown == [None, page]
    await rig.drop()
    await asyncio.sleep(1)
    assert shown == [None, page, page]
    await driver.aclose()
    assert shown[-1] is None
    task.cancel()


@virtual
async def test_a_fault_of_ours_does_not_end_the_driving(tmp_path):
    async with on_stage(tmp_path) as on:
        original, on.driver.props.next = on.driver.props.next, None
        logging.disable(logging.ERROR)
        on.driver.want(speaking("mika", scene="mika"))
        await asyncio.sleep(1)
        on.driver.props.next = original
        await asyncio.sleep(3)
        logging.disable(logging.NOTSET)
        assert item(on.world, "Mika glow").enabled


@virtual
async def test_every_request_says_why(tmp_path):
    async with on_stage(tmp_path) as on:
        on.driver.props.aim(on.driver.props._target, 0.0)
        on.driver.want(speaking("mika", scene="mika"))
        on.driver._take_stage(asyncio.get_running_loop().time())
        change = on.driver.props.next(asyncio.get_running_loop().time())
        assert change.reason
        await asyncio.sleep(1)
