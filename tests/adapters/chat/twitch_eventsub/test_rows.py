"""Every documented event as a row; then every documented event with something missing or wrong."""

import random
import time
from contextlib import ExitStack, contextmanager

import msgspec
import pytest

from streamer.adapters.chat.twitch_eventsub.reading import Malformed
from streamer.adapters.chat.twitch_eventsub.rows import READERS, Rows
from streamer.core.events import Money
from streamer.ports import Badge, ChatRow, Choice, Detail, Reward
from tests.fakes import twitch_events as events

STAMP = "2026-11-20T18:00:00.123456789Z"


def read(type_, event, *, rows=None, at=3.0, message_id="n-1", stamp=STAMP):
    metadata = {"subscription_type": type_, "message_id": message_id, "message_timestamp": stamp}
    return (rows or Rows()).decode(metadata, {"event": event}, at)


def said(event):
    return read("channel.chat.message", event)


def noted(event):
    return read("channel.chat.notification", event)


def test_every_documented_kind_is_read():
    found = {type_: read(type_, event) for type_, _, event in events.every_kind()}
    assert set(found) == set(READERS)
    assert [type_ for type_, row in found.items() if row is None] == []


def test_a_message():
    row = said(
        events.message(
            "Bob", "hello", badges=(events.badge("moderator"), events.badge("subscriber", "12", "14")), color="#FF0000"
        )
    )
    assert (row.kind, row.platform, row.source, row.channel) == ("message", "twitch", "eventsub", "mika_live")
    assert (row.text, row.user.id, row.user.login, row.user.name) == ("hello", "id-bob", "bob", "Bob")
    assert row.user.roles == ("moderator", "subscriber")
    assert row.user.badges == (Badge("moderator", "1"), Badge("subscriber", "12", "14"))
    assert (row.user.months, row.user.color) == (14, "#FF0000")
    assert (row.guest, row.action, row.first, row.highlighted, row.bits, row.reply_to) == (False,) * 4 + (0, "")


def test_pieces_and_places_of_emotes():
    row = said(
        events.message(
            "Bob", "", events.text_piece("🎉 "), events.emote_piece("Kappa", "25"), events.text_piece(" hi "),
            events.mention_piece("Ann"),
        )
    )  # fmt: skip
    assert row.text == "🎉 Kappa hi @Ann"
    assert row.emotes == ((2, 7, "25"),)
    assert [piece.type for piece in row.fragments] == ["text", "emote", "text", "mention"]
    assert row.fragments[1].url == "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/2.0"
    assert row.fragments[3].user == "id-ann"


def test_a_gif_and_an_emote_with_an_odd_id():
    gif = events.text_piece("[gif]") | {"type": "gif", "gif": {"id": "g", "url": "javascript:alert(1)"}}
    row = said(events.message("Bob", "", gif, events.emote_piece("x", "../../etc")))
    assert [(piece.type, piece.url) for piece in row.fragments] == [("gif", ""), ("emote", "")]


def test_pieces_that_say_something_else_than_the_text_are_left_out():
    event = events.message("Bob", "", events.emote_piece("Kappa"))
    event["message"]["text"] = "other words"
    row = said(event)
    assert (row.text, row.emotes, row.fragments) == ("other words", (), ())


def test_a_cheer():
    row = said(events.message("Bob", "", events.cheer_piece("Cheer", 100), cheer={"bits": 100}))
    assert (row.kind, row.bits, row.text) == ("cheer", 100, "Cheer100")
    assert (row.fragments[0].type, row.fragments[0].bits) == ("cheermote", 100)


def test_a_reply():
    row = said(events.message("Bob", "yes", reply=events.reply_to("m-1", "Ann", "really?")))
    assert (row.reply_to, row.reply_name, row.text) == ("m-1", "Ann", "yes")


def test_kinds_of_messages():
    assert said(events.message("Bob", "x", message_type="channel_points_highlighted")).highlighted
    assert said(events.message("Bob", "x", message_type="user_intro")).first
    assert said(events.message("Bob", "x", message_type="power_ups_gigantified_emote")).kind == "message"
    row = said(events.message("Bob", "\x01ACTION waves\x01"))
    assert (row.text, row.action) == ("waves", True)
    row = said(events.message("Bob", "x", channel_points_custom_reward_id="r-1"))
    assert (row.kind, row.reward) == ("redemption", Reward("r-1"))


