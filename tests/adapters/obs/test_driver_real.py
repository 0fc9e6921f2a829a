"""The driver with a real OBS: what it asks for really happens, and what viewers see proves it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.settings import SceneMap
from streamer.core.events import SceneTakenByHand
from tests.adapters.obs.driver_kit import said_by, speaking
from tests.adapters.stage.contract import FixedView, Told, a_stage, until
from tests.real.media import changes
from tests.real.obs import RealObs
from tests.real.takes import listening, recording

pytestmark = pytest.mark.needs("obs", "xvfb")

SCENES = SceneMap.model_validate({
    "scenes": {"main": "Main", "close": "Close", "break": "Break"},
    "transition": {"name": "Fade", "ms": 100},
    "people": {
        "mika": {
            "show": [{"scene": "main", "source": "Glow"}],
            "filters": [{"source": "Mika", "filter": "Tint"}],
            "slide": {"scene": "main", "source": "Mika", "from": "left", "by": 320, "ms": 200},
        }
    },
    "texts": [{"input": "Now", "text": "{name}"}],
    "duck": {"inputs": ["Music"], "by_db": 12, "ms": 100},
    "mute_while_host": ["Sting"],
    "on": [{"when": "alert", "is": "raid", "media": "Sting"}],
})  # fmt: skip
QUIET = a_stage(scene="main", why="home")
MIKA = speaking("mika", scene="main", why="home")


async def furnish(link: ObsLink) -> None:
    """Main: green, over it Mika, a red block in the left half. Close: blue."""
    colours = {
        "Main": ("Floor", 0xFF00FF00, 640),
        "Close": ("Wall", 0xFFFF0000, 640),
        "Break": ("Card", 0xFF000000, 640),
    }
    for scene, (name, colour, width) in colours.items():
        await link.request("CreateScene", {"sceneName": scene})
        await _add(link, scene, name, "color_source_v3", {"color": colour, "width": width, "height": 360})
    await _add(link, "Main", "Mika", "color_source_v3", {"color": 0xFF0000FF, "width": 320, "height": 360})
    await _add(link, "Main", "Glow", "color_source_v3", {"color": 0xFFFFFFFF, "width": 4, "height": 4})
    await _add(link, "Main", "Now", "text_ft2_source_v2", {"text": "as it was"})
    for sound in ("Music", "Sting"):
        await _add(link, "Main", sound, "ffmpeg_source", {})
    tint = {"sourceName": "Mika", "filterName": "Tint", "filterKind": "color_filter_v2", "filterSettings": {}}
    await link.request("CreateSourceFilter", tint)
    await link.request("SetInputVolume", {"inputName": "Music", "inputVolumeMul": 0.8})
    with listening(link) as heard, contextlib.suppress(TimeoutError):
        await link.request("SetCurrentProgramScene", {"sceneName": "Main"})
        async with asyncio.timeout(2):  # a driver that chooses another transition in the middle of this one freezes OBS
            await heard.until("SceneTransitionEnded")


async def _add(link: ObsLink, scene: str, name: str, kind: str, settings: dict[str, Any]) -> None:
    """OBS gives a name free a moment after the input of the test before was removed."""
    data = {"sceneName": scene, "inputName": name, "inputKind": kind, "inputSettings": settings}

    async def made() -> bool:
        try:
            await link.request("CreateInput", data)
        except ObsRefused as refused:
            if refused.code != 601:
                raise
            return False
        return True

    await until(made)


class Real:
    """A driver on a real OBS, and a second connection that looks."""

    def __init__(self, obs: RealObs, folder: Path, eye: ObsLink) -> None:
        self.obs, self.eye, self.folder = obs, eye, folder
        self.view, self.told = FixedView(), Told()
        self.link = obs.link()
        self.driver = ObsDriver(self.link, SCENES, self.view, self.told, memory=folder / "obs.json")
        self.task = asyncio.create_task(self.driver.run())

    def want(self, stage: Any) -> None:
        self.view.said = said_by(stage)
        self.driver.want(stage)

    async def looks(self) -> dict[str, Any]:
        ask = self.eye.request
        items = {
            each["sourceName"]: each for each in (await ask("GetSceneItemList", {"sceneName": "Main"}))["sceneItems"]
        }
        return {
            "scene": (await ask("GetCurrentProgramScene"))["currentProgramSceneName"],
            "glow": items["Glow"]["sceneItemEnabled"],
            "x": items["Mika"]["sceneItemTransform"]["positionX"],
            "tint": (await ask("GetSourceFilter", {"sourceName": "Mika", "filterName": "Tint"}))["filterEnabled"],
            "text": (await ask("GetInputSettings", {"inputName": "Now"}))["inputSettings"].get("text", ""),
            "music": round((await ask("GetInputVolume", {"inputName": "Music"}))["inputVolumeMul"], 4),
            "muted": (await ask("GetInputMute", {"inputName": "Sting"}))["inputMuted"],
        }

    async def becomes(self, **wanted: Any) -> None:
        last: dict[str, Any] = {}

        async def so() -> bool:
            nonlocal last
            with contextlib.suppress(Exception):
                last = await self.looks()
            return wanted.items() <= last.items()

        try:
            await until(so)
        except AssertionError:
            raise AssertionError(f"{last}, not {wanted}") from None

    async def close(self) -> None:
        await self.driver.aclose()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@contextlib.asynccontextmanager
async def driven(obs: RealObs, folder: Path, eye: ObsLink) -> AsyncIterator[Real]:
    real = Real(obs, folder, eye)
    try:
        yield real
    finally:
        await real.close()


SPOKEN = {"scene": "Main", "glow": True, "x": 0.0, "tint": True, "text": "Mika", "music": 0.201, "muted": False}
SILENT = {"scene": "Main", "glow": False, "x": -320.0, "tint": False, "text": "", "music": 0.8, "muted": False}
BEFORE = {"glow": True, "x": 0.0, "tint": True, "text": "as it was", "music": 0.8, "muted": False}


async def test_everything_the_map_names_really_changes_and_comes_back(clean_obs, real_obs, tmp_path) -> None:
    await furnish(clean_obs)
    async with driven(real_obs, tmp_path, clean_obs) as real:
        real.want(QUIET)
        await real.becomes(**SILENT)
        now = await clean_obs.request("GetCurrentSceneTransition")
        assert (now["transitionName"], now["transitionDuration"]) == ("Fade", 100)
        real.want(MIKA)
        await real.becomes(**SPOKEN)
        real.want(a_stage(scene="close", host=True))
        await real.becomes(scene="Close", muted=True, music=0.201, x=-320.0)
        await clean_obs.request("SetCurrentProgramScene", {"sceneName": "Break"})

        async def taken() -> bool:
            return any(isinstance(fact, SceneTakenByHand) and fact.scene == "break" for fact in real.told.facts)

        await until(taken)
        assert not [each for each in real.driver.healths() if each.part == "obs.map"]
    await real.becomes(scene="Break", **BEFORE)


async def test_the_recording_shows_the_slide_and_the_scene(clean_obs, real_obs, tmp_path) -> None:
    """In the left half: red while Mika stands there, green when she is out, blue in the other scene."""
    await furnish(clean_obs)
    async with driven(real_obs, tmp_path, clean_obs) as real:
        real.want(QUIET)
        await real.becomes(**SILENT)
        async with recording(clean_obs) as take:
            steps = (
                (MIKA, {"x": 0.0}),
                (QUIET, {"x": -320.0}),
                (a_stage(scene="close", why="segment"), {"scene": "Close"}),
            )
            for stage, wanted in steps:
                await asyncio.sleep(0.7)
                real.want(stage)
                await real.becomes(**wanted)
            await asyncio.sleep(1.0)
    colours = [name for _, name in changes(take.path, box=(0.05, 0.1, 0.4, 0.9)) if name in ("red", "green", "blue")]
    assert colours == ["green", "red", "green", "blue"]


async def test_a_program_frozen_by_somebody_else_is_freed(clean_obs, real_obs, tmp_path) -> None:
    """Changing the transition during one freezes what viewers see; the recording shows that it went on."""
    await furnish(clean_obs)
    async with driven(real_obs, tmp_path, clean_obs) as real:
        real.want(QUIET)
        await real.becomes(**SILENT)
        await clean_obs.request("SetCurrentSceneTransitionDuration", {"transitionDuration": 500})
        async with recording(clean_obs) as take:
            real.want(a_stage(scene="close"))
            await real.becomes(scene="Close")
            await clean_obs.request("SetCurrentSceneTransition", {"transitionName": "Cut"})

            async def settled() -> bool:
                cuts = real.driver.cutter.cuts
                return cuts.program == "Close" == cuts.heading

            await until(settled)
            await asyncio.sleep(0.5)
    assert changes(take.path)[-1][1] == "blue"


async def test_obs_killed_in_mid_slide_comes_back_converged(own_obs: RealObs, tmp_path) -> None:
    async with own_obs.connected() as eye:
        await furnish(eye)
    own_obs.quit()  # saves its scenes
    own_obs.start()
    async with own_obs.connected() as eye, driven(own_obs, tmp_path, eye) as real:
        real.want(QUIET)
        await real.becomes(**SILENT)
        real.want(MIKA)
        await asyncio.sleep(0.1)
        own_obs.kill()
        real.want(a_stage(scene="close", why="segment"))
        own_obs.start()
        came = time.monotonic()
        await real.becomes(**(SILENT | {"scene": "Close"}))
        print(f"converged {time.monotonic() - came:.2f} s after OBS was back")
        real.want(MIKA)
        await real.becomes(**SPOKEN)

        # We die with everything moved: the next one puts it right.
        await real.link.aclose()
        real.task.cancel()
        await asyncio.gather(real.task, return_exceptions=True)
        async with driven(own_obs, tmp_path, eye) as heir:
            heir.want(QUIET)
            await heir.becomes(**SILENT)
        await heir.becomes(**BEFORE)

        # Another collection: nothing of the map is there, which is said, and costs nothing.
        async with driven(own_obs, tmp_path, eye) as third:
            third.want(MIKA)
            await third.becomes(**SPOKEN)
            await eye.request("CreateSceneCollection", {"sceneCollectionName": "Second"})

            async def missed() -> bool:
                return any(
                    each.notice.code == "obs.missing.source" or each.part == "obs.map"
                    for each in third.driver.healths()
                )

            async def found() -> bool:
                return not await missed()

            await until(missed)
            await eye.request("SetCurrentSceneCollection", {"sceneCollectionName": "Headless"})
            await until(found)  # OBS kept the collection as we had made it: its looks do not tell that we have read it
            await third.becomes(**SPOKEN)
        await third.becomes(**BEFORE)
