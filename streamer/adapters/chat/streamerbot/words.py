"""A message of Streamer.bot in pieces, from either of its two forms.

Since 0.3 an event carries `parts`; before, a list of emotes with places, which are counted in UTF-16 units by some
versions and in characters by others: a place is believed when the emote's name stands there.
"""

import re
from collections.abc import Sequence

from streamer.adapters.chat.common.fragments import text_of
from streamer.adapters.chat.streamerbot.fields import Fields
from streamer.ports import Fragment

_EMOTE = re.compile(r"https://static-cdn\.jtvnw\.net/emoticons/v2/([A-Za-z0-9_]{1,100})/")
_TYPES = {"emote": "emote", "cheer": "cheermote", "cheermote": "cheermote", "cheeremote": "cheermote",
          "mention": "mention", "emoji": "emoji"}  # fmt: skip


def pieces(given: Fields, text: str) -> tuple[Fragment, ...]:
    """The pieces of `text`; nothing when it is plain, or when what the event says is not that text."""
    parts = given.parts("parts")
    found = tuple(_piece(each) for each in parts) if parts else _placed(given, text)
    found = tuple(each for each in found if each.text)
    if text_of(found) != text or all(each.type == "text" for each in found):
        return ()
    return found


def cut_front(found: Sequence[Fragment], length: int) -> tuple[Fragment, ...]:
    """Without the first `length` characters."""
    out: list[Fragment] = []
    for each in found:
        if length >= len(each.text):
            length -= len(each.text)
            continue
        out.append(each if not length else Fragment("text", each.text[length:]))
        length = 0
    return tuple(out)


def _piece(part: Fields) -> Fragment:
    text = part.text("text", "name")
    match _TYPES.get(part.name("type").lower(), "text"):
        case "emote":
            return _emote(text, part)
        case "emoji":
            return Fragment("emoji", text, url=part.picture("imageUrl"))
        case "cheermote":
            return Fragment("cheermote", text, bits=part.number("bits", "amount"), url=part.picture("imageUrl"))
        case "mention":
            return Fragment("mention", text, user=part.name("userId"))
        case _:
            return Fragment("text", text)


def _emote(text: str, part: Fields) -> Fragment:
    """Only Twitch's own emotes have an id; those of 7TV, BetterTTV and FrankerFaceZ have a picture."""
    url = part.picture("imageUrl")
    known = _EMOTE.match(url)
    return Fragment("emote", text, id=known[1] if known else "", url="" if known else url)


def _placed(given: Fields, text: str) -> tuple[Fragment, ...]:
    marks: list[tuple[int, int, Fragment]] = []
    for kind in ("emotes", "cheerEmotes"):
        for each in given.parts(kind):
            name = each.text("name", limit=200)
            bits = each.number("bits", "amount") if kind == "cheerEmotes" else 0
            place = _place(text, name, each.number("startIndex"), each.number("endIndex"), cheer=bits > 0)
            if place is not None:
                shown = text[slice(*place)]
                piece = Fragment("cheermote", shown, bits=bits) if bits else _emote(shown, each)
                marks.append((*place, piece))
    marks.sort(key=lambda mark: mark[0])
    out: list[Fragment] = []
    done = 0
    for start, end, piece in marks:
        if start < done:
            continue
        out += [Fragment("text", text[done:start]), piece]
        done = end
    return (*out, Fragment("text", text[done:])) if out else ()


def _place(text: str, name: str, first: int, last: int, *, cheer: bool) -> tuple[int, int] | None:
    """Where the name stands, `last` included; the name of a cheermote lacks its number."""
    if not name or not 0 <= first <= last <= 4 * len(text):
        return None
    ends = [(first, last + 1)]
    if not text.isascii():  # the same place counted in UTF-16 units
        units = text.encode("utf-16-le", "replace")
        before, inside = units[: first * 2], units[first * 2 : (last + 1) * 2]
        start = len(before.decode("utf-16-le", "replace"))
        ends.append((start, start + len(inside.decode("utf-16-le", "replace"))))
    for start, end in ends:
        shown = text[start:end]
        if shown == name or (cheer and shown[: len(name)].lower() == name.lower() and shown[len(name) :].isdecimal()):
            return start, end
    return None
