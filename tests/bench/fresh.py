"""`fresh_start_s`: `python3 run.py` in a new clone to the first spoken word at an overlay, with the time of each phase.

    python3 run.py bench --only fresh_start_s        (or: python -m tests.bench.fresh [--cached])

What is committed is cloned into an empty folder, so that there is no environment, no home and no state. pip's own cache
is not used unless `--cached` is said: everything is fetched as on a machine that never saw it, from wherever pip is
set up to fetch. The second start in the same clone is timed, too.
"""

import argparse
import asyncio
import contextlib
import os
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.firstword import word_at
from tests.bench.machine import ended_s, machine
from tests.bench.report import Bench

ROOT = Path(__file__).parents[2]
START_S = 900.0
CLOSE_S = 20.0
PHASES = ("clone", "environment", "port", "word", "processor")
"""`processor`: the processor time of the whole start, to its end."""


async def fresh_start(bench: Bench, *, quick: bool) -> None:
    """The clone itself is not in it: it is what somebody has when they begin. One start; `quick` takes pip's cache."""
    first, second = await measure(cached=quick)
    note = f"environment {first['environment']:.1f}, port open {first['port']:.1f}, first word {first['word']:.1f} s"
    note += f"; second start: port {second['port']:.1f}, first word {second['word']:.1f} s"
    note += f"; {first['processor']:.0f} s of processor time in the first start" if first["processor"] else ""
    bench.measured("fresh_start_s", first["word"], note + ("; pip's cache was used" if quick else ""))


async def measure(*, cached: bool) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds from the start of `run.py` to each phase, of the first start and of the second; `clone` for itself."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    if not cached:
        environment |= {"PIP_NO_CACHE_DIR": "1"}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        began = time.monotonic()
        clone = Path(folder) / "showrunner"
        await _clone(clone)
        cloned_s = time.monotonic() - began
        first = await _start(clone, environment)
        return {"clone": cloned_s, **first}, await _start(clone, environment)


async def _clone(to: Path) -> None:
    git = await asyncio.create_subprocess_exec("git", "clone", "--quiet", "--no-local", "--depth", "1",
                                               ROOT.as_uri(), str(to))  # fmt: skip
    assert await git.wait() == 0, "git could not clone the checkout"


async def _start(clone: Path, environment: dict[str, str]) -> dict[str, float]:
    """One start of `run.py` by the Python that environments are made with; it is closed as by Ctrl-C."""
    began, before_s = time.monotonic(), ended_s()
    process = await asyncio.create_subprocess_exec(
        _python(), "run.py", "--no-open", "--port", "0", cwd=clone, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(START_S):
            found, overlay = await _until_up(process, clone, began)
            reading = asyncio.create_task(_drain(process))
            found["word"] = await word_at(overlay.split("/overlay/")[0], overlay) - began
    finally:
        await _close(process)
        if reading is not None:
            await reading
    return {**found, "processor": ended_s() - before_s}


def _python() -> str:
    """The interpreter itself, outside of the environment the bench runs in."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


async def _until_up(process: asyncio.subprocess.Process, clone: Path, began: float) -> tuple[dict[str, float], str]:
    """When the environment was there and when the port was open (its links are printed), and the overlay's link."""
    assert process.stdout is not None
    stamp = clone / ".venv" / "stamp"
    watch = asyncio.create_task(_appears(stamp))
    said: list[str] = []
    try:
        while line := (await process.stdout.readline()).decode(errors="replace"):
            said.append(line)
            if overlay := re.match(r"\s*Overlay\s+(http\S+)", line):
                return {"environment": await watch - began, "port": time.monotonic() - began}, overlay[1]
    finally:
        watch.cancel()
    raise AssertionError("it ended while starting:\n" + "".join(said[-20:]))


async def _appears(path: Path) -> float:
    while not path.exists():
        await asyncio.sleep(0.05)
    return time.monotonic()


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    while await process.stdout.readline():
        pass


async def _close(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
    try:
        async with asyncio.timeout(CLOSE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.bench.fresh", description="A start on a fresh machine.")
    options.add_argument("--cached", action="store_true", help="let pip use its own cache")
    given = options.parse_args()
    before = machine()
    first, second = asyncio.run(measure(cached=given.cached))
    for name, found in (("first start", first), ("second start", second)):
        print(name)
        for phase in PHASES:
            if phase in found:
                print(f"  {phase:<12} {found[phase]:7.1f} s")
    print(f"{before['cpu']}, {before['cores']} cores, load {before['load']} -> {machine()['load']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
