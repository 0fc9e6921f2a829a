"""What a YouTube live chat page receives, made up: one function for each kind of item and action.

Shapes as pages of real chats held them up to 2026.
"""

import time
from typing import Any

MIKA = "UCmikaaaaaaaaaaaaaaaaaaa"
THUMB = "https://yt3.ggpht.com/ytc/AIdro_picture=s64-c-k"

Item = dict[str, Any]


def runs(*parts: Any) -> Item:
    """Runs of text; a dict stands for itself."""
    return {"runs": [part if isinstance(part, dict) else {"text": str(part)} for part in parts]}


def channel_of(user: str) -> str:
    return f"UC{user:x<22}"[:24]


def badge(icon: str = "", tooltip: str = "") -> Item:
    shown: Item = {"tooltip": tooltip}
    if icon:
        shown["icon"] = {"iconType": icon}
    else:
        shown["customThumbnail"] = {"thumbnails": [{"url": THUMB}]}
    return {"liveChatAuthorBadgeRenderer": shown}


def author(user: str, *badges: Item) -> Item:
    out: Item = {
        "authorName": {"simpleText": f"@{user}"},
        "authorPhoto": {"thumbnails": [{"url": THUMB, "width": 32}, {"url": THUMB, "width": 64}]},
        "authorExternalChannelId": channel_of(user),
    }
    return out | {"authorBadges": list(badges)} if badges else out


def emoji(sign: str) -> Item:
    return {"emoji": {"emojiId": sign, "shortcuts": [":x:"], "searchTerms": ["x"], "image": {"thumbnails": []}}}


def emote(name: str, url: str = "https://yt3.ggpht.com/emote=w48") -> Item:
    return {
        "emoji": {
            "emojiId": f"{MIKA}/{name}", "shortcuts": [f":{name}:"], "isCustomEmoji": True,
            "image": {"thumbnails": [{"url": url}], "accessibility": {"accessibilityData": {"label": name}}},
        }
    }  # fmt: skip


