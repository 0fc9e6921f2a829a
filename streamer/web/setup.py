"""The routes of `/api/v1/setup`: channel, brain and voices are tried and changed here while the show runs.

What is behind them is a `SetupDesk`; nothing here knows a file, a key or a vendor.
"""

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Annotated, Any, Literal, Protocol

import msgspec
from aiohttp import web

from streamer.ports import Notice
from streamer.web.operate import Bucket
from streamer.web.rest import Call, Problem, Route, route

BASE = "/api/v1/setup"
TRIES_PER_S, TRIES_BURST = 0.5, 8.0
PLAYS_PER_S, PLAYS_BURST = 1.0, 12.0

StepName = Literal["channel", "brain", "voice", "character", "overlay"]
StepState = Literal["todo", "done", "skipped"]
EngineName = Literal["openai", "elevenlabs", "azure", "voicevox", "http", "edge", "espeak"]
ProfileId = Literal["openai", "ollama", "lmstudio", "vllm", "llamacpp", "deepseek", "groq", "openrouter"]
STEPS: tuple[StepName, ...] = ("channel", "brain", "voice", "character", "overlay")

Text = Annotated[str, msgspec.Meta(max_length=300)]
Key = Annotated[str, msgspec.Meta(max_length=500)]
Address = Annotated[str, msgspec.Meta(max_length=500)]
Model = Annotated[str, msgspec.Meta(max_length=200)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9_.-]+$")]
Voice = Annotated[str, msgspec.Meta(max_length=200)]
Semitones = Annotated[float, msgspec.Meta(ge=-12, le=12)]
Factor = Annotated[float, msgspec.Meta(ge=0.5, le=2)]
Tag = Annotated[str, msgspec.Meta(max_length=40, pattern="^[A-Za-z0-9-]*$")]


# --- what is asked ----------------------------------------------------------------------------------------------------


class SetStep(msgspec.Struct, frozen=True):
    state: StepState


class EndWelcome(msgspec.Struct, frozen=True):
    """`done` false shows the first run again."""

    done: bool = True


class ChannelText(msgspec.Struct, frozen=True):
    """A channel as somebody writes or pastes it: a Twitch name, a YouTube handle (`@name`), or an address."""

    text: Text


class OfPlatform(msgspec.Struct, frozen=True):
    """`platform` empty: of all."""

    platform: Literal["", "twitch", "youtube"] = ""


class Brain(msgspec.Struct, frozen=True):
    """`key` empty: the one already kept for this address. `base_url` and `model` empty: the profile's own."""

    profile: ProfileId
    model: Model = ""
    base_url: Address = ""
    key: Key = ""


class BrainQuestion(msgspec.Struct, frozen=True):
    """A brain, and what it is asked."""

    profile: ProfileId
    model: Model = ""
    base_url: Address = ""
    key: Key = ""
    question: Text = ""

    @property
    def brain(self) -> Brain:
        return Brain(self.profile, self.model, self.base_url, self.key)


class VoiceQuery(msgspec.Struct, frozen=True):
    """`language` such as `en` or `en-GB` keeps the voices of that language."""

    engine: EngineName
    language: Tag = ""


class Play(msgspec.Struct, frozen=True):
    """One sentence in a voice. `pitch` in semitones, `rate` as a factor; text beyond 200 characters is not spoken."""

    engine: EngineName
    voice: Voice = ""
    pitch: Semitones = 0.0
    rate: Factor = 1.0
    text: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    language: Tag = "en"


class ChooseVoice(msgspec.Struct, frozen=True):
    """`persona` speaks with this voice; the engine becomes the first one tried."""

    persona: Id
    engine: EngineName
    voice: Voice = ""
    pitch: Semitones = 0.0
    rate: Factor = 1.0


class Terms(msgspec.Struct, frozen=True):
    engine: Literal["edge"]
    accept: bool


class VoiceServer(msgspec.Struct, frozen=True):
    """Where voices are asked for. `base_url` for `openai` and `elevenlabs` (empty: the service itself), `url` for
    `http` and `voicevox` (empty: this machine), `region` for `azure`."""

    engine: Literal["openai", "elevenlabs", "azure", "voicevox", "http"]
    base_url: Address = ""
    url: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    model: Model = ""
    key: Key = ""
    region: Annotated[str, msgspec.Meta(max_length=60)] = ""


# --- what is answered -------------------------------------------------------------------------------------------------


class Undoable(msgspec.Struct, frozen=True):
    """The last change that can be taken back; `at` in seconds since 1970."""

    what: str
    at: float


class Place(msgspec.Struct, frozen=True):
    """A channel that is read."""

    platform: str
    name: str


class ChannelState(msgspec.Struct, frozen=True):
    """`places` are all channels that are read; the first of them is `platform` and `name`, `demo` while none is."""

    platform: str
    name: str
    words: Notice | None = None
    places: tuple[Place, ...] = ()


