"""A panel open in a real browser beside a scripted show: what the tests of its page share.

The fixtures are made known to the tests beside it by `conftest`.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from streamer.texts import texts
from tests.fakes.panel_show import PanelShow, evening
from tests.web.profiles import Profiles, chromium

DESK = {"width": 1440, "height": 900}
LOW = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}

WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation',
  (e) => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""
SMALL_TARGETS = """(min) => [
  ...document.querySelectorAll('button, select, summary, input:not([type=radio]), .seg3 label')]
  .filter((el) => el.offsetParent !== null && el.type !== 'checkbox')
  .map((el) => [el, el.getBoundingClientRect()])
  .filter(([, box]) => box.height < min || box.width < min)
  .map(([el, box]) => `${el.className || el.tagName} ${Math.round(box.width)}x${Math.round(box.height)}`)"""
NAMELESS = """() => [
  ...document.querySelectorAll('button, input, select, [role=img], [role=dialog], [role=group], section, nav')]
  .filter((el) => el.offsetParent !== null)
  .filter((el) => !(el.getAttribute('aria-label') || el.textContent.trim() || el.title
    || (el.labels && el.labels.length && el.labels[0].textContent.trim())
    || (el.getAttribute('aria-labelledby') && document.getElementById(el.getAttribute('aria-labelledby')))))
  .map((el) => el.outerHTML.slice(0, 120))"""
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map((el) => el.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i); }"""
SAID = "[...document.querySelectorAll('.line .said')].map((el) => el.textContent).join('')"
SHIFTS = """window.__shifts = [];
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
  window.__shifts.push([entry.value, entry.sources.map((s) => s.node && (s.node.className || s.node.nodeName))]); } })
  .observe({type: 'layout-shift', buffered: true});"""
# Contrast of every text node against the nearest ground that is painted.
PALE = """() => {
  const parse = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] === 0 ? null : m; };
  const lin = (c) => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const lum = (c) => 0.2126 * lin(c[0]) + 0.7152 * lin(c[1]) + 0.0722 * lin(c[2]);
  const bad = [];
  const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement;
    const skipped = el.closest('[aria-disabled=true], .sr, .mark, svg, option');
    if (!node.data.trim() || skipped || !el.checkVisibility()) continue;
    let ground = null;
    for (let up = el; up && !ground; up = up.parentElement) ground = parse(getComputedStyle(up).backgroundColor);
    const [a, b] = [lum(parse(getComputedStyle(el).color)), lum(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${node.data.trim().slice(0, 30)} in .${el.className}: ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


class Panel:
    """An open panel and the show behind it. `complaints` are errors of the page, its console and its policy."""

    def __init__(self, page: Any, show: PanelShow) -> None:
        self.page = page
        self.show = show
        self.complaints: list[str] = []
        self.alone = False
        """Something was done to the page that the next test must not find in it."""
        page.on("pageerror", self._failed)
        page.on("console", self._console)

    def _failed(self, error: Any) -> None:
        self.complaints.append(str(error))

    def _console(self, message: Any) -> None:
        refused = "WebSocket connection" in message.text or "Failed to load resource" in message.text
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(message.text)

    async def leave(self, profiles: Profiles) -> None:
        """Give the page to the next test."""
        self.page.remove_listener("pageerror", self._failed)
        self.page.remove_listener("console", self._console)
        await profiles.give_back(self.page, alone=self.alone)

    async def open(self, fragment: str = "", *, ready: bool = True) -> "Panel":
        await self.page.goto(f"{self.show.url}/panel/{fragment}")
        if ready:
            await self.page.wait_for_selector(".tally:not(.wait)")
            await self.page.wait_for_selector("main:not([aria-busy]):not([hidden])", state="attached")
        return self

    def pressed(self, path: str) -> list[Any]:
        return [body for sent, body in self.show.presses if sent == path]

    async def until(self, told: Any, limit_s: float = 20.0) -> None:
        """Waits for a condition on this side."""
        async with asyncio.timeout(limit_s):
            while not told():
                await asyncio.sleep(0.01)

    async def becomes(self, expression: str, limit_s: float = 20.0) -> None:
        """Waits for a condition on the page. Asked from outside: the page's policy forbids playwright's own polling."""
        from playwright.async_api import Error

        async with asyncio.timeout(limit_s):
            while True:
                with contextlib.suppress(Error):  # the page may be reloading
                    if await self.page.evaluate(expression):
                        return
                await asyncio.sleep(0.03)

    async def text(self, selector: str) -> str:
        return re.sub(r"\s+", " ", await self.page.locator(selector).first.inner_text()).strip()

    async def shows(self, selector: str, words: str) -> None:
        await self.page.locator(selector).filter(has_text=words).first.wait_for(timeout=20_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[PanelShow]:
    show = await PanelShow(evening(), {"en": texts("en"), "ja": texts("ja")}).start()
    yield show
    await show.stop()


@pytest.fixture
def show(server: PanelShow) -> PanelShow:
    server.reset(evening())
    return server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def profiles(browser: Any) -> AsyncIterator[Profiles]:
    profiles = Profiles(browser, WATCH)
    yield profiles
    await profiles.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(profiles: Profiles, show: PanelShow) -> AsyncIterator[Any]:
    """Opens a panel; at the end nothing may have been complained about."""
    panels: list[Panel] = []

    async def opened(size: dict[str, int] = DESK, **more: Any) -> Panel:
        options: dict[str, Any] = {"locale": "en-US", "timezone_id": "Asia/Tokyo", "color_scheme": "dark"} | more
        panels.append(Panel(await profiles.page(size, **options), show))
        return panels[-1]

    yield opened
    for panel in panels:
        panel.complaints += await panel.page.evaluate("window.__violations || []")
        await panel.leave(profiles)
    assert [panel.complaints for panel in panels if panel.complaints] == []


def message(n: int, text: str, **more: Any) -> dict[str, Any]:
    row = {"n": n, "at": 4_364_000, "name": f"viewer{n}", "text": text, "platform": "twitch", "color": "", "roles": []}
    return row | {"kind": "message", "question": False, "amount": None, "state": None} | more
