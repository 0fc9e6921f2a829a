"""What people write under `chat.youtube`."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from streamer.adapters.chat.youtube.wanted import URL, wanted
from streamer.adapters.part import Part, is_web_address
from streamer.ports import Misconfigured

if TYPE_CHECKING:
    from typing import Self

    from streamer.adapters.chat.youtube.source import YouTubeWeb


class YouTubeChat(Part):
    """A YouTube channel or stream. Reading needs no account; a key or a sign-in adds the official interface."""

    kind: Literal["youtube"] = "youtube"
    channel: str = Field(
        default="",
        description="the channel's handle (@name), address or id, or the link of one stream; empty: nothing is read",
    )
    read: Literal["auto", "web", "api"] = Field(default="auto", description="by the public pages or the official API")
    engine: Literal["auto", "pytchat", "innertube"] = Field(
        default="auto", description="how the public pages are read; auto: pytchat first, the other when it fails"
    )
    base_url: str = Field(default=URL, description="another server that has YouTube's pages")
    api_url: str = Field(default="https://www.googleapis.com/youtube/v3", description="another server of the Data API")
    auth_url: str = Field(default="https://oauth2.googleapis.com", description="another server that signs people in")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    api_key: SecretStr = SecretStr("")

    @field_validator("base_url", "api_url", "auth_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not is_web_address(value):
            raise ValueError("not an http(s) address")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _channel(self) -> "Self":
        if self.channel.strip():
            try:
                wanted(self.channel, self.base_url)
            except Misconfigured as wrong:
                raise ValueError(f"channel: {wrong.reason}: {wrong.fix}") from None
        return self

    def open(self) -> "YouTubeWeb":
        """The reader of the public pages."""
        from streamer.adapters.chat.youtube.source import YouTubeWeb

        return YouTubeWeb(self.channel, base_url=self.base_url, engine=self.engine)
