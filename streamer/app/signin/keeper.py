"""`Keeper`: the tokens of one account, and the only one who refreshes them.

A refresh token of a public client is good once. So one refresh runs at a time, whoever asks and in however many
programs; it is noted on the disk before it is sent, ends even when its callers have gone, and what it brings is on the
disk before anybody gets it. What remains: when the program is killed, or the answer is lost, after the server has taken
the old refresh token and before the new one is on the disk, this sign-in cannot be renewed. It then works until its
access token ends: a fifth of its life, 48 minutes on Twitch. Nothing in the protocol closes that gap.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Protocol, TypeVar

import msgspec

from streamer.adapters.auth.common import Gone, Identity, SignInServer, Tokens
from streamer.app.signin.store import Entry, Kept, KeptAwayError
from streamer.ports import AccountRole, Health, HealthState, Misconfigured, Notice, Service, Unavailable

log = logging.getLogger(__name__)

DUE = 0.8
"""Of a token's life: then another is fetched, while there is time to try again."""
MARGIN_S = 30.0
"""So long before its end a token is not given out any more."""
VALIDATE_S = 3_600.0
"""Twitch requires it: at the start and every hour (dev.twitch.tv/docs/authentication/validate-tokens)."""
STEP_S = 15.0
AGAIN_S = (5.0, 15.0, 60.0, 180.0)
"""After so many failures in a row it is tried again that much later."""
SAVE_AGAIN_S = (0.2, 1.0)
OTHERS_S = (1.0, 3.0)
"""A refusal may mean that another copy of the program was faster and has not written yet: look again after these."""
LOCK_S, LOCK_STEP_S = 20.0, 0.2
FRESH_S = 5.0
"""A token that was found good so lately is not asked about again: a 401 then means something else."""
CLOSE_S = 5.0

T = TypeVar("T")
Offload = Callable[[Callable[[], T]], Awaitable[T]]


class Storing(Protocol):
    """What a keeper needs of `Store`."""

    def index(self) -> dict[str, Entry]: ...

    def read(self, key: str) -> Kept | None: ...

    def try_lock(self) -> Callable[[], None] | None: ...

    def write(self, key: str, kept: Kept) -> None: ...

    def mark(self, key: str, n: int) -> None: ...

    def fail(self, key: str, n: int) -> None: ...

    def drop(self, key: str) -> None: ...


