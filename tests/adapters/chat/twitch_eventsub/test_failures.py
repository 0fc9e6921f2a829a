"""Each failure once seen with TwitchIO and EventSub, one test each: A to J as they were first written down, then what
else the documentation says can happen. "Deaf" means: an event Twitch would deliver does not become a row.
"""

import asyncio
import random

import pytest
from msgspec.structs import replace

from streamer.adapters.chat.twitch_eventsub import Limits
from tests.adapters.chat.contract import until
from tests.adapters.chat.twitch_eventsub.signed_in import (
    CHAT,
    CHAT_TYPES,
    FAST,
    Signed,
    bot,
    chat,
    owner,
    reading,
    source,
)
from tests.fakes import twitch_events as events
from tests.fakes.twitch_api import FakeTwitch

SUBSCRIBE = "eventsub/subscriptions"
REDEMPTION = "channel.channel_points_custom_reward_redemption.add"


async def hears(twitch, read, text="still there"):
    """A message said now becomes a row."""
    await twitch.ready(*CHAT_TYPES)
    number = await twitch.say("Bob", text)
    await until(lambda: number in read.ids, "the message")


async def code(made, *wanted):
    await until(lambda: made.health().notice.code in wanted, f"{wanted}, not {made.health().notice}")
    return made.health()


# --- A to J -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 429, 0, 401])
async def test_a_resubscribing_fails_after_a_drop(status):
    async with chat() as (twitch, _, read, *_):
        again = 1 if status == 503 else 2  # TwitchIO itself tries a 503 again, three seconds later
        twitch.fail(SUBSCRIBE, status, times=again, method="POST", message="Invalid OAuth token")
        await twitch.drop()
        await hears(twitch, read)


@pytest.mark.parametrize("same_id", [False, True])
async def test_b_messages_during_a_hand_over(same_id):
    async with chat() as (twitch, _, read, *_):
        twitch.same_id = same_id
        await twitch.reconnect()
        old = [await twitch.say("Bob", f"old {number}") for number in range(3)]
        assert twitch.connections == 1, "said while the old connection was the only one"
        await twitch.until(lambda: len(twitch.sessions) == 2)
        new = [await twitch.say("Bob", f"new {number}") for number in range(3)]
        await until(lambda: len(read.rows) >= 6)
        assert sorted(read.ids) == sorted(old + new)
        await twitch.until(lambda: len(twitch.sessions) == 1)
        assert twitch.close_codes == [], "we closed the old one ourselves, in time"
        assert len(twitch.asked(SUBSCRIBE, "POST")) == len(twitch.subs), "nothing was subscribed to twice"
        await hears(twitch, read)


async def test_c_a_subscription_after_a_drop_and_a_hand_over():
    async with chat(owner_=True, alerts=["redemptions", "follows"]) as (twitch, _, read, _, second):
        await twitch.ready(REDEMPTION, "channel.follow")
        second.sign_in("channel:read:redemptions")
        await twitch.until(lambda: not twitch.live("channel.follow"))
        await twitch.drop()
        await twitch.ready(REDEMPTION, *CHAT_TYPES)
        await twitch.reconnect()
        await twitch.until(lambda: len(twitch.sessions) == 4)
        second.sign_in("channel:read:redemptions", "moderator:read:followers")
        await twitch.ready("channel.follow")
        assert not [each for each in twitch.asked(SUBSCRIBE, "POST") if each.token == ""]
        await hears(twitch, read)


async def test_d_a_hand_over_with_the_same_session_id_leaks_no_connection():
    async with chat(owner_=True, alerts=["follows"]) as (twitch, _, read, _, second):
        twitch.same_id = True
        await twitch.ready("channel.follow")
        before = twitch.connections
        await twitch.reconnect()
        await twitch.until(lambda: len(twitch.sessions) == 4)
        await twitch.until(lambda: len(twitch.sessions) == 2)
        second.sign_in("moderator:read:followers", "channel:read:goals")
        await twitch.ready("channel.goal.begin")
        assert twitch.connections == before + 2, "the new subscription went onto the connection there is"
        await hears(twitch, read)
        await read.close()
        await twitch.until(lambda: not twitch.sessions)


