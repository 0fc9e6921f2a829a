"""Keys, kept in the system's keyring under the service `showrunner`, else in memory for this run.

A keyring may ask the desktop for a password, or hang on a bus nobody answers: every call runs in a thread of its own
with a time limit, and one that ran over it is not asked again. A key belongs to a setting *and* an address
(`name_for`), so it is never sent to a server it was not given for. Nothing here is ever logged or written to a file.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

SERVICE = "showrunner"
LIMIT_S = 3.0
FORGET_S = 30.0
_Result = TypeVar("_Result")


class KeyringAwayError(Exception):
    """There is no keyring, it is locked, or it does not answer."""


def name_for(setting: str, url: str) -> str:
    """`SHOWRUNNER_LLM__API_KEY@https://api.openai.com`: the name of a key for one setting at one address."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        return f"{setting}@{parts.scheme.lower()}://{(parts.hostname or '').lower()}{port}"
    except ValueError:  # no address: nothing is ever sent there
        return f"{setting}@{url}"


class Keys:
    """`vendor` is the module `keyring` or something like it; None imports it at the first use."""

    def __init__(
        self, vendor: Any = None, *, limit_s: float = LIMIT_S, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._vendor = vendor
        self._limit_s = limit_s
        self._now = now
        self._known: dict[str, tuple[str, float]] = {}
        self._memory: dict[str, str] = {}
        self._away = False
        self._usable: bool | None = None
        self._lock = threading.RLock()

    def get(self, name: str) -> str:
        """The key, or "". Takes at most the time limit, once; what was found or missed is remembered."""
        with self._lock:
            if name in self._memory:
                return self._memory[name]
            value, until = self._known.get(name, ("", 0.0))
            if value or self._now() < until:
                return value
            try:
                value = str(self._asked(lambda keyring: keyring.get_password(SERVICE, name)) or "")
            except KeyringAwayError:
                value = ""
            self._known[name] = (value, self._now() + FORGET_S)
            return value

    def look(self, name: str) -> str | None:
        """What the keyring says now, past everything remembered: another program may have changed it. None: nothing.
        Raises KeyringAwayError."""
        with self._lock:
            return self._asked(lambda keyring: keyring.get_password(SERVICE, name))

    def put(self, name: str, value: str) -> bool:
        """Keep a key; True when it will be there at the next start, False when it is kept for this run only."""

        def keep(keyring: Any) -> bool:
            keyring.set_password(SERVICE, name, value)
            return keyring.get_password(SERVICE, name) == value  # some backends take everything and keep nothing

        with self._lock:
            self._memory[name] = value
            self._known.pop(name, None)
            try:
                kept = self._asked(keep)
            except KeyringAwayError:
                kept = False
            self._usable = kept
            if kept:
                self._known[name] = (self._memory.pop(name), self._now() + FORGET_S)
            return kept

    def drop(self, name: str) -> None:
        """Forget a key everywhere."""
        with self._lock:
            self._memory.pop(name, None)
            self._known.pop(name, None)
            try:
                if self._asked(lambda keyring: keyring.get_password(SERVICE, name)) is not None:
                    self._asked(lambda keyring: keyring.delete_password(SERVICE, name))
            except KeyringAwayError:
                return

    def in_memory(self, name: str) -> bool:
        """Whether a key is kept for this run only."""
        return name in self._memory

    @property
    def usable(self) -> bool:
        """Whether there is a keyring that keeps what it is given, as far as it says."""
        with self._lock:
            if self._usable is None:
                try:
                    self._usable = self._asked(_keeps)
                except KeyringAwayError:
                    self._usable = False
            return self._usable and not self._away

    def _asked(self, work: Callable[[Any], _Result]) -> _Result:
        if self._away:
            raise KeyringAwayError
        answer: list[_Result] = []
        failed: list[bool] = []

        def run() -> None:
            try:
                if self._vendor is None:
                    import keyring

                    self._vendor = keyring
                answer.append(work(self._vendor))
            except Exception:  # noqa: BLE001 - keyrings fail in as many ways as there are desktops
                failed.append(True)

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._limit_s)
        if not answer:
            self._away = not failed
            raise KeyringAwayError
        return answer[0]


def _keeps(keyring: Any) -> bool:
    backend = keyring.get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__name__}"
    return getattr(backend, "priority", 0) > 0 and "backends.fail" not in name and "backends.null" not in name


KEYS = Keys()
"""The keys of this process."""
