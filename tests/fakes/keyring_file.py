"""A keyring that keeps its keys in one file, for a product in a process of its own.

PYTHON_KEYRING_BACKEND=tests.fakes.keyring_file.FileKeyring KEYRING_FILE=... python -m streamer run
"""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend  # noqa: TID253 - only a process that was told to uses this file


class FileKeyring(KeyringBackend):
    """Reads and writes the file at each call."""

    priority = 9  # type: ignore[assignment] - the base class computes it

    @property
    def _path(self) -> Path:
        return Path(os.environ["KEYRING_FILE"])

    def _all(self) -> dict[str, str]:
        return json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._all().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._path.write_text(json.dumps(self._all() | {f"{service} {username}": password}), encoding="utf-8")

    def delete_password(self, service: str, username: str) -> None:
        left = {name: value for name, value in self._all().items() if name != f"{service} {username}"}
        self._path.write_text(json.dumps(left), encoding="utf-8")
