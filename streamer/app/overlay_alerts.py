"""Alerts as the audience reads them: who, what, how much, and the viewer's words as moderation left them.

Pages show them one after another by the show's clock, each by itself (`docs/overlay-protocol.md`), so a page that is
loaded again is where the others are. What is taken back leaves a mark without a name: what comes after it moves up.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from streamer.app.panel_rows import is_hit, money
from streamer.core.commands import Erase
from streamer.core.events import ChatReceived
from streamer.ports import ChatRow

KEPT = 24
TEXT_MAX = 300

Row = dict[str, object]
Changes = tuple[dict[str, object], list[str]]
"""(set, removed), as paths of the feed."""


class Alerts:
    """The newest `KEPT` by number."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._of: dict[int, tuple[str, str]] = {}
        """Number -> uid and user."""

    def came(
        self,
        n: int,
        event: ChatReceived,
        *,
        row: ChatRow | None,
        name: str,
        text: str,
        spans: Sequence[Mapping[str, object]],
        size: float,
        now_ms: int,
    ) -> Changes:
        """`text` and `name` are what moderation left of them; `row` is None where an alert is shown again."""
        user = row.user if row is not None else None
        before = next((self._rows[old] for old, (uid, _) in self._of.items() if uid == event.uid), {})
        made: Row = {
            "n": n,
            "at": now_ms,
            "kind": event.kind,
            "name": "" if user is not None and user.anonymous else name or before.get("name", ""),
            "platform": event.platform,
            "text": text[:TEXT_MAX],
            "spans": list(spans) if len(text) <= TEXT_MAX else [{"text": text[:TEXT_MAX]}],
            "count": event.count,
            "months": user.months if user is not None else before.get("months", 0),
            "amount": money(event.amount, event.bits),
            "size": size,
            **({"test": True} if event.test else {}),
        }
        self._rows[n] = made
        self._of[n] = (event.uid, event.user)
        removed: list[str] = []
        if len(self._rows) > KEPT:
            old, _ = self._rows.popitem(last=False)
            del self._of[old]
            removed.append(f"alerts/{old}")
        return {f"alerts/{n}": made}, removed

    def erased(self, erased: Erase, now_ms: int) -> dict[str, object]:
        changes: dict[str, object] = {}
        for n, (uid, user) in self._of.items():
            row = self._rows[n]
            if "gone" in row or not is_hit(erased, uid, user):
                continue
            kept = {key: row[key] for key in ("n", "at", "kind", "platform")}
            self._rows[n] = changes[f"alerts/{n}"] = {**kept, "gone": now_ms}
        return changes
