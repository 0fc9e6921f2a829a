"""Azure's speech recognition through Microsoft's Speech SDK, streamed: partial results come while somebody speaks.

The SDK is proprietary and runs in a process of its own (`adapters/azure_worker`). It waits minutes for a server that
says nothing; the limits here are ours. The ear decides when a turn is over, so the service is asked not to cut earlier.
"""

import asyncio
import itertools
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Literal

from pydantic import Field, SecretStr

from streamer.adapters.asr.common.hints import base_of, bounded
from streamer.adapters.asr.common.sound import LONGEST_S
from streamer.adapters.part import Part, is_web_address
from streamer.adapters.worker import Worker, installed, missing
from streamer.ports import EAR_RATE_HZ, Final, Loading, Misconfigured, Partial, RecognizerCaps, Unavailable

SDK = "azure.cognitiveservices.speech"
MODULE = "streamer.adapters.azure_worker.ear"
START_S = 15.0
REGION = re.compile(r"[a-z]+[a-z0-9]*")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){1,2}")
LOCALES = {
    "ar": "ar-EG", "cs": "cs-CZ", "da": "da-DK", "de": "de-DE", "el": "el-GR", "en": "en-US", "es": "es-ES",
    "fi": "fi-FI", "fr": "fr-FR", "he": "he-IL", "hi": "hi-IN", "hu": "hu-HU", "id": "id-ID", "it": "it-IT",
    "ja": "ja-JP", "ko": "ko-KR", "nb": "nb-NO", "nl": "nl-NL", "no": "nb-NO", "pl": "pl-PL", "pt": "pt-BR",
    "ro": "ro-RO", "ru": "ru-RU", "sv": "sv-SE", "th": "th-TH", "tr": "tr-TR", "uk": "uk-UA", "vi": "vi-VN",
    "zh": "zh-CN",
}  # fmt: skip
"""What a base code means to the service, which knows languages only with their country."""
UNSURE = 0.5
"""Confidence of words that the service did not confirm in time."""
_MOST = int(EAR_RATE_HZ * 2 * LONGEST_S)


class AzureEar(Part):
    """`language` empty: the show's; `languages`: up to four locales, when any of them may be spoken. `endpoint` is the
    address of a resource with a name of its own (or of another server that speaks the protocol); empty: the region's.
    `segment_ms`: silence after which the service ends a phrase by itself."""

    kind: Literal["azure"] = "azure"
    api_key: SecretStr = SecretStr("")
    region: str = ""
    endpoint: str = ""
    language: str = ""
    languages: list[str] = Field(default_factory=list, max_length=4)
    segment_ms: int = Field(default=2_000, ge=100, le=5_000)
    connect_s: float = Field(default=6.0, gt=0, le=60)
    final_s: float = Field(default=4.0, gt=0, le=60)

    def open(self) -> "AzureRecognizer":
        if not installed(SDK):
            raise missing(SDK)
        if not self.api_key.get_secret_value():
            raise Misconfigured("Azure's recognition needs a key", fix="set SHOWRUNNER_ASR__AZURE__API_KEY")
        if self.endpoint:
            if not is_web_address(re.sub(r"^ws", "http", self.endpoint)):
                raise Misconfigured("asr.azure.endpoint is no address", fix="https://NAME.cognitiveservices.azure.com")
        elif not REGION.fullmatch(self.region):
            raise Misconfigured(
                "Azure's recognition needs the key's region", fix="set asr.azure.region, such as westeurope"
            )
        for language in filter(None, (self.language, *self.languages)):
            if not locale_of(language):
                raise Misconfigured(f"asr.azure does not know the language {language[:20]!r}", fix="such as en-US")
        return AzureRecognizer(self)


def locale_of(language: str) -> str:
    """`en-US` for `en`; empty for what is no language."""
    tag = language.strip().replace("_", "-")
    if LOCALE.fullmatch(tag):
        return tag
    return LOCALES.get(base_of(tag), "")


