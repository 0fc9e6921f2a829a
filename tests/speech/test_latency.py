"""What the chain itself costs, in real time: token to voice request, first byte to first frame, stop."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable

from streamer.ports import Completion, Done, Heard, Pcm, SpeechPiece, SpeechRequest, Token, Usage, VoiceCaps
from tests.fakes.llm import FakeModel
from tests.fakes.sink import FakeSink
from tests.fakes.tts import FakeVoice, tone
from tests.speech.stage import House

CLAUSE_MS = 2000


class StampingModel(FakeModel):
    async def _answer(self) -> AsyncIterator[Token | Usage]:
        await asyncio.sleep(0.001)
        yield Token("Hello there, everybody")
        self.at = time.perf_counter()
        yield Token("! ")
        yield Usage()

    def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        return self._answer()


class StampingVoice(FakeVoice):
    caps = VoiceCaps(engine="fake")

    async def _speak(self) -> AsyncIterator[SpeechPiece]:
        self.asked = time.perf_counter()
        await asyncio.sleep(0.001)
        sound = tone(CLAUSE_MS, 8000)
        self.at = time.perf_counter()
        yield Pcm(sound, 0)
        yield Done(CLAUSE_MS)

    def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        return self._speak()


class StampingSink(FakeSink):
    def begin(self, line: int, persona: str, on_heard: Callable[[Heard], None], at_ms: int = 0) -> None:
        self.at = 0.0
        super().begin(line, persona, on_heard, at_ms)

    async def write(self, frame: bytes) -> None:
        self.at = self.at or time.perf_counter()
        await super().write(frame)


async def test_overhead_of_the_chain():
    model, voice, sink = StampingModel(), StampingVoice(), StampingSink(lag_s=0.0)
    house = House(model, voice, sink=sink)
    to_voice: list[float] = []
    to_sink: list[float] = []
    to_stop: list[float] = []
    for line in range(1, 61):
        house.prepare(line)
        house.performer.air(line)
        while not sink.written or sink.written[-1][0] != line:
            await asyncio.sleep(0.001)
        began = time.perf_counter()
        house.performer.cut(line, "next")
        to_stop.append((time.perf_counter() - began) * 1e6)
        to_voice.append((voice.asked - model.at) * 1e6)
        to_sink.append((sink.at - voice.at) * 1e6)
    for name, values in (
        ("token to voice request", to_voice),
        ("first byte to first frame", to_sink),
        ("cut", to_stop),
    ):
        print(f"{name}: p50 {statistics.median(values):.0f} us, p95 {sorted(values)[56]:.0f} us")
        assert statistics.median(values) < 2000
    await house.close()
