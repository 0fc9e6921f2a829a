"""`avatars_fps`, `avatars_js_ms`: two drawn people who talk, at 1920 x 1080, in headless Chromium without a GPU."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

from tests.bench.browser import BROWSERS
from tests.bench.report import Bench, quantile, spread
from tests.overlays.fake_show import FakeShow

OVERLAYS = Path(__file__).parents[2] / "overlays"
FIGURES = ("avatars_fps", "avatars_js_ms")
WATCH = """() => {
  window.__frames = [];
  let last = performance.now();
  const frame = now => {
    window.__frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  window.__work.length = 0;
}"""


async def avatars(bench: Bench, *, quick: bool) -> None:
    """The demo's talk for 8 s (3 s when quick): the median distance of two frames, and the script's work in each."""
    chromium = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        return _missed(bench, "needs playwright (python3 run.py test installs it)")
    if chromium is None:
        return _missed(bench, "needs Chromium (python3 run.py test installs it)")
    flags = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    with FakeShow(OVERLAYS) as show:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
            try:
                page = await browser.new_page(viewport={"width": 1920, "height": 1080})
                frames, work = await _watch(page, show.url, 3 if quick else 8)
            finally:
                await browser.close()
    bench.measured("avatars_fps", 1000 / quantile(frames, 0.5))
    bench.measured("avatars_js_ms", spread(work))
    return None


def _missed(bench: Bench, reason: str) -> None:
    for name in FIGURES:
        bench.missed(name, reason)


async def _watch(page: Any, url: str, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds between frames and of script in each, from a second after the first one begins to talk."""
    await page.goto(f"{url}/overlay/stage?token=good&demo")
    while not await page.evaluate("window.showrunner?.state().mouth.mika > 0.1"):
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    await page.evaluate(WATCH)
    await asyncio.sleep(seconds)
    frames, work = await page.evaluate("[window.__frames.slice(1), window.__work]")
    return frames, work
