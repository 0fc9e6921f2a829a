"""The log row about somebody whose messages were all deleted: under his name, and once."""

from collections import OrderedDict

from streamer.app.panel_rows import Row
from streamer.core.events import Event, Tombstoned

KEPT = 400


class Cleared:
    """Remembers the names of the last viewers, because the store of words has lost a name when the row is made."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, str] = OrderedDict()
        self._said: OrderedDict[str, None] = OrderedDict()

    def came(self, user: str, name: str) -> None:
        """He wrote. `name` is what moderation left of it."""
        self._said.pop(user, None)
        self._names[user] = name
        self._names.move_to_end(user)
        if len(self._names) > KEPT:
            self._names.popitem(last=False)

    def logged(self, event: Event, entries: list[Row]) -> list[Row]:
        """The entries of this event's step. Told again, by another way of the chat, it is no second row as long as
        nothing new was written."""
        if not isinstance(event, Tombstoned) or event.scope != "user":
            return entries
        name = self._names.pop(event.key, "")
        is_again = event.key in self._said
        self._said[event.key] = None
        if len(self._said) > KEPT:
            self._said.popitem(last=False)
        out: list[Row] = []
        for row in entries:
            if row["code"] not in ("user.cleared", "user.cleared.nameless"):
                out.append(row)
            elif not is_again:
                out.append(row | {"code": "user.cleared", "params": {"name": name}} if name else row)
        return out