class Keeper:
    """An `Account`. `server` gives the sign-in server of the settings in force, None without a client id; `offload`
    runs what blocks in a thread; `now` is seconds since 1970. `changed` is called when it is another account, may do
    something else, or has ended; not for each new token."""

    def __init__(
        self,
        service: Service,
        role: AccountRole,
        store: Storing,
        server: Callable[[], SignInServer | None],
        *,
        now: Callable[[], float] = time.time,
        offload: Offload[Any] = asyncio.to_thread,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.service: Service = service
        self.role: AccountRole = role
        self.key = f"{service}.{role}"
        self._store = store
        self._server = server
        self._now = now
        self._offload = offload
        self._changed = changed
        self._told: object = None
        self._kept: Kept | None = None
        self._unsaved: Kept | None = None
        self._held: Callable[[], None] | None = None
        """The lock, while there is something unsaved."""
        self._dead = ""
        """An access token that the platform and the sign-in server refuse."""
        self._gone = 0
        """The `n` whose refresh token is refused for good."""
        self._trouble: Notice | None = None
        self._failures = 0
        self._again_at = 0.0
        self._checked_at = 0.0
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._checking: asyncio.Task[None] | None = None
        self._running: asyncio.Task[None] | None = None

    # --- the port ---------------------------------------------------------------------------------------------------

    @property
    def signed_in(self) -> bool:
        return self._kept is not None

    @property
    def ended(self) -> bool:
        """Somebody was signed in, and has to sign in again before anything works."""
        kept = self._kept
        return kept is not None and not self._good(kept) and not self._can_renew(kept)

    @property
    def login(self) -> str:
        return self._kept.login if self._kept is not None else ""

    @property
    def user_id(self) -> str:
        return self._kept.user_id if self._kept is not None else ""

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self._kept.scopes) if self._kept is not None else frozenset()

    @property
    def client_id(self) -> str:
        """The client the sign-in belongs to; what is asked with its tokens must name it."""
        return self._kept.client if self._kept is not None else ""

    async def token(self) -> str:
        kept = self._usable()
        if self._is_due(kept):
            task = self._renew_once()
            if not self._good(kept):
                await asyncio.shield(task)
                kept = self._usable()
        if self._good(kept):
            return kept.access
        if not self._can_renew(kept):
            raise Misconfigured(f"the sign-in of {kept.login or self.key} has ended", fix="sign in again")
        wait = min(max(1.0, self._again_at - self._now()), AGAIN_S[-1])
        raise Unavailable(f"the sign-in of {kept.login or self.key} cannot be renewed now", retry_after_s=wait)

    async def refused(self, token: str) -> None:
        kept = self._kept
        if kept is None or token != kept.access:
            return
        if token != self._dead:
            if self._checking is None or self._checking.done():
                self._checking = asyncio.create_task(self._check(FRESH_S), name=f"check {self.key}")
            await asyncio.shield(self._checking)
        kept = self._kept
        if kept is not None and token == self._dead == kept.access and self._is_due(kept):
            await asyncio.shield(self._renew_once())

    def _usable(self) -> Kept:
        if self._kept is None:
            if self._trouble is not None:
                raise Unavailable("the keyring with the sign-in does not answer", retry_after_s=AGAIN_S[-1])
            raise Misconfigured(f"nobody is signed in as {self.key}", fix="sign in")
        if self._is_other_client(self._kept):
            raise Misconfigured("the sign-in belongs to another client id", fix="sign in again")
        return self._kept

    def _is_other_client(self, kept: Kept) -> bool:
        server = self._server()
        return server is None or server.client_id != kept.client

    def _good(self, kept: Kept) -> bool:
        return bool(kept.access) and kept.access != self._dead and self._now() < kept.expires_at - MARGIN_S

    def _can_renew(self, kept: Kept) -> bool:
        return bool(kept.refresh) and kept.n != self._gone

    def _is_due(self, kept: Kept) -> bool:
        """Whether another token should be fetched, or at last saved, now."""
        if self._is_resting():
            return False
        wanted = not self._good(kept) or self._now() >= _due(kept)
        return self._unsaved is not None or (self._can_renew(kept) and wanted)

    def _is_resting(self) -> bool:
        """After a failure. Longer than ever wanted means that the clock was set back."""
        return 0 < self._again_at - self._now() <= AGAIN_S[-1]

    # --- life -------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Reads what is kept and begins to look after it."""
        await self.look()
        self._running = asyncio.create_task(self._run(), name=f"account {self.key}")

    async def close(self) -> None:
        """Waits for a refresh that is under way: its answer would be lost."""
        running, self._running = self._running, None
        under_way = [task for task in (self._renewing, self._checking) if task is not None and not task.done()]
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        if under_way:
            await asyncio.wait(under_way, timeout=CLOSE_S)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self._let_go()

    async def _run(self) -> None:
        while True:
            try:
                await self._tend()
            except Exception:
                log.exception("looking after %s failed", self.key)
            await asyncio.sleep(STEP_S)

    async def _tend(self) -> None:
        kept = self._kept
        if kept is None:
            if self._trouble is not None and not self._is_resting():
                await self.look()
            return
        if self._is_other_client(kept):
            return
        if self._is_due(kept):
            await asyncio.shield(self._renew_once())
        elif self._good(kept) and not 0 <= self._now() - self._checked_at < VALIDATE_S:
            await self._check()

    async def look(self) -> None:
        """Read again what is on the disk: another program may have signed in, out, or refreshed."""
        async with self._lock:
            await self._read()

    async def _read(self) -> None:
        try:
            kept = await self._offload(lambda: self._store.read(self.key))
            entry = (await self._offload(self._store.index)).get(self.key)
        except (KeptAwayError, OSError):
            if self._kept is None:
                self._failed(Notice("account.keyring_away", {}, "account.keyring_away.fix"))
            return
        now = self._kept
        if kept is not None and entry is not None and entry.gone == kept.n:
            self._gone = kept.n
        if kept is None and now is None:
            self._trouble = None
        elif kept is None or now is None or kept.n != now.n:
            self._adopt(kept)

    def _adopt(self, kept: Kept | None) -> None:
        now = self._kept
        if kept is not None and not kept.access and now is not None and now.refresh == kept.refresh and self._good(now):
            # There was no room for the access token of another program; ours does as well.
            own = {"access": now.access, "got_at": now.got_at, "expires_at": now.expires_at}
            kept = msgspec.structs.replace(kept, **own)
        self._kept, self._unsaved, self._trouble = kept, None, None
        self._let_go()
        self._failures, self._again_at = 0, 0.0
        self._tell()

    def _tell(self) -> None:
        """Another account, or what it may do, or whether it goes on; not each new token."""
        kept = self._kept
        now = kept and (kept.login, kept.user_id, kept.scopes, kept.client, kept.n == self._gone)
        if now != self._told:
            self._told = now
            self._changed()

    # --- renewing ---------------------------------------------------------------------------------------------------

    def _renew_once(self) -> "asyncio.Task[None]":
        """The refresh that runs, or a new one. It is nobody's: a caller who goes away does not end it."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(), name=f"refresh {self.key}")
        return self._renewing

    async def _renew(self) -> None:
        kept = self._kept
        try:
            async with self._lock, self._alone():
                await self._renew_alone()
        except Unavailable:
            minutes = max(0, round((kept.expires_at - self._now()) / 60)) if kept is not None else 0
            code = "account.away" if kept is not None and self._good(kept) else "account.away_ended"
            self._failed(Notice(code, {"login": self.login, "minutes": minutes}))
        except Misconfigured as wrong:
            self._failed(Notice("part.misconfigured", {"reason": wrong.reason}, wrong.fix), last=True)
        except KeptAwayError:
            self._failed(Notice("account.keyring_away", {}, "account.keyring_away.fix"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._failed(Notice("account.unsaved", {"login": self.login, "reason": reason}, "account.unsaved.fix"))

    def _failed(self, notice: Notice, *, last: bool = False) -> None:
        self._trouble = notice
        wait = AGAIN_S[-1] if last else AGAIN_S[min(self._failures, len(AGAIN_S) - 1)]
        self._failures += 1
        self._again_at = self._now() + wait

    async def _renew_alone(self) -> None:
        await self._read()
        if self._unsaved is not None:
            await self._save(self._unsaved)
            return
        kept, server = self._kept, self._server()
        if kept is None or server is None or self._is_other_client(kept) or not self._can_renew(kept):
            return
        if self._good(kept) and self._now() < _due(kept):
            return  # another program has done it
        await self._offload(lambda: self._store.mark(self.key, kept.n))
        asked_at = self._now()
        answer = await server.refresh(kept.refresh, kept.scopes)
        if isinstance(answer, Gone):
            await self._refuse(kept)
            return
        await self._save(renewed(kept, answer, asked_at))

    async def _save(self, kept: Kept) -> None:
        """On the disk first, then for use. What cannot be written is not forgotten: it is tried again."""
        self._unsaved = kept
        for wait in (*SAVE_AGAIN_S, None):
            try:
                await self._offload(lambda: self._store.write(self.key, kept))
                break
            except OSError:
                if wait is None:
                    raise
                await asyncio.sleep(wait)
        self._checked_at = self._now()
        self._adopt(kept)

    async def _refuse(self, kept: Kept) -> None:
        for wait in OTHERS_S:
            await asyncio.sleep(wait)
            await self._read()
            if self._kept is None or self._kept.n != kept.n:
                return
        self._gone = kept.n
        self._trouble = None
        with contextlib.suppress(OSError):  # else it is found out again at the next start
            await self._offload(lambda: self._store.fail(self.key, kept.n))
        self._tell()

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        """No other program changes these sign-ins meanwhile. Raises Unavailable when one does not let go.

        While new tokens cannot be written the lock is kept: another program would send the spent refresh token.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + LOCK_S
        free, self._held = self._held, None
        while free is None and (free := await self._offload(self._store.try_lock)) is None:
            if loop.time() >= until:
                raise Unavailable("another program holds the sign-ins of this state folder")
            await asyncio.sleep(LOCK_STEP_S)
        try:
            yield
        finally:
            if self._unsaved is not None:
                self._held = free
            else:
                free()

    def _let_go(self) -> None:
        free, self._held = self._held, None
        if free is not None:
            free()

    # --- asking whether a token is good -------------------------------------------------------------------------------

    async def _check(self, fresh_s: float = 0.0) -> None:
        kept, server = self._kept, self._server()
        if kept is None or server is None or not kept.access or 0 <= self._now() - self._checked_at < fresh_s:
            return
        try:
            found = await server.validate(kept.access)
        except (Unavailable, Misconfigured):
            self._checked_at = min(self._now(), self._now() - VALIDATE_S + AGAIN_S[2])
            return
        if self._kept is not kept:
            return
        if isinstance(found, Gone):
            self._dead = kept.access
            self._tell()
        else:
            self._checked_at = self._now()
            self._note(kept, found)

    def _note(self, kept: Kept, found: Identity) -> None:
        """What the service says of a token is truer than what was kept; it is found out again at each start."""
        end = self._now() + found.expires_in_s if found.expires_in_s > 0 else kept.expires_at
        new = msgspec.structs.replace(
            kept,
            login=found.login or kept.login,
            user_id=found.user_id or kept.user_id,
            scopes=found.scopes or kept.scopes,
            expires_at=min(kept.expires_at, end) if abs(kept.expires_at - end) > MARGIN_S else kept.expires_at,
        )
        if new != kept:
            self._kept = new
            self._tell()

    # --- signing in and out -------------------------------------------------------------------------------------------

    async def take(self, tokens: Tokens, who: Identity | None, client: str) -> None:
        """A new sign-in, in place of the one there was. Raises OSError or Unavailable when it cannot be kept."""
        async with self._lock, self._alone():
            entry = (await self._offload(self._store.index)).get(self.key)
            now = self._now()
            kept = Kept(
                n=(entry.n if entry is not None else 0) + 1,
                client=client,
                access=tokens.access,
                refresh=tokens.refresh,
                got_at=now,
                expires_at=now + tokens.expires_in_s,
                scopes=(who.scopes if who is not None else ()) or tokens.scopes,
                login=who.login if who is not None else "",
                user_id=who.user_id if who is not None else "",
            )
            self._gone, self._dead = 0, ""
            await self._offload(lambda: self._store.write(self.key, kept))
            self._checked_at = now
            self._adopt(kept)

    async def sign_out(self) -> None:
        """Ends the sign-in at the service, as far as it answers, and forgets it here. Raises OSError, Unavailable."""
        async with self._lock, self._alone():
            await self._read()
            kept, server = self._kept, self._server()
            if kept is not None and server is not None and not self._is_other_client(kept):
                with contextlib.suppress(Unavailable, Misconfigured):
                    await server.revoke(kept.access or kept.refresh)
            await self._offload(lambda: self._store.drop(self.key))
            self._adopt(None)

    # --- health -----------------------------------------------------------------------------------------------------

    def health(self, missing: tuple[str, ...] = ()) -> Health | None:
        """None when nobody is signed in. `missing`: scopes that are wanted and were not allowed."""
        kept, part = self._kept, f"account.{self.key}"
        if kept is None:
            return Health(part, "broken", self._trouble) if self._trouble is not None else None
        state, notice = self._state(kept, missing)
        return Health(part, state, notice)

    def _state(self, kept: Kept, missing: tuple[str, ...]) -> tuple[HealthState, Notice]:
        login = kept.login or self.key
        if self._is_other_client(kept):
            return "broken", Notice("account.other_client", {"login": login}, "account.again")
        good = self._good(kept)
        if not self._can_renew(kept):
            minutes = max(0, round((kept.expires_at - self._now()) / 60))
            code = "account.ending" if good else "account.auth_needed"
            return "degraded" if good else "broken", Notice(code, {"login": login, "minutes": minutes}, "account.again")
        if self._trouble is not None:
            return "degraded" if good else "broken", self._trouble
        if missing:
            what = {"login": login, "scopes": ", ".join(missing)}
            return "degraded", Notice("account.missing", dict(what), "account.again")
        return "ok", Notice("account.ok", {"login": login})


def _due(kept: Kept) -> float:
    """When another token is fetched."""
    return kept.got_at + DUE * (kept.expires_at - kept.got_at) if kept.access else 0.0


def renewed(kept: Kept, tokens: Tokens, asked_at: float) -> Kept:
    """The sign-in after a refresh."""
    return msgspec.structs.replace(
        kept,
        n=kept.n + 1,
        access=tokens.access,
        refresh=tokens.refresh or kept.refresh,
        got_at=asked_at,
        expires_at=asked_at + tokens.expires_in_s,
        scopes=tokens.scopes or kept.scopes,
    )
