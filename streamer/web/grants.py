"""Who may do what: persistent grants, of which only hashes are stored, and the one-use codes that lead to one.

Files in the state folder, readable by the owner only: `grants.json` (SHA-256 of each token) and `grants.key` (32
random bytes). The tokens of overlays are derived from the key, so that browser sources keep their address over restarts
and the panel can show it again; every other token is shown once.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, time
from typing import Literal

import msgspec

from streamer.ports import Misconfigured

GrantKind = Literal["owner", "operator", "overlay", "deck", "inject"]
Scope = Literal["overlay", "panel", "command", "say", "sound", "inject", "grants", "setup"]

SCOPES: dict[GrantKind, tuple[Scope, ...]] = {
    "owner": ("overlay", "panel", "command", "say", "sound", "inject", "grants", "setup"),
    "operator": ("overlay", "panel", "command", "say", "sound"),
    "overlay": ("overlay",),
    "deck": ("command",),
    "inject": ("inject",),
}
"""What each kind may do at most; a grant may be given less."""

DEFAULT_OVERLAY = "overlays"
"""Name of the grant behind the links this show prints."""
SESSION_S = 30 * 86_400
SESSIONS_MAX = 50
CODE_S = 600.0


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """`created` is seconds since 1970. `session` marks the cookie of a browser, which ends after 30 days."""

    id: str
    kind: GrantKind
    scopes: tuple[Scope, ...]
    name: str
    created: float
    session: bool = False


class _Stored(msgspec.Struct, frozen=True):
    grant: Grant
    sha256: str


class _File(msgspec.Struct, frozen=True):
    version: int
    grants: list[_Stored]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Grants:
    """All grants of one state folder. Methods read memory; the ones that change something write the file."""

    def __init__(self, state: Path, *, now: Callable[[], float] = time, tick: Callable[[], float] = monotonic) -> None:
        self._path = state / "grants.json"
        self._now = now
        self._tick = tick
        self._codes: dict[str, tuple[float | None, GrantKind, str]] = {}
        self.on_revoked: Callable[[str], None] = lambda _grant: None
        state.mkdir(parents=True, exist_ok=True)
        self._key = self._read_key(state / "grants.key")
        self._stored = {stored.grant.id: self._rehashed(stored) for stored in self._read()}

    # --- files ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _read_key(path: Path) -> bytes:
        with contextlib.suppress(FileNotFoundError):
            key = path.read_bytes()
            if len(key) == 32:
                return key
        key = secrets.token_bytes(32)
        _write_private(path, key)
        return key

    def _read(self) -> list[_Stored]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        try:
            return msgspec.json.decode(data, type=_File).grants
        except (msgspec.ValidationError, msgspec.DecodeError) as error:
            raise Misconfigured(
                f"{self._path} is damaged", fix=f"delete {self._path}: every link and token has to be made again"
            ) from error

    def _write(self) -> None:
        _write_private(self._path, msgspec.json.format(msgspec.json.encode(_File(1, list(self._stored.values())))))

    # --- grants -----------------------------------------------------------------------------------------------------

    def create(self, kind: GrantKind, name: str, scopes: Sequence[Scope] | None = None) -> tuple[Grant, str]:
        """A new grant and its token. ValueError for a scope that its kind cannot have."""
        wanted = SCOPES[kind] if scopes is None else tuple(dict.fromkeys(scopes))
        if too_much := set(wanted) - set(SCOPES[kind]):
            raise ValueError(f"{kind} cannot have {', '.join(sorted(too_much))}")
        grant = Grant(secrets.token_hex(6), kind, wanted, name, self._now())
        return grant, self._add(grant)

    def _add(self, grant: Grant) -> str:
        token = self._derived(grant.id) if grant.kind == "overlay" else secrets.token_urlsafe(32)
        self._stored[grant.id] = _Stored(grant, _digest(token))
        self._write()
        return token

    def _rehashed(self, stored: _Stored) -> _Stored:
        """After `grants.key` was lost overlay links have new tokens; their grants stay. Owners may do all there is."""
        if stored.grant.kind == "owner":
            return _Stored(msgspec.structs.replace(stored.grant, scopes=SCOPES["owner"]), stored.sha256)
        if stored.grant.kind != "overlay":
            return stored
        return _Stored(stored.grant, _digest(self._derived(stored.grant.id)))

    def _derived(self, grant: str) -> str:
        mac = hmac.new(self._key, f"overlay:{grant}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

    def overlay(self) -> tuple[Grant, str]:
        """The grant of this show's own overlay links; made when there is none, the same at every start."""
        for stored in self._stored.values():
            if stored.grant.kind == "overlay" and stored.grant.name == DEFAULT_OVERLAY:
                return stored.grant, self._derived(stored.grant.id)
        return self.create("overlay", DEFAULT_OVERLAY)

    def overlay_token(self, grant: Grant) -> str | None:
        """The token of an overlay grant, which can be shown again; None for other kinds."""
        return self._derived(grant.id) if grant.kind == "overlay" else None

    def find(self, token: str) -> Grant | None:
        """The grant of a token. Takes the same time whether and where it fits."""
        digest = _digest(token)
        found: Grant | None = None
        for stored in self._stored.values():
            if hmac.compare_digest(stored.sha256, digest):
                found = stored.grant
        if found is not None and found.session and self._now() - found.created > SESSION_S:
            return None
        return found

    def all(self) -> list[Grant]:
        return [stored.grant for stored in self._stored.values()]

    def revoke(self, grant: str) -> bool:
        """Whether there was one. Open sockets of it are closed through `on_revoked`."""
        if self._stored.pop(grant, None) is None:
            return False
        self._write()
        self.on_revoked(grant)
        return True

    # --- one-use codes ----------------------------------------------------------------------------------------------

    def issue_code(self, *, kind: GrantKind = "owner", name: str = "browser", for_s: float | None = CODE_S) -> str:
        """A code that can be exchanged once for a session; `for_s` None: as long as the process runs."""
        code = secrets.token_urlsafe(16)
        self._codes[_digest(code)] = (None if for_s is None else self._tick() + for_s, kind, name)
        return code

    def exchange(self, code: str) -> tuple[Grant, str] | None:
        """A new session and its token; None when the code is unknown, used or too old."""
        until, kind, name = self._codes.pop(_digest(code), (-1.0, "owner", ""))
        if until is not None and until < self._tick():
            return None
        sessions = sorted(
            (stored.grant for stored in self._stored.values() if stored.grant.session), key=lambda grant: grant.created
        )
        old = [grant for grant in sessions if self._now() - grant.created > SESSION_S]
        for grant in {grant.id: grant for grant in [*old, *sessions[: max(0, len(sessions) - SESSIONS_MAX + 1)]]}:
            self._stored.pop(grant, None)
            self.on_revoked(grant)
        session = Grant(secrets.token_hex(6), kind, SCOPES[kind], name, self._now(), session=True)
        return session, self._add(session)


def _write_private(path: Path, data: bytes) -> None:
    """Write beside and rename, mode 0600 from the first byte on."""
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
