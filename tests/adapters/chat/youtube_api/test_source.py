"""The real source on a real socket against a local API with every fault; waits pass quickly."""

import asyncio
import time

import pytest

from streamer.adapters.chat.youtube.api import Timing, YouTubeApi
from streamer.ports import Misconfigured, Unavailable, Writable
from streamer.texts import say
from tests.adapters.chat.contract import Reading, check_life, until
from tests.adapters.chat.youtube_api.kit import Page, Signed, SwiftClock, code, reading, source, texts
from tests.fakes.youtube_api import FakeYouTubeApi, api_id, error, page_id


@pytest.fixture
async def youtube():
    async with FakeYouTubeApi() as fake:
        yield fake
        assert fake.violations == []


# --- life


async def test_the_contract_of_every_source(youtube):
    await check_life(source(youtube), lambda text: youtube.say("Bob", text))


async def test_what_it_says_of_itself(youtube):
    api = source(youtube)
    assert isinstance(api, Writable)
    assert api.writer is None
    async with reading(api) as reader:
        health = await reader.settled()
        assert (health.part, health.state, health.notice.code) == ("chat.youtube", "ok", "chat.ytapi_ok")
        assert health.notice.params["units"] == 1 + 5
        assert "mika" in say(health.notice)
        assert "6 of 10000" in say(health.notice)
    assert youtube.calls == {"videos": 1, "stream": 1}


def test_what_can_never_work_is_said_at_once():
    async def resolve():
        return ""

    for key, url in (("", "http://127.0.0.1:1"), ("k", "ftp://x"), ("k\n", "http://127.0.0.1:1")):
        with pytest.raises(Misconfigured):
            YouTubeApi("mika", resolve, api_key=key, api_url=url)


async def test_with_an_account_the_token_is_used(youtube):
    youtube.token = lambda token: token == "token-1"
    api = source(youtube, account=Signed())
    async with reading(api) as reader:
        await reader.settled()
        await youtube.say("Bob", "hi")
        await until(lambda: texts(reader) == ["hi"])
        assert api.writer is not None
    assert api.health().notice.code == "chat.closed"


async def test_a_token_that_was_refused_is_replaced(youtube):
    youtube.token = lambda token: token == "token-2"
    account = Signed("token-2")
    async with reading(source(youtube, account=account)) as reader:
        assert (await reader.settled()).state == "ok"
    assert account.refusals == ["token-1"]


async def test_old_messages_are_not_told_but_their_removal_is(youtube):
    await youtube.say("Bob", "long ago", age_s=3600)
    await youtube.event("x", "userBannedEvent", {"userBannedDetails": {"bannedUserDetails": {"channelId": "UCbad"}}},
                        age_s=3600)  # fmt: skip
    await youtube.say("Bob", "just before", age_s=5)
    async with reading(source(youtube)) as reader:
        await youtube.ready()
        await youtube.say("Bob", "now")
        await until(lambda: len(reader.rows) >= 3)
        assert [row.kind for row in reader.rows] == ["clear_user", "message", "message"]
        assert texts(reader) == ["just before", "now"]
        assert all(row.at >= 0 for row in reader.rows)


async def test_rows_are_read_once_and_never_after_the_end(youtube):
    api = source(youtube)
    async with reading(api):
        await youtube.ready()
        with pytest.raises(RuntimeError):
            await anext(api.rows())
    assert [row async for row in source_closed(youtube)] == []


async def source_closed(youtube):
    api = source(youtube)
    await api.aclose()
    async for row in api.rows():
        yield row


# --- drops


