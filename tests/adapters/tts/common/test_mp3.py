import time

import pytest

from streamer.adapters.tts.common.mp3 import Mp3Decoder, Mp3Error
from tests.adapters.tts.formats import lag, mp3_file_of
from tests.adapters.tts.spoken import spoken
from tests.fakes.edge_tts import mp3_of

TEXT = "Hello everyone, and welcome back to the show!"


def decode(data: bytes, step: int) -> bytes:
    decoder = Mp3Decoder()
    return b"".join(decoder.feed(data[i : i + step]) for i in range(0, len(data), step)) + decoder.finish()


@pytest.mark.parametrize("step", [1, 7, 720, 100_000])
def test_the_size_of_pieces_does_not_matter(step: int) -> None:
    data = mp3_of(spoken(TEXT))
    assert decode(data, step) == decode(data, 500)


def test_sound_is_where_it_was() -> None:
    pcm = spoken(TEXT)
    for data in (mp3_of(pcm), mp3_file_of(pcm), b"ID3\x04\0\0\0\0\x01\x00" + bytes(128) + mp3_of(pcm)):
        out = decode(data, 720)
        assert abs(lag(pcm, out)) <= 1
        assert -1 <= (len(out) - len(pcm)) / 48 <= 60


def test_first_sound_comes_out_of_the_first_frames() -> None:
    data = mp3_of(spoken(TEXT))
    begin, cpu = time.perf_counter(), time.process_time()
    decoder, fed = Mp3Decoder(), 0
    while not decoder.samples:
        decoder.feed(data[fed : fed + 144])
        fed += 144
    first = time.perf_counter() - begin
    while fed < len(data):
        decoder.feed(data[fed : fed + 144])
        fed += 144
    spent = time.process_time() - cpu
    print(f"first sound from {fed} bytes in {first * 1e3:.2f} ms, {spent * 1e3 / (decoder.samples / 24_000):.2f} ms/s")
    assert decoder.samples / 24_000 > 1
    assert spent < 0.1 * decoder.samples / 24_000


def test_other_rates_are_resampled() -> None:
    pcm = spoken(TEXT)
    out = decode(mp3_of(pcm, rate_hz=48_000), 720)
    assert len(out) == pytest.approx(len(pcm) / 2, rel=0.05)


@pytest.mark.parametrize(
    "data", [b"<html>no</html>" * 500, bytes(20_000), b"\xff\xfb" * 5_000, b"ID3", b"", b"ID3\x04"]
)
def test_nonsense_gives_no_sound(data: bytes) -> None:
    decoder = Mp3Decoder()
    try:
        out = decoder.feed(data) + decoder.finish()
    except Mp3Error:
        return
    assert not any(out)


def test_endless_tag_is_refused() -> None:
    with pytest.raises(Mp3Error):
        Mp3Decoder().feed(b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(100))


def test_broken_frames_in_the_middle_are_survived() -> None:
    data = bytearray(mp3_of(spoken(TEXT)))
    data[5000:5400] = b"\xaa" * 400
    out = decode(bytes(data), 720)
    assert len(out) / 48_000 > 1.5
