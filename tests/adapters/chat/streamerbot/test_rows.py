"""What Streamer.bot's events mean, in the forms of its versions."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.streamerbot.fields import Fields, stamp
from streamer.adapters.chat.streamerbot.protocol import Event
from streamer.adapters.chat.streamerbot.rows import Rows, events_of
from streamer.core.events import Money
from streamer.ports import Badge, ChatRow, Choice, Detail, Fragment, Reward, User

ZOE: dict[str, Any] = {
    "id": "7", "login": "zoe", "name": "Zoe", "type": "twitch", "role": 3, "color": "#1E90FF", "subscribed": True,
    "monthsSubscribed": 14, "badges": [{"name": "subscriber", "version": "12", "info": "14", "imageUrl": ""}],
}  # fmt: skip
ZOE_ROW = User(
    id="7", login="zoe", name="Zoe", roles=("moderator", "subscriber"), badges=(Badge("subscriber", "12", "14"),),
    color="#1E90FF", months=14,
)  # fmt: skip
OWEN = {"id": "UC1", "name": "Owen", "isOwner": False, "isModerator": True, "isSponsor": True, "isVerified": False,
        "profileImageUrl": "https://yt3.ggpht.com/x=s88"}  # fmt: skip


class Reader:
    def __init__(self) -> None:
        self.unread = Unread()
        self._rows = Rows(self.unread)

    def all(self, kind: str, data: object, *, source: str = "Twitch", at: float = 1.0, sent: str = "") -> list[ChatRow]:
        return list(self._rows.decode(Event(source, kind, data, sent), at))

    def one(self, kind: str, data: object, **more: Any) -> ChatRow:
        (row,) = self.all(kind, data, **more)
        return row


def row(kind: str, data: object, **more: Any) -> ChatRow:
    return Reader().one(kind, data, **more)


def new_message(**more: object) -> dict[str, Any]:
    return {"messageId": "m1", "user": ZOE, "text": "hi", "parts": [], "meta": {}, "isReply": False} | more


def old_message(**more: object) -> dict[str, Any]:
    return {"message": {
        "msgId": "m1", "userId": 7, "username": "zoe", "displayName": "Zoe", "role": 3, "subscriber": True,
        "message": "hi", "bits": 0, "hasBits": False, "isReply": False, "emotes": [], "cheerEmotes": [],
        "badges": [{"name": "subscriber", "version": "12", "info": "14"}], "monthsSubscribed": 14, "color": "#1E90FF",
    } | more}  # fmt: skip


@pytest.mark.parametrize("data", [new_message(), old_message()])
def test_a_message_in_both_forms(data: dict[str, Any]) -> None:
    assert row("ChatMessage", data) == ChatRow(
        at=1.0, platform="twitch", kind="message", id="m1", user=ZOE_ROW, text="hi", source="streamerbot"
    )


def test_both_forms_in_one_event_as_since_0_3() -> None:
    assert row("ChatMessage", new_message() | old_message(bits=5)).bits == 5


def test_pieces_of_a_message() -> None:
    data = new_message(text="\N{PARTY POPPER} Kappa catJAM @Mika", parts=[
        {"type": "text", "text": "\N{PARTY POPPER} "},
        {"type": "emote", "text": "Kappa", "source": "Twitch",
         "imageUrl": "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/3.0"},
        {"type": "text", "text": " "},
        {"type": "emote", "text": "catJAM", "source": "7TVChannel", "imageUrl": "https://cdn.7tv.app/emote/1/4x.webp"},
        {"type": "text", "text": " "},
        {"type": "mention", "text": "@Mika", "userId": "99", "userLogin": "mika"},
    ])  # fmt: skip
    got = row("ChatMessage", data)
    assert got.emotes == ((2, 7, "25"),)
    assert got.fragments[1] == Fragment("emote", "Kappa", id="25")
    assert got.fragments[3] == Fragment("emote", "catJAM", url="https://cdn.7tv.app/emote/1/4x.webp")
    assert got.fragments[5] == Fragment("mention", "@Mika", user="99")


@pytest.mark.parametrize("shift", [0, 1])
def test_places_of_emotes_in_characters_or_in_utf16(shift: int) -> None:
    emote = {"name": "Kappa", "startIndex": 2 + shift, "endIndex": 6 + shift,
             "imageUrl": "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/2.0"}  # fmt: skip
    got = row("ChatMessage", old_message(message="\N{PARTY POPPER} Kappa", emotes=[emote]))
    assert got.emotes == ((2, 7, "25"),)
    nonsense = row("ChatMessage", old_message(message="abc", emotes=[emote | {"endIndex": 10**9}]))
    assert (nonsense.text, nonsense.emotes) == ("abc", ())


def test_parts_that_are_not_the_text_are_not_believed() -> None:
    got = row("ChatMessage", new_message(text="hi", parts=[{"type": "emote", "text": "something else"}]))
    assert (got.text, got.fragments) == ("hi", ())


def test_pictures_come_from_known_places_only() -> None:
    for url in ("http://cdn.7tv.app/x", "https://evil.example/x", "https://cdn.7tv.app.evil.example/x",
                "https://u:p@cdn.7tv.app/x", "https://[", "javascript:1"):  # fmt: skip
        parts = [{"type": "emote", "text": "x", "imageUrl": url}]
        assert row("ChatMessage", new_message(text="x", parts=parts)).fragments[0].url == ""


def test_marks_of_a_message() -> None:
    meta = {"firstMessage": True, "returningChatter": True, "isMe": True, "isHighlighted": True}
    got = row("ChatMessage", new_message(meta=meta))
    assert (got.first, got.returning, got.action, got.highlighted) == (True, True, True, True)
    got = row("ChatMessage", old_message(firstMessage=True, isMe=True, isHighlighted=True))
    assert (got.first, got.action, got.highlighted) == (True, True, True)


def test_a_reply_loses_its_prefix() -> None:
    reply = {"msgId": "m0", "userName": "Mika", "userLogin": "mika", "msgBody": "before"}
    parts = [
        {"type": "mention", "text": "@mika"},
        {"type": "text", "text": " yes "},
        {"type": "emote", "text": "Kappa"},
    ]
    got = row("ChatMessage", new_message(text="@mika yes Kappa", parts=parts, isReply=True, reply=reply))
    assert (got.text, got.reply_to, got.reply_name) == ("yes Kappa", "m0", "Mika")
    assert "".join(each.text for each in got.fragments) == "yes Kappa"


def test_shared_chat_and_test_events() -> None:
    got = row("ChatMessage", new_message(isFromSharedChatGuest=True, sharedChatSource={"id": "55", "login": "ami"}))
    assert (got.guest, got.shared_from) == (True, "55")
    assert row("ChatMessage", new_message(isTest=True)).test
    assert row("Follow", {"user_id": "1", "user_login": "a", "user_name": "A", "is_test": True}).test


def test_a_cheer_is_one_thing_whichever_is_told_first() -> None:
    reader = Reader()
    assert reader.one("ChatMessage", old_message(bits=100, hasBits=True, message="Cheer100 wow")).kind == "cheer"
    cheer = row("Cheer", {"bits": 100, "text": "Cheer100 wow", "messageId": "m2", "user": ZOE, "anonymous": False})
    assert (cheer.kind, cheer.bits, cheer.id, cheer.text) == ("cheer", 100, "m2", "Cheer100 wow")
    reader = Reader()
    first, then = reader.one("ChatMessage", new_message(text="Cheer100")), reader.one("Cheer", new_message(bits=100))
    assert (first.kind, then.kind, then.id, then.bits, then.text) == ("message", "cheer", "m1/cheer", 100, "")


def test_who_pays_without_a_name_is_still_thanked() -> None:
    for kind, data in (
        ("Cheer", {"bits": 100, "text": "Cheer100", "messageId": "m", "user": None, "anonymous": True}),
        ("GiftBomb", {"id": "c", "total": 5, "sub_tier": "1000", "user": None, "isAnonymous": True}),
    ):
        got = row(kind, data)
        assert got.user is not None
        assert (got.user.anonymous, got.user.name) == (True, "Anonymous")


def test_subscriptions_of_all_ages() -> None:
    new = row("Sub", {"user": ZOE, "messageId": "s1", "sub_tier": "2000", "is_prime": False, "duration_months": 1})
    assert (new.kind, new.tier, new.count, new.id, new.user) == ("member_new", "2000", 1, "s1", ZOE_ROW)
    assert row("Sub", {"user": ZOE, "sub_tier": "1000", "is_prime": True}).tier == "prime"
    old = row("Sub", {"userId": 162, "userName": "ada", "displayName": "Ada", "subTier": 0, "role": 1, "message": ""})
    assert (old.tier, old.user) == ("prime", User(id="162", login="ada", name="Ada"))
    again = row("ReSub", {"user": ZOE, "text": "hello", "cumulativeMonths": 25, "subTier": "3000", "isPrime": False})
    assert (again.kind, again.count, again.tier, again.text) == ("resub", 25, "3000", "hello")


def test_a_storm_of_gifts_is_one_batch() -> None:
    reader = Reader()
    bomb = reader.one("GiftBomb", {"id": "c9", "messageId": "b1", "user": ZOE, "total": 2, "sub_tier": "1000"})
    gift = reader.one("GiftSub", {
        "user": ZOE, "recipient": {"id": "8", "login": "eve", "name": "Eve"}, "subTier": "1000", "messageId": "g1",
        "fromCommunitySubGift": True, "communityGiftId": "c9",
    })  # fmt: skip
    assert (bomb.kind, bomb.count, bomb.batch, bomb.user) == ("gift_batch", 2, "c9", ZOE_ROW)
    assert (gift.kind, gift.batch, gift.reply_to) == ("gift_received", "c9", "b1")
    assert gift.user == gift.recipient == User(id="8", login="eve", name="Eve")


def test_an_old_storm_is_found_by_who_gave_it() -> None:
    reader = Reader()
    giver = {"userId": 1, "userName": "zoe", "displayName": "Zoe", "subTier": 1}
    bomb = reader.one("GiftBomb", giver | {"gifts": 10})
    gift = reader.one("GiftSub", giver | {"fromSubBomb": True, "recipientUserId": 2, "recipientUsername": "eve"})
    assert bomb.batch
    assert (gift.batch, bomb.count) == (bomb.batch, 10)


def test_a_single_gift() -> None:
    got = row("GiftSub", {"user": ZOE, "recipient": {"id": "8", "login": "eve", "name": "Eve"}, "subTier": "1000",
                          "fromCommunitySubGift": False})  # fmt: skip
    assert (got.kind, got.count, got.target, got.user) == ("gift_batch", 1, "8", ZOE_ROW)


@pytest.mark.parametrize("data", [
    {"from_broadcaster_user_id": "5", "from_broadcaster_user_login": "ami", "from_broadcaster_user_name": "Ami",
     "to_broadcaster_user_id": "1", "viewers": 40},
    {"userId": 5, "userName": "ami", "displayName": "Ami", "viewerCount": 40},
    {"user": {"id": "5", "login": "ami", "name": "Ami"}, "viewers": 40},
])  # fmt: skip
def test_raids_of_all_ages(data: dict[str, Any]) -> None:
    got = row("Raid", data)
    assert (got.kind, got.count, got.user) == ("raid", 40, User(id="5", login="ami", name="Ami"))


@pytest.mark.parametrize("data", [
    {"targetUser": {"id": "5", "login": "ami", "name": "Ami", "type": ""}, "broadcaster": None},
    {"user_id": "5", "user_login": "ami", "user_name": "Ami", "followed_at": "2026-01-01T00:00:00Z"},
])  # fmt: skip
def test_follows(data: dict[str, Any]) -> None:
    assert row("Follow", data).user == User(id="5", login="ami", name="Ami")


def test_a_redemption_is_told_once_and_taken_back_by_its_message() -> None:
    reader = Reader()
    reward = {"id": "r1", "title": "Ask Mika", "cost": 200, "prompt": ""}
    got = reader.one("RewardRedemption", {"id": "x1", "user_id": "7", "user_login": "zoe", "user_name": "Zoe",
                                          "user_input": "why?", "status": "unfulfilled", "reward": reward})  # fmt: skip
    assert (got.kind, got.text, got.reward) == ("redemption", "why?", Reward("r1", "Ask Mika", 200, "x1"))
    assert reader.all("ChatMessage", new_message(text="why?", meta={"isCustomReward": True})) == []
    gone = reader.all("ChatMessageDeleted", {"messageId": "m1"})
    assert [(each.kind, each.target) for each in gone] == [("delete_message", "m1"), ("delete_message", "x1")]


@pytest.mark.parametrize(("kind", "data", "expected"), [
    ("ChatMessageDeleted", {"messageId": "m1"}, ("delete_message", "m1", 0.0)),
    ("ChatMessageDeleted", {"targetMessageId": "m1", "message": "x"}, ("delete_message", "m1", 0.0)),
    ("UserTimedOut", {"targetUser": {"id": "7", "login": "zoe"}, "duration": 600}, ("clear_user", "7", 600.0)),
    ("UserTimedOut", {"target_user_id": "7", "duration": 60}, ("clear_user", "7", 60.0)),
    ("UserBanned", {"user_id": "7"}, ("clear_user", "7", 0.0)),
    ("SharedChatUserBanned", {"targetUser": {"id": "7"}, "source": {"id": "55"}}, ("clear_user", "7", 0.0)),
    ("ChatCleared", {"moderator": {"id": "1"}, "createdAt": "2026-01-01T00:00:00Z"}, ("clear_chat", "", 0.0)),
])  # fmt: skip
def test_removals(kind: str, data: dict[str, Any], expected: tuple[str, str, float]) -> None:
    got = row(kind, data)
    assert (got.kind, got.target, got.duration_s) == expected


def test_what_happens_beside_the_chat() -> None:
    poll = {"id": "p", "title": "Tea?", "choices": [{"title": "yes", "votes": 3}, {"title": "no", "votes": 1}],
            "ends_at": "2026-01-01T00:02:00Z"}  # fmt: skip
    got = row("PollCreated", poll, sent="2026-01-01T00:00:00.5Z")
    assert got.kind == "poll_begin"
    assert got.detail == Detail("Tea?", (Choice("yes", 3), Choice("no", 1)), total=4, ends_in_s=119.5)
    train = row("HypeTrainStart", {"level": 2, "progress": 700, "goal": 1800, "expires_at": ""})
    assert train.detail == Detail(level=2, total=700, goal=1800)
    assert row("AdRun", {"length_seconds": 90, "is_automatic": True}).duration_s == 90
    held = row("AutoModMessageHeld", {"messageId": "h1", "user": ZOE, "text": "rude", "category": "bullying"})
    assert (held.kind, held.id, held.text) == ("held", "h1", "rude")
    done = row("AutoModMessageUpdate", {"messageId": "h1", "status": "Approved"})
    assert (done.kind, done.target, done.text) == ("held_resolved", "h1", "approved")
    assert row("ShieldModeBegin", {}).kind == "shield"


def youtube(kind: str, data: object) -> ChatRow:
    return row(kind, data, source="YouTube")


def test_youtube_messages_and_money() -> None:
    got = youtube("Message", {"eventId": "LCC.1", "message": "hi", "publishedAt": "2026-01-01T00:00:00Z", "user": OWEN})
    user = User(id="UC1", name="Owen", roles=("moderator", "member"), avatar="https://yt3.ggpht.com/x=s88")
    assert got == ChatRow(
        at=1.0, platform="youtube", kind="message", id="LCC.1", user=user, text="hi", source="streamerbot"
    )
    paid = {"eventId": "LCC.2", "message": "go", "user": OWEN, "amount": "€5.00"}
    chat = youtube("SuperChat", paid | {"microAmount": 5_000_000, "currencyCode": "EUR", "tier": 3})
    assert (chat.kind, chat.amount, chat.tier) == ("superchat", Money(5_000_000, "EUR"), "3")
    assert youtube("SuperChat", paid).amount == Money(5_000_000, "EUR"), "from what people are shown"
    assert youtube("SuperSticker", paid).kind == "sticker"


def test_youtube_emoji_are_pieces() -> None:
    url = "https://yt3.ggpht.com/abc=w24"
    parts = [{"type": "text", "text": "hi "}, {"type": "emote", "text": ":wave:", "imageUrl": url}]
    got = youtube("Message", {"eventId": "1", "message": "hi :wave:", "user": OWEN, "parts": parts})
    assert (got.fragments[1], got.emotes) == (Fragment("emoji", ":wave:", url=url), ())


def test_youtube_memberships() -> None:
    assert youtube("NewSponsor", {"eventId": "1", "user": OWEN, "levelName": "Gold"}).tier == "Gold"
    got = youtube("MemberMileStone", {"eventId": "2", "user": OWEN, "months": 6, "message": "half a year"})
    assert (got.kind, got.count, got.text) == ("milestone", 6, "half a year")
    reader = Reader()
    gift = reader.one("MembershipGift", {"eventId": "g", "user": OWEN, "count": 5, "tier": "MVP"}, source="YouTube")
    given = reader.one("GiftMembershipReceived", {"eventId": "h", "gifter": OWEN, "user": {"id": "UC2", "name": "Ed"},
                                                  "tier": "MVP"}, source="YouTube")  # fmt: skip
    assert (gift.kind, gift.count, gift.batch) == ("gift_batch", 5, "g")
    assert (given.kind, given.batch, given.user) == ("gift_received", "g", User(id="UC2", name="Ed"))


def test_youtube_removals() -> None:
    assert youtube("MessageDeleted", {"targetMessageId": "LCC.1"}).target == "LCC.1"
    got = youtube("UserBanned", {"targetUser": {"id": "UC9"}, "banType": "temporary", "banDuration": 300})
    assert (got.kind, got.target, got.duration_s) == ("clear_user", "UC9", 300)


def test_stamps() -> None:
    assert stamp("2022-01-30T21:32:04.4588947-05:00") == pytest.approx(stamp("2022-01-31T02:32:04.4588947Z"))
    assert [stamp(each) for each in ("", "soon", "2022-13-01T00:00:00Z", "1e9")] == [None] * 4


def test_rows_are_placed_by_the_time_they_were_sent() -> None:
    reader = Reader()
    first = reader.one("ChatMessage", new_message(), at=10.0, sent="2026-01-01T00:00:00Z")
    late = reader.one("ChatMessage", new_message(), at=15.0, sent="2026-01-01T00:00:02Z")
    odd = reader.one("ChatMessage", new_message(), at=99.0, sent="2026-01-01T00:00:03Z")
    assert (first.at, late.at, odd.at) == (10.0, 12.0, 99.0), "a delay beyond belief is no delay"


def test_an_event_that_lacks_what_it_needs_is_kept() -> None:
    reader = Reader()
    assert reader.all("ChatMessage", {"text": "no user"}) == []
    assert reader.all("Raid", {"viewers": 3}) == []
    assert reader.all("Brand New", {}) == reader.all("Message", {}, source="Kick") == []
    assert (reader.unread.count, reader.unread.last[0].why) == (4, "no msgId")


EVENTS = [(source, kind) for source, kinds in events_of(["twitch", "youtube"]).items() for kind in kinds]
NAMES = [
    "user", "id", "user_id", "login", "name", "message", "msgId", "messageId", "text", "parts", "type", "emotes",
    "startIndex", "endIndex", "bits", "badges", "reward", "choices", "eventId", "recipient", "imageUrl", "role",
    "targetUser", "duration", "isCustomReward", "meta", "total", "amount", "publishedAt", "reply", "userName",
]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner), max_leaves=8
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(NAMES), VALUES) | LEAVES), max_size=4)
)
def test_whatever_comes_becomes_rows_or_is_kept(events: list[tuple[tuple[str, str], Any]]) -> None:
    reader = Reader()
    for (source, kind), data in events:
        before = reader.unread.count
        rows = reader.all(kind, data, source=source)
        assert rows or reader.unread.count > before or (kind == "ChatMessage")
        for each in rows:
            assert each.source == "streamerbot"
            assert "".join(piece.text for piece in each.fragments) in ("", each.text)


def test_speed() -> None:
    """At least 2,000 events a second of processor time."""
    parts = [{"type": "text", "text": "hello "}, {"type": "emote", "text": "Kappa", "imageUrl":
             "https://static-cdn.jtvnw.net/emoticons/v2/25/default/dark/3.0"}]  # fmt: skip
    data, best = new_message(text="hello Kappa", parts=parts), 0.0
    for _ in range(3):
        reader, begin = Reader(), time.thread_time()
        for _ in range(500):
            reader.one("ChatMessage", data)
        best = max(best, 500 / (time.thread_time() - begin))
    print(f"{best:,.0f} events/s")
    assert best > 2_000


def test_a_number_too_large_for_anything_is_none() -> None:
    reader = Reader()
    row = reader.one("Raid", {"user": ZOE, "viewers": 10**400})
    assert (row.kind, row.count) == ("raid", 0)


def test_a_fault_nobody_foresaw_costs_one_event(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader()
    monkeypatch.setattr(Fields, "stamp", lambda *_: 1 / 0)
    assert reader.all("Raid", {"user": ZOE, "viewers": 3}) == []
    assert [each.why for each in reader.unread.last] == ["ZeroDivisionError"]
