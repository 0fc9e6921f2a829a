"""Frames of 20 ms cut into the windows of 32 ms that a voice activity detector looks at."""

from streamer.ports import EAR_FRAME_BYTES, WINDOW_BYTES


class Windows:
    """Keeps what does not fill a window."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, frame: bytes) -> list[bytes]:
        """The windows that are full now. ValueError: not a frame, most often of another sample rate."""
        check(frame)
        data = self._rest + frame
        full = len(data) // WINDOW_BYTES * WINDOW_BYTES
        self._rest = data[full:]
        return [data[at : at + WINDOW_BYTES] for at in range(0, full, WINDOW_BYTES)]

    def flush(self) -> bytes:
        """What is left, filled with silence to a window; empty when nothing is."""
        rest, self._rest = self._rest, b""
        return rest.ljust(WINDOW_BYTES, b"\0") if rest else b""

    def clear(self) -> None:
        self._rest = b""


def check(frame: bytes) -> None:
    """ValueError when it is no frame of an ear."""
    if len(frame) != EAR_FRAME_BYTES:
        raise ValueError(f"an ear takes {EAR_FRAME_BYTES} bytes (20 ms of 16,000 Hz, 16 bit, mono), not {len(frame)}")
