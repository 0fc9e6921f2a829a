"""`first_page_kb`, `first_page_interactive_ms`: the first-run page with the stage in it, in headless Chromium."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench.browser import BROWSERS
from tests.bench.report import Bench, spread
from tests.bench.stand import sign_in
from tests.e2e.product import Product

FIGURES = ("first_page_kb", "first_page_interactive_ms")
PATIENCE_S = 60.0
BINARY = 2
"""Opcode of RFC 6455."""
STILL_S = 1.5
"""Without a new byte for so long, everything has come."""
STAGE = "document.querySelector('iframe.stage-frame')?.contentWindow.showrunner?.state().connected"
USABLE = """(() => {
  if (window !== top) return;
  const usable = (node) => {
    if (!node || node.disabled || node.getAttribute("aria-disabled") === "true") return false;
    const box = node.getBoundingClientRect();
    const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return node === seen || node.contains(seen);
  };
  const look = () => {
    if (!usable(document.querySelector("#talk-text")) || !usable(document.querySelector(".setup-head button"))) {
      requestAnimationFrame(look);
      return;
    }
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.__usable = performance.now(); };
    channel.port2.postMessage(0);
  };
  requestAnimationFrame(look);
})();"""
"""Notes when the page's own thread is free after a frame in which box and button were seen, uncovered and enabled."""


@dataclass
class Transfer:
    """What came over the network for one page, heads of the answers included; web sockets are counted apart."""

    addresses: dict[str, str] = field(default_factory=dict)
    bytes_of: dict[str, float] = field(default_factory=dict)
    feed_bytes: int = 0
    sound_bytes: int = 0
    last: float = field(default_factory=time.monotonic)

    async def watch(self, page: Any) -> None:
        cdp = await page.context.new_cdp_session(page)
        cdp.on("Network.requestWillBeSent", self._asked)
        cdp.on("Network.loadingFinished", self._finished)
        cdp.on("Network.webSocketFrameReceived", self._frame)
        await cdp.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        self.addresses[event["requestId"]] = str(event["request"]["url"])
        self.last = time.monotonic()

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes_of[event["requestId"]] = float(event["encodedDataLength"])
        self.last = time.monotonic()

    def _frame(self, event: dict[str, Any]) -> None:
        data = str(event["response"]["payloadData"])
        if event["response"]["opcode"] == BINARY:
            self.sound_bytes += len(data) * 3 // 4  # told in base64
        else:
            self.feed_bytes += len(data)

    @property
    def kb(self) -> float:
        return sum(self.bytes_of.values()) / 1000

    def stage_kb(self) -> float:
        """Of that, the page in the frame and what it asked for."""
        parts = ("/overlay/", "/o/")
        mine = (key for key, url in self.addresses.items() if any(part in url for part in parts))
        return sum(self.bytes_of.get(key, 0.0) for key in mine) / 1000


async def first_page(bench: Bench, *, quick: bool) -> None:
    """A running show that nobody has set up; each load is by a browser of its own that has nothing in its cache."""
    chromium = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        return _missed(bench, "needs playwright (python3 run.py test installs it)")
    if chromium is None:
        return _missed(bench, "needs Chromium (python3 run.py test installs it)")
    flags = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    async with _new_show() as show, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            transfer = await _weigh(browser, await show.link())
            took = [await _load(browser, await show.link()) for _ in range(1 if quick else 5)]
            await _use(browser, show)
        finally:
            await browser.close()
    bench.measured("first_page_kb", transfer.kb, _told(transfer))
    bench.measured("first_page_interactive_ms", spread(took), "a warm server, an empty cache")
    return None


def _missed(bench: Bench, reason: str) -> None:
    for name in FIGURES:
        bench.missed(name, reason)


def _told(transfer: Transfer) -> str:
    count, feed, sound = len(transfer.bytes_of), transfer.feed_bytes / 1000, transfer.sound_bytes / 1000
    more = f"besides {feed:.0f} KB of the show's feed and {sound:.0f} KB of voice by web socket"
    return f"{count} answers with their heads, {transfer.stage_kb():.0f} KB of them the stage; {more}"


@dataclass
class _Show:
    product: Product
    session: aiohttp.ClientSession

    async def link(self) -> str:
        """A new one-use link to the panel."""
        base = self.product.base
        async with self.session.post(f"{base}/api/v1/codes", json={}, headers={"Origin": base}) as answer:
            assert answer.status in (200, 201), await answer.text()
            return str((await answer.json())["url"])

    async def is_welcome(self) -> bool:
        async with self.session.get(f"{self.product.base}/api/v1/setup") as answer:
            return bool((await answer.json())["welcome"])


@asynccontextmanager
async def _new_show() -> AsyncIterator[_Show]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with (
            Product(Path(folder), None, "--no-open", "--fresh") as product,
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
        ):
            await sign_in(product, session)
            yield _Show(product, session)


@asynccontextmanager
async def _visitor(browser: Any) -> AsyncIterator[Any]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    try:
        await context.add_init_script(USABLE)
        yield await context.new_page()
    finally:
        await context.close()


async def _weigh(browser: Any, link: str) -> Transfer:
    async with _visitor(browser) as page:
        transfer = Transfer()
        await transfer.watch(page)
        await page.goto(link)
        await _becomes(page, STAGE)
        async with asyncio.timeout(PATIENCE_S):
            while time.monotonic() - transfer.last < STILL_S:
                await asyncio.sleep(0.1)
        return transfer


async def _load(browser: Any, link: str) -> float:
    """Milliseconds from the start of the navigation until the talk box and the Skip button can be used."""
    async with _visitor(browser) as page:
        await page.goto(link)
        return float(await _becomes(page, "window.__usable"))


async def _use(browser: Any, show: _Show) -> None:
    """What was called usable is used: words appear in the box, and Skip ends the first run."""
    async with _visitor(browser) as page:
        await page.goto(await show.link())
        await _becomes(page, "window.__usable")
        await page.locator("#talk-text").press_sequentially("Hello")
        assert await page.locator("#talk-text").input_value() == "Hello"
        await page.locator(".setup-head button").click()
        async with asyncio.timeout(PATIENCE_S):
            while await show.is_welcome():
                await asyncio.sleep(0.05)


async def _becomes(page: Any, expression: str) -> Any:
    """Asked from outside: the page's policy forbids the polling of playwright."""
    from playwright.async_api import Error

    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                if found := await page.evaluate(expression):
                    return found
            except Error:  # between two pages
                pass
            await asyncio.sleep(0.1)
