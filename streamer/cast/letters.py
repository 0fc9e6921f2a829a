"""Which shape the mouth takes for a letter: a guess for languages that write roughly what they say. Pure."""

from collections.abc import Iterator
from typing import Final, Literal

Shape = Literal["sil", "aa", "ih", "ou", "ee", "oh", "mbp"]

_LETTERS: Final[dict[str, Shape]] = {
    **dict.fromkeys("aáàâäãåāæαаяあかさたなはまやらわがざだばぱぁゃアカサタナハマヤラワガザダバパァャ", "aa"),
    **dict.fromkeys("eéèêëēεеэえけせてねへめれげぜでべぺぇエケセテネヘメレゲゼデベペェ", "ee"),
    **dict.fromkeys("iíìîïīyιиыいきしちにひみりぎじびぴぃイキシチニヒミリギジビピィ", "ih"),
    **dict.fromkeys("oóòôöõøōοоёおこそとのほもよろをごぞどぼぽぉょオコソトノホモヨロヲゴゾドボポォョ", "oh"),
    **dict.fromkeys("uúùûüūwυуюうくすつぬふむゆるぐずぶぷぅゅウクスツヌフムユルグズブプゥュヴ", "ou"),
    **dict.fromkeys("mbpfvμбпвфм", "mbp"),
}
_CJK_CYCLE: Final[tuple[Shape, ...]] = ("aa", "ih", "oh", "ee", "ou")


def shape_of_letter(char: str) -> Shape | None:
    """The shape of one lower-case letter; None where it says nothing. A Han sign or a Korean syllable, whose sound is
    not in it, gets one of the vowels, always the same one."""
    shape = _LETTERS.get(char)
    if shape is None and "一" <= char <= "鿿":
        return _CJK_CYCLE[ord(char) % len(_CJK_CYCLE)]
    if shape is None and "가" <= char <= "힣":
        return _CJK_CYCLE[(ord(char) - 0xAC00) // 28 % 21 % len(_CJK_CYCLE)]
    return shape


def spelled(word: str) -> Iterator[tuple[int, Shape]]:
    """(place in the word, shape) of the letters that have one, without repeats; one `ih` for a word that has none."""
    last: Shape | None = None
    for at, char in enumerate(word.lower()):
        shape = shape_of_letter(char)
        if shape is not None and shape != last:
            last = shape
            yield at, shape
    if last is None and any(char.isalnum() for char in word):
        yield 0, "ih"
