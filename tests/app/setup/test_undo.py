"""Taking a change of the set-up back when the disk refuses, and keys that nobody needs any more."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streamer.app import settings as settings_module
from streamer.app.setup import history, writing, yamledit
from streamer.app.setup.yamledit import write_whole
from streamer.web.rest import Problem
from streamer.web.setup import ChooseVoice
from tests.app.setup.show import Show


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Show]:
    def make(settings: str = "") -> Show:
        made = Show(tmp_path, settings)
        monkeypatch.setattr(settings_module, "KEYS", made.keys)
        return made

    return make


def files(show: Show) -> dict[str, bytes]:
    root = show.folders.home
    return {str(each.relative_to(root)): each.read_bytes() for each in sorted(root.rglob("*")) if each.is_file()}


async def test_undo_on_a_disk_that_refuses_is_said_and_changes_nothing(
    show: Callable[..., Show], monkeypatch: pytest.MonkeyPatch
) -> None:
    it = show("show: {dial: chatty}\n")
    await it.desk.set_voice(ChooseVoice("mika", "espeak", "en-us"))
    before, calls = files(it), list[Path]()

    def once(path: Path, data: bytes) -> None:
        calls.append(path)
        if len(calls) == 1 and path.suffix == ".yaml":
            raise OSError(28, "No space left on device")
        write_whole(path, data)

    monkeypatch.setattr(history, "write_whole", once)
    with pytest.raises(Problem) as caught:
        await it.desk.undo()
    assert caught.value.code == "not_writable"
    assert files(it) == before
    monkeypatch.undo()
    monkeypatch.setattr(settings_module, "KEYS", it.keys)
    state = await it.desk.undo()
    assert state.undo is None
    assert it.text == "show: {dial: chatty}\n"


async def test_a_shipped_character_is_copied_whole_or_not_at_all(
    show: Callable[..., Show], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without the material beside it would win over the shipped character, and have nothing to say."""
    it = show()
    real, calls = writing.shutil.copyfile, list[object]()

    def copy(source: object, target: object, **more: object) -> object:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(source, target, **more)  # type: ignore[arg-type]

    def nothing(_edits: object) -> None:
        """The process is gone: nobody puts anything back."""

    monkeypatch.setattr(writing.shutil, "copyfile", copy)
    monkeypatch.setattr(writing, "undone", nothing)
    with pytest.raises(KeyboardInterrupt):
        writing.Files(it.folders).voice(ChooseVoice("mika", "espeak", "en-us"), it.plan.settings)
    assert not (it.folders.home / "characters" / "mika" / "character.yaml").exists()


def test_a_folder_that_cannot_be_written_is_said_to_be_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_more: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(yamledit.tempfile, "mkstemp", refused)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "new.yaml", b"a: 1\n")
