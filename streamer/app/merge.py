"""One stream out of several sources: what two of them tell about the same thing is told once.

A platform may be read by two ways at a time (signed in and as a guest, by the API and by the page, beside another
program), and two ways may give one message different ids. Of a pair the first to come is kept; a deletion of the other
id is a deletion of the kept one, also when it came before the pair was known.
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
DELETED_S = 600.0
"""How long a deletion waits for the message that it is about."""
_NATIVE = frozenset({"irc", "eventsub"})
"""Ways that give a message the id the platform gave it: once an id has come by both, two ids are two messages, however
alike they are. Twitch's Helix deletes by the id of either, so they should be the same; nobody could try it."""

_ALERTS = frozenset({
    "cheer", "superchat", "sticker", "member_new", "resub", "milestone", "gift_batch", "gift_received", "raid",
    "follow",
})  # fmt: skip


class _Seen(msgspec.Struct):
    """One thing that happened, and the ways that have told it."""

    at: float
    id: str
    ways: set[str]

    def is_told_by(self, row: ChatRow, *, same_ids: bool) -> bool:
        """Whether the row may be another way's telling of it. `same_ids`: the native ways are known to agree."""
        if row.source in self.ways:
            return False
        if row.kind != "message" or not row.id or not self.id or row.id == self.id:
            return True
        return not same_ids or row.source not in _NATIVE or not self.ways & _NATIVE


class Merger:
    """`take` every row of every source in the order they come. `now`: seconds of a clock that only rises."""

    def __init__(self, now: Callable[[], float], more: Callable[[str, ChatRow], None] = lambda _id, _row: None) -> None:
        """`more` is given the id that was kept and the row that was not told, which may know more."""
        self._more = more
        self.merged = 0
        """Rows that another source had told before."""
        self._now = now
        self._same_ids = False
        self._seen: OrderedDict[Hashable, list[_Seen]] = OrderedDict()
        self._same: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._deleted: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, row: ChatRow) -> ChatRow | None:
        """The row to tell, or None when it was told. Rows of tests pass as they are."""
        if row.test:
            return row
        if row.kind in ("delete_message", "replace_message"):
            return self._of_kept(row)
        if row.reply_to and (kept := self._same.get((row.platform, row.reply_to))) is not None:
            row = replace(row, reply_to=kept)
        return self._once(row)

    def _once(self, row: ChatRow) -> ChatRow | None:
        key, within_s = _key(row)
        if key is None:
            return row
        now, uid = self._now(), (row.platform, row.id)
        if uid in self._same:  # this way has told it before
            self.merged += 1
            return None
        entries = [each for each in self._seen.get(key, ()) if now - each.at <= within_s]
        known = next((each for each in entries if each.id == row.id and row.source not in each.ways), None)
        if known is not None and row.id and row.source in _NATIVE and known.ways & _NATIVE:
            self._same_ids = True
        known = known or next((each for each in entries if each.is_told_by(row, same_ids=self._same_ids)), None)
        if known is None:
            self._keep(key, [*entries, _Seen(now, row.id, {row.source})], now)
            return row
        known.ways.add(row.source)
        self._keep(key, entries, now)
        self.merged += 1
        self._more(known.id, row)
        if row.id and known.id and row.id != known.id:
            self._same[uid] = known.id
            if len(self._same) > KEPT_MAX:
                self._same.popitem(last=False)
            if now - self._deleted.get(uid, -DELETED_S) < DELETED_S:
                return ChatRow(row.at, row.platform, "delete_message", target=known.id, source=row.source)
        return None

    def _of_kept(self, row: ChatRow) -> ChatRow | None:
        """What takes a message back, or lets one through that was held, by the id under which it was told."""
        native = row.target or row.id
        kept = self._same.get((row.platform, native))
        if kept is not None:
            return replace(row, target=kept)
        if row.kind == "replace_message" and row.text and row.user is not None:
            said = replace(row, kind="message", id=native, target="")
            key, _ = _key(said)
            if not any(each.id == native for each in self._seen.get(key, ())):
                told = self._once(said)
                return row if told is said else told
            return row
        self._deleted[row.platform, native] = self._now()
        self._deleted.move_to_end((row.platform, native))
        if len(self._deleted) > KEPT_MAX:
            self._deleted.popitem(last=False)
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
