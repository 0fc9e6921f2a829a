"""`fanout_1000_ms`: one change of what the audience sees, from the chat message to each of 1,000 overlays.

The overlays live in a process of their own (`python -m tests.bench.crowd PORT TOKEN COUNT`). They do no more than note
when bytes came: a thousand clients that decode would measure themselves.
"""

import asyncio
import base64
import json
import os
import re
import sys
import time
from pathlib import Path

from tests.bench.machine import room_for_sockets
from tests.bench.report import Bench, spread
from tests.bench.stand import Stand, stand

CLIENTS = 1_000
ROOT = Path(__file__).parents[2]
MARK = "fan-out number"
CHANGE = re.compile(rb"fan-out number (\d{3})")


async def fanout(bench: Bench, *, quick: bool) -> None:
    problem = room_for_sockets(CLIENTS + 500)
    if problem:
        bench.missed("fanout_1000_ms", problem)
        return
    changes = 5 if quick else 20
    async with stand("wav", listen=False) as on_air:
        values = await _measure(on_air, changes)
    lost = changes * CLIENTS - len(values)
    bench.measured("fanout_1000_ms", spread(values), f"{lost} of {changes * CLIENTS} did not arrive" if lost else "")


async def _measure(on_air: Stand, changes: int) -> list[float]:
    token = on_air.product.links["Overlay"].partition("token=")[2]
    port = on_air.product.base.rpartition(":")[2]
    crowd = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.crowd", port, token, str(CLIENTS),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 26,
    )  # fmt: skip
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await crowd.stdout.readline() == b"ready\n"
        await asyncio.sleep(1.0)
        sent: list[int] = []
        for number in range(changes):
            sent.append(await on_air.say(f"{MARK} {number:03d}"))
            await asyncio.sleep(0.4)
        crowd.stdin.write(b"done\n")
        async with asyncio.timeout(30):
            seen: list[list[int]] = json.loads(await crowd.stdout.readline())
    finally:
        if crowd.returncode is None:
            crowd.kill()
        await crowd.wait()
    return [(at_ns - sent[number]) / 1e6 for number, at_ns in seen]


# --- the other process ------------------------------------------------------------------------------------------------


class _Overlay(asyncio.Protocol):
    """One feed socket: the handshake of RFC 6455, then a note of when bytes came."""

    def __init__(self, host: str, token: str, ready: asyncio.Event) -> None:
        self._host, self._token, self._ready = host, token, ready
        self.seen: list[tuple[int, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /ws/feed?view=overlay&token={self._token} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.seen.append((time.perf_counter_ns(), data))
        if b'"snapshot"' in data:
            self._ready.set()


def _arrivals(overlays: list[_Overlay]) -> list[tuple[int, int]]:
    """(number of the change, when) for every overlay and change."""
    found: list[tuple[int, int]] = []
    for overlay in overlays:
        first: dict[int, int] = {}
        for at_ns, data in overlay.seen:
            for number in CHANGE.findall(data):
                first.setdefault(int(number), at_ns)
        found += first.items()
    return found


async def _crowd(port: int, token: str, count: int) -> None:
    import gc

    loop = asyncio.get_running_loop()
    overlays: list[_Overlay] = []
    for _ in range(count):
        ready = asyncio.Event()
        _, overlay = await loop.create_connection(
            lambda ready=ready: _Overlay(f"127.0.0.1:{port}", token, ready), "127.0.0.1", port
        )
        overlays.append(overlay)
        await asyncio.wait_for(ready.wait(), 10)
    gc.freeze()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps(_arrivals(overlays)), flush=True)


if __name__ == "__main__":
    room_for_sockets(int(sys.argv[3]) + 500)
    asyncio.run(_crowd(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
