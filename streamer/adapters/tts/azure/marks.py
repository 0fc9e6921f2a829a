"""Words and mouth shapes that Azure names while it speaks, in terms of our text and our seven shapes."""

from streamer.adapters.tts.azure.ssml import Document
from streamer.ports import Viseme, VisemeMark, WordMark

SHAPES: tuple[Viseme, ...] = (
    "sil", "aa", "aa", "oh", "ee", "aa", "ih", "ou", "oh", "aa", "oh", "aa", "ih", "ou", "ih", "ih", "ou", "ih", "mbp",
    "ih", "ih", "mbp",
)  # fmt: skip
"""By Azure's id (Microsoft, "Get facial position with viseme"): 0 silence, 1 ae ax ah, 2 aa, 3 ao, 4 ey eh uh, 5 er,
6 y iy ih ix, 7 w uw, 8 ow, 9 aw, 10 oy, 11 ay, 12 h, 13 r, 14 l, 15 s z, 16 sh ch jh zh, 17 dh, 18 f v, 19 d t n th,
20 k g ng, 21 p b m."""

REACH = 60
"""Code points: a word whose place is not known is searched so far on. Farther is another word that looks like it."""


class Marks:
    """Holds marks back until their sound came: Azure names them ahead, and a cut must leave none outside."""

    def __init__(self, text: str, document: Document) -> None:
        self._text, self._document = text, document
        self._end = 0
        self._words: list[WordMark] = []
        self._shapes: list[VisemeMark] = []
        self._last_ms = -1
        self.said_ms = 0
        """The end of the last word that was named."""

    @property
    def unsaid(self) -> int:
        """Letters after the last word that was named."""
        return sum(c.isalnum() for c in self._text[self._end :])

    def word(self, word: str, offset: int, at_ms: int, length_ms: int) -> None:
        """`offset` is the SDK's, in the document. A word that is not in the text (a number read out) has no mark."""
        self.said_ms = max(self.said_ms, at_ms + length_ms)
        place = self._place(word, offset)
        if place is not None:
            self._end = place[1]
            at_ms = max(at_ms, self._words[-1].at_ms if self._words else 0)
            self._words.append(WordMark(at_ms, max(0, length_ms), *place))

    def _place(self, word: str, offset: int) -> tuple[int, int] | None:
        if not any(c.isalnum() for c in word):
            return None
        for start in self._document.places(offset):
            if start >= self._end and self._text.startswith(word, start):
                return start, start + len(word)
        window = self._text[: self._end + len(word) + REACH]
        start = window.find(word, self._end)
        if start < 0 and len(window.lower()) == len(window):
            start = window.lower().find(word.lower(), self._end)
        return None if start < 0 else (start, start + len(word))

    def shape(self, number: int, at_ms: int) -> None:
        """A shape lasts until the next one."""
        at_ms = max(at_ms, self._shapes[-1].at_ms if self._shapes else max(0, self._last_ms))
        shape = SHAPES[number] if 0 <= number < len(SHAPES) else "ih"
        if self._shapes and self._shapes[-1].dur_ms is None:
            last = self._shapes.pop()
            if at_ms > last.at_ms:
                self._shapes.append(VisemeMark(last.at_ms, last.shape, at_ms - last.at_ms))
        self._shapes.append(VisemeMark(at_ms, shape))

    def ripe(self, until_ms: int, *, ended: bool = False) -> list[WordMark | VisemeMark]:
        """What is heard by then, in order. The last shape waits for its length, until the sound has `ended`."""
        out: list[WordMark | VisemeMark] = []
        while self._words and self._words[0].at_ms <= until_ms:
            mark = self._words.pop(0)
            length = min(mark.dur_ms, until_ms - mark.at_ms) if ended else mark.dur_ms
            out.append(WordMark(mark.at_ms, length, mark.start, mark.end))
        while self._shapes and self._shapes[0].at_ms <= until_ms:
            mark = self._shapes[0]
            if mark.dur_ms is None and not ended:
                break
            self._shapes.pop(0)
            length = until_ms - mark.at_ms if mark.dur_ms is None else mark.dur_ms
            out.append(VisemeMark(mark.at_ms, mark.shape, min(length, until_ms - mark.at_ms) if ended else length))
            self._last_ms = mark.at_ms
        return out
