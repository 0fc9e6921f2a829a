"""What people write under `chat.webhooks`. The actions of Streamer.bot are settings of its adapter."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from streamer.adapters.part import is_web_address

Kind = Literal[
    "line_started", "line_ended", "emotion", "alert", "stop", "pause", "resume", "scene", "taken_back"
]  # fmt: skip
"""The events of docs/webhooks.md."""

WEBHOOKS_MAX = 20


class Webhook(BaseModel):
    """A program that wants to hear of the show. Addresses of this machine and of the home network are the point, so
    they are allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="where events are sent by POST; http or https")
    on: list[Kind] = Field(default=[], description="which events; empty: all. `taken_back` always comes too")
    secret: SecretStr = Field(default=SecretStr(""), description="signs every request; empty: unsigned")

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not is_web_address(value):
            raise ValueError("must be an address such as http://127.0.0.1:9000/showrunner")
        if "@" in urlsplit(value).netloc:
            raise ValueError("a name or a password does not belong into the address")
        return value


Webhooks = Annotated[list[Webhook], Field(max_length=WEBHOOKS_MAX)]
