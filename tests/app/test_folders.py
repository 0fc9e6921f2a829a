"""Where shipped files are found, and that a user's own come first."""

from pathlib import Path

from streamer import shipped as module
from streamer.app.folders import folders
from streamer.shipped import shipped


def test_a_checkout_serves_its_own_folders() -> None:
    for name in ("overlays", "characters", "scenes", "config"):
        assert (shipped() / name).is_dir()


def test_a_wheel_serves_what_lies_inside(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "_shipped").mkdir()
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    assert shipped() == tmp_path / "_shipped"


def test_home_comes_before_shipped_and_paths_are_whole(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    where = folders(Path("home"), Path("state"))
    assert where.home == tmp_path / "home"
    assert where.state == tmp_path / "state"
    assert where.roots("scenes") == (tmp_path / "home" / "scenes", shipped() / "scenes")
