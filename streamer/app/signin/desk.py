"""The desk behind `/api/v1/signin`: accounts, and the two settings that belong to them, written as set-up writes."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, cast

from streamer.app.settings import Folders, Settings
from streamer.app.setup import writing
from streamer.app.setup.secrets import KEYS, Keys
from streamer.app.setup.wording import bad_files, problem
from streamer.app.setup.yamledit import DELETE, Changes
from streamer.app.signin.accounts import NAMES, SERVICES, Accounts
from streamer.app.signin.clients import alerts_of, client_of
from streamer.app.signin.scopes import ALERTS, allowed, pieces, roles_of
from streamer.app.yamlfile import BadFiles
from streamer.ports import AccountRole, Misconfigured, Service, Unavailable
from streamer.web.signin import AccountState, PieceState, ServiceState, SignInState

_CLIENT = re.compile(r"[A-Za-z0-9._-]{10,200}")
_SECRET = re.compile(r"[\x21-\x7e]{4,200}")


class Desk:
    """`SignInDesk`. `reload` reads all files again and applies them, as for the set-up; it raises `BadFiles`, and then
    nothing was changed."""

    def __init__(
        self,
        folders: Folders,
        accounts: Accounts,
        settings: Callable[[], Settings],
        reload: Callable[[], Awaitable[None]],
        *,
        file: Path | None = None,
        keys: Keys = KEYS,
    ) -> None:
        self._accounts = accounts
        self._settings = settings
        self._reload = reload
        self._files = writing.Files(folders, file)
        self._keys = keys
        self._lock = asyncio.Lock()

    # --- reading ----------------------------------------------------------------------------------------------------

    async def state(self) -> SignInState:
        keyring = await asyncio.to_thread(lambda: self._accounts.store.keyring)
        return SignInState(keyring, tuple(self._service(each) for each in SERVICES))

    def _service(self, service: Service) -> ServiceState:
        client = self._accounts.client(service)
        suggested = {name for role in roles_of(service) for name in self._accounts.suggested(service, role)}
        return ServiceState(
            service,
            client.ready,
            client.client_id,
            bool(client.secret),
            tuple(
                PieceState(each.name, each.roles, each.scopes, each.fixed, each.name in suggested)
                for each in pieces(service)
            ),
            tuple(self._account(service, role) for role in roles_of(service)),
        )

    def _account(self, service: Service, role: AccountRole) -> AccountState:
        keeper = self._accounts.keeper(service, role)
        row = next((each for each in self._accounts.health() if each.part == f"account.{keeper.key}"), None)
        return AccountState(
            service,
            role,
            keeper.signed_in,
            keeper.login,
            row.state if row is not None else "off",
            row.notice if row is not None else None,
            allowed(service, keeper.scopes),
            self._accounts.missing(keeper) if keeper.signed_in else (),
            self._is_other(service, role, keeper.login),
            self._accounts.attempt(service, role),
        )

    def _is_other(self, service: Service, role: AccountRole, login: str) -> bool:
        channel = self._settings().channel
        if (service, role) != ("twitch", "broadcaster") or channel is None or not login:
            return False
        return channel.channel.lower() != login.lower()

    async def account(self, service: Service, role: AccountRole) -> AccountState:
        return self._account(service, role)

    # --- signing in and out -------------------------------------------------------------------------------------------

    async def begin(self, service: Service, role: AccountRole, allow: tuple[str, ...] | None) -> AccountState:
        client = self._accounts.client(service)
        if not client.ready:
            code = "signin_no_secret" if client.client_id else "signin_no_client"
            raise problem(409, code, service=NAMES[service])
        try:
            await self._accounts.begin(service, role, allow)
        except Unavailable:
            raise problem(502, "signin_away", service=NAMES[service]) from None
        except Misconfigured as wrong:
            raise problem(422, "signin_refused", reason=wrong.reason, fix=wrong.fix) from None
        if allow is not None and (service, role) == ("twitch", "broadcaster"):
            await self._switch_on(allow)
        return self._account(service, role)

    async def _switch_on(self, allow: Sequence[str]) -> None:
        """What was ticked is what the show listens for."""
        now = alerts_of(self._settings())
        ticked = {each.alert for each in pieces("twitch", "broadcaster") if each.alert and each.name in allow}
        wanted = [each for each in now if each not in ALERTS or each in ticked]
        wanted += [each for each in ALERTS if each in ticked and each not in now]
        if set(wanted) != set(now):
            await self._change({("chat", "twitch", "alerts"): wanted})

    async def cancel(self, service: Service, role: AccountRole) -> AccountState:
        await self._accounts.cancel(service, role)
        return self._account(service, role)

    async def sign_out(self, service: Service, role: AccountRole) -> AccountState:
        try:
            await self._accounts.sign_out(service, role)
        except Unavailable as away:
            raise problem(409, "signin_not_kept", reason=away.reason) from None
        except OSError as error:
            raise problem(409, "signin_not_kept", reason=error.strerror or type(error).__name__) from None
        return self._account(service, role)

    # --- the client ---------------------------------------------------------------------------------------------------

    async def set_client(self, service: Service, client_id: str, client_secret: str) -> SignInState:
        if client_id and not _CLIENT.fullmatch(client_id):
            raise problem(422, "signin_bad_client", path="$.client_id")
        if client_secret and not _SECRET.fullmatch(client_secret):
            raise problem(422, "bad_key", path="$.client_secret")
        await self._change({("chat", service, "client_id"): client_id or DELETE})
        if client_of(self._settings(), service).client_id != client_id:
            raise problem(409, "overridden", setting=f"chat.{service}.client_id")
        if client_secret and service == "youtube":
            name = client_of(self._settings(), service).secret_name
            await asyncio.to_thread(self._keys.put, name, client_secret)
        await self._accounts.settings_changed()
        return await self.state()

    async def _change(self, changes: dict[tuple[str, ...], Any]) -> None:
        """Write, and let the show read it; what it cannot use is put back."""
        async with self._lock:
            try:
                edits = await asyncio.to_thread(self._files.write, cast("Changes", changes))
            except BadFiles as bad:
                raise bad_files(bad) from None
            except OSError as error:
                raise problem(409, "not_writable", reason=error.strerror or type(error).__name__) from None
            try:
                await self._reload()
            except BadFiles as bad:
                await asyncio.to_thread(writing.undone, edits)
                raise bad_files(bad) from None
            except BaseException:
                await asyncio.to_thread(writing.undone, edits)
                raise
