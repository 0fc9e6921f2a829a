"""A voice behind any HTTP address: a URL template and, for POST, a JSON body. WAV, MP3 or raw PCM comes back.

    GPT-SoVITS   url: http://127.0.0.1:9880/tts?text={text}&text_lang={lang}&ref_audio_path=mika.wav&prompt_lang=en&media_type=wav&streaming_mode=true
    VOICEVOX     query_url: http://127.0.0.1:50021/audio_query?text={text}&speaker={voice}
                 url: http://127.0.0.1:50021/synthesis?speaker={voice}

Placeholders: {text} {voice} {lang} {rate} {pitch} {volume} {emotion}. In URLs they are percent-encoded; a JSON string
that is nothing but a number's placeholder becomes that number. Text is only ever put in, never interpreted.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal
from urllib.parse import quote

import aiohttp
from pydantic import Field, JsonValue, SecretStr
from yarl import URL

from streamer.adapters import http_client
from streamer.adapters.part import Part, is_web_address
from streamer.adapters.tts.common import http
from streamer.adapters.tts.common.mp3 import warm_up
from streamer.adapters.tts.common.text import encodable, speakable
from streamer.ports import Done, Misconfigured, SpeechPiece, SpeechRequest, Unavailable, VoiceCaps

PLACEHOLDER = re.compile(r"\{(text|voice|lang|rate|pitch|volume|emotion)\}")


class HttpVoice(Part):
    """`languages` maps a persona's language to the server's word for it. With `query_url`, that address is POSTed first
    and its JSON answer, with `query_set` merged in, is the body for `url` (VOICEVOX and its relatives).

    `format` `auto` goes by Content-Type and first bytes. Raw PCM is s16le mono at `pcm_rate_hz`.
    """

    kind: Literal["http"] = "http"
    url: str
    method: Literal["GET", "POST"] | None = None
    body: JsonValue = None
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    query_url: str = ""
    query_set: dict[str, JsonValue] = Field(default_factory=dict)
    voice: str = ""
    languages: dict[str, str] = Field(default_factory=dict)
    format: Literal["auto", "wav", "mp3", "pcm"] = "auto"
    pcm_rate_hz: int = Field(default=24_000, ge=8_000, le=192_000)
    cost_per_1k_chars: float = Field(default=0.0, ge=0)
    first_audio_s: float = Field(default=10.0, gt=0)
    stall_s: float = Field(default=5.0, gt=0)
    total_s: float = Field(default=60.0, gt=0)
    max_bytes: int = Field(default=32 << 20, gt=0)

    def open(self) -> "HttpSpeech":
        for name, url in (("url", self.url), ("query_url", self.query_url)):
            if (url or name == "url") and not is_web_address(re.sub(r"\s", "", url)):
                raise Misconfigured(f"tts.http.{name} is no http(s) address", fix="start it with http://HOST:PORT/")
        if "{text}" not in self.url + self.query_url + str(self.body):
            raise Misconfigured(
                "the HTTP voice never gets the text", fix="put {text} into tts.http.url or tts.http.body"
            )
        return HttpSpeech(self)


class HttpSpeech:
    """TextToSpeech over one keep-alive session."""

    def __init__(self, settings: HttpVoice) -> None:
        self._settings = settings
        local = http_client.is_local(re.sub(r"[{}]", "", settings.url))
        self.caps = VoiceCaps(engine="http", streaming=True, local=local, cost_per_1k_chars=settings.cost_per_1k_chars)
        self._sessions = http.sessions(proxies=not local)
        self._limits = http.Limits(settings.first_audio_s, settings.stall_s, settings.total_s, settings.max_bytes)
        self._answer = http.Answer(
            asked=None if settings.format == "auto" else settings.format,
            pcm_rate_hz=settings.pcm_rate_hz,
            server="the HTTP voice",
            fix_key="check tts.http.headers",
            fix_url="check tts.http.url",
        )

    async def warm(self) -> None:
        """Loads the decoder, which most WAV rates and MP3 need. Sends nothing."""
        await asyncio.to_thread(warm_up)

    async def aclose(self) -> None:
        await self._sessions.aclose()

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        if not speakable(request.text):
            yield Done(0)
            return
        settings, values = self._settings, self._values(request)
        headers = {name: secret.get_secret_value() for name, secret in settings.headers.items()}
        extra: dict[str, Any] = {"headers": headers}
        session = self._sessions.get()
        if settings.query_url:
            extra["json"] = await self._query(session, values, headers)
        elif settings.body is not None:
            extra["json"] = fill(settings.body, values)
        method = settings.method or ("POST" if "json" in extra else "GET")
        stream = http.speak(
            session, method, fill_url(settings.url, values), request.text,
            answer=self._answer, limits=self._limits, **extra,
        )  # fmt: skip
        try:
            async for piece in stream:
                yield piece
        finally:
            await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]

    def _values(self, request: SpeechRequest) -> dict[str, str | float]:
        voice, languages = request.voice, self._settings.languages
        return {
            "text": encodable(request.text),
            "voice": voice.name or self._settings.voice,
            "lang": languages.get(voice.language, languages.get(voice.language.split("-")[0], voice.language)),
            "rate": voice.rate,
            "pitch": voice.pitch,
            "volume": voice.volume,
            "emotion": request.emotion,
        }

    async def _query(
        self, session: aiohttp.ClientSession, values: Mapping[str, str | float], headers: Mapping[str, str]
    ) -> object:
        url = fill_url(self._settings.query_url, values)
        try:
            async with asyncio.timeout(self._limits.first_s):
                async with session.post(url, headers=headers, allow_redirects=False) as response:
                    http.refuse(response.status, response.headers, self._answer)
                    found = json.loads(await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unavailable(f"the HTTP voice: its query fails ({type(error).__name__})") from error
        changes = fill(self._settings.query_set, values)
        return {**found, **changes} if isinstance(found, dict) and isinstance(changes, dict) else found


def fill_url(template: str, values: Mapping[str, str | float]) -> URL:
    """The template with percent-encoded values; nothing in a value can end its place."""
    return URL(PLACEHOLDER.sub(lambda m: quote(str(values[m[1]]), safe=""), template), encoded=True)


def fill(template: Any, values: Mapping[str, str | float]) -> Any:
    """JSON with the placeholders in its strings replaced, once."""
    if isinstance(template, str):
        whole = PLACEHOLDER.fullmatch(template)
        if whole is not None:
            return values[whole[1]]
        return PLACEHOLDER.sub(lambda m: str(values[m[1]]), template)
    if isinstance(template, dict):
        return {key: fill(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    return template
