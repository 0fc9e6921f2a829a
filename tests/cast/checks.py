"""Checks on what a scripted persona says; used by tests here and by the tests of whole shows."""

from collections.abc import Iterable, Iterator

from streamer.cast import Material, Persona, strip_tags
from streamer.cast.words import content_words, stem


def all_lines(material: Material) -> Iterator[str]:
    """Every line of a persona's material, as written."""
    for topic in material.topics:
        yield from topic.takes
        yield from topic.asks
    for group in (*material.intents.values(), *material.thanks.values()):
        yield from group
    for field in material.__struct_fields__:
        value = getattr(material, field)
        if field not in {"topics", "intents", "thanks"}:
            yield from value


def plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in strip_tags(text).casefold()).split())


def fragments(material: Material) -> tuple[str, ...]:
    """The parts of the persona's lines between places, long enough to be recognised."""
    found: set[str] = set()
    for line in all_lines(material):
        for part in strip_tags(line).replace("}", "{").split("{")[::2]:
            if len(plain(part)) >= 16:
                found.add(plain(part))
    return tuple(found)


def uses_topic_or_material(persona: Persona, question: str, line: str, known: tuple[str, ...] = ()) -> bool:
    """Whether an answer takes up the subject of the question, or comes from what the persona has to say."""
    said = plain(line)
    stems = {stem(word) for word in said.split()}
    if any(stem(word) in stems for word in content_words(question.casefold())):
        return True
    return any(part in said for part in (known or fragments(persona.material)))


def repeats(lines: Iterable[tuple[float, str]], within: float = 1_800.0) -> list[tuple[float, str]]:
    """Lines (with their times in seconds) that were said before, word for word, within so many seconds."""
    last: dict[str, float] = {}
    found: list[tuple[float, str]] = []
    for at, line in lines:
        words = plain(line)
        if words in last and at - last[words] < within:
            found.append((at, line))
        last[words] = at
    return found
