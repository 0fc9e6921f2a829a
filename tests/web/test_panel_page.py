"""The panel in a real browser, under its real content security policy, beside a scripted show."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from streamer.app.panel_view import About, PanelView
from streamer.core.events import StopPressed
from streamer.web import sinkroom
from streamer.web.assets import Assets
from streamer.web.gate import Site
from streamer.web.server import SHIPPED_DESIGN, SHIPPED_PANEL
from tests.fakes.panel_show import BUILD, CODE, TOKEN, PanelShow
from tests.fakes.sink_page import SinkPage
from tests.web.panel_stand import (
    DESK,
    LOW,
    NAMELESS,
    PALE,
    PHONE,
    SAID,
    SHIFTS,
    SMALL_TARGETS,
    TWICE,
    WATCH,
    Panel,
    message,
)
from tests.web.profiles import CLIPBOARD

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

# --- how it looks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESK, LOW, PHONE], ids=["1440", "1280", "390"])
async def test_it_fits_and_can_be_read_and_pressed(opened: Any, size: dict[str, int], scheme: str) -> None:
    panel = await (await opened(size, color_scheme=scheme, has_touch=size is PHONE)).open()
    page = panel.page
    tabs = ["now", "chat", "show"] if size is PHONE else ["now"]
    for tab in tabs:
        if size is PHONE:
            await page.locator(f".tabs button:nth-of-type({tabs.index(tab) + 1})").click()
        assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert await page.evaluate(SMALL_TARGETS, 44 if size is PHONE else 24) == []
        assert await page.evaluate(NAMELESS) == []
        assert await page.evaluate(PALE) == []
    assert await page.evaluate(TWICE) == []
    stop = await page.locator(".stop").bounding_box()
    assert stop["height"] >= (60 if size is PHONE else 46)
    if size is PHONE:
        assert stop["width"] > size["width"] - 20


async def test_long_words_and_japanese_do_not_break_it(opened: Any, show: PanelShow) -> None:
    show.snapshot["show"]["title"] = "W" * 120
    show.snapshot["cast"]["mika"]["name"] = "Wolfeschlegelsteinhausenbergerdorff"
    show.snapshot["line"]["why"]["name"] = "x" * 200
    for size, locale in ((LOW, "ja-JP"), (PHONE, "ja-JP"), (PHONE, "en-US")):
        panel = await (await opened(size, locale=locale)).open()
        assert await panel.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert (await panel.page.evaluate("document.documentElement.lang")) == locale[:2]
        assert await panel.page.locator(".stop").is_visible()


async def test_the_language_can_be_changed_and_is_remembered(opened: Any) -> None:
    panel = await (await opened()).open()
    await panel.page.get_by_role("button", name="Settings of this page").click()
    await panel.page.get_by_label("Language").select_option("ja")
    await panel.shows(".stop b", "発話を停止")
    await panel.shows(".log p", "「Friday Night Banter」を開始しました")
    await panel.page.reload()
    await panel.shows(".stop b", "発話を停止")


# --- strangers -------------------------------------------------------------------------------------------------------


async def test_hostile_names_and_words_stay_text(opened: Any, show: PanelShow) -> None:
    evil = "<img src=x onerror=document.title='owned'>"
    show.snapshot["chat"]["twitch:99"] = message(99, evil + "\u202e\u0000" + "z" * 10_000, name=evil + "\u202e")
    show.snapshot["line"]["why"] |= {"name": evil, "text": evil}
    show.snapshot["line"]["clauses"]["0"]["text"] = evil
    show.snapshot["queue"]["40"] |= {"name": evil, "text": evil}
    show.snapshot["next"]["13"]["text"] = evil
    show.snapshot["health"]["llm"] |= {"code": evil, "fix": evil}
    show.snapshot["log"]["0"] |= {"code": evil, "params": {"name": evil}, "by": evil}
    show.snapshot["sound"]["name"] = evil
    panel = await (await opened()).open()
    page = panel.page
    await page.get_by_role("button", name="LLM").click()
    await panel.shows(".pop", "onerror")
    assert await page.locator("img").count() == 0
    assert "owned" not in await page.title()
    row = page.locator('[data-uid="twitch:99"]')
    assert "<img src=x" in await row.inner_text()
    assert "\u202e" not in await row.inner_text()
    assert len(await row.inner_text()) < 900
    await row.get_by_role("button", name="show all").click()
    assert len(await row.inner_text()) > 10_000
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0


# --- stop and the other keys -----------------------------------------------------------------------------------------


async def test_f8_stops_and_the_player_confirms(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await page.locator("#say-text").focus()
    await page.keyboard.press("F8")
    await panel.until(lambda: panel.pressed("commands/stop"))
    assert panel.pressed("commands/stop") == [{"saw": 12}]
    assert re.fullmatch(r"[0-9a-f]{32}", show.keys[-1])
    await panel.shows(".stop small", "waiting for silence")
    silence = {"n": 1, "at": show.now(), "by": "Rin", "ms": None, "page": True}
    await show.change({"show/mode": "stopped", "silence": silence, "line": None, "queue": {}, "next": {}})
    await panel.shows(".stop b", "Resume AI")
    await panel.shows(".stop small", "waiting for silence")
    await show.change({"silence/ms": 92})
    await panel.shows(".stop small", "silent after 92 ms")
    await panel.shows(".now.quiet", "Stopped by Rin")
    assert "STOPPED" in await panel.text(".tally")


async def test_a_double_press_on_stop_does_not_resume(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    await panel.page.locator(".stop").click()
    await panel.until(lambda: panel.pressed("commands/stop"))
    await show.change({"show/mode": "stopped", "silence": {"n": 1, "at": show.now(), "by": "", "ms": 5, "page": True}})
    await panel.shows(".stop b", "Resume AI")
    await panel.page.locator(".stop").click()
    assert panel.pressed("commands/resume") == []
    await panel.page.wait_for_timeout(950)
    await panel.page.locator(".stop").click()
    await panel.until(lambda: panel.pressed("commands/resume"))


async def test_stop_is_sent_again_until_the_show_answers(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    show.down = True
    await show.drop_sockets()
    await panel.shows(".stale-bar", "Not connected")
    await panel.page.keyboard.press("F8")
    await panel.shows(".stop small", "sending")
    await asyncio.sleep(0.4)
    assert panel.pressed("commands/stop") == []
    show.down = False
    await panel.until(lambda: panel.pressed("commands/stop"))
    assert len(panel.pressed("commands/stop")) == 1


async def test_a_stop_that_is_refused_says_so(opened: Any, show: PanelShow) -> None:
    show.refuse["commands/stop"] = 403
    panel = await (await opened()).open()
    await panel.page.keyboard.press("F8")
    await panel.shows(".stop small", "NOT DELIVERED")
    await panel.shows(".trouble", "refused")


async def test_letters_work_outside_fields_only(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await page.locator("#say-text").fill("")
    await page.locator("#say-text").type("sss")
    await page.locator("#say-text").blur()
    await page.keyboard.press("Control+s")
    await page.keyboard.press("s")
    await panel.until(lambda: panel.pressed("commands/skip"))
    assert panel.pressed("commands/skip") == [{"saw": 12}]
    await page.keyboard.press("k")
    assert await page.evaluate("document.activeElement.dataset.uid") == "twitch:17"
    await page.keyboard.press("k")
    assert await page.evaluate("document.activeElement.dataset.uid") == "youtube:16"
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Settings of this page").click()
    await page.get_by_label("Single-letter keys").uncheck()
    await page.keyboard.press("Escape")
    await page.locator("body").press("s")
    await page.keyboard.press("F8")
    await panel.until(lambda: panel.pressed("commands/stop"))
    assert len(panel.pressed("commands/skip")) == 1


async def test_pause_dial_tone_and_say_are_sent(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await page.locator(".pause").click()
    await page.get_by_role("radio", name="Chatty").check(force=True)
    await page.get_by_role("button", name="Test tone: Viewers").click()
    await panel.shows(".ways", "OBS played the tone.")
    await page.get_by_label("Who says it").select_option("juno")
    await page.get_by_role("radio", name="Exactly").check(force=True)
    await page.get_by_label("What to say").fill("  Good evening.  ")
    await page.keyboard.press("Enter")
    await panel.until(lambda: panel.pressed("commands/say"))
    assert panel.pressed("commands/pause") == [{"saw": 12}]
    assert panel.pressed("commands/dial") == [{"dial": "chatty"}]
    assert panel.pressed("sound/tone") == [{}]
    assert panel.pressed("commands/say") == [{"persona": "juno", "text": "Good evening.", "exact": True}]
    await panel.shows(".saycard .r", "in the queue")
    assert await page.get_by_label("What to say").input_value() == ""
    assert len(set(show.keys)) == len(show.keys)
    await show.change({"show/mode": "paused"})
    await panel.shows(".pause b", "Resume AI")
    await page.locator(".pause").click()
    await panel.until(lambda: panel.pressed("commands/resume"))


async def test_a_press_on_something_that_changed_says_so(opened: Any, show: PanelShow) -> None:
    show.refuse["commands/skip"] = 409
    panel = await (await opened()).open()
    await panel.page.locator(".skip").click()
    await panel.shows(".trouble", "Not done")


# --- the line --------------------------------------------------------------------------------------------------------


async def test_words_light_up_as_they_are_heard(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    assert await panel.text(".line .word") == "with"
    await panel.becomes(f"{SAID} === 'Order, order! The court finds that cereal is a cold soup '")
    assert await panel.text(".now .left") == "4.5 s left"
    assert "answers hoshi_no_kakera is cereal soup or not" in await panel.text(".now .why")
    assert "waited 14 s" in await panel.text(".now .why")
    await show.change({"playhead": {"line": 12, "ms": 1900, "at": show.now(), "playing": False}})
    await panel.shows(".line .word", "The")
    await show.change({"playhead": {"line": 12, "ms": 4900, "at": show.now(), "playing": True}})
    await panel.becomes(f"{SAID}.includes('cereal is a cold soup with')")
    clause = {"at": 9800, "end": 12000, "text": "Case closed.", "words": []}
    await show.change({"line/clauses/3": clause, "line/total": 12000})
    await panel.becomes("document.querySelector('.line').innerText.endsWith('Case closed.')")
    await show.change({"line": None})
    await panel.shows(".now.quiet", "Nobody is speaking")


async def test_words_of_other_scripts_are_cut_where_they_should_be(opened: Any, show: PanelShow) -> None:
    clause = {"at": 0, "end": 2000, "text": "😀 やあ、みんな", "words": [[0, 500, 2, 4], [800, 600, 5, 8]]}
    second = {"at": 2000, "end": 3000, "text": "元気？", "words": []}
    show.snapshot["line"] |= {"clauses": {"0": clause, "1": second}, "total": 3000}
    show.snapshot["playhead"] = {"line": 12, "ms": 900, "at": 0, "playing": False}
    panel = await (await opened()).open()
    assert await panel.page.locator(".line").text_content() == "😀 やあ、みんな元気？"
    assert await panel.text(".line .word") == "みんな"


async def test_nothing_moves_while_it_loads_and_over_the_life_of_a_line(opened: Any, show: PanelShow) -> None:
    """At three sizes, on three pages at once: each is watched for as long as one would be."""
    panels = {size["width"]: await opened(size) for size in (DESK, LOW, PHONE)}
    for panel in panels.values():
        panel.alone = True
        await panel.page.add_init_script(SHIFTS)
        await panel.open()
    await asyncio.sleep(3)

    async def moved() -> dict[int, float]:
        shifts = {width: await panel.page.evaluate("window.__shifts.splice(0)") for width, panel in panels.items()}
        print(shifts)
        return {width: sum(value for value, _ in each) for width, each in shifts.items()}

    assert {width: by for width, by in (await moved()).items() if by > 0.02} == {}, "while it loads"
    line = show.snapshot["line"]
    first = line["clauses"]["0"]
    ahead = {"id": 14, "persona": "juno", "state": "preparing", "text": "", "kind": "answer", "since": show.now()}
    steps: list[dict[str, Any]] = [
        {"line": None, "playhead": None, "next": {}},
        {"next": {"14": ahead | {"why": line["why"], "est_ms": None}}},
        {"next/14/text": "A sentence that is a good deal longer than its row. " * 3, "next/14/state": "ready"},
        {"line": line | {"id": 14, "clauses": {"0": first | {"text": "Short."}}}, "next": {}},
        *(
            {f"line/clauses/{n}": first | {"text": "And then there is more of it to say.", "words": []}}
            for n in (1, 2, 3)
        ),
        {"playhead": {"line": 14, "ms": 0, "at": show.now(), "playing": True}},
        {"line": None, "playhead": None},
        {"pace": {"per_minute": 4, "opens": show.now() + 12_000}},
    ]
    for step in steps:
        await show.change(step)
        await asyncio.sleep(0.15)
    assert {width: by for width, by in (await moved()).items() if by > 0.02} == {}, "over the life of a line"


async def test_silence_says_why_while_somebody_waits(opened: Any, show: PanelShow) -> None:
    pace = {"per_minute": 4, "opens": show.now() + 60_000}
    show.snapshot |= {"line": None, "playhead": None, "next": {}, "pace": pace}
    panel = await (await opened()).open()
    await panel.becomes("/Next answer in \\d.*: 4 a minute/.test(document.querySelector('.quiet .sub').innerText)")
    await show.change({"queue": {}})
    await panel.shows(".quiet .sub", "The cast answers when somebody asks.")


# --- the chat --------------------------------------------------------------------------------------------------------


async def test_an_answer_that_was_cut_short_says_so(opened: Any, show: PanelShow) -> None:
    state = {"code": "cut_short", "persona": "mika", "reason": ""}
    show.snapshot["chat"]["twitch:50"] = message(50, "why?", state=state)
    panel = await (await opened()).open()
    assert await panel.text('[data-uid="twitch:50"] .chip') == "cut short · Mika"


async def test_drops_of_one_minute_and_reason_are_one_row_of_the_log(opened: Any, show: PanelShow) -> None:
    row = {"kind": "drop", "by": "", "via": "", "code": "drop", "fix": ""}
    at = show.snapshot["log"]["0"]["at"] // 60_000 * 60_000
    for n in range(40, 46):
        params = {"name": f"viewer{n}", "reason": "crowded" if n == 45 else "expired"}
        show.snapshot["log"][str(n)] = row | {"n": n, "at": at + n, "params": params}
    panel = await (await opened()).open()
    await panel.shows(".log p", "5 messages were not answered: too old")
    await panel.shows(".log p", "viewer45 was not answered: too many were waiting")
    await panel.page.get_by_role("button", name="Drops").click()
    await panel.shows(".log p", "viewer42 was not answered: too old")


async def test_voices_are_called_by_who_speaks(opened: Any, show: PanelShow) -> None:
    ok = {"state": "ok", "code": "voice.ok", "params": {"engine": "edge"}, "fix": "", "latency_ms": 90, "order": 1}
    show.snapshot["health"] = {"voice.mika.edge": ok, "voice.juno.edge": ok, "voice.juno.espeak": ok}
    panel = await (await opened()).open()
    names = await panel.page.locator(".pill:visible b").all_inner_texts()
    assert names[:3] == ["Juno’s voice (edge)", "Juno’s voice (espeak)", "Mika’s voice"]


async def test_an_empty_chat_is_not_held_still(opened: Any, show: PanelShow) -> None:
    show.snapshot["chat"] = {}
    panel = await (await opened()).open()
    await panel.page.locator(".chatc .chat").hover()
    await show.change({"chat/twitch:90": message(90, "first of all")})
    await panel.shows(".row", "first of all")
    await panel.page.locator(".chatc .empty").wait_for(state="detached")


async def test_the_chat_holds_still_under_the_pointer(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    row = page.locator('[data-uid="twitch:15"]')
    await row.hover()
    before = await row.bounding_box()
    await show.change({f"chat/twitch:{n}": message(n, "a new one") for n in range(100, 130)})
    await panel.shows(".frozen", "30 new · held still while you point")
    assert await row.bounding_box() == before
    gone = {"code": "deleted", "persona": "", "reason": "message"}
    await show.change({"chat/twitch:15/state": gone, "chat/twitch:15/text": None})
    await page.locator('[data-uid="twitch:15"].gone').wait_for()
    assert "now refuses breakfast" in await row.inner_text()
    assert "line-through" in await row.locator(".m").evaluate("el => getComputedStyle(el).textDecorationLine")
    assert await row.bounding_box() == before
    await page.mouse.move(900, 30)
    await page.locator('[data-uid="twitch:129"]').wait_for()
    await panel.shows('[data-uid="twitch:15"] .chip', "deleted")
    below = "el => el.scrollHeight - el.scrollTop - el.clientHeight"
    assert await page.locator("ol.chat").evaluate(below) < 3


async def test_the_newest_row_stays_whole_when_its_chip_takes_a_line(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    last = message(100, "so many words that the chip beside them has no room")
    await show.change({"chat/twitch:100": last})
    await panel.page.locator('[data-uid="twitch:100"]').wait_for()
    await show.change({"chat/twitch:100/state": {"code": "on_air", "persona": "mika", "reason": ""}})
    await panel.shows('[data-uid="twitch:100"] .chip', "on air")
    await panel.becomes(
        "(() => { const el = document.querySelector('ol.chat');"
        " return el.scrollHeight - el.scrollTop - el.clientHeight < 3; })()"
    )


@pytest.mark.parametrize(("demo", "words"), [(True, "talks by itself"), (False, "when somebody asks.")])
async def test_it_promises_talk_unasked_in_the_demo_only(opened: Any, show: PanelShow, demo: bool, words: str) -> None:
    panel = await (await opened()).open()
    await show.change({"line": None, "show/mode": "running", "show/demo": demo})
    await panel.shows(".quiet .sub", words)


async def test_scrolling_back_holds_the_chat_and_the_button_returns(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await show.change({f"chat/twitch:{n}": message(n, "a new one") for n in range(100, 160)})
    await page.locator('[data-uid="twitch:159"]').wait_for()
    await page.locator("ol.chat").hover()
    await page.mouse.wheel(0, -600)
    below = "document.querySelector('ol.chat').scrollHeight - document.querySelector('ol.chat').scrollTop > 1000"
    await panel.becomes(below)
    await page.mouse.move(900, 30)
    await panel.shows(".foot", "read back")
    await show.change({"chat/twitch:200": message(200, "later")})
    await panel.shows(".frozen", "1 new · go to the newest")
    await page.locator(".frozen").click()
    await page.locator('[data-uid="twitch:200"]').wait_for()


async def test_a_state_changes_its_chip_and_nothing_else_of_the_row(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    row = panel.page.locator('[data-uid="twitch:14"]')
    await row.evaluate("el => { el.querySelector('.m').marked = true; }")
    for state, words in (
        ({"code": "waiting", "persona": "", "reason": "question"}, "waiting"),
        ({"code": "picked", "persona": "mika", "reason": ""}, "picked · Mika"),
        ({"code": "on_air", "persona": "mika", "reason": ""}, "on air · Mika"),
        ({"code": "dropped", "persona": "", "reason": "expired"}, "too old"),
        ({"code": "blocked", "persona": "", "reason": "personal.mail"}, "blocked · personal data"),
    ):
        await show.change({"chat/twitch:14/state": state})
        await panel.shows('[data-uid="twitch:14"] .chip', words)
    assert await row.evaluate("el => el.querySelector('.m').marked") is True


async def test_rows_are_bounded_and_leave_with_the_feed(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    await show.change({f"chat/twitch:{n}": message(n, f"flood {n}") for n in range(1000, 2400)})
    await panel.page.locator('[data-uid="twitch:2399"]').wait_for()
    assert await panel.page.locator(".chat .row").count() <= 1000
    await show.change({}, [f"chat/twitch:{n}" for n in range(1000, 2390)])
    await panel.page.locator('[data-uid="twitch:2389"]').wait_for(state="detached")
    assert await panel.page.locator(".chat .row").count() <= 30


async def test_a_filter_shows_questions_or_money(opened: Any) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await page.locator(".chatc").get_by_role("button", name="Paid").click()
    assert await page.locator(".row:visible").count() == 1
    await page.locator(".chatc").get_by_role("button", name="Questions").click()
    assert await page.locator(".row:visible").count() > 3


# --- links, sound, parts ---------------------------------------------------------------------------------------------


async def test_links_are_masked_until_asked_for(opened: Any) -> None:
    panel = await (await opened(permissions=CLIPBOARD)).open()
    page = panel.page
    field = page.locator(".links .main input")
    await field.wait_for()
    values = "document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((i) => i.value).join()"
    assert TOKEN not in await page.evaluate(values)
    await page.get_by_role("button", name="Copy the link of Stage").click()
    await panel.shows(".links .main .btn", "copied")
    assert await page.evaluate("navigator.clipboard.readText()") == f"{panel.show.url}/overlay/stage?token={TOKEN}"
    assert TOKEN not in await page.evaluate(values)
    await page.get_by_role("button", name="Show the link of Stage").click()
    assert TOKEN in await field.input_value()
    await page.get_by_role("button", name="Hide the link of Stage").click()
    assert TOKEN not in await page.evaluate(values)


async def test_it_says_why_nobody_is_taken(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    assert await panel.text(".queue .r") == "the next one first"
    await show.change({"pace": {"per_minute": 4, "opens": show.now() + 30_000}})
    await panel.shows(".queue .r", "at most 4 a minute, next in")
    await show.change({"show/mode": "paused"})
    await panel.shows(".queue .r", "the next one first")
    await show.change({"show/mode": "running", "queue": {}})
    await panel.shows(".queue .empty", "Nobody is waiting")
    assert await panel.page.locator(".queue .r").count() == 0, "nothing to say about nobody"


@pytest.mark.parametrize("language", ["en", "ja"])
async def test_the_words_of_the_big_buttons_fit(opened: Any, show: PanelShow, language: str) -> None:
    panel = await (await opened(locale=language)).open()
    for mode in ("running", "paused", "stopped"):
        await show.change({"show/mode": mode})
        await panel.page.wait_for_timeout(100)
        cut = "(all) => all.filter((el) => el.scrollWidth > el.clientWidth + 1).map((el) => el.textContent)"
        assert await panel.page.eval_on_selector_all(".big b, .big small, .big small span", cut) == [], mode
    await show.change({"show/mode": "paused", "line": None})
    await panel.page.wait_for_timeout(100)
    assert await panel.page.eval_on_selector_all(".big b, .big small, .big small span", cut) == []


async def test_it_says_when_nobody_hears_the_show(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    assert "through OBS" in await panel.text(".soundstate")
    await show.change({"sound": {"where": "nobody", "name": "", "pages": 1, "muted": 1, "warning": "muted"}})
    await panel.shows(".soundcard", "Nobody hears Mika and Juno.")
    await panel.shows(".soundcard", "has not allowed sound")
    assert await panel.page.locator("iframe").count() == 0
    switch = panel.page.get_by_role("switch", name="Hear them in this tab")
    await switch.check()
    frame = panel.page.locator("iframe.sr")
    await frame.wait_for(state="attached")
    assert await frame.get_attribute("src") == f"{show.url}/overlay/sound?token={TOKEN}&monitor=auto"
    await switch.uncheck()
    await frame.wait_for(state="detached")
    await panel.page.evaluate("sessionStorage.clear()")


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        ({"where": "obs", "warning": "two_obs"}, "Two sources in OBS could play the voices."),
        ({"where": "tab", "warning": "two"}, "a tab of another browser plays along"),
        ({"where": "tab", "warning": "muted_obs"}, "its sound does not start"),
        ({"where": "tab", "warning": ""}, "A browser tab plays Mika and Juno. Viewers hear them only if OBS captures"),
        ({"where": "nobody", "warning": "hung"}, "Refresh the source in OBS."),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value['where']} {value['warning']}",
)
async def test_it_warns_of_what_could_be_heard_wrong(
    opened: Any, show: PanelShow, sound: dict[str, str], words: str
) -> None:
    panel = await (await opened()).open()
    holder = None if sound["where"] == "nobody" else {"where": sound["where"], "kind": "stage", "browser": "x"}
    await show.change({"sound": {"name": "", "pages": 2, "muted": 0, "holder": holder} | sound})
    await panel.becomes(f"document.querySelector('.soundcard').innerText.replace(/\\s+/g, ' ').includes({words!r})")


@pytest.mark.parametrize("where", ["device", "obs_media"])
async def test_a_device_or_a_media_source_that_plays_is_said(opened: Any, show: PanelShow, where: str) -> None:
    panel = await (await opened()).open()
    await show.change({"sound": {"where": where, "name": "CABLE Input", "pages": 0, "muted": 0, "holder": None}})
    await panel.shows(".soundcard .big-words", "CABLE Input")
    text = await panel.text(".soundcard")
    assert "Nobody" not in text
    assert "overlay link" not in text
    assert await panel.page.get_by_role("button", name="Test tone: Viewers").count() == 0
    assert await panel.page.get_by_role("button", name="Test tone: this tab").count() == 1
    silence = {"n": 1, "at": show.now(), "by": "", "ms": 64, "page": False, "where": where}
    await show.change({"show/mode": "stopped", "silence": silence})
    await panel.shows(".big.stop small", "silent after 64 ms")
    await show.change({"silence": silence | {"where": "nobody"}})
    await panel.shows(".big.stop small", "no page was playing")


async def test_the_level_is_drawn_and_leaves_the_card_alone(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    meter = panel.page.get_by_role("meter", name="Level of the voices")
    assert await meter.get_attribute("aria-valuetext") == "silent"
    await panel.page.evaluate(
        """() => { window.__seen = []; new MutationObserver((all) => window.__seen.push(...all.map((one) =>
        one.target.closest('.outmeter') ? 'meter' : 'card'))).observe(document.querySelector('.soundcard'),
        {subtree: true, childList: true, attributes: true, characterData: true}); }"""
    )
    await show.change({"level": -20.4})
    await panel.becomes("document.querySelector('.soundcard .outmeter').getAttribute('aria-valuetext') === '-20 dB'")
    assert set(await panel.page.evaluate("window.__seen")) == {"meter"}
    await show.change({"level": None})
    await panel.becomes("document.querySelector('.soundcard .outmeter').getAttribute('aria-valuetext') === 'silent'")


async def test_a_part_in_trouble_says_what_to_do(opened: Any) -> None:
    panel = await (await opened()).open()
    page = panel.page
    pill = page.get_by_role("button", name="Juno’s voice")
    await pill.click()
    box = page.get_by_role("dialog")
    assert "Speaks with espeak instead of edge" in await box.inner_text()
    assert "Fix: nothing to do" in await box.inner_text()
    await box.get_by_role("button", name="Show all parts").click()
    assert "Reading friday." in await box.inner_text()
    await page.keyboard.press("Escape")
    await box.wait_for(state="detached")


# --- coming and going ------------------------------------------------------------------------------------------------


async def test_the_code_of_the_link_signs_in_and_leaves_the_address(opened: Any, show: PanelShow) -> None:
    show.signed_in = False
    panel = await (await opened()).open(f"#code={CODE}")
    assert panel.pressed("session") == [{"code": CODE}]
    assert CODE not in panel.page.url
    assert show.turned_away == 0


async def test_a_used_link_says_so_and_a_new_try_works(opened: Any, show: PanelShow) -> None:
    show.signed_in = False
    panel = await (await opened()).open("#code=stale", ready=False)
    await panel.shows(".door", "used already")
    show.signed_in = True
    await panel.page.get_by_role("button", name="Try again").click()
    await panel.shows(".stop b", "STOP SPEECH")


async def test_a_lost_connection_is_shown_and_comes_back(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    show.down = True
    await show.drop_sockets()
    await panel.shows(".stale-bar", "Not connected. What you see is")
    assert "NOT CONNECTED" in await panel.text(".tally")
    await panel.page.locator(".pause").click(force=True)
    assert panel.pressed("commands/pause") == []
    show.snapshot["line"]["persona"] = "juno"
    show.down = False
    await panel.page.locator(".stale-bar").wait_for(state="detached")
    await panel.shows(".now .who", "Juno")


async def test_a_gap_in_the_feed_starts_again_from_a_snapshot(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    show.snapshot["show"]["title"] = "After the gap"
    await show.change({"chat_rate": 5}, skip_seq=True)
    await panel.shows("h1", "After the gap")
    assert await panel.page.locator('[data-uid="twitch:15"]').count() == 1


async def test_another_build_reloads_the_page_but_not_while_typing(opened: Any, show: PanelShow) -> None:
    panel = await (await opened()).open()
    page = panel.page
    await page.evaluate("window.kept = true")
    await page.get_by_label("What to say").fill("half a senten")
    await show.change({"line": None, "build": BUILD + "2"})
    await page.wait_for_timeout(200)
    assert await page.evaluate("window.kept") is True
    await page.get_by_label("What to say").fill("")
    await panel.becomes("!window.kept")


# --- with the server it is made for ----------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="module")
async def real(browser: Any, make_server: Any) -> AsyncIterator[tuple[Panel, Any]]:
    """A panel behind the real server with the real overlays, two personas and an open page of nobody's show."""
    house = make_server(Site(port=0))
    house.server.panel = Assets([SHIPPED_DESIGN, SHIPPED_PANEL], "/p/")
    house.server.overlays = Assets([SHIPPED_DESIGN.parent], "/o/")
    house.server._api.kinds = house.server.overlays.kinds
    house.room.build = house.server.overlays.build
    await house.server.start()
    view = PanelView(
        lambda changes, removed: house.feed.publish("panel", changes, removed),
        words=house.texts.get,
        about=About(title="A real one"),
    )
    cast = {"mika": {"name": "Mika", "order": 0}, "juno": {"name": "Juno", "order": 1}}
    view.cast({key: member | {"color": "#f59ac2", "enabled": True} for key, member in cast.items()})
    view.setup(1, welcome=False)
    house.room.on_sound = lambda sound: view.sound(**msgspec.to_builtins(sound))
    view.beat(0)
    context = await browser.new_context(locale="en-US")
    await context.add_init_script(WATCH)
    page = await context.new_page()
    page.set_default_timeout(20_000)
    panel = Panel(page, house)
    await page.goto(house.server.panel_link())
    yield panel, house
    complaints = panel.complaints + await page.evaluate("window.__violations")
    await context.close()
    await house.server.stop()
    assert complaints == []


