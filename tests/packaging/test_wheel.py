"""The wheel carries what the program reads, and finds it without a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from streamer.shipped import shipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made by the build backend, unpacked into an empty folder."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("showrunner-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_in_a_checkout_the_folders_are_at_the_top() -> None:
    assert shipped() == ROOT


@pytest.mark.slow
def test_wheel_holds_the_shipped_folders(unpacked: Path) -> None:
    code = "from streamer.shipped import shipped; print(shipped())"
    environment = os.environ | {"PYTHONPATH": str(unpacked), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=unpacked, env=environment, capture_output=True, text=True, check=True
    )
    folder = Path(done.stdout.strip())
    assert folder.is_relative_to(unpacked)
    for name in ("overlays", "characters", "scenes", "config"):
        here = {str(path.relative_to(ROOT / name)) for path in tracked(ROOT / name)}
        assert here
        assert here <= {str(path.relative_to(folder / name)) for path in (folder / name).rglob("*")}, name


@pytest.mark.slow
def test_wheel_holds_the_data_of_the_package(unpacked: Path) -> None:
    data = {path.relative_to(ROOT) for path in tracked(ROOT / "streamer") if path.suffix not in (".py", ".pyc")}
    assert data
    assert [str(path) for path in sorted(data) if not (unpacked / path).exists()] == []


@pytest.mark.slow
def test_wheel_knows_its_command_and_licence(unpacked: Path) -> None:
    (info,) = unpacked.glob("showrunner-*.dist-info")
    assert "streamer = streamer.app.cli:main" in (info / "entry_points.txt").read_text(encoding="utf-8")
    assert "GPL-3.0-or-later" in (info / "METADATA").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in (info / "licenses" / "LICENSE").read_text(encoding="utf-8")


def tracked(folder: Path) -> list[Path]:
    """The files of a shipped folder, without what running the program leaves there."""
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
