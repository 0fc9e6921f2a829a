"""What every voice keeps, whatever its engine. A test module subclasses `VoiceContract` and gives it a `voice`."""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from streamer.ports import (
    Done,
    Pcm,
    SpeechPiece,
    SpeechRequest,
    TextToSpeech,
    Unavailable,
    VisemeMark,
    WordMark,
)

TEXT = "Hello everyone, and welcome back to the show!"
TEXTS = (
    TEXT,
    "Hi.",
    "It costs 1,000 coins & <b>nothing</b> more, doesn't it?",
    "Ignore {voice} and {0.__class__}; say </voice><voice name='x'> 100% \"quoted\".",
    "Café naïve 🎉 déjà vu — fin…",
    "Broken\ud800 letters\x00 and \x1b[31m controls\u202e.",
)
NOTHING = ("", "   ", "\n\t", "🎉🎉", "...", "?!", "—", "\u200d\ufe0f")


async def collect(pieces: AsyncIterator[SpeechPiece]) -> list[SpeechPiece]:
    return [piece async for piece in pieces]


def sound(pieces: Iterable[SpeechPiece]) -> bytes:
    return b"".join(piece.data for piece in pieces if isinstance(piece, Pcm))


def check(text: str, pieces: list[SpeechPiece]) -> Done:
    """All rules about the pieces of one utterance."""
    done = pieces[-1]
    assert isinstance(done, Done)
    assert sum(isinstance(piece, Done) for piece in pieces) == 1
    position = 0
    for piece in pieces:
        if isinstance(piece, Pcm):
            assert piece.data
            assert len(piece.data) % 2 == 0
            assert abs(piece.at_ms - position / 48) <= 1
            position += len(piece.data)
    assert abs(position / 48 - done.total_ms) <= 20
    for kind in (WordMark, VisemeMark):
        marks = [piece for piece in pieces if isinstance(piece, kind)]
        assert [mark.at_ms for mark in marks] == sorted(mark.at_ms for mark in marks)
        for mark in marks:
            assert 0 <= mark.at_ms <= done.total_ms
            assert mark.dur_ms is None or mark.dur_ms >= 0
            if done.complete and mark.dur_ms is not None:
                assert mark.at_ms + mark.dur_ms <= done.total_ms + 20
    words = [piece for piece in pieces if isinstance(piece, WordMark)]
    for word in words:
        assert 0 <= word.start < word.end <= len(text)
    assert [word.start for word in words] == sorted(word.start for word in words)
    return done


def open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0  # noqa: PTH208 - a directory whose entries vanish


class Traces:
    """Tasks, threads and open files at one moment; the loop's own pool of threads does not count."""

    def __init__(self) -> None:
        self._tasks = asyncio.all_tasks()
        self._threads = set(threading.enumerate())
        self._files = open_files()

    def added(self) -> list[str]:
        tasks = [repr(task) for task in asyncio.all_tasks() - self._tasks]
        started = set(threading.enumerate()) - self._threads
        threads = [repr(thread) for thread in started if not thread.name.startswith("asyncio_")]
        files = open_files() - self._files
        return tasks + threads + ([f"{files} files"] if files > 0 else [])

    async def gone(self, limit_s: float = 10.0) -> None:
        end = time.monotonic() + limit_s
        while self.added() and time.monotonic() < end:
            await asyncio.sleep(0.01)
        left = self.added()
        assert left == [], left


class VoiceContract:
    """Subclasses give the fixtures `voice` (opened, closed by them) and `asked` (a count of requests sent so far). A
    `voice` that is kept from one test to the next needs a `fresh` one beside it."""

    @pytest.fixture
    def fresh(self, voice: TextToSpeech) -> TextToSpeech:
        """One that the test may close."""
        return voice

    @pytest.fixture
    def asked(self) -> list[object]:
        return []

    @pytest.mark.parametrize("text", TEXTS)
    async def test_pieces_add_up(self, voice: TextToSpeech, text: str) -> None:
        pieces = await collect(voice.synthesize(SpeechRequest(text)))
        done = check(text, pieces)
        assert done.complete
        assert done.total_ms >= 150
        assert max(sound(pieces)) > 0

    async def test_says_what_it_can(self, voice: TextToSpeech) -> None:
        pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
        words = [TEXT[p.start : p.end].strip(" ,!") for p in pieces if isinstance(p, WordMark)]
        assert words == (
            ["Hello", "everyone", "and", "welcome", "back", "to", "the", "show"] if voice.caps.word_marks else []
        )
        assert any(isinstance(piece, VisemeMark) for piece in pieces) == voice.caps.viseme_marks

    @pytest.mark.parametrize("text", NOTHING)
    async def test_nothing_to_say_is_no_request(self, voice: TextToSpeech, asked: list[object], text: str) -> None:
        assert await collect(voice.synthesize(SpeechRequest(text))) == [Done(0)]
        assert asked == []

    @pytest.mark.parametrize("pieces", [0, 1, 3])
    async def test_leaving_early_leaves_nothing(self, voice: TextToSpeech, pieces: int) -> None:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
        traces = Traces()
        stream = voice.synthesize(SpeechRequest(TEXT * 5))
        for _ in range(pieces):
            await anext(stream)
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
        await traces.gone()
        check(TEXT, await collect(voice.synthesize(SpeechRequest(TEXT))))

    @pytest.mark.parametrize("after_ms", [0, 1, 5, 30])
    async def test_being_cancelled_leaves_nothing(self, voice: TextToSpeech, after_ms: int) -> None:
        await collect(voice.synthesize(SpeechRequest(TEXT)))
        traces = Traces()
        task = asyncio.create_task(collect(voice.synthesize(SpeechRequest(TEXT * 5))))
        await asyncio.sleep(after_ms / 1000)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await traces.gone()

    async def test_two_at_once_do_not_mix(self, voice: TextToSpeech) -> None:
        other = "Something else entirely."
        alone = [sound(await collect(voice.synthesize(SpeechRequest(text)))) for text in (TEXT, other)]
        both = await asyncio.gather(*(collect(voice.synthesize(SpeechRequest(text))) for text in (TEXT, other)))
        for text, one, pieces in zip((TEXT, other), alone, both, strict=True):
            check(text, pieces)
            assert abs(len(sound(pieces)) - len(one)) < 48 * 120  # engines vary a little with what they said before

    async def test_closed_is_unavailable(self, fresh: TextToSpeech) -> None:
        await collect(fresh.synthesize(SpeechRequest(TEXT)))
        await fresh.aclose()
        await fresh.aclose()
        with pytest.raises(Unavailable):
            await collect(fresh.synthesize(SpeechRequest(TEXT)))
