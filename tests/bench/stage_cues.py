"""`obs_request_ms`, `obs_picture_ms`: how soon a wish for a scene is a request to OBS, and a picture."""

import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from streamer.adapters.obs.driver import ObsDriver
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.settings import SceneMap
from tests.adapters.stage.contract import FixedView, Told, a_stage
from tests.bench.report import Bench, Spread, spread
from tests.bench.stage_eye import Colour, Missing, an_obs, arrivals, first_frame, frames
from tests.bench.stand import stand
from tests.fakes.obs_ws import FakeObs
from tests.real.obs import RealObs
from tests.real.takes import add_colour, recording

FPS = 30
CUT = "SetCurrentProgramScene"
LAMP = (0xE6E614, 0x14E614)
"""The colours of the scene that sets the clock of a recording: no other scene has them."""
SCENES: dict[str, tuple[str, int]] = {"red": ("Red", 0xE61414), "blue": ("Blue", 0x1414E6), "lamp": ("Lamp", LAMP[0])}
LAMP_INPUT = "Lamp colour"
FLIPS = 24
TRANSITIONS = {"Cut": 0, "Fade": 300}
MAP = {"scenes": {key: name for key, (name, _) in SCENES.items()}}
SETTINGS = """
obs: {{url: "{url}", map: bench}}
"""


class _Link(ObsLink):
    """Notes when each cut was handed to the socket."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.cuts: list[float] = []

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            return await super().request(name, data)
        finally:
            if name == CUT:
                self.cuts.append(self.sent_at)


class Driven:
    """The driver of a show on a real OBS; `cut` is a wish for a scene, answered by when its request was sent."""

    def __init__(self, obs: RealObs, folder: Path, scenes: SceneMap) -> None:
        self.link = _Link(obs.url, obs.password)
        self.driver = ObsDriver(self.link, scenes, FixedView(), Told(), memory=folder / "obs.json")
        self._task = asyncio.create_task(self.driver.run())

    async def cut(self, scene: str) -> tuple[float, float]:
        """Loop's time of the wish, and of the request. Returns once OBS has said that the scene is on."""
        count, asked = len(self.link.cuts), time.monotonic()
        self.driver.want(a_stage(scene=scene, why="segment"))
        cuts = self.driver.cutter.cuts
        async with asyncio.timeout(20):
            while len(self.link.cuts) == count or cuts.program != SCENES[scene][0] or cuts.heading != cuts.program:
                await asyncio.sleep(0.005)
        return asked, self.link.cuts[count]

    async def close(self) -> None:
        await self.driver.aclose()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@contextlib.asynccontextmanager
