"""Applies changed files to the running show: settings, cast, rundown, brain, voices, channel, each within one line.

What differs between the plan in force and the one on disk is exchanged, nothing else is touched. Files that cannot be
used change nothing.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from streamer.app.hearing.opening import asr_key
from streamer.app.parts import brain_key, voice_key
from streamer.app.plan import Plan
from streamer.cast import Persona
from streamer.core.events import CastChanged, Event, SettingsChanged


class Stage(Protocol):
    """What a reload changes in a house; each call takes effect with the next line."""

    def plan(self) -> Plan:
        """The plan in force."""
        ...

    def over(self) -> bool:
        """The show closes: nothing is changed any more."""
        ...

    def adopt(self, plan: Plan) -> None: ...

    def emit(self, event: Event) -> None: ...

    def change_rules(self, plan: Plan) -> None:
        """Moderation lists and accounts that are never answered."""
        ...

    async def change_brain(self, plan: Plan) -> None: ...

    def change_voices(self, plan: Plan) -> None: ...

    def change_cast(self, plan: Plan) -> None: ...

    async def change_chat(self, plan: Plan, *, anyway: bool) -> None:
        """Chats, who writes into them, and who is told of the show. `anyway`: the cast is called otherwise."""
        ...

    def change_rundown(self, plan: Plan) -> None: ...

    async def change_stage(self, plan: Plan) -> None:
        """OBS, its scene map, the avatars, and how the host is heard."""
        ...

    def changed(self, plan: Plan) -> None:
        """Everything was applied: tell whoever shows it."""
        ...


class Reload:
    """Call it after files have changed. One at a time; raises `BadFiles`, and then nothing was changed."""

    def __init__(self, stage: Stage, read: Callable[[Mapping[str, Persona]], Plan]) -> None:
        """`read` is given the personas that stay as they are when their files have become bad."""
        self._stage = stage
        self._read = read
        self._lock = asyncio.Lock()
        self._keys = _keys(stage.plan())

    async def __call__(self) -> None:
        async with self._lock:
            plan, keys = await asyncio.to_thread(self._look)
            if not self._stage.over():
                await self._apply(plan, keys)

    def _look(self) -> tuple[Plan, tuple[object, object, object]]:
        plan = self._read({persona.id: persona for persona in self._stage.plan().cast})
        return plan, _keys(plan)

    async def _apply(self, new: Plan, keys: tuple[object, object, object]) -> None:
        stage, old = self._stage, self._stage.plan()
        stage.adopt(new)
        before, after = old.settings, new.settings
        if (before.moderation, before.chat.bots) != (after.moderation, after.chat.bots) or old.cast != new.cast:
            stage.change_rules(new)
        (old_brain, old_voices, old_ears), (brain, voices, ears) = self._keys, keys
        self._keys = keys
        if voices != old_voices:
            stage.change_voices(new)
        if voices != old_voices or old.cast != new.cast:
            stage.change_cast(new)  # also for the voices: who speaks with what follows from those that could be opened
        if old.rundown != new.rundown:
            stage.change_rundown(new)
        if old.rules != new.rules:
            stage.emit(SettingsChanged(new.rules))
        if old.members != new.members:
            stage.emit(CastChanged(new.members))
        if brain != old_brain:
            await stage.change_brain(new)
        anyway = not after.on_channel and _names(old) != _names(new)
        if before.chat != after.chat or anyway:
            await stage.change_chat(new, anyway=anyway)
        if _staged(old) != _staged(new) or ears != old_ears:
            await stage.change_stage(new)
        stage.changed(new)


def _keys(plan: Plan) -> tuple[object, object, object]:
    """May look into the keyring, so call it in a thread."""
    return brain_key(plan.settings), voice_key(plan.settings), asr_key(plan.settings)


def _staged(plan: Plan) -> object:
    on_stage = [persona.id for persona in plan.cast]
    settings = plan.settings
    languages = [persona.language for persona in plan.cast]  # an ear without a language of its own hears theirs
    stage = settings.obs, settings.avatars, settings.alerts, plan.scenes, plan.rundown, on_stage
    return stage, settings.ears, languages


def _names(plan: Plan) -> list[str]:
    """The demo's audience calls the cast by name."""
    return [persona.name for persona in plan.cast]
