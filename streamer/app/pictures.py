"""Pictures of a character instead of a drawing: the folder `pictures/` beside its file, what each picture is, and the
look an overlay gets from them. The page draws what it is given; here only headers are read.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from streamer.app.looks import PICTURE_PARAMS, PICTURES
from streamer.app.picturefile import BYTES_MAX, TYPES, BadPicture, PictureFile, look_at, too_large
from streamer.app.picturenames import Part, Shows, shows
from streamer.cast import Persona

FOLDER = "pictures"
CARD = "picture.png"
"""The main picture of a character card, beside the character's file."""
FILES_MAX = 200
NAMELESS = "the name does not say what it shows; name it idle, talk, blink, joy, joy_talk, ..."
_NOTES = (".txt", ".md", ".db", ".ini")
"""What lies about in folders and is no try at a picture."""
ENDINGS = (".png", ".apng", ".webp", ".gif", ".jpg", ".jpeg")


class Picture(msgspec.Struct, frozen=True):
    """One usable picture. `hash` is of its bytes, for addresses that may be kept for ever."""

    name: str
    shows: Shows
    file: PictureFile
    hash: str


class Refused(msgspec.Struct, frozen=True):
    """A file of the folder that is not shown, with the reason in words."""

    name: str
    code: str
    reason: str


class Pictures(msgspec.Struct, frozen=True):
    """What a folder holds. Of several pictures of the same thing the first by name is used."""

    used: tuple[Picture, ...] = ()
    refused: tuple[Refused, ...] = ()

    def of(self, shown: Shows) -> Picture | None:
        return next((each for each in self.used if each.shows == shown), None)


NONE = Pictures()
_Stamp = tuple[str, int, int]
_seen: dict[_Stamp, tuple[PictureFile, str] | BadPicture] = {}


def scan(folder: Path) -> Pictures:
    """The pictures of a character's folder. Files that did not change are not read again."""
    used: dict[Shows, Picture] = {}
    refused: list[Refused] = []
    for path in _files(folder / FOLDER):
        shown = shows(path.stem)
        try:
            if path.suffix.lower() not in ENDINGS:
                raise _strange(path)
            if shown is None:
                raise BadPicture("name", NAMELESS)
            file, digest = _file(path)
            if shown in used:
                raise BadPicture("twice", f"{used[shown].name} shows the same and is used")
            used[shown] = Picture(path.name, shown, file, digest)
        except BadPicture as wrong:
            refused.append(Refused(path.name, wrong.code, str(wrong)))
        except OSError as wrong:
            refused.append(Refused(path.name, "unreadable", f"cannot be read: {wrong.strerror or wrong}"))
    return Pictures(tuple(sorted(used.values(), key=lambda each: each.shows)), tuple(refused))


def _files(folder: Path) -> Iterator[Path]:
    try:
        found = sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
    except OSError:
        return
    yield from [each for each in found if each.suffix.lower() not in _NOTES][:FILES_MAX]


def _strange(path: Path) -> BadPicture:
    """Why a file without the ending of a picture is not shown."""
    with path.open("rb") as file:
        head = file.read(4_096)
    try:
        look_at(head)
    except BadPicture as wrong:
        if wrong.code in ("svg", "kind", "empty"):
            return wrong
    return BadPicture("ending", f"pictures are files ending in {', '.join(ENDINGS)}")


def _file(path: Path) -> tuple[PictureFile, str]:
    """The header and the hash of a file, from memory when the file is the same. Raises `BadPicture`, `OSError`."""
    stat = path.stat()
    stamp = (str(path), stat.st_mtime_ns, stat.st_size)
    if stamp not in _seen:
        try:
            if stat.st_size > BYTES_MAX:
                raise too_large(stat.st_size)
            raw = path.read_bytes()
            _seen[stamp] = look_at(raw), digest_of(raw)
        except BadPicture as wrong:
            _seen[stamp] = wrong
        while len(_seen) > 2_000:
            _seen.pop(next(iter(_seen)))
    known = _seen[stamp]
    if isinstance(known, BadPicture):
        raise known
    return known


