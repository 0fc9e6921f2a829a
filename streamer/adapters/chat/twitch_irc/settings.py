"""What people write under `chat.twitch`."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from streamer.adapters.chat.twitch_irc.session import URL, channel_name
from streamer.adapters.part import Part
from streamer.ports import ChatSource, Misconfigured

API_URL = "https://api.twitch.tv/helix"
AUTH_URL = "https://id.twitch.tv/oauth2"
EVENTSUB_URL = "wss://eventsub.wss.twitch.tv/ws"

Alert = Literal["follows", "redemptions", "subs", "polls", "hype_train", "ads", "automod"]
_ALERTS: list[Alert] = ["follows", "redemptions", "subs", "polls", "hype_train", "ads", "automod"]


class TwitchChat(Part):
    """A Twitch channel: read without an account, or signed in."""

    kind: Literal["twitch"] = "twitch"
    channel: str = Field(default="", description="the name in twitch.tv/NAME; empty: nothing is read yet")
    irc_url: str = Field(default=URL, description="another server that speaks Twitch's IRC")
    api_url: str = Field(default=API_URL, description="another server that speaks Twitch's Helix")
    auth_url: str = Field(default=AUTH_URL, description="another server that signs in as id.twitch.tv does")
    eventsub_url: str = Field(default=EVENTSUB_URL, description="another server that speaks Twitch's EventSub")
    client_id: str = Field(default="", description="of your application at dev.twitch.tv/console; needed to sign in")
    read: Literal["auto", "irc", "eventsub"] = Field(
        default="auto", description="auto: signed in when an account is, as a guest otherwise"
    )
    alerts: list[Alert] = Field(
        default_factory=lambda: list(_ALERTS),
        description="what is told beside the chat; decides what signing in asks for",
    )

    @field_validator("channel")
    @classmethod
    def _name(cls, value: str) -> str:
        try:
            return channel_name(value)
        except Misconfigured as wrong:
            raise ValueError(f"{wrong.reason}: {wrong.fix}") from None

    @field_validator("api_url", "auth_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return _address(value, "http", "https")

    @field_validator("eventsub_url")
    @classmethod
    def _ws(cls, value: str) -> str:
        return _address(value, "ws", "wss")

    def open(self) -> ChatSource:
        from streamer.adapters.chat.twitch_irc.client import TwitchIrc

        return TwitchIrc(self.channel, self.irc_url)


def _address(value: str, *schemes: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"not an address: give one that begins with {' or '.join(f'{each}://' for each in schemes)}")
    return value.strip().rstrip("/")
