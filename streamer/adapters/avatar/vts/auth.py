"""Being let in: a token for ever by a popup that the user answers once, then a log-in per connection.

VTube Studio's documentation, Authentication: name and developer of the log-in must be those of the token; the answer to
the popup comes when the user clicks; a token that was revoked is answered with `authenticated: false`. Changing either
name here loses every token and every custom parameter, so they stay as they are.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, Protocol

from streamer.adapters.avatar.vts import messages
from streamer.adapters.avatar.vts.client import VtsClient
from streamer.adapters.avatar.vts.icon import icon
from streamer.adapters.avatar.vts.protocol import ErrorId, VtsRefused

PLUGIN: Final = "Showrunner"
DEVELOPER: Final = "Showrunner project"
POPUP_AGAIN_S: Final = 10.0
_ANY: Final = "vts"


class TokenStore(Protocol):
    """Where tokens are kept: not in a file people show around. Both may block; they are called in a thread."""

    def get(self, key: str) -> str: ...

    def put(self, key: str, token: str) -> None:
        """An empty token forgets the key."""
        ...


Step = Literal["asking", "other_popup"]
Verdict = Literal["in", "denied", "revoked", "refused"]


class Pairing:
    """What is known about being let in at one place. A denial and a lost token are final until `ask_again`."""

    def __init__(self, place: str, tokens: TokenStore, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._place = place
        self._tokens = tokens
        self._sleep = sleep
        self._again = asyncio.Event()
        self._stopped: Verdict | None = None

    @property
    def stopped(self) -> Verdict | None:
        """Why nothing is tried; None while it may be."""
        return self._stopped

    def ask_again(self) -> None:
        self._stopped = None
        self._again.set()

    async def wait_again(self) -> None:
        """Until somebody says that the user may be asked once more."""
        while self._stopped is not None:
            self._again.clear()
            await self._again.wait()

    async def log_in(self, client: VtsClient, step: Callable[[Step], None]) -> Verdict:
        """Raises VtsGone when the connection is lost meanwhile. `step` tells what the user has to look at."""
        old = await self._stored()
        if old:
            for token in old:
                if await _let_in(client, token):
                    await self._keep(token)
                    return "in"
            # The next popup follows when somebody asks for it: who revoked the token wants no popup in the show.
            await self._forget()
            self._stopped = "revoked"
            return "revoked"
        try:
            token = await self._ask(client, step)
        except VtsRefused as refused:
            self._stopped = "denied" if refused.code == ErrorId.DENIED else "refused"
            return self._stopped
        await self._keep(token)
        if await _let_in(client, token):
            return "in"
        self._stopped = "revoked"
        return "revoked"

    async def _ask(self, client: VtsClient, step: Callable[[Step], None]) -> str:
        """The popup. The request waits as long as the connection lives: a second one would only be refused."""
        while True:
            step("asking")
            try:
                answer = await client.request(messages.token(PLUGIN, DEVELOPER, icon()), timeout_s=0)
            except VtsRefused as refused:
                if refused.code != ErrorId.POPUP_OPEN:
                    raise
                step("other_popup")
                await self._sleep(POPUP_AGAIN_S)
                continue
            return str(answer.get("authenticationToken", ""))

    async def _stored(self) -> list[str]:
        return await _kept(self._tokens, self._place)

    async def _keep(self, token: str) -> None:
        for key in (self._key, _ANY):
            if await self._get(key) != token:
                await self._put(key, token)

    async def _forget(self) -> None:
        lost = await self._get(self._key)
        await self._put(self._key, "")
        if await self._get(_ANY) == lost or not lost:
            await self._put(_ANY, "")

    async def _get(self, key: str) -> str:
        return await asyncio.to_thread(_locked, self._tokens.get, key)

    async def _put(self, key: str, token: str) -> None:
        await asyncio.to_thread(_locked, self._tokens.put, key, token)

    @property
    def _key(self) -> str:
        return _key_of(self._place)


async def log_in_with_kept(client: VtsClient, place: str, tokens: TokenStore) -> bool | None:
    """Whether a kept token lets in; None: none is kept. Nobody is asked and nothing forgotten. Raises VtsGone."""
    kept = await _kept(tokens, place)
    for token in kept:
        if await _let_in(client, token):
            return True
    return False if kept else None


async def _let_in(client: VtsClient, token: str) -> bool:
    try:
        answer = await client.request(messages.authentication(PLUGIN, DEVELOPER, token))
    except VtsRefused:
        return False
    return answer.get("authenticated") is True


async def _kept(tokens: TokenStore, place: str) -> list[str]:
    """This place's token, then the newest of any place: instances of one installation share theirs."""
    found = [await asyncio.to_thread(_locked, tokens.get, key) for key in (_key_of(place), _ANY)]
    return list(dict.fromkeys(token for token in found if token))


def _key_of(place: str) -> str:
    return f"vts.{place}"


_lock = threading.Lock()


def _locked(call: Callable[..., Any], *arguments: str) -> Any:
    """Several personas may be let in at the same time, and the store is one."""
    with _lock:
        return call(*arguments)
