"""Parts of the build that whole starts (tests/packaging/test_starts.py) do not reach on every system."""

import errno
import os
from pathlib import Path

import pytest

from streamer.boot import build
from streamer.boot.places import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(str(tmp_path), str(tmp_path), "core")


def test_a_full_disk_is_named(place: Place) -> None:
    assert "disk is full" in build.explain_os_error(OSError(errno.ENOSPC, "x"), place)
    assert place.folder in build.explain_os_error(OSError(errno.EIO, "x"), place)


def test_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build.writable(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert not build.writable(str(tmp_path / "none"))
    monkeypatch.setattr(build.os, "open", refuse(errno.EROFS))
    assert not build.writable(str(tmp_path))
    monkeypatch.setattr(build.os, "open", refuse(errno.ENOSPC))
    assert build.writable(str(tmp_path)), "full is not read-only: the message about room has to come"


def refuse(number: int) -> object:
    def open_(*_args: object) -> int:
        raise OSError(number, os.strerror(number))

    return open_


def test_rename_waits_for_a_scanner(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    failures = iter([PermissionError(13, "in use")] * 3)

    def rename(_old: str, _new: str) -> None:
        for problem in failures:
            raise problem

    monkeypatch.setattr(build.os, "name", "nt")
    monkeypatch.setattr(build.os, "rename", rename)
    monkeypatch.setattr(build.time, "sleep", waits.append)
    build.rename("a", "b")
    assert waits == [0.1, 0.2, 0.4]


def test_rename_gives_up_with_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(_old: str, _new: str) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(build.os, "name", "nt")
    monkeypatch.setattr(build.os, "rename", rename)
    waited: list[float] = []
    monkeypatch.setattr(build.time, "sleep", waited.append)
    with pytest.raises(build.CannotBuildError, match="Is a show still running"):
        build.rename("a", "b")
    assert sum(waited) == pytest.approx(3.5)


def test_remove_takes_the_stamp_first(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(place.fresh).mkdir()
    Path(place.fresh, "stamp").touch()
    monkeypatch.setattr(build.shutil, "rmtree", lambda _folder: None)  # killed in the middle
    build.remove(place.fresh)
    assert not Path(place.fresh, "stamp").exists()


def test_a_link_in_place_of_the_environment_is_only_unlinked(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").touch()
    Path(place.fresh).symlink_to(target)
    build.remove(place.fresh)
    assert (target / "file").exists()
    assert not Path(place.fresh).is_symlink()