async def test_e_everything_is_delivered_twice():
    async with chat(owner_=True, alerts=["follows", "redemptions"]) as (twitch, made, read, *_):
        await twitch.ready("channel.follow", REDEMPTION)
        twitch.duplicates = 2
        await twitch.say("Bob", "hello")
        await twitch.cheer("Bob", 100, "go")
        await twitch.gift_storm("Zoe", 2)
        await twitch.follow("Ann")
        await twitch.redeem("Ann", "Drink")
        event = events.message("Bob", "again")
        await twitch.notify("channel.chat.message", event)
        await twitch.notify("channel.chat.message", event)  # another notification of the same message
        await twitch.say("Bob", "end")
        await until(lambda: any(row.text == "end" for row in read.rows))
        await until(lambda: len(read.rows) >= 9)
        assert len(read.ids) == len(set(read.ids)) == 9
        assert made.health().notice.params["twice"] == 11


async def test_f_an_event_with_a_missing_key_and_its_neighbours():
    async with chat() as (twitch, made, read, *_):
        await twitch.say("Bob", "before")
        broken = events.message("Bob", "no id")
        del broken["message_id"]
        await twitch.notify("channel.chat.message", broken)
        partly = events.message("Bob", "some keys")
        for key in ("source_broadcaster_user_id", "badges", "color", "reply", "cheer", "chatter_user_name"):
            del partly[key]
        await twitch.notify("channel.chat.message", partly)
        await twitch.notice(events.notice("Ann", "watch_streak", {"streak_count": 5}, "five!"))
        await twitch.notice(events.notice("Ann", "brand_new_thing", {"x": 1}, "with words"))
        await twitch.notice(events.notice("Ann", "other_new_thing", None))
        await twitch.say("Bob", "after")
        await until(lambda: bool(read.rows) and read.rows[-1].text == "after")
        assert [row.text for row in read.rows] == ["before", "some keys", "five!", "with words", "after"]
        assert [raw.why for raw in made.unread.last] == ["no message_id", "unknown notice_type"]
        assert "no id" in made.unread.last[0].raw
        assert made.health().notice.params["bad"] == 2
        assert made.health().state == "ok"


async def test_g_calls_after_the_token_ran_out_refresh_once():
    async with chat() as (twitch, made, _, first, _):
        first.expire()
        for number in range(5):
            await made.writer.send(f"number {number}")
        assert first.refreshes == 1
        assert twitch.auth_asked == []
        assert made._api.http._tokens == {}, "TwitchIO holds no token it could refresh"
        assert made._api.http._app_token is None


async def test_h_five_calls_at_once_when_the_token_runs_out():
    async with chat() as (twitch, made, _, first, _):
        first.expire()
        sent = await asyncio.gather(*(made.writer.send(f"number {number}") for number in range(5)))
        assert len(set(sent)) == 5
        assert first.refreshes == 1, "a one-shot refresh token was used once"
        assert twitch.auth_asked == []


async def test_i_no_request_goes_out_without_a_token():
    """Whatever the order in which accounts sign in: each request names its account, none falls back to another."""
    async with FakeTwitch() as twitch:
        late = owner(twitch)
        token, late._token = late._token, ""
        made = source(twitch, bot(twitch), late)
        async with reading(made) as read:
            await twitch.ready()
            late._token = token
            await twitch.ready("channel.follow")
            await hears(twitch, read)
        assert all(each.token for each in twitch.requests)


async def test_j_two_accounts_never_use_each_others_token():
    async with chat(owner_=True) as (twitch, made, _, first, second):
        await twitch.ready("channel.follow", REDEMPTION, "channel.poll.begin")
        await made.writer.send("hello")
        own, others = await first.token(), await second.token()
        for each in twitch.asked(SUBSCRIBE, "POST"):
            is_chat = each.body["type"].startswith("channel.chat") or each.body["type"] in (
                "stream.online", "stream.offline", "channel.update",
            )  # fmt: skip
            assert each.token == (own if is_chat else others)
        assert [each.token for each in twitch.asked("chat/messages")] == [own]


