"""One stream out of several sources: what two of them tell about the same thing is told once.

A platform may be read by two ways at a time (signed in and as a guest, by the API and by the page, beside another
program), and two ways may give one message different ids. Of a pair the first to come is kept; a deletion of the other
id is a deletion of the kept one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable

import msgspec
from msgspec.structs import replace

from streamer.ports import ChatRow

SAID_S = 10.0
"""How far apart two ways may tell one message."""
HAPPENED_S = 30.0
"""How far apart they may tell a raid, a gift, money: some ways hold these back for their own animation."""
KEPT_MAX = 20_000

_ALERTS = frozenset({
    "cheer", "superchat", "sticker", "member_new", "resub", "milestone", "gift_batch", "gift_received", "raid",
    "follow",
})  # fmt: skip


class _Seen(msgspec.Struct):
    """One thing that happened, and the ways that have told it."""

    at: float
    id: str
    ways: set[str]


class Merger:
    """`take` every row of every source in the order they come. `now`: seconds of a clock that only rises."""

    def __init__(self, now: Callable[[], float], more: Callable[[str, ChatRow], None] = lambda _id, _row: None) -> None:
        """`more` is given the id that was kept and the row that was not told, which may know more."""
        self._more = more
        self.merged = 0
        """Rows that another source had told before."""
        self._now = now
        self._seen: OrderedDict[Hashable, list[_Seen]] = OrderedDict()
        self._same: OrderedDict[tuple[str, str], str] = OrderedDict()

    def take(self, row: ChatRow) -> ChatRow | None:
        """The row to tell, or None when it was told. Rows of tests pass as they are."""
        if row.test:
            return row
        if row.kind == "delete_message":
            kept = self._same.get((row.platform, row.target))
            return row if kept is None else replace(row, target=kept)
        if row.reply_to and (kept := self._same.get((row.platform, row.reply_to))) is not None:
            row = replace(row, reply_to=kept)
        key, within_s = _key(row)
        if key is None:
            return row
        now = self._now()
        entries = [each for each in self._seen.get(key, ()) if now - each.at <= within_s]
        for each in entries:
            if row.source not in each.ways:
                each.ways.add(row.source)
                self._keep(key, entries, now)
                if row.id and each.id and row.id != each.id:
                    self._same[row.platform, row.id] = each.id
                    if len(self._same) > KEPT_MAX:
                        self._same.popitem(last=False)
                self.merged += 1
                self._more(each.id, row)
                return None
        self._keep(key, [*entries, _Seen(now, row.id, {row.source})], now)
        return row

    def _keep(self, key: Hashable, entries: list[_Seen], now: float) -> None:
        seen = self._seen
        seen[key] = entries
        seen.move_to_end(key)
        while len(seen) > KEPT_MAX or next(iter(seen.values()))[-1].at < now - HAPPENED_S:
            seen.popitem(last=False)


def _key(row: ChatRow) -> tuple[Hashable | None, float]:
    """What two tellings of one thing have in common; the words only as their hash, so that none are kept here."""
    who = row.user.id or row.user.login if row.user is not None else ""
    if row.kind == "message":
        return (row.platform, who, hash(row.text), row.reply_to), SAID_S
    if row.kind == "redemption":
        reward = row.reward
        return (row.platform, who, "redemption", reward.id if reward else "", hash(row.text)), HAPPENED_S
    if row.kind in ("member_new", "resub"):  # ways differ in how they count the months of the same subscription
        return (row.platform, "sub", who, hash(row.text)), HAPPENED_S
    if row.kind in _ALERTS:
        money = (row.amount.micros, row.amount.currency) if row.amount is not None else None
        to = row.recipient.id if row.recipient is not None else ""
        return (row.platform, row.kind, who, row.bits, row.count, money, to, hash(row.text)), HAPPENED_S
    return None, 0.0
