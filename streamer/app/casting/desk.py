"""The desk behind `/api/v1/characters`: makes, changes, takes in and removes characters as files, and lets the show
read them again. What cannot be used is put back, so that the running show never meets it.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from streamer.app.cards_io import read_card_bytes
from streamer.app.casting.cardin import card_contents, card_id, dressed, kept_fields
from streamer.app.casting.changes import changed_text, file_changes
from streamer.app.casting.history import Attic, Done, History, digest
from streamer.app.casting.newcomer import AlreadyThereError, Wishes, completed, put_new, write_new
from streamer.app.casting.roster import MAX_ON_STAGE, Roster, said
from streamer.app.characters import load_character
from streamer.app.looks import PICTURES
from streamer.app.picturefile import BadPicture, look_at
from streamer.app.picturenames import Shows, shows
from streamer.app.pictures import CARD, FOLDER, NAMELESS, same, save, scan, served
from streamer.app.settings import Folders
from streamer.app.setup.yamledit import Changes, edit
from streamer.app.yamlfile import BadFiles
from streamer.cast.card import Voice
from streamer.cast.cards import BadCard, persona_of
from streamer.cast.cardtext import one_line
from streamer.cast.fit import fit
from streamer.web.characters import Change, Character, Characters, Imported, NewCharacter, PictureOf, Undoable, VoiceOf
from streamer.web.rest import Problem

_Result = TypeVar("_Result")
_SETTINGS_HEAD = "# Your settings. Everything that can be set: config/streamer.yaml of the program."
_SAID_MAX = 4


class CastingDesk:
    """`CastDesk`. `reload` reads all files again and raises `BadFiles` when they cannot be used; `file`: `--config`."""

    def __init__(self, folders: Folders, reload: Callable[[], Awaitable[None]], *, file: Path | None = None) -> None:
        self._roster = Roster(folders, file=file)
        self._reload = reload
        self._attic = Attic(folders.state / "removed")
        self._history = History(self._attic)
        self._lock = asyncio.Lock()

    # --- reading ----------------------------------------------------------------------------------------------------

    async def all(self) -> Characters:
        return await asyncio.to_thread(self._roster.all, self._history.last)

    def guess(self, names: list[str]) -> list[PictureOf]:
        """What pictures of these file names would show; those that say nothing have the reason."""
        found = [(name, shows(name)) for name in names]
        return [
            PictureOf(name, each.expression, each.part) if each else PictureOf(name, code="name", problem=NAMELESS)
            for name, each in found
        ]

    async def picture(self, id_: str, name: str) -> tuple[bytes, str, str] | None:
        def found() -> tuple[bytes, str, str] | None:
            folder = self._roster.ids().get(id_)
            return served(folder, name) if folder else None

        return await asyncio.to_thread(found)

    async def _one(self, id_: str) -> Character:
        found = await asyncio.to_thread(self._roster.one, id_)
        if found is None:
            raise _nobody()
        return found

    # --- changing ---------------------------------------------------------------------------------------------------

    async def create(self, wishes: NewCharacter) -> Character:
        def work(done: Done) -> str:
            name = " ".join(wishes.name.split())
            asked = Wishes(
                name=name, sentences=one_line(wishes.sentences), language=wishes.language,
                voice=wishes.voice and _fitted(wishes.voice), look=wishes.look, colour=wishes.colour,
            )  # fmt: skip
            whole = completed(asked, self._roster.personas())
            folder = write_new(self._roster.folders.home, whole, set(self._roster.ids()))
            done.steps.append((None, folder))
            done.what = Undoable("made", folder.name, name)
            self._to_stage(folder.name, done)
            return folder.name

        return await self._one(await self._apply(work))

    async def change(self, id_: str, change: Change) -> Character:
        def work(done: Done) -> str:
            file = self._folder(id_) / "character.yaml"
            changes = file_changes(file, change)
            name = load_character(file.parent, text=changed_text(file, changes)).name
            self._edit(self._own(id_, done) / "character.yaml", changes, done)
            done.what = Undoable("changed", id_, name)
            return id_

        return await self._one(await self._apply(work))

    async def stage(self, id_: str, *, on: bool) -> Characters:
        def work(done: Done) -> None:
            folder = self._folder(id_)
            done.what = Undoable("stage", id_, self._roster.name(id_))
            stage, _ = self._roster.on_stage()
            if on == (id_ in stage):
                return
            if not on:
                self._set_stage(_without(id_, stage), done)
                return
            if len(stage) >= MAX_ON_STAGE:
                raise Problem(409, "stage_full", f"at most {MAX_ON_STAGE} characters are on stage at a time")
            load_character(folder)  # one that cannot be read cannot go on stage
            self._set_stage([*stage, id_], done)

        await self._apply(work)
        return await self.all()

    async def remove(self, id_: str) -> Characters:
        def work(done: Done) -> None:
            folder = self._folder(id_)
            if self._roster.own not in folder.parents:
                raise Problem(409, "shipped", "this character comes with the program; take it off stage instead")
            done.what = Undoable("removed", id_, self._roster.name(id_))
            stage, chosen = self._roster.on_stage()
            shipped = (self._roster.folders.shipped / "characters" / id_ / "character.yaml").is_file()
            if not shipped and id_ in stage:
                order = _without(id_, stage)
                if chosen:
                    self._set_stage(order, done)
            done.steps.append(self._attic.take(folder, id_))

        await self._apply(work)
        return await self.all()

    async def undo(self) -> Characters:
        async with self._lock:
            done = self._history.pop()
            if done is None:
                raise Problem(409, "nothing_to_undo", "there is nothing to take back")
            try:
                inverse = await asyncio.to_thread(self._history.back, done)
            except OSError as wrong:
                self._history.add(done)
                raise _problem(wrong) from wrong
            if inverse is None:
                raise Problem(409, "changed_since", "a file was changed since; it was left as it is")
            try:
                await self._read_again()
            except BaseException:
                await asyncio.to_thread(self._history.discard, inverse)
                self._history.add(done)
                raise
        return await self.all()

    async def bring(self, name: str, raw: bytes) -> Imported:
        def work(done: Done) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
            try:
                found = read_card_bytes(raw)
                stem = Path(name.replace("\\", "/")).stem
                id_ = card_id(found.card, stem, set(self._roster.ids()))
                imported = persona_of(found.card, id_)
            except BadCard as wrong:
                raise Problem(422, "bad_card", str(wrong)) from wrong
            persona = fit(dressed(imported.persona, self._roster.personas()))
            folder = put_new(self._roster.own, id_, card_contents(persona, found, name))
            done.steps.append((None, folder))
            done.what = Undoable("imported", id_, persona.name)
            self._to_stage(id_, done)
            return id_, kept_fields(found.card), (*imported.notes, *found.notes)

        id_, kept, notes = await self._apply(work)
        return Imported(await self._one(id_), kept, notes)

    # --- pictures ---------------------------------------------------------------------------------------------------

    async def add_picture(self, id_: str, name: str, raw: bytes) -> Character:
        shown = shows(name)
        if shown is None:
            raise Problem(422, "picture_name", NAMELESS)

        def work(done: Done) -> None:
            self._put_picture(id_, shown, raw, done)

        await self._apply(work)
        return await self._one(id_)

    async def use_card_picture(self, id_: str) -> Character:
        def work(done: Done) -> None:
            try:
                raw = (self._folder(id_) / CARD).read_bytes()
            except FileNotFoundError:
                raise Problem(404, "no_picture", "this character has no card with a picture") from None
            file = self._put_picture(id_, Shows("neutral", "idle"), raw, done) / "character.yaml"
            self._edit(file, file_changes(file, Change(look={"theme": PICTURES})), done)

        await self._apply(work)
        return await self._one(id_)

    def _put_picture(self, id_: str, shown: Shows, raw: bytes, done: Done) -> Path:
        """The character's folder, with the picture in it."""
        look_at(raw)  # nothing is moved for a picture that cannot be shown
        done.what = Undoable("pictures", id_, self._roster.name(id_))
        own = self._own(id_, done)
        for path in same(own, shown):
            done.steps.append(self._attic.take(path, f"{id_}-{path.name}"))
        done.steps.append((None, save(own, shown, raw)))
        return own

    async def drop_picture(self, id_: str, name: str) -> Character:
        def work(done: Done) -> None:
            found = scan(self._folder(id_))
            if name not in {each.name for each in (*found.used, *found.refused)}:
                raise Problem(404, "no_picture", "there is no such picture")
            done.what = Undoable("pictures", id_, self._roster.name(id_))
            done.steps.append(self._attic.take(self._own(id_, done) / FOLDER / name, f"{id_}-{name}"))

        await self._apply(work)
        return await self._one(id_)

    # --- pieces -----------------------------------------------------------------------------------------------------

    async def _apply(self, work: Callable[[Done], _Result]) -> _Result:
        """Does the work in a thread and lets the show read it; puts everything back when either fails."""
        async with self._lock:
            done = Done()
            try:
                result = await asyncio.to_thread(work, done)
                await self._read_again()
            except (Problem, BadFiles, BadPicture, AlreadyThereError, OSError) as wrong:
                await asyncio.to_thread(self._history.discard, done)
                raise _problem(wrong) from wrong
            except BaseException:
                await asyncio.to_thread(self._history.discard, done)
                raise
            self._history.add(done)
            return result

    async def _read_again(self) -> None:
        try:
            await self._reload()
        except BadFiles as wrong:
            raise _unusable(wrong) from wrong

    def _folder(self, id_: str) -> Path:
        folder = self._roster.ids().get(id_)
        if folder is None:
            raise _nobody()
        return folder

    def _own(self, id_: str, done: Done) -> Path:
        """The user's own folder of a character: a shipped one is copied whole first."""
        own, folder = self._roster.own / id_, self._folder(id_)
        if folder == own:
            return own
        self._roster.own.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self._roster.own) as beside:
            copy = Path(beside) / id_
            shutil.copytree(folder, copy)
            for each in (copy, *copy.rglob("*")):
                each.chmod(0o755 if each.is_dir() else 0o644)  # shipped files may be read only
            copy.replace(own)
        done.steps.append((None, own))
        done.copies[own] = digest(own)
        return own

    def _to_stage(self, id_: str, done: Done) -> None:
        """Puts a character that was just made on stage, if there is room. Where nobody is named, it is there."""
        stage, chosen = self._roster.on_stage()
        others = [each for each in stage if each != id_]
        if len(others) >= MAX_ON_STAGE:
            if not chosen:
                self._set_stage(others[:MAX_ON_STAGE], done)
        elif chosen:
            self._set_stage([*others, id_], done)

    def _set_stage(self, order: list[str], done: Done) -> None:
        self._edit(self._roster.settings_file, {("show", "cast"): order}, done)

    def _edit(self, path: Path, changes: Changes, done: Done) -> None:
        edited = edit(path, changes, head=_SETTINGS_HEAD, shown="/".join(path.parts[-3:]))
        if edited.changed:
            done.steps.append(edited)


