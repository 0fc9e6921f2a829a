"""Brings OBS towards the desired stage: reads it, asks for the difference one request at a time, looks again.

After every answer the next request is chosen anew from what is wanted and what is so at that moment, so the last wish
wins and nothing is repeated. Things that move have a loop of their own, as has looking after the figures.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from streamer.adapters.obs.acts import Act, Outputs, screenshot
from streamer.adapters.obs.diff import Change, unknown
from streamer.adapters.obs.driver_cutting import Cutter
from streamer.adapters.obs.driver_moments import Moment, Moments, picture_path, request_of
from streamer.adapters.obs.driver_props import Props
from streamer.adapters.obs.driver_scenes import Whose
from streamer.adapters.obs.driver_watch import Captions, Link, Watch
from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.link import LinkState
from streamer.adapters.obs.memory import Memory
from streamer.adapters.obs.motion import STEP_S
from streamer.adapters.obs.names import Missing, missing
from streamer.adapters.obs.probe import fault_notice, missing_notice
from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.target import Course, FilterOn, Lowered, target
from streamer.adapters.obs.world import STALE, STATES, World, heard
from streamer.adapters.obs.world_read import NOT_READY, read_world
from streamer.core.events import SceneSeen, SceneTakenByHand
from streamer.core.stage import Stage
from streamer.ports import Cue, Health, Notice, Reports, StageView, Unavailable

log = logging.getLogger(__name__)

RELEASE_S = 0.3
"""With what closing the connection takes it must stay within the time that a driver gets at the end."""
AGAIN_S = 0.2
FAULT_S = 1.0
PROGRAM = "CurrentProgramSceneChanged"
RUNS_ON = 0.5
ROWS = 6
"""Missing names that get a row of their own."""


class ObsDriver:
    """A StageDriver. It runs the link, and closes it."""

    name = "obs"

    def __init__(
        self,
        link: Link,
        scene_map: SceneMap,
        view: StageView,
        reports: Reports,
        *,
        memory: Path,
        captions: Captions | None = None,
        places: Mapping[str, str] | None = None,
    ) -> None:
        """`memory` is a file. `places`: OBS scenes that are asked for from elsewhere (rundown, alerts), with the place
        that asks."""
        self._link, self._map, self._view, self._reports = link, scene_map, view, reports
        self._places = places or {}
        self.level: Callable[[], float | None] = lambda: None
        """Of the host's microphone in dB, for the panel."""
        self.url = ""
        """For words only."""
        self.outputs = Outputs(link.request)
        self.props = Props(Memory(memory))
        self.moments = Moments(scene_map)
        self.cutter = Cutter(link.request, scene_map, self._tell, self._now)
        self.watch = Watch(link, view, self.outputs, captions, self._looked)
        self.watch.changed = self._publish
        self._stage: Stage | None = None
        self._new = self._stale = self._changing = self._closing = False
        self._fresh = True
        self._frames: tuple[int, float] | None = None
        """How many OBS had rendered since its start, and when that was read."""
        self._held_back: list[tuple[str, dict[str, Any]]] | None = None
        """What OBS tells while it is being read."""
        self._missing: list[Missing] = []
        self._wake, self._motion = asyncio.Event(), asyncio.Event()
        self._link_task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._published: Mapping[str, object] = {}
        link.on_event, link.on_state = self._event, self._state

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    # --- told ---------------------------------------------------------------------------------------------------------

    def want(self, stage: Stage) -> None:
        self._stage, self._new = stage, True
        self.cutter.cuts.want(stage, self._map.scene(stage.scene) if stage.scene else "", self._now())
        self._wake.set()

    def cue(self, cue: Cue) -> None:
        if self._link.state == "ready" and not self._fresh and self.moments.cue(cue, self._now()):
            self._wake.set()

    def healths(self) -> Sequence[Health]:
        link = self._link
        if link.state != "ready":
            if not link.code:
                return [Health("obs", "starting", Notice("obs.connecting"))]
            return [Health("obs", "broken", fault_notice(link.code, self.url))]
        rows = [Health("obs.map", "degraded", missing_notice(each)) for each in self._missing[:ROWS]]
        if len(self._missing) > ROWS:
            rows.append(Health("obs.map", "degraded", Notice("obs.missing.more", {"n": len(self._missing) - ROWS})))
        if self.cutter.cuts.given_up:
            rows.append(Health("obs", "broken", Notice("obs.stuck", {}, "fix.obs.stuck")))
        rows = [*self.watch.rows, *rows]
        if any(row.part == "obs" for row in rows):
            return rows
        return [
            Health("obs", "ok", Notice("obs.ok", {"version": link.info.obs if link.info is not None else ""})),
            *rows,
        ]

    async def act(self, name: Act, on: bool | None = None) -> None:  # noqa: FBT001 - a switch
        """Starts, stops or saves an output: see `Outputs.act`."""
        await self.outputs.act(name, on=on)

    async def screenshot(self) -> bytes:
        """A JPEG of the scene on air. Raises Unavailable."""
        return await screenshot(self._link.request, self.cutter.cuts.program)

    # --- running ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled. The connection stays until `aclose`, which needs it."""
        if self._closing:
            return
        if self._link_task is None or self._link_task.done():
            self._link_task = asyncio.create_task(self._link.run(), name="obs link")
        work = [self._work(), self._move(), self.watch.figures(), self.watch.captions()]
        tasks = [asyncio.create_task(self._guarded(each), name=f"obs {each.__name__}") for each in work]
        self._tasks.update(tasks)
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._tasks.difference_update(tasks)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await work

    async def aclose(self) -> None:
        """Everything as the user had it, within half a second; what OBS does not take in that time is put right at the
        next connect."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(RELEASE_S):
                await self._release()
        except (TimeoutError, ObsGone, ObsRefused):
            log.info("OBS did not take everything back in time")
        self.props.memory.flush()
        await self._link.aclose()
        if self._link_task is not None:
            self._link_task.cancel()
            await asyncio.gather(self._link_task, return_exceptions=True)

    async def _release(self) -> None:
        if self._link.state != "ready" or self._changing:
            return
        if self._fresh:
            await self._read()
        for change in self.props.back(
            self._now(),
        ):
            try:
                await self._send(change)
            except ObsRefused:
                continue
            self.props.gave_back(change)
        self.props.over()
        await self.watch.quiet()

    # --- reconciling --------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                if self._link.state != "ready" or self._changing:
                    await self._wake.wait()
                elif not await self._once():
                    await self._wait_until(self._next_s())
            except ObsGone:
                await asyncio.sleep(AGAIN_S / 10)
            except ObsRefused as refused:
                if refused.code != NOT_READY:
                    log.warning("OBS refuses to be read: %s %d", refused.request, refused.code)
                await asyncio.sleep(AGAIN_S if refused.code == NOT_READY else FAULT_S)
            except Exception:  # a fault of ours in one request must not end the driving
                log.exception("driving OBS failed")
                self._fresh = True
                await asyncio.sleep(FAULT_S)

    async def _once(self) -> bool:
        """One step; False: nothing is to be done now."""
        now = self._now()
        if self._new:
            self._take_stage(now)
        if self._fresh or self._stale:
            await self._read()
            return True
        if await self.cutter.once():
            return True
        if (moment := self.moments.next(now)) is not None:
            await self._carry_out(moment)
            return True
        self.cutter.lapse(now)
        if self.props.lapse(now):
            self._stale = True
            return True
        if (change := self.props.next(now)) is None:
            return False
        self.props.sending(change, now)
        try:
            await self._send(change)
        except ObsRefused:
            self.props.refused(change, self._now())
        else:
            self.props.done(change)
        return True

    def _take_stage(self, now: float) -> None:
        assert self._stage is not None  # noqa: S101 - `_new` says so
        self._new = False
        self.props.aim(target(self._stage, self._map, self._view.words), now)
        self._motion.set()

    async def _read(self) -> None:
        """What OBS is like. What it tells meanwhile counts after its answers, which may be older."""
        self._stale, self._held_back = False, []
        try:
            await (self._read_fresh() if self._fresh else self._read_again())
        except (ObsGone, ObsRefused):
            self._stale, self._held_back = True, None
            raise
        events, self._held_back = self._held_back, None
        for event, data in events:
            self._ordinary(event, data)
        self._motion.set()
        self._publish()

    async def _read_again(self) -> None:
        self._entered(await read_world(self._link.request, self._map, self.props.memory.moved))

    async def _read_fresh(self) -> None:
        """After a connect, or with another scene collection."""
        self.watch.condition.forget()
        world = await read_world(self._link.request, self._map, self.props.memory.moved)
        frames, now = int((await self._link.request("GetStats")).get("renderTotalFrames") or 0), self._now()
        runs_on = self._runs_on(frames, now, world)
        self._frames = (frames, now)
        same_run = runs_on is True and self.props.world.collection == world.collection
        self._tell(self.cutter.cuts.found(world.program, now, same_run=same_run), world.program)
        await self.outputs.read()
        self.cutter.entered(world)
        if not self._closing:
            await self.cutter.choose_transition()
        self._fresh = False
        self._entered(world, restarted=runs_on is False)

    def _entered(self, world: World, *, restarted: bool = False) -> None:
        self.cutter.entered(world)
        self.props.enter(world, self._now(), restarted=restarted)
        self.props.forget_missing()
        self._name_missing()

    def _runs_on(self, frames: int, now: float, world: World) -> bool | None:
        """Whether this is the same run of OBS: it would have rendered about as many frames more as the time since asks
        for. None: it was never seen before."""
        if self._frames is None:
            return None
        before, at = self._frames
        return frames >= before + RUNS_ON * (now - at) * 1000 / world.frame_ms

    def _name_missing(self) -> None:
        before, world = self._missing, self.cutter.world
        self._missing = unknown(world, self._map)
        named = {each.name for each in self._missing}
        for scene, place in self._places.items():
            self._missing += [each for each in missing("scene", scene, place, world.scenes) if each.name not in named]
        for each in self._missing:
            if each not in before and each.kind != "half":
                log.warning("OBS has no %s as named at %s of the scene map", each.kind, each.place)

    async def _send(self, change: Change) -> None:
        log.debug("%s: %s", change.request, change.reason)
        await self._link.request(change.request, change.data)

    def _next_s(self) -> float | None:
        times = [each for each in (self.cutter.next_s(), self.props.next_s()) if each is not None]
        return min(times, default=None)

    async def _wait_until(self, at_s: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if at_s is None else max(0.005, at_s - self._now())):
                await self._wake.wait()

    # --- moving -------------------------------------------------------------------------------------------------------

    async def _move(self) -> None:
        """About thirty steps a second while something moves."""
        motions = lambda: self.props.motions  # noqa: E731 - another one for each collection
        while True:
            self._motion.clear()
            idle = self._link.state != "ready" or self._fresh or self._changing
            began = self._now()
            if not idle:
                for key in [*motions().due()]:
                    await self._guard(self._step(key))
                for key in [*motions().checks(began)]:
                    await self._guard(self._check(key))
            if not idle and motions().due():
                await asyncio.sleep(max(0.0, began + STEP_S - self._now()))
                continue
            check = None if idle else motions().next_check_s()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if check is None else max(0.0, check - self._now())):
                    await self._motion.wait()

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (ObsGone, ObsRefused):
            await asyncio.sleep(STEP_S)
        except Exception:
            log.exception("moving something in OBS failed")
            await asyncio.sleep(FAULT_S)

    async def _step(self, key: Course) -> None:
        props = self.props
        if key not in props.motions.glides or (change := props.motions.step(key, props.world, self._now())) is None:
            return
        await self._place(props, change)

    async def _place(self, props: Props, change: Change) -> None:
        props.sending(change, self._now())
        try:
            await self._send(change)
        except ObsRefused:
            props.refused(change, self._now())
            raise
        if change.key is not None and props.world.value(change.key) is not None:
            props.done(change)

    async def _check(self, key: Course) -> None:
        """Where it is in truth, after the user's hand met our steps."""
        props = self.props
        if isinstance(key, Lowered):
            answer = await self._link.request("GetInputVolume", {"inputName": key.input})
            actual = (float(answer["inputVolumeMul"]), 0.0)
        else:
            item = props.world.item(key.scene, key.source)
            data = {"sceneName": key.scene, "sceneItemId": item.id if item is not None else 0}
            at = (await self._link.request("GetSceneItemTransform", data))["sceneItemTransform"]
            actual = (float(at["positionX"]), float(at["positionY"]))
        if key in props.motions.glides:
            change = props.motions.seen(key, actual, props.world, self._now())
            if change is not None:
                await self._place(props, change)

    # --- moments ------------------------------------------------------------------------------------------------------

    async def _carry_out(self, moment: Moment) -> None:
        rule = moment.rule
        log.debug("on %s", moment.reason)
        if rule.record is not None or rule.screenshot:
            work = self._record(begin=rule.record == "start") if rule.record is not None else self._picture()
            task = asyncio.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        asked = request_of(rule)
        if asked is None:
            return
        if rule.filter is not None:
            key = FilterOn(rule.filter.source, rule.filter.filter)
            self.props.expect(key, rule.filter.on, self._now())
            self.props.world.put(key, rule.filter.on)
        try:
            await self._link.request(*asked)
        except ObsRefused as refused:
            log.warning("OBS does not do what is to happen on %s: %d", moment.reason, refused.code)

    async def _record(self, *, begin: bool) -> None:
        try:
            await self.outputs.act("record", on=begin)
        except Unavailable as failed:
            log.warning("recording in OBS: %s", failed.reason)

    async def _picture(self) -> None:
        try:
            folder = str((await self._link.request("GetRecordDirectory"))["recordDirectory"])
            path = picture_path(folder, datetime.now().astimezone().strftime("%Y-%m-%d %H-%M-%S"))
            data = {"sourceName": self.cutter.cuts.program, "imageFormat": "png", "imageFilePath": path}
            await self._link.request("SaveSourceScreenshot", data)
        except (ObsGone, ObsRefused) as failed:
            log.warning("a picture of the scene: %s", failed)

    # --- heard --------------------------------------------------------------------------------------------------------

    def _state(self, state: LinkState) -> None:
        self._changing = False
        if state == "ready":
            self._fresh = True
        else:
            self.watch.lost()
            self.moments.clear()
        self._publish()
        self._wake.set()
        self._motion.set()

    def _event(self, event: str, data: dict[str, Any]) -> None:
        if event == "CurrentSceneCollectionChanging":
            self._changing = True
        elif event == "CurrentSceneCollectionChanged":
            self._changing, self._fresh = False, True
        elif self._held_back is not None and (event in STATES or (self._fresh and event == PROGRAM)):
            self._held_back.append((event, data))
        elif not self._changing:
            self._ordinary(event, data)
        self._wake.set()

    def _ordinary(self, event: str, data: dict[str, Any]) -> None:
        now = self._now()
        if event == PROGRAM:
            if not self._fresh:
                self._tell(self.cutter.cuts.changed(str(data["sceneName"]), now), str(data["sceneName"]))
        elif event == "SceneTransitionStarted":
            self.cutter.began()
        elif event in ("SceneNameChanged", "InputNameChanged"):
            kind = "sceneName" if event == "SceneNameChanged" else "inputName"
            old = str(data[f"old{kind[0].upper()}{kind[1:]}"])
            self.cutter.cuts.renamed(old, str(data[kind])) if kind == "sceneName" else None
            self.props.renamed(old, str(data[kind]))
        elif event in ("CurrentSceneTransitionChanged", "CurrentSceneTransitionDurationChanged"):
            if data.get("transitionName", self.cutter.world.transition) != self.cutter.world.transition:
                self._stale = True
            elif "transitionDuration" in data:
                self.cutter.world.transition_ms = int(data["transitionDuration"])
        elif self.outputs.heard(event, data):
            self._publish()
        if event in STALE:
            self._stale = True
        for news in heard(self.props.world, event, data):
            if self.props.heard(news, now):
                self._motion.set()

    def _looked(self, program: str) -> None:
        """The scene that OBS says is on, asked for now and then: it says so before the transition into it is over."""
        cuts = self.cutter.cuts
        if program and not self._fresh and not self._changing and cuts.heading == cuts.program != program:
            self._tell(cuts.changed(program, self._now()), program)

    def _tell(self, whose: Whose, scene: str) -> None:
        if not scene or whose == "same":
            return
        if whose == "hand":
            log.info("the scene was taken by hand in OBS")
            self._reports.fact(SceneTakenByHand(scene=self._map.key(scene), via="obs"))
        elif whose == "ours":
            self._reports.fact(SceneSeen(scene=self._map.key(scene)))
        self._publish()

    def _publish(self) -> None:
        state = self.watch.state(self.cutter.cuts.program, self.level())
        if state != self._published:
            self._published = state
            self._reports.state("obs", state)
