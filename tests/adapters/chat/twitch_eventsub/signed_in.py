"""Accounts, sources and patience for the tests of the signed-in Twitch source."""

import asyncio
from contextlib import asynccontextmanager

from streamer.adapters.chat.twitch_eventsub import Limits, Timing, TwitchEventSub
from streamer.ports import AccountRole, Misconfigured, Service
from tests.adapters.chat.contract import Reading
from tests.fakes.twitch_api import FakeTwitch

CHAT = ("user:read:chat", "user:write:chat")
MODERATES = ("moderator:manage:chat_messages", "moderator:manage:banned_users")
OWNER = (
    "moderator:read:followers", "channel:read:redemptions", "bits:read", "channel:read:polls",
    "channel:read:predictions", "channel:read:hype_train", "channel:read:ads", "moderator:manage:automod",
    "channel:moderate", "channel:read:goals", "moderator:read:shield_mode",
)  # fmt: skip
CHAT_TYPES = (
    "channel.chat.message", "channel.chat.message_delete", "channel.chat.clear_user_messages", "channel.chat.clear",
    "channel.chat.notification", "channel.chat_settings.update",
)  # fmt: skip
FAST = Timing(
    check_s=0.05, audit_s=0.2, retry_min_s=0.02, retry_max_s=0.1, slow_s=0.3, stable_s=0.0, linger_s=0.2, echo_s=1.0,
    patience_s=0.1, answer_s=3.0, limits=Limits(open_s=5.0),
)  # fmt: skip
"""The real proportions, at about a fiftieth; limits of the machine, not of the protocol, stay generous."""


class Signed:
    """An Account as the port wants it: one refresh at a time, and only when the refused token is still the newest.

    `spare` are the tokens it can still get, `refreshes` how often it asked for one.
    """

    service: Service = "twitch"

    def __init__(
        self, twitch: FakeTwitch, login: str, scopes: tuple[str, ...], *, role: AccountRole = "bot", spare: int = 1
    ):
        self.twitch = twitch
        self._login = login
        self.role: AccountRole = role
        self._scopes = frozenset(scopes)
        self.spare = spare
        self.refreshes = 0
        self.told: list[str] = []
        self._token = twitch.sign_in(login, *scopes)
        self._lock = asyncio.Lock()

    @property
    def login(self) -> str:
        return self._login

    @property
    def scopes(self) -> frozenset[str]:
        return self._scopes

    @property
    def user_id(self) -> str:
        return self.twitch.people[self._login.lower()]

    async def token(self) -> str:
        if not self._token:
            raise Misconfigured("signed out", fix="chat.eventsub.signed_out.fix")
        return self._token

    async def refused(self, token: str) -> None:
        self.told.append(token)
        async with self._lock:
            await asyncio.sleep(0.01)
            if token != self._token or self.twitch.known(token) is not None:
                return
            self.refreshes += 1
            self.spare -= 1
            self._token = self.twitch.sign_in(self._login, *self._scopes) if self.spare >= 0 else ""

    def sign_in(self, *scopes: str) -> None:
        """Somebody signs in again."""
        self._scopes = frozenset(scopes or self._scopes)
        self._token = self.twitch.sign_in(self._login, *self._scopes)

    def expire(self) -> None:
        self.twitch.expire(self._token)


def bot(twitch: FakeTwitch, *scopes: str, spare: int = 1) -> Signed:
    return Signed(twitch, "mika_bot", scopes or CHAT, spare=spare)


def owner(twitch: FakeTwitch, *scopes: str, spare: int = 1) -> Signed:
    return Signed(twitch, "mika_live", scopes or OWNER, role="broadcaster", spare=spare)


def source(twitch: FakeTwitch, bot_: Signed, broadcaster: Signed | None = None, **more) -> TwitchEventSub:
    more.setdefault("timing", FAST)
    return TwitchEventSub(
        more.pop("channel", "mika_live"), bot_, broadcaster, client_id="client", api_url=twitch.api_url,
        eventsub_url=twitch.eventsub_url, auth_url=f"http://127.0.0.1:{twitch.port}/oauth2", **more,
    )  # fmt: skip


@asynccontextmanager
async def reading(source_: TwitchEventSub):
    found = Reading(source_)
    try:
        yield found
    finally:
        await found.close()


@asynccontextmanager
async def chat(*, fake=None, owner_=False, **more):
    """A fake, a source that reads it, and the reader: (twitch, source, reading, bot, broadcaster)."""
    async with FakeTwitch(**(fake or {})) as twitch:
        first = bot(twitch)
        second = owner(twitch) if owner_ else None
        made = source(twitch, first, second, **more)
        async with reading(made) as read:
            await twitch.ready(*CHAT_TYPES)
            yield twitch, made, read, first, second
