"""The channel step: what somebody typed as a channel, and whether that channel is there."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Literal

import msgspec

from streamer.adapters.chat import youtube
from streamer.adapters.chat.twitch_irc.client import TwitchIrc
from streamer.adapters.chat.twitch_irc.session import URL, Timing, channel_name
from streamer.app.setup.wording import notice
from streamer.ports import ChatRow, ChatSource, Misconfigured, Notice
from streamer.web.setup import ChannelTried

LIMIT_S = 6.0
LOOK_S = 0.05
TIMING = Timing(welcome_s=5.0, eager_join_s=1.0, join_s=4.0, retry_min_s=0.3, retry_max_s=1.0)
"""Quicker than a show: somebody waits for the answer."""
_SITES = r"youtube\.com|youtu\.be|youtube-nocookie\.com"
_YOUTUBE = re.compile(rf"(?i)(?:https?://)?(?:[a-z]+\.)?(?:{_SITES})(?:[/?#].*)?")
_OTHER = re.compile(r"(?i)(?:https?://)?(?:www\.|m\.)?(kick\.com|tiktok\.com|facebook\.com|trovo\.live)(?:[/?#].*)?")
_TWITCH = re.compile(r"(?is)(?:https?://)?(?:[a-z-]+\.)?twitch\.tv(?:/(.*))?")
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,24}", re.ASCII)
_PAGES = frozenset(("directory", "videos", "settings", "downloads", "jobs", "p", "search", "subscriptions", "wallet"))
_BEFORE = frozenset(("popout", "moderator", "u", "embed", "creator", "mod", "stream-manager"))
"""Parts of an address that stand before the name: `dashboard.twitch.tv/u/NAME/stream-manager`, `/popout/NAME/chat`."""

_YOUTUBE_ID = re.compile(r"UC[A-Za-z0-9_-]{22}", re.ASCII)
_CASES = {
    "no_channel": "youtube_none", "no_video": "youtube_none", "not_a_channel": "youtube_none",
    "not_live": "youtube_over", "over": "youtube_over", "members_only": "youtube_hidden", "age": "youtube_hidden",
    "private": "youtube_hidden", "chat_off": "youtube_chat_off",
}  # fmt: skip
"""What a look at YouTube's pages found, as problems of the set-up."""

Platform = Literal["twitch", "youtube", "other", ""]


class Found(msgspec.Struct, frozen=True):
    """`name` is empty where a notice says what is wrong. Of YouTube it is what was typed: a handle, an id or a link."""

    platform: Platform
    name: str = ""
    notice: Notice | None = None


def read_channel(text: str) -> Found:
    """A name, `#name`, or an address of a Twitch channel's page, chat, player or dashboard; of YouTube a handle
    (`@name`), a channel's id, or any link of a channel or a stream."""
    wanted = text.strip().strip("<>\"'").strip()
    if not wanted:
        return Found("", notice=notice("channel_empty"))
    if _YOUTUBE.fullmatch(wanted) or wanted.startswith("@") or _YOUTUBE_ID.fullmatch(wanted):
        return _of_youtube(wanted)
    if other := _OTHER.fullmatch(wanted):
        return Found("other", notice=notice("channel_platform", name=other[1].lower()))
    if address := _TWITCH.fullmatch(wanted):
        return _of_address(address[1] or "")
    if "://" in wanted or "/" in wanted:
        return Found("", notice=notice("channel_address"))
    try:
        return Found("twitch", channel_name(wanted))
    except Misconfigured:
        return Found("", notice=notice("channel_name"))


def _of_youtube(typed: str) -> Found:
    try:
        youtube.wanted(typed)
    except Misconfigured:
        return Found("youtube", notice=notice("youtube_none", channel=typed[:80]))
    return Found("youtube", typed)


def _of_address(rest: str) -> Found:
    path, _, query = rest.partition("#")[0].partition("?")
    player = re.search(r"(?:^|&)channel=([^&]+)", query)  # player.twitch.tv/?channel=NAME
    parts = [part for part in path.split("/") if part and part.lower() not in _BEFORE]
    name = player[1] if player else parts[0] if parts else ""
    name = name.lstrip("@").lower()
    if not _NAME.fullmatch(name) or (name in _PAGES and not player):
        return Found("", notice=notice("channel_address"))
    return Found("twitch", name)


async def try_channel(
    text: str, irc_url: str = URL, *, youtube_url: str = youtube.URL, limit_s: float = LIMIT_S
) -> ChannelTried:
    """Joins a Twitch channel as a guest and waits until the server shows its room, or the time is over; looks up a
    channel or stream of YouTube."""
    found = read_channel(text)
    if found.notice is not None:
        return ChannelTried(False, found.platform, found.name, found.notice)
    if found.platform == "youtube":
        return await _try_youtube(found.name, youtube_url)
    try:
        source = TwitchIrc(found.name, irc_url, timing=TIMING)
    except Misconfigured:
        return ChannelTried(False, "twitch", found.name, notice("chat_unreachable"))
    code = await _settled(source, limit_s)
    if code == "chat.ok":
        return ChannelTried(True, "twitch", found.name)
    case = {
        "chat.no_such_channel": "no_such_channel",
        "chat.channel_unreadable": "channel_unreadable",
        "chat.login_refused": "chat_refused",
        "chat.no_capabilities": "chat_refused",
    }.get(code, "chat_unreachable")
    return ChannelTried(False, "twitch", found.name, notice(case, channel=found.name))


async def _try_youtube(typed: str, url: str) -> ChannelTried:
    is_there, name, code = await youtube.probe(typed, url)
    if is_there:
        return ChannelTried(True, "youtube", name)
    case = _CASES.get(code.removeprefix("chat.youtube."), "youtube_away")
    return ChannelTried(False, "youtube", name, notice(case, channel=name or typed[:80]))


async def _settled(source: ChatSource, limit_s: float) -> str:
    """What the source says of itself once it knows."""
    reading = asyncio.create_task(_read(source.rows()), name="try a channel")
    loop = asyncio.get_running_loop()
    until = loop.time() + limit_s
    try:
        while source.health().notice.code in ("chat.off", "chat.connecting") and loop.time() < until:
            if reading.done():
                break
            await asyncio.sleep(LOOK_S)
        return source.health().notice.code
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await source.aclose()


async def _read(rows: AsyncIterator[ChatRow]) -> None:
    async for _ in rows:
        pass
