"""What the rules of the show can be told. Reaches the core as a journaled event; holds no secrets and no words."""

from collections.abc import Mapping
from typing import Literal

import msgspec


class Member(msgspec.Struct, frozen=True):
    """A persona as the rules see it."""

    id: str
    enabled: bool = True
    talkativeness: float = 0.5
    """0 = only when named, 1 = first to volunteer."""


class Segment(msgspec.Struct, frozen=True):
    """A piece of the rundown. Its words live in the text store under `s:<id>`."""

    id: str
    persona: str = ""
    """Who opens it; empty: whose turn it is."""
    stale_after_ms: int = 60_000
    scene: str = ""
    banter: bool = False
    """The opening line starts a bit between personas."""


class Scenes(msgspec.Struct, frozen=True, kw_only=True):
    """Which scene is wanted when. Names are those of the scene map; an empty one means none of its own."""

    home: str = ""
    standby: str = ""
    """While the show is paused."""
    emergency: str = ""
    speakers: Mapping[str, str] = {}
    """By persona: the scene while it speaks."""
    several: str = ""
    """While several take turns in a bit."""
    cut_on_speaker: bool = False
    min_shot_ms: int = 4_000
    """A cut to a speaker, or back, comes no sooner than this after the last one."""


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from one kind of alert, or from one reward. Its words are made in the shell. Times in ms."""

    on: bool = True
    least: int = 0
    """Raiders, gifts, bits or months below this are no alert."""
    least_micros: Mapping[str, int] = {}
    """Money: the least by ISO 4217 currency, `other` for all that are not named."""
    cooldown_ms: int = 0
    """After a thank-you of this rule the next ones stay without."""
    user_cooldown_ms: int = 0
    """The same, for the same user only. Whoever does more than before is thanked all the same."""
    speak_after_ms: int = 0
    """Not spoken earlier than this after it happened: the alert's own sound comes first."""
    persona: str = ""
    scene: str = ""
    exact: bool = False
    """The words of the template are spoken as they are."""
    held: bool = False
    """Thanked, without the words, while moderation holds them."""


class ShowSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All times in milliseconds."""

    seed: int = 0
    dial: Literal["named", "normal", "chatty"] = "normal"
    answers_per_minute: int = 4
    """Lines a minute that answer the chat at `normal`, paid messages included; answers to the host are not counted."""
    chatty_per_minute: int = 10
    queue_max: int = 40
    per_viewer_max: int = 2
    """Waiting requests of one viewer while others wait."""
    viewer_cooldown_ms: int = 30_000
    """After an answer a viewer stands back this long while others wait."""
    chat_age_ms: int = 45_000
    paid_age_ms: int = 600_000
    host_age_ms: int = 20_000
    read_delay_ms: int = 0
    """A message is not answered aloud earlier than this after it was written, so that moderators can act."""
    gap_ms: int = 350
    """Silence between two lines."""
    host_quiet_ms: int = 800
    idle_after_ms: int = 20_000
    """Silence before idle talk; 0 switches it off."""
    banter_turns: int = 3
    banter_every_ms: int = 90_000
    """Unprompted banter at most this often; 0 switches it off."""
    prepare_limit_ms: int = 20_000
    """A line that is not ready by then is given up."""
    line_limit_ms: int = 90_000
    unattended: bool = True
    """Idle talk and unprompted banter without a way to notice the host. Off on a real channel unless set."""
    segments: tuple[Segment, ...] = ()
    alerts: Mapping[str, AlertRule] = {}
    """By kind of the event, or by a name that `ChatReceived.rule` gives (a reward's)."""
    scenes: Scenes = Scenes()
    barge_in: Literal["stop", "duck"] = "stop"
    """What the host's voice does to the line on air."""
    pokes: bool = True
    """A persona whose model is clicked says something, now and then."""
