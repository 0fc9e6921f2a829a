"""PNG files as chunks: hostile ones read within limits, texts taken out and put in, a plain picture drawn. Standard
library only. Format: https://www.w3.org/TR/png-3/
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT_MAX = 16_000_000
"""Bytes of one text, after it is inflated."""
SIDE_MAX = 16_384
PIXELS_MAX = 64_000_000
_CHUNKS_MAX = 100_000
_SAME_MAX = 4
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
# What a picture needs; everything else (texts, EXIF with places and cameras, private chunks) is not carried on.
_PICTURE = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
     b"acTL", b"fcTL", b"fdAT")
)  # fmt: skip


class BadPng(Exception):
    """Not a PNG file that can be read; the message says why."""


class Chunk(msgspec.Struct, frozen=True):
    kind: bytes
    data: bytes
    sound: bool
    """Whether its checksum is right."""


class Png(msgspec.Struct, frozen=True):
    chunks: tuple[Chunk, ...]
    whole: bool
    """Whether the file goes on to its last chunk."""

    def texts(self, keyword: str) -> Iterator[bytes]:
        """Texts of a keyword in any case (`tEXt`, `zTXt`, `iTXt`). Damaged and oversized ones are left out.

        Only the first few are looked at: each can be a thousand times longer than its place in the file.
        """
        named = (chunk for chunk in self.chunks if chunk.kind in _TEXTS and chunk.sound)
        name = keyword.lower().encode("latin-1")
        wanted = (chunk for chunk in named if chunk.data[:80].partition(b"\0")[0].lower() == name)
        return (text for chunk in islice(wanted, _SAME_MAX) if (text := _text(chunk)) is not None)

    @property
    def damaged_texts(self) -> bool:
        return any(chunk.kind in _TEXTS and not chunk.sound for chunk in self.chunks)

    def picture(self) -> bytes | None:
        """The file with nothing but the picture in it; None when the picture is damaged or too large to be shown."""
        kept = [chunk for chunk in self.chunks if chunk.kind in _PICTURE]
        kinds = [chunk.kind for chunk in kept]
        # A critical chunk (upper-case first letter) nobody knows: the picture cannot be shown rightly.
        strange = any(chunk.kind[:1].isupper() and chunk.kind not in _PICTURE for chunk in self.chunks)
        if not self.whole or strange or not all(chunk.sound for chunk in kept):
            return None
        if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds or not _small(kept[0].data):
            return None
        return png_bytes((chunk.kind, chunk.data) for chunk in kept)


def read_png(raw: bytes) -> Png:
    """Raises `BadPng` when it is none. A file cut short is read as far as it goes."""
    if not raw.startswith(SIGNATURE):
        raise BadPng("it is not a PNG file")
    chunks: list[Chunk] = []
    at = len(SIGNATURE)
    while at + 12 <= len(raw):
        size, kind = struct.unpack_from(">I4s", raw, at)
        if size > len(raw) - at - 12 or not kind.isalpha():
            break
        data = raw[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", raw, at + 8 + size)
        chunks.append(Chunk(kind, data, zlib.crc32(data, zlib.crc32(kind)) == crc))
        at += 12 + size
        if kind == b"IEND":
            return Png(tuple(chunks), whole=True)
        if len(chunks) > _CHUNKS_MAX:
            raise BadPng("the PNG file has too many parts")
    return Png(tuple(chunks), whole=False)


def png_bytes(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
        for kind, data in chunks
    )


def with_texts(picture: bytes, texts: Mapping[str, bytes]) -> bytes:
    """The picture with `tEXt` chunks (Latin-1) before its end. Raises `BadPng` when it is no PNG file."""
    chunks = [(chunk.kind, chunk.data) for chunk in read_png(picture).chunks if chunk.kind != b"IEND"]
    added = [(b"tEXt", keyword.encode("latin-1") + b"\0" + text) for keyword, text in texts.items()]
    return png_bytes([*chunks, *added, (b"IEND", b"")])


def gradient(colour: str, *, width: int = 400, height: int = 600) -> bytes:
    """A picture of a colour (`#rrggbb`) that grows darker towards its lower edge."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    rows = bytearray()
    for y in range(height):
        light = 1 - 0.65 * y / height
        rows += b"\0" + bytes((int(red * light), int(green * light), int(blue * light))) * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png_bytes(((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b"")))


def _small(header: bytes) -> bool:
    if len(header) != 13:
        return False
    width, height = struct.unpack_from(">II", header)
    return 0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX and width * height <= PIXELS_MAX


def _text(chunk: Chunk) -> bytes | None:
    """The text of a text chunk; None when it is not a text or too long."""
    _, found, rest = chunk.data.partition(b"\0")
    if not found or len(rest) > TEXT_MAX:
        return None
    match chunk.kind:
        case b"tEXt":
            return rest
        case b"zTXt":
            return inflate(rest[1:]) if rest[:1] == b"\0" else None
        case _:
            packed, rest = rest[:2], rest[2:].partition(b"\0")[2].partition(b"\0")[2]
            return rest if packed[:1] == b"\0" else inflate(rest) if packed == b"\1\0" else None


def inflate(raw: bytes) -> bytes | None:
    """At most `TEXT_MAX` bytes; None for more, or for what is not deflated."""
    engine = zlib.decompressobj()
    try:
        text = engine.decompress(raw, TEXT_MAX)
    except zlib.error:
        return None
    return text if engine.eof else None
