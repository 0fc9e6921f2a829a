"""The panel's list of events: raids, gifts, money, rewards, and what became of each (`docs/panel-feed.md`)."""

from collections import OrderedDict
from collections.abc import Mapping

from streamer.app.panel_rows import Row, chat_states, is_hit, judged, money
from streamer.core.alerts import why_not
from streamer.core.commands import Erase
from streamer.core.events import AlertReplayed, ChatReceived, Event
from streamer.core.requests import is_ignored
from streamer.core.show import Show
from streamer.ports import ChatRow

KEPT = 40
_OPEN = frozenset({"waiting", "picked", "on_air"})


def is_alert(event: ChatReceived) -> bool:
    """A gift that was received belongs to the one that was given."""
    return not event.direct and event.kind not in ("message", "gift_received")


_NONE = ChatReceived(uid="", user="", platform="")


def _about(event: Event) -> ChatReceived:
    if isinstance(event, AlertReplayed):
        return event.chat
    return event if isinstance(event, ChatReceived) else _NONE


class Events:
    """The newest events by uid. Each method gives the changes of the feed: path below `events` -> value, None: gone."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, Row] = OrderedDict()
        self._users: dict[str, str] = {}
        self._open: set[str] = set()
        self._n = 0

    def came(self, event: ChatReceived, row: ChatRow | None, name: str, now_ms: int) -> Mapping[str, Row | None]:
        """Before the event is folded: its row, which says nothing yet about what becomes of it."""
        if not is_alert(event) or event.uid in self._rows:
            return {}
        self._n += 1
        self._users[event.uid] = event.user
        user = row.user if row is not None else None
        made = self._rows[event.uid] = {
            "n": self._n,
            "at": now_ms,
            "name": name,
            "platform": event.platform,
            "kind": event.kind,
            "count": event.count,
            "months": user.months if user is not None else 0,
            "amount": money(event.amount, event.bits),
            "reward": row.reward.title if row is not None and row.reward is not None else "",
            "source": row.source if row is not None else "",
            "test": event.test,
            "replays": 0,
            "state": None,
        }
        changes: dict[str, Row | None] = {event.uid: made}
        if len(self._rows) > KEPT:
            # A wave of follows, which are seldom thanked, must not push a raid out.
            follows = (uid for uid, each in self._rows.items() if each["kind"] == "follow" and not each["test"])
            gone = next(follows, next(iter(self._rows)))
            del self._rows[gone]
            self._open.discard(gone)
            del self._users[gone]
            changes[gone] = None
        return changes

    def concerned(self, event: Event) -> bool:
        """Whether a step can change anything here."""
        return bool(self._open) or _about(event).uid in self._rows

    def folded(self, before: Show, event: Event, show: Show, ended: Mapping[str, Row]) -> Mapping[str, Row]:
        """After a step: rows whose state is another one. `ended`: states of messages that no longer wait."""
        about = _about(event)
        again = isinstance(event, AlertReplayed) and about.uid in self._rows
        if about.uid in self._rows:
            self._open.add(about.uid)
        if again:
            row = self._rows[about.uid]
            self._rows[about.uid] = {**row, "replays": int(str(row["replays"])) + 1}
        waiting = chat_states(show)
        changes: dict[str, Row] = {}
        for uid in tuple(self._open):
            state = waiting.get(uid) or ended.get(uid)
            if state is None and uid == about.uid:
                state = judged(about) or {"code": "dropped", "persona": "", "reason": _reason(before, about)}
            if state is None:
                continue
            state = {**state, "ready": _ready_ms(show, uid)}
            if state["code"] not in _OPEN:
                self._open.discard(uid)
            if state != self._rows[uid]["state"] or (again and uid == about.uid):
                changes[uid] = self._rows[uid] = {**self._rows[uid], "state": state}
        return changes

    def erased(self, erased: Erase) -> Mapping[str, Row]:
        """Their words were taken back: nothing is said about them any more."""
        changes: dict[str, Row] = {}
        for uid, user in self._users.items():
            if is_hit(erased, uid, user):
                self._open.discard(uid)
                state: Row = {"code": "deleted", "persona": "", "reason": erased.scope, "ready": None}
                changes[uid] = self._rows[uid] = {**self._rows[uid], "state": state, "reward": ""}
        return changes


def _ready_ms(show: Show, uid: str) -> int | None:
    """The earliest moment a thank-you that waits may be said."""
    asked = next((request for request in show.requests if uid in (request.uid, *request.also)), None)
    return asked.ready_ms or None if asked is not None else None


def _reason(show: Show, chat: ChatReceived) -> str:
    if chat.guest:
        return "guest"
    if chat.bot:
        return "bot"
    if is_ignored(show, chat.user):
        return "ignored"
    if show.mode not in ("running", "paused"):
        return "stopped"
    return why_not(show, chat) or "not_for_us"
