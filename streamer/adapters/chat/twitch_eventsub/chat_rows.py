"""channel.chat.message and channel.chat.notification: what was said, and what Twitch announced in the chat."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from streamer.adapters.chat.twitch_eventsub.pieces import anyone, chatter, words
from streamer.adapters.chat.twitch_eventsub.reading import Json, Malformed, flag, needed, number, part, text
from streamer.core.events import Money
from streamer.ports import ChatRow, Detail, Reward, RowKind

PLATFORM = "twitch"
SOURCE = "eventsub"
_ACTION = "\x01ACTION "
_DIGITS_MAX = 6

Extra = dict[str, Any]
"""Fields of a ChatRow that a notice sets beside those that every notice has."""


def message(event: Json, at: float) -> ChatRow:
    """A message, a cheer (bits travel with the message) or a reward with a text. Raises Malformed."""
    whole, emotes, fragments = words(event)
    bits = number(part(event, "cheer"), "bits")
    reward = text(event, "channel_points_custom_reward_id")
    parent = part(event, "reply")
    kind = text(event, "message_type")
    action = whole.startswith(_ACTION)
    if action:
        whole, emotes, fragments = whole[len(_ACTION) :].removesuffix("\x01"), (), ()
    return ChatRow(
        at=at,
        platform=PLATFORM,
        source=SOURCE,
        kind="cheer" if bits else "redemption" if reward else "message",
        id=needed(event, "message_id"),
        user=chatter(event),
        text=whole,
        reply_to=text(parent, "parent_message_id"),
        reply_name=text(parent, "parent_user_name"),
        bits=bits,
        emotes=emotes,
        fragments=fragments,
        action=action,
        highlighted=kind == "channel_points_highlighted",
        # Only who never wrote here before is offered an introduction; other first messages are not told by EventSub.
        first=kind == "user_intro",
        reward=Reward(reward) if reward else None,
        channel=text(event, "broadcaster_user_login"),
        **_shared(event),
    )


def _shared(event: Json) -> Extra:
    """A message of a partner's room: both keys are null for one of ours."""
    source = text(event, "source_broadcaster_user_id")
    if not source or source == text(event, "broadcaster_user_id"):
        return {}
    return {"guest": True, "shared_from": text(event, "source_broadcaster_user_login") or source}


def _sub(detail: Json) -> Extra:
    return {"kind": "member_new", "count": number(detail, "duration_months"), "tier": _tier(detail)}


def _resub(detail: Json) -> Extra:
    return {"kind": "resub", "count": number(detail, "cumulative_months"), "tier": _tier(detail)}


def _upgrade(detail: Json) -> Extra:
    """From a gift or Prime to an own subscription."""
    return {"kind": "resub", "tier": _tier(detail)}


def _storm(detail: Json) -> Extra:
    return {
        "kind": "gift_batch", "count": number(detail, "total"), "tier": _tier(detail), "batch": text(detail, "id"),
    }  # fmt: skip


def _gift(detail: Json) -> Extra:
    """A gift of a storm is the recipient's row and names its batch; a single gift is a batch of one."""
    to = anyone(detail, "recipient_")
    if batch := text(detail, "community_gift_id"):
        if to is None:
            raise Malformed("no recipient_user_id")
        return {
            "kind": "gift_received", "count": 1, "user": to, "recipient": to, "batch": batch, "tier": _tier(detail),
        }  # fmt: skip
    target = to.id if to is not None else ""
    return {"kind": "gift_batch", "count": 1, "recipient": to, "target": target, "tier": _tier(detail)}


def _raid(detail: Json) -> Extra:
    return {"kind": "raid", "count": number(detail, "viewer_count"), "avatar": text(detail, "profile_image_url")}


def _charity(detail: Json) -> Extra:
    amount = part(detail, "amount")
    digits = min(number(amount, "decimal_place"), _DIGITS_MAX)
    micros = number(amount, "value") * 10 ** (_DIGITS_MAX - digits)
    return {
        "kind": "milestone", "amount": Money(micros, text(amount, "currency")),
        "detail": Detail(title=text(detail, "charity_name")),
    }  # fmt: skip


def _milestone(title: str, *keys: str) -> Callable[[Json], Extra]:
    def read(detail: Json) -> Extra:
        count = next((found for key in keys if (found := number(detail, key))), 0)
        return {"kind": "milestone", "count": count, "detail": Detail(title=title)}

    return read


def _said(_: Json) -> Extra:
    return {"kind": "message"}


_NOTICES: dict[str, Callable[[Json], Extra]] = {
    "sub": _sub,
    "resub": _resub,
    "sub_gift": _gift,
    "community_sub_gift": _storm,
    "gift_paid_upgrade": _upgrade,
    "prime_paid_upgrade": _upgrade,
    "raid": _raid,
    "announcement": _said,
    "charity_donation": _charity,
    "bits_badge_tier": _milestone("bits_badge_tier", "tier"),
    "watch_streak": _milestone("watch_streak", "streak_count", "streak", "value", "count"),
    "pay_it_forward": _milestone("pay_it_forward"),  # the gift itself comes as a notice of its own
}
_QUIET = frozenset({"unraid"})


def notification(event: Json, at: float) -> ChatRow | None:
    """The row of a notice; None when it says nothing to anybody. One that is not known and carries words is a message.

    Raises Malformed, also for a notice that is neither known nor carries words.
    """
    notice = needed(event, "notice_type")
    name = notice.removeprefix("shared_chat_")
    if name in _QUIET:
        return None
    whole, emotes, fragments = words(event)
    read = _NOTICES.get(name)
    if read is None:
        if not whole:
            raise Malformed("unknown notice_type")
        read = _said
    extra = read(part(event, notice))
    shared = _shared(event)
    if notice != name and not shared:  # told as shared without saying from where: still not ours
        shared = {"guest": True}
    kind: RowKind = extra.pop("kind")
    user = extra.pop("user", None) or chatter(event, tier=extra.get("tier", ""))
    if (avatar := extra.pop("avatar", "")).startswith("https://"):
        user = replace(user, avatar=avatar)
    return ChatRow(
        at=at,
        platform=PLATFORM,
        source=SOURCE,
        kind=kind,
        id=needed(event, "message_id"),
        user=user,
        text=whole,
        emotes=emotes,
        fragments=fragments,
        channel=text(event, "broadcaster_user_login"),
        **shared,
        **extra,
    )


def _tier(detail: Json) -> str:
    return "prime" if flag(detail, "is_prime") else text(detail, "sub_tier")
