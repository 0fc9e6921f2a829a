"""Which message of the page is which message of the API: what their two ids have in common.

Both ids are base64url of a protobuf message with the same text deep inside (about 26 characters): the page says
`ChwKGkNK...` (padding written `%3D%3D`), the API the same kind of thing behind `LCC.`. Neither form is documented, and
it was not checked on the live service; therefore every text of both is compared, whatever the field numbers are.
"""

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote

_PREFIX: Final = "LCC."
_BASE64: Final = re.compile(r"[A-Za-z0-9_+/-]{8,400}={0,2}")
_INNER: Final = re.compile(rb"[A-Za-z0-9_+/=-]{16,120}")
_DEPTH: Final = 6


def inner(message: str) -> frozenset[str]:
    """The texts inside an id; the id itself when none can be seen. Never raises."""
    raw = _bytes(message)
    found: set[str] = set()
    if raw is not None:
        _walk(raw, found, _DEPTH)
    return frozenset(found) or frozenset({message})


def _bytes(message: str) -> bytes | None:
    text = unquote(message.removeprefix(_PREFIX))
    if not _BASE64.fullmatch(text):
        return None
    text = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None


def _walk(raw: bytes, found: set[str], depth: int) -> bool:
    """Adds every text in a protobuf message; false when it is none."""
    texts: set[str] = set()
    at = 0
    while at < len(raw):
        tag, at = _number(raw, at)
        if tag < 8:  # field numbers begin at 1
            return False
        match tag & 7:
            case 0:
                value, at = _number(raw, at)
                if value < 0:
                    return False
            case 1:
                at += 8
            case 5:
                at += 4
            case 2:
                length, at = _number(raw, at)
                if length < 0 or at + length > len(raw):
                    return False
                _value(raw[at : at + length], texts, depth)
                at += length
            case _:
                return False
    if at != len(raw):
        return False
    found |= texts
    return True


def _value(piece: bytes, texts: set[str], depth: int) -> None:
    """A field may be a message or a text; only its looks tell."""
    if _INNER.fullmatch(piece):
        texts.add(piece.decode("ascii"))
    elif depth > 0 and piece:
        _walk(piece, texts, depth - 1)


def _number(raw: bytes, at: int) -> tuple[int, int]:
    """A varint and the place behind it; -1 when it is cut."""
    value = shift = 0
    while at < len(raw) and shift < 64:
        byte = raw[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    return -1, len(raw) + 1
