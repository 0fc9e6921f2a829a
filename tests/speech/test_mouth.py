"""Opening and shapes."""

import time

import pytest

from streamer.adapters.tts.espeak import EspeakVoice
from streamer.ports import FRAME_BYTES, Pcm, SpeechRequest, VisemeMark, VoiceSpec
from streamer.speech.captions import estimated
from streamer.speech.mouth import Envelope, shape_of_sound, shapes_of_levels, shapes_of_marks, shapes_of_words
from tests.fakes.tts import tone

LOUD, QUIET, SILENT = tone(20, 8000), tone(20, 800), tone(20, 0)


def levels(*frames: bytes) -> list[int]:
    envelope = Envelope()
    return [envelope.feed(frame) for frame in frames]


def test_opens_quickly_and_closes_slowly():
    out = levels(*[LOUD] * 10, *[SILENT] * 15)
    assert out[1] > 60
    assert out[9] > 90
    assert out[10] > 50
    assert 15 < out[15] < 50
    assert out[-1] < 8
    assert all(0 <= level <= 100 for level in out)


def test_a_quiet_voice_opens_as_far():
    envelope = Envelope()
    assert [envelope.feed(QUIET) for _ in range(3000)][-1] > 80


def test_silence_is_closed():
    assert levels(*[SILENT] * 5) == [0] * 5


def test_shapes_from_sound():
    assert shape_of_sound(SILENT, 0) == "sil"
    assert shapes_of_levels(["sil", "aa", "aa", "oh", "aa", "aa", "sil"]) == [(0, "sil"), (20, "aa"), (120, "sil")]


@pytest.mark.parametrize("voice", ["en-us+f2", "en-us+m4", "es+m3"])
async def test_shapes_are_those_of_the_phonemes(voice: str):
    """Against the phonemes of a synthesizer that tells them; guessing by zero crossings was right in a quarter."""
    engine = EspeakVoice().open()
    text = "My boss moved my blue boat to the other side, maybe two hours ago."
    pieces = [piece async for piece in engine.synthesize(SpeechRequest(text, VoiceSpec(voice, language=voice[:2])))]
    await engine.aclose()
    sound = b"".join(piece.data for piece in pieces if isinstance(piece, Pcm))
    marks = [piece for piece in pieces if isinstance(piece, VisemeMark)]
    envelope, right, count = Envelope(), 0, 0
    for at in range(0, len(sound) - FRAME_BYTES, FRAME_BYTES):
        frame, middle = sound[at : at + FRAME_BYTES], at // 48 + 10
        truth = next((mark.shape for mark in marks if mark.at_ms <= middle < mark.at_ms + (mark.dur_ms or 0)), "sil")
        right += shape_of_sound(frame, envelope.feed(frame)) == truth
        count += 1
    print(f"{voice}: {right / count:.0%} of {count} frames")
    assert right / count > 0.5


def test_shapes_from_letters():
    text = "mama go"
    shapes = shapes_of_words(text, estimated(text, 700, at_ms=1000))
    assert [shape for _, shape in shapes] == ["mbp", "aa", "mbp", "aa", "oh", "sil"]
    assert [at for at, _ in shapes] == sorted(at for at, _ in shapes)
    assert shapes[0][0] == 1000


def test_shapes_from_marks():
    marks = [VisemeMark(100, "oh", 50), VisemeMark(0, "aa"), VisemeMark(150, "mbp", 20)]
    assert shapes_of_marks(marks, at_ms=40) == [(40, "aa"), (140, "oh"), (190, "mbp"), (210, "sil")]


def test_japanese_letters():
    assert {shape for _, shape in shapes_of_words("さくら", [(0, 300, 0, 3)])} == {"aa", "ou", "sil"}


def test_fast():
    envelope = Envelope()
    began = time.process_time()
    for _ in range(2000):
        shape_of_sound(LOUD, envelope.feed(LOUD))
    each_us = (time.process_time() - began) / 2000 * 1e6
    print(f"mouth: {each_us:.0f} us per frame")
    assert each_us < 500