def test_a_partners_room():
    row = said(events.message("Pat", "hi", **events.shared("Partner", "m-9")))
    assert (row.guest, row.shared_from) == (True, "partner")
    own = said(events.message("Pat", "hi", **events.shared("Mika_Live", "m-9")))
    assert (own.guest, own.shared_from) == (False, "")


def test_a_partners_moderator_is_none_of_ours():
    event = events.message("Pat", "!stop", **events.shared("Partner", "m-9"))
    event["source_badges"] = [events.badge("moderator"), events.badge("broadcaster")]
    assert said(event).user.roles == ()


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (events.sub("Ann"), {"kind": "member_new", "count": 1, "tier": "1000"}),
        (events.sub("Ann", prime=True), {"kind": "member_new", "tier": "prime"}),
        (events.resub("Ann", 7, "seven!", "3000"), {"kind": "resub", "count": 7, "text": "seven!", "tier": "3000"}),
        (events.gift_storm("Zoe", 5, "c-1"), {"kind": "gift_batch", "count": 5, "batch": "c-1"}),
        (events.raid("Eve", 33), {"kind": "raid", "count": 33}),
        (events.notice("Eve", "raid", {"profile_image_url": "data:x"}), {"kind": "raid", "count": 0}),
        (events.notice("Ann", "prime_paid_upgrade", {"sub_tier": "2000"}), {"kind": "resub", "tier": "2000"}),
        (events.notice("Ann", "gift_paid_upgrade", {}), {"kind": "resub"}),
        (events.notice("Ann", "pay_it_forward", {}), {"kind": "milestone", "detail": Detail("pay_it_forward")}),
        (events.notice("Mod", "announcement", {"color": "BLUE"}, "be nice"), {"kind": "message", "text": "be nice"}),
        (events.notice("Ann", "bits_badge_tier", {"tier": 5000}), {"kind": "milestone", "count": 5000}),
        (events.notice("Ann", "watch_streak", {"streak_count": 5}), {"kind": "milestone", "count": 5}),
        (events.notice("Ann", "new_thing", {"x": 1}, "look"), {"kind": "message", "text": "look"}),
        (events.notice("Ann", "shared_chat_raid", {"viewer_count": 9}), {"kind": "raid", "count": 9, "guest": True}),
    ],
)  # fmt: skip
def test_notices(event, fields):
    row = noted(event)
    assert {name: getattr(row, name) for name in fields} == fields
    assert row.id == event["message_id"]
    assert row.user.login == event["chatter_user_login"]


def test_a_gift_of_a_storm_is_the_recipients_row():
    row = noted(events.sub_gift("Zoe", "Ann", "c-1"))
    assert (row.kind, row.user.login, row.recipient.login, row.batch) == ("gift_received", "ann", "ann", "c-1")


def test_a_single_gift_is_a_batch_of_one():
    row = noted(events.sub_gift("Zoe", "Ann"))
    assert (row.kind, row.user.login, row.recipient.login, row.target) == ("gift_batch", "zoe", "ann", "id-ann")


def test_who_raids_has_a_picture():
    assert noted(events.raid("Eve", 33)).user.avatar == "https://example.invalid/eve.png"
    assert noted(events.notice("Eve", "raid", {"profile_image_url": "data:x"})).user.avatar == ""


def test_an_anonymous_gift():
    event = events.gift_storm("AnAnonymousGifter", 5, "c-1") | {"chatter_is_anonymous": True}
    assert noted(event).user.anonymous


def test_money_of_a_charity():
    for value, digits, micros in ((500, 2, 5_000_000), (3, 0, 3_000_000), (1, 9, 1)):
        detail = {"charity_name": "Trees", "amount": {"value": value, "decimal_place": digits, "currency": "EUR"}}
        row = noted(events.notice("Ann", "charity_donation", detail))
        assert (row.kind, row.amount, row.detail.title) == ("milestone", Money(micros, "EUR"), "Trees")


def test_an_unraid_says_nothing():
    assert noted(events.notice("Eve", "unraid", {})) is None


