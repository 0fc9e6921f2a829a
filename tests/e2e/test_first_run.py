"""The first run of somebody who streams and does not program: everything skipped, and everything done.

Real: the product's process with its files, its offline voice, Chromium. Local servers that speak the documented
protocols stand in for Twitch, the language model, the online voices and the system's keyring.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.product import Product
from tests.e2e.visitor import DESK, PHONE, STAGE, Visitor, chromium, visitor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.needs("chromium", "playwright"),
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

STEPS = {"channel": "Channel", "brain": "Brain", "voice": "Voice", "character": "Character", "overlay": "Overlay link"}
QUIET = {"SHOWRUNNER_SHOW__IDLE_AFTER_S": "0", "SHOWRUNNER_SHOW__BANTER_EVERY_S": "0"}
"""Nobody talks unasked: each answer that is waited for comes next."""


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with chromium() as found:
        yield found


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Of a product that finds a keyring of its own, and no desktop."""
    given = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    ring = {
        "PYTHON_KEYRING_BACKEND": "tests.fakes.keyring_file.FileKeyring",
        "KEYRING_FILE": str(folder / "keyring.json"),
    }
    return {**given, **QUIET, **ring, **more}


# --- skipping everything ----------------------------------------------------------------------------------------------


async def moves(somebody: Visitor) -> None:
    """Both characters are drawn and alive: what is drawn of each changes, and so does the picture."""
    await somebody.becomes(f"Object.keys({STAGE}.rigs).length === 2", "two characters")
    drawn = f"Object.values({STAGE}.rigs).map((rig) => rig.svg.outerHTML)"
    before = await somebody.page.evaluate(drawn)
    picture = await somebody.page.locator("iframe.stage-frame").screenshot()
    await somebody.becomes(f"{drawn}.every((now, at) => now !== {json.dumps(before)}[at])", "both to move")
    async with asyncio.timeout(30):
        while await somebody.page.locator("iframe.stage-frame").screenshot() == picture:
            await asyncio.sleep(0.1)


async def test_who_skips_the_whole_gets_the_panel_now_and_at_every_later_start(browser: Any, tmp_path: Path) -> None:
    env = environment(tmp_path)
    async with visitor(browser, "skip") as somebody:
        somebody.expected.append("restart")
        async with Product(tmp_path, env=env) as product:
            await somebody.enter(product.links["Panel"])
            await somebody.told(somebody.page.locator("h2"), "Say hello to Juno and Mika")
            assert "#code=" not in somebody.page.url
            await somebody.shot("first", whole=True)
            await moves(somebody)
            await somebody.page.get_by_role("button", name="Skip, show me the panel").click()
            await somebody.page.locator("main[data-view=live] .c-now").wait_for()
            await somebody.shot("live")
            await somebody.page.goto(f"{product.base}/panel/")
            await somebody.page.locator("main[data-view=live] .c-now").wait_for()
            assert await somebody.page.locator(".setup").count() == 0
        async with Product(tmp_path, None, env=env, port=product.port) as again:
            await somebody.page.goto(f"{again.base}/panel/")
            await somebody.page.locator("main[data-view=live] .c-now").wait_for()
            assert await somebody.page.locator(".setup").count() == 0
            await somebody.page.get_by_role("link", name="Set-up").first.click()
            await somebody.told(somebody.page.locator("h2"), "Set-up")
            await somebody.shot("set-up-later")
    assert not (product.home / "characters").exists()
    assert (product.home / "config" / "streamer.yaml").read_text(encoding="utf-8") == ""


async def test_who_skips_each_step_is_asked_nothing_again(browser: Any, tmp_path: Path) -> None:
    env = environment(tmp_path)
    async with visitor(browser, "steps", PHONE, locale="ja-JP", color_scheme="light", has_touch=True) as somebody:
        somebody.expected.append("restart")
        async with Product(tmp_path, env=env) as product:
            await somebody.enter(product.links["Panel"])
            await somebody.shot("first-ja-light-phone", whole=True)
            for step in STEPS:
                card = somebody.card(step)
                await card.locator("header .step-acts .btn.quiet").click()
                await somebody.is_state(step, "スキップ")
                assert await card.locator("header .step-acts .btn.quiet").count() == 0
            await somebody.shot("skipped", whole=True)
            await somebody.page.locator(".end .btn.go").click()
            await somebody.page.locator("main[data-view=live]").wait_for()
            await somebody.page.goto(f"{product.base}/panel/")
            await somebody.page.locator("main[data-view=live]").wait_for()
            assert set((await somebody.api("setup"))["steps"].values()) == {"skipped"}
            product.process.kill()
        async with Product(tmp_path, None, env=env, port=product.port) as again:
            await somebody.page.goto(f"{again.base}/panel/")
            await somebody.page.locator("main[data-view=live]").wait_for()
            now = await somebody.api("setup")
            assert (set(now["steps"].values()), now["welcome"], now["demo"]) == ({"skipped"}, False, True)
