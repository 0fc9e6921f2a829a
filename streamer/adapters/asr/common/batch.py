"""Utterances at engines that hear whole clips: looks ahead of the end, and a finish that costs nothing after one."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable

from streamer.adapters.asr.common.sound import Clip
from streamer.ports import Final, Misconfigured, Partial, Unavailable

Understand = Callable[[Clip, bool], Awaitable[Final]]
"""What is heard in the clip as it is now; True: somebody waits for the end, so it goes before mere looks. Raises
Unavailable or Misconfigured, and keeps its own time limit."""


class _Attempt:
    """One recognition under way: of the first `frames`."""

    def __init__(self, understand: Understand, clip: Clip, *, last: bool) -> None:
        self.frames = clip.frames
        self.task = asyncio.create_task(self._run(understand, clip, last), name="hearing")

    async def _run(self, understand: Understand, clip: Clip, last: bool) -> Final | Unavailable | Misconfigured:  # noqa: FBT001
        try:
            return await understand(clip, last)
        except (Unavailable, Misconfigured) as failed:
            return failed  # nobody may be waiting any more
        except Exception as error:  # noqa: BLE001 - the next recogniser is asked; the words may quote the host
            return Unavailable(f"the recogniser failed ({type(error).__name__})")

    @property
    def failed(self) -> bool:
        return self.task.done() and (self.task.cancelled() or not isinstance(self.task.result(), Final))


class BatchHearing:
    """`Hearing` of an engine without partial results."""

    def __init__(self, understand: Understand, *, refuses: Callable[[], None] = lambda: None) -> None:
        """`refuses` raises what makes any attempt useless: the engine is closed, the language is not one of its own."""
        self._understand = understand
        self._refuses = refuses
        self._clip = Clip()
        self._attempt: _Attempt | None = None
        self._dropped = False

    def feed(self, pcm: bytes) -> None:
        """See the port."""
        if not self._dropped:
            self._clip.feed(pcm)

    async def look(self) -> Partial:
        """See the port. A newer look takes the place of an older one, whose caller gets the newer words."""
        self._check()
        if not self._clip.audible:
            return Partial("")
        if not self._covered():
            self._begin(last=False)
        return Partial((await self._outcome()).text)

    async def finish(self) -> Final:
        """See the port."""
        self._check()
        if not self._clip.audible:
            return Final("", confidence=0.0, no_speech=1.0)
        loop = asyncio.get_running_loop()
        ended = loop.time()
        if not self._covered():
            self._begin(last=True)
        try:
            final = await self._outcome()
        except asyncio.CancelledError:
            self.drop()
            raise
        return Final(final.text, final.confidence, final.no_speech, final.language, (loop.time() - ended) * 1000)

    def drop(self) -> None:
        """See the port."""
        self._dropped = True
        if self._attempt is not None:
            self._attempt.task.cancel()

    def _check(self) -> None:
        if self._dropped:
            raise Unavailable("the utterance was dropped")
        self._refuses()

    def _covered(self) -> bool:
        """Whether what is under way, or done, holds all that was said."""
        attempt = self._attempt
        return attempt is not None and not attempt.failed and self._clip.rests_since(attempt.frames)

    def _begin(self, *, last: bool) -> None:
        old = self._attempt
        self._attempt = _Attempt(self._understand, self._clip, last=last)
        if old is not None:
            old.task.cancel()

    async def _outcome(self) -> Final:
        """Of the newest attempt, also when it began while an older one was waited for."""
        while True:
            attempt = self._attempt
            assert attempt is not None  # noqa: S101 - callers begin one
            await asyncio.wait((attempt.task,))
            if self._dropped:
                raise Unavailable("the utterance was dropped")
            if attempt is not self._attempt:
                continue
            if attempt.task.cancelled():
                raise Unavailable("the recogniser is closed")
            said = attempt.task.result()
            if isinstance(said, Final):
                return said
            raise said


class Turns:
    """One at a time; who waits for the end of an utterance goes before those who only look. Who was given the turn
    keeps it until `release`, which anybody may call for him."""

    def __init__(self) -> None:
        self._busy = False
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    async def take(self, *, last: bool) -> None:
        """Who is cancelled while he waits is out of the queue."""
        if self._busy:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (0 if last else 1, next(self._numbers), mine))
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self.release()  # it was handed over in the same moment
                raise
        self._busy = True

    def release(self) -> None:
        """Hands over without letting go, so that nobody steps in between."""
        while self._waiting:
            waiting = heapq.heappop(self._waiting)[2]
            if not waiting.done():
                waiting.set_result(None)
                return
        self._busy = False
