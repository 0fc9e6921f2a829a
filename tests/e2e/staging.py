"""A stage for a show: a real OBS with coloured scenes and a caption, and what its recordings show and let hear."""

import array
import asyncio
import contextlib
import io
import math
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamer.adapters.obs.link import ObsLink
from tests.real.obs import RealObs
from tests.real.takes import Heard, add_colour, listening

SCENES = {"red": ("Red", 0xB02828), "green": ("Green", 0x289028), "blue": ("Blue", 0x2828B0)}
CAPTION = "Spoken words"
BOX = (0.0, 0.6, 1.0, 1.0)
"""Where the caption is, as parts of the picture: left, top, right, bottom."""
EAR_HZ = 16_000
STATE = "OBS_WEBSOCKET_OUTPUT_"


async def furnish(obs: RealObs) -> None:
    """Three scenes, one caption in each; saved as the streamer saves it, by closing OBS."""
    async with obs.connected() as link:
        for name, rgb in SCENES.values():
            await add_colour(link, name, rgb)
        kinds = (await link.request("GetInputKindList"))["inputKinds"]
        kind = next(each for each in ("text_ft2_source_v2", "text_gdiplus_v3", "text_gdiplus_v2") if each in kinds)
        settings = {"text": "", "font": {"face": "DejaVu Sans", "size": 22, "style": "Bold", "flags": 1}}
        first = {"sceneName": "Red", "inputName": CAPTION, "inputKind": kind, "inputSettings": settings}
        items = {"Red": (await link.request("CreateInput", first))["sceneItemId"]}
        for scene in ("Green", "Blue"):
            placed = await link.request("CreateSceneItem", {"sceneName": scene, "sourceName": CAPTION})
            items[scene] = placed["sceneItemId"]
        for scene, item in items.items():
            where = {"positionX": 24.0, "positionY": 250.0}
            data = {"sceneName": scene, "sceneItemId": item, "sceneItemTransform": where}
            await link.request("SetSceneItemTransform", data)
        await link.request("SetCurrentSceneTransition", {"transitionName": "Cut"})
        await link.request("SetCurrentProgramScene", {"sceneName": "Red"})
    obs.quit()
    obs.start()


@dataclass
class Roll:
    """A recording: `began` is the wall time (time.time) of its first frame, to a frame or two."""

    path: Path
    began: float
    ready: float
    """When OBS could be asked, before."""
    until: float = math.inf
    """When it was killed."""


@dataclass
class Camera:
    """Records in one OBS, again after each time it was killed."""

    obs: RealObs
    rolls: list[Roll] = field(default_factory=list)
    _link: ObsLink | None = None
    _running: asyncio.Task[None] | None = None
    _heard: Heard | None = None
    _listening: Any = None

    async def roll(self) -> None:
        self._link = self.obs.link()
        self._running = asyncio.create_task(self._link.run())
        async with asyncio.timeout(30):
            await self._link.ready()
        ready = time.time()
        self._listening = listening(self._link)
        self._heard = self._listening.__enter__()
        await self._link.request("StartRecord")
        started = await self._heard.until("RecordStateChanged", outputState=STATE + "STARTED")
        self.rolls.append(Roll(Path(started["outputPath"]), time.time(), ready))

    async def crash(self) -> None:
        """OBS dies in the middle of everything and is started again at once; a new recording begins."""
        self.rolls[-1].until = time.time() - 0.5  # the end of the file is lost with it
        await asyncio.to_thread(self.obs.kill)
        await self._close()
        await asyncio.to_thread(self.obs.start)
        await self.roll()

    async def cut(self) -> None:
        assert self._link is not None
        assert self._heard is not None
        await self._link.request("StopRecord")
        await self._heard.until("RecordStateChanged", outputState=STATE + "STOPPED")

    async def captions_drawn(self, pages: Sequence[tuple[str, str]]) -> dict[tuple[str, str], "Patch"]:
        """What (scene, words) look like in this OBS: drawn after the show, to be compared with its picture."""
        assert self._link is not None
        out: dict[tuple[str, str], Patch] = {}
        for scene, words in pages:
            await self._link.request("SetInputSettings", {"inputName": CAPTION, "inputSettings": {"text": words}})
            await asyncio.sleep(0.3)
            asked = {"sourceName": scene, "imageFormat": "png", "imageWidth": 640, "imageHeight": 360}
            data = (await self._link.request("GetSourceScreenshot", asked))["imageData"]
            out[scene, words] = patch_of_png(b64decode(data.partition(",")[2]))
        return out

    async def close(self) -> None:
        with contextlib.suppress(Exception):
            await self.cut()
        await self._close()

    async def _close(self) -> None:
        if self._listening is not None:
            self._listening.__exit__(None, None, None)
            self._listening = None
        if self._link is not None:
            await self._link.aclose()
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)


