"""Sound in other formats, for the fake servers."""

import array
import io
import struct
from typing import Any

from tests.fakes.http_voice import wav_header


def wav_of(pcm: bytes) -> bytes:
    return wav_header(len(pcm)) + pcm


def mp3_file_of(pcm: bytes) -> bytes:
    """With an ID3 tag and a Xing frame, as encoders write files."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream: Any = container.add_stream("libmp3lame", rate=24_000)
        stream.layout = "mono"
        frame: Any = av.AudioFrame(format="s16", layout="mono", samples=len(pcm) // 2)
        frame.sample_rate = 24_000
        frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return out.getvalue()


def relayed(pcm: bytes, rate_hz: int, channels: int) -> bytes:
    """24,000 Hz mono at another rate and number of channels, by linear interpolation."""
    samples = array.array("h", pcm)
    step = 24_000 / rate_hz
    out = array.array("h")
    for i in range(int((len(samples) - 1) / step)):
        at = i * step
        low = int(at)
        value = round(samples[low] + (samples[low + 1] - samples[low]) * (at - low))
        out.extend([value] * channels)
    return out.tobytes()


def floats(pcm: bytes) -> bytes:
    samples = array.array("h", pcm)
    return struct.pack(f"<{len(samples)}f", *(s / 32768 for s in samples))


def wide(pcm: bytes) -> bytes:
    """24-bit samples."""
    return b"".join(b"\0" + pcm[i : i + 2] for i in range(0, len(pcm), 2))


def lag(one: bytes, other: bytes) -> int:
    """How many samples later `other` is, by the best match of a piece from the middle."""
    a, b = array.array("h", one), array.array("h", other)
    middle = len(a) // 2
    piece = a[middle - 1500 : middle + 1500 : 2]
    return max(
        range(-400, 400),
        key=lambda d: sum(x * y for x, y in zip(piece, b[middle - 1500 + d : middle + 1500 + d : 2], strict=False)),
    )
