"""`chat_delete_ms`: a message is deleted while its answer is heard; how soon is the page told to be silent?

The running product, its page, and what the deletion comes by: Twitch's chat, or a program's request to inject.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tests.bench.report import Bench, Spread, spread
from tests.bench.stand import LONG_S, Stand, stand

LINE_S = 20.0
MESSAGE = "Mika, tell me everything"

Delete = Callable[[Stand, str], Awaitable[None]]


async def _by_irc(on_air: Stand, message: str) -> None:
    await on_air.irc.delete(message, login=f"viewer{on_air.viewers}", text=MESSAGE)


class _Inject:
    """Deletes by the API, with a token of its own."""

    def __init__(self) -> None:
        self._token = ""

    async def open(self, on_air: Stand) -> None:
        base = on_air.product.base
        body = {"kind": "inject", "name": "bench"}
        url = f"{base}/api/v1/grants"
        async with on_air.session.post(url, json=body, headers={"Origin": base}) as answer:
            assert answer.status in (200, 201), answer.status
            self._token = (await answer.json())["token"]

    async def __call__(self, on_air: Stand, message: str) -> None:
        row = {"platform": "twitch", "kind": "delete_message", "target": message}
        headers = {"Authorization": f"Bearer {self._token}"}
        async with on_air.session.post(f"{on_air.product.base}/api/v1/inject", json=row, headers=headers) as answer:
            assert answer.status == 200, answer.status


async def chat_delete(bench: Bench, *, quick: bool) -> None:
    """One show for all ways; each time another viewer asks, and is deleted in the middle of the answer."""
    times = 1 if quick else 30
    async with stand("wav") as on_air:
        await on_air.turn()
        inject = _Inject()
        await inject.open(on_air)
        ways: dict[str, Delete] = {"twitch irc": _by_irc, "inject": inject}
        on_air.speak_s(LONG_S)
        on_air.page.speed = 1.0
        found: dict[str, Spread] = {}
        notes: list[str] = []
        for name, delete in ways.items():
            pairs = [await _round(on_air, delete) for _ in range(times)]
            found[name] = spread([told for told, _ in pairs])
            last = spread([last for _, last in pairs])
            notes.append(f"{name}: the last frame came after p50 {last.p50:.1f}, p95 {last.p95:.1f} ms")
    bench.measured("chat_delete_ms", found, "; ".join(notes))


async def _round(on_air: Stand, delete: Delete) -> tuple[float, float]:
    """Milliseconds from the deletion's first byte to the word to be silent, and to the last frame that still came."""
    page = on_air.page
    before, stops = len(page.frames_ns), len(page.stops_ns)
    on_air.viewers += 1
    message = await on_air.irc.say(f"viewer{on_air.viewers}", MESSAGE)
    await page.until(lambda: len(page.frames_ns) > before + 10 and not page.idle, LINE_S)
    await asyncio.sleep(on_air.chance.uniform(0.2, 0.7))
    assert len(page.stops_ns) == stops, "something else ended the line"
    sent_ns = time.perf_counter_ns()
    await delete(on_air, message)
    await page.until(lambda: len(page.stops_ns) > stops, LINE_S)
    await asyncio.sleep(0.5)
    told_ms = (page.stops_ns[stops] - sent_ns) / 1e6
    last_ms = max(0.0, (page.frames_ns[-1] - sent_ns) / 1e6)
    await on_air.quiet()
    return told_ms, last_ms
