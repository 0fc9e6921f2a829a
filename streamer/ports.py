"""The outside world as the show sees it: one Protocol per port, the values that cross it, and its two errors.

Units, everywhere: sound is signed 16-bit little-endian mono PCM at 24,000 Hz; a frame is 20 ms (480 samples,
960 bytes); mark times are integer milliseconds from the first sample of the utterance; text offsets are code points.
What is heard of the host is PCM of the same kind at 16,000 Hz.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable

import msgspec

from streamer.core.events import ChatKind, Event, Fact, Money, Role
from streamer.core.stage import Stage

RATE_HZ = 24_000
FRAME_MS = 20
FRAME_BYTES = RATE_HZ * FRAME_MS // 1000 * 2
EAR_RATE_HZ = 16_000
EAR_FRAME_BYTES = EAR_RATE_HZ * FRAME_MS // 1000 * 2
"""20 ms of a microphone."""
WINDOW_MS = 32
WINDOW_BYTES = EAR_RATE_HZ * WINDOW_MS // 1000 * 2
"""What a voice activity detector looks at: 512 samples."""


class Unavailable(Exception):
    """The part does not work now and may work later. `reason` is for people; `retry_after_s` is a hint."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s


class Unspeakable(Unavailable):
    """This engine cannot speak this text, which is no fault of the engine: another should, and the next text may do."""


