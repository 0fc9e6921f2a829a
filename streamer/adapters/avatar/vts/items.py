"""Throwing things: an item flies in an arc to the model's head, hits, falls and is gone.

VTube Studio asks plugins never to leave items behind, so each is loaded as one that goes with the connection, and
unloaded whatever happens on its way. A file of the streamer's Items folder needs no permission; a viewer's own picture
does, and VTube Studio asks the streamer for it once.
"""

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from streamer.adapters.avatar.vts import messages, pictures
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.pose import place_of
from streamer.adapters.avatar.vts.protocol import ErrorId, VtsGone, VtsRefused
from streamer.adapters.avatar.vts.settings import Throw
from streamer.ports import Cue

log = logging.getLogger(__name__)

PERMISSION = "LoadCustomImagesAsItems"
Granted = Literal["no", "asking", "denied", "yes"]
HEAD = 0.35
"""How far above the middle of a model its head is supposed to be, in half windows."""
FALL_S = 0.4
CACHED = 64


def wants(throw: Throw | None, cue: Cue) -> bool:
    """Whether something is thrown at this."""
    if throw is None or cue.kind != "alert" or cue.name not in throw.when:
        return False
    if not throw.rewards or cue.name != "redemption":
        return True
    return cue.reward.strip().casefold() in {title.strip().casefold() for title in throw.rewards}


class Thrower:
    """`hit(side, size)` is called when a thing arrives: -1 from the left, 1 from the right."""

    def __init__(
        self,
        client: VtsClient,
        throw: Throw,
        sleep: Callable[[float], Awaitable[None]],
        *,
        hit: Callable[[float, float], None],
        fetch: Callable[[str], Awaitable[bytes]] = pictures.fetch,
    ) -> None:
        self._client = client
        self._throw = throw
        self._sleep = sleep
        self._hit = hit
        self._fetch = fetch
        self._flights: set[asyncio.Task[None]] = set()
        self._files: dict[str, str] = {}
        self._number = 0
        self.granted: Granted = "no"
        self.missing = ""
        """The file of the settings that VTube Studio does not have."""

    async def ask(self, *, may_ask: bool) -> None:
        """Sees what is granted, and asks the streamer when nothing is and he was not asked before. Raises VtsGone."""
        try:
            if _granted(await self._client.request(messages.permission())):
                self.granted = "yes"
            elif may_ask:
                self.granted = "asking"
                answer = await self._client.request(messages.permission(PERMISSION), timeout_s=0)
                self.granted = "yes" if _granted(answer) else "denied"
            else:
                self.granted = "denied"
        except VtsRefused as refused:
            log.debug("permission refused: error %s", refused.code)
            self.granted = "no"

    def throw(self, cue: Cue) -> bool:
        """False when enough is in the air."""
        if len(self._flights) >= self._throw.at_once:
            return False
        self._number += 1
        side = -1.0 if self._number % 2 else 1.0
        task = asyncio.create_task(self._fly(cue.emote, side, 0.4 + 0.6 * cue.size), name="vts.throw")
        self._flights.add(task)
        task.add_done_callback(self._flights.discard)
        return True

    async def release(self) -> None:
        """Nothing is left in the air."""
        for task in self._flights:
            task.cancel()
        await asyncio.gather(*self._flights, return_exceptions=True)

    async def _fly(self, emote: str, side: float, size: float) -> None:
        instance = ""
        try:
            to = await self._target()
            instance = await self._load(emote, side)
            if not instance:
                self._hit(side, size)  # nothing to be seen, but hit all the same
                return
            half = self._throw.seconds / 2
            top = min(0.9, to[1] + 0.3)
            await self._move(instance, half, side * 0.5 + to[0] / 2, top, side * 120, "easeOut")
            await self._sleep(half)
            await self._move(instance, half, to[0], to[1], side * 240, "easeIn")
            await self._sleep(half)
            self._hit(side, size)
            await self._move(instance, FALL_S, to[0] + side * 0.25, max(-0.95, to[1] - 1.2), side * 400, "easeIn")
            await self._sleep(FALL_S)
        except VtsGone:
            instance = ""  # it goes with the connection
        except VtsRefused as refused:
            log.debug("throw refused: error %s", refused.code)
        finally:
            if instance:
                await self._unload(instance)

    async def _target(self) -> tuple[float, float]:
        place = place_of(await self._client.request(messages.current_model())) or (0.0, 0.0, 0.0, 0.0)
        return min(0.8, max(-0.8, place[0])), min(0.6, max(-0.4, place[1] + HEAD))

    async def _load(self, emote: str, side: float) -> str:
        """The instance in the scene; empty when there is nothing to throw."""
        if self._throw.pictures and self.granted == "yes" and pictures.allowed(emote):
            instance = await self._load_picture(pictures.larger(emote), side)
            if instance:
                return instance
        if not self._throw.item:
            return ""
        try:
            return await self._put(self._throw.item, "", side)
        except VtsRefused as refused:
            if refused.code == ErrorId.NO_SUCH_ITEM:
                self.missing = self._throw.item
            raise

    async def _load_picture(self, url: str, side: float) -> str:
        known = self._files.get(url, "")
        try:
            if known:
                return await self._put(known, "", side)
        except VtsRefused:
            del self._files[url]  # VTube Studio forgets such files when it restarts
        data = await self._fetch(url)
        end = pictures.ending(data)
        if not end:
            return ""
        try:
            return await self._put(pictures.file_name(data, end), base64.b64encode(data).decode("ascii"), side, url)
        except VtsRefused as refused:
            if refused.code == ErrorId.NEEDS_PERMISSION:
                self.granted = "denied"
            return ""

    async def _put(self, file: str, custom: str, side: float, url: str = "") -> str:
        request = messages.load_item(file, side * 0.95, -0.6, self._throw.size, 0, custom)
        answer = await self._client.request(request)
        if url:
            if len(self._files) >= CACHED:
                self._files.pop(next(iter(self._files)))
            self._files[url] = str(answer.get("fileName") or "")
        return str(answer.get("instanceID") or "")

    async def _move(
        self, instance: str, seconds: float, x: float, y: float, turn: float, fade: messages.FadeMode
    ) -> None:
        await self._client.request(messages.move_item(instance, seconds, x, y, turn, fade))

    async def _unload(self, instance: str) -> None:
        try:
            await self._client.request(messages.unload_items([instance]), timeout_s=1.0)
        except (VtsGone, VtsRefused):
            log.debug("an item could not be unloaded; it goes with the connection")


def _granted(answer: dict[str, object]) -> bool:
    rows = answer.get("permissions")
    return any(
        isinstance(row, dict) and row.get("name") == PERMISSION and row.get("granted") is True
        for row in (rows if isinstance(rows, list) else ())
    )
