"""Which environment a command needs, where it is, and when it fits."""

from pathlib import Path

import pytest

from streamer.boot import places
from streamer.boot.places import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "core.lock").write_text("aiohttp==1\n", encoding="utf-8")
    place = Place(str(tmp_path), str(tmp_path), "core")
    python = Path(place.python(place.folder))
    python.parent.mkdir(parents=True)
    python.touch()
    Path(place.folder, "stamp").write_bytes(place.stamp())
    return place


def test_stamped_environment_fits(place: Place) -> None:
    assert place.fits(place.folder)
    assert not place.fits(place.previous)


def test_any_byte_of_the_lock_counts(place: Place) -> None:
    Path(place.lock_file).write_text("aiohttp==2\n", encoding="utf-8")
    assert not place.fits(place.folder)


def test_another_python_does_not_fit(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.sys, "version_info", (3, 99, 0))
    assert not place.fits(place.folder)


def test_another_prefix_does_not_fit(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places.sys, "base_prefix", "/elsewhere")
    assert not place.fits(place.folder)


def test_without_interpreter_or_lock_nothing_fits(place: Place) -> None:
    Path(place.python(place.folder)).unlink()
    assert not place.fits(place.folder)
    Path(place.lock_file).unlink()
    assert not place.fits(place.folder)


@pytest.mark.parametrize(
    ("arguments", "lock"),
    [([], "core"), (["--twitch", "test"], "core"), (["test"], "test"), (["lint"], "test"), (["bench"], "test")],
)
def test_the_command_decides_on_the_lock(arguments: list[str], lock: str) -> None:
    assert places.lock_for(arguments) == lock


def test_core_and_test_never_share_a_folder(tmp_path: Path) -> None:
    core, test = (Place(str(tmp_path), str(tmp_path), lock) for lock in ("core", "test"))
    mine = [{p.folder, p.fresh, p.previous, p.guard, p.in_use} for p in (core, test)]
    assert not mine[0] & mine[1]


def test_two_checkouts_never_share_a_user_folder() -> None:
    assert places.user_folder("/a/show") != places.user_folder("/b/show")
    assert places.user_folder("/a/show") == places.user_folder("/a/show")
