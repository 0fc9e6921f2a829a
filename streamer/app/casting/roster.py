"""The cast as the panel sees it: every character there is, on stage or not, with what is wrong with it. Blocking."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from streamer.app.casting.newcomer import COLOURS
from streamer.app.casting.voices import LANGUAGES, choices
from streamer.app.characters import character_folders, load_character, picture_problems
from streamer.app.looks import PICTURE_PARAMS, Looks, looks
from streamer.app.pictures import address, card_address, overlay_look, scan
from streamer.app.settings import Folders, named_anyway, read_settings
from streamer.app.yamlfile import BadFiles, Problem
from streamer.cast import Persona, Voice, with_defaults
from streamer.web.characters import (
    Character,
    Characters,
    FileProblem,
    PictureOf,
    RigTable,
    Suggestion,
    Undoable,
    VoiceOf,
)

MAX_ON_STAGE = 4


class Roster:
    """Looks at the folders each time it is asked; files that did not change are not read again.

    `file`: the settings file of `--config`, if one was given.
    """

    def __init__(self, folders: Folders, *, file: Path | None = None) -> None:
        self.folders = folders
        self.roots = folders.roots("characters")
        self.own = folders.home / "characters"
        self._file = file
        self._read: dict[Path, tuple[tuple[tuple[int, int], ...], Persona | BadFiles]] = {}

    @property
    def settings_file(self) -> Path:
        return self._file or self.folders.home / "config" / "streamer.yaml"

    def ids(self) -> dict[str, Path]:
        """Id to folder; the user's own win."""
        return character_folders(self.roots)

    def on_stage(self) -> tuple[list[str], bool]:
        """Who the settings put on stage, in order, and whether they name them (else it is everybody)."""
        try:
            chosen = list(read_settings(self.folders, self._file).show.cast)
        except BadFiles:
            chosen = named_anyway(self.folders, self._file)[0]
        there = self.ids()
        return ([each for each in chosen if each in there], True) if chosen else (list(there), False)

    def personas(self) -> list[Persona]:
        """Those that can be read."""
        return [persona for each in self.ids() if (persona := self.persona(each)) is not None]

    def persona(self, id_: str) -> Persona | None:
        folder = self.ids().get(id_)
        try:
            return self._load(folder) if folder else None
        except BadFiles:
            return None

    def _load(self, folder: Path) -> Persona:
        """As `load_character`."""
        stamps = tuple(_stamp(folder / name) for name in ("character.yaml", "material.yaml"))
        if folder not in self._read or self._read[folder][0] != stamps:
            try:
                self._read[folder] = stamps, load_character(folder)
            except BadFiles as wrong:
                self._read[folder] = stamps, wrong
        found = self._read[folder][1]
        if isinstance(found, BadFiles):
            raise BadFiles(found.problems)
        return found

    def name(self, id_: str) -> str:
        """What it is called; its id when its file cannot be read."""
        persona = self.persona(id_)
        return persona.name if persona else id_

    def one(self, id_: str) -> Character | None:
        folder = self.ids().get(id_)
        return None if folder is None else self._character(id_, folder, id_ in self.on_stage()[0])

    def all(self, undo: Undoable | None) -> Characters:
        stage, _ = self.on_stage()
        items = [self._character(id_, folder, id_ in stage) for id_, folder in self.ids().items()]
        places = {id_: place for place, id_ in enumerate(stage)}
        return Characters(
            items=tuple(sorted(items, key=lambda each: (places.get(each.id, len(places)), each.name.casefold()))),
            rig=rig_table(looks()),
            max_on_stage=MAX_ON_STAGE,
            voices={language: suggestions(language) for language in (*LANGUAGES, "")},
            colours=COLOURS,
            undo=undo,
        )

    def _character(self, id_: str, folder: Path, on: bool) -> Character:  # noqa: FBT001 - one flag, always by place
        whose = {"own": self.own in folder.parents, "on_stage": on, "picture": card_address(id_, folder)}
        pictures = pictures_of(id_, folder)
        try:
            persona = self._load(folder)
        except BadFiles as bad:
            return Character(id_, id_, problems=rows(bad.problems), pictures=pictures, usable=False, **whose)
        wrong = picture_problems(persona, folder)
        persona = with_defaults(persona)
        return Character(
            id_, persona.name, sentences=persona.sentences, language=persona.language, colour=persona.colour,
            talkativeness=persona.talkativeness, voice=voice_of(persona.voice), look=dict(persona.look),
            names=persona.names, greetings=persona.material.greetings[:20], problems=rows(wrong), pictures=pictures,
            shown=overlay_look(persona, self.roots), **whose,
        )  # fmt: skip


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def rows(problems: Sequence[Problem]) -> tuple[FileProblem, ...]:
    return tuple(FileProblem(each.file, each.line, each.where, said(each)) for each in problems)


def said(problem: Problem) -> str:
    """What is wrong, without the place, with what was probably meant."""
    return problem.message + (f" (did you mean {problem.nearest!r}?)" if problem.nearest else "")


def voice_of(voice: Voice) -> VoiceOf:
    return VoiceOf(voice.pitch, voice.rate, dict(voice.ids), voice.engine)


def suggestions(language: str) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(each.id, each.name, each.like, VoiceOf(each.pitch, 1.0, dict(each.ids)))
        for each in choices(language)
    )


def pictures_of(id_: str, folder: Path) -> tuple[PictureOf, ...]:
    found = scan(folder)
    good = (
        PictureOf(each.name, each.shows.expression, each.shows.part, address(id_, each.name, each.hash))
        for each in found.used
    )
    return (*good, *(PictureOf(each.name, code=each.code, problem=each.reason) for each in found.refused))


def rig_table(table: Looks) -> RigTable:
    plain: Mapping[str, Any] = msgspec.to_builtins(table)
    return RigTable(table.groups, plain["params"], plain["themes"], msgspec.to_builtins(dict(PICTURE_PARAMS)))
