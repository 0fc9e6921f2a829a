"""The routes of `/api/v1/ears`: how the show hears its host, from where, and with which recogniser.

What is behind them is an `EarDesk`; the sound itself comes over `/ws/ear` (see `earroom`). Keys of services go through
the settings, never through here, and words the host said are in the panel's feed only.
"""

from collections.abc import Awaitable
from typing import Annotated, Literal, Protocol

import msgspec

from streamer.ports import Loading, Misconfigured, Unavailable
from streamer.web.operate import Outcome
from streamer.web.rest import Call, Problem, Route, route

BASE = "/api/v1/ears"

Source = Literal["browser", "device", "meter", "off"]
"""A page of the panel; a device of the computer the show runs on; only the level that OBS tells; nothing."""
EarState = Literal["off", "waiting", "open", "muted", "deaf"]
"""`waiting`: for a page or a device to begin; `deaf`: the cast is heard through open speakers, so nobody is listened
to until it has ended."""
Name = Annotated[str, msgspec.Meta(max_length=200)]
Key = Annotated[str, msgspec.Meta(max_length=60, pattern="^[A-Za-z0-9_.-]*$")]
ModelName = Annotated[str, msgspec.Meta(max_length=300)]
Language = Annotated[str, msgspec.Meta(max_length=35, pattern="^[A-Za-z0-9-]*$")]


# --- what is told -----------------------------------------------------------------------------------------------------


class EarDevice(msgspec.Struct, frozen=True):
    """A microphone at the show's computer; `id` is what `device` takes."""

    id: str
    name: str
    default: bool = False


class EarModel(msgspec.Struct, frozen=True):
    """`here`: it is on this computer; `mb`: what fetching it costs, 0 where nobody knows."""

    name: str
    here: bool = False
    mb: int = 0


class EarEngine(msgspec.Struct, frozen=True):
    """A recogniser. `ready`: may be used at once; `model`: it has to be fetched; `package`: something is not installed;
    `key`: a service wants one. `why` and `fix`: what is wrong and what helps, each a key of the texts or words."""

    engine: str
    name: str
    state: Literal["ready", "model", "package", "key", "broken"]
    local: bool = False
    streaming: bool = False
    why: str = ""
    fix: str = ""
    models: list[EarModel] = []


class Ears(msgspec.Struct, frozen=True):
    """`engine` empty: no recogniser, the show only notices that somebody speaks. `vad` is the detector in use.
    `barge_in`: what the host's voice does to a line on air."""

    source: Source
    state: EarState
    muted: bool = False
    engine: str = ""
    model: str = ""
    vad: str = ""
    device: str = ""
    page: str = ""
    """Name of the microphone of the page that has the ear."""
    language: str = ""
    open_speakers: bool = False
    barge_in: Literal["stop", "duck"] = "stop"
    push_to_talk: bool = False
    loading: Loading | None = None
    devices: list[EarDevice] = []
    devices_fix: str = ""
    """What helps where devices cannot be listed: a key of the texts or words."""
    engines: list[EarEngine] = []


# --- what is asked ----------------------------------------------------------------------------------------------------


class ChooseEars(msgspec.Struct, frozen=True):
    """What is left out stays. `device` empty: the default; `engine` empty: none; `language` empty: the
    cast's."""

    source: Source | None = None
    device: Name | None = None
    engine: Key | None = None
    model: ModelName | None = None
    language: Language | None = None
    open_speakers: bool | None = None
    barge_in: Literal["stop", "duck"] | None = None
    push_to_talk: bool | None = None


class PushEar(msgspec.Struct, frozen=True):
    """Push-to-talk: pressed or let go."""

    on: bool


class FetchModel(msgspec.Struct, frozen=True):
    """`model` empty: the one that is set."""

    engine: Key
    model: ModelName = ""


class EarPressed(msgspec.Struct, frozen=True):
    outcome: Outcome
    muted: bool