async def test_nothing_is_lost_or_doubled_over_twenty_drops(youtube):
    youtube.cut = 37
    async with reading(source(youtube)) as reader:
        await youtube.ready()
        for number in range(20):
            await youtube.say("Bob", f"{number} a")
            if number % 2:
                await youtube.drop()
                await youtube.say("Bob", f"{number} b")
            else:
                item = youtube.item("Bob", "textMessageEvent", {}, f"{number} b")
                await youtube.drop_inside(item)
            await youtube.say("Bob", f"{number} c")
            await youtube.ready(number + 2)
        await until(lambda: len(reader.rows) >= 60)
        assert texts(reader) == [f"{number} {part}" for number in range(20) for part in "abc"]
    assert len(youtube.page_tokens) == youtube.calls["stream"]
    assert all(youtube.page_tokens[1:])


async def test_an_array_that_ends_is_followed_by_the_next(youtube):
    async with reading(source(youtube)) as reader:
        for number in range(3):
            await youtube.ready(number + 1)
            await youtube.say("Bob", f"{number}")
            await until(lambda number=number: len(reader.rows) == number + 1)
            await youtube.close()
        await youtube.ready(4)
        assert texts(reader) == ["0", "1", "2"]
        assert (await reader.settled()).state in ("ok", "degraded")


async def test_a_server_that_ends_each_answer_at_once_is_asked_seldom(youtube):
    clock = SwiftClock(50.0)
    youtube.hang_up = True
    async with reading(source(youtube, clock=clock)) as reader:
        await youtube.until(lambda: youtube.calls["stream"] >= 8)
        await youtube.say("Bob", "hi")
        await until(lambda: texts(reader) == ["hi"])
    times = [at for name, at in youtube.asked if name == "stream"]
    assert times[7] - times[5] >= 5.0 / clock.speed  # over two gaps: a busy machine takes a request late


async def test_it_never_comes_back_before_it_is_asked_to(youtube):
    youtube.polling_ms = 200
    async with reading(source(youtube, clock=SwiftClock(1.0))) as reader:
        await youtube.ready()
        await youtube.say("Bob", "one")
        await until(lambda: len(reader.rows) == 1)
        await youtube.drop()
        await youtube.say("Bob", "two")
        await until(lambda: len(reader.rows) == 2)
    times = [at for name, at in youtube.asked if name == "stream"]
    assert len(times) == 2
    assert times[1] - times[0] >= 0.2


async def test_a_silent_connection_is_replaced(youtube):
    timing = Timing(idle_min_s=5.0, idle_max_s=10.0)
    async with reading(source(youtube, timing=timing)) as reader:
        await youtube.ready()
        youtube.silence()
        await youtube.say("Bob", "unheard at first")
        await until(lambda: texts(reader) == ["unheard at first"])


async def test_a_connection_that_says_less_than_the_page_is_replaced(youtube):
    page = Page()
    timing = Timing(idle_min_s=600.0, idle_max_s=600.0, late_s=3.0)
    async with reading(source(youtube, timing=timing, deletions=page)) as reader:
        await youtube.ready()
        youtube.silence()
        await youtube.say("Bob", "hello")
        page.say(1, "Bob", "hello")
        await until(lambda: [row.source for row in reader.rows] == ["ytapi"])
    assert texts(reader) == ["hello"]


async def test_rubbish_on_the_wire_costs_nothing_but_is_counted(youtube):
    api = source(youtube)
    async with reading(api) as reader:
        await youtube.ready()
        await youtube.say("Bob", "one")
        await youtube.raw(b'{"kind": "oops", <html> "')
        await youtube.say("Bob", "two")
        await youtube.push(
            {"id": 5}, youtube.item("Bob", "futureEvent", {}), youtube.item("Bob", "textMessageEvent", {}, "three")
        )
        await until(lambda: texts(reader) == ["one", "two", "three"])
        await code(api, "chat.malformed")
        assert api.health().notice.params["bad"] == api.unread.count >= 3
        assert api.health().state == "ok"


async def test_a_page_token_that_is_not_valid_any_more_is_given_up(youtube):
    async with reading(source(youtube)) as reader:
        await youtube.ready()
        await youtube.say("Bob", "one")
        await until(lambda: len(reader.rows) == 1)
        youtube.answers.append(error(400, "pageTokenInvalid"))
        await youtube.drop()
        await youtube.say("Bob", "two")
        await until(lambda: texts(reader) == ["one", "two"])
    assert youtube.page_tokens[-1] == ""


