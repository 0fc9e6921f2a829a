"""Folded views of a text: what it looks like to a reader, whatever code points it was written with.

Folding is for matching only. Captions, prompts and logs get the original; a view maps back to it by code point.
Sources: Unicode NFKC (UAX #15), confusables (UTS #39), the default-ignorable code points of the Unicode database.
"""

import re
import unicodedata
from itertools import groupby

# Drawn letters that NFKC leaves alone: small capitals, IPA letters, and the like.
_DRAWN = {
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **dict(zip("ɑɓɖɗɘəɛɠɡɦɨɩɱɲɳɵɾʂʈʉʋʌʐʑ", "abddeeeggniimnnortstuvvzz"[:24], strict=True)),
    **dict(zip("øđħłŧƀƃƈƌƒƙƚƞơƥƭưƴƶıȷæœ", "odhltbbcdfklnoptuyzijao", strict=True)),
    **dict(zip("ʇɥɹɯʍɐɔǝɟʞʎ", "thrmwacefky", strict=True)),
    "€": "e", "£": "l", "¢": "c", "¥": "y", "₦": "n", "₱": "p", "₮": "t", "฿": "b", "ℓ": "l", "†": "t",
    "×": "x", "¡": "i", "∂": "d", "∩": "n", "∪": "u", "∑": "e", "√": "v", "∆": "a", "Λ": "a", "Σ": "e",
}  # fmt: skip

# Letters of other scripts that pass for Latin ones (UTS #39), after case folding.
_LOOKALIKE = {
    **dict(zip("авекмнорстухіјѕԁԛԝһӏѵүҝғѡ", "abekmhopctyxijsdqwhlvykfw", strict=True)),
    **dict(zip("αβγδεηικνορςτυχωϲϳ", "abydenikvopctuxwcj", strict=True)),
    **dict(zip("ացեհոսռքօ", "wgehnunpo", strict=True)),
    **dict(zip("ꭺꮯꭰꭼꮐꮋꭻꮶꮮꮇꮲꮪꭲꮩꮃꮓ", "acdeghjklmpstvwz", strict=True)),
}

# Fainter likenesses, trusted only inside a word that also holds Latin letters.
_FAINT = {
    **dict(zip("гпицячшщьъздлёёйэюб", "rnnurywwbbednееnoob"[:19], strict=True)),
    "π": "n",
    "λ": "a",
    "σ": "o",
    "μ": "u",
}

LEET = str.maketrans("013456789@$!|+", "oieasgtbgasiit")
LEET_L = str.maketrans("013456789@$!|+", "oleasgtbgasllt")

_DOUBLED = re.compile(r"(.)\1")
_MARKS = ((0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_HIDDEN = frozenset((0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)))


def is_mark(code: int) -> bool:
    """Whether this is one of the marks that are stacked on letters to make them unreadable."""
    return code >= 0x0300 and any(low <= code <= high for low, high in _MARKS)


def _enclosed(code: int) -> str:
    """Regional indicators and the circled and squared capitals that have no compatibility mapping."""
    for first in (0x1F1E6, 0x1F150, 0x1F170, 0x1F130, 0x1F110):
        if first <= code < first + 26:
            return chr(97 + code - first)
    return ""


def _fold_char(char: str) -> str:
    code = ord(char)
    if code < 0x80:
        return char.lower() if char.isprintable() else (" " if char.isspace() else "")
    category = unicodedata.category(char)
    if (
        code in _HIDDEN
        or category in {"Cf", "Cc", "Cs", "Co"}
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0000 <= code <= 0xE01FF
    ):
        return " " if char.isspace() else ""
    if category[0] == "Z":
        return " "
    if is_mark(code):
        return ""
    if drawn := _DRAWN.get(char) or _enclosed(code):
        return drawn
    folded = unicodedata.normalize("NFKC", char).casefold()
    out: list[str] = []
    for each in folded:
        parts = unicodedata.normalize("NFD", each)
        base = parts[0] if len(parts) > 1 and is_mark(ord(parts[1])) else each
        out.append(_DRAWN.get(base, base))
    return "".join(out)


class _FoldTable(dict[int, str]):
    """A translation table that fills itself; at most one entry for each code point there is."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """The text in lower case, without invisible characters, accents and styles of writing."""
    return text.translate(_TABLE)


def fold_map(text: str) -> tuple[str, list[int]]:
    """`fold(text)` and, for each of its characters, the index of the code point it came from (plus one end entry)."""
    if text.isascii() and text.isprintable():
        return text.lower(), list(range(len(text) + 1))
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        folded = _TABLE[ord(char)]
        out.append(folded)
        origin.extend([index] * len(folded))
    origin.append(len(text))
    return "".join(out), origin


def latin(token: str) -> str:
    """A folded token with the letters of other scripts read as the Latin ones they pass for.

    Fainter likenesses count only beside real Latin letters: a Russian word stays a Russian word.
    """
    if token.isascii():
        return token
    mixed = any("a" <= char <= "z" for char in token)
    return "".join(_LOOKALIKE.get(char) or (_FAINT.get(char, char) if mixed else char) for char in token)


def squeeze(letters: str) -> tuple[str, tuple[int, ...]]:
    """Each run of one letter as a single letter, and the lengths of the runs: `coool` -> `col`, (1, 3, 1)."""
    if not _DOUBLED.search(letters):
        return letters, (1,) * len(letters)
    runs = [(char, sum(1 for _ in run)) for char, run in groupby(letters)]
    return "".join(char for char, _ in runs), tuple(length for _, length in runs)
