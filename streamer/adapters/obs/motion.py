"""Slides and fades: steps along a way, by the clock. Pure: every call is told the time in seconds.

The way goes from where the user has a thing (0) to where it waits, or to where it is lowered (1). Each step is the
place for its moment, so late steps are wider and the last one is exact. Where the user puts it meanwhile is the new 0,
and stays until the show wants the other end.
"""

import math
from collections import deque
from collections.abc import Sequence
from typing import Literal

import msgspec

from streamer.adapters.obs.diff import Change
from streamer.adapters.obs.memory import Held
from streamer.adapters.obs.target import Aim, Away, Course, Lowered
from streamer.adapters.obs.world import Value, World

STEP_S = 1 / 30
ECHO_S = 2.0
"""So long a place that we have asked for may be told back to us."""
SETTLE_S = 0.3
NEAR_PX = 0.75
NEAR_FACTOR = 0.002
"""OBS keeps both as 32-bit floats and, from 31 on, places in relation to the canvas."""
SAME_PX, SAME_FACTOR = 0.01, 1e-5
HAIR = 1e-6
SILENT = 1e-5


class Glide(msgspec.Struct):
    """One thing on its way. `left`: the user has put it there, it stays until the goal is another one."""

    held: Held
    amount: float = 0.0
    goal: float = 0.0
    start: float = 0.0
    began_s: float = 0.0
    ms: float = 0.0
    moving: bool = False
    reason: str = ""
    left: float | None = None
    check_s: float | None = None
    """When to look where it really is: a step of ours may have crossed the user's hand."""
    asked: deque[tuple[float, tuple[float, float]]] = msgspec.field(default_factory=deque)


class Motions:
    """Every course of the map."""

    def __init__(self) -> None:
        self.glides: dict[Course, Glide] = {}

    def found(
        self, key: Course, actual: Value, aim: Aim, kept: Sequence[Held] = (), *, restarted: bool = False
    ) -> None:
        """OBS was read: the thing is at `actual`. At an end of a way of the memory it is where we left it, and so it is
        anywhere on the way if it was moving, or if OBS has come back with what it once saved (`restarted`). Anywhere
        else it has been put by the user."""
        place = _pair(actual)
        known = self.glides.get(key)
        if known is not None and known.left is not None and _near(key, place, known.held.rest):
            known.moving = False
            return
        asked = known.asked if known is not None else deque()
        ways = [(held, amount_of(key, held, place)) for held in kept]
        ends = [(held, amount) for held, amount in ways if amount in (0.0, 1.0)]
        for held, amount in (*ends, *ways):
            if amount is not None and (held.moving or restarted or amount in (0.0, 1.0)):
                # Short of an end by less than can be seen: the last step is still to come.
                short = 0.0 if _same(key, place, place_at(key, held, amount)) else HAIR
                at = abs(amount - short)
                self.glides[key] = Glide(Held(held.rest, held.reach), at, goal=at, asked=asked)
                return
        self.glides[key] = Glide(Held(place, aim.reach), asked=asked)

    def aim(self, key: Course, aim: Aim, now_s: float) -> None:
        """Where it should go from now on."""
        glide = self.glides[key]
        if glide.left is not None:
            if glide.left == aim.goal:
                return
            glide.left = None
        if glide.amount == 0 and not glide.moving:
            glide.held = Held(glide.held.rest, aim.reach)
        if isinstance(key, Lowered) and glide.held.rest[0] < SILENT:
            return
        if aim.goal != (glide.goal if glide.moving else glide.amount):
            glide.start, glide.goal, glide.began_s, glide.moving = glide.amount, aim.goal, now_s, True
            glide.ms = aim.ms * abs(aim.goal - glide.amount)
            glide.reason = aim.reason

    def due(self) -> list[Course]:
        return [key for key, glide in self.glides.items() if glide.moving]

    def checks(self, now_s: float) -> list[Course]:
        return [key for key, each in self.glides.items() if each.check_s is not None and each.check_s <= now_s]

    def next_check_s(self) -> float | None:
        return min((each.check_s for each in self.glides.values() if each.check_s is not None), default=None)

    def step(self, key: Course, world: World, now_s: float) -> Change | None:
        """The request for this moment; None: nothing to move."""
        glide = self.glides[key]
        if not glide.moving:
            return None
        part = (now_s - glide.began_s) * 1000 / glide.ms if glide.ms > 0 else 1.0
        glide.amount = glide.goal if part >= 1 else glide.start + (glide.goal - glide.start) * eased(max(0.0, part))
        glide.moving = part < 1
        return self._placed(key, glide, world, now_s, glide.reason)

    def back(self, key: Course, world: World, now_s: float, reason: str) -> Change | None:
        """At once where the user has it; None: it is there."""
        glide = self.glides[key]
        if glide.amount == 0 and not glide.moving:
            return None
        glide.amount, glide.goal, glide.moving = 0.0, 0.0, False
        return self._placed(key, glide, world, now_s, reason)

    def _placed(self, key: Course, glide: Glide, world: World, now_s: float, reason: str) -> Change:
        place = place_at(key, glide.held, glide.amount)
        while glide.asked and glide.asked[0][0] < now_s - ECHO_S:
            glide.asked.popleft()
        glide.asked.append((now_s, place))
        return placing(world, key, place, reason)

    def heard(self, key: Course, actual: Value, now_s: float) -> Literal["echo", "hand"]:
        """OBS tells where it is now."""
        glide = self.glides.get(key)
        place = _pair(actual)
        if glide is None:
            return "echo"
        if self._ours(key, glide, place, now_s):
            return "echo"
        glide.left = glide.goal if glide.left is None else glide.left
        glide.check_s = now_s + SETTLE_S
        glide.held, glide.amount, glide.moving = Held(place, glide.held.reach), 0.0, False
        return "hand"

    def seen(self, key: Course, actual: Value, world: World, now_s: float) -> Change | None:
        """Where it really is, some time after the user's hand: when one of our steps came later, it goes back there."""
        glide = self.glides[key]
        glide.check_s = None
        place = _pair(actual)
        if glide.moving or _near(key, place, place_at(key, glide.held, glide.amount)):
            return None
        if glide.left is not None and self._ours(key, glide, place, now_s):
            return placing(world, key, glide.held.rest, "the user has put it there")
        self.heard(key, place, now_s)
        glide.check_s = None
        return None

    def _ours(self, key: Course, glide: Glide, place: tuple[float, float], now_s: float) -> bool:
        if _near(key, place, place_at(key, glide.held, glide.amount)):
            return True
        return any(at >= now_s - ECHO_S and _near(key, place, asked) for at, asked in glide.asked)


