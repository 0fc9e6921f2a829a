"""The small overlays: each rebuilds from one snapshot, shows the own platform, and nothing that was taken back."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.overlays.fake_show import FakeShow, now, until

KINDS = ("alert", "answering", "poll", "queue", "countdown", "goal", "credits", "chat")
SHOWN = "showrunner.state().shown"
HOSTILE = "<img src=x onerror=window.__bad=1>"
FULL = {"viewport": {"width": 1920, "height": 1080}, "locale": "en-GB"}
SMALLER = {"viewport": {"width": 1280, "height": 720}, "locale": "en-GB"}
CONTRAST = """(() => {
  const parse = text => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const light = rgb => rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = [];
  const walk = document.createTreeWalker(document.getElementById('page'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !node.getClientRects().length) continue;
    let ground = [255, 255, 255];
    const path = [];
    for (let at = node; at; at = at.parentElement) path.unshift(at);
    for (const at of path) {
      ground = over(parse(getComputedStyle(at).backgroundColor), ground);
      const under = getComputedStyle(at, '::before');
      const drawn = under.content !== 'none' && under.position === 'absolute';
      if (drawn) ground = over(parse(under.backgroundColor), ground);
      for (const fill of at.querySelectorAll(':scope > .sr-bar__fill'))
        ground = over(parse(getComputedStyle(fill).backgroundColor), ground);
    }
    const [a, b] = [light(over(parse(getComputedStyle(node).color), ground)), light(ground)].sort((x, y) => y - x);
    found.push([node.className, walk.currentNode.textContent, (a + 0.05) / (b + 0.05)]);
  }
  return found;
})()"""


def alert(n: int, *, age: float = 1000, **more: Any) -> dict[str, Any]:
    text = more.pop("text", "")
    return {
        "n": n, "at": now() - age, "kind": "raid", "name": "ana", "platform": "twitch", "text": text,
        "spans": [{"text": text}], "count": 40, "months": 0, "amount": None, "size": 0.3, **more,
    }  # fmt: skip


def lib(page: Any, module: str, call: str, argument: Any = None) -> Any:
    return page.evaluate(f"given => import('/o/b1/lib/{module}.js').then(m => {call})", argument)


def both_platforms(show: FakeShow) -> None:
    show.state["show"] = {"mode": "running", "platforms": ["twitch", "youtube"], "language": "en"}


# --- what the pages are made of --------------------------------------------------------------------------------------


def test_alerts_are_shown_one_after_another(workshop: Any) -> None:
    call = "m.schedule(given, 4000, 8000).map(one => [one.alert.n, one.from, one.until])"
    rows = [{"n": n, "at": at} for n, at in ((1, 0), (2, 1000), (3, 1500), (4, 60_000))]
    assert lib(workshop, "schedule", call, rows) == [
        [1, 0, 4000], [2, 4000, 8000], [3, 8000, 16000], [4, 60_000, 68_000]
    ]  # fmt: skip
    assert lib(workshop, "schedule", call, rows[::-1]) == lib(workshop, "schedule", call, rows)
    gone = [{**rows[0], "gone": 2500}, {**rows[1], "gone": 2600}, *rows[2:]]
    assert lib(workshop, "schedule", call, gone)[:3] == [[1, 0, 2500], [2, 2500, 2600], [3, 2600, 10_600]]
    quick = lib(workshop, "schedule", "m.schedule(given, 1, 1).map(one => one.until - one.from)", rows)
    assert min(quick) >= 1000, "never more than one change a second: nothing flashes"


def test_only_the_own_platform_is_shown_unless_the_address_says_so(workshop: Any) -> None:
    call = "given.map(([wanted, platforms, platform]) => m.shows(wanted, platforms, platform))"
    two = ["twitch", "youtube"]
    cases = [["", two, "twitch"], ["", two, "youtube"], ["all", two, "youtube"], ["youtube", two, "youtube"],
             ["youtube", two, "twitch"], ["", [], "demo"], ["twitch,kick", two, "kick"]]  # fmt: skip
    assert lib(workshop, "widget", call, cases) == [True, False, True, True, False, True, True]


def test_every_word_is_there_in_both_languages(workshop: Any) -> None:
    paths = """(() => { const list = (node, path) => Object.entries(node).flatMap(([key, value]) =>
        typeof value === 'object' ? list(value, `${path}/${key}`) : [`${path}/${key}:${typeof value}`]);
        return [list(m.WORDS.en, ''), list(m.WORDS.ja, '')]; })()"""
    english, japanese = lib(workshop, "words", paths)
    assert english == japanese
    said = lib(workshop, "words", "given.map(one => [m.did(one, 'en'), m.did(one, 'ja')])", [
        {"kind": "raid", "count": 1}, {"kind": "raid", "count": 40}, {"kind": "cheer", "amount": {"bits": 500}},
        {"kind": "member_new", "platform": "youtube"}, {"kind": "gift_batch", "count": 5},
        {"kind": "superchat", "amount": {"micros": 4_990_000, "currency": "USD"}},
        {"kind": "superchat", "amount": {"micros": 500_000_000, "currency": "JPY"}},
        {"kind": "superchat", "amount": {"micros": 5_000_000, "currency": "<b>"}},
    ])  # fmt: skip
    assert [each[0] for each in said][:5] == [
        "raids with 1 viewer", "raids with 40 viewers", "cheers 500 bits", "becomes a member", "gives 5 subs"
    ]  # fmt: skip
    assert said[5][0].endswith("4.99")
    assert "500" in said[6][1]
    assert "5 <b>" in said[7][0], "an unknown currency is written as it is"
    wanted = [["ja-JP"], ["fr", "ja"], ["", "xx"], ["constructor"]]
    assert lib(workshop, "words", "given.map(one => m.language(...one))", wanted) == ["ja", "ja", "en", "en"]


def test_times_a_countdown_runs_to(workshop: Any) -> None:
    call = """given.map(([text, at]) => { const end = m.timeOfDay(text, new Date(at));
        return end === null ? null : (end - new Date(at)) / 60000; })"""
    cases = [["20:15", "2026-05-05T20:00:00"], ["00:10", "2026-05-05T23:50:00"], ["23:55", "2026-05-05T00:05:00"],
             ["9:00", "2026-05-05T10:00:00"], ["25:00", "2026-05-05T10:00:00"],
             ["", "2026-05-05T10:00:00"]]  # fmt: skip
    assert lib(workshop, "times", call, cases) == [15, 20, -10, -60, None, None]
    store = (
        "{kept: {}, getItem(key) { return this.kept[key] ?? null; }, setItem(key, value) { this.kept[key] = value; }}"
    )
    call = f"(store => [0, 60e3, 200e3, 400e3].map(at => m.minutesFrom(5, at, store)))({store})"
    assert lib(workshop, "times", call) == [300e3, 300e3, 300e3, 700e3], "goes on when it is loaded again, then anew"
    assert lib(workshop, "words", "given.map(m.clockTime)", [0, 1, 59_001, 61_000, 3_600_000]) == [
        "0:00", "0:01", "1:00", "1:01", "1:00:00"
    ]  # fmt: skip


# --- the pages -------------------------------------------------------------------------------------------------------


def test_alert_is_where_the_show_is_and_goes_when_it_is_taken_back(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    both_platforms(show)
    show.state["alerts"] = {
        "1": alert(1, age=60_000, name="long ago"),
        "2": alert(2, age=500, name=HOSTILE, text=HOSTILE, test=True),
        "3": alert(3, age=400, name="other", platform="youtube"),
        "4": alert(4, age=300, kind="cheer", name="", amount={"micros": 0, "currency": "", "bits": 500}),
    }
    page = open_page("alert", "&least=60&most=60", **FULL)
    until(page, f"{SHOWN}?.n === 2")
    assert page.locator(".sr-alert").count() == 1
    assert page.locator(".sr-alert__name").inner_text() == HOSTILE
    assert page.locator(".sr-alert__text").inner_text() == HOSTILE
    assert page.locator(".sr-alert .sr-tag").inner_text() == "TEST"
    assert page.locator(".sr-alert img").count() == 0
    assert not page.evaluate("window.__bad")
    gone = {key: show.state["alerts"]["2"][key] for key in ("n", "at", "kind", "platform")}
    show.set({"alerts/2": {**gone, "gone": now()}})
    until(page, f"{SHOWN}?.n === 4")
    assert "other" not in page.locator("main").inner_text()
    assert HOSTILE not in page.content()
    assert page.locator(".sr-alert__name").inner_text() == "Somebody"
    assert page.locator(".sr-alert__what").inner_text() == "cheers 500 bits"
    page.reload()
    until(page, f"window.showrunner?.state().connected && {SHOWN}?.n === 4")
    assert page.evaluate("parseFloat(document.querySelector('.sr-alert').style.getPropertyValue('--sr-since')) < 0")
    show.set({"alerts": {}})
    until(page, f"{SHOWN} === null")
    show.set({"show/mode": "closing"})
    until(page, "document.querySelector('main').classList.contains('is-away')")


def test_who_is_answered_by_whom(show: FakeShow, open_page: Callable[..., Any]) -> None:
    both_platforms(show)
    show.state["stage"] |= {"speaker": "mika", "answering": {"name": "نور", "text": HOSTILE, "platform": "twitch"}}
    page = open_page("answering", "&lang=ja", **FULL)
    assert until(page, SHOWN) == {"name": "نور", "text": HOSTILE, "persona": "Mika"}
    assert page.locator(".sr-answering__verb").inner_text() == "が回答中"
    assert page.evaluate("document.documentElement.lang") == "ja"
    show.set({"stage/answering": {"name": "x", "text": "from elsewhere", "platform": "youtube"}})
    until(page, f"{SHOWN} === null")
    assert "نور" not in page.content(), "words that are gone are not kept out of sight"
    show.set({"stage/answering": {"name": "x" * 200, "text": "y" * 900, "platform": "twitch"}})
    until(page, SHOWN)
    until(page, "document.querySelector('.sr-answering').getBoundingClientRect().bottom <= 1080 * 0.96")  # it slides in
    assert page.locator(".sr-answering").bounding_box()["width"] <= 1920 * 0.9
    show.drop(4403)
    until(page, f"{SHOWN} === null")


def test_poll_moves_and_ends(show: FakeShow, open_page: Callable[..., Any]) -> None:
    both_platforms(show)
    choices = [{"title": HOSTILE, "votes": 1}, {"title": "B", "votes": 3}]
    poll = {"id": "1", "platform": "twitch", "title": "Which?", "choices": choices, "ends": now() + 60_000, "ended": 0}
    show.state["polls"] = {"youtube": {**poll, "platform": "youtube", "title": "Not here"}, "twitch": poll}
    page = open_page("poll", **FULL)
    assert until(page, f"{SHOWN}?.title") == "Which?"
    assert page.locator(".sr-poll__share").all_inner_texts() == ["25%", "75%"]
    assert "left" in page.locator(".sr-poll__time").inner_text()
    first = page.locator(".sr-poll__choice").first
    first.evaluate("node => (node.dataset.mine = 'yes')")
    show.set({"polls/twitch": {**poll, "choices": [{"title": HOSTILE, "votes": 9}, choices[1]]}})
    until(page, "document.querySelector('.sr-poll__share').textContent === '75%'")
    assert first.get_attribute("data-mine") == "yes", "votes move a bar, they do not make it anew"
    assert "is-ahead" in first.get_attribute("class")
    show.set({"polls/twitch": {**poll, "ended": now() - 1000, "ends": 0}})
    until(page, f"{SHOWN}?.over")
    assert page.locator(".sr-poll .sr-chip").inner_text() == "Result"
    show.set({"polls/twitch": {**poll, "ended": now() - 60_000, "ends": 0}})
    until(page, f"{SHOWN} === null")


def test_queue_shows_names_and_who_answers(show: FakeShow, open_page: Callable[..., Any]) -> None:
    both_platforms(show)

    def row(n: int, **more: Any) -> dict[str, Any]:
        return {"n": n, "name": f"viewer {n}", "platform": "twitch", "persona": "juno", "kind": "answer", **more}

    show.state["queue"] = {"rows": {str(n): row(n) for n in (1, 2, 3, 4)}, "more": 2}
    show.state["queue"]["rows"]["9"] = row(0, platform="youtube")
    show.state["queue"]["rows"]["8"] = row(0, kind="thanks")
    page = open_page("queue", "&rows=3", **FULL)
    until(page, SHOWN)
    assert page.locator(".sr-queue__name").all_inner_texts() == ["viewer 1", "viewer 2", "viewer 3"]
    assert page.locator(".sr-queue .sr-chip").all_inner_texts() == ["Juno"] * 3
    assert page.locator(".sr-queue__more").inner_text() == "and 3 more"
    show.set({"queue": {"rows": {"1": row(1, name=HOSTILE * 9, persona="")}, "more": 0}})
    until(page, f"{SHOWN}?.rows.length === 1")
    assert page.locator(".sr-queue__more").is_hidden()
    assert page.locator(".sr-queue .sr-chip").count() == 0
    box = page.locator(".sr-queue").bounding_box()
    assert box["height"] < 250, "a long name stays in its row"
    show.set({"queue": {"rows": {}, "more": 0}})
    until(page, f"{SHOWN} === null")


def test_goal_of_the_platform_your_own_and_the_train(show: FakeShow, open_page: Callable[..., Any]) -> None:
    both_platforms(show)
    goal = {"n": 1, "platform": "twitch", "title": "Followers", "now": 37, "of": 50}
    train = {"id": "1", "platform": "twitch", "level": 3, "now": 50, "of": 200, "ends": now() + 60_000, "ended": 0}
    show.state |= {"goals": {"1": goal, "2": {**goal, "platform": "youtube"}}, "trains": {"twitch": train}}
    show.state["counts"] = {"twitch": {"subs": 4}, "youtube": {"subs": 100}}
    page = open_page("goal", **FULL)
    assert until(page, f"{SHOWN}.length === 2 && {SHOWN}") == [
        "Followers 37 / 50 74%",
        "Hype Train · level 3 50 / 200 25%",
    ]
    show.set({"goals/1/now": 50, "trains/twitch": {**train, "ended": now() - 60_000}})
    until(page, f"{SHOWN}.length === 1 && {SHOWN}[0].endsWith('Reached!')")
    page.goto(page.url + "&title=Karaoke&goal=10&count=subs&now=2&lang=ja")
    assert until(page, f"window.showrunner?.state().connected && {SHOWN}.length && {SHOWN}") == ["Karaoke 6 / 10 60%"]
    show.set({"counts/twitch/subs": 8})
    until(page, f"{SHOWN}[0].endsWith('達成！')")


def test_countdown_to_the_next_segment(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.state["coming"] = {
        "later": {"segment": "later", "title": "later", "due": now() + 900_000},
        "news": {"segment": "news", "title": "news", "due": now() + 125_000},
    }
    page = open_page("countdown", "&end=Now", **FULL)
    assert until(page, f"{SHOWN}?.title") == "Next: news"
    assert page.evaluate(f"{SHOWN}.time").startswith("2:0")
    show.set({"coming/news/due": now() + 400})
    until(page, f"{SHOWN}?.title === 'Now'")
    assert page.locator(".sr-countdown__time").is_hidden()
    show.set({"coming": {}})
    page.goto(page.url.replace("&end=Now", "&minutes=5&title=Soon"))
    until(page, "window.showrunner?.state().connected")
    assert until(page, f"{SHOWN}?.title") == "Soon"
    assert page.evaluate(f"{SHOWN}.time") in ("5:00", "4:59", "4:58", "4:57")


def test_credits_roll_and_forget(show: FakeShow, open_page: Callable[..., Any]) -> None:
    both_platforms(show)

    def name(n: int, text: str, **more: Any) -> dict[str, Any]:
        return {"n": n, "name": text, "platform": "twitch", **more}

    show.state["credits"] = {
        "raid": {"1": name(1, "captain", amount=40)},
        "chat": {"2": name(2, HOSTILE), "3": name(3, "bad one"), "4": name(4, "tuber", platform="youtube")},
    }
    page = open_page("credits", **FULL)
    until(page, f"{SHOWN}.names.length === 3")
    text = page.evaluate("document.querySelector('.sr-credits').textContent")
    assert "captain" in text
    assert "40" in text
    assert "tuber" not in text
    assert "Mika" in text
    y = page.evaluate(f"{SHOWN}.y")
    until(page, f"{SHOWN}.y !== {y!r}")
    height = page.evaluate("document.querySelector('.sr-credits').offsetHeight")
    show.remove("credits/chat/3")
    until(page, f"{SHOWN}.names.length === 2")
    assert "bad one" not in page.content()
    assert page.evaluate("document.querySelector('.sr-credits').offsetHeight") == height, "nothing jumps"


def test_chat_is_that_of_the_own_platform(show: FakeShow, open_page: Callable[..., Any]) -> None:
    both_platforms(show)
    show.state["chat"] = {
        f"{platform}:1": {"n": n, "name": platform, "text": "hi", "platform": platform, "color": "#0000ff", "roles": [],
                          "kind": "message", "spans": [{"text": "hi"}]}
        for n, platform in enumerate(("twitch", "youtube"))
    }  # fmt: skip
    page = open_page("chat")
    until(page, "document.querySelectorAll('.sr-chat__row').length === 1")
    assert page.locator(".sr-chat__name").all_inner_texts() == ["twitch"]
    page.goto(page.url + "&platform=all")
    until(page, "document.querySelectorAll('.sr-chat__row').length === 2")
    assert page.locator(".sr-chat__platform").all_inner_texts() == ["Twitch", "YouTube"]


# --- as they look ----------------------------------------------------------------------------------------------------


def settled(page: Any) -> Any:
    """The page as a picture once two in a row are alike: its fonts are there, and bars that are fresh stand."""
    from PIL import Image

    page.evaluate("document.fonts.ready.then(() => true)")
    before = b""
    for _ in range(20):
        page.wait_for_timeout(80)
        png = page.screenshot(omit_background=True)
        if png == before:
            break
        before = png
    return Image.open(io.BytesIO(before)).convert("RGBA")


def differs(one: Any, other: Any) -> int:
    """How many pixels differ by more than smoothing does."""
    from PIL import ImageChops

    apart = ImageChops.difference(one, other).convert("RGB").convert("L")
    return sum(apart.histogram()[48:])


@pytest.mark.parametrize("kind", KINDS)
def test_demo_can_be_read_and_stands_on_nothing(show: FakeShow, open_page: Callable[..., Any], kind: str) -> None:
    """One still moment without a show: transparent beside the card, readable over white, the same after a reload."""
    show.accept = False
    page = open_page(kind, "&demo=still", reduced_motion="reduce", **SMALLER)
    until(page, "document.querySelector('main').innerText.trim().length > 8")
    found = page.evaluate(CONTRAST)
    assert found
    assert not [each for each in found if each[2] < 4.5]
    sizes = """[...document.querySelectorAll('bdi:not(.sr-chip), .sr-countdown__time, .sr-alert__what')]
        .map(node => parseFloat(getComputedStyle(node).fontSize))"""
    assert min(page.evaluate(sizes)) >= (24 if kind == "chat" else 36)  # the chat grows with its source
    assert page.evaluate("document.fonts.check('700 40px \"Atkinson Hyperlegible\"')")
    first = settled(page)
    seen = first.getchannel("A")
    assert seen.getextrema() == (0, 255), "something is drawn, and something is not"
    assert sum(seen.histogram()[:1]) > 1280 * 720 * 0.1
    page.reload()
    until(page, "window.showrunner?.state().connected && document.querySelector('main').innerText.trim().length > 8")
    assert differs(settled(page), first) < 20, "one snapshot makes the same picture"