def test_removals():
    where = events.here()
    row = read("channel.chat.message_delete", where | {"message_id": "m-1"})
    assert (row.kind, row.target) == ("delete_message", "m-1")
    row = read("channel.chat.clear_user_messages", where | events.person("target_", "Bob"))
    assert (row.kind, row.target, row.duration_s) == ("clear_user", "id-bob", 0.0)
    assert read("channel.chat.clear", where).kind == "clear_chat"
    assert read("channel.ban", events.ban("Bob", 600)).duration_s == 600
    row = read("channel.ban", events.ban("Bob"))
    assert (row.kind, row.target, row.duration_s) == ("clear_user", "id-bob", 0.0)


def test_beside_the_chat():
    row = read("channel.follow", events.follow("Ann"))
    assert (row.kind, row.id, row.user.name) == ("follow", "follow-id-ann", "Ann")
    event = events.redemption("Ann", "Sing", "a song", cost=500)
    row = read("channel.channel_points_custom_reward_redemption.add", event)
    assert (row.kind, row.text, row.reward) == ("redemption", "a song", Reward("reward-1", "Sing", 500, event["id"]))
    assert read("channel.bits.use", events.bits_use("Bob", 50, "cheer", "Cheer50")) is None
    row = read("channel.bits.use", events.bits_use("Bob", 50))
    assert (row.kind, row.bits, row.text, row.id, row.detail.title) == ("cheer", 50, "", "n-1", "celebration")
    row = read("automod.message.hold", events.held("Bob", "rude", "m-1"))
    assert (row.kind, row.id, row.text, row.detail.title) == ("held", "m-1", "rude", "aggressive")
    row = read("automod.message.update", events.held_resolved("Bob", "rude", "m-1", "Denied"))
    assert (row.kind, row.target, row.text, row.detail.title) == ("held_resolved", "m-1", "", "denied")


def test_polls_predictions_trains_goals_ads():
    row = read("channel.poll.progress", events.poll(votes=(3, 1)))
    assert row.detail == Detail("Another round?", (Choice("Yes", 3), Choice("No", 1)), total=4, ends_in_s=180.0)
    assert read("channel.poll.end", events.poll(votes=(3, 1), ended_at=events.ENDS)).detail.ends_in_s == 0
    row = read("channel.prediction.lock", events.prediction(users=(2, 1), locked_at=events.ENDS))
    assert (row.kind, row.detail.choices, row.detail.total) == (
        "poll_progress",
        (Choice("Win", 2), Choice("Lose", 1)),
        300,
    )
    row = read("channel.hype_train.progress", events.hype_train(level=3, total=9, goal=10))
    assert (row.kind, row.count, row.detail.level, row.detail.total) == ("hype_train_progress", 3, 3, 9)
    assert read("channel.ad_break.begin", events.ad_break(90)).duration_s == 90
    for told, seconds in (("60", 60), ("long", 0), ("9" * 400, 0), (None, 0)):
        assert read("channel.ad_break.begin", {**events.ad_break(1), "duration_seconds": told}).duration_s == seconds
    row = read("channel.goal.end", events.goal(100))
    assert (row.kind, row.detail.total, row.detail.goal, row.detail.title) == ("goal", 100, 100, "A hundred!")
    assert [read(f"channel.shield_mode.{when}", events.shield()).count for when in ("begin", "end")] == [1, 0]


def test_settings():
    row = read("channel.chat_settings.update", events.chat_settings(slow_mode=True, slow_mode_wait_time_seconds=30))
    assert row.text == "emote-only=0 followers-only=-1 r9k=0 slow=30 subs-only=0"
    on = events.chat_settings(follower_mode=True, follower_mode_duration_minutes=None)
    assert "followers-only=0" in read("channel.chat_settings.update", on).text
    row = read("channel.update", events.channel_update("New game", "Chess"))
    assert (row.kind, row.text, row.detail.title) == ("settings", "category=Chess", "New game")


# --- times ------------------------------------------------------------------------------------------------------------


