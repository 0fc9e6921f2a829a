"""What the actions of YouTube's live chat page tell."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.adapters.chat.common.youtube_actions import Actions, Malformed
from streamer.core.events import Money
from streamer.ports import Badge, ChatRow, Choice, Detail, Fragment
from tests.fakes import youtube_items as make
from tests.fakes.youtube_items import channel_of


def read(*actions: Any) -> list[ChatRow]:
    reader = Actions()
    return [told.row for action in actions for told in reader.read(action)]


def one(action: Any) -> ChatRow:
    [row] = read(action)
    return row


def test_a_message_in_pieces():
    link = {
        "text": "https://example.com/a-ve...",
        "navigationEndpoint": {
            "urlEndpoint": {
                "url": "https://www.youtube.com/redirect?event=live_chat&q=https%3A%2F%2Fexample.com%2Fa-very-long-way"
            }
        },
    }
    mention = {"text": "@mika", "navigationEndpoint": {"browseEndpoint": {"browseId": "UCx"}}}
    words = make.runs(
        "so ", {"text": "good", "bold": True}, make.emoji("🎉"), make.emote("wave"), " ", mention, " see ", link
    )
    row = one(make.message("m1", "bob", words))
    assert row.text == "so good🎉:wave: @mika see https://example.com/a-very-long-way"
    assert row.fragments == (
        Fragment("text", "so good"), Fragment("emoji", "🎉"),
        Fragment("emote", ":wave:", id=f"{make.MIKA}/wave", url="https://yt3.ggpht.com/emote=w48"),
        Fragment("text", " "), Fragment("mention", "@mika", user="UCx"),
        Fragment("text", " see https://example.com/a-very-long-way"),
    )  # fmt: skip
    assert row.emotes == ((8, 14, f"{make.MIKA}/wave"),)
    assert (row.platform, row.source, row.id) == ("youtube", "innertube", "m1")


@pytest.mark.parametrize(
    "url",
    [
        "http://yt3.ggpht.com/x", "https://evil.example/yt3.ggpht.com", "https://yt3.ggpht.com.evil.example/x",
        "https://yt3.ggpht.com:8443/x", "https://a@yt3.ggpht.com/x", "javascript:alert(1)", "https://[", "", "x" * 600,
    ],
)  # fmt: skip
def test_pictures_of_other_hosts_are_left_out(url):
    assert one(make.message("m1", "bob", make.runs(make.emote("wave", url)))).fragments[0].url == ""


def test_roles_badges_and_months():
    badges = (make.badge("MODERATOR"), make.badge(tooltip="Member (1 year)"), make.badge("VERIFIED"), make.badge("NEW"))
    row = one(make.message("m1", "bob", "hi", *badges))
    assert row.user is not None
    assert row.user.roles == ("moderator", "member", "verified")
    assert row.user.badges == (Badge("moderator"), Badge("member", info="12"), Badge("verified"))
    assert (row.user.months, row.user.avatar, row.user.id) == (12, make.THUMB, channel_of("bob"))
    assert (row.user.login, row.user.name) == ("@bob", "bob")
    owner = one(make.message("m2", "mika", "hi", make.badge("OWNER"), make.badge(tooltip="New member")))
    assert owner.user is not None
    assert (owner.user.roles, owner.user.months) == (("broadcaster", "member"), 0)


def test_money():
    row = one(make.superchat("s1", "bob", "CHF 10.00", "sing!"))
    assert (row.kind, row.amount, row.text) == ("superchat", Money(10_000_000, "CHF"), "sing!")
    assert one(make.superchat("s2", "bob", "???")).amount is None
    row = one(make.sticker("s3", "bob", "5,00\u00a0€", "Cat waving"))
    assert (row.kind, row.amount, row.text) == ("sticker", Money(5_000_000, "EUR"), "Cat waving")
    assert row.fragments == ()


def test_a_paid_message_in_the_ticker_is_the_same_one():
    assert read(make.ticker("s1", "bob", "$5.00", "sing!")) == []


def test_a_new_member_and_a_milestone():
    row = one(make.member("n1", "bob", "Level 2"))
    assert (row.kind, row.tier, row.text, row.count) == ("member_new", "Level 2", "", 0)
    row = one(make.milestone("n2", "bob", 17, "love it", "Level 2"))
    assert (row.kind, row.tier, row.text, row.count) == ("milestone", "Level 2", "love it", 17)
    assert row.user is not None
    assert row.user.months == 17


def test_gifts_belong_to_their_batch():
    batch, first, second, stray = read(
        make.gift("g1", "giver", 5), make.gifted("r1", "ann", "giver"), make.gifted("r2", "ben", "giver"),
        make.gifted("r3", "cat", "somebody"),
    )  # fmt: skip
    assert (batch.kind, batch.count, batch.id) == ("gift_batch", 5, "g1")
    assert batch.user is not None
    assert (batch.user.id, batch.user.name) == (channel_of("giver"), "giver")
    assert [(row.kind, row.batch, row.count) for row in (first, second)] == [("gift_received", "g1", 1)] * 2
    assert first.recipient is not None
    assert first.recipient.id == channel_of("ann")
    assert stray.batch == ""


@pytest.mark.parametrize("gone", [False, True])
def test_what_takes_back(gone):
    rows = read(make.deleted("m1", gone=gone), make.banned("bob", gone=gone))
    assert [(row.kind, row.target) for row in rows] == [("delete_message", "m1"), ("clear_user", channel_of("bob"))]


def test_a_held_message():
    rows = read(make.placeholder("m1"), make.approved("m1", "bob", "hello"), make.placeholder("m2"), make.denied("m2"))
    assert [(row.kind, row.target, row.text) for row in rows] == [
        ("replace_message", "m1", "hello"), ("delete_message", "m2", ""),
    ]  # fmt: skip
    assert rows[0].user is not None


def test_a_raid_that_comes_and_one_that_goes():
    rows = read(make.raid("b1", "ann"), make.raid("b2", "ben", away=True))
    assert [(row.kind, row.id, row.user.name if row.user else "") for row in rows] == [("raid", "b1", "ann")]


def test_pins_and_what_is_only_shown():
    assert read(
        make.pinned("m1", "bob", "read this"), {"removeBannerForLiveChatCommand": {"targetActionId": "x"}},
        {"liveChatReportModerationStateCommand": {}, "clickTrackingParams": "x"},
        make.add("liveChatViewerEngagementMessageRenderer", {"id": "x", "message": make.runs("Welcome!")}),
        make.message("m2", "bob", "  "),
    ) == []  # fmt: skip


def test_a_poll():
    rows = read(
        make.poll_opened("panel", make.poll("p1", "Tea?", {"yes": 0.0, "no": 0.0})),
        make.poll_counted(make.poll("p1", "Tea?", {"yes": 0.75, "no": 0.25}, 1_200)),
        make.poll_closed("other"), make.poll_closed("panel"), make.poll_closed("panel"),
    )  # fmt: skip
    assert [row.kind for row in rows] == ["poll_begin", "poll_progress", "poll_end"]
    assert rows[0].detail == Detail(title="Tea?", choices=(Choice("yes"), Choice("no")))
    assert rows[2].detail == Detail(title="Tea?", choices=(Choice("yes", 900), Choice("no", 300)), total=1_200)


def test_a_mode_of_the_room():
    row = one(make.mode("x1", "Slow mode is on", "Send a message every 5 seconds"))
    assert (row.kind, row.text) == ("settings", "Slow mode is on Send a message every 5 seconds")


def test_a_very_long_message_is_cut():
    assert len(one(make.message("m1", "bob", make.runs("x" * 3_000, "y" * 3_000))).text) == 4_000


NAMES = ["addChatItemAction", "replaceChatItemAction", "markChatItemAsDeletedAction", "addBannerToLiveChatCommand",
         "showLiveChatActionPanelAction", "updateLiveChatPollAction", "item", "replacementItem", "targetItemId", "runs",
         "liveChatTextMessageRenderer", "liveChatPaidMessageRenderer", "liveChatMembershipItemRenderer", "message",
         "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer", "authorName", "authorBadges", "emoji", "text", "id",
         "timestampUsec", "bannerRenderer", "liveChatBannerRenderer", "contents", "liveChatBannerRedirectRenderer",
         "bannerMessage", "panelToShow", "liveChatActionPanelRenderer", "pollRenderer", "choices", "thumbnails", "url",
         "authorPhoto", "authorExternalChannelId", "headerPrimaryText", "headerSubtext"]  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=25,
)


@given(ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING, min_size=1, max_size=3))
def test_anything_is_read_or_malformed(action):
    rows: list[ChatRow] = []
    with suppress(Malformed):
        rows = read(action)
    assert all(row.platform == "youtube" for row in rows)


FULL = [
    make.message("m1", "bob", make.runs("a", make.emote("w")), make.badge("OWNER"), make.badge(tooltip="2 months")),
    make.superchat("s1", "bob", "$5.00", "x"), make.sticker("s2", "bob", "$5.00", "x"), make.member("n1", "bob"),
    make.milestone("n2", "bob", 3, "x"), make.gift("g1", "bob", 5), make.gifted("g2", "ann", "bob"),
    make.approved("m2", "bob", "x"), make.raid("b1", "ann"), make.mode("x", "y"),
    make.poll_opened("p", make.poll("p1", "q", {"a": 0.5}, 3)),
]  # fmt: skip


def spoilt(value: Any, place: list[int], with_what: Any) -> Any:
    """A copy with one value, counted through, replaced."""
    place[0] -= 1
    if place[0] == 0:
        return with_what
    if isinstance(value, dict):
        return {key: spoilt(each, place, with_what) for key, each in value.items()}
    return [spoilt(each, place, with_what) for each in value] if isinstance(value, list) else value


@given(st.sampled_from(FULL), st.integers(1, 60), st.sampled_from([None, 0, "", [], {}, "x", -1, 1e400, True, [[]]]))
def test_an_item_with_one_thing_spoilt_is_read_or_malformed(action, place, with_what):
    rows: list[ChatRow] = []
    with suppress(Malformed):
        rows = read(spoilt(action, [place], with_what))
    assert all(row.id or row.target for row in rows if row.kind != "poll_begin")
