"""Makes a persona from an untrusted source fit the limits of a character file, so that it can be written. Pure."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec

from streamer.cast.card import ENGINES, Material, Mood, Persona, Scalar, Topic, Voice
from streamer.cast.cardtext import clean, cut, one_line, paragraphs
from streamer.cast.intents import INTENTS, PLACES, STAGE_TAGS

# The limits of `streamer.app.characters`; tests hold the two together.
GREETINGS_MAX = 20
NAME_MAX = 60
LINE_MAX = 600
SENTENCES_MAX = 4_000
LIST_MAX = 1_000
FACTS_MAX = 100
SAYS_MAX = 500
SAID_MAX = 120
MATERIAL_MAX = 350_000
"""Characters of all material together: its file may have 2 MB."""

_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,31}$")
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,8}$")
_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_TAG = re.compile(r"\[([^\]]*)\]")
_PLACE = re.compile(r"\{([^}]*)\}")
_TAG_SHAPE = re.compile(r"^([a-z]+)(?::(?:0(?:\.\d+)?|1(?:\.0+)?))?$")
# Names that Windows keeps for devices, whatever the extension.
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$")
_PLAIN = tuple(
    field.name for field in msgspec.structs.fields(Material) if field.name not in ("topics", "intents", "thanks")
)
_THANKS = ("paid", "sub", "gift", "raid", "follow")


def is_id(text: str) -> bool:
    """Whether a character's folder can have this name on every system."""
    return bool(_ID.match(text)) and not text.endswith("\n") and not _RESERVED.match(text)


def line(text: str, limit: int = LINE_MAX) -> str:
    """A line without stage tags and places nobody knows: their brackets become round ones."""

    def tag(match: re.Match[str]) -> str:
        shape = _TAG_SHAPE.match(match[1])
        known = shape is not None and not match[1].endswith("\n") and shape[1] in STAGE_TAGS
        return match[0] if known else f"({match[1].replace('[', '(')})"

    def place(match: re.Match[str]) -> str:
        return match[0] if match[1] in PLACES else f"({match[1].replace('{', '(')})"

    text = clean(text).strip()
    return _PLACE.sub(place, _TAG.sub(tag, text if len(text) <= limit else cut(text, limit)))


def word(text: str) -> str:
    """A name or a word: one line of at most 60 characters, no brackets."""
    return one_line(text.translate(_ROUND))[:NAME_MAX].strip()


_ROUND = str.maketrans("[]{}", "()()")


def lines(given: Iterable[str]) -> tuple[str, ...]:
    return _each(given, line)


def fit(persona: Persona) -> Persona:
    """The persona with every value inside its limits; what has no meaning there is left out. Idempotent."""
    return Persona(
        id=persona.id,
        name=word(persona.name) or "Unnamed",
        names=_each(persona.names[:FACTS_MAX], word),
        language=persona.language if _whole(_LANGUAGE, persona.language) else "en",
        sentences=_sentences(persona.sentences),
        colour=persona.colour if _whole(_COLOUR, persona.colour) else "#b9a7ff",
        talkativeness=_between(persona.talkativeness, 0, 1, 0.5),
        voice=Voice(
            pitch=_between(persona.voice.pitch, -12, 12, 0),
            rate=_between(persona.voice.rate, 0.5, 2, 1),
            ids={key: one_line(value)[:200] for key, value in _keyed(persona.voice.ids)},
            engine=persona.voice.engine if persona.voice.engine in ENGINES else "",
            volume=_between(persona.voice.volume, 0.1, 2, 1),
            emotions={key: _mood(value) for key, value in _keyed(persona.voice.emotions)},
            says=_says(persona.voice.says),
        ),
        look={key: _scalar(value) for key, value in _keyed(persona.look)},
        catchphrases=lines(persona.catchphrases[:FACTS_MAX]),
        facts=lines(persona.facts[:FACTS_MAX]),
        material=_material(persona.material),
    )


def _mood(mood: Mood) -> Mood:
    return Mood(
        rate=_between(mood.rate, 0.5, 2, 1),
        pitch=_between(mood.pitch, -12, 12, 0),
        volume=_between(mood.volume, 0.1, 2, 1),
        style=one_line(mood.style)[:100],
        ids={key: one_line(value)[:200] for key, value in _keyed(mood.ids)},
    )


def _says(says: Mapping[str, str]) -> dict[str, str]:
    given = [(one_line(key).strip()[:NAME_MAX], one_line(value).strip()[:SAID_MAX]) for key, value in says.items()]
    return {key: value for key, value in given[:SAYS_MAX] if key}


def _sentences(text: str) -> str:
    text = clean(text).strip()
    return text if len(text) <= SENTENCES_MAX else cut(paragraphs(text), SENTENCES_MAX)


def _material(given: Material) -> Material:
    if _weight(msgspec.to_builtins(given)) > 2 * MATERIAL_MAX:
        return Material(greetings=lines(given.greetings[:GREETINGS_MAX]))
    topics = [_topic(topic) for topic in given.topics[:LIST_MAX] if _key(topic.id)]
    plain: dict[str, Any] = {name: lines(getattr(given, name)) for name in _PLAIN}
    fitted = Material(
        topics=tuple({topic.id: topic for topic in topics if topic.takes}.values()),
        intents={key: lines(given.intents[key]) for key in INTENTS if key in given.intents},
        thanks={key: lines(given.thanks[key]) for key in _THANKS if key in given.thanks},
        **plain,
    )
    small = _weight(msgspec.to_builtins(fitted)) <= MATERIAL_MAX
    return fitted if small else Material(greetings=fitted.greetings[:GREETINGS_MAX])


def _topic(topic: Topic) -> Topic:
    return Topic(
        id=topic.id, words=_each(topic.words, lambda text: one_line(text)[:NAME_MAX].strip()),
        takes=lines(topic.takes), asks=lines(topic.asks),
    )  # fmt: skip


def _weight(node: Any) -> int:
    """Characters of all texts in plain data, with twenty for what an entry costs in its file."""
    match node:
        case str():
            return len(node) + 20
        case dict():
            data = cast("dict[str, Any]", node)
            return sum(len(key) + 20 + _weight(value) for key, value in data.items())
        case list() | tuple():
            return sum(map(_weight, cast("Sequence[Any]", node)))
        case _:
            return 0


def _each(given: Iterable[str], fitted: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(text for each in tuple(given)[:LIST_MAX] if (text := fitted(each)))


def _whole(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.fullmatch(text))


def _key(text: str) -> bool:
    return 0 < len(text) <= NAME_MAX and text == one_line(text)


_Value = TypeVar("_Value")


def _keyed(given: Mapping[str, _Value]) -> list[tuple[str, _Value]]:
    return [(key, value) for key, value in list(given.items())[:100] if _key(key)]


def _scalar(value: Scalar) -> Scalar:
    match value:
        case bool():
            return value
        case str():
            return one_line(value)[:200]
        case _:
            return value if math.isfinite(value) and abs(value) <= 1e9 else 0.0


def _between(value: float, low: float, high: float, otherwise: float) -> float:
    return min(max(value, low), high) if math.isfinite(value) else otherwise
