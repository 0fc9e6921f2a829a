"""Text as YouTube's pages hold it (`{simpleText}` or `{runs: [...]}`), and who wrote it.

Shapes: InnerTube renderers as the live chat page receives them. The addresses of pictures come from strangers' data:
only https ones of YouTube's own picture hosts are passed on.
"""

import re
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from streamer.adapters.chat.common.walk import at, items, text
from streamer.core.events import Role
from streamer.ports import Badge, Fragment, User

EMOTE_HOSTS: Final = frozenset({"yt3.ggpht.com", "fonts.gstatic.com"})
AVATAR_HOSTS: Final = frozenset({"yt3.ggpht.com", "yt4.ggpht.com", "yt3.googleusercontent.com"})
WORDS_MAX: Final = 4_000
"""Code points of one message; YouTube takes 200."""
_ICONS: Final[dict[str, Role]] = {"OWNER": "broadcaster", "MODERATOR": "moderator", "VERIFIED": "verified"}
_MONTHS: Final = re.compile(r"(\d{1,3})[\s\u00a0]*(month|year)?", re.ASCII)
_URL_MAX: Final = 500


def words(value: Any) -> str:
    """The plain text: custom emoji as their shortcut, Unicode emoji as themselves."""
    return text(value, "simpleText") or "".join(_piece(run).text for run in items(value, "runs"))


def fragments(value: Any) -> tuple[Fragment, ...]:
    """The same in pieces; neighbours of plain text are one piece."""
    simple = text(value, "simpleText")
    pieces = [Fragment("text", simple)] if simple else [_piece(run) for run in items(value, "runs")]
    out: list[Fragment] = []
    room = WORDS_MAX
    for piece in pieces:
        if len(piece.text) > room:
            piece = Fragment("text", piece.text[:room])  # noqa: PLW2901 - the last one
        room -= len(piece.text)
        if not piece.text:
            continue
        if piece.type == "text" and out and out[-1].type == "text":
            out[-1] = Fragment("text", out[-1].text + piece.text)
        else:
            out.append(piece)
    return tuple(out)


def bold(value: Any) -> str:
    """The text of the runs in bold: a name inside a sentence of YouTube's own, in any language."""
    return "".join(text(run, "text") for run in items(value, "runs") if at(run, "bold") is True).strip()


def digits(shown: str) -> int:
    """The one whole number of a sentence; 0 when there is none."""
    found = "".join(str(int(char)) for char in shown if char.isdecimal())
    return int(found) if 0 < len(found) < 7 else 0


def author(renderer: Any, ident: str = "") -> User:
    """Who wrote it. Since 2025 names are handles: `@name`, shown without the sign."""
    name = words(at(renderer, "authorName"))
    roles: list[Role] = []
    badges: list[Badge] = []
    months = 0
    for each in items(renderer, "authorBadges"):
        shown = at(each, "liveChatAuthorBadgeRenderer")
        icon = text(shown, "icon", "iconType")
        role: Role | None = _ICONS.get(icon)
        info = ""
        if role is None and at(shown, "customThumbnail") is not None:
            role = "member"
            months = _months(text(shown, "tooltip"))
            info = str(months) if months else ""
        if role is not None and role not in roles:
            roles.append(role)
            badges.append(Badge(role, info=info))
    return User(
        id=ident or text(renderer, "authorExternalChannelId"),
        login=name if name.startswith("@") else "",
        name=name.removeprefix("@"),
        roles=tuple(roles),
        badges=tuple(badges),
        avatar=picture(at(renderer, "authorPhoto"), AVATAR_HOSTS),
        months=months,
    )


def picture(value: Any, hosts: frozenset[str]) -> str:
    """The largest of `thumbnails`, if it lies on one of these hosts; else nothing."""
    url = text(value, "thumbnails", -1, "url")
    if url.startswith("//"):
        url = "https:" + url
    if len(url) > _URL_MAX or not url.isascii():
        return ""
    try:
        parts = urlsplit(url)
        fine = parts.scheme == "https" and parts.netloc.lower() in hosts  # netloc: neither a port nor a password
    except ValueError:
        return ""
    return url if fine else ""


def _piece(run: Any) -> Fragment:
    emoji = at(run, "emoji")
    if emoji is not None:
        return _emoji(emoji)
    shown = text(run, "text")
    endpoint = at(run, "navigationEndpoint")
    if endpoint is None:
        return Fragment("text", shown)
    channel = text(endpoint, "browseEndpoint", "browseId")
    if shown.startswith("@") and channel:
        return Fragment("mention", shown, user=channel)
    return Fragment("text", _link(shown, text(endpoint, "urlEndpoint", "url")))


def _emoji(emoji: Any) -> Fragment:
    ident = text(emoji, "emojiId")
    name = text(emoji, "shortcuts", 0)
    if at(emoji, "isCustomEmoji") is True:
        label = name or text(emoji, "image", "accessibility", "accessibilityData", "label") or ident
        return Fragment("emote", label, id=ident or name, url=picture(at(emoji, "image"), EMOTE_HOSTS))
    return Fragment("emoji", ident or name)


def _link(shown: str, url: str) -> str:
    """Where a link leads, when what is shown was cut short: moderation has to see it."""
    if not shown.endswith(("...", "…")) or not url:
        return shown
    try:
        target = parse_qs(urlsplit(url).query).get("q", [url])[0]
    except ValueError:
        return shown
    stem = shown.rstrip(".…").split("://")[-1]
    return target[:_URL_MAX] if stem and stem in target else shown


def _months(tooltip: str) -> int:
    """Of `Member (6 months)`, `Member (1 year)`: the request asks for English. `New member`: 0."""
    found = _MONTHS.search(tooltip)
    if found is None:
        return 0
    return int(found[1]) * (12 if found[2] == "year" else 1)
