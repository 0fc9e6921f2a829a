"""An ear with a scripted detector and a scripted recogniser, fed as fast as it takes sound; its clock is the sound."""

import array
import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from streamer.core.events import Event, HostSaidNothing, HostSpeechConfirmed, HostVoiceEnded, HostVoiceSuspected
from streamer.hearing import Ear, EarLimits, Turn
from streamer.hearing.noise import level_db
from streamer.ports import EAR_FRAME_BYTES, Final, Partial, RecognizerCaps, Unavailable

LIMITS = EarLimits(idle_ms=60_000, answer_ms=60_000, look_ms=60_000, batch=1)
"""No real time decides anything, and every window is looked at when it comes."""
NAMES = {
    HostVoiceSuspected: "suspected",
    HostSpeechConfirmed: "confirmed",
    HostVoiceEnded: "ended",
    HostSaidNothing: "nothing",
}


def voice(ms: int, level: int = 6_000) -> bytes:
    """What the scripted detector takes for a voice; the samples tell where they came from."""
    return array.array("h", [level if at % 2 else -level for at in range(16 * ms)]).tobytes()


def quiet(ms: int, level: int = 8) -> bytes:
    return array.array("h", [level if at % 2 else -level for at in range(16 * ms)]).tobytes()


class LevelVad:
    """Loud is voice. Raises what is in `raises` first."""

    name = "level"

    def __init__(self) -> None:
        self.opened = 0
        self.resets = 0
        self.raises: list[Exception] = []

    async def open(self) -> None:
        self.opened += 1

    async def score(self, window: bytes) -> float:
        if self.raises:
            raise self.raises.pop(0)
        return 1.0 if level_db(window) > -40 else 0.02

    def reset(self) -> None:
        self.resets += 1

    async def aclose(self) -> None: ...


class Script:
    """One answer of the recogniser. `hold` keeps `finish` waiting until it is set."""

    def __init__(self, *finals: Final | str | Exception, look: str | None = None) -> None:
        first = finals[0] if finals else ""
        self.final = Final(first) if isinstance(first, str) else first
        self.look = look
        self.hold: asyncio.Event | None = None


class ScriptedHearing:
    def __init__(self, script: Script, on_partial: Callable[[Partial], None]) -> None:
        self.script = script
        self.on_partial = on_partial
        self.pcm = bytearray()
        self.looks = 0
        self.finished = self.dropped = False

    def feed(self, pcm: bytes) -> None:
        assert not self.finished
        self.pcm += pcm

    async def look(self) -> Partial:
        self.looks += 1
        if self.script.look is None:
            raise Unavailable("cannot look")
        return Partial(self.script.look)

    async def finish(self) -> Final:
        self.finished = True
        if self.script.hold is not None:
            await self.script.hold.wait()
        if self.dropped:
            raise Unavailable("dropped")
        if isinstance(self.script.final, Exception):
            raise self.script.final
        return self.script.final

    def drop(self) -> None:
        self.dropped = True


class ScriptedRecognizer:
    caps = RecognizerCaps(engine="scripted")

    def __init__(self, *scripts: Script | str) -> None:
        self.scripts = [Script(each, look=each) if isinstance(each, str) else each for each in scripts]
        self.hearings: list[ScriptedHearing] = []
        self.asked: list[tuple[str, Sequence[str]]] = []

    async def load(self, progress: Any) -> None: ...

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> ScriptedHearing:
        self.asked.append((language, hints))
        script = self.scripts.pop(0) if self.scripts else Script("")
        self.hearings.append(ScriptedHearing(script, on_partial))
        return self.hearings[-1]

    async def aclose(self) -> None: ...


class Rig:
    """`told` has (milliseconds of the sound, what): `suspected`, `confirmed+words`, `ended`, `nothing:why`,
    `turn:text`, `partial:text`, `trouble:reason`."""

    def __init__(self, recognizer: Any = None, *, vad: Any = None, limits: EarLimits = LIMITS, **more: Any) -> None:
        self.vad = vad or LevelVad()
        self.now = 0.0
        self.told: list[tuple[int, str]] = []
        self.turns: list[Turn] = []
        self.recognizer = recognizer
        self.said: list[str] = []
        self.ear = Ear(
            vad=self.vad, emit=self._event, on_turn=self._turn, clock=lambda: self.now,
            recognizer=lambda: self.recognizer, on_partial=lambda text: self._note(f"partial:{text}"),
            on_trouble=lambda error: self._note(f"trouble:{error}"), cast_said=lambda: self.said, limits=limits, **more,
        )  # fmt: skip
        self._rest = b""

    def _note(self, what: str) -> None:
        self.told.append((round(self.now * 1000), what))

    def _event(self, event: Event) -> None:
        word = NAMES[type(event)]
        if isinstance(event, HostSpeechConfirmed) and event.words:
            word += "+words"
        self._note(f"{word}:{event.why}" if isinstance(event, HostSaidNothing) else word)

    def _turn(self, turn: Turn) -> None:
        self.turns.append(turn)
        self._note(f"turn:{turn.text}")

    @property
    def words(self) -> list[str]:
        return [what for _, what in self.told]

    def at(self, what: str) -> int:
        """Milliseconds at which it was told first."""
        return next(ms for ms, each in self.told if each.startswith(what))

    async def hear(self, *sounds: bytes) -> None:
        """Whole frames; a rest is kept for the next call."""
        data = self._rest + b"".join(sounds)
        full = len(data) // EAR_FRAME_BYTES * EAR_FRAME_BYTES
        self._rest = data[full:]
        for at in range(0, full, EAR_FRAME_BYTES):
            self.now += 0.02
            self.ear.feed(data[at : at + EAR_FRAME_BYTES])
            await self.drained()

    async def drained(self) -> None:
        """Everything was looked at, and what it started has run as far as it can without waiting."""
        while self.ear._arrived.is_set():
            await asyncio.sleep(0)
        for _ in range(8):
            await asyncio.sleep(0)
        while any(not each.dropped and each.finished and not each.script.hold for each in self._working()):
            await asyncio.sleep(0.001)

    def _working(self) -> list[ScriptedHearing]:
        waiting = {id(each.utterance.hearing) for each in self.ear._turns._waiting if each.verdict is None}
        return [each for each in getattr(self.recognizer, "hearings", []) if id(each) in waiting]

    async def until(self, what: str) -> None:
        while not any(each.startswith(what) for each in self.words):
            await asyncio.sleep(0.001)


@contextlib.asynccontextmanager
async def rig(*scripts: Script | str, **more: Any) -> AsyncIterator[Rig]:
    made = Rig(ScriptedRecognizer(*scripts), **more)
    running = asyncio.create_task(made.ear.run())
    await asyncio.sleep(0)
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        left = [each for each in asyncio.all_tasks() if each.get_name() == "ear-words"]
        assert left == []
