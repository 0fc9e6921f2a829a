"""Segments are announced at their times, on a clock that jumps."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from streamer.app.clock import ShowClock
from streamer.app.schedule import load_rundown
from streamer.app.timetable import announce
from streamer.core.events import Event, SegmentDue
from tests.virtual_time import run_virtual

EPOCH_NS = int(datetime(2026, 11, 21, 20, 0, tzinfo=UTC).timestamp() * 1e9)
RUNDOWN = """
segments:
  - {id: hello, at: start, say: hello}
  - {id: water, every: 10m, say: drink}
"""


def announced(tmp_path: Path, segment: str, *, elapsed_s: float = 0.0, resumed: bool = False) -> list[tuple[int, int]]:
    """(due, told) in seconds of the show, over 35 minutes from `elapsed_s` on."""
    (tmp_path / "night.yaml").write_text(RUNDOWN, encoding="utf-8")
    rundown = load_rundown([tmp_path], "night")
    told: list[tuple[int, int]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        wall = EPOCH_NS + int(elapsed_s * 1e9)
        clock = ShowClock(
            epoch_ns=EPOCH_NS, monotonic_ns=lambda: int(loop.time() * 1e9), wall_ns=lambda: wall
        )  # fmt: skip

        def emit(event: Event) -> None:
            assert isinstance(event, SegmentDue)
            told.append((event.due_ms // 1000, round(clock.now_ms() / 1000)))

        task = asyncio.create_task(announce(rundown, segment, clock, emit, resumed=resumed))
        await asyncio.sleep(35 * 60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    run_virtual(main())
    return told


def test_at_start_is_told_once_and_at_once(tmp_path: Path) -> None:
    assert announced(tmp_path, "hello") == [(0, 0)]


def test_every_ten_minutes(tmp_path: Path) -> None:
    assert announced(tmp_path, "water") == [(600, 600), (1200, 1200), (1800, 1800)]


def test_a_show_that_goes_on_does_not_make_up_for_what_it_missed(tmp_path: Path) -> None:
    assert announced(tmp_path, "hello", elapsed_s=1500, resumed=True) == []
    assert announced(tmp_path, "water", elapsed_s=1500, resumed=True)[0] == (1800, 1800)
