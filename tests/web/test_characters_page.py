"""The characters' part of the panel in a real browser: the real page, policy, routes, desk and rig."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from streamer.app.characters import load_character
from streamer.ports import Misconfigured
from tests.fakes.cast_page import CastPage
from tests.fakes.pictures import png
from tests.web.profiles import Profiles, chromium

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation',
  (e) => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));
"""
SMALL = """(min) => [...document.querySelectorAll('button, select, summary, .opt span, .drop')]
  .filter((el) => el.offsetParent !== null).map((el) => [el, el.getBoundingClientRect()])
  .filter(([, box]) => box.height < min)
  .map(([el, box]) => `${el.className || el.tagName} ${Math.round(box.height)}`)"""
NAMELESS = """() => [
  ...document.querySelectorAll('button, input, select, textarea, [role=img], section, [role=tablist]')]
  .filter((el) => el.offsetParent !== null && !el.classList.contains('sr'))
  .filter((el) => !(el.getAttribute('aria-label') || el.textContent.trim()
    || (el.labels && el.labels.length && el.labels[0].textContent.trim())
    || (el.getAttribute('aria-labelledby') && document.getElementById(el.getAttribute('aria-labelledby')))))
  .map((el) => el.outerHTML.slice(0, 120))"""
TWICE = """() => {
  const ids = [...document.querySelectorAll('#app [id]')].filter((el) => !el.closest('svg')).map((el) => el.id);
  return ids.filter((id, i) => ids.indexOf(id) !== i); }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def profiles(browser: Any) -> AsyncIterator[Profiles]:
    profiles = Profiles(browser, WATCH)
    yield profiles
    await profiles.close()


class Opened:
    def __init__(self, page: Any, show: CastPage) -> None:
        self.page = page
        self.show = show
        self.complaints: list[str] = []
        page.on("pageerror", self._failed)
        page.on("console", self._console)

    def _failed(self, error: Any) -> None:
        self.complaints.append(str(error))

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    async def leave(self, profiles: Profiles) -> None:
        """Give the page to the next test, which is somebody else."""
        self.page.remove_listener("pageerror", self._failed)
        self.page.remove_listener("console", self._console)
        await profiles.give_back(self.page)

    async def until(self, told: Any, limit_s: float = 20.0) -> None:
        async with asyncio.timeout(limit_s):
            while not told():
                await asyncio.sleep(0.02)

    async def becomes(self, expression: str, limit_s: float = 20.0) -> None:
        from playwright.async_api import Error

        async with asyncio.timeout(limit_s):
            while True:
                with contextlib.suppress(Error):
                    if await self.page.evaluate(expression):
                        return
                await asyncio.sleep(0.03)

    async def change(self, name: str) -> None:
        await self.page.locator(".char").filter(has_text=name).get_by_role("button").click()

    def look(self, id_: str) -> dict[str, Any]:
        return dict(load_character(self.show.folders.home / "characters" / id_).look)

    def has(self, id_: str) -> bool:
        return (self.show.folders.home / "characters" / id_ / "character.yaml").is_file()


@pytest.fixture(scope="module")
def ports() -> list[int]:
    """Where the pages of this module were served so far: a browser's cache depends on the port."""
    return [0]


async def served(root: Path, ports: list[int]) -> CastPage:
    """At the address of the last page, unless somebody else has taken its port by now."""
    try:
        show = await CastPage(root, ports[-1]).start()
    except Misconfigured:
        show = await CastPage(root).start()
    ports.append(show.server.port)
    return show


@pytest_asyncio.fixture(loop_scope="module")
async def opened(profiles: Profiles, tmp_path: Path, ports: list[int]) -> AsyncIterator[Any]:
    show = await served(tmp_path, ports)
    pages: list[Opened] = []

    async def opened(size: dict[str, int] = DESK, **more: Any) -> Opened:
        options: dict[str, Any] = {"locale": "en-US", "color_scheme": "dark"} | more
        page = Opened(await profiles.page(size, **options), show)
        pages.append(page)
        await page.page.goto(show.url)
        await page.page.wait_for_selector(".char .face svg")
        return page

    yield opened
    try:
        for page in pages:
            page.complaints += await page.page.evaluate("window.__violations || []")
            await page.leave(profiles)
    finally:
        await show.stop()
    assert [page.complaints for page in pages if page.complaints] == []


