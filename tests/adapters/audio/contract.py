"""What every outlet of a track keeps, in real time. `OutletContract().check(outlet)` wants one with a
player. The limits are wide: machines that run tests are busy."""

import array
import asyncio
import math
import time
from dataclasses import dataclass, field

from streamer.adapters.audio.common import Outlet
from streamer.ports import FRAME_BYTES, FRAME_MS, RATE_HZ, Heard

SLACK_S = 1.5


def tone(ms: int, hz: float = 440.0, level: float = 0.4) -> bytes:
    """s16 at 24,000 Hz."""
    count = RATE_HZ * ms // 1000
    return array.array(
        "h", [int(32767 * level * math.sin(2 * math.pi * hz * n / RATE_HZ)) for n in range(count)]
    ).tobytes()


@dataclass
class Told:
    """Every report, with when it came, in seconds since this was made."""

    began: float = field(default_factory=time.perf_counter)
    rows: list[tuple[float, Heard]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, at: Heard) -> None:
        self.rows.append((time.perf_counter() - self.began, at))
        if at.ended:
            self.over.set()

    @property
    def ms(self) -> list[int]:
        return [at.ms for _, at in self.rows]

    async def ended(self, within_s: float = 10.0) -> None:
        async with asyncio.timeout(within_s):
            await self.over.wait()


def send(outlet: Outlet, pcm: bytes) -> None:
    for at in range(0, len(pcm), FRAME_BYTES):
        outlet.push(pcm[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))


async def feed(outlet: Outlet, told: Told, ms: int, at_ms: int = 0, ahead_ms: int = 300) -> None:
    """As a track does: so much of a line, never far ahead of what was heard."""
    pcm, sent = tone(ms), 0
    limit = time.perf_counter() + 20
    while sent < len(pcm):
        heard = max([at_ms, *told.ms]) - at_ms
        if sent // 2 * 1000 // RATE_HZ - heard < ahead_ms:
            outlet.push(pcm[sent : sent + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))
            sent += FRAME_BYTES
        else:
            assert time.perf_counter() < limit, "nothing is heard any more"
            await asyncio.sleep(0.005)


class OutletContract:
    """`check` tries everything, one after the other, on one outlet: real ones take seconds to begin."""

    tears = True
    """It tells of silence within a line."""

    async def check(self, outlet: Outlet) -> None:
        await self.what_comes_without_a_line_does_no_harm(outlet)
        await self.a_line_is_heard_to_its_end_in_its_own_time(outlet)
        await self.positions_count_from_the_beginning_of_the_line(outlet)
        await self.after_a_stop_nothing_is_reported_and_the_next_line_has_its_own_time(outlet)
        if self.tears:
            await self.a_producer_that_pauses_is_told(outlet)

    async def a_line_is_heard_to_its_end_in_its_own_time(self, outlet: Outlet) -> None:
        told = Told()
        outlet.play(7, 0, told)
        await feed(outlet, told, 900)
        outlet.end()
        await told.ended()
        assert told.ms == sorted(told.ms)
        assert told.ms[0] < 400
        assert abs(told.ms[-1] - 900) <= FRAME_MS
        assert [at.ended for _, at in told.rows].count(True) == 1
        assert {at.line for _, at in told.rows} == {7}
        assert len(told.rows) >= 5, "about every 100 ms"
        assert 0.85 < told.rows[-1][0] < 0.9 + SLACK_S
        for when, at in told.rows:
            assert at.ms <= when * 1000 + FRAME_MS, "nothing is heard before it was sent"

    async def positions_count_from_the_beginning_of_the_line(self, outlet: Outlet) -> None:
        told = Told()
        outlet.play(8, 1_200, told)
        await feed(outlet, told, 300, at_ms=1_200)
        outlet.end()
        await told.ended()
        assert min(told.ms) >= 1_200
        assert abs(told.ms[-1] - 1_500) <= FRAME_MS

    async def after_a_stop_nothing_is_reported_and_the_next_line_has_its_own_time(self, outlet: Outlet) -> None:
        first, second = Told(), Told()
        outlet.play(1, 0, first)
        send(outlet, tone(400))
        async with asyncio.timeout(10):
            while not first.rows:
                await asyncio.sleep(0.01)
        outlet.stop(15)
        count = len(first.rows)
        outlet.play(2, 0, second)
        await feed(outlet, second, 300)
        outlet.end()
        await second.ended()
        assert len(first.rows) == count
        assert {at.line for _, at in second.rows} == {2}
        assert second.ms[0] < 200
        assert abs(second.ms[-1] - 300) <= FRAME_MS

    async def a_producer_that_pauses_is_told(self, outlet: Outlet) -> None:
        told = Told()
        outlet.play(3, 0, told)
        send(outlet, tone(100))
        async with asyncio.timeout(10):
            while not told.rows:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.6)
        assert not told.over.is_set()
        send(outlet, tone(100))
        outlet.end()
        await told.ended()
        assert abs(told.ms[-1] - 200) <= FRAME_MS
        assert told.rows[-1][1].underrun_ms >= 200

    async def what_comes_without_a_line_does_no_harm(self, outlet: Outlet) -> None:
        outlet.stop(15)
        outlet.push(bytes(FRAME_BYTES))
        outlet.end()
        outlet.duck(True)
        outlet.duck(False)
        told = Told()
        outlet.play(4, 0, told)
        send(outlet, tone(100))
        outlet.end()
        await told.ended()
        assert abs(told.ms[-1] - 100) <= FRAME_MS
