"""A chat that other programs fill: the inject endpoint of the web API, a Stream Deck, a test."""

from collections.abc import AsyncIterator

from streamer.adapters.chat.common.buffer import Buffer
from streamer.adapters.chat.common.spread import takes_back
from streamer.ports import ChatRow, Health, Notice


class InjectChat:
    """A ChatSource fed by `put`. Rows that take words back overtake the others and always fit."""

    name = "chat.inject"

    def __init__(self, limit: int = 2000) -> None:
        """`limit`: rows that may wait; further ones are refused until somebody reads."""
        self._rows = Buffer(limit, overtaking=True)
        self._closed = False
        self._taken = 0
        self._refused = 0

    def put(self, row: ChatRow) -> bool:
        """Whether the row was taken. Call on the loop."""
        if self._closed:
            return False
        if self._rows.full and not takes_back(row):
            self._refused += 1
            return False
        self._rows.put(row)
        self._taken += 1
        return True

    async def rows(self) -> AsyncIterator[ChatRow]:
        while (row := await self._rows.next(lambda: self._closed)) is not None:
            yield row

    def health(self) -> Health:
        params: dict[str, str | int | float] = {
            "taken": self._taken,
            "refused": self._refused,
            "waiting": len(self._rows),
        }
        return Health(self.name, "off" if self._closed else "ok", Notice("chat.inject", params))

    async def aclose(self) -> None:
        """Rows that were taken are still delivered."""
        self._closed = True
        self._rows.wake()
