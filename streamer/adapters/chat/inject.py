"""A chat that other programs fill: the inject endpoint of the web API, a Stream Deck, a test."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from streamer.ports import ChatRow, Health, Notice

_REMOVALS = frozenset({"delete_message", "clear_user", "clear_chat"})


class InjectChat:
    """A ChatSource fed by `put`. Rows that take words back overtake the others and always fit."""

    name = "chat.inject"

    def __init__(self, limit: int = 2000) -> None:
        """`limit`: rows that may wait; further ones are refused until somebody reads."""
        self._limit = limit
        self._rows: deque[ChatRow] = deque()
        self._removals: deque[ChatRow] = deque()
        self._arrived = asyncio.Event()
        self._closed = False
        self._taken = 0
        self._refused = 0

    def put(self, row: ChatRow) -> bool:
        """Whether the row was taken. Call on the loop."""
        if self._closed:
            return False
        if row.kind in _REMOVALS:
            self._removals.append(row)
        elif len(self._rows) >= self._limit:
            self._refused += 1
            return False
        else:
            self._rows.append(row)
        self._taken += 1
        self._arrived.set()
        return True

    async def rows(self) -> AsyncIterator[ChatRow]:
        while True:
            while self._removals or self._rows:
                yield self._removals.popleft() if self._removals else self._rows.popleft()
            if self._closed:
                return
            self._arrived.clear()
            await self._arrived.wait()

    def health(self) -> Health:
        params: dict[str, str | int | float] = {
            "taken": self._taken,
            "refused": self._refused,
            "waiting": len(self._rows) + len(self._removals),
        }
        return Health(self.name, "off" if self._closed else "ok", Notice("chat.inject", params))

    async def aclose(self) -> None:
        """Rows that were taken are still delivered."""
        self._closed = True
        self._arrived.set()
