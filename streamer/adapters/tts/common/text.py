"""Texts on their way to an engine: is there anything to say, and where did the engine's words stand."""

import unicodedata


def speakable(text: str) -> bool:
    """Whether an engine would make a sound: at least one letter or digit of any script."""
    return any(c.isalnum() for c in text)


def encodable(text: str) -> str:
    """The text with controls and lone surrogates as spaces: a NUL ends C strings, surrogates break encoders."""
    return "".join(" " if _is_broken(c) else c for c in text)


def _is_broken(c: str) -> bool:
    return (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0" or "\ud800" <= c <= "\udfff"


def without_pictures(text: str) -> str:
    """`encodable`, with emoji and their joiners as spaces too: engines read them out by name. Offsets stay."""
    return "".join(" " if _is_picture(c) else c for c in encodable(text))


def _is_picture(c: str) -> bool:
    code = ord(c)
    if code < 0x200D:
        return False
    return (
        code in (0x200D, 0x20E3)
        or 0xFE00 <= code <= 0xFE0F
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
        or (code >= 0x2190 and unicodedata.category(c) == "So")
    )


def is_han(c: str) -> bool:
    """CJK ideographs (Unicode blocks: unified, extensions A to H, compatibility)."""
    code = ord(c)
    return (
        0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x3134F or 0xF900 <= code <= 0xFAFF
    )


class WordFinder:
    """Maps words that an engine names back to code points of the text, by searching on from the last one."""

    def __init__(self, text: str) -> None:
        folded = text.casefold()
        self._text = folded if len(folded) == len(text) else text.lower()
        if len(self._text) != len(text):  # a few letters grow when folded, which would shift offsets
            self._text = text
        self._from = 0

    def find(self, word: str) -> tuple[int, int] | None:
        """(start, end) of the word at or after the last one found; None when it is not there."""
        wanted = word.strip()
        if not wanted:
            return None
        for form in (wanted, wanted.casefold(), wanted.lower()):
            start = self._text.find(form, self._from)
            if start >= 0:
                self._from = start + len(form)
                return start, self._from
        return None
