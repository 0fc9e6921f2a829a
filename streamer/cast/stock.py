"""A name and three sentences are a whole persona: what it has not written itself it takes from a stock of lines.

The persona's own material always wins, list by list. The stock is coloured by its description: subjects are picked out
of its sentences, facts and catchphrases and become topics with takes and questions of their own.
"""

import re
from collections.abc import Mapping, Sequence
from types import ModuleType

import msgspec

from streamer.cast import stock_en, stock_ja
from streamer.cast.card import Material, Persona, Topic
from streamer.cast.names import base
from streamer.cast.subjects import facts_of, subjects_of

_STOCKS: Mapping[str, ModuleType] = {"en": stock_en, "ja": stock_ja}
TAKES_EACH = 5
_LISTS = tuple(
    field.name for field in msgspec.structs.fields(Material) if field.name not in ("topics", "intents", "thanks")
)
_COLOURED = re.compile(r"\{(self|mine2?|fact)\}")


def _stock(language: str) -> ModuleType:
    return _STOCKS.get(base(language), stock_en)


def safe_lines(language: str) -> tuple[str, ...]:
    """Said instead of what may not be said."""
    return tuple(_stock(language).SAFE)


def late_lines(language: str) -> tuple[str, ...]:
    """Said while a model thinks."""
    return tuple(_stock(language).MATERIAL.late)


def stocked(persona: Persona) -> Persona:
    """The persona with a line for every occasion. In English where its language has no stock."""
    stock = _stock(persona.language)
    shelf = _Shelf(persona)
    given, spare = persona.material, stock.MATERIAL
    lists = {name: getattr(given, name) or shelf.lines(getattr(spare, name)) for name in _LISTS}
    material = Material(
        topics=given.topics or (*shelf.own_topics(stock.TAKES, stock.ASKS), *stock.EVERYDAY),
        intents=_filled(given.intents, spare.intents, shelf),
        thanks=_filled(given.thanks, spare.thanks, shelf),
        **lists,
    )
    return msgspec.structs.replace(persona, material=material)


class _Shelf:
    """The stock's lines, with the persona's own name and subjects in them."""

    def __init__(self, persona: Persona) -> None:
        self._name = persona.name
        self._subjects = subjects_of(persona)
        self._facts = facts_of(persona)
        self._count = 0

    def lines(self, spare: Sequence[str]) -> tuple[str, ...]:
        """Each line once for each of up to three things it can speak of; those without anything are left out."""
        return tuple(dict.fromkeys(line for each in spare for line in self._coloured(each)))

    def _coloured(self, line: str) -> list[str]:
        places = set(_COLOURED.findall(line))
        if "fact" in places:
            return [self._put(line, fact=fact) for fact in self._facts[:3]]
        if "mine" in places or "mine2" in places:
            mine = self._subjects
            if not mine or ("mine2" in places and len(mine) < 2):
                return []
            self._count += 1
            turns = [(self._count + step) % len(mine) for step in range(min(2, len(mine)))]
            return [self._put(line, mine=mine[at], mine2=mine[(at + 1) % len(mine)]) for at in turns]
        return [self._put(line)]

    def _put(self, line: str, **places: str) -> str:
        return _COLOURED.sub(lambda match: {"self": self._name, **places}.get(match[1], match[0]), line)

    def own_topics(self, takes: Sequence[str], asks: Sequence[str]) -> tuple[Topic, ...]:
        """One topic for each subject; no two of them share a take while there are enough."""
        mine = self._subjects
        out: list[Topic] = []
        for at, subject in enumerate(mine):
            other = mine[(at + 1) % len(mine)]

            def put(
                lines: Sequence[str], most: int, at: int = at, subject: str = subject, other: str = other
            ) -> tuple[str, ...]:
                chosen = [lines[(at * most + step) % len(lines)] for step in range(min(most, len(lines)))]
                usable = [line for line in chosen if "{mine2}" not in line or other != subject]
                return tuple(_raised(self._put(line, mine=subject, mine2=other)) for line in usable)

            out.append(Topic(id=subject, words=_words(subject), takes=put(takes, TAKES_EACH), asks=put(asks, 2)))
        return tuple(out)


def _words(subject: str) -> tuple[str, ...]:
    """The words that bring a subject up: itself, and its last word (`old radios`: `radios`)."""
    parts = subject.split()
    return (parts[-1],) if len(parts) > 1 else ()


_START = re.compile(r"(^|[.!?]\s+)((?:\[[a-z]+(?::[\d.]+)?\]\s*)*)([a-z])")


def _raised(line: str) -> str:
    """A subject that begins a sentence begins with a capital letter."""
    return _START.sub(lambda match: f"{match[1]}{match[2]}{match[3].upper()}", line)


def _filled(
    given: Mapping[str, tuple[str, ...]], spare: Mapping[str, tuple[str, ...]], shelf: _Shelf
) -> dict[str, tuple[str, ...]]:
    return {
        **{key: tuple(map(_raised, shelf.lines(lines))) for key, lines in spare.items()},
        **{k: v for k, v in given.items() if v},
    }
