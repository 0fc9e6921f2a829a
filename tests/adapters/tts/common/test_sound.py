import pytest

from streamer.adapters.tts.common.sound import (
    BadSound,
    PcmStream,
    Resampler,
    WavStream,
    decoder_for,
    is_silent,
    kind_of,
)
from tests.adapters.tts.formats import floats, lag, relayed, wide
from tests.adapters.tts.spoken import spoken
from tests.fakes.edge_tts import mp3_of
from tests.fakes.http_voice import wav_header

TEXT = "Hello everyone, and welcome back to the show!"


def through(data: bytes, step: int = 333) -> bytes:
    stream = WavStream()
    return b"".join(stream.feed(data[i : i + step]) for i in range(0, len(data), step)) + stream.finish()


@pytest.mark.parametrize("step", [1, 3, 44, 100_000])
def test_plain_wav_passes_unchanged(step: int) -> None:
    pcm = spoken("Hi.")
    assert through(wav_header(len(pcm)) + pcm, step) == pcm
    assert through(wav_header(0xFFFFFFFF) + pcm, step) == pcm
    assert through(wav_header(0) + pcm, step) == pcm


@pytest.mark.parametrize(("rate_hz", "channels"), [(22_050, 1), (48_000, 2), (16_000, 1), (44_100, 2), (32_000, 6)])
def test_other_rates_and_channels(rate_hz: int, channels: int) -> None:
    pcm = spoken(TEXT)
    data = relayed(pcm, rate_hz, channels)
    out = through(wav_header(len(data), rate_hz, channels) + data)
    assert len(out) == pytest.approx(len(pcm), abs=48 * 5)
    assert abs(lag(pcm, out)) <= 2


def test_other_sample_formats() -> None:
    pcm = spoken(TEXT)
    assert through(wav_header(len(pcm) * 2, bits=32, tag=3) + floats(pcm))[:4000] == pytest.approx(pcm[:4000], abs=1)
    assert abs(lag(pcm, through(wav_header(len(pcm) // 2 * 3, bits=24) + wide(pcm), 100))) == 0
    eight = bytes((b ^ 0x80) for b in pcm[1::2])
    assert abs(lag(pcm, through(wav_header(len(eight), bits=8) + eight))) <= 1


def test_chunks_before_the_data_are_skipped() -> None:
    pcm = spoken("Hi.")
    head = wav_header(len(pcm))
    extra = b"LIST" + (7).to_bytes(4, "little") + b"whatever"
    assert through(head[:36] + extra + head[36:] + pcm, 5) == pcm
    trailing = through(head + pcm + b"LIST\x04\0\0\0junk")
    assert trailing == pcm


@pytest.mark.parametrize(
    "data",
    [b"", b"RIF", b"OggS" + bytes(100), b"RIFF\0\0\0\0AVI " + bytes(40), wav_header(100, bits=12),
     wav_header(100, tag=85), wav_header(100, rate_hz=0), wav_header(100, channels=60),
     b"RIFF\0\0\0\0WAVEdata\x10\0\0\0" + bytes(16),
     b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\x7f" + bytes(100), b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0" + bytes(100)],
)  # fmt: skip
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(BadSound):
        through(data)


def test_missing_sound_is_noticed() -> None:
    stream = WavStream()
    stream.feed(wav_header(1000) + bytes(998))
    assert stream.short
    stream.feed(bytes(2))
    assert not stream.short


def test_odd_bytes_wait() -> None:
    stream = PcmStream()
    assert stream.feed(b"\x01") == b""
    assert stream.feed(b"\x02\x03") == b"\x01\x02"
    assert stream.finish() == b""


def test_resampler_takes_any_cut() -> None:
    data = relayed(spoken("Hi."), 44_100, 2)
    whole, cut = Resampler(44_100, 2, "s16"), Resampler(44_100, 2, "s16")
    one = whole.feed(data) + whole.finish()
    many = b"".join(cut.feed(data[i : i + 5]) for i in range(0, 20_000, 5)) + cut.feed(data[20_000:]) + cut.finish()
    assert len(many) == len(one)
    assert lag(one, many) == 0


@pytest.mark.parametrize(
    ("content_type", "first", "asked", "kind"),
    [("audio/wav", b"xx", None, "wav"), ("audio/mpeg; q=1", b"xx", "pcm", "mp3"), ("", b"RIFF", "pcm", "wav"),
     ("application/octet-stream", b"\xff\xfb\x90", None, "mp3"),
     ("application/octet-stream", b"\xff\xfb", "pcm", "pcm"),
     ("audio/L16", b"ab", None, "pcm"), ("", b"ID3\x04", "pcm", "mp3"), ("", b"ab", "mp3", "mp3"),
     ("", b"", None, "pcm"),
     ("audio/x-wav", b"", "mp3", "wav"), ("application/octet-stream", b"\xff\xf3", "mp3", "mp3")],
)  # fmt: skip
def test_what_a_body_is(content_type: str, first: bytes, asked: str | None, kind: str) -> None:
    assert kind_of(content_type, first, asked) == kind  # pyright: ignore[reportArgumentType]


def test_every_kind_has_a_decoder() -> None:
    pcm = spoken("Hi.")
    for kind, data in (("pcm", pcm), ("wav", wav_header(len(pcm)) + pcm), ("mp3", mp3_of(pcm))):
        decoder = decoder_for(kind)  # pyright: ignore[reportArgumentType]
        assert len(decoder.feed(data) + decoder.finish()) >= len(pcm) - 96
        assert not decoder.short
    slow = decoder_for("pcm", 48_000)
    assert len(slow.feed(bytes(9600)) + slow.finish()) == pytest.approx(4800, abs=100)


def test_silence_is_told_from_sound() -> None:
    assert is_silent(bytes(100))
    assert is_silent(b"")
    assert not is_silent(b"\0\x10" * 3)
