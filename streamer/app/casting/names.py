"""Folder names for characters out of names in any script: `ジュノ` is `juno`, `Зоя` is `zoya`, `하나` is `hana`.

Readings are plain ones for a folder, not for people: no system of romanisation is followed to the letter. Pure.
"""

import re
import unicodedata
from collections.abc import Collection

from streamer.cast.cardtext import slug
from streamer.cast.fit import is_id

_VOWELS = "aiueo"
# Rows of kana by their first letters, in the order a i u e o.
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "g": "ガギグゲゴ", "s": "サシスセソ", "z": "ザジズゼゾ", "t": "タチツテト",
    "d": "ダヂヅデド", "n": "ナニヌネノ", "h": "ハヒフヘホ", "b": "バビブベボ", "p": "パピプペポ", "m": "マミムメモ",
    "r": "ラリルレロ",
}  # fmt: skip
_KANA = {kana: row + vowel for row, several in _ROWS.items() for kana, vowel in zip(several, _VOWELS, strict=True)} | {
    "シ": "shi", "ジ": "ji", "チ": "chi", "ヂ": "ji", "ツ": "tsu", "ヅ": "zu", "フ": "fu", "ヤ": "ya", "ユ": "yu",
    "ヨ": "yo", "ワ": "wa", "ヰ": "i", "ヱ": "e", "ヲ": "o", "ン": "n", "ヴ": "vu",
}  # fmt: skip
_SMALL = {"ャ": "ya", "ュ": "yu", "ョ": "yo", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_INITIALS = ("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h")
_MIDDLES = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "t",
)  # fmt: skip
_OTHERS = dict(zip(
    "абвгдезийклмнопрстуфхыэіґαβγδεζικλμνξοπρσςτυφωøđłð", "abvgdeziyklmnoprstufhyeigavgdeziklmnxoprsstyfoodld",
    strict=True,
)) | {
    "ё": "yo", "ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
    "ї": "yi", "є": "ye", "η": "i", "θ": "th", "χ": "ch", "ψ": "ps", "æ": "ae", "œ": "oe",
}  # fmt: skip


def folder_name(name: str, taken: Collection[str] = ()) -> str:
    """A folder name for a character of that name, unlike those taken: a-z, 0-9, `-` and `_`, at most 32."""
    base = slug(_latin(name)) or "character"
    tries = (base if n == 1 else f"{base[:28].rstrip('-_')}-{n}" for n in range(1, len(taken) + 3))
    return next(each for each in tries if is_id(each) and each not in taken)


def _latin(name: str) -> str:
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name)).casefold()
    kana = "".join(chr(ord(each) + 96) if "ぁ" <= each <= "ゖ" else each for each in text)
    return re.sub(r"\s+", " ", _kana("".join(_hangul(each) or _OTHERS.get(each, each) for each in kana)))


def _hangul(letter: str) -> str:
    place = ord(letter) - 0xAC00
    if not 0 <= place < 11_172:
        return ""
    return _INITIALS[place // 588] + _MIDDLES[place % 588 // 28] + _FINALS[place % 28]


def _kana(text: str) -> str:
    out: list[str] = []
    double = False
    for each in text:
        if each == "ッ":
            double = True
            continue
        if each in _SMALL and out and out[-1][-1:] in "iueo" and len(out[-1]) > 1:
            out[-1] = _joined(out[-1], _SMALL[each])
        elif each != "ー":
            read = _KANA.get(each) or _SMALL.get(each) or each
            out.append((read[0] if double and each in _KANA else "") + read)
        double = False
    return "".join(out)


def _joined(before: str, small: str) -> str:
    """`ki` + `ya` = `kya`, `ji` + `yu` = `ju`, `fu` + `a` = `fa`."""
    stem = before[:-1]
    return stem + (small[1:] if small[0] == "y" and stem.endswith(("sh", "ch", "j")) else small)
