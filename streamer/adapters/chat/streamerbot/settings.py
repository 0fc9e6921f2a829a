"""What people write under `chat.streamerbot`."""

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from streamer.adapters.chat.streamerbot.protocol import URL, socket_address
from streamer.adapters.part import Part
from streamer.ports import Misconfigured

if TYPE_CHECKING:
    from streamer.adapters.chat.streamerbot.client import StreamerBot

On = Literal["line", "line_ended", "emotion", "alert", "stop", "pause", "resume", "scene", "taken_back"]
"""What happened in the show. `line`: a line begins to be heard; `emotion`: a face or a gesture inside a line."""
Platform = Literal["twitch", "youtube"]


class ActionRule(BaseModel):
    """Run one of Streamer.bot's actions when something happens in the show."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    on: On
    wanted: str = Field(
        default="",
        alias="is",
        max_length=100,
        description="which one: an emotion, a kind of alert, a persona's id (lines), a scene; empty: every one",
    )
    action: str = Field(min_length=1, max_length=200, description="the action's name in Streamer.bot, or its id")
    tests: bool = Field(default=False, description="also for test events of the panel")


class StreamerBotChat(Part):
    """Streamer.bot's WebSocket server, on this machine or another one."""

    kind: Literal["streamerbot"] = "streamerbot"
    url: str = Field(default=URL, description="address, port and endpoint as in Servers/Clients > WebSocket Server")
    password: SecretStr = Field(default=SecretStr(""), description="when authentication is switched on there")
    read: list[Platform] = Field(default=["twitch", "youtube"], description="whose events are read; empty: none")
    do: list[ActionRule] = Field(default=[], max_length=100, description="actions to run when something happens")

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        try:
            return socket_address(value)
        except Misconfigured as wrong:
            raise ValueError(f"{wrong.reason}: {wrong.fix}") from None

    def open(self) -> "StreamerBot":
        from streamer.adapters.chat.streamerbot.client import StreamerBot

        return StreamerBot(self.url, self.password.get_secret_value(), read=self.read)
