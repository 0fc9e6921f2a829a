"""Any server with OpenAI's `POST /v1/audio/transcriptions`: OpenAI, Groq, speaches, LocalAI, whisper.cpp's server, ...

A clip is sent as a WAV file in a multipart form (API reference, "Create transcription"). `verbose_json` is asked for
where it exists: its segments tell how sure the model is, and whether anybody spoke at all. With `stream` the words of
the last request come as server-sent events (`transcript.text.delta`, `transcript.text.done`).
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal
from typing import Final as Constant

import aiohttp
from pydantic import Field, SecretStr
from yarl import URL

from streamer.adapters import http_client
from streamer.adapters.asr.common import http
from streamer.adapters.asr.common.batch import BatchHearing
from streamer.adapters.asr.common.hints import base_of, bounded
from streamer.adapters.asr.common.sound import Clip, wav_of
from streamer.adapters.part import Part, is_web_address
from streamer.ports import Final, Hearing, Loading, Misconfigured, Partial, RecognizerCaps, Unavailable

LOOK_S = 4.0
"""Limit of the question whether the server is there."""
SIMPLEST: Constant = ("json", False)
"""Form of the answer, and whether probabilities are asked for: every server has it."""


class OpenAiEar(Part):
    """`language` empty: the show's. `response_format` `auto`: the fullest that the model is known to give."""

    kind: Literal["openai"] = "openai"
    base_url: str = "https://api.openai.com/v1"
    api_key: SecretStr = SecretStr("")
    model: str = "gpt-4o-mini-transcribe"
    language: str = ""
    response_format: Literal["auto", "json", "verbose_json"] = "auto"
    stream: bool = False
    limit_s: float = Field(default=6.0, gt=0, le=60)

    def open(self) -> "OpenAiRecognizer":
        if not is_web_address(self.base_url):
            raise Misconfigured("asr.openai.base_url is no http(s) address", fix="e.g. http://localhost:8000/v1")
        if URL(self.base_url).host == "api.openai.com" and not self.api_key.get_secret_value():
            raise Misconfigured(
                "OpenAI's transcription needs a key",
                fix="set OPENAI_API_KEY, or give OpenAI's key in the set-up (Model or Voice)",
            )
        return OpenAiRecognizer(self)


