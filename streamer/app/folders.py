"""Where shipped files are found: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

from streamer.app.settings import Folders

PACKAGE = Path(__file__).parents[1]


def shipped() -> Path:
    """The folder that holds `overlays/ characters/ scenes/ config/` as they are shipped."""
    inside = PACKAGE / "_shipped"
    return inside if inside.is_dir() else PACKAGE.parent


def folders(home: Path, state: Path) -> Folders:
    return Folders(shipped=shipped(), home=home.resolve(), state=state.resolve())
