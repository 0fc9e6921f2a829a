"""One sitting of setting OBS up: look, plan, carry out, read back, and remember. Used with a link that is ready."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from streamer.adapters.obs.setup.apply import Progress, carry_out
from streamer.adapters.obs.setup.inventory import Asks, Inventory, read_inventory
from streamer.adapters.obs.setup.memory import FileMade, Made, Memory, load_memory, save_memory
from streamer.adapters.obs.setup.plan import Wish, captions_in, make_plan, overlay_plan
from streamer.adapters.obs.setup.steps import Plan
from streamer.adapters.obs.setup.undo import still_ours, undo_plan

MEMORY = "obs-setup.json"


class Work:
    """`state` is the folder of the memory. Every method may raise what the link raises."""

    def __init__(self, obs: Asks, wish: Wish, state: Path) -> None:
        self._obs, self.wish = obs, wish
        self._path = state / MEMORY
        self.there = Inventory(collection="")
        self.memory = Memory()

    async def look(self) -> None:
        """Read what there is, and what was made before."""
        self.memory = await asyncio.to_thread(load_memory, self._path, self.wish.token)
        self.there = await read_inventory(self._obs)

    @property
    def made(self) -> tuple[Made, ...]:
        return self.memory.of(self.there.collection)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Other collections in which something was made."""
        return tuple(name for name in self.memory.collections if name != self.there.collection)

    @property
    def captions(self) -> str:
        """What the text source for captions is called; "" when none was made."""
        return captions_in(self.there, self.made)

    def plan(self) -> Plan:
        return make_plan(self.there, self.wish, self.made)

    def overlay(self, kind: str, params: Mapping[str, str], scene: str) -> Plan:
        return overlay_plan(self.there, self.wish, kind, params, scene)

    def undo(self) -> Plan:
        return undo_plan(self.there, self.made)

    async def carry_out(self, plan: Plan) -> AsyncIterator[Progress]:
        """What is made is on the disk before the next step. Raises OSError when it cannot be remembered: then no
        further step is done."""
        new: list[Made] = []
        kept = 0
        try:
            async for progress in carry_out(self._obs, self.there, plan, new.append):
                if len(new) > kept:
                    kept = len(new)
                    await self._save(self.memory.with_made(self.there.collection, (*self.made, *new)))
                yield progress
        finally:
            if len(new) > kept:  # a step that was lost half way
                await self._save(self.memory.with_made(self.there.collection, (*self.made, *new)))
        self.there = await read_inventory(self._obs)
        self.memory = self.memory.with_made(self.there.collection, (*self.made, *new))

    async def take_back(self, plan: Plan) -> AsyncIterator[Progress]:
        """Carry an undo out; what stays for now is still remembered."""
        async for progress in carry_out(self._obs, self.there, plan, _forget):
            yield progress
        self.there = await read_inventory(self._obs)
        self.memory = self.memory.with_made(self.there.collection, still_ours(self.there, self.made))
        await self._save(self.memory)

    async def remember_files(self, files: list[FileMade]) -> None:
        """All of them; what was there before stays what it was at first."""
        known = {(each.path, each.key): each for each in self.memory.files}
        for each in files:
            first = known.get((each.path, each.key))
            before = first.before if first is not None else each.before
            known[each.path, each.key] = FileMade(each.path, each.key, before, each.after, each.sha256)
        self.memory = self.memory.with_files(list(known.values()))
        await self._save(self.memory)

    async def forget_files(self, stay: list[FileMade]) -> None:
        self.memory = self.memory.with_files(stay)
        await self._save(self.memory)

    async def _save(self, memory: Memory) -> None:
        await asyncio.to_thread(save_memory, self._path, memory, self.wish.token)


def _forget(_made: Made) -> None:
    """Nothing that an undo does is remembered."""
