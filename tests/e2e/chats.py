"""Every platform at once, as local servers, and people who are signed in to them."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

import aiohttp

from streamer.adapters.auth.google import SCOPE as YOUTUBE
from streamer.app.setup.secrets import KeyringAwayError, Keys
from streamer.app.signin.store import Kept, Store
from tests.e2e.product import Product
from tests.fakes import twitch_events
from tests.fakes.google_oauth import CLIENT as GOOGLE_CLIENT
from tests.fakes.google_oauth import FakeGoogleOauth
from tests.fakes.google_oauth import SignedIn as GoogleSignedIn
from tests.fakes.streamer_bot import FakeStreamerBot
from tests.fakes.twitch_api import FakeTwitch, Known
from tests.fakes.twitch_id import CLIENT, FakeTwitchId
from tests.fakes.twitch_irc import FakeTwitchIrc
from tests.fakes.webhook_receiver import WebhookReceiver
from tests.fakes.youtube_api import FakeYouTubeApi
from tests.fakes.youtube_web import FakeYouTube
from tests.web.test_feed import apply

CHAT = ("user:read:chat", "user:write:chat")
BOT = (*CHAT, "moderator:manage:chat_messages", "moderator:manage:banned_users")
BOT_LOGIN = "mika_bot"


class NoRing:
    """A keyring that nobody has, so that tests write to none."""

    def get_password(self, service: str, name: str) -> str | None:
        raise KeyringAwayError

    set_password = delete_password = get_password


def no_keys() -> Keys:
    return Keys(NoRing())


def id_of(login: str) -> str:
    """The number `FakeTwitchId` gives a login."""
    return str(1000 + sum(login.encode()))


def known_by(ident: FakeTwitchId) -> Callable[[str], Known | None]:
    """For `FakeTwitch.valid`: tokens are good as long as id.twitch.tv says so."""

    def valid(token: str) -> Known | None:
        scopes = ident.valid(token)
        if scopes is None:
            return None
        login = ident.id.access[token][0].login
        owner = login == twitch_events.CHANNEL
        return Known(twitch_events.CHANNEL_ID if owner else id_of(login), login, scopes)

    return valid


def keep(
    state: Path, ident: FakeTwitchId, login: str = BOT_LOGIN, scopes: tuple[str, ...] = BOT, *, role: str = "bot",
    **changes: Any,
) -> Kept:  # fmt: skip
    """Signs somebody in as the sign-in desk does; `changes` to what is kept."""
    tokens = ident.id.grant(login, scopes)
    owner = login == twitch_events.CHANNEL
    found: dict[str, Any] = {
        "n": 1, "client": CLIENT, "access": tokens["access_token"], "refresh": tokens["refresh_token"],
        "got_at": time.time(), "expires_at": time.time() + tokens["expires_in"], "scopes": scopes, "login": login,
        "user_id": twitch_events.CHANNEL_ID if owner else id_of(login),
    }  # fmt: skip
    kept = Kept(**(found | changes))
    state.mkdir(parents=True, exist_ok=True)
    Store(state, no_keys()).write(f"twitch.{role}", kept)
    return kept


def keep_google(state: Path, google: FakeGoogleOauth, name: str = "friday", scope: str = YOUTUBE) -> Kept:
    """Signs the channel's owner in to YouTube."""
    signed, refresh = GoogleSignedIn(name, scope), f"1//refresh-of-{name}"
    google.id.refresh[refresh] = signed
    access = f"ya29.access-of-{name}"
    google.id.access[access] = (signed, time.time() + 3_599)
    kept = Kept(
        1, GOOGLE_CLIENT, access, refresh, time.time(), time.time() + 3_599, scopes=(scope,), login=name,
        user_id=f"UC{name}",
    )  # fmt: skip
    state.mkdir(parents=True, exist_ok=True)
    Store(state, no_keys()).write("youtube.broadcaster", kept)
    return kept


