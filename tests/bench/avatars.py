"""`avatars_fps`, `avatars_js_ms` and both when idle: two drawn people at 1920 x 1080, in Chromium without a GPU."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

from tests.bench.browser import BROWSERS
from tests.bench.report import Bench, quantile, spread
from tests.overlays.fake_show import FakeShow

OVERLAYS = Path(__file__).parents[2] / "overlays"
FIGURES = ("avatars_fps", "avatars_js_ms", "avatars_idle_fps", "avatars_idle_js_ms")
UP_S = 60.0
SETTLE_S = 2.0
"""The entrance is over."""
BOTH = """() => {
  const {rigs} = window.showrunner;
  const shapes = ["aa", "ee", "ih", "oh", "ou", "mbp"];
  Object.values(rigs).forEach((rig, person) => {
    const voice = rig.voice.bind(rig);
    const speaking = rig.speaking.bind(rig);
    rig.voice = () => {
      const at = performance.now() / 90 + person * 1.7;
      voice(Math.abs(Math.sin(at)), shapes[Math.floor(at / 2) % shapes.length]);
    };
    rig.speaking = () => speaking(true);
  });
}"""
"""In a show one talks at a time: here the mouths of both are moved, whoever has the line."""
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
    """Idle, then talking, 8 s each (1 s when quick): the median distance of two frames, the script's work in each."""
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
                seconds = 1.0 if quick else 8.0
                idle = await _watch(page, f"{show.url}/overlay/stage?token=good", seconds, talk=False)
                talk = await _watch(page, f"{show.url}/overlay/stage?token=good&demo", seconds, talk=True)
            finally:
                await browser.close()
    for (frames, work), name in ((talk, "avatars"), (idle, "avatars_idle")):
        bench.measured(f"{name}_fps", 1000 / quantile(frames, 0.5), f"n={len(frames)} frames")
        bench.measured(f"{name}_js_ms", spread(work))
    return None


def _missed(bench: Bench, reason: str) -> None:
    for name in FIGURES:
        bench.missed(name, reason)


async def _watch(page: Any, url: str, seconds: float, *, talk: bool) -> tuple[list[float], list[float]]:
    """Milliseconds between frames and of script in each; when they talk, from a second after the first word."""
    await page.goto(url)
    ready = "state().mouth.mika > 0.1" if talk else "state().there.juno > 0.99"
    async with asyncio.timeout(UP_S):
        while not await page.evaluate(f"window.showrunner?.{ready}"):
            await asyncio.sleep(0.05)
    if talk:
        await page.evaluate(BOTH)
    await asyncio.sleep(1.0 if talk else SETTLE_S)
    await page.evaluate(WATCH)
    await asyncio.sleep(seconds)
    frames, work = await page.evaluate("[window.__frames.slice(1), window.__work]")
    return frames, work
