"""What a device is handed, block by block, and what of it was heard by the device's own clock. No device is touched
here: `fill` is called by its thread with the moment at which the block will sound, everything else by ours."""

import math
import threading
from array import array
from collections import deque
from operator import mul

import msgspec

DUCKED = 10 ** (-12 / 20)
DUCK_MS, UNDUCK_MS, SOFT_START_MS = 50, 120, 5
SILENCE_DB = -100.0
SPANS = 200


class Progress(msgspec.Struct, frozen=True):
    """Of the line that plays: milliseconds from its beginning, silence because samples came late, whether the first
    sample was heard, whether the last one was."""

    play: int
    ms: int
    under_ms: int
    begun: bool
    ended: bool


class Mixer:
    """Mono s16 at `rate_hz`, copied to `channels`. Times are seconds of the device's clock."""

    def __init__(self, rate_hz: int, channels: int = 1) -> None:
        self.rate_hz, self.channels = rate_hz, channels
        self._lock = threading.Lock()
        self._waiting = array("h")
        self._tail = array("h")
        """The fading end of what was stopped; it sounds before anything else."""
        self._play = 0
        self._from_ms = 0
        self._taken = 0
        self._under = 0
        self._ended = False
        self._spans: deque[tuple[float, int, int]] = deque(maxlen=SPANS)
        """(when it sounds, first sample of the line, samples)."""
        self._most_ms = 0
        self._gain = self._goal = 1.0
        self._step = 0.0
        self._squares, self._counted = 0, 0

    # --- the line -----------------------------------------------------------------------------------------------------

    def play(self, play: int, at_ms: int) -> None:
        """Samples of `play` follow; the first is at `at_ms` of its line."""
        with self._lock:
            self._cut(0)
            self._play, self._from_ms, self._most_ms = play, at_ms, at_ms
            self._gain, self._step = 0.0, 1000 / (SOFT_START_MS * self.rate_hz)

    def push(self, play: int, samples: array) -> None:
        with self._lock:
            if play == self._play and not self._ended:
                self._waiting.extend(samples)

    def end(self, play: int) -> None:
        with self._lock:
            self._ended = self._ended or play == self._play

    def stop(self, fade_ms: int) -> None:
        """Nothing but a fade of `fade_ms` sounds from the next block on."""
        with self._lock:
            self._cut(fade_ms)

    def over(self, play: int) -> None:
        """Its end was told: forget it, unless another one has begun meanwhile."""
        with self._lock:
            if play == self._play:
                self._cut(0)

    def duck(self, *, on: bool) -> None:
        with self._lock:
            self._goal = DUCKED if on else 1.0
            self._step = (1 - DUCKED) * 1000 / ((DUCK_MS if on else UNDUCK_MS) * self.rate_hz)

    def _cut(self, fade_ms: int) -> None:
        if self._waiting and fade_ms > 0 and self._taken:
            tail = self._waiting[: fade_ms * self.rate_hz // 1000]
            count = len(tail)
            self._tail = array("h", [int(x * self._gain * (count - n) / count) for n, x in enumerate(tail)])
        self._waiting = array("h")
        self._play = self._taken = self._under = 0
        self._ended = False
        self._spans.clear()

    # --- the device ---------------------------------------------------------------------------------------------------

    def fill(self, frames: int, sounds_at: float) -> bytes:
        """The next `frames` samples for each channel; the first will be heard at `sounds_at`."""
        with self._lock:
            out = self._tail[:frames]
            del self._tail[: len(out)]
            before = len(out)
            fresh = self._waiting[: frames - before]
            del self._waiting[: len(fresh)]
            if fresh:
                self._spans.append((sounds_at + before / self.rate_hz, self._taken, len(fresh)))
                self._taken += len(fresh)
                out.extend(self._shaped(fresh))
            elif self._gain != self._goal and not self._taken:
                self._gain = self._goal if not self._play else self._gain
            missing = frames - len(out)
            if missing:
                if self._taken and not self._ended:
                    self._under += missing
                out.frombytes(bytes(2 * missing))
            self._squares += sum(map(mul, out, out))
            self._counted += frames
        if self.channels == 1:
            return out.tobytes()
        every = array("h", bytes(2 * frames * self.channels))
        for channel in range(self.channels):
            every[channel :: self.channels] = out
        return every.tobytes()

    def _shaped(self, samples: array) -> array:
        """Under the gain, which is on its way to its goal."""
        gain, goal, step = self._gain, self._goal, self._step
        if gain == goal:
            return samples if gain == 1.0 else array("h", [int(x * gain) for x in samples])
        out = array("h", bytes(2 * len(samples)))
        for n, x in enumerate(samples):
            if gain < goal:
                gain = min(goal, gain + step)
            elif gain > goal:
                gain = max(goal, gain - step)
            out[n] = int(x * gain)
        self._gain = gain
        return out

    # --- what was heard -----------------------------------------------------------------------------------------------

    def progress(self, now: float) -> Progress | None:
        """At the moment `now`; None without a line. Positions never fall and never run ahead of the device."""
        with self._lock:
            if not self._play:
                return None
            heard, last = 0, 0.0
            for at, first, count in self._spans:
                last = at + count / self.rate_hz
                if at <= now:
                    heard = first + min(count, round((now - at) * self.rate_hz))
            begun = bool(self._spans) and (self._spans[0][1] > 0 or self._spans[0][0] <= now)
            over = self._ended and not self._waiting and now >= last
            ms = self._from_ms + (self._taken if over else heard) * 1000 // self.rate_hz
            self._most_ms = max(self._most_ms, ms)
            under_ms = self._under * 1000 // self.rate_hz
            return Progress(self._play, self._most_ms, under_ms, begun or over, over)

    def level_db(self) -> float:
        """Root mean square of what was handed to the device since this was asked last, dB below full scale."""
        with self._lock:
            squares, counted = self._squares, self._counted
            self._squares = self._counted = 0
        if not squares or not counted:
            return SILENCE_DB
        return max(SILENCE_DB, round(10 * math.log10(squares / counted / 32768**2), 1))
