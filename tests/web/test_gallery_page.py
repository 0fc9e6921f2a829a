"""The gallery of overlays in a real browser: previews, parameters, style, links, the way into OBS."""

import json
from typing import Any

import msgspec
import pytest

from streamer.web.gallery import SHIPPED, About, Overlay, Overlays, Param
from tests.fakes.panel_show import TOKEN, PanelShow
from tests.web.axe import findings
from tests.web.panel_stand import DESK, NAMELESS, PALE, PHONE, SMALL_TARGETS, TWICE, Panel
from tests.web.profiles import CLIPBOARD
from tests.web.test_panel_stage import OBS, STAGE, put

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

RUNNING = "[...document.querySelectorAll('.shot iframe')].map((one) => one.getAttribute('src'))"
COPIED = "navigator.clipboard.readText()"


def items() -> list[Overlay]:
    own = About(title="<b>Hat</b>", words="Mine.", params=(Param("size", "number", "3"),))
    shipped = [Overlay(**msgspec.structs.asdict(about), kind=kind) for kind, about in SHIPPED.items()]
    return [*shipped, Overlay(**msgspec.structs.asdict(own), kind="hat", own=True, trouble="no")]


async def gallery(opened: Any, show: PanelShow, size: dict[str, int] = DESK, *, obs: Any = OBS, **more: Any) -> Panel:
    show.answers["overlays"] = msgspec.to_builtins(Overlays(items()))
    put(show, STAGE, obs)
    panel = await (await opened(size, **more)).open("#overlays")
    await panel.page.locator(".ov").first.wait_for()
    return panel


def one(panel: Panel, name: str) -> Any:
    return panel.page.get_by_role("listitem").filter(has=panel.page.get_by_role("heading", name=name, exact=True))


@pytest.mark.parametrize(("size", "scheme", "locale"), [(DESK, "light", "en-US"), (PHONE, "dark", "ja-JP")])
async def test_it_fits_and_can_be_read_and_pressed(
    opened: Any, show: PanelShow, size: dict[str, int], scheme: str, locale: str
) -> None:
    panel = await gallery(opened, show, size, obs=None, color_scheme=scheme, locale=locale)
    for kind in (4, 8):
        for summary in await panel.page.locator(".ov").nth(kind).locator("summary").all():
            await summary.click()
    assert await panel.page.evaluate("document.querySelector('main.view').scrollWidth") <= size["width"]
    assert await panel.page.evaluate(SMALL_TARGETS, 44 if size is PHONE else 24) == []
    assert await panel.page.evaluate(PALE) == []
    assert await panel.page.evaluate(NAMELESS) == []
    assert await panel.page.evaluate(TWICE) == []
    assert await findings(panel.page) == []


async def test_only_what_can_be_seen_runs(opened: Any, show: PanelShow) -> None:
    panel = await gallery(opened, show)
    await panel.becomes(f"{RUNNING}.length > 0")
    running = await panel.page.evaluate(RUNNING)
    assert all(src.startswith("/overlay/") and "demo=1" in src and TOKEN not in src for src in running)
    assert len(running) <= len(SHIPPED) / 2
    assert not any("/credits?" in src for src in running)
    await one(panel, "Credits").scroll_into_view_if_needed()
    await panel.becomes(f"{RUNNING}.some((src) => src.includes('/credits?'))")
    await panel.becomes(f"!{RUNNING}.some((src) => src.includes('/stage?'))")
    await panel.page.locator(".views a[href='#live']").click()
    await panel.becomes(f"{RUNNING}.length === 0")
    assert await panel.page.locator(".shot-none").count() == 1, "the voices have no picture"


async def test_parameters_change_the_link_and_the_preview(opened: Any, show: PanelShow) -> None:
    panel = await gallery(opened, show)
    stage = one(panel, "Stage")
    link = stage.locator("input.url")
    assert TOKEN not in await panel.page.content()
    assert "••••" in await link.input_value()
    await stage.locator("summary").first.click()
    await stage.get_by_label("Arrangement").select_option("corners")
    await stage.get_by_label("Plays the voices").uncheck()
    await stage.get_by_label("Captions", exact=True).select_option("outline")
    await stage.get_by_label("Captions", exact=True).select_option("box")
    await panel.becomes(f"{RUNNING}.some((src) => src.includes('layout=corners'))")
    assert not any("sound=" in src or "captions=" in src for src in await panel.page.evaluate(RUNNING))
    await stage.get_by_role("button", name="Show the link: Stage").click()
    assert await link.input_value() == f"{show.url}/overlay/stage?token={TOKEN}&layout=corners&sound=0"
    await stage.get_by_role("button", name="Hide the link: Stage").click()
    assert "••••" in await link.input_value()


