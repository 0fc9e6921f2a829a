"""`check` for OBS: reached or not and why, and names that are not there."""

from typing import get_args

from pydantic import SecretStr

from streamer.adapters.obs.errors import FaultCode
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.probe import probe_obs
from streamer.adapters.obs.settings import ObsPart, SceneMap
from streamer.texts import LANGUAGES, say, texts
from tests.adapters.obs.collection import windows
from tests.fakes.obs_ws import FakeObs
from tests.real.obs import RealObs


def part(url: str, password: str = "obs-secret", **more: object) -> ObsPart:  # noqa: S107
    return ObsPart.model_validate({"url": url, "password": SecretStr(password), **more})


async def codes(given: ObsPart, **more: object) -> list[tuple[str, str]]:
    return [(row.state, row.notice.code) for row in await probe_obs(given, **more)]  # type: ignore[arg-type]


async def test_everything_is_there() -> None:
    async with FakeObs(windows()) as obs:
        rows = await probe_obs(part(obs.url))
        assert [(row.state, row.notice.code) for row in rows] == [("ok", "obs.answers")]
        assert rows[0].latency_ms is not None
        assert "OBS 29.0.2 answers" in say(rows[0].notice)


async def test_why_there_is_no_obs() -> None:
    async with FakeObs() as obs:
        assert await codes(part(obs.url)) == [("ok", "obs.answers"), ("degraded", "obs.no_browser")]
        assert await codes(part(obs.url, "wrong")) == [("broken", "obs.fault.password")]
        assert await codes(part(obs.url, "")) == [("broken", "obs.fault.password_missing")]
        obs.dialect = "http"
        assert await codes(part(obs.url)) == [("broken", "obs.fault.not_obs")]
        obs.dialect = "4"
        assert await codes(part(obs.url)) == [("broken", "obs.fault.too_old")]
        url = obs.url
    rows = await probe_obs(part(url))
    assert [row.notice.code for row in rows] == ["obs.fault.no_answer"]
    assert "Tools > WebSocket Server Settings" in say(rows[0].notice)


async def test_names_that_are_not_there_and_the_nearest_that_are() -> None:
    scenes = SceneMap.model_validate({
        "scenes": {"main": "scene", "brb": "Be right back"}, "home": "main",
        "people": {"mika": {
            "show": [{"scene": "Scene", "source": "Glow"}],
            "filters": [{"source": "Camera", "filter": "Worm"}],
            "slide": {"scene": "Scene", "source": "Camera", "from": "left"},
        }},
        "texts": [{"input": "Now speeking", "text": "{name}"}],
        "duck": {"inputs": ["Music"]}, "transition": {"name": "Fad"},
        "on": [
            {"when": "alert", "hotkey": "OBSBasic.StartStreamin"},
            {"when": "stop", "hotkey": "OBSBasic.StartStreaming"},
        ],
    })  # fmt: skip
    world = windows()
    world.do("CreateInput", sceneName="Scene", inputName="Camera", inputKind="image_source")
    world.do("CreateInput", sceneName="Scene", inputName="Now speaking", inputKind="text_gdiplus_v2")
    world.do("CreateSourceFilter", sourceName="Camera", filterName="Warm", filterKind="color_filter_v2")
    async with FakeObs(world) as obs:
        given = part(obs.url, host_mic="Mic/Aux")
        rows = await probe_obs(given, scenes, {"Raid": "segments.raid.scene"})
    found = {str(row.notice.params["place"]): row.notice for row in rows[1:]}
    assert {place: (each.params["name"], each.params["nearest"]) for place, each in found.items()} == {
        "scenes.main": ("scene", "Scene"),
        "scenes.brb": ("Be right back", ""),
        "segments.raid.scene": ("Raid", ""),
        "people.mika.show.0": ("Glow", ""),
        "people.mika.filters.0": ("Worm", "Warm"),
        "texts.0": ("Now speeking", "Now speaking"),
        "duck.inputs.0": ("Music", ""),
        "transition.name": ("Fad", "Fade"),
        "on.0.hotkey": ("OBSBasic.StartStreamin", "OBSBasic.StartStreaming"),
        "on.1.hotkey": ("OBSBasic.StartStreaming", ""),
        "obs.host_mic": ("Mic/Aux", ""),
    }
    assert "write Scene, if that is the one you mean" in say(found["scenes.main"])
    assert "OBSBasic.StopStreaming does nothing any more" in say(found["on.1.hotkey"])
    for language in LANGUAGES:
        assert not [each for each in found.values() if "{" in say(each, language)]


def test_every_reason_has_words() -> None:
    for language in LANGUAGES:
        table = texts(language)
        for code in get_args(FaultCode):
            for key in (f"obs.fault.{code}", f"fix.obs.fault.{code}", f"setup.problem.obs_{code}"):
                assert table.get(key)


async def test_a_real_obs(real_obs: RealObs, clean_obs: ObsLink) -> None:
    assert clean_obs.state == "ready"
    assert await codes(part(real_obs.url, real_obs.password)) == [("ok", "obs.answers"), ("degraded", "obs.no_browser")]
    assert await codes(part(real_obs.url, "wrong")) == [("broken", "obs.fault.password")]
