"""The events other programs hear of, made from what happens in the show. Knows no program and no socket.

Only what was heard is told, and only after it was heard: a line begins when its first sample sounds, a face changes
when the sound reaches it, words come with the end of the line. Words that are taken back leave every event that was not
sent yet, and `taken_back` tells those who have them.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from streamer.app.outward.settings import Kind
from streamer.core.commands import Command, Erase, Prepare, TakeScene
from streamer.core.events import (
    ChatReceived,
    EmergencyPressed,
    Event,
    LineEnded,
    LineStarted,
    PausePressed,
    ResumePressed,
    StopPressed,
)
from streamer.ports import Heard
from streamer.speech.tags import EXPRESSIONS
from streamer.speech.view import ClauseView

LINES_KEPT = 500
ALERTS_KEPT = 500
_QUIET = frozenset({"message", "gift_received"})
"""Rows of a chat that are no alert: the gifts of a storm are told by their batch."""


class Told(msgspec.Struct, eq=False):
    """One event on its way to any number of targets. `data` changes when words are taken back: encode it when it is
    sent, not before."""

    id: str
    type: Kind
    at: float
    """Seconds since 1970."""
    data: dict[str, Any]
    test: bool = False
    line: int = 0
    uid: str = ""
    user: str = ""


class _Line(msgspec.Struct):
    order: Prepare
    test: bool
    started: bool = False
    cues: dict[int, tuple[tuple[int, str, float], ...]] = msgspec.field(
        default_factory=dict[int, tuple[tuple[int, str, float], ...]]
    )
    shown: set[tuple[int, int]] = msgspec.field(default_factory=set[tuple[int, int]])


class Teller:
    """Turns facts into events for `send`. `name_of` gives a persona's shown name, `words` what stands under a text
    reference, `new_id` ids that never come twice, `wall` seconds since 1970."""

    def __init__(
        self,
        send: Callable[[Told], None],
        *,
        name_of: Callable[[str], str],
        words: Callable[[str], str | None],
        new_id: Callable[[], str],
        wall: Callable[[], float],
    ) -> None:
        self._send = send
        self._name_of = name_of
        self._words = words
        self._new_id = new_id
        self._wall = wall
        self._lines: OrderedDict[int, _Line] = OrderedDict()
        self._tests: OrderedDict[str, None] = OrderedDict()
        self._out: deque[Told] = deque(maxlen=LINES_KEPT + ALERTS_KEPT)
        """What was told with words in it, newest last: queued somewhere or sent."""

    # --- what happens -------------------------------------------------------------------------------------------------

    def ordered(self, command: Command) -> None:
        """A command of the core is carried out."""
        match command:
            case Prepare():
                test = bool(command.answers) and all(uid in self._tests for uid in command.answers)
                self._lines[command.line] = _Line(command, test)
                while len(self._lines) > LINES_KEPT:
                    self._lines.popitem(last=False)
            case TakeScene(scene=scene):
                self._tell("scene", {"scene": scene})
            case _:
                pass

    def folded(self, event: Event) -> None:
        """A fact was folded."""
        match event:
            case LineStarted(line=line) if line in self._lines:
                self._started(self._lines[line])
            case LineEnded() if event.line in self._lines:
                self._ended(self._lines[event.line], event)
            case StopPressed() | EmergencyPressed():
                self._tell("stop", {})
            case PausePressed():
                self._tell("pause", {})
            case ResumePressed():
                self._tell("resume", {})
            case _:
                pass

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        """A clause was made; made again, its cues replace the earlier ones."""
        if (known := self._lines.get(line)) is not None:
            known.cues[index] = value.cues

    def heard(self, heard: Heard) -> None:
        """The sound has come so far: faces and gestures up to there are told."""
        known = self._lines.get(heard.line)
        if known is None or not known.started:
            return
        for index, cues in known.cues.items():
            for place, (at, name, intensity) in enumerate(cues):
                if at <= heard.ms and (index, place) not in known.shown:
                    known.shown.add((index, place))
                    data = self._about(known) | {"emotion": name, "gesture": name not in EXPRESSIONS}
                    self._tell("emotion", data | {"intensity": intensity}, test=known.test, line=heard.line)

    def chat(self, event: ChatReceived, text: str, name: str) -> None:
        """Somebody did something in the chat. `text` and `name` are what moderation left of them."""
        if event.test:
            self._tests[event.uid] = None
            while len(self._tests) > ALERTS_KEPT:
                self._tests.popitem(last=False)
        if event.kind in _QUIET or event.guest or event.bot or event.verdict.action not in ("allow", "replace"):
            return
        data: dict[str, Any] = {
            "kind": event.kind, "platform": event.platform, "uid": event.uid, "name": name, "text": text,
            "count": event.count, "bits": event.bits,
        }  # fmt: skip
        if event.amount is not None:
            data["amount"] = {"micros": event.amount.micros, "currency": event.amount.currency}
        self._tell("alert", data, test=event.test, uid=event.uid, user=event.user)

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        """Words were taken back; `lines` were about them."""
        gone = set(lines)
        hit = [each for each in self._out if each.line in gone or _is_hit(each, erased)]
        for each in hit:
            for key in ("text", "name") if each.type == "alert" else ("text",):
                each.data.pop(key, None)
            each.data["taken_back"] = True
        begun = {line for line in gone if line in self._lines and self._lines[line].started}
        shown = sorted(begun | {each.line for each in hit if each.line})
        alerts = sorted({each.uid for each in hit if each.uid})
        if shown or alerts:
            tests = [each.test for each in hit] + [self._lines[line].test for line in shown if line in self._lines]
            self._tell("taken_back", {"lines": shown, "alerts": alerts}, test=bool(tests) and all(tests))

    # --- inside -------------------------------------------------------------------------------------------------------

    def _started(self, known: _Line) -> None:
        known.started = True
        self._tell("line_started", self._about(known), test=known.test, line=known.order.line)

    def _ended(self, known: _Line, event: LineEnded) -> None:
        known.cues.clear()
        known.shown.clear()
        if not known.started:
            return
        data = self._about(known) | {"outcome": event.outcome, "heard_ms": event.heard_ms}
        if event.reason == "taken_back":
            data["taken_back"] = True
        else:
            data["text"] = (self._words(event.heard) or "") if event.heard else ""
        self._tell("line_ended", data, test=known.test, line=event.line)

    def _about(self, known: _Line) -> dict[str, Any]:
        order = known.order
        return {
            "line": order.line, "persona": order.persona, "name": self._name_of(order.persona), "kind": order.kind,
            "why": order.why,
        }  # fmt: skip

    def _tell(
        self, kind: Kind, data: dict[str, Any], *, test: bool = False, line: int = 0, uid: str = "", user: str = ""
    ) -> None:
        told = Told(self._new_id(), kind, self._wall(), data, test, line, uid, user)
        if kind in ("line_ended", "alert"):
            self._out.append(told)
        self._send(told)


def _is_hit(told: Told, erased: Erase) -> bool:
    """Whether an alert is of what was erased."""
    match erased.scope:
        case "message":
            return told.uid == erased.key
        case "user":
            return bool(told.uid) and told.user == erased.key
        case "room":
            return told.uid.partition(":")[0] == erased.key


def shown_types(wanted: Sequence[Kind]) -> frozenset[Kind]:
    """What a target hears of: what it asked for, and always what is taken back. Nothing asked for: everything."""
    every: tuple[Kind, ...] = (
        "line_started", "line_ended", "emotion", "alert", "stop", "pause", "resume", "scene", "taken_back",
    )  # fmt: skip
    return frozenset((*wanted, "taken_back")) if wanted else frozenset(every)