def _without(id_: str, stage: list[str]) -> list[str]:
    if len(stage) == 1:
        raise Problem(409, "last_on_stage", "somebody has to be on stage; put another character there first")
    return [each for each in stage if each != id_]


def _problem(wrong: Exception) -> Problem:
    match wrong:
        case Problem():
            return wrong
        case BadFiles():
            return _unusable(wrong)
        case BadPicture():
            return Problem(422, f"picture_{wrong.code}", str(wrong))
        case AlreadyThereError():
            return Problem(409, "already_there", "there is a folder of that name; give another name")
        case _:
            reason = getattr(wrong, "strerror", "") or type(wrong).__name__
            return Problem(500, "not_written", f"the files could not be written: {reason}")


def _nobody() -> Problem:
    return Problem(404, "no_character", "there is no such character")


def _unusable(wrong: BadFiles) -> Problem:
    """The problems of files as one answer: the first few, each with its place."""
    several = wrong.problems
    shown = [f"{each.file}:{each.line}: " if each.line else f"{each.file}: " for each in several]
    lines = [f"{place}{each.where + ': ' if each.where else ''}{said(each)}"
             for place, each in zip(shown, several, strict=True)]  # fmt: skip
    more = [f"(and {len(lines) - _SAID_MAX} more)"] if len(lines) > _SAID_MAX else []
    return Problem(422, "bad_character", "\n".join((*lines[:_SAID_MAX], *more)))


def _fitted(voice: VoiceOf) -> Voice:
    ids = {key: value for key, value in voice.ids.items() if value.strip()}
    return Voice(voice.pitch, voice.rate, ids, voice.engine)
