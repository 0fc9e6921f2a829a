"""What every recogniser keeps, whatever its engine. A test module subclasses `EarContract` and gives it an `ear`."""

import asyncio
import contextlib
import random
import re
from collections.abc import Sequence

import pytest

from streamer.ports import EAR_FRAME_BYTES, EAR_RATE_HZ, Final, Hearing, Loading, Partial, SpeechRecognizer, Unavailable
from tests.adapters.tts.contract import Traces

HINTS = ("Juno", "Mika")
HOSTILE = (
    "",
    " ",
    "x" * 100_000,
    "<|endoftext|>",
    "</prompt>\r\nX: y\0",
    "\ud800",
    "🎉",
    "ジュノ",
    "a\x1b[31mb",
    *["Ann"] * 2_000,
)
DOUBT = 0.6
"""A `no_speech` above it counts as heard nothing."""


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def silence(ms: int) -> bytes:
    return bytes(EAR_RATE_HZ * 2 * ms // 1000)


def noise(ms: int, rms: float = 60.0, seed: int = 1) -> bytes:
    draw = random.Random(seed)
    samples = (max(-32768, min(32767, round(draw.gauss(0, rms)))) for _ in range(EAR_RATE_HZ * ms // 1000))
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


def feed(hearing: Hearing, pcm: bytes, chunk: int = EAR_FRAME_BYTES) -> None:
    for at in range(0, len(pcm), chunk):
        hearing.feed(pcm[at : at + chunk])


def check(final: Final) -> Final:
    assert 0.0 <= final.confidence <= 1.0
    assert 0.0 <= final.no_speech <= 1.0
    assert final.asked_ms >= 0.0
    assert final.text == final.text.strip()
    assert "\n" not in final.text
    assert "<|" not in final.text
    return final


def nothing(final: Final) -> bool:
    return not check(final).text or final.no_speech > DOUBT


class Listener:
    """Keeps the partial results that came by themselves."""

    def __init__(self) -> None:
        self.partials: list[Partial] = []

    def __call__(self, partial: Partial) -> None:
        assert 0 <= partial.stable <= len(partial.text)
        self.partials.append(partial)


class EarContract:
    """Subclasses give the fixtures `ear` (opened and closed by them, not loaded), `clip` (a sentence as 16,000 Hz
    s16le mono without the silence around it), `said` (the words that the ear finds in it), and may give `asked` (a
    growing list: one entry per request or decoding, for engines that do not stream) and `language`. An `ear` that is
    kept from one test to the next needs a `fresh` one beside it."""

    noisy = True
    """False: the engine of the test is scripted and says its words to noise as well."""

    @pytest.fixture
    def fresh(self, ear: SpeechRecognizer) -> SpeechRecognizer:
        """One that nobody has loaded, and that the test may close."""
        return ear

    @pytest.fixture
    def language(self) -> str:
        return "en"

    @pytest.fixture
    def asked(self) -> Sequence[object]:
        return []

    async def hear(
        self, ear: SpeechRecognizer, pcm: bytes, language: str = "en", chunk: int = EAR_FRAME_BYTES
    ) -> Final:
        hearing = ear.hear(language=language, hints=HINTS, on_partial=Listener())
        feed(hearing, pcm, chunk)
        return check(await hearing.finish())

    async def test_loading_is_told(self, fresh: SpeechRecognizer) -> None:
        told: list[Loading] = []
        await fresh.load(told.append)
        for step in told:
            assert step.done >= 0
            assert not step.total or step.done <= step.total
        await fresh.load(told.append)
        assert fresh.caps.engine

    async def test_hears(self, ear: SpeechRecognizer, clip: bytes, said: str, language: str) -> None:
        await ear.load(lambda _: None)
        for _ in range(2):
            assert words((await self.hear(ear, silence(300) + clip + silence(300), language)).text) == words(said)

    async def test_pieces_of_any_size(self, ear: SpeechRecognizer, clip: bytes, said: str, language: str) -> None:
        await ear.load(lambda _: None)
        for chunk in (1_001, 1 << 20):
            assert words((await self.hear(ear, clip + silence(300), language, chunk)).text) == words(said)

    async def test_loads_by_itself(self, fresh: SpeechRecognizer, clip: bytes, said: str, language: str) -> None:
        assert words((await self.hear(fresh, clip + silence(300), language)).text) == words(said)

    async def test_a_look_saves_the_finish(
        self, ear: SpeechRecognizer, clip: bytes, said: str, language: str, asked: Sequence[object]
    ) -> None:
        await ear.load(lambda _: None)
        listener = Listener()
        hearing = ear.hear(language=language, hints=HINTS, on_partial=listener)
        feed(hearing, silence(200) + clip + silence(200))
        looked = await hearing.look()
        assert 0 <= looked.stable <= len(looked.text)
        before = len(asked)
        feed(hearing, silence(300))
        final = check(await hearing.finish())
        assert words(final.text) == words(said)
        assert len(asked) == before
        if not ear.caps.streaming:
            assert words(looked.text) == words(said)

    async def test_a_look_does_not_hide_what_followed(
        self, ear: SpeechRecognizer, clip: bytes, said: str, language: str
    ) -> None:
        await ear.load(lambda _: None)
        hearing = ear.hear(language=language, hints=(), on_partial=Listener())
        feed(hearing, clip[: len(clip) // 2 & ~1])
        await hearing.look()
        feed(hearing, clip[len(clip) // 2 & ~1 :] + silence(300))
        assert words(check(await hearing.finish()).text) == words(said)

    async def test_streams_what_it_promises(self, ear: SpeechRecognizer, clip: bytes, said: str, language: str) -> None:
        if not ear.caps.streaming:
            pytest.skip("the engine does not stream")
        await ear.load(lambda _: None)
        listener = Listener()
        hearing = ear.hear(language=language, hints=(), on_partial=listener)
        feed(hearing, clip + silence(300))
        assert words(check(await hearing.finish()).text) == words(said)
        assert listener.partials

    @pytest.mark.parametrize("ms", [0, 20, 2_000])
    async def test_silence_is_nothing(self, ear: SpeechRecognizer, ms: int) -> None:
        await ear.load(lambda _: None)
        assert nothing(await self.hear(ear, silence(ms)))

    async def test_noise_is_nothing(self, ear: SpeechRecognizer) -> None:
        if not self.noisy:
            pytest.skip("a scripted engine says its words to everything")
        await ear.load(lambda _: None)
        assert nothing(await self.hear(ear, noise(2_000)))

    async def test_hostile_hints_are_bounded(
        self, ear: SpeechRecognizer, clip: bytes, said: str, language: str
    ) -> None:
        await ear.load(lambda _: None)
        hearing = ear.hear(language=language, hints=HOSTILE, on_partial=Listener())
        feed(hearing, clip + silence(300))
        assert words(check(await hearing.finish()).text) == words(said)

    @pytest.mark.parametrize("when", ["begun", "fed", "looking", "finishing"])
    async def test_dropping_leaves_nothing(
        self, ear: SpeechRecognizer, clip: bytes, said: str, language: str, when: str
    ) -> None:
        await ear.load(lambda _: None)
        await self.hear(ear, clip, language)
        traces = Traces()
        hearing = ear.hear(language=language, hints=HINTS, on_partial=Listener())
        if when != "begun":
            feed(hearing, clip)
        if when in ("looking", "finishing"):
            waiting = asyncio.ensure_future(hearing.look() if when == "looking" else hearing.finish())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            hearing.drop()
            with pytest.raises(Unavailable):
                await asyncio.wait_for(waiting, 20)
        hearing.drop()
        hearing.drop()
        with pytest.raises(Unavailable):
            await hearing.finish()
        await traces.gone()
        assert words((await self.hear(ear, clip + silence(300), language)).text) == words(said)

    @pytest.mark.parametrize("after_ms", [0, 1, 10])
    async def test_being_cancelled_leaves_nothing(
        self, ear: SpeechRecognizer, clip: bytes, said: str, language: str, after_ms: int
    ) -> None:
        await ear.load(lambda _: None)
        await self.hear(ear, clip, language)
        traces = Traces()
        hearing = ear.hear(language=language, hints=HINTS, on_partial=Listener())
        feed(hearing, clip)
        waiting = asyncio.ensure_future(hearing.finish())
        await asyncio.sleep(after_ms / 1000)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        hearing.drop()
        del waiting
        await traces.gone()
        assert words((await self.hear(ear, clip + silence(300), language)).text) == words(said)

    async def test_two_overlap(self, ear: SpeechRecognizer, clip: bytes, said: str, language: str) -> None:
        await ear.load(lambda _: None)
        first = ear.hear(language=language, hints=(), on_partial=Listener())
        feed(first, clip + silence(300))
        ending = asyncio.ensure_future(first.finish())
        await asyncio.sleep(0)
        second = ear.hear(language=language, hints=(), on_partial=Listener())
        feed(second, clip + silence(300))
        finals = await asyncio.gather(ending, second.finish())
        assert [words(check(final).text) for final in finals] == [words(said)] * 2

    async def test_closed_is_unavailable(self, fresh: SpeechRecognizer, clip: bytes, language: str) -> None:
        await fresh.load(lambda _: None)
        hearing = fresh.hear(language=language, hints=(), on_partial=Listener())
        feed(hearing, clip)
        await fresh.aclose()
        await fresh.aclose()
        with pytest.raises(Unavailable):
            await hearing.finish()
        with pytest.raises(Unavailable):
            await self.hear(fresh, clip, language)

    async def test_closing_ends_what_waits(self, fresh: SpeechRecognizer, clip: bytes, language: str) -> None:
        await fresh.load(lambda _: None)
        hearing = fresh.hear(language=language, hints=(), on_partial=Listener())
        feed(hearing, clip)
        waiting = asyncio.ensure_future(hearing.finish())
        await asyncio.sleep(0)
        await fresh.aclose()
        with contextlib.suppress(Unavailable):
            check(await asyncio.wait_for(waiting, 20))
