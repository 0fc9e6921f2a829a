"""Events that could not be read: counted, and the newest kept as they came, for whoever mends the reader."""

from collections import deque

import msgspec

KEPT = 50
LENGTH = 4_096
REASON_MAX = 200


class Raw(msgspec.Struct, frozen=True):
    """One event as it came, cut at `LENGTH` characters. `why` quotes nothing of it."""

    raw: str
    why: str


class Unread:
    """Holds words of viewers: shown to operators only, never logged, gone with the process."""

    def __init__(self, kept: int = KEPT) -> None:
        self.count = 0
        self._last: deque[Raw] = deque(maxlen=kept)

    def keep(self, raw: object, why: str) -> None:
        """`raw` may be text, bytes, or anything JSON can say. Never raises."""
        self.count += 1
        self._last.append(Raw(_shown(raw), why[:REASON_MAX]))

    @property
    def last(self) -> tuple[Raw, ...]:
        """The newest ones, oldest first."""
        return tuple(self._last)


def _shown(raw: object) -> str:
    if isinstance(raw, str):
        return raw[:LENGTH]
    if isinstance(raw, bytes | bytearray | memoryview):
        return bytes(raw[:LENGTH]).decode("utf-8", "replace")
    try:
        return msgspec.json.encode(raw, enc_hook=repr).decode("utf-8", "replace")[:LENGTH]
    except Exception as wrong:  # noqa: BLE001 - whatever it is, it must not take its neighbours with it
        return f"<{type(raw).__name__}: {type(wrong).__name__}>"