def test_times_are_the_platforms_and_never_later_than_the_arrival():
    rows = Rows()

    def at(second, arrived):
        stamp = f"2026-11-20T18:00:{second:02d}.5Z"
        return read("channel.chat.message", events.message("Bob", "x"), rows=rows, at=arrived, stamp=stamp).at

    assert at(10, 5.0) == 5.0
    assert at(11, 9.0) == pytest.approx(6.0)
    assert at(12, 6.5) == pytest.approx(6.5)
    assert at(11, 7.0) == pytest.approx(5.5)
    assert at(0, 100.0) == 100.0, "late beyond belief: the clock was set"


@pytest.mark.parametrize("stamp", ["", "yesterday", None, 5, "2026-11-20T18:00:00", "9" * 99, "9999-99-99T00:00:00Z"])
def test_odd_stamps_are_the_arrival(stamp):
    assert read("channel.chat.message", events.message("Bob", "x"), stamp=stamp).at == 3.0


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "event"),
    [
        ("channel.chat.message", {}),
        ("channel.chat.message", None),
        ("channel.chat.message", []),
        ("channel.of.tomorrow", {"x": 1}),
        ("", {}),
        ("channel.chat.notification", {"notice_type": "sub"}),
        ("channel.chat.notification", events.notice("Ann", "new_thing", None)),
        ("channel.follow", {"user_login": "ann"}),
        ("channel.chat.message", events.message("Bob", "x") | {"chatter_user_id": {"a": 1}}),
    ],
)
def test_what_cannot_be_read(type_, event):
    with pytest.raises(Malformed) as wrong:
        read(type_, event)
    assert "ann" not in str(wrong.value)


WRONG = (
    None, True, False, 0, -1, 3.5, float("nan"), float("inf"), 2**70, "", "x", "\ud800", "9" * 500, [],
    [None, 3, "x"], {}, {"id": None}, [{}], [[]],
)  # fmt: skip


def places(value, path=()):
    """Every key and index of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


@contextmanager
def damaged(event, path, value):
    """The event with another value there, or without it (KeyError), for a while."""
    inner = event
    for key in path[:-1]:
        inner = inner[key]
    before = inner[path[-1]]
    if value is not KeyError:
        inner[path[-1]] = value
    elif isinstance(inner, dict):
        del inner[path[-1]]
    yield
    inner[path[-1]] = before


def check(type_, event):
    """Whatever came: a row that can be written down, nothing, or Malformed, and nothing else."""
    try:
        row = read(type_, event)
    except Malformed:
        return
    if row is not None:
        back = msgspec.json.decode(msgspec.json.encode(row), type=ChatRow)
        assert back.kind == row.kind
        assert (row.bits, row.count) >= (0, 0)
        assert row.duration_s >= 0
        for start, end, _ in row.emotes:
            assert 0 <= start < end <= len(row.text)


@pytest.mark.parametrize(("type_", "event"), [(type_, event) for type_, _, event in events.every_kind()])
def test_one_key_is_missing_or_wrong(type_, event):
    for path in list(places(event)):
        for value in (KeyError, *WRONG):
            with damaged(event, path, value):
                check(type_, event)


def test_many_keys_are_missing_or_wrong():
    chance = random.Random(4)
    kinds = [(type_, event, list(places(event))) for type_, _, event in events.every_kind()]
    for _ in range(3_000):
        type_, event, paths = chance.choice(kinds)
        outer = [path for path in chance.sample(paths, min(6, len(paths))) if len(path) == 1 or chance.random() < 0.5]
        with ExitStack() as stack:
            for path in sorted(outer, key=len, reverse=True):  # the inner ones first: they go with the outer ones
                stack.enter_context(damaged(event, path, chance.choice((KeyError, *WRONG))))
            check(type_, event)


def test_optional_keys_may_all_be_missing():
    row = said({"message_id": "m", "chatter_user_id": "7", "message": {"text": "bare"}})
    assert (row.text, row.user.id, row.user.name) == ("bare", "7", "")


def test_quick_enough():
    rows, event = Rows(), events.message("Bob", "", events.emote_piece("Kappa"), events.text_piece(" hello there"))
    began = time.perf_counter()
    for _ in range(4_000):
        read("channel.chat.message", event, rows=rows)
    per_s = 4_000 / (time.perf_counter() - began)
    print(f"{per_s:.0f} messages a second")
    assert per_s > 2_000
