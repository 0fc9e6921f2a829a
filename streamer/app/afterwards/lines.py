"""A line as it was heard, and the captions of it."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from streamer.app.afterwards.takes import Span
from streamer.core.events import Outcome
from streamer.speech.captions import estimated, spoken_until
from streamer.speech.pages import Page, paginate
from streamer.speech.view import ClauseView

CUT_MS: Final = 200
"""What is left of a line that was cut goes so soon after its last sound."""
LEAST_MS: Final = 300


class Asked(msgspec.Struct, frozen=True):
    """What a line answered: whose words, and which. `user` is his key."""

    uid: str
    user: str
    name: str
    text: str


class HeardLine(msgspec.Struct, frozen=True, kw_only=True):
    """`at_ms`: the show's time of its first sample. `offsets`: (position in the line, show's time minus position), from
    there on; a line that had to wait for its sound has more than one. `text` is all that was heard."""

    line: int
    persona: str
    name: str
    kind: str
    why: str
    at_ms: int
    heard_ms: int
    outcome: Outcome
    text: str
    pages: tuple[Page, ...] = ()
    offsets: tuple[tuple[int, int], ...] = ()
    asked: tuple[Asked, ...] = ()
    segment: str = ""

    @property
    def end_ms(self) -> int:
        return self.show_ms(self.heard_ms)

    def show_ms(self, ms: int) -> int:
        """The show's time of a position in the line."""
        offset = self.at_ms
        for position, found in self.offsets:
            if position > ms:
                break
            offset = found
        return offset + ms


class Subtitle(msgspec.Struct, frozen=True):
    """Milliseconds of the file it belongs to."""

    start_ms: int
    end_ms: int
    name: str
    rows: tuple[str, ...]


def heard_clauses(clauses: Sequence[ClauseView], heard_ms: int, text: str) -> tuple[ClauseView, ...]:
    """The clauses up to where the line was heard. Never another word than those of `text`: where the clauses do not
    give the same, its words are spread over the time that was heard."""
    out: list[ClauseView] = []
    for clause in clauses:
        if clause.at >= heard_ms:
            break
        if clause.end <= heard_ms:
            out.append(ClauseView(clause.at, clause.end, clause.text, clause.words))
            continue
        said = spoken_until(clause.text, clause.words, heard_ms)
        if said:
            words = tuple(word for word in clause.words if word[3] <= len(said))
            out.append(ClauseView(clause.at, heard_ms, said, words))
    if _bare(each.text for each in out) == _bare([text]):
        return tuple(out)
    words = tuple(estimated(text, max(1, heard_ms)))
    return (ClauseView(0, heard_ms, text, words),) if text.strip() else ()


def heard_pages(clauses: Sequence[ClauseView], heard_ms: int, text: str) -> tuple[Page, ...]:
    return tuple(paginate(heard_clauses(clauses, heard_ms, text)))


def _bare(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())


def subtitles(lines: Sequence[HeardLine], span: Span) -> list[Subtitle]:
    """The captions of all lines inside a recording or stream, one after the other."""
    shown: list[tuple[int, int, HeardLine, tuple[str, ...]]] = []
    for line in lines:
        for page in line.pages:
            until = page.until if line.outcome == "finished" else min(page.until, line.heard_ms + CUT_MS)
            shown.append((line.show_ms(page.at), line.show_ms(page.end) + max(0, until - page.end), line, page.rows))
    shown.sort(key=lambda each: each[0])
    out: list[Subtitle] = []
    for place, (start, end, line, rows) in enumerate(shown):
        last = min(end, shown[place + 1][0]) if place + 1 < len(shown) else end
        for first, stop in span.clip(start, max(last, start + LEAST_MS)):
            begun = max(first, out[-1].end_ms) if out else first
            if stop > begun:
                out.append(Subtitle(begun, stop, line.name, rows))
    return out
