"""One model while it is loaded and ours: names, parameters, expressions, hotkeys, place and items together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.adapters.avatar.vts import faces, messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.expressions import Expressions
from streamer.adapters.avatar.vts.hotkeys import HotkeyQueue
from streamer.adapters.avatar.vts.items import Thrower
from streamer.adapters.avatar.vts.memory import Memory
from streamer.adapters.avatar.vts.messages import Injected
from streamer.adapters.avatar.vts.motion import Flinch, Motion
from streamer.adapters.avatar.vts.names import Has, Missing, Plan, Shown, files_of, hotkeys_of, inputs_of, plan
from streamer.adapters.avatar.vts.pose import Pose, place_of
from streamer.adapters.avatar.vts.protocol import VtsRefused
from streamer.adapters.avatar.vts.pump import Pump
from streamer.adapters.avatar.vts.settings import Move, Tint, VtsAvatar
from streamer.adapters.avatar.vts.tools import Tools
from streamer.core.stage import Stage
from streamer.ports import Cue, StageView

HOLD_S = 0.6
"""An expression and a pose stay so long after the last word, so that two sentences do not flicker."""
RAMP_S = 0.3
REREAD_S = 1.0


class Play:
    """`told` is called when missing names, taken parameters or permissions change; `stopped` says that the model is
    gone and nothing may be sent any more."""

    def __init__(
        self,
        client: VtsClient,
        persona: str,
        part: VtsAvatar,
        view: StageView,
        memory: Memory,
        tools: Tools,
        *,
        told: Callable[[], None],
        stopped: Callable[[], bool],
    ) -> None:
        self._client = client
        self._persona = persona
        self._part = part
        self._view = view
        clock, sleep = tools.clock, tools.sleep
        self._clock = clock
        self._sleep = sleep
        self._told = told
        self._stopped = stopped
        self.stage: Stage | None = None
        self._has = Has()
        self._plan = Plan()
        self._keys = HotkeyQueue(client, clock, sleep)
        self._expressions = Expressions(client, self._keys, memory, clock, sleep)
        self._pose = Pose(client, memory, clock, sleep)
        self._motion = Motion(persona, part, self._params_of)
        self._pump = Pump(
            client, self._frame, fps=part.fps, clock=clock, sleep=sleep, each=self._direct, trouble=self._parameters
        )
        throw = part.throw
        self._thrower = Thrower(client, throw, sleep, hit=self.flinch, fetch=tools.fetch) if throw is not None else None
        self._alive = True
        self._spoke_at = float("-inf")
        self._held: tuple[str, float, Move | None] = ("neutral", 0.0, None)
        self._names_changed = asyncio.Event()

    # ------------------------------------------------------------------------------------------------ for the driver
    @property
    def missing(self) -> Sequence[Missing]:
        return self._plan.missing

    @property
    def taken(self) -> Sequence[str]:
        return sorted(self._pump.taken)

    @property
    def granted(self) -> str:
        return self._thrower.granted if self._thrower is not None else ""

    @property
    def missing_item(self) -> str:
        return self._thrower.missing if self._thrower is not None else ""

    @property
    def latency_ms(self) -> float | None:
        return None if self._pump.latency_s is None else round(self._pump.latency_s * 1000, 1)

    @property
    def pump(self) -> Pump:
        return self._pump

    @property
    def keys(self) -> HotkeyQueue:
        return self._keys

    async def begin(self, model: str, told: Mapping[str, Any]) -> None:
        """Reads what the model has, makes our parameters, puts right what was left. Raises VtsGone, VtsRefused."""
        await self._read(model, str(told.get("modelName") or ""))
        if self._part.own_parameters:
            await self._make_parameters()
        self._pump.known = self._has.inputs
        self._expressions.begin(self._has)
        await self._pose.begin(model, place_of(told))
        if self._thrower is not None and self._part.throw is not None:
            await self._look_for_item(self._part.throw.item)

    async def run(self) -> None:
        """Until cancelled, VtsGone, or VtsRefused when we are not logged in any more."""
        jobs = (self._pump.run(), self._keys.run(), self._expressions.run(), self._pose.run(), self._renew())
        tasks = [asyncio.ensure_future(job) for job in jobs]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._thrower is not None:
                await self._thrower.release()

    async def release(self) -> None:
        """Hands the face back in a few frames, and takes back everything else. Raises VtsGone."""
        self._alive = False
        if not self._stopped():
            end = self._clock() + RAMP_S
            while self._clock() < end:
                await self._pump.once()
                await self._sleep(1 / self._part.fps)
            await self._pump.once()
            await asyncio.gather(self._expressions.release(), self._pose.release())

    async def ask_for_pictures(self, *, may_ask: bool, told: Callable[[], None]) -> None:
        if self._thrower is None:
            return
        asking = asyncio.ensure_future(self._thrower.ask(may_ask=may_ask))
        try:
            while not asking.done():
                await asyncio.wait({asking}, timeout=0.2)
                told()
            asking.result()
        finally:
            asking.cancel()
        told()

    def gesture(self, name: str) -> None:
        key = self._plan.gestures.get(name)
        if key is not None and not self._stopped():
            self._keys.press(key.id)

    def throw(self, cue: Cue) -> None:
        if self._thrower is not None and not self._stopped():
            self._thrower.throw(cue)

    def flinch(self, side: float, size: float) -> None:
        self._motion.flinch(Flinch(self._clock(), side, size))

    def hotkey_pressed(self, data: Mapping[str, Any]) -> None:
        self._expressions.hotkey_pressed(data)

    def names_changed(self) -> None:
        self._names_changed.set()

    # ------------------------------------------------------------------------------------------------ each tick
    def _frame(self, now: float, dt: float) -> Sequence[Injected]:
        if self._stopped():
            return []
        moment = self._view.moment()
        return self._motion.frame(now, dt, moment, self.stage, alive=self._alive)

    def _direct(self, now: float) -> None:
        """Wants of the slow parts: the expression, the pose, the tint."""
        if self._stopped():
            return
        moment, stage = self._view.moment(), self.stage
        mine = moment.line != 0 and moment.persona == self._persona
        speaks = mine or (stage is not None and stage.speaker == self._persona)
        if mine:
            expression, intensity = moment.expression, moment.intensity
        elif now - self._spoke_at < HOLD_S:
            expression, intensity, _ = self._held
        else:
            expression, intensity = "neutral", 1.0
        move = self._part.moves.get("speak") if speaks else self._listens(stage)
        if move is None and now - self._spoke_at < HOLD_S:
            move = self._held[2]
        if mine:
            self._spoke_at, self._held = now, (expression, intensity, move)
        self._expressions.want(self._shown(expression, intensity))
        self._pose.want(move, self._tint(expression, stage, speaks=speaks))

    def _shown(self, expression: str, intensity: float) -> Shown | None:
        look = self._plan.look(expression, intensity)
        return look if look is not None and (look.file or look.hotkey is not None) else None

    def _listens(self, stage: Stage | None) -> Move | None:
        others = stage is not None and (stage.host or stage.speaker not in ("", self._persona))
        return self._part.moves.get("listen") if others else None

    def _tint(self, expression: str, stage: Stage | None, *, speaks: bool) -> Tint | None:
        tint = self._part.tint_of(expression)
        if tint is None and not speaks and stage is not None and stage.speaker not in ("", self._persona):
            tint = self._part.tint_of("quiet")
        return tint

    def _params_of(self, expression: str, intensity: float) -> Mapping[str, float] | None:
        """What the face does for an expression: the settings' parameters; where nothing else shows it, our own."""
        reached = [look for look in self._part.looks(expression) if look.above <= intensity]
        if reached and reached[-1].params:
            return reached[-1].params
        if self._shown(expression, intensity) is not None or not self._part.face:
            return None
        return faces.FACES.get(expression)

    # ------------------------------------------------------------------------------------------------ what there is
    async def _read(self, model: str, name: str) -> None:
        answers = await asyncio.gather(
            self._client.request(messages.hotkeys()),
            self._client.request(messages.expressions()),
            self._client.request(messages.inputs()),
        )
        self._has = Has(model, name, hotkeys_of(answers[0]), files_of(answers[1]), inputs_of(answers[2]))
        self._plan = plan(self._part, self._has)

    async def _make_parameters(self) -> None:
        lacking = [(name, spec) for name, spec in faces.OWN.items() if name not in self._has.inputs]
        made: set[str] = set()
        for name, (low, high, default, explanation) in lacking:
            try:
                await self._client.request(messages.create_parameter(name, low, high, default, explanation))
                made.add(name)
            except VtsRefused:
                continue  # another plugin's, or too many: the others do
        self._has = msgspec.structs.replace(self._has, inputs=self._has.inputs | made)

    async def _look_for_item(self, item: str) -> None:
        if not item or self._thrower is None:
            return
        try:
            rows = (await self._client.request(messages.items())).get("availableItemFiles")
        except VtsRefused:
            return
        names = [str(row.get("fileName")) for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict)]
        self._thrower.missing = "" if item in names else item

    def _parameters(self) -> None:
        if self._pump.missing:
            self._names_changed.set()
        self._told()

    async def _renew(self) -> None:
        """Reads the names again when somebody changed them, at most once a second."""
        while True:
            await self._names_changed.wait()
            self._names_changed.clear()
            try:
                await self._read(self._has.model, self._has.name)
            except VtsRefused:
                continue
            self._pump.known = self._has.inputs
            self._pump.missing.clear()
            self._expressions.renew(self._has)
            self._told()
            await self._sleep(REREAD_S)
