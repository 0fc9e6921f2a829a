"""Work on PCM."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from streamer.ports import FRAME_BYTES
from streamer.speech.levels import SILENCE, Framer, fade_out, is_quiet, loudness, samples, scale
from tests.fakes.tts import tone


@given(st.binary(max_size=5000), st.lists(st.integers(1, 1500), max_size=12))
def test_frames_of_any_chunks(pcm: bytes, sizes: list[int]):
    framer = Framer()
    frames: list[bytes] = []
    rest = pcm
    for size in [*sizes, 5000]:
        frames += framer.feed(rest[:size])
        rest = rest[size:]
    frames += framer.flush()
    assert all(len(frame) == FRAME_BYTES for frame in frames)
    even = pcm[: len(pcm) & ~1]
    assert b"".join(frames).startswith(even)
    assert len(frames) == -(-len(even) // FRAME_BYTES)


def test_scale_clips():
    assert list(samples(scale(array("h", [100, -100, 30_000, -30_000]).tobytes(), 2))) == [200, -200, 32767, -32768]
    assert scale(b"ab", 1.0) == b"ab"


def test_fade_ends_in_silence():
    values = samples(fade_out(array("h", [1000] * 480).tobytes()))
    assert values[0] == 1000
    assert values[-1] < 10
    assert list(values) == sorted(values, reverse=True)


def test_loudness():
    assert loudness(SILENCE) == 0
    assert loudness(b"") == 0
    assert abs(loudness(tone(20, 10_000)) - 7071) < 300
    assert is_quiet(SILENCE)
    assert is_quiet(b"")
    assert is_quiet(tone(20, 50))
    assert not is_quiet(tone(20, 500))
