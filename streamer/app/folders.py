"""The folders of one start: what is shipped, the user's own, and what the program keeps."""

from pathlib import Path

from streamer.app.settings import Folders
from streamer.shipped import shipped


def folders(home: Path, state: Path) -> Folders:
    return Folders(shipped=shipped(), home=home.resolve(), state=state.resolve())
