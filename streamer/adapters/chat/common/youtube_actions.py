"""What YouTube's live chat page receives (InnerTube actions), as chat rows: for the live readers and for logs.

Shapes: pages recorded by other programs up to 2026; not verified against the live service of today. What the page only
shows (pins, tickers of paid messages, tooltips, summaries) is passed over; what is not known raises `Malformed`.
"""

from collections import OrderedDict
from typing import Any, Final

import msgspec

from streamer.adapters.chat.common import youtube_polls as polls
from streamer.adapters.chat.common.fragments import emotes_of, text_of
from streamer.adapters.chat.common.money import money
from streamer.adapters.chat.common.walk import at, number, text
from streamer.adapters.chat.common.youtube_words import author, bold, digits, fragments, words
from streamer.ports import ChatRow, RowKind, User

PLATFORM: Final = "youtube"
_STORMS_MAX: Final = 256
_REMOVED: Final = ("markChatItemAsDeletedAction", "removeChatItemAction")
_REMOVED_ALL: Final = ("markChatItemsByAuthorAsDeletedAction", "removeChatItemByAuthorAction")
_KINDS: Final[dict[str, RowKind]] = {
    "liveChatTextMessageRenderer": "message",
    "liveChatPaidMessageRenderer": "superchat",
    "liveChatPaidStickerRenderer": "sticker",
    "liveChatMembershipItemRenderer": "member_new",
    "liveChatSponsorshipsGiftPurchaseAnnouncementRenderer": "gift_batch",
    "liveChatSponsorshipsGiftRedemptionAnnouncementRenderer": "gift_received",
    "liveChatModeChangeMessageRenderer": "settings",
    "liveChatAutoModMessageRenderer": "held",
}
_PASSED_ITEMS: Final = frozenset({
    "liveChatPlaceholderItemRenderer", "liveChatViewerEngagementMessageRenderer", "liveChatModerationMessageRenderer",
    "liveChatPurchasedProductMessageRenderer", "liveChatDonationAnnouncementRenderer", "liveChatProductItemRenderer",
    "liveChatSponsorshipsGiftRedemptionBannerRenderer", "giftMessageViewModel", "creatorHeartViewModel",
})  # fmt: skip
_PASSED: Final = frozenset({
    "addLiveChatTickerItemAction", "removeLiveChatTickerItemAction", "removeBannerForLiveChatCommand",
    "liveChatReportModerationStateCommand", "showLiveChatTooltipCommand", "authorizationFailedAction", "signalAction",
    "changeEngagementPanelVisibilityAction", "updateLiveChatTickerItemAction", "replaceLiveChatRendererAction",
    "addLiveChatTextMessageFromTemplateAction", "showFanzoneTickerChipCommand", "removeFanzoneTickerChipCommand",
    "showCreatorGoalTickerChipCommand", "addInteractivityWidgetAction", "updateOrAddInteractivityWidgetAction",
    "showLiveChatSurveyCommand", "dimChatItemAction", "showLiveChatDialogAction", "openPopupAction",
})  # fmt: skip
_BESIDE: Final = frozenset({"clickTrackingParams", "trackingParams", "loggingDirectives", "videoOffsetTimeMsec"})


class Malformed(ValueError):
    """Not an action we can use. The text says why and quotes nothing of it."""


class Told(msgspec.Struct, frozen=True):
    """A row without its place (`at` is 0), and when YouTube took it in: microseconds of UNIX time, 0 unknown."""

    row: ChatRow
    usec: int = 0


