"""What was seen a short while ago: EventSub delivers at least once, not exactly once."""

from collections import OrderedDict

KEPT = 8_192
KEPT_S = 600.0


class Recent:
    """Ids of the last `kept_s` seconds, the newest `kept` of them."""

    def __init__(self, kept: int = KEPT, kept_s: float = KEPT_S) -> None:
        self._kept = kept
        self._kept_s = kept_s
        self._seen: OrderedDict[str, float] = OrderedDict()

    def again(self, number: str, now: float) -> bool:
        """Whether it was seen; from now on it was. What has no id is always new."""
        if not number:
            return False
        seen = self._seen
        while seen and (len(seen) > self._kept or now - next(iter(seen.values())) > self._kept_s):
            seen.popitem(last=False)
        if number in seen:
            return True
        seen[number] = now
        return False

    def __len__(self) -> int:
        return len(self._seen)
