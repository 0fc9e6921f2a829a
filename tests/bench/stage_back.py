"""`obs_back_s`: OBS is killed in a show; how soon after it answers again is everything as it should be?"""

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path
from typing import Any

from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.settings import SceneMap
from streamer.core.stage import Stage
from tests.adapters.stage.contract import FixedView, Told, a_stage
from tests.bench.report import Bench, spread
from tests.bench.stage_eye import Eye, Missing, an_obs, answering
from tests.real.obs import RealObs
from tests.real.takes import add_colour

MAP = SceneMap.model_validate({
    "scenes": {"main": "Main", "close": "Close", "break": "Break"},
    "transition": {"name": "Cut"},
    "people": {"mika": {"show": [{"scene": "main", "source": "Glow"}]}},
    "texts": [{"input": "Now", "text": "{name}"}],
})  # fmt: skip
LIMIT_S = 30.0
SPEAKS = {"scene": "Close", "glow": True, "text": "Mika"}
RESTS = {"scene": "Main", "glow": False, "text": ""}
ROUNDS = 5


async def furnish(obs: RealObs) -> None:
    """Three scenes, a light that is off and a text; none is as either stage wants it. Saved by closing OBS."""
    async with obs.connected() as link:
        for scene, rgb in (("Break", 0x303030), ("Main", 0x208020), ("Close", 0x202080)):
            await add_colour(link, scene, rgb)
        glow: dict[str, Any] = {"sceneName": "Main", "inputName": "Glow", "inputKind": "color_source_v3"}
        made = await link.request("CreateInput", {**glow, "inputSettings": {"width": 9, "height": 9}})
        off = {"sceneName": "Main", "sceneItemId": made["sceneItemId"], "sceneItemEnabled": False}
        await link.request("SetSceneItemEnabled", off)
        text: dict[str, Any] = {"sceneName": "Main", "inputName": "Now", "inputKind": "text_ft2_source_v2"}
        await link.request("CreateInput", {**text, "inputSettings": {"text": "left over"}})
        await link.request("SetCurrentProgramScene", {"sceneName": "Break"})
    await asyncio.to_thread(obs.quit)
    await asyncio.to_thread(obs.start)


async def looks(eye: Eye) -> dict[str, Any]:
    """What OBS shows."""
    program = await eye.ask("GetCurrentProgramScene") or {}
    items = (await eye.ask("GetSceneItemList", {"sceneName": "Main"}) or {}).get("sceneItems", [])
    text = await eye.ask("GetInputSettings", {"inputName": "Now"}) or {}
    return {
        "scene": program.get("currentProgramSceneName"),
        "glow": next((each["sceneItemEnabled"] for each in items if each["sourceName"] == "Glow"), None),
        "text": text.get("inputSettings", {}).get("text", ""),
    }


async def _becomes(eye: Eye, wanted: dict[str, Any]) -> float:
    """When it is so, by `time.monotonic`."""
    async with asyncio.timeout(LIMIT_S):
        while await looks(eye) != wanted:
            await asyncio.sleep(0.01)
    return time.monotonic()


async def obs_back(bench: Bench, *, quick: bool) -> None:
    """Each time everything changes while OBS is away, so that nothing is right by itself when it is back."""
    try:
        async with an_obs() as obs:
            await furnish(obs)
            values = await back(obs, 1 if quick else ROUNDS)
    except Missing as missing:
        bench.missed("obs_back_s", str(missing))
        return
    bench.measured("obs_back_s", spread(values))


async def back(obs: RealObs, rounds: int) -> list[float]:
    """Seconds, one for each time OBS was killed."""
    view, out = FixedView(), []
    with tempfile.TemporaryDirectory() as folder:
        driver = ObsDriver(obs.link(), MAP, view, Told(), memory=Path(folder) / "obs.json")
        running = asyncio.create_task(driver.run())

        def want(stage: Stage) -> None:
            view.said = {"speaker": "Mika"} if stage.speaker else {}
            driver.want(stage)

        try:
            for _ in range(rounds):
                want(a_stage(scene="main", why="home"))
                async with answering(obs) as eye:
                    await _becomes(eye, RESTS)
                await asyncio.to_thread(obs.kill)
                want(a_stage(scene="close", why="segment", speaker="mika", line=1, sounding=True))
                reviving = asyncio.create_task(asyncio.to_thread(obs.start))
                async with answering(obs) as eye:
                    answers = time.monotonic()
                    out.append(await _becomes(eye, SPEAKS) - answers)
                await reviving
        finally:
            await driver.aclose()
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
    return out
