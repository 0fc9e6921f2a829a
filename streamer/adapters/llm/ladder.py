"""Several language models in order of preference: the first that works answers."""

import time
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from streamer.ports import (
    Completion,
    Health,
    HealthState,
    LanguageModel,
    Misconfigured,
    Notice,
    Token,
    Unavailable,
    Usage,
)

FAILURES = 3
WINDOW_S = 60.0
OPEN_S = 30.0
MAX_OPEN_S = 600.0


class Breaker:
    """Keeps a failing part out of the way: 3 failures in 60 s close it off for 30 s, doubling up to 10 minutes.

    After that time one attempt is let through; its success forgets everything. `retry_after_s` of a failure closes off
    at once for that long. A part that is misconfigured stays closed off until `reset`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self._failed_at: list[float] = []
        self._until = 0.0
        self._next_s = OPEN_S
        self.last: Unavailable | Misconfigured | None = None

    @property
    def allows(self) -> bool:
        return not isinstance(self.last, Misconfigured) and self._clock() >= self._until

    @property
    def wait_s(self) -> float:
        return max(0.0, self._until - self._clock())

    def success(self) -> None:
        self.reset()

    def failure(self, error: Unavailable | Misconfigured) -> None:
        self.last = error
        now = self._clock()
        self._failed_at = [at for at in self._failed_at if now - at < WINDOW_S] + [now]
        if isinstance(error, Unavailable) and error.retry_after_s:
            self._until = max(self._until, now + min(MAX_OPEN_S, error.retry_after_s))
        if len(self._failed_at) >= FAILURES or (self._until and self._next_s > OPEN_S):
            self._until = max(self._until, now + self._next_s)
            self._next_s = min(MAX_OPEN_S, self._next_s * 2)
            self._failed_at = []


class Rung(msgspec.Struct, frozen=True):
    model: LanguageModel
    breaker: Breaker


class Ladder:
    """LanguageModel over others. Goes on to the next one only while nothing was said; words are never said twice.

    `answered` is the name of the model of the last answer, which is also in its `Usage.provider`.
    """

    def __init__(self, models: Sequence[LanguageModel], *, clock: Callable[[], float] = time.monotonic) -> None:
        if not models:
            raise ValueError("a ladder needs a rung")
        self._rungs = [Rung(model, Breaker(clock)) for model in models]
        self.name = " > ".join(model.name for model in models)
        self.answered = ""

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        """See the port. Raises the last Unavailable; Misconfigured only when every rung is."""
        tried: list[Unavailable | Misconfigured] = []
        for rung in self._rungs:
            if not rung.breaker.allows:
                if rung.breaker.last is not None:
                    tried.append(rung.breaker.last)
                continue
            pieces = rung.model.stream(request)
            said = False
            try:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        if not said and rung is not self._rungs[-1]:
                            raise Unavailable(f"{rung.model.name}: an empty answer")
                        rung.breaker.success()
                        yield piece if piece.provider else msgspec.structs.replace(piece, provider=rung.model.name)
                        return
                    if not said:
                        self.answered = rung.model.name
                    said = True
                    yield piece
                raise Unavailable(f"{rung.model.name}: the answer has no end")
            except (Unavailable, Misconfigured) as error:
                rung.breaker.failure(error)
                if said:
                    raise
                tried.append(error)
            finally:
                await _close(pieces)
        raise _last(tried)

    @property
    def rungs(self) -> tuple[LanguageModel, ...]:
        """The models, in order of preference."""
        return tuple(rung.model for rung in self._rungs)

    async def warm(self) -> None:
        """Warms the first rung; the others are woken when they are needed."""
        await self._rungs[0].model.warm()

    async def aclose(self) -> None:
        for rung in self._rungs:
            await rung.model.aclose()

    def health(self) -> list[Health]:
        """One row per rung."""
        return [_health(rung) for rung in self._rungs]


async def _close(pieces: AsyncIterator[Token | Usage]) -> None:
    close = getattr(pieces, "aclose", None)
    if close is not None:
        await close()


def _last(tried: Sequence[Unavailable | Misconfigured]) -> Unavailable | Misconfigured:
    waits = [error for error in tried if isinstance(error, Unavailable)]
    return waits[-1] if waits else tried[-1] if tried else Unavailable("no language model works at the moment")


def _health(rung: Rung) -> Health:
    breaker, name = rung.breaker, rung.model.name
    if breaker.last is None:
        return Health("llm", "ok", Notice("llm_ok", {"name": name}))
    state: HealthState = "degraded" if breaker.allows else "broken"
    fix = breaker.last.fix if isinstance(breaker.last, Misconfigured) else ""
    return Health("llm", state, Notice("llm_failing", {"name": name, "reason": breaker.last.reason}, fix))
