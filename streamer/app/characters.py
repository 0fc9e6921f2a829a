"""Reads `characters/<id>/character.yaml` (and `material.yaml` beside it) into personas.

All problems of all files are found before anything is refused, each with file, line and the nearest key. Short ways to
write a voice and a look (`voice: en-GB-SoniaNeural`, `look: ren`) are put into their long form first
(`streamer.app.shorthand`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from streamer.app.looks import PICTURES, look_problems, nearest
from streamer.app.pictures import FOLDER, scan
from streamer.app.settings import Engine
from streamer.app.shorthand import Longhand, longhand
from streamer.app.yamlfile import BadFiles, LineOf, Problem, parse_yaml, problems, read_yaml
from streamer.cast import INTENTS, PLACES, STAGE_TAGS, Persona, missing_parts, persona_from, with_defaults
from streamer.speech.tags import Expression

_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,31}$")
_TAG = re.compile(r"\[([^\]]*)\]")
_TAG_SHAPE = re.compile(r"^([a-z]+)(?::(0(?:\.\d+)?|1(?:\.0+)?))?$")
_PLACE = re.compile(r"\{([^}]*)\}")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


Spelling = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MoodFile(_Part):
    rate: Annotated[float, Field(ge=0.5, le=2, description="Faster or slower, as a factor.")] = 1.0
    pitch: Annotated[float, Field(ge=-12, le=12, description="Semitones more or less.")] = 0.0
    volume: Annotated[float, Field(ge=0.1, le=2, description="Louder or softer, as a factor.")] = 1.0
    style: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    ids: Annotated[dict[str, str], Field(description="Another voice, by engine.")] = {}


class VoiceFile(_Part):
    pitch: Annotated[float, Field(ge=-12, le=12, description="Semitones up or down.")] = 0.0
    rate: Annotated[float, Field(ge=0.5, le=2, description="Speed of speech as a factor.")] = 1.0
    ids: Annotated[dict[str, str], Field(description="The voice to use, by engine.")] = {}
    engine: Annotated[Literal["", Engine], Field(description="The engine that is tried first.")] = ""
    volume: Annotated[float, Field(ge=0.1, le=2, description="Louder or softer, as a factor.")] = 1.0
    emotions: Annotated[dict[Expression, MoodFile], Field(description="What an emotion changes.")] = {}
    says: Annotated[dict[Word, Spelling], Field(max_length=500, description="Words and how they are spoken.")] = {}


class TopicFile(_Part):
    words: list[Word] = []
    takes: Annotated[list[Line], Field(min_length=1)]
    asks: list[Line] = []


class ThanksFile(_Part):
    paid: list[Line] = []
    sub: list[Line] = []
    gift: list[Line] = []
    raid: list[Line] = []
    follow: list[Line] = []


class MaterialFile(_Part):
    topics: dict[str, TopicFile] = {}
    intents: dict[Literal[INTENTS], list[Line]] = {}  # type: ignore[valid-type]
    about: list[Line] = []
    baffled: list[Line] = []
    choices: list[Line] = []
    openers: list[Line] = []
    closers: list[Line] = []
    again: list[Line] = []
    idle: list[Line] = []
    musings: list[Line] = []
    bits: list[Line] = []
    replies: list[Line] = []
    last_words: list[Line] = []
    greetings: list[Line] = []
    farewells: list[Line] = []
    late: list[Line] = []
    segments: list[Line] = []
    host: list[Line] = []
    huffs: list[Line] = []
    thanks: ThanksFile = ThanksFile()


class CharacterFile(_Part):
    name: Word
    names: list[Word] = []
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    sentences: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)] = ""
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#b9a7ff"
    talkativeness: Annotated[float, Field(ge=0, le=1)] = 0.5
    voice: VoiceFile | None = None
    look: dict[str, Any] | None = None
    catchphrases: list[Line] = []
    facts: list[Line] = []
    material: MaterialFile = MaterialFile()


class Loaded(msgspec.Struct, frozen=True):
    """The cast, in the order asked for, and for each persona what was left to the defaults (to be said once)."""

    cast: tuple[Persona, ...]
    defaulted: tuple[tuple[str, str], ...] = ()
    """(persona id, `voice` or `look`)."""
    problems: tuple[Problem, ...] = ()
    """Pictures that are not shown; with `keep` also those of characters that were left out or kept as they were."""


def character_folders(roots: Sequence[Path]) -> dict[str, Path]:
    """Id to folder, by id. The roots are folders of character folders; an earlier one wins over a later one."""
    folders: dict[str, Path] = {}
    for root in reversed(roots):
        if root.is_dir():
            folders |= {each.name: each for each in root.iterdir() if (each / "character.yaml").is_file()}
    # A folder that is being written has a name that no character has.
    return {name: folders[name] for name in sorted(folders) if not name.startswith(".")}


def load_cast(roots: Sequence[Path], ids: Iterable[str] = (), *, keep: Mapping[str, Persona] | None = None) -> Loaded:
    """The personas found under the roots. `ids` chooses and orders them; empty means all, by id.

    Raises `BadFiles` with every problem of every file. With `keep` (personas by id, may be empty) one bad character
    does not stop the others: the kept persona stays in its place or it is left out; only an empty cast is refused then.
    """
    folders = character_folders(roots)
    chosen = list(ids) or list(folders)
    bad: list[Problem] = []
    minor: list[Problem] = []
    cast: list[Persona] = []
    for each in chosen:
        try:
            if each not in folders:
                raise BadFiles([_unknown(each, folders, roots)])
            cast.append(load_character(folders[each]))
            minor += picture_problems(cast[-1], folders[each])
        except BadFiles as error:
            bad.extend(error.problems)
            if keep is not None and each in keep:
                cast.append(keep[each])
    if bad and (keep is None or not cast):
        raise BadFiles(bad)
    defaulted = tuple((persona.id, part) for persona in cast for part in missing_parts(persona))
    return Loaded(tuple(with_defaults(persona) for persona in cast), defaulted, (*bad, *minor))


def _unknown(wanted: str, folders: dict[str, Path], roots: Sequence[Path]) -> Problem:
    where = roots[0].name if roots else "characters"
    return Problem(f"{where}/{wanted}/character.yaml", 0, "", "there is no such character", nearest(wanted, folders))


def load_character(folder: Path, *, text: str | None = None) -> Persona:
    """One persona from its folder. Raises `BadFiles` with every problem of its files.

    `text` is read in the place of `character.yaml`: what the file is about to hold.
    """
    shown = f"{folder.parent.name}/{folder.name}"
    bad: list[Problem] = []
    if not _ID.match(folder.name):
        bad.append(Problem(shown, 0, "", "a character's folder is named with a-z, 0-9, - and _"))
    data: dict[str, Any] = {}
    for file in ("character.yaml", "material.yaml"):
        if file == "material.yaml" and not (folder / file).is_file():
            continue
        try:
            content = _content(folder / file, f"{shown}/{file}", text if file == "character.yaml" else None)
        except BadFiles as error:
            bad.extend(error.problems)
            continue
        data = {**data, **content} if file == "character.yaml" else {**data, "material": _merged(data, content)}
    if bad:
        raise BadFiles(bad)
    read = CharacterFile.model_validate(data).model_dump(exclude_none=True)
    topics = [{"id": key, **value} for key, value in read["material"].pop("topics").items()]
    return persona_from({**read, "id": folder.name, "material": {**read["material"], "topics": topics}})


def _content(path: Path, shown: str, text: str | None) -> dict[str, Any]:
    """A file's mapping in its long form. Raises `BadFiles` with everything wrong in it."""
    content, line_of = read_yaml(path, shown=shown) if text is None else parse_yaml(text, shown)
    if not isinstance(content, dict):
        raise BadFiles([Problem(shown, 1, "", "must be a mapping of keys to values")])
    of_character = path.name == "character.yaml"
    long = longhand(content, line_of, shown) if of_character else Longhand(content, line_of)
    bad = list(long.problems)
    said = {problem.where for problem in bad}
    if isinstance(long.data.get("look"), dict):
        bad += look_problems(long.data["look"], long.line_of, shown)
    model = CharacterFile if of_character else MaterialFile
    bad += [each for each in problems(model, long.data, long.line_of, shown) if each.where not in said]
    bad += _line_problems(content, line_of, shown, ())
    if bad:
        raise BadFiles(sorted(bad, key=lambda problem: problem.line))
    return long.data


