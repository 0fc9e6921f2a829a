"""What the cast said in the last seconds, as far as it was heard: an open microphone hears it too."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from streamer.app.follower import Nobody
from streamer.core.commands import Erase
from streamer.ports import Heard
from streamer.speech.view import ClauseView

KEPT_S: Final = 15.0
CLAUSES_KEPT: Final = 40
SOUNDS_S: Final = 0.5
"""A report that does not come for so long: nothing sounds any more."""
ROOM_S: Final = 0.25
"""A room still sounds after the last sample."""


class CastSaid(Nobody):
    """Follows clauses and heard positions; `words` gives the texts of what sounded lately, oldest first."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._clauses: deque[tuple[int, int, ClauseView]] = deque(maxlen=CLAUSES_KEPT)
        """(line, index, clause): all that are known, heard or not."""
        self._sounded: deque[tuple[float, str]] = deque(maxlen=CLAUSES_KEPT)
        """(when it last sounded, its words)."""
        self._begun: set[tuple[int, int]] = set()
        self.sounds_until_s = -1.0
        """Until when the line on air is heard, as far as the last report tells."""
        self.on_erased: Callable[[], None] = lambda: None
        """Called when words were taken back."""
        self.on_heard: Callable[[], None] = lambda: None
        """Called after each report of the sink."""

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        """A clause is known, or better known."""
        for at, (of, nth, _) in enumerate(self._clauses):
            if (of, nth) == (line, index):
                self._clauses[at] = (line, index, value)
                return
        self._clauses.append((line, index, value))

    def heard(self, heard: Heard) -> None:
        """The sink has come this far in a line."""
        now = self._now_s()
        self.sounds_until_s = now + (ROOM_S if heard.ended else SOUNDS_S)
        for line, index, clause in self._clauses:
            if line == heard.line and clause.at <= heard.ms <= clause.end + 500:
                self._note(now, (line, index), clause.text)
        if heard.ended:
            self._clauses = deque((each for each in self._clauses if each[0] != heard.line), maxlen=CLAUSES_KEPT)
            self._begun = {each for each in self._begun if each[0] != heard.line}
        self.on_heard()

    def _note(self, now: float, key: tuple[int, int], text: str) -> None:
        if key in self._begun:
            for at, (_, known) in enumerate(self._sounded):
                if known == text:
                    self._sounded[at] = (now, text)
                    return
        self._begun.add(key)
        self._sounded.append((now, text))

    def erased(self, erased: Erase, lines: Iterable[int]) -> None:
        """Words were taken back: whatever may repeat them is forgotten."""
        del erased, lines
        self._sounded.clear()
        self._clauses.clear()
        self._begun.clear()
        self.on_erased()

    def words(self) -> Sequence[str]:
        since = self._now_s() - KEPT_S
        return [text for at, text in self._sounded if at >= since]

    @property
    def sounding(self) -> bool:
        """Somebody of the cast is heard at this moment."""
        return self._now_s() < self.sounds_until_s
