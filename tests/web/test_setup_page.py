"""The set-up view in a real browser, under the server's policy: the way there, each step with success and failure."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from streamer.texts import texts
from tests.fakes.setup_desk import TOKEN, SetupShow, first_night, line, sound
from tests.web.profiles import CLIPBOARD, Profiles, chromium
from tests.web.test_panel_page import DESK, LOW, NAMELESS, PALE, PHONE, SMALL_TARGETS, TWICE, WATCH, Panel

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

IN_OBS = sound("obs", "OBS")
STEPS = ("channel", "brain", "voice", "character", "overlay")
HEARD = """window.__played = 0;
HTMLMediaElement.prototype.play = function () {
  window.__played += 1; setTimeout(() => this.onended && this.onended(), 30); return Promise.resolve(); };"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


class Page(Panel):
    """A panel whose set-up view is meant. `show` is a `SetupShow`."""

    show: SetupShow

    async def enter(self, fragment: str = "") -> "Page":
        await self.page.goto(f"{self.show.url}/panel/{fragment}")
        await self.page.wait_for_selector(".step .btn[aria-expanded]")
        await self.becomes("!document.querySelector('.step .bone')")
        return self

    async def unfold(self, name: str) -> Any:
        await self.page.locator(f"#step-turn-{name}").click()
        await self.page.locator(f"#step-body-{name}").wait_for()
        return self.card(name)

    def card(self, name: str) -> Any:
        return self.page.locator(f"[aria-labelledby=step-h-{name}]")

    async def state(self, name: str, words: str) -> None:
        await self.card(name).locator("header .chip").filter(has_text=words).wait_for()

    async def problem(self, name: str, words: str) -> None:
        await self.card(name).locator("[role=alert]").filter(has_text=words).first.wait_for()

    def called(self, method: str, path: str) -> list[Any]:
        return self.show.called(method, path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[SetupShow]:
    show = await SetupShow({"en": texts("en"), "ja": texts("ja")}).start()
    yield show
    await show.stop()


@pytest.fixture
def show(server: SetupShow) -> SetupShow:
    server.reset(first_night())
    server.whole = False
    return server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def profiles(browser: Any) -> AsyncIterator[Profiles]:
    profiles = Profiles(browser, WATCH + HEARD, permissions=CLIPBOARD)
    yield profiles
    await profiles.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(profiles: Profiles, show: SetupShow) -> AsyncIterator[Any]:
    """Opens a page; at the end nothing may have been complained about."""
    pages: list[Page] = []

    async def opened(size: dict[str, int] = DESK, **more: Any) -> Page:
        options: dict[str, Any] = {"locale": "en-US", "color_scheme": "dark"} | more
        pages.append(Page(await profiles.page(size, **options), show))
        return pages[-1]

    yield opened
    for page in pages:
        page.complaints += await page.page.evaluate("window.__violations || []")
        await page.leave(profiles)
    assert [page.complaints for page in pages if page.complaints] == []


# --- the way there ---------------------------------------------------------------------------------------------------


async def test_a_first_start_opens_it_and_one_press_leaves_it_for_good(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    await page.shows("h2", "Say hello to Mika and Juno")
    assert await page.page.evaluate("location.hash") == "#setup"
    assert await page.page.title() == "Set-up · Two voices, no sleep"
    await page.page.get_by_role("button", name="Skip, show me the panel").click()
    await page.page.locator("main[data-view=live]").wait_for()
    await page.until(lambda: page.called("POST", "welcome") == [{"done": True}])
    await page.page.goto(f"{show.url}/panel/?again")
    await page.page.locator("main[data-view=live] .c-now").wait_for()
    assert await page.page.locator(".setup").count() == 0


async def test_views_have_addresses_history_and_focus(opened: Any, show: SetupShow) -> None:
    show.snapshot["setup"]["welcome"] = False
    page = await opened()
    await page.open()
    assert await page.page.locator("main[data-view=live]").count() == 1
    links = page.page.get_by_role("navigation", name="Views").get_by_role("link")
    assert await links.all_inner_texts() == ["Live", "Set-up", "Overlays", "Last night"]
    assert await links.first.get_attribute("aria-current") == "page"
    await links.nth(1).click()
    await page.page.wait_for_selector(".setup .step")
    await page.becomes("document.activeElement.matches('.setup [data-heading]')")
    assert await page.page.locator(".stop").is_visible()
    await page.page.locator("#talk-text").fill("half a thought")
    await page.page.go_back()
    await page.becomes("document.activeElement.matches('main[data-view=live] [data-heading]')")
    assert await page.page.locator(".setup").is_hidden()
    await page.page.go_forward()
    await page.page.locator(".setup").wait_for()
    assert await page.page.locator("#talk-text").input_value() == "half a thought"
    await page.page.keyboard.press("F8")
    await page.until(lambda: page.pressed("commands/stop"))


async def test_on_a_phone_each_view_is_one_press_away(opened: Any) -> None:
    page = await (await opened(PHONE, has_touch=True)).enter()
    tabs = page.page.get_by_role("navigation", name="Sections")
    await tabs.get_by_role("button", name="Chat").click()
    await page.page.locator(".c-chat").wait_for()
    link = tabs.get_by_role("link", name="Set-up")
    assert (await link.bounding_box())["height"] >= 44
    await link.click()
    await page.page.locator(".setup").wait_for()
    assert (await page.page.locator(".stop").bounding_box())["height"] >= 60


async def test_a_view_that_cannot_be_loaded_says_so(opened: Any) -> None:
    page = await (await opened()).enter()
    await page.page.route("**/night/*", lambda route: route.abort())
    await page.page.get_by_role("link", name="Last night").first.click()
    await page.shows("main h2", "This view did not load")
    await page.page.get_by_role("link", name="Live").first.click()
    await page.page.locator("main[data-view=live]").wait_for()
    page.complaints.clear()  # the browser tells of what was aborted


async def test_the_title_names_the_channel_of_an_untitled_show(opened: Any, show: SetupShow) -> None:
    show.snapshot["show"] |= {"demo": False, "title": "Showrunner"}
    page = await opened()
    await page.open("#live")
    assert await page.page.title() == "LIVE · friday"
    await show.change({"show/title": "Friday Night Banter"})
    await page.becomes("document.title === 'LIVE · Friday Night Banter'")


# --- the stage and the talk box --------------------------------------------------------------------------------------


async def test_the_stage_is_the_real_one_and_sounds_after_a_press(opened: Any, show: SetupShow) -> None:
    show.whole = True
    page = await (await opened()).enter()
    frame = "document.querySelector('iframe').contentWindow"
    await page.becomes(f"{frame}.showrunner && Object.keys({frame}.showrunner.rigs).length === 2", 20)
    await page.becomes(f"{frame}.showrunner.state().connected", 20)
    title = await page.page.locator("iframe").get_attribute("title")
    assert title == "The stage with Mika and Juno"
    # A headless browser lets every page sound: put it to sleep as a real one would.
    await page.page.evaluate(f"{frame}.showrunner.sink.ctx.suspend()")
    await page.page.get_by_role("button", name="Click to hear them").click()
    await page.page.get_by_role("button", name="Sound on").wait_for()
    await page.page.get_by_role("button", name="Sound on").click()
    await page.page.get_by_role("button", name="Muted on this page").wait_for()
    assert await page.page.evaluate(f"{frame}.showrunner.sink.output.gain.value") == 0
    await page.page.get_by_role("button", name="Muted on this page").click()
    await page.page.get_by_role("link", name="Live").first.click()
    await page.shows(".soundcard", "You hear Mika and Juno through this tab.")  # the stage goes on, out of sight
    await page.page.get_by_role("link", name="Set-up").first.click()
    await show.change({"sound": IN_OBS})
    show.holder = False
    await page.shows(".heard", "The voices play in OBS")
    await page.page.get_by_role("button", name="Hear them here too").click()
    await page.page.get_by_role("button", name="Not here").click()
    hint = f"getComputedStyle({frame}.document.querySelector('.sr-hint--sound')).display"
    assert await page.page.evaluate(hint) == "none"


async def test_an_idea_is_sent_and_its_answer_followed(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    await page.page.get_by_role("button", name="Ask Mika whether cereal is soup").click()
    await page.until(lambda: page.pressed("talk"))
    sent = page.pressed("talk")[0]
    assert sent == {"as": "viewer", "text": "Mika, is cereal a soup?", "to": "mika", "name": "You"}
    await page.shows(".talk-log", "Sent. An answer comes next.")
    why = line(show.talk_id, "")["why"]
    await show.change({"next/20": {"id": 20, "persona": "mika", "state": "preparing", "why": why, "text": ""}})
    await page.shows(".talk-log", "Mika is thinking")
    await show.change({"line": line(show.talk_id, "It is a cold soup."), "next": {}})
    await page.shows(".talk-them", "It is a cold soup.")
    await show.change({"line": None})
    await page.shows(".setup > [role=status]", "Mika: It is a cold soup.")


async def late_answers(page: Any) -> asyncio.Event:
    """What is sent by the talk box arrives, and is answered only once this is set."""
    arrive = asyncio.Event()

    async def late(route: Any) -> None:
        answer = await route.fetch()
        await arrive.wait()
        await route.fulfill(response=answer)

    await page.page.route("**/api/v1/talk", late)
    return arrive


async def test_an_answer_that_is_over_before_the_press_was_answered_is_shown(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    arrive = await late_answers(page)
    await page.page.get_by_role("button", name="Ask Mika whether cereal is soup").click()
    await page.until(lambda: page.pressed("talk"))
    await show.change({"line": line(show.talk_id, "It is a cold soup.")})
    await page.shows(".tally, .stop", "Mika is speaking")
    await show.change({"line": None})
    arrive.set()
    await page.shows(".talk-them.said", "It is a cold soup.")


async def test_enter_pressed_while_words_are_on_their_way_is_not_lost(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    arrive = await late_answers(page)
    await page.page.get_by_role("button", name="Ask Mika whether cereal is soup").click()
    await page.until(lambda: page.pressed("talk"))
    box = page.page.get_by_label("Your words")
    await box.fill("and toast")
    await box.press("Enter")
    await box.press("Enter")
    arrive.set()
    await page.until(lambda: len(page.pressed("talk")) == 2)
    await page.becomes("document.querySelector('#talk-text').value === ''")
    assert [body["text"] for body in page.pressed("talk")] == ["Mika, is cereal a soup?", "and toast"]


async def test_words_typed_while_others_are_sent_stay(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    arrive = await late_answers(page)
    box = page.page.get_by_label("Your words")
    await box.fill("first")
    await box.press("Enter")
    await page.until(lambda: page.pressed("talk"))
    await box.fill("second")
    arrive.set()
    await page.shows(".talk-log", "first")
    await page.shows(".talk-log", "Sent. An answer comes next.")
    assert await box.input_value() == "second"
    assert len(page.pressed("talk")) == 1


async def test_words_are_sent_by_enter_in_each_of_three_ways(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    box = page.page.get_by_label("Your words")
    for way, who, words in (
        ("As a viewer", "", "hi"),
        ("As the host", "juno", "yo"),
        ("Say exactly", "mika", "Hello."),
    ):
        await page.page.get_by_role("radio", name=way).check(force=True)
        await page.page.get_by_label("To whom").select_option(who)
        await box.fill(f" {words} ")
        await box.press("Enter")
        await page.becomes("document.querySelector('#talk-text').value === ''")
    asked = [(body["as"], body["to"], body["text"]) for body in page.pressed("talk")]
    assert asked == [("viewer", "", "hi"), ("host", "juno", "yo"), ("exact", "mika", "Hello.")]


async def test_what_could_not_be_said_stays_in_the_box(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    show.refuse["talk"] = 403
    box = page.page.get_by_label("Your words")
    await box.fill("keep me")
    await box.press("Enter")
    await page.shows(".talk [role=alert]", "Your words are still in the box")
    assert await box.input_value() == "keep me"
    await show.change({"show/mode": "stopped"})
    await page.shows("#talk-note", "Speech is stopped")
    assert await page.page.get_by_role("button", name="Send").get_attribute("aria-disabled") == "true"


# --- channel ---------------------------------------------------------------------------------------------------------


async def test_a_channel_is_tested_used_and_left_again(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("channel")
    await card.get_by_label("Your channel").fill("https://twitch.tv/friday")
    await card.get_by_role("button", name="Test").click()
    await card.get_by_text("Connected to twitch.tv/friday").wait_for()
    assert page.called("POST", "channel") == []
    await card.get_by_label("Your channel").press("Enter")
    await page.state("channel", "Done")
    await card.locator(".just-saved").filter(has_text="They read twitch.tv/friday from here on").wait_for()
    assert len(page.called("POST", "channel/try")) == 1
    await page.shows(".end", "You are ready to go on air")
    await card.get_by_role("button", name="Back to the demo audience").click()
    await card.get_by_text("The demo audience is back.").wait_for()
    await page.until(lambda: page.called("DELETE", "channel"))


async def test_a_channel_that_is_not_there_is_said_at_its_field(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    show.told["POST channel/try"] = {
        "ok": False,
        "platform": "twitch",
        "name": "nobody",
        "notice": {
            "code": "no_such_channel",
            "params": {"channel": "nobody"},
            "fix": "setup.problem.no_such_channel.fix",
        },
    }
    card = await page.unfold("channel")
    field = card.get_by_label("Your channel")
    await field.fill("nobody")
    await card.get_by_role("button", name="Use this channel").click()
    await page.problem("channel", "nobody answers for nobody")
    await page.problem("channel", "Check the spelling.")
    await page.problem("channel", "the demo audience is still there")
    assert await field.get_attribute("aria-invalid") == "true"
    assert "channel-text-problem" in (await field.get_attribute("aria-describedby"))
    assert await field.input_value() == "nobody"
    assert page.called("POST", "channel") == []
    await card.get_by_role("button", name="Use it all the same").click()
    await page.state("channel", "Done")


# --- brain -----------------------------------------------------------------------------------------------------------


async def test_a_found_model_is_asked_and_used(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("brain")
    await card.get_by_text("needs about 6.5 GB, 9.1 GB are free").wait_for()
    await card.get_by_text("may be too large").wait_for()
    await card.get_by_role("radio", name="qwen3:8b").check()
    await card.get_by_role("button", name="Ask", exact=True).click()
    answer = card.locator(".answered")
    await answer.filter(has_text="Cereal is a cold soup").wait_for()
    facts = await answer.inner_text()
    assert "612 ms to the first word" in facts
    assert "1.9 s in all" in facts
    assert "costs nothing" in facts
    await card.get_by_role("button", name="Use this brain").click()
    await page.state("brain", "Done")
    chosen = {"profile": "ollama", "model": "qwen3:8b", "base_url": "http://localhost:11434/v1", "key": ""}
    assert page.called("POST", "brain") == [chosen]
    await card.get_by_text("They think with Ollama · qwen3:8b.").wait_for()
    await card.get_by_role("button", name="Undo this change").click()
    await page.state("brain", "To do")


async def test_a_key_is_sent_once_and_never_kept_in_the_page(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("brain")
    await card.get_by_role("radio", name="A service or server").check()
    key = card.get_by_label("Key", exact=True)
    assert await key.get_attribute("type") == "password"
    link = card.get_by_role("link", name="Get a key from OpenAI")
    assert await link.get_attribute("rel") == "noopener noreferrer"
    await key.fill("sk-secret")
    await card.get_by_role("button", name="gpt-5", exact=True).click()
    await card.get_by_role("button", name="Ask", exact=True).click()
    await card.get_by_text("this answer cost about $0.000089").wait_for()
    await card.get_by_role("button", name="Use this brain").click()
    await page.state("brain", "Done")
    assert page.called("POST", "brain")[0]["key"] == "sk-secret"
    assert await key.input_value() == ""
    assert "sk-secret" not in await page.page.content()
    await card.get_by_text("A key is kept for this service").wait_for()


async def test_a_wrong_key_is_said_at_the_key_and_changes_nothing(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    notice = {"code": "wrong_key", "params": {"provider": "OpenAI"}, "fix": "setup.problem.wrong_key.fix"}
    show.told["POST brain/try"] = {"ok": False, "notice": notice}
    card = await page.unfold("brain")
    await card.get_by_role("radio", name="A service or server").check()
    await card.get_by_label("Key", exact=True).fill("wrong")
    await card.get_by_role("button", name="Ask", exact=True).click()
    await card.locator("#brain-key-problem").filter(has_text="OpenAI refuses the key").wait_for()
    await card.get_by_text("Nothing was changed: they still answer from prepared material.").wait_for()
    assert await card.get_by_label("Key", exact=True).input_value() == "wrong"
    show.problems["POST brain"] = {"code": "invalid", "path": "$.model", "detail": "There is no model of this name."}
    await card.get_by_role("button", name="Use this brain").click()
    await card.locator("#brain-model-problem").filter(has_text="There is no model of this name").wait_for()


async def test_no_brain_is_a_choice_and_looking_again_works(opened: Any, show: SetupShow) -> None:
    show.state["brain"]["found"] = []
    page = await (await opened()).enter()
    card = await page.unfold("brain")
    await card.get_by_role("radio", name="On this computer").check()
    await card.get_by_text("No model was found on this computer.").wait_for()
    show.state["brain"]["found"] = [
        {"profile": "lmstudio", "base_url": "http://localhost:1234/v1", "models": [{"name": "phi-4", "fits": None}]}
    ]
    await card.get_by_role("button", name="Look again").click()
    await card.get_by_role("radio", name="phi-4").wait_for()
    await card.get_by_role("radio", name="No brain").check()
    await card.get_by_role("button", name="Use prepared answers").click()
    await page.state("brain", "Done")
    assert len(page.called("DELETE", "brain")) == 1


async def test_a_slow_answer_keeps_the_button_and_an_unreachable_show_is_said(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    show.slow["POST brain/try"] = asyncio.Event()
    card = await page.unfold("brain")
    ask = card.get_by_role("button", name="Ask", exact=True)
    await ask.click()
    busy = card.get_by_role("button", name="Asking…")
    await busy.click(force=True)
    assert len(page.called("POST", "brain/try")) == 1
    await page.page.route("**/setup/brain", lambda route: route.abort())
    show.slow["POST brain/try"].set()
    await card.locator(".answered").wait_for()
    await card.get_by_role("button", name="Use this brain").click()
    await page.problem("brain", "The show does not answer")
    page.complaints.clear()


# --- voice -----------------------------------------------------------------------------------------------------------


async def test_terms_are_accepted_and_a_voice_is_heard_and_used(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("voice")
    await card.get_by_role("radio", name="Juno").check(force=True)
    await card.get_by_role("radio", name="Microsoft").check(force=True)
    await card.get_by_text("Every sentence they speak is sent to Microsoft.").wait_for()
    await card.get_by_role("button", name="I accept, show me the voices").click()
    await card.get_by_label("Language").wait_for()
    assert page.called("POST", "voices/terms") == [{"engine": "edge", "accept": True}]
    assert await card.locator(".voice").count() == 5
    await card.get_by_label("Language").select_option("ja")
    assert await card.locator(".voice b").all_inner_texts() == ["Nanami", "Keita"]
    await card.get_by_label("Pitch").fill("-2")
    await card.get_by_role("button", name="Play Keita").click()
    await page.until(lambda: page.called("POST", "voices/play"))
    played = page.called("POST", "voices/play")[0]
    assert (played["voice"], played["pitch"], played["rate"]) == ("ja-JP-KeitaNeural", -2, 0.96)
    assert "Juno" in played["text"]
    assert "シリアル" in played["text"]
    await page.becomes("window.__played === 1")
    await card.get_by_role("radio", name="Keita").check()
    await card.get_by_role("button", name="Use for Juno").click()
    await page.state("voice", "Done")
    kept = {"persona": "juno", "engine": "edge", "voice": "ja-JP-KeitaNeural", "pitch": -2, "rate": 0.96}
    assert page.called("POST", "voices") == [kept]


async def test_each_service_asks_for_what_it_needs(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("voice")

    async def used(engine: str, fields: dict[str, str]) -> Any:
        await card.get_by_role("radio", name=engine, exact=True).check(force=True)
        for label, text in fields.items():
            await card.get_by_label(label, exact=True).fill(text)
        await card.get_by_role("button", name="Use this server").click()
        await card.locator(".voice").first.wait_for()
        return page.called("POST", "voices/server")[-1]

    show.problems["POST voices/server"] = {"code": "no_key", "path": "$.key", "detail": "ElevenLabs needs a key."}
    await card.get_by_role("radio", name="ElevenLabs").check(force=True)
    await card.get_by_role("button", name="Use this server").click()
    await card.locator("#voice-key-problem").wait_for()
    show.problems.clear()
    asked = {"model": "", "key": "sk-1"}
    assert await used("ElevenLabs", {"Key": "sk-1"}) == {"engine": "elevenlabs", "base_url": "", **asked}
    assert await used("Azure", {"Key": "sk-1", "Region": "westeurope"}) == {
        "engine": "azure", "region": "westeurope", **asked,
    }  # fmt: skip
    await card.locator(".reserver summary").click()  # a key with a mistake in it is pasted once more
    await card.get_by_label("Region", exact=True).fill("japaneast")
    await card.get_by_role("button", name="Use this server").click()
    await page.until(lambda: page.called("POST", "voices/server")[-1]["region"] == "japaneast")
    assert await used("VOICEVOX", {}) == {"engine": "voicevox", "url": "", "model": "", "key": ""}
    await card.get_by_label("Language").wait_for(state="detached")
    row = card.locator(".voice").filter(has_text="VOICEVOX:ずんだもん").first
    await row.wait_for(timeout=20_000)  # the list of the service before may still stand
    await row.get_by_role("radio").check()
    await card.get_by_role("button", name="Use for Mika").click()
    await page.state("voice", "Done")
    assert page.called("POST", "voices")[-1]["engine"] == "voicevox"


async def test_a_voice_that_fails_and_a_server_that_is_not_there(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    show.problems["POST voices/play"] = {"code": "voice_failed", "detail": "The voice gave no sound."}
    show.problems["POST voices/server"] = {"code": "unreachable", "detail": "Nobody answers at this address."}
    card = await page.unfold("voice")
    await card.get_by_role("button", name="Play Calm").click()
    await page.problem("voice", "The voice gave no sound.")
    await page.problem("voice", "Mika still speaks with Offline")
    await card.get_by_role("radio", name="Speech server").check(force=True)
    await card.get_by_label("Address of the server").fill("http://localhost:1/v1")
    await card.get_by_role("button", name="Use this server").click()
    await card.locator("#voice-url-problem").filter(has_text="Nobody answers at this address.").wait_for()
    assert await card.get_by_label("Address of the server").input_value() == "http://localhost:1/v1"
    show.problems.clear()
    await card.get_by_role("button", name="Use this server").click()
    await card.locator(".voice").first.wait_for()


# --- character, overlay link, end -------------------------------------------------------------------------------------


async def test_a_missing_character_maker_is_no_drama(opened: Any) -> None:
    page = await opened()
    await page.page.route("**/characters/*", lambda route: route.abort())
    await page.enter()
    card = await page.unfold("character")
    await card.get_by_text("Your cast goes on as it is.").wait_for()
    page.complaints.clear()


async def test_the_cast_is_shown_by_its_maker_and_can_be_kept(opened: Any) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("character")
    await card.locator(".characters").get_by_text("Juno", exact=True).first.wait_for()
    await card.get_by_role("button", name="This is my cast").click()
    await page.state("character", "Done")
    await page.shows("[aria-labelledby=step-h-character] header", "On stage: Mika and Juno.")


async def test_the_link_is_masked_copied_and_drawn(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("overlay")
    field = card.get_by_label("The link of your stage")
    await page.becomes("document.querySelector('#overlay-url').value.includes('••••')")
    assert TOKEN not in await field.input_value()
    await card.get_by_role("button", name="Copy").click()
    await card.get_by_role("button", name="Copied").wait_for()
    assert await page.page.evaluate("navigator.clipboard.readText()") == f"{show.url}/overlay/stage?token={TOKEN}"
    await page.state("overlay", "Done")
    assert TOKEN not in await field.input_value()
    await card.get_by_role("button", name="Show the link").click()
    assert TOKEN in await field.input_value()
    assert "Control audio via OBS" in await card.get_by_role("img").inner_text()
    await card.get_by_text("Waiting for OBS").wait_for()
    await show.change({"sound": IN_OBS})
    await card.get_by_text("OBS shows the stage.", exact=True).wait_for()
    await card.get_by_role("button", name="Test tone").click()
    await page.until(lambda: page.pressed("sound/tone"))


async def test_each_step_can_be_skipped_and_taken_up_again(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    for name in STEPS:
        await page.card(name).get_by_role("button", name="Skip").click()
        await page.state(name, "Skipped")
    assert show.state["steps"] == dict.fromkeys(STEPS, "skipped")
    await page.unfold("brain")
    await page.state("brain", "To do")
    await page.page.get_by_role("button", name="Go to the live view").click()
    await page.page.locator("main[data-view=live]").wait_for()
    await page.until(lambda: page.called("POST", "welcome"))


async def test_all_of_it_can_be_done(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    card = await page.unfold("channel")
    await card.get_by_label("Your channel").fill("friday")
    await card.get_by_role("button", name="Use this channel").click()
    await page.state("channel", "Done")
    await card.get_by_role("button", name="Next: Brain").click()
    await page.card("brain").get_by_role("button", name="Use this brain").click()
    await page.state("brain", "Done")
    await page.card("brain").get_by_role("button", name="Next: Voice").click()
    await page.card("voice").get_by_role("button", name="Use for Mika").click()
    await page.state("voice", "Done")
    await page.card("voice").get_by_role("button", name="Next: Character").click()
    await page.card("character").get_by_role("button", name="This is my cast").click()
    await page.state("character", "Done")
    await page.card("character").get_by_role("button", name="Next: Overlay link").click()
    await page.card("overlay").get_by_role("button", name="Copy").click()
    await page.state("overlay", "Done")
    await page.shows(".steps-head", "5 of 5 done")
    await page.card("overlay").get_by_role("button", name="See what is on").click()
    await page.becomes("document.activeElement.id === 'setup-end'")
    await page.shows(".end", "You are ready to go on air")
    assert await page.page.locator(".end .link").count() == 0
    await page.page.get_by_role("button", name="Go to the live view").click()
    await page.page.locator("main[data-view=live]").wait_for()
    assert show.state["welcome"] is False


async def test_what_others_change_is_fetched_and_a_failed_reading_can_be_repeated(opened: Any, show: SetupShow) -> None:
    show.problems["GET state"] = show.problems["GET "] = {"code": "failed", "status": 500, "detail": ""}
    page = await opened()
    await page.page.goto(f"{show.url}/panel/")
    await page.shows(".setup [role=alert]", "only this list could not be read")
    show.problems.clear()
    await page.page.get_by_role("button", name="Try again").click()
    await page.state("brain", "To do")
    show.state["steps"]["brain"] = "done"
    show.state["n"] = 7
    await show.change({"setup/n": 7})
    await page.state("brain", "Done")


async def test_words_of_strangers_stay_text(opened: Any, show: SetupShow) -> None:
    evil = "<img src=x onerror=document.title='owned'>\u202e"
    show.state["brain"]["found"][0]["models"][0]["name"] = evil
    show.problems["POST channel/try"] = {"code": "odd", "detail": evil}
    page = await (await opened()).enter()
    await page.unfold("brain")
    card = await page.unfold("channel")
    await card.get_by_label("Your channel").fill("x")
    await card.get_by_role("button", name="Test").click()
    await page.problem("channel", "<img src=x")
    assert await page.page.locator("main img").count() == 0
    assert "\u202e" not in await page.page.locator(".setup").inner_text()


# --- for everybody ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "scheme", "locale"),
    [(DESK, "dark", "en-US"), (LOW, "light", "ja-JP"), (PHONE, "dark", "ja-JP"), (PHONE, "light", "en-US")],
    ids=["desk-dark-en", "low-light-ja", "phone-dark-ja", "phone-light-en"],
)
async def test_everything_fits_is_named_and_can_be_read(
    opened: Any, show: SetupShow, size: dict[str, int], scheme: str, locale: str
) -> None:
    show.told["POST channel/try"] = {"ok": False, "notice": {"code": "chat_unreachable", "params": {}, "fix": ""}}
    page = await (await opened(size, color_scheme=scheme, locale=locale, has_touch=size is PHONE)).enter()
    for name in (step for step in STEPS if step != "character"):  # tests of its own
        await page.unfold(name)
    await page.page.locator("#channel-text").fill("friday")
    await page.page.locator("#channel-text").press("Enter")
    await page.page.locator("#channel-text-problem").wait_for()
    await page.page.locator(".voice input").first.wait_for()
    assert await page.page.evaluate("document.documentElement.lang") == locale[:2]
    assert await page.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert await page.page.evaluate("(el => el.scrollWidth - el.clientWidth)(document.querySelector('main'))") == 0
    small = await page.page.evaluate(SMALL_TARGETS, 44 if size is PHONE else 24)
    assert [target for target in small if not target.startswith(("field url", "sr "))] == []
    assert await page.page.evaluate(NAMELESS) == []
    assert await page.page.evaluate(PALE) == []
    assert await page.page.evaluate(TWICE) == []
    levels = await page.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])")
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    untold = "[...document.querySelectorAll('main')].map((el) => el.innerText.match(/setup\\.[\\w.]+/g)).flat()"
    assert await page.page.evaluate(f"{untold}.filter(Boolean)") == []


async def test_it_is_walked_by_keyboard_alone(opened: Any, show: SetupShow) -> None:
    page = await (await opened()).enter()
    keys = page.page.keyboard

    async def tab_to(selector: str, most: int = 60) -> None:
        for _ in range(most):
            if await page.page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
            await keys.press("Tab")
        raise AssertionError(f"no way to {selector}")

    await tab_to(".setup-head .btn")
    await tab_to(".idea")
    await keys.press("Enter")
    await page.until(lambda: page.pressed("talk"))
    await tab_to("#talk-text")
    await keys.type("sss hello")
    await keys.press("Enter")
    await page.until(lambda: len(page.pressed("talk")) == 2)
    await tab_to("#step-turn-channel")
    await keys.press("Enter")
    await tab_to("#channel-text")
    await keys.type("friday")
    await keys.press("Enter")
    await page.state("channel", "Done")
    await tab_to(".just-saved .link")
    await keys.press("Tab")
    await keys.press("Enter")
    await page.becomes("document.activeElement.id === 'step-turn-brain'")
    await page.becomes("document.activeElement.getAttribute('aria-expanded') === 'true'")
    await tab_to("input[name=brain-kind]")
    await keys.press("ArrowDown")
    await keys.press("ArrowDown")
    await tab_to("#step-body-brain .btn.go")
    await keys.press("Enter")
    await page.state("brain", "Done")
    await tab_to(".end .btn.go", 120)
    await keys.press("Enter")
    await page.becomes("document.activeElement.matches('main[data-view=live] [data-heading]')")
    assert page.pressed("commands/skip") == []


async def test_the_whole_of_it_is_light_and_nothing_moves(opened: Any, show: SetupShow) -> None:
    show.whole = True
    page = await opened()
    page.alone = True
    session = await page.page.context.new_cdp_session(page.page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.page.add_init_script(
        "window.__shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {"
        " window.__shift += entry.value; })).observe({type: 'layout-shift', buffered: true});"
    )
    await page.enter()
    frame = "document.querySelector('iframe').contentWindow"
    await page.becomes(f"{frame}.showrunner && {frame}.showrunner.state().connected", 20)
    await page.page.wait_for_load_state("networkidle", timeout=30_000)
    assert sum(sizes) < 300_000
    assert await page.page.evaluate("window.__shift") < 0.02
