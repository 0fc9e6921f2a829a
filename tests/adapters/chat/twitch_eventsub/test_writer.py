"""Writing and moderating through the real TwitchIO: what Twitch answers, in the words of the port."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from streamer.ports import ChatRates, Misconfigured, Refused, Unavailable
from tests.adapters.chat.contract import until
from tests.adapters.chat.twitch_eventsub.signed_in import CHAT, FAST, MODERATES, bot, owner, reading, source
from tests.fakes.twitch_api import FakeTwitch

ALL = (*CHAT, *MODERATES)


@asynccontextmanager
async def writing(*scopes, owner_scopes=(), mod=True, timing=FAST):
    async with FakeTwitch() as twitch:
        first = bot(twitch, *(scopes or ALL))
        if mod:
            twitch.mods.add(first.user_id)
        made = source(twitch, first, owner(twitch, *owner_scopes) if owner_scopes else None, timing=timing)
        async with reading(made) as read:
            await until(lambda: bool(made._channel_id) and made.writer is not None, "the writer")
            yield twitch, made.writer, read, first


async def test_a_message_and_a_reply():
    async with writing() as (twitch, writer, read, first):
        await twitch.ready()
        number = await writer.send("hello")
        answer = await writer.send("to you", reply_to=number)
        assert [body["message"] for body in twitch.sent] == ["hello", "to you"]
        assert twitch.sent[1]["reply_parent_message_id"] == number
        assert writer.own == first.user_id
        await until(lambda: answer in read.ids)
        assert read.rows[0].user.id == writer.own, "own messages come back; whoever reads drops them by `own`"


async def test_moderation():
    async with writing() as (twitch, writer, *_):
        await writer.delete("m-1")
        await writer.timeout("id-bob", 60, "calm down")
        await writer.ban("id-eve")
        await writer.ban("id-eve")  # banned already is as good
        await writer.timeout("id-zoe", 10**9)
        assert twitch.deleted == ["m-1"]
        assert twitch.bans == [
            {"user_id": "id-bob", "duration": 60, "reason": "calm down"}, {"user_id": "id-eve"},
            {"user_id": "id-zoe", "duration": 1_209_600},
        ]  # fmt: skip


async def test_the_owner_moderates_where_the_bot_may_not():
    async with writing(*CHAT, owner_scopes=MODERATES, mod=False) as (twitch, writer, *_):
        assert writer.acts == {"send", "reply", "delete", "timeout", "ban"}
        await writer.ban("id-eve")
        assert twitch.asked("moderation/bans")[0].query["moderator_id"] == "1000"


@pytest.mark.parametrize(
    ("scopes", "acts"),
    [
        (("user:read:chat",), None),
        (CHAT, {"send", "reply"}),
        (("user:read:chat", MODERATES[0]), {"delete"}),
        (ALL, {"send", "reply", "delete", "timeout", "ban"}),
    ],
)
async def test_acts_are_what_the_scopes_allow(scopes, acts):
    async with FakeTwitch() as twitch:
        made = source(twitch, bot(twitch, *scopes))
        assert made.writer is None
        async with reading(made):
            await twitch.ready()
            assert (made.writer.acts if made.writer else None) == acts


@pytest.mark.parametrize(
    ("drop", "ours"),
    [
        ("msg_duplicate", "duplicate"),
        ("msg_rejected", "automod"),
        ("msg_rejected_mandatory", "automod"),
        ("automod_held", "automod"),
        ("msg_banned", "banned"),
        ("msg_timedout", "banned"),
        ("msg_slowmode", "not_allowed"),
        ("msg_followersonly", "not_allowed"),
        ("channel_settings", "not_allowed"),
        ("of_tomorrow", "other"),
    ],
)
async def test_a_message_that_was_taken_and_not_shown(drop, ours):
    async with writing() as (twitch, writer, *_):
        twitch.drop_next = drop
        with pytest.raises(Refused) as refused:
            await writer.send("x")
        assert refused.value.code == ours
        assert refused.value.reason


async def test_a_rate_limited_message_may_be_sent_later():
    async with writing() as (twitch, writer, *_):
        twitch.drop_next = "msg_ratelimit"
        with pytest.raises(Unavailable) as away:
            await writer.send("x")
        assert away.value.retry_after_s == 30


@pytest.mark.parametrize(
    ("status", "message", "error", "ours"),
    [
        (400, "The message is bad", Refused, "other"),
        (400, "The message is too long", Refused, "too_long"),
        (422, "too large", Refused, "too_long"),
        (403, "not permitted", Refused, "banned"),
        (404, "not found", Refused, "gone"),
        (401, "Missing scope: user:write:chat", Misconfigured, "chat.eventsub.scope.fix"),
        (409, "conflict", Unavailable, ""),
        (429, "Too Many Requests", Unavailable, ""),
        (500, "oops", Unavailable, ""),
    ],
)
async def test_answers_to_sending(status, message, error, ours):
    async with writing() as (twitch, writer, *_):
        twitch.fail("chat/messages", status, message=message)
        with pytest.raises(error) as wrong:
            await writer.send("x")
        assert getattr(wrong.value, "code", getattr(wrong.value, "fix", "")) == ours


@pytest.mark.parametrize(
    ("status", "message", "error", "ours"),
    [
        (400, "may not be banned", Refused, "not_allowed"),
        (403, "not a moderator", Refused, "not_allowed"),
        (404, "not found", Refused, "gone"),
        (401, "Missing scope", Misconfigured, "chat.eventsub.scope.fix"),
        (409, "another moderator", Unavailable, ""),
        (429, "slow down", Unavailable, ""),
        (502, "", Unavailable, ""),
    ],
)
async def test_answers_to_moderating(status, message, error, ours):
    async with writing() as (twitch, writer, *_):
        twitch.fail("moderation", status, times=2, message=message)
        for act in (writer.delete("m"), writer.ban("id-bob")):
            with pytest.raises(error) as wrong:
                await act
            assert getattr(wrong.value, "code", getattr(wrong.value, "fix", "")) == ours


async def test_an_expired_token_is_renewed_and_the_message_sent_once():
    async with writing() as (twitch, writer, _, first):
        first.expire()
        await writer.send("hello")
        assert (first.refreshes, len(twitch.sent)) == (1, 1)


async def test_signed_out():
    async with writing() as (_, writer, __, first):
        first.spare = 0
        first.expire()
        with pytest.raises(Misconfigured) as wrong:
            await writer.send("hello")
        assert wrong.value.fix == "chat.eventsub.signed_out.fix"


async def test_without_the_scope_nothing_is_asked():
    async with writing(*CHAT) as (twitch, writer, *_):
        for act in (writer.delete("m"), writer.ban("id-bob"), writer.timeout("id-bob", 5)):
            with pytest.raises(Misconfigured) as wrong:
                await act
            assert wrong.value.fix == "chat.eventsub.scope.fix"
        assert not twitch.asked("moderation")


async def test_an_answer_that_was_lost_after_the_message_was_sent():
    """Nobody should say it twice: the message stands in the chat, so its id is the answer."""
    async with writing(timing=replace(FAST, answer_s=0.5)) as (twitch, writer, *_):
        await twitch.ready()
        known = asyncio.create_task(writer.send("hello"))
        twitch.fail("chat/messages", -1)
        await until(lambda: bool(twitch.asked("chat/messages")))
        number = await twitch.say("mika_bot", "hello")  # as at Twitch, which did send it
        assert await known == number


async def test_no_answer_and_no_message():
    async with writing(timing=replace(FAST, echo_s=0.1)) as (twitch, writer, *_):
        await twitch.ready()
        await writer.send("hello")
        twitch.fail("chat/messages", 0)
        with pytest.raises(Unavailable):
            await writer.send("hello")


# --- how fast ---------------------------------------------------------------------------------------------------------

FAST_RATES = ChatRates(count=100, window_s=30.0, gap_s=0.0, same_s=0.0)


async def test_a_stranger_is_slow_until_his_badge_says_otherwise():
    async with writing() as (twitch, writer, read, _):
        await twitch.ready()
        assert writer.rates == ChatRates()
        await writer.send("hello")
        await until(lambda: bool(read.rows))
        assert writer.rates == FAST_RATES
        twitch.mods.clear()
        await writer.send("again")
        await until(lambda: len(read.rows) == 2)
        assert writer.rates == ChatRates()


async def test_the_channels_owner_is_fast():
    async with FakeTwitch() as twitch:
        made = source(twitch, owner(twitch, *ALL))
        async with reading(made):
            await twitch.ready()
            assert made.writer.rates == FAST_RATES


async def test_a_moderator_who_may_ask_knows_at_once():
    async with writing(*ALL, "user:read:moderated_channels") as (_, writer, *__):
        await until(lambda: writer.rates == FAST_RATES)


async def test_the_owner_may_tell_about_his_moderators():
    async with writing(owner_scopes=("moderation:read",)) as (_, writer, *__):
        await until(lambda: writer.rates == FAST_RATES)
