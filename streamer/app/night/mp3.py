"""PCM to MP3, with PyAV: mono, 24 kHz, small enough that five exchanges fit into a page."""

import io
from typing import Any, Final

from streamer.ports import RATE_HZ

BIT_RATE: Final = 32_000
"""Bits a second: 10 s of speech are 40 KB, 54 KB as base64."""
TYPE: Final = "audio/mpeg"
_CHUNK: Final = 1_152
"""Samples of one MPEG frame."""


class NoEncoder(Exception):
    """This build of PyAV cannot write MP3."""


def encoded(pcm: bytes) -> bytes:
    """s16le mono at 24 kHz as an MP3 file. Empty for no sound. Raises NoEncoder."""
    if not pcm:
        return b""
    import av
    import av.error

    out = io.BytesIO()
    try:
        with av.open(out, "w", format="mp3") as container:
            stream: Any = container.add_stream("libmp3lame", rate=RATE_HZ)
            stream.bit_rate = BIT_RATE
            stream.layout = "mono"
            stream.format = "s16p"
            for at in range(0, len(pcm), _CHUNK * 2):
                piece = pcm[at : at + _CHUNK * 2]
                frame: Any = av.AudioFrame(format="s16p", layout="mono", samples=len(piece) // 2)
                frame.planes[0].update(piece.ljust(frame.planes[0].buffer_size, b"\0"))
                frame.sample_rate = RATE_HZ
                frame.pts = at // 2
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (av.error.FFmpegError, ValueError) as error:
        raise NoEncoder(type(error).__name__) from error
    return out.getvalue()
