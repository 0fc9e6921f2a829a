"""The link against a real OBS: logging in, storms, crashes, freezes and exits."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import ObsLink
from tests.real.obs import RealObs
from tests.real.takes import add_colour

pytestmark = pytest.mark.needs("obs", "xvfb")


async def until(true: Callable[[], Any], *, limit: float = 30.0) -> None:
    async with asyncio.timeout(limit):
        while not true():
            await asyncio.sleep(0.01)


async def test_logs_in_and_asks(clean_obs: ObsLink) -> None:
    assert clean_obs.info.websocket.startswith("5.")
    assert int(clean_obs.info.obs.split(".")[0]) >= 28
    assert "GetSceneList" in clean_obs.info.requests
    assert "ffmpeg_source" in clean_obs.info.kinds
    with pytest.raises(ObsRefused) as refused:
        await clean_obs.request("SetCurrentProgramScene", {"sceneName": "no such scene"})
    assert refused.value.code == 600


async def test_a_wrong_password_is_said_at_once(real_obs: RealObs) -> None:
    link = ObsLink(real_obs.url, "not this one")
    running = asyncio.create_task(link.run())
    began = time.monotonic()
    await until(lambda: link.state == "refused")
    print(f"said after {time.monotonic() - began:.2f} s")
    assert link.code == "password"
    link.renew(real_obs.password)
    await link.ready()
    await link.aclose()
    await running


async def test_a_thousand_requests_amid_events_and_meters_cross_no_answers(
    real_obs: RealObs, clean_obs: ObsLink
) -> None:
    for number in range(10):
        await add_colour(clean_obs, f"s{number}", number, name=f"c{number}")
    heard = {"events": 0, "meters": 0}
    async with real_obs.connected(meters=True) as link:
        link.on_event = lambda name, data: heard.update(events=heard["events"] + 1)
        link.on_meters = lambda rows: heard.update(meters=heard["meters"] + 1)
        took: list[float] = []
        waits: list[float] = []

        async def ask(task: int) -> None:
            name = f"c{task % 10}"
            for turn in range(50):
                began = time.monotonic()
                match (task + turn) % 5:
                    case 0:
                        color = (await link.request("GetInputSettings", {"inputName": name}))["inputSettings"]["color"]
                        assert color == 0xFF000000 | (task % 10) << 16
                    case 1:
                        items = await link.request("GetSceneItemList", {"sceneName": f"s{task % 10}"})
                        assert [item["sourceName"] for item in items["sceneItems"]] == [name]
                    case 2:
                        place = {"positionX": turn, "positionY": task}
                        at = {"sceneName": f"s{task % 10}", "sceneItemId": 1, "sceneItemTransform": place}
                        assert await link.request("SetSceneItemTransform", at) == {}
                    case 3:
                        with pytest.raises(ObsRefused, match=f"nobody {task}`"):
                            await link.request("GetInputSettings", {"inputName": f"nobody {task}"})
                    case _:
                        assert "activeFps" in await link.request("GetStats")
                waits.append(time.monotonic() - began)

        async def alone() -> None:
            for _ in range(50):
                began = time.monotonic()
                await link.request("GetCurrentProgramScene")
                took.append(time.monotonic() - began)
                await asyncio.sleep(0.005)

        began = time.monotonic()
        await asyncio.gather(*(ask(task) for task in range(20)))
        whole = time.monotonic() - began
        await alone()
        assert link.generation == 1
    assert heard["events"] >= 200
    assert heard["meters"] > 0
    cuts = statistics.quantiles(took, n=20)
    print(
        f"1000 requests of 20 tasks in {whole:.2f} s ({1000 * whole / 1000:.2f} ms each); "
        f"one at a time p50 {1000 * statistics.median(took):.1f} ms, p95 {1000 * cuts[18]:.1f} ms"
    )


@pytest.mark.slow
async def test_crash_freeze_and_another_collection(own_obs: RealObs) -> None:
    link = own_obs.link()
    states: list[str] = []
    link.on_state = states.append
    running = asyncio.create_task(link.run())
    await link.ready()

    # A crash: everybody who waits is told at once.
    own_obs.freeze()
    waiting = [asyncio.create_task(link.request("GetStats")) for _ in range(5)]
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await asyncio.to_thread(own_obs.kill)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    print(f"killed: told after {time.monotonic() - began:.2f} s")
    assert all(isinstance(result, ObsGone) for result in results)
    assert link.state == "lost"
    with pytest.raises(ObsGone):
        await link.request("GetStats")
    await asyncio.to_thread(own_obs.start)
    began = time.monotonic()
    await link.ready()
    back = time.monotonic() - began
    print(f"ready {back:.2f} s after OBS was")
    assert back < 2 + 8  # on a busy machine; 0.2 to 1.1 s on an idle one

    # A freeze is noticed within a beat and the limit; the thaw by the next try.
    own_obs.freeze()
    began = time.monotonic()
    await until(lambda: link.state == "lost")
    frozen = time.monotonic() - began
    print(f"frozen: lost after {frozen:.2f} s")
    assert link.code == "silent"
    assert frozen < 1 + 2 + 8
    own_obs.thaw()
    await link.ready()
    await link.request("CreateScene", {"sceneName": "only in the first"})

    # OBS exits at once although we are connected, and another collection is another world.
    began = time.monotonic()
    await asyncio.to_thread(own_obs.quit)
    took = time.monotonic() - began
    print(f"OBS exited in {took:.2f} s")
    assert took < 5  # five seconds more than its second or two when a client does not read
    await asyncio.to_thread(own_obs.start, "Other")
    await link.ready()
    names = [scene["sceneName"] for scene in (await link.request("GetSceneList"))["scenes"]]
    assert "only in the first" not in names
    assert link.generation == 4
    assert [one for one, _ in itertools.groupby(states)] == ["connecting", *["ready", "lost"] * 3, "ready"]

    # Closed, we hold OBS up no more than connected.
    await link.aclose()
    await running
    began = time.monotonic()
    await asyncio.to_thread(own_obs.quit)
    assert time.monotonic() - began < 5
