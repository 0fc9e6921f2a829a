"""Waking and stopping."""

import asyncio

from streamer.speech.running import Running


async def test_a_wake_before_the_sleep_is_not_kept():
    running = Running()
    running.wake()
    task = asyncio.ensure_future(running.sleep())
    await asyncio.sleep(0)
    assert not task.done()
    running.wake()
    running.wake()
    await task


async def test_stop_cancels_the_way_to_the_sink():
    running = Running()
    running.air = asyncio.ensure_future(running.sleep())
    await asyncio.sleep(0)
    running.stop()
    await asyncio.wait([running.air])
    assert running.air.cancelled()
