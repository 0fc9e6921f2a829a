"""The real client on a real socket against a local server with every fault; time is moved by hand where it matters."""

import asyncio
import time
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from streamer.adapters.chat.twitch_irc import Timing, TwitchIrc
from streamer.ports import Misconfigured
from tests.adapters.chat.contract import check_life
from tests.fakes.twitch_irc import FakeTwitchIrc

FAST = Timing(retry_min_s=0.01, retry_max_s=0.05)


class HandClock:
    """Time moves when the test says so; who sleeps past it wakes."""

    def __init__(self):
        self._now = 100.0
        self._sleepers = []

    def now(self):
        return self._now

    async def sleep(self, seconds):
        until = self._now + seconds
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((until, woken))
        await woken

    async def advance(self, seconds, step=0.5):
        end = self._now + seconds
        while self._now < end:
            self._now = min(self._now + step, end)
            due = [woken for until, woken in self._sleepers if until <= self._now]
            self._sleepers = [(until, woken) for until, woken in self._sleepers if until > self._now]
            for woken in due:
                if not woken.done():
                    woken.set_result(None)
            for _ in range(3):
                await asyncio.sleep(0)


@asynccontextmanager
async def reading(source):
    """The rows as a queue, read by a task."""
    rows = asyncio.Queue()

    async def read():
        async for row in source.rows():
            rows.put_nowait(row)

    task = asyncio.create_task(read())
    try:
        yield rows
    finally:
        task.cancel()
        await asyncio.wait({task})
        await source.aclose()


async def first(rows):
    return await asyncio.wait_for(rows.get(), 10)


async def state(source, code):
    async with asyncio.timeout(10):
        while source.health().notice.code != code:
            await asyncio.sleep(0.005)


async def test_a_chat_from_handshake_to_end():
    async with FakeTwitchIrc("mika_live") as twitch:
        source = TwitchIrc("https://twitch.tv/Mika_Live", twitch.url)
        assert source.health().state == "off"
        async with reading(source) as rows:
            await twitch.joined()
            await twitch.say("Bob", "hello")
            row = await first(rows)
            assert (row.kind, row.text, row.user.login, row.user.name) == ("message", "hello", "bob", "Bob")
            assert 0 <= row.at < 10
            assert source.health().state == "ok"
            await twitch.ping("are you there")
            await twitch.until(lambda: "PONG :are you there" in twitch.received)
        assert source.health().notice.code == "chat.closed"
        assert twitch.violations == []
        await twitch.until(lambda: not twitch._clients)


async def test_the_contract_of_every_chat():
    async with FakeTwitchIrc("mika") as twitch:
        await check_life(TwitchIrc("mika", twitch.url), lambda text: twitch.say("Bob", text))


async def test_every_kind_of_row():
    async with FakeTwitchIrc("mika") as twitch, reading(TwitchIrc("mika", twitch.url)) as rows:
        await twitch.joined()
        message = await twitch.say("Bob", "Kappa hi", emotes="25:0-4", bits=50)
        await twitch.delete(message)
        await twitch.timeout("id-bob", 60)
        await twitch.clear()
        await twitch.raid("Eve", 33)
        await twitch.sub("Ann")
        await twitch.sub("Ann", 7, "seven!")
        await twitch.announce("Mod", "be nice")
        await twitch.gift("Zoe", "Ann")
        await twitch.gift_storm("Zoe", 3)
        await twitch.room(slow=30)
        await twitch.say("Bob", "done", source_room_id="4", source_id="x")
        got = [await first(rows) for _ in range(15)]
    assert [row.kind for row in got] == [
        "cheer", "delete_message", "clear_user", "clear_chat", "raid", "member_new", "resub", "message", "gift_batch",
        "gift_batch", "gift_received", "gift_received", "gift_received", "settings", "message",
    ]  # fmt: skip
    assert (got[0].emotes, got[0].bits) == (((0, 5, "25"),), 50)
    assert (got[1].target, got[2].target, got[2].duration_s) == (message, "id-bob", 60)
    assert (got[6].count, got[6].text, got[9].count, got[-1].guest) == (7, "seven!", 3, True)


async def test_a_dropped_connection_comes_back():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url, timing=FAST)
        async with reading(source) as rows:
            await twitch.joined()
            begin = time.monotonic()
            await twitch.drop()
            await twitch.joined(2)
            assert time.monotonic() - begin < 8
            await twitch.say("Bob", "back")
            assert (await first(rows)).text == "back"
            assert source.health().state == "ok"


