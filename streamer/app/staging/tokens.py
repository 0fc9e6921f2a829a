"""Tokens that avatar programs give us: in the system's keyring, else in a file of the state folder (0600)."""

import contextlib
import json
import os
import secrets
from pathlib import Path

from streamer.app.setup.secrets import KEYS, Keys

FILE = "avatar-tokens.json"
SETTING = "SHOWRUNNER_AVATARS__TOKEN"


class TokenFile:
    """`get` and `put` by a key such as `127.0.0.1:8001`. A token is no password, but it opens the model to whoever has
    it: never logged, never in an event."""

    def __init__(self, state: Path, keys: Keys = KEYS) -> None:
        self._path = state / FILE
        self._keys = keys

    def get(self, key: str) -> str:
        return self._keys.get(f"{SETTING}@{key}") or self._read().get(key, "")

    def put(self, key: str, token: str) -> None:
        """An empty token forgets it."""
        name = f"{SETTING}@{key}"
        kept = False
        if token:
            kept = self._keys.put(name, token)
        else:
            self._keys.drop(name)
        held = self._read()
        held.pop(key, None)
        if token and not kept:
            held[key] = token
        self._write(held)

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}

    def _write(self, held: dict[str, str]) -> None:
        if not held:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            return
        draft = self._path.with_name(f"{FILE}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file)
        draft.replace(self._path)
