"""Text as closed captions of a television (CEA-608): its letters, its rows, its limits.

OBS puts a caption into one SEI message of the video while it has no more than 50 characters in rows of 32; a longer one
is cut in the middle of a control code, which some players do not survive (obs-studio issue 5191).
"""

import math
import unicodedata
from collections.abc import Sequence
from typing import Final

ROW: Final = 32
ROWS: Final = 2
LONGEST: Final = 50
LOST_MAX: Final = 0.25
"""Of the letters of a text: when more cannot be shown, nothing of it is."""

BASIC: Final = frozenset(map(chr, range(0x20, 0x7F))) - frozenset("*\\^_`{|}~") | frozenset("áéíóúç÷Ññ")
"""One byte each (ANSI/CTA-608-E, table 50)."""
SPECIAL: Final = frozenset("®°½¿™¢£♪àèâêîôû")
"""Two bytes each (table 49), behind which OBS puts a control code."""
EXTENDED: Final = frozenset(
    "ÁÉÓÚÜü‘¡*’—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø"
)  # fmt: skip
"""Two bytes behind a stand-in that they replace (tables 5 to 10)."""
_COST: Final = {**dict.fromkeys(BASIC, 1), **dict.fromkeys(SPECIAL, 5), **dict.fromkeys(EXTENDED, 4)}
_INSTEAD: Final = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "þ": "th", "Þ": "Th", "ð": "d",
    "ı": "i", "ẞ": "SS", "…": "...", "–": "-", "‑": "-", "‐": "-", "−": "-", "„": '"', "‟": '"', "‚": "'", "‛": "'",
    "‹": "'", "›": "'", "`": "'", "€": "EUR", "×": "x", "♫": "♪", "♬": "♪", "♩": "♪", "\t": " ",
}  # fmt: skip


def transliterated(text: str) -> str:
    """The text in letters of CEA-608; empty when its script has none. Pictures and what is too little are left out."""
    out: list[str] = []
    letters = lost = 0
    for char in unicodedata.normalize("NFC", text):
        shown = _shown(char)
        if unicodedata.category(char)[0] == "L":
            letters += 1
            lost += not shown
        out.append(shown)
    if letters and lost > letters * LOST_MAX:
        return ""
    return " ".join("".join(out).split())


def _shown(char: str) -> str:
    if char in _COST:
        return char
    if char in _INSTEAD:
        return _INSTEAD[char]
    if char.isspace():
        return " "
    plain = "".join(_INSTEAD.get(each, each) for each in unicodedata.normalize("NFKD", char))
    return "".join(each for each in plain if each in _COST)


def cost(text: str) -> int:
    """How many characters of a caption a text takes up, those of two bytes counted with what stands around them."""
    return sum(_COST.get(char, 1) for char in text)


def captions(text: str) -> list[str]:
    """A text that was transliterated, as captions of one or two rows, the longest about as long as the others."""
    words = [piece for word in text.split() for piece in _cut(word)]
    if not words:
        return []
    least = len(_filled(words, LONGEST))
    whole = cost(" ".join(words))
    for longest in range(math.ceil(whole / least), LONGEST + 1):
        found = _filled(words, longest)
        if len(found) <= least:
            return ["\n".join(rows) for rows in found]
    return ["\n".join(rows) for rows in _filled(words, LONGEST)]


def _cut(word: str) -> list[str]:
    """Pieces of a word that fit into a row."""
    out = [""]
    for char in word:
        if cost(out[-1] + char) > ROW:
            out.append("")
        out[-1] += char
    return out


def _filled(words: Sequence[str], longest: int) -> list[list[str]]:
    """Captions of at most `longest`, filled from the front."""
    out: list[list[str]] = []
    begun: list[str] = []
    for word in words:
        rows = _rows([*begun, word])
        if begun and (len(rows) > ROWS or cost("\n".join(rows)) > longest):
            out.append(_rows(begun))
            begun = []
        begun.append(word)
    return [*out, _rows(begun)]


def _rows(words: Sequence[str]) -> list[str]:
    rows = [words[0]]
    for word in words[1:]:
        if cost(f"{rows[-1]} {word}") <= ROW:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows
