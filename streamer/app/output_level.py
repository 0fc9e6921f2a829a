"""What is really heard of an outlet, measured: a level for the panel's meter, and a watchdog for a voice that plays and
is silent all the same.

Every outlet measures where it can: a page behind its own gains, a device what it was handed, OBS behind mute and fader.
The watchdog compares that with what was played, so a pause in a line is no alarm.
"""

import array
import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from operator import mul
from typing import Any, Final

import msgspec

from streamer.adapters.obs.meter import plausible
from streamer.ports import FRAME_MS

SILENCE_DB: Final = -100.0
LOUD_DB: Final = -50.0
"""A frame that is louder than this has to be heard."""
DEAD_DB: Final = -65.0
"""What is measured below this is silence; a ducked voice is far above."""
DEAD_MS: Final = 1_500
MEASURED_MS: Final = 600
"""Older measurements say nothing about now."""
HISTORY_MS: Final = 10_000
EVERY_MS: Final = 100


class Level(msgspec.Struct, frozen=True):
    """`at_ms` of the caller's clock; dB below full scale, -100 for silence."""

    at_ms: int
    db: float


def level_db(pcm: bytes) -> float:
    """Root mean square of s16 samples, dB below full scale."""
    samples = array.array("h")
    samples.frombytes(pcm[: len(pcm) // 2 * 2])
    power = sum(map(mul, samples, samples)) / len(samples) if samples else 0
    return max(SILENCE_DB, 10 * math.log10(power / 32768**2)) if power else SILENCE_DB


class OutputLevel:
    """Of one outlet. `now_ms` is any clock that runs forward. `on_level` gets the newest level ten times a second while
    something plays, then None once; `on_dead` True when the voice is not heard, False when it is again."""

    def __init__(
        self, now_ms: Callable[[], int], *, on_level: Callable[[float | None], None], on_dead: Callable[[bool], None]
    ) -> None:
        self.dead = False
        self.history: deque[Level] = deque(maxlen=HISTORY_MS // EVERY_MS)
        self._now_ms, self._on_level, self._on_dead = now_ms, on_level, on_dead
        self._frames: deque[tuple[int, bool]] = deque()
        """(at_ms of the line, loud) of what was sent and not yet heard."""
        self._sent_ms = 0
        self._owed_ms = 0
        self._measured_at: int | None = None
        self._told_at = -EVERY_MS
        self.playing = False

    # --- what is played -----------------------------------------------------------------------------------------------

    def play(self, at_ms: int) -> None:
        self._frames.clear()
        self._sent_ms = at_ms
        self.playing = True

    def push(self, frame: bytes) -> None:
        self._frames.append((self._sent_ms, level_db(frame) > LOUD_DB))
        self._sent_ms += FRAME_MS

    def heard(self, ms: int, *, ended: bool = False) -> None:
        """The outlet says that it has played so much of the line."""
        while self._frames and self._frames[0][0] + FRAME_MS <= ms:
            self._owed_ms += FRAME_MS * self._frames.popleft()[1]
        measured = self._measured_at is not None and self._now_ms() - self._measured_at <= MEASURED_MS
        if not measured:
            self._owed_ms = 0
        elif self._owed_ms > DEAD_MS and not self.dead:
            self.dead = True
            self._on_dead(True)
        if ended:
            self.stop()

    def stop(self) -> None:
        """Nothing plays; what is owed is kept, for the next line may be as silent."""
        self._frames.clear()
        if self.playing:
            self.playing = False
            self._on_level(None)

    # --- what is measured -------------------------------------------------------------------------------------------

    def measured(self, db: float) -> None:
        """A level of the outlet's sound, from wherever it is measured."""
        now = self._now_ms()
        db = max(SILENCE_DB, min(0.0, db)) if math.isfinite(db) else SILENCE_DB
        self._measured_at = now
        if db > DEAD_DB:
            self._owed_ms = 0
            if self.dead:
                self.dead = False
                self._on_dead(False)
        if self.playing and now - self._told_at >= EVERY_MS - 10:
            self._told_at = now
            self.history.append(Level(now, round(db, 1)))
            self._on_level(round(db, 1))

    def forget(self) -> None:
        """Another player: what the last one owed is not its fault."""
        self._owed_ms = 0
        self._measured_at = None
        if self.dead:
            self.dead = False
            self._on_dead(False)


def obs_level(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> float | None:
    """Of a report `InputVolumeMeters`: the mean level of the loudest of these inputs, behind mute and fader, in dB;
    None when none of them is in it."""
    loudest: float | None = None
    for row in rows:
        if row.get("inputName") not in names:
            continue
        channels = row.get("inputLevelsMul")
        for channel in channels if isinstance(channels, list) else ():
            mean = channel[0] if isinstance(channel, list) and channel else 0
            loudest = max(loudest or 0.0, plausible(mean))
        loudest = 0.0 if loudest is None else loudest
    if loudest is None:
        return None
    return max(SILENCE_DB, 20 * math.log10(loudest)) if loudest > 0 else SILENCE_DB
