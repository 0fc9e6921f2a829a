"""What goes wrong with YouTube's live chat, one by one: nothing is lost, and health says what it is."""

import asyncio
import random

import msgspec
import pytest

from streamer.adapters.chat.youtube import YouTubeWeb
from tests.adapters.chat.contract import Reading, until
from tests.adapters.chat.youtube.helpers import ENGINES, QUICK, code, reading, waiting
from tests.fakes import youtube_items as make
from tests.fakes.youtube_web import FakeYouTube, Fault


async def heals(youtube, told, *faults):
    """Messages before, while and after these faults of polls all arrive, once and in order."""
    sent = [youtube.say("before")]
    await until(lambda: told.ids == sent)
    youtube.faults.extend(faults)
    sent += [youtube.say(f"while {number}") for number in range(5)]
    await until(lambda: not youtube.faults)
    sent.append(youtube.say("after"))
    await until(lambda: len(told.rows) >= 7, "all messages")
    assert told.ids == sent
    await until(lambda: told.source.health().state == "ok")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_a_single_500_is_not_the_end_of_the_stream(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "500")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_a_single_403_is_not_the_end_of_the_stream(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "403")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_missing_contents_are_not_the_end_of_the_stream(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "no_contents")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_an_error_inside_a_good_answer(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "empty_error")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_a_connection_that_is_reset(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "reset", "reset")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_broken_json(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "broken")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_too_many_requests_as_html(engine):
    """pytchat alone would block for 22 seconds."""
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "429")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_faults_for_longer(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        await heals(youtube, told, "500", "500", "500", "500", "no_contents", "no_contents", "no_contents", "html")


async def test_an_answer_that_does_not_come_is_left_for_the_other_engine():
    async with FakeYouTube() as youtube, reading(youtube, timeout_s=0.5) as told:
        youtube.down["pytchat"] = "slow"
        sent = [youtube.say("hello")]
        await until(lambda: told.ids == sent)
        assert told.source.health().notice.params["engine"] == "innertube"


@pytest.mark.parametrize("engine", ENGINES)
async def test_one_item_that_cannot_be_read_takes_no_neighbour_with_it(engine):
    """One emoji without an id made pytchat's own parser lose the whole batch."""
    odd = [
        None, 5, [], {}, {"addChatItemAction": {"item": {}}}, {"addChatItemAction": None}, {"somethingNewAction": {}},
        {"addChatItemAction": {"item": {"liveChatNewThingRenderer": {"id": "x"}}}},
        {"addChatItemAction": {"item": {"liveChatTextMessageRenderer": None}}},
        {"addChatItemAction": {"item": {"liveChatTextMessageRenderer": {"id": 7, "message": {"runs": [1, None]}}}}},
        {"markChatItemAsDeletedAction": {}}, {"replaceChatItemAction": {"replacementItem": {}}},
        {"addBannerToLiveChatCommand": {"bannerRenderer": {"liveChatBannerRenderer": {
            "contents": {"liveChatBannerRedirectRenderer": {}}}}}},
    ]  # fmt: skip
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        sent = [youtube.say("one")]
        for action in odd:
            youtube.act(action)
        youtube.say({"runs": [{"emoji": {}}, {"text": "two"}, {"emoji": {"isCustomEmoji": True}}]})
        youtube.act(make.add("liveChatTextMessageRenderer", {"id": "n1", "message": make.runs("no author")}))
        youtube.say("three")
        await until(lambda: len(told.rows) >= 3)
        assert [row.text for row in told.rows] == ["one", "two", "three"]
        assert told.rows[0].id == sent[0]
        health = told.source.health()
        assert (health.state, health.notice.code) == ("ok", "chat.malformed")
        assert health.notice.params["bad"] == len(odd)  # the empty one says nothing; one more has no author


async def test_a_consent_page_is_passed_by_its_cookie():
    async with FakeYouTube() as youtube, reading(youtube) as told:
        youtube.say("hello")
        await until(lambda: len(told.rows) > 0)


async def test_a_consent_page_that_stays_is_said():
    async with FakeYouTube() as youtube:
        youtube.consent = "always"
        async with waiting(youtube, "consent") as told:
            assert told.source.health().state == "broken"
            youtube.consent = "cookie"
            await until(lambda: told.source.health().state == "ok")


async def test_two_engines_that_both_fail_are_said_and_tried_on():
    async with FakeYouTube() as youtube, reading(youtube) as told:
        youtube.down = {"pytchat": "html", "innertube": "html"}
        await until(lambda: code(told) == "chat.youtube.changed")
        assert told.source.health().state == "broken"
        youtube.down = {}
        sent = [youtube.say("hello")]
        await until(lambda: told.ids == sent)
        await until(lambda: told.source.health().state == "ok")


async def test_too_many_requests_for_long_are_said():
    async with FakeYouTube() as youtube, reading(youtube) as told:
        youtube.down = {"pytchat": "429", "innertube": "429"}
        await until(lambda: code(told) == "chat.youtube.rate_limited")
        youtube.down = {}
        await until(lambda: told.source.health().state == "ok")


async def test_a_server_that_is_not_there_is_said():
    async with FakeYouTube() as youtube:
        youtube.pages_down = "reset"
        async with waiting(youtube, "unreachable") as told:
            await until(lambda: told.source.health().state == "broken")
            youtube.pages_down = None
            await until(lambda: told.source.health().state == "ok")


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_the_end_is_asked_for_three_times(engine):
    async with FakeYouTube() as youtube, reading(youtube, engine, channel="vid-mika_01") as told:
        youtube.say("last words")
        await until(lambda: len(told.rows) > 0)
        youtube.pages.clear()
        youtube.end()
        await asyncio.wait_for(told.task, 20)
        assert code(told) == "chat.youtube.ended"
        assert told.source.health().state == "off"
        assert sum(path.startswith("/watch") for path in youtube.pages) >= 3
        assert [row.text for row in told.rows] == ["last words"]


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_a_stream_that_comes_back_goes_on(engine):
    async with FakeYouTube() as youtube:
        slow = msgspec.structs.replace(QUICK, strike_s=0.5)
        async with reading(youtube, engine, channel="vid-mika_01", timing=slow) as told:
            sent = [youtube.say("before")]
            await until(lambda: told.ids == sent)
            youtube.pages.clear()
            youtube.end()
            await until(lambda: any(path.startswith("/watch") for path in youtube.pages))
            youtube.video.state = "live"
            sent.append(youtube.say("after"))
            await until(lambda: told.ids == sent)


# --- from one engine to the other -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["500", "broken", "no_contents", "reset", "429"])
async def test_a_change_over_under_load_loses_nothing(fault):
    async with FakeYouTube() as youtube, reading(youtube) as told:
        sent: list[str] = []
        for number in range(40):
            if number == 10:
                youtube.down["pytchat"] = fault
            sent += [youtube.say(f"{number}.{each}") for each in range(10)]
            await asyncio.sleep(0.01)
        await until(lambda: len(told.rows) >= len(sent))
        assert told.ids == sent
        assert told.source.health().notice.params["engine"] == "innertube"
        assert youtube.polls["innertube"] > 0


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
async def test_twenty_faults_one_after_the_other_lose_nothing(engine):
    chance = random.Random(20)
    faults: list[Fault] = ["500", "403", "reset", "broken", "no_contents", "429", "html", "empty_error"]
    async with FakeYouTube() as youtube, reading(youtube, engine) as told:
        sent: list[str] = []
        for _ in range(20):
            youtube.faults.extend(chance.choices(faults, k=chance.randint(1, 3)))
            while youtube.faults:
                sent += [youtube.say("x") for _ in range(3)]
                await asyncio.sleep(0.01)
        sent.append(youtube.say("last"))
        await until(lambda: len(told.rows) >= len(sent), "all of them", 40.0)
        assert told.ids == sent


async def test_and_back_when_the_first_works_again():
    async with FakeYouTube() as youtube, reading(youtube) as told:
        youtube.down["pytchat"] = "broken"
        await until(lambda: code(told) == "chat.youtube.second")
        await asyncio.sleep(0.6)  # a rest, and a trial that fails
        youtube.down.clear()
        sent: list[str] = []
        while told.source.health().notice.params["engine"] != "pytchat" or len(sent) < 50:
            sent.append(youtube.say(str(len(sent))))
            await asyncio.sleep(0.01)
            assert len(sent) < 2_000
        sent += [youtube.say(f"later {number}") for number in range(20)]
        await until(lambda: len(told.rows) >= len(sent))
        assert told.ids == sent
        before = youtube.polls["innertube"]
        youtube.say("end")
        await until(lambda: len(told.rows) > len(sent))
        assert youtube.polls["innertube"] <= before + 1


async def test_an_engine_that_has_gone_deaf_is_noticed():
    quick = msgspec.structs.replace(QUICK, quiet_s=0.3, rest_s=60.0)
    async with FakeYouTube() as youtube, reading(youtube, timing=quick) as told:
        sent = [youtube.say("heard")]
        await until(lambda: told.ids == sent)
        youtube.deaf.add("pytchat")
        sent.append(youtube.say("unheard"))
        await until(lambda: told.ids == sent)
        await until(lambda: told.source.health().notice.params["engine"] == "innertube")


async def test_a_quiet_chat_is_left_to_the_engine_that_reads_it():
    quick = msgspec.structs.replace(QUICK, quiet_s=0.1)
    async with FakeYouTube() as youtube, reading(youtube, timing=quick) as told:
        await until(lambda: youtube.polls["innertube"] >= 2, "two looks by the other engine")
        assert told.source.health().notice.params["engine"] == "pytchat"
        sent = [youtube.say("hello")]
        await until(lambda: told.ids == sent)


async def test_a_redirect_to_no_address_is_asked_again():
    calls = []

    async def server(_, writer):
        calls.append(writer)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://[bad\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(server, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    told = Reading(YouTubeWeb("@mika", base_url=url, timing=QUICK))
    await until(lambda: len(calls) >= 3 and code(told) == "chat.youtube.changed", "asked again")
    await told.close()
    listening.close()
