"""The real TwitchIO against a local Twitch: a chat from the first row to the last, as every source must behave."""

import asyncio
import time

import pytest

from streamer.adapters.chat.twitch_eventsub import TwitchEventSub
from streamer.adapters.chat.twitch_eventsub.helix import Api, load
from streamer.ports import Misconfigured, Unavailable, Writable
from tests.adapters.chat.contract import check_life, until
from tests.adapters.chat.twitch_eventsub.signed_in import (
    CHAT,
    CHAT_TYPES,
    MODERATES,
    OWNER,
    bot,
    chat,
    owner,
    reading,
    source,
)
from tests.fakes.twitch_api import FakeTwitch
from tests.fakes.twitch_events import every_kind


def kinds(read):
    return [row.kind for row in read.rows]


async def test_keeps_the_contract():
    async with FakeTwitch() as twitch:
        await check_life(source(twitch, bot(twitch)), lambda text: twitch.say("Bob", text))
        assert not twitch.violations


async def test_everything_a_channel_can_tell():
    async with chat(owner_=True) as (twitch, made, read, *_):
        await until(lambda: len(made._plan.wants) > 20, "the plan")
        await until(lambda: made.health().notice.params["live"] == len(made._plan.wants), "all subscriptions")
        await twitch.say("Bob", "hello")
        await twitch.cheer("Bob", 100, "go")
        await twitch.raid(40)
        await twitch.gift_storm("Zoe", 3)
        await twitch.follow("Ann")
        await twitch.redeem("Ann", "Drink water")
        await twitch.hold("Rude", "nasty words")
        for type_, version, event in every_kind():
            if not type_.startswith("channel.chat."):
                await twitch.notify(type_, event, version=version)
        await twitch.delete("x")
        await until(lambda: "x" in [row.target for row in read.rows], "the deletion")
        found = set(kinds(read))
        assert {"message", "cheer", "raid", "gift_batch", "gift_received", "follow", "redemption", "held"} <= found
        assert {"poll_begin", "poll_end", "hype_train_begin", "ad_break", "goal", "shield", "stream_on"} <= found
        assert next(row for row in read.rows if row.kind == "held").text == "nasty words"
        assert made.health().notice.params["bad"] == 0
        assert twitch.lost == []
        assert isinstance(made, Writable)


async def test_two_accounts_two_connections_one_chat():
    async with chat(owner_=True) as (twitch, _, read, first, second):
        await twitch.ready("channel.follow")
        assert {sub.user for sub in twitch.live("channel.chat.message")} == {first.user_id}
        assert {sub.user for sub in twitch.live("channel.follow")} == {second.user_id}
        assert len(twitch.sessions) == 2
        await twitch.say("Bob", "once")
        await twitch.follow("Ann")
        await until(lambda: len(read.rows) >= 2)
        assert sorted(kinds(read)) == ["follow", "message"]


async def test_the_owner_alone_is_bot_and_broadcaster():
    async with FakeTwitch() as twitch:
        alone = owner(twitch, *CHAT, *OWNER)
        made = source(twitch, alone)
        async with reading(made):
            await twitch.ready("channel.chat.message", "channel.follow", "channel.poll.begin")
            assert len(twitch.sessions) == 1
            await until(lambda: made.health().notice.code == "chat.ok", made.health().notice.code)


async def test_one_user_who_signed_in_twice_uses_each_token_for_what_it_may():
    async with FakeTwitch() as twitch:
        as_bot = owner(twitch, *CHAT, *MODERATES)
        as_owner = owner(twitch, "user:read:chat", *OWNER)
        made = source(twitch, as_bot, as_owner)
        async with reading(made) as read:
            await twitch.ready("channel.chat.message", "channel.follow", "channel.poll.begin")
            assert len(twitch.sessions) == 1
            await until(lambda: made.health().notice.code == "chat.ok", made.health().notice.code)
            assert made.writer.acts == {"send", "reply", "delete", "timeout", "ban"}
            number = await twitch.say("Bob", "spam")
            await until(lambda: len(read.rows) == 1)
            await made.writer.send("hello")
            await made.writer.delete(number)


async def test_what_is_switched_off_is_not_asked_for():
    async with chat(owner_=True, alerts=["follows"]) as (twitch, made, *_):
        await twitch.ready("channel.follow")
        await until(lambda: made.health().notice.code == "chat.ok")
        assert not twitch.live("channel.poll.begin")
        assert made.health().notice.params["off"] == ""


async def test_a_bot_alone_says_what_it_cannot_tell():
    async with chat() as (_, made, *_):
        await until(lambda: made.health().state == "ok")
        notice = made.health().notice
        assert notice.code == "chat.eventsub.partly"
        assert notice.params["off"] == "follows, redemptions, automod, polls, hype_train, ads"
        assert notice.fix == "chat.eventsub.owner.fix"


async def test_rows_are_in_order_and_carry_platform_time():
    async with chat() as (twitch, _, read, *_):
        for number in range(50):
            await twitch.say("Bob", str(number))
        await until(lambda: len(read.rows) == 50)
        assert [row.text for row in read.rows] == [str(number) for number in range(50)]
        assert [row.at for row in read.rows] == sorted(row.at for row in read.rows)
        assert {(row.platform, row.source, row.channel) for row in read.rows} == {("twitch", "eventsub", "mika_live")}