class Provider(msgspec.Struct, frozen=True):
    """`models` are suggestions, the first one is a good start. `key_page`: where a key is made."""

    profile: ProfileId
    label: str
    local: bool
    needs_key: bool
    key_page: str
    models: tuple[str, ...]


class FoundModel(msgspec.Struct, frozen=True):
    """`need_bytes` is the memory it takes, 0 when unknown. `fits`: whether so much is free; null when unknown."""

    name: str
    size_bytes: int
    parameters: str
    need_bytes: int
    fits: bool | None


class FoundServer(msgspec.Struct, frozen=True):
    """A model server on this machine. `base_url` empty: the profile's own address."""

    profile: ProfileId
    base_url: str
    models: tuple[FoundModel, ...]


class FoundServers(msgspec.Struct, frozen=True):
    found: tuple[FoundServer, ...]


class BrainState(msgspec.Struct, frozen=True):
    """`scripted`: answers come from prepared material. `keyring`: keys outlive this run. Memory in bytes, or null."""

    scripted: bool
    profile: str
    model: str
    base_url: str
    has_key: bool
    price_known: bool
    keyring: bool
    memory_bytes: int | None
    providers: tuple[Provider, ...]
    found: tuple[FoundServer, ...]
    notice: Notice | None = None
    """A key that is kept for this run only, and what to do about it."""


class EngineState(msgspec.Struct, frozen=True):
    """`terms`: to be accepted first; `setup`: an address or a key is missing; `off`: not on this machine."""

    engine: EngineName
    label: str
    state: Literal["ready", "terms", "setup", "off"]
    local: bool
    words: Notice | None = None


class PersonaVoice(msgspec.Struct, frozen=True):
    """`engine` is the one asked first; `voice` empty: the engine's own choice."""

    engine: str
    voice: str
    pitch: float
    rate: float


class VoiceState(msgspec.Struct, frozen=True):
    chain: tuple[str, ...]
    engines: tuple[EngineState, ...]
    personas: Mapping[str, PersonaVoice]
    keyring: bool
    notice: Notice | None = None


class SetupState(msgspec.Struct, frozen=True):
    """The whole set-up as it is. `n` is that of the panel's feed; `opened`: somebody has looked at it before."""

    n: int
    welcome: bool
    steps: Mapping[StepName, StepState]
    demo: bool
    channel: ChannelState
    brain: BrainState
    voice: VoiceState
    undo: Undoable | None
    opened: bool


class ChannelTried(msgspec.Struct, frozen=True):
    ok: bool
    platform: str
    name: str
    notice: Notice | None = None


class BrainTried(msgspec.Struct, frozen=True):
    """Times run from the question. `cost_usd` null: not known. `notice` says what is wrong, or what is not known."""

    ok: bool
    text: str = ""
    model: str = ""
    first_token_ms: int | None = None
    total_ms: int | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    notice: Notice | None = None


class VoiceItem(msgspec.Struct, frozen=True):
    """`language` and `gender` are empty where the engine does not say; `sample` is a sentence that suits the voice;
    `credit` what viewers must be able to read when it is used."""

    engine: EngineName
    id: str
    name: str
    language: str = ""
    gender: Literal["female", "male", ""] = ""
    sample: str = ""
    credit: str = ""


class Voices(msgspec.Struct, frozen=True):
    items: tuple[VoiceItem, ...]
    notice: Notice | None = None


class SetupDesk(Protocol):
    """What the routes need. Changes answer the whole state; what cannot be done raises `Problem`."""

    async def state(self) -> SetupState: ...

    async def step(self, step: StepName, state: StepState) -> SetupState: ...

    async def welcome(self, *, done: bool) -> SetupState: ...

    async def try_channel(self, text: str) -> ChannelTried: ...

    async def set_channel(self, text: str) -> SetupState: ...

    async def drop_channel(self, platform: str) -> SetupState:
        """`platform` empty: all of them."""
        ...

    async def found(self) -> FoundServers: ...

    async def try_brain(self, brain: Brain, question: str) -> BrainTried: ...

    async def set_brain(self, brain: Brain) -> SetupState: ...

    async def drop_brain(self) -> SetupState: ...

    async def voices(self, engine: EngineName, language: str) -> Voices: ...

    async def play(self, play: Play) -> bytes:
        """A WAV file: 24,000 Hz, mono, 16 bit."""
        ...

    async def set_voice(self, choice: ChooseVoice) -> SetupState: ...

    async def terms(self, engine: str, *, accept: bool) -> SetupState: ...

    async def voice_server(self, server: VoiceServer) -> SetupState: ...

    async def undo(self) -> SetupState: ...


def routes(desk: SetupDesk, *, now: Callable[[], float] = monotonic) -> list[Route]:
    """All routes of the set-up."""
    api = _Api(desk, now)
    return [*_changes(api), *_tries(api)]


