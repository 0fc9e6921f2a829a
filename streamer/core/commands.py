"""Orders to the shell, in the imperative. Each carries `cause`: the number of the event that led to it."""

from typing import Literal

import msgspec

from streamer.core.events import TextRef

LineKind = Literal["answer", "paid", "host", "banter", "idle", "segment", "say", "exact"]
Manner = Literal["", "huff"]

DropReason = Literal[
    "expired", "crowded", "dial", "taken_back", "cleared", "failed", "skipped", "nobody", "closing", "ignored",
    "least", "cooldown", "merged", "off",
]  # fmt: skip


class Prepare(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Run the chain of a line up to its sound, without sounding. Ends in `LineReady` or `LineEnded`."""

    cause: int
    line: int
    persona: str
    kind: LineKind
    why: str
    """Code of the reason, worded in texts: `named`, `question`, `direct`, `paid`, `host`, `reply`, `idle`, ..."""
    answers: tuple[str, ...] = ()
    """uids this line answers: when one of them is taken back, the line is cut."""
    context: tuple[str, ...] = ()
    """uids the brief may show: when one is taken back, the line is withdrawn, or cut if it quotes it."""
    prompt: TextRef = ""
    """Segment text, operator text, what is said about an alert; for `exact` these are the words themselves."""
    exact: bool = False
    """The words of the prompt are spoken as they are (always so for the kind `exact`)."""
    wordless: bool = False
    """Moderation holds the words it answers: neither read nor shown to a persona."""
    count: int = 0
    """Gifts of one user that are thanked in one."""
    test: bool = False
    """For a test event: heard as any line, kept nowhere."""
    partner: str = ""
    """The persona spoken to, in banter."""
    after: int = 0
    """The line this one reacts to; 0 for none."""
    turn: int = 0
    """Place in a bit: 1 opens it."""
    last_turn: bool = False
    seed: int = 0
    manner: Manner = ""
    """How the line opens: `huff`, because the host cut the persona off."""


class Air(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Give the line the floor, not before `not_before_ms` on the show's clock."""

    cause: int
    line: int
    not_before_ms: int = 0


class Withdraw(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Give up a line that is not on air."""

    cause: int
    line: int
    reason: str


class Cut(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """End the line on air now."""

    cause: int
    line: int
    reason: str


class Duck(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Lower (or restore) the line on air, because the host may be speaking."""

    cause: int
    line: int
    on: bool


class Hush(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Silence the line on air at once and keep it: it may go on."""

    cause: int
    line: int


class Unhush(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The hushed line goes on, from the word at which it was silenced."""

    cause: int
    line: int


class Erase(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Remove words from the text store and everything made from them."""

    cause: int
    scope: Literal["message", "user", "room"]
    key: str


class Drop(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A request ended without an answer; for the panel, the report and the statistics."""

    cause: int
    uid: str
    reason: DropReason


class TakeScene(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Cut to a scene of the scene map. `reason`: a `scenes.Why`, worded under `scene.why`."""

    cause: int
    scene: str
    reason: str = ""


class Close(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The show is over: nothing is on air, the shell may end."""

    cause: int


Command = Prepare | Air | Withdraw | Cut | Duck | Hush | Unhush | Erase | Drop | TakeScene | Close