async def test_a_removal_overtakes_what_nobody_has_read_yet():
    async with FakeTwitch() as twitch:
        made = source(twitch, bot(twitch))
        rows = made.rows()
        first = asyncio.ensure_future(anext(rows))
        await twitch.ready(*CHAT_TYPES)
        await twitch.say("Bob", "first")
        assert (await first).text == "first"
        for number in range(20):
            await twitch.say("Bob", str(number))
        await twitch.delete("x")
        await until(lambda: len(made._buffer) == 21)
        assert (await anext(rows)).kind == "delete_message"
        assert (await anext(rows)).text == "0"
        await rows.aclose()
        await made.aclose()


async def test_a_full_buffer_loses_the_oldest_and_no_removal():
    async with FakeTwitch() as twitch:
        made = source(twitch, bot(twitch), buffer_max=10)
        rows = made.rows()
        first = asyncio.ensure_future(anext(rows))
        await twitch.ready(*CHAT_TYPES)
        await twitch.say("Bob", "first")
        await first
        await twitch.clear_user("Bob")
        for number in range(25):
            await twitch.say("Bob", str(number))
        await until(lambda: made.health().notice.params["dropped"] == 15)
        got = [await anext(rows) for _ in range(11)]
        assert [row.text for row in got] == ["", *(str(number) for number in range(15, 25))]
        await rows.aclose()
        await made.aclose()


async def test_a_reward_with_a_text_is_one_row():
    async with chat(owner_=True) as (twitch, _, read, *_):
        await twitch.ready("channel.channel_points_custom_reward_redemption.add")
        number = await twitch.redeem("Ann", "Sing", "a song please")
        await twitch.say("Bob", "after")
        await until(lambda: len(read.rows) >= 2)
        row = next(row for row in read.rows if row.kind == "redemption")
        assert (row.text, row.reward.title, row.reward.redemption) == ("a song please", "Sing", number)
        assert sorted(kinds(read)) == ["message", "redemption"]


async def test_an_unknown_channel_ends_with_words():
    async with FakeTwitch() as twitch:
        made = source(twitch, bot(twitch), channel="nobody_here")
        with pytest.raises(Misconfigured):
            async for _ in made.rows():
                pass
        await made.aclose()


async def test_a_channel_is_missing_only_when_twitch_says_so_three_times(monkeypatch):
    answers = [{}, {"data": []}, "<html>", {"data": []}, {"data": []}]
    call = Api.call

    async def odd(self, ask):
        return answers.pop(0) if answers else await call(self, ask)

    monkeypatch.setattr(Api, "call", odd)
    async with chat() as (_, made, *_):
        await until(lambda: made.health().state == "ok")
    assert not answers


async def test_who_writes_after_the_end_opens_nothing_again():
    async with chat() as (_, made, *_):
        writer = made.writer
    with pytest.raises(Unavailable):
        await writer.send("too late")


@pytest.mark.parametrize(
    "wrong", [{"channel": "mi ka"}, {"client_id": ""}, {"api_url": "ftp://x"}, {"eventsub_url": "http://x"}]
)
async def test_what_cannot_be_right_is_said_at_once(wrong):
    async with FakeTwitch() as twitch:
        given = {"channel": "mika_live", "client_id": "client"} | wrong
        with pytest.raises(Misconfigured):
            TwitchEventSub(given.pop("channel"), bot(twitch), None, **given)


async def test_two_sources_with_two_servers_in_one_process():
    """TwitchIO keeps its addresses in globals; two sources must not meet there."""
    load()
    import twitchio.eventsub.websockets
    import twitchio.http

    before = (twitchio.http.Route.BASE, twitchio.http.Route.ID_BASE, twitchio.eventsub.websockets.WSS)
    async with chat() as (one, _, read_one, *_), chat() as (two, _, read_two, *_):
        await one.say("Bob", "to one")
        await two.say("Ann", "to two")
        await until(lambda: bool(read_one.rows and read_two.rows))
        assert [row.text for row in read_one.rows] == ["to one"]
        assert [row.text for row in read_two.rows] == ["to two"]
    assert before == (twitchio.http.Route.BASE, twitchio.http.Route.ID_BASE, twitchio.eventsub.websockets.WSS)


async def test_nothing_is_written_to_disk_and_no_secret_is_logged(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    caplog.set_level("DEBUG")
    async with chat() as (twitch, made, _, first, _):
        await twitch.say("Bob", "a private word")
        await made.writer.send("another one")
        await twitch.drop()
        await twitch.ready()
        token = await first.token()
    assert list(tmp_path.iterdir()) == []
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")]
    assert not [line for line in ours if token in line or "private word" in line or "another one" in line]


async def test_a_burst_arrives_whole_and_in_order():
    """As many as 500 a second are in five seconds, sent as fast as the fake can, on whatever machine."""
    async with chat() as (twitch, made, read, *_):
        began = time.monotonic()
        for number in range(2_500):
            await twitch.say("Bob", str(number))
        await until(lambda: len(read.rows) >= 2_500)
        took = time.monotonic() - began
        assert [row.text for row in read.rows] == [str(number) for number in range(2_500)]
        assert made.health().notice.params["dropped"] == 0
        print(f"{2_500 / took:.0f} messages a second, fake and client in one process")


async def test_closing_leaves_no_connection():
    async with FakeTwitch() as twitch:
        made = source(twitch, bot(twitch), owner(twitch))
        async with reading(made):
            await twitch.ready("channel.chat.message", "channel.follow")
        await twitch.until(lambda: not twitch.sessions)
        assert made.health().notice.code == "chat.closed"
