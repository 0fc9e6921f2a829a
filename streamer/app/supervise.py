"""Keeps the sources running: every task has an owner, every failure a sentence, every restart a pause."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from msgspec.structs import replace

from streamer.app.plausible import encodable
from streamer.ports import ChatRow, ChatSource, Health, HealthState, Misconfigured, Notice, Unavailable

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A source that ran this long has earned the short pause again."""


class Supervisor:
    """Owns the tasks of a show. `close` ends them all and names those that were late."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed: dict[str, Health] = {}
        self.crashed: set[str] = set()
        """Names of sources whose reading ended with a fault that nobody foresaw: what is left of them is not to be
        trusted, and another is to be made."""

    def start(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def watch(
        self, source: ChatSource, on_row: Callable[[ChatRow], None], now_s: Callable[[], float] | None = None
    ) -> "asyncio.Task[None]":
        """Read a chat for as long as the show runs, or until the task is cancelled.

        Sources count time from when they are read; with `now_s` their rows are put on that clock, so that what one
        source takes back covers what another told.
        """
        self._failed.pop(source.name, None)
        self.crashed.discard(source.name)
        return self.start(self._read(source, on_row, now_s), f"chat {source.name}")

    def health(self, source: ChatSource) -> Health:
        """What the source says of itself, unless it has failed altogether."""
        return self._failed.get(source.name) or source.health()

    def healths(self, source: ChatSource) -> Sequence[Health]:
        """The same of a source that is made of several: a row for each."""
        several: Callable[[], Sequence[Health]] | None = getattr(source, "healths", None)
        return (self.health(source),) if several is None or source.name in self._failed else several()

    async def close(self, within_s: float) -> Sequence[str]:
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if not tasks:
            return ()
        _, late = await asyncio.wait(tasks, timeout=within_s)
        return sorted(task.get_name() for task in late)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s ended with an error", task.get_name(), exc_info=error)

    async def _read(
        self, source: ChatSource, on_row: Callable[[ChatRow], None], now_s: Callable[[], float] | None
    ) -> None:
        pause_s = FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            zero_s = now_s() if now_s is not None else 0.0
            try:
                async for row in source.rows():
                    timed = replace(row, at=row.at + zero_s) if zero_s and row.at else row
                    self._tell(source, on_row, timed)
                return
            except Misconfigured as wrong:
                if source.health().state == "broken":
                    return  # it says so itself, in words of its own
                self._fail(source, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))
                return
            except Unavailable as away:
                pause_s = away.retry_after_s or pause_s
                self._fail(source, "degraded", Notice("part.unavailable", {"reason": away.reason}))
            except Exception as error:  # a fault of ours in one source must not end the show
                log.exception("%s failed", source.name)
                self._fail(source, "degraded", Notice("part.crashed", {"error": type(error).__name__}))
                self.crashed.add(source.name)
            if loop.time() - began_s > STEADY_S:
                pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _tell(self, source: ChatSource, on_row: Callable[[ChatRow], None], row: ChatRow) -> None:
        """A row that the show cannot take costs itself, and nothing that comes after it."""
        try:
            on_row(encodable(row))
        except Exception as error:
            if source.name not in self._failed:  # one of a thousand says it all
                log.exception("a row of %s could not be taken", source.name)
            self._fail(source, "degraded", Notice("part.crashed", {"error": type(error).__name__}))
        else:
            self._failed.pop(source.name, None)

    def _fail(self, source: ChatSource, state: HealthState, notice: Notice) -> None:
        self._failed[source.name] = Health(source.health().part, state, notice)
