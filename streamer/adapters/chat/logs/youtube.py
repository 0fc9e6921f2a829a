"""YouTube live chat as `yt-dlp` writes it (`.live_chat.json`): one action a line.

`{"replayChatItemAction": {"actions": [...], "videoOffsetTimeMsec": "1234"}}`, or, recorded live, the action beside
`videoOffsetTimeMsec`. What was written before the stream began comes first with offset 0; its place is known from
`timestampUsec` only.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from streamer.adapters.chat.logs.lines import BadLine, Read, Stamped, at, items, lines_of, number, text
from streamer.adapters.chat.logs.money import money
from streamer.core.events import Role
from streamer.ports import ChatRow, RowKind, User

PLATFORM: Final = "youtube"
_ICONS: Final[dict[str, Role]] = {"OWNER": "broadcaster", "MODERATOR": "moderator", "VERIFIED": "verified"}
_REMOVED: Final = ("markChatItemAsDeletedAction", "removeChatItemAction")
_REMOVED_ALL: Final = ("markChatItemsByAuthorAsDeletedAction", "removeChatItemByAuthorAction")
_KINDS: Final[dict[str, RowKind]] = {
    "liveChatTextMessageRenderer": "message",
    "liveChatPaidMessageRenderer": "superchat",
    "liveChatPaidStickerRenderer": "sticker",
    "liveChatMembershipItemRenderer": "member_new",
    "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer": "gift_batch",
    "liveChatSponsorshipsGiftRedemptionAnnouncementRenderer": "gift_received",
}
_DECODER: Final = msgspec.json.Decoder()


def read(chunks: Iterator[str]) -> Read:
    """Rows of a log; what YouTube only shows (pins, tickers, polls) is passed over."""
    for line_number, line in lines_of(chunks):
        if line is None:
            yield BadLine(line_number, "too long")
            continue
        if not line.strip("\ufeff \t\r"):
            continue
        try:
            value = _DECODER.decode(line.strip("\ufeff \t\r,"))
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            yield BadLine(line_number, "not JSON")
            continue
        replay = at(value, "replayChatItemAction")
        offset = number(replay, "videoOffsetTimeMsec")
        offset = offset if offset is not None else number(value, "videoOffsetTimeMsec")
        actions = items(replay, "actions") or items(value, "actions") or ([value] if isinstance(value, dict) else [])
        if not isinstance(value, dict):
            yield BadLine(line_number, "not an object")
            continue
        for each in actions:
            yield from _action(line_number, each, offset)


def _action(line_number: int, action: Any, offset_ms: float | None) -> Read:
    item = at(action, "addChatItemAction", "item") or at(action, "replaceChatItemAction", "replacementItem")
    usec = 0.0
    row: ChatRow | None = None
    place = (offset_ms or 0.0) / 1000
    for name in _REMOVED:
        if target := text(action, name, "targetItemId"):
            row = ChatRow(at=place, platform=PLATFORM, kind="delete_message", target=target)
    for name in _REMOVED_ALL:
        if target := text(action, name, "externalChannelId"):
            row = ChatRow(at=place, platform=PLATFORM, kind="clear_user", target=target)
    for name, kind in _KINDS.items() if isinstance(item, dict) else ():
        renderer = at(item, name)
        if isinstance(renderer, dict):
            usec = number(renderer, "timestampUsec") or 0.0
            row = _row(kind, renderer, place)
            if not row.id or row.user is None or not row.user.id:
                yield BadLine(line_number, "no id")
                return
    if row is None or (row.kind == "message" and not row.text.strip()):
        return
    if offset_ms is None and not usec:
        yield BadLine(line_number, "no time")
        return
    if offset_ms is None:
        row = msgspec.structs.replace(row, at=usec / 1e6)
    yield Stamped(line_number, row, usec / 1e6 if usec > 0 else 0.0)


def _row(kind: RowKind, renderer: Any, place: float) -> ChatRow:
    head = at(renderer, "header", "liveChatSponsorshipsHeaderRenderer") if kind == "gift_batch" else renderer
    user = User(
        id=text(renderer, "authorExternalChannelId"),
        name=_words(at(head, "authorName")).removeprefix("@"),
        roles=_roles(head),
    )
    words, count = _words(at(renderer, "message")), 0
    amount = money(text(renderer, "purchaseAmountText", "simpleText"))
    if kind == "member_new":
        months = _words(at(renderer, "headerPrimaryText"))
        if months or words:
            kind, count = "milestone", _digits(months)
    elif kind == "gift_batch":
        count, words = _digits(_words(at(head, "primaryText"))) or 1, ""
    elif kind == "gift_received":
        words = ""
    elif kind == "sticker":
        words = words or text(renderer, "sticker", "accessibility", "accessibilityData", "label")
    return ChatRow(
        at=place, platform=PLATFORM, kind=kind, id=text(renderer, "id"), user=user, text=words, amount=amount,
        count=count, emotes=_emotes(at(renderer, "message")) if kind in ("message", "superchat") else (),
    )  # fmt: skip


def _piece(run: Any) -> tuple[str, str]:
    """The words of a run, and the id of its emoji when it is one of the channel's own."""
    emoji = at(run, "emoji")
    if emoji is None:
        return text(run, "text"), ""
    own = at(emoji, "isCustomEmoji") is True
    name = text(emoji, "shortcuts", 0) or text(emoji, "emojiId")
    return (name, text(emoji, "emojiId")) if own else (text(emoji, "emojiId") or name, "")


def _words(value: Any) -> str:
    return text(value, "simpleText") or "".join(_piece(run)[0] for run in items(value, "runs"))


def _emotes(value: Any) -> tuple[tuple[int, int, str], ...]:
    out: list[tuple[int, int, str]] = []
    place = 0
    for run in items(value, "runs"):
        words, emote = _piece(run)
        if emote and words:
            out.append((place, place + len(words), emote))
        place += len(words)
    return tuple(out)


def _digits(words: str) -> int:
    digits = "".join(char for char in words if char.isascii() and char.isdecimal())
    return int(digits) if 0 < len(digits) < 7 else 0


def _roles(renderer: Any) -> tuple[Role, ...]:
    out: list[Role] = []
    for badge in items(renderer, "authorBadges"):
        shown = at(badge, "liveChatAuthorBadgeRenderer")
        icon = text(shown, "icon", "iconType")
        role: Role | None = _ICONS.get(icon)
        if role is None and at(shown, "customThumbnail") is not None:
            role = "member"
        if role is not None and role not in out:
            out.append(role)
    return tuple(out)
