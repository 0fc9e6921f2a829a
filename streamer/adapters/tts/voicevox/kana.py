"""Which moras of a reading belong to which signs of a Japanese text. Pure.

An engine tells its moras one after the other and nothing about the text they come from. Kana stand for themselves and
hold the alignment; what lies between them (kanji, Latin letters, digits) shares the moras that are left.
"""

from collections.abc import Sequence
from typing import Final

from streamer.adapters.tts.common.text import is_han

MAX_CELLS: Final = 60_000
"""Of text times moras: longer texts are shared out evenly."""
_BIG: Final = 1e9
_SMALL: Final = frozenset("ァィゥェォャュョヮ")
_SAME: Final = {"ハ": "ワ", "ヘ": "エ", "ヲ": "オ", "ヅ": "ズ", "ヂ": "ジ", "ウ": "オ", "イ": "エ"}
"""Written one way and read another: particles, old spellings, the second half of long vowels."""


def katakana(text: str) -> str:
    """Hiragana as katakana; all else as it is, length kept."""
    return "".join(chr(ord(char) + 0x60) if "\u3041" <= char <= "\u3096" else char for char in text)


def is_kana(char: str) -> bool:
    """Katakana, the small ones and the sign of length too."""
    return "\u30a1" <= char <= "\u30fa" or char == "ー"


def ends_in_text(text: str, moras: Sequence[str]) -> list[int]:
    """For each mora the place in the text up to which has been read with it; never falling, at most the length.

    `moras` are in katakana; "" is a pause.
    """
    signs = katakana(text)
    if not moras:
        return []
    if len(signs) * len(moras) > MAX_CELLS:
        return [round(len(signs) * (at + 1) / len(moras)) for at in range(len(moras))]
    took = _align(signs, moras)
    out: list[int] = []
    for place, count in enumerate(took):
        out += [place] * (count - 1) + [place + 1] * (count > 0)  # over with the last of its moras
        if out and not count and (signs[place] in _SMALL or signs[place] == "ー"):
            out[-1] = place + 1
    return out + [len(signs)] * (len(moras) - len(out))


def _align(signs: str, moras: Sequence[str]) -> list[int]:
    """How many moras each sign takes, at the least cost."""
    rows: list[list[float]] = [[0.0, *[_BIG] * len(moras)]]
    steps: list[list[int]] = []
    for sign in signs:
        above = rows[-1]
        row, step = [_BIG] * len(above), [0] * len(above)
        least, most = _takes(sign)
        for end in range(len(above)):
            for count in range(least, min(most, end) + 1):
                before = above[end - count]
                if before >= row[end]:
                    continue
                cost = before + _cost(sign, moras[end - count : end])
                if cost < row[end]:
                    row[end], step[end] = cost, count
        rows.append(row)
        steps.append(step)
    end = min(range(len(moras) + 1), key=lambda at: rows[-1][at] + 3 * (len(moras) - at))
    took: list[int] = []
    for step in reversed(steps):
        took.append(step[end])
        end -= step[end]
    return took[::-1]


def _takes(sign: str) -> tuple[int, int]:
    if is_kana(sign):
        return 0, 1
    if is_han(sign):
        return 1, 4
    if sign.isdigit():
        return 1, 6
    return (0, 4) if sign.isalpha() else (0, 1)


def _cost(sign: str, moras: Sequence[str]) -> float:
    count = len(moras)
    if is_kana(sign):
        if not count:
            return 0.1 if sign in _SMALL or sign == "ー" else 2.0
        return _unlike(sign, moras[0])
    if not sign.isalnum():
        return 0.0 if not count else (-1.0 if not moras[0] else 3.0)
    silent = 3.0 * sum(not mora for mora in moras)
    usual = 2 if is_han(sign) or sign.isdigit() else 1
    return silent + 0.3 * abs(count - usual) + (0.5 if not count else 0.0)


def _unlike(sign: str, mora: str) -> float:
    if not mora:
        return 3.0
    if mora[0] == sign:
        return 0.0
    if sign == "ー":
        return 0.2
    if _SAME.get(sign) == mora[0]:
        return 0.3
    return 1.5
