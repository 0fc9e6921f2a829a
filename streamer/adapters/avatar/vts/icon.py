"""The picture VTube Studio shows when it asks the user whether to let us in: 128 x 128, drawn here.

A clapperboard with a speaking mouth, in three colours. No file, no library: a PNG is rows of pixels, zlib and CRCs.
"""

import base64
import functools
import struct
import zlib

SIZE = 128
_BACK, _BOARD, _LIGHT, _MOUTH = (24, 24, 37), (137, 112, 255), (245, 243, 255), (255, 107, 129)
Pixel = tuple[int, int, int]


def _pixel(x: int, y: int) -> Pixel:
    """The colour at a place; 0, 0 is the upper left corner."""
    if not (16 <= x < 112 and 22 <= y < 106):
        return _BACK
    if y < 44:
        return _LIGHT if (x + y) // 14 % 2 else _BOARD
    if y < 48:
        return _BACK
    across, down = (x - 64) / 26, (y - 78) / (18 if y > 78 else 8)
    return _MOUTH if across * across + down * down <= 1 else _BOARD


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@functools.cache
def icon() -> str:
    """PNG as base64, as `pluginIcon` wants it."""
    rows = b"".join(b"\0" + bytes(part for x in range(SIZE) for part in _pixel(x, y)) for y in range(SIZE))
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return base64.b64encode(png).decode("ascii")