class Platforms:
    """Twitch by both ways, its sign-in server, YouTube's page, Streamer.bot and a program that takes webhooks."""

    def __init__(self) -> None:
        self.twitch = FakeTwitch(keepalive_s=2.0)
        self.irc = FakeTwitchIrc(self.twitch.channel)
        self.ident = FakeTwitchId()
        self.google = FakeGoogleOauth()
        self.youtube = FakeYouTube(wait_ms=200)
        self.api = FakeYouTubeApi()
        self.bot = FakeStreamerBot()
        self.hooks = WebhookReceiver("a secret of the receiver")
        self._stack = AsyncExitStack()
        self._number = 0

    async def __aenter__(self) -> Self:
        self.ident.id.interval_s = 1.0
        self.ident.id.people = {self.twitch.channel: self.twitch.channel_id}
        self.twitch.client_id = CLIENT
        self.twitch.valid = known_by(self.ident)
        self.twitch.people |= {BOT_LOGIN: id_of(BOT_LOGIN)}
        self.twitch.mods = {id_of(BOT_LOGIN)}
        self.api.token = lambda token: self.google.id.valid(token) is not None
        platforms = (self.twitch, self.irc, self.ident, self.google, self.youtube, self.api, self.bot, self.hooks)
        for each in platforms:
            await self._stack.enter_async_context(each)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def twitch_settings(self, **more: Any) -> dict[str, Any]:
        urls = {"irc_url": self.irc.url, "api_url": self.twitch.api_url, "eventsub_url": self.twitch.eventsub_url}
        return {"channel": self.twitch.channel, "client_id": CLIENT, "auth_url": self.ident.url, **urls, **more}

    # --- what both ways of Twitch tell --------------------------------------------------------------------------------

    async def say(self, user: str, text: str, *, mod: bool = False) -> str:
        """A message, told by both ways under one id, as Twitch does."""
        self._number += 1
        ident = f"m-{self._number:04}"
        badges = (twitch_events.badge("moderator"),) if mod else ()
        tags: dict[str, Any] = {"badges": "moderator/1", "mod": 1} if mod else {}
        await self.irc.say(user, text, msg_id=ident, user_id=twitch_events.user_id(user), **tags)
        await self.twitch.say(user, text, message_id=ident, badges=badges)
        return ident

    async def delete(self, ident: str) -> None:
        await self.twitch.delete(ident)
        await self.irc.delete(ident)

    async def raid(self, user: str, viewers: int) -> None:
        """By both ways, under an id of each."""
        await self.twitch.raid(viewers, user)
        await self.irc.notice(
            user, "raid", user_id=twitch_events.user_id(user), msg_param_viewerCount=viewers,
            msg_param_displayName=user, msg_param_login=user.lower(),
        )  # fmt: skip

    async def storm(self, user: str, count: int) -> None:
        """Gifts for so many, by both ways."""
        await self.twitch.gift_storm(user, count)
        await self.irc.gift_storm(user, count)


class Audience:
    """Somebody who follows the overlay's feed as its pages do, and notes what came when."""

    def __init__(self, product: Product) -> None:
        self._url = product.links["Overlay"].replace("/overlay/stage?", "/ws/feed?view=overlay&")
        self.now: dict[str, Any] = {}
        self.rows: Counter[str] = Counter()
        """How often each message was put up."""
        self.texts: Counter[str] = Counter()
        self.alerts: list[tuple[float, dict[str, Any]]] = []
        """With the moment each came, on the clock of `time.monotonic`."""
        self.lines: list[dict[str, Any]] = []
        self.clauses: dict[tuple[int, str], dict[str, Any]] = {}
        """By line and number, as they were told last."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        self._feed = await self._session.ws_connect(self._url)
        first = json.loads(await self._feed.receive_str(timeout=20))
        self.now = first["snapshot"]
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._session.close()

    async def _follow(self) -> None:
        async for message in self._feed:
            told = json.loads(message.data)
            changes = told.get("set", {})
            apply(self.now, changes, told.get("del", []))
            for path, value in changes.items():
                if path.startswith("chat/"):
                    self.rows[path.removeprefix("chat/")] += 1
                    self.texts[value["text"]] += 1
                elif path == "stage/alert" and value is not None:
                    self.alerts.append((time.monotonic(), value))
                elif path == "line" and value is not None:
                    self.lines.append(value)
                    self.clauses.update({(value["id"], number): each for number, each in value["clauses"].items()})
                elif path.startswith("line/clauses/") and value is not None:
                    self.clauses[self.now["line"]["id"], path.rpartition("/")[2]] = value

    @property
    def chat(self) -> list[str]:
        """The words that are on the screen."""
        return [row["text"] for row in self.now["chat"].values()]

    @property
    def caption(self) -> str:
        line = self.now["line"]
        return " ".join(each["text"] for each in line["clauses"].values()) if line is not None else ""
