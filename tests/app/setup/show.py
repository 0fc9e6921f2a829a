"""A show for the set-up desk: its files, and a reload that reads them as the real one does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streamer.adapters.llm.discover import LocalServer
from streamer.app.plan import read_plan
from streamer.app.setup.desk import Desk, Running
from streamer.app.setup.secrets import Keys
from tests.app.kit import folders, put


class Ring:
    """As the module `keyring`, keeping everything in `kept`. `broken`: every call fails."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_keyring(self) -> "Ring":
        return self

    def get_password(self, service: str, name: str) -> str | None:
        if self.broken:
            raise RuntimeError("no keyring")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        if self.broken:
            raise RuntimeError("no keyring")
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class Show:
    """`given` is what the command line says; `found` the servers on this machine."""

    def __init__(self, tmp_path: Path, settings: str = "", *, given: dict[str, Any] | None = None) -> None:
        self.folders = folders(tmp_path)
        if settings:
            put(self.folders.home, "config/streamer.yaml", settings)
        self.given = given
        self.ring = Ring()
        self.keys = Keys(self.ring)
        self.found: list[LocalServer] = []
        self.loads = 0
        self.told = 0
        self.plan = read_plan(self.folders, given=given)
        self.desk = self.open()

    @property
    def file(self) -> Path:
        return self.folders.home / "config" / "streamer.yaml"

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8") if self.file.exists() else ""

    def open(self) -> Desk:
        running = Running(
            self._reload, lambda: self.plan.settings, lambda: self.plan.cast, lambda: self.loads + self.told, self._tell
        )
        return Desk(self.folders, running, keys=self.keys, find=self._find)

    async def _reload(self) -> None:
        self.plan = read_plan(self.folders, given=self.given)
        self.loads += 1

    def _tell(self) -> None:
        self.told += 1

    async def _find(self) -> Sequence[LocalServer]:
        return self.found
