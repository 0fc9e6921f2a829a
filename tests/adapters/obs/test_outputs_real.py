"""With a real OBS: recording, replay buffer and streaming as the panel orders them, hotkeys, pictures and saved replays
as moments of the show, and cuts in studio mode."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.obs.acts import Outputs, screenshot
from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.settings import SceneMap
from streamer.ports import Cue, Misconfigured, Unavailable
from tests.adapters.obs.driver_kit import said_by
from tests.adapters.stage.contract import FixedView, Told, a_stage, until
from tests.real.media import shades
from tests.real.obs import RealObs
from tests.real.takes import STATE, add_colour, listening

pytestmark = pytest.mark.needs("obs", "xvfb")

SCENES = SceneMap.model_validate({
    "scenes": {"main": "Main", "close": "Close"},
    "on": [
        {"when": "emotion", "is": "joy", "record": "start"},
        {"when": "emotion", "is": "calm", "record": "stop"},
        {"when": "alert", "is": "raid", "replay": "save"},
        {"when": "gesture", "is": "wave", "screenshot": True},
        {"when": "gesture", "is": "nod", "hotkey": "OBSBasic.Screenshot"},
    ],
})  # fmt: skip


@asynccontextmanager
async def outputs_of(link: ObsLink) -> AsyncIterator[Outputs]:
    outputs = Outputs(link.request)
    before = link.on_event

    def hear(name: str, data: Mapping[str, Any]) -> None:
        outputs.heard(name, data)

    link.on_event = hear
    try:
        await outputs.read()
        yield outputs
    finally:
        link.on_event = before


@asynccontextmanager
async def driven(obs: RealObs, folder: Path) -> AsyncIterator[ObsDriver]:
    view = FixedView()
    driver = ObsDriver(obs.link(), SCENES, view, Told(), memory=folder / "obs.json")
    task = asyncio.create_task(driver.run())
    try:
        stage = a_stage(scene="main", why="home")
        view.said = said_by(stage)
        driver.want(stage)
        yield driver
    finally:
        await driver.aclose()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def scenes(link: ObsLink) -> None:
    await add_colour(link, "Main", 0xFF0000)
    await add_colour(link, "Close", 0x0000FF)


async def written(link: ObsLink) -> bool:
    """Whether the recording has begun to grow: OBS can hang when it is to end one that has not."""
    return (await link.request("GetRecordStatus"))["outputBytes"] > 0


async def on_air(link: ObsLink, scene: str) -> bool:
    return (await link.request("GetCurrentProgramScene"))["currentProgramSceneName"] == scene


async def test_a_recording_begins_and_ends_and_lies_where_it_says(clean_obs: ObsLink) -> None:
    async with outputs_of(clean_obs) as outputs:
        await outputs.act("record", on=True)
        await outputs.act("record", on=True)
        assert outputs.on("record") is True
        await until(lambda: written(clean_obs))
        await outputs.act("record", on=False)
        assert outputs.on("record") is False
        assert Path(outputs.file).stat().st_size > 1_000


async def test_a_replay_is_kept(clean_obs: ObsLink) -> None:
    await scenes(clean_obs)  # without any source OBS asks in a box whether that is meant, and starts nothing
    async with outputs_of(clean_obs) as outputs:
        with pytest.raises(Unavailable):
            await outputs.act("replay_save")
        await outputs.act("replay", on=True)
        with listening(clean_obs) as heard:
            await asyncio.sleep(1)
            await outputs.act("replay_save")
            saved = await heard.until("ReplayBufferSaved")
        assert Path(saved["savedReplayPath"]).stat().st_size > 1_000
        await outputs.act("replay", on=False)
        assert outputs.on("replay") is False


async def test_what_this_machine_lacks_is_said(clean_obs: ObsLink) -> None:
    """A stream without a server stops again; the virtual camera is a driver that machines without a screen lack."""
    async with outputs_of(clean_obs) as outputs:
        nowhere = {"server": "rtmp://127.0.0.1:9/live", "key": "show"}
        service = {"streamServiceType": "rtmp_custom", "streamServiceSettings": nowhere}
        await clean_obs.request("SetStreamServiceSettings", service)
        with pytest.raises(Unavailable):
            await outputs.act("stream", on=True)
        assert outputs.on("stream") is False
        if outputs.on("virtual_camera") is None:
            with pytest.raises(Misconfigured):
                await outputs.act("virtual_camera", on=True)


async def test_a_picture_shows_the_scene(clean_obs: ObsLink, tmp_path: Path) -> None:
    await scenes(clean_obs)
    for scene, colour in (("Main", "red"), ("Close", "blue")):
        picture = tmp_path / f"{scene}.jpg"
        picture.write_bytes(await screenshot(clean_obs.request, scene, width=64))
        assert [shade.name for shade in shades(picture)] == [colour]
    with pytest.raises(Unavailable, match="Nowhere"):
        await screenshot(clean_obs.request, "Nowhere")


async def test_moments_press_hotkeys_keep_replays_and_take_pictures(clean_obs: ObsLink, real_obs, tmp_path) -> None:
    await scenes(clean_obs)
    folder = Path((await clean_obs.request("GetRecordDirectory"))["recordDirectory"])
    await clean_obs.request("StartReplayBuffer")

    async def one_more_picture(cue: Cue) -> None:
        before = set(folder.glob("*.png"))
        driver.cue(cue)

        async def taken() -> bool:
            return any(each.stat().st_size > 100 for each in set(folder.glob("*.png")) - before)

        await until(taken)

    async with driven(real_obs, tmp_path) as driver:
        await until(lambda: on_air(clean_obs, "Main"))
        with listening(clean_obs) as heard:
            driver.cue(Cue(kind="emotion", name="joy"))
            await heard.until("RecordStateChanged", outputState=STATE + "STARTED")
            await one_more_picture(Cue(kind="gesture", name="wave"))
            await one_more_picture(Cue(kind="gesture", name="nod"))
            driver.cue(Cue(kind="alert", name="raid"))
            saved = await heard.until("ReplayBufferSaved")
            await until(lambda: written(clean_obs))
            driver.cue(Cue(kind="emotion", name="calm"))
            recorded = await heard.until("RecordStateChanged", outputState=STATE + "STOPPED")
        assert not [each for each in driver.healths() if each.part == "obs.map"]
    assert Path(saved["savedReplayPath"]).stat().st_size > 1_000
    assert Path(recorded["outputPath"]).is_file()  # of a moment only


async def test_of_a_pair_of_hotkeys_the_second_does_nothing_any_more(own_obs: RealObs) -> None:
    """Why the show warns of them. Where this fails, OBS lets go of hotkeys, and the warning has to know since when."""
    async with own_obs.connected() as link:
        with listening(link) as heard:
            await link.request("TriggerHotkeyByName", {"hotkeyName": "OBSBasic.StartRecording"})
            await heard.until("RecordStateChanged", outputState=STATE + "STARTED")
            await link.request("TriggerHotkeyByName", {"hotkeyName": "OBSBasic.StopRecording"})
            await asyncio.sleep(1)
            assert (await link.request("GetRecordStatus"))["outputActive"]
            await link.request("StopRecord")
            await heard.until("RecordStateChanged", outputState=STATE + "STOPPED")


async def test_in_studio_mode_the_programme_is_cut(clean_obs, real_obs, tmp_path) -> None:
    """Whether OBS then puts the old programme into the preview is a setting of its own, and its habit."""
    await scenes(clean_obs)
    await clean_obs.request("CreateScene", {"sceneName": "Draft"})
    async with driven(real_obs, tmp_path) as driver:
        await until(lambda: on_air(clean_obs, "Main"))
        await clean_obs.request("SetStudioModeEnabled", {"studioModeEnabled": True})
        await clean_obs.request("SetCurrentPreviewScene", {"sceneName": "Draft"})
        driver.want(a_stage(scene="close", why="segment"))
        await until(lambda: on_air(clean_obs, "Close"))
        assert (await clean_obs.request("GetStudioModeEnabled"))["studioModeEnabled"]
