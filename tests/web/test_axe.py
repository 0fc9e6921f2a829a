"""Each view of the panel before axe-core, in both themes, both languages, at a desk and on a phone; and the Tab key."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from streamer.texts import texts
from tests.fakes.panel_show import evening
from tests.fakes.setup_desk import SetupShow, first_night
from tests.web.axe import findings
from tests.web.profiles import Profiles

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
KINDS = [(DESK, "dark", "en-US"), (DESK, "light", "ja-JP"), (PHONE, "dark", "ja-JP"), (PHONE, "light", "en-US")]
NAMES = ["desk-dark-en", "desk-light-ja", "phone-dark-ja", "phone-light-en"]
FOCUSED = """() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const style = (one) => getComputedStyle(one);
  const shown = (one) => style(one).outlineStyle !== 'none' && parseFloat(style(one).outlineWidth) > 0;
  const ringed = shown(el) || (el.nextElementSibling && shown(el.nextElementSibling));
  return [el.outerHTML.slice(0, 90), Boolean(ringed)];
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def show() -> AsyncIterator[SetupShow]:
    show = await SetupShow({"en": texts("en"), "ja": texts("ja")}).start()
    yield show
    await show.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(profiles: Profiles, show: SetupShow) -> AsyncIterator[Any]:
    pages: list[Any] = []

    async def opened(view: str, size: dict[str, int], scheme: str, locale: str) -> Any:
        show.reset(first_night() if view == "setup" else evening())
        page = await profiles.page(size, locale=locale, color_scheme=scheme, reduced_motion="reduce")
        pages.append(page)
        await page.goto(f"{show.url}/panel/#{view}")
        await page.wait_for_selector(f"main[data-view={view}]:not([aria-busy])")
        return page

    yield opened
    for page in pages:
        await profiles.give_back(page)


@pytest.mark.parametrize(("size", "scheme", "locale"), KINDS, ids=NAMES)
async def test_live(opened: Any, size: dict[str, int], scheme: str, locale: str) -> None:
    page = await opened("live", size, scheme, locale)
    await page.wait_for_selector(".tally:not(.wait)")
    await page.wait_for_selector(".links .main, .c-now", state="attached")
    if size is PHONE:
        await page.locator(".tabs button").nth(0 if scheme == "dark" else 2).click()
    assert await findings(page) == []


async def test_what_opens_above_the_page(opened: Any) -> None:
    page = await opened("live", DESK, "dark", "en-US")
    await page.locator(".pill:visible").first.click()
    await page.locator(".pop").wait_for()
    assert await findings(page, ".pop") == []
    await page.keyboard.press("Escape")
    await page.locator(".settings button").click()
    await page.locator(".pop.small").wait_for()
    assert await findings(page, ".pop") == []


@pytest.mark.parametrize(("size", "scheme", "locale"), KINDS, ids=NAMES)
async def test_set_up(opened: Any, size: dict[str, int], scheme: str, locale: str) -> None:
    page = await opened("setup", size, scheme, locale)
    await page.wait_for_selector(".step .btn[aria-expanded]")
    for button in await page.locator("[id^=step-turn-]").all():
        await button.click()
    await page.locator(".voice input").first.wait_for()
    assert await findings(page) == []


@pytest.mark.parametrize(("size", "scheme", "locale"), KINDS, ids=NAMES)
async def test_last_night(opened: Any, size: dict[str, int], scheme: str, locale: str) -> None:
    page = await opened("night", size, scheme, locale)
    assert await findings(page) == []


async def test_the_voices_page_in_a_tab_of_its_own(browser: Any, show: SetupShow) -> None:
    show.whole = True
    page = await browser.new_page(viewport=PHONE)
    await page.goto(f"{show.url}/overlay/sound?token=x")
    await page.locator(".sr-sound").wait_for()
    assert await findings(page) == []
    await page.close()
    show.whole = False


@pytest.mark.parametrize("view", ["live", "setup"])
async def test_every_stop_of_the_tab_key_is_seen(opened: Any, view: str) -> None:
    page = await opened(view, DESK, "dark", "en-US")
    stops: list[str] = []
    for _ in range(30):
        await page.keyboard.press("Tab")
        at = await page.evaluate(FOCUSED)
        if at is None or "<iframe" in at[0]:
            continue
        assert at[1], f"no ring: {at[0]}"
        stops.append(at[0])
    assert len(set(stops)) > 12
    assert "big stop" in " ".join(stops[:12]), "Stop is near the top"


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_more_contrast_is_more(browser: Any, show: SetupShow, scheme: str) -> None:
    show.reset(evening())
    context = await browser.new_context(color_scheme=scheme, viewport=DESK, contrast="more", locale="en-US")
    page = await context.new_page()
    await page.goto(f"{show.url}/panel/#live")
    await page.wait_for_selector(".tally:not(.wait)")
    assert await page.evaluate("getComputedStyle(document.querySelector('.card')).borderTopWidth") == "2px"
    assert await findings(page) == []
    await context.close()
