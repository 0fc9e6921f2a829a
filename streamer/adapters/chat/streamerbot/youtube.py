"""What Streamer.bot says about a YouTube stream, as chat rows. `eventId` is the id of YouTube's own API.

Source: docs.streamer.bot "WebSocket Events: YouTube" and "Triggers: YouTube", the types of @streamerbot/client.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from streamer.adapters.chat.common.money import money
from streamer.adapters.chat.streamerbot.asides import SOURCE, is_test
from streamer.adapters.chat.streamerbot.fields import Fields
from streamer.adapters.chat.streamerbot.words import pieces
from streamer.core.events import Money, Role
from streamer.ports import ChatRow, RowKind, User

PLATFORM = "youtube"
_KEPT = 256
_ROLES: tuple[tuple[str, Role], ...] = (
    ("isOwner", "broadcaster"), ("isModerator", "moderator"), ("isSponsor", "member"), ("isVerified", "verified"),
)  # fmt: skip


def user_of(given: Fields) -> User:
    """Raises Lacking without an id."""
    return User(
        id=given.needed("id", "channelId"),
        name=given.name("name", "display", "displayName"),
        roles=tuple(role for mark, role in _ROLES if given.flag(mark)),
        avatar=given.picture("profileImageUrl"),
    )


def amount_of(data: Fields) -> Money | None:
    """Micros and currency where the event has them, else what it shows to people."""
    micros, currency = data.number("microAmount", "amountMicros"), data.name("currencyCode", "currency")
    if micros and len(currency) == 3 and currency.isascii() and currency.isalpha():
        return Money(micros, currency.upper())
    return money(data.text("amount", "amountDisplayString", limit=60))


class YouTube:
    """Turns events into rows. Remembers who gave memberships, so that a gift finds its batch."""

    def __init__(self) -> None:
        self._batches: OrderedDict[str, str] = OrderedDict()

    def rows(self, kind: str, data: Fields, at: float) -> tuple[ChatRow, ...]:
        """Rows of an event of `EVENTS`. Raises Lacking."""
        return EVENTS[kind](self, data, at)

    def message(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        return (self._said(data, "message", at),)

    def superchat(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        return (self._said(data, "superchat", at, amount=amount_of(data), tier=data.name("tier")),)

    def sticker(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        return (_about(data, "sticker", at, amount=amount_of(data), tier=data.name("tier")),)

    def member(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        return (_about(data, "member_new", at, tier=data.name("levelName", "tier")),)

    def milestone(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        months = data.number("months", "memberMonth")
        return (self._said(data, "milestone", at, count=months, tier=data.name("levelName", "tier")),)

    def gift(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        batch = data.needed("eventId", "id")
        row = _about(
            data, "gift_batch", at, count=data.number("count", "giftMembershipsCount"), tier=data.name("tier"),
            batch=batch,
        )  # fmt: skip
        if row.user is not None:
            self._batches[row.user.id] = batch
            if len(self._batches) > _KEPT:
                self._batches.popitem(last=False)
        return (row,)

    def received(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        batch = self._batches.get(data.part("gifter").name("id") or data.name("gifterUserId"), "")
        user = user_of(data.part("user"))
        return (
            _row(
                "gift_received", at, id=data.name("eventId", "id"), user=user, recipient=user, count=1, batch=batch,
                reply_to=batch, tier=data.name("tier"), test=is_test(data),
            ),
        )  # fmt: skip

    def follow(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        return (_about(data, "follow", at),)

    def deleted(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        target = data.needed("targetMessageId", "deletedMessageId", "messageId", "eventId")
        return (_row("delete_message", at, target=target, test=is_test(data)),)

    def removed(self, data: Fields, at: float) -> tuple[ChatRow, ...]:
        user = data.part("targetUser", "bannedUser", "user")
        seconds = float(data.number("banDuration", "banDurationSeconds", "duration"))
        return (_row("clear_user", at, target=user.needed("id"), duration_s=seconds, test=is_test(data)),)

    def _said(self, data: Fields, kind: RowKind, at: float, **more: Any) -> ChatRow:
        text = data.text("message", "text") or "".join(each.text("text") for each in data.parts("parts"))
        # What Streamer.bot calls an emote is an emoji here: a picture that stands for a name between colons.
        found = tuple(replace(each, type="emoji") if each.type == "emote" else each for each in pieces(data, text))
        return _about(data, kind, at, text=text, fragments=found, **more)


def _row(kind: RowKind, at: float, **more: Any) -> ChatRow:
    return ChatRow(at=at, platform=PLATFORM, kind=kind, source=SOURCE, **more)


def _about(data: Fields, kind: RowKind, at: float, **more: Any) -> ChatRow:
    needs_id = kind in ("message", "superchat", "sticker")
    row_id = data.needed("eventId", "messageId", "id") if needs_id else data.name("eventId", "messageId", "id")
    return _row(kind, at, id=row_id, user=user_of(data.part("user")), test=is_test(data), **more)


EVENTS: dict[str, Callable[[YouTube, Fields, float], tuple[ChatRow, ...]]] = {
    "Message": YouTube.message, "SuperChat": YouTube.superchat, "SuperSticker": YouTube.sticker,
    "NewSponsor": YouTube.member, "MemberMileStone": YouTube.milestone, "MembershipGift": YouTube.gift,
    "GiftMembershipReceived": YouTube.received, "NewSubscriber": YouTube.follow, "MessageDeleted": YouTube.deleted,
    "UserBanned": YouTube.removed, "UserTimedOut": YouTube.removed, "UserTimedout": YouTube.removed,
}  # fmt: skip
"""What is read beside `asides`."""
