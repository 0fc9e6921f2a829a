"""The whole show as one value. `director.step` is the only function that makes a new one.

All times are milliseconds on the show's clock (`Fact.at_ns` divided by a million).
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from streamer.core.commands import LineKind, Manner
from streamer.core.events import Dial, TextRef
from streamer.core.settings import Member, ShowSettings

Mode = Literal["starting", "running", "paused", "stopped", "closing", "closed"]
LineState = Literal["preparing", "ready", "on_air", "hushed", "cutting"]

TOMBSTONE_MS = 600_000
"""How long a deletion is remembered, because it may overtake what it deletes."""
IGNORED_MAX = 2_000
"""Users who can be ignored at one time."""
CONTEXT_MESSAGES = 6
HEARD_LINES = 12
ALERT_AHEAD_MS = 4_000
"""How long before it is spoken the thank-you for an alert is made; until then it may grow."""
ALERT_HOLD_MS = 8_000
"""How long before that nobody of lower rank begins to speak: the alert's own sound is heard."""
START_LIMIT_MS = 10_000
"""A line that got the floor and does not sound by then is cut."""
PROGRESS_LIMIT_MS = 20_000
"""A line on air that reports nothing for so long is cut: its facts were lost."""
CUT_LIMIT_MS = 2_000
"""After a cut the floor is free again by then, also when the end of the line was never reported."""
HOST_LIMIT_MS = 30_000
"""The host counts as silent after so long without news."""
HELD_LIMIT_MS = 600_000
"""The quiet switch switches itself off: forgotten, it would silence the show for ever."""
POKE_EVERY_MS = 20_000
SUSPECT_LIMIT_MS = 2_000
LISTEN_MS = 30_000
"""After a persona answered the host, a question or a short reply of the host without a name is meant for whoever
spoke last. An answer to such a reply does not begin it anew."""
ASKED_MS = 20_000
"""After a persona asked the host something, his next words are meant for her, whatever they are."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody deserves an answer."""

    id: int
    kind: LineKind
    priority: int
    born_ms: int
    expires_ms: int
    why: str
    cause: int
    uid: str = ""
    user: str = ""
    from_chat: bool = False
    """Counts towards the answers a minute."""
    direct: bool = False
    """A viewer's words said at the panel: no limit of pace holds for them."""
    also: tuple[str, ...] = ()
    """uids of others who asked the same."""
    also_users: tuple[str, ...] = ()
    ready_ms: int = 0
    """Not aired earlier (the read delay)."""
    persona: str = ""
    topic: int = 0
    prompt: TextRef = ""
    partner: str = ""
    after: int = 0
    about: tuple[tuple[str, str], ...] = ()
    """(uid, user) of the messages answered by the lines this one reacts to."""
    turn: int = 0
    segment: str = ""
    scene: str = ""
    """Taken when the line gets the floor."""
    exact: bool = False
    wordless: bool = False
    count: int = 0
    """Gifts that are thanked in one."""
    test: bool = False


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One spoken turn between `Prepare` and its end."""

    id: int
    persona: str
    state: LineState
    request: Request
    born_ms: int
    deadline_ms: int
    """When the core stops waiting for the next fact about it."""
    context: tuple[tuple[str, str], ...] = ()
    """(uid, user) of the messages the brief may show."""
    behind: tuple[tuple[str, str], ...] = ()
    """(uid, user) of the messages answered by earlier lines, whose words the brief may show."""
    manner: Manner = ""
    aired_ms: int = -1
    started_ms: int = -1
    est_ms: int = 0
    heard_ms: int = 0
    hushed_ms: int = -1
    """When it was silenced last."""
    left_ms: int = 0
    """What was left until its deadline at that time."""
    nothing: bool = False
    """Hushed, and it was told that the host said nothing."""
    doubt_ms: int = -1
    """When it went on because nothing was told of what the host had said; -1: it did not."""

    @property
    def answers(self) -> tuple[str, ...]:
        return ((self.request.uid, *self.request.also)) if self.request.uid else ()

    @property
    def causes(self) -> tuple[tuple[str, str], ...]:
        """(uid, user) of everybody it answers."""
        request = self.request
        return ((request.uid, request.user), *zip(request.also, request.also_users, strict=True))

    @property
    def from_viewers(self) -> bool:
        """It answers what viewers wrote, in a chat or at the panel."""
        return self.request.from_chat or self.request.direct


class HeardLine(msgspec.Struct, frozen=True):
    """A line that was heard, at least in part."""

    line: int
    persona: str
    kind: LineKind
    at_ms: int
    ms: int
    about: tuple[tuple[str, str], ...] = ()
    """(uid, user) of the viewers' messages it answered or reacted to."""
    knew: tuple[tuple[str, str], ...] = ()
    """(uid, user) of the others it was shown, which it may have repeated."""