class Misconfigured(Exception):
    """The part cannot work until somebody changes something. `fix` says what."""

    def __init__(self, reason: str, *, fix: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix


class Notice(msgspec.Struct, frozen=True):
    """Something people should read, worded in `texts/<language>.yaml` under `code`."""

    code: str
    params: dict[str, str | int | float] = {}
    fix: str = ""


HealthState = Literal["off", "starting", "ok", "degraded", "broken"]


class Health(msgspec.Struct, frozen=True):
    """How one part is doing. `part` is a dotted name such as `chat.twitch`, `llm`, `voice.mika`."""

    part: str
    state: HealthState
    notice: Notice
    latency_ms: float | None = None


# --- chat ------------------------------------------------------------------------------------------------------------


class Badge(msgspec.Struct, frozen=True, omit_defaults=True):
    """A badge as the platform names it: set `subscriber`, id `12`, info `14` (months)."""

    set: str
    id: str = ""
    info: str = ""


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """Ids are the platform's own; `name` is what is shown."""

    id: str
    login: str = ""
    name: str = ""
    roles: tuple[Role, ...] = ()
    badges: tuple[Badge, ...] = ()
    color: str = ""
    """`#RRGGBB`, as the viewer chose it."""
    avatar: str = ""
    """https address of the picture."""
    tier: str = ""
    """Of a subscription or membership: `1000`, `2000`, `3000`, `prime`, or the level's name."""
    months: int = 0
    """Of a subscription or membership, in all."""
    anonymous: bool = False


class Fragment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a message, in order; the texts of all pieces together are the message."""

    type: Literal["text", "emote", "cheermote", "mention", "emoji", "gif"]
    text: str
    id: str = ""
    url: str = ""
    bits: int = 0
    user: str = ""
    """Id of the user who is mentioned."""


class Reward(msgspec.Struct, frozen=True, omit_defaults=True):
    """A channel-point reward that was redeemed; `redemption` is the id of this one redemption."""

    id: str
    title: str = ""
    cost: int = 0
    redemption: str = ""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str
    votes: int = 0


class Detail(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a poll, a hype train, a goal or an ad break shows beside its text. Times in seconds."""

    title: str = ""
    choices: tuple[Choice, ...] = ()
    level: int = 0
    total: int = 0
    goal: int = 0
    ends_in_s: float = 0.0


RowKind = (
    ChatKind
    | Literal[
        "delete_message", "clear_user", "clear_chat", "host_said", "replace_message", "held", "held_resolved",
        "poll_begin", "poll_progress", "poll_end", "hype_train_begin", "hype_train_progress", "hype_train_end",
        "ad_break", "goal", "shield", "stream_on", "stream_off", "settings",
    ]
)  # fmt: skip


class ChatRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened in a chat, with its words; also a row of a chat log.

    `at` is seconds since the start of the log or of the show. Ids are scoped by `platform`.
    `target` is a message id (`delete_message`) or a user id (`clear_user`).
    """

    at: float
    platform: str
    kind: RowKind
    id: str = ""
    user: User | None = None
    text: str = ""
    reply_to: str = ""
    bits: int = 0
    amount: Money | None = None
    count: int = 0
    target: str = ""
    duration_s: float = 0.0
    emotes: tuple[tuple[int, int, str], ...] = ()
    """(start, end, id): half-open ranges of code points of `text` that are platform emotes."""
    fragments: tuple[Fragment, ...] = ()
    """The message in pieces, where the platform tells; empty: `text` and `emotes` say everything."""
    guest: bool = False
    """Written in a partner's room (shared chat)."""
    shared_from: str = ""
    """That room."""
    action: bool = False
    first: bool = False
    """The viewer's first message in this channel, ever."""
    returning: bool = False
    highlighted: bool = False
    reply_name: str = ""
    """Who wrote the message this one answers."""
    reward: Reward | None = None
    batch: str = ""
    """The gift storm this gift belongs to: an id of the platform's."""
    recipient: User | None = None
    tier: str = ""
    """Of the subscription or membership that was bought or given."""
    detail: Detail | None = None
    channel: str = ""
    """Id or name of the channel, where one platform is read in several."""
    source: str = ""
    """By which way it came: `irc`, `eventsub`, `innertube`, `ytapi`, `streamerbot`, `inject`, `replay`."""
    test: bool = False
    """Made by ourselves to try the way; no viewer did it."""
    direct: str = ""
    """Said at the panel to the cast: the id of a persona, `*` for whoever fits; empty for what came from a chat."""


class ChatSource(Protocol):
    """Reads one chat. Reconnects by itself; reports how it is through `health`; ends when cancelled or really over."""

    name: str

    def rows(self) -> AsyncIterator[ChatRow]:
        """What happens, as it happens. A malformed frame is counted and skipped, never raised."""
        ...

    def health(self) -> Health: ...

    async def aclose(self) -> None: ...


class Refused(Exception):
    """A platform did not take what we sent, and will not take it again. `code` names why: `duplicate`, `too_long`,
    `automod`, `banned`, `not_allowed`, `gone`, `other`; `reason` is for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


ChatAct = Literal["send", "reply", "delete", "timeout", "ban"]


class ChatRates(msgspec.Struct, frozen=True):
    """How fast a platform takes messages: `count` in `window_s`, one every `gap_s`, the same text once in `same_s`,
    `length` characters each. Source: the platform's documented limits for the account's standing."""

    count: int = 20
    window_s: float = 30.0
    gap_s: float = 1.0
    same_s: float = 30.0
    length: int = 500


class ChatWriter(Protocol):
    """Writes into one chat as one account. Every call raises Unavailable, Misconfigured (sign in again, a scope is
    missing) or Refused; none waits for a rate: who calls keeps to `rates`."""

    platform: str

    @property
    def acts(self) -> frozenset[ChatAct]:
        """What the account may do here, as far as is known."""
        ...

    @property
    def rates(self) -> ChatRates: ...

    @property
    def own(self) -> str:
        """The user id of the account that writes; empty while it is not known."""
        ...

    async def send(self, text: str, *, reply_to: str = "") -> str:
        """Returns the platform's id of the message. `reply_to` is a message id of the platform's."""
        ...

    async def delete(self, message: str) -> None: ...

    async def timeout(self, user: str, seconds: int, reason: str = "") -> None: ...

    async def ban(self, user: str, reason: str = "") -> None: ...


@runtime_checkable
class Writable(Protocol):
    """A ChatSource that can also write; `writer` is None while it may not."""

    @property
    def writer(self) -> ChatWriter | None: ...


Service = Literal["twitch", "youtube"]
AccountRole = Literal["bot", "broadcaster"]


class Account(Protocol):
    """A signed-in account. Whoever owns the tokens refreshes them; who uses one asks for it each time."""

    service: Service
    role: AccountRole

    @property
    def login(self) -> str: ...

    @property
    def user_id(self) -> str: ...

    @property
    def scopes(self) -> frozenset[str]: ...

    async def token(self) -> str:
        """An access token that should be good for some minutes. Raises Misconfigured when somebody must sign in again,
        Unavailable when the sign-in server does not answer and the token has run out."""
        ...

    async def refused(self, token: str) -> None:
        """The platform answered 401 to this token: find out, once for all who say so, whether another can be had."""
        ...


# --- language model ---------------------------------------------------------------------------------------------------


class Message(msgspec.Struct, frozen=True):
    role: Literal["system", "user", "assistant"]
    content: str


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is asked. The scripted brain reads `hints`, real models read `messages`."""

    messages: tuple[Message, ...]
    max_tokens: int = 200
    temperature: float = 0.9
    stop: tuple[str, ...] = ()
    seed: int = 0
    hints: Mapping[str, str] = {}
    """Plain facts of the request (persona, kind, viewer, text, partner, ...), for brains that are not models."""


class Token(msgspec.Struct, frozen=True):
    text: str


class Usage(msgspec.Struct, frozen=True):
    """End of an answer. `complete` is false when the provider stopped short (length, content filter)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    complete: bool = True
    provider: str = ""


class LanguageModel(Protocol):
    """Streams an answer. Closing the iterator early cancels the request at the server."""

    name: str

    def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        """Tokens, then exactly one `Usage`. Raises Unavailable or Misconfigured."""
        ...

    async def warm(self) -> None: ...

    async def aclose(self) -> None: ...


# --- speech -----------------------------------------------------------------------------------------------------------


class VoiceSpec(msgspec.Struct, frozen=True):
    """How a persona sounds. `name` is the engine's own voice id; `rate` and `pitch` are factors around 1.0; `style` is
    a way to speak in the engine's own words, empty for its usual one. `volume` is a factor; the line chain applies it
    after the sound was levelled, so engines are asked for 1.0."""

    name: str = ""
    rate: float = 1.0
    pitch: float = 1.0
    volume: float = 1.0
    language: str = "en"
    style: str = ""


class SpeechRequest(msgspec.Struct, frozen=True):
    text: str
    voice: VoiceSpec = VoiceSpec()
    emotion: str = ""


class Pcm(msgspec.Struct, frozen=True):
    """A piece of sound of any even length, starting at `at_ms` of the utterance."""

    data: bytes
    at_ms: int


class WordMark(msgspec.Struct, frozen=True):
    """A word heard at `at_ms` for `dur_ms`; `start`/`end` are code points of the request's text."""

    at_ms: int
    dur_ms: int
    start: int
    end: int


Viseme = Literal["sil", "aa", "ih", "ou", "ee", "oh", "mbp"]


class VisemeMark(msgspec.Struct, frozen=True):
    at_ms: int
    shape: Viseme
    dur_ms: int | None = None


class Done(msgspec.Struct, frozen=True):
    """End of the utterance. Sound that stopped short never says `complete`."""

    total_ms: int
    complete: bool = True


SpeechPiece = Pcm | WordMark | VisemeMark | Done


class VoiceCaps(msgspec.Struct, frozen=True):
    """What an engine can do, as data."""

    engine: str
    streaming: bool = False
    word_marks: bool = False
    viseme_marks: bool = False
    local: bool = False
    languages: tuple[str, ...] = ()
    cost_per_1k_chars: float = 0.0


class TextToSpeech(Protocol):
    """Speaks one clause at a time. Contract (for every adapter):

    the PCM adds up to `Done.total_ms` within 20 ms; marks are sorted, inside the sound, offsets inside the text;
    closing the iterator at any point leaves no task, thread or socket within 2 s; text without anything speakable
    gives `Done(0)` without a request; a stall or a cut raises Unavailable or ends with `complete=False`.
    """

    caps: VoiceCaps

    def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]: ...

    async def warm(self) -> None: ...

    async def aclose(self) -> None: ...


