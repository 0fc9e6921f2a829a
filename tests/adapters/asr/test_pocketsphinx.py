"""The real pocketsphinx on speech that espeak-ng makes."""

import functools
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from streamer.adapters.asr.common.spelling import phones_of
from streamer.adapters.asr.pocketsphinx import SphinxEar, SphinxRecognizer
from streamer.adapters.tts import espeak_worker
from streamer.ports import Final, Misconfigured, Unavailable
from tests.adapters.asr.contract import EarContract, Listener, check, feed, noise, nothing, silence, words
from tests.adapters.tts.hearing import to_16k
from tests.adapters.tts.spoken import _espeak

pytest.importorskip("pocketsphinx", reason="needs pocketsphinx, which this machine does not have")

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "did you see that"
NAMED = "Mika can you read the last message"


@functools.cache
def spoken(text: str, voice: str = "en-us") -> bytes:
    espeak = _espeak()
    espeak.select(voice)
    espeak.shape(165, 55, 60)
    sound = espeak_worker.Voice(espeak.rate_hz, 1.0)
    out: list[bytes] = []

    def on_piece(samples: object, _events: object) -> bool:
        out.append(sound.feed(samples))  # pyright: ignore[reportArgumentType]
        return True

    assert espeak.synth(text + "?", on_piece) == 0
    return to_16k(b"".join([*out, sound.finish()])).tobytes()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear() -> AsyncIterator[SphinxRecognizer]:
    """Loads once for the tests that neither close nor kill it."""
    ear = SphinxEar(words=2_000, limit_s=50).open()
    yield ear
    await ear.aclose()


@pytest_asyncio.fixture(loop_scope="module")
async def fresh() -> AsyncIterator[SphinxRecognizer]:
    ear = SphinxEar(words=2_000, limit_s=50).open()
    yield ear
    await ear.aclose()


async def hear(ear: SphinxRecognizer, pcm: bytes, *hints: str, language: str = "en") -> Final:
    hearing = ear.hear(language=language, hints=hints, on_partial=Listener())
    feed(hearing, pcm)
    return check(await hearing.finish())


class TestContract(EarContract):
    @pytest.fixture
    def fresh(self, fresh: SphinxRecognizer) -> SphinxRecognizer:
        return fresh

    @pytest.fixture
    def clip(self) -> bytes:
        return spoken(SAID)

    @pytest.fixture
    def said(self) -> str:
        return SAID


async def test_short_questions_are_heard(ear: SphinxRecognizer) -> None:
    for text in ("how many people are watching", "did you see that", "stop talking"):
        assert words((await hear(ear, spoken(text))).text) == words(text)


async def test_a_name_is_heard_when_it_was_hinted(ear: SphinxRecognizer) -> None:
    assert "Mika" in (await hear(ear, spoken(NAMED), "Mika", "Juno")).text.split()


async def test_noise_of_any_level_is_nothing(ear: SphinxRecognizer) -> None:
    for rms in (20, 400, 4_000):
        assert nothing(await hear(ear, noise(1_500, rms)))


async def test_other_languages_are_refused_with_a_fix(ear: SphinxRecognizer) -> None:
    with pytest.raises(Misconfigured, match="English only") as caught:
        await hear(ear, spoken("did you see that"), language="ja-JP")
    assert "run.py add whisper" in caught.value.fix
    assert ear.caps.languages == ("en",)


async def test_thirty_seconds_of_shouting_end(fresh: SphinxRecognizer) -> None:
    """Twice the longest utterance that the ear sends: an answer or a sentence, in time."""
    shout = spoken("did you see that") * 30
    fresh._working._hear_s = 1.0
    with pytest.raises(Unavailable, match="offline recogniser"):
        await hear(fresh, shout)
    fresh._working._hear_s = 50.0
    assert words((await hear(fresh, spoken("did you see that") + silence(200))).text) == ["did", "you", "see", "that"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
async def test_a_worker_that_died_is_started_again(fresh: SphinxRecognizer) -> None:
    await fresh.load(lambda _: None)
    assert fresh.pid is not None
    os.kill(fresh.pid, signal.SIGKILL)
    try:
        final = await hear(fresh, spoken("did you see that"))
    except Unavailable:  # nobody had noticed yet
        final = await hear(fresh, spoken("did you see that"))
    assert final.text == "did you see that"


async def test_a_missing_package(fresh: SphinxRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamer.adapters.asr.common.working.installed", lambda _: False)
    with pytest.raises(Misconfigured) as caught:
        await fresh.load(lambda _: None)
    assert caught.value.fix == "python3 run.py add offline-ear"


@pytest.mark.parametrize(
    ("name", "phones"),
    [
        ("Juno", "JH UW N OW"),
        ("Mika", "M IY K AH"),
        ("Kuro", "K UW R OW"),
        ("Zyx", "Z IY K S"),
        ("Bella", "B EH L AH"),
        ("Kurt", "K ER T"),
        ("Charlotte", "CH AA R L OW T EH"),
        ("Renée", "R EH N IY"),
        ("Blaze", "B L AA Z"),
        ("R2", "R T UW"),
        ("ジュノ", ""),
        ("...", ""),
    ],
)
async def test_names_are_read_as_an_english_speaker_would(name: str, phones: str) -> None:
    assert phones_of(name) == phones
