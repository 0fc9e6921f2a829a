import array
import ast
import asyncio
import contextlib
import itertools
import math
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from streamer.adapters.tts import espeak_worker
from streamer.adapters.tts.espeak import (
    PRESETS,
    WORKER,
    EspeakSpeech,
    EspeakVoice,
    _from_wheel,
    shape_of,
    sound_of,
    unreadable,
)
from streamer.ports import (
    Done,
    Misconfigured,
    Pcm,
    SpeechRequest,
    Unavailable,
    VisemeMark,
    VoiceSpec,
    WordMark,
)
from tests.adapters.tts.contract import TEXT, Traces, VoiceContract, check, collect, sound
from tests.adapters.tts.hearing import SENTENCES, heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@contextlib.asynccontextmanager
async def opened() -> AsyncIterator[EspeakSpeech]:
    voice = EspeakVoice().open()
    try:
        await voice.warm()
    except Misconfigured:
        pytest.skip("needs espeak-ng, which this machine does not have")
    yield voice
    await voice.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice() -> AsyncIterator[EspeakSpeech]:
    """With one process for the tests that neither kill nor close it."""
    async with opened() as voice:
        yield voice


@pytest_asyncio.fixture(loop_scope="module")
async def fresh() -> AsyncIterator[EspeakSpeech]:
    async with opened() as voice:
        yield voice


async def say(voice: EspeakSpeech, text: str, **spec: Any) -> bytes:
    pieces = await collect(voice.synthesize(SpeechRequest(text, VoiceSpec(**spec))))
    assert check(text, pieces).complete
    return sound(pieces)


def samples(pcm: bytes) -> "array.array[int]":
    return array.array("h", pcm)


def rms_db(pcm: bytes) -> float:
    values = samples(pcm)
    return 10 * math.log10(sum(v * v for v in values) / len(values) / 32768**2)


class TestContract(VoiceContract):
    @pytest.fixture
    def fresh(self, fresh: EspeakSpeech) -> EspeakSpeech:
        return fresh


