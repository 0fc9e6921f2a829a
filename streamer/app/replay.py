"""Folding a journal again: to prove that the same commands come out, or to go on where a process ended."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from streamer.app.journal import (
    RULES_VERSION,
    Foreign,
    Header,
    Row,
    Snapshot,
    decode_show,
    digest,
    encode_show,
    read,
    read_tail,
)
from streamer.core.commands import Command
from streamer.core.director import step as core_step
from streamer.core.events import Fact
from streamer.core.show import EMPTY, Show

LISTED_MAX = 1000

Step = Callable[[Show, Fact], tuple[Show, Sequence[Command]]]


class Difference(msgspec.Struct, frozen=True):
    """Fact number `seq`: what the journal says came of it, and what comes of it now."""

    seq: int
    event: str
    expected: str
    got: str


class ReplayResult(msgspec.Struct, frozen=True, kw_only=True):
    """`differences` lists the first thousand, `different` counts all. `exit_code` is that of the command line."""

    header: Header
    rows: int
    snapshots: int
    differences: tuple[Difference, ...]
    different: int
    rules: int = RULES_VERSION

    @property
    def same_rules(self) -> bool:
        return self.header.version == self.rules

    @property
    def exit_code(self) -> int:
        """0: the same commands. 1: others, under the same rules. 3: written under other rules."""
        if not self.same_rules:
            return 3
        return 1 if self.different else 0


class Recovered(msgspec.Struct, frozen=True, kw_only=True):
    """A show as its journal leaves it. The next fact is `seq` + 1, not before `at_ns`."""

    header: Header
    show: Show
    seq: int
    at_ns: int
    skipped: int = 0
    """Facts since the last snapshot that other rules wrote: not folded."""


def replay(path: Path, step: Step = core_step, initial: Show = EMPTY) -> ReplayResult:
    """Fold a journal from its beginning. Raises Misconfigured when it is no journal, Damaged when it is broken."""
    header, items = read(path)
    show, rows, snapshots, different, last = initial, 0, 0, 0, 0
    listed: list[Difference] = []

    def differs(seq: int, event: str, expected: str, got: str) -> None:
        nonlocal different
        different += 1
        if len(listed) < LISTED_MAX:
            listed.append(Difference(seq, event, expected, got))

    for item in items:
        match item:
            case Row(seq=seq, event=event, commands_digest=expected):
                if last and seq != last + 1:
                    differs(seq, "gap", str(last + 1), str(seq))
                rows, last = rows + 1, seq
                show, commands = step(show, item.fact)
                got = digest(commands)
                if got != expected:
                    differs(seq, type(event).__name__, expected, got)
            case Snapshot(snapshot=seq):
                snapshots += 1
                if not rows:
                    show, last = _decoded(item, initial), seq
                elif encode_show(show) != bytes(item.show):
                    differs(seq, "snapshot", "the show as it was", "another show")
            case Foreign(seq=seq):
                rows, last = rows + 1, seq
                differs(seq, "unreadable", "an event", "nothing")
    return ReplayResult(header=header, rows=rows, snapshots=snapshots, differences=tuple(listed), different=different)


def recover(path: Path, step: Step = core_step) -> Recovered:
    """The show at the end of a journal: from the last snapshot on, commands dropped; under other rules only that far.

    Raises Misconfigured when it is no journal, Damaged when it is broken.
    """
    header, items = read_tail(path)
    show, seq, at_ns, skipped = EMPTY, 0, 0, 0
    same = header.version == RULES_VERSION
    for item in items:
        match item:
            case Row():
                seq, at_ns = item.seq, item.at_ns
                if same:
                    show, _ = step(show, item.fact)
                skipped += not same
            case Snapshot():
                show = _decoded(item, show)
                seq, at_ns, skipped = item.snapshot, (show.now_ms + 1) * 1_000_000, 0
            case Foreign():
                seq, at_ns, skipped = item.seq, item.at_ns, skipped + 1
    return Recovered(header=header, show=show, seq=seq, at_ns=at_ns, skipped=skipped)


def _decoded(snapshot: Snapshot, otherwise: Show) -> Show:
    try:
        return decode_show(snapshot.show)
    except msgspec.MsgspecError:
        return otherwise
