"""What Twitch means by its IRC lines: chat rows.

Source: dev.twitch.tv/docs/chat/irc (PRIVMSG, USERNOTICE, CLEARMSG, CLEARCHAT, ROOMSTATE tags).
"""

from collections import OrderedDict

from streamer.adapters.chat.twitch_irc.irc import Line, Malformed
from streamer.core.events import Role
from streamer.ports import ChatRow, RowKind, User

PLATFORM = "twitch"

_ROLES: dict[str, Role] = {
    "broadcaster": "broadcaster",
    "moderator": "moderator",
    "lead_moderator": "moderator",
    "vip": "vip",
    "subscriber": "subscriber",
    "founder": "subscriber",
    "partner": "verified",
}
_STORMS_MAX = 256
_LATE_MAX_S = 30.0

# USERNOTICE msg-id -> (kind, tag of the number). Everything else with a text is an ordinary message.
_NOTICES: dict[str, tuple[RowKind, str]] = {
    "sub": ("member_new", "msg-param-cumulative-months"),
    "resub": ("resub", "msg-param-cumulative-months"),
    "giftpaidupgrade": ("resub", ""),
    "anongiftpaidupgrade": ("resub", ""),
    "primepaidupgrade": ("resub", ""),
    "raid": ("raid", "msg-param-viewerCount"),
    "viewermilestone": ("milestone", "msg-param-value"),
    "bitsbadgetier": ("milestone", "msg-param-threshold"),
}
_MODES = ("emote-only", "followers-only", "r9k", "slow", "subs-only")


class Rows:
    """Turns lines into rows. Remembers gift storms, so that a batch is followed by its gifts, not by more batches."""

    def __init__(self) -> None:
        self._storms: OrderedDict[str, str] = OrderedDict()
        self._modes: dict[str, str] = {}
        self._anchor: tuple[int, float] | None = None

    def decode(self, line: Line, at: float) -> ChatRow | None:
        """The row of a line that came at `at` (seconds), or None when it says nothing about the chat.

        Raises Malformed when the line lacks what its row needs.
        """
        match line.command:
            case "PRIVMSG":
                return _message(line, self._when(line, at))
            case "USERNOTICE":
                return self._notice(line, self._when(line, at))
            case "CLEARMSG":
                target = _needed(line, "target-msg-id")
                return ChatRow(at=self._when(line, at), platform=PLATFORM, kind="delete_message", target=target)
            case "CLEARCHAT":
                return _cleared(line, self._when(line, at))
            case "ROOMSTATE":
                return self._room(line, at)
            case _:
                return None

    def _when(self, line: Line, at: float) -> float:
        """When Twitch took the line in, on our clock: keeps a message behind its own deletion when both were delayed.

        The line with the least delay so far ties the two clocks; a row is never later than its arrival.
        """
        stamp = line.tags.get("tmi-sent-ts", "")
        if not (stamp.isdecimal() and len(stamp) < 16):
            return at
        sent = int(stamp)
        if self._anchor is not None:
            seen = self._anchor[1] + (sent - self._anchor[0]) / 1000
            if seen <= at:
                return seen if at - seen <= _LATE_MAX_S else at
        self._anchor = (sent, at)
        return at

    def _notice(self, line: Line, at: float) -> ChatRow | None:
        tags = line.tags
        what = tags.get("msg-id", "")
        if what == "sharedchatnotice":
            what = tags.get("source-msg-id", "")
        if what == "submysterygift":
            return self._storm(line, at)
        if what == "subgift":
            return self._gift(line, at)
        text = line.params[1] if len(line.params) > 1 else ""
        known = _NOTICES.get(what)
        if known is None:
            return _row(line, at, "message", text) if text else None
        kind, number = known
        return _row(line, at, kind, text, count=_number(tags.get(number, "")))

    def _storm(self, line: Line, at: float) -> ChatRow:
        row = _row(line, at, "gift_batch", count=_number(line.tags.get("msg-param-mass-gift-count", "")))
        if community := _community(line):
            self._storms[community] = row.id
            if len(self._storms) > _STORMS_MAX:
                self._storms.popitem(last=False)
        return row

    def _gift(self, line: Line, at: float) -> ChatRow:
        """A gift of a storm is the recipient's row and points at its batch; a single gift is a batch of one."""
        batch = self._storms.get(_community(line), "")
        if not batch:
            return _row(line, at, "gift_batch", count=1, target=line.tags.get("msg-param-recipient-id", ""))
        tags = line.tags
        user = User(
            id=_needed(line, "msg-param-recipient-id"),
            login=tags.get("msg-param-recipient-user-name", ""),
            name=tags.get("msg-param-recipient-display-name", ""),
        )
        return ChatRow(
            at=at, platform=PLATFORM, kind="gift_received", id=_needed(line, "id"), user=user, reply_to=batch,
            count=1, guest=_is_guest(tags),
        )  # fmt: skip

    def _room(self, line: Line, at: float) -> ChatRow | None:
        """Modes of the room. The first ROOMSTATE is how things are; later ones name only what changed."""
        changed = {mode: line.tags[mode] for mode in _MODES if mode in line.tags}
        if not self._modes or not changed or changed.items() <= self._modes.items():
            self._modes |= changed
            return None
        self._modes |= changed
        text = " ".join(f"{mode}={value}" for mode, value in sorted(changed.items()))
        return ChatRow(at=at, platform=PLATFORM, kind="settings", text=text)


