"""The engine: one worker process for all characters, one call for each clause, time limits of its own.

The SDK reports "started" for everything and errors later, waits 80 s for a silent server and takes a moment to stop, so
an utterance that is not wanted any more is left behind in the worker.
"""

import asyncio
import contextlib
import itertools
import re
from collections.abc import AsyncIterator
from typing import Any, Literal

from pydantic import Field, SecretStr

from streamer.adapters.part import Part, is_web_address
from streamer.adapters.tts.azure.marks import Marks
from streamer.adapters.tts.azure.ssml import STYLE_NAME, VOICE_NAME, Manner, document
from streamer.adapters.tts.azure.styles import known_styles, style_for
from streamer.adapters.tts.azure.voices import DEFAULT_VOICES, list_voices
from streamer.adapters.tts.common.sound import PcmStream, is_silent
from streamer.adapters.tts.common.text import speakable
from streamer.adapters.worker import Worker, installed, missing
from streamer.ports import (
    Done,
    Misconfigured,
    Pcm,
    SpeechPiece,
    SpeechRequest,
    Unavailable,
    Unspeakable,
    VoiceCaps,
)  # fmt: skip

SDK = "azure.cognitiveservices.speech"
MODULE = "streamer.adapters.azure_worker.voice"
START_S = 15.0
REGION = re.compile(r"[a-z]+[a-z0-9]*")
REFUSED = "Azure refuses the text"
"""As the worker says it."""
MIN_MS_PER_LETTER = 20
"""Nobody speaks faster: sound too short for the letters that no word mark covered was cut."""


class AzureVoice(Part):
    """`endpoint` is the address of a resource with a name of its own (or of another server that speaks the protocol);
    empty: the region's. `styles`: which of Azure's styles speaks an expression, beside those that are chosen by
    themselves; `style_degree`: how strong (0.01 to 2)."""

    kind: Literal["azure"] = "azure"
    api_key: SecretStr = SecretStr("")
    region: str = ""
    endpoint: str = ""
    voice: str = ""
    styles: dict[str, str] = Field(default_factory=dict)
    style_degree: float = Field(default=1.0, ge=0.01, le=2)
    connections: int = Field(default=2, ge=0, le=3)
    cost_per_1k_chars: float = Field(default=0.0, ge=0)
    first_audio_s: float = Field(default=4.0, gt=0)
    stall_s: float = Field(default=2.0, gt=0)
    total_s: float = Field(default=60.0, gt=0)

    def open(self) -> "AzureSpeech":
        if not installed(SDK):
            raise missing(SDK)
        if not self.api_key.get_secret_value():
            raise Misconfigured("Azure's voice needs a key", fix="set SHOWRUNNER_TTS__AZURE__API_KEY")
        if self.endpoint:
            if not is_web_address(re.sub(r"^ws", "http", self.endpoint)):
                raise Misconfigured("tts.azure.endpoint is no address", fix="https://NAME.cognitiveservices.azure.com")
        elif not REGION.fullmatch(self.region):
            raise Misconfigured("Azure's voice needs the key's region", fix="set tts.azure.region, such as westeurope")
        if self.voice and not VOICE_NAME.fullmatch(self.voice):
            raise Misconfigured("tts.azure.voice is no voice of Azure", fix="such as en-US-JennyNeural")
        if not all(STYLE_NAME.fullmatch(style) or not style for style in self.styles.values()):
            raise Misconfigured("tts.azure.styles names something that is no style", fix="such as joy: cheerful")
        return AzureSpeech(self)


