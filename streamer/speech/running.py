"""What works for a line: its model, its voices, its way to the sink. Stopped together, at once, from outside."""

import asyncio

from streamer.speech.thinking import Thinking
from streamer.speech.voicing import Voicing


class Running:
    """One per line that is alive."""

    def __init__(self) -> None:
        self.thinking: Thinking | None = None
        self.voicings: dict[int, Voicing] = {}
        self.air: asyncio.Task[None] | None = None
        self._sleeper: asyncio.Future[None] | None = None

    async def sleep(self) -> None:
        """Until `wake`. Whoever waits looks at its condition again before and after."""
        self._sleeper = asyncio.get_running_loop().create_future()
        await self._sleeper

    def wake(self) -> None:
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)

    def stop(self) -> None:
        if self.thinking is not None:
            self.thinking.stop()
        for voicing in list(self.voicings.values()):
            voicing.stop()
        if self.air is not None and self.air is not asyncio.current_task():
            self.air.cancel()
