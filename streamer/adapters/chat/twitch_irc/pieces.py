"""A message of Twitch's IRC in pieces: emotes where the tags say, cheermotes and mentions by how they are written.

IRC names the places of emotes only. A cheermote is a word of a known prefix and its bits (`Cheer100`); the prefixes
that channels make themselves are not known here and are believed when all such words together add up to the bits.
"""

import re
from collections.abc import Iterator

from streamer.ports import Fragment

Emotes = tuple[tuple[int, int, str], ...]
"""(start, end, id): half-open ranges of code points, sorted."""

PIECES_MAX = 200
"""A message has 500 characters; what is cut into more pieces than this is text."""

_PREFIXES = frozenset((
    "4head", "anon", "bday", "biblethump", "bitboss", "charity", "cheer", "cheerwhal", "corgo", "dansgame",
    "doodlecheer", "elegiggle", "failfish", "frankerz", "goal", "heyguys", "holidaycheer", "kappa", "kreygasm",
    "mrdestructoid", "muxy", "notlikethis", "party", "pjsalt", "pride", "ripcheer", "scoops", "seemsgood", "shamrock",
    "showlove", "streamlabs", "swiftrage", "trihard", "uni", "vohiyo",
))  # fmt: skip
"""Cheermotes that work in every channel (Helix `bits/cheermotes`, type global), in lower case."""
_CHEER = re.compile(r"(?<!\S)([A-Za-z0-9]*[A-Za-z])([1-9][0-9]{0,6})(?!\S)", re.ASCII)
_MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9_]{2,25}(?!\w)", re.ASCII)


def pieces(text: str, emotes: Emotes, *, bits: int = 0) -> tuple[Fragment, ...]:
    """Every piece of the text in order; nothing when all of it is plain text."""
    if not emotes and not bits and "@" not in text:
        return ()
    marks = [(start, end, Fragment("emote", text[start:end], id=emote)) for start, end, emote in emotes]
    if bits:
        marks += _cheermotes(text, bits)
    if "@" in text:
        marks += ((found.start(), found.end(), Fragment("mention", found[0])) for found in _MENTION.finditer(text))
    if not marks or len(marks) > PIECES_MAX:
        return ()
    marks.sort(key=lambda mark: mark[0])
    return tuple(_cut(text, marks))


def _cut(text: str, marks: list[tuple[int, int, Fragment]]) -> Iterator[Fragment]:
    done = 0
    for start, end, piece in marks:
        if start < done:  # two readings of one place: the first stands
            continue
        if start > done:
            yield Fragment("text", text[done:start])
        yield piece
        done = end
    if done < len(text):
        yield Fragment("text", text[done:])


def _cheermotes(text: str, bits: int) -> list[tuple[int, int, Fragment]]:
    found = list(_CHEER.finditer(text))
    if sum(int(each[2]) for each in found) != bits:
        found = [each for each in found if each[1].lower() in _PREFIXES]
    return [
        (each.start(), each.end(), Fragment("cheermote", each[0], id=each[1].lower(), bits=int(each[2])))
        for each in found
    ]
