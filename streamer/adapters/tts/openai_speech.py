"""Any server with OpenAI's `POST /v1/audio/speech`: OpenAI itself, Kokoro-FastAPI, openedai-speech, LocalAI, vLLM, ...

Asks for raw PCM (24,000 Hz s16le by the API reference) and plays it while it comes; WAV and MP3 answers are understood.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

from pydantic import Field, SecretStr
from yarl import URL

from streamer.adapters import http_client
from streamer.adapters.part import Part, is_web_address
from streamer.adapters.tts.common import http
from streamer.adapters.tts.common.mp3 import warm_up
from streamer.adapters.tts.common.text import encodable, speakable
from streamer.ports import Done, Misconfigured, SpeechPiece, SpeechRequest, VoiceCaps

MIN_SPEED, MAX_SPEED = 0.25, 4.0


class OpenAiVoice(Part):
    """`voice` is used by personas that name none. `instructions` may hold `{emotion}`; only newer models read it.

    `cost_per_1k_chars` in US dollars is what the budget counts.
    """

    kind: Literal["openai"] = "openai"
    base_url: str = "https://api.openai.com/v1"
    api_key: SecretStr = SecretStr("")
    model: str = "gpt-4o-mini-tts"
    voice: str = "alloy"
    instructions: str = ""
    response_format: Literal["pcm", "wav", "mp3"] = "pcm"
    pcm_rate_hz: int = Field(default=24_000, ge=8_000, le=192_000)
    cost_per_1k_chars: float = Field(default=0.0, ge=0)
    first_audio_s: float = Field(default=6.0, gt=0)
    stall_s: float = Field(default=3.0, gt=0)
    total_s: float = Field(default=60.0, gt=0)

    def open(self) -> "OpenAiSpeech":
        if not is_web_address(self.base_url):
            raise Misconfigured("tts.openai.base_url is no http(s) address", fix="e.g. http://localhost:8880/v1")
        if URL(self.base_url).host == "api.openai.com" and not self.api_key.get_secret_value():
            raise Misconfigured("OpenAI's speech needs a key", fix="set OPENAI_API_KEY")
        return OpenAiSpeech(self)


class OpenAiSpeech:
    """TextToSpeech over one keep-alive session. No word times: the protocol has none."""

    def __init__(self, settings: OpenAiVoice) -> None:
        self._settings = settings
        self._url = URL(settings.base_url.rstrip("/") + "/audio/speech")
        local = http_client.is_local(settings.base_url)
        self.caps = VoiceCaps(
            engine="openai", streaming=True, local=local, cost_per_1k_chars=settings.cost_per_1k_chars
        )
        self._sessions = http.sessions(proxies=not local)
        self._limits = http.Limits(settings.first_audio_s, settings.stall_s, settings.total_s)
        self._answer = http.Answer(
            asked=settings.response_format,
            pcm_rate_hz=settings.pcm_rate_hz,
            fix_key="check the speech server's API key",
            fix_url="check tts.openai.base_url and tts.openai.model",
        )

    async def warm(self) -> None:
        """Loads the MP3 decoder when it will be needed. Sends nothing."""
        if self._settings.response_format == "mp3" or self._settings.pcm_rate_hz != 24_000:
            await asyncio.to_thread(warm_up)

    async def aclose(self) -> None:
        await self._sessions.aclose()

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        if not speakable(request.text):
            yield Done(0)
            return
        settings = self._settings
        body: dict[str, Any] = {
            "model": settings.model,
            "voice": request.voice.name or settings.voice,
            "input": encodable(request.text),
            "response_format": settings.response_format,
        }
        if request.voice.rate != 1.0:
            body["speed"] = min(MAX_SPEED, max(MIN_SPEED, request.voice.rate))
        if settings.instructions:
            body["instructions"] = settings.instructions.replace("{emotion}", request.emotion or "neutral")
        key = settings.api_key.get_secret_value()
        stream = http.speak(
            self._sessions.get(), "POST", self._url, request.text,
            answer=self._answer, limits=self._limits, json=body,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )  # fmt: skip
        try:
            async for piece in stream:
                yield piece
        finally:
            await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
