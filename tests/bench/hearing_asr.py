"""`asr_stall_ms`, `asr_final_ms`, `offline_words`: what understanding the host costs the show, how long it takes, and
how much of it the offline recogniser gets right.

The stall is that of the show's own loop, by a ticker of 5 ms, while the real faster-whisper loads and recognises in its
process a model with the dimensions of `tiny` (random weights, so nothing is downloaded and every product is computed).
The same loop with nothing beside it tells what the machine itself does. What is final is counted from the end of the
sound to the words, without a look and after one. The words are those of sentences that espeak-ng speaks.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from streamer.adapters.asr.pocketsphinx import SphinxEar
from streamer.adapters.asr.whisper import WhisperEar
from streamer.adapters.worker import installed
from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ, Final, SpeechRecognizer
from tests.bench.report import quantile
from tests.hearing import clips
from tests.oracles.tiny_whisper import build

TICK_S = 0.005
SCRIPT = "Juno, what do you think about the dragon in the old castle?"
SIZES = ("small", "tiny", "base")
"""Of the models that are made: a scripted toy, and two with the dimensions of real ones."""
NAMES = ("Juno", "Mika")
SENTENCES = (
    "Juno, what do you think about this game?", "Mika, can you read the last message?", "What should we play next?",
    "Who is the best player in the chat today?", "Juno, tell me a story.", "Mika, how are you feeling tonight?",
    "Do you like this song?", "What time is it?", "How many people are watching?", "Juno, what is your favorite color?",
    "Can you say hello to everyone?", "Mika, do you want to play another round?", "What happened in the last game?",
    "Where did the dragon go?", "Why are you so quiet today?", "Should I turn left or right?",
    "Juno, is that a good idea?", "Tell me a joke.", "What is the name of this song?", "Stop talking.",
    "That was a great shot.", "Mika, what would you do?", "I think we are going to win this.", "Did you see that?",
    "Let us take a short break.", "Who won the race?", "Can we go back to the castle?", "Juno, are you ready?",
    "Thank you very much.", "What do you want to eat?",
)  # fmt: skip


async def asr_stall_ms(*, quick: bool = False) -> dict[str, Any]:
    """Milliseconds that a tick came late: while a model loads, while it recognises, and with nothing beside it."""
    if not installed("faster_whisper"):
        return {"missing": "python3 run.py add whisper"}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        model = await asyncio.to_thread(build, Path(folder) / "tiny", SCRIPT, size="tiny")
        ear = WhisperEar(model=str(model), device="cpu", limit_s=60, load_s=300).open()
        try:
            loading = await _late(lambda: ear.load(lambda _: None))
            sound = _tone(3_000)

            async def recognise() -> None:
                for _ in range(2 if quick else 6):
                    await _final(ear, sound, look=False)

            recognising = await _late(recognise)
        finally:
            await ear.aclose()
    alone = await _late(lambda: asyncio.sleep(2 if quick else 5))
    return {"loading": loading, "recognising": recognising, "nothing": alone}


async def asr_final_ms(*, quick: bool = False) -> dict[str, Any]:
    """Milliseconds from the end of 3 s of sound to its words, by size of the model: without a look before, with one
    0.2 s before the end, and of the load."""
    if not installed("faster_whisper"):
        return {"missing": "python3 run.py add whisper"}
    found: dict[str, Any] = {}
    sound = _tone(3_000)
    for size in SIZES[: 2 if quick else None]:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            model = await asyncio.to_thread(build, Path(folder) / size, SCRIPT, size=size)
            ear = WhisperEar(model=str(model), device="cpu", limit_s=60, load_s=300).open()
            try:
                began = time.perf_counter()
                await ear.load(lambda _: None)
                load_ms = (time.perf_counter() - began) * 1000
                times = 2 if quick else 5
                plain = [(await _final(ear, sound, look=False)).asked_ms for _ in range(times)]
                looked = [(await _final(ear, sound, look=True)).asked_ms for _ in range(times)]
            finally:
                await ear.aclose()
            found[size] = {"load": round(load_ms), "final": _spread(plain), "after_a_look": _spread(looked)}
    return found


async def offline_words(*, quick: bool = False, voice: str = "en-us") -> dict[str, Any]:
    """Of the sentences: the share of words that are wrong, how many sentences have none, how many of the names were
    heard, and how long a second of sound took."""
    if not installed("pocketsphinx"):
        return {"missing": "python3 run.py add offline-ear"}
    sentences = SENTENCES[::3] if quick else SENTENCES
    wrong = total = exact = named = names = 0
    took: list[float] = []
    ear = SphinxEar(limit_s=60).open()
    try:
        await ear.load(lambda _: None)
        for sentence in sentences:
            sound = (await asyncio.to_thread(clips.speech, sentence, voice)).pcm
            final = await _final(ear, sound, look=False, hints=NAMES)
            said, heard = _words(sentence), _words(final.text)
            errors = distance(said, heard)
            wrong, total, exact = wrong + errors, total + len(said), exact + (errors == 0)
            wanted = {each.lower() for each in NAMES} & set(said)
            names, named = names + len(wanted), named + len(wanted & set(heard))
            took.append(final.asked_ms / (len(sound) / EAR_RATE_HZ / 2) / 1000)
    finally:
        await ear.aclose()
    return {
        "sentences": len(sentences),
        "word_error_rate": round(wrong / total, 3),
        "exact": exact,
        "names": f"{named}/{names}",
        "times_real_time": round(statistics.median(took), 2),
    }


async def _late(work: Callable[[], Awaitable[object]]) -> dict[str, float]:
    """How late the ticks of the loop were meanwhile."""
    late: list[float] = []

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_S)
            late.append((time.perf_counter() - began - TICK_S) * 1000)

    ticking = asyncio.create_task(tick())
    try:
        await work()
    finally:
        ticking.cancel()
    return _spread(late)


async def _final(ear: SpeechRecognizer, sound: bytes, *, look: bool, hints: tuple[str, ...] = ()) -> Final:
    hearing = ear.hear(language="en", hints=hints, on_partial=lambda _: None)
    for at in range(0, len(sound), EAR_FRAME_BYTES):
        hearing.feed(sound[at : at + EAR_FRAME_BYTES])
    quiet = bytes(EAR_RATE_HZ * 2 // 5)
    hearing.feed(quiet)
    if look:
        await hearing.look()
    hearing.feed(quiet)
    return await hearing.finish()


def _tone(ms: int) -> bytes:
    """Something loud: what these models say does not depend on it."""
    wave = b"".join((6000 * (1 if at % 80 < 40 else -1)).to_bytes(2, "little", signed=True) for at in range(1_600))
    return wave * (ms // 100)


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "p50": round(quantile(values, 0.5), 1),
        "p95": round(quantile(values, 0.95), 1),
        "max": round(max(values), 1),
        "n": len(values),
    }


def _words(text: str) -> list[str]:
    return "".join(c for c in text.lower() if c.isalnum() or c in " '").split()


def distance(said: list[str], heard: list[str]) -> int:
    """Words to change, add or leave out (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for at, word in enumerate(said, 1):
        before, row[0] = row[0], at
        for to, other in enumerate(heard, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (word != other))
    return row[-1]
