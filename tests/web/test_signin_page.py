"""Signing in from the set-up page, in a real browser: client id, permissions, the hidden code, and how it may end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from streamer.ports import Notice
from streamer.texts import texts
from streamer.web.signin import Attempt
from tests.fakes.setup_desk import SetupShow, first_night
from tests.fakes.signin_desk import CODE, GOOGLE_CODE, LINK
from tests.web.profiles import CLIPBOARD, Profiles, chromium
from tests.web.test_panel_page import DESK, NAMELESS, PALE, PHONE, SMALL_TARGETS, TWICE, WATCH
from tests.web.test_setup_page import Page

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

OPENED = "window.__opened = []; window.open = (...args) => { window.__opened.push(args); return null; };"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[SetupShow]:
    show = await SetupShow({"en": texts("en"), "ja": texts("ja")}).start()
    yield show
    await show.stop()


@pytest.fixture
def show(server: SetupShow) -> SetupShow:
    server.reset(first_night())
    return server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def profiles(browser: Any) -> AsyncIterator[Profiles]:
    profiles = Profiles(browser, WATCH + OPENED, permissions=CLIPBOARD)
    yield profiles
    await profiles.close()


@pytest_asyncio.fixture(loop_scope="module")
async def opened(profiles: Profiles, show: SetupShow) -> AsyncIterator[Any]:
    """Opens the page with its channel step unfolded; at the end nothing may have been complained about."""
    pages: list[Page] = []

    async def opened(size: dict[str, int] = DESK, **more: Any) -> Page:
        options: dict[str, Any] = {"locale": "en-US", "color_scheme": "dark"} | more
        pages.append(Page(await profiles.page(size, **options), show))
        await pages[-1].enter("#setup")
        await pages[-1].unfold("channel")
        await pages[-1].page.locator(".signin").first.wait_for()
        return pages[-1]

    yield opened
    for page in pages:
        page.complaints += await page.page.evaluate("window.__violations || []")
        await page.leave(profiles)
    assert [page.complaints for page in pages if page.complaints] == []


def row(page: Page, name: str) -> Any:
    return page.page.get_by_role("region", name=name)


BOT, OWN = "Bot account", "The channel’s own account"


async def test_from_the_permissions_to_the_account(opened: Any, show: SetupShow) -> None:
    page = await opened()
    own = row(page, OWN)
    await own.get_by_role("button", name="Sign in").click()
    read = own.get_by_role("checkbox", name="Read the chat")
    assert await read.is_checked()
    assert await read.is_disabled()
    assert await own.get_by_text("channel:read:ads").is_visible()
    await own.get_by_role("checkbox", name="Notice new followers").uncheck()
    await own.get_by_role("checkbox", name="Delete messages").check()
    await own.get_by_role("button", name="Get a code").click()
    await own.get_by_text("Waiting for you at Twitch").wait_for()
    (asked,) = show.signin.called("POST", "twitch/broadcaster/begin")
    assert "moderate" in asked["allow"]
    assert "follows" not in asked["allow"]
    await page.becomes("/29:5\\d left/.test(document.querySelector('.signin-foot').textContent)")
    show.signin.end("twitch", "broadcaster", "done", "friday")
    await own.get_by_text("Signed in as friday").wait_for()
    await own.get_by_text("Not you? Then somebody else was faster").wait_for()
    await page.shows(".setup > [role=status]", "Signed in as friday")
    assert await own.locator("header .chip").inner_text() == "Signed in"


async def test_code_and_link_are_hidden_until_asked_for(opened: Any, show: SetupShow) -> None:
    page = await opened()
    bot = row(page, BOT)
    await bot.get_by_role("button", name="Sign in").click()
    await bot.get_by_role("button", name="Get a code").click()
    await bot.get_by_text("Hidden because your screen may be on stream").wait_for()
    assert CODE not in await page.page.content()  # no text, no attribute, no address one could hover over
    await bot.get_by_role("button", name="Open Twitch").click()
    opened_page = await page.page.evaluate("window.__opened")
    assert opened_page == [[LINK, "_blank", "noopener,noreferrer"]]
    await bot.get_by_role("button", name="Copy the code").click()
    await bot.get_by_role("button", name="Copied").wait_for()
    assert await page.page.evaluate("navigator.clipboard.readText()") == CODE
    await bot.get_by_role("button", name="Copy the link").click()
    await page.becomes(f"navigator.clipboard.readText().then((text) => text === '{LINK}')")
    assert CODE not in await page.page.content()
    await bot.get_by_role("button", name="Show the code").click()
    await bot.get_by_text(CODE).wait_for()
    await bot.get_by_role("button", name="Hide the code").click()
    assert CODE not in await page.page.content()


@pytest.mark.parametrize(
    ("how", "said"),
    [("denied", "Twitch says: not allowed"), ("expired", "The code has ended"), ("failed", "There is no room")],
)
async def test_a_sign_in_that_comes_to_nothing_can_be_begun_again(
    opened: Any, show: SetupShow, how: str, said: str
) -> None:
    page = await opened()
    bot = row(page, BOT)
    await bot.get_by_role("button", name="Sign in").click()
    await bot.get_by_role("button", name="Get a code").click()
    await bot.get_by_text("Waiting for you at Twitch").wait_for()
    words = Notice("setup.problem.signin_not_kept", {"reason": "There is no room"}) if how == "failed" else None
    show.signin.end("twitch", "bot", how, words=words)
    await bot.locator("[role=alert]").filter(has_text=said).wait_for()
    await bot.locator("[role=alert]").get_by_role("button", name="Sign in again").click()
    await bot.get_by_role("button", name="Get a code").click()
    await bot.get_by_text("Waiting for you at Twitch").wait_for()
    await bot.get_by_role("button", name="Cancel").click()
    await bot.get_by_role("button", name="Sign in").wait_for()
    assert show.signin.called("POST", "twitch/bot/cancel") == [{}]


async def test_one_that_waits_is_still_there_after_a_reload(opened: Any, show: SetupShow) -> None:
    show.signin.account("twitch", "bot", attempt=Attempt("waiting", CODE, LINK, 600.0))
    page = await opened()
    await row(page, BOT).get_by_text("Waiting for you at Twitch").wait_for()
    show.signin.signed_in("twitch", "bot", "stagehand", ("read", "write"), attempt=Attempt("done", login="stagehand"))
    await row(page, BOT).get_by_text("stagehand").wait_for()


async def test_what_a_terminal_signs_in_appears_by_itself(opened: Any, show: SetupShow) -> None:
    page = await opened()
    await row(page, BOT).get_by_text("Not signed in").wait_for()
    show.signin.signed_in("twitch", "bot", "stagehand", ("read", "write"))
    await row(page, BOT).get_by_text("stagehand").wait_for()


async def test_signing_out_is_asked_twice(opened: Any, show: SetupShow) -> None:
    show.signin.signed_in("twitch", "bot", "stagehand", ("read", "write"))
    page = await opened()
    bot = row(page, BOT)
    await bot.get_by_role("button", name="Sign out stagehand").click()
    await bot.get_by_text("Sign stagehand out? They go on reading as a guest.").wait_for()
    await bot.get_by_role("button", name="Stay signed in").click()
    assert show.signin.called("DELETE", "twitch/bot") == []
    await bot.get_by_role("button", name="Sign out stagehand").click()
    show.signin.problems["DELETE twitch/bot"] = {"code": "signin_not_kept", "params": {"reason": "disk full"}}
    await bot.get_by_role("button", name="Sign out", exact=True).click()
    await bot.get_by_text("The sign-in could not be saved: disk full").wait_for()
    page.complaints.clear()  # the browser tells of the refusal
    show.signin.problems.clear()
    await bot.get_by_role("button", name="Sign out", exact=True).click()
    await bot.get_by_text("Not signed in").wait_for()
    await page.shows(".setup > [role=status]", "stagehand is signed out")


async def test_what_is_missing_and_what_is_wrong_is_said_in_words(opened: Any, show: SetupShow) -> None:
    show.state |= {"demo": False, "channel": {"platform": "twitch", "name": "friday", "words": None}}
    show.signin.signed_in("twitch", "broadcaster", "saturday", ("read",), missing=("follows", "ads"), other=True)
    show.signin.account(
        "twitch", "bot", signed_in=True, login="stagehand", health="broken",
        words=Notice("account.auth_needed", {"login": "stagehand"}, "account.again"),
    )  # fmt: skip
    page = await opened()
    own, bot = row(page, OWN), row(page, BOT)
    await own.get_by_text("Sign in again to allow").wait_for()
    assert await own.locator("li").all_inner_texts() == [
        "Notice new followers.",
        "Show you and your moderators when an ad break runs.",
    ]
    await own.get_by_text("You are signed in as saturday, but they read friday").wait_for()
    await bot.get_by_text("The sign-in of stagehand has ended. Sign in again").wait_for()
    assert await bot.locator("header .chip").inner_text() == "Has ended"
    await own.get_by_role("button", name="Sign in again").click()
    assert await own.get_by_role("checkbox", name="Notice new followers").is_checked()
    assert not await own.get_by_role("checkbox", name="See hype trains").is_checked()


async def test_without_a_client_id_there_are_three_steps_and_a_field(opened: Any, show: SetupShow) -> None:
    show.signin.service("twitch", ready=False, client_id="")
    page = await opened()
    card = page.card("channel")
    link = card.get_by_role("link", name="dev.twitch.tv")
    assert await link.get_attribute("href") == "https://dev.twitch.tv/console/apps"
    assert await link.get_attribute("rel") == "noopener noreferrer"
    await card.get_by_text("the client type Public").wait_for()
    field = card.get_by_label("Client id")
    show.signin.problems["POST twitch/client"] = {"code": "signin_bad_client", "path": "$.client_id"}
    await field.fill("what is this?")
    await field.press("Enter")
    await card.locator("#signin-twitch-id-problem").filter(has_text="This is not a client id").wait_for()
    page.complaints.clear()
    show.signin.problems.clear()
    await field.fill(" abcdefghij0123456789abcdefghij ")
    await card.get_by_role("button", name="Save").click()
    await row(page, BOT).wait_for()
    body = {"client_id": "abcdefghij0123456789abcdefghij", "client_secret": ""}
    assert show.signin.called("POST", "twitch/client")[-1] == body


async def test_youtube_is_folded_away_and_its_secret_never_stays(opened: Any, show: SetupShow) -> None:
    page = await opened()
    card = page.card("channel")
    more = card.get_by_role("button", name="YouTube: write and moderate")
    assert await more.get_attribute("aria-expanded") == "false"
    await more.click()
    await card.get_by_text("Reading a YouTube chat needs no account").wait_for()
    await card.get_by_label("Client id").fill("1-x.apps.googleusercontent.com")
    secret = card.get_by_label("Client secret")
    assert await secret.get_attribute("type") == "password"
    await secret.fill("GOCSPX-canary")
    await card.get_by_role("button", name="Save").click()
    own = row(page, "Your YouTube channel")
    await own.wait_for()
    assert "GOCSPX-canary" not in await page.page.content()
    await own.get_by_role("button", name="Sign in").click()
    await own.get_by_text("YouTube has one permission for all of that").wait_for()
    await own.get_by_role("button", name="Get a code").click()
    await own.get_by_text("Open google.com/device here or on your phone.").wait_for()
    await own.get_by_text("Enter this code there").wait_for()
    assert GOOGLE_CODE not in await page.page.content()


async def test_a_refused_beginning_is_said_in_its_place(opened: Any, show: SetupShow) -> None:
    page = await opened()
    bot = row(page, BOT)
    params = {"reason": "Twitch does not know this client id", "fix": "copy it once more"}
    show.signin.problems["POST twitch/bot/begin"] = {"code": "signin_refused", "params": params}
    await bot.get_by_role("button", name="Sign in").click()
    await bot.get_by_role("button", name="Get a code").click()
    await bot.locator("[role=alert]").filter(has_text="Twitch does not know this client id").wait_for()
    page.complaints.clear()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_it_can_be_read_and_pressed(opened: Any, show: SetupShow, size: dict[str, int], scheme: str) -> None:
    show.signin.signed_in("twitch", "bot", "stagehand", ("read", "write"))
    show.signin.signed_in("twitch", "broadcaster", "friday", ("read",), missing=("follows",), other=True)
    more = {"has_touch": True} if size is PHONE else {}
    page = await opened(size, color_scheme=scheme, **more)
    await row(page, OWN).get_by_role("button", name="Sign in again").click()
    await row(page, BOT).get_by_role("button", name="Sign in again").click()
    await row(page, BOT).get_by_role("button", name="Get a code").click()
    await row(page, BOT).get_by_text("Waiting for you").wait_for()
    assert await page.page.evaluate(f"({PALE})()") == []
    assert await page.page.evaluate(f"({NAMELESS})()") == []
    assert await page.page.evaluate(f"({TWICE})()") == []
    if size is PHONE:
        small = await page.page.evaluate(f"({SMALL_TARGETS})(43)")
        assert [each for each in small if "signin" in each or "copy" in each] == []
    width = "document.documentElement.scrollWidth <= innerWidth"
    assert await page.page.evaluate(width)


async def test_in_japanese_too(opened: Any, show: SetupShow) -> None:
    page = await opened(locale="ja-JP")
    bot = row(page, "ボットのアカウント")
    await bot.get_by_role("button", name="ログイン").click()
    await bot.get_by_text("チャットに書き込む").wait_for()
    await bot.get_by_role("button", name="コードを取得").click()
    await bot.get_by_text("画面が配信に映るかもしれないので隠しています").wait_for()
    assert "setup.signin" not in await page.page.inner_text(".setup")
