"""What the stage figures look at a real OBS with: a connection of their own, and the frames of its recordings."""

import asyncio
import base64
import contextlib
import hashlib
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp

from tests.real.obs import NotInstalled, RealObs

Colour = tuple[int, int, int]
NEAR = 6
"""Of 255 in each part: what coding leaves of a plain colour. A frame of a fade is further away."""
TICK_S = 0.01


class Missing(Exception):
    """What a figure needs and this machine lacks."""


@contextlib.asynccontextmanager
async def an_obs(**options: Any) -> AsyncIterator[RealObs]:
    """A real OBS without a screen, started. Raises Missing."""
    if sys.platform != "linux":
        raise Missing("OBS without a screen is for Linux only")
    obs = RealObs(Path(tempfile.gettempdir()) / f"obs-{secrets.token_hex(4)}", **options)
    try:
        await asyncio.to_thread(obs.start)
        yield obs
    except NotInstalled as missing:
        raise Missing(f"needs OBS (python3 run.py test installs it): {missing}") from None
    finally:
        await asyncio.to_thread(obs.stop)


class Eye:
    """Asks OBS as a program beside the show would. `refused` answers are None."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws, self._number = ws, 0

    async def ask(self, name: str, data: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Raises OSError when the connection has ended."""
        self._number += 1
        await self._ws.send_json(
            {"op": 6, "d": {"requestType": name, "requestId": str(self._number), "requestData": data or {}}}
        )
        answer = await _receive(self._ws)
        return answer.get("responseData", {}) if answer["requestStatus"]["result"] else None


@contextlib.asynccontextmanager
async def answering(obs: RealObs, within_s: float = 60.0) -> AsyncIterator[Eye]:
    """As soon as OBS answers a question about its scenes: while it loads it listens already, and refuses."""
    async with aiohttp.ClientSession() as session:
        async with asyncio.timeout(within_s):
            while (ws := await _ready(session, obs)) is None:
                await asyncio.sleep(TICK_S)
        try:
            yield Eye(ws)
        finally:
            await ws.close()


async def _ready(session: aiohttp.ClientSession, obs: RealObs) -> aiohttp.ClientWebSocketResponse | None:
    """A connection on which OBS answers; None when there is none."""
    try:
        ws = await session.ws_connect(obs.url, protocols=("obswebsocket.json",))
        await _identify(ws, obs.password)
        while await Eye(ws).ask("GetSceneList") is None:
            await asyncio.sleep(TICK_S)
    except (OSError, aiohttp.ClientError):
        return None
    return ws


async def _identify(ws: aiohttp.ClientWebSocketResponse, password: str) -> None:
    hello = await _receive(ws)
    said: dict[str, Any] = {"rpcVersion": 1, "eventSubscriptions": 0}
    if "authentication" in hello:
        secret = _digest(password + hello["authentication"]["salt"])
        said["authentication"] = _digest(secret + hello["authentication"]["challenge"])
    await ws.send_json({"op": 1, "d": said})
    await _receive(ws)


async def _receive(ws: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    message = await ws.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise ConnectionError("OBS hung up")
    return message.json()["d"]


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class Frame(NamedTuple):
    """`at`: seconds from the first frame; the mean colour."""

    at: float
    colour: Colour


def frames(path: Path) -> list[Frame]:
    import av

    found: list[Frame] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            small: Any = frame.reformat(width=8, height=8, format="rgb24", interpolation="AREA")
            plane = small.planes[0]
            data, stride = bytes(plane), plane.line_size
            rows = [data[stride * y : stride * y + 24] for y in range(8)]
            red, green, blue = (sum(sum(row[part::3]) for row in rows) // 64 for part in range(3))
            found.append(Frame(float(frame.time or 0.0), (red, green, blue)))
    return [Frame(frame.at - found[0].at, frame.colour) for frame in found]


def near(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= NEAR


def arrivals(shown: Sequence[Frame], wanted: Sequence[Colour]) -> list[float]:
    """When each of these colours was there as a whole, one after the other. Raises LookupError when one never was."""
    out: list[float] = []
    index = 0
    for colour in wanted:
        while index < len(shown) and not near(shown[index].colour, colour):
            index += 1
        if index == len(shown):
            raise LookupError(f"colour {len(out)} of {len(wanted)} never came")
        out.append(shown[index].at)
    return out


def first_frame(asked: Sequence[float], seen: Sequence[float]) -> float:
    """The time of the file's first frame, by the clock of `asked`: nothing is seen before it was asked for, so the
    quickest of many changes sets it (the next frame takes a change up, so one of many is nearly at once)."""
    return max(at - later for at, later in zip(asked, seen, strict=True))
