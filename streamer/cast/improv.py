"""What a persona says without a language model: its own material, chosen by what was said.

Pure and repeatable: the same persona, task, seed and history give the same line. A viewer's words are never quoted: at
most a subject of three plain words gets into a line, and nothing a viewer writes is an instruction.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from streamer.cast.addressed import is_question
from streamer.cast.card import Persona, Topic
from streamer.cast.intents import INTENTS, PERSONAL, PLACES, STAGE_TAGS, STRONG, intent_of
from streamer.cast.names import base, spoken_name
from streamer.cast.phrases import choice, topic_phrase
from streamer.cast.words import WORD, content_words, stem, word_set

__all__ = ["INTENTS", "PLACES", "STAGE_TAGS", "Improv", "farewell", "greet", "improvise", "late", "strip_tags"]

ImprovKind = Literal["answer", "paid", "host", "banter", "idle", "segment"]
_MEMORY_LINES = 240
_TAG = re.compile(r"\[[a-z]+(?::[\d.]+)?\]\s*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\"')]*\s+|(?<=[。！？])\s*")
_WIDE_GAP = re.compile("(?<=[。！？]) (?!\\[)")
_PLACE = re.compile(r"\{(\w+)\}")
_STARTS = re.compile(r"(?:^|\]\s*|[.!?]\s+)$")
_LETTERS = re.compile(r"[\W_]+")
_FOREIGN = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0400-\u04ff]")
_SCRIPT_OF = {
    "ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff]"), "zh": re.compile("[\u4e00-\u9fff]"),
    "ko": re.compile("[\uac00-\ud7af]"), "ru": re.compile("[\u0400-\u04ff]"), "uk": re.compile("[\u0400-\u04ff]"),
}  # fmt: skip
_LATIN_FOREIGN = word_set(
    "ich und nicht ist das der die auch mag ihr euch que los para muy eres está c'est vous avec pour suis"
)


class Improv(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said. Texts are as moderated; `partner_text` is what the partner was heard to say."""

    kind: ImprovKind = "answer"
    viewer_name: str = ""
    text: str = ""
    """What the viewer or host said, or the words of the segment."""
    partner_name: str = ""
    partner_text: str = ""
    topic: str = ""
    """A topic id, when the show has chosen one."""
    turn: int = 0
    last_turn: bool = False
    occasion: str = ""
    """For `paid`: `paid` (cheer, super chat), `sub`, `gift`, `raid` or `follow`; empty counts as `paid`."""


def improvise(persona: Persona, task: Improv, *, seed: int, said: Sequence[str] = ()) -> str:
    """One to four short sentences with stage tags. `said`: what was said on the show lately, oldest first."""
    talk = _Talk(persona, task, seed, said)
    line = talk.line()
    for _ in range(12):
        if _letters(line) not in talk.lines_said:
            break
        line = talk.line()
    return line


def late(persona: Persona, *, seed: int, said: Sequence[str] = ()) -> str:
    """Something prepared, for when no token has come in time."""
    return _Talk(persona, Improv(), seed, said).part(persona.material.late) or "One moment."


def greet(persona: Persona, *, seed: int, said: Sequence[str] = ()) -> str:
    """The first words of a show."""
    return _Talk(persona, Improv(), seed, said).part(persona.material.greetings) or f"Hello, I am {persona.name}."


def farewell(persona: Persona, *, seed: int, said: Sequence[str] = ()) -> str:
    """The last words of a show."""
    return _Talk(persona, Improv(), seed, said).part(persona.material.farewells) or "Good night."


def strip_tags(line: str) -> str:
    """The line without its stage tags."""
    return _TAG.sub("", line).strip()


@lru_cache(maxsize=8_192)
def _letters(line: str) -> str:
    return _LETTERS.sub("", strip_tags(line)).casefold()


