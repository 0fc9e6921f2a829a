"""Doing what was planned, reading it back, and taking it back: on an in-memory OBS and on a real one."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streamer.adapters.obs.errors import ObsGone
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.setup.apply import carry_out, create_input
from streamer.adapters.obs.setup.inventory import MONITOR_BOTH, read_inventory
from streamer.adapters.obs.setup.memory import FileMade, InputMade, Made, Memory, load_memory, save_memory
from streamer.adapters.obs.setup.plan import make_plan
from streamer.adapters.obs.setup.steps import MakeInput
from streamer.adapters.obs.setup.undo import undo_plan
from tests.adapters.obs.collection import BASE, TOKEN, WISH, Setup, whole, windows
from tests.fakes.obs_outputs import World

SCHEMA = Path(__file__).parent / "data" / "browser_source.json"


async def test_made_heard_and_taken_back() -> None:
    setup = Setup(windows())
    before = whole(setup.world)
    done = await setup.apply()
    assert [each.trouble for each in done] == ["", ""]
    assert [(each.number, each.total) for each in done] == [(1, 2), (2, 2)]
    assert setup.world.inputs["Showrunner stage"].monitor == MONITOR_BOTH
    assert (await setup.plan()).steps == ()
    plan, done = await setup.undo()
    assert plan.leave == ()
    assert whole(setup.world) == before
    assert setup.made == []


async def test_a_smaller_canvas_is_filled_and_never_again() -> None:
    setup = Setup(windows())
    setup.world.canvas = (1280, 720)
    await setup.apply()
    item = setup.world.scenes["Showrunner"].items[0]
    assert (item.transform["boundsType"], item.transform["boundsWidth"]) == ("OBS_BOUNDS_SCALE_INNER", 1280.0)
    move = {"sceneName": "Showrunner", "sceneItemId": item.id, "sceneItemTransform": {"positionX": 77.0}}
    setup.world.do("SetSceneItemTransform", **move)
    setup.world.do("SetInputName", inputName="Showrunner stage", newInputName="Bühne")
    assert (await setup.plan()).steps == ()
    await setup.apply()
    assert item.transform["positionX"] == 77.0


async def test_undo_restores_what_was_changed() -> None:
    setup = Setup(windows())
    url = f"http://localhost:1/overlay/stage?token={TOKEN}&theme=night"
    setup.world.do("CreateInput", sceneName="Scene", inputName="AI", inputKind="browser_source",
                   inputSettings={"url": url, "shutdown": True, "css": "body {}"})  # fmt: skip
    before = whole(setup.world)
    await setup.apply()
    assert setup.settings("AI")["url"].startswith(f"{BASE}/overlay/stage?")
    assert (setup.settings("AI")["shutdown"], setup.settings("AI")["reroute_audio"]) == (False, True)
    await setup.undo()
    assert whole(setup.world) == before


async def test_undo_leaves_what_has_become_his() -> None:
    setup = Setup(windows(), replace(WISH, home="Scene", scenes=("Second",)))
    await setup.apply()
    world = setup.world
    world.do("SetInputSettings", inputName="Showrunner stage", inputSettings={"url": "https://example.org"})
    world.do("CreateScene", sceneName="Mine")
    world.do("CreateSceneItem", sceneName="Mine", sourceName="Showrunner voices")
    plan, _ = await setup.undo()
    assert [notice.code for notice in plan.leave] == ["obs.undo.his", "obs.undo.elsewhere"]
    assert [item.source for item in world.scenes["Mine"].items] == ["Showrunner voices"]
    assert "Second" not in world.scenes
    assert {getattr(each, "name", "") for each in setup.made} == {"Showrunner voices"}
    world.do("RemoveScene", sceneName="Mine")
    await setup.undo()
    assert "Showrunner voices" not in world.inputs
    assert setup.made == []


async def test_undo_leaves_filters_scenes_in_use_and_the_scene_on_air() -> None:
    setup = Setup(windows())
    await setup.apply()
    world = setup.world
    world.do("CreateSourceFilter", sourceName="Showrunner stage", filterName="Warm", filterKind="color_filter_v2")
    plan, _ = await setup.undo()
    assert [notice.code for notice in plan.leave] == ["obs.undo.filters", "obs.undo.scene_used"]
    world.do("RemoveSourceFilter", sourceName="Showrunner stage", filterName="Warm")
    world.program = "Showrunner"
    world.outputs["Stream"].active = True
    plan, _ = await setup.undo()
    assert [notice.code for notice in plan.leave] == ["obs.undo.on_air"]
    world.outputs["Stream"].active = False
    world.do("RemoveScene", sceneName="Scene")
    plan, _ = await setup.undo()
    assert [notice.code for notice in plan.leave] == ["obs.undo.last_scene"]


async def test_a_refused_step_is_told_and_the_rest_is_done() -> None:
    setup = Setup(windows(), replace(WISH, home="Scene", texts=("Now speaking",)))
    plan = await setup.plan()
    setup.world.kinds = tuple(kind for kind in setup.world.kinds if kind != "browser_source")
    done = await setup.apply(plan)
    assert [bool(each.trouble) for each in done] == [True, False]
    assert "605" in done[0].trouble
    assert "Now speaking" in setup.world.inputs


async def test_a_lost_connection_leaves_nothing_unremembered() -> None:
    wish = replace(WISH, home="Main", scenes=("Close", "Brb"), speakers={"mika": "Close"})
    for requests in range(10, 60, 3):
        setup = Setup(windows(), wish)
        before = whole(setup.world)
        setup.hand.gone_after = requests
        with contextlib.suppress(ObsGone):
            await setup.apply()
        setup.hand.gone_after = 1_000_000
        await setup.apply()
        assert (await setup.plan()).steps == ()
        await setup.undo()
        assert whole(setup.world) == before


# --- any collection ---------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["Main", "main", "Gaming", "Showrunner", "Showrunner stage", "休憩", "Showrunner voices", "Cam"]
)
URLS = st.sampled_from([
    f"{BASE}/overlay/stage?token={TOKEN}", f"{BASE}/overlay/stage?token=old&sound=0",
    f"{BASE}/overlay/avatar?token={TOKEN}&persona=mika", f"{BASE}/overlay/sound?token={TOKEN}",
    f"http://10.0.0.2:1/overlay/captions?token={TOKEN}", "https://example.org/", "http://[broken",
])  # fmt: skip
KIND = st.sampled_from(["browser_source", "text_gdiplus_v2", "image_source", "dshow_input"])
SOURCE = st.tuples(NAMES, KIND, URLS, st.booleans(), st.booleans(), st.booleans())


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = windows() if draw(st.booleans()) else World()
    world.canvas = draw(st.sampled_from([(1920, 1080), (1280, 720), (1080, 1920)]))
    for name in draw(st.lists(NAMES, max_size=4, unique=True)):
        world.do("CreateScene", sceneName=name)
    scenes = list(world.scenes)
    for name, kind, url, sound, asleep, both in draw(st.lists(SOURCE, max_size=4)):
        if world.exists(name) or kind not in world.kinds:
            continue
        given: dict[str, Any] = {"url": url, "shutdown": asleep} if kind == "browser_source" else {}
        given |= {"reroute_audio": True} if sound and given else {}
        scene = draw(st.sampled_from(scenes))
        world.do("CreateInput", sceneName=scene, inputName=name, inputKind=kind, inputSettings=given)
        if both and world.inputs[name].has_audio:
            world.inputs[name].monitor = MONITOR_BOTH
    for inner, outer in draw(st.lists(st.tuples(st.sampled_from(scenes), st.sampled_from(scenes)), max_size=2)):
        if scenes.index(inner) < scenes.index(outer):
            world.do("CreateSceneItem", sceneName=outer, sourceName=inner)
    return world


WISHES = st.builds(
    lambda layout, home, scenes, texts, captions: replace(
        WISH, layout=layout, home=home, scenes=tuple(name for name in scenes if name != home), texts=tuple(texts),
        captions=captions, speakers={"mika": scenes[0]} if scenes else {},
    ),
    st.sampled_from(["stage", "avatars"]), st.one_of(st.just(""), NAMES), st.lists(NAMES, max_size=3, unique=True),
    st.lists(NAMES, max_size=2, unique=True), st.one_of(st.just(""), NAMES),
)  # fmt: skip

quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quiet
@given(worlds(), WISHES)
def test_nothing_is_left_to_do_and_undo_gives_everything_back(world: World, wish: Any) -> None:
    async def scenario() -> None:
        setup = Setup(world, wish)
        before = whole(world)
        assert not [each.trouble for each in await setup.apply() if each.trouble]
        assert (await setup.plan()).steps == ()
        _, done = await setup.undo()
        assert not [each.trouble for each in done if each.trouble]
        assert whole(world) == before
        assert setup.made == []

    asyncio.run(scenario())


@quiet
@given(worlds(), WISHES, st.randoms(use_true_random=False))
def test_the_streamers_own_placement_is_never_reset(world: World, wish: Any, random: Any) -> None:
    async def scenario() -> None:
        setup = Setup(world, wish)
        await setup.apply()
        for scene in list(world.scenes.values()):
            for item in scene.items:
                item.transform["positionX"] = float(random.randrange(1000))
                item.transform["scaleY"] = random.uniform(0.1, 3)
        named = {*wish.texts, wish.captions}
        ours = [each.name for each in setup.made if isinstance(each, InputMade) and each.name not in named]
        for number, name in enumerate(ours):
            world.do("SetInputName", inputName=name, newInputName=f"Renamed {number}")
        before = whole(world)
        assert not [each.trouble for each in await setup.apply() if each.trouble]
        assert whole(world) == before
        _, done = await setup.undo()
        assert not [each.trouble for each in done if each.trouble]
        assert not [name for name in world.inputs if name.startswith("Renamed")]

    asyncio.run(scenario())


# --- what is sent, what is kept ---------------------------------------------------------------------------------------


async def test_the_request_for_a_browser_source_fits_the_documented_schema() -> None:
    """This OBS cannot make one; the body is held against what obs-websocket and obs-browser document."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    types: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "object": dict}
    plans = [await Setup(windows(), replace(WISH, layout=layout)).plan() for layout in ("stage", "avatars")]
    bodies = [create_input(step) for plan in plans for step in plan.steps if isinstance(step, MakeInput)]
    assert len(bodies) == 5
    for body in bodies:
        assert set(body) <= set(schema["CreateInput"])
        assert {name for name, field in schema["CreateInput"].items() if field["required"]} <= set(body)
        given = body["inputSettings"]
        assert set(given) <= set(schema["browser_source"])
        for name, value in given.items():
            field = schema["browser_source"][name]
            assert type(value) is types[field["type"]]
            assert field.get("min", value) <= value <= field.get("max", value)


