"""Utterances whose sound is complete: their words, in the order in which they were said.

Two may be worked on at the same time. A recogniser that hangs costs its own utterance and no other. Words that cannot
be the end of a sentence wait a moment for what the host says next, and are told together with that.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence

from streamer.hearing.hanging import completeness
from streamer.hearing.languages import unspaced
from streamer.hearing.limits import EarLimits
from streamer.hearing.turn import Turn
from streamer.hearing.utterance import Utterance
from streamer.hearing.verdict import Evidence, Nothing, Verdict, verdict
from streamer.ports import Final, Misconfigured, Unavailable

log = logging.getLogger(__name__)


class _Waiting:
    def __init__(self, utterance: Utterance, *, whole: bool) -> None:
        self.utterance = utterance
        self.whole = whole
        """Told as it is, also when it hangs."""
        self.final: Final | None = None
        self.verdict: Verdict | None = None


class Turns:
    """`tick` is called whenever time has passed; everything is told from there or from the end of a task. `now_ms` of
    the sound; `current`: what is being said at this moment."""

    def __init__(  # noqa: PLR0913 - whom it asks and tells
        self,
        *,
        on_turn: Callable[[Turn], None],
        on_nothing: Callable[[Nothing], None],
        on_trouble: Callable[[Unavailable | Misconfigured], None],
        cast_said: Callable[[], Sequence[str]],
        language: Callable[[], str],
        clock: Callable[[], float],
        now_ms: Callable[[], int],
        current: Callable[[], Utterance | None],
        limits: EarLimits,
    ) -> None:
        self._on_turn = on_turn
        self._on_nothing = on_nothing
        self._on_trouble = on_trouble
        self._cast_said = cast_said
        self._language = language
        self._clock = clock
        self._limits = limits
        self._waiting: deque[_Waiting] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._now_ms = now_ms
        self._current = current

    def commit(self, utterance: Utterance, *, whole: bool = False) -> None:
        """Its sound is complete. `whole`: it was cut, or a key was let go; nothing is joined to it."""
        utterance.flush()
        waiting = _Waiting(utterance, whole=whole)
        self._waiting.append(waiting)
        self.spawn(self._finish(waiting))

    def nothing(self, utterance: Utterance, why: Nothing) -> None:
        """Its words are not wanted. Told in its turn."""
        utterance.drop()
        if utterance.hearing is None and not utterance.prefix:
            return
        waiting = _Waiting(utterance, whole=True)
        waiting.verdict = Verdict(why=why)
        self._waiting.append(waiting)
        self.tick()

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work, name="ear-words")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def tick(self) -> None:
        """Tell what is known by now, the oldest first."""
        while self._waiting and (found := self._waiting[0].verdict) is not None:
            first = self._waiting[0]
            following = self._waiting[1].utterance if len(self._waiting) > 1 else self._current()
            if found.text and not first.whole and self._hangs(first, joined(first.utterance.prefix, found.text)):
                reach = first.utterance.ended_ms + self._limits.hanging_ms
                if following is not None and following.began_ms <= reach:
                    following.prefix = joined(first.utterance.prefix, found.text)
                    following.began_s = min(following.began_s, first.utterance.began_s)
                    self._waiting.popleft()
                    continue
                if following is None and self._now_ms() < reach:
                    return
            self._waiting.popleft()
            self._tell(first, found)

    def _hangs(self, waiting: _Waiting, text: str) -> bool:
        language = (waiting.final.language if waiting.final is not None else "") or self._language()
        return completeness(text, language) == "hanging"

    async def look(self, utterance: Utterance, on_partial: Callable[[str], None]) -> None:
        """What was understood until this silence, if it still lasts when that is known."""
        pause, hearing = utterance.pause, utterance.hearing
        if hearing is None:
            return
        try:
            async with asyncio.timeout(self._limits.look_ms / 1000):
                partial = await hearing.look()
        except (TimeoutError, Unavailable, Misconfigured):
            return  # `finish` tells
        except Exception as error:  # noqa: BLE001 - the same; its words may quote the host
            log.warning("what was said so far was not understood: %s", type(error).__name__)
            return
        if utterance.pause == pause and utterance.quiet_ms:
            utterance.text = partial.text
        if partial.text:
            on_partial(partial.text)

    async def _finish(self, waiting: _Waiting) -> None:
        """Whatever happens there is a verdict: every later turn waits for it."""
        found = Verdict(why="nothing")
        try:
            found = await self._found(waiting)
        except Exception as error:  # noqa: BLE001 - of an engine or of a rule; its words may quote the host
            log.warning("an utterance was not understood: %s", type(error).__name__)
        finally:
            waiting.verdict = found
            self.tick()

    async def _found(self, waiting: _Waiting) -> Verdict:
        utterance = waiting.utterance
        began = self._clock()
        said = self._cast_said()
        final = await self._answered(utterance)
        utterance.spans["asr"] = round((self._clock() - began) * 1000, 1)
        if final is None:
            return Verdict(why="nothing")
        waiting.final = final
        evidence = Evidence(
            voiced_ms=utterance.voiced_ms,
            held=utterance.held,
            spoken_over=utterance.spoken_over,
            may_be_echo=utterance.echo_ms * 2 >= utterance.voiced_ms,
        )
        return await asyncio.to_thread(verdict, final, evidence, said=said, language=self._language())

    async def _answered(self, utterance: Utterance) -> Final | None:
        hearing = utterance.hearing
        if hearing is None:
            return None
        try:
            async with asyncio.timeout(self._limits.answer_ms / 1000):
                return await hearing.finish()
        except TimeoutError:
            hearing.drop()
            seconds = self._limits.answer_ms / 1000
            self._on_trouble(Unavailable(f"the recogniser did not answer within {seconds:g} s"))
        except (Unavailable, Misconfigured) as error:
            self._on_trouble(error)
        except asyncio.CancelledError:
            hearing.drop()
            raise
        return None

    def _tell(self, waiting: _Waiting, found: Verdict) -> None:
        utterance, final = waiting.utterance, waiting.final
        text = joined(utterance.prefix, found.text) if found.text else utterance.prefix
        if not text:
            self._on_nothing(found.why or "nothing")
            return
        self._on_turn(
            Turn(
                text=text,
                began_s=utterance.began_s,
                ended_s=utterance.ended_s,
                confidence=final.confidence if final is not None else 1.0,
                language=(final.language if final is not None else "") or self._language(),
                spans=dict(utterance.spans),
            )
        )

    async def aclose(self) -> None:
        """Whatever is not told by now is dropped."""
        self._waiting.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def joined(first: str, second: str) -> str:
    """Two parts of one sentence, without the dots that stood between them."""
    if not first:
        return second
    head = first.rstrip(" .…‥。、,-—–")
    return head + second if unspaced(head) else f"{head} {second}"
