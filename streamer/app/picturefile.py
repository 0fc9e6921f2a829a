"""Picture files as far as their headers tell: what they are, how large they are drawn, whether they are whole.

Nothing is decoded. Formats: https://www.w3.org/TR/png-3/, https://www.w3.org/Graphics/GIF/spec-gif89a.txt,
https://developers.google.com/speed/webp/docs/riff_container, ITU-T T.81 annex B.
"""

import re
from typing import Literal

import msgspec

from streamer.app.pngfile import SIGNATURE, BadPng, read_png

BYTES_MAX = 10_000_000
SIDE_MAX = 4_096
PictureKind = Literal["png", "gif", "jpg", "webp"]
TYPES: dict[PictureKind, str] = {"png": "image/png", "gif": "image/gif", "jpg": "image/jpeg", "webp": "image/webp"}
_OTHERS = (
    (re.compile(rb"^8BPS"), "a Photoshop file"),
    (re.compile(rb"^BM"), "a BMP picture"),
    (re.compile(rb"^(?:II\*\0|MM\0\*)"), "a TIFF picture"),
    (re.compile(rb"^\x00\x00\x01\x00"), "an icon file"),
    (re.compile(rb"^PK\x03\x04"), "a zip archive; take the pictures out of it first"),
    (re.compile(rb"^\0\0\0.ftyp(?:avif|avis)", re.DOTALL), "an AVIF picture"),
    (re.compile(rb"^\0\0\0.ftyp(?:heic|heix|mif1|msf1)", re.DOTALL), "a HEIC picture"),
    (re.compile(rb"^(?:\0\0\0.ftyp|\x1a\x45\xdf\xa3)", re.DOTALL), "a video"),
    (re.compile(rb"^%PDF"), "a PDF"),
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
# Start-of-frame markers of JPEG: all but the tables that share their numbers (C4, C8, CC).
_FRAMES = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))


class BadPicture(Exception):
    """Not a picture that can be shown. `code` is for programs, the message says why and what can be done."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PictureFile(msgspec.Struct, frozen=True):
    """What a file's header says; sides in pixels."""

    kind: PictureKind
    width: int
    height: int


def look_at(raw: bytes) -> PictureFile:
    """The picture in a file, by its content and never by its name. Raises `BadPicture`."""
    if not raw:
        raise BadPicture("empty", "the file is empty")
    if len(raw) > BYTES_MAX:
        raise too_large(len(raw))
    found = _read(raw)
    if not (0 < found.width <= SIDE_MAX and 0 < found.height <= SIDE_MAX):
        raise BadPicture(
            "too_wide",
            f"the picture is {found.width} x {found.height} pixels; at most {SIDE_MAX} x {SIDE_MAX} can be used, and "
            "1500 are plenty: make it smaller",
        )
    return found


def too_large(size: int) -> BadPicture:
    """For a file of so many bytes; also for those that were not read to the end."""
    most = BYTES_MAX // 1_000_000
    return BadPicture(
        "too_large", f"the picture has {size / 1e6:.0f} MB; at most {most} MB can be used: make it smaller"
    )


def _read(raw: bytes) -> PictureFile:
    if raw.startswith(SIGNATURE):
        return _png(raw)
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return _gif(raw)
    if raw.startswith(b"\xff\xd8\xff"):
        return _jpeg(raw)
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return _webp(raw)
    if _SVG.search(raw[:4_096]):
        raise BadPicture("svg", "SVG files can hold scripts and are not shown; export it as PNG or WebP")
    for pattern, name in _OTHERS:
        if pattern.match(raw):
            raise BadPicture("kind", f"this is {name}; PNG, WebP, GIF and JPEG pictures can be shown")
    raise BadPicture("no_picture", "this is not a picture; PNG, WebP, GIF and JPEG can be shown")


def _cut() -> BadPicture:
    return BadPicture("damaged", "the picture is cut short or damaged; save or download it again")


def _png(raw: bytes) -> PictureFile:
    try:
        png = read_png(raw)
    except BadPng as wrong:
        raise _cut() from wrong
    kinds = {chunk.kind for chunk in png.chunks}
    head = png.chunks[0] if png.chunks else None
    if head is None or head.kind != b"IHDR" or len(head.data) != 13 or not head.sound:
        raise _cut()
    width, height = int.from_bytes(head.data[:4], "big"), int.from_bytes(head.data[4:8], "big")
    # Sides are told even of broken ones: a huge picture is said to be huge.
    if width <= SIDE_MAX and height <= SIDE_MAX and not (
        png.whole and b"IDAT" in kinds and all(chunk.sound for chunk in png.chunks)
    ):  # fmt: skip
        raise _cut()
    return PictureFile("png", width, height)


def _gif(raw: bytes) -> PictureFile:
    if len(raw) < 14 or b"\x2c" not in raw or b"\x3b" not in raw[-64:]:
        raise _cut()
    return PictureFile("gif", int.from_bytes(raw[6:8], "little"), int.from_bytes(raw[8:10], "little"))


def _jpeg(raw: bytes) -> PictureFile:
    at = 2
    while at + 9 <= len(raw):
        if raw[at] != 0xFF:
            break
        marker = raw[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
        elif marker in _FRAMES:
            if b"\xff\xd9" not in raw[at:]:
                break
            return PictureFile(
                "jpg", int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
            )
        elif marker in (0xD9, 0xDA):
            break
        else:
            at += 2 + max(2, int.from_bytes(raw[at + 2 : at + 4], "big"))
    raise _cut()


def _webp(raw: bytes) -> PictureFile:
    if len(raw) < 30 or int.from_bytes(raw[4:8], "little") + 8 > len(raw) + 1:
        raise _cut()
    kind = raw[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(raw[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L" and raw[20] == 0x2F:
        bits = int.from_bytes(raw[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and raw[23:26] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(raw[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    else:
        raise _cut()
    return PictureFile("webp", width, height)
