"""The cast's desk when somebody else changes the files too, and when the disk or the show refuses."""

import shutil
from pathlib import Path

import pytest

from streamer.app.casting.desk import CastingDesk
from streamer.app.plan import read_plan
from streamer.app.settings import Folders
from streamer.shipped import shipped
from streamer.web.characters import Change, NewCharacter
from streamer.web.rest import Problem
from tests.fakes.pictures import png

RUNDOWN = "title: x\nsegments:\n  - id: a\n    every: 5m\n    say: hello\n"


class Cast:
    """A desk whose show reads the files as a real one does; `refuses` is raised instead."""

    def __init__(self, root: Path) -> None:
        self.folders = Folders(shipped=shipped(), home=root / "home", state=root / "state")
        self.home = self.folders.home / "characters"
        self.refuses: Exception | None = None
        self.desk = CastingDesk(self.folders, self._reload)

    async def _reload(self) -> None:
        if self.refuses is not None:
            raise self.refuses
        read_plan(self.folders)

    def write(self, path: str, text: str) -> Path:
        file = self.folders.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def files(self) -> dict[str, bytes]:
        root = self.folders.home
        return {str(each.relative_to(root)): each.read_bytes() for each in sorted(root.rglob("*")) if each.is_file()}


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    return Cast(tmp_path)


async def refused_undo(cast: Cast) -> str:
    with pytest.raises(Problem) as caught:
        await cast.desk.undo()
    return caught.value.code


async def test_undo_leaves_a_copy_that_was_edited_by_hand(cast: Cast) -> None:
    await cast.desk.change("mika", Change(colour="#010203"))
    file = cast.home / "mika" / "character.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    before = cast.files()
    assert await refused_undo(cast) == "changed_since"
    assert cast.files() == before


async def test_undo_leaves_a_copy_that_got_files_by_hand(cast: Cast) -> None:
    await cast.desk.add_picture("mika", "joy.png", png())
    (cast.home / "mika" / "pictures" / "idle.png").write_bytes(png(9, 9))
    before = cast.files()
    assert await refused_undo(cast) == "changed_since"
    assert cast.files() == before


async def test_undo_of_a_new_character_takes_all_or_nothing(cast: Cast) -> None:
    """Its place in the settings was edited by hand since: without its folder they could not be read any more."""
    settings = cast.write("config/streamer.yaml", "show:\n  cast: [mika]\n")
    made = await cast.desk.create(NewCharacter("Nova"))
    settings.write_text(settings.read_text(encoding="utf-8") + "  dial: chatty\n", encoding="utf-8")
    before = cast.files()
    assert await refused_undo(cast) == "changed_since"
    assert cast.files() == before
    assert made.id in {each.id for each in read_plan(cast.folders).cast}


async def test_undo_that_the_show_cannot_take_changes_nothing(cast: Cast) -> None:
    settings = cast.write("config/streamer.yaml", "show:\n  rundown: mine\n")
    cast.write("scenes/mine.yaml", RUNDOWN)
    made = await cast.desk.create(NewCharacter("Nova"))
    cast.write("scenes/mine.yaml", f"{RUNDOWN}    persona: {made.id}\n")
    before = cast.files()
    code = await refused_undo(cast)
    assert (code, cast.files()) == ("bad_character", before)
    settings.unlink()
    await cast.desk.undo()  # it is still there to be taken back
    assert not (cast.home / made.id).exists()


async def test_undo_on_a_disk_that_refuses_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await cast.desk.create(NewCharacter("Nova"))
    await cast.desk.add_picture(made.id, "idle.png", png())
    await cast.desk.add_picture(made.id, "idle.png", png(9, 9))
    before = cast.files()
    real, calls = shutil.move, list[object]()

    def move(one: object, other: object) -> object:
        calls.append(one)
        if len(calls) == 2:
            raise PermissionError(13, "Permission denied")
        return real(one, other)  # type: ignore[arg-type]

    monkeypatch.setattr(shutil, "move", move)
    assert await refused_undo(cast) == "not_written"
    assert cast.files() == before
    monkeypatch.undo()
    await cast.desk.undo()
    assert (cast.home / made.id / "pictures" / "idle.png").read_bytes() == png()


async def test_an_error_nobody_foresaw_leaves_nothing_behind(cast: Cast) -> None:
    cast.refuses = RuntimeError("the voices broke")
    with pytest.raises(RuntimeError):
        await cast.desk.create(NewCharacter("Nova"))
    with pytest.raises(RuntimeError):
        await cast.desk.change("mika", Change(colour="#010203"))
    assert cast.files() == {}
    assert (await cast.desk.all()).undo is None


async def test_somebody_leaves_the_stage_though_the_rundown_names_her(cast: Cast) -> None:
    """Whoever is on stage takes her segments; the demo's rundown has some."""
    told = await cast.desk.stage("juno", on=False)
    assert [each.id for each in told.items if each.on_stage] == ["mika"]
    assert [each.id for each in read_plan(cast.folders).cast] == ["mika"]


async def test_signs_nobody_sees_are_left_out_of_names_and_sentences(cast: Cast) -> None:
    made = await cast.desk.create(NewCharacter("No\x00va\u202e", sentences="Likes\x00 tea.\n\nAnd \x07rain."))
    assert (made.name, made.sentences) == ("Nova", "Likes tea. And rain.")
    changed = await cast.desk.change(made.id, Change(name="N\u202eo\x00ra", names=["\x00", "no\u2066"]))
    assert (changed.name, changed.names) == ("Nora", ("no",))
    before = cast.files()
    with pytest.raises(Problem) as caught:
        await cast.desk.change(made.id, Change(name="\x00\u202e"))
    assert caught.value.code == "bad_character"
    assert cast.files() == before
