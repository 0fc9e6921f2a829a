"""Where the folders are that come with the program: overlays, characters, scenes, config."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def shipped() -> Path:
    """The folder that holds them: inside the package when it was installed as a wheel, else the checkout."""
    inside = PACKAGE / "_shipped"
    return inside if inside.is_dir() else PACKAGE.parent
