"""A place for the files of a show, and a plan read from it."""

from pathlib import Path

from streamer.app.plan import Plan, read_plan
from streamer.app.settings import Folders
from streamer.shipped import shipped

ROOT = Path(__file__).parents[2]
MIKA = 'name: Mika\ncolour: "#f59ac2"\nvoice: {pitch: 2}\nlook: {theme: aiko}\n'


def folders(tmp_path: Path, *, bare: bool = False) -> Folders:
    """`bare`: nothing is shipped."""
    ship = tmp_path / "shipped" if bare else shipped()
    return Folders(shipped=ship, home=tmp_path / "home", state=tmp_path / "state")


def put(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def plan(tmp_path: Path, settings: str = "", *, seed: int = 0) -> Plan:
    where = folders(tmp_path)
    if settings:
        put(where.home, "config/streamer.yaml", settings)
    return read_plan(where, seed=seed)
