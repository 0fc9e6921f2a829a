"""A chat that can be written into, in memory: keeps what came, and does to it what a test asks for."""

import asyncio
from collections import deque

from streamer.ports import ChatAct, ChatRates, Refused

EPS = 1e-6
ALL: frozenset[ChatAct] = frozenset(("send", "reply", "delete", "timeout", "ban"))


class FakeWriter:
    """`faults` are raised by the next calls, one each; `takes_s` is how long each call takes. `strict`: it refuses
    what breaks its rates, as a platform would (and counts it)."""

    def __init__(self, platform: str = "twitch", *, own: str = "777", rates: ChatRates | None = None) -> None:
        self.platform = platform
        self.own = own
        self.rates = rates or ChatRates()
        self.acts = ALL
        self.takes_s = 0.05
        self.faults: deque[Exception] = deque()
        self.sent: list[tuple[float, str, str]] = []
        """(when it came, text, message it replies to)"""
        self.deleted: list[str] = []
        self.acted: list[tuple[str, str, int, str]] = []
        self.broken_rules = 0
        self.on_send: object = None

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.sent]

    async def send(self, text: str, *, reply_to: str = "") -> str:
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self.takes_s)
        if self.faults:
            raise self.faults.popleft()
        inside = [each for each in self.sent if each[0] > now - self.rates.window_s + EPS]
        close = bool(self.sent) and now - self.sent[-1][0] < self.rates.gap_s - EPS
        same = any(each[1] == text and now - each[0] < self.rates.same_s - EPS for each in inside)
        if len(inside) >= self.rates.count or close or same or not 0 < len(text) <= self.rates.length:
            self.broken_rules += 1
            raise Refused("duplicate", "the platform did not like it")
        self.sent.append((now, text, reply_to))
        return f"own{len(self.sent)}"

    async def delete(self, message: str) -> None:
        await self._do("delete", message)
        self.deleted.append(message)

    async def timeout(self, user: str, seconds: int, reason: str = "") -> None:
        await self._do("timeout", user, seconds, reason)

    async def ban(self, user: str, reason: str = "") -> None:
        await self._do("ban", user, 0, reason)

    async def _do(self, act: str, target: str, seconds: int = 0, reason: str = "") -> None:
        await asyncio.sleep(self.takes_s)
        if self.faults:
            raise self.faults.popleft()
        self.acted.append((act, target, seconds, reason))
