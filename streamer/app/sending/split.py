"""A text as messages a chat takes: short enough, one line each, and never a command of the chat's own.

Cut at words, else between the characters people see: no surrogate pair, combining mark, skin tone, flag or joined
emoji is torn. Source: UAX #29 (extended grapheme clusters), reduced to the rules for text and emoji that chats carry.
"""

import re
import unicodedata
from collections.abc import Iterator

DEFUSED = "- "
"""Stands before what would else be a command."""
_ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
_ZWJ, _KEYCAP = "\u200d", "\u20e3"
_AFTER = "\u3002\u3001\uff01\uff1f\uff0c\u2026"
"""Where languages without spaces are cut rather than elsewhere."""


def plain(text: str) -> str:
    """One line: line ends and other spaces become one space each, what no chat shows is left out."""
    return _SPACES.sub(" ", _ODD.sub("", text)).strip()


def pieces(text: str, most: int, *, bang: bool = False) -> list[str]:
    """The messages, each of 1 to `most` (at least 8) code points; none for a text without anything to see.

    A message that begins with `/`, or with `.` and a letter, would be a command to the chat itself, one with `!` a
    command to some other bot: it gets a dash in front. With `bang` the `!` is meant, by a person who typed it.
    """
    if most < 8:
        raise ValueError("a message needs at least 8 characters")
    rest, out = plain(text), list[str]()
    while rest:
        lead = DEFUSED if _is_command(rest, bang=bang and not out) else ""
        at = _cut(rest, most - len(lead))
        out.append(lead + rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [piece for piece in out if any(not _is_hidden(char) for char in piece)]


def _is_command(text: str, *, bang: bool) -> bool:
    if text[0] == "/":
        return True
    if text[0] == "!":
        return not bang and text[1:2].isalpha()
    return text[0] == "." and text[1:2].isalpha()


def _is_hidden(char: str) -> bool:
    return char == " " or unicodedata.category(char) in ("Cf", "Cc", "Mn", "Me", "Zs") or char in "\u3164\u115f\u1160"


def _cut(text: str, most: int) -> int:
    """Where the first message ends: all of it, after its last word that fits, or between two characters."""
    if len(text) <= most:
        return len(text)
    space = text.rfind(" ", 0, most + 1)
    if space > 0:
        return space
    last, after = 0, 0
    for end in ends(text[: most + 64]):
        if end > most:
            break
        last = end
        if text[end - 1] in _AFTER:
            after = end
    if after > most // 2:
        return after
    return last or most  # one character of more than `most` code points is no character


def ends(text: str) -> Iterator[int]:
    """The places between characters as people see them, the end of the text among them."""
    flags = 0
    for at in range(1, len(text)):
        before, here = text[at - 1], text[at]
        flags = flags + 1 if _is_flag(before) else 0
        if not _joined(before, here, flags):
            yield at
    if text:
        yield len(text)


def _joined(before: str, here: str, flags: int) -> bool:
    if here.isascii() and before.isascii():
        return False
    if _extends(here):
        return True
    if before == _ZWJ:
        return not here.isspace()
    if _is_flag(here):
        return flags % 2 == 1
    return _hangul(before, here)


def _extends(char: str) -> bool:
    """It belongs to what stands before it: marks, joiners, variation selectors, skin tones, tags."""
    code = ord(char)
    if (
        char in (_ZWJ, "\u200c", _KEYCAP, "\uff9e", "\uff9f")
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    ):
        return True
    return unicodedata.category(char) in ("Mn", "Me", "Mc")


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _hangul(before: str, here: str) -> bool:
    """Letters of one Korean syllable that were typed apart."""
    b, h = ord(before), ord(here)
    leads, vowel_or_syllable = 0x1100 <= b <= 0x115F, 0x1160 <= b <= 0x11A7 or 0xAC00 <= b <= 0xD7A3
    if leads and (0x1100 <= h <= 0x11A7 or 0xAC00 <= h <= 0xD7A3):
        return True
    open_ = 0x1160 <= b <= 0x11A7 or (0xAC00 <= b <= 0xD7A3 and (b - 0xAC00) % 28 == 0)
    if open_ and 0x1160 <= h <= 0x11A7:
        return True
    return (vowel_or_syllable or 0x11A8 <= b <= 0x11FF) and 0x11A8 <= h <= 0x11FF
