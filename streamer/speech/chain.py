"""Which engine speaks: the order a persona wants, minus engines that are known to be broken."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from streamer.cast.names import base
from streamer.ports import TextToSpeech, VoiceSpec
from streamer.speech.loudness import Loudness
from streamer.speech.speaker import Voice

FAILURES: Final = 3
WITHIN_S: Final = 60.0
OPEN_S: Final = 30.0
OPEN_MAX_S: Final = 600.0

BreakerState = Literal["closed", "open", "trying", "misconfigured"]


class VoiceState(msgspec.Struct, frozen=True):
    """How one engine with one voice is doing. `reason` is the last error, for people."""

    engine: str
    voice: str
    state: BreakerState
    reason: str = ""
    fix: str = ""


class Breaker:
    """Three failures within 60 s open it for 30 s, each further one doubles that up to 10 min; a success closes it.

    After the pause one request may try. An engine that is misconfigured stays out until the settings change.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._open_for = OPEN_S
        self._open_until = 0.0
        self._tripped = False
        self.misconfigured = False
        self.reason = ""
        self.fix = ""

    def allows(self) -> bool:
        return not self.misconfigured and self._now_s() >= self._open_until

    def state(self) -> BreakerState:
        if self.misconfigured:
            return "misconfigured"
        if self._now_s() < self._open_until:
            return "open"
        return "trying" if self._tripped else "closed"

    def failed(self, reason: str) -> None:
        now = self._now_s()
        self.reason = reason
        self._failures.append(now)
        often = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_S
        if now >= self._open_until and (self._tripped or often):
            self._open_until = now + self._open_for
            self._open_for = min(OPEN_MAX_S, self._open_for * 2)
            self._tripped = True

    def misconfigure(self, reason: str, fix: str) -> None:
        self.misconfigured = True
        self.reason, self.fix = reason, fix

    def succeeded(self) -> None:
        self._failures.clear()
        self._open_for, self._open_until, self._tripped = OPEN_S, 0.0, False
        self.reason = self.fix = ""


def _speaks(engine: TextToSpeech, voice: Voice) -> bool:
    known = engine.caps.languages
    return not known or base(voice.spec.language) in map(base, known)


class VoiceChain:
    """All engines of the house and a breaker for each pair of engine and voice."""

    def __init__(self, engines: Mapping[str, TextToSpeech], now_s: Callable[[], float]) -> None:
        self._engines = dict(engines)
        self._now_s = now_s
        self._breakers: dict[tuple[str, str], Breaker] = {}
        self._loudness: dict[tuple[str, str, str], Loudness] = {}

    def breaker(self, voice: Voice) -> Breaker:
        key = (voice.engine, voice.spec.name)
        found = self._breakers.get(key)
        if found is None:
            found = self._breakers[key] = Breaker(self._now_s)
        return found

    def loudness(self, engine: str, spec: VoiceSpec) -> Loudness:
        """How loud this voice is there, as far as it was heard."""
        return self._loudness.setdefault((engine, spec.name, spec.style), Loudness())

    def pick(self, voices: Sequence[Voice], start: int) -> tuple[int, TextToSpeech] | None:
        """The first usable voice at or after `start`, with its index; None means captions only. An engine that tells
        its languages speaks no others."""
        for index in range(start, len(voices)):
            engine = self._engines.get(voices[index].engine)
            if engine is not None and _speaks(engine, voices[index]) and self.breaker(voices[index]).allows():
                return index, engine
        return None

    def replace(self, engines: Mapping[str, TextToSpeech]) -> None:
        """The settings changed: other engines, and everybody gets a new chance."""
        self._engines = dict(engines)
        self._breakers.clear()

    def states(self) -> list[VoiceState]:
        """For the panel: every engine and voice that was used."""
        return [
            VoiceState(engine, voice, breaker.state(), breaker.reason, breaker.fix)
            for (engine, voice), breaker in sorted(self._breakers.items())
        ]