def picture_problems(persona: Persona, folder: Path) -> list[Problem]:
    """What is wrong with the pictures of a persona that is shown by pictures. It is on stage all the same: what can be
    shown is shown, and without any picture it is drawn."""
    if persona.look.get("theme") != PICTURES:
        return []
    shown, found = f"{folder.parent.name}/{folder.name}/{FOLDER}", scan(folder)
    bad = [Problem(f"{shown}/{each.name}", 0, "", each.reason) for each in found.refused]
    if not found.used:
        bad.append(Problem(shown, 0, "", "there is no picture that can be shown; put one there, such as idle.png"))
    return bad


def _merged(data: dict[str, Any], material: dict[str, Any]) -> dict[str, Any]:
    inline = data.get("material")
    return {**inline, **material} if isinstance(inline, dict) else material


def _line_problems(node: Any, line_of: LineOf, file: str, place: tuple[str | int, ...]) -> Iterable[Problem]:
    """Stage tags and places outside the closed vocabulary, anywhere in the lines of a file."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in {"look", "voice", "words", "names", "sentences"}:
                yield from _line_problems(value, line_of, file, (*place, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _line_problems(value, line_of, file, (*place, index))
    elif isinstance(node, str):
        where = ".".join(map(str, place))
        for tag in _TAG.findall(node):
            shape = _TAG_SHAPE.match(tag)
            if shape is None or shape[1] not in STAGE_TAGS:
                yield Problem(file, line_of(place), where, f"unknown stage tag [{tag}]", nearest(tag, STAGE_TAGS))
        for name in _PLACE.findall(node):
            if name not in PLACES:
                yield Problem(file, line_of(place), where, f"unknown place {{{name}}}", nearest(name, PLACES))
