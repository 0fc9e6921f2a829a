"""Facts, in the past tense. Everything that can change the show arrives as one of these.

No event holds words: a `TextRef` points into the erasable text store, and what the rules need to know about a text
(verdict, who is addressed, whether it asks something) was computed at ingress and travels as `Features`.
So a journal of events replays after every word in it has been erased.
"""

from typing import Literal

import msgspec

from streamer.core.settings import Member, ShowSettings
from streamer.core.verdict import ALLOW, Verdict

TextRef = str
"""Key of a text in the text store: `m:<message uid>`, `n:<user key>`, `l:<line id>`, `s:<segment>`, `o:<operator>`,
`a:<message uid>` (what is to be said about an alert)."""

ChatKind = Literal[
    "message", "cheer", "superchat", "sticker", "member_new", "resub", "milestone", "gift_batch", "gift_received",
    "raid", "follow", "redemption",
]  # fmt: skip
Role = Literal["broadcaster", "moderator", "vip", "subscriber", "member", "verified"]
Outcome = Literal["finished", "cut", "withdrawn", "failed"]
Scope = Literal["message", "user", "room"]
Dial = Literal["named", "normal", "chatty"]


class Features(msgspec.Struct, frozen=True):
    """What ingress found in a text, so that the core needs no words."""

    addressed: tuple[str, ...] = ()
    """Ids of the personas the text names, in order of first mention."""
    everyone: bool = False
    """The text speaks to the whole cast ("you two", "both of you")."""
    question: bool = False
    command: bool = False
    """The text begins with `!`: somebody talks to a bot."""
    emote_only: bool = False
    words: int = 0
    topic: int = 0
    """Cluster key: equal for texts that ask the same thing; 0 for none. Stable across processes."""
    audience: bool = False
    """Said to the viewers ("hey chat", "welcome everybody"), not to the cast."""
    reply: bool = False
    """So short, or so much said to a "you", that it goes on with whoever spoke last."""


class Money(msgspec.Struct, frozen=True):
    """An amount paid. `micros` is millionths of one unit of the ISO 4217 `currency` (empty when unknown)."""

    micros: int
    currency: str = ""


class ShowStarted(msgspec.Struct, frozen=True, tag=True):
    settings: ShowSettings
    cast: tuple[Member, ...]


class Resumed(msgspec.Struct, frozen=True, tag=True):
    """The journal of an earlier process was folded; `gap_s` passed without us."""

    gap_s: float


class SettingsChanged(msgspec.Struct, frozen=True, tag=True):
    settings: ShowSettings


class CastChanged(msgspec.Struct, frozen=True, tag=True):
    cast: tuple[Member, ...]


