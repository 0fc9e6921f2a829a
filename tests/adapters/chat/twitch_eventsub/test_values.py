"""The parts without sockets: what to subscribe to, what failures mean, pairs of reports, what was seen, health."""

import pytest

from streamer.adapters.chat.twitch_eventsub.heal import Timing, Trouble, backoff_s, kind_of, trouble
from streamer.adapters.chat.twitch_eventsub.health import State, judged
from streamer.adapters.chat.twitch_eventsub.pairs import Pairs
from streamer.adapters.chat.twitch_eventsub.recent import Recent
from streamer.adapters.chat.twitch_eventsub.rows import READERS
from streamer.adapters.chat.twitch_eventsub.wanted import ALERTS, Off, Plan, Who, plan
from streamer.ports import ChatRow, Reward, User
from streamer.texts import LANGUAGES, say, texts
from tests.adapters.chat.twitch_eventsub.signed_in import CHAT, OWNER
from tests.fakes.twitch_helix import PUBLIC, scopes_of

CHANNEL = "1000"
BOT = Who("7", frozenset(CHAT))
FULL = Who(CHANNEL, frozenset(OWNER))


def types(found):
    return {each.type for each in found.wants}


# --- wanted -----------------------------------------------------------------------------------------------------------


def test_all_that_can_be_read_is_wanted_once():
    found = plan(CHANNEL, BOT, FULL, ALERTS)
    assert types(found) == set(READERS)
    assert len(found.wants) == len(READERS)
    assert found.off == ()


def test_every_want_has_a_token_that_may():
    """Against the fake's own table of scopes, which follows the documentation and not this program."""
    for who in (plan(CHANNEL, BOT, FULL, ALERTS), plan(CHANNEL, Who(CHANNEL, BOT.scopes | FULL.scopes), None, ALERTS)):
        for want in who.wants:
            scopes = BOT.scopes | FULL.scopes if len({each.user for each in who.wants}) == 1 else None
            held = scopes or (BOT if want.user == "7" else FULL).scopes
            assert want.type in PUBLIC or held & set(scopes_of(want.type)), want.type
            condition = dict(want.condition)
            assert condition["broadcaster_user_id"] == CHANNEL
            assert condition.get("user_id", want.user) == condition.get("moderator_user_id", want.user) == want.user


def test_two_reports_of_one_thing_are_not_both_wanted():
    twice = {
        "channel.subscribe", "channel.subscription.gift", "channel.subscription.message", "channel.cheer",
        "channel.raid",
    }  # fmt: skip
    assert not types(plan(CHANNEL, BOT, FULL, ALERTS)) & twice


def test_the_chat_comes_first():
    assert plan(CHANNEL, BOT, FULL, ALERTS).wants[0].type == "channel.chat.message"


def test_a_bot_alone():
    found = plan(CHANNEL, BOT, None, ALERTS)
    assert {each.user for each in found.wants} == {"7"}
    assert {each.group for each in found.wants} == {"chat", "stream"}
    assert all(each.no_account and each.role == "broadcaster" for each in found.off)
    assert [each.group for each in found.off] == ["follows", "redemptions", "automod", "polls", "hype_train", "ads"]


def test_a_broadcaster_alone_reads_the_chat_too():
    alone = Who(CHANNEL, frozenset({*CHAT, *OWNER}))
    for found in (plan(CHANNEL, alone, None, ALERTS), plan(CHANNEL, None, alone, ALERTS)):
        assert types(found) == set(READERS)
        assert found.off == ()


def test_one_user_signed_in_as_both_has_the_scopes_of_both():
    found = plan(CHANNEL, Who(CHANNEL, frozenset(CHAT)), Who(CHANNEL, frozenset(OWNER)), ALERTS)
    assert found.off == ()


def test_a_bot_that_moderates_tells_of_follows_and_held_messages():
    found = plan(
        CHANNEL, Who("7", frozenset({*CHAT, "moderator:read:followers", "moderator:manage:automod"})), None, ALERTS
    )
    assert {"channel.follow", "automod.message.hold"} <= types(found)
    assert [dict(each.condition) for each in found.wants if each.type == "channel.follow"] == [
        {"broadcaster_user_id": CHANNEL, "moderator_user_id": "7"}
    ]


