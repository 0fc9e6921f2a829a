"""One Chromium for each module of overlay tests, a show and pages for each test."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import needs
from tests.overlays.fake_show import FakeShow, until

OVERLAYS = Path(__file__).parents[2] / "overlays"
AS_OBS = "window.obsstudio = {pluginVersion: '2.24.6'};"
WATCH_CSP = """window.__csp = [];
addEventListener('securitypolicyviolation', e => __csp.push(e.violatedDirective + ' ' + e.blockedURI));"""


def launch(playwright: Any, *flags: str) -> Any:
    args = ["--disable-gpu", *flags]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium refuses to be root inside its sandbox
    return playwright.chromium.launch(executable_path=needs("chromium"), args=args)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Any]:
    needs("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Any) -> Iterator[Any]:
    browser = launch(playwright, "--autoplay-policy=no-user-gesture-required")
    yield browser
    browser.close()


@pytest.fixture
def show() -> Iterator[FakeShow]:
    with FakeShow(OVERLAYS) as show:
        yield show


@contextmanager
def opening(browser: Any, show: FakeShow) -> Iterator[Callable[..., Any]]:
    """Opens an overlay and waits for it; in the end nothing was refused by the policy, failed or asked of others."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(kind: str = "stage", query: str = "", *, obs: bool = True, wait: bool = True, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 400, "height": 225}, **options})
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(WATCH_CSP + (AS_OBS if obs else ""))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda said: said.type == "error" and "/ws/" not in said.text and wrong.append(said.text))
        page.on(
            "request", lambda asked: asked.url.startswith((show.url, "data:")) or wrong.append(f"asked {asked.url}")
        )
        page.goto(f"{show.url}/overlay/{kind}?token=good&fps=20{query}")
        if wait:
            until(page, "window.showrunner && showrunner.state().connected")
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            wrong += page.evaluate("window.__csp ?? []")
        context.close()
    assert not wrong


@pytest.fixture
def open_page(browser: Any, show: FakeShow) -> Iterator[Callable[..., Any]]:
    with opening(browser, show) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def workshop(browser: Any) -> Iterator[Any]:
    """One page for the tests of a module that only run what the overlays are made of, and leave nothing in it."""
    with FakeShow(OVERLAYS) as show, opening(browser, show) as open_page:
        yield open_page("captions")
