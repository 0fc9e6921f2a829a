"""The recogniser that works with nothing but a pip package: pocketsphinx and its own English model, no download.

It is a fallback and hears like one (docs/ears.md has the numbers): short English sentences, clearly spoken, and the
names of the cast, which it is given with every utterance. One process hears; a clip takes about a third of its length.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import Field

from streamer.adapters.asr.common.batch import BatchHearing
from streamer.adapters.asr.common.hints import base_of, bounded
from streamer.adapters.asr.common.sound import Clip
from streamer.adapters.asr.common.working import Working
from streamer.adapters.part import Part
from streamer.ports import Final, Hearing, Loading, Misconfigured, Partial, RecognizerCaps

HEARS = "streamer.adapters.asr.pocketsphinx_worker"
PACKAGE = "pocketsphinx"
STEADY_DB = 6.0
"""A clip whose loud parts are hardly louder than its quiet ones is a noise; the engine would find words in it."""
DOUBT = 0.9
ENGLISH = Misconfigured(
    "the offline recogniser understands English only",
    fix="python3 run.py add whisper, or asr.azure or asr.openai, for other languages",
)


class SphinxEar(Part):
    """`words`: how many of the most frequent words it knows; fewer are found faster and mistaken less."""

    kind: Literal["offline"] = "offline"
    words: int = Field(default=6_000, ge=500, le=100_000)
    limit_s: float = Field(default=6.0, gt=0, le=60)
    load_s: float = Field(default=60.0, gt=0, le=600)

    def open(self) -> "SphinxRecognizer":
        return SphinxRecognizer(self)


class SphinxRecognizer:
    """SpeechRecognizer."""

    def __init__(self, settings: SphinxEar) -> None:
        self.caps = RecognizerCaps(engine="offline", local=True, languages=("en",))
        self._working = Working(
            HEARS, name="the offline recogniser", loads=PACKAGE, env={}, before=lambda: {"words": settings.words},
            load_s=settings.load_s, hear_s=settings.limit_s,
        )  # fmt: skip

    @property
    def pid(self) -> int | None:
        """Of the process that hears, while it lives."""
        return self._working.pid

    async def load(self, progress: Callable[[Loading], None]) -> None:
        """See the port."""
        progress(Loading("loading", "en-us"))
        await self._working.load(progress)

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> Hearing:  # noqa: ARG002
        """See the port. `on_partial` is never called: whole clips are understood better than beginnings."""
        names = bounded(hints)
        other = base_of(language) not in ("", "en")

        def refuses() -> None:
            self._working.refuse_closed()
            if other:
                raise ENGLISH

        async def understand(clip: Clip, last: bool) -> Final:  # noqa: FBT001
            if clip.swing_db < STEADY_DB:
                return Final("", confidence=0.0, no_speech=DOUBT, language="en")
            said = await self._working.hear({"names": names}, clip.pcm(), last=last)
            return Final(said["text"], said["sure"], 0.0 if said["text"] else 1.0, "en")

        return BatchHearing(understand, refuses=refuses)

    async def aclose(self) -> None:
        await self._working.aclose()
