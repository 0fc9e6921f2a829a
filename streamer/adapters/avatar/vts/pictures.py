"""The picture a viewer sent, as VTube Studio takes it: PNG, JPG or GIF, 64 to 2048 pixels, under 5 MB.

Fetched only from the picture servers of the platforms, because the address came with a message.
"""

import hashlib
import struct
from urllib.parse import urlsplit

import aiohttp

HOSTS = frozenset({"static-cdn.jtvnw.net", "yt3.ggpht.com", "yt4.ggpht.com", "lh3.googleusercontent.com"})
BYTES_MAX = 1 << 20
FETCH_S = 3.0
LEAST, MOST = 64, 2048


def allowed(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.hostname in HOSTS and parts.port in (None, 443)
    except ValueError:
        return False


def larger(url: str) -> str:
    """Twitch serves each emote in three sizes; the smallest that VTube Studio takes is the last."""
    stem, _, scale = url.rpartition("/")
    return f"{stem}/3.0" if scale in ("1.0", "2.0") and "jtvnw.net" in stem else url


async def fetch(url: str) -> bytes:
    """The bytes, or nothing: a picture that does not come is not thrown."""
    timeout = aiohttp.ClientTimeout(total=FETCH_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                return b""
            data = await answer.content.read(BYTES_MAX + 1)
            while len(data) <= BYTES_MAX and not answer.content.at_eof():
                data += await answer.content.read(BYTES_MAX + 1 - len(data))
            return data if len(data) <= BYTES_MAX else b""
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return b""


def ending(data: bytes) -> str:
    """`png`, `jpg` or `gif` when VTube Studio would take it, else empty."""
    kind, size = "", (0, 0)
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 24:
        kind, size = "png", struct.unpack(">II", data[16:24])
    elif data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 10:
        kind, size = "gif", struct.unpack("<HH", data[6:10])
    elif data[:2] == b"\xff\xd8":
        kind, size = "jpg", _jpeg_size(data)
    return kind if kind and all(LEAST <= side <= MOST for side in size) else ""


def file_name(data: bytes, end: str) -> str:
    """Letters, digits and hyphens, at most 32 characters; the same for the same picture."""
    return f"emote-{hashlib.sha256(data).hexdigest()[:16]}.{end}"


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0, 0
