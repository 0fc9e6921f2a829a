"""Voices: time from a request to the first sound by engine, and what levelling and the mouth cost for a frame.

The real clients and adapters run against local servers that have their answer ready: what is measured is our own cost,
a connection that is kept included. What a service adds on the way is its own business and is not in these numbers.
"""

import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from pydantic import SecretStr

from streamer.adapters.tts.edge import EdgeVoice
from streamer.adapters.tts.elevenlabs import ElevenLabsVoice
from streamer.adapters.tts.espeak import EspeakVoice
from streamer.adapters.tts.http_voice import HttpVoice
from streamer.adapters.tts.openai_speech import OpenAiVoice
from streamer.adapters.tts.voicevox import VoicevoxVoice
from streamer.ports import Pcm, SpeechRequest, TextToSpeech, VoiceSpec
from streamer.speech.levels import Framer
from streamer.speech.loudness import Leveller, Loudness
from streamer.speech.mouth import Envelope, shape_of_sound
from tests.adapters.tts.spoken import spoken, words
from tests.fakes.edge_tts import FakeEdge
from tests.fakes.elevenlabs import KEY, FakeElevenLabs
from tests.fakes.http_voice import FakeHttpVoice
from tests.fakes.openai import FakeOpenAi
from tests.fakes.voicevox import FakeVoicevox

TEXT = "Hello everyone, and welcome back to the show!"
JAPANESE = "みなさん、こんにちは。"


async def voices_first_audio(*, quick: bool = False) -> dict[str, dict[str, Any]]:
    """By engine: {first_ms: {p50, p95, n}} of warm requests and the very first one (`cold_ms`)."""
    out: dict[str, dict[str, Any]] = {}
    for name, opened in ENGINES.items():
        async with opened() as voice:
            await voice.warm()
            cold = await _first_ms(voice)
            warm = [await _first_ms(voice) for _ in range(5 if quick else 30)]
        out[name] = {"cold_ms": round(cold, 2), "first_ms": _spread(warm)}
    return out


def frame_costs(*, quick: bool = False) -> dict[str, dict[str, Any]]:
    """Milliseconds of processor time for a frame: `levelling_ms`, `mouth_ms` (opening), `shape_ms` (spectrum)."""
    framer = Framer()
    frames = framer.feed(spoken(TEXT)) + framer.flush()
    envelope = Envelope()
    openings = [envelope.feed(frame) for frame in frames]
    rounds = 3 if quick else 15

    def level() -> None:
        Leveller(known).feed(frames)

    def shape() -> None:
        for frame, opening in zip(frames, openings, strict=True):
            shape_of_sound(frame, opening)

    def mouth() -> None:
        for frame in frames:
            envelope.feed(frame)

    known = Loudness()
    work: dict[str, Callable[[], None]] = {"levelling_ms": level, "mouth_ms": mouth, "shape_ms": shape}
    return {name: _spread(_timed(each, len(frames), rounds)) for name, each in work.items()}


def _timed(work: Callable[[], None], frames: int, rounds: int) -> list[float]:
    work()
    out: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        out.append((time.process_time() - began) * 1000 / frames)
    return out


async def _first_ms(voice: TextToSpeech) -> float:
    language = voice.caps.languages[0] if voice.caps.languages else "en"
    request = SpeechRequest(JAPANESE if language == "ja" else TEXT, VoiceSpec(language=language))
    began = time.perf_counter()
    first = 0.0
    async for piece in voice.synthesize(request):
        if isinstance(piece, Pcm) and not first:
            first = time.perf_counter()
    return (first - began) * 1000


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    worst = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"p50": round(statistics.median(ordered), 3), "p95": round(worst, 3), "n": len(ordered)}


# --- each engine with its server --------------------------------------------------------------------------------------


@asynccontextmanager
async def _closing(voice: TextToSpeech) -> AsyncIterator[TextToSpeech]:
    try:
        yield voice
    finally:
        await voice.aclose()


@asynccontextmanager
async def _espeak() -> AsyncIterator[TextToSpeech]:
    async with _closing(EspeakVoice().open()) as voice:
        yield voice


@asynccontextmanager
async def _edge() -> AsyncIterator[TextToSpeech]:
    async with (
        FakeEdge(spoken, words) as server,
        _closing(EdgeVoice(accept_terms=True, url=server.url).open()) as voice,
    ):
        yield voice


@asynccontextmanager
async def _openai() -> AsyncIterator[TextToSpeech]:
    async with FakeOpenAi(spoken) as server, _closing(OpenAiVoice(base_url=server.url).open()) as voice:
        yield voice


@asynccontextmanager
async def _elevenlabs() -> AsyncIterator[TextToSpeech]:
    async with (
        FakeElevenLabs(spoken, words) as server,
        _closing(ElevenLabsVoice(base_url=server.root, api_key=SecretStr(KEY)).open()) as voice,
    ):
        yield voice


@asynccontextmanager
async def _voicevox() -> AsyncIterator[TextToSpeech]:
    async with (
        FakeVoicevox(lambda _text: spoken(TEXT)) as server,
        _closing(VoicevoxVoice(url=server.root).open()) as voice,
    ):
        yield voice


@asynccontextmanager
async def _http() -> AsyncIterator[TextToSpeech]:
    async with (
        FakeHttpVoice(spoken) as server,
        _closing(HttpVoice(url=server.root + "/tts?text={text}").open()) as voice,
    ):
        yield voice


ENGINES: dict[str, Callable[[], AbstractAsyncContextManager[TextToSpeech]]] = {
    "espeak": _espeak, "edge": _edge, "openai": _openai, "elevenlabs": _elevenlabs, "voicevox": _voicevox,
    "http": _http,
}  # fmt: skip
