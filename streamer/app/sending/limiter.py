"""How fast one account may write into one channel. Pure: the time is given.

A place in the window is taken before a message is sent and moved to when the platform had answered: what the platform
saw lies between the two, so that its own clock never counts more than ours, however long requests take.

Source of the rules: Twitch, 20 messages in 30 s (100 for moderators), one a second, the same text once in 30 s.
"""

from collections import deque

from streamer.ports import ChatRates

REMEMBERED_S = 600.0
"""No platform's window is longer."""


def same_text(text: str) -> str:
    """Equal for texts a platform takes for one."""
    return " ".join(text.split()).casefold()


class Limiter:
    """Of one account in one channel. The rates may be others at each call: an account becomes a moderator."""

    def __init__(self) -> None:
        self._at: deque[float] = deque()
        self._texts: dict[str, float] = {}
        """When each text was last sent."""

    def wait_s(self, now: float, text: str, rates: ChatRates) -> float:
        """Seconds until this text may go; 0.0: now."""
        return max(self.room_s(now, rates), self.again_s(now, text, rates))

    def room_s(self, now: float, rates: ChatRates) -> float:
        """Seconds until anything may go."""
        self._forget(now)
        if rates.count < 1:
            return REMEMBERED_S
        at = self._at
        waits = [0.0]
        if at:
            waits.append(at[-1] + rates.gap_s - now)
        if len(at) >= rates.count:
            waits.append(at[-rates.count] + rates.window_s - now)
        return max(waits)

    def again_s(self, now: float, text: str, rates: ChatRates) -> float:
        """Seconds until this text is not the same again."""
        at = self._texts.get(same_text(text))
        return max(0.0, at + rates.same_s - now) if at is not None and rates.same_s > 0 else 0.0

    def take(self, now: float) -> None:
        """A message goes out."""
        self._at.append(max(now, self._at[-1]) if self._at else now)

    def settle(self, now: float, text: str = "") -> None:
        """The platform has answered the message that went out last; `text`: it took it."""
        if self._at:
            self._at[-1] = max(now, self._at[-1])
        if text:
            self._texts[same_text(text)] = now

    def _forget(self, now: float) -> None:
        while self._at and self._at[0] < now - REMEMBERED_S:
            self._at.popleft()
        for text in [text for text, at in self._texts.items() if at < now - REMEMBERED_S]:
            del self._texts[text]
