"""Browser profiles, and pages that are navigated from test to test: a new page costs twice what a navigation does, and
the first navigation of a new profile, which has nothing in its cache, four times."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

FORGET = "localStorage.clear(); sessionStorage.clear()"
CLIPBOARD = ("clipboard-read", "clipboard-write")
EMPTY_CLIPBOARD = "navigator.clipboard.writeText('')"
LEAVE_S = 10.0
MEDIA = {
    "color_scheme": "light", "reduced_motion": "no-preference", "contrast": "no-preference", "forced_colors": "none",
}  # fmt: skip
"""What a page is told of its viewer's wishes unless something else is asked for: that of a new profile."""


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


class Viewer:
    """What a page takes its viewer for: language, time zone, touch, wishes. Set on an open page as playwright sets it
    on those of a new profile, so that all kinds of viewers can share one."""

    def __init__(self, page: Any, session: Any) -> None:
        self._page = page
        self._session = session
        self._is: dict[str, Any] = {}

    @classmethod
    async def of(cls, page: Any) -> "Viewer":
        return cls(page, await page.context.new_cdp_session(page))

    async def becomes(self, size: dict[str, int], options: dict[str, Any]) -> None:
        """`options` by the names that `new_context` has for them; what is not named is as in a new profile. Only what
        is another than before costs anything."""
        options = dict(options)
        media = {name: options.pop(name, usual) for name, usual in MEDIA.items()}
        locale, zone = options.pop("locale", ""), options.pop("timezone_id", "")
        touch = options.pop("has_touch", False)
        assert not options, f"not something that can be set on an open page: {sorted(options)}"
        if self._is.get("size") != size:
            await self._page.set_viewport_size(size)
        if self._is.get("media") != media:
            await self._page.emulate_media(**media)
        if self._is.get("locale", "") != locale:
            # An empty one is the browser's own, and has to come first: one cannot take the place of another.
            await self._session.send("Emulation.setLocaleOverride", {"locale": ""})
            await self._session.send("Emulation.setLocaleOverride", {"locale": locale})
            told = {"userAgent": "", "acceptLanguage": locale}
            await self._session.send("Emulation.setUserAgentOverride", told)
        if self._is.get("zone", "") != zone:
            await self._session.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
        if self._is.get("touch", False) != touch:
            await self._session.send("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        self._is = {"size": size, "media": media, "locale": locale, "zone": zone, "touch": touch}


class Profiles:
    """A profile for each set of permissions: a warm cache makes the next page quick. Each keeps the pages that are not
    in use on an empty page of the same server, which nothing was left in."""

    def __init__(
        self, browser: Any, script: str = "", timeout_ms: int = 20_000, permissions: Sequence[str] | None = None
    ) -> None:
        """`permissions` where a page has none of its own; `script` runs before every page's own."""
        self._browser = browser
        self._script = script
        self._timeout_ms = timeout_ms
        self._permissions = permissions
        self._made: dict[Any, Any] = {}
        self._idle: dict[Any, list[Any]] = {}
        self._viewers: dict[Any, Viewer] = {}

    async def page(self, size: dict[str, int], *, permissions: Sequence[str] | None = None, **options: Any) -> Any:
        """A page for a viewer of this kind: `locale`, `timezone_id`, `has_touch`, `color_scheme`, `reduced_motion`,
        `contrast`, `forced_colors`. Whose `permissions` are empty is refused all of them."""
        wanted = self._permissions if permissions is None else permissions
        allowed = None if wanted is None else tuple(sorted(wanted))
        context = self._made.get(allowed)
        if context is None:
            more = {} if allowed is None else {"permissions": list(allowed)}
            context = self._made[allowed] = await self._browser.new_context(**more)
            context.set_default_timeout(self._timeout_ms)
            if self._script:
                await context.add_init_script(self._script)
        idle = self._idle.setdefault(context, [])
        page = idle.pop() if idle else await context.new_page()
        if page not in self._viewers:
            self._viewers[page] = await Viewer.of(page)
        await self._viewers[page].becomes(size, options)
        return page

    async def give_back(self, page: Any, *, alone: bool = False) -> None:
        """What the page remembers is forgotten. `alone`: it has something that cannot be taken from it, and is closed;
        so is one that does not come away. Listeners are the caller's to remove."""
        place = urlsplit(page.url)
        if place.scheme == "http" and page.context == self._made.get(CLIPBOARD):
            await page.evaluate(EMPTY_CLIPBOARD)
        if not alone and place.scheme == "http":
            with suppress(Exception):
                async with asyncio.timeout(LEAVE_S):
                    await page.unroute_all()
                    await page.mouse.move(-10, -10)
                    await page.goto(f"{place.scheme}://{place.netloc}/panel/nothing.txt")
                    await page.evaluate(FORGET)
                    await page.context.clear_cookies()
                self._idle[page.context].append(page)
                return
        if place.scheme == "http":
            await page.evaluate(FORGET)
        del self._viewers[page]
        await page.close()
        await page.context.clear_cookies()

    async def close(self) -> None:
        for context in self._made.values():
            await context.close()
