"""Parts that can be exchanged while the show runs: whoever uses them sees one part that never changes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any

from streamer.ports import ChatRow, ChatSource, Completion, LanguageModel, TextToSpeech, Token, Usage

log = logging.getLogger(__name__)

WARM_S = 4.0
CLOSE_S = 5.0
VOICE_REST_S = 60.0
"""A voice that is no longer wanted may still be needed by the line on air, which is never longer than this."""

Spawn = Callable[[Coroutine[Any, Any, None], str], object]


class Brain:
    """A LanguageModel that stands for another one. Answers that have begun are ended by the model that began them."""

    def __init__(self, llm: LanguageModel, spawn: Spawn) -> None:
        self.name = llm.name
        self._llm = llm
        self._spawn = spawn
        self._reading: dict[int, int] = {}
        self._retired: dict[int, LanguageModel] = {}

    @property
    def now(self) -> LanguageModel:
        """The model that answers the next line."""
        return self._llm

    def use(self, llm: LanguageModel) -> None:
        """From the next line on. The old model is closed when nothing of it is read any more."""
        old, self._llm, self.name = self._llm, llm, llm.name
        self._retired[id(old)] = old
        self._rest(old)

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        llm = self._llm
        self._reading[id(llm)] = self._reading.get(id(llm), 0) + 1
        stream = llm.stream(request)
        try:
            async for item in stream:
                yield item
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
            self._reading[id(llm)] -= 1
            self._rest(llm)

    def _rest(self, llm: LanguageModel) -> None:
        if id(llm) in self._retired and not self._reading.get(id(llm)):
            self._reading.pop(id(llm), None)
            del self._retired[id(llm)]
            self._spawn(_close(llm), "close a brain")

    async def warm(self) -> None:
        await self._llm.warm()

    async def aclose(self) -> None:
        retired = [*self._retired.values()]
        self._retired.clear()
        await asyncio.gather(self._llm.aclose(), *(each.aclose() for each in retired), return_exceptions=True)


async def warmed(part: LanguageModel | TextToSpeech, within_s: float = WARM_S) -> None:
    """Give a new part a moment to load what it needs; one that takes longer goes on by itself."""
    warming = asyncio.ensure_future(part.warm())
    try:
        done, _ = await asyncio.wait((warming,), timeout=within_s)
    except asyncio.CancelledError:
        warming.cancel()
        raise
    warming.add_done_callback(_told)
    if not done:
        log.debug("a new part is still warming up")


def _told(warming: "asyncio.Future[None]") -> None:
    if not warming.cancelled() and (wrong := warming.exception()) is not None:
        # What is wrong is told by the first line that needs the part.
        log.debug("a new part did not warm up: %s", type(wrong).__name__)


async def _close(part: LanguageModel | TextToSpeech | ChatSource) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await part.aclose()
    except TimeoutError:
        log.warning("a part that is no longer wanted did not close in time")
    except Exception:
        log.exception("a part that is no longer wanted did not close")


async def rest(voices: Mapping[str, TextToSpeech], after_s: float = VOICE_REST_S) -> None:
    """Close voices that were replaced, once no line can need them."""
    try:
        await asyncio.sleep(after_s)
    finally:
        for voice in voices.values():
            await _close(voice)


class Chats:
    """The chats that are read. `use` exchanges them; one that stays goes on without a gap."""

    def __init__(
        self,
        watch: Callable[[ChatSource, Callable[[ChatRow], None], Callable[[], float] | None], "asyncio.Task[None]"],
        on_row: Callable[[ChatRow], None],
        now_s: Callable[[], float] | None = None,
    ) -> None:
        """`now_s`: the show's clock, on which the rows of every source are put."""
        self._watch = watch
        self._now_s = now_s
        self._on_row = on_row
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self.sources: list[ChatSource] = []

    def add(self, source: ChatSource, *, timed: bool = False) -> None:
        """`timed`: its rows are on the show's clock already."""
        self.sources.append(source)
        self._tasks[id(source)] = self._watch(source, self._on_row, None if timed else self._now_s)

    async def remove(self, source: ChatSource) -> None:
        """Nothing of it is heard any more when this returns."""
        self.sources = [each for each in self.sources if each is not source]
        task = self._tasks.pop(id(source), None)
        if task is not None:
            task.cancel()
            await asyncio.wait((task,), timeout=2.0)
        await _close(source)
