"""The in-memory OBS: what it takes from a real one about time, and its link without sockets."""

import asyncio

import pytest

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import ObsLink
from tests.fakes.obs_outputs import World
from tests.fakes.obs_ws import FakeLink, FakeObs
from tests.virtual_time import run_virtual


def listen(world: World) -> list[str]:
    heard: list[str] = []
    world.listeners.append(lambda name, data: heard.append(name))
    return heard


def test_a_fade_says_at_once_and_shows_at_its_end() -> None:
    async def story() -> None:
        world = World(fps=60)
        world.do("CreateScene", sceneName="A")
        heard = listen(world)
        world.do("SetCurrentProgramScene", sceneName="A")
        assert world.do("GetCurrentProgramScene") == {"currentProgramSceneName": "A"}
        assert world.on_air == "Scene"
        await asyncio.sleep(0.33)
        assert world.on_air == "A"
        assert heard == [
            "SceneTransitionStarted", "SceneTransitionVideoEnded", "SceneTransitionEnded", "CurrentProgramSceneChanged",
        ]  # fmt: skip
        world.do("SetCurrentProgramScene", sceneName="A")
        await asyncio.sleep(1)
        assert len(heard) == 4

    run_virtual(story())


def test_another_transition_while_one_runs_freezes_the_programme_until_a_third_scene() -> None:
    async def story() -> None:
        world = World()
        for name in "AB":
            world.do("CreateScene", sceneName=name)
        heard = listen(world)
        world.do("SetCurrentProgramScene", sceneName="A")
        await asyncio.sleep(0.1)
        world.do("SetCurrentSceneTransition", transitionName="Cut")
        for scene in ("Scene", "A"):
            world.do("SetCurrentProgramScene", sceneName=scene)
            await asyncio.sleep(1)
            assert world.do("GetCurrentProgramScene") == {"currentProgramSceneName": scene}
        assert world.on_air == "Scene"
        assert "CurrentProgramSceneChanged" not in heard
        world.do("SetCurrentProgramScene", sceneName="B")
        await asyncio.sleep(1)
        assert world.on_air == "B"
        assert heard[-1] == "CurrentProgramSceneChanged"

    run_virtual(story())


def test_the_last_of_quick_switches_wins() -> None:
    async def story() -> None:
        world = World()
        for name in "ABC":
            world.do("CreateScene", sceneName=name)
        for name in "ABC":
            world.do("SetCurrentProgramScene", sceneName=name)
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        assert world.on_air == "C"

    run_virtual(story())


def test_outputs_take_their_time() -> None:
    async def story() -> None:
        world = World()
        states: list[str] = []
        world.listeners.append(lambda name, data: states.append(data["outputState"].rpartition("_")[2]))
        world.do("StartRecord")
        await asyncio.sleep(2)
        assert world.do("GetRecordStatus")["outputDuration"] == pytest.approx(1950, abs=20)
        path = world.do("StopRecord")["outputPath"]
        assert world.do("GetRecordStatus")["outputActive"] is False
        await asyncio.sleep(1)
        assert states == ["STARTING", "STARTED", "STOPPING", "STOPPED"]
        assert path.endswith(".mkv")
        world.stream_fails = True
        world.do("StartStream")
        await asyncio.sleep(1)
        assert states[-2:] == ["STARTING", "STOPPED"]

    run_virtual(story())


def test_the_link_without_sockets_loses_and_finds_its_obs_in_virtual_time() -> None:
    async def story() -> None:
        link = FakeLink()
        states: list[str] = []
        events: list[str] = []
        link.on_state, link.on_event = states.append, lambda name, data: events.append(name)
        running = asyncio.create_task(link.run())
        await link.ready()
        assert (await link.request("GetSceneList"))["currentProgramSceneName"] == "Scene"
        with pytest.raises(ObsRefused) as refused:
            await link.request("SetCurrentProgramScene", {"sceneName": "nowhere"})
        assert refused.value.code == 600
        under_way = asyncio.create_task(link.request("GetStats"))
        await asyncio.sleep(0)
        link.lose()
        with pytest.raises(ObsGone):
            await under_way
        with pytest.raises(ObsGone):
            await link.request("GetStats")
        link.come_back(World())
        await link.ready()
        await link.request("CreateScene", {"sceneName": "A"})
        assert link.generation == 2
        assert states == ["connecting", "ready", "lost", "ready"]
        assert events == ["SceneListChanged", "SceneCreated"]
        await link.aclose()
        await running

    run_virtual(story())


async def test_served_over_a_socket() -> None:
    async with FakeObs(browser=True) as obs:
        link = obs.link(meters=True)
        levels: list[list[dict[str, object]]] = []
        link.on_meters = levels.append
        obs.meters["Mic"] = 0.5
        running = asyncio.create_task(link.run())
        await link.ready()
        assert link.info.browser
        await link.request("CreateScene", {"sceneName": "A"})
        assert obs.asked("CreateScene") == [{"sceneName": "A"}]
        async with asyncio.timeout(10):
            while not levels:
                await asyncio.sleep(0.01)
        assert levels[0] == [{"inputName": "Mic", "inputLevelsMul": [[0.35, 0.5, 0.5]] * 2}]
        await link.aclose()
        await running


def test_the_link_without_sockets_has_the_face_of_the_real_one() -> None:
    async def story() -> None:
        real = {name for name in dir(ObsLink("ws://127.0.0.1", "")) if not name.startswith("_")}
        assert real <= {name for name in dir(FakeLink()) if not name.startswith("_")}

    run_virtual(story())
