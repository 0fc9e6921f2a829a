"""An in-memory collection and everything set-up does with it, without sockets."""

import copy
from collections.abc import Mapping
from typing import Any

from streamer.adapters.obs.errors import ObsGone, ObsRefused
from streamer.adapters.obs.setup.apply import Progress, carry_out
from streamer.adapters.obs.setup.inventory import Inventory, read_inventory
from streamer.adapters.obs.setup.memory import Made
from streamer.adapters.obs.setup.plan import Person, Wish, make_plan
from streamer.adapters.obs.setup.steps import Plan
from streamer.adapters.obs.setup.undo import still_ours, undo_plan
from tests.fakes.obs_outputs import World
from tests.fakes.obs_state import WINDOWS_KINDS, Refuse

BASE, TOKEN = "http://localhost:8765", "overlay-token-0123456789"
WISH = Wish(base=BASE, token=TOKEN, people=(Person("mika", "Mika"), Person("juno", "Juno", "ja")))


def windows(**options: Any) -> World:
    """OBS 29 on Windows: browser sources, GDI+ texts."""
    return World(platform="windows", kinds=WINDOWS_KINDS, **options)


class Hand:
    """Asks a World at once. `gone_after`: the connection is lost after so many requests."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.gone_after = 1_000_000

    async def request(self, name: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if len(self.asked) >= self.gone_after:
            raise ObsGone("OBS closed the connection")
        self.asked.append((name, data or {}))
        try:
            return self.world.handle(name, data)
        except Refuse as refused:
            raise ObsRefused(name, refused.code, refused.comment) from None


class Setup:
    """Set-up against a World, as somebody uses it."""

    def __init__(self, world: World, wish: Wish = WISH) -> None:
        self.world, self.wish = world, wish
        self.hand = Hand(world)
        self.made: list[Made] = []

    async def there(self) -> Inventory:
        return await read_inventory(self.hand)

    async def plan(self) -> Plan:
        return make_plan(await self.there(), self.wish, self.made)

    async def apply(self, plan: Plan | None = None) -> list[Progress]:
        there = await self.there()
        plan = plan if plan is not None else make_plan(there, self.wish, self.made)
        return [each async for each in carry_out(self.hand, there, plan, self.made.append)]

    async def undo(self) -> tuple[Plan, list[Progress]]:
        there = await self.there()
        plan = undo_plan(there, self.made)
        done = [each async for each in carry_out(self.hand, there, plan, lambda _: None)]
        self.made = list(still_ours(await self.there(), self.made))
        return plan, done

    def settings(self, name: str) -> Mapping[str, Any]:
        return self.world.inputs[name].settings


def whole(world: World) -> object:
    """Everything of a collection that a person could have arranged."""
    scenes = {
        name: [(i.id, i.source, i.enabled, i.transform) for i in each.items] for name, each in world.scenes.items()
    }
    inputs = {
        name: (each.kind, each.settings, each.monitor, each.muted, [f.name for f in each.filters])
        for name, each in world.inputs.items()
    }
    return copy.deepcopy((list(scenes), scenes, inputs, world.program))