# --- connections ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 1000, 1012])
async def test_a_connection_closed_with_a_code(number):
    async with chat() as (twitch, made, read, *_):
        await twitch.close(number)
        await hears(twitch, read)
        assert made.health().notice.params["retries"] == 1


async def test_a_server_that_takes_a_ping_for_inbound_traffic_gets_none_any_more():
    async with FakeTwitch() as twitch:
        twitch.minds_pings = True
        made = source(twitch, bot(twitch), timing=replace(FAST, limits=Limits(ping_s=0.2)))
        async with reading(made) as read:
            await twitch.until(lambda: 4001 in twitch.close_codes)
            await hears(twitch, read)
            await asyncio.sleep(0.8)  # the time of four pings
            assert twitch.close_codes == [4001]


async def test_a_connection_on_which_nothing_could_be_subscribed():
    """4003: Twitch closes what stays unused; the next connection is tried with more and more patience."""
    async with FakeTwitch(unused_s=0.1) as twitch:
        twitch.fail(SUBSCRIBE, 500, times=12, method="POST")
        made = source(twitch, bot(twitch))
        async with reading(made) as read:
            await twitch.until(lambda: 4003 in twitch.close_codes)
            await hears(twitch, read)


async def test_a_peer_that_has_gone_without_a_word():
    """Not even pings are answered: seen within `ping_s` and half of it."""
    timing = replace(FAST, limits=Limits(ping_s=0.2))
    async with chat(timing=timing) as (twitch, _, read, *_):
        twitch.freeze()
        await twitch.until(lambda: twitch.connections >= 2)
        await hears(twitch, read)


async def test_a_server_that_answers_pings_and_says_nothing():
    timing = replace(FAST, limits=Limits(silence_s=1.0))
    async with chat(fake={"keepalive_s": 0.05}, timing=timing) as (twitch, _, read, *_):
        await asyncio.sleep(1.3)
        assert twitch.connections == 1, "keepalives are enough"
        twitch.silence()
        await twitch.until(lambda: twitch.connections >= 2)
        await hears(twitch, read)


async def test_a_server_that_means_to_speak_less_often_than_asked():
    async with chat(fake={"keepalive_s": 30.0}) as (_, made, *_):
        line = next(iter(made._lines.values()))[0]
        assert vars(line._current)["_silence_s"] == Limits().silence_s + 20


async def test_a_welcome_that_never_comes():
    timing = replace(FAST, limits=Limits(open_s=0.2))
    async with FakeTwitch() as twitch:
        twitch.mute_welcome = True
        made = source(twitch, bot(twitch), timing=timing)
        async with reading(made) as read:
            await twitch.until(lambda: twitch.connections >= 2)
            await code(made, "chat.eventsub.unreachable")
            twitch.mute_welcome = False
            await hears(twitch, read)


async def test_twitch_is_away_for_a_while():
    async with chat() as (twitch, made, read, *_):
        await twitch.stop()
        health = await code(made, "chat.eventsub.unreachable")
        assert (health.state, health.notice.fix) == ("broken", "chat.eventsub.unreachable.fix")
        await twitch.start()
        await hears(twitch, read)
        await code(made, "chat.eventsub.partly")


async def test_twitch_is_away_from_the_start():
    async with FakeTwitch() as twitch:
        await twitch.stop()
        made = source(twitch, bot(twitch))
        async with reading(made) as read:
            await code(made, "chat.eventsub.unreachable")
            await twitch.start()
            await hears(twitch, read)


async def test_a_hand_over_to_a_place_that_is_not_there():
    async with chat() as (twitch, _, read, *_):
        await twitch.reconnect(url=f"ws://127.0.0.1:{twitch.port}/ws?reconnect=nonsense")
        number = await twitch.say("Bob", "on the old one")
        await until(lambda: number in read.ids)
        await twitch.until(lambda: 4007 in twitch.close_codes)
        await twitch.until(lambda: len(twitch.sessions) == 1)
        await hears(twitch, read)


