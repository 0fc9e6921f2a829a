"""The running show: facts go in, commands go out to the chain, the views follow. Wired by `house`."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec.structs import replace

from streamer.app.alerting.desk import AlertDesk
from streamer.app.follower import Follower, Nobody, Staged
from streamer.app.inbox import Inbox
from streamer.app.ingress import Ingress
from streamer.app.overlay_view import OverlayView
from streamer.app.panel_view import PanelView
from streamer.app.presses import outcome_of
from streamer.app.sayings import Sayings, fact
from streamer.core.commands import (
    Air,
    Close,
    Command,
    Cut,
    Drop,
    Duck,
    Erase,
    Hush,
    Prepare,
    TakeScene,
    Unhush,
    Withdraw,
)
from streamer.core.events import ChatReceived, Event, Fact, HostSpoke, LineEnded
from streamer.core.show import Show
from streamer.core.stage import Stage, stage
from streamer.ports import ChatRow, Heard, TextStore
from streamer.speech.brief import Quote
from streamer.speech.perform import Performer
from streamer.speech.quotes import repeats
from streamer.speech.view import ClauseView, LineRecord
from streamer.web.operate import Outcome

log = logging.getLogger(__name__)

_ASIDES = frozenset({
    "held", "held_resolved", "poll_begin", "poll_progress", "poll_end", "hype_train_begin", "hype_train_progress",
    "hype_train_end", "ad_break", "goal", "shield", "stream_on", "stream_off", "settings",
})  # fmt: skip
"""Kinds of rows that are told to operators and change nothing in the show."""
LINES_NEAR = 40
"""Of the newest lines: what a persona may have had words from by way of another one."""
QUOTES_NEAR = 20
LINES_KEPT = 500
"""Lines whose words are found again when what they answered or quoted is taken back."""


class Conductor:
    """One show in this process. Everything is called on the loop's thread."""

    def __init__(  # noqa: PLR0913 - the parts of a running show
        self,
        *,
        ingress: Ingress,
        texts: TextStore,
        sayings: Sayings,
        overlay: OverlayView,
        panel: PanelView,
        now_ms: Callable[[], int],
        on_closed: Callable[[], None],
        on_record: Callable[[LineRecord], None] | None = None,
        observe: Callable[[Fact, Sequence[Command]], None] | None = None,
        alerts: AlertDesk | None = None,
        follower: Follower | None = None,
        staged: Staged | None = None,
    ) -> None:
        """`follower` is told what happens in the show, `staged` what the audience should see."""
        self._staged = staged
        self._follower: Follower = follower or Nobody()
        self._ingress = ingress
        self._texts = texts
        self._sayings = sayings
        self._overlay = overlay
        self._panel = panel
        self._now_ms = now_ms
        self._on_closed = on_closed
        self._on_record = on_record
        self._observe = observe
        self._alerts = alerts
        self._orders: dict[int, Prepare] = {}
        self._lines: OrderedDict[int, Prepare] = OrderedDict()
        self._stage: Stage | None = None
        self.scenes: Collection[str] = ()
        """Keys of the scenes that an operator can choose."""
        self.inbox: Inbox
        self.performer: Performer

    def join(self, inbox: Inbox, performer: Performer) -> None:
        """The two that need this object to be made first."""
        self.inbox, self.performer = inbox, performer

    # --- in ----------------------------------------------------------------------------------------------------------

    def on_row(self, row: ChatRow, *, aside: bool = False) -> None:
        """Something happened in a chat. `aside`: a command, or a message of our own: operators see it, the cast does
        not hear it, and the audience has it in the chat itself."""
        if row.kind in _ASIDES:
            self._panel.aside(row, self._now_ms())
            self._overlay.aside(row, self._now_ms())
            return
        for event in self._ingress.hear(row):
            if aside and isinstance(event, ChatReceived):
                event = replace(event, bot=True)  # noqa: PLW2901 - the same fact, told as a bot's
            self._show_row(event, row, aside=aside)
            if self._alerts is not None and isinstance(event, ChatReceived):
                self.inbox.emit(self._alerts.dress(event, row))
            else:
                self.inbox.emit(event)

    def _show_row(self, event: Event, row: ChatRow, *, aside: bool) -> None:
        match event:
            case ChatReceived(uid=uid, user=user):
                self._sayings.chat(event)
                text, name = self._texts.get(f"m:{uid}") or "", self._texts.get(f"n:{user}") or ""
                self._panel.chat(event, text, name, self._now_ms(), row)
                if self._alerts is not None and self._alerts.is_ignored(row):
                    return  # a reward of which nothing is to follow; operators see it all the same
                shown = text or fact(event)  # a follow has neither words nor a fact to show
                if shown and not event.direct and not aside:  # what is said at the panel was never in the chat
                    self._overlay.chat(event, row, shown, name)
                if self._alerts is None or self._alerts.is_shown(event):
                    self._overlay.alert(event, row, text, name, self._now_ms())
                    if self._staged is not None and not aside:
                        self._staged.alert(event, row)
                self._overlay.thanked(event, row, name)
                self._follower.chat(event, text, name)
            case HostSpoke():
                self._sayings.host(event)
            case _:
                pass

    def press(self, event: Event) -> Outcome:
        """An operator pressed something. `stale`: what was meant has gone; nothing was done."""
        outcome = outcome_of(event, self.inbox.show, self.scenes)
        if outcome not in ("stale", "unknown"):
            self.inbox.emit(event)
        return outcome

    # --- out ---------------------------------------------------------------------------------------------------------

    def run(self, command: Command) -> None:  # noqa: C901 - a flat dispatch
        self._follower.ordered(command)
        match command:
            case Prepare():
                self._orders[command.line] = self._lines[command.line] = command
                if len(self._lines) > LINES_KEPT:
                    self._lines.popitem(last=False)
                if self._alerts is not None:
                    self._alerts.prepare(command)
                self.performer.prepare(command)
            case Air(line=line, not_before_ms=not_before_ms):
                self._overlay.aired(self._orders[line])
                self.performer.air(line, not_before_ms)
            case Withdraw(line=line, reason=reason):
                self.performer.withdraw(line, reason)
            case Cut(line=line, reason=reason):
                self.performer.cut(line, reason)
            case Duck(line=line, on=on):
                self.performer.duck(line, on=on)
            case Hush(line=line):
                self._hush(line)
            case Unhush(line=line):
                self.performer.unhush(line)
            case Erase():
                self._erase(command)
            case Close():
                self._on_closed()
            case Drop() | TakeScene():
                pass  # what follows from these is in the views and the stage

    def _hush(self, line: int) -> None:
        """The views stand still where the line does."""
        self.performer.hush(line)
        at = self.performer.playhead.state()
        if at.line == line and not at.playing:
            self.heard(Heard(line, at.ms, ended=True))

    def _erase(self, erased: Erase) -> None:
        """The words go everywhere: lines that hold them, the store, what was said about them, what is shown."""
        passed_on = self._passed_on(erased)
        self.performer.taken_back(erased.scope, erased.key)
        for line in passed_on:
            self.performer.cut(line, "taken_back")
        lines = [line for line, order in self._lines.items() if line in passed_on or self._was_about(order, erased)]
        for line in lines:
            self._texts.erase(f"l:{line}")
        self._panel.forget_lines(lines)
        self._ingress.erase(erased)
        self._sayings.forget(erased.scope, erased.key)
        self._overlay.erase(erased, self._now_ms())
        self._follower.erased(erased, lines)

    def _is_hit(self, uid: str, erased: Erase) -> bool:
        match erased.scope:
            case "message":
                return uid == erased.key
            case "user":
                said = self._sayings.find(uid)
                return said is not None and said.user == erased.key
            case "room":
                return uid.partition(":")[0] == erased.key

    def _passed_on(self, erased: Erase) -> list[int]:
        """Lines that repeat what is taken back although it was not before them: a line in between had it, and what was
        heard of that one is before those who speak after it. Only the newest lines and some of the words are looked at,
        because this is on the way of a deletion."""
        quotes: dict[str, Quote] = {}
        out: list[int] = []
        for line, order in [*self._lines.items()][-LINES_NEAR:]:
            if quotes:
                text = self.performer.words(line) or self._texts.get(f"l:{line}") or ""
                if text and repeats(text, [*quotes.values()], erased.scope, erased.key):
                    out.append(line)
            for uid in (*order.answers, *order.context):
                if len(quotes) < QUOTES_NEAR and uid not in quotes and self._is_hit(uid, erased):
                    quote = self._sayings.quote(uid)
                    if quote is not None:
                        quotes[uid] = quote
        return out

    def _was_about(self, order: Prepare, erased: Erase) -> bool:
        """The line answered words that are taken back, or had them before it and repeats them."""
        if any(self._is_hit(uid, erased) for uid in order.answers):
            return True
        heard_of = (uid for uid in order.context if self._is_hit(uid, erased))
        quotes = [quote for uid in heard_of if (quote := self._sayings.quote(uid)) is not None]
        heard = self._texts.get(f"l:{order.line}") if quotes else None
        return heard is not None and repeats(heard, quotes, erased.scope, erased.key)

    def after(self, fact: Fact, show: Show, commands: Sequence[Command]) -> None:
        """A fact was folded and its commands were run."""
        event = fact.event
        if isinstance(event, LineEnded):
            order = self._orders.pop(event.line, None)
            self._overlay.ended(event.line, self._now_ms())
            if order is not None:
                self._follower.ended(event, order, self._texts.get(event.heard) if event.heard else None)
        now = stage(show)
        if now != self._stage:
            self._stage = now
            answering = self._answering(now)
            self._overlay.stage(now, answering)
            if self._staged is not None:
                self._staged.stage(now, answering)
        self._overlay.waiting(show, self._texts.get)
        self._panel.folded(event, show, commands)
        if self._staged is not None:
            self._staged.after(show)
        if self._alerts is not None:
            self._alerts.folded(event, show, commands)
        self._follower.folded(event)
        if self._observe is not None:
            self._observe(fact, commands)

    def _answering(self, now: Stage) -> Mapping[str, str] | None:
        said = self._sayings.find(now.answering) if now.answering else None
        quote = self._sayings.quote(now.answering) if said is not None else None
        if said is None or quote is None:
            return None
        return {"name": quote.name, "text": quote.text or quote.what, "platform": said.platform}

    # --- what the chain reports ---------------------------------------------------------------------------------------

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        self._overlay.clause(line, index, value)
        self._panel.clause(line, index, value)
        self._follower.clause(line, index, value)

    def record(self, record: LineRecord) -> None:
        if self._on_record is not None:
            self._on_record(record)

    def heard(self, heard: Heard) -> None:
        now_ms = self._now_ms()
        self._overlay.heard(heard, now_ms)
        self._panel.heard(heard, now_ms)
        self._follower.heard(heard)
