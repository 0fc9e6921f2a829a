"""Keeps one live chat read by two engines: which of them polls, when the other takes over, and when it is really over.

The first engine that is named is preferred. One that fails rests for a while, longer each time; meanwhile the other
reads, and once the rest is over the first is tried beside it. A chat in which nothing is said is looked at by the other
engine, because one that has gone deaf answers like one that is quiet.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import msgspec

from streamer.adapters.chat.common.clock import Clock
from streamer.adapters.chat.youtube.engine import Batch, Engine, EngineName
from streamer.adapters.chat.youtube.trouble import Code, Trouble

Verdict = Literal["live", "over", "unknown"]


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """In seconds."""

    floor_s: float = 1.0
    """Never polled more often."""
    ceiling_s: float = 15.0
    jitter: float = 0.1
    """Each pause is longer by up to this share."""
    begin_s: float = 8.0
    """How long an engine may take to begin, or to answer one poll, its own second tries included."""
    again_s: float = 1.0
    """Before an engine asks again what failed; twice as long before the last time."""
    rest_s: float = 60.0
    rest_max_s: float = 900.0
    steady_s: float = 300.0
    """An engine that worked so long rests as after its first fault."""
    retry_s: float = 0.5
    retry_max_s: float = 30.0
    quiet_s: float = 60.0
    quiet_max_s: float = 900.0
    quiet_polls: int = 6
    strikes: int = 3
    """How often "it is over" has to be heard."""
    strike_s: float = 2.0
    look_s: float = 10.0
    """The first pause before a stream that has not begun is asked for again; grows to `look_max_s`."""
    look_max_s: float = 60.0
    mend_max_s: float = 300.0
    """The longest pause where somebody has to change something first."""


class Relay:
    """`run` reads one video until it is over. `take` gets each batch and the seconds until the next, and says how many
    rows were new; `ask` looks at the video's page. `told` hears what works (engine) and what does not (trouble)."""

    def __init__(
        self,
        engines: Mapping[EngineName, Callable[[], Engine]],
        *,
        take: Callable[[Batch, float], int],
        ask: Callable[[], Awaitable[Verdict]],
        told: Callable[[EngineName | None, Code | None], None],
        clock: Clock,
        draw: Callable[[], float],
        timing: Timing,
    ) -> None:
        self._engines = engines
        self._take = take
        self._ask = ask
        self._told = told
        self._clock = clock
        self._draw = draw
        self._timing = timing
        self._rests: dict[EngineName, float] = {}
        self._faults: dict[EngineName, int] = {}
        self._current: Engine | None = None
        self._since = 0.0
        self._failed = 0
        self._strikes = 0
        self._heard = 0.0
        self._empty = 0
        self._quiet_s = timing.quiet_s
        self._trial: asyncio.Task[tuple[Engine, Batch]] | None = None
        self._open: set[Engine] = set()

    async def run(self) -> None:
        """Returns when the video's chat is really over."""
        self._heard = self._clock.now()
        try:
            while True:
                over, pause_s = await self._round()
                if over:
                    return
                await self._clock.sleep(pause_s)
        finally:
            if self._trial is not None:
                self._trial.cancel()
                await asyncio.gather(self._trial, return_exceptions=True)
            await asyncio.gather(*(engine.aclose() for engine in self._open), return_exceptions=True)
            self._open.clear()

    async def _round(self) -> tuple[bool, float]:
        """One poll, or one try to come to it: (it is over, how long to wait)."""
        name = self._current.name if self._current is not None else self._choice()
        try:
            if self._current is None:
                self._current = await self._begun(name)
                self._since = self._clock.now()
            batch = await self._polled(self._current)
        except Trouble as trouble:
            return await self._fault(name, trouble)
        pause_s = self._pause_s(batch)
        new = self._took(batch, pause_s)
        self._failed = self._strikes = 0
        self._told(self._current.name, None)
        self._empty = 0 if new else self._empty + 1
        if self._clock.now() - self._since > self._timing.steady_s:
            self._faults.pop(self._current.name, None)
        await self._beside(pause_s)
        quiet = self._empty >= self._timing.quiet_polls and self._clock.now() - self._heard >= self._quiet_s
        return quiet and await self._struck_when_quiet(), pause_s

    def _took(self, batch: Batch, pause_s: float) -> int:
        new = self._take(batch, pause_s)
        if new:
            self._heard = self._clock.now()
            self._quiet_s = self._timing.quiet_s
        return new

    # --- engines ------------------------------------------------------------------------------------------------------

    def _choice(self) -> EngineName:
        """The first that does not rest; else the one whose rest ends first."""
        now = self._clock.now()
        for name in self._engines:
            if self._rests.get(name, 0.0) <= now:
                return name
        return min(self._engines, key=lambda name: self._rests.get(name, 0.0))

    async def _begun(self, name: EngineName) -> Engine:
        engine = self._engines[name]()
        self._open.add(engine)
        try:
            async with asyncio.timeout(self._timing.begin_s):
                await engine.begin()
        except TimeoutError:
            await self._closed(engine)
            raise Trouble("unreachable", "too slow") from None
        except BaseException as wrong:  # noqa: BLE001 - see `_seen`
            await self._closed(engine)
            raise _seen(wrong) from None
        return engine

    async def _polled(self, engine: Engine) -> Batch:
        try:
            async with asyncio.timeout(self._timing.begin_s):
                return await engine.poll()
        except TimeoutError:
            raise Trouble("unreachable", "too slow") from None
        except Exception as wrong:  # noqa: BLE001 - see `_seen`
            raise _seen(wrong) from None

    async def _closed(self, engine: Engine) -> None:
        self._open.discard(engine)
        await engine.aclose()

    async def _fault(self, name: EngineName, trouble: Trouble) -> tuple[bool, float]:
        """The engine rests, the other is next. Whether it is over is asked when one says so, or when none works."""
        timing = self._timing
        if self._current is not None:
            await self._closed(self._current)
            self._current = None
        self._rest(name, trouble.retry_after_s)
        self._failed += 1
        self._told(None, trouble.code)
        if trouble.code in ("over", "chat_off") or self._failed >= len(self._engines):
            verdict = await self._ask()
            if verdict == "over":
                self._strikes += 1
                if self._strikes >= timing.strikes:
                    return True, 0.0
                return False, timing.strike_s * 2 ** (self._strikes - 1)
            if verdict == "live":
                self._strikes = 0
        if self._failed < len(self._engines):
            return False, 0.0
        pause_s = min(timing.retry_max_s, timing.retry_s * 2.0 ** min(self._failed - len(self._engines), 16))
        if trouble.code in ("rate_limited", "refused"):
            pause_s = max(pause_s, min(timing.retry_max_s, timing.retry_s * 8), trouble.retry_after_s)
        return False, pause_s * (0.75 + 0.5 * self._draw())

    def _rest(self, name: EngineName, at_least_s: float = 0.0) -> None:
        faults = self._faults.get(name, 0)
        self._faults[name] = faults + 1
        rest_s = min(self._timing.rest_max_s, self._timing.rest_s * 2.0 ** min(faults, 16))
        self._rests[name] = self._clock.now() + max(rest_s, at_least_s)

    # --- the other one, beside ----------------------------------------------------------------------------------------

    async def _beside(self, pause_s: float) -> None:
        """Begin a trial of the other engine when there is a reason, and look at the one that has ended."""
        current = self._current
        if current is None:
            return
        if self._trial is None:
            preferred = next(iter(self._engines))
            if current.name != preferred and self._rests.get(preferred, 0.0) <= self._clock.now():
                self._trial = asyncio.create_task(self._tried(preferred), name=f"youtube: try {preferred}")
            return
        if not self._trial.done():
            return
        trial, self._trial = self._trial, None
        try:
            other, batch = trial.result()
        except Trouble as trouble:
            name = self._other(current.name)
            if name is not None:
                self._rest(name, trouble.retry_after_s)
            return
        found = self._took(batch, pause_s)
        back = other.name == next(iter(self._engines))
        if not back and not found:
            await self._closed(other)
            return
        if not back:
            self._rest(current.name)
        await self._moved(current, other, pause_s)

    async def _moved(self, old: Engine, new: Engine, pause_s: float) -> None:
        """Poll the old one once more after the new one's first poll, so that nothing falls between them."""
        self._current, self._since, self._empty = new, self._clock.now(), 0
        try:
            self._took(await self._polled(old), pause_s)
        except Trouble:
            self._rest(old.name)
        await self._closed(old)
        self._told(new.name, None)

    async def _tried(self, name: EngineName) -> tuple[Engine, Batch]:
        engine = await self._begun(name)
        try:
            return engine, await self._polled(engine)
        except BaseException:
            await self._closed(engine)
            raise

    async def _struck_when_quiet(self) -> bool:
        """Nothing was said for long: is the stream still there, and does the other engine hear more?"""
        verdict = await self._ask()
        if verdict == "over":
            self._strikes += 1
            while self._strikes < self._timing.strikes:
                await self._clock.sleep(self._timing.strike_s * 2 ** (self._strikes - 1))
                if await self._ask() != "over":
                    self._strikes = 0
                    return False
                self._strikes += 1
            return True
        self._heard = self._clock.now()
        self._quiet_s = min(self._quiet_s * 2, self._timing.quiet_max_s)
        other = self._other(self._current.name) if self._current is not None else None
        if other is not None and self._trial is None and self._rests.get(other, 0.0) <= self._clock.now():
            self._trial = asyncio.create_task(self._tried(other), name=f"youtube: try {other}")
        return False

    def _other(self, name: EngineName) -> EngineName | None:
        return next((each for each in self._engines if each != name), None)

    def _pause_s(self, batch: Batch) -> float:
        timing = self._timing
        return min(max(batch.wait_s, timing.floor_s), timing.ceiling_s) * (1 + timing.jitter * self._draw())


def _seen(wrong: BaseException) -> BaseException:
    """What nobody foresaw in an engine is the engine's trouble: the other one takes over."""
    if isinstance(wrong, Trouble) or not isinstance(wrong, Exception):
        return wrong
    return Trouble("changed", type(wrong).__name__)
