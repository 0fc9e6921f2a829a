"""Text cut into the characters a reader sees, measured, and the places where a row may end.

The same rules, character for character, as `overlays/lib/text.js` and `overlays/lib/breaks.js`. Ranges are written out
because no two versions of ICU and Python agree on their tables. Where phrases of Japanese, Chinese and Thai meet is
told by the models of BudouX (`overlays/lib/vendor/budoux`), which both sides read.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import msgspec

from streamer.shipped import shipped

WIDE_UNITS: Final = 2.4

_WIDE = re.compile(
    "[\u1100-\u115f\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b05-\u2b55\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f"
    "\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\ufe0f\U0001f000-\U0001faff"
    "\U00020000-\U0003ffff]"
)
_EXTENDS = re.compile("[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_PICTURES = re.compile("[\xa9\xae\u203c\u2049\u2122-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_LEADING = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb]")
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\uac00-\ud7fb]")
_SYLLABLE = re.compile("[\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3]")
_VIRAMA = re.compile("[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d]\u200d?\\Z")
_PRINTED_ASCII = re.compile("[ -~]*")

_SPACE = re.compile("[\t-\r \u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]")
SPACES: Final = (
    "\t\n\v\f\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What `trim` of JavaScript takes away."""
_UNSPACED = re.compile(
    "[\u0e00-\u0e7f\u2e80-\u303e\u3041-\u312f\u31f0-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff9f"
    "\U00020000-\U0003ffff]"
)
_PICTURE = re.compile("[\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]")
_NO_START = re.compile(
    "[、。，．・：；？！」』）】〕〉》｝］〗’”…‥ー～〜゛゜ヽヾゝゞ々ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿ"
    "ｧ-ｯｰﾞﾟ･､｡｣,.!?:;)\\]}%％°℃‰ๆฯ]"
)
_NO_END = re.compile("[「『（【〔〈《｛［〖｢‘“(\\[{]")
_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
_THAI = re.compile("[\u0e00-\u0e7f]")
_HAN = re.compile("[\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

_Group = Mapping[str, int]


class Piece(msgspec.Struct, frozen=True):
    """What no row breaks; code points of its text, half-open."""

    text: str
    start: int
    end: int


def characters(text: str) -> list[str]:
    """The characters a reader sees: marks, flags, joined pictures and syllables stay whole (UAX 29, simplified)."""
    if _PRINTED_ASCII.fullmatch(text):
        return list(text)
    out: list[str] = []
    flags = 0
    for code in text:
        if out and _joins(out[-1], code, flags):
            out[-1] += code
        else:
            out.append(code)
        flags = flags + 1 if _FLAG.match(code) else 0
    return out


def _joins(before: str, code: str, flags: int) -> bool:
    if _EXTENDS.match(code) or unicodedata.category(code)[0] == "M":
        return before[0] not in "\r\n"
    if code == "\n":
        return before == "\r"
    if _FLAG.match(code):
        return flags % 2 == 1
    if _JAMO.match(code):
        return _HANGUL.match(before[-1]) is not None
    if _SYLLABLE.match(code):
        return _LEADING.match(before[-1]) is not None
    if before[-1] == "\u200d" and _PICTURES.match(code):
        return _PICTURES.match(before) is not None
    return unicodedata.category(code)[0] == "L" and _VIRAMA.search(before) is not None


def measured(text: str) -> tuple[int, int]:
    """How many characters are narrow, how many wide."""
    if _PRINTED_ASCII.fullmatch(text):
        return len(text), 0
    list_ = characters(text)
    wide = sum(1 for char in list_ if _WIDE.search(char))
    return len(list_) - wide, wide


def units(narrow: int, wide: int) -> float:
    return narrow + wide * WIDE_UNITS


def width(text: str) -> float:
    """Width in units of an average Latin letter; a full-width character counts 2.4."""
    return units(*measured(text))


def pieces(text: str, longest: float = 40) -> list[Piece]:
    """Pieces between which a row may end. One wider than `longest` is cut, between characters.

    Spaces end a piece; Chinese, Japanese and Thai break between phrases, never before closing or after opening
    punctuation.
    """
    may = _meets(text)
    joined: list[str] = []
    at, before = 0, ""
    for char in characters(text):
        if not joined or _breaks(before, char, meet=at in may) or _after_dash(joined[-1], char):
            joined.append(char)
        else:
            joined[-1] += char
        at += len(char)
        before = char
    out: list[Piece] = []
    at = 0
    for part in joined:
        for bit in _chop(part, longest):
            out.append(Piece(bit, at, at + len(bit)))
            at += len(bit)
    return out


def _after_dash(before: str, char: str) -> bool:
    if len(before) < 2 or before[-1] not in "—–":
        return False
    return unicodedata.category(char[0])[0] == "L" and unicodedata.category(before[-2])[0] in "LMN"


def _breaks(before: str, char: str, *, meet: bool) -> bool:
    """Whether a row may end between two characters; `meet` tells that phrases meet there."""
    if _SPACE.match(char):
        return False
    if _SPACE.match(before):
        return True
    if _NO_START.match(char) or _NO_END.match(before) or _PICTURE.search(char):
        return False
    if _PICTURE.search(before):
        return _UNSPACED.search(char) is not None
    return meet and (_UNSPACED.search(char) or _UNSPACED.search(before)) is not None


def _chop(part: str, longest: float) -> list[str]:
    if width(part) <= longest or width(part.rstrip(SPACES)) <= longest:
        return [part]
    out: list[str] = []
    row: list[str] = []
    for char in characters(part):
        if row and not _SPACE.match(char) and width("".join(row) + char) > longest:
            moved = [row.pop()] if _keeps(row, char) else []
            out.append("".join(row))
            row = moved
        row.append(char)
    return [*out, "".join(row)]


def _keeps(row: Sequence[str], following: str) -> bool:
    """The last character goes along when the next one must not begin a row, or it must not end one."""
    if len(row) < 2:
        return False
    last = row[-1]
    if _NO_END.match(last):
        return True
    return bool(_NO_START.match(following)) and not _NO_START.match(last) and not _NO_END.match(row[-2])


# --- phrases ----------------------------------------------------------------------------------------------------------


def _meets(text: str) -> frozenset[int]:
    """Where the words of a language written without spaces meet, in code points."""
    for signs, language in ((_KANA, "ja"), (_THAI, "th"), (_HAN, "zh")):
        if signs.search(text):
            return _met(text, *_model(language))
    return frozenset()


@cache
def _model(language: str) -> tuple[Mapping[str, _Group], int]:
    """The weights and their sum."""
    path = shipped() / "overlays" / "lib" / "vendor" / "budoux" / f"{language}.js"
    groups: dict[str, dict[str, int]] = json.loads(
        path.read_text(encoding="utf-8").removeprefix("export default ").rstrip().removesuffix(";")
    )
    return groups, sum(sum(group.values()) for group in groups.values())


def _met(text: str, model: Mapping[str, _Group], whole: int) -> frozenset[int]:
    size = len(text)
    windows = tuple((model[name], first, last) for name, first, last in _WINDOWS)
    found: set[int] = set()
    for i in range(1, size):
        score = 0
        for group, first, last in windows:
            if i + first >= 0 and i + last <= size:
                score += group.get(text[i + first : i + last], 0)
        if 2 * score > whole:
            found.add(i)
    return frozenset(found)


_WINDOWS: Final = (
    ("UW1", -3, -2), ("UW2", -2, -1), ("UW3", -1, 0), ("UW4", 0, 1), ("UW5", 1, 2), ("UW6", 2, 3),
    ("BW1", -2, 0), ("BW2", -1, 1), ("BW3", 0, 2),
    ("TW1", -3, 0), ("TW2", -2, 1), ("TW3", -1, 2), ("TW4", 0, 3),
)  # fmt: skip
"""Around a place between two characters, as BudouX's parser looks at it."""
