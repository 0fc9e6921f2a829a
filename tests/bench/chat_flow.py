"""`chat_100_per_s` and `chat_500_per_s`: is everything that is said delivered once, whole and in order?

The local platforms and the sender live in this process, every client in one of its own, as a show would read it. What
a client told is compared with what was said only when all is over.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.chat_clients import Side, Words, show, sides
from tests.bench.chat_reader import fingerprint
from tests.bench.report import Bench, Flow, quantile

ROOT = Path(__file__).parents[2]
STEADY_HZ, BURST_HZ = 100, 500
STEADY_S, LONG_S, BURST_S = 20.0, 600.0, 5.0
COPY_S = 3.0
"""After the last message: long enough for a second copy, from another poll or the connection before."""
QUIET_S = 20.0
"""A client that told nothing new for so long has told all it ever will."""
UP_S = 90.0


class Sent(msgspec.Struct, frozen=True):
    """One message as it went out."""

    at: float
    words: int


class Client:
    """A side, and the process that reads it."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.sent: dict[str, Sent] = {}
        self.late_s = 0.0
        """How far the sender was behind at worst."""
        self._process: asyncio.subprocess.Process

    async def open(self, stack: AsyncExitStack) -> None:
        told = await self.side.open(stack)
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-X", "utf8", "-m", "tests.bench.chat_reader", cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 28,
        )  # fmt: skip
        stack.push_async_callback(self._close)
        assert process.stdin is not None
        process.stdin.write(json.dumps(told).encode() + b"\n")
        async with asyncio.timeout(UP_S):
            await self.side.ready()
            while (await self.mark())["state"] != "ok":
                await asyncio.sleep(0.1)

    async def mark(self) -> dict[str, Any]:
        """How the client is, and what it has used so far."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"mark\n")
        return await self._answer()

    async def rows(self) -> list[tuple[str, float, int]]:
        """Everything it told; it ends."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return await self._answer()

    async def _answer(self) -> Any:
        assert self._process.stdout is not None
        async with asyncio.timeout(120.0):
            line = await self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the reader of {self.side.name} has ended")
        return json.loads(line)

    async def _close(self) -> None:
        if self._process.returncode is None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                async with asyncio.timeout(10):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def send(self, words: "list[Words]", rate_hz: float, seconds: float) -> None:
        """At an even rate by the clock; what is late is sent at once."""
        began = time.monotonic()
        talk = cycle(words)
        for number in range(round(rate_hz * seconds)):
            behind_s = time.monotonic() - (began + number / rate_hz)
            if behind_s < 0:
                await asyncio.sleep(-behind_s)
            else:
                self.late_s = max(self.late_s, behind_s)
                if number % 10 == 9:
                    await asyncio.sleep(0)
            user, text = next(talk)
            text = f"{text} {number}"
            at = time.monotonic()
            self.sent[await self.side.say(user, text)] = Sent(at, fingerprint(text))


async def flow(client: Client, words: "list[Words]", rate_hz: float, seconds: float) -> tuple[float, float]:
    """Say it all, wait until all was told or nothing more comes. Returns the seconds it took, and those of the reader's
    processor in them."""
    before = await client.mark()
    began = time.monotonic()
    await client.send(words, rate_hz, seconds)
    took_s = time.monotonic() - began
    used = (await client.mark())["cpu_s"] - before["cpu_s"]
    last, since = -1, time.monotonic()
    while time.monotonic() - since < QUIET_S:
        rows = (await client.mark())["rows"]
        if rows >= len(client.sent):
            break
        if rows != last:
            last, since = rows, time.monotonic()
        await asyncio.sleep(0.2)
    return took_s, used


def judged(sent: dict[str, Sent], rows: list[tuple[str, float, int]], *, took_s: float, cpu_s: float) -> Flow:
    """`rows`: id, when, fingerprint of the words, in the order in which they were told."""
    times = Counter(ident for ident, _, _ in rows)
    place = {ident: number for number, ident in enumerate(sent)}
    disordered, furthest = 0, -1
    first: dict[str, tuple[float, int]] = {}
    for ident, at, words in rows:
        if ident not in place or ident in first:
            continue
        first[ident] = at, words
        disordered += place[ident] < furthest
        furthest = max(furthest, place[ident])
    delays = [(at - sent[ident].at) * 1_000 for ident, (at, _) in first.items()] or [0.0]
    return Flow(
        sent=len(sent),
        received=len(first),
        lost=len(sent) - len(first),
        doubled=sum(count - 1 for ident, count in times.items() if ident in place),
        strange=sum(count for ident, count in times.items() if ident not in place),
        changed=sum(words != sent[ident].words for ident, (_, words) in first.items()),
        disordered=disordered,
        rows_per_s=round(len(sent) / took_s, 1),
        cpu_percent=round(100 * cpu_s / took_s, 1),
        p50_ms=round(quantile(delays, 0.50), 1),
        p95_ms=round(quantile(delays, 0.95), 1),
    )


async def _all(rate_hz: float, seconds: float, *, together: bool) -> dict[str, Flow]:
    """Every client, at the same time or one after the other."""
    words = list(show())
    async with AsyncExitStack() as stack:
        clients = [Client(side) for side in sides()]
        await asyncio.gather(*(each.open(stack) for each in clients))
        if together:
            times = await asyncio.gather(*(flow(each, words, rate_hz, seconds) for each in clients))
        else:
            times = [await flow(each, words, rate_hz, seconds) for each in clients]
        await asyncio.sleep(COPY_S)
        return {
            each.side.name: judged(each.sent, await each.rows(), took_s=took_s, cpu_s=cpu_s)
            for each, (took_s, cpu_s) in zip(clients, times, strict=True)
        }


async def chat_flows(bench: Bench, *, quick: bool) -> None:
    """Both figures. The sustained one reads all chats at the same time."""
    if bench.wants("chat_100_per_s"):
        seconds = LONG_S if bench.long else 3.0 if quick else STEADY_S
        found = await _all(STEADY_HZ, seconds, together=True)
        bench.measured("chat_100_per_s", found, f"{seconds:g} s, all six at once: {_words(found)}")
    if bench.wants("chat_500_per_s"):
        seconds = 0.4 if quick else BURST_S
        found = await _all(BURST_HZ, seconds, together=False)
        bench.measured("chat_500_per_s", found, f"{seconds:g} s each: {_words(found)}")


def _words(found: dict[str, Flow]) -> str:
    rates = [each.rows_per_s for each in found.values()]
    wrong = [name for name, each in found.items() if not each.clean]
    return f"{min(rates):g} to {max(rates):g} messages/s went out; " + (
        f"not clean: {', '.join(wrong)}" if wrong else "all clean"
    )
