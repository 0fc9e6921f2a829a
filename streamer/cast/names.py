"""Names of viewers as they can be spoken: what the voice says, and therefore what is written.

A voice reads the letters of its own language and Latin ones. A name in a script that the persona's language does not
know is not transliterated: whoever has such a name is spoken to with a friendly general word, as is whoever has a name
without anything one could say.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from streamer.cast.words import STOP, word_set

NAMELESS = "a viewer"
"""Stands in the place of a name that may not be shown; nobody is spoken to like that."""
LENGTH_MAX = 20
SYLLABLES_MAX = 4
"""Signs of Japanese, Chinese or Korean that, without what stands between them, may be any word (`で_す`)."""

_FRIEND = {
    "de": "Freund", "en": "friend", "es": "amigo", "fr": "ami", "it": "amico", "ja": "リスナー", "ko": "친구",
    "nl": "vriend", "pl": "przyjacielu", "pt": "amigo", "ru": "друг", "uk": "друже", "zh": "朋友",
}  # fmt: skip
_LINK = {"ja": "リンク", "ko": "링크", "ru": "ссылка", "uk": "посилання", "zh": "链接"}
_LATIN = "a-zA-Z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_CYRILLIC = "\u0400-\u04ff"
_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc"
_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff"
_OWN = {
    "ja": _KANA + _HAN, "zh": _HAN, "ko": "\uac00-\ud7a3", "ru": _CYRILLIC, "uk": _CYRILLIC, "bg": _CYRILLIC,
    "sr": _CYRILLIC, "el": "\u0370-\u03ff", "ar": "\u0620-\u064a", "fa": "\u0620-\u06d3", "he": "\u05d0-\u05ea",
    "hi": "\u0900-\u097f", "th": "\u0e01-\u0e4e",
}  # fmt: skip
_WIDE = re.compile(f"[{_KANA}{_HAN}\uac00-\ud7a3\u0e01-\u0e4e]")
_FRAMES = re.compile(r"(?i)^xx+(?=[^\W_x])|(?<=[^\W_x])xx+$|_xx+$|^xx*_|_?(?:ttv|tv|yt|live|official|twitch)$")
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"}
_INSIDE = re.compile(r"(?<=[A-Za-z])[013457](?=[A-Za-z])")
_VOWEL = re.compile("[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœāēīōūăęąůű]", re.IGNORECASE)
_DOTLESS = {ord("İ"): "i", ord("ı"): "i"}
_ORDINARY = STOP | word_set("m re ve if ai bot robot human person people real name friend")
"""A name of such words alone (`I'm`, `an AI`) is in every line: replaced there, it would put words into mouths."""
_PRONOUNS = word_set("i me you he she it they we us him her them あなた 君 私 僕 俺")
"""`You` is whoever talks at the panel: `Hello, You!` is no way to speak to somebody."""
_NO_NAME = word_set("the mr mrs miss its iam not real just that this your mein der die das les los")


def base(language: str) -> str:
    """`ja` of `ja-JP`."""
    return language.split("-", 1)[0].lower()


def speakable(name: str, language: str = "en") -> str:
    """A viewer's name as one can say it in that language: a run of letters without numbers and decoration.

    Digits between letters are read as the letters they stand for (`D4rkL0rd`). Empty if nothing is left that a voice of
    the language could say. A name in the language's own script comes before a Latin one beside it.
    """
    folded = unicodedata.normalize("NFKC", name[: 4 * LENGTH_MAX])
    folded = _INSIDE.sub(lambda match: _LEET[match[0]], _FRAMES.sub("", folded))
    own = _OWN.get(base(language), "")
    if own:
        runs = re.findall(f"[{own}]{{1,{LENGTH_MAX}}}", folded)
        if found := max(runs, key=len, default=""):
            return found
    return _latin(re.findall(f"[{_LATIN}]+", folded))


def _latin(runs: Sequence[str]) -> str:
    """The first run that sounds like a name, else initials, else nothing."""
    whole = [run[:LENGTH_MAX] for run in runs if len(run) >= 2]
    said = [run for run in whole if _VOWEL.search(run)]
    if not said:
        return next((run.upper() for run in whole if len(run) <= 3), "")
    best = next((run for run in said if len(run) > 2 and run.casefold() not in _NO_NAME), max(said, key=len))
    if best.isupper() and len(best) > 3:
        return best.capitalize()
    return best[0].upper() + best[1:]


def friend(language: str) -> str:
    """What somebody is called whose name cannot be said."""
    return _FRIEND.get(base(language), _FRIEND["en"])


def link_word(language: str) -> str:
    """What stands in the place of a web address."""
    return _LINK.get(base(language), "link")


@lru_cache(maxsize=512)
def spoken_name(name: str, language: str = "en") -> str:
    """How somebody is called aloud: the name as it can be said, else a friendly word; empty for no name at all."""
    if not name.strip():
        return ""
    said = speakable(name, language)
    return friend(language) if name == NAMELESS or not said or said.casefold() in _PRONOUNS else said


Change = tuple[int, int, int]
"""(start, end) of what was replaced, and the length of what stands there instead."""


class Aliases:
    """Puts spoken names in the place of written ones, wherever a text holds them."""

    def __init__(self, names: Iterable[str], language: str) -> None:
        """`names` as they are shown; those that are spoken as they are written need no replacing."""
        self._language = language
        found = [(name, alias) for name in dict.fromkeys(names) if (alias := _alias(name, language))]
        found.sort(key=lambda pair: -len(pair[0]))
        self._found = [(max(_runs(name), key=len), name, alias) for name, alias in found]

    @property
    def language(self) -> str:
        return self._language

    def of(self, name: str) -> str:
        """How somebody of this name is called aloud; empty for no name."""
        return spoken_name(name, self._language)

    def apply(self, text: str) -> tuple[str, list[Change]]:
        """The text with aliases, and what was replaced."""
        folded = _alike(text) if self._found else ""
        held = [(name, alias) for run, name, alias in self._found if run in folded and _within(name, folded)]
        if not held:
            return text, []
        changes: list[Change] = []
        parts: list[str] = []
        at = 0
        # Compiled for the few names that may be in this text: a pattern of all of them costs an answer milliseconds.
        pattern = re.compile("|".join(f"({_pattern(name)})" for name, _ in held), re.IGNORECASE)
        for match in pattern.finditer(text):
            alias = held[(match.lastindex or 1) - 1][1]
            parts += (text[at : match.start()], alias)
            changes.append((match.start(), match.end(), len(alias)))
            at = match.end()
        return "".join((*parts, text[at:])), changes


def moved(at: int, changes: Sequence[Change]) -> int:
    """Where a place of the old text is in the new one."""
    shift = 0
    for start, end, length in changes:
        if at < end:
            return start + shift if at > start else at + shift
        shift += length - (end - start)
    return at + shift


def _worth(name: str, alias: str) -> bool:
    """Whether a name must and can be found in a text. A short number is not: it would take every such number away; nor
    are the words that everybody uses."""
    folded = unicodedata.normalize("NFKC", name).strip()
    if name == NAMELESS or folded.casefold() == alias.casefold():
        return False
    runs = re.findall(r"[^\W_]+", folded.casefold())
    if runs and (all(run in _ORDINARY for run in runs) or "".join(runs) in _ORDINARY):
        return False
    letters = sum(char.isalpha() for char in folded)
    return (letters > 0 and len(folded) > 1) or len(folded) > 4


@lru_cache(maxsize=512)
def _alias(name: str, language: str) -> str:
    """What is said instead of a name; empty when nothing is to be replaced."""
    alias = spoken_name(name, language)
    return alias if name.strip() and _worth(name, alias) else ""


@lru_cache(maxsize=512)
def _runs(name: str) -> tuple[str, ...]:
    """What a text must hold, each folded by `_alike`, for `_pattern(name)` to match anywhere in it."""
    return tuple(map(_alike, re.findall(r"[^\W_]+", name) or [name]))


def _within(name: str, folded: str) -> bool:
    return all(run in folded for run in _runs(name))


def _alike(text: str) -> str:
    """The same for all texts that `re.IGNORECASE` takes for one another, which takes the Turkish i's for i."""
    return text.lower() if text.isascii() else text.translate(_DOTLESS).casefold()


@lru_cache(maxsize=512)
def _pattern(name: str) -> str:
    """The name, also as the tag parser leaves it: with its signs gone or turned into spaces."""
    runs = re.findall(r"[^\W_]+", name) or [name]
    few = all(map(_WIDE.match, runs)) and len("".join(runs)) <= SYLLABLES_MAX
    body = (r"[\W_]{1,3}" if few else r"[\W_]{0,3}").join(map(re.escape, runs))
    before = "" if _WIDE.match(name[0]) else r"(?<![^\W_])"
    after = "" if _WIDE.match(name[-1]) else r"(?![^\W_])"
    lead = "@?[_]*" if runs[0] != name else "@?"
    return f"{before}{lead}{body}[_]*{after}"
