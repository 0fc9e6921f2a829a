"""Reads `characters/<id>/character.yaml` (and `material.yaml` beside it) into personas.

All problems of all files are found before anything is refused, each with file, line and the nearest key.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from streamer.app.yamlfile import BadFiles, LineOf, Problem, problems, read_yaml
from streamer.cast import INTENTS, PLACES, STAGE_TAGS, Persona, missing_parts, persona_from, with_defaults

_ID = re.compile(r"^[a-z0-9][a-z0-9_-]{0,31}$")
_TAG = re.compile(r"\[([^\]]*)\]")
_TAG_SHAPE = re.compile(r"^([a-z]+)(?::(0(?:\.\d+)?|1(?:\.0+)?))?$")
_PLACE = re.compile(r"\{([^}]*)\}")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VoiceFile(_Part):
    pitch: Annotated[float, Field(ge=-12, le=12, description="Semitones up or down.")] = 0.0
    rate: Annotated[float, Field(ge=0.5, le=2, description="Speed of speech as a factor.")] = 1.0
    ids: Annotated[dict[str, str], Field(description="The voice to use, by engine.")] = {}


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
    thanks: ThanksFile = ThanksFile()


class CharacterFile(_Part):
    name: Word
    names: list[Word] = []
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    sentences: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)] = ""
    colour: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#b9a7ff"
    talkativeness: Annotated[float, Field(ge=0, le=1)] = 0.5
    voice: VoiceFile | None = None
    look: dict[str, str | float | bool] | None = None
    catchphrases: list[Line] = []
    facts: list[Line] = []
    material: MaterialFile = MaterialFile()


class Loaded(msgspec.Struct, frozen=True):
    """The cast, in the order asked for, and for each persona what was left to the defaults (to be said once)."""

    cast: tuple[Persona, ...]
    defaulted: tuple[tuple[str, str], ...] = ()
    """(persona id, `voice` or `look`)."""


def load_cast(roots: Sequence[Path], ids: Iterable[str] = ()) -> Loaded:
    """The personas found under the roots (folders of character folders); an earlier root wins over a later one.

    `ids` chooses and orders them; empty means all, by id. Raises `BadFiles` with every problem of every file.
    """
    folders: dict[str, Path] = {}
    for root in reversed(roots):
        if root.is_dir():
            folders |= {each.name: each for each in sorted(root.iterdir()) if (each / "character.yaml").is_file()}
    chosen = list(ids) or sorted(folders)
    bad: list[Problem] = []
    cast: list[Persona] = []
    for each in chosen:
        if each not in folders:
            bad.append(_unknown(each, folders, roots))
            continue
        try:
            cast.append(load_character(folders[each]))
        except BadFiles as error:
            bad.extend(error.problems)
    if bad:
        raise BadFiles(bad)
    defaulted = tuple((persona.id, part) for persona in cast for part in missing_parts(persona))
    return Loaded(tuple(with_defaults(persona) for persona in cast), defaulted)


def _unknown(wanted: str, folders: dict[str, Path], roots: Sequence[Path]) -> Problem:
    import difflib

    nearest = next(iter(difflib.get_close_matches(wanted, folders, n=1, cutoff=0.5)), "")
    where = roots[0].name if roots else "characters"
    return Problem(f"{where}/{wanted}/character.yaml", 0, "", "there is no such character", nearest)


def load_character(folder: Path) -> Persona:
    """One persona from its folder. Raises `BadFiles` with every problem of its files."""
    shown = f"{folder.parent.name}/{folder.name}"
    bad: list[Problem] = []
    if not _ID.match(folder.name):
        bad.append(Problem(shown, 0, "", "a character's folder is named with a-z, 0-9, - and _"))
    data: dict[str, Any] = {}
    parts: list[tuple[Any, LineOf, str, tuple[str, ...]]] = []
    for file, model in (("character.yaml", CharacterFile), ("material.yaml", MaterialFile)):
        if file == "material.yaml" and not (folder / file).is_file():
            continue
        try:
            content, line_of = read_yaml(folder / file, shown=f"{shown}/{file}")
        except BadFiles as error:
            bad.extend(error.problems)
            continue
        if not isinstance(content, dict):
            bad.append(Problem(f"{shown}/{file}", 1, "", "must be a mapping of keys to values"))
            continue
        found = problems(model, content, line_of, f"{shown}/{file}")
        bad.extend(found)
        parts.append((content, line_of, f"{shown}/{file}", ()))
        data = {**data, **content} if file == "character.yaml" else {**data, "material": _merged(data, content)}
    bad.extend(
        problem for content, line_of, name, place in parts for problem in _line_problems(content, line_of, name, place)
    )
    if bad:
        raise BadFiles(bad)
    read = CharacterFile.model_validate(data).model_dump(exclude_none=True)
    topics = [{"id": key, **value} for key, value in read["material"].pop("topics").items()]
    return persona_from({**read, "id": folder.name, "material": {**read["material"], "topics": topics}})


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
                yield Problem(file, line_of(place), where, f"unknown stage tag [{tag}]", _nearest(tag, STAGE_TAGS))
        for name in _PLACE.findall(node):
            if name not in PLACES:
                yield Problem(file, line_of(place), where, f"unknown place {{{name}}}", _nearest(name, PLACES))


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)), "")
