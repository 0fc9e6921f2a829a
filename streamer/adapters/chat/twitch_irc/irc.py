"""IRC lines with message tags, as text: no sockets, no meaning.

Source: RFC 1459 section 2.3.1, IRCv3 "Message Tags" (tag escapes), dev.twitch.tv/docs/chat/irc.
"""

import re

import msgspec

LINE_MAX = 32_768
"""Characters of one line. IRCv3 allows 8,191 bytes of tags and 512 of the rest; Twitch goes somewhat beyond."""

_ESCAPES = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}
_COMMAND = re.compile(r"[A-Z]{1,20}|[0-9]{3}", re.ASCII)
_WHOLE = re.compile(r"(?:@[^ \r\n]+=[^ \r\n]* )?:[^ \r\n]+ (?:[A-Z]{3,20}|[0-9]{3})(?: |$)|PING(?: |$)")


class Line(msgspec.Struct, frozen=True):
    """One line. `params` includes the trailing parameter; `nick` is the part of the prefix before `!`."""

    command: str
    params: tuple[str, ...] = ()
    nick: str = ""
    tags: dict[str, str] = {}


class Malformed(ValueError):
    """Not a line we can use."""


def unescape(value: str) -> str:
    r"""A tag value as it was meant: `\s` is a space, `\:` a semicolon; a lone backslash at the end is dropped."""
    if "\\" not in value:
        return value
    out: list[str] = []
    chars = iter(value)
    for char in chars:
        if char != "\\":
            out.append(char)
            continue
        follower = next(chars, "")
        out.append(_ESCAPES.get(follower, follower))
    return "".join(out)


def escape(value: str) -> str:
    """The inverse of `unescape`."""
    for char, escaped in (("\\", "\\\\"), (";", "\\:"), (" ", "\\s"), ("\r", "\\r"), ("\n", "\\n")):
        value = value.replace(char, escaped)
    return value


def parse(text: str) -> Line:
    """One line without its line end. Raises Malformed, and nothing else, on any text."""
    if len(text) > LINE_MAX:
        raise Malformed("too long")
    tags: dict[str, str] = {}
    if text.startswith("@"):
        head, _, text = text.partition(" ")
        for item in head[1:].split(";"):
            key, _, value = item.partition("=")
            tags[key] = value
        if "\\" in head:
            tags = {key: unescape(value) for key, value in tags.items()}
        text = text.lstrip(" ")
    nick = ""
    if text.startswith(":"):
        prefix, _, text = text.partition(" ")
        nick = prefix[1:].partition("!")[0]
        text = text.lstrip(" ")
    middle, colon, trailing = text.partition(" :")
    words = middle.split(" ")
    if not _COMMAND.fullmatch(words[0]):
        raise Malformed("no command")
    params = [word for word in words[1:] if word]
    if colon:
        params.append(trailing)
    return Line(words[0], tuple(params), nick, tags)


class LineBuffer:
    """Cuts WebSocket messages into lines.

    Twitch puts several lines into one message, each with its line end; the IRCv3 WebSocket rules put one line without
    an end into each message. A server that has shown line ends is taken at its word: text without one is the first half
    of a line and waits for the rest. `broken` holds halves whose rest never came and lines too long to keep, until
    somebody takes them.
    """

    def __init__(self) -> None:
        self.broken: list[str] = []
        self._ends_lines = False
        self._half = ""

    def feed(self, frame: str) -> list[str]:
        """The whole lines that are there by this message."""
        if self._half:
            only_tags = self._half.startswith("@") and " " not in self._half.rstrip(" ")
            if _WHOLE.match(frame) and not (only_tags and frame.startswith(":")):
                self.broken.append(self._half)
            else:
                frame = self._half + frame
            self._half = ""
        if "\n" in frame:
            self._ends_lines = True
        lines = frame.split("\n")
        last = lines.pop()
        if not self._ends_lines:
            lines.append(last)
        elif len(last) > LINE_MAX:
            self.broken.append(last)
        else:
            self._half = last
        return [line for line in (line.rstrip("\r") for line in lines) if line]