def _needed(line: Line, tag: str) -> str:
    value = line.tags.get(tag, "")
    if not value:
        raise Malformed(f"no {tag}")
    return value


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def _community(line: Line) -> str:
    return line.tags.get("msg-param-community-gift-id") or line.tags.get("msg-param-origin-id", "")


def _is_guest(tags: dict[str, str]) -> bool:
    source = tags.get("source-room-id", "")
    return bool(source) and source != tags.get("room-id", "")


def _roles(tags: dict[str, str]) -> tuple[Role, ...]:
    roles: list[Role] = []
    badges = tags.get("badges", "")
    if badges:
        for badge in badges.split(","):
            role = _ROLES.get(badge.partition("/")[0])
            if role is not None and role not in roles:
                roles.append(role)
    if tags.get("mod") == "1" and "moderator" not in roles:
        roles.append("moderator")
    if tags.get("subscriber") == "1" and "subscriber" not in roles:
        roles.append("subscriber")
    return tuple(roles)


def _user(line: Line) -> User:
    tags = line.tags
    login = tags.get("login") or line.nick
    name = tags.get("display-name", "").strip() or login
    return User(id=_needed(line, "user-id"), login=login, name=name, roles=_roles(tags))


def _row(line: Line, at: float, kind: RowKind, text: str = "", *, count: int = 0, target: str = "") -> ChatRow:
    tags = line.tags
    return ChatRow(
        at=at,
        platform=PLATFORM,
        kind=kind,
        id=_needed(line, "id"),
        user=_user(line),
        text=text,
        count=count,
        target=target,
        emotes=emote_ranges(tags["emotes"], len(text)) if tags.get("emotes") else (),
        guest="source-room-id" in tags and _is_guest(tags),
    )


def _message(line: Line, at: float) -> ChatRow:
    if len(line.params) < 2:
        raise Malformed("no text")
    tags, text = line.tags, line.params[1]
    action = text.startswith("\x01ACTION ")
    if action:
        text = text[8:].removesuffix("\x01")
    shift = _reply_prefix(tags, text) if "reply-parent-msg-id" in tags else 0
    bits = _number(tags["bits"]) if "bits" in tags else 0
    return ChatRow(
        at=at,
        platform=PLATFORM,
        kind="cheer" if bits else "redemption" if tags.get("custom-reward-id") else "message",
        id=_needed(line, "id"),
        user=_user(line),
        text=text[shift:],
        reply_to=tags.get("reply-parent-msg-id", ""),
        bits=bits,
        emotes=emote_ranges(tags["emotes"], len(text), shift) if tags.get("emotes") else (),
        guest="source-room-id" in tags and _is_guest(tags),
        action=action,
    )


def _reply_prefix(tags: dict[str, str], text: str) -> int:
    """Length of the `@parent ` Twitch puts before the text of a reply."""
    for name in (tags.get("reply-parent-display-name", ""), tags.get("reply-parent-user-login", "")):
        prefix = f"@{name} "
        if name and text[: len(prefix)].casefold() == prefix.casefold():
            return len(prefix)
    return 0


def emote_ranges(tag: str, length: int, shift: int = 0) -> tuple[tuple[int, int, str], ...]:
    """`25:0-4,12-16/1902:6-10` as half-open ranges of code points in order; what lies outside the text is left out.

    Twitch counts from the start of what was sent (an ACTION's own text), the `@parent ` of a reply included: `shift`
    is how much of the front was removed.
    """
    ranges: list[tuple[int, int, str]] = []
    for emote in tag.split("/"):
        name, _, places = emote.partition(":")
        for place in places.split(","):
            first, _, last = place.partition("-")
            if name and first.isdecimal() and last.isdecimal():
                start, end = _number(first) - shift, _number(last) + 1 - shift
                if 0 <= start < end <= length - shift:
                    ranges.append((start, end, name))
    ranges.sort()
    return tuple(ranges)


def _cleared(line: Line, at: float) -> ChatRow:
    duration = _number(line.tags.get("ban-duration", ""))
    if len(line.params) < 2:
        return ChatRow(at=at, platform=PLATFORM, kind="clear_chat")
    target = _needed(line, "target-user-id")
    return ChatRow(at=at, platform=PLATFORM, kind="clear_user", target=target, duration_s=float(duration))
