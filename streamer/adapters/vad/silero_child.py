"""The worker process of `silero`: onnxruntime and a file of the faster_whisper package, whose code is not run.

The network (Silero VAD v6) takes 512 samples with the 64 before them, -1..1, and its memory `h`, `c`; it gives the
probability of speech and the new memory.
"""

import importlib.machinery
from pathlib import Path
from typing import Any, Final

from streamer.adapters.worker_child import ChildMisconfigured, Reply, serve

PACKAGE: Final = "faster_whisper"
FILE: Final = "silero_vad_v6.onnx"
FIX: Final = "python3 run.py add whisper"
CONTEXT: Final = 64
SAMPLES: Final = 512
MEMORY: Final = (1, 1, 128)


def network() -> Path:
    """The file. Raises ChildMisconfigured when it is not there."""
    spec = importlib.machinery.PathFinder.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        found = Path(folder) / "assets" / FILE
        if found.is_file():
            return found
    raise ChildMisconfigured("the voice detector of faster-whisper is not installed", FIX)


class Silero:
    """The network and what it remembers."""

    def __init__(self, file: Path) -> None:
        import numpy as np
        import onnxruntime

        self._np = np
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"], sess_options=options)
        self._input = np.zeros((1, CONTEXT + SAMPLES), np.float32)
        self.reset()

    def reset(self) -> None:
        self._h = self._np.zeros(MEMORY, self._np.float32)
        self._c = self._np.zeros(MEMORY, self._np.float32)
        self._input[:] = 0

    def score(self, window: bytes) -> float:
        row = self._input[0]
        row[:CONTEXT] = row[SAMPLES:]
        row[CONTEXT:] = self._np.frombuffer(window, "<i2")
        row[CONTEXT:] /= 32_768
        given = {"input": self._input, "h": self._h, "c": self._c}
        out: Any = self._session.run(None, given)
        probability, self._h, self._c = out
        return float(probability[0])


class Child:
    """Handlers for `serve`."""

    def __init__(self) -> None:
        self._silero: Silero | None = None

    def ready(self, _reply: Reply) -> None:
        self._silero = Silero(network())
        self._silero.score(bytes(2 * SAMPLES))
        self._silero.reset()

    def score(self, _data: Any, pcm: bytes, _reply: Reply) -> float:
        if self._silero is None:
            raise ChildMisconfigured("the voice detector is not loaded")
        return self._silero.score(pcm)

    def reset(self, _data: Any, _pcm: bytes, _reply: Reply) -> None:
        if self._silero is not None:
            self._silero.reset()


def main() -> None:
    child = Child()
    # Both take less than a change of threads, and nothing here takes longer.
    serve({"score": child.score, "reset": child.reset}, ready=child.ready, urgent=("score", "reset"))


if __name__ == "__main__":
    main()
