"""A voice made of tones: as long, as loud and as wordy as speech, without a process. For simulation and tests."""

import array
import asyncio
import functools
import math
import random
import re
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Literal

import msgspec
from pydantic import Field

from streamer.adapters.part import Part
from streamer.ports import (
    RATE_HZ,
    Done,
    Pcm,
    SpeechPiece,
    SpeechRequest,
    Unavailable,
    Viseme,
    VisemeMark,
    VoiceCaps,
    WordMark,
)

STEP_MS = 20
MS_PER_LETTER = 62
MAX_WORD_MS = 900
PAUSE_MS = {",": 160, ";": 200, ":": 200, "、": 160, ".": 260, "!": 260, "?": 280, "。": 260, "！": 260, "？": 280}
WORD = re.compile(r"\S+")
VOWELS: dict[str, Viseme] = {"a": "aa", "i": "ih", "y": "ih", "u": "ou", "w": "ou", "e": "ee", "o": "oh"}


class DemoVoice(Part):
    """`first_ms`: delay before the first sound, drawn between the two; zeros wait for nothing."""

    kind: Literal["tones"] = "tones"
    first_ms: tuple[float, float] = (0.0, 0.0)
    seed: int = 0
    base_hz: int = Field(default=150, ge=50, le=400)

    def open(self) -> "DemoSpeech":
        return DemoSpeech(self)


class Word(msgspec.Struct, frozen=True):
    """Where a word of the text sounds; all times are multiples of 20 ms."""

    start: int
    end: int
    at_ms: int
    dur_ms: int
    pause_ms: int


def plan(text: str, rate: float = 1.0) -> list[Word]:
    """The words of a text in time: about 62 ms a letter, with rests at punctuation."""
    words: list[Word] = []
    at = 0
    for match in WORD.finditer(text):
        token = match.group()
        letters = sum(c.isalnum() for c in token)
        if not letters:
            continue
        weight = sum(2 if ord(c) > 0x2E7F else 1 for c in token if c.isalnum())  # a kana or ideograph is a syllable
        length = _steps(max(100.0, weight * MS_PER_LETTER) / rate)
        pause = _steps(PAUSE_MS.get(token[-1], 40) / rate)
        words.append(Word(match.start(), match.end(), at, length, pause))
        at += length + pause
    return words


def _steps(ms: float) -> int:
    return max(1, round(ms / STEP_MS)) * STEP_MS


class DemoSpeech:
    """TextToSpeech. Deterministic: the same request gives the same bytes."""

    caps = VoiceCaps(engine="tones", streaming=True, word_marks=True, viseme_marks=True, local=True)

    def __init__(
        self, settings: DemoVoice | None = None, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._settings = settings if settings is not None else DemoVoice()
        self._sleep = sleep
        self._closed = False

    async def warm(self) -> None:
        """Nothing to load."""

    async def aclose(self) -> None:
        self._closed = True

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        if self._closed:
            raise Unavailable("the voice is closed")
        words = plan(request.text, min(3.0, max(0.3, request.voice.rate)))
        if not words:
            yield Done(0)
            return
        low, high = self._settings.first_ms
        if high > 0:
            draw = random.Random(f"{self._settings.seed}/{request.text}")
            await self._sleep(draw.uniform(low, high) / 1000)
        pitch = self._pitch(request)
        for word in words:
            yield WordMark(word.at_ms, word.dur_ms, word.start, word.end)
            for mark in _mouth(request.text, word):
                yield mark
            data = b"".join(_sound(pitch, ms) for ms in _cuts(word.dur_ms)) + _silence(word.pause_ms)
            yield Pcm(data, word.at_ms)
        yield Done(words[-1].at_ms + words[-1].dur_ms + words[-1].pause_ms)

    def _pitch(self, request: SpeechRequest) -> int:
        """In steps of 10 Hz, so that few tones serve all; a name shifts it, so that personas differ."""
        voice = request.voice
        shift = zlib.crc32(voice.name.encode()) % 9 * 10 if voice.name else 0
        return max(60, round((self._settings.base_hz + shift) * voice.pitch / 10) * 10)


def _cuts(ms: int) -> Iterator[int]:
    """Lengths of at most 900 ms."""
    while ms > MAX_WORD_MS:
        yield MAX_WORD_MS
        ms -= MAX_WORD_MS
    yield ms


def _mouth(text: str, word: Word) -> Iterator[VisemeMark]:
    shapes: list[Viseme] = []
    for letter in text[word.start : word.end].casefold():
        if letter in VOWELS:
            shapes.append(VOWELS[letter])
        elif letter in "mbp":
            shapes.append("mbp")
    if not shapes:
        shapes = ["aa"]
    each = word.dur_ms // len(shapes)
    for i, shape in enumerate(shapes):
        yield VisemeMark(word.at_ms + i * each, shape, each)
    yield VisemeMark(word.at_ms + word.dur_ms, "sil", word.pause_ms)


@functools.lru_cache(maxsize=512)
def _sound(pitch_hz: int, ms: int) -> bytes:
    """One swell of four harmonics, about -16 dBFS at its top, zero at both ends."""
    count = ms * RATE_HZ // 1000
    turn, swell = 2 * math.pi * pitch_hz / RATE_HZ, math.pi / count
    samples = array.array("h", bytes(2 * count))
    for i in range(count):
        x = turn * i
        tone = math.sin(x) + 0.5 * math.sin(2 * x) + 0.3 * math.sin(3 * x) + 0.15 * math.sin(5 * x)
        samples[i] = int(5000 * math.sin(swell * i) ** 0.6 * tone / 1.4)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


@functools.cache
def _silence(ms: int) -> bytes:
    return bytes(2 * (ms * RATE_HZ // 1000))
