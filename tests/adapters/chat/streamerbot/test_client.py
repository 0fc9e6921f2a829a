"""The real client on a real socket against a local Streamer.bot with every fault; time is moved by hand for waits."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from streamer.adapters.chat.streamerbot import StreamerBot, StreamerBotChat, Timing
from streamer.ports import Misconfigured, Refused, Unavailable
from tests.adapters.chat.contract import Reading, check_life, until
from tests.fakes.streamer_bot import FakeStreamerBot

FAST = Timing(hello_s=0.3, retry_min_s=0.02, retry_max_s=0.05)


def opened(bot: FakeStreamerBot, password: str = "", timing: Timing = FAST) -> StreamerBot:
    return StreamerBot(bot.url, password, timing=timing, draw=lambda: 0.5)


async def on_and_off(source: StreamerBot, then: Callable[[Reading], Awaitable[object]]) -> None:
    reading = Reading(source)
    try:
        await then(reading)
    finally:
        await reading.close()


async def coded(source: StreamerBot, code: str) -> None:
    await until(lambda: source.health().notice.code == code, code)


@pytest.mark.parametrize("generation", [0, 1])
async def test_life(generation: int) -> None:
    async with FakeStreamerBot(generation=generation) as bot:
        await check_life(opened(bot), bot.say)


async def test_a_password_is_proved_and_never_sent() -> None:
    async with FakeStreamerBot(password="p4ss wörd", enforce=True) as bot:

        async def then(reading: Reading) -> None:
            assert (await reading.settled()).notice.code == "streamerbot.ok"
            await bot.say("hi")
            await until(lambda: len(reading.rows) == 1)

        await on_and_off(opened(bot, "p4ss wörd"), then)
        assert bot.requests[:3] == ["Authenticate", "GetEvents", "Subscribe"]


@pytest.mark.parametrize(
    ("given", "enforce", "code"),
    [("wrong", True, "streamerbot.wrong_password"), ("", True, "streamerbot.needs_password"),
     ("", False, "streamerbot.ok")],
)  # fmt: skip
async def test_a_wrong_password_is_said_once_without_a_storm_of_tries(given: str, enforce: bool, code: str) -> None:
    async with FakeStreamerBot(password="right", enforce=enforce) as bot:

        async def then(_: Reading) -> None:
            await coded(source, code)
            await asyncio.sleep(0.3)  # six pauses of a lost connection
            assert bot.connections == 1
            assert source.health().state == ("ok" if code == "streamerbot.ok" else "broken")

        source = opened(bot, given)
        await on_and_off(source, then)


async def test_a_password_nobody_asks_for_does_no_harm() -> None:
    async with FakeStreamerBot() as bot:
        source = opened(bot, "spare")
        await on_and_off(source, lambda reading: reading.settled())
        assert "Authenticate" not in bot.requests


async def test_a_version_that_does_not_greet() -> None:
    async with FakeStreamerBot(version="0.1.15", generation=0) as bot:
        bot.no_events_list = True

        async def then(reading: Reading) -> None:
            assert (await reading.settled()).state == "ok"
            await bot.say("hello")
            await until(lambda: len(reading.rows) == 1)

        await on_and_off(opened(bot), then)


async def test_a_streamer_bot_that_does_not_run_is_degraded_until_it_does() -> None:
    async with FakeStreamerBot() as bot:
        bot.refuse_sockets = True
        source = opened(bot)

        async def then(reading: Reading) -> None:
            await coded(source, "streamerbot.not_running")
            assert source.health().state == "degraded"
            bot.refuse_sockets = False
            await coded(source, "streamerbot.ok")
            await bot.say("there you are")
            await until(lambda: len(reading.rows) == 1)

        await on_and_off(source, then)


async def test_a_server_that_never_answers_the_handshake_is_left() -> None:
    calls: list[asyncio.StreamWriter] = []

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(writer)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    source = StreamerBot(url, timing=Timing(answer_s=0.05, retry_min_s=0.01, retry_max_s=0.02))

    async def then(_: Reading) -> None:
        await until(lambda: len(calls) >= 3, "it is asked again")

    await on_and_off(source, then)
    for writer in calls:
        writer.close()
    server.close()


async def test_a_lost_connection_comes_back_with_its_subscriptions() -> None:
    async with FakeStreamerBot() as bot:

        async def then(reading: Reading) -> None:
            await reading.settled()
            await bot.say("one")
            await bot.drop()
            await until(lambda: bot.connections == 2)
            await reading.settled()
            await until(lambda: reading.source.health().state == "ok")
            await bot.say("two")
            await until(lambda: [row.text for row in reading.rows] == ["one", "two"], "both")

        await on_and_off(opened(bot), then)


async def test_a_silent_peer_is_noticed() -> None:
    timing = Timing(hello_s=0.3, retry_min_s=0.02, retry_max_s=0.05, idle_s=0.2, answer_s=0.3)
    async with FakeStreamerBot() as bot:

        async def then(reading: Reading) -> None:
            await reading.settled()
            bot.silent = True
            await until(lambda: bot.connections >= 2, "another connection")
            await until(lambda: reading.source.health().state == "degraded", "words for it")
            bot.silent = False
            await until(lambda: reading.source.health().state == "ok", "the way back")

        await on_and_off(opened(bot, timing=timing), then)


async def test_quiet_is_not_silence() -> None:
    timing = Timing(hello_s=0.3, idle_s=0.05, answer_s=5.0)
    async with FakeStreamerBot() as bot:

        async def then(reading: Reading) -> None:
            await reading.settled()
            await until(lambda: bot.requests.count("GetInfo") >= 3, "questions")
            assert bot.connections == 1
            assert reading.source.health().latency_ms is not None

        await on_and_off(opened(bot, timing=timing), then)


async def test_garbage_is_kept_and_its_neighbours_survive() -> None:
    async with FakeStreamerBot() as bot:
        source = opened(bot)

        async def then(reading: Reading) -> None:
            await reading.settled()
            await bot.say("before")
            for text in ("{", "[]", "5", '{"event": {"source": 1}}', '{"hello": 1}', "\ud7ff" * 10, "[" * 5000):
                await bot.frame(text)
            await bot.event("Twitch", "ChatMessage", None)
            await bot.event("Twitch", "ChatMessage", {"message": {"message": "no ids"}})
            await bot.frame('{"event": {"source": "Twitch", "type": "Unheard"}, "data": {}}')
            await bot.say("after")
            await until(lambda: len(reading.rows) == 2)
            assert [row.text for row in reading.rows] == ["before", "after"]
            health = source.health()
            assert (health.state, health.notice.code, health.notice.params["bad"]) == (
                "ok",
                "streamerbot.malformed",
                10,
            )
            assert any("no ids" in each.raw for each in source.unread.last)

        await on_and_off(source, then)


async def test_an_event_told_twice_is_one_row() -> None:
    async with FakeStreamerBot() as bot:

        async def then(reading: Reading) -> None:
            await reading.settled()
            for _ in range(3):
                await bot.event("Twitch", "ChatMessage", bot.message("again", "m-1"))
            await bot.say("end")
            await until(lambda: reading.rows[-1:] != [] and reading.rows[-1].text == "end")
            assert len(reading.rows) == 2

        await on_and_off(opened(bot), then)


async def test_a_burst_arrives_once_and_in_order() -> None:
    async with FakeStreamerBot() as bot:

        async def then(reading: Reading) -> None:
            await reading.settled()
            for number in range(1_000):
                await bot.say(f"{number}")
            await until(lambda: len(reading.rows) >= 1_000, "all of them")
            assert [row.text for row in reading.rows] == [f"{number}" for number in range(1_000)]
            assert reading.source.health().notice.params["dropped"] == 0

        await on_and_off(opened(bot), then)


async def test_only_what_was_chosen_is_read() -> None:
    async with FakeStreamerBot() as bot:
        source = StreamerBot(bot.url, read=["youtube"], timing=FAST)

        async def chosen(reading: Reading) -> None:
            await reading.settled()
            assert set(bot.subscribed) == {"YouTube"}

        await on_and_off(source, chosen)
    async with FakeStreamerBot() as bot:
        source = StreamerBot(bot.url, read=[], timing=FAST)

        async def then(reading: Reading) -> None:
            await reading.settled()
            await source.do("Wave", {})
            assert (dict(bot.subscribed), len(bot.done)) == ({}, 1)

        await on_and_off(source, then)


async def test_actions_by_name_and_by_id() -> None:
    async with FakeStreamerBot() as bot:
        source = opened(bot)

        async def then(reading: Reading) -> None:
            with pytest.raises(Unavailable):
                await source.do("Wave", {})
            await reading.settled()
            await until(lambda: source.known_actions == {"wave", bot.actions["Wave"]}, "the actions")
            await source.do("Wave", {"text": "hé", "count": 3})
            await source.do(bot.actions["Wave"], {})
            with pytest.raises(Refused):
                await source.do("Nothing of the kind", {})

        await on_and_off(source, then)
        assert bot.done == [("Wave", {"text": "hé", "count": 3}), ("Wave", {})]


@pytest.mark.parametrize("fault", ["drop", "silent"])
async def test_an_action_without_an_answer_is_unavailable(fault: str) -> None:
    timing = Timing(hello_s=0.3, retry_min_s=0.02, retry_max_s=0.05, answer_s=0.2)
    async with FakeStreamerBot() as bot:
        source = opened(bot, timing=timing)

        async def then(reading: Reading) -> None:
            await reading.settled()
            bot.silent = True
            order = asyncio.create_task(source.do("Wave", {}))
            await asyncio.sleep(0)
            if fault == "drop":
                await bot.drop()
            with pytest.raises(Unavailable):
                await order

        await on_and_off(source, then)


async def test_when_nobody_reads_the_oldest_words_go_but_no_deletion() -> None:
    async with FakeStreamerBot() as bot:
        source = StreamerBot(bot.url, timing=FAST, buffer_max=5)
        rows = source.rows()
        waiting = asyncio.ensure_future(anext(rows))
        await until(lambda: source.health().state == "ok")
        await bot.say("first")
        assert (await waiting).text == "first"
        await bot.event("Twitch", "ChatMessageDeleted", {"messageId": "gone"})
        for number in range(20):
            await bot.say(f"{number}")
        await until(lambda: source.health().notice.params["dropped"] == 16)
        left = [await anext(rows) for _ in range(5)]
        assert [row.text or row.kind for row in left] == ["delete_message", "16", "17", "18", "19"]
        await rows.aclose()  # pyright: ignore[reportAttributeAccessIssue] - an async generator
        await source.aclose()


def test_settings() -> None:
    part = StreamerBotChat.model_validate(
        {"url": "ws://10.0.0.2:8081/sb", "do": [{"on": "emotion", "is": "joy", "action": "Confetti"}]}
    )
    assert (part.do[0].wanted, part.do[0].tests, part.read) == ("joy", False, ["twitch", "youtube"])
    assert "s3cret" not in repr(StreamerBotChat.model_validate({"password": "s3cret"}))
    assert part.open().name == "chat.streamerbot"
    for bad in ("http://x", "ws://", "ws://user:pw@host/", "ws://a b", "ws://host:0/", "ws://[::1"):
        with pytest.raises(Misconfigured):
            StreamerBot(bad)
    with pytest.raises(ValueError, match="WebSocket"):
        StreamerBotChat.model_validate({"url": "http://x"})


async def test_the_local_streamer_bot_forgets_with_the_line_who_subscribed() -> None:
    async with FakeStreamerBot() as bot, aiohttp.ClientSession() as http:
        first = await http.ws_connect(bot.url)
        await first.receive()
        await first.send_json({"request": "Subscribe", "id": "1", "events": {"Twitch": ["ChatMessage"]}})
        assert (await first.receive_json())["id"] == "1"
        await bot.event("Twitch", "ChatMessage", {})
        assert "event" in await first.receive_json()
        await bot.drop()
        second = await http.ws_connect(bot.url)
        await second.receive()
        await bot.event("Twitch", "ChatMessage", {})
        await second.send_json({"request": "GetInfo", "id": "2"})
        assert (await second.receive_json())["id"] == "2"
