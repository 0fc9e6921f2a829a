"""All accounts of one show: who is signed in, sign-ins that wait for a person, and what another program changed.

accounts = Accounts(folders.state, lambda: plan.settings)
accounts.on_change = ...     # somebody signed in or out, or a sign-in ended: open the chats again
await accounts.start()
bot = accounts.get("twitch", "bot")
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from streamer.adapters.auth.common import Ended, Gone, Identity, Pending, SignInServer, Tokens, Waiting
from streamer.app.settings import Settings
from streamer.app.setup.secrets import KEYS, Keys
from streamer.app.signin.clients import Client, alerts_of, client_of, open_server, with_secret
from streamer.app.signin.keeper import Keeper, Offload
from streamer.app.signin.scopes import missing, pieces, roles_of, scopes_for, wanted_of
from streamer.app.signin.store import Store
from streamer.ports import Account, AccountRole, Health, Misconfigured, Notice, Service, Unavailable
from streamer.web.signin import Attempt, AttemptState

log = logging.getLogger(__name__)

SERVICES: tuple[Service, ...] = ("twitch", "youtube")
NAMES: dict[Service, str] = {"twitch": "Twitch", "youtube": "Google"}
WATCH_S = 1.0
SLOWER_S = 5.0
"""RFC 8628, 3.5."""
AWAY_S = 10.0


class _Attempt:
    """A sign-in that was begun."""

    def __init__(self, pending: Pending, until: float) -> None:
        self.pending = pending
        self.until = until
        self.state: AttemptState = "waiting"
        self.login = ""
        self.words: Notice | None = None
        self.is_ending = False
        self.task: asyncio.Task[None] | None = None


class Accounts:
    """`settings` are asked each time: they may be read again while the show runs."""

    def __init__(
        self,
        state: Path,
        settings: Callable[[], Settings],
        *,
        keys: Keys = KEYS,
        now: Callable[[], float] = time.time,
        offload: Offload[Any] = asyncio.to_thread,
        server: Callable[[Client], SignInServer | None] = open_server,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`sleep` is the wait between two questions whether a person has answered."""
        self.on_change: Callable[[], None] = lambda: None
        self.state = state
        self.store = Store(state, keys)
        self._settings = settings
        self._keys = keys
        self._offload = offload
        self._open_server = server
        self._sleep = sleep
        self._secrets: dict[Client, Client] = {}
        self._servers: dict[Service, tuple[Client, SignInServer | None]] = {}
        self._old_servers: list[SignInServer] = []
        self._attempts: dict[str, _Attempt] = {}
        self._seen: object = None
        self._running: asyncio.Task[None] | None = None
        self._keepers: dict[str, Keeper] = {}
        for service in SERVICES:
            for role in roles_of(service):
                keeper = Keeper(
                    service, role, self.store, lambda service=service: self.server(service),
                    now=now, offload=offload, changed=self._changed,
                )  # fmt: skip
                self._keepers[keeper.key] = keeper

    # --- who is there -------------------------------------------------------------------------------------------------

    def keeper(self, service: Service, role: AccountRole) -> Keeper:
        """KeyError for a role that a service has not."""
        return self._keepers[f"{service}.{role}"]

    def get(self, service: Service, role: AccountRole) -> Account | None:
        """The account of that role, when somebody is signed in and the sign-in has not ended."""
        keeper = self._keepers.get(f"{service}.{role}")
        return keeper if keeper is not None and keeper.signed_in and not keeper.ended else None

    def any(self, service: Service) -> Account | None:
        """Who reads and writes the chat: the bot, else the broadcaster."""
        return self.get(service, "bot") or self.get(service, "broadcaster")

    def health(self) -> list[Health]:
        """One row for each account that is signed in, or whose sign-in cannot be read: `account.twitch.bot`."""
        rows = (each.health(self._lacking(each)) for each in self._keepers.values())
        return [row for row in rows if row is not None]

    def missing(self, keeper: Keeper) -> tuple[str, ...]:
        """Names of the pieces that are switched on and were not allowed."""
        wanted = wanted_of(keeper.role, alerts_of(self._settings())) if keeper.service == "twitch" else ()
        return missing(keeper.service, keeper.role, wanted, keeper.scopes)

    def _lacking(self, keeper: Keeper) -> tuple[str, ...]:
        names = self.missing(keeper)
        return tuple(scope for each in pieces(keeper.service) if each.name in names for scope in each.scopes)

    def suggested(self, service: Service, role: AccountRole) -> tuple[str, ...]:
        """What a sign-in asks for when nobody chose: what is switched on, and writing."""
        on = wanted_of(role, alerts_of(self._settings())) if service == "twitch" else ()
        always = tuple(each.name for each in pieces(service, role) if each.fixed or each.name == "write")
        return always + on

    # --- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Reads what is kept; from here on tokens are refreshed, validated, and changes by others noticed."""
        self._seen = await self._offload(self.store.look)
        await self._read_secrets()
        await asyncio.gather(*(each.open() for each in self._keepers.values()))
        self._running = asyncio.create_task(self._watch(), name="sign-ins")

    async def close(self) -> None:
        """Waits for a refresh or a sign-in that is being written down, at most some seconds."""
        running, self._running = self._running, None
        ending = [each.task for each in self._attempts.values() if each.task is not None and not each.task.done()]
        for each in self._attempts.values():
            if each.task is not None and not each.is_ending:
                each.task.cancel()
        if running is not None:
            running.cancel()
            ending.append(running)
        if ending:
            await asyncio.wait(ending, timeout=5.0)
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)
        await asyncio.gather(*(each.close() for each in self._keepers.values()))
        for server in (*self._old_servers, *(each for _, each in self._servers.values() if each is not None)):
            await server.aclose()
        self._servers.clear()
        self._old_servers.clear()

    async def _watch(self) -> None:
        """Another program with the same state folder may have signed in or out, or refreshed."""
        while True:
            await asyncio.sleep(WATCH_S)
            try:
                await self._read_secrets()
                seen = await self._offload(self.store.look)
                if seen != self._seen:
                    self._seen = seen
                    await asyncio.gather(*(each.look() for each in self._keepers.values()))
            except Exception:
                log.exception("watching the sign-ins failed")

    def _changed(self) -> None:
        try:
            self.on_change()
        except Exception:
            log.exception("telling of a changed account failed")

    # --- servers ----------------------------------------------------------------------------------------------------

    def client(self, service: Service) -> Client:
        """The client in force, with its secret as far as it was read."""
        plain = client_of(self._settings(), service)
        return self._secrets.get(plain, plain)

    def server(self, service: Service) -> SignInServer | None:
        client = self.client(service)
        known, server = self._servers.get(service, (None, None))
        if known != client:
            if server is not None:
                self._old_servers.append(server)  # somebody may be waiting for its answer
            server = self._open_server(client)
            self._servers[service] = (client, server)
        return server

    async def _read_secrets(self, *, again: bool = False) -> None:
        plain = client_of(self._settings(), "youtube")
        if again or plain not in self._secrets:
            self._secrets = {plain: await self._offload(lambda: with_secret(plain, self._keys))}

    async def settings_changed(self) -> None:
        """After the settings or the client secret were changed from here: what follows uses them."""
        await self._read_secrets(again=True)

    # --- signing in ---------------------------------------------------------------------------------------------------

    async def begin(self, service: Service, role: AccountRole, allow: Sequence[str] | None = None) -> Attempt:
        """A sign-in for a person to complete. Raises Misconfigured (no client, or a wrong one) or Unavailable."""
        keeper = self.keeper(service, role)
        server = self.server(service)
        if server is None:
            raise Misconfigured(f"there is no client id for {NAMES[service]}", fix="make one: see docs/sign-in.md")
        wanted = self.suggested(service, role) if allow is None else allow
        pending = await server.begin(scopes_for(service, role, wanted))
        await self.cancel(service, role)
        loop = asyncio.get_running_loop()
        attempt = _Attempt(pending, loop.time() + pending.expires_in_s)
        attempt.task = asyncio.create_task(self._wait(keeper, server, attempt), name=f"sign in {keeper.key}")
        self._attempts[keeper.key] = attempt
        return self._told(attempt)

    async def cancel(self, service: Service, role: AccountRole) -> None:
        """Give up what waits, and forget how the last attempt ended."""
        attempt = self._attempts.pop(f"{service}.{role}", None)
        if attempt is None or attempt.task is None:
            return
        if not attempt.is_ending:
            attempt.task.cancel()
        await asyncio.gather(attempt.task, return_exceptions=True)

    def attempt(self, service: Service, role: AccountRole) -> Attempt | None:
        """The last one that was begun; None when there was none, or it was given up."""
        attempt = self._attempts.get(f"{service}.{role}")
        return self._told(attempt) if attempt is not None else None

    async def sign_out(self, service: Service, role: AccountRole) -> None:
        """Raises Unavailable or OSError when it cannot be forgotten."""
        await self.cancel(service, role)
        await self.keeper(service, role).sign_out()

    def _told(self, attempt: _Attempt) -> Attempt:
        if attempt.state != "waiting":
            return Attempt(attempt.state, login=attempt.login, words=attempt.words)
        left = max(0.0, attempt.until - asyncio.get_running_loop().time())
        pending = attempt.pending
        return Attempt("waiting", pending.user_code, pending.link, round(left, 1), words=attempt.words)

    async def _wait(self, keeper: Keeper, server: SignInServer, attempt: _Attempt) -> None:
        """Poll until a person has answered, or the code is too old."""
        loop, interval = asyncio.get_running_loop(), attempt.pending.interval_s
        while loop.time() + interval < attempt.until:
            await self._sleep(interval)
            try:
                answer = await server.poll(attempt.pending)
            except Unavailable as away:
                attempt.words = Notice("setup.problem.signin_away", {"service": NAMES[keeper.service]})
                await asyncio.sleep(away.retry_after_s or AWAY_S)
                continue
            except Misconfigured as wrong:
                self._fail(attempt, wrong)
                return
            attempt.words = None
            match answer:
                case Waiting():
                    interval += SLOWER_S if answer.slower else 0.0
                case Ended():
                    attempt.state = answer.why
                    return
                case Tokens():
                    attempt.is_ending = True
                    await self._finish(keeper, server, attempt, answer)
                    return
        attempt.state = "expired"

    async def _finish(self, keeper: Keeper, server: SignInServer, attempt: _Attempt, tokens: Tokens) -> None:
        try:
            who = await self._who(server, tokens)
            await keeper.take(tokens, who, server.client_id)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            fix = "setup.problem.signin_not_kept.fix"
            attempt.words = Notice("setup.problem.signin_not_kept", {"reason": reason}, fix)
        except Unavailable as away:
            attempt.words = Notice("setup.problem.signin_not_kept", {"reason": away.reason})
        except Exception:
            attempt.state = "failed"
            log.exception("a sign-in could not be completed")
            raise
        else:
            attempt.login, attempt.state = keeper.login, "done"
            return
        attempt.state = "failed"
        with contextlib.suppress(Unavailable, Misconfigured):
            await server.revoke(tokens.access)  # nobody will use it

    async def _who(self, server: SignInServer, tokens: Tokens) -> Identity | None:
        """The account's name; the hourly validation finds it when nobody answers now."""
        for wait in (1.0, None):
            try:
                found = await server.who(tokens.access)
            except (Unavailable, Misconfigured):
                if wait is not None:
                    await asyncio.sleep(wait)
            else:
                return None if isinstance(found, Gone) else found
        return None

    @staticmethod
    def _fail(attempt: _Attempt, wrong: Misconfigured) -> None:
        attempt.state = "failed"
        params: dict[str, str | int | float] = {"reason": wrong.reason, "fix": wrong.fix}
        attempt.words = Notice("setup.problem.signin_refused", params, "setup.problem.signin_refused.fix")
