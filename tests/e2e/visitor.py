"""Somebody at the panel of a real product, in real Chromium: what they see, press and hear.

With the environment variable `SHOWRUNNER_SHOTS` set to a folder, every step leaves a picture there.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.conftest import needs

PATIENCE_S = 60.0
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SHOTS = os.environ.get("SHOWRUNNER_SHOTS", "")
STAGE = "document.querySelector('iframe.stage-frame').contentWindow.showrunner"
WATCH = """(() => {
  addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`));
  window.__decoded = [];
  const decode = BaseAudioContext.prototype.decodeAudioData;
  BaseAudioContext.prototype.decodeAudioData = async function (...rest) {
    const buffer = await decode.apply(this, rest);
    const loud = buffer.getChannelData(0).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    window.__decoded.push([buffer.duration, loud]);
    return buffer;
  };
  window.__played = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    const heard = {seconds: 0, at: 0};
    const note = () => { Object.assign(heard, {seconds: this.duration, at: Math.max(heard.at, this.currentTime)}); };
    for (const event of ["timeupdate", "ended"]) this.addEventListener(event, note);
    window.__played.push(heard);
    return play.call(this);
  };
})();"""
"""Complaints of the policy become errors of the console; sound that is decoded or played is noted."""
BELOW = """Math.max(document.documentElement.scrollHeight - innerHeight,
  ...[...document.querySelectorAll("main:not([hidden])")].map((el) => el.scrollHeight - el.clientHeight))"""
FOLLOW = """() => {
  const look = () => {
    const s = window.showrunner.state();
    const open = Object.keys(s.mouth).filter((id) => s.mouth[id] > 0.1);
    const row = [s.speaker, s.caption, open.join()];
    const last = window.__said.at(-1) || [];
    if (row.some((value, at) => value !== last[at])) window.__said.push(row);
    requestAnimationFrame(look);
  };
  window.__said = [];
  look();
}"""
"""Who speaks, the caption and whose mouth is open, each time that changes."""


AWAY = ("WebSocket connection", "ERR_CONNECTION_", "ERR_EMPTY_RESPONSE", "ERR_SOCKET_NOT_CONNECTED")
"""What Chromium says while the show is stopping, away or starting."""


class Visitor:
    """`complaints`: errors and warnings of every page, its console and its policy. `name` begins its pictures."""

    def __init__(self, page: Any, name: str) -> None:
        self.page = page
        self.name = name
        self.shots = 0
        self.complaints: list[str] = []
        self.expected: list[str] = []
        """Parts of addresses whose refusals are meant; `restart` while the show itself is away."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._console)

    def _console(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        where = (message.location or {}).get("url", "")
        refused = "Failed to load resource" in message.text and any(part in where for part in self.expected)
        gone = any(sign in message.text for sign in AWAY)
        lost = gone and "restart" in self.expected
        if not (refused or lost):
            self.complaints.append(f"{message.text} ({where})")

    async def becomes(self, expression: str, what: str = "", within_s: float = PATIENCE_S) -> Any:
        """Waits for a condition on the page. Asked from outside: its policy forbids the polling of playwright."""
        return await becomes(self.page, expression, what, within_s)

    async def shot(self, name: str, *, whole: bool = False) -> None:
        if SHOTS:
            self.shots += 1
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            size = self.page.viewport_size
            if whole:  # the view scrolls in itself: what is below is seen on a taller screen only
                below = await self.page.evaluate(BELOW)
                await self.page.set_viewport_size({"width": size["width"], "height": size["height"] + below})
            await self.page.screenshot(path=folder / f"{self.name}-{self.shots:02}-{name}.png")
            if whole:
                await self.page.set_viewport_size(size)

    async def enter(self, link: str) -> None:
        """The first-run page with the stage alive in it."""
        await self.page.goto(link)
        await self.page.locator(".setup .step").first.wait_for()
        await self.becomes("!document.querySelector('.step .bone')", "the steps")
        await self.becomes(f"{STAGE} && {STAGE}.state().connected", "the stage")

    @property
    def stage(self) -> Any:
        """The frame of the stage."""
        return next(frame for frame in self.page.frames if "/overlay/stage" in frame.url)

    async def follow(self) -> None:
        """Note from here on what is said on the stage."""
        await self.stage.evaluate(FOLLOW)

    async def heard(self, persona: str, words: str, within_s: float = PATIENCE_S) -> None:
        """Waits until the persona has said this on the stage, with an open mouth where there is a voice."""

        def said(rows: list[list[Any]]) -> bool:
            captions = [row[1] for row in rows if row[0] == persona]
            return words in " ".join(dict.fromkeys(captions))

        async with asyncio.timeout(within_s):
            while not said(rows := await self.stage.evaluate("window.__said")):
                await asyncio.sleep(0.1)
        assert rows

    def card(self, step: str) -> Any:
        return self.page.locator(f"[aria-labelledby=step-h-{step}]")

    async def unfold(self, step: str) -> Any:
        if await self.page.locator(f"#step-turn-{step}").get_attribute("aria-expanded") != "true":
            await self.page.locator(f"#step-turn-{step}").click()
        await self.page.locator(f"#step-body-{step}").wait_for()
        return self.card(step)

    async def fold(self, step: str) -> None:
        await self.page.locator(f"#step-turn-{step}").click()

    async def is_state(self, step: str, words: str) -> None:
        await self.card(step).locator("header .chip").filter(has_text=words).wait_for()

    async def told(self, place: Any, words: str) -> None:
        await place.filter(has_text=words).first.wait_for()

    async def talk(self, way: str, to: str, words: str) -> None:
        await self.page.get_by_role("radio", name=way, exact=True).check(force=True)
        await self.page.get_by_label("To whom").select_option(to)
        await self.page.get_by_label("Your words").fill(words)
        await self.page.get_by_label("Your words").press("Enter")
        await self.becomes("document.querySelector('#talk-text').value === ''", "the words to be sent")

    async def answer(self, nth: int, within_s: float = PATIENCE_S) -> tuple[str, str]:
        """Name and words of the answer to what was sent as the `nth` (from 0), once it was said to its end."""
        row = self.page.locator(".talk-log > li").nth(nth).locator(".talk-them.said")
        await row.wait_for(timeout=within_s * 1000)
        name = await row.locator(".who").inner_text()
        return name.strip(), (await row.locator("span[dir]").inner_text()).strip()

    async def sound(self, press: Any) -> float:
        """Presses it and waits until the sound that comes of it really runs; its length in seconds."""
        many = await self.page.evaluate("window.__played.length")
        await press.click()
        await self.becomes(f"window.__played[{many}] && window.__played[{many}].at > 0", "sound to run")
        return float(await self.page.evaluate(f"window.__played[{many}].seconds"))

    async def api(self, path: str) -> Any:
        return await self.page.evaluate(f"fetch('/api/v1/{path}').then((answer) => answer.json())")


async def becomes(page: Any, expression: str, what: str = "", within_s: float = PATIENCE_S) -> Any:
    from playwright.async_api import Error

    found: Any = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while not found:
                with contextlib.suppress(Error):  # the page may be reloading
                    found = await page.evaluate(expression)
                if not found:
                    await asyncio.sleep(0.05)
    assert found, f"waited {within_s:.0f} s for {what or expression}"
    return found


async def until(true: Callable[[], Any], what: str, within_s: float = PATIENCE_S) -> Any:
    found: Any = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while not (found := true()):
                await asyncio.sleep(0.05)
    assert found, f"waited {within_s:.0f} s for {what}"
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """A browser that lets no page sound before somebody has pressed something in it."""
    from playwright.async_api import async_playwright

    flags = ["--disable-gpu", "--autoplay-policy=document-user-activation-required"]
    flags += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=needs("chromium"), args=flags)
        yield browser
        await browser.close()


@asynccontextmanager
async def visitor(browser: Any, name: str, size: dict[str, int] = DESK, **options: Any) -> AsyncIterator[Visitor]:
    """Somebody new, with a profile of their own. At the end nothing may have been complained about."""
    wanted: dict[str, Any] = {"locale": "en-US", "color_scheme": "dark", "viewport": size} | options
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"], **wanted)
    context.set_default_timeout(PATIENCE_S * 1000)
    await context.add_init_script(WATCH)
    somebody = Visitor(await context.new_page(), name)
    try:
        yield somebody
    except BaseException:
        await somebody.shot("failed")
        raise
    finally:
        print(f"{name}: complaints {somebody.complaints}")
        await context.close()
    assert somebody.complaints == []
