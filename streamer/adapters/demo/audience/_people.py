"""The people of the synthetic audience, and seeded chance that is the same on every Python."""

import math
import random
from collections.abc import Sequence
from typing import Any, Literal, TypeVar

import msgspec

from streamer.adapters.demo.audience import _texts

Habit = Literal["asker", "talker", "memer", "german", "japanese", "spanish", "moderator", "troll", "bot"]
T = TypeVar("T")


class Chance:
    """Draws that use only `Random.random()`, whose sequence Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, count: int) -> int:
        return min(int(self._random() * count), count - 1)

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def often(self, share: float) -> bool:
        return self._random() < share

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self._random()

    def wait(self, mean: float) -> float:
        """An exponential time with this mean."""
        return -math.log(1.0 - self._random()) * mean

    def poisson(self, mean: float) -> int:
        """Small means only (Knuth's method)."""
        limit, count, product = math.exp(-mean), 0, self._random()
        while product > limit:
            count += 1
            product *= self._random()
        return count

    def digits(self, count: int) -> str:
        return "".join(str(self.below(10)) for _ in range(count))

    def hex(self, count: int) -> str:
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(count))


class Viewer(msgspec.Struct, frozen=True):
    """One person (or bot) in the audience."""

    platform: str
    id: str
    login: str
    name: str
    roles: tuple[str, ...]
    habit: Habit

    def row(self) -> dict[str, Any]:
        return {"id": self.id, "login": self.login, "name": self.name, "roles": list(self.roles)}


_HABITS: tuple[tuple[Habit, int], ...] = (
    ("asker", 26), ("talker", 14), ("memer", 9), ("german", 4), ("japanese", 4), ("spanish", 2), ("moderator", 2),
    ("troll", 3),
)  # fmt: skip
_JAPANESE_NAMES = ("さくら餅", "ねむい猫", "たけし_83", "hoshizora_mi")


def viewer(chance: Chance, habit: Habit, platform: str) -> Viewer:
    """A viewer with a made-up name."""
    name = chance.pick(_texts.FIRST_NAMES) + chance.pick(_texts.NAME_ENDS)
    if habit == "japanese":
        name = chance.pick(_JAPANESE_NAMES)
    login = name.lower() if name.isascii() else "viewer" + chance.digits(5)
    if platform == "youtube":
        key = "UC" + chance.hex(22)
        roles: tuple[str, ...] = ("member",) if chance.often(0.3) else ()
    else:
        key = chance.digits(9)
        roles = ("subscriber",) if chance.often(0.35) else ("vip",) if chance.often(0.06) else ()
    if habit == "moderator":
        roles = ("moderator", *roles)
    return Viewer(platform, key, login, name, roles, habit)


def regulars(chance: Chance) -> list[Viewer]:
    """The people who come each time; about a third of them on YouTube. Names and ids are unique."""
    people: dict[str, Viewer] = {}
    for habit, count in _HABITS:
        made = 0
        while made < count:
            someone = viewer(chance, habit, "youtube" if chance.often(0.33) else "twitch")
            if someone.name not in people:
                people[someone.name] = someone
                made += 1
            elif habit == "japanese":
                plain = msgspec.structs.replace(someone, name=someone.name + str(made))
                people[plain.name] = plain
                made += 1
    return list(people.values())


def bot() -> Viewer:
    """A bot everybody knows."""
    return Viewer("twitch", "19264788", "nightbot", "Nightbot", ("moderator",), "bot")
