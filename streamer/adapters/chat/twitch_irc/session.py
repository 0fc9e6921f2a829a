"""One IRC connection to Twitch as values in and out: no socket, no clock.

Times are seconds of whatever clock the caller uses. Source: dev.twitch.tv/docs/chat/irc; anonymous reading with the
nick `justinfan<digits>` and no password is long-standing and undocumented.
"""

import re
from collections import deque
from typing import Literal

import msgspec

from streamer.adapters.chat.common.unread import Unread
from streamer.adapters.chat.twitch_irc.irc import Line, LineBuffer, Malformed, parse
from streamer.adapters.chat.twitch_irc.rows import Rows
from streamer.ports import ChatRow, Misconfigured

URL = "wss://irc-ws.chat.twitch.tv:443"

_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_]{0,24}", re.ASCII)
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.|m\.)?twitch\.tv/([^/?#]+)[/?#]?.*", re.IGNORECASE)
_CAPABILITIES = "twitch.tv/tags twitch.tv/commands"

End = Literal["", "lost", "silent", "reconnect", "refused", "no_welcome", "no_capabilities", "moved"]


def channel_name(text: str) -> str:
    """The login in what somebody typed: a name, `#name`, `@name` or the channel's address. Raises Misconfigured."""
    name = text.strip()
    if match := _ADDRESS.fullmatch(name):
        name = match[1]
    name = name.lstrip("#@").lower()
    if not _CHANNEL.fullmatch(name):
        raise Misconfigured(
            "not the name of a Twitch channel",
            fix="give the name as in twitch.tv/NAME: up to 25 letters, digits and underscores",
        )
    return name


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one connection and of the time between two; all in seconds."""

    welcome_s: float = 10.0
    eager_join_s: float = 1.5
    """Without a welcome by then JOIN is sent all the same."""
    join_s: float = 10.0
    """A channel that has not shown its room by then is reported as not existing."""
    rejoin_s: float = 60.0
    idle_s: float = 4.0
    """Silence after which we ask whether the server is still there: what is said while it is not is lost."""
    lobby_s: float = 30.0
    """The same before the room was seen, when nothing can be lost."""
    pong_s: float = 4.0
    leave_s: float = 5.0
    """How long the old connection is still read after the server asked us to reconnect."""
    stable_s: float = 10.0
    """A connection that lasted so long was a good one: the wait before the next begins small again."""
    retry_min_s: float = 0.5
    retry_max_s: float = 30.0


class Allowance:
    """At most `count` in any `window_s` seconds. Twitch: 20 log-ins or JOINs in 10 s."""

    def __init__(self, count: int = 20, window_s: float = 10.0) -> None:
        self._count = count
        self._window_s = window_s
        self._spent: deque[float] = deque()

    def wait_s(self, now: float) -> float:
        """Seconds until one more may be spent."""
        while self._spent and now - self._spent[0] >= self._window_s:
            self._spent.popleft()
        return 0.0 if len(self._spent) < self._count else self._window_s - (now - self._spent[0])

    def spend(self, now: float) -> None:
        self._spent.append(now)


class Session:
    """Feed it frames and the time; it says what to send, which rows came, when to look again and how it ended.

    `ended` stays empty while the connection is of use. `joined` is set once the room was seen.
    """

    def __init__(
        self,
        channel: str,
        nick: str,
        rows: Rows,
        timing: Timing,
        allowance: Allowance,
        unread: Unread | None = None,
    ) -> None:
        """`unread` keeps the lines that cannot be used."""
        self.ended: End = ""
        self.joined = False
        self.missing = False
        """The channel did not show its room in time."""
        self.notice = ""
        """msg-id of a NOTICE that explains a channel that cannot be read."""
        self.leaving = False
        self.unread = unread if unread is not None else Unread()
        self.latency_ms: float | None = None
        self._room = f"#{channel}"
        self._nick = nick
        self._rows = rows
        self._timing = timing
        self._allowance = allowance
        self._lines = LineBuffer()
        self._send: list[str] = []
        self._welcomed = self._asked_to_join = False
        self.began = self._heard = 0.0
        self._join_at: float | None = None
        self._asked_at: float | None = None
        self._leave_at = 0.0

    def begin(self, now: float) -> list[str]:
        """The connection is open: what to send first."""
        self.began = self._heard = now
        self._allowance.spend(now)
        self._join_at = now + self._timing.eager_join_s
        return [f"CAP REQ :{_CAPABILITIES}", f"NICK {self._nick}"]

    def receive(self, frame: str, now: float) -> tuple[list[ChatRow], list[str]]:
        """Rows in order and lines to send back. Malformed lines are kept in `unread`; nothing is raised."""
        self._heard = now
        rows: list[ChatRow] = []
        for text in self._lines.feed(frame):
            try:
                line = parse(text)
                row = self._rows.decode(line, now) if self._is_ours(line) else None
            except Malformed as wrong:
                self.unread.keep(text, str(wrong))
                continue
            except Exception as wrong:  # noqa: BLE001 - a line that nobody foresaw must not take its neighbours along
                self.unread.keep(text, type(wrong).__name__)
                continue
            if row is not None:
                rows.append(row)
            if line.command != "PRIVMSG":
                self._protocol(line, now)
        for half in self._lines.broken:
            self.unread.keep(half, "half a line, or one too long")
        self._lines.broken.clear()
        sent, self._send = self._send, []
        return rows, sent

    def deadline(self) -> float:
        """When `tick` wants to be called, if nothing is received before."""
        timing = self._timing
        if self.leaving:
            return self._leave_at
        times = [self._heard + self._idle_s]
        if self._asked_at is not None:
            times = [self._asked_at + timing.pong_s]
        if self._join_at is not None:
            times.append(self._join_at)
        if not self._welcomed:
            times.append(self.began + timing.welcome_s)
        return min(times)

    def tick(self, now: float) -> list[str]:
        """Time has passed: lines to send; `ended` may be set."""
        timing = self._timing
        if self.leaving:
            if now >= self._leave_at:
                self.ended = self.ended or "moved"
            return []
        if not self._welcomed and now >= self.began + timing.welcome_s:
            self.ended = "no_welcome"
            return []
        if self._asked_at is not None and now >= self._asked_at + timing.pong_s:
            if self._heard <= self._asked_at:
                self.ended = "silent"
                return []
            self._asked_at = None  # no answer, but other lines: it lives
        if self._join_at is not None and now >= self._join_at:
            self._join(now)
        if self._asked_at is None and now >= self._heard + self._idle_s:
            self._asked_at = now
            self._send.append("PING :showrunner")
        sent, self._send = self._send, []
        return sent

    @property
    def _idle_s(self) -> float:
        return self._timing.idle_s if self.joined else self._timing.lobby_s

    def leave(self, now: float) -> None:
        """Another connection takes over; what still arrives here is read for a while."""
        self.leaving = True
        self._leave_at = now + self._timing.leave_s

    def _is_ours(self, line: Line) -> bool:
        """Lines about another room are not rows of this one."""
        if not line.params:
            if line.command in {"PRIVMSG", "USERNOTICE", "CLEARMSG", "CLEARCHAT"}:
                raise Malformed("no room")
            return False
        return line.params[0].lower() == self._room

    def _join(self, now: float) -> None:
        wait = self._allowance.wait_s(now)
        if wait > 0:
            self._join_at = now + wait
            return
        if self._join_at is not None and self._asked_to_join:
            self.missing = True
        self._allowance.spend(now)
        self._send.append(f"JOIN {self._room}")
        self._join_at = now + (self._timing.rejoin_s if self._asked_to_join else self._timing.join_s)
        self._asked_to_join = True

    def _protocol(self, line: Line, now: float) -> None:
        match line.command:
            case "PING":
                self._send.append(f"PONG :{line.params[-1] if line.params else ''}")
            case "PONG":
                if self._asked_at is not None:
                    self.latency_ms = (now - self._asked_at) * 1000
                self._asked_at = None
            case "001":
                self._welcomed = True
                if not self._asked_to_join:
                    self._join_at = now
                    self._join(now)
            case "CAP":
                if "NAK" in line.params:
                    self.ended = "no_capabilities"
            case "ROOMSTATE":
                if self._is_ours(line):
                    self._welcomed = self.joined = True
                    self.missing, self.notice, self._join_at = False, "", None
            case "NOTICE":
                self._noticed(line)
            case "RECONNECT":
                self.ended = "reconnect"
            case _:
                pass

    def _noticed(self, line: Line) -> None:
        what = line.tags.get("msg-id", "")
        if what in {"msg_channel_suspended", "msg_banned", "msg_room_not_found", "tos_ban"}:
            self.notice = what
        elif not self.joined and line.params[:1] == ("*",):
            self.ended = "refused"  # "Login authentication failed", "Improperly formatted auth"