async def test_a_server_that_never_answers_the_handshake_is_left():
    calls = []

    async def silent(_, writer):
        calls.append(writer)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    timing = Timing(welcome_s=0.05, retry_min_s=0.01, retry_max_s=0.02)
    source = TwitchIrc("mika", f"ws://127.0.0.1:{port}/", timing=timing)
    async with reading(source), asyncio.timeout(10):
        while len(calls) < 3 or source.health().state != "broken":
            await asyncio.sleep(0.005)
    for writer in calls:
        writer.close()
    server.close()


async def test_a_connection_that_does_not_come_back_is_broken():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url, timing=FAST)
        async with reading(source):
            await twitch.joined()
            await state(source, "chat.ok")
            twitch.refuse_sockets = True
            await twitch.drop()
            await state(source, "chat.reconnecting")
            await state(source, "chat.unreachable")
            assert source.health().state == "broken"


async def test_reconnect_loses_nothing_and_repeats_nothing():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url, timing=Timing(leave_s=0.3))
        async with reading(source) as rows:
            await twitch.joined()
            await twitch.reconnect()
            await twitch.say("Bob", "said to the old connection")
            await twitch.joined(2)
            await twitch.say("Bob", "said to both")
            await twitch.until(lambda: len(twitch._clients) == 1)
            await twitch.say("Bob", "said to the new one")
            texts = [(await first(rows)).text for _ in range(3)]
            assert texts == ["said to the old connection", "said to both", "said to the new one"]
            assert rows.empty()
            assert source.health().state == "ok"


async def test_a_silent_peer_is_left():
    clock = HandClock()
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url, clock=clock, draw=lambda: 0.5)
        async with reading(source) as rows:
            await twitch.joined()
            await state(source, "chat.ok")
            twitch.silence()
            await clock.advance(3)
            assert source.health().state == "ok"
            await clock.advance(2)
            await twitch.until(lambda: "PING :showrunner" in twitch.received)
            await clock.advance(6)
            await state(source, "chat.reconnecting")
            twitch.silent = False
            async with asyncio.timeout(10):
                while twitch.joins < 2:
                    await clock.advance(0.5)
                    await asyncio.sleep(0.005)
            await twitch.say("Bob", "back")
            assert (await first(rows)).text == "back"


async def test_a_channel_nobody_has_is_said_in_health():
    clock = HandClock()
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("nobody_at_all", twitch.url, clock=clock)
        async with reading(source):
            await twitch.until(lambda: "JOIN #nobody_at_all" in twitch.received)
            assert source.health().state == "starting"
            await clock.advance(16)
            health = source.health()
            assert (health.state, health.notice.code) == ("broken", "chat.no_such_channel")
            assert health.notice.params["channel"] == "nobody_at_all"
            assert health.notice.fix


async def test_garbage_is_counted_and_skipped():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url)
        async with reading(source) as rows:
            await twitch.joined()
            count = await twitch.garbage()
            await twitch.frame(b"\xff\xfe\x00 binary\r\n")
            await twitch.say("Bob", "still here")
            assert (await first(rows)).text == "still here"
            health = source.health()
            assert (health.state, health.notice.code) == ("ok", "chat.malformed")
            assert health.notice.params["bad"] == count + 1
            assert all(each.why for each in source.unread.last)
            assert twitch.connections == 1


async def test_half_lines_are_put_together():
    async with FakeTwitchIrc("mika") as twitch, reading(TwitchIrc("mika", twitch.url)) as rows:
        await twitch.joined()
        msg_id = await twitch.half("Bob", "in two pieces")
        row = await first(rows)
        assert (row.id, row.text) == (msg_id, "in two pieces")


async def test_a_server_that_ends_no_lines():
    async with FakeTwitchIrc("mika", line_ends=False) as twitch, reading(TwitchIrc("mika", twitch.url)) as rows:
        await twitch.joined()
        await twitch.say("Bob", "one line a frame")
        assert (await first(rows)).text == "one line a frame"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("refuse_login", "chat.login_refused"),
        ("refuse_tags", "chat.no_capabilities"),
        ("refuse_sockets", "chat.unreachable"),
    ],
)
async def test_a_server_that_refuses(fault, code):
    async with FakeTwitchIrc("mika") as twitch:
        setattr(twitch, fault, True)
        source = TwitchIrc("mika", twitch.url, timing=FAST)
        async with reading(source):
            await state(source, code)
            assert source.health().state == "broken"
            setattr(twitch, fault, False)
            await twitch.joined()
            await state(source, "chat.ok")


