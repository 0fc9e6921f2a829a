"""What people write under `chat.twitch`."""

from typing import Literal

from pydantic import Field, field_validator

from streamer.adapters.chat.twitch_irc.session import URL, channel_name
from streamer.adapters.part import Part
from streamer.ports import ChatSource, Misconfigured


class TwitchChat(Part):
    """A Twitch channel, read without an account."""

    kind: Literal["twitch"] = "twitch"
    channel: str = Field(default="", description="the name in twitch.tv/NAME; empty: nothing is read yet")
    irc_url: str = Field(default=URL, description="another server that speaks Twitch's IRC")

    @field_validator("channel")
    @classmethod
    def _name(cls, value: str) -> str:
        try:
            return channel_name(value)
        except Misconfigured as wrong:
            raise ValueError(f"{wrong.reason}: {wrong.fix}") from None

    def open(self) -> ChatSource:
        from streamer.adapters.chat.twitch_irc.client import TwitchIrc

        return TwitchIrc(self.channel, self.irc_url)
