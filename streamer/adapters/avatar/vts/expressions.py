"""The expression of the model: brought to what is wanted, from whatever it shows, and taken back at the end.

Files are switched by request, which says on or off. Hotkeys only toggle, so it is remembered what they toggled and
read back from VTube Studio whenever somebody else pressed one. What the streamer switched on himself stays his.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.hotkeys import HotkeyQueue
from streamer.adapters.avatar.vts.memory import Left, Memory
from streamer.adapters.avatar.vts.names import TOGGLE, Has, Hotkey, Shown, files_of
from streamer.adapters.avatar.vts.protocol import VtsRefused

log = logging.getLogger(__name__)

SUSPECT_S = 3.0
"""A toggle of an earlier run may still wait in VTube Studio's queue when its state is read."""
COOLDOWN_S = 5.2
"""A toggle that was refused is tried again after so long: the longer of the two times the documentation names."""


class Expressions:
    def __init__(
        self,
        client: VtsClient,
        keys: HotkeyQueue,
        memory: Memory,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._keys = keys
        self._memory = memory
        self._clock = clock
        self._sleep = sleep
        self._cooling: dict[str, float] = {}
        self._has = Has()
        self._active: dict[str, bool] = {}
        self._files: set[str] = set()
        self._toggles: dict[str, Hotkey] = {}
        self._suspects: dict[str, Hotkey] = {}
        self._suspect_until = 0.0
        self._wanted: Shown | None = None
        self._shown: Shown | None = None
        self._changed = asyncio.Event()
        self._pressing: dict[str, int] = {}
        self._doubt = False

    def begin(self, has: Has) -> None:
        """A model is there. What an earlier run left switched on in it is ours, and goes unless it is wanted."""
        self._has = has
        self._active = dict(has.files)
        left = self._memory.left
        self._files, self._toggles, self._suspects, self._shown = set(), {}, {}, None
        if left.model == has.model:
            self._files = {file for file in left.files if self._active.get(file)}
            by_id = {key.id: key for key in has.hotkeys}
            self._suspects = {one: by_id[one] for one in left.toggles if one in by_id}
            self._suspect_until = self._clock() + SUSPECT_S
            self._toggles = {one: key for one, key in self._suspects.items() if self._active.get(key.file)}
        self._note()
        self._changed.set()

    def renew(self, has: Has) -> None:
        """The model's files and hotkeys were read again."""
        self._has = has
        self._active = dict(has.files)

    def want(self, shown: Shown | None) -> None:
        if shown != self._wanted:
            self._wanted = shown
            self._changed.set()

    def hotkey_pressed(self, data: Mapping[str, Any]) -> None:
        """HotkeyTriggeredEvent. Our own toggles are expected; after anybody else's the state is read again."""
        if data.get("hotkeyAction") not in (TOGGLE, "RemoveAllExpressions") or data.get("isLive2DItem"):
            return
        hotkey = str(data.get("hotkeyID", ""))
        if data.get("hotkeyTriggeredByAPI") and self._pressing.get(hotkey, 0) > 0:
            self._pressing[hotkey] -= 1
            return
        self._doubt = True
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled, or VtsGone."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._doubt:
                await self._read()
            if not await self._apply(self._wanted):
                await self._cooled()

    async def release(self) -> None:
        """Everything of ours is switched off. Raises VtsGone."""
        self._wanted = None
        if self._doubt or self._clock() < self._suspect_until:
            await self._read()
        await self._apply(None, now=True)
        self._suspects = {}
        self._note()

    async def _read(self) -> None:
        self._doubt = False
        try:
            self._active = files_of(await self._client.request(messages.expressions()))
        except VtsRefused:
            return
        # Taken off by hand: no longer ours to take off.
        self._files = {file for file in self._files if self._active.get(file)}
        ours = self._toggles | (self._suspects if self._clock() < self._suspect_until else {})
        self._toggles = {one: key for one, key in ours.items() if self._active.get(key.file)}
        self._note()

    async def _apply(self, wanted: Shown | None, *, now: bool = False) -> bool:
        """False when a toggle was refused and has to be tried again later."""
        good = True
        if wanted is not None and wanted != self._shown:
            if wanted.file and not self._active.get(wanted.file):
                await self._switch(wanted.file, active=True, fade_s=wanted.fade)
            if wanted.hotkey is not None:
                good = await self._on(wanted.hotkey)
        if good:
            self._shown = wanted
        for file in [file for file in self._files if wanted is None or file != wanted.file]:
            await self._switch(file, active=False)
        keep = wanted.hotkey.id if wanted is not None and wanted.hotkey is not None else ""
        for key in [key for one, key in self._toggles.items() if one != keep]:
            good = await self._off(key, now=now) and good
        return good

    async def _switch(self, file: str, *, active: bool, fade_s: float = 0.25) -> None:
        # Noted before it is asked for: should we crash in between, the file is looked at once too often.
        if active:
            self._files.add(file)
            self._note()
        try:
            await self._client.request(messages.expression(file, active=active, fade_s=fade_s))
            self._active[file] = active
        except VtsRefused as refused:
            log.debug("expression refused: error %s", refused.code)
            active = False
        if not active:
            self._files.discard(file)
            self._note()

    async def _on(self, key: Hotkey) -> bool:
        if not key.toggles:
            await self._keys.press(key.id)
            return True
        if self._active.get(key.file, key.id in self._toggles):
            return True
        self._toggles[key.id] = key
        self._note()
        if await self._press(key):
            self._active[key.file] = True
            return True
        self._toggles.pop(key.id, None)
        self._note()
        return False

    async def _off(self, key: Hotkey, *, now: bool) -> bool:
        if not self._active.get(key.file, True):
            taken = True
        elif now:
            try:
                # The queue does not run any more. The file says on or off, where the hotkey could only toggle.
                await self._client.request(messages.expression(key.file, active=False))
                taken = True
            except VtsRefused:
                taken = False
        else:
            taken = await self._press(key)
        if taken:
            self._active[key.file] = False
            self._toggles.pop(key.id, None)
            self._note()
        return taken

    async def _cooled(self) -> None:
        """Until a refused toggle may be tried again, or something else is wanted."""
        left_s = max(0.0, max(self._cooling.values(), default=0.0) - self._clock())
        waits = [asyncio.ensure_future(self._sleep(left_s)), asyncio.ensure_future(self._changed.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._changed.set()

    async def _press(self, key: Hotkey) -> bool:
        if self._cooling.get(key.id, 0.0) > self._clock():
            return False
        self._pressing[key.id] = self._pressing.get(key.id, 0) + 1
        taken = await self._keys.press(key.id, stale_s=COOLDOWN_S)
        if not taken:
            self._pressing[key.id] -= 1
            self._cooling[key.id] = self._clock() + COOLDOWN_S
        return taken

    def _note(self) -> None:
        moved = self._memory.left.moved if self._memory.left.model == self._has.model else None
        toggles = self._toggles if self._clock() >= self._suspect_until else self._toggles | self._suspects
        self._memory.note(Left(self._has.model, tuple(sorted(self._files)), tuple(sorted(toggles)), moved))
