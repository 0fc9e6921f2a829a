"""The desk behind `/api/v1/obs`: set-up of OBS inside a running show, and its outputs by hand."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import ObsLink
from streamer.adapters.obs.probe import connect
from streamer.adapters.obs.settings import ObsPart
from streamer.adapters.obs.setup.apply import Progress
from streamer.adapters.obs.setup.memory import FileMade
from streamer.adapters.obs.setup.steps import Plan as Steps
from streamer.adapters.obs.setup.steps import words_of
from streamer.app.obs.files import ObsFiles, first_map
from streamer.app.obs.wish import base_for, wish_for, with_first_map
from streamer.app.obs.work import Work
from streamer.app.plan import Plan
from streamer.app.setup.secrets import KEYS, Keys, name_for
from streamer.app.setup.wording import bad_files, problem
from streamer.app.staging.opening import OBS_KEY, keyed_obs
from streamer.app.yamlfile import BadFiles
from streamer.ports import Health
from streamer.web import obs as api
from streamer.web.operate import Outcome
from streamer.web.rest import Problem, Route

STARTED_S = 0.5
"""A stream that cannot start says so within a tenth of this; OBS accepts the request all the same."""
CONNECTED_S, LOOK_S = 3.0, 0.05
PICTURE = {"imageFormat": "jpg", "imageWidth": 640, "imageCompressionQuality": 80}
OUTPUTS = {"record": "Record", "stream": "Stream", "replay": "ReplayBuffer", "virtual_camera": "VirtualCam"}


@dataclass(frozen=True)
class ObsHouse:
    """What the desk needs of the running show."""

    plan: Callable[[], Plan]
    reload: Callable[[], Awaitable[None]]
    """Reads all files again and applies them; raises `BadFiles`, and then nothing was changed."""
    link: Callable[[], ObsLink | None]
    """The driver's connection; None while OBS is not configured."""
    healths: Callable[[], Sequence[Health]]
    overlays: Callable[[], tuple[str, str]]
    """The beginning of overlay links and their token."""
    kinds: Callable[[], Sequence[str]]
    """Of overlays."""
    port: Callable[[], int]


