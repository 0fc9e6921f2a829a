"""The language model's part of a line: tokens into the script, with time limits and an end that always comes."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from streamer.ports import LanguageModel, Misconfigured, Unavailable, Usage
from streamer.speech.line import Line
from streamer.speech.script import Said
from streamer.speech.voicing import SpeechLimits

log = logging.getLogger(__name__)


class Listener(Protocol):
    """What a thinking line needs of the performer."""

    limits: SpeechLimits
    loop: asyncio.AbstractEventLoop

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]": ...

    def mark(self, line: Line, span: str) -> None: ...

    def said(self, line: Line, clauses: Sequence[Said]) -> None:
        """More clauses of the script."""
        ...

    def thought(self, line: Line, reason: str) -> None:
        """The script is over; `reason` is "" when the model ended by itself."""
        ...


class Thinking:
    """Reads one answer. `thought` is called exactly once, unless `stop` came first."""

    def __init__(self, listener: Listener, line: Line, llm: LanguageModel) -> None:
        self._listener = listener
        self._line = line
        self._llm = llm
        self._alive = True
        self._any = False
        self._last_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        listener = self._listener
        self._last_at = listener.loop.time()
        self._timer = listener.loop.call_later(listener.limits.first_token_s, self._check)
        self._task = listener.spawn(self._run(), f"llm line {self._line.id}")

    def stop(self) -> None:
        """Nothing more is wanted. Immediate; the request is cancelled in the background."""
        self._alive = False
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        stream = self._llm.stream(self._line.brief.request)
        try:
            async for item in stream:
                if not self._alive:
                    return
                if isinstance(item, Usage):
                    self._line.usage = item
                    self._over("", complete=item.complete)
                else:
                    self._token(item.text)
                if not self._alive:
                    return
            self._over("", complete=True)
        except (Unavailable, Misconfigured) as error:
            log.warning("the language model gave up a line: %s", error.reason)
            self._over("llm_unavailable", complete=False)
        except Exception:
            if self._alive:
                log.exception("the language model raised something it should not")
            self._over("llm_unavailable", complete=False)
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def _token(self, text: str) -> None:
        listener, line = self._listener, self._line
        if not text:
            return
        listener.mark(line, "llm_first_token")
        clauses = line.script.feed(text)
        if line.script.visible:
            self._any = True
            self._last_at = listener.loop.time()
        if clauses:
            listener.said(line, clauses)
        if line.script.ended and self._alive:
            self._over(line.script.ended, complete=False)

    def _over(self, reason: str, *, complete: bool) -> None:
        if not self._alive:
            return
        self._alive = False
        if self._timer is not None:
            self._timer.cancel()
        clauses = self._line.script.finish(complete=complete)
        if clauses:
            self._listener.said(self._line, clauses)
        self._listener.thought(self._line, reason or self._line.script.ended)

    def _check(self) -> None:
        """Too long without a word (thinking aloud does not count): the line goes on without the model."""
        limits = self._listener.limits
        limit = limits.token_stall_s if self._any else limits.first_token_s
        idle = self._listener.loop.time() - self._last_at
        if idle + 0.001 < limit:
            self._timer = self._listener.loop.call_later(limit - idle, self._check)
            return
        log.warning("the language model is late")
        self._over("llm_stalled" if self._any else "llm_late", complete=False)
        if self._task is not None:
            self._task.cancel()