@contextlib.asynccontextmanager
async def camera(obs: RealObs) -> AsyncIterator[Camera]:
    made = Camera(obs)
    await made.roll()
    try:
        yield made
    finally:
        await made.close()


# --- what a recording shows -------------------------------------------------------------------------------------------

Patch = list[float]
"""The place of the caption in grey, around its mean and of length 1, so that the product of two is their likeness."""
WIDTH, HEIGHT = 320, 180


def likeness(one: Patch, other: Patch) -> float:
    """1: the same; about 0: nothing in common."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def _patch(grey: bytes, stride: int) -> Patch:
    top, bottom = int(BOX[1] * HEIGHT), int(BOX[3] * HEIGHT)
    values = [float(grey[y * stride + x]) for y in range(top, bottom) for x in range(WIDTH)]
    mean = sum(values) / len(values)
    around = [value - mean for value in values]
    length = math.sqrt(sum(value * value for value in around)) or 1.0
    return [value / length for value in around]


def patch_of_png(png: bytes) -> Patch:
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    return _patch(picture.tobytes(), WIDTH)


@dataclass
class Look:
    """One frame: when (wall time), the colour of its upper part, and the caption's place."""

    at: float
    colour: str
    patch: Patch


def looks(roll: Roll, times: Sequence[float]) -> list[Look]:
    """The frames nearest after these wall times; none for times outside of the recording."""
    wanted = sorted(times)
    return [*_decoded(roll, wanted)] if wanted else []


def _decoded(roll: Roll, wanted: list[float]) -> Iterator[Look]:
    import av
    from av.error import FFmpegError

    at, first = 0, None
    with av.open(str(roll.path)) as container:
        try:
            for frame in container.decode(video=0):
                seen = float(frame.time or 0.0)
                first = seen if first is None else first
                now = roll.began + seen - first
                while at < len(wanted) and wanted[at] < now - 0.35:
                    at += 1
                if at == len(wanted):
                    return
                if now >= wanted[at]:
                    at += 1
                    yield _look(frame, now)
        except FFmpegError:
            return  # OBS was killed in the middle of a block


def _look(frame: Any, now: float) -> Look:
    grey = frame.reformat(width=WIDTH, height=HEIGHT, format="gray", interpolation="AREA").planes[0]
    rgb = frame.reformat(width=16, height=9, format="rgb24", interpolation="AREA").planes[0]
    pixel = bytes(rgb)[rgb.line_size * 2 + 24 : rgb.line_size * 2 + 27]
    name = ("red", "green", "blue")[pixel.index(max(pixel))] if max(pixel) - sorted(pixel)[1] > 60 else "none"
    return Look(now, name, _patch(bytes(grey), grey.line_size))


def sound(roll: Roll, begin: float, end: float) -> "array.array[int]":
    """What is heard between two wall times, 16 kHz mono."""
    import av
    from av.error import FFmpegError

    resampler = av.AudioResampler(format="s16", layout="mono", rate=EAR_HZ)
    out = array.array("h")
    with av.open(str(roll.path)) as container, contextlib.suppress(FFmpegError):
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                out.frombytes(bytes(piece.planes[0])[: 2 * piece.samples])
    first, last = (max(0, int((at - roll.began) * EAR_HZ)) for at in (begin, end))
    return out[first:last]