async def test_a_server_that_is_not_there_yet():
    twitch = FakeTwitchIrc("mika")
    await twitch.start()
    port = twitch.port
    await twitch.stop()
    source = TwitchIrc("mika", f"ws://127.0.0.1:{port}", timing=FAST)
    async with reading(source) as rows:
        await state(source, "chat.unreachable")
        late = FakeTwitchIrc("mika")
        await late.start(port)
        try:
            await late.joined()
            await late.say("Bob", "hello")
            assert (await first(rows)).text == "hello"
        finally:
            await late.stop()


async def test_retries_are_spread_and_rare():
    """What the server sees while it refuses: never more than Twitch's 20 log-ins in 10 s."""
    clock = HandClock()
    async with FakeTwitchIrc("mika") as twitch:
        twitch.refuse_sockets = True
        source = TwitchIrc("mika", twitch.url, clock=clock, draw=lambda: 0.0)
        async with reading(source):
            slept = []
            original = clock.sleep

            async def noted(seconds):
                slept.append(seconds)
                await original(seconds)

            clock.sleep = noted
            async with asyncio.timeout(20):
                while len([s for s in slept if s > 0]) < 9:
                    await clock.advance(20)
                    await asyncio.sleep(0.005)
    waits = [s for s in slept if s > 0][:9]
    assert waits[0] >= 0.25
    assert all(later >= earlier for earlier, later in pairwise(waits))
    assert waits[-1] == pytest.approx(15.0)


async def test_a_reader_that_does_not_read_loses_old_rows_but_no_removals():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url, buffer_max=10)
        rows = source.rows()
        pending = asyncio.ensure_future(anext(rows))
        await twitch.joined()
        await twitch.say("Bob", "first")
        assert (await pending).text == "first"
        await twitch.delete("gone")
        for number in range(30):
            await twitch.say("Bob", f"m{number}")
        async with asyncio.timeout(10):
            while source.health().notice.params["dropped"] != 21:
                await asyncio.sleep(0.005)
        kept = [await anext(rows) for _ in range(10)]
        assert [row.kind for row in kept] == ["delete_message"] + ["message"] * 9
        assert kept[-1].text == "m29"
        await source.aclose()


async def test_closing_is_quick_and_leaves_nothing():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url)
        before = len(asyncio.all_tasks())
        async with reading(source):
            await twitch.joined()
            begin = time.monotonic()
        assert time.monotonic() - begin < 3
        await twitch.until(lambda: not twitch._clients)
        await asyncio.sleep(0.01)
        assert len([t for t in asyncio.all_tasks() if t.get_name() == source.name]) == 0
        assert len(asyncio.all_tasks()) <= before


async def test_a_closed_chat_has_no_rows():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url)
        await source.aclose()
        assert await _all(source) == []
        assert twitch.connections == 0


async def test_a_server_that_throws_us_out_again_and_again_is_left_in_peace():
    clock = HandClock()
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url, clock=clock, draw=lambda: 0.0)
        async with reading(source):
            for times in range(1, 5):
                async with asyncio.timeout(10):
                    while twitch.joins < times:
                        await clock.advance(0.25, step=0.25)
                        await asyncio.sleep(0.005)
                await state(source, "chat.ok")
                await twitch.drop()
                await state(source, "chat.reconnecting")
            assert source._retries == 4


async def test_closing_ends_the_rows():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url)
        rows = asyncio.ensure_future(_all(source))
        await twitch.joined()
        await source.aclose()
        assert await asyncio.wait_for(rows, 5) == []


async def _all(source):
    return [row async for row in source.rows()]


async def test_rows_are_read_once():
    async with FakeTwitchIrc("mika") as twitch:
        source = TwitchIrc("mika", twitch.url)
        async with reading(source):
            await twitch.joined()
            with pytest.raises(RuntimeError):
                await anext(source.rows())


@pytest.mark.parametrize("url", ["http://x/", "irc.chat.twitch.tv", "wss://", ""])
def test_an_address_that_cannot_be_right(url):
    with pytest.raises(Misconfigured):
        TwitchIrc("mika", url)