async def test_the_old_connection_breaks_during_a_hand_over():
    async with chat() as (twitch, _, read, *_):
        await twitch.reconnect()
        await twitch.drop()
        await hears(twitch, read)
        assert len(twitch.sessions) == 1


async def test_two_hand_overs_in_a_row():
    async with chat() as (twitch, _, read, *_):
        sent = []
        for _ in range(3):
            before = twitch.connections
            await twitch.reconnect()
            sent.append(await twitch.say("Bob", "during"))
            await twitch.until(lambda before=before: twitch.connections == before + 1)
            await until(lambda: len(twitch.sessions) == 1)
        await until(lambda: len(read.rows) == 3)
        assert read.ids == sent


async def test_an_event_that_comes_back_a_second_time_with_the_next_connection():
    async with chat() as (twitch, _, read, *_):
        event = events.message("Bob", "once")
        await twitch.notify("channel.chat.message", event, message_id="m-1")
        await twitch.drop()
        await twitch.ready(*CHAT_TYPES)
        await twitch.notify("channel.chat.message", event, message_id="m-1")
        await hears(twitch, read)
        assert [row.text for row in read.rows] == ["once", "still there"]


# --- subscriptions ----------------------------------------------------------------------------------------------------


async def test_a_subscription_that_goes_without_a_word():
    async with chat() as (twitch, made, read, *_):
        twitch.forget("channel.chat.message")
        await hears(twitch, read)
        assert made.health().notice.params["mended"] == 1
        assert twitch.connections == 1


async def test_a_request_nobody_answers():
    async with FakeTwitch() as twitch:
        twitch.fail(SUBSCRIBE, -1, times=1, method="POST")
        made = source(twitch, bot(twitch), timing=replace(FAST, answer_s=0.3))
        async with reading(made) as read:
            await hears(twitch, read)


async def test_a_429_waits_as_long_as_twitch_says():
    async with FakeTwitch() as twitch:
        twitch.fail(SUBSCRIBE, 429, times=1, method="POST", message="Too Many Requests")
        made = source(twitch, bot(twitch))
        async with reading(made) as read:
            await hears(twitch, read)
        first, second = [each.at for each in twitch.asked(SUBSCRIBE, "POST")][:2]
        assert second - first > 2 * FAST.retry_min_s, "the header named the next full second"


async def test_the_same_account_has_all_its_connections_elsewhere():
    async with FakeTwitch() as twitch:
        twitch.connections_max = 0
        made = source(twitch, bot(twitch))
        async with reading(made) as read:
            health = await code(made, "chat.eventsub.connections")
            assert (health.state, health.notice.fix) == ("broken", "chat.eventsub.connections.fix")
            twitch.connections_max = 3
            await hears(twitch, read)


async def test_more_than_the_account_may_subscribe_to():
    async with FakeTwitch() as twitch:
        twitch.cost_max = -1
        made = source(twitch, bot(twitch))
        async with reading(made):
            assert (await code(made, "chat.eventsub.cost")).state == "broken"


async def test_cost_beside_the_chat_leaves_the_chat():
    async with FakeTwitch() as twitch:
        twitch.cost_max = 0  # subscriptions whose user has signed in cost nothing
        made = source(twitch, bot(twitch))
        async with reading(made) as read:
            await hears(twitch, read)
            assert made.health().state == "ok"
            assert not twitch.live("stream.online")


async def test_it_exists_already():
    async with chat() as (twitch, made, read, *_):
        line = next(iter(made._lines.values()))[0]
        want = next(each for each in line.live if each.type == "channel.chat.message")
        number = line.live.pop(want)
        line._wake.set()
        await until(lambda: line.live.get(want) == number, "the subscription that was there")
        await hears(twitch, read)
        assert len(twitch.live("channel.chat.message")) == 1


async def test_a_session_twitch_does_not_know():
    async with chat() as (twitch, _, read, *_):
        twitch.fail(SUBSCRIBE, 400, method="POST", message="websocket transport session does not exist")
        twitch.forget("channel.chat.message")
        await twitch.until(lambda: twitch.connections == 2)
        await hears(twitch, read)


