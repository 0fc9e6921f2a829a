"""One Chromium for all overlay tests of a process, pages that go from test to test, and a show for each test."""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needs
from tests.overlays.fake_show import FakeShow, listening, until

OVERLAYS = Path(__file__).parents[2] / "overlays"
AS_OBS = "window.obsstudio = {pluginVersion: '2.24.6'};"
WATCH_CSP = """window.__csp = [];
addEventListener('securitypolicyviolation', e => __csp.push(e.violatedDirective + ' ' + e.blockedURI));"""
SIZE = {"width": 400, "height": 225}
FORGET = "window.__csp && (localStorage.clear(), sessionStorage.clear())"


def launch(playwright: Any, *flags: str) -> Any:
    args = ["--disable-gpu", *flags]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium refuses to be root inside its sandbox
    return playwright.chromium.launch(executable_path=needs("chromium"), args=args)


class Pages:
    """Pages by what cannot be changed on an open one. A page that is used again costs a third of a new one."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._contexts: dict[str, Any] = {}
        self._idle: dict[Any, list[Any]] = {}

    def take(self, *, obs: bool, viewport: dict[str, int], clock: bool = False, **options: Any) -> Any:
        """`clock`: the page's time is the test's to pass (see `passing`)."""
        key = repr((obs, clock, sorted(options.items())))
        context = self._contexts.get(key)
        if context is None:
            context = self._contexts[key] = self._browser.new_context(**options)
            if clock:
                context.clock.install()
            context.add_init_script(WATCH_CSP + (AS_OBS if obs else ""))
        idle = self._idle.setdefault(context, [])
        page = idle.pop() if idle else context.new_page()
        page.set_viewport_size(viewport)
        return page

    def give_back(self, page: Any) -> None:
        """What it kept is forgotten, and it plays and asks nothing any more. Listeners are the caller's to remove."""
        page.unroute_all()
        page.evaluate(FORGET)
        page.goto("about:blank")
        self._idle[page.context].append(page)


@pytest.fixture(scope="session")
def everything() -> Iterator[tuple[Any, Pages]]:
    """Playwright and its pages, for as long as the process lives. Outside of `playwright` its loop may not count as
    running, or no other test could start one."""
    needs("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = launch(started, "--autoplay-policy=no-user-gesture-required")
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield started, Pages(browser)
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def playwright(everything: tuple[Any, Pages]) -> Iterator[Any]:
    asyncio._set_running_loop(everything[0]._loop)
    yield everything[0]
    asyncio._set_running_loop(None)


@pytest.fixture(scope="module")
def pages(playwright: Any, everything: tuple[Any, Pages]) -> Pages:
    return everything[1]


@pytest.fixture(scope="session")
def port() -> Iterator[socket.socket]:
    with listening() as port:
        yield port


@pytest.fixture
def show(port: socket.socket) -> Iterator[FakeShow]:
    with FakeShow(OVERLAYS, port) as show:
        yield show


@contextmanager
def opening(pages: Pages, show: FakeShow) -> Iterator[Callable[..., Any]]:
    """Opens an overlay and waits for it; in the end nothing was refused by the policy, failed or asked of others."""
    opened: list[Any] = []
    wrong: list[str] = []

    def failed(error: Any) -> None:
        wrong.append(f"error: {error}")

    def told(said: Any) -> None:
        if said.type == "error" and "/ws/" not in said.text:
            wrong.append(said.text)

    def asked(request: Any) -> None:
        if not request.url.startswith((show.url, "data:")):
            wrong.append(f"asked {request.url}")

    def open_page(kind: str = "stage", query: str = "", *, obs: bool = True, wait: bool = True, **options: Any) -> Any:
        page = pages.take(obs=obs, **{"viewport": SIZE, **options})
        opened.append(page)
        page.on("pageerror", failed)
        page.on("console", told)
        page.on("request", asked)
        page.goto(f"{show.url}/overlay/{kind}?token=good&fps=20{query}")
        if wait:
            until(page, "window.showrunner && showrunner.state().connected")
        return page

    yield open_page
    for page in opened:
        wrong += page.evaluate("window.__csp ?? []")
        page.remove_listener("pageerror", failed)
        page.remove_listener("console", told)
        page.remove_listener("request", asked)
        pages.give_back(page)
    assert not wrong


@pytest.fixture
def open_page(pages: Pages, show: FakeShow) -> Iterator[Callable[..., Any]]:
    with opening(pages, show) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def workshop(pages: Pages) -> Iterator[Any]:
    """One page for the tests of a module that only run what the overlays are made of, and leave nothing in it."""
    with FakeShow(OVERLAYS) as show, opening(pages, show) as open_page:
        yield open_page("captions")