def test_somebody_elses_broadcaster_account_owns_nothing_here():
    found = plan(CHANNEL, BOT, Who("8", frozenset({"channel:read:redemptions"})), ["redemptions"])
    assert found.off == (Off("redemptions", "channel:read:redemptions", "broadcaster", no_account=True),)


def test_a_missing_scope_is_named():
    found = plan(CHANNEL, BOT, Who(CHANNEL, FULL.scopes - {"channel:read:ads"}), ALERTS)
    assert found.off == (Off("ads", "channel:read:ads", "broadcaster"),)


def test_nobody_and_nothing():
    assert plan(CHANNEL, None, None, []) == Plan((), (Off("chat", "user:read:chat", "bot", no_account=True),))
    assert plan(CHANNEL, Who(""), None, []).wants == ()
    assert plan(CHANNEL, Who("7"), None, []).off == (Off("chat", "user:read:chat", "bot"),)


# --- heal -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (0, "", "unreachable"),
        (503, "", "unreachable"),
        (400, "websocket transport session does not exist or has already disconnected", "no_session"),
        (400, "invalid subscription type and version", "version"),
        (400, "something", "refused"),
        (401, "Invalid OAuth token", "signed_out"),
        (401, "Missing scope: x", "forbidden"),
        (403, "subscription missing proper authorization", "forbidden"),
        (409, "subscription already exists", "exists"),
        (410, "", "version"),
        (429, "number of websocket transports limit exceeded", "connections"),
        (429, "max_total_cost exceeded", "cost"),
        (429, "Too Many Requests", "rate"),
        (418, "", "refused"),
    ],
)
def test_what_an_answer_means(status, message, kind):
    assert kind_of(status, message) == kind


def test_patience_grows_and_has_an_end():
    timing = Timing()
    pauses = [backoff_s(tries, timing, 0.999) for tries in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] < timing.retry_max_s
    assert backoff_s(0, timing, 0.0) == timing.retry_min_s / 2
    assert timing.retry_max_s + timing.answer_s <= 10, "one failure is over within ten seconds"


def test_the_next_try():
    timing = Timing()
    first = trouble("unreachable", None, 100.0, timing, 0.0)
    assert first == Trouble("unreachable", 1, 100.25)
    assert trouble("unreachable", first, 100.0, timing, 0.0) == Trouble("unreachable", 2, 100.5)
    assert trouble("rate", first, 100.0, timing, 0.0, wait_s=7.0) == Trouble("rate", 1, 107.0)
    assert trouble("forbidden", None, 100.0, timing, 0.0).again_at == 115.0
    assert trouble("connections", None, 100.0, timing, 0.9).again_at == 105.0


# --- pairs ------------------------------------------------------------------------------------------------------------


def bought(number="r-1", text="sing"):
    return ChatRow(
        1.0, "twitch", "redemption", id=number, user=User("9"), text=text, reward=Reward("w", "Song", 5, number)
    )


def said(number="m-1", text="sing"):
    return ChatRow(
        1.0, "twitch", "redemption", id=number, user=User("9", roles=("vip",)), text=text, reward=Reward("w")
    )


def test_two_reports_become_one_whichever_comes_first():
    for first, second in ((bought(), said()), (said(), bought())):
        pairs = Pairs(1.5)
        assert pairs.take(first, 0.0) == []
        (row,) = pairs.take(second, 0.5)
        assert (row.id, row.user.roles, row.reward) == ("m-1", ("vip",), Reward("w", "Song", 5, "r-1"))
        assert pairs.due(9.0) == []
        assert pairs.next_due() is None


def test_a_report_that_stays_alone_goes_out_and_its_late_half_does_not():
    pairs = Pairs(1.5)
    assert pairs.take(bought(), 0.0) == []
    assert pairs.next_due() == 1.5
    assert pairs.due(1.0) == []
    assert [row.id for row in pairs.due(1.5)] == ["r-1"]
    assert pairs.next_due() is None
    assert pairs.take(said(), 2.0) == []
    gone = ChatRow(3.0, "twitch", "delete_message", target="m-1")
    assert [row.target for row in pairs.take(gone, 3.0)] == ["r-1"], "a deletion of the half nobody saw"


