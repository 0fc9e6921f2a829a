"""What a voice is asked to say for what is written: pronunciations, emoji, emotes. Captions show what is written.

A clause arrives without its tags (they move the face and are kept beside the text), so nothing here can cross one.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from streamer.cast.names import base

Change = tuple[int, int, int]
"""(start, end) of what was replaced, and the length of what stands there instead."""

ENTRIES_MAX: Final = 1_000
LENGTH_MAX: Final = 200

_NO_SPACES: Final = re.compile("[\u0e01-\u0e4e\u3005\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]")
"""Scripts in which a word has no border one could see."""
_SHORTCODE: Final = re.compile(r"(?<!\w):([a-z][a-z0-9_+-]{1,40}):(?!\w)", re.IGNORECASE)
_EMOTES: Final = (
    "4Head BabyRage BibleThump CoolCat CoolStoryBob DansGame DinoDance EZ FailFish FeelsBadMan FeelsGoodMan "
    "FeelsStrongMan FrankerZ HeyGuys HypeTrain Jebaited KEKW Kappa KappaPride Keepo Kreygasm LUL LULW MingLee "
    "MrDestructoid NotLikeThis OMEGALUL OSFrog PeepoHappy PepeHands PepeLaugh PJSalt Pog PogChamp PogU Poggers "
    "ResidentSleeper Sadge SeemsGood StinkyCheese SwiftRage TheIlluminati TriHard TwitchUnity VoHiYo VoteNay "
    "VoteYea WutFace monkaS monkaW peepoClap"
)
"""Emotes of Twitch, 7TV, BTTV and FFZ that a model may write by itself: none of them is a word one could mistake."""
_KNOWN: Final = frozenset(_EMOTES.split())
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])|[_+-]+")
_TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_TONES: Final = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]+")


class Reading(msgspec.Struct, frozen=True):
    """`says`: word to what is spoken; the other two are settings of the house."""

    says: Mapping[str, str] = {}
    emotes: Literal["named", "skipped"] = "named"
    emoji: Literal["named", "skipped"] = "skipped"


class Spoken(msgspec.Struct, frozen=True):
    """Text for a voice, and how it came from the written one."""

    text: str
    changes: tuple[Change, ...] = ()

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where a word of the spoken text stands in the written one: the whole word it is said for."""
        return self._back(start, after=False), max(self._back(end, after=True), self._back(start, after=False))

    def _back(self, at: int, *, after: bool) -> int:
        shift = 0
        for start, end, length in self.changes:
            begin = start + shift
            if at < begin or (at == begin and (after or not length)):
                break
            if at < begin + length or (after and at == begin + length):
                return end if after else start
            shift += length - (end - start)
        return at - shift


class Speller:
    """Turns written clauses into spoken ones. Built once for a persona; a clause costs some 10 microseconds."""

    def __init__(self, reading: Reading, language: str = "en") -> None:
        self._reading = reading
        self._english = base(language) == "en"
        given = [(word.strip(), said) for word, said in list(reading.says.items())[:ENTRIES_MAX]]
        entries = [(word, said) for word, said in given if 0 < len(word) <= LENGTH_MAX]
        entries.sort(key=lambda entry: (-len(entry[0]), entry[0].islower(), entry[0]))
        self._exact = {word: said for word, said in entries if not _any_case(word)}
        self._folded = {word.casefold(): said for word, said in entries if _any_case(word)}
        self._pattern = re.compile("|".join(_pattern(word) for word, _ in entries)) if entries else None

    def spoken(self, text: str) -> Spoken:
        """Longest entries first, each place once; what was put in is not read again."""
        found: list[tuple[int, int, str]] = []
        if self._pattern is not None:
            found += [(match.start(), match.end(), self._said(match[0])) for match in self._pattern.finditer(text)]
        if not text.isascii():
            found += self._pictures(text)
        found += self._emotes(text)
        changes: list[Change] = []
        parts: list[str] = []
        at = 0
        for start, end, said in sorted(found, key=lambda each: each[0]):
            if start < at:
                continue
            parts += (text[at:start], said)
            changes.append((start, end, len(said)))
            at = end
        return Spoken("".join((*parts, text[at:])), tuple(changes)) if changes else Spoken(text)

    def _said(self, word: str) -> str:
        exact = self._exact.get(word)
        return exact if exact is not None else self._folded.get(word.casefold(), word)

    def _pictures(self, text: str) -> list[tuple[int, int, str]]:
        out: list[tuple[int, int, str]] = []
        at = 0
        while at < len(text):
            if not _is_picture(text[at]):
                at += 1
                continue
            start, name = at, unicodedata.name(text[at], "").lower()
            while at < len(text) and (_is_picture(text[at]) or _TONES.match(text[at])):
                at += 1
            named = self._reading.emoji == "named" and self._english and name
            out.append((start, at, _apart(text, start, at, name) if named else ""))
        return out

    def _emotes(self, text: str) -> list[tuple[int, int, str]]:
        named = self._reading.emotes == "named"
        out = [
            (match.start(), match.end(), _in_words(match[1]) if named else "") for match in _SHORTCODE.finditer(text)
        ]
        tokens = (match for match in _TOKEN.finditer(text) if match[0] in _KNOWN)
        return out + [(match.start(), match.end(), _in_words(match[0]) if named else "") for match in tokens]


def _any_case(word: str) -> bool:
    """An entry in small letters stands for the word however it is written; `US` is not `us`."""
    return word == word.lower()


def _pattern(word: str) -> str:
    body = re.escape(word)
    body = f"(?i:{body})" if _any_case(word) else body
    before = "" if _NO_SPACES.match(word[0]) or not _is_letter(word[0]) else r"(?<![^\W_])"
    after = "" if _NO_SPACES.match(word[-1]) or not _is_letter(word[-1]) else r"(?![^\W_])"
    return before + body + after


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_picture(char: str) -> bool:
    code = ord(char)
    return code in (0x200D, 0xFE0F, 0x20E3) or (code >= 0x2190 and unicodedata.category(char) == "So")


def _apart(text: str, start: int, end: int, name: str) -> str:
    """A name needs spaces where the sign it stands for had none."""
    before = " " if start and not text[start - 1].isspace() else ""
    after = " " if end < len(text) and text[end].isalnum() else ""
    return before + name + after


def _in_words(code: str) -> str:
    """`face-red-heart` and `PogChamp` as one would say them."""
    return " ".join(part for part in _CAMEL.split(code) if part)


_SPELLERS: "deque[tuple[Reading, str, Speller]]" = deque(maxlen=16)
"""Those that were lately used. A reading holds a dictionary and cannot be a key."""


def speller(reading: Reading, language: str) -> Speller:
    """The one for a reading, built at its first use."""
    for known, tongue, found in _SPELLERS:
        if known is reading and tongue == language:
            return found
    _SPELLERS.append((reading, language, Speller(reading, language)))
    return _SPELLERS[-1][2]
