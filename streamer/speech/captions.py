"""When each word of a clause is heard: from the engine's marks, else by share of the characters."""

from collections.abc import Sequence
from typing import Final

from streamer.ports import WordMark
from streamer.speech.sentences import is_wide

Word = tuple[int, int, int, int]
"""`(at, duration, start, end)`: milliseconds, then code points of the clause, half-open."""

MS_PER_COLUMN: Final = 68
PAUSE_COLUMNS: Final = 3
WIDE_GROUP: Final = 4
_PAUSES: Final = frozenset(".!?…,;:。！？、，；：—")


def estimate_ms(text: str) -> int:
    """How long a text probably takes to say or read."""
    return max(400, round(sum(weight for _, _, weight in _pieces(text)) * MS_PER_COLUMN))


def words_of(text: str) -> list[tuple[int, int]]:
    """Ranges of the words of a text; Japanese and Chinese in groups of at most four characters."""
    return [(start, end) for start, end, _ in _pieces(text)]


def estimated(text: str, total_ms: int, *, at_ms: int = 0) -> list[Word]:
    """Words spread over `total_ms` by their width; punctuation counts as a pause after its word."""
    pieces = _pieces(text)
    whole = sum(weight for _, _, weight in pieces) or 1
    out: list[Word] = []
    done = 0.0
    for start, end, weight in pieces:
        begin = at_ms + round(total_ms * done / whole)
        pause = PAUSE_COLUMNS if text[end - 1] in _PAUSES else 0
        length = max(1, round(total_ms * (weight - pause) / whole))
        out.append((begin, length, start, end))
        done += weight
    return out


def timed(text: str, marks: Sequence[WordMark], total_ms: int, *, at_ms: int = 0) -> list[Word]:
    """The engine's marks as words, sorted and kept inside the sound and the text; estimated when there are none."""
    out: list[Word] = []
    floor = 0
    for mark in sorted(marks, key=lambda mark: (mark.at_ms, mark.start)):
        start, end = max(0, mark.start), min(len(text), mark.end)
        if start >= end or start < floor:
            continue
        floor = end
        begin = min(max(0, mark.at_ms), total_ms)
        length = max(1, min(mark.dur_ms, total_ms - begin))
        out.append((at_ms + begin, length, start, _with_punctuation(text, end)))
    return out or estimated(text, total_ms, at_ms=at_ms)


def spoken_until(text: str, words: Sequence[Word], ms: int) -> str:
    """The words that were completely heard when the position was `ms`."""
    last = max((end for at, length, _, end in words if at + length <= ms), default=0)
    return text[:last].rstrip()


def _with_punctuation(text: str, end: int) -> int:
    while end < len(text) and not text[end].isalnum() and not text[end].isspace():
        end += 1
    return end


def _pieces(text: str) -> list[tuple[int, int, float]]:
    """(start, end, weight) of each word."""
    out: list[tuple[int, int, float]] = []
    at, size = 0, len(text)
    while at < size:
        if text[at].isspace():
            at += 1
            continue
        start, weight = at, 1.0
        wide = is_wide(text[at])
        while at < size and not text[at].isspace():
            if at > start and text[at].isalnum() and (is_wide(text[at]) != wide or (wide and at - start >= WIDE_GROUP)):
                break
            weight += (2.2 if wide else 1.0) if text[at].isalnum() else 0.2
            at += 1
        if text[at - 1] in _PAUSES:
            weight += PAUSE_COLUMNS
        out.append((start, at, weight))
    return out
