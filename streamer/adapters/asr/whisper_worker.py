"""The process that runs faster-whisper. See `whisper` for the side that asks, `worker_child` for how they talk.

    load {folder, model, device, compute_type, threads} -> {device, compute_type, languages, note}
    hear {language, names, beam}, s16le mono at 16,000 Hz -> {text, sure, no_speech, language}

While a model loads, `loading` {step, model, done, total} is told. Its file is read through first: that is where the
time goes, and it can be counted; what follows takes it from the system's cache.
"""

import contextlib
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

from streamer.adapters.worker_child import ChildMisconfigured, ChildUnavailable, Reply, serve

CHUNK = 4 << 20
TOLD_S = 0.1
NICENESS = 2
MAX_TOKENS = 220
"""Half of Whisper's 448 are for the prompt."""
TEMPERATURES = (0.0, 0.5)
"""The second is tried when the first repeats itself or is unsure; a third would be too late for a conversation."""
OLD_CODES = {"nb": "no", "fil": "tl", "jv": "jw", "iw": "he", "cmn": "zh"}
"""What Whisper calls languages that have another code."""


class _Loaded:
    model: Any = None
    name = ""
    languages: tuple[str, ...] = ()


_loaded = _Loaded()


def ready(_reply: Reply) -> None:
    """A little behind the show itself, so that its loop is never the one that waits. Not on Windows, where a class of
    priority less means no time at all beside a game."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # waking up, it takes nobody's place
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    import faster_whisper  # noqa: F401


def load(data: dict[str, Any], _pcm: bytes, reply: Reply) -> dict[str, Any]:
    """Raises ChildMisconfigured for a folder, device or type that cannot work."""
    name, folder = data["model"], Path(data["folder"])
    _read_through(folder / "model.bin", name, reply)
    note = ""
    for device in _devices(data["device"]):
        kind = _kind(device, data["compute_type"])
        try:
            model = _open(folder, device, kind, data["threads"])
        except (RuntimeError, ValueError, MemoryError) as error:
            if device == "cuda" and data["device"] == "auto":
                note = "the graphics card cannot be used for hearing, the processor is"
                continue
            raise _failure(error, name, device, data["compute_type"]) from error
        _loaded.model, _loaded.name = model, name
        _loaded.languages = tuple(model.supported_languages)
        _warm(model)
        if device == "cpu" and data["device"] == "auto" and not note and not data.get("quiet"):
            note = "no graphics card with CUDA was found, the processor is used"
        return {
            "device": device,
            "compute_type": model.model.compute_type,
            "languages": [] if len(_loaded.languages) > 1 else ["en"],
            "note": note,
        }
    raise ChildUnavailable(f"the Whisper model {name} does not load")


def hear(data: dict[str, Any], pcm: bytes, _reply: Reply) -> dict[str, Any]:
    """What is said in the clip. Raises ChildUnavailable when nothing is loaded, ChildMisconfigured for a language."""
    import numpy as np

    model = _loaded.model
    if model is None:
        raise ChildUnavailable("the Whisper model is not loaded")
    language = OLD_CODES.get(data["language"], data["language"])
    if language and language != "en" and len(_loaded.languages) == 1:
        raise ChildMisconfigured(
            f"the Whisper model {_loaded.name} understands English only",
            "choose a model without .en: asr.whisper.model",
        )
    sound: Any = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    segments, about = model.transcribe(
        sound,
        language=language if language in _loaded.languages else None,
        beam_size=data["beam"],
        temperature=TEMPERATURES,
        without_timestamps=True,
        condition_on_previous_text=False,
        hotwords=data["names"] or None,
        max_new_tokens=min(MAX_TOKENS, 40 + len(sound) // 16_000 * 14),
    )
    found = list(segments)
    if not found:
        return {"text": "", "sure": 0.0, "no_speech": 1.0, "language": about.language}
    weights = [max(1, len(each.tokens)) for each in found]
    sure = sum(each.avg_logprob * weight for each, weight in zip(found, weights, strict=True)) / sum(weights)
    return {
        "text": " ".join("".join(each.text for each in found).split()),
        "sure": math.exp(min(0.0, sure)),
        "no_speech": min(1.0, max(0.0, min(each.no_speech_prob for each in found))),
        "language": about.language,
    }


def _read_through(file: Path, name: str, reply: Reply) -> None:
    try:
        total, done, told = file.stat().st_size, 0, 0.0
        with file.open("rb") as source:
            while data := source.read(CHUNK):
                done += len(data)
                if time.monotonic() - told >= TOLD_S or done >= total:
                    told = time.monotonic()
                    reply.event("loading", {"step": "loading", "model": name, "done": min(done, total), "total": total})
    except OSError as error:
        raise ChildMisconfigured(
            f"the Whisper model {name} cannot be read ({error.strerror})", "check its folder and its permissions"
        ) from error


def _devices(asked: str) -> list[str]:
    import ctranslate2

    cards = ctranslate2.get_cuda_device_count()
    if asked == "cuda" and not cards:
        raise ChildMisconfigured("no graphics card with CUDA was found", "asr.whisper.device: auto")
    if asked == "auto":
        return ["cuda", "cpu"] if cards else ["cpu"]
    return [asked]


def _kind(device: str, asked: str) -> str:
    """The smallest type that the device computes quickly; CTranslate2's own choice where it has none of these."""
    import ctranslate2

    if asked != "auto":
        return asked
    best = "float16" if device == "cuda" else "int8"
    return best if best in ctranslate2.get_supported_compute_types(device) else "auto"


def _open(folder: Path, device: str, kind: str, threads: int) -> Any:
    import faster_whisper

    cores = os.cpu_count() or 2
    return faster_whisper.WhisperModel(
        str(folder), device=device, compute_type=kind, cpu_threads=threads or max(1, min(4, cores - 1))
    )


def _warm(model: Any) -> None:
    """The first clip takes longer than the others; a library that is missing shows here."""
    import numpy as np

    segments, _ = model.transcribe(
        np.zeros(16_000, np.float32), language="en", beam_size=1, temperature=0.0, without_timestamps=True,
        condition_on_previous_text=False, max_new_tokens=2, no_speech_threshold=None,
    )  # fmt: skip
    list(segments)


def _failure(error: Exception, name: str, device: str, asked: str) -> Exception:
    """The words of CTranslate2 hold paths and types only."""
    words = str(error)
    if isinstance(error, MemoryError) or "bad_alloc" in words or "out of memory" in words.lower():
        return ChildUnavailable(f"there is not enough memory for the Whisper model {name}")
    if "compute type" in words:
        return ChildMisconfigured(f"this {device} cannot compute {asked}", "asr.whisper.compute_type: auto")
    if device == "cuda":
        return ChildMisconfigured("the graphics card cannot be used for hearing", "asr.whisper.device: auto")
    fix = "delete its folder, then fetch it again: python3 run.py ears fetch NAME"
    return ChildMisconfigured(f"the Whisper model {name} is damaged, or made for another program", fix)


if __name__ == "__main__":
    serve({"load": load, "hear": hear}, ready=ready)
