"""A clause as followers see it (`line/clauses/<n>` in the overlay protocol), and the record of a whole line."""

import msgspec

from streamer.core.commands import Prepare
from streamer.core.events import Outcome
from streamer.ports import Usage
from streamer.speech.captions import Word
from streamer.speech.mouth import Shape


class MouthView(msgspec.Struct, frozen=True):
    """`open`: 0..100, one value each `step` milliseconds from the clause's `at`; `shapes` at times of the line."""

    open: tuple[int, ...]
    shapes: tuple[Shape, ...] = ()
    step: int = 20


class ClauseView(msgspec.Struct, frozen=True, omit_defaults=True):
    """Times are milliseconds from the start of the line; `end` is a guess until the whole clause was made."""

    at: int
    end: int
    text: str
    words: tuple[Word, ...]
    cues: tuple[tuple[int, str, float], ...] = msgspec.field(default=())
    mouth: MouthView | None = None


class LineRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a line that ended. `spans` are milliseconds on the show's clock, missing when never reached:

    `prepare brief llm_first_token first_clause tts_request tts_first_byte ready first_frame heard_start ended`.
    """

    line: int
    persona: str
    cmd: Prepare
    outcome: Outcome
    reason: str
    generated: str
    sent: str
    heard: str
    heard_ms: int
    total_ms: int
    voiced: bool
    late: bool
    engines: tuple[str, ...]
    spans: dict[str, float]
    usage: Usage | None
    rule: str = ""
    underrun_ms: int = 0
