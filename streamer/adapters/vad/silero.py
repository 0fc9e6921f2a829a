"""The Silero detector in a worker process: the network that the faster-whisper package carries, without that package's
code. It tells speech from noise and music well, and is blind to loudness: who listens needs a gate beside it."""

from streamer.adapters.worker import Worker
from streamer.ports import WINDOW_BYTES, Unavailable

CHILD = "streamer.adapters.vad.silero_child"
START_S = 20.0
SCORE_S = 2.0
"""A window is scored in a millisecond; a process that needs this long is stuck."""


class SileroVad:
    """VoiceActivity. The memory of the network lives in the child, so a dead child also forgets."""

    name = "silero"

    def __init__(self) -> None:
        self._worker = Worker(CHILD, name="voice detection", start_s=START_S, loads="faster_whisper")

    async def open(self) -> None:
        """See the port. Misconfigured: faster-whisper is not installed."""
        await self._worker.start()

    async def score(self, window: bytes) -> float:
        """See the port. ValueError: not a window."""
        if len(window) != WINDOW_BYTES:
            raise ValueError(f"a window has {WINDOW_BYTES} bytes, not {len(window)}")
        try:
            score, _ = await self._worker.call("score", pcm=window, within_s=SCORE_S)
        except Unavailable:
            self._worker.kill()
            raise
        return float(score)

    def reset(self) -> None:
        self._worker.post("reset")

    async def aclose(self) -> None:
        await self._worker.aclose()
