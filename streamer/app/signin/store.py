"""Where sign-ins are kept: in the system's keyring, else in `state/tokens.json`, readable by the owner only.

`state/signin.json` beside them holds no secret: which accounts there are, where their tokens lie, and how often each
changed (`n`). Every change of tokens changes it last, so other programs with the same state folder look at it alone.

A refresh token may be good once only. Before it is sent, `mark` notes so on the disk; what comes back is written whole
before anybody uses it. Everything here blocks: call it in a thread. Changes need `try_lock`. A file that is there and
cannot be opened at the moment raises OSError everywhere: taken for empty, it would be written over.
"""

import contextlib
import logging
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from streamer.app.setup.secrets import KEYS, KeyringAwayError, Keys
from streamer.boot.locks import seize

log = logging.getLogger(__name__)

RING_MAX = 1_200
"""Characters. Windows keeps 2,560 bytes an entry, two of them for each (wincred.h, CRED_MAX_CREDENTIAL_BLOB_SIZE)."""
REPLACE_TRIES = 10

Where = Literal["keyring", "file"]


class KeptAwayError(Exception):
    """The tokens are in a keyring that is locked or does not answer."""


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sign-in. `n` rises with each change; times are seconds since 1970. `access` may be missing: only the refresh
    token is kept where both do not fit."""

    n: int
    client: str
    access: str
    refresh: str
    got_at: float
    expires_at: float
    scopes: tuple[str, ...] = ()
    login: str = ""
    user_id: str = ""

    def __repr__(self) -> str:
        return f"Kept(n={self.n}, ...)"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may be known of a sign-in by everybody who reads the state folder. `spending`: the refresh token of this `n`
    was sent, or was about to be; `gone`: that of this `n` is refused for good."""

    n: int
    where: Where
    client: str = ""
    login: str = ""
    user_id: str = ""
    scopes: tuple[str, ...] = ()
    spending: int = 0
    gone: int = 0


class _Stamp(msgspec.Struct, frozen=True):
    version: int
    id: str
    accounts: dict[str, Entry] = {}


class _Tokens(msgspec.Struct, frozen=True):
    version: int
    accounts: dict[str, Kept] = {}


