"""What somebody typed as a YouTube channel or stream, as a place on the site. No network."""

import re
from typing import Final, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from streamer.ports import Misconfigured

URL: Final = "https://www.youtube.com"
_VIDEO: Final = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_CHANNEL: Final = re.compile(r"UC[A-Za-z0-9_-]{22}", re.ASCII)
_HANDLE: Final = re.compile(r"[\w.·-]{2,60}")
"""YouTube: 3 to 30 characters of any alphabet; legacy names are longer."""
_HOSTS: Final = frozenset({
    "youtube.com", "www.youtube.com", "m.youtube.com", "gaming.youtube.com", "studio.youtube.com", "music.youtube.com",
    "www.youtube-nocookie.com", "youtube-nocookie.com", "youtu.be", "www.youtu.be",
})  # fmt: skip
_VIDEO_PATHS: Final = frozenset({"live", "embed", "v", "shorts", "video", "e"})
_PAGES: Final = frozenset({
    "feed", "results", "playlist", "premium", "gaming", "about", "t", "account", "hashtag", "signin", "redirect",
    "watch", "live_chat", "live_chat_replay", "upload", "trending", "post",
})  # fmt: skip
_FIX: Final = "give the channel's handle (@name), its address, its id (UC...), or the link of a stream"


class Wanted(msgspec.Struct, frozen=True):
    """A channel (`path` such as `/@mika`, followed from stream to stream) or one video. `shown` is for people."""

    kind: Literal["channel", "video"]
    shown: str
    path: str = ""
    video: str = ""
    """Of a channel: a video of the same name, tried when there is no such channel; a bare word may be either."""


def wanted(typed: str, base_url: str = URL) -> Wanted:
    """Raises Misconfigured for what is neither a channel nor a video of YouTube's, or of the site at `base_url`."""
    words = typed.strip().strip("<>\"'").strip()
    if not words:
        raise Misconfigured("no YouTube channel is given", fix=_FIX)
    if "://" in words or words.lower().split("/")[0].split("?")[0] in _HOSTS:
        return _of_link(words if "://" in words else f"https://{words}", urlsplit(base_url).netloc.lower())
    if _CHANNEL.fullmatch(words):
        return Wanted("channel", words, f"/channel/{words}")
    if words.startswith("@"):
        return _of_handle(words[1:])
    if _VIDEO.fullmatch(words):
        video = not words.isalpha() or not words.islower()
        if video:
            return Wanted("video", words, path=f"/@{words}", video=words)
        return Wanted("channel", f"@{words}", f"/@{words}", video=words)
    return _of_handle(words)


def _of_handle(name: str) -> Wanted:
    if not _HANDLE.fullmatch(name):
        raise Misconfigured("not the name of a YouTube channel", fix=_FIX)
    return Wanted("channel", f"@{name}", f"/@{name}")


def _of_link(link: str, own: str) -> Wanted:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").lower()
    except ValueError:
        raise Misconfigured("not an address", fix=_FIX) from None
    if (host not in _HOSTS and parts.netloc.lower() != own) or parts.scheme not in ("http", "https"):
        raise Misconfigured("not an address of YouTube's", fix=_FIX)
    steps = [unquote(step) for step in parts.path.split("/") if step]
    asked = parse_qs(parts.query)
    video = (asked.get("v") or asked.get("video_id") or [""])[0]
    if not video and host.endswith("youtu.be"):
        video = steps[0] if steps else ""
    if not video and len(steps) > 1 and steps[0].lower() in _VIDEO_PATHS:
        video = steps[1]
    if _VIDEO.fullmatch(video):
        return Wanted("video", video, video=video)
    found = None if host.endswith("youtu.be") else _of_steps(steps)
    if found is None:
        raise Misconfigured("this address of YouTube's names neither a channel nor a stream", fix=_FIX)
    return found


def _of_steps(steps: list[str]) -> Wanted | None:
    if not steps:
        return None
    first = steps[0]
    if first.startswith("@") and _HANDLE.fullmatch(first[1:]):
        return Wanted("channel", first, f"/{first}")
    second = steps[1] if len(steps) > 1 else ""
    if first.lower() == "channel" and _CHANNEL.fullmatch(second):
        return Wanted("channel", second, f"/channel/{second}")
    if first.lower() in ("c", "user") and _HANDLE.fullmatch(second):
        return Wanted("channel", second, f"/{first.lower()}/{second}")
    if first.lower() not in _PAGES | _VIDEO_PATHS | {"channel", "c", "user"} and _HANDLE.fullmatch(first):
        return Wanted("channel", first, f"/{first}")
    return None