def digest_of(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:12]


# ------------------------------------------------------------------------------------------------------------- looks
def folder_of(persona: str, roots: Sequence[Path]) -> Path | None:
    """The folder of a character; the first root that has one counts."""
    return next((root / persona for root in roots if (root / persona / "character.yaml").is_file()), None)


def overlay_look(persona: Persona, roots: Sequence[Path]) -> dict[str, Any]:
    """The look of a persona as an overlay needs it. Reads the headers of pictures, so not on the event loop's time.

    Drawn: the look as it is. Pictures: `{kind: "png", pictures: {expression: {part: address}}, bounce, squash, height,
    flip}`. A character whose pictures are gone is drawn in the default theme.
    """
    look = dict(persona.look)
    if look.get("theme") != PICTURES:
        return look
    folder = folder_of(persona.id, roots)
    table = addresses(persona.id, scan(folder)) if folder else {}
    if not table:
        return {key: value for key, value in look.items() if key not in ("theme", *PICTURE_PARAMS)}
    ways = {key: look.get(key, param.default) for key, param in PICTURE_PARAMS.items()}
    return {"kind": "png", "pictures": table, **ways}


def addresses(persona: str, pictures: Pictures) -> dict[str, dict[str, str]]:
    """Expression to part to address. There is always a `neutral` with an `idle`, if there is any picture at all."""
    table: dict[str, dict[str, str]] = {}
    for each in pictures.used:
        table.setdefault(each.shows.expression, {})[each.shows.part] = address(persona, each.name, each.hash)
    if not table:
        return {}
    neutral = table.setdefault("neutral", {})
    if "idle" not in neutral:
        order: tuple[Part, ...] = ("idle", "talk", "blink", "talk_blink")
        neutral["idle"] = next(table[key][part] for part in order for key in ("neutral", *table) if part in table[key])
    return table


def address(persona: str, name: str, version: str) -> str:
    from urllib.parse import quote

    return f"/pictures/{persona}/{quote(name)}?v={version}"


def card_address(persona: str, folder: Path) -> str:
    """The address of the card's picture; empty when there is none that can be shown."""
    try:
        return address(persona, CARD, _file(folder / CARD)[1])
    except (BadPicture, OSError):
        return ""


def served(folder: Path, name: str) -> tuple[bytes, str, str] | None:
    """Bytes, media type and hash of a picture by its name; None for what is not a picture of this character."""
    # Names come from addresses: only what the folder lists is looked up, so that none leads out of it.
    if name != CARD and name not in {each.name for each in _files(folder / FOLDER)}:
        return None
    path = folder / CARD if name == CARD else folder / FOLDER / name
    try:
        file, digest = _file(path)
        return path.read_bytes(), TYPES[file.kind], digest
    except (BadPicture, OSError):
        return None


# ------------------------------------------------------------------------------------------------------------- writing
def same(folder: Path, shown: Shows) -> list[Path]:
    """The files that show this."""
    return [path for path in _files(folder / FOLDER) if path.suffix.lower() in ENDINGS and shows(path.stem) == shown]


def save(folder: Path, shown: Shows, raw: bytes) -> Path:
    """Puts a picture beside the character, whole or not at all; others that show the same are the caller's to move.

    The file gets the name by which it is always understood. Raises `BadPicture` and `OSError`.
    """
    file = look_at(raw)
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{shown.name}.{file.kind}"
    new = place / f".{path.name}.{secrets.token_hex(4)}"
    try:
        new.write_bytes(raw)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return path


def shown_cast(cast: Sequence[Persona], roots: Sequence[Path]) -> dict[str, dict[str, object]]:
    """The cast as the pages know it, in its order."""
    return {
        persona.id: {
            "name": persona.name,
            "color": persona.colour,
            "order": order,
            "enabled": True,
            "look": overlay_look(persona, roots),
        }
        for order, persona in enumerate(cast)
    }
