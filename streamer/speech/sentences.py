"""Speakable clauses out of a stream of clean text: the first one early, the others at sentence ends.

Character-fed: the clauses are the same for every way of cutting the stream into chunks, and put together they are the
input without the white space between them. The first clause may end at a comma so that the voice can begin; later ones
are whole sentences, because voices sound best on those. Widths are columns: a letter of Japanese, Chinese or Korean
counts two. A boundary after `.`, `!` or `?` needs one more character (`3.14`, `?!`, `."`); a comma after a letter none.
"""

import re
from typing import Final, Literal

import msgspec

_ENDS: Final = frozenset(".!?…。！？｡‼⁇⁈⁉")
_WIDE_ENDS: Final = frozenset("。！？｡")
_SOFT: Final = frozenset(",;:、，；：､—–")
_SOFT_AT_ONCE: Final = frozenset(",;、，；､—")
_CLOSERS: Final = frozenset(")]}\"'”’»」』）】》〉］｝〕")
_PAIRS: Final = {"「": "」", "『": "』", "（": "）", "(": ")", "“": "”", "«": "»", "《": "》"}
_PAIR_ENDS: Final = frozenset(_PAIRS.values())
_JOIN_DIGITS: Final = frozenset(".,:'’/-")
_TITLES = """
    dr mr mrs ms mx prof rev gen col lt sgt capt st vs e.g i.e cf approx fig al dept est min max feat ft sr sra dra vol
    pp u.s u.k u.n
"""
_OTHERS = "no etc a.m p.m inc ltd jr co corp nos op"
_NEVER_END: Final = frozenset(_TITLES.split())
_MAYBE_END: Final = frozenset(_OTHERS.split())
_ABBREVIATION: Final = re.compile(r"(?:^|[\s(\[\"'“‘«—])([^\W\d_]+(?:\.[^\W\d_]+)*)\.$")
_LIST_MARK: Final = re.compile(r"^\W*\d{1,3}\.$")
_LETTERS: Final = re.compile("[A-Za-z]{1,40}")
_PAIR_COLUMNS = 80

Waiting = Literal["", "end", "soft", "maybe"]


class Span(msgspec.Struct, frozen=True):
    """A clause. `start`/`end` are code points of the whole stream; `end` includes the white space that followed."""

    text: str
    start: int
    end: int


class Lengths(msgspec.Struct, frozen=True):
    """When a clause is long enough to be spoken, in columns; `first_words` is a count of words."""

    first_min: int = 12
    first_max: int = 60
    first_words: int = 14
    sentence_min: int = 18
    sentence_max: int = 220


DEFAULT = Lengths()


def is_wide(char: str) -> bool:
    """Whether a character is written without spaces around words and takes two columns."""
    return char >= "ᄀ" and (char <= "ᇿ" or "⺀" <= char <= "꓏" or "가" <= char <= "힣" or "豈" <= char <= "﫿"
                            or "＀" <= char <= "￯" or char >= "𠀀")  # fmt: skip


def columns(text: str) -> int:
    """Width of a text in columns, white space not counted."""
    return sum(2 if is_wide(char) else 1 for char in text if not char.isspace())


