"""Several language models in order of preference: the first that works answers.

The last may be a stand-in, which needs no server: while no model works, or what one says is no answer, it answers this
very request, and the following ones until a model is back.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from streamer.adapters.llm.common.sense import Sense
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
PATIENCE_S = 3.0
"""After so long the first words are passed on one by one: whoever waits for them counts the time."""
SLOW_S = 2.0
"""A failure that took so long may not cost the next line as much: the part is closed off at once."""


class Breaker:
    """Keeps a failing part out of the way: 3 failures in 60 s close it off for 30 s, doubling up to 10 minutes.

    After that time one attempt is let through; its success forgets everything. `retry_after_s` of a failure closes off
    at once for that long, a misconfigured part for 10 minutes.
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
        return self._clock() >= self._until

    @property
    def wait_s(self) -> float:
        return max(0.0, self._until - self._clock())

    def success(self) -> None:
        self.reset()

    def failure(self, error: Unavailable | Misconfigured, *, slow: bool = False) -> None:
        self.last = error
        now = self._clock()
        if isinstance(error, Misconfigured):
            self._until = now + MAX_OPEN_S
            return
        self._failed_at = [at for at in self._failed_at if now - at < WINDOW_S] + [now]
        if error.retry_after_s:
            self._until = max(self._until, now + min(MAX_OPEN_S, error.retry_after_s))
        if slow or len(self._failed_at) >= FAILURES or (self._until and self._next_s > OPEN_S):
            self._until = max(self._until, now + self._next_s)
            self._next_s = min(MAX_OPEN_S, self._next_s * 2)
            self._failed_at = []


class Rung(msgspec.Struct, frozen=True):
    model: LanguageModel
    breaker: Breaker


class Ladder:
    """LanguageModel over others. Goes on to the next one only while nothing was said; words are never said twice.

    Nothing is passed on before there is something to say: an answer of markup, white space or one thing over and over
    is a failure, and the next rung answers. It costs no time, as no voice could begin earlier, and a slow model is not
    held back.
    `answered` is the name of the model of the last answer, which is also in its `Usage.provider`.
    """

    def __init__(
        self,
        models: Sequence[LanguageModel],
        *,
        stand_in: LanguageModel | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`stand_in` answers when no model does; it is always asked last and never closed off."""
        if not models:
            raise ValueError("a ladder needs a rung")
        self._clock = clock
        self._rungs = [Rung(model, Breaker(clock)) for model in models]
        self._stand_in = stand_in
        self.name = " > ".join(model.name for model in models)
        self.answered = ""

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        """See the port. Without a stand-in: raises the last Unavailable; Misconfigured only when every rung is."""
        tried: list[Unavailable | Misconfigured] = []
        for rung in self._rungs:
            if not rung.breaker.allows:
                if rung.breaker.last is not None:
                    tried.append(rung.breaker.last)
                continue
            began, said = self._clock(), False
            pieces = self._sane(rung.model, request)
            try:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        rung.breaker.success()
                        yield piece if piece.provider else msgspec.structs.replace(piece, provider=rung.model.name)
                        return
                    self.answered, said = rung.model.name, True
                    yield piece
            except (Unavailable, Misconfigured) as error:
                slow = self._clock() - began >= SLOW_S and (self._stand_in is not None or len(self._rungs) > 1)
                rung.breaker.failure(error, slow=slow)
                if said:
                    raise
                tried.append(error)
            except Exception as error:  # whatever a model raises, the line goes on
                rung.breaker.failure(Unavailable(f"{type(error).__name__}"))
                if said or (self._stand_in is None and rung is self._rungs[-1]):
                    raise
                tried.append(Unavailable(f"{rung.model.name}: {type(error).__name__}"))
            finally:
                await _close(pieces)
        if self._stand_in is None:
            raise _last(tried)
        self.answered = self._stand_in.name
        async for piece in self._stand_in.stream(request):
            yield piece

    async def _sane(self, model: LanguageModel, request: Completion) -> AsyncIterator[Token | Usage]:
        """The answer of a model, held back until it says something. Raises Unavailable for one that never does."""
        pieces = model.stream(request)
        sense, hurry_at = Sense(), self._clock() + PATIENCE_S
        held: list[Token] = []
        try:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    if wrong := sense.end():
                        raise Unavailable(f"{model.name}: {wrong}")
                    for token in held:
                        yield token
                    yield piece
                    return
                held.append(piece)
                if wrong := sense.feed(piece.text):
                    raise Unavailable(f"{model.name}: {wrong}")
                if sense.begun or (sense.words and self._clock() >= hurry_at):
                    for token in held:
                        yield token
                    held.clear()
            raise Unavailable(f"{model.name}: the answer has no end")
        finally:
            await _close(pieces)

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
        if self._stand_in is not None:
            await self._stand_in.aclose()

    def health(self) -> list[Health]:
        """One row per model, and one more while the stand-in answers instead of all of them."""
        rows = [_health(rung) for rung in self._rungs]
        away = [rung for rung in self._rungs if rung.breaker.last is not None]
        if self._stand_in is not None and len(away) == len(self._rungs):
            reasons = "; ".join(f"{rung.model.name}: {_reason(rung)}" for rung in away)
            rows.append(Health("llm.prepared", "degraded", Notice("llm.prepared", {"reason": reasons})))
        return rows


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
    return Health("llm", state, Notice("llm_failing", {"name": name, "reason": _reason(rung)}, fix))


def _reason(rung: Rung) -> str:
    """Why it does not answer, without its name, which stands before it anyway."""
    last = rung.breaker.last
    return last.reason.removeprefix(f"{rung.model.name}:").strip() if last is not None else ""
