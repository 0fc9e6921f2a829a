"""SSML documents for Azure. The text is escaped, so nothing in it can become an element.

Source: W3C SSML 1.0 and Microsoft's "Voice and sound with SSML" (mstts:express-as, styledegree 0.01 to 2, prosody rate
0.5 to 2, pitch 0.5 to 1.5 of the voice's own).
"""

import re
from bisect import bisect_left
from itertools import accumulate

import msgspec

from streamer.adapters.tts.common.text import without_pictures

VOICE_NAME = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,12}){1,3}-[A-Za-z0-9]+(:[A-Za-z0-9]+)?")
STYLE_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}", re.IGNORECASE)
_HEAD = (
    '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="http://www.w3.org/2001/mstts"'
    ' xml:lang="{language}"><voice name="{voice}">'
)
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_XML = re.compile("[\ufffe\uffff]")
"""Beside what `without_pictures` takes out, XML 1.0 has no place for these."""


class Manner(msgspec.Struct, frozen=True):
    """`rate`, `pitch`, `volume` are factors; `style` empty: the usual one; `degree` 1 is the style's own strength."""

    rate: float = 1.0
    pitch: float = 1.0
    volume: float = 1.0
    style: str = ""
    degree: float = 1.0


class Document(msgspec.Struct, frozen=True):
    """`xml`, and where in it each code point of the text stands: `starts` in code points, `wide` in UTF-16 units."""

    xml: str
    starts: tuple[int, ...]
    wide: tuple[int, ...]

    def places(self, offset: int) -> tuple[int, ...]:
        """Code points of the text that an offset in the document may mean. The SDK counts in the characters of the
        platform: code points on Linux and macOS, UTF-16 units on Windows."""
        found: list[int] = []
        for starts in (self.starts, self.wide):
            at = bisect_left(starts, offset)
            if at < len(starts) and starts[at] == offset and at not in found:
                found.append(at)
        return tuple(found)


def language_of(voice: str) -> str:
    """`en-US` of `en-US-JennyNeural`, `zh-CN-liaoning` stays with its first two parts."""
    return "-".join(voice.split("-")[:2])


def document(text: str, voice: str, manner: Manner) -> Document:
    """The voice's name and the style must fit `VOICE_NAME` and `STYLE_NAME`: ValueError otherwise."""
    if not VOICE_NAME.fullmatch(voice) or (manner.style and not STYLE_NAME.fullmatch(manner.style)):
        raise ValueError(voice)
    open_, close = _HEAD.format(language=language_of(voice), voice=voice), "</voice></speak>"
    if manner.style:
        degree = min(2.0, max(0.01, manner.degree))
        strength = f' styledegree="{degree:.2g}"' if abs(degree - 1) >= 0.01 else ""
        open_ += f'<mstts:express-as style="{manner.style}"{strength}>'
        close = "</mstts:express-as>" + close
    prosody = _prosody(manner)
    if prosody:
        open_ += f"<prosody{prosody}>"
        close = "</prosody>" + close
    pieces = [_ESCAPED.get(c, c) for c in _NO_XML.sub(" ", without_pictures(text))]
    starts = tuple(accumulate(map(len, pieces), initial=len(open_)))[:-1]
    wide = tuple(accumulate((len(p) + (p > "\uffff") for p in pieces), initial=len(open_)))[:-1]
    return Document(open_ + "".join(pieces) + close, starts, wide)


def _prosody(manner: Manner) -> str:
    out = ""
    for name, factor, least, most in (
        ("rate", manner.rate, 0.5, 2.0), ("pitch", manner.pitch, 0.5, 1.5), ("volume", manner.volume, 0.0, 2.0),
    ):  # fmt: skip
        percent = round((min(most, max(least, factor)) - 1) * 100)
        if percent:
            out += f' {name}="{percent:+d}%"'
    return out
