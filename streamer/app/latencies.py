"""How long each stage takes between the host's voice and that of the cast, over the last turns."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from streamer.core.commands import Prepare

TURNS: Final = 100
PENDING: Final = 20
"""Turns whose answer has not been heard yet; older ones got none."""

HEARING: Final = {"vad": "onset", "endpoint": "endpoint", "asr": "asr"}
"""Stage -> the span of a turn that is its length: first voice to its fact, end of the voice to the decision that the
turn is over, from there to the words."""
SPEAKING: Final = {
    "llm": ("brief", "llm_first_token"),
    "tts": ("tts_request", "tts_first_byte"),
    "paint": ("first_frame", "heard_start"),
}
"""Stage -> the marks of a line between which it lies: the request to its first token, the first request to a voice to
its first sound, the first frame for the sink to what was heard first."""
STAGES: Final = ("vad", "endpoint", "asr", "queue", "llm", "tts", "paint")
TOTAL: Final = "total"
"""Voice to voice: the host has stopped speaking, the answer is heard."""


class HeardTurn(Protocol):
    """What is needed of a turn of the host (`hearing.turn.Turn`)."""

    @property
    def ended_s(self) -> float: ...

    @property
    def spans(self) -> Mapping[str, float]: ...


class SpokenLine(Protocol):
    """What is needed of a line that ended (`speech.view.LineRecord`)."""

    @property
    def cmd(self) -> Prepare: ...

    @property
    def spans(self) -> dict[str, float]: ...


class _Turn:
    """When its words were known and when its voice had ended, in ms of the show's clock."""

    def __init__(self, known_ms: float, ended_ms: float) -> None:
        self.known_ms = known_ms
        self.ended_ms = ended_ms


class Latencies:
    """`show_ms`: the show's clock, of the marks of lines. `ear_s`: the clock of the turns.

    A line that answers nobody's voice counts for `llm`, `tts` and `paint` all the same: they do not depend on it.
    """

    def __init__(self, show_ms: Callable[[], float], ear_s: Callable[[], float]) -> None:
        self._show_ms = show_ms
        self._ear_s = ear_s
        self._kept = {stage: deque[float](maxlen=TURNS) for stage in (*STAGES, TOTAL)}
        self._pending: OrderedDict[str, _Turn] = OrderedDict()

    def turn(self, turn: HeardTurn, uid: str = "") -> None:
        """A turn whose words are known at this moment. `uid`: of the `HostSpoke` it becomes; without one the next line
        of the kind `host` is its answer."""
        for stage, span in HEARING.items():
            self._add(stage, turn.spans.get(span))
        known = self._show_ms()
        self._pending[uid] = _Turn(known, known - max(0.0, self._ear_s() - turn.ended_s) * 1000)
        self._pending.move_to_end(uid)
        if len(self._pending) > PENDING:
            self._pending.popitem(last=False)

    def record(self, record: SpokenLine) -> None:
        """A line that ended, whether or not anything of it was heard."""
        spans = record.spans
        for stage, (begin, end) in SPEAKING.items():
            if begin in spans and end in spans:
                self._add(stage, spans[end] - spans[begin])
        turn = self._answered(record.cmd)
        if turn is None:
            return
        if "prepare" in spans:
            self._add("queue", spans["prepare"] - turn.known_ms)
        if "heard_start" in spans:
            self._add(TOTAL, spans["heard_start"] - turn.ended_ms)

    def _answered(self, cmd: Prepare) -> _Turn | None:
        """The turn that a line answers, once. One that was said as several turns is timed from the last of them."""
        uids = [uid for uid in cmd.answers if uid in self._pending]
        if not uids and cmd.kind == "host" and "" in self._pending:
            uids = [""]
        turns = [self._pending.pop(uid) for uid in uids]
        return max(turns, key=lambda turn: turn.known_ms, default=None)

    def _add(self, stage: str, ms: float | None) -> None:
        if ms is not None and ms >= 0:
            self._kept[stage].append(ms)

    def table(self) -> dict[str, dict[str, float | int]]:
        """Of each stage, and of the whole as `total`: `p50` and `p95` in ms by nearest rank, and of how many (`n`)."""
        return {
            stage: {"p50": _quantile(values, 0.50), "p95": _quantile(values, 0.95), "n": len(values)}
            for stage, values in self._kept.items()
        }


def _quantile(values: deque[float], part: float) -> float:
    """0 of nothing."""
    ordered = sorted(values)
    return round(ordered[math.ceil(part * len(ordered)) - 1], 1) if ordered else 0.0