class OpenAiRecognizer:
    """SpeechRecognizer over one keep-alive session. Every look is a request of its own."""

    def __init__(self, settings: OpenAiEar) -> None:
        self._settings = settings
        base = settings.base_url.rstrip("/")
        self._url, self._models = URL(base + "/audio/transcriptions"), URL(base + "/models")
        local = http_client.is_local(base)
        self.caps = RecognizerCaps(engine="openai", local=local)
        self._sessions = http_client.Sessions("the recogniser", proxies=not local)
        self._words = http.Words(
            "the transcription server",
            fix_key="check asr.openai.api_key",
            fix_url="check asr.openai.base_url and asr.openai.model",
        )
        key = settings.api_key.get_secret_value()
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        own = settings.model.startswith("gpt-")  # the reference: these know `json` only
        asked = settings.response_format
        self._format = ("json" if own else "verbose_json") if asked == "auto" else asked
        self._logprobs = own and URL(base).host == "api.openai.com"

    async def load(self, progress: Callable[[Loading], None]) -> None:
        """Asks whether the server is there and takes the key; that it lists no models is no failure."""
        progress(Loading("loading", self._settings.model))
        try:
            async with self._sessions.get().get(
                self._models, headers=self._headers, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=LOOK_S)
            ) as response:
                if response.status in (401, 403):
                    http.refuse(response.status, response.headers, self._words)
        except TimeoutError:
            raise Unavailable(f"{self._words.server} did not answer within {LOOK_S:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise Unavailable(f"{self._words.server} cannot be reached") from None

    def hear(self, *, language: str, hints: Sequence[str], on_partial: Callable[[Partial], None]) -> Hearing:
        """See the port."""
        spoken = base_of(self._settings.language or language)
        names = ", ".join(bounded(hints))

        async def understand(clip: Clip, last: bool) -> Final:  # noqa: FBT001
            return await self._ask(clip.pcm(), spoken, names, on_partial if last else None)

        return BatchHearing(understand, refuses=lambda: self._sessions.get() and None)

    async def aclose(self) -> None:
        await self._sessions.aclose()

    async def _ask(self, pcm: bytes, language: str, names: str, on_partial: Callable[[Partial], None] | None) -> Final:
        """In the form that worked before, or in the simplest one; within the limit of the settings."""
        wav, limit_s = wav_of(pcm), self._settings.limit_s
        kind, logprobs = self._format, self._logprobs
        heard: list[str] = []

        def on_event(event: Any) -> None:
            if on_partial is not None and isinstance(event, dict) and event.get("type") == "transcript.text.delta":
                delta = event.get("delta")
                heard.append(delta if isinstance(delta, str) else "")
                on_partial(Partial("".join(heard).strip()))

        def form() -> aiohttp.FormData:
            data = aiohttp.FormData()
            data.add_field("file", wav, filename="speech.wav", content_type="audio/wav")
            for name, value in self._fields(kind, language, names, logprobs=logprobs, stream=on_partial is not None):
                data.add_field(name, value)
            return data

        async def ask() -> Final:
            answer = await http.ask(
                self._sessions.get(), self._url, form, headers=self._headers, words=self._words,
                limit_s=limit_s, on_event=on_event,
            )  # fmt: skip
            return self._final(answer, language)

        try:
            async with asyncio.timeout(limit_s):
                try:
                    return await ask()
                except http.Refused as refused:
                    if (kind, logprobs) == SIMPLEST:
                        http.refuse(refused.status, {}, self._words)
                kind, logprobs = SIMPLEST
                final = await ask()
        except http.Refused as refused:  # not because of the form
            http.refuse(refused.status, {}, self._words)
            raise
        except TimeoutError:
            raise Unavailable(f"{self._words.server} did not answer within {limit_s:g} s") from None
        self._format, self._logprobs = SIMPLEST
        return final

    def _fields(
        self, kind: str, language: str, names: str, *, logprobs: bool, stream: bool
    ) -> Iterable[tuple[str, str]]:
        yield "model", self._settings.model
        yield "response_format", kind
        yield "temperature", "0"
        if language:
            yield "language", language
        if names:
            yield "prompt", names
        if logprobs and kind == "json":
            yield "include[]", "logprobs"
        if stream and self._settings.stream:
            yield "stream", "true"

    def _final(self, answer: Any, language: str) -> Final:
        """Raises Unavailable when the answer is not what the protocol promises."""
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise Unavailable(f"{self._words.server} sent something that is no transcription")
        text = " ".join(answer["text"].split())
        told = answer.get("language")
        language = told if isinstance(told, str) and len(told) == 2 else language
        try:
            segments = _rows(answer, "segments")
            sure = _numbers(segments, "avg_logprob")
            silent = _numbers(segments, "no_speech_prob")
            sure = sure or _numbers(_rows(answer, "logprobs"), "logprob")
        except (ValueError, OverflowError):  # the latter: an integer of hundreds of digits
            raise Unavailable(f"{self._words.server} sent something that is no transcription") from None
        confidence = math.exp(min(0.0, sum(sure) / len(sure))) if sure else 1.0
        no_speech = min(1.0, max(0.0, min(silent))) if silent else 0.0
        return Final(text, confidence if text else 0.0, no_speech if text else 1.0, language)


def _rows(answer: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """ValueError: no list."""
    rows = answer.get(key)
    if rows is not None and not isinstance(rows, list):
        raise ValueError(key)
    return [each for each in rows or () if isinstance(each, dict)]


def _numbers(rows: Iterable[dict[str, Any]], key: str) -> list[float]:
    found = [row.get(key) for row in rows]
    return [float(each) for each in found if isinstance(each, int | float) and math.isfinite(each)]