def stamp(usec: int | None = None) -> str:
    return str(usec if usec is not None else time.time_ns() // 1000)


def add(renderer: str, body: Item) -> Item:
    return {"addChatItemAction": {"item": {renderer: body}, "clientId": "x"}, "clickTrackingParams": "x"}


def message(ident: str, user: str, words: Any, *badges: Item, usec: int | None = None) -> Item:
    text = words if isinstance(words, dict) else runs(words)
    body = {"id": ident, "timestampUsec": stamp(usec), "message": text, **author(user, *badges)}
    return add("liveChatTextMessageRenderer", body)


def superchat(ident: str, user: str, shown: str, words: str = "") -> Item:
    body = {
        "id": ident, "timestampUsec": stamp(), "purchaseAmountText": {"simpleText": shown}, **author(user),
        "headerBackgroundColor": 4278237396, "bodyBackgroundColor": 4278248959,
    }  # fmt: skip
    return add("liveChatPaidMessageRenderer", body | ({"message": runs(words)} if words else {}))


def sticker(ident: str, user: str, shown: str, label: str) -> Item:
    return add("liveChatPaidStickerRenderer", {
        "id": ident, "timestampUsec": stamp(), "purchaseAmountText": {"simpleText": shown}, **author(user),
        "sticker": {"thumbnails": [], "accessibility": {"accessibilityData": {"label": label}}},
    })  # fmt: skip


def member(ident: str, user: str, level: str = "Friends") -> Item:
    return add("liveChatMembershipItemRenderer", {
        "id": ident, "timestampUsec": stamp(), **author(user, badge(tooltip="New member")),
        "headerSubtext": runs("Welcome to ", level, "!"),
    })  # fmt: skip


def milestone(ident: str, user: str, months: int, words: str, level: str = "Friends") -> Item:
    return add("liveChatMembershipItemRenderer", {
        "id": ident, "timestampUsec": stamp(), **author(user, badge(tooltip=f"Member ({months} months)")),
        "headerPrimaryText": runs("Member for ", months, " months"), "headerSubtext": {"simpleText": level},
        "message": runs(words),
    })  # fmt: skip


def gift(ident: str, user: str, count: int) -> Item:
    head = {**author(user), "primaryText": runs("Sent ", count, " ", "Mika 24", " gift memberships")}
    head.pop("authorExternalChannelId")
    return add("liveChatSponsorshipsGiftPurchaseAnnouncementRenderer", {
        "id": ident, "timestampUsec": stamp(), "authorExternalChannelId": channel_of(user),
        "header": {"liveChatSponsorshipsHeaderRenderer": head},
    })  # fmt: skip


def gifted(ident: str, user: str, giver: str) -> Item:
    text = runs("received a gift membership by ", {"text": f"@{giver}", "bold": True})
    return add("liveChatSponsorshipsGiftRedemptionAnnouncementRenderer", {
        "id": ident, "timestampUsec": stamp(), **author(user), "message": text,
    })  # fmt: skip


def placeholder(ident: str) -> Item:
    return add("liveChatPlaceholderItemRenderer", {"id": ident, "timestampUsec": stamp()})


def approved(ident: str, user: str, words: str) -> Item:
    item = message(ident, user, words)["addChatItemAction"]["item"]
    return {"replaceChatItemAction": {"targetItemId": ident, "replacementItem": item}}


def denied(ident: str) -> Item:
    item = {"liveChatPlaceholderItemRenderer": {"id": ident, "timestampUsec": stamp()}}
    return {"replaceChatItemAction": {"targetItemId": ident, "replacementItem": item}}


def deleted(ident: str, *, gone: bool = False) -> Item:
    if gone:
        return {"removeChatItemAction": {"targetItemId": ident}}
    said = runs("Message deleted by ", {"text": "@mod", "bold": True}, ".")
    return {"markChatItemAsDeletedAction": {"targetItemId": ident, "deletedStateMessage": said}}


def banned(user: str, *, gone: bool = False) -> Item:
    if gone:
        return {"removeChatItemByAuthorAction": {"externalChannelId": channel_of(user)}}
    said = runs("[message deleted]")
    ident = channel_of(user)
    return {"markChatItemsByAuthorAsDeletedAction": {"externalChannelId": ident, "deletedStateMessage": said}}


def mode(ident: str, words: str, more: str = "") -> Item:
    return add("liveChatModeChangeMessageRenderer", {
        "id": ident, "timestampUsec": stamp(), "icon": {"iconType": "SLOW_MODE"}, "text": runs(words),
        "subtext": runs(more),
    })  # fmt: skip


def ticker(ident: str, user: str, shown: str, words: str) -> Item:
    inner = superchat(ident, user, shown, words)["addChatItemAction"]["item"]
    return {"addLiveChatTickerItemAction": {"durationSec": "60", "item": {"liveChatTickerPaidMessageItemRenderer": {
        "id": ident, "showItemEndpoint": {"showLiveChatItemEndpoint": {"renderer": inner}},
    }}}}  # fmt: skip


def banner(ident: str, contents: Item, kind: str) -> Item:
    return {"addBannerToLiveChatCommand": {"bannerRenderer": {"liveChatBannerRenderer": {
        "actionId": ident, "targetId": "live-chat-banner", "bannerType": f"LIVE_CHAT_BANNER_TYPE_{kind}",
        "contents": contents,
    }}}}  # fmt: skip


def pinned(ident: str, user: str, words: str) -> Item:
    return banner(f"pin-{ident}", message(ident, user, words)["addChatItemAction"]["item"], "PINNED_MESSAGE")


def raid(ident: str, name: str, *, away: bool = False) -> Item:
    said = runs({"text": f"@{name}", "bold": True}, " and their viewers just joined. Say hello!")
    command: Item = {"urlEndpoint": {"url": "https://support.google.com/youtube"}}
    if away:
        said = runs("Don't miss out! People are going to watch something from ", {"text": f"@{name}", "bold": True})
        command = {"watchEndpoint": {"videoId": "otherrrrrrr"}}
    redirect = {
        "bannerMessage": said, "authorPhoto": {"thumbnails": [{"url": THUMB}]},
        "inlineActionButton": {"buttonRenderer": {"command": command}},
    }  # fmt: skip
    return banner(ident, {"liveChatBannerRedirectRenderer": redirect}, "CROSS_CHANNEL_REDIRECT")


def poll(ident: str, question: str, choices: dict[str, float], votes: int = 0) -> Item:
    return {"pollRenderer": {
        "liveChatPollId": ident,
        "choices": [{"text": runs(title), "voteRatio": ratio, "selected": False} for title, ratio in choices.items()],
        "header": {"pollHeaderRenderer": {
            "pollQuestion": runs(question),
            "metadataText": runs("@mika", " • ", "just now", " • ", f"{votes:,} votes"),
        }},
    }}  # fmt: skip


def poll_opened(panel: str, inner: Item) -> Item:
    shown = {"id": panel, "targetId": "live-chat-action-panel", "contents": inner}
    return {"showLiveChatActionPanelAction": {"panelToShow": {"liveChatActionPanelRenderer": shown}}}


def poll_counted(inner: Item) -> Item:
    return {"updateLiveChatPollAction": {"pollToUpdate": inner}}


def poll_closed(panel: str) -> Item:
    return {"closeLiveChatActionPanelAction": {"targetPanelId": panel, "skipOnDismissCommand": True}}
