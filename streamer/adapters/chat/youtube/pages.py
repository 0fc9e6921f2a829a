"""What YouTube's pages say, read out of their HTML: no network.

Sources: the pages themselves as other programs read them (`ytInitialData`, `ytInitialPlayerResponse`, `ytcfg.set`), up
to 2026; not verified against the live service of today.
"""

import html
import json
import re
from datetime import datetime
from typing import Any, Final, Literal, cast

import msgspec

from streamer.adapters.chat.common.walk import at, items, number, text
from streamer.adapters.chat.common.youtube_words import words
from streamer.adapters.chat.youtube.trouble import Trouble

State = Literal[
    "live", "upcoming", "offline", "ended", "not_live", "no_channel", "no_video", "members_only", "age", "private",
    "chat_off", "unknown",
]  # fmt: skip
"""`offline`: the channel is there and has no stream. `unknown`: a video whose page could not be understood."""

_DATA: Final = re.compile(r"(?:window\s*\[\s*[\"']ytInitialData[\"']\s*\]|\bytInitialData)\s*=\s*(?=\{)")
_PLAYER: Final = re.compile(
    r"(?:window\s*\[\s*[\"']ytInitialPlayerResponse[\"']\s*\]|\bytInitialPlayerResponse)\s*=\s*(?=\{)"
)
_CONFIG: Final = re.compile(r"\bytcfg\.set\s*\(\s*(?=\{)")
_CANONICAL: Final = re.compile(r"<link\s+rel=[\"']canonical[\"']\s+href=[\"']([^\"'<>]{1,300})[\"']")
_TITLE: Final = re.compile(r"<meta\s+(?:property|name)=[\"']og:title[\"']\s+content=[\"']([^\"'<>]{1,200})[\"']")
_WATCH: Final = re.compile(r"[?&]v=([A-Za-z0-9_-]{11})(?:&|$)", re.ASCII)
_CHANNEL: Final = re.compile(r"/channel/(UC[A-Za-z0-9_-]{22})", re.ASCII)
_CONSENT: Final = re.compile(r"https?://consent\.(?:youtube|google)\.com/(?:save|m\?|ml\?|\?)|action=\"[^\"]*/save\"")
_ROBOT: Final = re.compile(r"unusual traffic|/sorry/index|not a bot|not a robot", re.IGNORECASE)
_NAME_MAX: Final = 80
_DECODER: Final = json.JSONDecoder()


class Found(msgspec.Struct, frozen=True):
    """What a page says of a channel's stream. `starts_at`: UNIX seconds, 0 unknown."""

    state: State
    video: str = ""
    channel: str = ""
    channel_id: str = ""
    title: str = ""
    starts_at: float = 0.0


def found_in(page: str, video: str = "") -> Found:
    """Of a watch page, or of a channel's `/live` page, which is a watch page while there is a stream.

    `video` is the one that was asked for. Raises Trouble for a page that is neither.
    """
    player = _after(_PLAYER, page)
    details = at(player, "videoDetails")
    seen = text(details, "videoId") or video or _canonical_video(page)
    if player is None or (not seen and not items(player, "responseContext")):
        return _channel_page(page, video)
    status = at(player, "playabilityStatus")
    live = at(player, "microformat", "playerMicroformatRenderer", "liveBroadcastDetails")
    slate = at(
        status, "liveStreamability", "liveStreamabilityRenderer", "offlineSlate", "liveStreamOfflineSlateRenderer"
    )
    base = Found(
        "live", video=seen, channel=text(details, "author")[:_NAME_MAX], channel_id=text(details, "channelId"),
        title=text(details, "title")[:_NAME_MAX],
        starts_at=number(slate, "scheduledStartTime") or _unix(text(live, "startTimestamp")),
    )  # fmt: skip
    return msgspec.structs.replace(base, state=_state(page, status, details, live, has_slate=slate is not None))


def _state(page: str, status: Any, details: Any, live: Any, *, has_slate: bool) -> State:
    word, reason = text(status, "status"), _reason(status)
    if word in ("AGE_VERIFICATION_REQUIRED", "AGE_CHECK_REQUIRED", "CONTENT_CHECK_REQUIRED") or "your age" in reason:
        return "age"
    if word == "LOGIN_REQUIRED" and _ROBOT.search(reason):
        raise Trouble("rate_limited", "asks whether we are a robot")
    if "private" in reason and word != "OK":
        return "private"
    if "members" in reason or at(status, "errorScreen", "playerLegacyDesktopYpcOfferRenderer") is not None:
        return "members_only"
    if word == "ERROR" or (details is None and word != "OK"):
        return "no_video"
    over = bool(text(live, "endTimestamp")) and at(live, "isLiveNow") is not True
    if over:
        return "ended"
    if at(live, "isLiveNow") is True or (at(details, "isLive") is True and word == "OK"):
        return "chat_off" if _no_chat(page) else "live"
    if at(details, "isUpcoming") is True or has_slate:
        return "upcoming"
    return "ended" if at(details, "isLiveContent") is True else "not_live"


