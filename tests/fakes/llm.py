"""A language model that says what a test tells it to, when it tells it to, and can fail like a real one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from streamer.ports import Completion, Token, Usage


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. Seconds of the loop's clock."""

    tokens: Sequence[str] = ()
    first_s: float = 0.0
    each_s: float = 0.0
    hang_after: int | None = None
    """Says nothing more after that many tokens."""
    fail_after: int | None = None
    """Raises `error` after that many tokens."""
    error: Exception | None = None
    complete: bool = True
    stubborn_s: float = 0.0
    """Ignores cancellation and goes on for this long."""


def tokens_of(text: str, size: int = 4) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


class FakeModel:
    """`answers` are used in order, the last one again and again; a callable gets the request."""

    name = "fake"

    def __init__(self, *answers: Say | str | Callable[[Completion], Say]) -> None:
        self._answers = list(answers) or ["Hello there."]
        self.requests: list[Completion] = []
        self.open = 0
        """Answers whose iterator is not closed yet."""
        self.spoken_at: list[float] = []

    def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if callable(answer):
            answer = answer(request)
        return self._run(Say(tokens=tokens_of(answer)) if isinstance(answer, str) else answer)

    async def _run(self, say: Say) -> AsyncIterator[Token | Usage]:
        self.open += 1
        try:
            await _wait(say.first_s, say.stubborn_s)
            for count, token in enumerate(say.tokens):
                if count == say.fail_after:
                    break
                if count == say.hang_after:
                    await asyncio.get_running_loop().create_future()
                if count and say.each_s:
                    await _wait(say.each_s, say.stubborn_s)
                self.spoken_at.append(asyncio.get_running_loop().time())
                yield Token(token)
            if say.hang_after is not None and say.hang_after >= len(say.tokens):
                await asyncio.get_running_loop().create_future()
            if say.error is not None:
                raise say.error
            yield Usage(completion_tokens=len(say.tokens), complete=say.complete)
        finally:
            self.open -= 1

    async def warm(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


async def _wait(seconds: float, stubborn_s: float) -> None:
    """Sleep; a stubborn one swallows cancellation until its time is over."""
    if seconds <= 0:
        return
    if stubborn_s <= 0:
        await asyncio.sleep(seconds)
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + max(seconds, 0.0)
    while loop.time() < until:
        try:
            await asyncio.sleep(until - loop.time())
        except asyncio.CancelledError:
            until = max(until, loop.time() + 0.01)
