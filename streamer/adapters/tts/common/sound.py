"""Sound as servers send it (raw PCM, WAV, MP3) turned into s16le mono at 24,000 Hz while it arrives."""

import array
import sys
from typing import Any, Literal, Protocol

from streamer.adapters.tts.common.mp3 import Mp3Decoder, Mp3Error
from streamer.ports import RATE_HZ

Format = Literal["pcm", "wav", "mp3"]
MAX_HEADER = 64 * 1024
UNKNOWN_LENGTH = (0, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFFFFF - 36, 0xFFFFFFFF - 36)
"""Sizes that streaming servers write into a WAV header when they do not know it yet."""


class BadSound(Exception):
    """The bytes are not what they were said to be."""


class Decoder(Protocol):
    """`feed` and `finish` return 24,000 Hz s16le mono; they raise BadSound."""

    def feed(self, data: bytes) -> bytes: ...

    def finish(self) -> bytes: ...

    @property
    def short(self) -> bool:
        """Whether the stream announced more sound than it brought."""
        ...


class Resampler:
    """Any PCM layout to 24,000 Hz s16le mono, with FFmpeg's resampler. Samples may be split anywhere."""

    def __init__(self, rate_hz: int, channels: int, kind: str) -> None:
        import av

        self._av: Any = av
        self._layout = "mono" if channels == 1 else "stereo" if channels == 2 else f"{channels}c"
        self._kind, self._rate_hz = kind, rate_hz
        self._block = channels * {"u8": 1, "s16": 2, "s32": 4, "flt": 4, "dbl": 8}[kind]
        self._resampler: Any = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        self._carry = b""

    def feed(self, data: bytes) -> bytes:
        data = self._carry + data
        whole = len(data) - len(data) % self._block
        data, self._carry = data[:whole], data[whole:]
        if not data:
            return b""
        frame = self._av.AudioFrame(format=self._kind, layout=self._layout, samples=len(data) // self._block)
        frame.sample_rate = self._rate_hz
        frame.planes[0].update(data.ljust(frame.planes[0].buffer_size, b"\0"))
        return b"".join(_plane(out) for out in self._resampler.resample(frame))

    def finish(self) -> bytes:
        return b"".join(_plane(out) for out in self._resampler.resample(None))


def _plane(frame: Any) -> bytes:
    return bytes(frame.planes[0])[: frame.samples * 2]


class PcmStream:
    """s16le mono at a known rate; an odd byte waits for its other half."""

    short = False

    def __init__(self, rate_hz: int = RATE_HZ) -> None:
        self._resampler = None if rate_hz == RATE_HZ else Resampler(rate_hz, 1, "s16")
        self._carry = b""

    def feed(self, data: bytes) -> bytes:
        if self._resampler is not None:
            return self._resampler.feed(data)
        data = self._carry + data
        whole = len(data) & ~1
        data, self._carry = data[:whole], data[whole:]
        return data

    def finish(self) -> bytes:
        return self._resampler.finish() if self._resampler is not None else b""


class Mp3Stream:
    """MP3 bytes. Refuses bytes in which no frame is found."""

    short = False

    def __init__(self) -> None:
        self._decoder = Mp3Decoder(RATE_HZ)
        self._fed = 0

    def feed(self, data: bytes) -> bytes:
        self._fed += len(data)
        try:
            out = self._decoder.feed(data)
        except Mp3Error as error:
            raise BadSound("not MP3") from error
        if self._fed > MAX_HEADER and not self._decoder.frames:
            raise BadSound("not MP3")
        return out

    def finish(self) -> bytes:
        out = self._decoder.finish()
        if self._fed and not self._decoder.frames:
            raise BadSound("not MP3")
        return out


class WavStream:
    """RIFF/WAVE read while it arrives: any rate, 1 to 8 channels, integers of 8 to 32 bits and floats.

    Raises BadSound for anything else. Data after the announced length is ignored; a length that means "not known" is
    read to the end.
    """

    def __init__(self) -> None:
        self._head = bytearray(b"")
        self._left: int | None = None
        self._sound: Resampler | PcmStream | None = None
        self._format: tuple[int, int, int, int] | None = None
        self._wide = b""

    @property
    def short(self) -> bool:
        return self._sound is None or bool(self._left)

    def feed(self, data: bytes) -> bytes:
        if self._sound is None:
            self._head += data
            rest = self._read_header()
            if rest is None:
                return b""
            data = rest
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        return self._narrow(data)

    def finish(self) -> bytes:
        if self._sound is None:
            raise BadSound("no WAV header")
        return self._sound.finish()

    def _read_header(self) -> bytes | None:
        head = bytes(self._head)
        if len(head) < 12:
            if not b"RIFF".startswith(head[:4]):
                raise BadSound("not WAV")
            return None
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            raise BadSound("not WAV")
        at = 12
        while at + 8 <= len(head):
            name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
            if name == b"data":
                self._open(size)
                return head[at + 8 :]
            if at + 8 + size > MAX_HEADER:
                raise BadSound("WAV header too large")
            if name == b"fmt " and len(head) >= at + 8 + size:
                self._read_format(head[at + 8 : at + 8 + size])
            at += 8 + size + (size & 1)
        return None

    def _read_format(self, chunk: bytes) -> None:
        if len(chunk) < 16:
            raise BadSound("WAV format too short")
        tag, channels = int.from_bytes(chunk[0:2], "little"), int.from_bytes(chunk[2:4], "little")
        rate, bits = int.from_bytes(chunk[4:8], "little"), int.from_bytes(chunk[14:16], "little")
        if tag == 0xFFFE and len(chunk) >= 26:  # WAVE_FORMAT_EXTENSIBLE: the real tag is in the sub-format
            tag = int.from_bytes(chunk[24:26], "little")
        if not (1 <= channels <= 8 and 4_000 <= rate <= 384_000):
            raise BadSound("WAV with an impossible rate or number of channels")
        self._format = (tag, channels, rate, bits)

    def _open(self, size: int) -> None:
        if self._format is None:
            raise BadSound("WAV data before its format")
        tag, channels, rate, bits = self._format
        kinds = {(1, 8): "u8", (1, 16): "s16", (1, 24): "s32", (1, 32): "s32", (3, 32): "flt", (3, 64): "dbl"}
        kind = kinds.get((tag, bits))
        if kind is None:
            raise BadSound("WAV in an encoding that is not supported")
        plain = kind == "s16" and channels == 1 and rate == RATE_HZ
        self._sound = PcmStream() if plain else Resampler(rate, channels, kind)
        self._left = None if size in UNKNOWN_LENGTH else size

    def _narrow(self, data: bytes) -> bytes:
        assert self._sound is not None  # noqa: S101
        assert self._format is not None  # noqa: S101
        if self._format[3] != 24:
            return self._sound.feed(data)
        data = self._wide + data
        whole = len(data) - len(data) % 3
        data, self._wide = data[:whole], data[whole:]
        wide = bytearray(whole // 3 * 4)
        for i in range(3):
            wide[i + 1 :: 4] = data[i::3]
        return self._sound.feed(bytes(wide))


def kind_of(content_type: str, first: bytes, asked: Format | None) -> Format:
    """What a body is: by its Content-Type, else by its first bytes, else what was asked for.

    Raw PCM has no mark of its own, so MP3 is only recognised by its bytes when PCM was not what was asked for.
    """
    name = content_type.split(";", maxsplit=1)[0].strip().lower()
    if first[:4] == b"RIFF" or "wav" in name:
        return "wav"
    if first[:3] == b"ID3" or name in ("audio/mpeg", "audio/mp3", "audio/mpeg3", "audio/x-mp3"):
        return "mp3"
    if name in ("audio/pcm", "audio/l16", "audio/raw", "audio/x-raw"):
        return "pcm"
    if asked != "pcm" and len(first) > 1 and first[0] == 0xFF and first[1] & 0xE6 in (0xE2, 0xE6):
        return "mp3"
    return asked or "pcm"


def decoder_for(kind: Format, pcm_rate_hz: int = RATE_HZ) -> Decoder:
    """A fresh decoder."""
    if kind == "wav":
        return WavStream()
    if kind == "mp3":
        return Mp3Stream()
    return PcmStream(pcm_rate_hz)


def is_silent(pcm: bytes) -> bool:
    """Whether no sample rises above 8 of 32768: digital silence with rounding."""
    samples = array.array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return not samples or max(samples) <= 8 and min(samples) >= -8  # noqa: RUF021
