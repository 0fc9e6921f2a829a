"""`hush_own_ms`, `hush_page_ms`, `hush_silent_ms`, `unhush_ms`: from the fact that the host speaks until nothing of the
line on air is sent any more, until the page knows, until it is silent; from the order to go on until it sounds again.
`turn_queue_ms`: from the words of the host's turn to a line that is being prepared for them.

A whole show in this process with a voice that speaks tones. The own part is the time in which the fact is journaled,
folded and carried out: after it no frame of the line is sent.
"""

import asyncio
import contextlib
import os
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp

from streamer.adapters.demo.brain import INSTANT
from streamer.app.house import House
from streamer.core.events import (
    HostSaidNothing,
    HostSpeechConfirmed,
    HostVoiceEnded,
    ResumePressed,
    SayRequested,
    StopPressed,
)
from streamer.hearing.turn import Turn
from streamer.web.gate import Site
from tests.app.kit import plan, put
from tests.bench.browser import BROWSERS, EAR, QUIET, clocks
from tests.bench.report import Bench, Spread, spread
from tests.fakes.sink_page import SinkPage
from tests.fakes.tts import FakeVoice, How

FIGURES = ("turn_queue_ms", "hush_own_ms", "hush_page_ms", "hush_silent_ms", "unhush_ms")
TEXT = "This line is long enough to be silenced many times before it ends, and it says nothing else at all. " * 6
SETTINGS = "show: {idle_after_s: 0, banter_every_s: 0, gap_s: 0, rundown: empty}\n"
WITHIN_S = 20.0
TIMES, QUICK = 30, 5


async def figures(*, quick: bool = False) -> dict[str, Spread]:
    """All of them that this machine can measure: those of the page's sound need Chromium."""
    times = QUICK if quick else TIMES
    found: dict[str, Spread] = {}
    async with _house() as house:
        found["turn_queue_ms"] = spread([await _queued(house) for _ in range(times)])
        found |= await _ours(house, times)
        async with _chromium(house) as page:
            if page is not None:
                silent, again = await _each(house, lambda: _silent(house, page), times)
                found |= {"hush_silent_ms": spread(silent), "unhush_ms": spread(again)}
    return found


async def ours(times: int) -> dict[str, Spread]:
    """Those that need no browser."""
    async with _house() as house:
        return await _ours(house, times)


async def _ours(house: House, times: int) -> dict[str, Spread]:
    async with _scripted(house) as page:
        own, told = await _each(house, lambda: _told(house, page), times)
    return {"hush_own_ms": spread(own), "hush_page_ms": spread(told)}


async def hearing_floor(bench: Bench, *, quick: bool) -> None:
    """`figures` for `run.py bench`."""
    found = await figures(quick=quick)
    for name in FIGURES:
        if name in found:
            bench.measured(name, found[name])
        else:
            bench.missed(name, "needs playwright and Chromium (python3 run.py test installs them)")


@asynccontextmanager
async def _house() -> AsyncIterator[House]:
    with (
        tempfile.TemporaryDirectory() as folder,
        patch("streamer.app.house.open_voices", lambda _settings: ({"espeak": FakeVoice("espeak", How(pace=0.1))}, [])),
    ):
        put(Path(folder) / "home", "scenes/empty.yaml", "title: Quiet\n")
        house = House(plan(Path(folder), SETTINGS), Site(port=0), pace=INSTANT, sources=[])
        await house.open()
        try:
            yield house
        finally:
            await house.close()


@asynccontextmanager
async def _scripted(house: House) -> AsyncIterator[SinkPage]:
    token = house.web.overlay_link().partition("token=")[2].partition("&")[0]
    async with aiohttp.ClientSession() as session:
        page = await SinkPage(f"http://127.0.0.1:{house.web.port}", token).open(session)
        try:
            await page.until(lambda: page.holder)
            yield page
        finally:
            await page.close()


