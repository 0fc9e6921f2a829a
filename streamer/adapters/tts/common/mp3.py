"""MP3 decoded in this process, piece by piece: the first sound comes out after the first frames came in."""

import contextlib
import re
from typing import Any

DECODER_DELAY = 529
"""Samples an MP3 decoder adds in front (ISO/IEC 11172-3 hybrid filter bank)."""
ENCODER_DELAY = 576
"""Samples LAME adds in front when the stream does not say otherwise."""
ID3_HEADER = 10
MAX_ID3 = 4 << 20


class Mp3Error(Exception):
    """The bytes are no MP3."""


class Mp3Decoder:
    """`feed` bytes of any length, get s16le mono at `rate_hz`. Leading ID3v2 and the codec's delay are removed.

    A first frame with a Xing or Info tag holds no sound; its LAME part gives the encoder's delay. PyAV is imported
    here, so building one costs about 0.1 s the first time (`warm_up` does that ahead).
    """

    def __init__(self, rate_hz: int = 24_000) -> None:
        import av
        import av.error

        self._errors: tuple[type[Exception], ...] = (av.error.FFmpegError, ValueError)
        self._av: Any = av
        # The integer decoder: its mono frames are s16 as they are. The resampler would cost 0.35 ms for each.
        self._codec: Any = av.CodecContext.create("mp3", "r")
        self._resampler: Any = None
        self._rate_hz = rate_hz
        self._head = bytearray()
        self._id3_left: int | None = None
        self._skip: int | None = None
        self._encoder_delay = ENCODER_DELAY
        self._first_packet = True
        self._bad = 0
        self.frames = 0
        self.samples = 0

    def feed(self, data: bytes) -> bytes:
        """Raises Mp3Error when the stream makes no sense."""
        data = self._without_id3(data)
        if not data:
            return b""
        try:
            packets = self._codec.parse(data)
        except self._errors as error:
            raise Mp3Error(str(error)) from error
        return b"".join(self._decode(packet) for packet in packets)

    def finish(self) -> bytes:
        """The rest. The codec cannot be fed after it."""
        out: list[bytes] = []
        with contextlib.suppress(*self._errors):
            out.extend(self._decode(packet) for packet in self._codec.parse(b""))
        with contextlib.suppress(*self._errors):
            out.extend(self._sound(frame) for frame in self._codec.decode(None))
        with contextlib.suppress(*self._errors):
            rest = self._resampler.resample(None) if self._resampler is not None else []
            out.extend(self._plane(frame) for frame in rest)
        return self._trim(b"".join(out)) if out else b""

    def _without_id3(self, data: bytes) -> bytes:
        if self._id3_left is None:
            self._head += data
            if len(self._head) < ID3_HEADER and b"ID3"[: len(self._head)] == self._head[:3]:
                return b""
            data, self._head = bytes(self._head), bytearray()
            self._id3_left = 0
            if data[:3] == b"ID3":
                size = sum((b & 0x7F) << (7 * (3 - i)) for i, b in enumerate(data[6:10]))
                if size > MAX_ID3:
                    raise Mp3Error("ID3 tag too large")
                self._id3_left = size + ID3_HEADER + (ID3_HEADER if data[5] & 0x10 else 0)
        if self._id3_left:
            cut = min(self._id3_left, len(data))
            self._id3_left -= cut
            data = data[cut:]
        return data

    def _decode(self, packet: Any) -> bytes:
        if self._first_packet:
            self._first_packet = False
            if self._is_tag(bytes(packet)):
                return b""
        try:
            frames = self._codec.decode(packet)
        except self._errors as error:
            self._bad += 1
            if self._bad > 8 and self._bad > self.frames:
                raise Mp3Error(str(error)) from error
            return b""
        return self._trim(b"".join(self._sound(frame) for frame in frames))

    def _is_tag(self, packet: bytes) -> bool:
        found = re.search(rb"Xing|Info", packet[:64])
        if found is None:
            return False
        lame = re.search(rb"LAME|Lavc|Lavf", packet)
        if lame is not None and len(packet) >= lame.start() + 24:
            at = lame.start() + 21
            self._encoder_delay = (packet[at] << 4) | (packet[at + 1] >> 4)
        return True

    def _sound(self, frame: Any) -> bytes:
        self.frames += 1
        if self._skip is None:
            delay = self._encoder_delay + DECODER_DELAY
            self._skip = round(delay * self._rate_hz / frame.sample_rate)
        plain = frame.sample_rate == self._rate_hz and frame.layout.nb_channels == 1
        if self._resampler is None and plain and frame.format.name in ("s16p", "s16"):
            return self._plane(frame)
        if self._resampler is None:
            self._resampler = self._av.AudioResampler(format="s16", layout="mono", rate=self._rate_hz)
        return b"".join(self._plane(out) for out in self._resampler.resample(frame))

    @staticmethod
    def _plane(frame: Any) -> bytes:
        return bytes(frame.planes[0])[: frame.samples * 2]

    def _trim(self, pcm: bytes) -> bytes:
        if self._skip:
            cut = min(self._skip, len(pcm) // 2)
            self._skip -= cut
            pcm = pcm[cut * 2 :]
        self.samples += len(pcm) // 2
        return pcm


def warm_up() -> None:
    """Imports PyAV and builds a decoder once: about 0.1 s. Meant for a thread."""
    Mp3Decoder()
