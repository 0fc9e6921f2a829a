"""What the show itself adds between a chat message and the first sound of its answer, and how soon stop is silence."""

import asyncio

from tests.bench.report import Bench, Spread, spread
from tests.bench.stand import LONG_S, SHORT_S, Stand, stand

HISTORY = 2_000
FEW = 20


async def overheads(bench: Bench, *, quick: bool) -> None:
    """`overhead_ms`, its history, `first_turn_ms` and `stop_frame_ms`: one show, WAV voice."""
    turns = 20 if quick else 80
    async with stand("wav") as on_air:
        first = await on_air.turn()
        bench.measured("first_turn_ms", await _first_turns(first.overhead_ms, 1 if quick else 4))
        await on_air.chat(FEW)
        if bench.wants("overhead_ms"):
            bench.measured("overhead_ms", await _many(on_air, turns))
        if bench.wants("stop_frame_ms"):
            bench.measured("stop_frame_ms", *await _stops(on_air, 10 if quick else 40))
        if bench.wants("overhead_history_2000_ms"):
            await on_air.chat(HISTORY)
            bench.measured("overhead_history_2000_ms", await _many(on_air, turns))


async def mp3(bench: Bench, *, quick: bool) -> None:
    """`overhead_mp3_ms`: the same with a voice server that answers in MP3."""
    async with stand("mp3") as on_air:
        await on_air.turn()
        await on_air.chat(FEW)
        bench.measured("overhead_mp3_ms", await _many(on_air, 20 if quick else 80))


async def _first_turns(first_ms: float, shows: int) -> Spread:
    """The first answer of a show that has just started; one more start for each further value."""
    found = [first_ms]
    for _ in range(shows):
        async with stand("wav") as on_air:
            found.append((await on_air.turn()).overhead_ms)
    return spread(found)


async def _many(on_air: Stand, turns: int) -> Spread:
    return spread([(await on_air.turn()).overhead_ms for _ in range(turns)])


async def _stops(on_air: Stand, times: int) -> tuple[Spread, str]:
    """From sending the press to the last frame that still came in; and to the word that the line is over."""
    page = on_air.page
    last_ms: list[float] = []
    told_ms: list[float] = []
    on_air.speak_s(LONG_S)
    page.speed = 1.0
    for _ in range(times):
        before = len(page.frames_ns)
        stops = len(page.stops_ns)
        await on_air.say("Mika, tell me everything")
        await page.until(lambda before=before: len(page.frames_ns) > before + 10, 20.0)
        await asyncio.sleep(on_air.chance.uniform(0.2, 0.7))
        sent_ns = await on_air.press("stop")
        await page.until(lambda stops=stops: len(page.stops_ns) > stops)
        await asyncio.sleep(0.25)
        last_ms.append(max(0.0, (page.frames_ns[-1] - sent_ns) / 1e6))
        told_ms.append((page.stops_ns[-1] - sent_ns) / 1e6)
        await on_air.press("resume")
        await asyncio.sleep(0.1)
    on_air.speak_s(SHORT_S)
    page.speed = 8.0
    told = spread(told_ms)
    return spread(last_ms), f"the page was told to be silent after p50 {told.p50:.1f}, p95 {told.p95:.1f} ms"