class EarDesk(Protocol):
    """What is behind the routes, the deck and the chat command. Nothing but `choose` and `fetch` may wait.

    A choice that cannot work is Misconfigured, what does not answer is Unavailable; nothing was changed then.
    """

    def state(self) -> Ears: ...

    @property
    def muted(self) -> bool: ...

    def mute(self, on: bool, *, by: str, via: str) -> Outcome:  # noqa: FBT001 - as it is pressed
        """`already` when it was so before."""
        ...

    def push(self, on: bool, *, by: str, via: str) -> Outcome:  # noqa: FBT001
        """Push-to-talk from outside of the page that has the microphone. Ends by itself with the page, and after a
        minute: whoever pressed may never come back."""
        ...

    async def choose(self, choice: ChooseEars, *, by: str, via: str) -> None: ...

    async def fetch(self, engine: str, model: str) -> None:
        """Begin to fetch (and load) a model; progress is in the feed. Returns when it has begun."""
        ...

    def cancel_fetch(self) -> bool:
        """False when nothing is being fetched."""
        ...


MIC = ("mic-on", "mic-off", "mic", "talk-on", "talk-off")
"""What a deck may say about the ear; `mic` turns it over. `talk-on` is let go by `talk-off`."""


def press_mic(desk: EarDesk, command: str, *, by: str, via: str) -> Outcome:
    """Carry out one of `MIC`; KeyError for others."""
    if command.startswith("talk-"):
        return desk.push({"talk-on": True, "talk-off": False}[command], by=by, via=via)
    on = {"mic-on": False, "mic-off": True, "mic": not desk.muted}[command]
    return desk.mute(on, by=by, via=via)


def routes(desk: EarDesk) -> list[Route]:
    """The routes over one desk."""

    def pressed(outcome: Outcome) -> EarPressed:
        return EarPressed(outcome, desk.muted)

    async def state(_call: Call) -> Ears:
        """How the host is heard: source, microphones, recognisers and what each still needs."""
        return desk.state()

    async def choose(call: Call, body: ChooseEars) -> Ears:
        """Choose source, microphone, recogniser, language and manners; what is left out stays."""
        await _tried(desk.choose(body, by=call.by, via=call.via))
        return desk.state()

    async def mute(call: Call) -> EarPressed:
        """Close the ear; what was being said is dropped."""
        return pressed(desk.mute(True, by=call.by, via=call.via))

    async def unmute(call: Call) -> EarPressed:
        """Open the ear again."""
        return pressed(desk.mute(False, by=call.by, via=call.via))

    async def toggle(call: Call) -> EarPressed:
        """Close the open ear, open the closed one; the answer says how it is then."""
        return pressed(desk.mute(not desk.muted, by=call.by, via=call.via))

    async def push(call: Call, body: PushEar) -> EarPressed:
        """Push-to-talk: pressed or let go; also ends a minute after the press."""
        return pressed(desk.push(body.on, by=call.by, via=call.via))

    async def fetch(_call: Call, body: FetchModel) -> Ears:
        """Begin to fetch the model of a recogniser; how far it is stands in the feed."""
        await _tried(desk.fetch(body.engine, body.model))
        return desk.state()

    async def cancel(_call: Call) -> Ears:
        """Stop fetching; what was fetched is kept for the next try where that is possible."""
        if not desk.cancel_fetch():
            raise Problem(409, "nothing_fetched", "nothing is being fetched")
        return desk.state()

    refused = (409, 422)
    return [
        route("GET", BASE, state, scope="panel"),
        route("POST", BASE, choose, scope="command", problems=refused),
        route("POST", f"{BASE}/mute", mute, scope="command"),
        route("POST", f"{BASE}/unmute", unmute, scope="command"),
        route("POST", f"{BASE}/toggle", toggle, scope="command"),
        route("POST", f"{BASE}/push", push, scope="command"),
        route("POST", f"{BASE}/fetch", fetch, scope="command", problems=refused),
        route("POST", f"{BASE}/fetch/cancel", cancel, scope="command", problems=(409,)),
    ]


async def _tried(work: Awaitable[None]) -> None:
    """Await it; what the outside world says becomes a problem with its words and the fix."""
    try:
        await work
    except Misconfigured as error:
        words = f"{error.reason}. {error.fix}" if error.fix else error.reason
        raise Problem(422, "ear_setup", words) from None
    except Unavailable as error:
        raise Problem(409, "ear_away", error.reason) from None
