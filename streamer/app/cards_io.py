"""Files that hold character cards: JSON, PNG (and APNG), CHARX; read from strangers, so within limits, and written.

Nothing of an archive is unpacked by the names in it, no address in a card is followed. Standard library only.
"""

import base64
import binascii
import errno
import io
import json
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from streamer.app.pngfile import SIGNATURE, BadPng, Png, read_png, with_texts
from streamer.cast.cards import BadCard, Card, held_assets, icon_of, parse_card
from streamer.cast.cardwrite import v2_of

FILE_MAX = 256_000_000
CARD_MAX = 8_000_000
"""Bytes of the card's JSON."""
PICTURE_MAX = 32_000_000
ENTRIES_MAX = 10_000
_DIRECTORY_MAX = 2_000_000
ICON_PATH = "assets/icon/images/main.png"
# What `zipfile` raises for archives that are none, cut short or made to break it.
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError,
    LookupError,
)  # fmt: skip
FORMATS = (".json", ".png", ".charx")


class Found(msgspec.Struct, frozen=True):
    """What a card file holds."""

    card: Card
    raw: bytes
    """The card's JSON as it was, byte for byte."""
    picture: bytes | None = None
    """PNG, with nothing but the picture in it."""
    notes: tuple[str, ...] = ()
    """What was left behind, in plain sentences."""


