"""One big JSON array, element by element, from text that comes in pieces.

`json.JSONDecoder.raw_decode` reads one element out of a buffer of a few pieces at C speed; only the buffer and one
element are in memory. An element that is broken is reported, and reading goes on where the next one seems to begin.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from streamer.adapters.chat.logs.lines import BadLine

ELEMENT_MAX: Final = 8 << 20
"""Characters of one element."""
_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
_SCALAR: Final = r'(?:"(?:[^"\\]|\\.){0,500}"|[^"{}\[\],]{1,40})'
_OPENING: Final = re.compile(rf'\{{\s*"([^"\\]{{1,60}})"\s*:(?:\s*{_SCALAR}\s*,\s*"([^"\\]{{1,60}})"\s*:)?')
_NEAR: Final = 64
"""An error this close to the end of the buffer may only mean that the rest has not come yet."""


class Window:
    """The part of the text that is still needed."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self.text = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        """Append the next piece; false when there is none."""
        piece = next(self._chunks, None)
        if piece is None:
            self.ended = True
            return False
        self.text = self.text[self.at :] + piece
        self.at = 0
        return True

    def find(self, pattern: "re.Pattern[str]", keep: int) -> bool:
        """Go behind the next match; `keep` characters may belong to a match that is not complete yet."""
        while True:
            found = pattern.search(self.text, self.at)
            if found is not None:
                self.at = found.end()
                return True
            self.at = max(self.at, len(self.text) - keep)
            if not self.more():
                return False


def elements(chunks: Iterator[str], key: str = "") -> Iterator[tuple[int, Any] | BadLine]:
    """(number from 1, value) of each element of the array that is the whole text, or that stands under `key`."""
    window = Window(chunks)
    opening = re.compile(rf'(?<!\\)"{re.escape(key)}"\s*:\s*\[' if key else r"\[")
    if not window.find(opening, 200 + len(key)):
        return
    number, first = 0, ("", "")
    while True:
        if not _next(window):
            yield BadLine(number + 1, "the file ends here, in the middle")
            return
        if window.text[window.at] == "]":
            return
        number += 1
        begin = window.at
        try:
            value = _element(window)
        except _Broken as broken:
            yield BadLine(number, broken.reason)
            if window.ended and broken.cut:
                return
            if not _resume(window, first):
                return
            continue
        if not first[0] and (named := _OPENING.match(window.text, begin)):
            first = (named[1], named[2] or "")
        yield number, value


class _Broken(Exception):
    def __init__(self, reason: str, *, cut: bool = False) -> None:
        self.reason = reason
        self.cut = cut


def _next(window: Window) -> bool:
    """To the beginning of the next element or the end of the array."""
    while True:
        found = _BETWEEN.match(window.text, window.at)
        window.at = found.end() if found else window.at
        if window.at < len(window.text):
            return True
        if not window.more():
            return False


def _element(window: Window) -> Any:
    while True:
        try:
            value, end = _DECODER.raw_decode(window.text, window.at)
        except json.JSONDecodeError as wrong:
            open_end = wrong.pos >= len(window.text) - _NEAR or wrong.msg.startswith("Unterminated string")
            if not open_end:
                raise _Broken("not JSON") from None
            if len(window.text) - window.at > ELEMENT_MAX:
                raise _Broken("too long") from None
        except (RecursionError, ValueError):
            raise _Broken("not JSON") from None
        else:
            if end < len(window.text) or window.ended:
                window.at = end
                return value
        if not window.more():
            if len(window.text) > window.at:
                try:
                    value, window.at = _DECODER.raw_decode(window.text, window.at)
                except (ValueError, RecursionError):
                    pass
                else:
                    return value
            raise _Broken("the file ends here, in the middle", cut=True)


def _resume(window: Window, first: tuple[str, str]) -> bool:
    """Behind a broken element: to where something begins with the same two keys as the elements before it."""
    begin = r'\{\s*"' + re.escape(first[0])
    if first[1]:
        begin += rf'"\s*:\s*{_SCALAR}\s*,\s*"{re.escape(first[1])}"'
    window.at += 1
    return window.find(re.compile(f"(?={begin})"), 700)
