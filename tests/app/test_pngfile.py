"""PNG chunks: texts in and out, pictures alone, damage and bombs."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app.pngfile import SIGNATURE, TEXT_MAX, BadPng, gradient, inflate, png_bytes, read_png, with_texts

PICTURE = gradient("#336699", width=4, height=4)


def test_texts_in_and_out():
    png = read_png(with_texts(PICTURE, {"chara": b"abc"}))
    assert (list(png.texts("CHARA")), list(png.texts("ccv3")), png.whole) == ([b"abc"], [], True)


def packed(kind: bytes, data: bytes) -> bytes:
    return png_bytes([(b"IHDR", b""), (kind, data), (b"IEND", b"")])


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        (b"tEXt", b"Chara\0abc", [b"abc"]),
        (b"zTXt", b"chara\0\0" + zlib.compress(b"abc"), [b"abc"]),
        (b"iTXt", b"chara\0\0\0en\0Chara\0abc", [b"abc"]),
        (b"iTXt", b"chara\0\1\0\0\0" + zlib.compress(b"abc"), [b"abc"]),
        (b"zTXt", b"chara\0\7" + zlib.compress(b"abc"), []),
        (b"zTXt", b"chara\0\0nonsense", []),
        (b"zTXt", b"chara\0\0" + zlib.compress(b"abc")[:-2], []),
        (b"iTXt", b"chara\0\1\5\0\0x", []),
        (b"tEXt", b"chara", []),
        (b"tEXt", b"\0chara", []),
    ],
)
def test_text_chunks_of_every_kind(kind: bytes, data: bytes, expected: list[bytes]):
    assert list(read_png(packed(kind, data)).texts("chara")) == expected


def test_a_text_bomb_is_not_inflated():
    bomb = zlib.compress(bytes(TEXT_MAX + 1), 9)
    assert len(bomb) < 100_000
    assert inflate(bomb) is None
    chunks = [(b"zTXt", b"chara\0\0" + bomb)] * 50
    assert list(read_png(png_bytes([*chunks, (b"IEND", b"")])).texts("chara")) == []


def test_a_wrong_checksum_makes_a_text_unusable_and_a_picture_too():
    raw = bytearray(with_texts(PICTURE, {"chara": b"abc"}))
    raw[raw.index(b"abc")] ^= 1
    png = read_png(bytes(raw))
    assert list(png.texts("chara")) == []
    assert png.damaged_texts
    assert png.picture() == PICTURE
    raw = bytearray(PICTURE)
    raw[raw.index(b"IDAT") + 6] ^= 1
    assert read_png(bytes(raw)).picture() is None


def test_the_picture_alone_has_no_texts_and_no_private_chunks():
    extra = [(b"eXIf", b"where"), (b"tIME", b"when"), (b"prVt", b"x"), (b"gAMA", struct.pack(">I", 45455))]
    chunks = [(each.kind, each.data) for each in read_png(PICTURE).chunks]
    got = read_png(png_bytes([chunks[0], *extra, *chunks[1:]])).picture()
    assert got is not None
    assert [each.kind for each in read_png(got).chunks] == [b"IHDR", b"gAMA", b"IDAT", b"IEND"]


def header(width: int, height: int) -> bytes:
    return struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"IHDR", header(100_000, 100_000)), (b"IDAT", b""), (b"IEND", b"")],
        [(b"IHDR", header(16_000, 16_000)), (b"IDAT", b""), (b"IEND", b"")],
        [(b"IHDR", header(0, 1)), (b"IDAT", b""), (b"IEND", b"")],
        [(b"IHDR", b"short"), (b"IDAT", b""), (b"IEND", b"")],
        [(b"IDAT", b""), (b"IHDR", header(1, 1)), (b"IEND", b"")],
        [(b"IHDR", header(1, 1)), (b"IEND", b"")],
        [(b"IHDR", header(1, 1)), (b"IDAT", b"")],
        [(b"IHDR", header(1, 1)), (b"XXXX", b""), (b"IDAT", b""), (b"IEND", b"")],
        [],
    ],
)
def test_pictures_that_cannot_be_shown(chunks: list[tuple[bytes, bytes]]):
    assert read_png(png_bytes(chunks)).picture() is None


def test_no_png():
    with pytest.raises(BadPng):
        read_png(b"\xff\xd8\xff")
    with pytest.raises(BadPng, match="too many"):
        read_png(png_bytes([(b"tEXt", b"")] * 100_002))


def test_a_length_beyond_the_file_ends_reading():
    png = read_png(SIGNATURE + struct.pack(">I4s", 0xFFFFFFFF, b"tEXt") + b"xxxx")
    assert (png.chunks, png.whole) == ((), False)


@given(st.integers(0, len(PICTURE)), st.binary(max_size=30))
def test_no_bytes_break_the_reader(at: int, junk: bytes):
    png = read_png(SIGNATURE + PICTURE[8:at] + junk)
    list(png.texts("chara"))
    png.picture()


def test_the_drawn_picture_is_sound():
    """Every row of the gradient is there, and the upper edge has the colour asked for."""
    chunks = read_png(gradient("#336699", width=3, height=5)).chunks
    rows = zlib.decompress(chunks[1].data)
    assert chunks[0].data == struct.pack(">IIBBBBB", 3, 5, 8, 2, 0, 0, 0)
    assert len(rows) == 5 * (1 + 3 * 3)
    assert rows[:4] == b"\0\x33\x66\x99"