def _reason(status: Any) -> str:
    """Why a video cannot be seen, in English: the request asks for it."""
    several = " ".join(text(each) for each in items(status, "messages"))
    renderer = at(status, "errorScreen", "playerErrorMessageRenderer")
    return f"{text(status, 'reason')} {several} {words(at(renderer, 'subreason'))}".lower()


def _no_chat(page: str) -> bool:
    """Whether the place of the chat holds a sentence instead."""
    bar = at(_after(_DATA, page), "contents", "twoColumnWatchNextResults", "conversationBar")
    return at(bar, "liveChatRenderer") is None and at(bar, "conversationBarRenderer", "availabilityMessage") is not None


def _channel_page(page: str, video: str) -> Found:
    refuse_walls(page)
    data = _after(_DATA, page)
    meta = at(data, "metadata", "channelMetadataRenderer")
    canonical = _CANONICAL.search(page)
    ident = _CHANNEL.search(html.unescape(canonical[1])) if canonical else None
    title = _TITLE.search(page)
    name = text(meta, "title") or (html.unescape(title[1]) if title else "")
    if ident is None and not text(meta, "externalId"):
        raise Trouble("changed", "neither a stream nor a channel")
    if video:
        return Found("no_video", video=video)
    return Found("offline", channel=name[:_NAME_MAX], channel_id=ident[1] if ident else text(meta, "externalId"))


def refuse_walls(page: str) -> None:
    """Raises Trouble for a page that asks something else first: for consent, or whether we are a robot."""
    if _CONSENT.search(page):
        raise Trouble("consent")
    if _ROBOT.search(page[:20_000]):
        raise Trouble("rate_limited", "asks whether we are a robot")


def _canonical_video(page: str) -> str:
    canonical = _CANONICAL.search(page)
    found = _WATCH.search(html.unescape(canonical[1])) if canonical else None
    return found[1] if found else ""


class ChatPage(msgspec.Struct, frozen=True):
    """The live chat page. `all_chat` continues every message, `top_chat` those YouTube finds worth showing."""

    key: str
    context: dict[str, Any]
    visitor: str
    all_chat: str
    top_chat: str


def chat_page(page: str) -> ChatPage:
    """Of `/live_chat?v=` or `/live_chat?continuation=`. Raises Trouble.

    The continuations of the page itself are those of Top chat; the second entry of its menu is all of the chat.
    """
    refuse_walls(page)
    data, config = _after(_DATA, page), _config(page)
    chat = at(data, "contents", "liveChatRenderer")
    if chat is None:
        said = words(at(data, "contents", "messageRenderer", "text"))
        if said:
            raise Trouble("chat_off" if "disabled" in said.lower() or "turned off" in said.lower() else "over")
        raise Trouble("changed", "no chat in the page")
    context = at(config, "INNERTUBE_CONTEXT")
    if not isinstance(context, dict):
        raise Trouble("changed", "no context in the page")
    menu = at(chat, "header", "liveChatHeaderRenderer", "viewSelector", "sortFilterSubMenuRenderer", "subMenuItems")
    visitor = text(config, "VISITOR_DATA") or text(context, "client", "visitorData")
    return ChatPage(
        text(config, "INNERTUBE_API_KEY"), cast("dict[str, Any]", context), visitor,
        text(menu, 1, "continuation", "reloadContinuationData", "continuation"), next_of(chat)[0],
    )  # fmt: skip


def next_of(chat: Any) -> tuple[str, float]:
    """The next continuation and the seconds to wait before it; empty where the chat ends.

    Kinds: invalidation (the usual), timed, reload; any other that holds a `continuation` is followed too.
    """
    first = at(chat, "continuations", 0)
    for each in cast("dict[str, Any]", first).values() if isinstance(first, dict) else ():
        if (found := text(each, "continuation")) and at(each, "playerOffsetMs") is None:
            wait_ms = number(each, "timeoutMs")
            return found, (wait_ms if wait_ms is not None else 5_000.0) / 1000
    return "", 0.0


def _after(mark: "re.Pattern[str]", page: str) -> Any:
    """The JSON value behind a mark; None where there is none."""
    found = mark.search(page)
    if found is None:
        return None
    try:
        return _DECODER.raw_decode(page, found.end())[0]
    except (ValueError, RecursionError):
        return None


def _config(page: str) -> dict[str, Any]:
    """All of what the page gives to `ytcfg.set`, the later over the earlier."""
    out: dict[str, Any] = {}
    for found in _CONFIG.finditer(page):
        try:
            value = _DECODER.raw_decode(page, found.end())[0]
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            out |= cast("dict[str, Any]", value)
    return out


def _unix(stamp: str) -> float:
    try:
        return datetime.fromisoformat(stamp).timestamp() if stamp else 0.0
    except (ValueError, OverflowError, OSError):
        return 0.0
