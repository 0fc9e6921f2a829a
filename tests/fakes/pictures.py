"""Small pictures of every format, by hand: headers are right, what is drawn does not matter."""

import struct
import zlib

from streamer.app.pngfile import png_bytes


def png(width: int = 4, height: int = 4, colour: tuple[int, int, int, int] = (200, 80, 120, 255)) -> bytes:
    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return png_bytes(((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")))


def apng() -> bytes:
    rows = zlib.compress(b"".join(b"\0" + bytes(16) for _ in range(4)))
    frame = struct.pack(">IIIIIHHBB", 0, 4, 4, 0, 0, 1, 10, 0, 0)
    head = struct.pack(">IIBBBBB", 4, 4, 8, 6, 0, 0, 0)
    return png_bytes(((b"IHDR", head), (b"acTL", struct.pack(">II", 1, 0)), (b"fcTL", frame), (b"IDAT", rows),
                      (b"IEND", b"")))  # fmt: skip


GIF = bytes.fromhex("47494638396102000300800000ff0000ffffff2c00000000020003000002028451003b")
JPEG = (
    b"\xff\xd8" + b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\1\1\0\0\1\0\1\0\0"
    + b"\xff\xff\xc0" + struct.pack(">HBHHB", 11, 8, 6, 7, 1) + b"\1\x11\0"
    + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\x12\x34\xff\xd9"
)  # fmt: skip


def _webp(kind: bytes, body: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


WEBP = _webp(b"VP8X", b"\x10\0\0\0" + (99).to_bytes(3, "little") + (49).to_bytes(3, "little"))
WEBP_LOSSLESS = _webp(b"VP8L", b"\x2f" + (11 | 33 << 14).to_bytes(4, "little") + bytes(8))
WEBP_LOSSY = _webp(b"VP8 ", b"\x30\1\0\x9d\1\x2a" + struct.pack("<HH", 16, 9) + bytes(8))
