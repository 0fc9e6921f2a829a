"""`stop_silent_ms`: from the press of stop to silence at the output of the real page, in headless Chromium."""

import asyncio
import os
import shutil
import time
from typing import Any

from tests.bench.report import Bench, spread
from tests.bench.stand import LONG_S, Stand, stand

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = 0.001
"""RMS of the player's output, full scale 1; the tone that plays has about 0.2."""
EAR = """() => {
  const {sink} = window.showrunner;
  const ear = new AnalyserNode(sink.ctx, {fftSize: 256});
  sink.output.connect(ear);
  const wave = new Float32Array(ear.fftSize);
  window.__loud = [];
  const look = () => {
    ear.getFloatTimeDomainData(wave);
    const rms = Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    window.__loud.push([performance.now(), rms]);
    if (window.__loud.length > 4000) window.__loud.splice(0, 2000);
  };
  setInterval(look, 4);
}"""


async def stop_silent(bench: Bench, *, quick: bool) -> None:
    """20 stops of a tone that plays, at random moments."""
    chromium = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        bench.missed("stop_silent_ms", "needs playwright (python3 run.py test installs it)")
        return
    if chromium is None:
        bench.missed("stop_silent_ms", "needs Chromium (python3 run.py test installs it)")
        return
    flags = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    async with stand("wav", listen=False) as on_air, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 720})
            await page.goto(on_air.product.links["Overlay"])
            await page.wait_for_function("() => window.showrunner && window.showrunner.state().holder")
            await page.evaluate(EAR)
            on_air.speak_s(LONG_S)
            values = [await _stop(on_air, page) for _ in range(4 if quick else 20)]
        finally:
            await browser.close()
    bench.measured("stop_silent_ms", spread(values))


async def _stop(on_air: Stand, page: Any) -> float:
    await on_air.say("Mika, tell me everything")
    await page.wait_for_function("() => window.__loud.slice(-40).filter(row => row[1] > 0.05).length > 30")
    await asyncio.sleep(on_air.chance.uniform(0.2, 0.7))
    page_ms, ours_ms = await clocks(page)
    sent_ns = await on_air.press("stop")
    await asyncio.sleep(0.8)
    rows: list[list[float]] = await page.evaluate("() => window.__loud.slice(-1000)")
    pressed_ms = sent_ns / 1e6 - ours_ms + page_ms
    loud = [at for at, rms in rows if rms > QUIET]
    silent = next(at for at, _ in rows if at > loud[-1])
    await on_air.press("resume")
    await asyncio.sleep(0.2)
    return max(0.0, silent - pressed_ms)


async def clocks(page: Any) -> tuple[float, float]:
    """The page's clock and ours at one moment, by the quickest of some round trips."""
    best: tuple[float, float, float] | None = None
    for _ in range(8):
        before = time.perf_counter_ns() / 1e6
        there = await page.evaluate("() => performance.now()")
        after = time.perf_counter_ns() / 1e6
        if best is None or after - before < best[0]:
            best = (after - before, there, (before + after) / 2)
    assert best is not None
    return best[1], best[2]
