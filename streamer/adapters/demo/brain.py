"""The language model of the demo: lines improvised from the persona's own material, streamed as a model would."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import msgspec

from streamer.ports import Completion, Token, Usage

TOKEN = re.compile(r"\s*\S{1,6}|\s+")


class Pace(msgspec.Struct, frozen=True):
    """Delays in milliseconds: to the first token (drawn between the two) and between tokens. Zero waits for nothing."""

    first_ms: tuple[float, float] = (280.0, 520.0)
    token_ms: float = 18.0


INSTANT = Pace((0.0, 0.0), 0.0)


class DemoBrain:
    """LanguageModel. `improvise` gets `Completion.hints` and returns the whole line; it must be pure and quick.

    The same request waits the same: delays are drawn from `seed` and the request's own.
    """

    name = "scripted"

    def __init__(
        self,
        improvise: Callable[[Mapping[str, str]], str],
        *,
        pace: Pace = Pace(),  # noqa: B008
        seed: int = 0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._improvise, self._pace, self._seed, self._sleep = improvise, pace, seed, sleep

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        """See the port. Counts tokens as four characters each."""
        pace = self._pace
        draw = random.Random(f"{self._seed}/{request.seed}")
        first_ms = draw.uniform(*pace.first_ms)
        if first_ms:
            await self._sleep(first_ms / 1000)
        text = self._improvise(request.hints)
        for i, match in enumerate(TOKEN.finditer(text)):
            if i and pace.token_ms:
                await self._sleep(pace.token_ms * draw.uniform(0.5, 1.5) / 1000)
            yield Token(match.group())
        prompt = sum(len(message.content) for message in request.messages) // 4
        yield Usage(prompt, (len(text) + 3) // 4, 0.0, provider="scripted")

    async def warm(self) -> None:
        """Nothing to load."""

    async def aclose(self) -> None:
        """Nothing to close."""