class ClauseSplitter:
    """Feed it clean text; it gives back clauses as soon as they are certain. One per line; O(n) in total."""

    def __init__(self, lengths: Lengths = DEFAULT) -> None:
        self._lengths = lengths
        self._first = True
        self._done: list[Span] = []
        self._offset = 0
        self._reset([])

    def _reset(self, rest: list[str]) -> None:
        self._buffer: list[str] = []
        self._columns = 0
        self._words = 0
        self._last = ""
        self._waiting: Waiting = ""
        self._after_space = False
        self._soft_at = 0
        self._space_at = 0
        self._pairs: list[str] = []
        self._pair_since = 0
        self._force_at = 0
        for char in rest:
            self._step(char)

    def feed(self, text: str) -> list[Span]:
        """Clauses completed by this piece of the stream."""
        at = 0
        while at < len(text):
            self._step(text[at])
            at += 1
            word = _LETTERS.match(text, at) if self._last.isalpha() and not self._after_space else None
            if word and self._columns + len(word[0]) <= max(self._force_at, self._max()):
                self._buffer += word[0]
                self._columns += len(word[0])
                self._last = word[0][-1]
                self._waiting = ""
                at = word.end()
        done, self._done = self._done, []
        return done

    def flush(self) -> list[Span]:
        """The rest of the stream, at its end."""
        self._cut(len(self._buffer))
        done, self._done = self._done, []
        return done

    # --- one character

    def _step(self, char: str) -> None:
        space = char.isspace()
        if self._waiting and self._decide(char, space=space):
            self._cut(len(self._buffer))
        if space:
            self._append_space(char)
            return
        self._track_pairs(char)
        if self._after_space or not self._last:
            self._words += 1
        self._buffer.append(char)
        self._columns += 2 if char >= "ᄀ" and is_wide(char) else 1
        previous, self._last, self._after_space = self._last, char, False
        if char in _ENDS:
            self._waiting = "end"
        elif char in _CLOSERS and self._waiting in ("end", "soft"):
            pass
        elif char in _SOFT:
            self._soft(char, previous)
        else:
            self._waiting = ""
        if self._columns > max(self._force_at, self._max()):
            self._force()

    def _append_space(self, char: str) -> None:
        if not self._buffer:
            self._offset += 1
            return
        self._buffer.append(char)
        if not self._after_space:
            self._after_space = True
            if self._waiting or not self._last.isdigit():
                self._space_at = len(self._buffer)
        if char == "\n":
            self._pairs.clear()
            self._cut(len(self._buffer))
        elif self._first and self._too_many_words():
            self._cut(len(self._buffer))

    def _too_many_words(self) -> bool:
        long_enough = self._words >= self._lengths.first_words or self._columns >= self._lengths.first_max
        return long_enough and not self._last.isdigit() and not self._waiting

    def _track_pairs(self, char: str) -> None:
        closer = _PAIRS.get(char)
        if closer:
            if not self._pairs:
                self._pair_since = self._columns
            self._pairs.append(closer)
        elif char in _PAIR_ENDS and self._pairs and char == self._pairs[-1]:
            self._pairs.pop()

    def _quoted(self) -> bool:
        return bool(self._pairs) and self._columns - self._pair_since < _PAIR_COLUMNS

    def _soft(self, char: str, previous: str) -> None:
        """A comma and its like. Ends the first clause; elsewhere only remembered for clauses that grow too long."""
        self._waiting = "soft"
        if char not in _SOFT_AT_ONCE or previous.isdigit():
            return
        self._soft_at = len(self._buffer)
        if self._first and self._columns >= self._lengths.first_min and not self._quoted():
            self._cut(len(self._buffer))

    def _decide(self, char: str, *, space: bool) -> bool:
        """Whether the clause ends before `char`, now that it is known what follows the punctuation."""
        if not space and (char in _ENDS or char in _CLOSERS) and not self._after_space:
            return False
        if self._waiting == "soft":
            return self._decide_soft(char, space=space)
        if self._waiting == "maybe":
            if space:
                return False
            self._waiting = ""
            return (char.isupper() or is_wide(char) or char in _PAIRS) and self._long_enough()
        wide = self._ends_wide()
        if not space and not wide and not is_wide(char) and not self._after_space:
            self._waiting = ""  # inside a number, an address, a name
            return False
        if not wide and self._last == ".":
            kind = self._abbreviation()
            if kind:
                self._waiting = "maybe" if kind == "maybe" else ""
                return False
        return self._long_enough()

    def _decide_soft(self, char: str, *, space: bool) -> bool:
        self._waiting = ""
        last = self._last
        if not space and (char.isdigit() or (last in ",.:'" and not is_wide(char))):
            return False
        self._soft_at = len(self._buffer)
        return self._first and self._columns >= self._lengths.first_min and not self._quoted()

    def _ends_wide(self) -> bool:
        for char in reversed(self._buffer):
            if char not in _CLOSERS:
                return char in _WIDE_ENDS
        return False

    def _abbreviation(self) -> str:
        tail = "".join(self._buffer[-24:])
        if _LIST_MARK.match(tail):
            return "never"
        match = _ABBREVIATION.search(tail)
        if match is None:
            return ""
        word = match[1].lower()
        if word in _NEVER_END or (len(word) == 1 and word != "i" and match[1].isascii()):
            return "never"
        return "maybe" if word in _MAYBE_END else ""

    def _long_enough(self) -> bool:
        if self._quoted():
            return False
        if self._first:
            trailing_off = self._last == "…" or self._buffer[-3:-1] == [".", "."]
            return self._columns >= (self._lengths.first_min if trailing_off else 2)
        return self._columns >= self._lengths.sentence_min

    # --- cutting

    def _max(self) -> int:
        return self._lengths.first_max * 2 if self._first else self._lengths.sentence_max

    def _force(self) -> None:
        """The clause is too long: cut it at the best place there is."""
        enough = len(self._buffer) // 3
        if self._soft_at >= enough:
            self._cut(self._soft_at)
        elif self._space_at > 0:
            self._cut(self._space_at)
        else:
            last = place = len(self._buffer) - 1
            while place > enough and self._inside_number(place):
                place -= 1
            if place > enough:
                self._cut(place)
            elif self._columns > 3 * self._max():
                self._cut(last)
            else:
                self._force_at = self._columns + self._max()

    def _inside_number(self, place: int) -> bool:
        before, after = self._buffer[place - 1], self._buffer[place]
        joins = before.isdigit() or before in _JOIN_DIGITS
        return joins and (after.isdigit() or after in _JOIN_DIGITS)

    def _cut(self, place: int) -> None:
        raw = "".join(self._buffer[:place])
        rest = self._buffer[place:]
        text = raw.strip()
        if text:
            lead = len(raw) - len(raw.lstrip())
            self._done.append(Span(text, self._offset + lead, self._offset + place))
            self._first = False
        self._offset += place
        self._reset(rest)
