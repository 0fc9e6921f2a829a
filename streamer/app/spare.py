"""A chat that is read by two ways: signed in, and as a guest, beside it or while the first does not work.

A platform such as Twitch tells nothing again that was said while a connection was away, so only a second connection
loses nothing when the first one drops. Both tell the same things; `streamer.app.merge` and the ids see to that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from msgspec.structs import replace

from streamer.ports import ChatRow, ChatSource, ChatWriter, Health, Misconfigured, Notice, Unavailable, Writable

AFTER_S = 4.0
"""How long the first way may be away before the second is opened: it joins within a few seconds more."""
BACK_S = 15.0
"""How long the first way has to be well again before the second is closed."""
LOOK_S = 0.5
WAITING_MAX = 1_000


class Spared:
    """A ChatSource made of two. Ends when both are over; raises what ended the first when no way is left."""

    def __init__(
        self,
        first: ChatSource,
        spare: Callable[[], ChatSource],
        *,
        always: bool = False,
        after_s: float = AFTER_S,
        back_s: float = BACK_S,
        look_s: float = LOOK_S,
        now: Callable[[], float] | None = None,
    ) -> None:
        """`spare` makes the second way, each time anew. It is opened at once when the first ends with an error; with
        `always` it is read beside the first the whole time."""
        self._always = always
        self.name = first.name
        self.first = first
        self.spare: ChatSource | None = None
        self._make = spare
        self._after_s, self._back_s, self._look_s = after_s, back_s, look_s
        self._now = now
        self._wrong: Misconfigured | Unavailable | Exception | None = None
        self._pumps: dict[int, asyncio.Task[None]] = {}
        self._zero_s = 0.0
        self._closed = False

    @property
    def writer(self) -> ChatWriter | None:
        return self.first.writer if isinstance(self.first, Writable) else None

    # --- reading ------------------------------------------------------------------------------------------------------

    async def rows(self) -> AsyncIterator[ChatRow]:
        queue: asyncio.Queue[ChatRow | None] = asyncio.Queue(WAITING_MAX)
        watch = asyncio.create_task(self._watch(queue), name=f"{self.name} spare")
        try:
            while (row := await queue.get()) is not None:
                yield row
            await watch
        finally:
            self._closed = True  # nobody takes from the queue any more
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await self.aclose()

    async def _watch(self, queue: "asyncio.Queue[ChatRow | None]") -> None:
        """Opens and closes the second way as the first one goes and comes back."""
        loop = asyncio.get_running_loop()
        now = self._now or loop.time
        self._zero_s = now()
        first = self._pump(self.first, queue)
        well_s = ill_s = 0.0
        last = now()
        opened = last - self._after_s
        if self._always:
            self._open(queue)
            opened = last
        try:
            while True:
                await asyncio.wait((first,), timeout=self._look_s)
                step, last = now() - last, now()
                if first.done():
                    if not self._ended(first):  # really over, and no fault
                        break
                    if self.spare is None:
                        self._open(queue)
                    await asyncio.sleep(self._look_s)
                    if self._spare_is_over():
                        break
                    continue
                well = self.first.health().state == "ok"
                well_s, ill_s = (well_s + step, 0.0) if well else (0.0, ill_s + step)
                if self.spare is None and (ill_s >= self._after_s or self._always) and now() - opened >= self._after_s:
                    self._open(queue)
                    opened = now()
                elif self._spare_is_over():
                    await self._shut()
                    ill_s = 0.0
                elif self.spare is not None and well_s >= self._back_s and not self._always:
                    await self._shut()
        finally:
            await self._shut()
            await self._stop(self.first)
            if not self._closed:
                await queue.put(None)
        if self._wrong is not None:
            raise self._wrong

    def _ended(self, task: "asyncio.Task[None]") -> bool:
        """Whether the first way ended with an error, which is kept."""
        wrong = None if task.cancelled() else task.exception()
        if isinstance(wrong, Exception):
            self._wrong = wrong
        return wrong is not None

    def _spare_is_over(self) -> bool:
        return self.spare is not None and self._pumps[id(self.spare)].done()

    def _pump(self, source: ChatSource, queue: "asyncio.Queue[ChatRow | None]") -> "asyncio.Task[None]":
        """Both ways count from when the first began."""
        now = self._now or asyncio.get_running_loop().time

        async def pump() -> None:
            zero_s = now() - self._zero_s
            async for row in source.rows():
                await queue.put(replace(row, at=row.at + zero_s) if zero_s and row.at else row)

        task = self._pumps[id(source)] = asyncio.create_task(pump(), name=source.name)
        return task

    def _open(self, queue: "asyncio.Queue[ChatRow | None]") -> None:
        self.spare = self._make()
        self._pump(self.spare, queue)

    async def _shut(self) -> None:
        spare, self.spare = self.spare, None
        if spare is not None:
            await self._stop(spare)

    async def _stop(self, source: ChatSource) -> None:
        task = self._pumps.pop(id(source), None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await source.aclose()

    # --- how it is ----------------------------------------------------------------------------------------------------

    def healths(self) -> Sequence[Health]:
        """The first way, no worse than degraded while the second one reads; then the second, if it is open."""
        first = self.first.health()
        match self._wrong:
            case Misconfigured() if first.state == "broken":
                pass  # it says so itself, in words of its own
            case Misconfigured() as wrong:
                first = Health(first.part, "broken", Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix))
            case Unavailable() as away:
                first = Health(first.part, "broken", Notice("part.unavailable", {"reason": away.reason}))
            case None:
                pass
            case error:
                first = Health(first.part, "broken", Notice("part.crashed", {"error": type(error).__name__}))
        if self.spare is None:
            return [first]
        second = self.spare.health()
        if second.state == "ok" and first.state == "broken":
            first = replace(first, state="degraded")
        return [first, replace(second, part=f"{first.part}.spare")]

    def health(self) -> Health:
        return self.healths()[0]

    async def aclose(self) -> None:
        self._closed = True
        for source in (self.spare, self.first):
            if source is not None:
                await self._stop(source)
