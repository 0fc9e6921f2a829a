"""Twitch VOD chat as common downloaders write it: one JSON object with `comments`, or an array of them.

A comment: `content_offset_seconds`, `commenter {_id, name, display_name}`, `message {body, fragments [{text,
emoticon {emoticon_id}}], user_badges [{_id, version}], bits_spent, is_action, user_notice_params {msg-id}}`,
`created_at`. Source: `ChatRoot.cs` of TwitchDownloader, and the v5 API the older ones kept.
"""

from collections.abc import Iterator
from typing import Any, Final

from streamer.adapters.chat.common.walk import at, items, number, text, whole
from streamer.adapters.chat.logs.jsonstream import elements
from streamer.adapters.chat.logs.lines import BadLine, Read, Stamped
from streamer.adapters.chat.logs.notices import Room
from streamer.adapters.chat.logs.stamps import unix
from streamer.core.events import Role
from streamer.ports import ChatRow, User

BADGES: Final[dict[str, Role]] = {
    "broadcaster": "broadcaster", "moderator": "moderator", "lead_moderator": "moderator", "vip": "vip",
    "subscriber": "subscriber", "founder": "subscriber", "partner": "verified",
}  # fmt: skip
_NOTICES: Final = frozenset({"sub", "resub", "subgift", "submysterygift", "raid", "anonsubgift", "giftpaidupgrade"})


def read(chunks: Iterator[str], *, bare: bool = False) -> Read:
    """`bare`: the comments are the whole array and not under `comments`."""
    room = Room("comment-")
    for each in elements(chunks, "" if bare else "comments"):
        if isinstance(each, BadLine):
            yield each
            continue
        ordinal, comment = each
        offset = number(comment, "content_offset_seconds")
        if offset is None:
            yield BadLine(ordinal, "no content_offset_seconds")
            continue
        row = _row(room, ordinal, offset, comment)
        if isinstance(row, ChatRow):
            yield Stamped(ordinal, row, unix(text(comment, "created_at")))
        elif row:
            yield BadLine(ordinal, row)


def _row(room: Room, ordinal: int, offset: float, comment: Any) -> ChatRow | str | None:
    """A row; or why there is none ("" or None: nothing to tell)."""
    message = at(comment, "message")
    fragments = items(message, "fragments")
    words = text(message, "body") or "".join(text(each, "text") for each in fragments)
    notice = text(message, "user_notice_params", "msg-id") or text(message, "user_notice_params", "msg_id")
    if notice in _NOTICES:
        told = room.system(ordinal, offset, words)
        if told is not None:
            return told
    who = at(comment, "commenter")
    login = text(who, "name") or text(who, "login")
    user = User(
        id=text(who, "_id") or text(who, "id") or login,
        login=login,
        name=text(who, "display_name") or text(who, "displayName") or login,
        roles=_roles(message),
    )
    if not user.id:
        return "no commenter"
    if not words.strip():
        return None
    paid = whole(message, "bits_spent")
    return ChatRow(
        at=offset, platform="twitch", kind="cheer" if paid else "message",
        id=text(comment, "_id") or text(comment, "id") or f"comment-{ordinal}", user=user, text=words, bits=paid,
        action=at(message, "is_action") is True, emotes=_emotes(words, fragments),
    )  # fmt: skip


def _roles(message: Any) -> tuple[Role, ...]:
    names = (text(each, "_id") or text(each, "setID") for each in items(message, "user_badges"))
    return tuple(dict.fromkeys(BADGES[name] for name in names if name in BADGES))


def _emotes(words: str, fragments: list[Any]) -> tuple[tuple[int, int, str], ...]:
    """Where the platform's emotes stand; none when the fragments are not the text."""
    out: list[tuple[int, int, str]] = []
    place = 0
    for each in fragments:
        piece = text(each, "text")
        emote = text(each, "emoticon", "emoticon_id") or text(each, "emote", "emoteID")
        if words[place : place + len(piece)] != piece:
            return ()
        if emote and piece:
            out.append((place, place + len(piece), emote))
        place += len(piece)
    return tuple(out)
