"""A page that plays sound, as `docs/overlay-protocol.md` asks it to, without a browser: it plays into a list.

Faults: `hang()` (reads, says nothing more), `die()` (the connection is cut without a goodbye).
"""

import asyncio
import json
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

HEADER = struct.Struct("<BBHQIII")


@dataclass
class Frame:
    line: int
    seq: int
    at: int
    generation: int
    samples: bytes
    heard_then: int
    """What this page had reported of the line when the frame came in."""
    when: float


@dataclass
class SinkPage:
    """`messages` is everything told in order, `frames` everything that may sound; `speed` plays faster than life."""

    url: str
    token: str
    page: str = "page-1"
    obs: bool = False
    audio: str = "running"
    epoch: int = 0
    speed: float = 1.0
    kind: str = "stage"
    monitor: bool | str = False
    browser: str = ""
    frames: list[Frame] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    holder: bool = False
    along: bool = False
    """It plays what the holder plays, and says nothing about it."""
    generation: int = 0
    close_code: int | None = None

    async def open(self, session: aiohttp.ClientSession) -> "SinkPage":
        self.ws = await session.ws_connect(f"{self.url}/ws/sink?token={self.token}&kind={self.kind}")
        hello = {"page": self.page, "obs": self.obs, "audio": self.audio, "epoch": self.epoch}
        await self.say({"hello": hello | {"monitor": self.monitor, "browser": self.browser}})
        self._line = self._heard = self._sent = 0
        self._total: int | None = None
        self._hung = False
        self._news = asyncio.Event()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._play())]
        return self

    async def say(self, message: dict[str, Any]) -> None:
        await self.ws.send_str(json.dumps(message))

    def hang(self) -> None:
        self._hung = True

    async def die(self) -> None:
        """Gone without a word."""
        await self._end()
        response = self.ws._response
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.abort()
        await asyncio.sleep(0)

    async def close(self) -> None:
        await self._end()
        await self.ws.close()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def told(self, kind: str) -> list[Any]:
        return [message[kind] for message in self.messages if kind in message]

    async def until(self, fits: Any, within: float = 5.0) -> None:
        """Wait until `fits()`; looked at after every message."""
        async with asyncio.timeout(within):
            while not fits():
                self._news.clear()
                await self._news.wait()

    async def _read(self) -> None:
        async for message in self.ws:
            if message.type is aiohttp.WSMsgType.BINARY:
                self._frame(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                await self._told(json.loads(message.data))
            self._news.set()
        self.close_code = self.ws.close_code
        self._news.set()

    def _frame(self, data: bytes) -> None:
        version, kind, track, line, seq, at, generation = HEADER.unpack_from(data)
        assert (version, kind, track) == (1, 1, 0)
        assert len(data) == 24 + 960
        self.frames.append(Frame(line, seq, at, generation, data[24:], self._heard, time.monotonic()))
        if generation >= self.generation and (self.holder or self.along) and line == self._line:
            self._sent = at + 20

    async def _told(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        self.at.append(time.monotonic())
        if lease := message.get("lease"):
            self.holder = lease["holder"]
            self.along = lease.get("monitor", False)
            self.generation = max(self.generation, lease["generation"])
        if begin := message.get("begin"):
            self._line, self._total = begin["line"], None
            self._heard = self._sent = begin["at"]
        if finish := message.get("finish"):
            self._total = finish["total"]
        if stop := message.get("stop"):
            self.generation = max(self.generation, stop["generation"])
            line, self._line = self._line, 0
            if self.holder and not self._hung:
                await self.say({"silent": {"generation": stop["generation"], "line": line or None, "ms": self._heard}})
        if "tone" in message and not self._hung:
            await self.say({"toned": {}})

    async def _play(self) -> None:
        """Play what there is at `speed`; report at the first sample and every 100 ms."""
        first = -1
        while True:
            await asyncio.sleep(0.02 / self.speed)
            if not self._line or self._hung:
                continue
            if self._heard < self._sent:
                if first != self._line:
                    first = self._line
                    await self._report("heard")
                self._heard = min(self._sent, self._heard + 20)
                if self._heard % 100 == 0:
                    await self._report("heard")
            if self._total is not None and self._heard >= self._total:
                await self._report("ended")
                self._line = 0

    async def _report(self, kind: str) -> None:
        self.reported.append(self._heard)
        if self.along:
            return
        await self.say({kind: {"line": self._line, "generation": self.generation, "ms": self._heard, "under": 0}})
