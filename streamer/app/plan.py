"""Everything that is read before anything is started: settings, cast, rundown. All problems of all files at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from streamer.adapters.obs.settings import SceneMap
from streamer.app.alerting.rules import strangers
from streamer.app.characters import Loaded, character_folders, load_cast
from streamer.app.schedule import Rundown, load_rundown
from streamer.app.settings import Folders, Settings, named_anyway, read_settings
from streamer.app.staging.maps import load_map, strangers_on_stage
from streamer.app.yamlfile import BadFiles, Problem
from streamer.cast import Persona
from streamer.core.settings import Member, ShowSettings

DEMO_RUNDOWN = "demo"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a start is about to do."""

    settings: Settings
    folders: Folders
    cast: tuple[Persona, ...]
    rundown: Rundown = Rundown()
    scenes: SceneMap = SceneMap()
    defaulted: tuple[tuple[str, str], ...] = ()
    """(persona id, `voice` or `look`): what was left to the defaults."""
    seed: int = 0
    files: tuple[Path, ...] = ()
    """Files beside those of `home` that were read: the one of `--config`."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with single characters, and does not stop the others."""

    @property
    def title(self) -> str:
        """What the show is called: on a channel as the settings say, else as the demo's rundown."""
        return self.settings.show.title if self.settings.on_channel else self.rundown.title

    @property
    def members(self) -> tuple[Member, ...]:
        return tuple(Member(id=each.id, talkativeness=each.talkativeness) for each in self.cast)

    @property
    def rules(self) -> ShowSettings:
        return self.settings.rules(self.rundown.segments, seed=self.seed, scenes=self.scenes.core())


def read_plan(
    folders: Folders,
    *,
    file: Path | None = None,
    given: Mapping[str, Any] | None = None,
    seed: int = 0,
    keep: Mapping[str, Persona] | None = None,
) -> Plan:
    """Read it all. Raises `BadFiles` with every problem; nothing was started then.

    `keep`: the personas of a show that runs: one whose file has become bad stays as it was, and `problems` says so.
    """
    bad: list[Problem] = []
    settings, rundown = Settings(), Rundown()
    try:
        settings = read_settings(folders, file, given=given)
        chosen, name = settings.show.cast, settings.show.rundown
    except BadFiles as error:
        bad += error.problems
        chosen, name = named_anyway(folders, file)
    cast: tuple[Persona, ...] = ()
    loaded = Loaded(())
    try:
        loaded = load_cast(folders.roots("characters"), chosen, keep=keep)
        cast = loaded.cast
    except BadFiles as error:
        bad += error.problems
    try:
        rundown = load_rundown(folders.roots("scenes"), name or ("" if settings.on_channel else DEMO_RUNDOWN))
    except BadFiles as error:
        bad += error.problems
    scenes = SceneMap()
    try:
        scenes = load_map(folders.roots("scenes"), settings.obs.map if settings.obs is not None else "")
    except BadFiles as error:
        bad += error.problems
    if not cast and not bad:
        bad.append(Problem("characters", 0, "", "there is no character; put one into home/characters/<name>/"))
    known = {*character_folders(folders.roots("characters")), *(each.id for each in cast)}
    bad += [
        *_strangers(rundown, known),
        *strangers(settings.alerts, known),
        *strangers_on_stage(settings, scenes, known),
    ]
    if bad:
        raise BadFiles(bad)
    return Plan(
        settings=settings, folders=folders, cast=cast, rundown=rundown, scenes=scenes, seed=seed,
        defaulted=loaded.defaulted, files=() if file is None else (file,), problems=loaded.problems,
    )  # fmt: skip


def _strangers(rundown: Rundown, known: set[str]) -> list[Problem]:
    """Segments for personas that nobody knows: a slip. Those of somebody off stage are taken by whoever is there."""
    return [
        Problem("scenes", 0, f"segments.{segment.id}.persona", f"there is no character called {segment.persona}")
        for segment in rundown.segments
        if segment.persona and segment.persona not in known
    ]