@lru_cache(maxsize=8_192)
def _sentences(line: str) -> tuple[str, ...]:
    """The sentences of a line as they are compared: letters only; very short ones are not worth comparing."""
    return tuple(
        each
        for part in _SENTENCE.split(strip_tags(line))
        if len(each := _LETTERS.sub("", part).casefold()) >= (10 if each.isascii() else 6)
    )


@lru_cache(maxsize=4_096)
def _stems(line: str) -> frozenset[str]:
    return frozenset(stem(word) for word in content_words(strip_tags(line).casefold()))


class _Index(msgspec.Struct):
    """A persona's topics by the stems of their words."""

    persona: Persona
    stems: dict[str, str]
    phrases: tuple[tuple[str, str], ...]
    topics: dict[str, Topic]
    names: frozenset[str]


_INDEXES: dict[int, _Index] = {}


def _index(persona: Persona) -> _Index:
    """Kept by identity (personas are large values, comparing them costs more than building this)."""
    found = _INDEXES.get(id(persona))
    if found is not None and found.persona is persona:
        return found
    stems: dict[str, str] = {}
    phrases: list[tuple[str, str]] = []
    for topic in persona.material.topics:
        for word in (topic.id.replace("_", " "), *topic.words):
            folded = word.casefold()
            if " " in folded or not folded.isascii():
                phrases.append((folded, topic.id))
            else:
                stems.setdefault(stem(folded), topic.id)
    names = frozenset(name.casefold() for name in (persona.id, persona.name, *persona.names))
    index = _Index(persona, stems, tuple(phrases), {topic.id: topic for topic in persona.material.topics}, names)
    if len(_INDEXES) >= 32:
        _INDEXES.clear()
    _INDEXES[id(persona)] = index
    return index