class AzureRecognizer:
    """SpeechRecognizer."""

    caps = RecognizerCaps(engine="azure", streaming=True)

    def __init__(self, settings: AzureEar) -> None:
        self._settings = settings
        self._service = {
            "key": settings.api_key.get_secret_value(), "region": settings.region, "endpoint": settings.endpoint,
            "part": "asr.azure",
        }  # fmt: skip
        self._worker = Worker(MODULE, name="Azure's recognition", start_s=START_S, loads=SDK)
        self._worker.on_event = self._event
        self._numbers = itertools.count(1)
        self._hearings: dict[int, AzureHearing] = {}
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the worker, while it lives."""
        return self._worker.pid

    async def load(self, progress: Callable[[Loading], None]) -> None:
        """Starts the worker and asks the service whether it takes the key. No sound is sent."""
        self._check()
        progress(Loading("loading", "azure"))
        await self._worker.start()
        number = next(self._numbers)
        try:
            await self._worker.call("check", self._wanted(number, "", ()), within_s=self._settings.connect_s)
        except Unavailable as error:
            late = "did not answer" in error.reason
            raise Unavailable("Azure does not answer") if late else error from None
        finally:
            self._worker.post("drop", {"id": number})

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> "AzureHearing":
        """See the port."""
        number = next(self._numbers)
        wanted = self._wanted(number, language, bounded(hints))
        hearing = AzureHearing(self._worker, wanted, on_partial, self._settings.final_s, self._forget)
        self._hearings[number] = hearing
        if self._closed:
            hearing.drop()
        return hearing

    async def aclose(self) -> None:
        self._closed = True
        for hearing in list(self._hearings.values()):
            hearing.drop()
        await self._worker.aclose()

    def _wanted(self, number: int, language: str, hints: Sequence[str]) -> dict[str, Any]:
        settings = self._settings
        one = settings.language or ("" if settings.languages else language)
        locales = [locale_of(one)] if one else [locale_of(each) for each in settings.languages]
        return {
            "id": number, "service": self._service, "hints": hints, "silence_ms": settings.segment_ms,
            "languages": [each for each in locales if each] or ["en-US"],
        }  # fmt: skip

    def _check(self) -> None:
        if self._closed:
            raise Unavailable("the recogniser is closed")

    def _event(self, kind: str, data: Any, _pcm: bytes) -> None:
        hearing = self._hearings.get(data.get("id", 0))
        if kind == "partial" and hearing is not None:
            hearing.told(str(data["text"]), int(data["stable"]))

    def _forget(self, number: int) -> None:
        self._hearings.pop(number, None)
        self._worker.post("drop", {"id": number})


class AzureHearing:
    """`Hearing`. The worker hears of it with its first sound; what is fed before it listens is kept."""

    def __init__(
        self,
        worker: Worker,
        wanted: dict[str, Any],
        on_partial: Callable[[Partial], None],
        limit_s: float,
        forget: Callable[[int], None],
    ) -> None:
        self._worker, self._wanted, self._on_partial = worker, wanted, on_partial
        self._limit_s, self._forget = limit_s, forget
        self._number: int = wanted["id"]
        self._kept = bytearray()
        self._fed = 0
        self._listening = False
        self._starting: asyncio.Task[None] | None = None
        self._partial = Partial("")
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def feed(self, pcm: bytes) -> None:
        """See the port."""
        pcm = pcm[: max(0, _MOST - self._fed)]
        if self._gone.done() or not pcm:
            return
        self._fed += len(pcm)
        if self._listening:
            self._worker.post("feed", {"id": self._number}, pcm)
            return
        self._kept += pcm
        if self._starting is None:
            self._starting = asyncio.create_task(self._start(), name="azure-hear")
            self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _start(self) -> None:
        await self._worker.call("hear", self._wanted, within_s=self._limit_s)
        self._listening = True
        kept, self._kept = bytes(self._kept), bytearray()
        self._worker.post("feed", {"id": self._number}, kept)

    def told(self, text: str, stable: int) -> None:
        """A partial result from the worker."""
        if not self._gone.done():
            self._partial = Partial(text, min(stable, len(text)))
            self._on_partial(self._partial)

    async def look(self) -> Partial:
        """The newest partial result: they come by themselves."""
        await self._unless_gone(self._listen())
        return self._partial

    async def finish(self) -> Final:
        """See the port. Words that the service did not confirm within the limit count for half."""
        began = time.monotonic()
        try:
            answer = await self._unless_gone(self._ask())
        except TimeoutError:
            if not self._partial.text:
                raise Unavailable(f"Azure did not answer within {self._limit_s:g} s") from None
            answer = {"text": self._partial.text, "confidence": UNSURE}
        finally:
            self._leave()
        text = " ".join(str(answer.get("text", "")).split())
        sure = min(1.0, max(0.0, float(answer.get("confidence", 1.0))))
        language = base_of(str(answer.get("language", "")))
        return Final(text, sure, 0.0 if text else 1.0, language, (time.monotonic() - began) * 1000)

    async def _listen(self) -> None:
        if self._starting is not None:
            await asyncio.shield(self._starting)

    async def _ask(self) -> dict[str, Any]:
        if self._starting is None:  # nothing was said
            return {}
        async with asyncio.timeout(self._limit_s):
            await self._listen()
            answer, _pcm = await self._worker.call("finish", {"id": self._number}, within_s=self._limit_s + 5)
        return answer

    async def _unless_gone(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Its result; raises Unavailable as soon as the utterance is dropped."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait((task, self._gone), return_when=asyncio.FIRST_COMPLETED)
            if self._gone.done():
                raise Unavailable("the utterance was dropped")
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def drop(self) -> None:
        """See the port."""
        self._leave()

    def _leave(self) -> None:
        if not self._gone.done():
            self._gone.set_result(None)
            if self._starting is not None and not self._starting.done():
                self._starting.cancel()
            self._kept.clear()
            self._forget(self._number)
