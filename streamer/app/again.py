"""A chat that comes again: when one stream is over, the next one of the same channel is waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from msgspec.structs import replace

from streamer.ports import ChatRow, ChatSource, ChatWriter, Health, Writable


class Again:
    """A ChatSource that never ends by itself. `make` makes the source of one stream, `pause_s` lies between two."""

    def __init__(
        self, make: Callable[[], ChatSource], pause_s: float, *, now: Callable[[], float] | None = None
    ) -> None:
        self._make = make
        self._pause_s = pause_s
        self._now = now
        self.source = make()
        self._closed = False
        self.name = self.source.name

    @property
    def writer(self) -> ChatWriter | None:
        return self.source.writer if isinstance(self.source, Writable) else None

    async def rows(self) -> AsyncIterator[ChatRow]:
        now = self._now or asyncio.get_running_loop().time
        origin = now()
        while not self._closed:
            zero_s = now() - origin
            async for row in self.source.rows():
                yield replace(row, at=row.at + zero_s) if zero_s and row.at else row
            if self._closed:
                return
            await self.source.aclose()
            await asyncio.sleep(self._pause_s)
            self.source = self._make()

    def healths(self) -> Sequence[Health]:
        several: Callable[[], Sequence[Health]] | None = getattr(self.source, "healths", None)
        return [self.source.health()] if several is None else several()

    def health(self) -> Health:
        return self.source.health()

    async def aclose(self) -> None:
        self._closed = True
        await self.source.aclose()