class Actions:
    """Reads one chat's actions in order. Remembers gift storms and the poll that is open."""

    def __init__(self, source: str = "innertube") -> None:
        self._source = source
        self._storms: OrderedDict[str, str] = OrderedDict()
        self._polls = polls.Polls(source)

    def read(self, action: object) -> tuple[Told, ...]:
        """What an action tells, often nothing. Raises Malformed; whatever else is inside does not raise."""
        if not isinstance(action, dict):
            raise Malformed("not an object")
        if (item := at(action, "addChatItemAction", "item")) is not None:
            return self._item(item)
        if "replaceChatItemAction" in action:
            return self._replaced(at(action, "replaceChatItemAction"))
        if removal := _removal(action):
            return (Told(self._sourced(removal)),)
        if "addBannerToLiveChatCommand" in action:
            return self._banner(at(action, "addBannerToLiveChatCommand", "bannerRenderer", "liveChatBannerRenderer"))
        if (poll := self._polls.read(action)) is not None:
            return tuple(Told(row) for row in poll)
        if set(map(str, action)) - _PASSED - _BESIDE:  # pyright: ignore[reportUnknownArgumentType]
            raise Malformed("unknown action")
        return ()

    def _item(self, item: Any) -> tuple[Told, ...]:
        for name, kind in _KINDS.items():
            if isinstance(renderer := at(item, name), dict):
                told = self._told(kind, renderer)
                empty = told.row.kind == "message" and not told.row.text.strip()
                return () if empty else (told,)
        if isinstance(item, dict) and any(name in item for name in _PASSED_ITEMS):
            return ()
        raise Malformed("unknown item" if item else "empty item")

    def _told(self, kind: RowKind, renderer: Any) -> Told:
        row = self._row(kind, renderer)
        if not row.id:
            raise Malformed("no id")
        if kind != "settings" and (row.user is None or not row.user.id):
            raise Malformed("no author")
        return Told(self._sourced(row), int(max(number(renderer, "timestampUsec") or 0, 0)))

    def _sourced(self, row: ChatRow) -> ChatRow:
        return msgspec.structs.replace(row, source=self._source)

    def _row(self, kind: RowKind, renderer: Any) -> ChatRow:
        match kind:
            case "member_new":
                return _membership(renderer)
            case "gift_batch":
                return self._storm(renderer)
            case "gift_received":
                return self._gift(renderer)
            case "settings":
                told = " ".join(filter(None, (words(at(renderer, "text")), words(at(renderer, "subtext")))))
                return ChatRow(at=0.0, platform=PLATFORM, kind=kind, id=text(renderer, "id"), text=told)
            case "held":
                inner = at(renderer, "autoModeratedItem", "liveChatTextMessageRenderer")
                row = _message("held", inner)
                return msgspec.structs.replace(row, id=row.id or text(renderer, "id"))
            case _:
                return _message(kind, renderer)

    def _storm(self, renderer: Any) -> ChatRow:
        head = at(renderer, "header", "liveChatSponsorshipsHeaderRenderer")
        user = author(head, text(renderer, "authorExternalChannelId"))
        ident = text(renderer, "id")
        if user.name and ident:
            self._storms[user.name] = ident
            self._storms.move_to_end(user.name)
            if len(self._storms) > _STORMS_MAX:
                self._storms.popitem(last=False)
        count = digits(_numbers(at(head, "primaryText"))) or digits(words(at(head, "primaryText"))) or 1
        return ChatRow(at=0.0, platform=PLATFORM, kind="gift_batch", id=ident, user=user, count=count)

    def _gift(self, renderer: Any) -> ChatRow:
        """The recipient's row. The giver stands in bold inside YouTube's sentence; his newest storm is its batch."""
        user = author(renderer)
        batch = self._storms.get(bold(at(renderer, "message")).removeprefix("@"), "")
        return ChatRow(
            at=0.0, platform=PLATFORM, kind="gift_received", id=text(renderer, "id"), user=user, recipient=user,
            count=1, batch=batch, reply_to=batch,
        )  # fmt: skip

    def _replaced(self, action: Any) -> tuple[Told, ...]:
        """A held message that was approved: its text. One that was denied or taken away again: a deletion."""
        target = text(action, "targetItemId")
        if not target:
            raise Malformed("no target")
        item = at(action, "replacementItem")
        for name in ("liveChatTextMessageRenderer", "liveChatPaidMessageRenderer"):
            if isinstance(renderer := at(item, name), dict):
                told = self._told("message" if name == "liveChatTextMessageRenderer" else "superchat", renderer)
                if told.row.kind == "superchat" or not told.row.text.strip():
                    return (told,) if told.row.kind == "superchat" else ()
                return (Told(msgspec.structs.replace(told.row, kind="replace_message", target=target), told.usec),)
        return (Told(self._sourced(ChatRow(at=0.0, platform=PLATFORM, kind="delete_message", target=target))),)

    def _banner(self, banner: Any) -> tuple[Told, ...]:
        """Of all banners only the one that says whose viewers have come over: a raid, without their number."""
        redirect = at(banner, "contents", "liveChatBannerRedirectRenderer")
        if redirect is None:
            return ()
        if at(redirect, "inlineActionButton", "buttonRenderer", "command", "watchEndpoint") is not None:
            return ()  # our own viewers are being sent elsewhere
        shown = bold(at(redirect, "bannerMessage")) or text(redirect, "bannerMessage", "runs", 0, "text").strip()
        ident = text(banner, "actionId")
        if not shown or not ident:
            raise Malformed("no name")
        user = author({"authorName": {"simpleText": shown}, "authorPhoto": at(redirect, "authorPhoto")}, shown)
        return (Told(self._sourced(ChatRow(at=0.0, platform=PLATFORM, kind="raid", id=ident, user=user))),)


