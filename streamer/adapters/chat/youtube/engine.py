"""What the two ways of polling a live chat have in common."""

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import msgspec

EngineName = Literal["pytchat", "innertube"]


class Batch(msgspec.Struct, frozen=True):
    """The answer to one poll: raw actions in their order, and how long to wait before the next.

    `server_s`: UNIX seconds by the server's clock, 0 unknown.
    """

    actions: Sequence[Any] = ()
    wait_s: float = 5.0
    server_s: float = 0.0


class Engine(Protocol):
    """Polls one video's chat. Any Trouble means the end of this engine: make a new one.

    Passing faults (one error answer, one broken connection) are asked again inside `poll`, with the same continuation,
    so that nothing is lost.
    """

    name: EngineName

    async def begin(self) -> None:
        """Find the way into the chat. Raises Trouble."""
        ...

    async def poll(self) -> Batch:
        """What has come since the last poll; the first one may bring what was said shortly before. Raises Trouble."""
        ...

    async def aclose(self) -> None:
        """Within 2 s, whatever it is doing."""
        ...
