"""A worker in place of Whisper's that dies of any device but the processor, as one does whose CUDA libraries are
incomplete: CTranslate2 ends the process when it cannot load cuDNN."""

import os
from typing import Any

from streamer.adapters.worker_child import Reply, serve


def load(data: Any, _pcm: bytes, _reply: Reply) -> dict[str, Any]:
    if data["device"] != "cpu":
        os._exit(134)
    return {"device": data["device"], "compute_type": "int8", "languages": [], "note": ""}


if __name__ == "__main__":
    serve({"load": load})