async def test_the_style_is_shown_at_once_and_cannot_break_out(opened: Any, show: PanelShow) -> None:
    panel = await gallery(opened, show)
    captions = one(panel, "Captions")
    await captions.locator("summary").last.click()
    await captions.get_by_label("Size of captions").fill("54px; } body { display: none")
    await captions.get_by_label("Colour of captions").fill("#ff0")
    css = await captions.locator("textarea").input_value()
    assert css == ":root {\n  --sr-caption-size: 54px  body  display: none;\n  --sr-caption-color: #ff0;\n}"
    inside = "[...document.querySelectorAll('.shot iframe')].find((one) => one.src.includes('/captions'))"
    seen = f"getComputedStyle({inside}.contentDocument.documentElement).getPropertyValue('--sr-caption-color').trim()"
    await panel.becomes(f"{seen} === '#ff0'")


async def test_links_are_copied_with_what_was_chosen(opened: Any, show: PanelShow) -> None:
    panel = await gallery(opened, show, permissions=CLIPBOARD)
    chat = one(panel, "Chat")
    await chat.locator("summary").first.click()
    await chat.get_by_label("Rows").fill("5")
    await chat.get_by_label("Platforms").select_option("all")
    await chat.get_by_role("button", name="Copy link: Chat").click()
    await chat.get_by_text("Copied", exact=True).wait_for()
    assert await panel.page.evaluate(COPIED) == f"{show.url}/overlay/chat?token={TOKEN}&rows=5&platform=all"
    assert TOKEN not in await panel.page.content()


async def test_it_is_put_into_obs_or_says_why_not(opened: Any, show: PanelShow) -> None:
    show.answers["POST obs/source"] = {"outcome": "done", "source": "<i>Chat</i>", "scene": "Main"}
    panel = await gallery(opened, show)
    chat = one(panel, "Chat")
    button = chat.get_by_role("button", name="Put into OBS: Chat")
    await chat.locator("summary").first.click()
    await chat.get_by_label("Rows").fill("5")
    await button.click()
    await chat.get_by_text("Added to “Main” as “<i>Chat</i>”.").wait_for()
    assert panel.pressed("obs/source") == [{"overlay": "chat", "params": {"rows": "5"}}]
    show.answers["POST obs/source"]["outcome"] = "already"
    await button.click()
    await chat.get_by_text("“Main” has it already.").wait_for()
    await show.change({"obs/browser": False})
    await panel.shows(".obs-away", "This OBS has no browser source")
    await button.click(force=True)
    await show.change({"obs/state": "lost"})
    await panel.shows(".obs-away", "OBS does not answer now")
    await show.change({"obs": None})
    await panel.shows(".obs-away", "OBS is not connected, so links are copied by hand.")
    assert await button.get_attribute("aria-disabled") == "true"
    assert len(panel.pressed("obs/source")) == 2


async def test_pages_of_the_streamer_are_there_as_text(opened: Any, show: PanelShow) -> None:
    panel = await gallery(opened, show)
    hat = one(panel, "<b>Hat</b>")
    await hat.get_by_text("your own").wait_for()
    await hat.get_by_text("Its overlay.json could not be read: no").wait_for()
    await hat.locator("summary").click()
    assert await hat.get_by_label("size").input_value() == "3"
    assert await hat.get_by_role("button", name="Copy link: <b>Hat</b>").is_disabled(), "no grant for it"


async def test_a_list_that_does_not_come_can_be_asked_for_again(opened: Any, show: PanelShow) -> None:
    show.refuse["overlays"] = 500
    panel = await (await opened()).open("#overlays")
    await panel.shows("[role=alert]", "The list of overlays could not be read.")
    show.refuse.clear()
    show.answers["overlays"] = json.loads(msgspec.json.encode(Overlays(items()[:2])))
    await panel.page.get_by_role("button", name="Try again").click()
    await panel.page.locator(".ov").nth(1).wait_for()
