"""Times of single characters, as some services tell them, turned into marks of words and shapes of the mouth."""

from collections.abc import Iterator, Sequence

from streamer.adapters.tts.common.text import is_han
from streamer.cast.letters import shape_of_letter
from streamer.ports import Viseme, VisemeMark, WordMark

LEAST_MS = 40
"""No shape of the mouth is seen for less."""


class LetterMarks:
    """Fed with (character, start, end) in milliseconds of the sound; gives marks once a word is over.

    Characters are found in the text by searching on: a service that tells "five" for "5" leaves that word without one.
    """

    def __init__(self, text: str, skip: int = 0) -> None:
        """`skip`: so many characters of what was sent stand before the text and are not its own."""
        self._text = text
        self._skip = skip
        self._from = 0
        self._word: list[tuple[int, int, int]] = []
        self._last = 0

    def feed(self, letters: Sequence[tuple[str, int, int]]) -> Iterator[WordMark | VisemeMark]:
        for char, start, end in letters:
            yield from self._letter(char, max(start, self._last), end)

    def finish(self) -> Iterator[WordMark | VisemeMark]:
        yield from self._close()

    def _letter(self, char: str, start: int, end: int) -> Iterator[WordMark | VisemeMark]:
        if self._skip > 0:
            self._skip -= len(char)
            return
        if not char or char.isspace():
            yield from self._close()
            return
        at = self._text.find(char, self._from, self._from + 40)
        if at < 0:
            return
        if self._word and at > self._word[-1][0] + 1:
            yield from self._close()
        self._from = at + len(char)
        self._last = start
        self._word.append((at, start, max(start, end)))
        if is_wide(char):
            yield from self._close()

    def _close(self) -> Iterator[WordMark | VisemeMark]:
        word, self._word = self._word, []
        if not any(self._text[at].isalnum() for at, _, _ in word):
            return
        first, last = word[0], word[-1]
        yield WordMark(first[1], max(0, last[2] - first[1]), first[0], last[0] + 1)
        shapes: list[tuple[int, Viseme]] = [
            (start, shape) for at, start, _ in word if (shape := shape_of_letter(self._text[at].lower()))
        ]
        shapes = shapes or [(first[1], "ih")]
        ends = [start for start, _ in shapes[1:]] + [last[2]]
        shown = -LEAST_MS
        for (start, shape), end in zip(shapes, ends, strict=True):
            if start - shown >= LEAST_MS or shape == "mbp":
                shown = start
                yield VisemeMark(start, shape, max(0, end - start))


def is_wide(char: str) -> bool:
    """Scripts without spaces, in which every sign is marked by itself: Han, kana."""
    return is_han(char) or "\u3041" <= char <= "\u30fa" or char == "\u30fc"
