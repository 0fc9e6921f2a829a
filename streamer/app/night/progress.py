"""How far a rehearsal is, told to whoever started it: one JSON object a line on standard output.

{"state": "reading" | "rehearsing" | "choosing" | "voicing" | "done" | "failed", "progress": 0..1,
 "notice": {code, params, fix} or null, "summary": {...} when done}
"""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, TypeVar

import msgspec

from streamer.ports import Notice

State = Literal["reading", "rehearsing", "choosing", "voicing", "done", "failed"]
SHARES: Final[dict[State, tuple[float, float]]] = {
    "reading": (0.0, 0.1), "rehearsing": (0.1, 0.65), "choosing": (0.65, 0.7), "voicing": (0.7, 0.99),
    "done": (1.0, 1.0), "failed": (1.0, 1.0),
}  # fmt: skip
STEP: Final = 0.01

T = TypeVar("T")


class Progress:
    """Writes when `on`; silent otherwise. A reader that has gone ends the process: nobody wants the result."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._last: tuple[str, float] = ("", -1.0)

    def tell(self, state: State, share: float = 0.0, *, notice: Notice | None = None, **more: Any) -> None:
        """`share` of the state is done, 0..1."""
        if not self._on:
            return
        begin, end = SHARES[state]
        value = round(begin + (end - begin) * min(1.0, max(0.0, share)), 3)
        if self._last[0] == state and value - self._last[1] < STEP and not more and notice is None:
            return
        self._last = (state, value)
        row = {"state": state, "progress": value, "notice": msgspec.to_builtins(notice), **more}
        sys.stdout.write(json.dumps(row, ensure_ascii=True) + "\n")
        sys.stdout.flush()

    def through(self, items: Iterable[T], count: int, state: State) -> Iterator[T]:
        """The items one after the other, telling how many have passed."""
        step = max(1, count // 100)
        for index, item in enumerate(items):
            if index % step == 0:
                self.tell(state, index / max(1, count))
            yield item
