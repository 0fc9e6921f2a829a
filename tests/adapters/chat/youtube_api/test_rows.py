"""Every type of message, and what is done with what nobody knows."""

from typing import Any

import pytest

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.youtube.api.rows import Rows
from streamer.core.events import Money
from streamer.ports import ChatRow, Choice

AUTHOR = {
    "channelId": "UCann", "displayName": "@ann", "profileImageUrl": "https://yt3.ggpht.com/a", "isVerified": True,
    "isChatOwner": False, "isChatSponsor": True, "isChatModerator": True,
}  # fmt: skip


def item(kind: str, author: dict[str, Any] | None = None, **details: Any) -> dict[str, Any]:
    snippet = {"type": kind, "authorChannelId": "UCann", "publishedAt": "2026-11-21T20:00:00.5Z", **details}
    return {"id": "m1", "snippet": snippet, "authorDetails": AUTHOR if author is None else author}


def rows_of(*items: Any, rows: Rows | None = None) -> list[ChatRow]:
    return [row for _, row in (rows or Rows(Unread())).page({"items": list(items)}).rows]


def one(kind: str, **details: Any) -> ChatRow:
    (row,) = rows_of(item(kind, **details))
    assert (row.platform, row.source) == ("youtube", "ytapi")
    return row


def test_a_message_with_its_author() -> None:
    row = one("textMessageEvent", textMessageDetails={"messageText": "hello 🎉"}, displayMessage="shown")
    assert (row.kind, row.id, row.text) == ("message", "m1", "hello 🎉")
    assert row.user is not None
    assert (row.user.id, row.user.name, row.user.login) == ("UCann", "ann", "ann")
    assert row.user.roles == ("moderator", "member", "verified")
    assert row.user.avatar == "https://yt3.ggpht.com/a"
    assert one("textMessageEvent", displayMessage="shown").text == "shown"


def test_the_owner_is_the_broadcaster_and_a_name_may_be_no_handle() -> None:
    (row,) = rows_of(item("textMessageEvent", {"channelId": "UCx", "displayName": "Mika", "isChatOwner": True},
                          displayMessage="hi"))  # fmt: skip
    assert row.user is not None
    assert (row.user.roles, row.user.name, row.user.login, row.user.avatar) == (("broadcaster",), "Mika", "", "")


def test_a_super_chat_and_a_sticker() -> None:
    details = {"amountMicros": "1000000000", "currency": "jpy", "userComment": "gg", "tier": 4}
    row = one("superChatEvent", superChatDetails=details)
    assert (row.kind, row.text, row.amount, row.tier) == ("superchat", "gg", Money(1_000_000_000, "JPY"), "4")
    details = {"amountMicros": 1990000, "currency": "EUR", "superStickerMetadata": {"altText": "a cat waves"}}
    row = one("superStickerEvent", superStickerDetails=details)
    assert (row.kind, row.text, row.amount) == ("sticker", "a cat waves", Money(1_990_000, "EUR"))
    assert one("fanFundingEvent", fanFundingEventDetails={"amountMicros": "5", "currency": "?"}).amount == Money(5)


def test_members() -> None:
    row = one("newSponsorEvent", newSponsorDetails={"memberLevelName": "Gold", "isUpgrade": False})
    assert (row.kind, row.tier, row.user.tier) == ("member_new", "Gold", "Gold")
    assert one("newSponsorEvent", newSponsorDetails={"isUpgrade": True}).kind == "resub"
    details = {"memberLevelName": "Gold", "memberMonth": 14, "userComment": "still here"}
    row = one("memberMilestoneChatEvent", memberMilestoneChatDetails=details)
    assert (row.kind, row.count, row.text, row.user.months) == ("milestone", 14, "still here", 14)


def test_given_memberships_point_at_their_batch() -> None:
    details = {"giftMembershipsCount": 5, "giftMembershipsLevelName": "Gold"}
    row = one("membershipGiftingEvent", membershipGiftingDetails=details)
    assert (row.kind, row.count, row.tier, row.batch) == ("gift_batch", 5, "Gold", "m1")
    details = {"gifterChannelId": "UCx", "associatedMembershipGiftingMessageId": "m0", "memberLevelName": "Gold"}
    row = one("giftMembershipReceivedEvent", giftMembershipReceivedDetails=details)
    assert (row.kind, row.batch, row.recipient, row.tier) == ("gift_received", "m0", row.user, "Gold")


