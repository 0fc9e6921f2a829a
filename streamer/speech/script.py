"""Tokens in, judged clauses out: tags, clauses and guard of one line in a row. Pure and synchronous."""

import re
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from streamer.cast.honesty import claims_human
from streamer.cast.names import Aliases, Change, link_word, moved
from streamer.speech import captions
from streamer.speech.guard import Guard
from streamer.speech.sentences import ClauseSplitter, Span
from streamer.speech.tags import Cue, TagParser

MAX_CHARS: Final = 900
CARRY_CHARS: Final = 40
_LINK: Final = re.compile(r"(?:\w{2,8}://|www\.)\S+?(?=[.,;:!?]*(?:\s|$)|[。、，！？「」])", re.IGNORECASE)

_SENTENCES: Final = re.compile(r"(?<=[.!?…。！？])(?=\s|[^\s.!?…。！？\"')])")

_ENDED: Final = re.compile(r"[.!?…。！？][\"'”’」』)\]]*\s*\Z")

ScriptEnd = Literal["", "guard", "length", "other_voice"]


class Said(msgspec.Struct, frozen=True):
    """A clause to be spoken and shown. Cue offsets are code points of `text`. `joined`: no space before it."""

    text: str
    cues: tuple[Cue, ...] = ()
    joined: bool = False


