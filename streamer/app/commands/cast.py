"""`cast import FILE` and `cast export PERSONA FILE`: character cards in and out."""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from streamer.app.cards_io import FORMATS, ICON_PATH, Found, charx_file, json_file, png_file, read_card, write_whole
from streamer.app.characterfile import character_files
from streamer.app.characters import load_character
from streamer.app.folders import folders
from streamer.app.pngfile import BadPng, gradient, read_png
from streamer.app.settings import Folders, read_settings
from streamer.app.yamlfile import BadFiles
from streamer.cast import Persona, missing_parts
from streamer.cast.cards import BadCard, Card, Imported, held_assets, persona_of, suggested_id
from streamer.cast.cardwrite import card_of
from streamer.cast.fit import is_id

FILES = ("character.yaml", "material.yaml", "card.json", "picture.png")
"""What an import writes; a replacing one leaves every other file of the folder alone."""


class _RefusedError(Exception):
    """Said to the user; `code` is the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def main(options: argparse.Namespace) -> int:
    """0 done; 1 something is in the way (nothing was changed); 2 unreadable or unknown."""
    where = folders(options.home, Path("state"))
    try:
        if options.action == "import":
            bring(options.file, where, name=options.name or "", replace=options.replace)
        else:
            send(options.persona, options.file, where, replace=options.replace)
    except _RefusedError as refused:
        print(refused, file=sys.stderr)
        return refused.code
    return 0


# -------------------------------------------------------------------------------------------------------------- import
def bring(file: Path, where: Folders, *, name: str, replace: bool) -> None:
    found = _read(file)
    id_ = name or suggested_id(found.card, file.stem)
    if not is_id(id_):
        raise _RefusedError("--name takes a folder name: a-z, 0-9, - and _, at most 32, beginning with a-z or 0-9.", 2)
    target = where.home / "characters" / id_
    if target.exists() and not replace:
        raise _RefusedError(
            f"{target} is there already. --replace writes over it, --name ID imports it beside the other one.", 1
        )
    imported = persona_of(found.card, id_)
    try:
        _put(target, _contents(imported.persona, found, file.name))
    except OSError as wrong:
        raise _RefusedError(f"{target} cannot be written: {wrong.strerror or wrong}.", 1) from wrong
    _tell(imported, found, target, where)


def _read(file: Path) -> Found:
    try:
        return read_card(file)
    except OSError as wrong:
        raise _RefusedError(f"{file}: {wrong.strerror or wrong}.", 2) from wrong
    except BadCard as wrong:
        raise _RefusedError(f"{file}: {wrong}.", 2) from wrong


def _contents(persona: Persona, found: Found, source: str) -> dict[str, bytes]:
    texts = character_files(persona, source=source)
    contents = {name: text.encode() for name, text in texts.items()}
    return {**contents, "card.json": found.raw, **({"picture.png": found.picture} if found.picture else {})}


def _put(target: Path, contents: Mapping[str, bytes]) -> None:
    """Written beside, read as a show would read it, and only then moved into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=target.parent) as beside:
        new = Path(beside) / target.name
        new.mkdir()
        for name, content in contents.items():
            (new / name).write_bytes(content)
        try:
            load_character(new)
        except BadFiles as wrong:
            said = str(wrong).replace(Path(beside).name, target.parent.name)
            raise _RefusedError(f"The card cannot be used:\n{said}", 2) from wrong
        if not target.exists():
            new.replace(target)
            return
        for name in contents:
            (new / name).replace(target / name)
        for name in set(FILES) - set(contents):
            (target / name).unlink(missing_ok=True)


def _tell(imported: Imported, found: Found, target: Path, where: Folders) -> None:
    persona = imported.persona
    print(f"{persona.name} is in {target}.")
    for note in (*imported.notes, *found.notes):
        print(f"  {note}")
    for part in missing_parts(persona):
        print(f"  The default {part} is used until character.yaml has its own.")
    if (where.shipped / "characters" / persona.id / "character.yaml").is_file():
        print(f"  It takes the place of the {persona.id} that comes with the program.")
    try:
        chosen = read_settings(where).show.cast
    except BadFiles:
        chosen = []  # `check` and the next start list what is wrong there
    if chosen and persona.id not in chosen:
        print(f"  Your settings name the cast: add {persona.id} to show.cast to have it on stage.")
    else:
        print("  It is on stage at the next start.")


# -------------------------------------------------------------------------------------------------------------- export
def send(id_: str, file: Path, where: Folders, *, replace: bool) -> None:
    kind = file.suffix.lower()
    if kind not in FORMATS:
        raise _RefusedError(f"{file}: the name has to end in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}.", 2)
    folder = _folder(id_, where)
    try:
        persona = load_character(folder)
    except BadFiles as wrong:
        raise _RefusedError(str(wrong), 2) from wrong
    base = _base(folder)
    picture = None if kind == ".json" else _picture(folder, persona)
    icon = {".png": "ccdefault:", ".charx": f"embeded://{ICON_PATH}"}.get(kind)
    tree = card_of(persona, base, at=int(time.time()), icon=icon)
    content = (
        json_file(tree) if picture is None
        else png_file(tree, picture) if kind == ".png"
        else charx_file(tree, picture)
    )  # fmt: skip
    try:
        write_whole(file, content, replace=replace)
    except FileExistsError as wrong:
        raise _RefusedError(f"{file} is there already; --replace writes over it.", 1) from wrong
    except OSError as wrong:
        raise _RefusedError(f"{file} cannot be written: {wrong.strerror or wrong}.", 1) from wrong
    print(f"{persona.name} is in {file}.")
    if kind == ".json" and (folder / "picture.png").is_file():
        print("  A JSON file carries no picture; .png and .charx do.")
    if base is not None and (left := held_assets(base)):
        print(f"  {left} files of the card it came from (faces, backgrounds, ...) are not in it.")


def _folder(id_: str, where: Folders) -> Path:
    roots = where.roots("characters")
    for root in roots:
        if is_id(id_) and (root / id_ / "character.yaml").is_file():
            return root / id_
    known = sorted({each.parent.name for root in roots for each in root.glob("*/character.yaml")})
    raise _RefusedError(f"There is no such character; there are: {', '.join(known)}.", 2)


def _base(folder: Path) -> Card | None:
    """The card it was imported from. One that cannot be read any more is said and not used."""
    path = folder / "card.json"
    if not path.is_file():
        return None
    try:
        return read_card(path).card
    except (OSError, BadCard) as wrong:
        print(f"  {path.name} was not used: {wrong}.", file=sys.stderr)
        return None


def _picture(folder: Path, persona: Persona) -> bytes:
    path = folder / "picture.png"
    try:
        if path.is_file() and (picture := read_png(path.read_bytes()).picture()):
            return picture
    except (OSError, BadPng):
        pass
    if path.exists():
        print(f"  {path.name} cannot be used; the card has a plain picture.", file=sys.stderr)
    return gradient(persona.colour)
