"""Carries cuts out, and finds a way on when one does not arrive.

Measured with OBS 29: while a transition runs, choosing another transition freezes what viewers see, although OBS says
that the new scene is on; going to a third scene ends it. Therefore the transition is chosen once, at connect, and only
while none runs.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from streamer.adapters.obs.driver_scenes import Cuts, Whose
from streamer.adapters.obs.errors import ObsRefused
from streamer.adapters.obs.settings import SceneMap
from streamer.adapters.obs.world import World

log = logging.getLogger(__name__)

Request = Callable[[str, Mapping[str, Any] | None], Awaitable[dict[str, Any]]]
FIXED_MS = 10_000
"""A transition of fixed length that is no cut: stingers may take so long."""
CURSOR_S = 0.05
CURSOR_LIMIT_S = 3.0
RETRY_S = 2.0


class Cutter:
    """`tell` hears whose doing each change of the scene was."""

    def __init__(
        self, request: Request, scene_map: SceneMap, tell: Callable[[Whose, str], None], clock: Callable[[], float]
    ) -> None:
        self._request, self._map, self._tell, self._clock = request, scene_map, tell, clock
        self.cuts = Cuts()
        self.world = World()
        self._refused: dict[str, float] = {}
        self._extended = False
        self._foreign = False
        """A transition runs that nobody here asked for."""

    async def once(self) -> bool:
        """One request, if there is one to make. Raises ObsGone."""
        now = self._clock()
        if scene := self.cuts.late(now):
            await self._late(scene)
            return True
        scene = self.cuts.next(now)
        if not scene or scene not in self.world.scenes or self._refused.get(scene, 0.0) > now:
            return False
        if self._foreign and self.cuts.yields:
            await self._look()
        else:
            await self._cut(scene)
        return True

    def began(self) -> None:
        """SceneTransitionStarted."""
        self._foreign = not self.cuts.under_way

    async def _look(self) -> None:
        """A cut of ours into a transition of the user's would swallow its event: OBS says at once where it goes."""
        self._foreign = False
        scene = str((await self._request("GetCurrentProgramScene", None)).get("currentProgramSceneName") or "")
        if scene and not self.cuts.under_way:
            self._tell(self.cuts.changed(scene, self._clock()), scene)

    async def _cut(self, scene: str) -> None:
        stage = self.cuts.stage
        log.debug("SetCurrentProgramScene: %s", (stage.why or "wanted") if stage is not None else "wanted")
        self._extended = False
        ask = self.cuts.asked(scene, self._clock(), self._lasts_s())
        try:
            await self._request("SetCurrentProgramScene", {"sceneName": scene})
        except ObsRefused as refused:
            log.debug("OBS does not take the scene (%d)", refused.code)
            self.cuts.refused(ask)
            self._refused[scene] = self._clock() + RETRY_S
        else:
            self.cuts.answered(ask, self._clock(), self._lasts_s())

    def _lasts_s(self, ms: float | None = None) -> float:
        if ms is None:
            ms = 0 if self.world.instant else FIXED_MS if self.world.transition_ms is None else self.world.transition_ms
        return (ms + 2 * self.world.frame_ms) / 1000

    async def _late(self, scene: str) -> None:
        """The event is missing. Somebody else's change may have won, or the scene has a transition of its own."""
        answer = await self._request("GetCurrentProgramScene", None)
        if self.cuts.late(self._clock()) != scene:
            return
        actual = str(answer.get("currentProgramSceneName") or "")
        if actual != scene:
            self._tell(self.cuts.elsewhere(actual, self._clock()), actual)
            return
        if not self._extended:
            self._extended = True
            try:
                own = await self._request("GetSceneSceneTransitionOverride", {"sceneName": scene})
            except ObsRefused:
                own = {}
            lasts = self._lasts_s(own.get("transitionDuration") or FIXED_MS) if own.get("transitionName") else 0.0
            if lasts > self._lasts_s():
                self.cuts.longer(scene, lasts - self._lasts_s())
                return
        await self._free(scene)

    async def _free(self, scene: str) -> None:
        """The program stands still: through another scene, or where there is none, through studio mode."""
        if self.cuts.late(self._clock()) != scene:
            return
        through = self._another(scene)
        log.warning("OBS does not show the scene it says is on: %s", "through another" if through else "studio mode")
        if self.cuts.stuck(through) and not through:
            studio = await self._request("GetStudioModeEnabled", None)
            for on in (not studio["studioModeEnabled"], studio["studioModeEnabled"]):
                await self._request("SetStudioModeEnabled", {"studioModeEnabled": on})

    def _another(self, scene: str) -> str:
        """The least surprising third scene."""
        named = [self._map.scene(key) for key in (self._map.standby, self._map.home) if key]
        for each in (*named, *self._map.scenes.values(), *self.world.scenes):
            if each in self.world.scenes and each not in (scene, self.cuts.program):
                return each
        return ""

    def entered(self, world: World) -> None:
        """OBS was read."""
        self.world = world
        self._refused.clear()

    def next_s(self) -> float | None:
        times = [each for each in (self.cuts.next_s(), min(self._refused.values(), default=None)) if each is not None]
        return min(times, default=None)

    def lapse(self, now_s: float) -> None:
        self._refused = {scene: until for scene, until in self._refused.items() if until > now_s}

    # ------------------------------------------------------------------------------------------------------ transition
    async def choose_transition(self) -> None:
        """The one of the map, once; not while one runs, and not at all when that does not end."""
        wanted = self._map.transition
        if wanted is None or wanted.name not in self.world.transitions:
            return
        ms = None if self.world.transitions[wanted.name] else wanted.ms
        other = self.world.transition != wanted.name
        if not other and (ms is None or ms == self.world.transition_ms):
            return
        if not await self._idle():
            log.warning("a transition does not end: the one of the scene map is not chosen")
            return
        try:
            if other:
                await self._request("SetCurrentSceneTransition", {"transitionName": wanted.name})
            if ms is not None:
                await self._request("SetCurrentSceneTransitionDuration", {"transitionDuration": ms})
        except ObsRefused as refused:
            log.warning("OBS does not take the transition of the scene map (%d)", refused.code)
            return
        now = await self._request("GetCurrentSceneTransition", None)
        self.transition_is(now)

    def transition_is(self, now: Mapping[str, Any]) -> None:
        """As GetCurrentSceneTransition tells it."""
        self.world.transition = str(now.get("transitionName") or "")
        self.world.instant = now.get("transitionKind") == "cut_transition"
        length = now.get("transitionDuration")
        self.world.transition_ms = int(length) if isinstance(length, int | float) else None

    async def _idle(self) -> bool:
        """Waits until no transition runs: `transitionCursor` is 1.0 then, and also before the first one."""
        end = self._clock() + self._lasts_s(self.world.transition_ms or 0) + CURSOR_LIMIT_S
        while self._clock() < end:
            try:
                cursor = (await self._request("GetCurrentSceneTransitionCursor", None))["transitionCursor"]
            except ObsRefused:
                return True
            if cursor in (0, 0.0) or cursor >= 1:
                return True
            await asyncio.sleep(CURSOR_S)
        return False
