"""What we have written ourselves: our own messages come back with everybody else's and must not be answered.

They are known by the id the platform gave them, by the account that wrote them, and, while neither is known yet, by
their words: a chat may show a message before the request that sent it is answered. Where the streamer's own account
writes for the bot, the account says nothing: what the streamer types is not ours.
"""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from streamer.app.sending.limiter import same_text
from streamer.core.events import Scope
from streamer.ports import ChatRow

KEPT = 500
WORDS_S = 60.0
"""How long after it was sent a message may be known by its words."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A message of ours, as the platform has it. `about`: (uid, user key) of the messages it answers."""

    platform: str
    id: str
    text: str
    at: float
    about: tuple[tuple[str, str], ...] = ()
    by: str = ""


class Ledger:
    """The newest `KEPT` of our messages. Times are seconds of one clock that only rises."""

    def __init__(self) -> None:
        self._written: OrderedDict[tuple[str, str], Written] = OrderedDict()
        self._words: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._accounts: dict[str, set[str]] = {}

    def account(self, platform: str, user: str) -> None:
        """This user id writes for us."""
        if user:
            self._accounts.setdefault(platform, set()).add(user)

    def sending(self, platform: str, text: str, now: float) -> None:
        """It is on its way."""
        self._words[platform, same_text(text)] = now
        self._words.move_to_end((platform, same_text(text)))
        while len(self._words) > KEPT or next(iter(self._words.values())) < now - WORDS_S:
            self._words.popitem(last=False)

    def written(self, message: Written) -> None:
        """The platform has it."""
        if message.id:
            self._written[message.platform, message.id] = message
            while len(self._written) > KEPT:
                self._written.popitem(last=False)

    def is_own(self, row: ChatRow, now: float) -> bool:
        """Whether we wrote it ourselves."""
        user = row.user
        known = (row.platform, row.id) in self._written
        if known and user is not None and "broadcaster" not in user.roles:
            self.account(row.platform, user.id)
        if known or user is None:
            return known
        ours = self._accounts.get(row.platform, ())
        if user.id in ours and "broadcaster" not in user.roles:
            return True
        if ours and user.id not in ours:
            return False
        return self._by_words(row, now)

    def _by_words(self, row: ChatRow, now: float) -> bool:
        bare = row.text.split(" ", 1)[1] if row.text.startswith("@") and " " in row.text else row.text
        for text in (row.text, bare):
            at = self._words.get((row.platform, same_text(text)))
            if at is not None and now - at <= WORDS_S:
                return True
        return False

    def find(self, platform: str, message: str) -> Written | None:
        return self._written.get((platform, message))

    def about(self, scope: Scope, key: str) -> Sequence[Written]:
        """Our messages that answer what was taken back."""
        if scope == "room":
            return [each for each in self._written.values() if each.platform == key]
        place = 0 if scope == "message" else 1
        return [each for each in self._written.values() if any(said[place] == key for said in each.about)]

    def forget(self, message: Written) -> None:
        """It is gone from the platform. Its words may still come in late, and are still ours."""
        self._written.pop((message.platform, message.id), None)
