"""Two readers of one chat: the API, and the page beside it, which sees what is taken back.

Of everything said the API's telling counts; the page's is held for a minute and told when the API is away. Which two
tellings are one message is seen by what their ids share (see `ids`), else by author, words and time.
"""

import re
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from streamer.adapters.chat.youtube.api.ids import inner
from streamer.ports import ChatRow

NEAR_S: Final = 2.0
FAR_S: Final = 60.0
"""Equal words of the same author within this time are the same message when nothing nearer is known."""
_KEPT: Final = 20_000
_REMOVALS: Final = frozenset({"clear_user", "clear_chat"})
_ONLY_PAGE: Final = frozenset({"raid", "held", "held_resolved"})
"""What the API never tells."""
_NOT_WORDS: Final = re.compile(r":[^\s:]{1,60}:|\s+|@")
"""The two ways write a channel's own emoji and mentions differently."""

_Words = tuple[str, int]
K = TypeVar("K")
V = TypeVar("V")


class _Said(msgspec.Struct):
    """One telling. `row` is held only while it may still have to be told."""

    id: str
    at: float
    words: _Words
    keys: frozenset[str]
    came: float = 0.0
    partner: str = ""
    told: bool = False
    row: ChatRow | None = None


class _Side:
    """What one of the two has told."""

    def __init__(self) -> None:
        self.said: OrderedDict[str, _Said] = OrderedDict()
        self._keys: OrderedDict[str, str] = OrderedDict()
        self._words: OrderedDict[_Words, deque[str]] = OrderedDict()

    def add(self, said: _Said) -> None:
        _put(self.said, said.id, said)
        for key in said.keys:
            # A text that two messages share (the chat's own id) says nothing.
            _put(self._keys, key, "" if self._keys.get(key, said.id) != said.id else said.id)
        ids = self._words.get(said.words)
        if ids is None:
            ids = deque[str](maxlen=50)
        ids.append(said.id)
        _put(self._words, said.words, ids)

    def by_keys(self, keys: frozenset[str]) -> _Said | None:
        for key in keys:
            if (found := self.said.get(self._keys.get(key, ""))) is not None:
                return found
        return None

    def alike(self, words: _Words, at: float, within_s: float) -> list[_Said]:
        """The same words of the same author, oldest first."""
        found = [self.said[each] for each in self._words.get(words, ()) if each in self.said]
        return [each for each in found if abs(each.at - at) <= within_s]


class Pairing:
    """`api` and `page` take the rows of the two and give what is to be told. Times are seconds of one clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._api, self._page = _Side(), _Side()
        self._held: deque[_Said] = deque()
        self._gone: OrderedDict[str, None] = OrderedDict()
        """Ids and their inner texts of what was taken back before the API told it."""
        self._gone_ids: OrderedDict[str, None] = OrderedDict()

    def api(self, row: ChatRow) -> list[ChatRow]:
        if row.kind == "delete_message":
            return [row, *self._partner_removal(row)]
        if not row.id or row.user is None:
            return [row]
        said = _said(row)
        self._api.add(said)
        other = self._other(said, self._page)
        if other is not None:
            said.partner, other.partner = other.id, said.id
            other.row = None
        out = [] if other is not None and other.told else [row]
        if (other is not None and other.id in self._gone_ids) or any(key in self._gone for key in said.keys):
            out.insert(0, _removal(row, said.id))
        return out

    def page(self, row: ChatRow, *, away: bool) -> list[ChatRow]:
        """`away`: the API tells nothing at the moment."""
        row = self._settled(row)
        if row.kind == "delete_message":
            return self._deleted(row)
        if row.kind in _REMOVALS or row.kind in _ONLY_PAGE:
            return [row]
        if not row.id or row.user is None:
            return [row] if away else []
        if row.id in self._page.said:
            return []
        said = _said(row)
        self._page.add(said)
        other = self._other(said, self._api)
        if other is not None:
            said.partner, other.partner = other.id, said.id
            return [_removal(row, other.id)] if row.id in self._gone_ids else []
        if row.id in self._gone_ids:  # removals come first, what they remove in its own rhythm
            return []
        if away:
            said.told = True
            return [row]
        said.row, said.came = row, self._now()
        self._held.append(said)
        self._forget()
        return []

    def release(self) -> list[ChatRow]:
        """The API has gone away: what it has not told of the last minute."""
        self._forget()
        out = [said.row for said in self._held if said.row is not None]
        for said in self._held:
            said.told = said.told or said.row is not None
            said.row = None
        self._held.clear()
        return out

    def waiting_since(self) -> float | None:
        """When the first thing came that only the page has told; None when the API has told everything."""
        while self._held and self._held[0].row is None:
            self._held.popleft()
        return self._held[0].came if self._held else None

    def known(self, message: str) -> str:
        """The API's id of a message told under either id; the id itself when there is no other."""
        said = self._page.said.get(message)
        return said.partner if said is not None and said.partner else message

    def _settled(self, row: ChatRow) -> ChatRow:
        """What replaces a message that was told takes it back; what replaces one that was held is the message."""
        if row.kind != "replace_message":
            return row
        told = row.target in self._page.said or self._api.by_keys(inner(row.target)) is not None
        if told or not row.text or row.user is None:
            return _removal(row, row.target)
        return replace(row, kind="message", id=row.target, target="")

    # --- which is which -----------------------------------------------------------------------------------------------

    def _other(self, said: _Said, side: _Side) -> _Said | None:
        """The same message as the other side told it, if it did and is not paired yet."""
        found = side.by_keys(said.keys)
        if found is not None:
            return found
        alike = [each for each in side.alike(said.words, said.at, FAR_S) if not each.partner]
        return min(alike, key=lambda each: (abs(each.at - said.at) > NEAR_S, each.at), default=None)

    def _deleted(self, row: ChatRow) -> list[ChatRow]:
        """With every id the message may have been told under, the page's own among them."""
        keys = inner(row.target)
        said = self._page.said.get(row.target)
        targets: list[str] = []
        if said is not None and said.partner:
            targets = [said.partner]
        elif (found := self._api.by_keys(keys)) is not None:
            targets = [found.id]
        elif said is not None:
            near = self._api.alike(said.words, said.at, NEAR_S)
            far = near or self._api.alike(said.words, said.at, FAR_S)
            targets = [each.id for each in near or sorted(far, key=lambda each: abs(each.at - said.at))[:1]]
        if said is not None:
            said.row = None
        if not targets:
            _put(self._gone_ids, row.target, None)
            for key in keys:
                _put(self._gone, key, None)
        return [*(_removal(row, target) for target in targets if target != row.target), row]

    def _partner_removal(self, row: ChatRow) -> list[ChatRow]:
        said = self._api.said.get(row.target)
        other = self._page.said.get(said.partner) if said is not None else None
        return [_removal(row, other.id)] if other is not None and other.told else []

    def _forget(self) -> None:
        now = self._now()
        while self._held and (self._held[0].row is None or now - self._held[0].came > FAR_S):
            self._held.popleft().row = None


def _said(row: ChatRow) -> _Said:
    user = row.user.id if row.user is not None else ""
    return _Said(row.id, row.at, (user, hash(_NOT_WORDS.sub("", row.text).casefold())), inner(row.id))


def _removal(row: ChatRow, target: str) -> ChatRow:
    return ChatRow(at=row.at, platform=row.platform, kind="delete_message", target=target, source=row.source)


def _put(table: OrderedDict[K, V], key: K, value: V) -> None:
    table[key] = value
    table.move_to_end(key)
    if len(table) > _KEPT:
        table.popitem(last=False)
