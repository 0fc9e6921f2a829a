"""The routes of `/api/v1/stage` beside the scenes: avatars."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from streamer.web.rest import Call, Problem, Route, route

BASE = "/api/v1/stage"


class Ask(msgspec.Struct, frozen=True):
    """A persona that is a model in another program."""

    persona: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Asked(msgspec.Struct, frozen=True):
    outcome: Literal["done"]


def routes(ask_again: Callable[[str], bool]) -> list[Route]:
    """`ask_again` is False for a persona that needs nobody's leave."""

    async def ask(_call: Call, body: Ask) -> Asked:
        """Ask once more to be let into the program that shows a persona; its window has to be answered there."""
        if not ask_again(body.persona):
            raise Problem(404, "no_avatar", "this persona is no model in another program", path="$.persona")
        return Asked("done")

    return [route("POST", f"{BASE}/avatar", ask, scope="command", problems=(404,))]