class Script:
    """One per line. After `ended` is set nothing more comes out of it, whatever goes in."""

    def __init__(  # noqa: PLR0913 - what a line is judged by
        self,
        guard: Guard,
        *,
        name: str = "",
        others: Sequence[str] = (),
        safe: str = "",
        max_chars: int = MAX_CHARS,
        max_ms: float = 0,
        aliases: Aliases | None = None,
        honest: str = "",
        asked: bool = False,
    ) -> None:
        """`aliases` are put in the place of names that are not spoken as they are written. `honest` is said instead of
        a clause in which the persona claims to be human; when somebody has `asked` it has been said, and such a clause
        is left out. With `max_ms` the line ends before a sentence that would probably make it longer; a sentence that
        is too long by itself ends at half as much again."""
        self._tags = TagParser()
        self._clauses = ClauseSplitter()
        self._guard = guard
        self._aliases = aliases or Aliases((), "")
        self._honest = "" if asked else honest
        self._asked = asked
        self._carry = ""
        self._own = _name_pattern([name])
        self._others = _name_pattern(others)
        self._safe = safe
        self._left = max_chars
        self._max_ms = max_ms
        self._made_ms = 0
        self._between = True
        self._link = link_word(self._aliases.language)
        self._cues: list[Cue] = []
        self._raw: list[str] = []
        self._tight_end = -1
        self._opened = False
        self.said = 0
        self.visible = False
        """Something that will be said has come in."""
        self.ended: ScriptEnd = ""
        self.rule = ""

    @property
    def generated(self) -> str:
        """Everything that went in."""
        return "".join(self._raw)

    def feed(self, token: str) -> list[Said]:
        """Clauses that are ready by now."""
        if self.ended:
            return []
        self._raw.append(token)
        text = self._tags.feed(token)
        if text:
            self.visible = True
        spans = self._clauses.feed(text) if text else ()
        return self._judge(spans) if spans else []

    def finish(self, *, complete: bool = True) -> list[Said]:
        """The rest at the end. When the model stopped short, an unfinished sentence is left out."""
        if self.ended:
            return []
        spans = self._clauses.feed(self._tags.flush()) + self._clauses.flush()
        if not complete and spans and spans[-1].text[-1:].isalnum():
            spans = spans[:-1]
        return self._judge(spans)

    def take_cues(self) -> tuple[Cue, ...]:
        """Cues after the last word; offsets 0."""
        self._cues += self._tags.take_cues()
        cues, self._cues = self._cues, []
        return tuple(Cue(0, cue.expression, cue.intensity) for cue in cues)

    def _judge(self, spans: Sequence[Span]) -> list[Said]:
        out: list[Said] = []
        self._cues += self._tags.take_cues()
        for span in spans:
            text, lead = self._without_names(span.text)
            if self.ended:
                break
            if not text:
                continue
            joined = bool(self.said) and span.start == self._tight_end
            self._tight_end = span.end if span.end - span.start == len(span.text) else -1
            text, changes = self._aliases.apply(text)
            if self._denies(text, joined=joined):
                self.rule = "claims_human"
                if self._honest:
                    out.append(prepared(self._honest))
                    self.said += 1
                    self._honest = ""
                    self._asked = True  # beside the truth a claim without a subject is one, too
                text, joined = self._rest_of(text), False
                if not text:
                    self._cues_of(span, lead, 0, changes)
                    continue
            if self._too_long(text):
                self.ended = "length"
                break
            judged = self._guard.check(_LINK.sub(self._link, text), joined=joined)
            self.rule = judged.rule or self.rule
            if judged.ruling == "end":
                self.ended = "guard"
                if self._safe:
                    out.append(prepared(self._safe))
                break
            cues = self._cues_of(span, lead, len(judged.text), changes)
            if judged.ruling == "speak":
                out.append(Said(judged.text, cues, joined))
                self.said += 1
                self._left -= len(judged.text)
                self._made_ms += captions.estimate_ms(judged.text)
                self._between = _ENDED.search(judged.text) is not None
                if self._left <= 0:
                    self.ended = "length"
                    break
        return out

    def _too_long(self, text: str) -> bool:
        """Whether the line should end before this clause. What is said first is always said."""
        if not self._max_ms or not self.said:
            return False
        limit = self._max_ms if self._between else 1.5 * self._max_ms
        return self._made_ms + captions.estimate_ms(text) > limit

    def _denies(self, text: str, *, joined: bool) -> bool:
        """Whether the clause, together with what was said right before, claims that the persona is human."""
        both = self._carry + text if joined or not self._carry else f"{self._carry} {text}"
        denies = claims_human(both, asked=self._asked) or (self._asked and claims_human(text, asked=True))
        self._carry = "" if denies else both[-CARRY_CHARS:]
        return denies

    def _rest_of(self, text: str) -> str:
        """The sentences of a clause that claim nothing; "" when there are none, or only together they do."""
        kept = [each for each in _SENTENCES.split(text) if each.strip() and not claims_human(each, asked=self._asked)]
        rest = "".join(kept).strip()
        self._carry = ""
        return "" if rest == text.strip() or self._denies(rest, joined=False) else rest

    def _without_names(self, text: str) -> tuple[str, int]:
        """Models like to write `Mika: ...`; another persona's name there is where our line ends."""
        other = self._others.match(text) if self._others else None
        if other and self._opened:
            self.ended = "other_voice"
            return "", 0
        if self._opened or self._own is None:
            return text, 0
        self._opened = True
        match = self._own.match(text) or other
        return (text[match.end() :], match.end()) if match else (text, 0)

    def _cues_of(self, span: Span, lead: int, length: int, changes: Sequence[Change]) -> tuple[Cue, ...]:
        mine = [cue for cue in self._cues if cue.at < span.end]
        self._cues = self._cues[len(mine) :]
        return tuple(
            Cue(min(length, moved(max(0, cue.at - span.start - lead), changes)), cue.expression, cue.intensity)
            for cue in mine
        )


def prepared(text: str) -> Said:
    """A prepared line, its tags read."""
    tags = TagParser()
    words = tags.feed(text) + tags.flush()
    lead = len(words) - len(words.lstrip())
    words = words.strip()
    cues = (Cue(min(len(words), max(0, cue.at - lead)), cue.expression, cue.intensity) for cue in tags.take_cues())
    return Said(words, tuple(cues))


def _name_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    known = [re.escape(name) for name in names if name]
    return re.compile(rf"\W{{0,3}}(?:{'|'.join(known)})\W{{0,2}}?\s?[:：]\s*", re.IGNORECASE) if known else None
