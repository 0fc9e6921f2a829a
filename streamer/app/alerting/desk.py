"""The alerts of a running show: dressed as they come, followed to their end, shown once more, tried out."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Literal

import msgspec
from msgspec.structs import replace

from streamer.app.alerting.rules import NAMES, find_reward
from streamer.app.alerting.settings import Alerts
from streamer.app.alerting.testevents import row_of
from streamer.app.alerting.words import AlertWords, Kept
from streamer.core import alerts as rules
from streamer.core.commands import Command, Drop, Prepare
from streamer.core.events import AlertReplayed, ChatReceived, Event, LineEnded
from streamer.core.policy import treatment
from streamer.core.requests import is_ignored
from streamer.core.show import Request, Show
from streamer.ports import ChatRow, TextStore
from streamer.web.alerts import AlertItem, Kind, State, TryOut
from streamer.web.operate import Outcome
from streamer.web.rest import Problem

SHOWN = 50


class End(msgspec.Struct, frozen=True):
    """What became of an alert. `with_`: the alert it was thanked together with."""

    state: State
    reason: str = ""
    with_: str = ""


WAITING = End("waiting")


class AlertDesk:
    """Called on the loop's thread. `gone` tells whether words were taken back, `press` takes an operator's event,
    `on_row` a row as from a chat, `show_alert` shows an alert on the overlays."""

    def __init__(  # noqa: PLR0913 - what it needs of the house
        self,
        words: AlertWords,
        texts: TextStore,
        *,
        alerts: Callable[[], Alerts],
        show: Callable[[], Show],
        gone: Callable[[str], bool],
        press: Callable[[Event], object],
        on_row: Callable[[ChatRow], None],
        show_alert: Callable[[ChatReceived], None],
        now_ms: Callable[[], int],
    ) -> None:
        self.words = words
        self._texts = texts
        self._alerts = alerts
        self._show = show
        self._gone = gone
        self._press = press
        self._on_row = on_row
        self._show_alert = show_alert
        self._now_ms = now_ms
        self._ends: dict[str, End] = {}
        self._lines: dict[int, tuple[str, ...]] = {}

    # --- on the way ---------------------------------------------------------------------------------------------------

    def dress(self, event: ChatReceived, row: ChatRow) -> ChatReceived:
        """To be called before an event is told to the core."""
        return self.words.dress(event, row)

    def is_ignored(self, row: ChatRow) -> bool:
        """A redeemed reward of which nothing at all is to follow."""
        reward = find_reward(self._alerts(), row.reward) if row.kind == "redemption" else None
        return reward is not None and reward.ignore

    def is_shown(self, event: ChatReceived) -> bool:
        """Whether faces and pages may react to it. A follow only where follows are thanked, for there are many, and
        bots among them; one that is tried out always."""
        return event.kind != "follow" or event.test or self._alerts().follow.on

    def prepare(self, order: Prepare) -> None:
        """To be called before a line is made."""
        self.words.prepare(order)
        if any(uid in self.words.kept for uid in order.answers):
            self._lines[order.line] = order.answers

    def folded(self, event: Event, show: Show, commands: Sequence[Command]) -> None:
        """To be called after a fact was folded."""
        for command in commands:
            if isinstance(command, Drop) and command.uid in self.words.kept:
                self._dropped(command, show)
        match event:
            case ChatReceived(uid=uid) if event.alert and uid in self.words.kept and uid not in self._ends:
                self._ends[uid] = WAITING if _waits(show, uid) else End("unanswered", _reason(show, event))
            case AlertReplayed(chat=chat) if _waits(show, chat.uid):
                self._ends[chat.uid] = WAITING
            case LineEnded(line=line) if line in self._lines:
                end = End("answered") if event.heard_ms > 0 else End("unanswered", "failed")
                for uid in self._lines.pop(line):
                    if uid in self.words.kept and self._ends.get(uid, WAITING) == WAITING and not _waits(show, uid):
                        self._ends[uid] = end
            case _:
                pass
        if len(self._ends) > 2 * len(self.words.kept) + SHOWN:
            self._ends = {uid: end for uid, end in self._ends.items() if uid in self.words.kept}

    def _dropped(self, drop: Drop, show: Show) -> None:
        if drop.reason != "merged":
            self._ends[drop.uid] = End("unanswered", drop.reason)
            return
        event = self.words.kept[drop.uid].event
        first = next((r.uid for r in _requests(show) if (r.user, r.why) == (event.user, event.kind)), "")
        self._ends[drop.uid] = End("waiting", "merged", first)

    # --- at the panel -------------------------------------------------------------------------------------------------

    def items(self) -> list[AlertItem]:
        alerts = self._alerts()
        listed = (
            kept
            for kept in reversed(self.words.kept.values())
            if not kept.event.bot and (kept.event.kind != "follow" or alerts.follow.on or kept.event.test)
        )
        return [self._item(kept) for kept in islice(listed, SHOWN)]

    def replay(self, uid: str, *, by: str, via: str) -> Outcome:
        kept = self.words.kept.get(uid)
        if kept is None:
            raise Problem(404, "no_alert", "there is no such alert, or it is too old")
        if self._gone(uid) or self._texts.get(kept.event.alert) is None:
            raise Problem(410, "taken_back", "it was taken back: the message was deleted, or its author banned")
        show = self._show()
        if not self._usable(kept.event, show):
            raise Problem(409, "not_allowed", "moderation does not let it through")
        if show.mode not in ("running", "paused"):
            raise Problem(409, "stopped", "the show is stopped: resume it first")
        if _waits(show, uid):
            return "already"
        chat = replace(kept.event, count=kept.count)
        self._show_alert(chat)
        self._press(AlertReplayed(chat=chat, by=by, via=via))
        return "done"

    def try_out(self, wanted: TryOut) -> str:
        rewards = [each.reward for each in self._alerts().rewards if not each.ignore]
        if wanted.kind == "redemption" and not wanted.reward.strip() and not rewards:
            raise Problem(422, "no_reward", "name a reward: none is set up", path="$.reward")
        row = row_of(wanted, self._now_ms() / 1000, reward=rewards[0] if rewards else "")
        self._on_row(row)
        return f"{row.platform}:{row.id}"

    def _item(self, kept: Kept) -> AlertItem:
        event, end = kept.event, self._end(kept.event.uid)
        gone = self._gone(event.uid) or self._texts.get(event.alert) is None
        usable = not gone and self._usable(event, self._show())
        return AlertItem(
            uid=event.uid,
            kind=_KINDS[NAMES[event.kind]],
            platform=event.platform,
            name="" if gone else self._texts.get(event.name) or "" if event.name else "",
            text="" if gone else self._texts.get(event.text) or "" if event.text else "",
            count=kept.count,
            bits=event.bits,
            amount=event.amount,
            reward=kept.reward,
            at=kept.at_ms,
            state=end.state,
            reason="taken_back" if gone and end.state == "unanswered" else end.reason,
            test=event.test,
            can_replay=usable,
        )

    def _end(self, uid: str) -> End:
        end = self._ends.get(uid) or (WAITING if _waits(self._show(), uid) else End("unanswered"))
        leader = self._ends.get(end.with_) if end.with_ else None
        return End(leader.state, leader.reason or "merged") if leader is not None else end

    def _usable(self, event: ChatReceived, show: Show) -> bool:
        use = treatment(event.verdict)
        rule = rules.rule_of(show, event)
        held = use == "hold" and rule is not None and rule.held
        return (use == "use" or held) and not event.bot and not event.guest and not is_ignored(show, event.user)


_KINDS: Mapping[str, Kind] = {
    "raid": "raid", "sub": "sub", "resub": "resub", "gift": "gift", "bits": "bits", "superchat": "superchat",
    "sticker": "sticker", "follow": "follow", "redemption": "redemption",
}  # fmt: skip

_Why = Literal["blocked", "held", "bot", "guest", "stopped", "ignored"]


def _requests(show: Show) -> list[Request]:
    lines = (line for line in (show.next, show.air) if line is not None)
    return [*show.requests, *(line.request for line in lines)]


def _waits(show: Show, uid: str) -> bool:
    return any(uid == request.uid or uid in request.also for request in _requests(show))


def _reason(show: Show, event: ChatReceived) -> str:
    """Why nobody answers an alert that has just been folded."""
    use = treatment(event.verdict)
    found: list[tuple[bool, _Why]] = [
        (event.bot, "bot"), (event.guest, "guest"), (use == "ignore", "blocked"), (use == "hold", "held"),
        (is_ignored(show, event.user), "ignored"), (show.mode not in ("running", "paused"), "stopped"),
    ]  # fmt: skip
    said = next((why for holds, why in found if holds), None)
    return said or rules.why_not(show, event) or ""
