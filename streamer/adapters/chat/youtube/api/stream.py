"""One JSON array that never ends, object by object, from bytes that come in pieces. No sockets, no meaning.

`GET liveChat/messages/stream` writes `[`, then one `liveChatMessageListResponse` a batch with `,` between, and `]` when
the server closes (developers.google.com/youtube/v3/live/docs/liveChatMessages/streamList). How the live service frames
it was not verified here; objects in a row without an array are read too.

Brackets and quotes are ASCII, which is never a part of another character in UTF-8: the bytes are searched as they are
and a character cut by a chunk border needs no care.
"""

import json
import re
from typing import Any, Final

import msgspec

ELEMENT_MAX: Final = 8 << 20
"""Bytes of one object."""

_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]"]', re.DOTALL)
_BETWEEN: Final = re.compile(rb"[\s,\[\]]*")
_MARK: Final = re.compile(
    rb'\{\s*"(?:kind"\s*:\s*"youtube#liveChatMessageListResponse"'
    rb'|(?:nextPageToken|pollingIntervalMillis|pageInfo|items|offlineAt|activePollItem)"\s*:)'
)
"""How an object of this array begins, whichever of its keys comes first. Inside a string the quotes would be escaped,
and nothing inside a response begins like this: where it stands a response begins, whatever was open before it."""
_MARK_MAX: Final = 128
_DECODE: Final = msgspec.json.Decoder().decode


class Broken(msgspec.Struct, frozen=True):
    """Bytes that are no object. `raw` is cut."""

    raw: bytes
    why: str


Element = dict[str, Any] | Broken


class ArrayReader:
    """Feed it bytes; it gives the objects that are whole, in order, and what it had to leave out between them."""

    def __init__(self, limit: int = ELEMENT_MAX) -> None:
        self._limit = limit
        self._forget()

    def feed(self, data: bytes) -> list[Element]:
        """Never raises. Garbage is told as one `Broken` where it stood; the objects around it survive."""
        self._buffer += data
        out: list[Element] = []
        while self._step(out):
            pass
        if len(self._buffer) > self._limit:
            out.append(Broken(bytes(self._buffer[:4096]), "too long"))
            self._forget()
        return out

    @property
    def pending(self) -> int:
        """Bytes of an object that has not come to its end."""
        return len(self._buffer)

    def _forget(self) -> None:
        self._buffer = bytearray()
        self._inside = False
        self._depth = 0
        self._scanned = 0
        self._marked = 1

    def _step(self, out: list[Element]) -> bool:
        """One object, or the way to the next; false when more bytes are needed."""
        return self._object(out) if self._inside else self._approach(out)

    def _approach(self, out: list[Element]) -> bool:
        found = _BETWEEN.match(self._buffer)
        begin = found.end() if found else 0
        opening = self._buffer.find(b"{", begin)
        if opening != begin and begin < len(self._buffer):
            end = opening if opening >= 0 else len(self._buffer)
            self._garbage(out, bytes(self._buffer[begin:end]))
            begin = end
        del self._buffer[:begin]
        if not self._buffer:
            return False
        self._inside, self._depth, self._scanned, self._marked = True, 0, 0, 1
        return True

    def _object(self, out: list[Element]) -> bool:
        end = self._end()
        # A mark behind the first bracket: what was open there is broken, and swallowed the one that begins here.
        mark = _MARK.search(self._buffer, self._marked, end if end >= 0 else len(self._buffer))
        if mark is not None:
            out.append(Broken(bytes(self._buffer[: min(mark.start(), 4096)]), "not JSON"))
            del self._buffer[: mark.start()]
            self._depth, self._scanned, self._marked = 0, 0, 1
            return True
        self._marked = max(1, len(self._buffer) - _MARK_MAX)
        if end < 0:
            return False
        raw = bytes(self._buffer[:end])
        del self._buffer[:end]
        self._inside = False
        value = _decoded(raw)
        out.append(value if isinstance(value, dict) else Broken(raw[:4096], "not JSON"))
        return True

    def _end(self) -> int:
        """Where the object ends, or -1; goes on where the last look stopped."""
        for token in _TOKEN.finditer(self._buffer, self._scanned):
            sign = self._buffer[token.start()]
            if sign == 0x22 and token.end() == token.start() + 1:  # a string that has not come to its end
                self._scanned = token.start()
                return -1
            self._scanned = token.end()
            if sign == 0x22:
                continue
            self._depth += 1 if sign in b"{[" else -1
            if self._depth <= 0:
                return token.end()
        return -1

    def _garbage(self, out: list[Element], raw: bytes) -> None:
        """Garbage that comes in several pieces is told once."""
        last = out[-1] if out else None
        if not (isinstance(last, Broken) and last.why == "between"):
            out.append(Broken(raw[:4096], "between"))


def _decoded(raw: bytes) -> Any:
    try:
        return _DECODE(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    try:  # half a character, as bytes or escaped, costs that character and not the batch
        return json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