@pytest.mark.parametrize(("under", "price"), [("giftDetails", "jewelsAmount"), ("giftEventDetails", "jewelsCount")])
def test_jewels_are_a_cheer_and_a_combo_tells_what_is_new(under: str, price: str) -> None:
    rows = Rows(Unread())

    def gift(combo: int) -> list[ChatRow]:
        return rows_of(item("giftEvent", **{under: {price: 100, "giftName": "Rose", "comboCount": combo}}), rows=rows)

    (first,), again, (third,) = gift(1), gift(1), gift(3)
    assert (first.kind, first.bits, first.id, first.text, first.batch) == ("cheer", 100, "m1", "Rose", "m1")
    assert again == []
    assert (third.bits, third.count, third.id, third.batch) == (200, 3, "m1:3", "m1")


def test_what_is_taken_back() -> None:
    row = one("messageDeletedEvent", messageDeletedDetails={"deletedMessageId": "m7"})
    assert (row.kind, row.target, row.id) == ("delete_message", "m7", "")
    assert one("messageRetractedEvent", messageRetractedDetails={"retractedMessageId": "m8"}).target == "m8"
    assert one("tombstone").target == "m1"
    details = {"bannedUserDetails": {"channelId": "UCbad"}, "banType": "temporary", "banDurationSeconds": "300"}
    row = one("userBannedEvent", userBannedDetails=details)
    assert (row.kind, row.target, row.duration_s) == ("clear_user", "UCbad", 300.0)
    assert one("userBannedEvent", userBannedDetails=details | {"banType": "permanent"}).duration_s == 0.0


def test_a_poll_begins_goes_on_and_ends() -> None:
    rows = Rows(Unread())

    def poll(status: str, *votes: int) -> list[ChatRow]:
        options = [{"optionText": f"option {n}", "tally": str(count)} for n, count in enumerate(votes)]
        details = {"metadata": {"questionText": "which?", "options": options}, "status": status}
        return rows_of(item("pollEvent", pollDetails=details), rows=rows)

    begun, same, more, done = poll("active", 0, 0), poll("active", 0, 0), poll("active", 2, 1), poll("closed", 2, 1)
    assert same == []
    assert [row.kind for row in (*begun, *more, *done)] == ["poll_begin", "poll_progress", "poll_end"]
    assert len({row.id for row in (*begun, *more, *done)}) == 3
    assert more[0].detail.choices == (Choice("option 0", 2), Choice("option 1", 1))
    assert (more[0].detail.total, more[0].detail.title) == (3, "which?")


def test_the_room() -> None:
    assert one("sponsorOnlyModeStartedEvent").text == "members-only=1"
    assert one("sponsorOnlyModeEndedEvent").text == "members-only=0"
    page = Rows(Unread()).page({
        "items": [item("chatEndedEvent")], "nextPageToken": "T1", "pollingIntervalMillis": 1500,
        "activePollItem": item("pollEvent", pollDetails={"metadata": {"questionText": "?"}}),
    })  # fmt: skip
    assert (page.ended, page.token, page.interval_s) == (True, "T1", 1.5)
    assert [row.kind for _, row in page.rows] == ["poll_begin"]
    assert Rows(Unread()).page({"offlineAt": "2026-11-21T22:00:00Z"}).ended


BROKEN: list[Any] = [
    None, 7, "text", [], {}, {"id": "x"}, {"id": "x", "snippet": None}, {"id": "x", "snippet": {"type": 3}},
    item("somethingNewEvent"), item("textMessageEvent"), item("superChatEvent"), item("messageDeletedEvent"),
    item("userBannedEvent", userBannedDetails=[]), item("superChatEvent", superChatDetails={"amountMicros": "1e9"}),
    {"snippet": {"type": "textMessageEvent", "displayMessage": "no id", "authorChannelId": "UCx"}},
    {"id": "x", "snippet": {"type": "textMessageEvent", "displayMessage": "nobody"}}, item("pollEvent") | {"id": 0.5},
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_kept_and_its_neighbours_survive(broken: Any) -> None:
    unread = Unread()
    good = item("textMessageEvent", displayMessage="hi")
    page = Rows(unread).page({"items": [good, broken, good | {"id": "m2"}]})
    assert [row.id for _, row in page.rows] == ["m1", "m2"]
    assert unread.count == 1


def test_an_answer_of_another_shape_is_an_empty_page() -> None:
    unread = Unread()
    page = Rows(unread).page({"items": {"a": 1}, "nextPageToken": 5, "pollingIntervalMillis": "x", "offlineAt": None})
    assert (page.rows, page.interval_s, page.ended, unread.count) == ([], 0.0, False, 1)


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [("1970-01-01T00:00:10Z", 10.0), ("1970-01-01T00:00:10.250000+00:00", 10.25), ("yesterday", 0.0), (None, 0.0),
     ("1970-01-01T00:00:10", 0.0)],
)  # fmt: skip
def test_the_time_of_a_message(stamp: Any, seconds: float) -> None:
    page = Rows(Unread()).page({"items": [item("textMessageEvent", displayMessage="hi", publishedAt=stamp)]})
    assert page.rows[0][0] == seconds
