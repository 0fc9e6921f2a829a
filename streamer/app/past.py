"""Going on where a process ended: the last journal of the state folder, when its show was not closed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from streamer.app import journal
from streamer.app.replay import Recovered, recover
from streamer.core.events import Event
from streamer.core.show import TOMBSTONE_MS
from streamer.ports import Journal, Misconfigured, Notice, Unavailable

FORGET_AFTER_S = 6 * 3600
"""An older interrupted show is over: the next start begins a new one."""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What an interrupted show left."""

    path: Path
    recovered: Recovered
    gap_s: float

    def facts(self) -> Iterator[tuple[Event, float]]:
        """What was said and taken back lately, each with the show's time in seconds: a message that is delivered again
        is not answered again, and a deletion stays one."""
        since_ns = self.recovered.at_ns - int(TOMBSTONE_MS * 1e6)
        _, items = journal.read(self.path)
        for item in items:
            if isinstance(item, journal.Row) and item.at_ns >= since_ns:
                yield item.event, item.at_ns / 1e9

    @property
    def lost(self) -> int:
        """Lines that died with the process."""
        show = self.recovered.show
        return sum(line is not None for line in (show.air, show.next))


def interrupted(folder: Path, *, wall_ns: int) -> Past | None:
    """The show that ended without being closed, not long ago; None when there is none or it cannot be read."""
    path = journal.latest(folder)
    if path is None:
        return None
    try:
        found = recover(path)
    except (Misconfigured, Unavailable, journal.Damaged):
        return None
    gap_s = (wall_ns - found.header.epoch - found.at_ns) / 1e9
    if found.seq == 0 or found.show.mode in ("starting", "closing", "closed") or not 0 <= gap_s < FORGET_AFTER_S:
        return None
    return Past(path=path, recovered=found, gap_s=gap_s)


def open_journal(
    folder: Path, past: Past | None, header: journal.Header, *, on_trouble: Callable[[Notice], None]
) -> Journal:
    """The journal goes on in the file of an interrupted show, or begins with `header`; without a disk the show runs
    without one, and `on_trouble` is told."""
    try:
        if past is not None and past.recovered.header.version == journal.RULES_VERSION:
            return journal.FileJournal.resume(past.path, on_trouble=on_trouble)
        if past is not None:
            found = past.recovered
            show = journal.encode_show(found.show)
            return journal.FileJournal.take_over(past.path, found.header, show, found.seq, on_trouble=on_trouble)
        journal.prune(folder)
        return journal.FileJournal.create(folder, header, on_trouble=on_trouble)
    except Unavailable as away:
        on_trouble(Notice("part.unavailable", {"reason": away.reason}))
        return journal.NullJournal()
