"""The `panel` projection of a show: what operators see, as paths and values of `docs/panel-feed.md`.

`folded` is told every step of the show, the other methods what only the shell knows; what changed comes out through
`publish`. Values are compared with what was published before, so that nothing is sent twice.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from streamer.app import panel_rows as rows
from streamer.app.panel_asides import Asides
from streamer.app.panel_cleared import Cleared
from streamer.app.panel_events import Events
from streamer.app.panel_rows import Row, Words
from streamer.core.commands import Command, Drop, Erase
from streamer.core.events import ChatReceived, EmergencyPressed, Event, LineEnded, StopPressed
from streamer.core.requests import is_ignored
from streamer.core.show import EMPTY, Line, Show
from streamer.ports import ChatRow, Health, Heard

CHAT_ROWS = 400
LOG_ROWS = 200
RATE_MS = 60_000
HELD_ROWS = 50

Publish = Callable[[Mapping[str, object], Sequence[str]], None]
Where = Literal["obs", "tab", "device", "obs_media", "nobody"]


def part(key: str) -> str:
    """A key as one part of a path (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _by_kind(by: str) -> str:
    """What kind of grant pressed it, or the login of the moderator who wrote it into a chat."""
    kind, _, who = by.partition(":")
    return who.partition(":")[2] or kind if kind == "chat" else kind


class About(msgspec.Struct, frozen=True):
    """What does not change while the process lives. `epoch_ms`: Unix time of show clock 0; `started_ms`: on the show's
    clock; `demo`: the audience is synthetic; `scripted`: no model is asked."""

    build: str = ""
    title: str = ""
    epoch_ms: int = 0
    started_ms: int = 0
    demo: bool = False
    scripted: bool = False


ABOUT = About()


def _empty(about: About) -> dict[str, object]:
    build = {"build": about.build} if about.build else {}  # the web server knows it, and may have said it already
    return {
        **build,
        "beat": 0,
        "show": {
            "mode": "starting",
            "title": about.title,
            "epoch": about.epoch_ms,
            "started": about.started_ms,
            "dial": "normal",
            "demo": about.demo,
            "scripted": about.scripted,
        },
        "silence": None,
        "cast": {},
        "line": None,
        "playhead": {"line": 0, "ms": 0, "at": 0, "playing": False},
        "next": {},
        "queue": {},
        "pace": None,
        "chat": {},
        "chat_rate": 0,
        "sound": {
            "where": "nobody",
            "name": "",
            "pages": 0,
            "muted": 0,
            "holder": None,
            "monitors": 0,
            "others": 0,
            "warning": "nobody",
        },
        "level": None,
        "events": {},
        "health": {},
        "log": {},
        "setup": {"n": 0, "welcome": False},
        "write": {},
        "ignored": {},
    }


class PanelView:
    """`words` reads the text store; `person` turns the `by` of an event into a name."""

    def __init__(
        self, publish: Publish, *, words: Words, about: About = ABOUT, person: Callable[[str], str] = _by_kind
    ) -> None:
        self._publish = publish
        self._words = words
        self._person = person
        self._show = EMPTY
        self._names: dict[str, str] = {}
        self._published: dict[str, dict[str, object]] = {"queue": {}, "next": {}, "health": {}}
        self._clauses: dict[int, dict[str, dict[str, Any]]] = {}
        self._totals: dict[int, int] = {}
        self._unvoiced: set[int] = set()
        """Lines that are made and have no sound."""
        self._since: tuple[int, str, int] = (0, "", 0)
        self._line = 0
        self._pace: Row = {}
        self._n = 0
        self._chat: OrderedDict[str, str] = OrderedDict()
        self._amounts: dict[str, Row] = {}
        self._states: dict[str, Row] = {}
        self._arrivals: deque[int] = deque()
        self._rate = 0
        self._logged = 0
        self._told: dict[int, int] = {}
        """Line -> its row of the log."""
        self._events = Events()
        self._asides = Asides()
        self._cleared = Cleared()
        self._held: OrderedDict[str, tuple[str, int, str]] = OrderedDict()
        """Messages that AutoMod holds: uid -> (who wrote it, its row of the log, his name)."""
        self._stops = 0
        self._where: Where = "nobody"
        self._beat = 0
        self._about: dict[str, object] = {}
        publish(_empty(about), ())

    # --- what the show did -------------------------------------------------------------------------------------------

    def folded(self, event: Event, show: Show, commands: Sequence[Command]) -> None:
        """One step of the show: the event, the show after it and the commands it gave."""
        before, self._show = self._show, show
        changes: dict[str, object] = {}
        removed: list[str] = []
        if show.mode != before.mode:
            changes["show/mode"] = show.mode
        if show.dial != before.dial:
            changes["show/dial"] = show.dial
        pace = rows.pace(show)
        if pace != self._pace:
            changes["pace"] = self._pace = pace
        for command in commands:
            if isinstance(command, Erase):
                self._erase(command, changes)
        if isinstance(event, StopPressed | EmergencyPressed) and show.mode == "stopped":
            self._stopped(event, before, changes)
        self._lines(before, changes, removed)
        if show.requests is not before.requests or any(isinstance(c, Erase) for c in commands):
            self._differ("queue", rows.queue(show, self._words, self._amounts), changes, removed)
        self._chat_states(before, event, commands, changes)
        if self._events.concerned(event):
            ended = self._outcomes(before, event, commands)
            for uid, told in self._events.folded(before, event, show, ended).items():
                changes[f"events/{part(uid)}"] = told
        entries = rows.log_entries(rows.Step(before, event, show, commands), self._words, self._name)
        for row in self._cleared.logged(event, entries):
            if isinstance(event, LineEnded) and row["kind"] == "line":
                self._told[event.line] = self._logged
            self._log(row, changes, removed)
        self._send(changes, removed)

    def _name(self, persona: str) -> str:
        return self._names.get(persona, persona)

    def _send(self, changes: dict[str, object], removed: Sequence[str] = ()) -> None:
        if changes or removed:
            self._publish(changes, removed)

    def _differ(self, top: str, new: Mapping[str, Row], changes: dict[str, object], removed: list[str]) -> None:
        """Compare a table with what was published of it."""
        old = self._published[top]
        removed += [f"{top}/{part(key)}" for key in old if key not in new]
        changes.update({f"{top}/{part(key)}": row for key, row in new.items() if old.get(key) != row})
        self._published[top] = dict(new)

    def _stopped(self, event: StopPressed | EmergencyPressed, before: Show, changes: dict[str, object]) -> None:
        self._stops += 1
        silent = before.air is None
        changes["silence"] = {
            "n": self._stops, "at": self._show.now_ms, "by": self._person(event.by), "ms": 0 if silent else None,
            "page": self._show.page, "where": self._where,
        }  # fmt: skip

    # --- lines -------------------------------------------------------------------------------------------------------

    def _lines(self, before: Show, changes: dict[str, object], removed: list[str]) -> None:
        air, ahead = self._show.air, self._show.next
        if (air.id if air is not None else 0) != self._line:
            if self._line:
                self._forget(self._line)
            self._line = air.id if air is not None else 0
            changes["line"] = self._on_air(air) if air is not None else None
            changes["playhead"] = {"line": self._line, "ms": 0, "at": self._show.now_ms, "playing": False}
        if ahead is not before.next:
            if before.next is not None and before.next.id not in (self._line, ahead.id if ahead is not None else 0):
                self._forget(before.next.id)
            self._differ("next", self._next(ahead), changes, removed)

    def _forget(self, line: int) -> None:
        self._clauses.pop(line, None)
        self._totals.pop(line, None)
        self._unvoiced.discard(line)

    def _next(self, line: Line | None) -> dict[str, Row]:
        if line is None:
            return {}
        if self._since[:2] != (line.id, line.state):
            self._since = (line.id, line.state, self._show.now_ms)
        clauses = self._clauses.get(line.id, {})
        text = " ".join(clauses[n]["text"] for n in sorted(clauses, key=int))
        return {str(line.id): rows.next_line(line, self._words, text, self._since[2])}

    def _on_air(self, line: Line) -> Row:
        return {
            "id": line.id,
            "persona": line.persona,
            "kind": line.request.kind,
            "why": rows.why(line.request, self._words, start_ms=self._show.now_ms),
            "clauses": dict(self._clauses.get(line.id, {})),
            "total": self._total(line.id, line.est_ms),
            "whole": line.id in self._totals,
            "voiced": line.id not in self._unvoiced,
            **rows.tried_out(line.request),
        }

    def _total(self, line: int, est_ms: int) -> int:
        made = max((int(clause["end"]) for clause in self._clauses.get(line, {}).values()), default=0)
        return self._totals.get(line) or max(est_ms, made)

    def clause(self, line: int, index: int, value: Any) -> None:
        """A clause was made, of the line on air or of the one prepared ahead. `value`: a `speech.view.ClauseView`."""
        plain: dict[str, Any] = msgspec.to_builtins(value)
        made: dict[str, Any] = {
            "at": plain["at"],
            "end": plain["end"],
            "text": plain["text"],
            "words": [*plain["words"]],
        }
        self._clauses.setdefault(line, {})[str(index)] = made
        if line == self._line and self._show.air is not None:
            total = self._total(line, self._show.air.est_ms)
            self._send({f"line/clauses/{index}": made, "line/total": total})
            return
        changes: dict[str, object] = {}
        removed: list[str] = []
        self._differ("next", self._next(self._show.next), changes, removed)
        self._send(changes, removed)

    def made(self, line: int, total_ms: int, *, voiced: bool = True) -> None:
        """All of a line was made: its length is known."""
        self._totals[line] = total_ms
        if not voiced:
            self._unvoiced.add(line)
        if line == self._line:
            self._send({"line/total": total_ms, "line/whole": True, "line/voiced": voiced})

    def heard(self, heard: Heard, now_ms: int) -> None:
        if heard.line == self._line:
            self._send({"playhead": {"line": heard.line, "ms": heard.ms, "at": now_ms, "playing": not heard.ended}})

    def silenced(self, ms: float) -> None:
        """The player reported silence, so long after the last stop."""
        if self._stops:
            self._send({"silence/ms": round(ms)})

    # --- the chat ----------------------------------------------------------------------------------------------------

    def chat(self, event: ChatReceived, text: str, name: str, now_ms: int, row: ChatRow | None = None) -> None:
        """A message came; to be called before its event is folded. `text` is empty for one that is not to be shown,
        `row` is the message as the chat told it."""
        if not event.test:
            self._arrivals.append(now_ms)
        if event.uid in self._chat:
            return
        self._n += 1
        self._chat[event.uid] = event.user
        self._cleared.came(event.user, name)
        amount = rows.money(event.amount, event.bits)
        if amount is not None:
            self._amounts[event.uid] = amount
        removed: list[str] = []
        if len(self._chat) > CHAT_ROWS:
            gone, _ = self._chat.popitem(last=False)
            self._amounts.pop(gone, None)
            removed.append(f"chat/{part(gone)}")
        made = rows.chat_row(event, self._n, now_ms, text, name, row, self._answered(event, row))
        if made["state"] is None and is_ignored(self._show, event.user):
            made["state"] = {"code": "dropped", "persona": "", "reason": "ignored"}
        changes: dict[str, object] = {f"chat/{part(event.uid)}": made}
        for uid, told in self._events.came(event, row, name, now_ms).items():
            if told is None:
                removed.append(f"events/{part(uid)}")
            else:
                changes[f"events/{part(uid)}"] = told
        self._send(changes, removed)

    def first(self, uid: str) -> None:
        """A message that is shown turns out to be the viewer's first in this channel."""
        if uid in self._chat:
            self._send({f"chat/{part(uid)}/first": True})

    def _answered(self, event: ChatReceived, row: ChatRow | None) -> str:
        """The name of whoever is answered, as it is shown; as the platform tells it, when his message is not known."""
        user = self._chat.get(event.reply_to, "")
        return (self._words(f"n:{user}") if user else None) or (row.reply_name if row is not None else "")

    def _chat_states(self, before: Show, event: Event, commands: Sequence[Command], changes: dict[str, object]) -> None:
        show = self._show
        if show.requests is before.requests and show.next is before.next and show.air is before.air:
            return
        states = rows.chat_states(show)
        outcomes = self._outcomes(before, event, commands)
        for uid in {*self._states, *states}:
            new = states.get(uid) or outcomes.get(uid)
            if new != self._states.get(uid) and uid in self._chat and f"chat/{part(uid)}/text" not in changes:
                changes[f"chat/{part(uid)}/state"] = new
        self._states = states

    @staticmethod
    def _outcomes(before: Show, event: Event, commands: Sequence[Command]) -> dict[str, Row]:
        """What became of messages that no longer wait."""
        done: dict[str, Row] = {}
        if isinstance(event, LineEnded) and before.air is not None and before.air.id == event.line:
            whole = "answered" if event.outcome == "finished" else "cut_short"
            code, reason = (whole, "") if event.heard_ms > 0 else ("dropped", "failed")
            done = {uid: {"code": code, "persona": before.air.persona, "reason": reason} for uid in before.air.answers}
        for command in commands:
            if isinstance(command, Drop):
                done[command.uid] = {"code": "dropped", "persona": "", "reason": command.reason}
        return done

    def _erase(self, erased: Erase, changes: dict[str, object]) -> None:
        for uid in [uid for uid, user in self._chat.items() if rows.is_hit(erased, uid, user)]:
            changes[f"chat/{part(uid)}/state"] = {"code": "deleted", "persona": "", "reason": erased.scope}
            changes[f"chat/{part(uid)}/text"] = None
        for uid, told in self._events.erased(erased).items():
            changes[f"events/{part(uid)}"] = told
        self._unhold(erased, changes)
        air = self._show.air
        if air is not None and air.id == self._line and any(rows.is_hit(erased, uid, user) for uid, user in air.causes):
            changes["line/why/text"] = None

    def aside(self, row: ChatRow, now_ms: int) -> None:
        """Something that happened beside messages and events: a poll, a hype train, a held message, ..."""
        changes: dict[str, object] = {}
        removed: list[str] = []
        if row.kind == "held_resolved":
            self._unhold(Erase(cause=0, scope="message", key=f"{row.platform}:{row.target}"), changes)
        told = self._asides.told(row, now_ms)
        if told is not None:
            if row.kind == "held" and row.user is not None:
                uid, user = f"{row.platform}:{row.id}", f"{row.platform}:{row.user.id or row.user.login}"
                self._held[uid] = user, self._logged, row.user.name or row.user.login
                if len(self._held) > HELD_ROWS:
                    self._held.popitem(last=False)
            self._log(told, changes, removed)
        self._send(changes, removed)

    def _unhold(self, erased: Erase, changes: dict[str, object]) -> None:
        """Words that AutoMod held are shown no longer than the question about them is open."""
        for uid, (user, number, name) in tuple(self._held.items()):
            mine = {"message": uid, "user": user, "room": uid.partition(":")[0]}[erased.scope]
            if mine != erased.key:
                continue
            del self._held[uid]
            if number > self._logged - LOG_ROWS:
                changes[f"log/{number}/code"] = "aside.held_wordless"
                changes[f"log/{number}/params"] = {"name": name}

    # --- what only the shell knows -----------------------------------------------------------------------------------

    def cast(self, members: Mapping[str, Mapping[str, object]]) -> None:
        """By persona id: name, color, order, enabled."""
        self._names = {persona: str(member.get("name", persona)) for persona, member in members.items()}
        self._publish({"cast": {persona: dict(member) for persona, member in members.items()}}, ())

    def about(self, *, title: str, demo: bool, scripted: bool) -> None:
        """The show became another one: a channel is read, a model answers."""
        about = {"show/title": title, "show/demo": demo, "show/scripted": scripted}
        self._send({key: value for key, value in about.items() if self._about.get(key) != value})
        self._about |= about

    def setup(self, n: int, *, welcome: bool) -> None:
        """Set-up, cast or files have changed; `welcome`: nobody has been through the first run."""
        self._send({"setup": {"n": n, "welcome": welcome}})

    def writing(self, write: Mapping[str, object], ignored: Mapping[str, object]) -> None:
        """In which chats the bot can write, and whom the cast does not hear."""
        self._publish({"write": dict(write), "ignored": dict(ignored)}, ())

    def sound(
        self, where: Where, name: str = "", *, pages: int = 0, muted: int = 0, holder: Mapping[str, str] | None = None,
        monitors: int = 0, others: int = 0, warning: str = "nobody",
    ) -> None:  # fmt: skip
        """`holder`: where, name, kind and browser of the page that plays."""
        self._where = where
        told = {"where": where, "name": name, "pages": pages, "muted": muted, "holder": holder}
        self._publish({"sound": told | {"monitors": monitors, "others": others, "warning": warning}}, ())

    def health(self, items: Iterable[Health]) -> None:
        """All parts, in the order they are to be shown."""
        changes: dict[str, object] = {}
        removed: list[str] = []
        self._differ("health", rows.health(items), changes, removed)
        self._send(changes, removed)

    def log(self, now_ms: int, code: str, params: rows.Params | None = None) -> None:
        """Something the show itself has to say: a code of the texts."""
        changes: dict[str, object] = {}
        removed: list[str] = []
        self._log(rows.entry(now_ms, "system", code, params), changes, removed)
        self._send(changes, removed)

    def forget_lines(self, lines: Iterable[int]) -> None:
        """What was said in these lines is not shown any more."""
        rows_ = [self._told.pop(line) for line in lines if line in self._told]
        kept = [number for number in rows_ if number >= self._logged - LOG_ROWS]
        self._send({f"log/{number}/params/text": "" for number in kept})

    def _log(self, row: Row, changes: dict[str, object], removed: list[str]) -> None:
        row["by"] = self._person(str(row["by"])) if row["by"] else ""
        changes[f"log/{self._logged}"] = {"n": self._logged, **row}
        if self._logged >= LOG_ROWS:
            gone = self._logged - LOG_ROWS
            removed.append(f"log/{gone}")
            self._told = {line: number for line, number in self._told.items() if number > gone}
        self._logged += 1

    def beat(self, now_ms: int) -> None:
        """To be called at least every 5 s: tells open pages that the show is alive, and how fast the chat is."""
        while self._arrivals and self._arrivals[0] <= now_ms - RATE_MS:
            self._arrivals.popleft()
        self._beat += 1
        changes: dict[str, object] = {"beat": self._beat}
        if len(self._arrivals) != self._rate:
            self._rate = len(self._arrivals)
            changes["chat_rate"] = self._rate
        self._send(changes)
