"""The demo's audience: a synthetic crowd on the clock of the loop."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from streamer.adapters.demo.audience import audience
from streamer.ports import ChatRow, Health, Notice

FIRST_S = 4.0
"""The crowd comes in after the opening has begun."""


class AudienceChat:
    """A ChatSource without a platform. The same seed writes the same messages at the same times."""

    name = "chat.demo"

    def __init__(self, seed: int, cast_names: Sequence[str]) -> None:
        self._rows = audience(seed, cast_names)

    async def rows(self) -> AsyncIterator[ChatRow]:
        loop = asyncio.get_running_loop()
        began = loop.time() + FIRST_S
        for row in self._rows:
            await asyncio.sleep(max(0.0, began + float(row["at"]) - loop.time()))
            yield msgspec.convert({**row, "at": 0.0}, ChatRow)

    def health(self) -> Health:
        return Health(self.name, "ok", Notice("chat.demo"))

    async def aclose(self) -> None:
        """Nothing to close."""