class ChatReceived(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A viewer did something. `uid` and `user` are scoped by platform: `twitch:<native id>`."""

    uid: str
    user: str
    platform: str
    kind: ChatKind = "message"
    text: TextRef = ""
    name: TextRef = ""
    roles: tuple[Role, ...] = ()
    verdict: Verdict = ALLOW
    features: Features = Features()
    bits: int = 0
    amount: Money | None = None
    count: int = 0
    reply_to: str = ""
    """uid of the message this one answers."""
    bot: bool = False
    """Sent by a known bot, or by ourselves."""
    guest: bool = False
    """Written in a partner's room (shared chat), shown there first."""
    test: bool = False
    """Tried out by an operator: goes the whole way and counts nowhere."""
    rule: str = ""
    """The rule of `ShowSettings.alerts` that holds, where it is not that of the kind."""
    alert: TextRef = ""
    """What is to be said about it; empty: nothing was prepared."""
    direct: bool = False
    """Said at the panel, as a viewer, to the cast: always answered, next."""


class Tombstoned(msgspec.Struct, frozen=True, tag=True):
    """Words were taken back. `key` is a message uid, a user key (his earlier messages too) or a platform (`room`)."""

    scope: Scope
    key: str
    quoted: tuple[int, ...] = ()
    """Lines whose words repeat what was taken back."""


class HostVoiceSuspected(msgspec.Struct, frozen=True, tag=True):
    pass


class HostSpeechConfirmed(msgspec.Struct, frozen=True, tag=True):
    """Somebody really speaks. `words`: what is said will be told, as `HostSpoke` or `HostSaidNothing`."""

    words: bool = False


class HostVoiceEnded(msgspec.Struct, frozen=True, tag=True):
    pass


class HostSaidNothing(msgspec.Struct, frozen=True, tag=True):
    """What the ear heard was no turn of the host: a word that only shows that he listens ("mhm"), noise, the cast's own
    voice, or nothing that could be understood."""

    why: Literal["backchannel", "noise", "echo", "nothing"] = "nothing"


class HostSpoke(msgspec.Struct, frozen=True, tag=True):
    """The host said something, as text (recognised, or typed)."""

    uid: str
    text: TextRef
    features: Features = Features()
    direct: bool = False
    """Said at the panel to the cast: answered although nobody is named."""


class HostEarChanged(msgspec.Struct, frozen=True, tag=True):
    """A way to notice the host (microphone, meter, switch) came or went."""

    connected: bool


class SegmentDue(msgspec.Struct, frozen=True, tag=True):
    segment: str
    due_ms: int
    """When it should have started, on the show's clock (milliseconds)."""


class LineReady(msgspec.Struct, frozen=True, tag=True):
    """The first sound of a prepared line can be played at once. `est_ms` is a guess of its whole length."""

    line: int
    est_ms: int


class LineStarted(msgspec.Struct, frozen=True, tag=True):
    """The first sample of the line was heard."""

    line: int


class SentenceSpoken(msgspec.Struct, frozen=True, tag=True):
    line: int
    index: int
    heard_ms: int


class LineEnded(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The one end of a line, whatever happened. Only what was heard counts: `heard` is empty when nothing was."""

    line: int
    outcome: Outcome
    heard_ms: int = 0
    heard: TextRef = ""
    voiced: bool = True
    reason: str = ""
    asks: bool = False
    """What was heard ends with a question."""


class StopPressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Who pressed (`by`), where (`via`), and what the operator was looking at (`saw`: a line id, 0: nothing)."""

    by: str = ""
    via: str = ""
    saw: int = 0


class ResumePressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    by: str = ""
    via: str = ""
    saw: int = 0


class PausePressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The cast finishes its line and then stays quiet until `ResumePressed`; the queue is kept."""

    by: str = ""
    via: str = ""
    saw: int = 0


class SkipPressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    by: str = ""
    via: str = ""
    saw: int = 0


class DialSet(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    dial: Dial
    by: str = ""
    via: str = ""


class SayRequested(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """An operator wants something said. `exact`: these very words; else the persona answers them in its own."""

    uid: str
    persona: str
    text: TextRef
    exact: bool = False
    by: str = ""
    via: str = ""


class QueueCleared(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Who waits is not answered any more. The line on air goes on, and the rundown stays."""

    by: str = ""
    via: str = ""
    saw: int = 0


class UserIgnored(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The cast does not hear this user any more: `user` is his key, `until_ms` on the show's clock, 0 for always."""

    user: str
    until_ms: int = 0
    by: str = ""
    via: str = ""


class UserUnignored(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    user: str
    by: str = ""
    via: str = ""


class AlertReplayed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """An operator wants an alert once more: shown and thanked again, whatever the thresholds say."""

    chat: ChatReceived
    by: str = ""
    via: str = ""


class HostHeld(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The quiet switch: while it is on, the host has the floor and nobody of the cast starts."""

    on: bool
    by: str = ""
    via: str = ""


class SceneTakenByHand(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The streamer changed the scene: in OBS (`via` is `obs`), or at the panel, by key or URL. Automatic cuts stop."""

    scene: str
    by: str = ""
    via: str = ""


class SceneSeen(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """This scene is on now: the device was asked at connect, or has carried out a cut of ours."""

    scene: str


class AutoPressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The show cuts again by itself."""

    by: str = ""
    via: str = ""


class EmergencyPressed(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Silence as with `StopPressed`, and the emergency scene at once, whoever has the scenes in hand."""

    by: str = ""
    via: str = ""
    saw: int = 0


class Poked(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Somebody clicked the model of a persona."""

    persona: str
    what: str = ""


class SinkChanged(msgspec.Struct, frozen=True, tag=True):
    """Who plays the sound changed: a page, or the silent clock (`page` false)."""

    page: bool
    name: str = ""


class CloseRequested(msgspec.Struct, frozen=True, tag=True):
    finish: bool = False
    """Let the line on air end by itself first."""


class Woke(msgspec.Struct, frozen=True, tag=True):
    """The time named by `next_wake` has come."""


Event = (
    ShowStarted | Resumed | SettingsChanged | CastChanged
    | ChatReceived | Tombstoned
    | HostVoiceSuspected | HostSpeechConfirmed | HostVoiceEnded | HostSpoke | HostSaidNothing | HostEarChanged
    | SegmentDue
    | LineReady | LineStarted | SentenceSpoken | LineEnded
    | StopPressed | ResumePressed | PausePressed | SkipPressed | DialSet | SayRequested | AlertReplayed
    | QueueCleared | UserIgnored | UserUnignored
    | HostHeld | SceneSeen | SceneTakenByHand | AutoPressed | EmergencyPressed | Poked
    | SinkChanged | CloseRequested | Woke
)  # fmt: skip


class Fact(msgspec.Struct, frozen=True):
    """An event with its place in the inbox order and its time (nanoseconds since the show's epoch)."""

    seq: int
    at_ns: int
    event: Event