# --- rates


async def test_five_hundred_a_second_in_order_exactly_once(youtube):
    youtube.cut = 16_000
    async with reading(source(youtube)) as reader:
        await youtube.ready()
        begun = time.perf_counter()
        for batch in range(50):
            items = [youtube.item("Bob", "textMessageEvent", {}, f"{batch * 50 + number}") for number in range(50)]
            await youtube.push(*items)
            await asyncio.sleep(0)
        await until(lambda: len(reader.rows) >= 2_500)
        took_s = time.perf_counter() - begun
        assert texts(reader) == [str(number) for number in range(2_500)]
    print(f"{2_500 / took_s:.0f} messages/s, sender and reader in one process")


async def test_a_hundred_a_second_with_drops_in_between(youtube):
    async with reading(source(youtube)) as reader:
        await youtube.ready()
        for number in range(600):
            await youtube.say("Bob", str(number))
            if number % 150 == 149:
                await youtube.drop()
        await until(lambda: len(reader.rows) >= 600)
        assert texts(reader) == [str(number) for number in range(600)]


async def test_when_nobody_reads_the_oldest_words_go_and_removals_stay(youtube):
    api = source(youtube, buffer_max=10)
    rows = api.rows()
    await youtube.say("Bob", "first")
    assert (await anext(rows)).text == "first"
    await youtube.ready()
    await youtube.event("x", "messageDeletedEvent", {"messageDeletedDetails": {"deletedMessageId": "m"}})
    await youtube.push(*[youtube.item("Bob", "textMessageEvent", {}, str(number)) for number in range(30)])
    await until(lambda: api.health().notice.params["dropped"] == 21)
    kept = [await anext(rows) for _ in range(10)]
    assert kept[0].kind == "delete_message"
    assert [row.text for row in kept[1:]] == [str(number) for number in range(21, 30)]
    await api.aclose()


# --- asking instead of streaming


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_where_the_stream_is_refused_it_asks_again_and_again(youtube, status):
    from aiohttp import web

    youtube.refuse["stream"] = lambda: web.Response(status=status)
    api = source(youtube, timing=Timing(idle_min_s=600.0, idle_max_s=600.0, restream_s=60.0))
    async with reading(api) as reader:
        for number in range(3):
            await youtube.until(lambda number=number: youtube.calls["list"] > number)
            await youtube.say("Bob", str(number))
        await until(lambda: texts(reader) == ["0", "1", "2"])
        health = await code(api, "chat.ytapi_polling")
        assert health.state == "degraded"
        del youtube.refuse["stream"]  # it is tried again after a while
        await code(api, "chat.ytapi_ok")
        await youtube.say("Bob", "streamed")
        await until(lambda: texts(reader)[-1] == "streamed")
    assert texts(reader) == ["0", "1", "2", "streamed"]


async def test_a_polled_batch_is_spread_over_the_time_until_the_next(youtube):
    youtube.refuse["stream"] = lambda: error(501, "notImplemented")
    clock = SwiftClock(20.0)
    arrived = []
    api = source(youtube, clock=clock)
    async with reading(api) as reader:
        await youtube.until(lambda: youtube.calls["list"] >= 1)
        begun = len(reader.rows)
        await youtube.push(*[youtube.item("Bob", "textMessageEvent", {}, str(n), age_s=3 - n) for n in range(4)])
        for number in range(4):
            await until(lambda number=number: len(reader.rows) >= begun + number + 1)
            arrived.append(clock.now())
        assert texts(reader) == ["0", "1", "2", "3"]
    assert arrived[-1] - arrived[0] >= 1.0


# --- the page beside it