async def test_this_tab_can_be_heard_beside_obs_and_each_way_has_its_tone(
    real: tuple[Panel, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, house = real
    page = panel.page
    await panel.shows(".big-words", "Nobody hears Mika and Juno.")
    await page.get_by_role("switch", name="Hear them in this tab").check()
    await panel.shows(".big-words", "You hear Mika and Juno through this tab.")
    await panel.shows(".soundcard .sub", "Viewers hear them only if OBS captures the desktop sound.")
    async with aiohttp.ClientSession() as session:
        obs = await SinkPage(house.url, house.overlay_token(), page="obs", obs=True).open(session)
        await panel.shows(".big-words", "Viewers hear Mika and Juno through OBS.")
        await panel.shows(".soundcard .sub", "You hear them through this tab.")
        await panel.shows(".soundcard .help", "viewers hear them twice")
        await page.get_by_role("button", name="Test tone: this tab").click()
        await panel.shows(".ways .good", "This tab played the tone.")
        assert not obs.told("tone")
        await page.get_by_role("button", name="Test tone: Viewers").click()
        await panel.shows(".ways .good", "OBS played the tone.")
        assert len(obs.told("tone")) == 1
        obs.hang()
        monkeypatch.setattr(sinkroom, "TONE_WITHIN_S", 0.2)
        await page.get_by_role("button", name="Test tone: Viewers").click()
        await panel.shows(".ways .bad", "OBS did not answer")
        await page.get_by_role("switch", name="Hear them in this tab").uncheck()
        await panel.shows(".soundcard .sub", "You hear them only if OBS monitors the source.")
        await obs.close()
    await panel.shows(".big-words", "Nobody hears Mika and Juno.")


async def test_it_works_with_the_real_server(browser: Any, make_server: Any) -> None:
    house = make_server(Site(port=0))
    house.server.panel = Assets([SHIPPED_DESIGN, SHIPPED_PANEL], "/p/")
    await house.server.start()
    view = PanelView(
        lambda changes, removed: house.feed.publish("panel", changes, removed),
        words=house.texts.get,
        about=About(title="A real one"),
    )
    view.cast({"mika": {"name": "Mika", "color": "#f59ac2", "order": 0, "enabled": True}})
    view.beat(0)
    context = await browser.new_context(locale="en-US")
    await context.add_init_script(WATCH)
    page = await context.new_page()
    page.set_default_timeout(20_000)
    panel = Panel(page, house)
    try:
        link = house.server.panel_link()
        await page.goto(link)
        await panel.shows("h1", "A real one")
        await page.locator(".links .main input").wait_for()
        assert "/overlay/stage?••••" in await page.locator(".links .main input").input_value()
        await page.keyboard.press("F8")
        await panel.until(lambda: house.desk.pressed)
        assert isinstance(house.desk.pressed[0], StopPressed)
        assert house.desk.pressed[0].via == "panel"
        other = await browser.new_context(locale="en-US")
        await (stranger := await other.new_page()).goto(link)
        await stranger.locator(".door").wait_for()
        await other.close()
        assert panel.complaints + await page.evaluate("window.__violations") == []
    finally:
        await context.close()
        await house.server.stop()