async def driven(obs: RealObs, transition: str = "Cut") -> AsyncIterator[Driven]:
    """Scene `lamp` is on."""
    scenes = SceneMap.model_validate(
        {**MAP, "transition": {"name": transition, "ms": TRANSITIONS[transition] or 300}}
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        made = Driven(obs, Path(folder), scenes)
        try:
            async with asyncio.timeout(30):
                await made.link.ready()
            await made.cut("red")
            await made.cut("lamp")
            yield made
        finally:
            await made.close()


async def obs_cues(bench: Bench, *, quick: bool) -> None:
    """Each by itself: a figure that cannot be had leaves the other."""
    chance = random.Random(5)
    requests: dict[str, Spread] = {}
    try:
        async with an_obs(fps=FPS) as obs:
            async with obs.connected() as eye:
                for name, rgb in SCENES.values():
                    await add_colour(eye, name, rgb)
            if bench.wants("obs_request_ms"):
                requests["wanted"] = spread(await wanted(obs, 6 if quick else 80, chance))
                requests["pressed"] = spread(await pressed(4 if quick else 30, chance))
                bench.measured("obs_request_ms", requests)
            if bench.wants("obs_picture_ms"):
                await _pictures(bench, obs, 3 if quick else 15, chance)
    except Missing as missing:
        for name in ("obs_request_ms", "obs_picture_ms"):
            if bench.values[name] is None:
                bench.missed(name, str(missing))


async def wanted(obs: RealObs, times: int, chance: random.Random) -> list[float]:
    """Milliseconds from the stage that asks for another scene to the request at the socket."""
    out: list[float] = []
    async with driven(obs) as made:
        for at in range(times):
            await asyncio.sleep(chance.uniform(0.03, 0.1))
            asked, sent = await made.cut(("red", "blue")[at % 2])
            out.append((sent - asked) * 1000)
    return out


async def _pictures(bench: Bench, obs: RealObs, times: int, chance: random.Random) -> None:
    found: dict[str, Spread] = {}
    notes: list[str] = []
    for name, ms in TRANSITIONS.items():
        late = spread(await _patient(obs, name, times, chance))
        shown = f"{name} {ms}" if ms else name
        found[shown] = late
        in_frames = ", ".join(f"{getattr(late, part) * FPS / 1000:.1f}" for part in ("p50", "p95", "p99"))
        notes.append(f"{shown}: {in_frames} frames")
    bench.measured("obs_picture_ms", found, "; ".join(notes))


async def pictures(obs: RealObs, transition: str, times: int, chance: random.Random) -> list[float]:
    """Milliseconds from the wish to the first frame that is the new scene and nothing else, less the transition.

    Raises LookupError when OBS could not record each change.
    """
    lasts_s = TRANSITIONS[transition] / 1000
    asked: list[float] = []
    colours: list[Colour] = []
    async with driven(obs, transition) as made, obs.connected() as eye, recording(eye) as take:
        await asyncio.sleep(0.5)
        for at in range(FLIPS):
            await asyncio.sleep(chance.uniform(0.12, 0.22))
            colour = LAMP[(at + 1) % 2]
            asked.append(time.monotonic())
            await eye.request("SetInputSettings", {"inputName": LAMP_INPUT, "inputSettings": {"color": _abgr(colour)}})
            colours.append(_rgb(colour))
        for at in range(times):
            await asyncio.sleep(lasts_s + chance.uniform(0.3, 0.4))
            scene = ("blue", "red")[at % 2]
            asked.append((await made.cut(scene))[0])
            colours.append(_rgb(SCENES[scene][1]))
        await asyncio.sleep(lasts_s + 0.6)
    seen = arrivals(await asyncio.to_thread(frames, take.path), colours)
    began = first_frame(asked[:FLIPS], seen[:FLIPS])
    pairs = zip(asked[FLIPS:], seen[FLIPS:], strict=True)
    return [(began + later - at - lasts_s) * 1000 for at, later in pairs]


async def _patient(obs: RealObs, transition: str, times: int, chance: random.Random) -> list[float]:
    """Once more where the machine was too busy. Raises Missing when it stays so."""
    for _ in range(3):
        with contextlib.suppress(LookupError):
            return await pictures(obs, transition, times, chance)
    raise Missing("OBS left changes out of its recording: this machine is too busy")


def _rgb(colour: int) -> Colour:
    return colour >> 16, colour >> 8 & 255, colour & 255


def _abgr(colour: int) -> int:
    red, green, blue = _rgb(colour)
    return 0xFF000000 | blue << 16 | green << 8 | red


class _Stamped(FakeObs):
    """Notes when each cut came."""

    def __init__(self) -> None:
        super().__init__(password="")
        self.cuts: list[float] = []

    async def _request(self, client: Any, data: dict[str, Any]) -> None:
        if data.get("requestType") == CUT:
            self.cuts.append(time.perf_counter())
        await super()._request(client, data)


async def pressed(times: int, chance: random.Random) -> list[float]:
    """Milliseconds from a button of the panel being sent to the request at a local OBS, through the running show."""
    out: list[float] = []
    async with _Stamped() as obs:
        for name, _ in SCENES.values():
            obs.world.do("CreateScene", sceneName=name)
        files = {"scenes/bench.yaml": "scenes: {red: Red, blue: Blue}\ntransition: {name: Cut}\n"}
        async with stand(listen=False, settings=SETTINGS.format(url=obs.url), files=files) as on_air:
            base, headers = on_air.product.base, {"Origin": on_air.product.base}
            for at in range(times + 2):
                await asyncio.sleep(chance.uniform(0.1, 0.2))
                count, sent = len(obs.cuts), time.perf_counter()
                body = {"scene": ("red", "blue")[at % 2]}
                async with on_air.session.post(f"{base}/api/v1/stage/scene", json=body, headers=headers) as answer:
                    assert answer.status == 200, answer.status
                async with asyncio.timeout(20):
                    while len(obs.cuts) == count:
                        await asyncio.sleep(0.002)
                out.append((obs.cuts[count] - sent) * 1000)
    return out[2:]
