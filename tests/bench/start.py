"""How soon a show is up, and what it holds in memory: the demo show, nothing configured."""

import asyncio
import os
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench.machine import children, resident_mb
from tests.bench.report import Bench

ROOT = Path(__file__).parents[2]
UP_S = 60.0
IDLE_S = 12.0
LOOK_S = 0.005


async def boot(bench: Bench, *, quick: bool) -> None:
    """`boot_s`: from starting the process to the first `/healthz` that answers 200. Median of warm starts."""
    found: list[float] = []
    for _ in range(4 if quick else 8):
        async with _demo() as (_, took_s):
            found.append(took_s)
    warm = found[1:]
    bench.measured("boot_s", statistics.median(warm), f"median of {len(warm)} warm starts, {_listed(warm)}")


def _listed(values: list[float]) -> str:
    return f"fastest {min(values):.2f}, slowest {max(values):.2f} s"


async def idle(bench: Bench, *, quick: bool) -> None:
    """`idle_rss_mb`: memory of the show's process while the demo runs and no page is open."""
    async with _demo() as (pid, _):
        await asyncio.sleep(4.0 if quick else IDLE_S)
        show_mb = resident_mb(pid)
        workers = [mb for child in children(pid) if (mb := resident_mb(child)) is not None]
    if show_mb is None:
        bench.missed("idle_rss_mb", "this system has no /proc to read it from")
        return
    extra = f"the show's process; its voice worker holds {sum(workers):.0f} MB more" if workers else ""
    bench.measured("idle_rss_mb", show_mb, extra)


@asynccontextmanager
async def _demo() -> AsyncIterator[tuple[int, float]]:
    """The process id of a running demo show, and how long it took to answer."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        port = _free_port()
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-X", "utf8", "-m", "streamer", "run", "--port", str(port),
            "--state", f"{folder}/state", "--home", f"{folder}/home", cwd=ROOT, env=dict(os.environ),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(UP_S):
                while not await _healthy(port):
                    assert process.returncode is None, "it ended while starting"
                    await asyncio.sleep(LOOK_S)
            yield process.pid, time.perf_counter() - began
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
            await process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _healthy(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