class ObsDesk:
    """`streamer.web.obs.ObsDesk`. One set-up at a time."""

    def __init__(self, house: ObsHouse, *, file: Path | None = None, keys: Keys = KEYS) -> None:
        self._house, self._keys = house, keys
        self._file = file
        self._lock = asyncio.Lock()

    @property
    def routes(self) -> list[Route]:
        return api.routes(self)

    # --- the connection ---------------------------------------------------------------------------------------------

    @property
    def _part(self) -> ObsPart | None:
        part = self._house.plan().settings.obs
        return None if part is None else keyed_obs(part)

    def _link(self) -> ObsLink:
        link = self._house.link()
        if link is None or link.state != "ready":
            raise problem(409, "obs_off")
        return link

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[ObsLink]:
        """The link; what it raises as problems."""
        link = self._link()
        try:
            yield link
        except ObsGone:
            raise problem(502, "obs_gone") from None
        except ObsRefused as refused:
            raise problem(502, "obs_request", reason=f"{refused.comment or refused.request} ({refused.code})") from None

    @asynccontextmanager
    async def _looking(self, layout: api.Layout = "stage") -> AsyncIterator[Work]:
        async with self._asking() as link:
            plan = self._house.plan()
            base, token = self._house.overlays()
            part = plan.settings.obs or ObsPart()
            base = await asyncio.to_thread(base_for, base, part.url, self._house.port())
            work = Work(link, wish_for(plan, base, token, layout), plan.folders.state)
            try:
                await work.look()
                yield work
            except BadFiles as bad:
                raise bad_files(bad) from None
            except OSError as error:
                raise problem(409, "not_writable", reason=error.strerror or type(error).__name__) from None

    @asynccontextmanager
    async def _changing(self, layout: api.Layout = "stage") -> AsyncIterator[Work]:
        if self._lock.locked():
            raise problem(409, "obs_busy")
        async with self._lock, self._looking(layout) as work:
            yield work

    # --- reading ----------------------------------------------------------------------------------------------------

    async def state(self) -> api.ObsState:
        part, link = self._part, self._house.link()
        keyring = await asyncio.to_thread(lambda: self._keys.usable)
        state = api.ObsState(
            configured=part is not None,
            url=(part or ObsPart()).url,
            has_password=part is not None and bool(part.password.get_secret_value()),
            keyring=keyring,
            healths=tuple(self._house.healths()),
            scene_map=part.map if part is not None else "",
        )
        if link is None:
            return state
        state = msgspec.structs.replace(state, state=link.state)
        if link.state != "ready" or link.info is None:
            return state
        async with self._looking() as work:
            there, info = work.there, link.info
            return msgspec.structs.replace(
                state,
                version=info.obs,
                websocket=info.websocket,
                platform=info.platform,
                browser=there.browser,
                collection=there.collection,
                scene=there.program,
                scenes=there.scene_names,
                inputs=tuple(each.name for each in there.inputs),
                can_undo=bool(work.made or work.memory.files),
            )

    # --- connecting -------------------------------------------------------------------------------------------------

    async def connect(self, url: str, password: str | None) -> api.ObsState:
        now = self._part or ObsPart()
        try:
            part = ObsPart(**{**now.model_dump(exclude={"password"}), "url": url or now.url})
        except ValidationError:
            raise problem(422, "obs_address", path="$.url", url=url) from None
        kept = now if part.url == now.url else keyed_obs(part)  # a password is for its address only
        asked = kept.password.get_secret_value() if password is None else password
        link = ObsLink(part.url, asked)
        async with connect(link) as ready:
            if not ready:
                raise _refusal(link.code, part.url)
        if password is not None:
            name = name_for(OBS_KEY, part.url)
            await asyncio.to_thread(lambda: self._keys.put(name, password) if password else self._keys.drop(name))
        if self._house.plan().settings.obs is None or part.url != now.url:
            await self._write({"url": part.url})
        else:
            self._renew(asked)
        await self._connected()
        return await self.state()

    async def _connected(self) -> None:
        """The driver's own connection, which was made anew, for as long as somebody likes to wait for an answer."""
        for _ in range(round(CONNECTED_S / LOOK_S)):
            link = self._house.link()
            if link is not None and link.state == "ready":
                return
            await asyncio.sleep(LOOK_S)

    def _renew(self, password: str) -> None:
        """A driver that waits for a right password tries again at once."""
        link = self._house.link()
        if link is not None:
            link.renew(password)

    async def _write(self, wanted: dict[str, str]) -> list[FileMade]:
        """Into the settings, and let the show read them; what it cannot use is put back."""
        files = self._files()
        try:
            made = await asyncio.to_thread(files.set, wanted)
        except BadFiles as bad:
            raise bad_files(bad) from None
        except OSError as error:
            raise problem(409, "not_writable", reason=error.strerror or type(error).__name__) from None
        try:
            if made:
                await self._house.reload()
        except BadFiles as bad:
            await asyncio.to_thread(files.undo, made)
            raise bad_files(bad) from None
        return made

    def _files(self) -> ObsFiles:
        return ObsFiles(self._house.plan().folders, self._file)

    # --- setting up -------------------------------------------------------------------------------------------------

    async def plan(self, wanted: api.PlanObs) -> api.ObsPlan:
        async with self._looking(wanted.layout) as work:
            plan = self._planned(work, wanted)
            steps = tuple(api.Step(words_of(step)) for step in plan.steps)
            return api.ObsPlan(steps, plan.leave, plan.cannot, seen_of(plan))

    def _planned(self, work: Work, wanted: api.PlanObs) -> Steps:
        if wanted.scene_map:
            if self._files().has_map(wanted.scene_map):
                raise problem(409, "obs_map_there", path="$.scene_map", name=wanted.scene_map)
            work.wish = with_first_map(work.wish, work.there)
        return work.plan()

    async def apply(self, wanted: api.ApplyObs) -> api.ObsDone:
        async with self._changing(wanted.layout) as work:
            plan = self._planned(work, wanted)
            if wanted.seen and wanted.seen != seen_of(plan):
                raise problem(409, "obs_changed")
            done = [_step(each) async for each in work.carry_out(plan)]
            left = work.plan()
            await self._settings(work, wanted.scene_map)
            return api.ObsDone(tuple(done), left.leave, left.cannot, len(left.steps))

    async def _settings(self, work: Work, scene_map: str) -> None:
        made: list[FileMade] = []
        values = {"captions.text": work.captions} if work.captions else {}
        if scene_map:
            text = first_map(work.there, work.there.program)
            made.append(await asyncio.to_thread(self._files().write_map, scene_map, text))
            values["map"] = scene_map
        try:
            made += await self._write(values)
        finally:
            await work.remember_files(made)

    async def undo(self, *, dry: bool) -> api.ObsDone:
        async with self._changing() as work:
            plan = work.undo()
            if dry:
                return api.ObsDone(tuple(api.Step(words_of(step)) for step in plan.steps), plan.leave, ())
            done = [_step(each) async for each in work.take_back(plan)]
            files = work.memory.files
            await asyncio.to_thread(self._files().undo, files)
            await work.forget_files([])
            if files:
                await self._house.reload()
            return api.ObsDone(tuple(done), plan.leave, (), sum(bool(each.trouble) for each in done))

    async def put(self, wanted: api.PutOverlay) -> api.Put:
        if wanted.overlay not in self._house.kinds():
            raise problem(404, "obs_no_overlay", path="$.overlay", overlay=wanted.overlay)
        params = {key: value for key, value in wanted.params.items() if key != "token"}
        async with self._changing() as work:
            scene = wanted.scene or work.there.program
            if scene not in work.there.scene_names:
                raise problem(404, "obs_no_scene", path="$.scene", scene=scene)
            if not work.there.browser:
                raise problem(409, "obs_no_browser")
            plan = work.overlay(wanted.overlay, params, scene)
            if not plan.steps:
                return api.Put("already", str(plan.leave[0].params["source"]), scene)
            async for each in work.carry_out(plan):
                if each.trouble:
                    raise problem(502, "obs_request", reason=each.trouble)
            return api.Put("done", str(words_of(plan.steps[0]).params["source"]), scene)

    # --- outputs ----------------------------------------------------------------------------------------------------

    async def output(self, what: str, do: str) -> Outcome:
        name = OUTPUTS[what]
        async with self._asking() as link:
            if do == "save":
                await self._ordered(link, "SaveReplayBuffer")
                return "done"
            is_active = await self._is_active(link, name)
            if is_active == (do == "start"):
                return "already"
            await self._ordered(link, f"{do.capitalize()}{name}")
            if do == "start":
                await asyncio.sleep(STARTED_S)
                if not await self._is_active(link, name):
                    raise problem(409, "obs_output")
            return "done"

    async def _is_active(self, link: ObsLink, name: str) -> bool:
        try:
            return bool((await link.request(f"Get{name}Status"))["outputActive"])
        except ObsRefused:  # 604: this OBS has none, or it is not switched on
            raise problem(409, "obs_output") from None

    async def _ordered(self, link: ObsLink, request: str) -> None:
        try:
            await link.request(request)
        except ObsRefused as refused:
            if refused.code in (500, 501, 604):  # runs already, does not run, is not available
                raise problem(409, "obs_output") from None
            raise

    async def screenshot(self) -> bytes:
        async with self._asking() as link:
            scene = str((await link.request("GetCurrentProgramScene"))["currentProgramSceneName"])
            data: dict[str, Any] = {"sourceName": scene, **PICTURE}
            uri = str((await link.request("GetSourceScreenshot", data))["imageData"])
            return base64.b64decode(uri.partition(",")[2])


def seen_of(plan: Steps) -> str:
    """A word for the very steps of a plan."""
    return hashlib.sha256(msgspec.json.encode(plan.steps)).hexdigest()[:24]


def _step(each: Progress) -> api.Step:
    return api.Step(each.words, each.trouble)


def _refusal(code: str, url: str) -> Problem:
    status = 422 if code in ("password", "password_missing", "address") else 502
    path = "$.password" if code.startswith("password") else "$.url"
    return problem(status, f"obs_{code or 'no_answer'}", path=path, url=url)