def test_the_memory_hides_the_token_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "obs-setup.json"

    async def made() -> list[Made]:
        setup = Setup(windows())
        await setup.apply()
        return setup.made

    memory = Memory().with_made("Mine", asyncio.run(made())).with_files([FileMade("a.yaml", ("obs", "url"), None, "x")])
    save_memory(path, memory, TOKEN)
    assert TOKEN not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert load_memory(path, TOKEN) == memory
    save_memory(path, Memory(), TOKEN)
    assert not path.exists()
    path.write_text("{", encoding="utf-8")
    assert load_memory(path, TOKEN) == Memory()


async def test_a_real_obs_without_browser_sources(clean_obs: ObsLink) -> None:
    wish = replace(WISH, home="Main", scenes=("Close", "Brb"), texts=("Now speaking",))
    made: list[Made] = []
    before = await read_inventory(clean_obs)
    plan = make_plan(before, wish)
    assert [notice.code for notice in plan.cannot] == ["obs.no_browser"]
    done = [each async for each in carry_out(clean_obs, before, plan, made.append)]
    assert [each.trouble for each in done] == [""] * len(plan.steps)
    there = await read_inventory(clean_obs)
    assert set(there.scene_names) == {"Scene", "Main", "Close", "Brb"}
    assert set(there.scenes_with("Showrunner captions")) == {"Main", "Close", "Brb"}
    await clean_obs.request("SetInputName", {"inputName": "Showrunner captions", "newInputName": "字幕"})
    there = await read_inventory(clean_obs)
    assert make_plan(there, wish, made).steps == ()
    done = [each async for each in carry_out(clean_obs, there, undo_plan(there, made), made.append)]
    assert [each.trouble for each in done] == [""] * len(done)
    assert await read_inventory(clean_obs) == before


async def test_a_real_obs_refuses_a_browser_source(clean_obs: ObsLink) -> None:
    there = await read_inventory(clean_obs)
    pretended = replace(there, kinds=there.kinds | {"browser_source"})
    made: list[Made] = []
    done = [each async for each in carry_out(clean_obs, there, make_plan(pretended, WISH), made.append)]
    assert [("(605)" in each.trouble) for each in done] == [False, True]
    done = [
        each
        async for each in carry_out(clean_obs, there, undo_plan(await read_inventory(clean_obs), made), made.append)
    ]
    assert await read_inventory(clean_obs) == there