async def test_the_right_sentence_is_heard(voice: EspeakSpeech, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    for preset, sentence in zip(PRESETS, SENTENCES, strict=False):
        assert heard(await say(voice, sentence.capitalize() + ".", name=preset), folder) == sentence


async def test_sound_comes_in_pieces_and_soon(voice: EspeakSpeech) -> None:
    await say(voice, "Once to load the voice.")
    waits: list[float] = []
    for _ in range(15):
        begin = time.perf_counter()
        stream = voice.synthesize(SpeechRequest(TEXT))
        first = await anext(stream)
        waits.append(time.perf_counter() - begin)
        assert isinstance(first, Pcm)
        assert len(first.data) < 48 * 100
        assert isinstance(await anext(stream), Pcm)
        await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    print(f"first sound after {sorted(waits)[7] * 1e3:.2f} ms p50, {sorted(waits)[13] * 1e3:.2f} ms p95")
    assert sorted(waits)[7] < 0.5  # a wide limit: that it comes in pieces is what the sizes say


async def test_words_and_shapes_are_where_the_sound_is(voice: EspeakSpeech) -> None:
    text = "Wow — 1,000 coins for Mika? 🎉 Really…"
    pieces = await collect(voice.synthesize(SpeechRequest(text)))
    marks = [(text[p.start : p.end], p) for p in pieces if isinstance(p, WordMark)]
    assert [word.strip("…?") for word, _ in marks] == ["Wow", "1,000", "coins", "for", "Mika", "Really"]
    at = {word.strip("…?"): (mark.at_ms, mark.at_ms + mark.dur_ms) for word, mark in marks}
    shapes = [p for p in pieces if isinstance(p, VisemeMark)]
    begin, end = at["Mika"]
    assert "mbp" in [s.shape for s in shapes if begin - 30 <= s.at_ms < end]
    pcm = sound(pieces)
    for word, (begin, end) in at.items():
        assert rms_db(pcm[begin * 48 : end * 48]) > -40, word
    pause = next(s for s in shapes if s.shape == "sil" and (s.dur_ms or 0) >= 40)
    assert pause.dur_ms
    silent = pcm[(pause.at_ms + 15) * 48 : (pause.at_ms + pause.dur_ms - 15) * 48]
    assert max(map(abs, samples(silent))) < 3000


@pytest.mark.parametrize(
    ("ipa", "shape"),
    [("m", "mbp"), ("p", "mbp"), ("ɑː", "aa"), ("iː", "ih"), ("uː", "ou"), ("ɛ", "ee"), ("oʊ", "oh"), ("tʃ", "ou"),
     ("s", "ih"), ("", "sil"), ("aɪ", "aa")],
)  # fmt: skip
async def test_shape_of_a_phoneme(ipa: str, shape: str) -> None:
    assert shape_of(ipa) == shape


async def test_every_preset_is_as_loud_and_none_clicks(voice: EspeakSpeech) -> None:
    levels: dict[str, float] = {}
    for name in (*PRESETS, "en-gb+m4", "+Annie"):
        pcm = await say(voice, "The quick brown fox jumps over the lazy dog.", name=name)
        levels[name] = rms_db(pcm)
        values = samples(pcm)
        assert abs(values[0]) < 100
        assert abs(values[-1]) < 100
        assert max(map(abs, values)) < 32_700
    assert max(levels.values()) - min(levels.values()) < 4, levels
    assert -26 < sum(levels.values()) / len(levels) < -17


async def test_personas_sound_different(voice: EspeakSpeech) -> None:
    sounds = {name: await say(voice, TEXT, name=name) for name in PRESETS}
    assert len(set(sounds.values())) == len(PRESETS)
    slow, fast = await say(voice, TEXT, rate=0.7), await say(voice, TEXT, rate=1.5)
    assert len(slow) > 1.5 * len(fast)
    low, high = await say(voice, "aaah", pitch=0.7), await say(voice, "aaah", pitch=1.4)
    assert crossings(high) > crossings(low)
    assert rms_db(await say(voice, TEXT, volume=0.5)) == pytest.approx(rms_db(await say(voice, TEXT)) - 6, abs=0.5)


def crossings(pcm: bytes) -> int:
    """Sign changes of the sound after a crude low-pass: follows the pitch."""
    values = samples(pcm)
    smooth = [sum(values[i : i + 60]) for i in range(0, len(values) - 60, 8)]
    return sum((a < 0) != (b < 0) for a, b in itertools.pairwise(smooth))


async def test_a_name_of_another_engine_gets_a_preset_of_its_own() -> None:
    one, two = sound_of(VoiceSpec(name="en-US-AriaNeural")), sound_of(VoiceSpec(name="en-US-GuyNeural"))
    assert one.voice != two.voice
    assert one == sound_of(VoiceSpec(name="en-US-AriaNeural"))
    assert sound_of(VoiceSpec(name="de+f2")).voice == "de+f2"
    assert sound_of(VoiceSpec(name="+Annie", language="en-GB")).voice == "en-gb+Annie"
    assert sound_of(VoiceSpec(language="zh-TW")).voice.startswith("cmn+")
    assert sound_of(VoiceSpec(name="x; rm -rf /")).voice.startswith("en-us+")


async def test_factors_stay_in_range() -> None:
    for factor in (0.0, -3.0, 1e9):
        wild = sound_of(VoiceSpec(rate=factor, pitch=factor, volume=factor), "joy")
        assert 80 <= wild.rate <= 400
        assert 0 <= wild.pitch <= 99
        assert 0 <= wild.volume <= 2
    assert sound_of(VoiceSpec(), "sad").rate < sound_of(VoiceSpec(), "joy").rate


async def test_unknown_language_falls_back(voice: EspeakSpeech) -> None:
    assert len(await say(voice, "Hello", language="xx-YY")) > 4800


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [("こんにちは", "ja", False), ("今日は", "ja-JP", True), ("你好", "zh", False), ("你好", "en", True),
     ("Hello 三", "en", False), ("hello", "ja", False)],
)  # fmt: skip
async def test_what_it_cannot_read(text: str, language: str, *, expected: bool) -> None:
    assert unreadable(text, language) is expected


async def test_kanji_is_left_to_the_next_voice(voice: EspeakSpeech) -> None:
    with pytest.raises(Unavailable):
        await collect(voice.synthesize(SpeechRequest("今日は元気です", VoiceSpec(language="ja"))))
    assert len(await say(voice, "こんにちは", language="ja")) > 4800


async def test_killed_worker_is_replaced(fresh: EspeakSpeech) -> None:
    assert fresh._worker is not None
    before = fresh._worker._process
    before.kill()
    await before.wait()
    assert len(await say(fresh, TEXT)) > 48_000
    assert fresh._worker is not None
    assert fresh._worker._process.pid != before.pid