@asynccontextmanager
async def _chromium(house: House) -> AsyncIterator[Any]:
    """The overlay in a browser, with an ear at its output; None without one."""
    chromium = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        yield None
        return
    if chromium is None:
        yield None
        return
    flags = ["--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            page = await browser.new_page(viewport={"width": 640, "height": 360})
            await page.goto(house.web.overlay_link())
            await page.wait_for_function("() => window.showrunner && window.showrunner.state().holder")
            await page.evaluate(EAR)
            yield page
        finally:
            with contextlib.suppress(Exception):
                await browser.close()


async def _each(house: House, once: Callable[[], Any], times: int) -> tuple[list[float], list[float]]:
    """So many hushes at random moments of lines that are heard."""
    chance = random.Random(6)
    one: list[float] = []
    two: list[float] = []
    for number in range(times):
        await _sounding(house, f"operator:hush{id(once)}{number}")
        await asyncio.sleep(chance.uniform(0.2, 0.7))
        air = house.inbox.show.air
        if air is None or air.state != "on_air" or house.room.player is None:
            continue  # it has just ended, or a machine that is too busy took the page for hung
        first, second = await once()
        one.append(first)
        two.append(second)
    return one, two


async def _sounding(house: House, uid: str) -> None:
    """A line is heard; another one is asked for when none is on air."""
    if house.inbox.show.air is None:
        house.texts.put(f"o:{uid}", TEXT)
        house.inbox.emit(SayRequested(uid=uid, persona="mika", text=f"o:{uid}", exact=True))
    await _until(lambda: house.room.player is not None and house.performer.playhead.position() is not None)


async def _until(fits: Callable[[], object]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not fits():
            await asyncio.sleep(0.01)


async def _queued(house: House) -> float:
    """A turn whose words are known, until its answer is waited for or being made."""
    name = house.plan.cast[0].name
    began = time.perf_counter_ns() / 1e6
    house.hearing._turn(Turn(text=f"{name}, what do you think about the moon?", began_s=0.0, ended_s=1.0))
    while not (house.inbox.show.next or house.inbox.show.requests):
        await asyncio.sleep(0)
    took = time.perf_counter_ns() / 1e6 - began
    house.inbox.emit(StopPressed())
    house.inbox.emit(ResumePressed())
    await _until(lambda: house.inbox.show.next is None and house.inbox.show.air is None)
    return took


def _confirmed(house: House) -> tuple[float, float]:
    """When the fact was told and when its commands had been carried out, milliseconds of our clock."""
    began = time.perf_counter_ns() / 1e6
    house.inbox.emit(HostSpeechConfirmed(words=True))
    return began, time.perf_counter_ns() / 1e6


async def _goes_on(house: House) -> float:
    """It was nothing: when the line went on."""
    house.inbox.emit(HostVoiceEnded())
    house.inbox.emit(HostSaidNothing("backchannel"))
    await _until(lambda: house.inbox.show.air is None or house.inbox.show.air.state == "on_air")
    return time.perf_counter_ns() / 1e6


async def _told(house: House, page: SinkPage) -> tuple[float, float]:
    generation, count = page.generation, len(page.frames)
    began, done = _confirmed(house)
    await page.until(lambda: page.told("stop") and page.told("stop")[-1]["generation"] > generation, WITHIN_S)
    arrived = time.perf_counter_ns() / 1e6
    await asyncio.sleep(0.1)
    assert all(frame.when * 1000 <= arrived for frame in page.frames[count:]), "a frame after the stop"
    await _goes_on(house)
    return done - began, arrived - began


async def _silent(house: House, page: Any) -> tuple[float, float]:
    await page.wait_for_function("() => window.__loud.slice(-40).filter(row => row[1] > 0.05).length > 25")
    page_ms, ours_ms = await clocks(page)
    began, _ = _confirmed(house)
    await asyncio.sleep(0.5)
    ordered = await _goes_on(house)
    await asyncio.sleep(0.7)
    rows: list[list[float]] = await page.evaluate("() => window.__loud.slice(-900)")
    there = [(at - page_ms + ours_ms, rms) for at, rms in rows]
    loud = [at for at, rms in there if rms > QUIET]
    last = max(at for at in loud if at < ordered)
    silent = next(at for at, _ in there if at > last)
    again = next((at for at in loud if at > ordered), ordered + 700.0)
    return max(0.0, silent - began), again - ordered
