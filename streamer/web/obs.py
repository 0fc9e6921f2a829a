"""The routes of `/api/v1/obs`: how OBS is, setting it up in the streamer's own collection, and its outputs.

What is behind them is an `ObsDesk`. Passwords go in and never come out; nothing here tells the address of an overlay,
which contains a token.
"""

from collections.abc import Callable
from time import monotonic
from typing import Annotated, Literal, Protocol

import msgspec
from aiohttp import web

from streamer.ports import Health, Notice
from streamer.web.operate import Bucket, Outcome
from streamer.web.rest import Call, Problem, Route, route

BASE = "/api/v1/obs"
TRIES_PER_S, TRIES_BURST = 0.5, 6.0
PICTURES_PER_S, PICTURES_BURST = 2.0, 6.0

Layout = Literal["stage", "avatars"]
Name = Annotated[str, msgspec.Meta(max_length=300)]
Param = Annotated[str, msgspec.Meta(max_length=200)]
ParamName = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern="^[a-z_]+$")]


# --- what is asked ----------------------------------------------------------------------------------------------------


class ConnectObs(msgspec.Struct, frozen=True):
    """As OBS shows them under Tools, WebSocket Server Settings. `password` null: the one that is kept."""

    url: Annotated[str, msgspec.Meta(max_length=300)] = ""
    password: Annotated[str, msgspec.Meta(max_length=300)] | None = None


class PlanObs(msgspec.Struct, frozen=True):
    """`layout`: everybody in one source, or one source for each persona. `scene_map`: also write a first scene map of
    that name, from the scenes there are."""

    layout: Layout = "stage"
    scene_map: Annotated[str, msgspec.Meta(max_length=60, pattern="^[A-Za-z0-9_-]*$")] = ""


class ApplyObs(PlanObs, frozen=True):
    """`seen`: of the plan that was shown. Another plan by now is a Problem 409 `obs_changed`, and nothing was done."""

    seen: Annotated[str, msgspec.Meta(max_length=64)] = ""


class UndoObs(msgspec.Struct, frozen=True):
    """`dry`: only tell what would be removed and restored."""

    dry: bool = False


class PutOverlay(msgspec.Struct, frozen=True):
    """`params` of the address beside the token; `scene` empty: the one on air."""

    overlay: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern="^[A-Za-z0-9_-]+$")]
    params: dict[ParamName, Param] = {}
    scene: Name = ""


class SetOutput(msgspec.Struct, frozen=True):
    """`save` is for the replay buffer only."""

    what: Literal["record", "stream", "replay", "virtual_camera"]
    do: Literal["start", "stop", "save"]


# --- what is answered -------------------------------------------------------------------------------------------------


class ObsState(msgspec.Struct, frozen=True):
    """`state` as in the panel's `obs`; `healths` say why. `browser`: it has browser sources. The lists name what is in
    the collection. `keyring`: a password would be there at the next start."""

    configured: bool
    url: str
    has_password: bool
    keyring: bool
    state: str = "off"
    healths: tuple[Health, ...] = ()
    version: str = ""
    websocket: str = ""
    platform: str = ""
    browser: bool = False
    collection: str = ""
    scene: str = ""
    scenes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    scene_map: str = ""
    can_undo: bool = False


class Step(msgspec.Struct, frozen=True):
    """`trouble`: why OBS did not do it, in its own words."""

    words: Notice
    trouble: str = ""


class ObsPlan(msgspec.Struct, frozen=True):
    """No steps: nothing to do. `leave`: what stays as it is; `cannot`: what is not possible here, and why."""

    steps: tuple[Step, ...]
    leave: tuple[Notice, ...]
    cannot: tuple[Notice, ...]
    seen: str = ""


class ObsDone(msgspec.Struct, frozen=True):
    """What was done, as read back from OBS afterwards; `left`: steps that OBS did not do."""

    steps: tuple[Step, ...]
    leave: tuple[Notice, ...]
    cannot: tuple[Notice, ...]
    left: int = 0