@pytest.mark.parametrize(
    ("size", "locale", "scheme"),
    [(DESK, "en-US", "dark"), (PHONE, "ja-JP", "light")],
    ids=["desk", "phone"],
)
async def test_everything_fits_and_has_a_name(opened: Any, size: dict[str, int], locale: str, scheme: str) -> None:
    here = await opened(size, locale=locale, color_scheme=scheme, has_touch=size is PHONE)
    page = here.page
    await here.change("Mika")
    await page.wait_for_selector(".mirror svg")
    for tab in ("look", "words", "pictures"):
        await page.locator(f"#char-tab-{tab}").click()
        await here.becomes(f"document.getElementById('char-tab-{tab}').getAttribute('aria-selected') === 'true'")
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(SMALL, 44 if size is PHONE else 24) == []
        assert await page.evaluate(TWICE) == []
    await page.locator(".char.more .btn").click()
    await page.wait_for_selector(".words.new")
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert await page.evaluate(NAMELESS) == []
    words = await page.evaluate("document.getElementById('app').innerText")
    assert "character." not in words.replace("character.yaml", "")
    assert await page.evaluate("document.documentElement.lang") == locale[:2]


async def test_the_look_is_changed_beside_the_face_and_saved(opened: Any) -> None:
    here = await opened()
    page = here.page
    await here.change("Mika")
    await page.wait_for_selector(".mirror svg")
    before = await page.locator(".mirror svg").evaluate("(svg) => svg.innerHTML.length")
    await page.locator("#look-tab-hair").click()
    await page.locator(".opt").filter(has_text="Bob").locator("input").check()
    await here.until(lambda: here.has("mika") and here.look("mika").get("hair") == "bob")
    await here.becomes("document.querySelector('.savestate').classList.contains('saved')")
    assert "next line" in await page.locator(".savestate").inner_text()
    assert await page.locator(".mirror svg").evaluate("(svg) => svg.innerHTML.length") != before
    await page.locator("#look-tab-eyes").click()
    slider = page.locator("#look-eye_size")
    await slider.focus()
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await page.keyboard.press("PageUp")
    assert await slider.get_attribute("aria-valuetext") == "119 %"
    await here.until(lambda: here.look("mika").get("eye_size") == 1.19)
    await page.get_by_role("button", name="Undo", exact=True).click()
    await here.until(lambda: "eye_size" not in here.look("mika"))
    await page.get_by_role("button", name="Redo").click()
    await here.until(lambda: here.look("mika").get("eye_size") == 1.19)
    await slider.focus()
    await page.keyboard.press("Control+z")
    await here.until(lambda: "eye_size" not in here.look("mika"))
    text = (here.show.folders.home / "characters" / "mika" / "character.yaml").read_text(encoding="utf-8")
    assert "# Who it is, in about three sentences." in text


async def test_a_theme_is_a_step_that_can_be_taken_back(opened: Any) -> None:
    here = await opened()
    page = here.page
    await here.change("Mika")
    await page.wait_for_selector(".mirror svg")
    await page.locator("#look-tab-eyes").click()
    await page.locator("#look-eye_colour").fill("#ff0000")
    await here.until(lambda: here.has("mika") and here.look("mika").get("eye_colour") == "#ff0000")
    await page.locator(".lookedit .facepick").filter(has_text="Kai").locator("input").check()
    await here.until(lambda: here.look("mika") == {"theme": "kai"})
    await page.get_by_role("button", name="Undo", exact=True).click()
    await here.until(lambda: here.look("mika").get("eye_colour") == "#ff0000")
    await page.get_by_role("button", name="Reset to this person").click()
    await here.until(lambda: here.look("mika") == {"theme": "aiko"})


async def test_the_face_moves_speaks_and_feels(opened: Any) -> None:
    here = await opened()
    page = here.page
    await here.change("Juno")
    await page.wait_for_selector(".mirror svg")
    drawn = "document.querySelector('.mirror svg').innerHTML"
    await page.evaluate(f"window.__before = {drawn}")
    await here.becomes(f"{drawn} !== window.__before")
    await page.get_by_role("button", name="Let it talk").click()
    assert await page.get_by_role("button", name="Stop talking").get_attribute("aria-pressed") == "true"
    await page.locator(".opt").filter(has_text="Joy").locator("input").check()
    for name in ("Blink", "Nod", "Wave"):
        await page.get_by_role("button", name=name, exact=True).click()
    await page.get_by_role("button", name="Stop talking").click()


async def test_what_cannot_be_saved_is_said_and_kept(opened: Any) -> None:
    here = await opened()
    page = here.page
    await here.change("Mika")
    await page.wait_for_selector(".mirror svg")
    here.show.refuses = OSError(28, "No space left on device")
    await page.locator("#look-tab-hair").click()
    await page.locator(".opt").filter(has_text="Bob").locator("input").check()
    await page.locator(".looktools [role=alert]").wait_for()
    assert "could not be written" in await page.locator(".looktools [role=alert]").inner_text()
    here.show.refuses = None
    await page.get_by_role("button", name="Try again").click()
    await here.until(lambda: here.has("mika") and here.look("mika").get("hair") == "bob")