# --- accounts ---------------------------------------------------------------------------------------------------------


async def test_the_viewer_takes_the_permission_back():
    async with FakeTwitch() as twitch:
        gone = bot(twitch, spare=0)
        made = source(twitch, gone)
        async with reading(made) as read:
            await hears(twitch, read)
            gone.expire()
            await twitch.revoke()
            health = await code(made, "chat.eventsub.signed_out")
            assert (health.state, health.notice.fix) == ("broken", "chat.eventsub.signed_out.fix")
            assert gone.told
            gone.sign_in()
            await hears(twitch, read)
            await code(made, "chat.eventsub.partly")


async def test_a_revocation_with_a_token_that_still_works():
    async with chat() as (twitch, _, read, first, _):
        await twitch.revoke("authorization_revoked", ["channel.chat.message"])
        await hears(twitch, read)
        assert first.refreshes == 0


@pytest.mark.parametrize("status", ["user_removed", "moderator_removed", "version_removed", "chat_user_banned"])
async def test_a_revocation_for_another_reason_is_tried_again_later(status):
    async with chat() as (twitch, made, read, *_):
        await twitch.revoke(status, ["channel.chat.message"])
        health = await code(made, "chat.eventsub.forbidden", "chat.eventsub.version")
        assert health.state == "broken"
        await hears(twitch, read)


async def test_the_broadcaster_signs_out():
    async with chat(owner_=True) as (twitch, made, read, _, second):
        await twitch.ready("channel.follow")
        made._people = (made._people[0], None)
        await twitch.until(lambda: len(twitch.sessions) == 1)
        health = await code(made, "chat.eventsub.partly")
        assert health.notice.fix == "chat.eventsub.owner.fix"
        made._people = (made._people[0], second)
        await twitch.ready("channel.follow")
        await hears(twitch, read)


async def test_a_sign_in_that_never_was_good():
    async with FakeTwitch() as twitch:
        none = bot(twitch)
        none._token = ""
        made = source(twitch, none)
        async with reading(made) as read:
            assert (await code(made, "chat.eventsub.signed_out")).state == "broken"
            none.sign_in()
            await hears(twitch, read)


async def test_a_sign_in_without_the_scope_for_chat():
    async with FakeTwitch() as twitch:
        blind = bot(twitch, "user:write:chat")
        made = source(twitch, blind)
        async with reading(made) as read:
            health = await code(made, "chat.eventsub.no_scope")
            assert health.notice.fix == "chat.eventsub.scope.fix"
            blind.sign_in(*CHAT)
            await hears(twitch, read)


async def test_a_broadcaster_without_some_scopes():
    async with FakeTwitch() as twitch:
        made = source(twitch, bot(twitch), owner(twitch, "moderator:read:followers"))
        async with reading(made):
            await twitch.ready("channel.follow")
            health = await code(made, "chat.eventsub.partly")
            assert health.notice.params["off"] == "redemptions, automod, polls, hype_train, ads"
            assert health.notice.fix == "chat.eventsub.scope.fix"


async def test_a_bot_that_is_banned():
    async with FakeTwitch() as twitch:
        twitch.fail(SUBSCRIBE, 403, times=8, method="POST", message="subscription missing proper authorization")
        made = source(twitch, bot(twitch))
        async with reading(made) as read:
            assert (await code(made, "chat.eventsub.forbidden")).state == "broken"
            await hears(twitch, read)


async def test_the_wrong_client_id_is_a_sign_in_that_does_not_fit():
    async with FakeTwitch() as twitch:
        twitch.client_id = "another"
        made = source(twitch, bot(twitch))
        async with reading(made):
            assert (await code(made, "chat.eventsub.signed_out")).state == "broken"


# --- frames -----------------------------------------------------------------------------------------------------------

