"""A line cut into pages of captions: two rows, broken where a reader would pause, stable while the line still grows.

The same rules and the same results as `overlays/lib/pages.js`; tests/speech/test_pages.py holds the two together.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from streamer.speech.breaks import SPACES, Piece, measured, pieces, units
from streamer.speech.captions import Word
from streamer.speech.view import ClauseView

EARLY_MS: Final = 80
"""A page is shown so long before its first word."""
LEAD_MS: Final = 1_500
"""Words join a page only when they are heard within this after it."""
HANG_MS: Final = 1_500
LINGER_MS: Final = 800
LEAST_MS: Final = 833
MOST_MS: Final = 7_000
NARROW_PER_S: Final = 17
WIDE_PER_S: Final = 5

_SENTENCE_END = re.compile("[.!?…。！？][\"'”’」』)\\]]*\\Z")
_PAUSE = re.compile("[,;:、，；：—–][\"'”’」』)\\]]*\\Z")
_OPEN_END = re.compile(
    "[\u2e80-\u303e\u3041-\u312f\u31f0-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
    "\U00020000-\U0003ffff([{“‘「『（]\\Z"
)
_AROUND = re.compile("^[\"'“‘«„(\\[{¿¡]+|[\"'”’»)\\]},;:.!?…]+\\Z")
_TITLES = frozenset({"Mr.", "Mrs.", "Ms.", "Dr.", "St."})
_GLUED_WORDS = (
    "a an the my your his her its our their this that these those some any no every each another which whose and "
    "but or nor so yet because although though while when where if unless until since as than who of in on at to "
    "for from with by about into onto over under between through after before during against without mr mrs ms dr "
    "st der die das den dem des ein eine einen einem einer eines kein keine keinen mein meine meinen dein deine "
    "sein seine seinen ihr ihre ihren unser unsere euer eure dieser diese dieses diesen jeder jede jedes und oder "
    "aber denn weil dass wenn als ob obwohl während im auf aus bei mit nach von vom zu zum zur für über vor "
    "zwischen durch gegen ohne le la les l un une du mon ma mes ton ta tes sa ses notre nos votre vos leur leurs "
    "ce cet cette ces et ou mais donc car que qui quand si comme de dans en sur sous avec pour par sans chez "
    "entre vers à au aux el los las una unos unas mi mis tu tus su sus este esta estos estas ese esa y e o u pero "
    "porque cuando con por para sin sobre hasta desde al del il lo gli uno di da nel nella per tra fra perché che "
    "os um uma do na em com mas"
)
_STARTING_WORDS = (
    "and but or nor yet because although though while when where which who if unless until since than of in on at "
    "to for from with by about into onto over under between through after before during against without und oder "
    "aber denn weil dass wenn als ob obwohl während im auf aus bei mit nach von vom zu zum zur für über vor "
    "zwischen durch gegen ohne et ou mais donc car que qui quand comme dans sur sous avec pour par sans chez "
    "entre vers y pero porque cuando con por para sin hasta desde perché che per tra fra com mas"
)
_GLUED = frozenset(_GLUED_WORDS.split())
"""Words that belong to what follows them: no row ends with one. English, German, French, Spanish, Italian,
Portuguese."""
_STARTS = frozenset(_STARTING_WORDS.split())
"""Words that begin a part of a sentence: a good place to break before."""


class Page(msgspec.Struct, frozen=True):
    """Milliseconds of the line: first word, end of the last one, and until when it stays (as long as it takes to
    read)."""

    at: int
    end: int
    rows: tuple[str, ...]
    until: int


def paginate(clauses: Iterable[ClauseView], columns: int = 40, rows: int = 2) -> list[Page]:
    """The clauses of a line, in order, as pages of at most `rows` rows of `columns` units (a full-width character
    counts 2.4). A clause joins the page before when all of it fits there and is heard soon after; so what a later
    clause adds never moves a word that is already on screen."""
    layout = _Layout(columns, rows)
    pages: list[_Open] = []
    for clause in clauses:
        tokens = _timed(clause, columns)
        if not tokens:
            continue
        page = pages[-1] if pages else None
        last = tokens[-1]
        if page is not None and tokens[0].at - page.end <= LEAD_MS and last.end - page.at <= MOST_MS:
            more = layout.joined(page.rows, tokens)
            if more is not None:
                page.rows, page.end = more, last.end
                continue
        pages += [_Open(part[0].at, part[-1].end, layout.balanced(part)) for part in layout.shared(tokens)]
    return _held(pages)


def page_at(pages: Sequence[Page], ms: float) -> Page | None:
    """The page of a moment: shown a little before its first word, until the next one or until it could be read."""
    found = None
    for page in pages:
        if ms >= page.at - EARLY_MS:
            found = page
    return found if found is not None and ms < found.until else None


# --- words and their moments ------------------------------------------------------------------------------------------


class _Token(msgspec.Struct, frozen=True):
    text: str
    at: float
    end: float
    size: tuple[int, int]
    """Narrow and wide characters."""
    bare: tuple[int, int]
    """The same without the spaces at its end."""


class _Open(msgspec.Struct):
    """A page that may still grow."""

    at: float
    end: float
    rows: list[list[_Token]]


def _token(text: str, at: float, end: float) -> _Token:
    return _Token(text, at, end, measured(text), measured(text.rstrip(SPACES)))


def _timed(clause: ClauseView, columns: int) -> list[_Token]:
    """The words of a clause with their moments. What no mark tells (yet) is shared out by length between the marks
    around it, or the ends of the clause."""
    parts = [piece for piece in pieces(clause.text, columns) if piece.text.rstrip(SPACES)]
    marked: list[tuple[float, float] | None] = []
    for part in parts:
        said = [word for word in clause.words if word[2] < part.end and word[3] > part.start]
        marked.append((_within(said[0], part.start), _within(said[-1], part.end)) if said else None)
    times: list[tuple[float, float]] = []
    while len(times) < len(parts):
        mark = marked[len(times)]
        times += [mark] if mark is not None else _shared_out(clause, parts, marked, times)
    out = [_token(part.text, at, end) for part, (at, end) in zip(parts, times, strict=True)]
    if out and out[-1].text.rstrip(SPACES) == out[-1].text and not _OPEN_END.search(out[-1].text):
        out[-1] = _token(out[-1].text + " ", out[-1].at, out[-1].end)
    return out


def _within(word: Word, place: int) -> float:
    """When a place in a marked word is heard: a long word stands in more than one piece."""
    at, length, start, end = word
    return at + length * (min(max(place, start), end) - start) / max(1, end - start)


def _shared_out(
    clause: ClauseView,
    parts: Sequence[Piece],
    marked: Sequence[tuple[float, float] | None],
    times: Sequence[tuple[float, float]],
) -> list[tuple[float, float]]:
    """The times of the parts from `len(times)` up to the next that is marked."""
    i = len(times)
    following = next((n for n in range(i, len(parts)) if marked[n] is not None), len(parts))
    mark = marked[following] if following < len(parts) else None
    start = times[-1][1] if times else clause.at
    until = max(start, mark[0] if mark is not None else clause.end)
    first = parts[i].start
    length = max(1, parts[following - 1].end - first)
    return [
        (start + (until - start) * (part.start - first) / length, start + (until - start) * (part.end - first) / length)
        for part in parts[i:following]
    ]


# --- rows -------------------------------------------------------------------------------------------------------------


def _text(tokens: Iterable[_Token]) -> str:
    return "".join(token.text for token in tokens)


def _size(tokens: Iterable[_Token]) -> float:
    narrow = wide = 0
    for token in tokens:
        narrow, wide = narrow + token.size[0], wide + token.size[1]
    return units(narrow, wide)


def _bare(tokens: Sequence[_Token]) -> tuple[int, int]:
    narrow, wide = tokens[-1].bare
    for token in tokens[:-1]:
        narrow, wide = narrow + token.size[0], wide + token.size[1]
    return narrow, wide


def _is_name(word: str) -> bool:
    return len(word) > 1 and unicodedata.category(word[0]) == "Lu" and unicodedata.category(word[1]) == "Ll"


def _rest(token: _Token, following: _Token | None) -> float:
    """How good it is to break between two tokens: the end of a sentence 2, a pause 1, any words 0, inside what belongs
    together less."""
    text = token.text.rstrip(SPACES)
    if text in _TITLES:
        return -1
    if _SENTENCE_END.search(text):
        return 2
    if _PAUSE.search(text):
        return 1
    word = _AROUND.sub("", text)
    if word.lower() in _GLUED:
        return -1
    after = _AROUND.sub("", following.text.rstrip(SPACES)) if following is not None else ""
    if after.lower() in _STARTS:
        return 0.5
    return -0.5 if _is_name(word) and _is_name(after) else 0


class _Layout:
    def __init__(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._rows = rows

    def _fits(self, tokens: Sequence[_Token]) -> bool:
        return units(*_bare(tokens)) <= self._columns

    def _greedy(self, tokens: Sequence[_Token], first: Sequence[_Token] = ()) -> list[list[_Token]]:
        """Rows filled from the front, continuing the row `first`; what belongs to the next row goes down with it."""
        rows = [[*first]]
        for token in tokens:
            row = rows[-1]
            if not row or self._fits([*row, token]):
                row.append(token)
            else:
                rows.append([*self._down(row, token, len(first) if len(rows) == 1 else 0), token])
        return rows

    def _down(self, row: list[_Token], token: _Token, fixed: int) -> list[_Token]:
        moved: list[_Token] = []
        while len(moved) < 2 and len(row) > max(1, fixed):
            last = row[-1]
            if _rest(last, moved[0] if moved else token) >= 0 or not self._fits([last, *moved, token]):
                break
            moved.insert(0, row.pop())
        return moved

    def balanced(self, tokens: Sequence[_Token], fixed: int = 0) -> list[list[_Token]]:
        """One row, or two of about the same length broken at a pause when there is one near; the first `fixed` tokens
        stay in the first row."""
        if self._fits(tokens) or self._rows != 2:
            return self._greedy(tokens[fixed:], tokens[:fixed])
        best, least = 0, math.inf
        for i in range(max(1, fixed), len(tokens)):
            above, below = tokens[:i], tokens[i:]
            if not self._fits(above):
                break
            if not self._fits(below):
                continue
            cost = abs(_size(above) - _size(below)) - _rest(tokens[i - 1], tokens[i]) * self._columns * 0.2
            if cost < least:
                least, best = cost, i
        return [[*tokens[:best]], [*tokens[best:]]] if best else self._greedy(tokens[fixed:], tokens[:fixed])

    def shared(self, tokens: Sequence[_Token]) -> list[Sequence[_Token]]:
        """Tokens shared out over as few pages as they need, none of them nearly empty."""
        out: list[Sequence[_Token]] = []
        while tokens:
            rows = self._greedy(tokens)
            needed = math.ceil(len(rows) / self._rows)
            if needed <= 1:
                return [*out, tokens]
            head = self._head(tokens, needed) or sum(map(len, rows[: self._rows]))
            out.append(tokens[:head])
            tokens = tokens[head:]
        return out

    def _head(self, tokens: Sequence[_Token], needed: int) -> int:
        """How many tokens the first of `needed` pages takes; 0 when none do."""
        target = _size(tokens) / needed
        best, least = 0, math.inf
        for i in range(1, len(tokens)):
            head = tokens[:i]
            if len(self._greedy(head)) > self._rows:
                break
            if math.ceil(len(self._greedy(tokens[i:])) / self._rows) > needed - 1:
                continue
            cost = abs(_size(head) - target) - _rest(tokens[i - 1], tokens[i]) * self._columns * 0.4
            if cost < least:
                least, best = cost, i
        return best

    def joined(self, page: list[list[_Token]], tokens: Sequence[_Token]) -> list[list[_Token]] | None:
        """The rows of a page with `tokens` behind them, nothing that is there moved; None when they do not fit."""
        last = page[-1]
        more = self.balanced([*last, *tokens], len(last)) if len(page) == 1 else self._greedy(tokens, last)
        return [*page[:-1], *more] if len(page) - 1 + len(more) <= self._rows else None


# --- how long ---------------------------------------------------------------------------------------------------------


def _reading_ms(page: _Open) -> float:
    """How long it takes to read a page: 17 letters or 5 full-width characters a second, 5/6 s at least."""
    ms = 0.0
    for row in page.rows:
        narrow, wide = _bare(row)
        ms += narrow * 1000 / NARROW_PER_S + wide * 1000 / WIDE_PER_S
    return max(LEAST_MS, ms)


def _held(pages: Sequence[_Open]) -> list[Page]:
    """Each page stays as long as it takes to read, no more than 1.5 s after its last word, not into the next page;
    small gaps are closed."""
    out: list[Page] = []
    for i, page in enumerate(pages):
        following = pages[i + 1].at if i + 1 < len(pages) else math.inf
        end = min(page.end, following)  # the next page may begin within the last word, or a rounding before its end
        wanted = min(end + HANG_MS, max(end + LINGER_MS, page.at + _reading_ms(page)))
        until = following if following <= end + HANG_MS else wanted
        rows = tuple(_text(row).strip(SPACES) for row in page.rows)
        out.append(Page(_whole(page.at), _whole(end), rows, _whole(until)))
    return out


def _whole(ms: float) -> int:
    return math.floor(ms + 0.5)
