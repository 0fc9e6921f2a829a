"""Card files of every container, and hostile ones: refused with a reason, never followed, never inflated."""

import base64
import io
import json
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamer.app import cards_io
from streamer.app.cards_io import (
    CARD_MAX,
    ICON_PATH,
    charx_file,
    json_file,
    png_file,
    read_card,
    read_card_bytes,
    write_whole,
)
from streamer.app.pngfile import gradient, png_bytes, read_png, with_texts
from streamer.cast.cards import BadCard
from streamer.cast.cardwrite import v2_of

PICTURE = gradient("#884422", width=4, height=4)
DATA = {"name": "Rin", "description": "Guards.", "first_mes": "Hi.", "extensions": {}}
TREE: dict[str, Any] = {"spec": "chara_card_v3", "spec_version": "3.0", "data": DATA}
RAW = json.dumps(TREE).encode()


def charx(*entries: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, kind)
    return out.getvalue()


def with_icon(uri: str) -> bytes:
    assets = [{"type": "icon", "name": "main", "uri": uri, "ext": "png"}]
    return json.dumps({**TREE, "data": {**DATA, "assets": assets}}).encode()


# ---------------------------------------------------------------------------------------------------------- whole ones
def test_every_container_gives_the_same_card(tmp_path: Path):
    for name, content in (
        ("a.json", json_file(TREE)),
        ("a.png", png_file(TREE, PICTURE)),
        ("a.charx", charx_file(TREE, PICTURE)),
    ):
        (tmp_path / name).write_bytes(content)
        found = read_card(tmp_path / name)
        assert found.card.tree == TREE
        assert json.loads(found.raw) == TREE
        assert found.notes == ()
    assert found.picture is None  # the card names no icon, so the archive's is not its own


def test_containers_are_known_by_content_not_by_name(tmp_path: Path):
    (tmp_path / "card.txt").write_bytes(png_file(TREE, PICTURE))
    assert read_card(tmp_path / "card.txt").picture == PICTURE


def test_a_png_carries_v2_and_v3():
    png = read_png(png_file(TREE, PICTURE))
    (chara,), (ccv3,) = png.texts("chara"), png.texts("ccv3")
    assert json.loads(base64.b64decode(chara)) == v2_of(TREE)
    assert json.loads(base64.b64decode(ccv3)) == TREE


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(RAW),
        base64.encodebytes(RAW),
        base64.urlsafe_b64encode(RAW).rstrip(b"="),
        b"  " + base64.b64encode(RAW) + b"\0".replace(b"\0", b"\n"),
        RAW,
    ],
)
def test_texts_however_they_are_packed(text: bytes):
    assert read_card_bytes(with_texts(PICTURE, {"Chara": text})).card.tree == TREE


def test_v3_wins_unless_it_is_broken():
    old = base64.b64encode(json.dumps({"name": "Old", "description": "x"}).encode())
    both = with_texts(PICTURE, {"chara": old, "ccv3": base64.b64encode(RAW)})
    assert read_card_bytes(both).card.data["name"] == "Rin"
    found = read_card_bytes(with_texts(PICTURE, {"chara": old, "ccv3": b"e30="}))
    assert found.card.data["name"] == "Old"
    assert "second card" in found.notes[0]


def test_the_icon_of_an_archive():
    found = read_card_bytes(charx(("card.json", with_icon(f"embeded://{ICON_PATH}")), (ICON_PATH, PICTURE)))
    assert found.picture == PICTURE


def test_an_archive_behind_a_picture():
    for front in (b"\xff\xd8\xff\xe0 a JPEG \xff\xd9", PICTURE):
        assert read_card_bytes(front + charx(("card.json", RAW))).card.tree == TREE


def test_a_picture_inside_the_card():
    uri = "data:image/png;base64," + base64.b64encode(PICTURE).decode()
    assert read_card_bytes(with_icon(uri)).picture == PICTURE


# ------------------------------------------------------------------------------------------------------- hostile files
def deep() -> bytes:
    return b"[" * 200_000


def lying_directory() -> bytes:
    """An archive whose list of entries claims to be huge."""
    raw = bytearray(charx(("card.json", RAW)))
    at = raw.rindex(b"PK\5\6")
    raw[at + 12 : at + 16] = (0xFFFFFF0).to_bytes(4, "little")
    return bytes(raw)


def flagged(flag: int) -> bytes:
    raw = bytearray(charx(("card.json", RAW)))
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.index(mark) + place] |= flag
    return bytes(raw)


def doubled() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate"):
        return charx(("card.json", RAW), ("card.json", RAW))


def wrong_sum() -> bytes:
    raw = bytearray(charx(("card.json", RAW), kind=zipfile.ZIP_STORED))
    raw[raw.index(b"Guards")] ^= 1
    return bytes(raw)