def test_a_late_half_is_forgotten_in_the_end():
    pairs = Pairs(1.5, late_s=10.0)
    pairs.take(bought(), 0.0)
    pairs.due(2.0)
    pairs.due(20.0)
    assert pairs.take(said(), 21.0) == []
    assert [row.id for row in pairs.due(30.0)] == ["m-1"]


def test_the_same_reward_twice_in_a_row():
    pairs = Pairs(1.5)
    rows = [pairs.take(row, 0.0) for row in (bought("r-1"), bought("r-2"), said("m-1"), said("m-2"))]
    assert [[(row.id, row.reward.redemption) for row in each] for each in rows] == [
        [], [], [("m-1", "r-1")], [("m-2", "r-2")],
    ]  # fmt: skip


def test_rewards_without_text_and_everything_else_pass():
    pairs = Pairs(1.5)
    for row in (bought(text=""), ChatRow(1.0, "twitch", "message", id="x", user=User("9"), text="hi")):
        assert pairs.take(row, 0.0) == [row]


def test_pairs_are_bounded():
    pairs = Pairs(1.5)
    out = [pairs.take(bought(f"r-{number}"), 0.0) for number in range(300)]
    assert sum(len(each) for each in out) == 44


# --- recent -----------------------------------------------------------------------------------------------------------


def test_seen_again_within_ten_minutes():
    recent = Recent(kept=5_000, kept_s=600)
    assert [recent.again("a", 0.0), recent.again("a", 599.0), recent.again("a", 601.0)] == [False, True, False]
    assert not recent.again("", 0.0)
    assert not recent.again("", 0.0)


def test_seen_is_bounded():
    recent = Recent(kept=5_000)
    for number in range(20_000):
        assert not recent.again(str(number), 0.0)
    assert len(recent) <= 5_001
    assert recent.again("15001", 0.0)


# --- health -----------------------------------------------------------------------------------------------------------


def state(**more):
    found = plan(CHANNEL, BOT, None, [])
    base = {
        "channel": "mika", "reading": True, "closed": False, "no_channel": False, "signed_out": False,
        "wants": found.wants, "off": (), "live": frozenset(), "troubles": {}, "was_live": False, "failed": 0,
        "tries": 0, "retries": 0, "mended": 0, "bad": 0, "dropped": 0, "twice": 0, "last_event_s": -1.0,
    }  # fmt: skip
    return State(**(base | more))


ALL_LIVE = frozenset(plan(CHANNEL, BOT, None, []).wants)


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        (state(reading=False), "off", "chat.off"),
        (state(closed=True), "off", "chat.closed"),
        (state(), "starting", "chat.connecting"),
        (state(was_live=True), "degraded", "chat.reconnecting"),
        (state(failed=9), "broken", "chat.eventsub.unreachable"),
        (state(no_channel=True), "broken", "chat.no_such_channel"),
        (state(signed_out=True), "broken", "chat.eventsub.signed_out"),
        (state(wants=(), off=(Off("chat", "user:read:chat", "bot"),)), "broken", "chat.eventsub.no_scope"),
        (state(wants=(), off=(Off("chat", "", "bot", no_account=True),)), "broken", "chat.eventsub.signed_out"),
        (state(live=ALL_LIVE), "ok", "chat.ok"),
        (state(live=ALL_LIVE, bad=2), "ok", "chat.malformed"),
        (state(live=ALL_LIVE, off=(Off("ads", "channel:read:ads", "broadcaster"),)), "ok", "chat.eventsub.partly"),
    ],
)
def test_how_it_is(given, kind, code):
    found = judged("chat.twitch", given)
    assert (found.state, found.notice.code) == (kind, code)
    assert {"wanted", "live", "bad", "dropped", "retries", "last_event_s"} <= set(found.notice.params)
    for language in LANGUAGES:
        words = say(found.notice, language)
        assert found.notice.code in texts(language)
        assert not found.notice.fix or found.notice.fix in texts(language)
        assert "{" not in words
