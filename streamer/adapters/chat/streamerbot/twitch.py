"""What Streamer.bot says about a Twitch channel, as chat rows.

Three generations of payloads are read: up to 0.1 (`userId`, `userName`, `displayName`, `subTier` 0 to 3), 0.2
(EventSub's `user_id`, `user_login`; chat inside `message`) and from 0.3 on (`user`, `targetUser`, `text`, `parts`,
`meta`). Source: docs.streamer.bot "WebSocket Events: Twitch", its older edition, and the types of @streamerbot/client.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from streamer.adapters.chat.common.fragments import emotes_of
from streamer.adapters.chat.streamerbot.asides import SOURCE, is_test
from streamer.adapters.chat.streamerbot.fields import Fields
from streamer.adapters.chat.streamerbot.words import cut_front, pieces
from streamer.core.events import Role
from streamer.ports import Badge, ChatRow, Reward, RowKind, User

PLATFORM = "twitch"
_KEPT = 512
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_RANKS: dict[int, Role] = {2: "vip", 3: "moderator", 4: "broadcaster"}
_BADGES: dict[str, Role] = {
    "broadcaster": "broadcaster", "moderator": "moderator", "lead_moderator": "moderator", "vip": "vip",
    "subscriber": "subscriber", "founder": "subscriber", "partner": "verified",
}  # fmt: skip
_NOBODY = User(id="407665396", login="ananonymouscheerer", name="Anonymous", anonymous=True)
"""Twitch's own account for those who do not want to be named."""
_OLD_TIERS = {"0": "prime", "1": "1000", "2": "2000", "3": "3000"}
_TIERS = frozenset({"1000", "2000", "3000", "prime"})


def tier_of(given: Fields) -> str:
    """`1000`, `2000`, `3000`, `prime`, or empty."""
    if given.flag("is_prime"):
        return "prime"
    said = given.name("sub_tier", "subscriptionTier", "tier").lower()
    said = _OLD_TIERS.get(said, said)
    return said if said in _TIERS else ""


def user_of(given: Fields, whole: Fields) -> User:
    """`given` is the user's own object, or the event itself where its keys lie flat. Raises Lacking without an id,
    unless somebody paid who does not want to be named."""
    anonymous = whole.flag("anonymous", "isAnonymous", "gifterIsAnonymous")
    if anonymous and not given.name("id", "user_id", "userId"):
        return _NOBODY
    badges = tuple(
        Badge(each.name("name", "set"), each.name("version", "id"), each.name("info"))
        for each in (given.parts("badges") or whole.parts("badges"))[:20]
        if each.name("name", "set")
    )
    rank = _RANKS.get(given.number("role"))
    roles: list[Role] = [rank] if rank is not None else []
    roles.extend(_BADGES[each.set] for each in badges if each.set in _BADGES)
    if given.flag("subscribed", "subscriber"):
        roles.append("subscriber")
    # `userName` is the login up to 0.1, where `displayName` stands beside it, and what is shown in 0.2.
    login = given.name("login", "user_login") or given.name("userName")
    return User(
        id=given.needed("id", "user_id", "userId"),
        login=login,
        name=given.name("name", "displayName", "display") or given.name("userName") or login,
        roles=tuple(dict.fromkeys(roles)),
        badges=badges,
        color=given.name("color"),
        months=given.number("monthsSubscribed", "monthSubscribed"),
        anonymous=anonymous,
    )


def _author(data: Fields) -> User:
    user = data.part("user")
    return user_of(user or _flat(data), data)


def _flat(data: Fields) -> Fields:
    """Events of 0.2 keep the author's keys beside the others, and an `id` of their own that is not the author's."""
    names = ("user_id", "user_login", "user_name", "username", "displayName", "role", "badges", "color", "subscriber",
             "monthsSubscribed")  # fmt: skip
    return Fields({name: data.raw(name) for name in names if data.raw(name) is not None})


