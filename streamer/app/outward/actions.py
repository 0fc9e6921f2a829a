"""Actions of Streamer.bot: which of them runs when, and with which arguments.

An action is a reaction to what is heard this moment, so nothing is tried again: what cannot be run within some seconds
is dropped and counted. Test events run no action unless the rule says so.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from streamer.adapters.chat.streamerbot.settings import ActionRule
from streamer.app.outward.mail import Mail
from streamer.app.outward.told import Told
from streamer.ports import Health, Notice, Refused, Unavailable

QUEUE_MAX = 50
STALE_S = 5.0
_IS = {
    "line": ("persona", "name"), "line_ended": ("persona", "name"), "emotion": ("emotion",), "alert": ("kind",),
    "scene": ("scene",),
}  # fmt: skip
"""What `is` of a rule is compared with."""


class Doer(Protocol):
    """What is used of `StreamerBot`."""

    @property
    def known_actions(self) -> frozenset[str] | None: ...

    async def do(self, action: str, args: Mapping[str, object]) -> None: ...


def matches(rule: ActionRule, told: Told) -> bool:
    """Whether the rule wants this event."""
    on = "line" if told.type == "line_started" else told.type
    if rule.on != on or (told.test and not rule.tests):
        return False
    wanted = rule.wanted.strip().casefold()
    return not wanted or any(str(told.data.get(key, "")).casefold() == wanted for key in _IS.get(on, ()))


def arguments(told: Told) -> dict[str, object]:
    """Flat, as Streamer.bot's variables are: `%persona%`, `%text%`, `%emotion%`, ... Words of viewers among them."""
    out: dict[str, object] = {"event": told.type, "eventId": told.id, "test": told.test}
    for key, value in told.data.items():
        if isinstance(value, str):
            out[key] = value.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be sent
        elif isinstance(value, int | float):
            out[key] = value
        elif key == "amount" and isinstance(value, dict):
            out["amount"] = f"{value['micros'] / 1_000_000:.2f}"  # pyright: ignore[reportUnknownArgumentType]
            out["currency"] = value["currency"]
        elif isinstance(value, list):
            out[key] = ",".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    return out


class ActionTarget:
    """`run` works through the mail until it is cancelled. `bot` gives the connection of this moment."""

    def __init__(
        self,
        rules: Sequence[ActionRule],
        bot: Callable[[], Doer | None],
        *,
        queue_max: int = QUEUE_MAX,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._rules = tuple(rules)
        self._bot = bot
        self._mail = Mail(queue_max)
        self._wall = wall
        self._asked = 0
        self._sent = 0
        self._lost = 0
        self._failing = ""

    def offer(self, told: Told) -> None:
        """Take it if a rule wants it."""
        if any(matches(rule, told) for rule in self._rules):
            self._mail.put(told)

    def health(self) -> Health:
        missing = self._missing()
        params: dict[str, str | int | float] = {
            "sent": self._sent,
            "asked": self._asked,
            "dropped": self._lost + self._mail.dropped,
            "action": self._failing,
            "missing": ", ".join(missing),
        }
        if missing:
            notice = Notice("outward.actions_missing", params, "outward.actions_missing.fix")
            return Health("streamerbot.actions", "degraded", notice)
        if self._failing:
            notice = Notice("outward.actions_failing", params, "outward.actions_failing.fix")
            return Health("streamerbot.actions", "degraded", notice)
        return Health("streamerbot.actions", "ok", Notice("outward.actions_ok", params))

    def _missing(self) -> list[str]:
        """Actions of rules that Streamer.bot does not have, as far as it has told."""
        bot = self._bot()
        known = bot.known_actions if bot is not None else None
        if known is None:
            return []
        return [name for name in dict.fromkeys(rule.action for rule in self._rules) if name.casefold() not in known]

    async def run(self) -> None:
        while True:
            told = await self._mail.get()
            for rule in self._rules:
                if matches(rule, told):
                    await self._run(rule.action, told)

    async def _run(self, action: str, told: Told) -> None:
        self._asked += 1
        bot = self._bot()
        try:
            if bot is None or self._wall() - told.at > STALE_S:
                raise Unavailable("too late")
            await bot.do(action, arguments(told))
        except (Unavailable, Refused):
            self._lost += 1
            self._failing = action
        else:
            self._sent += 1
            self._failing = ""
