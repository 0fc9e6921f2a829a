"""Shows on a clock that jumps: how much faster than life a rehearsal is, and the core alone."""

import gc
import statistics
import tempfile
import time
from pathlib import Path

import msgspec

from streamer.adapters.demo.audience import Room, show_rows
from streamer.app.folders import folders
from streamer.app.journal import Header, MemoryJournal
from streamer.app.plan import Plan, read_plan
from streamer.app.rehearsal import Rehearsal
from streamer.app.report import build
from streamer.core.director import step
from streamer.core.events import Fact
from streamer.core.show import EMPTY
from streamer.ports import ChatRow
from tests.bench.report import Bench

RATE = 5.0
"""Messages a second."""
SHOW_S = 3600.0


class _Recorder(MemoryJournal):
    """Keeps the facts themselves, too."""

    def __init__(self) -> None:
        super().__init__(Header(seed=1, show="bench", epoch=0))
        self.facts: list[Fact] = []

    def append(self, fact: Fact, commands_digest: str) -> None:
        self.facts.append(fact)
        super().append(fact, commands_digest)


def _rows(plan: Plan, seconds: float) -> list[ChatRow]:
    room = Room(rate=RATE, occasion_every=55.0, host_every=105.0, trouble_every=75.0)
    names = [persona.name for persona in plan.cast]
    return [msgspec.convert(row, ChatRow) for row in show_rows(3, names, seconds=seconds, room=room)]


def simulated(bench: Bench, *, quick: bool) -> None:
    """`sim_speed_x`: the whole rehearsal (moderation, core, briefs, scripted answers, journal, report) of an hour.
    `step_per_s`: the facts of that hour folded by the core alone. Medians of several runs."""
    seconds = SHOW_S / 6 if quick else SHOW_S
    with tempfile.TemporaryDirectory() as empty:
        plan = read_plan(folders(Path(empty), Path(empty)))
        rows = _rows(plan, seconds)
        speeds: list[float] = []
        rounds = 3 if quick else 5
        for _ in range(rounds if bench.wants("sim_speed_x") else 0):
            gc.collect()
            began = time.perf_counter()
            journal = MemoryJournal(Header(seed=1, show="bench", epoch=0))
            result = Rehearsal(plan, seed=1, journal=journal, length_s=rows[-1].at).run(rows)
            build(result, bad_lines=0, bad_line_numbers=[], journal="")
            speeds.append(seconds / (time.perf_counter() - began))
        recorder = _Recorder()
        result = Rehearsal(plan, seed=1, journal=recorder, length_s=rows[-1].at).run(rows)
    told = f"{len(rows)} rows, {len(recorder.facts)} facts, {len(result.takes)} lines in {seconds:.0f} s of show"
    if speeds:
        bench.measured("sim_speed_x", statistics.median(speeds), told)
    if bench.wants("step_per_s"):
        bench.measured("step_per_s", statistics.median(_folds(recorder.facts) for _ in range(3)))


def _folds(facts: list[Fact]) -> float:
    show = EMPTY
    began = time.perf_counter()
    for fact in facts:
        show, _ = step(show, fact)
    return len(facts) / (time.perf_counter() - began)
