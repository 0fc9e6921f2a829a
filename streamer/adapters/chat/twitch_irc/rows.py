"""What Twitch means by its IRC lines: chat rows.

Source: dev.twitch.tv/docs/chat/irc (PRIVMSG, USERNOTICE, CLEARMSG, CLEARCHAT, ROOMSTATE tags).
"""

from collections import OrderedDict

from streamer.adapters.chat.twitch_irc.irc import Line, Malformed
from streamer.adapters.chat.twitch_irc.pieces import Emotes, pieces
from streamer.adapters.chat.twitch_irc.users import number, plan, recipient_of, user_of
from streamer.ports import ChatRow, Reward, RowKind, User

PLATFORM = "twitch"
SOURCE = "irc"

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
                return _bare("delete_message", self._when(line, at), target=target)
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
        kind, tag = known
        return _row(line, at, kind, text, count=number(tags.get(tag, "")))

    def _storm(self, line: Line, at: float) -> ChatRow:
        community = _community(line)
        count = number(line.tags.get("msg-param-mass-gift-count", ""))
        row = _row(line, at, "gift_batch", count=count, batch=community)
        if community:
            self._storms[community] = row.id
            if len(self._storms) > _STORMS_MAX:
                self._storms.popitem(last=False)
        return row

    def _gift(self, line: Line, at: float) -> ChatRow:
        """A gift of a storm is the recipient's row and points at its batch; a single gift is a batch of one."""
        community, tags = _community(line), line.tags
        recipient = recipient_of(tags)
        row_of_batch = self._storms.get(community, "")
        if not row_of_batch:
            target = recipient.id if recipient is not None else ""
            return _row(line, at, "gift_batch", count=1, target=target, batch=community, recipient=recipient)
        if recipient is None:
            raise Malformed("no msg-param-recipient-id")
        return ChatRow(
            at=at, platform=PLATFORM, kind="gift_received", id=_needed(line, "id"), user=recipient,
            reply_to=row_of_batch, count=1, guest=bool(_shared(tags)), shared_from=_shared(tags), batch=community,
            recipient=recipient, tier=plan(tags), source=SOURCE,
        )  # fmt: skip

    def _room(self, line: Line, at: float) -> ChatRow | None:
        """Modes of the room. The first ROOMSTATE is how things are; later ones name only what changed."""
        changed = {mode: line.tags[mode] for mode in _MODES if mode in line.tags}
        if not self._modes or not changed or changed.items() <= self._modes.items():
            self._modes |= changed
            return None
        self._modes |= changed
        text = " ".join(f"{mode}={value}" for mode, value in sorted(changed.items()))
        return _bare("settings", at, text=text)


def _needed(line: Line, tag: str) -> str:
    value = line.tags.get(tag, "")
    if not value:
        raise Malformed(f"no {tag}")
    return value


def _community(line: Line) -> str:
    return line.tags.get("msg-param-community-gift-id") or line.tags.get("msg-param-origin-id", "")


def _shared(tags: dict[str, str]) -> str:
    """The room a message of shared chat was written in; empty for our own."""
    source = tags.get("source-room-id", "")
    return source if source != tags.get("room-id", "") else ""


def _bare(kind: RowKind, at: float, *, target: str = "", text: str = "", duration_s: float = 0.0) -> ChatRow:
    """A row that nobody in particular wrote."""
    return ChatRow(at=at, platform=PLATFORM, kind=kind, text=text, target=target, duration_s=duration_s, source=SOURCE)


def _row(
    line: Line,
    at: float,
    kind: RowKind,
    text: str = "",
    *,
    count: int = 0,
    target: str = "",
    batch: str = "",
    recipient: User | None = None,
) -> ChatRow:
    tags = line.tags
    emotes = emote_ranges(tags["emotes"], len(text)) if tags.get("emotes") else ()
    shared = _shared(tags) if "source-room-id" in tags else ""
    return ChatRow(
        at=at,
        platform=PLATFORM,
        kind=kind,
        id=_needed(line, "id"),
        user=user_of(tags, line.nick, _needed(line, "user-id")),
        text=text,
        count=count,
        target=target,
        emotes=emotes,
        fragments=pieces(text, emotes),
        guest=bool(shared),
        shared_from=shared,
        batch=batch,
        recipient=recipient,
        tier=plan(tags),
        source=SOURCE,
    )


def _message(line: Line, at: float) -> ChatRow:
    if len(line.params) < 2:
        raise Malformed("no text")
    tags, text = line.tags, line.params[1]
    action = text.startswith("\x01ACTION ")
    if action:
        text = text[8:].removesuffix("\x01")
    replied = tags.get("reply-parent-msg-id", "")
    shift = _reply_prefix(tags, text) if replied else 0
    emotes = emote_ranges(tags["emotes"], len(text), shift) if tags.get("emotes") else ()
    text = text[shift:]
    bits = number(tags["bits"]) if "bits" in tags else 0
    shared = _shared(tags) if "source-room-id" in tags else ""
    reward = tags.get("custom-reward-id", "")
    return ChatRow(
        at=at,
        platform=PLATFORM,
        kind="cheer" if bits else "redemption" if reward else "message",
        id=_needed(line, "id"),
        user=user_of(tags, line.nick, _needed(line, "user-id")),
        text=text,
        reply_to=replied,
        bits=bits,
        emotes=emotes,
        fragments=pieces(text, emotes, bits=bits),
        guest=bool(shared),
        shared_from=shared,
        action=action,
        first=tags.get("first-msg") == "1",
        returning=tags.get("returning-chatter") == "1",
        highlighted=tags.get("msg-id") == "highlighted-message",
        reply_name=_replied_to(tags) if replied else "",
        reward=Reward(reward) if reward else None,
        source=SOURCE,
    )


def _replied_to(tags: dict[str, str]) -> str:
    return tags.get("reply-parent-display-name", "").strip() or tags.get("reply-parent-user-login", "")


def _reply_prefix(tags: dict[str, str], text: str) -> int:
    """Length of the `@parent ` Twitch puts before the text of a reply."""
    for name in (tags.get("reply-parent-display-name", ""), tags.get("reply-parent-user-login", "")):
        prefix = f"@{name} "
        if name and text[: len(prefix)].casefold() == prefix.casefold():
            return len(prefix)
    return 0


def emote_ranges(tag: str, length: int, shift: int = 0) -> Emotes:
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
                start, end = number(first) - shift, number(last) + 1 - shift
                if 0 <= start < end <= length - shift:
                    ranges.append((start, end, name))
    ranges.sort()
    return tuple(ranges)


def _cleared(line: Line, at: float) -> ChatRow:
    duration = number(line.tags.get("ban-duration", ""))
    if len(line.params) < 2:
        return _bare("clear_chat", at)
    return _bare("clear_user", at, target=_needed(line, "target-user-id"), duration_s=float(duration))