async def test_a_new_one_is_made_by_five_questions(opened: Any) -> None:
    here = await opened()
    page = here.page
    await page.locator(".char.more .btn").click()
    assert await page.locator(".asks > li").count() == 5
    await page.get_by_role("button", name="Make the character").click()
    await page.locator(".wrong").filter(has_text="needs a name").wait_for()
    await page.locator("#new-name").fill("Nova <b>")
    await page.locator("#new-sentences").fill("A space cat.")
    await page.locator("#new-language").select_option("ja")
    await page.locator(".words.new .facepick").filter(has_text="Vega").locator("input").check()
    await page.get_by_role("button", name="Make the character").click()
    await page.wait_for_selector(".mirror svg")
    nova = load_character(here.show.folders.home / "characters" / "nova-b")
    assert (nova.name, nova.sentences, nova.language) == ("Nova <b>", "A space cat.", "ja")
    assert nova.look == {"theme": "vega"}
    assert nova.voice.ids["edge"].startswith("ja-JP")
    assert await page.locator(".char .who").filter(has_text="Nova <b>").count() == 1
    await page.locator("#char-tab-words").click()
    await page.locator("#edit-sentences").fill("A cat of few words.")
    file = here.show.folders.home / "characters" / "nova-b"
    await here.until(lambda: load_character(file).sentences == "A cat of few words.")
    await page.get_by_role("button", name="Remove Nova").click()
    await page.get_by_role("button", name="Remove", exact=True).click()
    await here.until(lambda: not here.has("nova-b"))
    await page.locator(".lastdone .link").click()
    await here.until(lambda: here.has("nova-b"))


async def test_the_stage_is_chosen_by_switches(opened: Any) -> None:
    here = await opened()
    page = here.page
    await page.get_by_role("switch", name="Juno on stage").click()
    await here.becomes("[...document.querySelectorAll('.stage span')].some((el) => el.textContent === 'Off stage')")
    await page.get_by_role("switch", name="Mika on stage").click()
    await page.locator("[role=alert]").filter(has_text="Somebody has to be on stage").wait_for()
    assert await page.get_by_role("switch", name="Mika on stage").is_checked()


async def test_a_card_is_taken_in(opened: Any, tmp_path: Path) -> None:
    here = await opened()
    page = here.page
    card = {"name": "Rin", "description": "Guards the gate.", "first_mes": "Hi.", "mes_example": "x"}
    (tmp_path / "rin.json").write_text(json.dumps(card), encoding="utf-8")
    await page.locator("#card-file").set_input_files(tmp_path / "rin.json")
    await page.locator(".notice.ready").filter(has_text="Rin is here.").wait_for()
    assert "mes_example" in await page.locator(".notice.ready").inner_text()
    (tmp_path / "no.png").write_bytes(png())
    await page.locator("#card-file").set_input_files(tmp_path / "no.png")
    await page.locator("[role=alert]").filter(has_text="no card in this picture").wait_for()


async def test_pictures_are_told_apart_and_put_on_stage(opened: Any, tmp_path: Path) -> None:
    here = await opened()
    page = here.page
    await page.locator(".char.more .btn").click()
    await page.locator("#new-name").fill("Pix")
    await page.get_by_role("button", name="Make the character").click()
    await page.locator("#char-tab-pictures").click()
    files = {"idle.png": png(), "mouth_open.png": png(5, 5), "IMG_7.png": png(6, 6), "bad.png": b"MZ"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    await page.locator("#picture-files").set_input_files([tmp_path / name for name in files])
    rows = page.locator(".picrow")
    await here.becomes("document.querySelectorAll('.picrow').length === 4")
    assert await rows.nth(1).locator("select").nth(1).input_value() == "talk"
    assert await rows.nth(2).locator("select").first.input_value() == ""
    await rows.nth(2).locator("select").first.select_option("joy")
    await rows.nth(3).locator("select").first.select_option("sad")
    await page.get_by_role("button", name="Use these pictures (4)").click()
    await page.locator(".picrow .wrong").filter(has_text="not a picture").wait_for()
    folder = here.show.folders.home / "characters" / "pix"
    await here.until(lambda: load_character(folder).look == {"theme": "pictures"})
    assert sorted(each.name for each in (folder / "pictures").iterdir()) == ["idle.png", "joy.png", "talk.png"]
    await page.locator("#char-tab-look").click()
    await page.locator(".mirror .sr-png__picture").first.wait_for(state="attached")
    await page.locator("#look-bounce").focus()
    await page.keyboard.press("Home")
    await here.until(lambda: load_character(folder).look == {"theme": "pictures", "bounce": 0})
