"""The one place where facts get their number and their time, are folded and journaled, and their commands are run.

Two lanes: control facts (operators, lines, deletions, the host) go first and are never lost; crowd facts are bounded,
and what falls off is counted. Folding is synchronous: a fact that comes while another is folded waits its turn, all
others are folded in the call that brought them, so nothing is delayed by a queue in the common case.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from streamer.app.journal import digest, encode_show
from streamer.core.commands import Command
from streamer.core.director import next_wake, step
from streamer.core.events import ChatReceived, Event, Fact, Woke
from streamer.core.show import EMPTY, Show
from streamer.ports import Journal

log = logging.getLogger(__name__)

CROWD_MAX = 2_000

After = Callable[[Fact, Show, Sequence[Command]], None]


class Inbox:
    """`now_ns` is the show's clock; `run` carries out one command; `after` sees every fold, once its commands ran."""

    def __init__(
        self,
        *,
        now_ns: Callable[[], int],
        journal: Journal,
        run: Callable[[Command], None],
        after: After | None = None,
        show: Show = EMPTY,
        seq: int = 0,
    ) -> None:
        self._now_ns = now_ns
        self._journal = journal
        self._run = run
        self._after = after
        self._seq = seq
        self._control: deque[Event] = deque()
        self._crowd: deque[Event] = deque()
        self._folding = False
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_ms: int | None = None
        self._closed = False
        self.show = show
        self.crowd_dropped = 0

    def emit(self, event: Event) -> None:
        """A fact has happened. Returns after it was folded, unless called from inside a fold."""
        if self._closed:
            return
        if isinstance(event, ChatReceived):
            if len(self._crowd) >= CROWD_MAX:
                self._crowd.popleft()
                self.crowd_dropped += 1
            self._crowd.append(event)
        else:
            self._control.append(event)
        if not self._folding:
            self._fold_all()

    def close(self) -> None:
        """No fact is folded any more."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()

    def _fold_all(self) -> None:
        self._folding = True
        try:
            while self._control or self._crowd:
                self._fold(self._control.popleft() if self._control else self._crowd.popleft())
        finally:
            self._folding = False
        self._set_alarm()

    def _fold(self, event: Event) -> None:
        self._seq += 1
        fact = Fact(self._seq, self._now_ns(), event)
        self.show, commands = step(self.show, fact)
        self._journal.append(fact, digest(commands))
        for command in commands:
            try:
                self._run(command)
            except Exception:  # one broken driver must not stop the show
                log.exception("a command failed: %s", type(command).__name__)
        if self._after is not None:
            try:
                self._after(fact, self.show, commands)
            except Exception:  # nor may a view
                log.exception("showing a fact failed: %s", type(event).__name__)
        if self._journal.snapshot_due:
            self._journal.snapshot(encode_show(self.show), fact.seq)

    def _set_alarm(self) -> None:
        """One timer, for the moment the core has asked for."""
        wake_ms = None if self._closed else next_wake(self.show)
        if wake_ms == self._alarm_ms and self._alarm is not None:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm, self._alarm_ms = None, wake_ms
        if wake_ms is not None:
            delay_s = max(0.0, (wake_ms * 1_000_000 - self._now_ns()) / 1e9)
            self._alarm = asyncio.get_running_loop().call_later(delay_s, self._ring)

    def _ring(self) -> None:
        self._alarm = self._alarm_ms = None
        self.emit(Woke())