def eased(part: float) -> float:
    """0..1 -> 0..1, slow at both ends (smoothstep)."""
    return part * part * (3 - 2 * part)


def place_at(key: Course, held: Held, amount: float) -> tuple[float, float]:
    """At 0 exactly where it was found."""
    match key:
        case Away():
            return (held.rest[0] + held.reach[0] * amount, held.rest[1] + held.reach[1] * amount)
        case Lowered():
            return (held.rest[0] * 10 ** (-held.reach[0] * amount / 20), 0.0)


def amount_of(key: Course, held: Held, place: tuple[float, float]) -> float | None:
    """Where on the way a place is; None: nowhere on it."""
    match key:
        case Away():
            length = math.hypot(*held.reach)
            dx, dy = place[0] - held.rest[0], place[1] - held.rest[1]
            along = (dx * held.reach[0] + dy * held.reach[1]) / length if length else 0.0
            amount = min(1.0, max(0.0, along / length)) if length else 0.0
        case Lowered():
            if place[0] < SILENT or held.rest[0] < SILENT or not held.reach[0]:
                amount = 0.0
            else:
                amount = min(1.0, max(0.0, -20 * math.log10(place[0] / held.rest[0]) / held.reach[0]))
    for exact in (0.0, 1.0, amount):
        if _near(key, place, place_at(key, held, exact)):
            return exact
    return None


def placing(world: World, key: Course, place: tuple[float, float], reason: str) -> Change:
    """The request that puts it there; nothing else about it is touched."""
    match key:
        case Away(scene, source):
            item = world.item(scene, source)
            data = {
                "sceneName": scene,
                "sceneItemId": item.id if item is not None else 0,
                "sceneItemTransform": {"positionX": _within(place[0]), "positionY": _within(place[1])},
            }
            return Change("SetSceneItemTransform", data, reason, key, place)
        case Lowered(name):
            data = {"inputName": name, "inputVolumeMul": min(20.0, place[0])}
            return Change("SetInputVolume", data, reason, key, place[0])


def _within(pixels: float) -> float:
    """What obs-websocket takes for a position."""
    return min(90_001.0, max(-90_001.0, pixels))


def _pair(value: Value) -> tuple[float, float]:
    if isinstance(value, tuple):
        return value
    return (float(value), 0.0)


def _near(key: Course, one: tuple[float, float], other: tuple[float, float]) -> bool:
    return _within_of(key, one, other, NEAR_PX, NEAR_FACTOR)


def _same(key: Course, one: tuple[float, float], other: tuple[float, float]) -> bool:
    return _within_of(key, one, other, SAME_PX, SAME_FACTOR)


def _within_of(key: Course, one: tuple[float, float], other: tuple[float, float], px: float, factor: float) -> bool:
    if isinstance(key, Away):
        return math.hypot(one[0] - other[0], one[1] - other[1]) <= px
    return abs(one[0] - other[0]) <= factor * max(abs(one[0]), abs(other[0]), SILENT)