GARBAGE = (
    "", "null", "[]", "{", "\x00\x01", '"text"', "[" * 3_000, '{"metadata": null}', '{"metadata": {}, "payload": 3}',
    '{"metadata": {"message_type": "notification"}}',
    '{"metadata": {"message_type": "notification", "subscription_type": "channel.chat.message"}, "payload": {}}',
    '{"metadata": {"message_type": "session_reconnect"}, "payload": {"session": {"reconnect_url": "file:///x"}}}',
    '{"metadata": {"message_type": "revocation"}, "payload": {"subscription": {"id": "who"}}}',
    '{"metadata": {"message_type": "of tomorrow"}, "payload": {}}',
)  # fmt: skip


async def test_frames_nobody_can_read():
    async with chat() as (twitch, made, read, *_):
        for frame in GARBAGE:
            await twitch.raw(frame)
        await twitch.notify("channel.chat.message", {"message_id": "\ud800"} | events.message("Bob", "half \ud83d"))
        await hears(twitch, read)
        assert twitch.connections == 1
        assert made.unread.count == len(GARBAGE)
        assert read.rows[0].text == "half \ufffd"


# --- all together -----------------------------------------------------------------------------------------------------


async def test_twenty_failures_while_people_keep_talking():
    """Nothing Twitch delivered is lost or told twice over 20 drops, closings, hand-overs and failed re-subscriptions.

    What is said while Twitch has no subscription of ours it delivers to nobody, then or later; the fake keeps those in
    `lost`. Over EventSub they cannot be had again, by whatever client: only a second way beside it (reading as a guest)
    has them. So the claim is about `delivered`, and that the time without a subscription stays short.
    """
    chance = random.Random(7)
    async with chat() as (twitch, made, read, *_):
        stop = asyncio.Event()

        async def talk():
            number = 0
            while not stop.is_set():
                await twitch.say("Bob", f"word {number}")
                number += 1
                await asyncio.sleep(0.002)

        talker = asyncio.create_task(talk())
        for number in range(20):
            twitch.duplicates = chance.choice((1, 1, 2))
            twitch.same_id = chance.random() < 0.5
            before = twitch.connections
            match number % 4:
                case 0:
                    await twitch.drop()
                case 1:
                    await twitch.reconnect()
                case 2:
                    twitch.fail(SUBSCRIBE, chance.choice((500, 0)), times=1, method="POST")
                    await twitch.drop()
                case _:
                    await twitch.close(chance.choice((4000, 4005, 4006)))
            await twitch.until(lambda before=before: twitch.connections > before)
            await twitch.ready(*CHAT_TYPES)
            enough = len(twitch.delivered) + 6
            await until(lambda enough=enough: len(twitch.delivered) >= enough, "talk")
        stop.set()
        await talker
        await until(lambda: len(read.rows) >= len(twitch.delivered), "all that was delivered")
        assert sorted(read.ids) == sorted(twitch.delivered)
        assert len(twitch.delivered) >= 120
        assert made.health().notice.params["dropped"] == 0


async def test_an_account_that_misbehaves_does_not_end_the_chat():
    """A token store that fails in a way nobody foresaw is a failure of one try."""

    class Odd(Signed):
        trouble = 0

        async def token(self):
            if self.trouble:
                self.trouble -= 1
                raise RuntimeError("the keyring is locked")
            return await super().token()

    async with FakeTwitch() as twitch:
        odd = Odd(twitch, "mika_bot", CHAT)
        odd.trouble = 2
        made = source(twitch, odd)
        async with reading(made) as read:
            await hears(twitch, read)
            odd.trouble = 3
            await twitch.drop()
            await hears(twitch, read)


async def test_an_account_whose_rights_cannot_be_seen_for_a_moment_does_not_end_the_chat(monkeypatch):
    async with chat() as (twitch, _, read, *_):
        times = 3
        plain = Signed.scopes.fget
        assert plain is not None

        def scopes(self):
            nonlocal times
            times -= 1
            if times >= 0:
                raise OSError
            return plain(self)

        monkeypatch.setattr(Signed, "scopes", property(scopes))
        await until(lambda: times < 0, "looked at again")
        await hears(twitch, read)
