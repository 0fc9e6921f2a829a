"""A recogniser in a worker process: started and loaded once, loaded again after it died, one clip at a time."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from streamer.adapters.asr.common.batch import Turns
from streamer.adapters.worker import Worker, installed, missing
from streamer.ports import Loading, Misconfigured, Unavailable

AGAIN_S = 5.0
"""A load that failed is not tried again before."""
STUCK_S = 3.0
"""Whoever waits for the end of an utterance and gives up after so long has met a process that hangs."""
HEARD, LOAD, LOADING = "hear", "load", "loading"
"""Kinds of messages: a clip, the model, and how far it is."""


class Working:
    """`before` gives what the worker is told to load, without any process: it raises Misconfigured when that is
    missing. `load_s` and `hear_s` are limits in seconds. `instead`: what to load when the process died of the first,
    None for nothing."""

    def __init__(
        self,
        module: str,
        *,
        name: str,
        loads: str,
        env: Mapping[str, str],
        before: Callable[[], Any],
        load_s: float,
        hear_s: float,
        instead: Callable[[Any], Any] = lambda _data: None,
    ) -> None:
        self._worker = Worker(module, name=name, start_s=load_s, env=env, loads=loads)
        self._worker.on_event = self._event
        self._loads = loads
        self._name = name
        self._before, self._instead = before, instead
        self._load_s, self._hear_s = load_s, hear_s
        self._turns = Turns()
        self._loading: asyncio.Task[Any] | None = None
        self._asking: asyncio.Task[Any] | None = None
        self._loaded: tuple[int | None, Any] = (None, None)
        self._failed: tuple[float, Exception] | None = None
        self._listeners: list[Callable[[Loading], None]] = []
        self.closed = False

    @property
    def pid(self) -> int | None:
        """Of the worker, while it lives."""
        return self._worker.pid

    @property
    def about(self) -> Any:
        """What the worker told of the model that it has loaded."""
        return self._loaded[1]

    def refuse_closed(self) -> None:
        if self.closed:
            raise Unavailable(f"{self._name} is closed")

    async def load(self, progress: Callable[[Loading], None] | None = None) -> None:
        """Ready to hear. Raises Unavailable or Misconfigured; who gives `progress` asks anew after a failure."""
        self.refuse_closed()
        if self._worker.alive and self._loaded[0] == self._worker.pid:
            return
        loop = asyncio.get_running_loop()
        if self._loading is None:
            if self._failed is not None and progress is None and loop.time() - self._failed[0] < AGAIN_S:
                raise self._failed[1]
            self._loading = asyncio.create_task(self._load(), name=f"{self._name}-load")
        if progress is not None:
            self._listeners.append(progress)
        try:
            await asyncio.wait((task := self._loading,))
        finally:
            if progress is not None:
                self._listeners.remove(progress)
        self.refuse_closed()
        if task.cancelled():
            raise Unavailable(f"{self._name} is closed")
        failed = task.result()
        if failed is not None:
            raise failed

    async def _load(self) -> Exception | None:
        try:
            if not installed(self._loads):
                raise missing(self._loads)
            data = self._before()
            try:
                about = await self._tell(data)
            except Unavailable:
                other = self._instead(data)
                if other is None or self._worker.alive:
                    raise
                about = await self._tell(other)
        except (Unavailable, Misconfigured) as failed:
            if isinstance(failed, Unavailable) and self._worker.alive:
                self._worker.kill()  # it hangs, or is in no state that is known
            self._failed = (asyncio.get_running_loop().time(), failed)
            return failed
        else:
            self._loaded = (self._worker.pid, about)
            self._failed = None
            return None
        finally:
            self._loading = None

    async def _tell(self, data: Any) -> Any:
        await self._worker.start()
        return (await self._worker.call(LOAD, data, within_s=self._load_s))[0]

    def _event(self, kind: str, data: Any, _pcm: bytes) -> None:
        if kind != LOADING:
            return
        told = Loading(data["step"], data.get("model", ""), data.get("done", 0), data.get("total", 0))
        for listener in tuple(self._listeners):
            listener(told)

    async def hear(self, data: Any, pcm: bytes, *, last: bool) -> Any:
        """The worker's answer for a clip. Raises Unavailable or Misconfigured within the limit.

        The worker cannot be interrupted: a clip that nobody waits for any more keeps its turn until it is answered, so
        that at most one such clip is ahead of the next. One that waits for its turn is never sent."""
        loop = asyncio.get_running_loop()
        asked_s, asking = 0.0, None
        try:
            async with asyncio.timeout(self._hear_s):
                await self.load()
                await self._turns.take(last=last)
                asked_s, asking = loop.time(), await self._ask(data, pcm)
                return await asyncio.shield(asking)
        except TimeoutError:
            if asking is not None:
                self._kill_for(asking)
                raise self._late() from None
            busy = "is still loading its model" if self._loading is not None else "is busy"
            raise Unavailable(f"{self._name} {busy}", retry_after_s=AGAIN_S) from None
        except asyncio.CancelledError:
            if asking is not None and last and loop.time() - asked_s >= STUCK_S:
                self._kill_for(asking)
            raise

    async def _ask(self, data: Any, pcm: bytes) -> asyncio.Task[Any]:
        """Begin, for whoever has the turn; it goes on when the answer is there, or when there will be none."""
        try:
            await self.load()  # the process may have ended while the turn was waited for
        except BaseException:
            self._turns.release()
            raise
        asking = self._asking = asyncio.create_task(self._heard(data, pcm), name=f"{self._name}-hears")
        asking.add_done_callback(self._answered)
        return asking

    async def _heard(self, data: Any, pcm: bytes) -> Any:
        try:
            async with asyncio.timeout(self._hear_s):
                return (await self._worker.call(HEARD, data, pcm, within_s=2 * self._hear_s))[0]
        except TimeoutError:
            self._worker.kill()
            raise self._late() from None

    def _answered(self, asking: asyncio.Task[Any]) -> None:
        if not asking.cancelled():
            asking.exception()  # seen: nobody may be waiting for it any more
        self._turns.release()

    def _kill_for(self, asking: asyncio.Task[Any]) -> None:
        if not asking.done():
            self._worker.kill()

    def _late(self) -> Unavailable:
        return Unavailable(f"{self._name} did not answer within {self._hear_s:g} s")

    async def aclose(self) -> None:
        """Within a second; what is under way raises Unavailable."""
        self.closed = True
        if (task := self._loading) is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._worker.aclose()
        if self._asking is not None:
            await asyncio.gather(self._asking, return_exceptions=True)
