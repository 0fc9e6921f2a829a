"""Writing as the bot and acting on messages in the panel: by mouse, by keyboard, by thumb."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web

from streamer.texts import texts
from tests.fakes.panel_show import PanelShow, evening
from tests.web.axe import findings
from tests.web.panel_stand import NAMELESS, PALE, SMALL_TARGETS, TWICE, Panel
from tests.web.profiles import Profiles

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SMALL = {"width": 360, "height": 640}
ALL = ["ban", "delete", "reply", "send", "timeout"]
ROW = "li[data-uid='{}']"


class ChatShow(PanelShow):
    """`answers` by path instead of a plain `done`; `refusals` are codes of problems."""

    answers: dict[str, dict[str, Any]]
    refusals: dict[str, str]

    async def _post(self, request: web.Request) -> web.Response:
        answer = await super()._post(request)
        path = request.match_info["path"]
        if path in self.refusals:
            problem = msgspec.json.encode({"title": "no", "status": 409, "code": self.refusals[path]})
            return web.Response(status=409, body=problem, content_type="application/problem+json")
        return web.json_response(self.answers[path]) if path in self.answers else answer


def snapshot(write: dict[str, list[str]] | None = None, *, demo: bool = False) -> dict[str, Any]:
    show = evening()
    show["show"]["demo"] = demo
    show["write"] = {name: {"acts": acts} for name, acts in (write or {}).items()}
    return show


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[ChatShow]:
    show = ChatShow(evening(), {"en": texts("en"), "ja": texts("ja")})
    await show.start()
    yield show
    await show.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(profiles: Profiles, server: ChatShow) -> AsyncIterator[Any]:
    panels: list[Panel] = []

    async def opened(state: dict[str, Any], size: dict[str, int] = DESK, scheme: str = "dark", locale: str = "en-US"):
        server.reset(state)
        server.answers, server.refusals = {}, {}
        page = await profiles.page(size, locale=locale, color_scheme=scheme, reduced_motion="reduce")
        panel = Panel(page, server)
        panels.append(panel)
        await panel.open("#live")
        await panel.page.wait_for_selector("li[data-uid]", state="attached")
        if size["width"] < 760:
            await panel.page.locator(".tabs button").nth(1).click()
        return panel

    yield opened
    for panel in panels:
        assert panel.complaints == []
        await panel.leave(profiles)


async def uids(panel: Panel, platform: str = "twitch") -> list[str]:
    rows = panel.show.snapshot["chat"]
    return [uid for uid, row in sorted(rows.items(), key=lambda one: one[1]["n"]) if row["platform"] == platform]


async def open_menu(panel: Panel, uid: str) -> list[str]:
    await panel.page.locator(ROW.format(uid)).hover()
    await panel.page.locator(f"{ROW.format(uid)} .msgdots").click()
    await panel.page.wait_for_selector(".msgmenu")
    return await panel.page.locator(".msgmenu .item").all_inner_texts()


async def test_a_message_is_deleted_and_its_author_timed_out(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL}))
    uid = (await uids(panel))[-1]
    items = await open_menu(panel, uid)
    assert [item.split()[0] for item in items] == ["Reply", "Delete", "Have", "Time", "Ban"]
    await panel.page.get_by_role("menuitem", name="Delete").click()
    await panel.shows(".acted", "Deleted.")
    assert panel.pressed("chat/delete") == [{"uid": uid}]
    await open_menu(panel, uid)
    await panel.page.get_by_role("menuitem", name="Time out").click()
    await panel.shows(".acted", "timed out for 10 minutes")
    assert panel.pressed("chat/timeout") == [{"uid": uid, "seconds": 600}]


async def test_a_ban_is_asked_twice(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL}))
    uid = (await uids(panel))[-1]
    await open_menu(panel, uid)
    await panel.page.get_by_role("menuitem", name="Ban").click()
    assert panel.pressed("chat/ban") == []
    await panel.page.get_by_role("menuitem", name="Really ban").click()
    await panel.shows(".acted", "is banned")
    assert panel.pressed("chat/ban") == [{"uid": uid}]


async def test_what_the_platform_refuses_is_said(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL}))
    uid = (await uids(panel))[-1]
    panel.show.answers["chat/delete"] = {"outcome": "here", "code": "not_allowed"}
    await open_menu(panel, uid)
    await panel.page.get_by_role("menuitem", name="Delete").click()
    await panel.shows(".acted .bad", "Gone from the show, but not from Twitch: the bot's account may not do that.")
    panel.show.refusals["chat/ignore"] = "streamer"
    await open_menu(panel, uid)
    await panel.page.get_by_role("menuitem", name="ignore").click()
    await panel.shows(".acted .bad", "Not done: that is the streamer.")


async def test_without_an_account_it_is_removed_from_the_show(opened: Any) -> None:
    panel = await opened(snapshot())
    uid = (await uids(panel))[-1]
    panel.show.answers["chat/delete"] = {"outcome": "here", "code": "not_signed_in"}
    items = await open_menu(panel, uid)
    assert [item.split()[0] for item in items] == ["Remove", "Have"]
    await panel.page.get_by_role("menuitem", name="Remove").click()
    await panel.shows(".acted", "On Twitch it stays: no account is signed in.")
    await panel.shows(".nosend", "The bot cannot write here yet.")
    assert await panel.page.locator("#send-text").count() == 0
    await panel.page.locator(".nosend .link").click()
    await panel.becomes("location.hash === '#setup'")


async def test_a_demo_has_nowhere_to_write_and_says_nothing_of_it(opened: Any) -> None:
    panel = await opened(snapshot(demo=True))
    assert await panel.page.locator(".nosend, .sendbox").count() == 0


async def test_all_of_it_by_keyboard(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL, "youtube": ["send"]}))
    page = panel.page
    uid = (await uids(panel))[-1]
    await page.locator(".chat").focus()
    await page.keyboard.press("Enter")  # the newest message
    while await page.evaluate("document.activeElement.dataset.uid") != uid:
        await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await panel.becomes("document.activeElement.getAttribute('role') === 'menuitem'")
    await page.keyboard.press("Escape")
    await panel.becomes(f"document.activeElement.dataset.uid === '{uid}'")
    assert await page.locator(".msgmenu").count() == 0
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".msgmenu")
    await page.keyboard.press("End")
    assert "Ban" in await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("ArrowDown")
    assert "Reply" in await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("Enter")
    await panel.becomes("document.activeElement.id === 'send-text'")
    await page.keyboard.type("one moment!")
    await page.keyboard.press("Enter")
    await panel.shows(".sendwords", "Written.")
    assert panel.pressed("chat/send") == [{"text": "one moment!", "platform": "twitch", "reply_to": uid}]
    assert await page.locator("#send-text").input_value() == ""


async def test_what_is_not_written_stays_in_the_field_with_its_reason(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL, "youtube": ["send"]}))
    page = panel.page
    panel.show.refusals["chat/send"] = "duplicate"
    await page.locator("#send-to").select_option("youtube")
    await page.locator("#send-text").fill("hello")
    await page.locator(".sendbox .btn").click()
    await panel.shows(".sendwords.bad", "Not written: the same was written a moment ago.")
    assert await page.locator("#send-text").input_value() == "hello"
    panel.show.refusals.clear()
    panel.show.answers["chat/send"] = {"outcome": "waiting"}
    await page.locator(".sendbox .btn").click()
    await panel.shows(".sendwords", "Waits for its turn.")
    assert [body["platform"] for body in panel.pressed("chat/send")] == ["youtube", "youtube"]


async def test_who_is_ignored_is_listed_and_heard_again(opened: Any) -> None:
    state = snapshot({"twitch": ALL})
    state["ignored"] = {
        "twitch:1": {"name": "<b>troll</b>", "platform": "twitch", "until": None},
        "youtube:2": {"name": "ゆず", "platform": "youtube", "until": 1_900_000_000_000},
    }
    panel = await opened(state)
    page = panel.page
    await page.get_by_role("button", name="2 ignored").click()
    await panel.shows(".ignoredlist", "<b>troll</b>")
    await page.locator(".ignoredlist .btn").first.click()
    await panel.shows(".acted", "The cast hears <b>troll</b> again.")
    assert panel.pressed("chat/unignore") == [{"user": "twitch:1"}]
    await panel.show.change({}, ["ignored/twitch:1"])
    await page.get_by_role("button", name="1 ignored").wait_for()


async def test_a_row_of_somebody_ignored_offers_to_hear_him(opened: Any) -> None:
    state = snapshot({"twitch": ALL})
    panel = await opened(state)
    uid = (await uids(panel))[-1]
    await panel.show.change({f"chat/{uid}/state": {"code": "dropped", "persona": "", "reason": "ignored"}})
    await panel.shows(f"{ROW.format(uid)} .chip", "ignored")
    await open_menu(panel, uid)
    await panel.page.get_by_role("menuitem", name="again").click()
    await panel.shows(".acted", "again")
    assert panel.pressed("chat/unignore") == [{"uid": uid}]


async def test_the_queue_is_cleared(opened: Any) -> None:
    panel = await opened(snapshot())
    await panel.page.locator(".queue header .btn").click()
    await panel.until(lambda: panel.pressed("commands/clear"))


async def test_the_menu_closes_when_somebody_presses_elsewhere(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL}))
    await open_menu(panel, (await uids(panel))[-1])
    await panel.page.locator(".top h1").click()
    await panel.becomes("!document.querySelector('.msgmenu')")
    assert panel.show.presses == []


@pytest.mark.parametrize(
    ("size", "scheme", "locale"),
    [(DESK, "dark", "en-US"), (DESK, "light", "ja-JP"), (PHONE, "dark", "ja-JP"), (PHONE, "light", "en-US")],
    ids=["desk-dark-en", "desk-light-ja", "phone-dark-ja", "phone-light-en"],
)
async def test_it_can_be_used_by_everybody(opened: Any, size: dict[str, int], scheme: str, locale: str) -> None:
    state = snapshot({"twitch": ALL, "youtube": ["send"]})
    state["ignored"] = {"twitch:1": {"name": "troll", "platform": "twitch", "until": None}}
    panel = await opened(state, size, scheme, locale)
    page = panel.page
    least = 44 if size is PHONE else 24
    uid = (await uids(panel))[-1]
    await page.locator(".ignoredc button").click()
    await page.locator(".ignoredlist").wait_for()
    assert await findings(page, ".ignoredc .pop") == []
    await page.keyboard.press("Escape")
    await open_menu(panel, uid)
    box = await page.locator(".msgmenu").bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    assert await findings(page) == []
    for check in (NAMELESS, TWICE, PALE):
        assert await page.evaluate(check) == []
    assert await page.evaluate(SMALL_TARGETS, least) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_small_phone_still_shows_messages(opened: Any) -> None:
    panel = await opened(snapshot({"twitch": ALL}), SMALL)
    box = await panel.page.locator(".chat").bounding_box()
    assert box["height"] >= 100
