"""From the first window of a voice to somebody who speaks: a key, a click and a cough are a suspicion and no more."""

from typing import Literal

from streamer.hearing.limits import EarLimits
from streamer.ports import WINDOW_MS

Step = Literal["", "suspected", "confirmed", "gone"]


class Onset:
    """Fed with every window while nobody is known to speak. `begun` tells how many windows the suspicion has lasted."""

    def __init__(self, limits: EarLimits) -> None:
        self._limits = limits
        self._scores: list[float] = []
        """Of the windows since the first of the voice; 0 where it was not loud enough."""

    @property
    def begun(self) -> int:
        return len(self._scores)

    @property
    def voiced_ms(self) -> int:
        return sum(score >= self._limits.threshold for score in self._scores) * WINDOW_MS

    def step(self, score: float, *, loud: bool) -> Step:
        """What became clear with this window. `suspected` comes with the first one that may be a voice; `confirmed`
        when enough of the windows since then (the last ones of them) are voice; `gone` when they are not."""
        limits = self._limits
        seen = score if loud else 0.0
        if not self._scores:
            if seen < limits.suspect:
                return ""
            self._scores.append(seen)
            return "suspected"
        self._scores.append(seen)
        if self._voiced(limits.confirm_ms, limits.share) or self._voiced(limits.sure_ms, limits.sure):
            return "confirmed"
        silent = len(self._scores) >= 4 and max(self._scores[-4:]) < limits.leave
        if silent or len(self._scores) * WINDOW_MS >= limits.doubt_ms:
            self.clear()
            return "gone"
        return ""

    def _voiced(self, ms: int, share: float) -> bool:
        need = -(-ms // WINDOW_MS)
        last = self._scores[-need:]
        voiced = sum(each >= self._limits.threshold for each in last)
        return len(last) == need and voiced >= share * need and sum(last) >= share * need

    def clear(self) -> None:
        self._scores.clear()
