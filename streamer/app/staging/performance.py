"""What is heard at this moment, from the line's clauses and the playhead: mouth, face, caption. A `StageView`.

The overlays do the same for themselves (`overlays/lib/playhead.js`); the rules are the same.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping

from streamer.core.commands import Air, Command, Prepare
from streamer.ports import CaptionPage, Cue, Heard, Moment, Viseme
from streamer.speech.pages import Page, page_at, paginate
from streamer.speech.playhead import SinkPlayhead
from streamer.speech.tags import GESTURES
from streamer.speech.view import ClauseView, MouthView

LATER_MS = 35
"""The overlay draws a page 80 ms before its first word, so that eyes are there. A device shows words as they come: they
are asked for so much later, which leaves a frame of OBS."""
LINES_KEPT = 4
"""The one on air, the one prepared ahead, and those that are just ending."""


class _Line:
    def __init__(self, persona: str) -> None:
        self.persona = persona
        self.test = False
        self.clauses: dict[int, ClauseView] = {}
        self.pages: list[Page] | None = None
        self.shown: set[tuple[int, int]] = set()
        """(clause, place) of the cues that were told."""


class Performance:
    """Told of the lines as a follower is; asked by the drivers. `name_of` gives a persona's shown name."""

    def __init__(
        self,
        *,
        now_ms: Callable[[], float],
        name_of: Callable[[str], str],
        answering: Callable[[], Mapping[str, str] | None],
        on_cue: Callable[[Cue], None],
    ) -> None:
        self._playhead = SinkPlayhead(now_ms)
        self._name_of = name_of
        self._answering = answering
        self._on_cue = on_cue
        self._lines: OrderedDict[int, _Line] = OrderedDict()
        self._air = 0
        self._now_ms = now_ms
        self._held: tuple[int, _Line, int, float] | None = None
        """The line that was heard whole last: its id, where it ended, and when (the show's clock)."""

    # --- told ---------------------------------------------------------------------------------------------------------

    def ordered(self, command: Command) -> None:
        match command:
            case Prepare(line=line, persona=persona, test=test):
                self._lines[line] = made = _Line(persona)
                made.test = test
                while len(self._lines) > LINES_KEPT:
                    self._lines.popitem(last=False)
            case Air(line=line):
                self._air, self._held = line, None
            case _:
                pass

    def clause(self, line: int, index: int, value: ClauseView) -> None:
        known = self._lines.get(line)
        if known is not None:
            known.clauses[index] = value
            known.pages = None

    def heard(self, heard: Heard) -> None:
        """The sink's report. Cues up to there are told, each once."""
        self._playhead.report(heard)
        known = self._lines.get(heard.line)
        if known is None:
            return
        for index, clause in known.clauses.items():
            for place, (at, name, intensity) in enumerate(clause.cues):
                if at <= heard.ms and (index, place) not in known.shown:
                    known.shown.add((index, place))
                    kind = "gesture" if name in GESTURES else "emotion"
                    who, test = known.persona, known.test
                    self._on_cue(Cue(kind=kind, name=name, persona=who, line=heard.line, size=intensity, test=test))

    def ended(self, line: int, *, heard_ms: int = 0) -> None:
        """`heard_ms`: how long it was, if it was heard whole: its last caption stays until it could be read."""
        known = self._lines.pop(line, None)
        if line != self._air:
            return
        self._air = 0
        self._playhead.clear()
        if known is not None and heard_ms:
            self._held = line, known, heard_ms, self._now_ms()

    def forget(self, lines: Collection[int]) -> None:
        """The words of these lines were taken back."""
        if self._held is not None and self._held[0] in lines:
            self._held = None

    # --- asked --------------------------------------------------------------------------------------------------------

    def moment(self) -> Moment:
        line, ms = self._playhead.position() or (0, 0)
        known = self._lines.get(line) if line and line == self._air else None
        if known is None:
            return Moment()
        opening, shape = mouth_at(known.clauses, ms)
        expression, intensity = expression_at(known.clauses, ms)
        return Moment(line, known.persona, ms, opening, shape, expression, intensity)

    def caption(self) -> CaptionPage | None:
        line, ms = self._playhead.position() or (0, 0)
        known = self._lines.get(line) if line and line == self._air else None
        if known is None and self._held is not None:
            line, known, end_ms, since_ms = self._held
            ms = end_ms + int(self._now_ms() - since_ms)
        if known is None:
            return None
        if known.pages is None:
            known.pages = paginate([clause for _, clause in sorted(known.clauses.items())])
        page = page_at(known.pages, ms - LATER_MS)
        if page is None:
            return None
        return CaptionPage(line, known.persona, self._name_of(known.persona), page.rows, page.at, page.end)

    def words(self, what: str) -> str:
        answering = self._answering() or {}
        match what:
            case "speaker":
                known = self._lines.get(self._air)
                return self._name_of(known.persona) if known is not None else ""
            case "answering_name":
                return answering.get("name", "")
            case "answering_text":
                return answering.get("text", "")
            case _:
                return ""


def mouth_at(clauses: Mapping[int, ClauseView], ms: int) -> tuple[float, Viseme]:
    """How far open (0..1) and in what shape at `ms` of the line; closed outside the voice."""
    for clause in clauses.values():
        mouth = clause.mouth
        if mouth is None or not clause.at <= ms < clause.at + len(mouth.open) * mouth.step:
            continue
        x = (ms - clause.at) / mouth.step
        first = int(x)
        here = mouth.open[first]
        after = mouth.open[first + 1] if first + 1 < len(mouth.open) else 0
        return (here + (after - here) * (x - first)) / 100, _shape(mouth, ms)
    return 0.0, "sil"


def _shape(mouth: MouthView, ms: int) -> Viseme:
    at = bisect_right(mouth.shapes, ms, key=lambda shape: shape[0])
    return mouth.shapes[at - 1][1] if at else "sil"


def expression_at(clauses: Mapping[int, ClauseView], ms: int) -> tuple[str, float]:
    """The expression that the newest cue up to `ms` asks for, and how much of it."""
    found, since = ("neutral", 1.0), -1
    for _, clause in sorted(clauses.items()):
        for at, name, intensity in clause.cues:
            if since <= at <= ms and name not in GESTURES:
                found, since = (name, intensity), at
    return found
