"""The watchdog of the event loop. It measures the machine's time, so it is made to stall in earnest, but shortly."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from streamer.app import stalls
from streamer.app.stalls import Stall, Stalls, calls
from streamer.texts import texts
from streamer.web.metrics import Metrics
from tests.virtual_time import run_virtual


@pytest.fixture
async def watched() -> AsyncIterator[tuple[Stalls, list[Stall], Metrics]]:
    metrics, seen = Metrics(), list[Stall]()
    watchdog = Stalls(metrics, on_stall=seen.append)
    watchdog.start()
    yield watchdog, seen, metrics
    watchdog.stop()


Watched = tuple[Stalls, list[Stall], Metrics]


def alone(watchdog: Stalls, seen: list[Stall]) -> None:
    """Only what the test itself tells counts from here on: a busy machine stalls, too."""
    watchdog.stop()
    watchdog._seconds.clear()
    watchdog._quiet_until = 0.0
    seen.clear()


def block_until_seen(watchdog: Stalls, least_s: float) -> None:
    """Keep the loop from turning until the second thread has looked, as long as it takes on a busy machine."""
    secret_word = "what a viewer said"  # a local value: never in a log
    began = time.monotonic()
    while time.monotonic() < began + 20:
        time.sleep(0.01)
        late = time.monotonic() - began > least_s
        if late and watchdog._seen[0] == watchdog._woke_at and secret_word:
            return
    raise AssertionError("nobody looked")


async def test_a_turn_that_takes_long_is_counted(watched: Watched) -> None:
    watchdog, seen, metrics = watched
    await asyncio.sleep(0)
    before = len(seen)
    time.sleep(0.04)
    await asyncio.sleep(0)
    (stall, *_) = seen[before:]
    assert stall.kind == "running"
    assert stall.ms >= 40
    assert watchdog.worst_ms >= stall.ms
    text = metrics.render()
    assert 'showrunner_loop_stall_ms_bucket{kind="running",le="20"} 0' in text
    worst = next(line for line in text.splitlines() if line.startswith("showrunner_loop_stall_worst_ms"))
    assert float(worst.split()[1]) >= stall.ms


async def test_short_turns_are_not_counted(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock of its own: the machine may be busy."""
    watchdog, seen, _ = watched
    alone(watchdog, seen)
    clock = iter(n * 0.019 for n in range(100_000))
    monkeypatch.setattr(stalls, "monotonic", lambda: next(clock))
    asked: list[float | None] = []
    timed = watchdog._timed(asked.append)
    for _ in range(10):
        timed(0.5)
    timed(None)
    assert asked == [*[0.5] * 10, None]
    assert seen == []


async def test_a_late_wake_up_is_counted_and_a_sleeping_machine_is_not(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watchdog, seen, _ = watched
    alone(watchdog, seen)
    now = [100.0]
    monkeypatch.setattr(stalls, "monotonic", lambda: now[0])

    def late(seconds: float) -> Any:
        return lambda _timeout: now.__setitem__(0, now[0] + seconds)

    watchdog._timed(late(0.55))(0.5)
    assert [(stall.kind, stall.ms) for stall in seen] == [("waiting", 50.0)]
    watchdog._timed(late(3600.0))(0.5)
    watchdog._timed(late(3600.0))(None)
    assert len(seen) == 1


async def test_the_log_says_where_it_stood_and_no_values(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    watchdog, seen, _ = watched
    await asyncio.sleep(0)
    with caplog.at_level(logging.WARNING, "streamer.app.stalls"):
        watchdog._quiet_until = 0.0
        caplog.clear()
        block_until_seen(watchdog, 0.26)
        await asyncio.sleep(0)
    assert "block_until_seen" in seen[-1].where[-1]
    assert "tests/app/test_stalls.py:" in seen[-1].where[-1]
    (said,) = caplog.messages
    assert "stood still for" in said
    assert "block_until_seen" in said
    assert "what a viewer said" not in said


async def test_one_log_entry_in_ten_seconds(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    watchdog, seen, _ = watched
    alone(watchdog, seen)
    caplog.clear()
    for _ in range(5):
        watchdog._log(Stall(300.0, "waiting"))
    assert len(caplog.messages) == 1
    watchdog._quiet_until = 0.0
    watchdog._log(Stall(300.0, "running"))
    assert "a place that was not seen" in caplog.messages[-1]


async def test_the_worst_is_of_the_last_minute(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watchdog, seen, _ = watched
    alone(watchdog, seen)
    now = [1000.0]
    monkeypatch.setattr(stalls, "monotonic", lambda: now[0])
    for lasted in (0.3, 0.1, 0.2):
        watchdog._stood(lasted, "waiting")
        now[0] += 1
    assert watchdog.worst_ms == 300
    (row,) = watchdog.healths()
    assert (row.part, row.state, row.notice.params) == ("loop", "degraded", {"ms": 300})
    assert row.notice.fix in texts("en")
    now[0] += 58.5
    assert watchdog.worst_ms == 200
    assert watchdog.healths() == []
    for _ in range(1000):
        watchdog._stood(0.05, "waiting")
        now[0] += 1
    assert len(watchdog._seconds) <= 61


async def test_it_leaves_the_loop_as_it_was() -> None:
    selector: Any = getattr(asyncio.get_running_loop(), "_selector")  # noqa: B009 - not a public name
    before, threads = selector.select, threading.active_count()
    watchdog = Stalls()
    watchdog.stop()
    watchdog.start()
    watchdog.start()
    assert selector.select != before
    assert threading.active_count() == threads + 1
    watchdog.stop()
    watchdog.stop()
    assert selector.select == before
    assert threading.active_count() == threads
    watchdog.start()
    watchdog.stop()


def test_it_is_off_in_virtual_time() -> None:
    async def show() -> float:
        watchdog = Stalls()
        watchdog.start()
        await asyncio.sleep(3600)
        time.sleep(0.03)
        await asyncio.sleep(1)
        watchdog.stop()
        return watchdog.worst_ms

    assert run_virtual(show()) == 0.0


def test_calls_are_bounded_and_need_no_frame() -> None:
    assert calls(None) == ()
    import sys

    assert len(calls(sys._getframe())) == stalls.FRAMES