def broken_text() -> bytes:
    raw = bytearray(png_file(TREE, PICTURE))
    for mark in (b"chara\0", b"ccv3\0"):
        raw[raw.index(mark) + 20] ^= 1
    return bytes(raw)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "not JSON"),
        (deep(), "nested"),
        (b" " * CARD_MAX + RAW, "larger than 8 MB"),
        (PICTURE, "no card in this picture"),
        (PICTURE[:30], "cut short"),
        (broken_text(), "checksum"),
        (with_texts(PICTURE, {"chara": b"!!!"}), "base64"),
        (with_texts(PICTURE, {"chara": base64.b64encode(b"\xff\xfe\xfd")}), "UTF-8|JSON"),
        (with_texts(PICTURE, {"chara": b"A" * (CARD_MAX * 3 // 2)}), "larger than"),
        (b"\xff\xd8\xff\xe0 JPEG", "PNG, JSON or CHARX"),
        (charx(("data.json", RAW)), "no card.json"),
        (charx(("../card.json", RAW), ("/card.json", RAW), ("a/card.json", RAW)), "no card.json"),
        (doubled(), "more than one"),
        (charx(("card.json", bytes(CARD_MAX + 1))), "larger than"),
        (charx(("card.json", RAW), kind=zipfile.ZIP_LZMA), "unusual"),
        (flagged(1), "encrypted"),
        (wrong_sum(), "damaged"),
        (lying_directory(), "too many files"),
        (charx(("card.json", RAW), *((f"a/{n}", b"") for n in range(10_001))), "too many files"),
        (charx(("card.json", RAW))[:-30] + b"PK\5\6" + bytes(18), "no card.json|damaged"),
    ],
)
def test_refused_with_a_reason(raw: bytes, why: str):
    began = time.process_time()
    with pytest.raises(BadCard, match=why):
        read_card_bytes(raw)
    assert time.process_time() - began < 5


def test_a_bomb_behind_the_icon_costs_only_the_picture(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cards_io, "PICTURE_MAX", 100_000)
    raw = charx(("card.json", with_icon("embeded://bomb.png")), ("bomb.png", bytes(50_000_000)))
    assert len(raw) < 100_000
    found = read_card_bytes(raw)
    assert found.picture is None
    assert "too large" in found.notes[0]


def test_a_text_bomb_is_no_card():
    bomb = (b"zTXt", b"chara\0\0" + zlib.compress(bytes(100_000_000), 9))
    with pytest.raises(BadCard):
        read_card_bytes(png_bytes([bomb] * 20 + [(b"IEND", b"")]))


def test_files_too_large_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cards_io, "FILE_MAX", 100)
    (tmp_path / "a.json").write_bytes(RAW + b" " * 100)
    with pytest.raises(BadCard, match="larger"):
        read_card(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("uri", "note"),
    [
        ("https://x.example/a.png", "on the web"),
        ("embeded://../../../etc/passwd", "missing"),
        ("embeded:///etc/passwd", "missing"),
        ("file:///etc/passwd", ""),
        ("data:image/png;base64,AAAA", "not a PNG"),
        ("data:image/png;base64,???", ""),
        ("data:,", ""),
    ],
)
def test_no_address_in_a_card_is_followed(uri: str, note: str):
    found = read_card_bytes(charx(("card.json", with_icon(uri))))
    assert found.picture is None
    assert note in " ".join(found.notes)


def test_a_damaged_picture_costs_only_the_picture():
    raw = png_file(TREE, PICTURE)
    found = read_card_bytes(raw[:-6])
    assert (found.card.tree, found.picture) == (TREE, None)
    assert "damaged" in found.notes[0]


def test_files_that_stay_behind_are_said():
    assets = [{"type": "emotion", "name": "joy", "uri": "embeded://joy.png"}]
    found = read_card_bytes(json.dumps({**TREE, "data": {**DATA, "assets": assets}}).encode())
    assert found.notes == ("1 more files (faces, backgrounds, ...) stay in the card's file; keep it.",)


SOUND = (png_file(TREE, PICTURE), charx_file(TREE, PICTURE), RAW)


@given(st.sampled_from(SOUND), st.integers(0, 3_000), st.integers(0, 40), st.binary(max_size=40))
def test_no_damage_breaks_the_reader(raw: bytes, at: int, gone: int, put: bytes):
    try:
        read_card_bytes(raw[: at % len(raw)] + put + raw[at % len(raw) + gone :])
    except BadCard:
        return


# -------------------------------------------------------------------------------------------------------------- writing
def test_files_are_whole_and_never_written_over_unasked(tmp_path: Path):
    path = tmp_path / "new" / "a.json"
    write_whole(path, b"one", replace=False)
    with pytest.raises(FileExistsError):
        write_whole(path, b"two", replace=False)
    assert path.read_bytes() == b"one"
    write_whole(path, b"two", replace=True)
    assert [each.name for each in path.parent.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"two"


def test_the_same_card_gives_the_same_archive():
    assert charx_file(TREE, PICTURE) == charx_file(TREE, PICTURE)
