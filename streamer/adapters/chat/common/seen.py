"""Ids that came a short while ago: what overlapping or resumed connections say twice is told once."""

from collections import OrderedDict


class Seen:
    """The newest `kept` ids."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._ids: OrderedDict[str, None] = OrderedDict()

    def again(self, key: str) -> bool:
        """Whether it came before; from now on it has."""
        if key in self._ids:
            return True
        self._ids[key] = None
        if len(self._ids) > self._kept:
            self._ids.popitem(last=False)
        return False