class Twitch:
    """Turns events into rows. Remembers which gifts belong together, and which redemption a message belongs to."""

    def __init__(self) -> None:
        self._storms: OrderedDict[str, str] = OrderedDict()
        self._last_storm: OrderedDict[str, str] = OrderedDict()
        self._plain: OrderedDict[str, None] = OrderedDict()
        self._redeemed: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._asked_for: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._of_message: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def rows(self, kind: str, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """Rows of an event of `EVENTS`. Raises Lacking."""
        return EVENTS[kind](self, data, at)

    # --- chat ---------------------------------------------------------------------------------------------------------

    def message(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        row = self._said(data, at)
        if row.reward is not None:  # told by RewardRedemption, with its title; here is the id it is deleted by
            key = (row.user.id if row.user else "", row.text)
            _keep(self._asked_for, key, row.id)
            _keep(self._of_message, row.id, key)
            return ()
        if row.kind == "message":
            _keep(self._plain, row.id, None)
        return (row,)

    def cheer(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """Some versions tell the message first, without its bits: then this is the money alone."""
        row = self._said(data, at)
        bits = data.number("bits") or row.bits
        if row.id in self._plain:
            return (_row("cheer", at, id=f"{row.id}/cheer", user=row.user, bits=bits, test=row.test),)
        return (replace(row, kind="cheer", bits=bits),)

    def _said(self, data: Fields, at: float) -> ChatRow:
        """A message, whichever form it has. Up to 0.2 everything lay in `message`."""
        old, meta = data.part("message"), data.part("meta")
        user = data.part("user")
        said = old if old and not data.text("text") else data
        text = said.text("text", "message")
        found = pieces(said, text)
        reply = data.part("reply") or old.part("reply")
        shift = _prefix(text, reply)
        found = cut_front(found, shift)
        bits = old.number("bits") or data.number("bits")
        about = (meta, data, old)
        reward = any(each.flag("isCustomReward") for each in about)
        return ChatRow(
            at=at,
            platform=PLATFORM,
            kind="cheer" if bits else "message",
            id=data.name("messageId") or said.needed("msgId", "messageId"),
            user=user_of(user or _flat(said), data if user else said),
            text=text[shift:],
            reply_to=reply.name("msgId", "parentMsgId", "messageId"),
            reply_name=reply.name("userName", "userLogin"),
            bits=bits,
            emotes=emotes_of(found),
            fragments=found,
            action=any(each.flag("isMe") for each in about),
            first=any(each.flag("firstMessage") for each in about),
            returning=any(each.flag("returningChatter") for each in about),
            highlighted=any(each.flag("isHighlighted") for each in about),
            reward=Reward(said.name("customRewardId", "rewardId")) if reward else None,
            source=SOURCE,
            guest=any(each.flag("isFromSharedChatGuest") for each in about),
            shared_from=_room(data),
            test=is_test(*about),
        )

    def announcement(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        text = data.text("text", "message")
        found = pieces(data, text)
        return (_about(data, "message", at, text=text, fragments=found, emotes=emotes_of(found)),)

    # --- support ------------------------------------------------------------------------------------------------------

    def sub(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        months = data.number("cumulativeMonths", "durationMonths") or 1
        return (_about(data, "member_new", at, text=_words(data), count=months, tier=tier_of(data)),)

    def resub(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        text = _words(data)
        found = pieces(data, text)
        months = data.number("cumulativeMonths")
        return (
            _about(
                data, "resub", at, text=text, count=months, tier=tier_of(data), fragments=found, emotes=emotes_of(found)
            ),
        )

    def gift(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """A gift of a storm is the recipient's row and points at its batch; a single gift is a batch of one."""
        given = data.part("recipient")
        recipient = User(
            id=given.name("id") or data.needed("recipientUserId"),
            login=given.name("login") or data.name("recipientUsername", "recipientUserLogin"),
            name=given.name("name") or data.name("recipientDisplayName", "recipientUserName"),
        )
        giver, tier = _author(data), tier_of(data)
        if not data.flag("fromCommunitySubGift", "fromSubBomb", "fromGiftBomb"):
            return (_about(data, "gift_batch", at, count=1, tier=tier, recipient=recipient, target=recipient.id),)
        batch = data.name("communityGiftId") or self._last_storm.get(giver.id, "")
        return (
            _row(
                "gift_received", at, id=data.name("messageId"), user=recipient, reply_to=self._storms.get(batch, ""),
                count=1, batch=batch, recipient=recipient, tier=tier, test=is_test(data),
                guest=data.flag("isFromSharedChatGuest"), shared_from=_room(data),
            ),
        )  # fmt: skip

    def bomb(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        giver = _author(data)
        batch = data.name("id", "communityGiftId")
        batch = batch or f"{giver.id}:{at:.1f}"
        count = data.number("total", "gifts")
        row = _about(data, "gift_batch", at, count=count, tier=tier_of(data), batch=batch)
        _keep(self._storms, batch, row.id)
        _keep(self._last_storm, giver.id, batch)
        return (row,)

    def raid(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        user = data.part("user", "raider", "fromBroadcaster")
        raider = user_of(user, data) if user else User(
            id=data.needed("from_broadcaster_user_id", "userId"),
            login=data.name("from_broadcaster_user_login", "userName"),
            name=data.name("from_broadcaster_user_name", "displayName", "from_broadcaster_user_login"),
        )  # fmt: skip
        count = data.number("viewers", "viewerCount")
        return (_row("raid", at, id=data.name("messageId"), user=raider, count=count, test=is_test(data)),)

    def follow(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        user = data.part("targetUser", "user")
        return (_row("follow", at, user=user_of(user or _flat(data), data), test=is_test(data)),)

    def milestone(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """A watch streak, or a new badge for bits."""
        count = data.number("watchStreak", "streak_count", "bitBadgeTier")
        return (_about(data, "milestone", at, text=_words(data), count=count),)

    def redemption(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """A channel-point reward. One with words is a chat message too: deleting that message takes this back."""
        reward, text = data.part("reward"), data.text("user_input", "userInput", "rawInput", "message_text")
        user = _author(data)
        redemption = data.name("redemptionId") or data.needed("id")
        if text:
            _keep(self._redeemed, (user.id, text), redemption)
        return (
            _row(
                "redemption", at, id=redemption, user=user, text=text,
                reward=Reward(
                    id=reward.name("id") or data.name("rewardId"),
                    title=reward.text("title", limit=200) or data.text("title", "rewardName", limit=200),
                    cost=reward.number("cost") or data.number("cost", "rewardCost"),
                    redemption=redemption,
                ),
                test=is_test(data),
            ),
        )  # fmt: skip

    # --- taking back --------------------------------------------------------------------------------------------------

    def deleted(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        target = data.needed("messageId", "targetMessageId", "target_message_id", "msgId")
        rows = [_row("delete_message", at, target=target, test=is_test(data))]
        key = self._of_message.get(target)
        if key is not None and (redemption := self._redeemed.get(key)) is not None:
            rows.append(_row("delete_message", at, target=redemption, test=is_test(data)))
        return tuple(rows)

    def removed(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        user = data.part("targetUser")
        target = user.name("id") or data.needed("target_user_id", "user_id", "userId")
        seconds = float(data.number("duration", "banDuration"))
        return (_row("clear_user", at, target=target, duration_s=seconds, test=is_test(data)),)

    def cleared(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        if data.part("targetUser").name("id") or data.name("target_user_id"):
            return self.removed(data, at)
        return (_row("clear_chat", at, test=is_test(data)),)

    # --- beside the chat ----------------------------------------------------------------------------------------------

    def held(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """AutoMod keeps a message back. Its words are for moderators."""
        message = data.part("message")
        text = data.text("text", "rawInput", "message") or message.text("text", "message")
        user = data.part("user", "targetUser") or _flat(data)
        return (
            _row("held", at, id=data.needed("messageId", "msgId", "id"), user=user_of(user, data), text=text,
                 test=is_test(data)),
        )  # fmt: skip

    def resolved(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        target = data.needed("messageId", "msgId", "id")
        return (_row("held_resolved", at, target=target, text=data.name("status").lower(), test=is_test(data)),)


def _keep(kept: "OrderedDict[_Key, _Value]", key: _Key, value: _Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _KEPT:
        kept.popitem(last=False)


def _room(data: Fields) -> str:
    """The partner's room a shared message was written in."""
    if not data.flag("isFromSharedChatGuest"):
        return ""
    return data.part("sharedChatSource", "source").name("id") or data.name("sourceRoomId")


def _words(data: Fields) -> str:
    """What a viewer wrote to it. `message` is an object in some versions."""
    return data.text("text", "message") or data.part("message").text("text", "message")


def _row(kind: RowKind, at: float, **more: Any) -> ChatRow:
    return ChatRow(at=at, platform=PLATFORM, kind=kind, source=SOURCE, **more)


def _about(data: Fields, kind: RowKind, at: float, **more: Any) -> ChatRow:
    """A row of what somebody did in the chat."""
    return _row(
        kind, at, id=data.name("messageId", "msgId"), user=_author(data), test=is_test(data),
        guest=data.flag("isFromSharedChatGuest"), shared_from=_room(data), **more,
    )  # fmt: skip


def _prefix(text: str, reply: Fields) -> int:
    """Length of the `@parent ` Twitch puts before the text of a reply."""
    for name in (reply.name("userName"), reply.name("userLogin")):
        mark = f"@{name} "
        if name and text[: len(mark)].casefold() == mark.casefold():
            return len(mark)
    return 0


EVENTS: dict[str, Callable[[Twitch, Fields, float], tuple[ChatRow, ...]]] = {
    "ChatMessage": Twitch.message, "Cheer": Twitch.cheer, "Announcement": Twitch.announcement, "Sub": Twitch.sub,
    "ReSub": Twitch.resub, "PrimePaidUpgrade": Twitch.resub, "GiftPaidUpgrade": Twitch.resub, "GiftSub": Twitch.gift,
    "GiftBomb": Twitch.bomb, "Raid": Twitch.raid, "Follow": Twitch.follow, "RewardRedemption": Twitch.redemption,
    "WatchStreak": Twitch.milestone, "BitsBadgeTier": Twitch.milestone, "ChatMessageDeleted": Twitch.deleted,
    "SharedChatMessageDeleted": Twitch.deleted, "UserTimedOut": Twitch.removed, "UserBanned": Twitch.removed,
    "SharedChatUserTimedout": Twitch.removed, "SharedChatUserBanned": Twitch.removed, "ChatCleared": Twitch.cleared,
    "AutoModMessageHeld": Twitch.held, "AutoModMessageUpdate": Twitch.resolved,
}  # fmt: skip
"""What is read beside `asides`."""