def _removal(action: object) -> ChatRow | None:
    for name in _REMOVED:
        if (found := at(action, name)) is not None:
            if not (target := text(found, "targetItemId")):
                raise Malformed("no target")
            return ChatRow(at=0.0, platform=PLATFORM, kind="delete_message", target=target)
    for name in _REMOVED_ALL:
        if (found := at(action, name)) is not None:
            if not (target := text(found, "externalChannelId")):
                raise Malformed("no target")
            return ChatRow(at=0.0, platform=PLATFORM, kind="clear_user", target=target)
    return None


def _message(kind: RowKind, renderer: Any) -> ChatRow:
    """A message, paid or not. A sticker's text is what it shows, as YouTube describes it."""
    pieces = fragments(at(renderer, "message"))
    said = text_of(pieces)
    if kind == "sticker":
        pieces, said = (), said or text(renderer, "sticker", "accessibility", "accessibilityData", "label")
    shown = words(at(renderer, "purchaseAmountText"))
    user = author(renderer) if renderer is not None else User(id="")
    return ChatRow(
        at=0.0, platform=PLATFORM, kind=kind, id=text(renderer, "id"), user=user, text=said, fragments=pieces,
        emotes=emotes_of(pieces), amount=money(shown) if shown else None,
    )  # fmt: skip


def _membership(renderer: Any) -> ChatRow:
    """A new member (the line is YouTube's welcome), or a milestone: months in the head, the member's own words."""
    head, subtext = words(at(renderer, "headerPrimaryText")), at(renderer, "headerSubtext")
    row = _message("milestone", renderer)
    if not head and not row.text:
        tier = words(at(subtext, "runs", 1) and {"runs": [at(subtext, "runs", 1)]})
        return msgspec.structs.replace(row, kind="member_new", tier=tier.strip())
    months = digits(_numbers(at(renderer, "headerPrimaryText"))) or digits(head)
    user = msgspec.structs.replace(row.user, months=months) if row.user is not None and months else row.user
    return msgspec.structs.replace(row, user=user, count=months, tier=words(subtext).strip())


def _numbers(value: Any) -> str:
    """The first run that is a number alone: names of channels and levels in the same sentence may hold digits too."""
    runs = at(value, "runs")
    for index in range(len(runs) if isinstance(runs, list) else 0):  # pyright: ignore[reportUnknownArgumentType]
        shown = text(value, "runs", index, "text").strip()
        if shown.isdecimal():
            return shown
    return ""
