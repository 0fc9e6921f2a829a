"""What people write under `chat.commands` and `chat.write`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

PREFIX = "!show"


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CommandsPart(_Group):
    """Words that moderators write into the chat to steer the show."""

    on: bool = Field(
        default=True, description="whether the broadcaster and moderators may steer the show from the chat"
    )
    prefix: Annotated[str, Field(min_length=1, max_length=20)] = Field(
        default=PREFIX, description="what a command begins with"
    )
    confirm: bool = Field(default=True, description="whether the bot answers a command in the chat, where it can write")

    @field_validator("prefix")
    @classmethod
    def _one_word(cls, value: str) -> str:
        value = value.strip()
        if not value or len(value.split()) != 1 or not value.isprintable():
            raise ValueError("must be one word, such as !show")
        if value.startswith(("/", ".")):
            raise ValueError("must not begin with / or .: chats keep those for themselves")
        return value


class WritePart(_Group):
    """What the bot writes into the chat."""

    answers: bool = Field(
        default=False, description="whether what was heard as an answer or a thank-you is also written"
    )
