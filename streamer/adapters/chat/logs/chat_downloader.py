"""What the `chat-downloader` program writes, of Twitch and of YouTube: a JSON array, or one object a line.

An item: `message_id`, `message`, `message_type`, `time_in_seconds`, `timestamp` (microseconds), `author {id, name,
display_name, badges [{name, title, icon_name}]}`, `money {amount, currency}`, `bits`, `emotes [{locations}]`.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from streamer.adapters.chat.common.money import money
from streamer.adapters.chat.common.walk import at, items, number, text, whole
from streamer.adapters.chat.logs.jsonstream import elements
from streamer.adapters.chat.logs.lines import BadLine, Read, Stamped, lines_of
from streamer.adapters.chat.logs.twitch_vod import BADGES
from streamer.core.events import Money, Role
from streamer.ports import ChatRow, RowKind, User

_KINDS: Final[dict[str, RowKind]] = {
    "text_message": "message", "paid_message": "superchat", "paid_sticker": "sticker", "membership_item": "member_new",
    "sponsorships_gift_purchase_announcement": "gift_batch",
    "sponsorships_gift_redemption_announcement": "gift_received",
    "subscription": "member_new", "resubscription": "resub", "mystery_subscription_gift": "gift_batch",
    "subscription_gift": "gift_batch", "raid": "raid", "bits": "cheer", "cheer": "cheer", "announcement": "message",
    "highlighted_message": "message", "action_message": "message", "user_intro": "message",
    "delete_message": "delete_message", "deleted_message": "delete_message", "ban_user": "clear_user",
    "clear_chat": "clear_chat",
}  # fmt: skip
_ROLES: Final[dict[str, Role]] = {
    **BADGES, "owner": "broadcaster", "member": "member", "new member": "member", "verified": "verified",
}  # fmt: skip
_COUNTS: Final = ("number_of_raiders", "mass_gift_count", "cumulative_months", "viewer_count", "sender_count")
_DECODER: Final = msgspec.json.Decoder()


def read(chunks: Iterator[str], *, lines: bool) -> Read:
    """`lines`: one object a line; else one array."""
    for each in _lines(chunks) if lines else elements(chunks):
        if isinstance(each, BadLine):
            yield each
            continue
        ordinal, item = each
        wall_s = (number(item, "timestamp") or 0.0) / 1e6
        offset = number(item, "time_in_seconds")
        if offset is None and not wall_s:
            yield BadLine(ordinal, "no time_in_seconds")
            continue
        row = _row(ordinal, offset if offset is not None else wall_s, item)
        if isinstance(row, str):
            yield BadLine(ordinal, row)
        elif row is not None:
            yield Stamped(ordinal, row, wall_s)


def _lines(chunks: Iterator[str]) -> Iterator[tuple[int, Any] | BadLine]:
    for ordinal, line in lines_of(chunks):
        if line is None:
            yield BadLine(ordinal, "too long")
            continue
        line = line.strip("\ufeff \t\r,")  # noqa: PLW2901 - commas: of an array written one element a line
        if line in ("", "[", "]"):
            continue
        try:
            yield ordinal, _DECODER.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            yield BadLine(ordinal, "not JSON")


def _row(ordinal: int, offset: float, item: Any) -> ChatRow | str | None:
    who = at(item, "author")
    youtube = text(who, "id").startswith("UC") or text(item, "action_type") != ""
    kind = _KINDS.get(text(item, "message_type") or "text_message")
    if kind is None:
        return None
    platform = "youtube" if youtube else "twitch"
    if kind in ("delete_message", "clear_user"):
        target = text(item, "target_message_id") if kind == "delete_message" else text(who, "id") or text(who, "name")
        if not target:
            return "no target"
        return ChatRow(
            at=offset, platform=platform, kind=kind, target=target, duration_s=float(whole(item, "ban_duration"))
        )
    if kind == "clear_chat":
        return ChatRow(at=offset, platform=platform, kind=kind)
    login = text(who, "name")
    user = User(
        id=text(who, "id") or login, login="" if youtube else login,
        name=(text(who, "display_name") or login).removeprefix("@"), roles=_roles(who),
    )  # fmt: skip
    if not user.id:
        return "no author"
    words, paid = text(item, "message"), whole(item, "bits") if not youtube else 0
    if kind == "message" and not words.strip():
        return None
    return ChatRow(
        at=offset, platform=platform, kind="cheer" if paid and kind == "message" else kind,
        id=text(item, "message_id") or f"item-{ordinal}", user=user, text=words, bits=paid, amount=_amount(item),
        count=next((found for name in _COUNTS if (found := whole(item, name))), 0),
        action=text(item, "message_type") == "action_message", emotes=_emotes(item, len(words)),
    )  # fmt: skip


def _amount(item: Any) -> Money | None:
    paid = at(item, "money")
    value = number(paid, "amount")
    if value is None:
        return money(text(paid, "text") or text(item, "amount"))
    if not 0 <= value < 1e9:
        return None
    return Money(round(value * 1_000_000), text(paid, "currency")[:8])


def _roles(who: Any) -> tuple[Role, ...]:
    out: list[Role] = []
    for badge in items(who, "badges"):
        for name in (text(badge, "name"), text(badge, "icon_name"), text(badge, "title").split(" (")[0]):
            role = _ROLES.get(name.lower())
            if role is not None and role not in out:
                out.append(role)
    return tuple(out)


def _emotes(item: Any, length: int) -> tuple[tuple[int, int, str], ...]:
    """Locations are `first-last`, both included, or several of them joined by commas."""
    out: list[tuple[int, int, str]] = []
    for emote in items(item, "emotes"):
        places = at(emote, "locations")
        for place in places if isinstance(places, list) else str(places or "").split(","):
            first, _, last = str(place).partition("-")
            if first.isdecimal() and last.isdecimal() and len(first) < 7 and len(last) < 7:
                start, end = int(first), int(last) + 1
                if 0 <= start < end <= length:
                    out.append((start, end, text(emote, "id") or "emote"))
    return tuple(sorted(out))
