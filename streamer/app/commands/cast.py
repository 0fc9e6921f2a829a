"""`cast new NAME`, `cast list`, and character cards in and out: `cast import FILE`, `cast export PERSONA FILE`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from streamer.app.cards_io import FORMATS, ICON_PATH, Found, charx_file, json_file, png_file, read_card, write_whole
from streamer.app.casting.cardin import card_contents
from streamer.app.casting.newcomer import AlreadyThereError, present, write_new
from streamer.app.casting.questions import Answers, BadAnswer, answered
from streamer.app.characters import character_folders, load_character, picture_problems
from streamer.app.folders import folders
from streamer.app.looks import PICTURES
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
        match options.action:
            case "new":
                make(options, where)
            case "list":
                tell_all(where)
            case "import":
                bring(options.file, where, name=options.name or "", replace=options.replace)
            case _:
                send(options.persona, options.file, where, replace=options.replace)
    except _RefusedError as refused:
        print(refused, file=sys.stderr)
        return refused.code
    return 0


# ----------------------------------------------------------------------------------------------------------------- new
def make(options: argparse.Namespace, where: Folders) -> None:
    """Ask, write, and say what to do next. Nothing that is there is ever written over."""
    roots = where.roots("characters")
    keys = ("sentences", "language", "voice", "look", "colour")
    given = Answers(**{key: getattr(options, key) for key in keys})
    asked = not options.yes and any(getattr(given, key) is None for key in keys)
    try:
        if asked:
            print("Five questions; Enter takes what stands in [brackets]. Everything can be changed afterwards.")
        wishes = answered(options.name, given, present(roots), ask=input if asked else None, say=print)
        folder = write_new(where.home, wishes, set(character_folders(roots)))
    except (BadAnswer, BadFiles) as wrong:
        raise _RefusedError(str(wrong), 2) from wrong
    except AlreadyThereError as wrong:
        raise _RefusedError(f"{wrong} is there already; nothing was changed.", 1) from wrong
    except OSError as wrong:
        raise _RefusedError(f"{where.home / 'characters'} cannot be written: {wrong.strerror or wrong}.", 1) from wrong
    print(f"\n{wishes.name} is in {folder / 'character.yaml'}: change what you like there, or in the panel.")
    if wishes.look.get("theme") == PICTURES:
        print(
            f"  Put your pictures into {folder / 'pictures'}: idle.png, talk.png, blink.png, joy.png, joy_talk.png, ..."
        )
    _tell_stage(folder.name, where)


def tell_all(where: Folders) -> None:
    """One line for each character, and what is wrong with it."""
    chosen = _chosen(where)
    for id_, folder in character_folders(where.roots("characters")).items():
        stage = "on stage" if not chosen or id_ in chosen else "off stage"
        whose = "yours" if where.home in folder.parents else "comes with the program"
        try:
            persona = load_character(folder)
            print(f"{id_:<20} {persona.name} ({stage}, {whose})")
            wrong = picture_problems(persona, folder)
        except BadFiles as bad:
            print(f"{id_:<20} cannot be used ({whose})")
            wrong = bad.problems
        for problem in wrong:
            print(f"  {problem}")


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
        _put(target, card_contents(imported.persona, found, file.name))
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
    _tell_stage(persona.id, where)


def _chosen(where: Folders) -> list[str]:
    """The cast as the settings name it; empty means everybody."""
    try:
        return read_settings(where).show.cast
    except BadFiles:
        return []  # `check` and the next start list what is wrong there


def _tell_stage(id_: str, where: Folders) -> None:
    chosen = _chosen(where)
    if chosen and id_ not in chosen:
        file = where.home / "config" / "streamer.yaml"
        print(f"  Your settings name the cast: add {id_} to show.cast, or put it on stage in the panel:")
        print(f"    show.cast in {file}: [{', '.join((*chosen, id_))}]")
    else:
        print("  It is on stage at the next start, and at once when the show is running.")


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
