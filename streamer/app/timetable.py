"""Tells the core when a segment of the rundown is due."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from streamer.app.clock import ShowClock
from streamer.app.schedule import Rundown, next_due
from streamer.core.events import Event, SegmentDue


async def announce(
    rundown: Rundown, segment_id: str, clock: ShowClock, emit: Callable[[Event], None], *, resumed: bool = False
) -> None:
    """One fact at each of the segment's times. A show that goes on does not make up for those it missed."""
    segment = dict(rundown.times)[segment_id]
    started = datetime.fromtimestamp(clock.epoch_ns / 1e9, tz=UTC).astimezone()
    after = started + timedelta(milliseconds=clock.now_ms()) if resumed else started - timedelta(microseconds=1)
    while (due := next_due(segment, started, after)) is not None:
        due_ms = max(0, int((due - started).total_seconds() * 1000))
        await asyncio.sleep(max(0.0, (due_ms - clock.now_ms()) / 1000))
        emit(SegmentDue(segment_id, due_ms))
        after = due