class Heard(msgspec.Struct, frozen=True):
    """How much of a line reached the ears. `ended` is true when nothing more of it will sound."""

    line: int
    ms: int
    ended: bool = False
    underrun_ms: int = 0


class AudioSink(Protocol):
    """Plays one line at a time; its heard position is the clock of everything else.

    `begin` opens a line, from `at_ms` on when it goes on after a pause (positions count from the line's beginning all
    the same); `write` takes 20 ms frames and waits while the sink holds more than 400 ms;
    `finish` says that no more frames come and returns when the last one was heard;
    `stop` is synchronous and immediate: after it returns nothing of the line may start to sound (frames of older
    generations are dropped everywhere). `on_heard` is called on the loop about every 100 ms, at the first sample
    and at the end.
    """

    @property
    def name(self) -> str: ...

    @property
    def page(self) -> bool: ...

    def begin(self, line: int, persona: str, on_heard: Callable[[Heard], None], at_ms: int = 0) -> None: ...

    async def write(self, frame: bytes) -> None: ...

    async def finish(self) -> Heard: ...

    def stop(self, fade_ms: int = 15) -> Heard: ...

    def duck(self, on: bool) -> None: ...  # noqa: FBT001 - a switch

    def heard(self) -> Heard | None:
        """Position of the line that is playing; None when nothing plays."""
        ...


