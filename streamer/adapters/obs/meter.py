"""The host's presence from the level meter of a microphone: no words, no recogniser, no clock of its own.

obs-websocket sends `InputVolumeMeters` twenty times a second; each holds the level of one block of sound (21 ms) after
mute and fader, so a muted microphone is silence. Speech lasts, a key or a knock on the table does not: a suspicion
comes with the first block that is loud enough, certainty after 200 ms of such blocks within 300 ms.
"""

import math
from collections import deque
from collections.abc import Sequence
from typing import Final, Literal

from streamer.core.events import Event, HostSpeechConfirmed, HostVoiceEnded, HostVoiceSuspected

SILENCE_DB: Final = -100.0
SURE_MS: Final = 200
WITHIN_MS: Final = 300
DOUBT_MS: Final = 300
"""A suspicion ends after so long without another loud block."""
DOUBT_LIMIT_MS: Final = 1_500
"""And after so long in any case: whatever comes so rarely is not speech."""
QUIET_MS: Final = 500
AGAIN_MS: Final = 10_000
GAP_MS: Final = 1_000
"""Without news for so long nothing is known of the voice any more."""
BLOCK_MS: Final = 50
FLOOR_MS: Final = 6_000
STEADY_MS: Final = 15_000
"""A sound without any gap for so long is no speech: it becomes the noise of the room."""
STEADY_PART: Final = 0.03
MARGIN_DB: Final = 10.0
MUSIC_MARGIN_DB: Final = 16.0
MOST_DB: Final = -12.0
"""No room is so loud that the host would not be heard at this level."""
KEEP_DB: Final = 6.0
"""Speech that has begun goes on a little below the level at which it would begin."""
CREST_DB: Final = 15.0
"""Blocks whose peak stands so far above their mean are clicks; those of voices stay below 14 dB, mostly around 10."""
EVEN_MS: Final = 4_000
EVEN_DB: Final = 2.5
"""A level that has varied by less than this (standard deviation) for `EVEN_MS` is a fan, not a voice."""

MOST_LEVEL: Final = 100.0
"""Linear. Faders go up to +26 dB, and sound may be louder than full scale before the limiter; no sound is +40 dB."""

State = Literal["quiet", "suspected", "speaking"]


def plausible(level: object) -> float:
    """A linear level as OBS reports it; 0.0 for what is none. A new input's first reports hold, now and then, memory
    that nobody has written (6.7e22 was seen of OBS 29), which must not be taken for the host."""
    return float(level) if isinstance(level, int | float) and 0 <= level <= MOST_LEVEL else 0.0


def db(level: float) -> float:
    """Decibels below full scale of a linear level, -100 at least; what is no level counts as silence."""
    level = plausible(level)
    return max(SILENCE_DB, 20 * math.log10(level)) if level > 0 else SILENCE_DB