class Put(msgspec.Struct, frozen=True):
    """`outcome` is `already` when the scene has that overlay."""

    outcome: Outcome
    source: str
    scene: str


class OutputSet(msgspec.Struct, frozen=True):
    outcome: Outcome


class ObsDesk(Protocol):
    """What the routes need. What cannot be done raises `Problem`."""

    async def state(self) -> ObsState: ...

    async def connect(self, url: str, password: str | None) -> ObsState: ...

    async def plan(self, wanted: PlanObs) -> ObsPlan: ...

    async def apply(self, wanted: ApplyObs) -> ObsDone: ...

    async def undo(self, *, dry: bool) -> ObsDone: ...

    async def put(self, wanted: PutOverlay) -> Put: ...

    async def output(self, what: str, do: str) -> Outcome: ...

    async def screenshot(self) -> bytes:
        """A JPEG of the scene on air."""
        ...


def routes(desk: ObsDesk, *, now: Callable[[], float] = monotonic) -> list[Route]:
    """All routes of OBS."""
    api = _Api(desk, now)
    return [
        route("GET", BASE, api.state, scope="setup"),
        route("POST", f"{BASE}/connect", api.connect, scope="setup", problems=(409, 422, 429, 502)),
        route("POST", f"{BASE}/plan", api.plan, scope="setup", problems=(409, 422, 502)),
        route("POST", f"{BASE}/apply", api.apply, scope="setup", problems=(409, 422, 502)),
        route("POST", f"{BASE}/undo", api.undo, scope="setup", loose_body=True, problems=(409, 502)),
        route("POST", f"{BASE}/source", api.source, scope="setup", problems=(404, 409, 422, 502)),
        route("POST", f"{BASE}/output", api.output, scope="setup", problems=(409, 422, 502)),
        route("GET", f"{BASE}/screenshot", api.screenshot, scope="panel", problems=(409, 429, 502)),
    ]


class _Api:
    def __init__(self, desk: ObsDesk, now: Callable[[], float]) -> None:
        self._desk = desk
        self._now = now
        self._tries = Bucket(TRIES_PER_S, TRIES_BURST)
        self._pictures = Bucket(PICTURES_PER_S, PICTURES_BURST)

    def _take(self, bucket: Bucket) -> None:
        wait = bucket.take(self._now())
        if wait:
            raise Problem(429, "slow_down", "too many at once", headers={"Retry-After": str(int(wait) + 1)})

    async def state(self, _call: Call) -> ObsState:
        """How OBS is, and what there is in its collection."""
        return await self._desk.state()

    async def connect(self, _call: Call, body: ConnectObs) -> ObsState:
        """Try an address and a password; those that work are kept and used."""
        self._take(self._tries)
        return await self._desk.connect(body.url.strip(), body.password)

    async def plan(self, _call: Call, body: PlanObs) -> ObsPlan:
        """What set-up would make, change and leave. Nothing is done."""
        return await self._desk.plan(body)

    async def apply(self, _call: Call, body: ApplyObs) -> ObsDone:
        """Do what the plan says, and read it back."""
        return await self._desk.apply(body)

    async def undo(self, _call: Call, body: UndoObs) -> ObsDone:
        """Remove what set-up made and restore what it changed."""
        return await self._desk.undo(dry=body.dry)

    async def source(self, _call: Call, body: PutOverlay) -> Put:
        """Put an overlay into a scene, as a browser source."""
        return await self._desk.put(body)

    async def output(self, _call: Call, body: SetOutput) -> OutputSet:
        """Start or stop recording, streaming, the replay buffer or the virtual camera; save the replay."""
        if body.do == "save" and body.what != "replay":
            raise Problem(422, "invalid", "only the replay buffer can be saved", path="$.do")
        return OutputSet(await self._desk.output(body.what, body.do))

    async def screenshot(self, _call: Call) -> web.Response:
        """The scene on air as a JPEG."""
        self._take(self._pictures)
        return web.Response(body=await self._desk.screenshot(), content_type="image/jpeg")
