"""`night_report_s`: an hour of chat becomes its report, five exchanges voiced by the offline voice."""

import asyncio
import json
import os
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.machine import ended_s
from tests.bench.report import Bench

ROOT = Path(__file__).parents[2]
HOUR = ROOT / "tests" / "shows" / "hour.jsonl"
SHORT_ROWS = 600
BEST = 5
STAGES = ("reading", "rehearsing", "choosing", "voicing", "done")


async def night_report(bench: Bench, *, quick: bool) -> None:
    """`rehearse --report FILE.html --progress`, as the panel runs it: from the start of the process to its end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = HOUR
        if quick:
            log = Path(folder) / "short.jsonl"
            rows = HOUR.read_text(encoding="utf-8").splitlines(keepends=True)
            log.write_text("".join(rows[:SHORT_ROWS]), encoding="utf-8")
        report = Path(folder) / "report.html"
        before_s = ended_s()
        began = time.perf_counter()
        told = await _rehearse(log, report, Path(folder))
        took_s = time.perf_counter() - began
        used_s = ended_s() - before_s
        size = report.stat().st_size
    best = told[-1][1]["summary"]["best"]
    note = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in _stages(told, began, began + took_s).items())
    note += f" s; {best} exchanges voiced, {size / 1e6:.1f} MB"
    note += f"; {used_s:.1f} s of processor time, at low priority" if used_s else ""
    if best < BEST and not quick:
        bench.missed("night_report_s", f"only {best} exchanges were found; {note}")
        return
    bench.measured("night_report_s", took_s, f"{SHORT_ROWS} rows only; {note}" if quick else note)


async def _rehearse(log: Path, report: Path, folder: Path) -> list[tuple[float, dict[str, Any]]]:
    """When each row of the progress came, and the row."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "utf8", "-m", "streamer", "rehearse", str(log), "--report", str(report), "--progress",
        "--state", str(folder / "state"), "--home", str(folder / "home"),
        cwd=ROOT, env=dict(os.environ), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    told: list[tuple[float, dict[str, Any]]] = []
    try:
        while line := await process.stdout.readline():
            told.append((time.perf_counter(), json.loads(line)))
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert code == 0, code
    assert told[-1][1]["state"] == "done", told[-1][1]
    return told


def _stages(told: list[tuple[float, dict[str, Any]]], began: float, ended: float) -> dict[str, float]:
    """Seconds of each stage; `start` is from the process to its first word, `end` what comes after the last."""
    first = {stage: next((at for at, row in told if row["state"] == stage), None) for stage in STAGES}
    marks = [("start", began), *((stage, at) for stage, at in first.items() if at is not None), ("", ended)]
    return {"end" if stage == "done" else stage: following - at for (stage, at), (_, following) in pairwise(marks)}