class HostMeter:
    """Feed it every report; it answers with what has happened. Each suspicion ends in `HostSpeechConfirmed` or
    `HostVoiceEnded`, and nothing ends twice.

    `level_db`: quieter than this is never the host. `music`: music of the room gets into the microphone; a voice has to
    stand out more.
    """

    def __init__(self, level_db: float = -45.0, *, music: bool = False) -> None:
        self.state: State = "quiet"
        self.level_db = SILENCE_DB
        """Of the newest block."""
        self._least_db = level_db
        self._margin_db = MUSIC_MARGIN_DB if music else MARGIN_DB
        self._part = 0.9 if music else 0.5
        self._room: deque[float] = deque(maxlen=FLOOR_MS // BLOCK_MS)
        self._floor_db = SILENCE_DB
        self._steady: deque[tuple[int, float]] = deque()
        self._loud: deque[tuple[int, int]] = deque()
        self._last_ms: int | None = None
        self._loud_ms = 0
        """When a loud block was last heard."""
        self._since_ms = 0
        """Of the suspicion; then of the last confirmation."""

    @property
    def threshold_db(self) -> float:
        """From this level on a block is loud."""
        return max(self._least_db, min(MOST_DB, self._floor_db + self._margin_db))

    def feed(self, peak: float, now_ms: int, magnitude: float | None = None) -> list[Event]:
        """A block of sound: its peak and its mean (RMS), linear, 0..1; `now_ms` of any clock that runs forward."""
        out: list[Event] = []
        last_ms = self._last_ms
        if last_ms is not None and now_ms - last_ms > GAP_MS:
            out += self.lost(last_ms)
            last_ms = None
        step_ms = BLOCK_MS if last_ms is None else min(2 * BLOCK_MS, max(0, now_ms - last_ms))
        self._last_ms = now_ms
        self.level_db = db(peak)
        click = magnitude is not None and self.level_db - db(magnitude) > CREST_DB
        if self.state == "speaking":
            return out + self._speaking(now_ms, click=click)
        if self.level_db >= self.threshold_db and not click:
            self._loud.append((now_ms, step_ms))
            self._loud_ms = now_ms
            if self.state == "quiet":
                self.state, self._since_ms = "suspected", now_ms
                out.append(HostVoiceSuspected())
        elif not click:
            self._learn(self.level_db)
        while self._loud and now_ms - self._loud[0][0] >= WITHIN_MS:
            self._loud.popleft()
        return out + (self._suspected(now_ms) if self.state == "suspected" else [])

    def lost(self, now_ms: int) -> list[Event]:
        """The meter has gone: whatever was heard is over."""
        del now_ms
        self._last_ms = None
        self.level_db = SILENCE_DB
        return self._end() if self.state != "quiet" else []

    def _suspected(self, now_ms: int) -> list[Event]:
        if sum(step for _, step in self._loud) >= SURE_MS:
            self.state, self._since_ms = "speaking", now_ms
            self._steady.clear()
            return [HostSpeechConfirmed()]
        if now_ms - self._loud_ms >= DOUBT_MS or now_ms - self._since_ms >= DOUBT_LIMIT_MS:
            return self._end()
        return []

    def _speaking(self, now_ms: int, *, click: bool) -> list[Event]:
        self._steady.append((now_ms, self.level_db))
        while self._steady and now_ms - self._steady[0][0] > STEADY_MS:
            self._steady.popleft()
        if self.level_db >= self.threshold_db - KEEP_DB and not click:
            self._loud_ms = now_ms
        if now_ms - self._loud_ms >= QUIET_MS:
            return self._end()
        if self._is_steady(now_ms):
            return self._end()
        if now_ms - self._since_ms >= AGAIN_MS:
            self._since_ms = now_ms
            return [HostSpeechConfirmed()]
        return []

    def _is_steady(self, now_ms: int) -> bool:
        """A sound that never pauses, or whose level does not move, is learned as the noise of the room."""
        levels = [level for _, level in self._steady]
        even = levels[-(EVEN_MS // BLOCK_MS) :]
        unmoved = len(even) == EVEN_MS // BLOCK_MS and _deviation(even) < EVEN_DB
        if not unmoved:
            if now_ms - self._steady[0][0] < STEADY_MS - BLOCK_MS:
                return False
            if sorted(levels)[int(len(levels) * STEADY_PART)] < self.threshold_db - KEEP_DB:
                return False
        self._room.clear()
        self._room.extend(even if unmoved else levels)
        self._floor_db = _quantile(sorted(self._room), 0.9)
        return True

    def _learn(self, level_db: float) -> None:
        self._room.append(level_db)
        self._floor_db = _quantile(sorted(self._room), self._part)

    def _end(self) -> list[Event]:
        self.state = "quiet"
        self._loud.clear()
        self._steady.clear()
        return [HostVoiceEnded()]


def _deviation(levels: Sequence[float]) -> float:
    mean = sum(levels) / len(levels)
    return math.sqrt(sum((level - mean) ** 2 for level in levels) / len(levels))


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
