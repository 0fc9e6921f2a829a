"""The routes of `/api/v1/chat`: write as the bot, delete, time out, ban, have the cast ignore somebody.

What is deleted or banned is gone from the show at once, before the platform says a word; if it then refuses, the
answer says so: `outcome` is `here` and `code` tells why.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol

import msgspec

from streamer.web.rest import Call, Route, route

BASE = "/api/v1/chat"
Act = Literal["delete", "timeout", "ban"]
Uid = Annotated[str, msgspec.Meta(max_length=200)]
Who = Annotated[str, msgspec.Meta(max_length=200)]
Reason = Annotated[str, msgspec.Meta(max_length=300)]


class Write(msgspec.Struct, frozen=True):
    """`platform` empty: the only chat that can be written to. `reply_to` is the uid of a message."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    platform: Annotated[str, msgspec.Meta(max_length=32)] = ""
    reply_to: Uid = ""


class Delete(msgspec.Struct, frozen=True):
    """`uid` of a message."""

    uid: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]


class TimeOut(msgspec.Struct, frozen=True):
    """Of whoever wrote the message `uid`, or of `user`: a user key, a login or a name that wrote lately."""

    uid: Uid = ""
    user: Who = ""
    seconds: Annotated[int, msgspec.Meta(ge=1, le=1_209_600)] = 600
    reason: Reason = ""


class Ban(msgspec.Struct, frozen=True):
    """As `TimeOut`, for good."""

    uid: Uid = ""
    user: Who = ""
    reason: Reason = ""


class Ignore(msgspec.Struct, frozen=True):
    """`minutes` 0: until somebody takes it back."""

    uid: Uid = ""
    user: Who = ""
    minutes: Annotated[int, msgspec.Meta(ge=0, le=525_600)] = 0


class Unignore(msgspec.Struct, frozen=True):
    """Whoever wrote the message `uid`, or `user`."""

    uid: Uid = ""
    user: Who = ""


class Sent(msgspec.Struct, frozen=True):
    """`waiting`: it goes out when the chat's limits allow; `ids` are those of the platform."""

    outcome: Literal["done", "waiting"]
    ids: tuple[str, ...] = ()


class Acted(msgspec.Struct, frozen=True, omit_defaults=True):
    """`here`: gone from the show, but the platform did not do it. `code` tells why, `detail` may be in its words."""

    outcome: Literal["done", "here"]
    code: str = ""
    detail: str = ""


class IgnoredUser(msgspec.Struct, frozen=True):
    """`until` is seconds since 1970, null for always."""

    user: str
    name: str
    platform: str
    until: float | None


class IgnoredUsers(msgspec.Struct, frozen=True):
    items: Sequence[IgnoredUser]


class UnreadEvent(msgspec.Struct, frozen=True):
    """An event as it came, cut at 4,096 characters, and why nobody could read it."""

    raw: str
    why: str


class UnreadOf(msgspec.Struct, frozen=True):
    """`count` since the source was opened; `last` are the newest 50."""

    part: str
    count: int
    last: Sequence[UnreadEvent]


class Unreads(msgspec.Struct, frozen=True):
    items: Sequence[UnreadOf]


class ChatDesk(Protocol):
    """Raises Problem."""

    async def write(self, text: str, platform: str, reply_to: str, *, by: str) -> Sent: ...

    async def delete(self, uid: str) -> Acted: ...

    async def punish(self, uid: str, user: str, *, seconds: int, reason: str) -> Acted:
        """`seconds` 0: for good."""
        ...

    def have_ignored(self, uid: str, user: str, *, minutes: int, by: str, via: str) -> IgnoredUser: ...

    def have_heard(self, uid: str, user: str, *, by: str, via: str) -> None: ...

    def who_is_ignored(self) -> IgnoredUsers: ...

    def unread(self) -> Unreads: ...


class _Chat:
    def __init__(self, desk: ChatDesk) -> None:
        self._desk = desk

    async def send(self, call: Call, body: Write) -> Sent:
        """Write into the chat as the bot."""
        return await self._desk.write(body.text, body.platform, body.reply_to, by=call.by)

    async def delete(self, _call: Call, body: Delete) -> Acted:
        """Take a message back, here and on its platform."""
        return await self._desk.delete(body.uid)

    async def timeout(self, _call: Call, body: TimeOut) -> Acted:
        """Take a user's messages back and keep him from writing for a while."""
        return await self._desk.punish(body.uid, body.user, seconds=body.seconds, reason=body.reason)

    async def ban(self, _call: Call, body: Ban) -> Acted:
        """Take a user's messages back and keep him out of the chat."""
        return await self._desk.punish(body.uid, body.user, seconds=0, reason=body.reason)

    async def ignore(self, call: Call, body: Ignore) -> IgnoredUser:
        """Have the cast not hear a user any more."""
        return self._desk.have_ignored(body.uid, body.user, minutes=body.minutes, by=call.by, via=call.via)

    async def unignore(self, call: Call, body: Unignore) -> None:
        """Have the cast hear a user again."""
        self._desk.have_heard(body.uid, body.user, by=call.by, via=call.via)

    async def ignored(self, _call: Call) -> IgnoredUsers:
        """Whom the cast does not hear."""
        return self._desk.who_is_ignored()

    async def unread(self, _call: Call) -> Unreads:
        """Events of the platforms that could not be read, as they came. They may hold words of viewers."""
        return self._desk.unread()


def routes(desk: ChatDesk) -> list[Route]:
    chat = _Chat(desk)
    return [
        route("POST", f"{BASE}/send", chat.send, scope="say", problems=(404,)),
        route("POST", f"{BASE}/delete", chat.delete, scope="command", problems=(404,)),
        route("POST", f"{BASE}/timeout", chat.timeout, scope="command", problems=(404,)),
        route("POST", f"{BASE}/ban", chat.ban, scope="command", problems=(404,)),
        route("POST", f"{BASE}/ignore", chat.ignore, scope="command", problems=(404,)),
        route("POST", f"{BASE}/unignore", chat.unignore, scope="command", problems=(404,)),
        route("GET", f"{BASE}/ignored", chat.ignored, scope="panel"),
        route("GET", f"{BASE}/unread", chat.unread, scope="setup"),
    ]
