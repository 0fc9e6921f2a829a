"""A page follows the feed: snapshot, changes, gaps, lost connections, other builds, text of strangers."""

import time
from collections.abc import Callable
from typing import Any

from tests.overlays.fake_show import FakeShow, clause, until, wait_for

HOSTILE = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


def state(page: Any) -> dict[str, Any]:
    return page.evaluate("showrunner.state()")


def test_page_is_built_from_one_snapshot_in_the_middle_of_a_line(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.say(3, "mika", clause("Order, order in the court!"), ms=400, playing=False)
    page = open_page()
    until(page, "showrunner.state().caption")
    assert state(page)["caption"] == "Order, order in the court!"
    assert [node.get_attribute("data-persona") for node in page.query_selector_all(".sr-avatar")] == ["mika", "juno"]
    assert page.locator('.sr-avatar[data-persona="mika"]').get_attribute("data-speaking") == "true"


def test_changes_reach_the_page_and_a_removed_line_takes_everything_with_it(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    show.set({"stage/answering": {"name": "viewer~1", "text": "why though?", "platform": "twitch"}})
    show.say(1, "juno", clause("Because of the moon."), ms=100, playing=False)
    page.wait_for_selector(".sr-bubble.is-shown")
    assert page.locator(".sr-bubble__text").inner_text() == "why though?"
    assert "moon" in page.locator(".sr-captions__text").inner_text()
    show.set({"line": None, "playhead": None, "stage/answering": None, "stage/speaker": None})
    until(page, "!showrunner.state().caption && !document.querySelector('.is-shown')")
    assert state(page)["line"] is None


def test_paths_with_slashes_and_tildes_name_one_key(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("chat")
    show.set({"chat/a~1b~0c": {"n": 1, "name": "x", "text": "first", "spans": [{"text": "first"}], "roles": []}})
    page.wait_for_selector(".sr-chat__row")
    assert page.evaluate("Object.keys(showrunner.feed.state.chat)") == ["a/b~c"]
    assert page.evaluate("({}).polluted === undefined")
    show.tell({"seq": show.seq + 1, "now": 0, "set": {"__proto__/polluted": True, "chat/constructor/x": 1}, "del": []})
    until(page, f"showrunner.feed.seq === {show.seq + 1}")
    assert page.evaluate("({}).polluted === undefined")


def test_gap_asks_for_a_new_snapshot(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("chat")
    show.set({"chat/1": {"n": 1, "name": "x", "text": "lost", "spans": [{"text": "lost"}], "roles": []}}, skip=True)
    show.set({"chat/2": {"n": 2, "name": "y", "text": "kept", "spans": [{"text": "kept"}], "roles": []}})
    until(page, "document.querySelectorAll('.sr-chat__row').length === 2")
    assert show.snapshots == 2
    assert page.evaluate("showrunner.feed.gaps") == 1


def test_a_show_that_beat_and_then_says_nothing_is_asked_again(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("captions")
    show.set({"beat": 1})
    until(page, "showrunner.feed.state.beat === 1")
    page.evaluate("showrunner.feed.patience = 500")
    wait_for(lambda: show.snapshots >= 2)


def test_nonsense_on_the_wire_is_met_with_a_new_snapshot(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page("captions")
    for number, text in enumerate(("{not json", "[]", "null", '{"seq": 99}'), start=2):
        show.tell(text)
        wait_for(lambda number=number: show.snapshots == number)
        until(page, "showrunner.state().connected")


def test_page_comes_back_by_itself_and_is_blank_on_air_meanwhile(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.say(1, "mika", clause("You can hear me now."), ms=200, playing=False)
    page = open_page()
    until(page, "showrunner.state().caption")
    show.accept = False
    show.drop()
    until(page, "!showrunner.state().connected && !showrunner.state().caption")
    assert page.locator(".sr-hint").count() == 0  # inside OBS nothing tells the audience
    page.evaluate("showrunner.feed.lostAt -= 10000")
    page.wait_for_selector(".sr-page.is-away", state="attached")
    show.accept = True
    until(page, "showrunner.state().caption && !document.querySelector('.is-away')")


def test_outside_obs_a_lost_show_is_said(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.accept = False
    page = open_page("captions", obs=False, wait=False)
    page.wait_for_selector(".sr-hint--connection")
    show.accept = True
    page.wait_for_selector(".sr-hint--connection", state="hidden")


def test_other_build_reloads_once_and_only_between_lines(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.say(1, "mika", clause("Still talking."), playing=False)
    page = open_page("captions")
    page.evaluate("window.first = true")
    show.set({"build": "b2"})
    until(page, "showrunner.feed.state.build === 'b2'")
    assert page.evaluate("window.first")
    show.set({"line": None, "playhead": None})
    until(page, "!window.first && window.showrunner && showrunner.state().connected")
    page.evaluate("window.second = true")  # served as b1 again: no second reload for the same build
    show.set({"show/mode": "paused"})
    until(page, "showrunner.feed.state.show.mode === 'paused'")
    assert page.evaluate("window.second")


def test_text_of_strangers_stays_text(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.state["cast"] = {
        "mika": {
            "name": HOSTILE,
            "color": "red;}",
            "order": 0,
            "look": {"theme": HOSTILE, "palette": {"hair": HOSTILE}},
        }
    }
    show.set({"stage/answering": {"name": HOSTILE, "text": HOSTILE, "platform": HOSTILE}})
    show.say(1, "mika", clause(HOSTILE), ms=2000, playing=False)
    stage = open_page()
    stage.wait_for_selector(".sr-bubble.is-shown")
    assert stage.locator(".sr-bubble__text").inner_text().startswith("<img src=x")
    assert "<" in stage.locator(".sr-captions__text").inner_text()
    chat = open_page("chat")
    emote = {"emote": {"alt": HOSTILE, "url": "https://evil.example/x.png"}}
    script = {"emote": {"alt": "js", "url": "javascript:alert(1)"}}
    spans = [{"text": HOSTILE}, emote, script]
    said = dict.fromkeys(("name", "text", "color", "kind", "platform"), HOSTILE)
    show.set({"chat/1": {"n": 1, **said, "roles": [HOSTILE], "spans": spans}})
    chat.wait_for_selector(".sr-chat__row")
    for page in (stage, chat):
        assert page.locator("main img, main script").count() == 0
        assert page.title() != "pwned"


def test_what_is_only_tried_out_says_so(show: FakeShow, open_page: Callable[..., Any]) -> None:
    row = {"name": "Tom", "text": "hi", "spans": [{"text": "hi"}], "roles": []}
    show.set({"chat/1": {"n": 1, **row}, "chat/2": {"n": 2, **row, "test": True}})
    chat = open_page("chat")
    chat.wait_for_selector(".sr-chat__row.is-test")
    marks = "[...document.querySelectorAll('.sr-chat__name')].map(el => getComputedStyle(el, '::after').content)"
    assert chat.evaluate(marks) == ["none", '"TEST"']
    show.set({"stage/answering": {"name": "Tom", "text": "hi", "platform": "twitch"}})
    show.say(1, "juno", clause("Thank you."), ms=100, playing=False)
    stage = open_page()
    stage.wait_for_selector(".sr-bubble.is-shown")
    assert stage.locator(".is-test").count() == 0
    head = {**show.state["playhead"], "line": 2}
    show.set({"line": {**show.state["line"], "id": 2, "test": True}, "playhead": head})
    until(stage, "document.querySelectorAll('.sr-bubble.is-test, .sr-captions.is-test').length === 2")


def test_chat_keeps_order_shows_allowed_emotes_and_drops_removed_messages(
    show: FakeShow, open_page: Callable[..., Any]
) -> None:
    page = open_page("chat", "&rows=3")
    page.route("https://static-cdn.jtvnw.net/**", lambda route: route.abort())
    for n in (2, 1, 3, 4):
        show.set({f"chat/{n}": {"n": n, "name": f"v{n}", "text": f"m{n}", "spans": [{"text": f"m{n}"}], "roles": []}})
    until(page, "document.querySelector('.sr-chat').textContent === 'v2m2v3m3v4m4'")
    show.remove("chat/3")
    until(page, "!document.querySelector('.sr-chat').textContent.includes('m3')")
    assert page.locator(".sr-chat__row").count() == 3  # an older one has room again
    url_of = "url => import('/o/b1/lib/chat.js').then(m => m.emoteUrl(url))"
    url = page.evaluate(url_of, "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/2.0")
    assert url.startswith("https://static-cdn.jtvnw.net/")
    assert page.evaluate(url_of, "http://static-cdn.jtvnw.net/x") is None


def test_hidden_source_goes_on_and_asks_anew_when_it_is_shown(show: FakeShow, open_page: Callable[..., Any]) -> None:
    page = open_page(wait=False)
    until(page, "window.showrunner && showrunner.state().connected")
    page.evaluate("window.requestAnimationFrame = () => 0")  # as in a hidden source: no frame comes any more
    time.sleep(0.05)
    show.say(1, "mika", clause("Hidden but here."), ms=300, playing=False)
    until(page, "showrunner.state().caption === 'Hidden but here.'")
    before = show.snapshots
    page.evaluate("dispatchEvent(new CustomEvent('obsSourceVisibleChanged', {detail: {visible: true}}))")
    wait_for(lambda: show.snapshots == before + 1)


def test_demo_needs_no_show(show: FakeShow, open_page: Callable[..., Any]) -> None:
    show.accept = False
    page = open_page("stage", "&demo")
    until(page, "showrunner.state().mouth.mika > 0.2")
    assert state(page)["caption"].startswith("Hello hello!")
    assert page.evaluate("__work.length") > 5
