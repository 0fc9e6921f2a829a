"""The shared OBS is given back empty, also while it still lists what was removed a moment ago."""

from typing import Any

import pytest

from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.link import ObsLink
from tests.real.obs import reset


class Lingering:
    """Answers as OBS does, and goes on listing a removed input for two more looks. `code`: how a removal is refused."""

    def __init__(self, code: int = 600) -> None:
        self.code, self.looks, self.removed = code, 2, list[str]()

    async def request(self, name: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        if name.startswith("Remove"):
            self.removed.append(next(iter((data or {}).values())))
            raise ObsRefused(name, self.code, "No source was found by the name of `Wall`.")
        if name == "GetInputList":
            self.looks -= 1
            return {"inputs": [{"inputName": "Mic"}, *([{"inputName": "Wall"}] if self.looks >= 0 else [])]}
        return {
            "GetSceneList": {"scenes": [{"sceneName": "Scene"}]},
            "GetSpecialInputs": {"mic1": "Mic"},
            "GetCurrentSceneTransitionCursor": {"transitionCursor": 1.0},
        }.get(name, {"outputActive": False})


async def test_an_input_that_is_going_is_waited_for() -> None:
    link = Lingering()
    await reset(link)  # pyright: ignore[reportArgumentType]
    assert link.removed == ["Wall", "Wall"]
    assert link.looks < 0


async def test_another_refusal_is_told() -> None:
    with pytest.raises(ObsRefused, match="604"):
        await reset(Lingering(code=604))  # pyright: ignore[reportArgumentType]


async def test_a_real_obs_is_empty_again_at_once(real_obs: Any) -> None:
    async with real_obs.connected() as link:
        for _ in range(8):
            await _furnish(link)
            await reset(link)
            special = set(filter(None, (await link.request("GetSpecialInputs")).values()))
            inputs = {entry["inputName"] for entry in (await link.request("GetInputList"))["inputs"]}
            assert inputs <= special
            assert [scene["sceneName"] for scene in (await link.request("GetSceneList"))["scenes"]] == ["Scene"]


async def _furnish(link: ObsLink) -> None:
    for scene, name in (("Main", "Floor"), ("Close", "Wall")):
        await link.request("CreateScene", {"sceneName": scene})
        data = {"sceneName": scene, "inputName": name, "inputKind": "color_source_v3", "inputSettings": {}}
        await link.request("CreateInput", data)
    await link.request("SetCurrentProgramScene", {"sceneName": "Close"})
