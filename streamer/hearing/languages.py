"""Words as the rules of hearing compare them: without case, punctuation and drawn-out letters."""

import re
import unicodedata
from typing import Final

UNSPACED: Final = frozenset({"ja", "zh", "th", "yue"})
"""Written without spaces."""
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u31f0-\u31ff]")
_DRAWN: Final = re.compile(r"([^\W\d])\1{2,}")
_ASIDE: Final = re.compile(r"\[[^\]]*\]|\([^)]*\)|（[^）]*）|【[^】]*】|<[^>]*>|\*[^*]*\*|[♪♫♬♩]+")


def base(language: str) -> str:
    """`en` of `en-US`."""
    return language.lower().replace("_", "-").partition("-")[0]


def unspaced(text: str) -> bool:
    """Mostly Japanese or Chinese letters."""
    letters = [each for each in text if each.isalpha()]
    return bool(letters) and 2 * len(_CJK.findall(text)) >= len(letters)


def plain(text: str) -> str:
    """Full-width letters narrow, no case, `’` as `'`, drawn-out letters once ("yeaaah")."""
    return _DRAWN.sub(r"\1", unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))


def words(text: str) -> list[str]:
    """Of a language with spaces; single letters of one without."""
    flat = plain(text)
    if unspaced(flat):
        return [each for each in flat if each.isalnum() or each == "ー"]
    return _WORD.findall(flat)


def without_asides(text: str) -> str:
    """Recognisers write down what is no word: "[Music]", "(applause)", notes."""
    return " ".join(_ASIDE.sub(" ", text).split())


def spoken_length(text: str) -> int:
    """In letters of English: a letter of Japanese or Chinese takes as long as three."""
    return sum(3 if _CJK.match(each) else 1 for each in text if each.isalnum())
