"""Alerts at the panel: what came lately, once more, and tried out. `/api/v1/alerts`."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, Protocol

import msgspec

from streamer.core.events import Money
from streamer.web.operate import Outcome
from streamer.web.rest import Call, Route, route

ROOT: Final = "/api/v1/alerts"

Kind = Literal["raid", "sub", "resub", "gift", "bits", "superchat", "sticker", "follow", "redemption"]
State = Literal["waiting", "answered", "unanswered"]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class AlertItem(msgspec.Struct, frozen=True):
    """One alert. `name` and `text` as moderation left them, empty when taken back; `at` milliseconds on the show's
    clock; `reason` a code of the texts (`drop.<reason>`) where nobody answered."""

    uid: str
    kind: Kind
    platform: str
    name: str
    text: str
    count: int
    bits: int
    amount: Money | None
    reward: str
    at: int
    state: State
    reason: str
    test: bool
    can_replay: bool


class AlertItems(msgspec.Struct, frozen=True):
    """Newest first."""

    items: list[AlertItem]


class Replayed(msgspec.Struct, frozen=True):
    """`already`: it waits to be answered as it is."""

    outcome: Outcome


class TryOut(msgspec.Struct, frozen=True):
    """A test event; what is left out is made up. `count`: raiders, gifts or months; `reward`: title or id."""

    kind: Kind
    count: Count = 0
    bits: Count = 0
    amount: Money | None = None
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    text: Annotated[str, msgspec.Meta(max_length=500)] = ""
    reward: Annotated[str, msgspec.Meta(max_length=200)] = ""
    platform: Literal["", "twitch", "youtube"] = ""


class Tried(msgspec.Struct, frozen=True):
    """Under `uid` it is found among the alerts."""

    uid: str


class AlertsDesk(Protocol):
    """What the routes ask. Methods raise `Problem` for what cannot be done."""

    def items(self) -> list[AlertItem]:
        """The newest alerts, newest first."""
        ...

    def replay(self, uid: str, *, by: str, via: str) -> Outcome:
        """Show and thank it once more. Problem 404 for one nobody knows, 410 for one that was taken back, 409 for one
        that may not be used, or while the show is stopped."""
        ...

    def try_out(self, wanted: TryOut) -> str:
        """Send a test event the whole way; its uid. Problem 422 for a reward nobody knows where none is named."""
        ...


def routes(desk: Callable[[], AlertsDesk]) -> list[Route]:
    """`desk` is asked for with each request: the routes are there before the show."""

    async def every(_call: Call) -> AlertItems:
        """The newest alerts, and what became of them."""
        return AlertItems(desk().items())

    async def replay(call: Call, uid: str) -> Replayed:
        """Show an alert and thank for it once more; leasts and cooldowns neither hold nor begin."""
        return Replayed(desk().replay(uid, by=call.by, via=call.via))

    async def try_out(_call: Call, body: TryOut) -> Tried:
        """Send a test event the whole way. It is marked as a test and counts nowhere."""
        return Tried(desk().try_out(body))

    loose: dict[str, Any] = {"loose_body": True}
    return [
        route("GET", ROOT, every, scope="panel"),
        route("POST", ROOT + "/test", try_out, scope="command"),
        route("POST", ROOT + "/{uid}/replay", replay, scope="command", problems=(404, 409, 410), **loose),
    ]
