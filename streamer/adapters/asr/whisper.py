"""Whisper on this machine: `faster-whisper` (CTranslate2) in a process of its own.

A model is loaded from a folder, from what was fetched before, or from the user's cache of huggingface_hub; nothing is
downloaded unless `fetch` is called. Whisper always works on a window of 30 s, so a short clip takes as long as a long
one; there are no partial results, a look recognises the whole clip.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from streamer.adapters.asr.common.batch import BatchHearing
from streamer.adapters.asr.common.hints import base_of, bounded
from streamer.adapters.asr.common.models import MODELS, folder_of, lacks, locate, named
from streamer.adapters.asr.common.sound import Clip
from streamer.adapters.asr.common.working import Working
from streamer.adapters.part import Part
from streamer.adapters.worker import Worker
from streamer.ports import Final, Hearing, Loading, Partial, RecognizerCaps

HEARS = "streamer.adapters.asr.whisper_worker"
FETCHES = "streamer.adapters.asr.whisper_fetch"
QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
}
OFFLINE = {**QUIET, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE"}
FETCHING = {**QUIET, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DOWNLOAD_TIMEOUT": "20"}
"""Plain HTTP goes on where it stopped; the other protocol starts anew."""
FETCH_S = 24 * 3600.0
PACKAGE = "faster_whisper"


class WhisperEar(Part):
    """`model`: a name of faster-whisper, a repository, or a folder. `language` empty: the show's."""

    kind: Literal["whisper"] = "whisper"
    model: str = "base"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: Literal["auto", "int8", "int8_float16", "int8_float32", "float16", "float32"] = "auto"
    language: str = ""
    beam_size: int = Field(default=3, ge=1, le=10)
    threads: int = Field(default=0, ge=0, le=64)
    limit_s: float = Field(default=6.0, gt=0, le=60)
    load_s: float = Field(default=120.0, gt=0, le=600)

    def open(self, models: Path | None = None) -> "WhisperRecognizer":
        """`models`: the folder in which fetched models are kept."""
        return WhisperRecognizer(self, models or Path("state/models/whisper"))


class WhisperRecognizer:
    """SpeechRecognizer."""

    def __init__(self, settings: WhisperEar, models: Path, *, module: str = HEARS) -> None:
        self._settings = settings
        self._models = models
        known = MODELS.get(settings.model)
        english = settings.model.endswith(".en") or (known is not None and known.languages == ("en",))
        self.caps = RecognizerCaps(engine="whisper", local=True, languages=("en",) if english else ())
        self._working = Working(
            module, name="Whisper", loads=PACKAGE, env=OFFLINE, before=self._before,
            load_s=settings.load_s, hear_s=settings.limit_s, instead=self._instead,
        )  # fmt: skip

    @property
    def about(self) -> dict[str, Any]:
        """`device`, `compute_type` and `note` (words for people, or empty) of the model that is loaded."""
        return self._working.about or {}

    @property
    def pid(self) -> int | None:
        """Of the process that hears, while it lives."""
        return self._working.pid

    async def load(self, progress: Callable[[Loading], None]) -> None:
        """See the port. Never fetches."""
        await self._working.load(progress)
        if self.about.get("languages") == ["en"]:
            self.caps = RecognizerCaps(engine="whisper", local=True, languages=("en",))

    async def fetch(self, progress: Callable[[Loading], None]) -> Path:
        """Gets the model from the hub when it is not on this machine. See `fetch`."""
        return await fetch(self._settings.model, self._models, progress)

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> Hearing:  # noqa: ARG002
        """See the port. `on_partial` is never called: the engine does not stream."""
        data = {
            "language": base_of(self._settings.language or language),
            "names": ", ".join(bounded(hints)),
            "beam": self._settings.beam_size,
        }

        async def understand(clip: Clip, last: bool) -> Final:  # noqa: FBT001
            said = await self._working.hear(data, clip.pcm(), last=last)
            return Final(said["text"], said["sure"], said["no_speech"], said["language"])

        return BatchHearing(understand, refuses=self._working.refuse_closed)

    async def aclose(self) -> None:
        await self._working.aclose()

    def _before(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "folder": str(locate(settings.model, self._models)),
            "model": settings.model,
            "device": settings.device,
            "compute_type": settings.compute_type,
            "threads": settings.threads,
        }

    def _instead(self, data: Any) -> Any:
        """A graphics card whose libraries are incomplete ends the process: without it, then."""
        return {**data, "device": "cpu"} if data["device"] == "auto" else None


async def fetch(model: str, models: Path, progress: Callable[[Loading], None], *, again: bool = False) -> Path:
    """Get a model from the hub into `models`; its folder. One that is there is kept, unless `again` replaces it.

    Cancelling stops at once and keeps what has come; the next call goes on from there. Raises Unavailable (network,
    disk) or Misconfigured (no such model, or the package is missing).
    """
    known = named(model)
    into = folder_of(known, models)
    if not again and not lacks(into):
        return into
    worker = Worker(FETCHES, name="fetching", env=FETCHING, loads=PACKAGE)

    def on_event(kind: str, data: Any, _pcm: bytes) -> None:
        if kind == "loading":
            progress(Loading("fetching", known.name, data["done"], data["total"]))

    worker.on_event = on_event
    try:
        said, _ = await worker.call(
            "fetch", {"model": known.name, "repo": known.repo, "into": str(into)}, within_s=FETCH_S
        )
    finally:
        await worker.aclose()
    return Path(said["folder"])