# ------------------------------------------------------------------------------------------------------------- reading
def read_card(path: Path) -> Found:
    """The card in a file, whatever the file is called. Raises `BadCard`, and `OSError` when it cannot be read."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > FILE_MAX:
            raise BadCard(f"the file is larger than {FILE_MAX // 1_000_000} MB")
        raw = file.read(FILE_MAX + 1)
    if len(raw) > FILE_MAX:  # a device or a pipe tells no size
        raise BadCard(f"the file is larger than {FILE_MAX // 1_000_000} MB")
    return read_card_bytes(raw)


def read_card_bytes(raw: bytes) -> Found:
    """As `read_card`, for a file that was read already."""
    if not raw.strip():
        raise BadCard("the file is empty")
    # A CHARX may be appended to a picture, so that it can be looked at.
    archived = _is_archive(raw)
    if raw.startswith(SIGNATURE):
        try:
            return _from_png(read_png(raw))
        except BadPng as wrong:
            raise BadCard(str(wrong)) from wrong
        except _NoCardError:
            if not archived:
                raise
    if archived:
        return _from_charx(raw)
    if raw.startswith((b"\xff\xd8\xff", b"RIFF", b"GIF8")):
        raise BadCard("pictures other than PNG do not carry cards; ask for the PNG, JSON or CHARX file")
    return _found(raw, None, [])


class _NoCardError(BadCard):
    pass


def _found(raw: bytes, picture: bytes | None, notes: list[str]) -> Found:
    if len(raw) > CARD_MAX:
        raise BadCard(f"the card is larger than {CARD_MAX // 1_000_000} MB")
    card = parse_card(raw)
    uri = icon_of(card)
    if picture is None and uri.startswith("data:"):
        picture = _shown(_from_data(uri), notes)
    elif uri.startswith(("http:", "https:")):
        notes.append("Its picture is on the web and was not fetched.")
    if left := held_assets(card):
        notes.append(f"{left} more files (faces, backgrounds, ...) stay in the card's file; keep it.")
    return Found(card, raw, picture, tuple(notes))


def _shown(raw: bytes | None, notes: list[str]) -> bytes | None:
    """The picture alone, or None with the reason noted."""
    if raw is None:
        return None
    try:
        picture = read_png(raw).picture() if len(raw) <= PICTURE_MAX else None
    except BadPng:
        notes.append("Its picture is not a PNG file and was not kept.")
        return None
    if picture is None:
        notes.append("Its picture is damaged or too large and was not kept.")
    return picture


def _from_data(uri: str) -> bytes | None:
    head, _, body = uri.partition(",")
    if not head.lower().endswith(";base64") or len(body) > PICTURE_MAX * 2:
        return None
    return _base64(body.encode("ascii", "ignore"))


def _base64(raw: bytes) -> bytes | None:
    """Decoded with any white space, either alphabet and any padding; None for anything else."""
    packed = b"".join(raw.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except binascii.Error:
        return None


# ----------------------------------------------------------------------------------------------------------------- PNG
def _from_png(png: Png) -> Found:
    reasons: list[BadCard] = []
    notes: list[str] = []
    for keyword in ("ccv3", "chara"):
        for text in png.texts(keyword):
            raw = text.strip() if text.lstrip()[:1] == b"{" else _base64(text)
            try:
                if raw is None:
                    raise BadCard("the card in the picture is not base64")
                found = _found(raw, None, [])
            except BadCard as wrong:
                reasons.append(wrong)
                continue
            if reasons:
                notes.append(f"A second card in the picture was not used: {reasons[0]}.")
            picture = png.picture()
            if picture is None:
                notes.append("Its picture is damaged or too large and was not kept.")
            return msgspec.structs.replace(found, picture=picture, notes=(*notes, *found.notes))
    if reasons:
        raise reasons[0]
    if png.damaged_texts:
        raise BadCard("the card in the picture is damaged (its checksum is wrong)")
    if not png.whole:
        raise BadCard("the PNG file is cut short, and no card is in what is left")
    raise _NoCardError("there is no card in this picture; some sites strip it, so download the original file")


# --------------------------------------------------------------------------------------------------------------- CHARX
def _is_archive(raw: bytes) -> bool:
    return b"PK\5\6" in raw[-66_000:]


def _from_charx(raw: bytes) -> Found:
    # The list of entries is read as a whole when an archive is opened, so its size is looked at before.
    tail = raw[-66_000:]
    at = tail.find(b"PK\5\6")
    while at >= 0:
        if int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY_MAX:
            raise BadCard("the archive has too many files")
        at = tail.find(b"PK\5\6", at + 1)
    if b"PK\6\7" in tail:
        raise BadCard("the archive is larger than a card can be")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _from_archive(archive)
    except _ZIP_ERRORS as wrong:
        raise BadCard("the archive is damaged") from wrong


def _from_archive(archive: zipfile.ZipFile) -> Found:
    entries = archive.infolist()
    if len(entries) > ENTRIES_MAX:
        raise BadCard("the archive has too many files")
    cards = [entry for entry in entries if entry.filename == "card.json"]
    if len(cards) != 1:
        raise BadCard("there is more than one card in the archive" if cards else "there is no card.json in the archive")
    raw = _entry(archive, cards[0], CARD_MAX)
    if raw is None:
        raise BadCard(f"the card is encrypted, packed in an unusual way or larger than {CARD_MAX // 1_000_000} MB")
    notes: list[str] = []
    uri = icon_of(parse_card(raw))
    picture = None
    if uri.startswith("embeded://"):
        held = [entry for entry in entries if entry.filename == uri.removeprefix("embeded://")]
        picture = _shown(_entry(archive, held[0], PICTURE_MAX), notes) if held else None
        if picture is None and not notes:
            notes.append("Its picture is missing in the archive or too large, and was not kept.")
    return _found(raw, picture, notes)


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes | None:
    """The content of an entry; None when it is encrypted, packed in an unusual way or longer than `most`.

    The length in the archive's list is only a claim: no more than `most` is ever inflated. LZMA is refused because its
    header can ask for gigabytes of memory.
    """
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return None
    with archive.open(entry) as file:
        content = file.read(most + 1)
    return content if len(content) <= most else None


# ------------------------------------------------------------------------------------------------------------- writing
def json_file(tree: Mapping[str, Any]) -> bytes:
    return json.dumps(tree, ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"


def png_file(tree: dict[str, Any], picture: bytes) -> bytes:
    """The picture with the card as V3 (`ccv3`) and as V2 (`chara`). Raises `BadPng` when it is no PNG file."""
    packed = {keyword: base64.b64encode(json.dumps(each, ensure_ascii=False, allow_nan=False).encode())
              for keyword, each in (("chara", v2_of(tree)), ("ccv3", tree))}  # fmt: skip
    return with_texts(picture, packed)


def charx_file(tree: Mapping[str, Any], picture: bytes) -> bytes:
    """A CHARX archive with the card and its icon, the same bytes for the same card."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("card.json", json_file(tree)), (ICON_PATH, picture)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """The file is there whole or not at all. Raises `FileExistsError` unless it may be replaced, and `OSError`."""
    if path.exists() and not replace:
        raise FileExistsError(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as wrong:
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory") from wrong
    new = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}")
    try:
        new.write_bytes(content)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
