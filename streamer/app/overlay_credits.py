"""Whom the show thanks at its end, and how many there were: followers, subscribers, givers, raiders, those who paid,
those who wrote. Names as moderation left them; nobody who was taken back."""

from collections import OrderedDict
from typing import Literal

import msgspec

from streamer.app.panel_rows import is_hit
from streamer.core.commands import Erase
from streamer.core.events import ChatKind, ChatReceived

Section = Literal["follow", "sub", "gift", "raid", "cheer", "paid", "chat"]

KEPT = 40
"""Names of each section; of those who only wrote twice as many."""
CURRENCIES = 8
PLATFORMS = 8
_SECTIONS: dict[ChatKind, Section] = {
    "message": "chat", "follow": "follow", "member_new": "sub", "resub": "sub", "milestone": "sub",
    "gift_batch": "gift", "raid": "raid", "cheer": "cheer", "superchat": "paid", "sticker": "paid",
}  # fmt: skip


class _Name(msgspec.Struct):
    n: int
    uid: str
    row: dict[str, object]


def _most(section: Section) -> int:
    return 2 * KEPT if section == "chat" else KEPT


def counted(event: ChatReceived) -> dict[str, int]:
    """What an event adds to the numbers of its platform."""
    match event.kind:
        case "follow":
            return {"follows": 1}
        case "member_new":
            return {"subs": 1}
        case "gift_batch":
            return {"subs": max(1, event.count), "gifts": max(1, event.count)}
        case "raid":
            return {"raids": 1, "raiders": max(0, event.count)}
        case "cheer":
            return {"bits": max(0, event.bits)}
        case "message":
            return {"messages": 1}
        case _:
            return {}


class Credits:
    """Of every section the newest names, each user once. Changes are paths below `credits` and `counts`."""

    def __init__(self) -> None:
        self._names: dict[Section, OrderedDict[str, _Name]] = {}
        self._n = 0
        self._counts: dict[str, dict[str, int]] = {}
        self._money: dict[str, dict[str, float]] = {}

    def came(self, event: ChatReceived, name: str, *, anonymous: bool = False) -> tuple[dict[str, object], list[str]]:
        """Only what moderation let through, of this room, of no bot and no test."""
        changes: dict[str, object] = self._counted(event)
        section = _SECTIONS.get(event.kind)
        if section is None or not name or not event.user or anonymous:
            return changes, []
        names = self._names.setdefault(section, OrderedDict())
        known = names.get(event.user)
        if known is not None:
            if section == "chat" and known.row["name"] == name:
                return changes, []
            amount = int(str(known.row.get("amount", 0))) + _amount(event)
            known.row = {**known.row, "name": name, **({"amount": amount} if amount else {})}
        else:
            self._n += 1
            amount = _amount(event)
            row = {"n": self._n, "name": name, "platform": event.platform, **({"amount": amount} if amount else {})}
            known = names[event.user] = _Name(self._n, event.uid, row)
        changes[f"credits/{section}/{known.n}"] = known.row
        removed: list[str] = []
        if len(names) > _most(section):
            _, old = names.popitem(last=False)
            removed.append(f"credits/{section}/{old.n}")
        return changes, removed

    def _counted(self, event: ChatReceived) -> dict[str, object]:
        platform = event.platform
        if platform not in self._counts and len(self._counts) >= PLATFORMS:
            return {}
        counts = self._counts.setdefault(platform, {})
        changed: dict[str, object] = {}
        for what, more in counted(event).items():
            counts[what] = counts.get(what, 0) + more
            changed[what] = counts[what]
        if event.amount is not None:
            sums = self._money.setdefault(platform, {})
            currency = event.amount.currency or "?"
            if currency in sums or len(sums) < CURRENCIES:
                sums[currency] = round(sums.get(currency, 0.0) + event.amount.micros / 1_000_000, 2)
                changed["money"] = dict(sums)
        prefix = f"counts/{platform.replace('~', '~0').replace('/', '~1')}"
        return {f"{prefix}/{what}": value for what, value in changed.items()}

    def erased(self, erased: Erase) -> list[str]:
        """A user goes from everywhere; a deleted message takes along the name it brought; a cleared room all who only
        wrote there."""
        removed: list[str] = []
        for section, names in self._names.items():
            if erased.scope == "room" and section != "chat":
                continue
            hit = [user for user, each in names.items() if is_hit(erased, each.uid, user)]
            removed.extend(f"credits/{section}/{names.pop(user).n}" for user in hit)
        return removed


def _amount(event: ChatReceived) -> int:
    match event.kind:
        case "cheer":
            return event.bits
        case "raid" | "gift_batch":
            return event.count
        case _:
            return 0