class _Talk:
    """The making of one line."""

    def __init__(self, persona: Persona, task: Improv, seed: int, said: Sequence[str]) -> None:
        self.persona, self.material, self.task = persona, persona.material, task
        self.index = _index(persona)
        recent = said[-_MEMORY_LINES:]
        self.lines_said = {_letters(line) for line in recent}
        self.heard_at = {sentence: place for place, line in enumerate(recent) for sentence in _sentences(line)}
        self.recent = len(recent)
        self.folded = unicodedata.normalize("NFKC", task.text[:600]).casefold()
        words = (
            persona.id,
            task.kind,
            task.text,
            task.viewer_name,
            task.partner_text,
            task.topic,
            str(task.turn),
            str(seed),
        )
        self.state = zlib.crc32("\x1f".join(words).encode("utf-8", "surrogatepass")) ^ (seed & 0xFFFFFFFF)
        self.places = {
            "name": spoken_name(task.viewer_name, persona.language),
            "partner": task.partner_name,
            "topic": "",
            "one": "",
            "other": "",
        }

    # -- chance

    def draw(self, count: int) -> int:
        """The next number below `count` (SplitMix64)."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return (mixed ^ (mixed >> 31)) % count if count else 0

    def chance(self, percent: int) -> bool:
        return self.draw(100) < percent

    # -- choosing

    def last_said(self, line: str) -> int:
        """When the line's own sentences were last heard: a place in the history, -1 for never."""
        return max((self.heard_at.get(sentence, -1) for sentence in _sentences(self.fill(line))), default=-1)

    def part(self, lines: Iterable[str]) -> str:
        """The line that was not said for the longest time, filled in; empty when none can be filled."""
        usable = [line for line in lines if all(self.places.get(place) for place in _PLACE.findall(line))]
        if not usable:
            return ""
        ages = [self.last_said(line) for line in usable]
        oldest = min(ages)
        fresh = [line for line, age in zip(usable, ages, strict=True) if age == oldest]
        return self.fill(fresh[self.draw(len(fresh))])

    def fill(self, line: str) -> str:
        if "{" not in line:
            return line

        def put(match: re.Match[str]) -> str:
            value = self.places.get(match[1], "")
            return value[:1].upper() + value[1:] if _STARTS.search(line[: match.start()]) else value

        return _PLACE.sub(put, line)

    def topic_in(self, text: str) -> Topic | None:
        """The persona's topic that the text brings up most: its own name counts double; of equals, the closest take."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        weights: dict[str, int] = {}
        places: dict[str, int] = {}
        hits = [(folded.find(phrase), phrase, topic) for phrase, topic in self.index.phrases if phrase in folded]
        found = [(at, topic, 3) for at, phrase, topic in hits if _bounded(folded, at, phrase)]
        for match in WORD.finditer(folded):
            word = stem(match[0])
            if (topic := self.index.stems.get(word)) is not None:
                found.append((match.start(), topic, 2 if word == stem(topic) else 1))
        for at, topic, weight in found:
            weights[topic] = weights.get(topic, 0) + weight
            places[topic] = min(places.get(topic, at), at)
        if not weights:
            return None
        most = max(weights.values())
        best = [self.index.topics[topic] for topic in weights if weights[topic] == most]
        if len(best) == 1:
            return best[0]
        asked = {stem(word) for word in content_words(folded)}
        nearest = {topic.id: max((len(asked & _stems(take)) for take in topic.takes), default=0) for topic in best}
        return min(best, key=lambda topic: (-nearest[topic.id], places[topic.id]))

    def stale_topic(self, *, asks: bool = False) -> Topic | None:
        """The topic least spoken of lately, by chance among equals."""
        topics = [topic for topic in self.material.topics if topic.asks or not asks]
        if not topics:
            return None
        ages = [max((self.last_said(take) for take in (*topic.takes, *topic.asks)), default=-1) for topic in topics]
        order = sorted(range(len(topics)), key=lambda place: (ages[place], (place * 7919 + self.state) % 1009))
        return topics[order[self.draw(min(5, len(order)))]]

    # -- lines

    def line(self) -> str:
        match self.task.kind:
            case "answer" | "host":
                return self.answer()
            case "paid":
                return self.paid()
            case "banter":
                return self.banter()
            case "idle":
                return self.idle()
            case "segment":
                return self.segment()

    def answer(self) -> str:
        core, own_words = self.core()
        host = self.task.kind == "host"
        opener = ""
        if host and self.chance(50):
            opener = self.part(self.material.host)
        elif not host and not own_words and self.chance(60):
            opener = self.part(self.material.openers)
        short = len(_SENTENCE.split(core)) < 3
        closer = self.part(self.material.closers) if short and not own_words and self.chance(25) else ""
        return _joined(opener, core, closer)

    def core(self) -> tuple[str, bool]:
        """The middle of an answer; true when it needs no opener (it greets, or refuses, by itself)."""
        folded, intents = self.folded, self.material.intents
        intent = intent_of(folded)
        topic = self.topic_in(self.task.text) if intent not in STRONG else None
        if intent in STRONG or (intent in PERSONAL and intents.get(intent)):
            return self.part(intents.get(intent, ())) or self.baffled(), True
        if topic is not None:
            return self.take(topic), False
        pair = choice(folded, self.index.names)
        if pair is not None:
            flip = self.draw(2)
            self.places["one"], self.places["other"] = pair[flip], pair[1 - flip]
            if line := self.part(self.material.choices):
                return line, False
        if intent and (line := self.part(intents.get(intent, ()))):
            return line, True
        if (
            self.task.partner_name
            and self.task.partner_name.casefold() in folded
            and (line := self.part(intents.get("partner", ())))
        ):
            return line, False
        if self.foreign() and (line := self.part(intents.get("foreign", ()))):
            return line, False
        self.places["topic"] = topic_phrase(folded, self.index.names | {self.task.partner_name.casefold()})
        if self.places["topic"] and (line := self.part(self.material.about)):
            return line, False
        return self.baffled(), False

    def baffled(self) -> str:
        return self.part(self.material.baffled) or self.part(self.material.idle) or "[think] Good question."

    def foreign(self) -> bool:
        """Whether the text is in a language the persona does not speak, as far as its letters and small words tell."""
        own = _SCRIPT_OF.get(base(self.persona.language))
        if own is not None:
            return own.search(self.folded) is None and len(WORD.findall(self.folded)) >= 3
        if _FOREIGN.search(self.folded):
            return True
        return len(_LATIN_FOREIGN.intersection(self.folded.split())) >= 2

    def take(self, topic: Topic) -> str:
        """A take on the topic; when all were heard lately, the oldest one, owned up to."""
        take = self.part(self.closest(topic)) or self.part(topic.takes)
        heard = max((self.last_said(each) for each in topic.takes), default=-1)
        repeated = self.last_said(take) >= 0
        if repeated or (heard >= 0 and self.recent - heard <= 12 and self.chance(50)):
            return _joined(self.part(self.material.again), take)
        return take

    def closest(self, topic: Topic) -> list[str]:
        """The takes not heard lately that speak of the very thing asked about, not only of the topic."""
        asked = {stem(word) for word in content_words(self.folded)} - {stem(topic.id)}
        if not asked:
            return []
        fresh = [take for take in topic.takes if self.last_said(take) < 0]
        return [take for take in fresh if not asked.isdisjoint(_stems(take))]

    def paid(self) -> str:
        thanks = self.material.thanks
        line = self.part(thanks.get(self.task.occasion or "paid", ())) or self.part(thanks.get("paid", ()))
        if not line:
            line = "Thank you!"
        strong = intent_of(self.folded) in STRONG
        if strong or self.topic_in(self.task.text) is not None or is_question(self.task.text):
            core, own_words = self.core()
            if strong or not own_words:
                return _joined(line, core)
        return line

    def banter(self) -> str:
        if self.task.turn <= 1:
            topic = self.index.topics.get(self.task.topic) or self.stale_topic(asks=True)
            if topic is None:
                return self.idle()
            return _joined(self.part(self.material.bits), self.part(topic.asks or topic.takes))
        topic = self.index.topics.get(self.task.topic) or self.topic_in(self.task.partner_text)
        if self.task.last_turn and (topic is None or self.chance(60)):
            return _joined(
                self.part(self.material.replies) if self.chance(40) else "", self.part(self.material.last_words)
            )
        reply = self.part(self.material.replies)
        if topic is None:
            return _joined(reply, self.part(self.material.last_words))
        return _joined(reply, self.part(topic.takes))

    def idle(self) -> str:
        line = self.part(self.material.idle) if self.chance(55) else ""
        if line and self.last_said(line) < 0:
            return line
        topic = self.stale_topic()
        if topic is None:
            return line or self.baffled()
        return _joined(self.part(self.material.musings), self.part(topic.takes))

    def segment(self) -> str:
        topic = self.index.topics.get(self.task.topic) or self.topic_in(f"{self.task.topic} {self.task.text}")
        self.places["topic"] = (
            topic.id.replace("_", " ")
            if topic
            else topic_phrase(f"{self.task.topic} {self.task.text}".casefold().strip())
        )
        opener = self.part(self.material.segments)
        return _joined(opener, self.part(topic.takes) if topic else self.part(self.material.about) or self.baffled())


def _bounded(text: str, at: int, phrase: str) -> bool:
    if not phrase.isascii():
        return True
    end = at + len(phrase)
    tail = text[end : end + 1]
    return not (at and text[at - 1].isalnum()) and (not tail.isalnum() or tail == "s")


def _joined(*parts: str) -> str:
    """Parts as one line. An opening without a tag takes the tag of what follows: the face is there at once."""
    kept = [part.strip() for part in parts if part.strip()]
    if len(kept) > 1 and not _TAG.match(kept[0]) and (tag := _TAG.match(kept[1])):
        kept[0], kept[1] = f"{tag[0].strip()} {kept[0]}", kept[1][tag.end() :]
    return _WIDE_GAP.sub("", " ".join(kept))