class AzureSpeech:
    """TextToSpeech."""

    def __init__(self, settings: AzureVoice) -> None:
        self._settings = settings
        self.caps = VoiceCaps(
            engine="azure", streaming=True, word_marks=True, viseme_marks=True,
            cost_per_1k_chars=settings.cost_per_1k_chars,
        )  # fmt: skip
        self._service = {
            "key": settings.api_key.get_secret_value(), "region": settings.region, "endpoint": settings.endpoint,
            "part": "tts.azure",
        }  # fmt: skip
        self._worker = Worker(MODULE, name="Azure's voice", start_s=START_S, loads=SDK)
        self._worker.on_event = self._event
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[tuple[str, Any, bytes]]] = {}
        self._styles: dict[str, tuple[str, ...]] = {}
        self._listing: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the worker, while it lives."""
        return self._worker.pid

    async def warm(self) -> None:
        """Starts the worker and opens connections ahead; asks in the background which styles the voices have."""
        self._check()
        await self._worker.start()
        count = self._settings.connections
        self._worker.post("warm", {"service": self._service, "voice": self._voice("", "en"), "count": count})
        if self._listing is None:
            self._listing = asyncio.create_task(self._ask_styles(), name="azure-styles")

    async def _ask_styles(self) -> None:
        service = self._service
        found = await list_voices(service["region"], service["endpoint"], service["key"])
        self._styles = {each.entry.id: each.styles for each in found or ()}

    async def aclose(self) -> None:
        self._closed = True
        listing, self._listing = self._listing, None
        if listing is not None:
            listing.cancel()
            await asyncio.gather(listing, return_exceptions=True)
        await self._worker.aclose()

    def _check(self) -> None:
        if self._closed:
            raise Unavailable("the voice is closed")

    def _event(self, kind: str, data: Any, pcm: bytes) -> None:
        waiting = self._waiting.get(data.get("id", 0))
        if waiting is not None:
            waiting.put_nowait((kind, data, pcm))

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        if not speakable(request.text):
            yield Done(0)
            return
        self._check()
        voice = self._voice(request.voice.name, request.voice.language)
        sent = document(request.text, voice, self._manner(request, voice))
        utterance = _Utterance(Marks(request.text, sent))
        await self._worker.start()
        number = next(self._numbers)
        told = self._waiting[number] = asyncio.Queue[tuple[str, Any, bytes]]()
        data = {"id": number, "ssml": sent.xml, "voice": voice, "service": self._service}
        asked = asyncio.create_task(
            self._worker.call("speak", data, within_s=self._settings.total_s), name="azure-speech"
        )
        asked.add_done_callback(lambda _task: told.put_nowait(("end", None, b"")))
        try:
            kind = ""
            while kind != "end":
                kind, data, pcm = await self._next(told, heard=utterance.ms > 0)
                for piece in utterance.pieces(kind, data, pcm):
                    yield piece
            asked.result()
            for piece in utterance.end():
                yield piece
        except Unavailable as error:
            if not utterance.ms or not utterance.audible:
                raise Unspeakable(REFUSED) if error.reason == REFUSED else error from None
            for piece in utterance.end(cut=True):
                yield piece
        finally:
            del self._waiting[number]
            if not asked.done():
                self._worker.post("cancel", {"id": number})
            asked.cancel()
            with contextlib.suppress(asyncio.CancelledError, Unavailable, Misconfigured):
                await asked

    async def _next(self, told: "asyncio.Queue[tuple[str, Any, bytes]]", *, heard: bool) -> tuple[str, Any, bytes]:
        try:
            async with asyncio.timeout(self._settings.stall_s if heard else self._settings.first_audio_s):
                return await told.get()
        except TimeoutError:
            words = "stops in the middle" if heard else "no sound in time"
            raise Unavailable(f"Azure: {words}") from None

    def _voice(self, name: str, language: str) -> str:
        for each in (name, self._settings.voice):
            if VOICE_NAME.fullmatch(each):
                return each
        language = language.lower()
        return DEFAULT_VOICES.get(language) or DEFAULT_VOICES.get(language.split("-")[0]) or DEFAULT_VOICES["en"]

    def _manner(self, request: SpeechRequest, voice: str) -> Manner:
        spec = request.voice
        has = self._styles.get(voice) or known_styles(voice)
        style = spec.style if STYLE_NAME.fullmatch(spec.style) else ""
        style = style or style_for(request.emotion, has, self._settings.styles)
        return Manner(spec.rate, spec.pitch, spec.volume, style, self._settings.style_degree)


class _Utterance:
    """What the worker tells of one text, turned into pieces."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._stream = PcmStream()
        self._bytes = 0
        self.audible = False

    @property
    def ms(self) -> int:
        return self._bytes // 48

    def pieces(self, kind: str, data: Any, pcm: bytes) -> list[SpeechPiece]:
        if kind == "word":
            self._marks.word(data["text"], data["offset"], data["at"], data["length"])
        elif kind == "viseme":
            self._marks.shape(data["viseme"], data["at"])
        elif kind == "sound":
            sound, at = self._stream.feed(pcm), self.ms
            self._bytes += len(sound)
            self.audible = self.audible or not is_silent(sound)
            return [Pcm(sound, at), *self._marks.ripe(self.ms)] if sound else []
        return []

    def end(self, *, cut: bool = False) -> list[SpeechPiece]:
        """Raises Unavailable when nothing was heard."""
        if not self.ms:
            raise Unavailable("Azure: the service sent no sound")
        if not self.audible:
            raise Unavailable("Azure: the service sent silence")
        whole = self._marks.unsaid * MIN_MS_PER_LETTER <= max(0, self.ms - self._marks.said_ms)
        return [*self._marks.ripe(self.ms, ended=True), Done(self.ms, complete=whole and not cut)]
