"""Whether what a model says is an answer at all, found out before any of it is passed on."""

import re

HOLD_COLUMNS = 48
HOLD_WORDS = 11
"""So much may be held back when nothing in it ends a clause; the first clause is no shorter."""
LOOP_WORDS = 12
"""The same word so often in a row is a model in a loop; laughter is shorter."""
STUCK_CHARS = 24

_UNSPOKEN = re.compile(
    r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)|<\|[^|>]*\|?>?|<[^<>]*>?|\[/?[A-Za-z_]+(?::[\d.]+)?\]|```\w*|[*_#`~|\\]",
    re.DOTALL | re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.!?…,;:。！？、，\n]")
_DATA = re.compile(r'^\s*(?:[{\[]\s*["{\[]|<!doctype\b|<html\b|<\?xml\b)', re.IGNORECASE)
_WORD = re.compile(r"\w+")


class Sense:
    """One per answer. `words`: there are some; `begun`: it says something, nothing needs to be held back any more."""

    def __init__(self) -> None:
        self.begun = self.words = False
        self._text = ""
        self._word = ""
        self._times = 0
        self._open = ""

    def feed(self, text: str) -> str:
        """The next piece; what is wrong with the answer, "" for nothing yet."""
        if loop := self._loop(text):
            return loop
        if self.begun:
            return ""
        self._text += text
        if _DATA.match(self._text):
            return "answers with data instead of words"
        plain = _UNSPOKEN.sub("", self._text).strip()
        self.words = any(map(str.isalnum, plain))
        if self.words and (
            _CLAUSE_END.search(plain) or _width(plain) >= HOLD_COLUMNS or plain.count(" ") >= HOLD_WORDS
        ):
            return self._judged(plain)
        return ""

    def end(self) -> str:
        """The answer is over; what is wrong with it, "" for nothing."""
        if self.begun:
            return ""
        plain = _UNSPOKEN.sub("", self._text).strip()
        if not any(map(str.isalnum, plain)):
            return "answers nothing but marks" if self._text.strip() else "an empty answer"
        return self._judged(plain)

    def _judged(self, plain: str) -> str:
        letters = [char for char in plain if char.isalnum()]
        solid = [char for char in plain if not char.isspace()]
        if len(solid) >= STUCK_CHARS and (len(set(letters)) <= 2 or 3 * len(letters) < len(solid)):
            return "answers nonsense"
        if "\ufffd\ufffd\ufffd" in plain:
            return "answers with broken characters"
        self.begun = True
        self._text = ""
        return ""

    def _loop(self, text: str) -> str:
        """A word, or a letter, over and over, also long after the beginning."""
        self._open += text
        *whole, self._open = re.split(r"[\s,.!?、。]+", self._open[-400:])
        for word in whole:
            if not _WORD.search(word):
                continue
            self._times = self._times + 1 if word == self._word else 1
            self._word = word
            if self._times >= LOOP_WORDS:
                return "repeats itself without end"
        if len(self._open) >= 4 * STUCK_CHARS and len(set(self._open)) <= 2:
            return "repeats itself without end"
        return ""


def _width(text: str) -> int:
    """Columns: letters of Japanese, Chinese and Korean count two."""
    return len(text) + sum(char >= "\u1100" for char in text)