class Host(msgspec.Struct, frozen=True):
    """What is known of the host's voice."""

    connected: bool = False
    speaking: bool = False
    suspected_ms: int = -1
    since_ms: int = 0
    began_ms: int = 0
    """When the voice that is heard, or was heard last, began."""
    quiet_ms: int = -1_000_000
    """When the host was last heard to stop."""
    held: bool = False
    """The quiet switch is on: the host has the floor until it is switched off."""
    voice: bool = False
    """An ear hears the host's voice, whatever the switch says."""


class Show(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the show. Every collection in it is bounded."""

    now_ms: int = 0
    seq: int = 0
    mode: Mode = "starting"
    settings: ShowSettings = ShowSettings()
    cast: tuple[Member, ...] = ()
    dial: Dial = "normal"

    requests: tuple[Request, ...] = ()
    air: Line | None = None
    """The line that has the floor."""
    next: Line | None = None
    """The one line prepared ahead."""
    free_ms: int = -1_000_000
    """When the floor became free."""
    voice_ms: int = 0
    """When a persona or the host was last heard; idle talk counts from here."""
    last_persona: str = ""
    host_answered_ms: int = -1_000_000
    asked: str = ""
    """The persona who asked the host something that he has not replied to; empty for none."""
    asked_ms: int = -1_000_000
    bit_ms: int = -1_000_000
    """When the last unprompted bit began."""

    host: Host = Host()
    heard: tuple[HeardLine, ...] = ()
    recent: tuple[tuple[str, str], ...] = ()
    """(uid, user) of the newest messages fit to be shown to a persona, oldest first."""
    answered_ms: tuple[int, ...] = ()
    """Starts of the lines that answered the chat within the last minute."""
    viewers: Mapping[str, int] = {}
    """When each recently answered viewer was answered."""
    spoken: Mapping[str, int] = {}
    """Milliseconds each persona was heard."""
    tombstones: Mapping[str, int] = {}
    """`<scope>:<key>` -> when the words were taken back."""
    ignored: Mapping[str, int] = {}
    """Users the cast does not hear -> until when; 0 for always."""
    cut_off: str = ""
    """The persona whom the host has cut off and who has not spoken since; empty for none."""
    cut_off_ms: int = -1_000_000
    huffed_ms: int = -1_000_000
    """When a line last opened with a huff."""
    alerted: Mapping[str, tuple[int, int]] = {}
    """When each rule, and each user of a rule, last got a thank-you, and how much it was for."""
    gifts: Mapping[str, tuple[int, int]] = {}
    """Users whose gifts have not come up to the least: when the last one came, and how many there are."""
    scene: str = ""
    """The scene that is wanted; empty for none."""
    scene_ms: int = -1_000_000
    """When it was taken."""
    scene_why: str = ""
    scene_hand: bool = False
    """The streamer took it by hand."""
    scene_via: str = ""
    """Where: `obs`, `panel`, `deck`."""
    scene_base: str = ""
    """Of the segment that goes on; empty: the home scene."""
    scene_on: str = ""
    """What the device says is on."""
    scene_back: str = ""
    """What was on before cuts to speakers, an alert, standby or emergency, where no home scene is named."""
    scene_before: str = ""
    """What the streamer had taken by hand before an emergency."""
    emergency: bool = False
    poked_ms: int = -1_000_000
    page: bool = False
    """A page plays the sound."""
    next_line: int = 1
    next_request: int = 1
    wake_ms: int = 0
    """The earliest time at which something is due without a new fact; 0 = unknown, settle now."""


EMPTY = Show()