async def test_what_the_page_sees_removed_is_removed_by_the_apis_id(youtube):
    page = Page()
    api = source(youtube, deletions=page)
    async with reading(api) as reader:
        await youtube.ready()
        message = await youtube.say("Bob", "bad words")
        page.say(1, "Bob", "bad words")
        await until(lambda: len(reader.rows) == 1)
        page.delete(page_id(1))
        await until(lambda: len(reader.rows) == 3)
        assert message == api_id(1)
        assert [row.target for row in reader.rows[1:]] == [message, page_id(1)]
        assert [health.part for health in api.healths()] == ["chat.youtube", "chat.youtube.page"]
    assert not page.open


async def test_while_the_api_is_away_the_page_is_told_and_nothing_twice(youtube):
    page = Page()
    api = source(youtube, deletions=page, timing=Timing(quota_s=60.0, idle_min_s=600.0, idle_max_s=600.0))
    async with reading(api) as reader:
        await youtube.ready()
        await youtube.say("Bob", "one")
        page.say(1, "Bob", "one")
        await until(lambda: texts(reader) == ["one"])
        youtube.refuse["stream"] = lambda: error(403, "quotaExceeded")
        await youtube.drop()
        health = await code(api, "chat.ytapi_quota")
        assert health.state == "degraded", "the page still reads"
        await youtube.say("Ann", "two")
        page.say(2, "Ann", "two")
        await until(lambda: texts(reader) == ["one", "two"])
        assert reader.rows[-1].source == "innertube"
        del youtube.refuse["stream"]
        await code(api, "chat.ytapi_ok")
        await youtube.say("Ann", "three")
        page.say(3, "Ann", "three")
        await until(lambda: "three" in texts(reader))
    assert texts(reader) == ["one", "two", "three"]
    assert reader.rows[-1].source == "ytapi"


async def test_a_page_that_fails_is_said_and_the_api_goes_on(youtube):
    page = Page()
    page.wrong = Unavailable("no")
    api = source(youtube, deletions=page)
    async with reading(api) as reader:
        await youtube.ready()
        page.well = False
        page.put(None)
        assert (await code(api, "chat.ytapi_no_deletions")).state == "degraded"
        await youtube.say("Bob", "hi")
        await until(lambda: texts(reader) == ["hi"])


async def test_after_the_end_the_page_is_read_and_the_next_stream_is_found(youtube):
    page = Page()
    videos = ["abcdefghijk"]

    async def resolve():
        return videos[0]

    api = source(youtube, deletions=page, resolve=resolve)
    reader = Reading(api)
    await youtube.ready()
    await youtube.end()
    await code(api, "chat.ytapi_ended")
    page.say(50, "Bob", "the page is still read")
    await until(lambda: texts(reader) == ["the page is still read"])
    youtube.begin("nextnextnex")
    videos[0] = "nextnextnex"
    await code(api, "chat.ytapi_ok")
    await youtube.say("Bob", "a new evening")
    await until(lambda: "a new evening" in texts(reader))
    await youtube.end()
    await code(api, "chat.ytapi_ended")
    assert not reader.task.done()
    page.put(None)
    await asyncio.wait_for(reader.task, 20)
    await reader.close()


async def test_a_channel_only_the_page_can_find_is_read_by_the_page(youtube):
    async def resolve():
        raise Misconfigured("no such channel", fix="check the name")

    page = Page()
    async with reading(source(youtube, deletions=page, resolve=resolve)) as reader:
        await code(reader.source, "chat.ytapi_waiting")
        page.say(1, "Bob", "hi")
        await until(lambda: texts(reader) == ["hi"])


async def test_a_fault_of_our_own_is_not_hidden_by_the_page(youtube, caplog):
    async def resolve():
        raise ZeroDivisionError

    page = Page()
    async with reading(source(youtube, deletions=page, resolve=resolve)) as reader:
        page.say(1, "bob", "hello")
        await until(lambda: "hello" in texts(reader), "the page goes on being read")
        await code(reader.source, "chat.ytapi_other")
    assert "stumbled: ZeroDivisionError" in caplog.text