class Store:
    """The sign-ins of one state folder, by key such as `twitch.bot`."""

    def __init__(self, state: Path, keys: Keys = KEYS) -> None:
        self._stamp_path = state / "signin.json"
        self._tokens_path = state / "tokens.json"
        self._lock_path = state / "signin.lock"
        self._state = state
        self._keys = keys

    # --- reading ----------------------------------------------------------------------------------------------------

    def look(self) -> object:
        """Something that differs after a change by whomever."""
        try:
            found = self._stamp_path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def index(self) -> dict[str, Entry]:
        return dict(self._stamp().accounts)

    @property
    def keyring(self) -> bool:
        """Whether the system's keyring takes what is new. May ask it."""
        return self._keys.usable

    def read(self, key: str) -> Kept | None:
        """The newest tokens. Raises KeptAwayError when the keyring that has them does not answer."""
        stamp = self._stamp()
        entry = stamp.accounts.get(key)
        in_file = self._tokens().accounts.get(key)
        if entry is None:
            return in_file
        is_settled = entry.spending != entry.n  # else a crash may have come between tokens and stamp: look everywhere
        if in_file is not None and is_settled and (entry.where == "file" or in_file.n > entry.n):
            return in_file
        in_ring = self._from_ring(self._name(stamp, key), must=entry.where == "keyring")
        found = [each for each in (in_file, in_ring) if each is not None]
        return max(found, key=lambda each: each.n) if found else None

    def _from_ring(self, name: str, *, must: bool) -> Kept | None:
        try:
            text = self._keys.look(name)
        except KeyringAwayError:
            if must:
                raise KeptAwayError from None
            return None
        try:
            return msgspec.json.decode(text, type=Kept) if text else None
        except msgspec.MsgspecError:
            return None

    # --- changing ---------------------------------------------------------------------------------------------------

    def try_lock(self) -> Callable[[], None] | None:
        """Keeps every other program from changing; call what is returned when done. None: somebody else has it."""
        self._state.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            free = seize(handle)
        except OSError:  # a file system without locks
            free = True
        if not free:
            os.close(handle)
            return None
        return lambda: os.close(handle)

    def write(self, key: str, kept: Kept) -> None:
        """Keep these tokens in place of those there were. Raises OSError, and then the old ones are still there."""
        stamp = self._stamp()
        if not stamp.accounts and not self._stamp_path.exists():
            self._write_stamp(stamp)  # the name of the entry in the keyring must not be lost with a crash
        where: Where = "keyring" if self._to_ring(self._name(stamp, key), kept) else "file"
        tokens = self._tokens()
        if where == "file":
            self._write_tokens({**tokens.accounts, key: kept})
        self._put(stamp, key, Entry(kept.n, where, kept.client, kept.login, kept.user_id, kept.scopes))
        if where == "keyring" and key in tokens.accounts:
            self._write_tokens({other: each for other, each in tokens.accounts.items() if other != key})

    def _to_ring(self, name: str, kept: Kept) -> bool:
        if not self._keys.usable:
            return False
        for each in (kept, msgspec.structs.replace(kept, access="")):
            text = msgspec.json.encode(each).decode()
            if len(text) <= RING_MAX:
                if self._keys.put(name, text):
                    return True
                self._keys.drop(name)  # in memory only is no place to keep it
                return False
        return False

    def mark(self, key: str, n: int) -> None:
        """The refresh token of this `n` is about to be sent. Raises OSError."""
        self._note(key, spending=n)

    def fail(self, key: str, n: int) -> None:
        """The refresh token of this `n` is good no more. Raises OSError."""
        self._note(key, spending=0, gone=n)

    def _note(self, key: str, **changes: int) -> None:
        stamp = self._stamp()
        entry = stamp.accounts.get(key)
        if entry is None:  # the stamp was deleted by hand; the file of tokens is still there
            kept = self._tokens().accounts.get(key)
            if kept is None:
                return
            entry = Entry(kept.n, "file", kept.client, kept.login, kept.user_id, kept.scopes)
        self._put(stamp, key, msgspec.structs.replace(entry, **changes))

    def drop(self, key: str) -> None:
        """Forget a sign-in everywhere. Raises OSError."""
        stamp = self._stamp()
        if key in stamp.accounts:
            self._keys.drop(self._name(stamp, key))
        tokens = self._tokens()
        if key in tokens.accounts:
            self._write_tokens({other: each for other, each in tokens.accounts.items() if other != key})
        self._write_stamp(_Stamp(1, stamp.id, {name: each for name, each in stamp.accounts.items() if name != key}))

    # --- files ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _name(stamp: _Stamp, key: str) -> str:
        return f"signin:{key}@{stamp.id}"

    def _stamp(self) -> _Stamp:
        try:
            return msgspec.json.decode(self._stamp_path.read_bytes(), type=_Stamp)
        except FileNotFoundError:
            pass
        except msgspec.MsgspecError:
            log.warning("%s cannot be read", self._stamp_path.name)
        return _Stamp(1, secrets.token_hex(8))

    def _tokens(self) -> _Tokens:
        try:
            data = self._tokens_path.read_bytes()
            if os.name != "nt" and self._tokens_path.stat().st_mode & 0o077:
                self._tokens_path.chmod(0o600)
            return msgspec.json.decode(data, type=_Tokens)
        except FileNotFoundError:
            pass
        except msgspec.MsgspecError:
            log.warning("%s cannot be read", self._tokens_path.name)
        return _Tokens(1)

    def _put(self, stamp: _Stamp, key: str, entry: Entry) -> None:
        self._write_stamp(_Stamp(1, stamp.id, {**stamp.accounts, key: entry}))

    def _write_stamp(self, stamp: _Stamp) -> None:
        write_private(self._stamp_path, msgspec.json.format(msgspec.json.encode(stamp)))

    def _write_tokens(self, accounts: dict[str, Kept]) -> None:
        if accounts:
            write_private(self._tokens_path, msgspec.json.format(msgspec.json.encode(_Tokens(1, accounts))))
        else:
            self._tokens_path.unlink(missing_ok=True)


def write_private(path: Path, data: bytes, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Write beside, flush to the disk and rename: the old content or the new, never half of one, and mode 0600 from the
    first byte on. On Windows the rights are those of the folder, and a virus scanner may hold the file for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        for attempt in range(REPLACE_TRIES):
            try:
                beside.replace(path)
                break
            except PermissionError:
                if attempt == REPLACE_TRIES - 1:
                    raise
                sleep(min(0.3, 0.02 * 2**attempt))
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if os.name != "nt":  # a rename is on the disk only with its folder
        with contextlib.suppress(OSError):
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
