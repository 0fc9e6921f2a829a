"""The product's end of each chat, made from what the platform's end told (`tests.bench.chat_clients`)."""

from typing import Any

from streamer.ports import AccountRole, ChatSource, Misconfigured, Service

SCOPES = ("user:read:chat", "user:write:chat")


class Given:
    """An Account whose token stays good; the reader's process has no other end of the sign-in."""

    service: Service = "twitch"
    role: AccountRole = "bot"
    login = "mika_bot"

    def __init__(self, token: str, user_id: str) -> None:
        self._token = token
        self.user_id = user_id
        self.scopes = frozenset(SCOPES)

    async def token(self) -> str:
        if not self._token:
            raise Misconfigured("signed out", fix="chat.eventsub.signed_out.fix")
        return self._token

    async def refused(self, token: str) -> None:
        if token == self._token:
            self._token = ""


def reader(told: dict[str, Any]) -> ChatSource:
    """The product's client for what `Side.open` told, as the product makes it, with the product's own timings.

    Imports only that client: six processes that each begin with all of them take seconds to begin.
    """
    match told["way"]:
        case "irc":
            from streamer.adapters.chat.twitch_irc import TwitchIrc

            return TwitchIrc("mika", told["url"])
        case "eventsub":
            from streamer.adapters.chat.twitch_eventsub import TwitchEventSub

            account = Given(told["token"], told["user_id"])
            return TwitchEventSub(
                told["channel"], account, client_id="client", api_url=told["api_url"],
                eventsub_url=told["eventsub_url"],
            )  # fmt: skip
        case "page":
            from streamer.adapters.chat.youtube import YouTubeWeb

            return YouTubeWeb("@mika", base_url=told["url"], engine=told["engine"])
        case "api":
            from streamer.adapters.chat.youtube.api import YouTubeApi

            async def video() -> str:
                return str(told["video"])

            beside = reader(told["page"]) if "page" in told else None
            return YouTubeApi("mika", video, api_key="key-1", api_url=told["url"], deletions=beside)
        case _:
            from streamer.adapters.chat.streamerbot import StreamerBot

            return StreamerBot(told["url"])
