"""Rows of the chat and the events card of the panel, in a real browser."""

from typing import Any

import pytest

from tests.fakes.panel_show import PanelShow
from tests.web.axe import findings
from tests.web.panel_stand import DESK, PALE, PHONE, SMALL_TARGETS, Panel, message

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

FULL: dict[str, Any] = {
    "months": 0, "first": False, "reply_name": "", "count": 0, "reward": "", "guest": False, "test": False,
    "source": "eventsub",
}  # fmt: skip
COLOURS = ["#00008b", "#ffff00", "#ff0000", "#0000ff", "#000000", "#ffffff", "#9acd32", "#5b5b5b"]
# The worst contrast of a viewer's name, on the row as it is and under the pointer.
NAMES = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const lin = (c) => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const lum = (c) => 0.2126 * lin(c[0]) + 0.7152 * lin(c[1]) + 0.0722 * lin(c[2]);
  const probe = document.body.appendChild(document.createElement('i'));
  const grounds = ['--bg1', '--bg2'].map((name) => {
    probe.style.setProperty('background', `var(${name})`);
    return rgb(getComputedStyle(probe).backgroundColor);
  });
  probe.remove();
  const names = [...document.querySelectorAll('.row .vn')].map((el) => rgb(getComputedStyle(el).color));
  return Math.min(...names.flatMap((name) => grounds.map((ground) => {
    const [a, b] = [lum(name), lum(ground)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  })));
}"""


def event(n: int, kind: str, state: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    row = {"n": n, "at": 4_363_000, "name": f"viewer{n}", "platform": "twitch", "kind": kind, "count": 0, "months": 0}
    row |= {"amount": None, "reward": "", "source": "eventsub", "test": False, "replays": 0, "state": state}
    return row | more


def state(code: str, reason: str = "", persona: str = "", ready: int | None = None) -> dict[str, Any]:
    return {"code": code, "reason": reason, "persona": persona, "ready": ready}


def some() -> dict[str, Any]:
    return {
        "twitch:1": event(1, "gift_batch", state("answered", persona="mika"), count=5, name="Giver"),
        "twitch:2": event(2, "cheer", state("dropped", "least"), amount={"micros": 0, "currency": "", "bits": 5}),
        "twitch:3": event(3, "raid", state("waiting", "raid", ready=4_364_000 + 60_000), count=40, name="Dodo"),
        "test~4": event(4, "raid", state("on_air", persona="mika"), count=1, test=True, source="test", name="Test"),
    }


# --- rows of the chat


async def test_a_row_says_who_writes_and_what_is_special_about_it(opened: Any, show: PanelShow) -> None:
    rows = [
        message(50, "well", **FULL | {"roles": ["moderator", "subscriber"], "months": 14}),
        message(51, "hi", **FULL | {"first": True, "reply_name": "marrow_mint"}),
        message(52, "", **FULL | {"kind": "raid", "count": 40}),
        message(53, "wow", **FULL | {"kind": "superchat", "platform": "youtube", "source": "ytapi",
                                     "amount": {"micros": 1_000_000_000, "currency": "JPY", "bits": 0}}),
        message(54, "", **FULL | {"kind": "raid", "count": 40, "test": True, "source": "test"}),
        message(55, "", **FULL | {"kind": "redemption", "reward": "<b>Hydrate</b>"}),
        message(56, "over there", **FULL | {"guest": True, "roles": ["member"], "months": 1}),
    ]  # fmt: skip
    show.snapshot["chat"] = {f"twitch:{row['n']}": row for row in rows}
    panel = await (await opened()).open()
    told = {n: await panel.text(f'[data-uid="twitch:{n}"] p') for n in range(50, 57)}
    assert "viewer50 mod sub, 14 months well" in told[50]
    assert "viewer51 first message answers marrow_mint hi" in told[51]
    assert "viewer52 raids with 40 viewers" in told[52]
    assert "viewer53 ¥1,000 wow" in told[53]
    assert "viewer54 TEST raids with 40 viewers" in told[54]
    assert "viewer55 redeemed <b>Hydrate</b>" in told[55]
    assert "viewer56 member partner’s chat over there" in told[56]
    mark = panel.page.locator('[data-uid="twitch:53"] .pf')
    assert await mark.get_attribute("title") == "came by the YouTube API"
    assert await panel.page.locator('[data-uid="twitch:52"].is-paid').count() == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_names_can_be_read_in_any_colour(opened: Any, show: PanelShow, scheme: str) -> None:
    for n, colour in enumerate(COLOURS, 60):
        show.snapshot["chat"][f"twitch:{n}"] = message(n, "hello", color=colour)
    show.snapshot["chat"]["twitch:70"] = message(70, "hello", color="url(javascript:1)")
    panel = await (await opened(color_scheme=scheme)).open()
    await panel.shows('[data-uid="twitch:67"]', "hello")
    assert await panel.page.evaluate(NAMES) >= 4.5


async def test_a_storm_of_gifts_is_one_row(opened: Any, show: PanelShow) -> None:
    rows = [
        message(50, "", **FULL | {"kind": "gift_batch", "count": 3}),
        *(message(n, "", **FULL | {"kind": "gift_received", "reply_name": "viewer50"}) for n in (51, 52, 53)),
        message(54, "", **FULL | {"kind": "gift_batch", "count": 1}),
        message(55, "", **FULL | {"kind": "gift_received", "reply_name": "viewer54"}),
        message(56, "yes", **FULL | {"kind": "milestone", "count": 24, "roles": ["member"], "months": 24}),
    ]
    show.snapshot["chat"] = {f"twitch:{row['n']}": row for row in rows}
    panel = await (await opened()).open()
    shown = await panel.page.locator(".row:visible p").all_inner_texts()
    told = [" ".join(each.split()) for each in shown]
    assert len(told) == 4
    assert told[0].endswith("viewer50 gifted 3 subs")
    assert told[2].endswith("viewer55 was gifted a sub"), "nobody is answered there"
    assert told[3].endswith("viewer56 member for 24 months yes")


async def test_rows_of_an_older_feed_are_drawn_too(opened: Any, show: PanelShow) -> None:
    show.snapshot["chat"] = {"twitch:1": message(1, "plain")}
    show.snapshot.pop("events", None)
    panel = await (await opened()).open()
    assert "viewer1 plain" in await panel.text('[data-uid="twitch:1"] p')
    await panel.shows(".eventsc .empty", "No raid, gift or paid message yet.")


# --- the events card


async def test_events_say_what_became_of_them(opened: Any, show: PanelShow) -> None:
    show.snapshot["events"] = some()
    panel = await (await opened()).open()
    rows = panel.page.locator(".ev")
    await panel.becomes("document.querySelectorAll('.ev').length === 4")
    told = [" ".join((await rows.nth(n).inner_text()).split()) for n in range(4)]
    assert "Test raids with 1 viewer TEST" in told[0]
    assert "on air · Mika" in told[0]
    assert "Dodo raids with 40 viewers" in told[1]
    assert "in 1:00" in told[1] or "in 5" in told[1]
    assert "viewer2 cheered 5 bits" in told[2]
    assert "not thanked: below what is thanked" in told[2]
    assert "Giver gifted 5 subs" in told[3]
    assert "thanked · Mika" in told[3]
    await show.change({"events/twitch:3": some()["twitch:3"] | {"state": state("answered", persona="juno")}})
    await panel.shows(".ev", "thanked · Juno")


async def test_what_nobody_wants_thanked_is_no_news(opened: Any, show: PanelShow) -> None:
    show.snapshot["events"] = some() | {
        "twitch:5": event(5, "follow", state("dropped", "off"), name="Quiet"),
        "twitch:6": event(6, "follow", None, name="Early"),
        "twitch:7": event(7, "follow", state("answered", persona="mika"), name="Loud"),
        "twitch:8": event(8, "redemption", state("dropped", "off"), reward="Hydrate"),
        "test~9": event(9, "follow", state("dropped", "off"), name="Tried", test=True, source="test"),
    }
    panel = await (await opened()).open()
    rows = panel.page.locator(".ev")
    await panel.becomes("document.querySelectorAll('.ev').length === 7")
    told = [" ".join((await rows.nth(n).inner_text()).split()) for n in range(await rows.count())]
    assert len(told) == 7
    assert not any("Quiet" in each or "Early" in each for each in told)
    assert "not thanked: switched off" in told[0], "who tries it out is told why nothing was said"
    assert told[1].endswith("redeemed Hydrate")
    assert "Loud followed thanked · Mika" in told[2]


async def test_an_event_can_be_replayed_once_it_is_over(opened: Any, show: PanelShow) -> None:
    show.snapshot["events"] = some()
    panel = await (await opened()).open()
    button = panel.page.get_by_role("button", name="Show and thank Dodo once more")
    assert await button.get_attribute("aria-disabled") == "true"
    await button.click(force=True)
    await panel.page.get_by_role("button", name="Show and thank Giver once more").click()
    await panel.shows(".ev .told", "once more")
    assert [path for path, _ in show.presses if path.startswith("alerts/")] == ["alerts/twitch:1/replay"]
    show.refuse["alerts/twitch:2/replay"] = 410
    await panel.page.get_by_role("button", name="Show and thank viewer2 once more").click()
    await panel.shows(".ev .told", "it is gone")


async def tried(panel: Panel) -> Any:
    await panel.page.get_by_role("button", name="Try an event").click()
    menu = panel.page.get_by_role("dialog", name="Try an event")
    await menu.wait_for()
    return menu


async def test_presets_and_an_own_event_are_sent_as_tests(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    menu = await tried(panel)
    for name in ("Raid of 40", "5 gifted subs", "500 bits", "Super Chat ¥1,000", "New member", "Follow", "Redemption"):
        sent = len(panel.pressed("alerts/test"))
        await menu.get_by_role("button", name=name, exact=True).click()
        await panel.until(lambda sent=sent: len(panel.pressed("alerts/test")) > sent)
    assert panel.pressed("alerts/test") == [
        {"kind": "raid", "count": 40}, {"kind": "gift", "count": 5}, {"kind": "bits", "bits": 500},
        {"kind": "superchat", "amount": {"micros": 1_000_000_000, "currency": "JPY"}}, {"kind": "sub"},
        {"kind": "follow"}, {"kind": "redemption"},
    ]  # fmt: skip
    await panel.shows(".trytold", "Sent. It is marked TEST in the list.")
    await menu.get_by_label("Event", exact=True).select_option("superchat")
    await menu.get_by_label("Amount").fill("12.34")
    await menu.get_by_label("Currency").select_option("EUR")
    await menu.get_by_label("Name", exact=True).fill(" Ada ")
    await menu.get_by_label("What is written").fill("keep going")
    await menu.get_by_role("button", name="Send as a test").click()
    await panel.until(lambda: len(panel.pressed("alerts/test")) == 8)
    amount = {"micros": 12_340_000, "currency": "EUR"}
    assert panel.pressed("alerts/test")[-1] == {
        "kind": "superchat", "name": "Ada", "text": "keep going", "amount": amount,
    }  # fmt: skip
    show.refuse["alerts/test"] = 422
    await menu.get_by_role("button", name="Redemption", exact=True).click()
    await panel.shows(".trytold", "No reward is set up")


async def test_the_menu_works_with_keys_and_gives_the_focus_back(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await page.locator("#try-events").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Try an event").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await panel.until(lambda: panel.pressed("alerts/test") == [{"kind": "raid", "count": 40}])
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog", name="Try an event").wait_for(state="detached")
    await panel.becomes("document.activeElement.id === 'try-events'")


@pytest.mark.parametrize(
    ("size", "scheme", "locale"),
    [(DESK, "dark", "en-US"), (DESK, "light", "ja-JP"), (PHONE, "dark", "ja-JP"), (PHONE, "light", "en-US")],
    ids=["desk-dark-en", "desk-light-ja", "phone-dark-ja", "phone-light-en"],
)
async def test_it_can_be_read_pressed_and_heard(
    opened: Any, show: PanelShow, size: dict[str, int], scheme: str, locale: str
) -> None:
    show.snapshot["events"] = some()
    show.snapshot["chat"]["twitch:80"] = message(
        80, "hm", **FULL | {"roles": ["broadcaster", "vip"], "first": True, "test": True, "color": "#00008b"}
    )
    panel = await (await opened(size, color_scheme=scheme, locale=locale, has_touch=size is PHONE)).open()
    page = panel.page
    if size is PHONE:
        await page.locator(".tabs button").nth(1).click()
        assert await page.evaluate(PALE) == []
        await page.locator(".tabs button").nth(2).click()
    await page.locator("#try-events").click()
    await page.locator(".trypop").wait_for()
    await panel.becomes("Boolean(document.querySelector('.trypop').style.getPropertyValue('--top'))")
    assert await page.evaluate(PALE) == []
    assert await page.evaluate(SMALL_TARGETS, 44 if size is PHONE else 24) == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert await findings(page) == []
    pop, stop = await page.locator(".trypop").bounding_box(), await page.locator(".stop").bounding_box()
    assert pop["y"] >= 0
    assert pop["y"] + pop["height"] <= size["height"]
    assert pop["y"] >= stop["y"] + stop["height"] or pop["y"] + pop["height"] <= stop["y"], "Stop stays in reach"


async def test_an_empty_card_is_as_high_as_a_full_one(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    before = await panel.page.locator(".eventsc").bounding_box()
    await show.change({"events": some()})
    await panel.shows(".ev", "Giver")
    assert await panel.page.locator(".eventsc").bounding_box() == before


async def test_the_second_way_to_a_platform_has_its_name_and_trouble_comes_first(opened: Any, show: PanelShow) -> None:
    show.snapshot["health"]["chat.twitch.2"] = {
        "state": "broken", "code": "part.unavailable", "params": {"reason": "no network"}, "fix": "",
        "latency_ms": None, "order": 9,
    }  # fmt: skip
    panel = await (await opened()).open()
    await panel.shows(".pill", "Twitch (2)")
    await panel.page.get_by_role("button", name="more").click()
    first = panel.page.locator(".partlist .part").first
    assert "Twitch (2)" in await first.inner_text()
    assert "no network" in await first.inner_text()


@pytest.mark.parametrize("width", [1440, 1280, 1200])
async def test_the_bar_shows_as_many_parts_as_have_room(opened: Any, show: PanelShow, width: int) -> None:
    fine = {"state": "ok", "code": "chat.ok", "params": {"channel": "mika_live"}, "fix": "", "latency_ms": 3}
    bad = {**fine, "state": "degraded", "code": "part.unavailable", "params": {"reason": "no network"}}
    parts = (
        "chat.inject",
        "chat.twitch",
        "chat.twitch.spare",
        "chat.youtube",
        "chat.streamerbot",
        "account.twitch.bot",
    )
    show.snapshot["health"] = {name: {**fine, "order": n} for n, name in enumerate(parts)}
    show.snapshot["health"] |= {name: {**bad, "order": 9} for name in ("streamerbot.actions", "webhook.1", "voice")}
    panel = await (await opened({"width": width, "height": 800})).open()
    await panel.shows(".pill", "Streamer.bot actions")
    names = await panel.page.locator(".pill:visible b").all_inner_texts()
    assert "Webhook (1)" in names
    assert not {"Other programs", "Twitch, as a guest", "Sign-in of the bot"} & set(names), "they are well"
    assert await panel.page.evaluate("(el => el.scrollWidth - el.clientWidth)(document.querySelector('.top'))") <= 0
    box = await panel.page.get_by_role("button", name="Settings of this page").bounding_box()
    assert box["x"] + box["width"] <= width


async def test_a_request_says_from_when_on_it_may_be_answered(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    first = next(iter(show.snapshot["queue"]))
    mine = show.snapshot["queue"][first]
    await show.change({f"queue/{first}": mine | {"not_before": 4_364_000 + 600_000}})
    await panel.shows(".waiting li", "at the earliest")
    await show.change({f"queue/{first}": mine | {"not_before": 4_364_000 - 600_000}})
    await panel.page.locator(".waiting li", has_text="earliest").wait_for(state="detached")


async def test_what_a_test_asked_for_is_marked_while_it_waits_and_is_said(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    assert await panel.page.locator(".queue .chip.test, .air .chip.test").count() == 0
    first = next(iter(show.snapshot["queue"]))
    line = show.snapshot["line"]
    await show.change({f"queue/{first}": show.snapshot["queue"][first] | {"test": True}, "line": line | {"test": True}})
    await panel.shows(".waiting li .chip.test", "TEST")
    await panel.shows(".air .chip.test", "TEST")
