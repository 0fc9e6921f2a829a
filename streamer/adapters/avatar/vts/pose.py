"""Where the model stands: a step towards the camera while she speaks, and back. Tints go the same way.

The streamer places his model himself. So the place is read before each move: when it is not where we left it, he has
moved it, and the move starts and ends at his place.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.memory import Left, Memory, Moved
from streamer.adapters.avatar.vts.protocol import VtsRefused
from streamer.adapters.avatar.vts.settings import Move, Tint

log = logging.getLogger(__name__)

Place = tuple[float, float, float, float]
AXES = ("x", "y", "rotation", "size")
NEAR: Place = (0.02, 0.02, 0.8, 0.5)
LOCKED_S = 0.6
"""After a move nobody can drag the model for half a second."""
WHITE = (255, 255, 255, 255)
AGAIN_S = 2.0


def place_of(data: Mapping[str, Any]) -> Place | None:
    """From CurrentModel or ModelMovedEvent."""
    told = data.get("modelPosition")
    if not isinstance(told, dict):
        return None
    values = [told.get(key) for key in ("positionX", "positionY", "rotation", "size")]
    if not all(isinstance(value, int | float) for value in values):
        return None
    return float(values[0]), float(values[1]), float(values[2]), float(values[3])  # pyright: ignore[reportArgumentType]


def near(one: Place, other: Place) -> bool:
    turned = abs(one[2] - other[2]) % 360
    apart = (abs(one[0] - other[0]), abs(one[1] - other[1]), min(turned, 360 - turned), abs(one[3] - other[3]))
    return all(gap <= most for gap, most in zip(apart, NEAR, strict=True))


class Pose:
    """`begin` when the model is there, `want` a move or None; `run` brings it about."""

    def __init__(
        self,
        client: VtsClient,
        memory: Memory,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._memory = memory
        self._clock = clock
        self._sleep = sleep
        self._model = ""
        self._wanted: Move | None = None
        self._made: Move | None = None
        self._tint: Tint | None = None
        self._tinted: Tint | None = None
        self._home: Place | None = None
        self._at: Place | None = None
        self._until = 0.0
        self._changed = asyncio.Event()

    async def begin(self, model: str, place: Place | None) -> None:
        """Puts right what an earlier run left leaning. Raises VtsGone."""
        self._model = model
        self._made = self._tinted = None
        self._home = self._at = None
        moved = self._memory.left.moved if self._memory.left.model == model else None
        if moved is not None:
            if place is not None and near(place, moved.to):
                differ = [axis for axis, a, b in zip(AXES, moved.home, moved.to, strict=True) if a != b]
                await self._go(moved.home, 0.3, differ)
            self._note(None)
        self._changed.set()

    def want(self, move: Move | None, tint: Tint | None) -> None:
        if move != self._wanted or tint != self._tint:
            self._wanted, self._tint = move, tint
            self._changed.set()

    async def run(self) -> None:
        """Until cancelled, or VtsGone."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            good = await self._move(self._wanted)
            good = await self._color(self._tint) and good
            if not good:
                await self._sleep(AGAIN_S)
                self._changed.set()

    async def release(self) -> None:
        """Raises VtsGone."""
        self._wanted = self._tint = None
        await self._move(None)
        await self._color(None)

    async def _move(self, wanted: Move | None) -> bool:
        if wanted == self._made:
            return True
        if self._clock() >= self._until:
            try:
                now = place_of(await self._client.request(messages.current_model()))
            except VtsRefused:
                return False
            if now is not None and (self._home is None or self._at is None or not near(now, self._at)):
                self._home = now
        home = self._home
        if home is None:
            return False
        to = home
        if wanted is not None:
            size = min(100.0, max(-100.0, home[3] + wanted.size))
            to = (home[0] + wanted.x, home[1] + wanted.y, (home[2] + wanted.rotation) % 360, size)
        # Written down first: a crash in the middle of the move is put right at the next start.
        self._note(Moved(home, to) if wanted is not None else self._memory.left.moved)
        touched = [move for move in (self._made, wanted) if move is not None]
        axes = [axis for axis in AXES if any(getattr(move, axis) for move in touched)]
        before = self._made
        if wanted is not None:
            self._made = wanted  # before the answer: who stops meanwhile moves it back
        if not await self._go(to, touched[-1].seconds, axes):
            self._made = before
            return False
        self._made = wanted
        if wanted is None:
            self._note(None)
        return True

    async def _go(self, to: Place, seconds: float, axes: Sequence[str]) -> bool:
        """Only the axes a move is about are sent; the others are the streamer's."""
        # VTube Studio tells 340 where -20 was set; sent as it is told, the model would turn all the way round.
        turn = to[2] - 360 if to[2] > 180 else to[2]
        values: dict[str, float] = dict(zip(AXES, (to[0], to[1], turn, to[3]), strict=True))
        if not axes:
            return True
        before = self._at, self._until
        self._at, self._until = to, self._clock() + seconds + LOCKED_S  # before the answer, as above
        try:
            await self._client.request(
                messages.move_model(seconds, relative=False, **{axis: values[axis] for axis in axes})
            )
        except VtsRefused as refused:
            log.debug("move refused: error %s", refused.code)
            self._at, self._until = before
            return False
        return True

    async def _color(self, wanted: Tint | None) -> bool:
        if wanted == self._tinted:
            return True
        try:
            if self._tinted is not None:
                await self._client.request(messages.tint(WHITE, self._tinted.meshes))
                self._tinted = None
            if wanted is not None:
                red, green, blue = bytes.fromhex(wanted.color[1:])
                await self._client.request(messages.tint((red, green, blue, 255), wanted.meshes))
                self._tinted = wanted
        except VtsRefused as refused:
            log.debug("tint refused: error %s", refused.code)
            return False
        return True

    def _note(self, moved: Moved | None) -> None:
        left = self._memory.left
        if left.model == self._model:
            self._memory.note(msgspec.structs.replace(left, moved=moved))
        elif moved is not None:
            self._memory.note(Left(self._model, moved=moved))