@runtime_checkable
class Playhead(Protocol):
    """What is being heard at this moment: (line id, milliseconds), or None."""

    def position(self) -> tuple[int, int] | None: ...


# --- hearing the host -------------------------------------------------------------------------------------------------


class Microphone(Protocol):
    """A local device. Frames of 20 ms, 16,000 Hz; ends when cancelled, raises Unavailable when the device is gone."""

    name: str

    def frames(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


class VoiceActivity(Protocol):
    """How much a window sounds like speech. Windows come in order; the detector remembers those before."""

    name: str

    async def open(self) -> None:
        """Ready to look. Raises Unavailable or Misconfigured (a package is missing)."""
        ...

    async def score(self, window: bytes) -> float:
        """Of `WINDOW_BYTES` bytes: 0 (no speech) to 1. Raises Unavailable when the detector died."""
        ...

    def reset(self) -> None:
        """Forget what was heard: the sound that follows does not continue it."""
        ...

    async def aclose(self) -> None: ...


class Loading(msgspec.Struct, frozen=True):
    """How far a model is. `step`: `fetching` (bytes) or `loading`; `total` 0: unknown."""

    step: Literal["fetching", "loading"]
    model: str = ""
    done: int = 0
    total: int = 0


class Partial(msgspec.Struct, frozen=True):
    """What was understood so far; the first `stable` code points will not change."""

    text: str
    stable: int = 0


class Final(msgspec.Struct, frozen=True):
    """What was understood of an utterance; empty text: nothing. `confidence` and `no_speech` (the engine's own doubt
    that anybody spoke) are 0..1; `asked_ms`: how long the engine worked after the end of the sound."""

    text: str
    confidence: float = 1.0
    no_speech: float = 0.0
    language: str = ""
    asked_ms: float = 0.0


class RecognizerCaps(msgspec.Struct, frozen=True):
    engine: str
    streaming: bool = False
    """Partial results come by themselves."""
    local: bool = False
    languages: tuple[str, ...] = ()
    """Base codes; empty: many."""


class Hearing(Protocol):
    """One utterance at a recogniser."""

    def feed(self, pcm: bytes) -> None:
        """More of it, in order. Returns at once."""
        ...

    async def look(self) -> Partial:
        """What was understood by now. Engines that do not stream recognise what they were fed; `finish` right after
        costs nothing more when only silence followed."""
        ...

    async def finish(self) -> Final:
        """Nothing more comes. Raises Unavailable or Misconfigured."""
        ...

    def drop(self) -> None:
        """Nothing of it is wanted. At once, also in the middle of `look` and `finish`, which then raise Unavailable."""
        ...


class SpeechRecognizer(Protocol):
    """Understands the host. Contract (for every adapter):

    silence and noise give an empty text or a high `no_speech`; what is dropped leaves no task, thread or socket within
    2 s; two utterances may overlap (the end of one is still being worked on); a dead worker, a stall and a refused key
    raise Unavailable or Misconfigured within the limits of the settings, and the next utterance is tried anew.
    """

    @property
    def caps(self) -> RecognizerCaps: ...

    async def load(self, progress: Callable[[Loading], None]) -> None:
        """Ready to hear. Never blocks the loop. Raises Unavailable or Misconfigured."""
        ...

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> Hearing:
        """`language`: BCP 47, empty: whatever is spoken; `hints`: names that are likely to be said."""
        ...

    async def aclose(self) -> None: ...


# --- the stage --------------------------------------------------------------------------------------------------------


class Moment(msgspec.Struct, frozen=True):
    """What is heard at this instant, as faces need it. `line` 0: nobody speaks."""

    line: int = 0
    persona: str = ""
    ms: int = 0
    open: float = 0.0
    """How far the mouth is open, 0..1."""
    shape: Viseme = "sil"
    expression: str = "neutral"
    intensity: float = 1.0


CueKind = Literal["gesture", "emotion", "alert", "line", "line_ended", "stop"]


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happens once, at the moment it is heard or shown. It is not made up for after a reconnect.

    `name`: the gesture or expression, the kind of the alert; `size` 0..1 of an alert, intensity of an emotion;
    `emote`: the address of a picture that a viewer sent with it; `reward`: the title of what was redeemed.
    """

    kind: CueKind
    name: str = ""
    persona: str = ""
    line: int = 0
    size: float = 0.0
    emote: str = ""
    reward: str = ""
    test: bool = False


class CaptionPage(msgspec.Struct, frozen=True):
    """What a caption shows at a moment: at most two rows; `ms` of the line from when to when."""

    line: int
    persona: str
    name: str
    rows: tuple[str, ...]
    at: int
    end: int


class StageView(Protocol):
    """What a driver may look at whenever it likes. Every call is quick."""

    def moment(self) -> Moment: ...

    def caption(self) -> CaptionPage | None: ...

    def words(self, what: str) -> str:
        """The words of `speaker` (shown name), `answering_name`, `answering_text`; empty for none."""
        ...


class StageDriver(Protocol):
    """Brings one device towards the desired stage, whatever state it is in, and leaves alone what it does not own.

    `want` and `cue` are synchronous, return at once and raise nothing. `run` connects, reconnects and reconciles until
    it is cancelled; `aclose` releases what was taken (expressions, lowered music, moved sources) within its limit.
    """

    name: str

    def want(self, stage: Stage) -> None: ...

    def cue(self, cue: Cue) -> None: ...

    def healths(self) -> Sequence[Health]: ...

    async def run(self) -> None: ...

    async def aclose(self) -> None: ...


class Reports(Protocol):
    """What a driver tells the show."""

    def fact(self, event: Event) -> None:
        """Something the rules of the show want to know: the host's voice, a scene taken by hand, a poke."""
        ...

    def state(self, part: str, state: Mapping[str, object]) -> None:
        """What the panel shows of a device, whole: plain JSON values under `obs`, `avatar.<persona>`."""
        ...


# --- memory of the process --------------------------------------------------------------------------------------------


class TextStore(Protocol):
    """Words, apart from the facts about them, so that they can be erased. Keys are `TextRef`s."""

    def put(self, ref: str, text: str, *, owner: str = "") -> None:
        """`owner` is a user key: clearing the user erases it."""
        ...

    def get(self, ref: str) -> str | None: ...

    def erase(self, ref: str) -> None: ...

    def erase_owner(self, owner: str) -> Sequence[str]:
        """Erase everything of a user; returns the refs."""
        ...


class Journal(Protocol):
    """The order of all facts. A row is appended before the commands it caused are run."""

    @property
    def snapshot_due(self) -> bool:
        """Enough facts have come since the last snapshot."""
        ...

    def append(self, fact: Fact, commands_digest: str) -> None: ...

    def snapshot(self, show: bytes, seq: int) -> None: ...

    async def flush(self) -> None: ...

    async def aclose(self) -> None: ...


class Feed(Protocol):
    """Fan-out of changes to followers: one projection per view."""

    def publish(self, view: str, changes: Mapping[str, object], removed: Sequence[str] = ()) -> None: ...
