"""What YouTube's API means by its chat messages: chat rows.

Source: developers.google.com/youtube/v3/live/docs/liveChatMessages (snippet.type and the details of each), the
discovery document (giftDetails, the tombstone). Where page and discovery name a key differently both are read. Deleted
and retracted messages are said to come no more since June 2026; they are read all the same.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.common.walk import items as _list
from streamer.adapters.chat.common.walk import text as _text
from streamer.core.events import Money, Role
from streamer.ports import ChatRow, Choice, Detail, RowKind, User

PLATFORM: Final = "youtube"
SOURCE: Final = "ytapi"
_KEPT: Final = 2_000
_ROLES: Final[tuple[tuple[str, Role], ...]] = (
    ("isChatOwner", "broadcaster"), ("isChatModerator", "moderator"), ("isChatSponsor", "member"),
    ("isVerified", "verified"),
)  # fmt: skip
_INTERVAL_MAX_S: Final = 120.0


class Malformed(ValueError):
    """Lacks what its row needs. Quotes nothing of it."""


class Page(msgspec.Struct):
    """One `liveChatMessageListResponse`. `interval_s` is how long to wait before asking again (0: not said)."""

    rows: list[tuple[float, ChatRow]]
    """(seconds since 1970 by YouTube's clock, 0 when it does not say; the row, whose `at` is not filled in)."""
    token: str = ""
    interval_s: float = 0.0
    ended: bool = False
    """YouTube says that the stream or its chat is over."""


class Rows:
    """Turns responses into rows. Remembers polls and gifts that come again with new numbers."""

    def __init__(self, unread: Unread) -> None:
        self._unread = unread
        self._polls: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._gifts: OrderedDict[str, int] = OrderedDict()
        self._readers: dict[str, Callable[[Any, Any], ChatRow | None]] = {
            "textMessageEvent": self._message,
            "superChatEvent": self._superchat,
            "fanFundingEvent": self._superchat,
            "superStickerEvent": self._sticker,
            "newSponsorEvent": self._member,
            "memberMilestoneChatEvent": self._milestone,
            "membershipGiftingEvent": self._gifting,
            "giftMembershipReceivedEvent": self._received,
            "giftEvent": self._jewels,
            "messageDeletedEvent": self._deleted,
            "messageRetractedEvent": self._deleted,
            "tombstone": self._tombstone,
            "userBannedEvent": self._banned,
            "pollEvent": self._poll,
            "sponsorOnlyModeStartedEvent": self._members_begin,
            "sponsorOnlyModeEndedEvent": self._members_end,
        }

    def page(self, response: dict[str, Any]) -> Page:
        """Never raises: an item that cannot be read is kept raw, its neighbours survive."""
        page = Page([], _text(response, "nextPageToken"), _interval_s(response), bool(_text(response, "offlineAt")))
        items = response.get("items")
        if items is not None and not isinstance(items, list):
            self._unread.keep(response, "items is no list")
            items = None
        for item in [*(items or ()), *_list_of(response.get("activePollItem"))]:
            try:
                snippet = _dict(item, "snippet")
                kind = _text(snippet, "type")
                if kind == "chatEndedEvent":
                    page.ended = True
                    continue
                read = self._readers.get(kind)
                if read is None:
                    raise Malformed("unknown type")
                row = read(item, snippet)
            except Malformed as wrong:
                self._unread.keep(item, str(wrong))
                continue
            except Exception as wrong:  # noqa: BLE001 - whatever one item is, the others must come through
                self._unread.keep(item, type(wrong).__name__)
                continue
            if row is not None:
                page.rows.append((_stamp(snippet), row))
        return page

    # --- words --------------------------------------------------------------------------------------------------------

    def _message(self, item: Any, snippet: Any) -> ChatRow:
        text = _text(_part(snippet, "textMessageDetails"), "messageText") or _text(snippet, "displayMessage")
        if not text:
            raise Malformed("no text")
        return _row("message", item, snippet, text=text)

    def _superchat(self, item: Any, snippet: Any) -> ChatRow:
        details = _part(snippet, "superChatDetails") or _part(snippet, "fanFundingEventDetails")
        return _paid("superchat", item, snippet, details, _text(details, "userComment"))

    def _sticker(self, item: Any, snippet: Any) -> ChatRow:
        details = _part(snippet, "superStickerDetails")
        return _paid("sticker", item, snippet, details, _text(_part(details, "superStickerMetadata"), "altText"))

    # --- members ------------------------------------------------------------------------------------------------------

    def _member(self, item: Any, snippet: Any) -> ChatRow:
        """An upgrade to a dearer level is told as staying, not as joining."""
        details = _part(snippet, "newSponsorDetails")
        kind: RowKind = "resub" if details.get("isUpgrade") is True else "member_new"
        return _row(kind, item, snippet, tier=_text(details, "memberLevelName"))

    def _milestone(self, item: Any, snippet: Any) -> ChatRow:
        details = _part(snippet, "memberMilestoneChatDetails")
        months = _count(details, "memberMonth")
        return _row(
            "milestone", item, snippet, text=_text(details, "userComment"), count=months,
            tier=_text(details, "memberLevelName"), months=months,
        )  # fmt: skip

    def _gifting(self, item: Any, snippet: Any) -> ChatRow:
        details = _part(snippet, "membershipGiftingDetails")
        count = _count(details, "giftMembershipsCount") or 1
        tier = _text(details, "giftMembershipsLevelName")
        return replace(_row("gift_batch", item, snippet, count=count, tier=tier), batch=_id(item))

    def _received(self, item: Any, snippet: Any) -> ChatRow:
        """The row is the recipient's; `batch` is the message of the gifts it belongs to."""
        details = _part(snippet, "giftMembershipReceivedDetails")
        row = _row("gift_received", item, snippet, tier=_text(details, "memberLevelName"))
        batch = _text(details, "associatedMembershipGiftingMessageId")
        return replace(row, recipient=row.user, batch=batch)

    def _jewels(self, item: Any, snippet: Any) -> ChatRow | None:
        """A gift paid in jewels is a cheer: `bits` are jewels. The same id comes again while the viewer goes on; each
        such row has the jewels that are new, an id of its own, and the first id as its `batch`."""
        details = _part(snippet, "giftDetails") or _part(snippet, "giftEventDetails")
        price = _count(details, "jewelsAmount") or _count(details, "jewelsCount")
        combo = max(1, _count(details, "comboCount"))
        message = _id(item)
        told = self._gifts.get(message, 0)
        if combo <= told:
            return None
        self._remember(self._gifts, message, combo)
        name = _text(details, "giftName")
        row = _row("cheer", item, snippet, text=_text(details, "altText") or name, count=combo)
        new = f"{message}:{combo}" if told else message
        return replace(row, id=new, bits=price * (combo - told), batch=message, detail=Detail(title=name))

    # --- what is taken back -------------------------------------------------------------------------------------------

    def _deleted(self, _item: Any, snippet: Any) -> ChatRow:
        target = _text(_part(snippet, "messageDeletedDetails"), "deletedMessageId") or _text(
            _part(snippet, "messageRetractedDetails"), "retractedMessageId"
        )
        if not target:
            raise Malformed("no target")
        return _bare("delete_message", target=target)

    def _tombstone(self, item: Any, _snippet: Any) -> ChatRow:
        """Stands where a message was: its id is the message's."""
        return _bare("delete_message", target=_id(item))

    def _banned(self, _item: Any, snippet: Any) -> ChatRow:
        """`duration_s` 0 is for good."""
        details = _part(snippet, "userBannedDetails")
        target = _text(_part(details, "bannedUserDetails"), "channelId")
        if not target:
            raise Malformed("no target")
        seconds = 0 if _text(details, "banType") == "permanent" else _count(details, "banDurationSeconds")
        return _bare("clear_user", target=target, duration_s=float(seconds))

    # --- the room -----------------------------------------------------------------------------------------------------

    def _poll(self, item: Any, snippet: Any) -> ChatRow | None:
        details = _part(snippet, "pollDetails")
        metadata = _part(details, "metadata")
        message = _id(item)
        choices = tuple(
            Choice(_text(each, "optionText"), _count(each, "tally")) for each in _list(metadata.get("options"))
        )
        status = (_text(details, "status") or _text(metadata, "status")).lower()
        known = self._polls.get(message)
        state = f"{status}{[each.votes for each in choices]}"
        if known is not None and known[1] == state:
            return None
        kind: RowKind = "poll_end" if status == "closed" else "poll_begin" if known is None else "poll_progress"
        number = known[0] + 1 if known is not None else 0
        self._remember(self._polls, message, (number, state))
        title = _text(metadata, "questionText")
        detail = Detail(title=title, choices=choices, total=sum(each.votes for each in choices))
        row = _row(kind, item, snippet, text=title)
        return replace(row, detail=detail, id=f"{message}:{number}" if number else message)

    def _members_begin(self, _item: Any, _snippet: Any) -> ChatRow:
        return _bare("settings", text="members-only=1")

    def _members_end(self, _item: Any, _snippet: Any) -> ChatRow:
        return _bare("settings", text="members-only=0")

    def _remember(self, table: OrderedDict[str, Any], key: str, value: object) -> None:
        table[key] = value
        table.move_to_end(key)
        if len(table) > _KEPT:
            table.popitem(last=False)


def _row(
    kind: RowKind, item: Any, snippet: Any, *, text: str = "", count: int = 0, tier: str = "", months: int = 0
) -> ChatRow:
    return ChatRow(
        at=0.0, platform=PLATFORM, source=SOURCE, kind=kind, id=_id(item), user=_user(item, snippet, months, tier),
        text=text, count=count, tier=tier,
    )  # fmt: skip


def _bare(kind: RowKind, *, target: str = "", duration_s: float = 0.0, text: str = "") -> ChatRow:
    """A row nobody wrote: what a moderator or YouTube did."""
    return ChatRow(at=0.0, platform=PLATFORM, source=SOURCE, kind=kind, target=target, duration_s=duration_s, text=text)


def _paid(kind: RowKind, item: Any, snippet: Any, details: dict[str, Any], text: str) -> ChatRow:
    micros = _count(details, "amountMicros")
    currency = _text(details, "currency").upper()
    if not micros:
        raise Malformed("no amount")
    tier = _count(details, "tier")
    row = _row(kind, item, snippet, text=text)
    money = Money(micros, currency if len(currency) == 3 and currency.isascii() and currency.isalpha() else "")
    return replace(row, amount=money, tier=str(tier) if tier else "")


def _user(item: Any, snippet: Any, months: int, tier: str) -> User:
    author = _part(item, "authorDetails")
    channel = _text(author, "channelId") or _text(snippet, "authorChannelId")
    if not channel:
        raise Malformed("no author")
    shown = _text(author, "displayName")
    name = shown.removeprefix("@")
    avatar = _text(author, "profileImageUrl")
    return User(
        id=channel,
        login=name if shown.startswith("@") else "",
        name=name,
        roles=tuple(role for key, role in _ROLES if author.get(key) is True),
        avatar=avatar if avatar.startswith("https://") else "",
        tier=tier,
        months=months,
    )


def _id(item: Any) -> str:
    message = _text(item, "id")
    if not message:
        raise Malformed("no id")
    return message


def _stamp(snippet: Any) -> float:
    """Seconds since 1970, or 0 when there is no time to read."""
    try:
        stamp = datetime.fromisoformat(_text(snippet, "publishedAt"))
    except ValueError:
        return 0.0
    return stamp.timestamp() if stamp.tzinfo is not None else 0.0


def _interval_s(response: dict[str, Any]) -> float:
    return min(_count(response, "pollingIntervalMillis") / 1000, _INTERVAL_MAX_S)


def _count(value: Any, key: str) -> int:
    """A whole number; Google writes 64-bit ones as strings."""
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, bool):
        return 0
    if isinstance(found, str):
        return int(found) if found.isascii() and found.isdecimal() and len(found) < 19 else 0
    if isinstance(found, float):
        return int(found) if 0 <= found < 1e15 else 0
    return found if isinstance(found, int) and 0 <= found < 1 << 62 else 0


def _part(value: Any, key: str) -> dict[str, Any]:
    """What stands under a key, empty when it is missing or of another kind."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _dict(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, dict):
        raise Malformed(f"no {key}")
    return found


def _list_of(value: Any) -> list[Any]:
    return [value] if isinstance(value, dict) else []
