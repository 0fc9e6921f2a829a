"""Headers of pictures: what is taken, what is refused with which words, and that nothing hostile gets through."""

import random
import struct
import zlib

import pytest

from streamer.app.picturefile import BYTES_MAX, BadPicture, look_at, too_large
from streamer.app.pngfile import gradient, png_bytes
from tests.fakes.pictures import GIF, JPEG, WEBP, WEBP_LOSSLESS, WEBP_LOSSY, apng, png


@pytest.mark.parametrize(
    ("raw", "kind", "size"),
    [
        (png(3, 5), "png", (3, 5)), (apng(), "png", (4, 4)), (GIF, "gif", (2, 3)), (JPEG, "jpg", (7, 6)),
        (WEBP, "webp", (100, 50)), (WEBP_LOSSLESS, "webp", (12, 34)), (WEBP_LOSSY, "webp", (16, 9)),
        (gradient("#123456"), "png", (400, 600)),
    ],
)  # fmt: skip
def test_what_can_be_shown(raw: bytes, kind: str, size: tuple[int, int]):
    found = look_at(raw)
    assert (found.kind, (found.width, found.height)) == (kind, size)


def header(width: int, height: int) -> bytes:
    return png_bytes(((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),))


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (b"", "empty", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (BYTES_MAX + 1), "too_large", "10 MB"),
        (header(4097, 10), "too_wide", "4097 x 10 pixels"),
        (header(2**31 - 1, 2**31 - 1), "too_wide", "4096 x 4096"),
        (header(10, 10), "damaged", "cut short"),
        (header(0, 10), "damaged", "cut short"),
        (png(3, 5)[:-20], "damaged", "cut short"),
        (png(3, 5).replace(b"IHDR", b"IHDX"), "damaged", "cut short"),
        (JPEG[:30], "damaged", "cut short"),
        (GIF[:-4], "damaged", "cut short"),
        (WEBP[:28], "damaged", "cut short"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "svg", "scripts"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<SVG >", "svg", "export it"),
        (b"8BPS\0\1", "kind", "Photoshop"),
        (b"BM\0\0\0\0", "kind", "BMP"),
        (b"\0\0\0\x20ftypavif", "kind", "AVIF"),
        (b"\0\0\0\x20ftypheic", "kind", "HEIC"),
        (b"\0\0\0\x20ftypisom", "kind", "video"),
        (b"PK\3\4zip", "kind", "zip"),
        (b"MZ\x90\0 a program", "no_picture", "not a picture"),
        (b"just text", "no_picture", "PNG, WebP, GIF and JPEG"),
    ],
)
def test_what_cannot_is_told_why(raw: bytes, code: str, words: str):
    with pytest.raises(BadPicture) as caught:
        look_at(raw)
    assert caught.value.code == code
    assert words in str(caught.value)


def test_twenty_megabytes_are_named():
    assert "20 MB" in str(too_large(20_000_000))


def test_no_header_breaks_the_reader():
    """Pictures with bytes changed, cut and put in: an answer or a refusal, never anything else."""
    dice = random.Random(7)
    whole = [png(3, 5), apng(), GIF, JPEG, WEBP, WEBP_LOSSLESS, WEBP_LOSSY]
    for _ in range(4_000):
        raw = bytearray(dice.choice(whole))
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(raw))
            match dice.randrange(3):
                case 0:
                    raw[at] = dice.randrange(256)
                case 1:
                    del raw[at : at + dice.randrange(1, 9)]
                case _:
                    raw[at:at] = dice.randbytes(dice.randrange(1, 9))
            if not raw:
                break
        try:
            found = look_at(bytes(raw))
        except BadPicture:
            continue
        assert 0 < found.width <= 4096
        assert 0 < found.height <= 4096


def test_a_bomb_is_not_inflated():
    """Ten thousand pixels a side in a few hundred bytes: refused by the header."""
    packed = zlib.compress(b"\0" * 1_000_000, 9)
    raw = png_bytes(
        ((b"IHDR", struct.pack(">IIBBBBB", 10_000, 10_000, 8, 6, 0, 0, 0)), (b"IDAT", packed), (b"IEND", b""))
    )
    with pytest.raises(BadPicture, match="10000 x 10000"):
        look_at(raw)
