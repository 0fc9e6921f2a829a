"""Browser profiles, and pages that are navigated from test to test: a new page costs twice what a navigation does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

FORGET = "localStorage.clear(); sessionStorage.clear()"
LEAVE_S = 10.0


@asynccontextmanager
async def chromium(*args: str) -> AsyncIterator[Any]:
    """A browser of playwright's asynchronous kind, with these arguments. Skips where there is none."""
    from tests.conftest import needs

    program = needs("chromium")
    needs("playwright")
    from playwright.async_api import async_playwright

    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=program, args=["--no-sandbox", *args])
        yield browser
        await browser.close()


class Profiles:
    """Profiles by their options, for one server: a warm cache makes the next page quick. Each keeps the pages that are
    not in use on an empty page of the same server, which nothing was left in."""

    def __init__(self, browser: Any, script: str = "", timeout_ms: int = 8000, **options: Any) -> None:
        """`options` of every profile; `script` runs before every page's own."""
        self._browser = browser
        self._script = script
        self._timeout_ms = timeout_ms
        self._options = options
        self._made: dict[str, Any] = {}
        self._idle: dict[Any, list[Any]] = {}

    async def page(self, size: dict[str, int], **options: Any) -> Any:
        key = repr(sorted(options.items()))
        context = self._made.get(key)
        if context is None:
            context = self._made[key] = await self._browser.new_context(**self._options, **options)
            context.set_default_timeout(self._timeout_ms)
            if self._script:
                await context.add_init_script(self._script)
        idle = self._idle.setdefault(context, [])
        page = idle.pop() if idle else await context.new_page()
        await page.set_viewport_size(size)
        return page

    async def give_back(self, page: Any, *, alone: bool = False) -> None:
        """What the page remembers is forgotten. `alone`: it has something that cannot be taken from it, and is closed;
        so is one that does not come away. Listeners are the caller's to remove."""
        place = urlsplit(page.url)
        if not alone and place.scheme == "http":
            with suppress(Exception):
                async with asyncio.timeout(LEAVE_S):
                    await page.unroute_all()
                    await page.mouse.move(-10, -10)
                    await page.goto(f"{place.scheme}://{place.netloc}/panel/nothing.txt")
                    await page.evaluate(FORGET)
                self._idle[page.context].append(page)
                return
        if place.scheme == "http":
            await page.evaluate(FORGET)
        await page.close()

    async def close(self) -> None:
        for context in self._made.values():
            await context.close()
