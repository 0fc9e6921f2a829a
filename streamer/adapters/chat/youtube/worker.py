"""One thread that does one blocking thing after another for an event loop."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Worker:
    """A daemon thread: a call that hangs does not keep the program alive. Begins with the first `call`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], asyncio.Future[Any]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ended: asyncio.Future[None] | None = None

    async def call(self, job: Callable[[], T]) -> T:
        """What `job` returns or raises. When the caller is cancelled, the job runs on and its result is dropped."""
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._ended = loop.create_future()
            self._thread = threading.Thread(target=self._run, args=(loop, self._ended), name=self._name, daemon=True)
            self._thread.start()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((job, cast("asyncio.Future[Any]", future)))
        return await future

    async def stop(self, last: Callable[[], None], within_s: float) -> bool:
        """Do `last` after what is under way, then end. False when that takes longer; the thread ends later."""
        if self._thread is None or self._ended is None:
            return True
        self._jobs.put((last, asyncio.get_running_loop().create_future()))
        self._jobs.put(None)
        await asyncio.wait({self._ended}, timeout=within_s)
        return self._ended.done()

    def _run(self, loop: asyncio.AbstractEventLoop, ended: "asyncio.Future[None]") -> None:
        while (job := self._jobs.get()) is not None:
            work, future = job
            try:
                result = work()
            except BaseException as wrong:  # noqa: BLE001 - it is the caller's
                self._tell(loop, _failed, future, wrong)
                del wrong
            else:
                self._tell(loop, _done, future, result)
            del work, future, job
        self._tell(loop, _done, ended, None)

    @staticmethod
    def _tell(loop: asyncio.AbstractEventLoop, what: Callable[..., None], *args: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(what, *args)


def _done(future: "asyncio.Future[Any]", result: object) -> None:
    if not future.done():
        future.set_result(result)


def _failed(future: "asyncio.Future[Any]", wrong: BaseException) -> None:
    if not future.done():
        future.set_exception(wrong)
        future.exception()  # looked at: nobody may be waiting any more
