"""A voice that makes a tone per word, tells which text a piece of sound belongs to, and can fail like a real one."""

import asyncio
import functools
import math
from array import array
from collections.abc import AsyncIterator, Callable

import msgspec

from streamer.ports import RATE_HZ, Done, Pcm, SpeechPiece, SpeechRequest, VoiceCaps, WordMark

MS_PER_CHAR = 60


class How(msgspec.Struct, frozen=True, kw_only=True):
    """How one request goes. Seconds of the loop's clock; `_ms` positions are of the sound."""

    first_s: float = 0.0
    pace: float = 0.0
    """Seconds needed for a second of sound."""
    piece_ms: int = 100
    odd: bool = False
    """Pieces of odd length, as HTTP bodies come."""
    stall_at_ms: int | None = None
    fail_at_ms: int | None = None
    error: Exception | None = None
    short_at_ms: int | None = None
    """The sound stops there although `Done` tells the whole length."""
    silent: bool = False
    marks: bool = True
    tail_ms: int = 0
    """Silence at the end."""
    stubborn: bool = False
    """Cancelling has no effect: it goes on to the end."""
    ms_per_char: int = MS_PER_CHAR
    """The tempo. A show that runs by the wall clock plays every line as long as it is: there a fast speaker saves
    seconds."""


BRIEF = How(ms_per_char=5)
"""Twelve times as fast: a sentence of the demo is over within half a second."""


def spoken_ms(text: str, ms_per_char: int = MS_PER_CHAR) -> int:
    return -(-len(text) * ms_per_char // 20) * 20


class FakeVoice:
    """TextToSpeech. `plan` decides per request; `hertz` tells voices apart: all of them come out as loud."""

    def __init__(
        self,
        engine: str = "fake",
        plan: How | Callable[[SpeechRequest], How] | None = None,
        *,
        level: int = 6000,
        hertz: int = 200,
    ):
        self.caps = VoiceCaps(engine=engine, streaming=True, word_marks=True, local=True)
        self._plan = plan or How()
        self.level = level
        self.hertz = hertz
        self.requests: list[SpeechRequest] = []
        self.open = 0
        self.most_open = 0

    def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        self.requests.append(request)
        how = self._plan(request) if callable(self._plan) else self._plan
        return self._run(request, how)

    async def _run(self, request: SpeechRequest, how: How) -> AsyncIterator[SpeechPiece]:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            if not any(char.isalnum() for char in request.text):
                yield Done(0)
                return
            await _nap(how.first_s, how)
            total = spoken_ms(request.text, how.ms_per_char)
            if how.silent:
                yield Done(0)
                return
            if how.marks:
                for mark in _marks(request.text, how.ms_per_char):
                    yield mark
            at = 0
            rest = b""
            while at < total + how.tail_ms:
                if how.fail_at_ms is not None and at >= how.fail_at_ms:
                    raise how.error or RuntimeError("fake")
                if how.stall_at_ms is not None and at >= how.stall_at_ms:
                    await asyncio.get_running_loop().create_future()
                if how.short_at_ms is not None and at >= how.short_at_ms:
                    yield Done(total)
                    return
                size = min(how.piece_ms, total + how.tail_ms - at)
                data = rest + tone(size, self.level if at < total else 0, self.hertz)
                rest = b""
                if how.odd and len(data) > 3:
                    data, rest = data[:-1], data[-1:]
                yield Pcm(data, at)
                at += size
                await _nap(how.pace * size / 1000, how)
            if rest:
                yield Pcm(rest, at)
            yield Done(total + how.tail_ms)
        finally:
            self.open -= 1

    async def warm(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


def _marks(text: str, ms_per_char: int) -> list[WordMark]:
    out: list[WordMark] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        out.append(WordMark(start * ms_per_char, len(word) * ms_per_char, start, at))
    return out


@functools.lru_cache(maxsize=64)
def tone(ms: int, level: int, hertz: int = 200) -> bytes:
    """A sine with this peak."""
    count = RATE_HZ * ms // 1000
    step = hertz * math.tau / RATE_HZ
    return array("h", (round(level * math.sin(index * step)) for index in range(count))).tobytes()


async def _nap(seconds: float, how: How) -> None:
    if seconds <= 0:
        return
    if not how.stubborn:
        await asyncio.sleep(seconds)
        return
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        try:
            await asyncio.sleep(until - loop.time())
        except asyncio.CancelledError:
            continue