def _changes(api: "_Api") -> list[Route]:
    refused: dict[str, Any] = {"scope": "setup", "problems": (409, 422)}
    return [
        route("GET", BASE, api.state, scope="setup"),
        route("POST", f"{BASE}/steps/{{step}}", api.step, scope="setup", problems=(404,)),
        route("POST", f"{BASE}/welcome", api.welcome, scope="setup"),
        route("POST", f"{BASE}/channel", api.set_channel, **refused),
        route("DELETE", f"{BASE}/channel", api.drop_channel, **refused),
        route("POST", f"{BASE}/brain", api.set_brain, **refused),
        route("DELETE", f"{BASE}/brain", api.drop_brain, **refused),
        route("POST", f"{BASE}/voices", api.set_voice, **refused),
        route("POST", f"{BASE}/voices/terms", api.terms, **refused),
        route("POST", f"{BASE}/voices/server", api.voice_server, **refused),
        route("POST", f"{BASE}/undo", api.undo, **refused),
    ]


def _tries(api: "_Api") -> list[Route]:
    return [
        route("POST", f"{BASE}/channel/try", api.try_channel, scope="setup", problems=(429,)),
        route("GET", f"{BASE}/brain/found", api.found, scope="setup"),
        route("POST", f"{BASE}/brain/try", api.try_brain, scope="setup", problems=(429,)),
        route("GET", f"{BASE}/voices", api.voices, scope="setup"),
        route("POST", f"{BASE}/voices/play", api.play, scope="setup", problems=(409, 422, 429, 502)),
    ]


class _Api:
    def __init__(self, desk: SetupDesk, now: Callable[[], float]) -> None:
        self._desk = desk
        self._now = now
        self._tries = Bucket(TRIES_PER_S, TRIES_BURST)
        self._plays = Bucket(PLAYS_PER_S, PLAYS_BURST)

    def _take(self, bucket: Bucket) -> None:
        wait = bucket.take(self._now())
        if wait:
            raise Problem(429, "slow_down", "too many tests at once", headers={"Retry-After": str(int(wait) + 1)})

    async def state(self, _call: Call) -> SetupState:
        """The whole set-up: what is done, channel, brain, voices."""
        return await self._desk.state()

    async def step(self, _call: Call, step: str, body: SetStep) -> SetupState:
        """Mark a step as done or skipped, or open it again."""
        if step not in STEPS:
            raise Problem(404, "no_step", f"the steps are {', '.join(STEPS)}")
        return await self._desk.step(step, body.state)

    async def welcome(self, _call: Call, body: EndWelcome) -> SetupState:
        """End the first run, or show it again."""
        return await self._desk.welcome(done=body.done)

    async def try_channel(self, _call: Call, body: ChannelText) -> ChannelTried:
        """Join a channel to see whether it is there; takes up to six seconds. Nothing is changed."""
        self._take(self._tries)
        return await self._desk.try_channel(body.text)

    async def set_channel(self, _call: Call, body: ChannelText) -> SetupState:
        """Read this channel from now on."""
        return await self._desk.set_channel(body.text)

    async def drop_channel(self, _call: Call, query: OfPlatform) -> SetupState:
        """Stop reading a platform's channel, or all: back to the demo."""
        return await self._desk.drop_channel(query.platform)

    async def found(self, _call: Call) -> FoundServers:
        """Look for model servers on this machine again."""
        return await self._desk.found()

    async def try_brain(self, _call: Call, body: BrainQuestion) -> BrainTried:
        """Ask a model one question, as a character would be asked; takes up to a minute. Nothing is changed."""
        self._take(self._tries)
        return await self._desk.try_brain(body.brain, body.question)

    async def set_brain(self, _call: Call, body: Brain) -> SetupState:
        """Answer with this model from the next line on."""
        return await self._desk.set_brain(body)

    async def drop_brain(self, _call: Call) -> SetupState:
        """Answer without a model, from prepared material."""
        return await self._desk.drop_brain()

    async def voices(self, _call: Call, query: VoiceQuery) -> Voices:
        """The voices of an engine."""
        return await self._desk.voices(query.engine, query.language)

    async def play(self, _call: Call, body: Play) -> web.Response:
        """One sentence in a voice, as a WAV file (24,000 Hz, mono, 16 bit, at most 15 s)."""
        self._take(self._plays)
        return web.Response(body=await self._desk.play(body), content_type="audio/wav")

    async def set_voice(self, _call: Call, body: ChooseVoice) -> SetupState:
        """Let a persona speak with this voice from the next line on."""
        return await self._desk.set_voice(body)

    async def terms(self, _call: Call, body: Terms) -> SetupState:
        """Accept the terms of a voice engine, or take that back."""
        return await self._desk.terms(body.engine, accept=body.accept)

    async def voice_server(self, _call: Call, body: VoiceServer) -> SetupState:
        """Where a voice server is, with its model and key."""
        return await self._desk.voice_server(body)

    async def undo(self, _call: Call) -> SetupState:
        """Take the last change back."""
        return await self._desk.undo()