async def test_worker_killed_in_the_middle_never_looks_complete(fresh: EspeakSpeech) -> None:
    stream = fresh.synthesize(SpeechRequest(TEXT * 30))
    assert isinstance(await anext(stream), Pcm)
    assert fresh._worker is not None
    fresh._worker.kill()
    with pytest.raises(Unavailable):
        await collect(stream)
    assert len(await say(fresh, TEXT)) > 48_000


async def test_hanging_worker_is_replaced(fresh: EspeakSpeech, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("needs SIGSTOP")
    import signal

    monkeypatch.setattr("streamer.adapters.tts.espeak.FRAME_LIMIT_S", 2.5)
    assert fresh._worker is not None
    before = fresh._worker._process
    before.send_signal(signal.SIGSTOP)
    assert len(await say(fresh, TEXT)) > 48_000
    assert before.returncode is not None


async def test_a_cancelled_utterance_does_not_hold_up_the_next(voice: EspeakSpeech) -> None:
    await say(voice, "Once to load the voice.")
    stream = voice.synthesize(SpeechRequest(TEXT * 100))
    await anext(stream)
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    begin = time.perf_counter()
    await say(voice, "Hi.")
    assert time.perf_counter() - begin < 5  # the hundred sentences would take more than ten


async def test_nothing_is_left_after_close() -> None:
    traces = Traces()
    voice = EspeakVoice().open()
    with contextlib.suppress(Misconfigured):
        await voice.warm()
    process = voice._worker._process if voice._worker else None
    stream = voice.synthesize(SpeechRequest(TEXT * 5))
    with contextlib.suppress(Misconfigured):
        await anext(stream)
    await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    await voice.aclose()
    await traces.gone()
    assert process is None or process.returncode is not None


async def test_no_library_says_what_to_install() -> None:
    voice = EspeakVoice(library="/nowhere/libespeak-ng.so").open()
    with pytest.raises(Misconfigured) as caught:
        await voice.warm()
    assert "install" in caught.value.fix
    with pytest.raises(Misconfigured):
        await collect(voice.synthesize(SpeechRequest(TEXT)))
    await voice.aclose()


async def test_the_wheel_s_library_speaks_too() -> None:
    wheel = _from_wheel()
    if not wheel:
        pytest.skip("espeakng-loader is not installed")
    voice = EspeakVoice(library=wheel[0][0], data=wheel[0][1]).open()
    assert len(await say(voice, TEXT)) > 48_000
    await voice.aclose()


async def test_unreadable_request_does_not_end_the_worker(fresh: EspeakSpeech) -> None:
    assert fresh._worker is not None
    fresh._worker.send({"id": 999_999, "text": 5})
    fresh._worker.send({"id": 999_998, "text": "x", "voice": "nope", "rate": "fast"})
    process = fresh._worker._process
    assert len(await say(fresh, TEXT)) > 48_000
    assert process.returncode is None


async def test_worker_needs_only_the_standard_library() -> None:
    tree = ast.parse(Path(WORKER).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("rate_in", [22_050, 16_000, 44_100])
async def test_resampler_keeps_a_tone(rate_in: int) -> None:
    tone = [round(10_000 * math.sin(2 * math.pi * 1000 * i / rate_in)) for i in range(rate_in // 2)]
    voice = espeak_worker.Voice(rate_in, 1.0)
    out = b"".join(voice.feed(tone[i : i + 333]) for i in range(0, len(tone), 333)) + voice.finish()
    values = samples(out)
    assert abs(len(values) - 12_000) <= 2
    worst = max(
        abs(values[i] - 10_000 * math.sin(2 * math.pi * 1000 * i / 24_000)) for i in range(2_000, len(values) - 2_000)
    )
    assert worst < 60


async def test_done_says_how_long(voice: EspeakSpeech) -> None:
    pieces = await collect(voice.synthesize(SpeechRequest(TEXT)))
    assert pieces[-1] == Done(len(sound(pieces)) // 48)
    begin = time.perf_counter()
    await collect(voice.synthesize(SpeechRequest(TEXT)))
    print(f"real-time factor {(time.perf_counter() - begin) / (len(sound(pieces)) / 48_000):.3f}")
    await asyncio.sleep(0)
