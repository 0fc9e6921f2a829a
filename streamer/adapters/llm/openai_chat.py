"""Any server with OpenAI's chat completions, through the `openai` client, streamed.

The client's own typed call walks over every message (0.16 ms each); the body is therefore encoded here and handed over
as bytes, at 1 microsecond a message. Chunks are taken as plain JSON, typed ones cost more than the words are worth. The
client retries nothing: in a live talk the ladder goes on.
"""

import asyncio
import contextlib
import importlib
import inspect
import re
from collections.abc import AsyncIterator
from typing import Any, Literal

import msgspec
from pydantic import Field, JsonValue, SecretStr

from streamer.adapters.http_client import is_local
from streamer.adapters.llm.common.profiles import PROFILES, Profile, ProfileName
from streamer.adapters.part import Part, is_web_address
from streamer.ports import Completion, Message, Misconfigured, Token, Unavailable, Usage

WARM_LIMIT_S = 3.0
CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
MAX_RETRY_AFTER_S = 3600.0


class OpenAiChat(Part):
    """`profile` fills what is left empty. `extra` goes into every request as it is (`top_p`, `keep_alive`, ...).

    Prices are US dollars per million tokens. `first_token_s` runs from the request to the first words, thinking too.
    """

    kind: Literal["openai"] = "openai"
    profile: ProfileName = "openai"
    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = ""
    extra: dict[str, JsonValue] = Field(default_factory=dict)
    connect_s: float = Field(default=3.0, gt=0)
    first_token_s: float = Field(default=6.0, gt=0)
    between_tokens_s: float = Field(default=5.0, gt=0)
    prompt_price: float = Field(default=0.0, ge=0)
    completion_price: float = Field(default=0.0, ge=0)

    def open(self) -> "OpenAiChatModel":
        profile = PROFILES[self.profile]
        url = (self.base_url or profile.base_url).rstrip("/")
        if not is_web_address(url):
            raise Misconfigured("llm.base_url is no http(s) address", fix="e.g. http://localhost:11434/v1")
        if profile.needs_key and not self.base_url and not self.api_key.get_secret_value():
            raise Misconfigured(f"{self.profile} needs a key", fix=f"set {profile.key_env}")
        model = self.model or profile.model
        if not model:
            raise Misconfigured(f"{self.profile} needs the name of a model", fix="set llm.model")
        return OpenAiChatModel(self, profile, url, model)


class OpenAiChatModel:
    """LanguageModel. The client (0.9 s to import, 45 MB) is loaded by `warm` or the first request, in a thread."""

    def __init__(self, settings: OpenAiChat, profile: Profile, base_url: str, model: str) -> None:
        self.name = f"{settings.profile}:{model}"
        self._settings, self._profile, self._base_url, self._model = settings, profile, base_url, model
        self._client: Any = None
        self._stream: Any = None
        self._bytes_field = "content"
        self._loading = asyncio.Lock()
        self._closed = False

    async def load(self) -> None:
        """Loads the client only; sends nothing."""
        await self._ready()

    async def warm(self) -> None:
        """Loads the client and opens a connection (`GET models`); asks Ollama to load the model. Fails silently."""
        client = await self._ready()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(WARM_LIMIT_S):
                await client.get("/models", cast_to=object, options={"max_retries": 0})
        if self._settings.profile == "ollama":
            root = self._base_url.removesuffix("/v1")
            with contextlib.suppress(Exception):
                async with asyncio.timeout(WARM_LIMIT_S):
                    await client.post(f"{root}/api/generate", cast_to=object, body={"model": self._model})

    async def aclose(self) -> None:
        self._closed = True
        if self._client is not None:
            await self._client.close()

    async def stream(self, request: Completion) -> AsyncIterator[Token | Usage]:
        """See the port. Closing the iterator closes the connection, so that the server stops computing."""
        client = await self._ready()
        answer = _Answer(self.name, self._settings.prompt_price, self._settings.completion_price)
        settings, stream = self._settings, None
        waited = 0.0
        loop = asyncio.get_running_loop()
        try:
            while True:
                limit = settings.between_tokens_s if answer.started else max(0.0, settings.first_token_s - waited)
                begin = loop.time()
                async with asyncio.timeout(limit):
                    if stream is None:
                        stream = await self._send(client, request)
                    chunk = await anext(stream, None)
                waited += loop.time() - begin
                if chunk is None:
                    break
                text = answer.read(chunk)
                if text:
                    yield Token(text)
            rest = answer.rest()
            if rest:
                yield Token(rest)
        except Exception as error:  # noqa: BLE001 - errors of JSON, HTTP and the client, of several libraries
            raise _failure(error, self.name, self._profile) from None  # the cause may quote the key or the messages
        finally:
            if stream is not None:
                with contextlib.suppress(Exception):
                    await stream.close()
        yield answer.usage()

    async def _ready(self) -> Any:
        async with self._loading:
            if self._closed:
                raise Unavailable("the model is closed")
            if self._client is None:
                self._client, self._stream = await asyncio.to_thread(self._load)
        return self._client

    def _load(self) -> tuple[Any, Any]:
        openai = importlib.import_module("openai")
        limits = type(openai.DEFAULT_CONNECTION_LIMITS)  # of httpx or httpx2, whichever the client is built on
        http_client = openai.DefaultAsyncHttpxClient(
            limits=limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=90.0),
            trust_env=not is_local(self._base_url),
            follow_redirects=False,
        )
        client = openai.AsyncOpenAI(
            base_url=self._base_url,
            api_key=self._settings.api_key.get_secret_value() or "none",
            max_retries=0,
            timeout=openai.Timeout(None, connect=self._settings.connect_s),
            http_client=http_client,
        )
        if "content" not in inspect.signature(client.post).parameters:  # clients older than that take bytes as the body
            self._bytes_field = "body"
        return client, openai.AsyncStream[object]

    async def _send(self, client: Any, request: Completion) -> Any:
        return await client.post(
            "/chat/completions",
            cast_to=object,
            **{self._bytes_field: self._body(request)},
            options={"headers": {"Content-Type": "application/json", "Accept": "text/event-stream"}},
            stream=True,
            stream_cls=self._stream,
        )

    def _body(self, request: Completion) -> bytes:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": request.messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": request.temperature,
            self._profile.limit_field: request.max_tokens,
        }
        if request.stop:
            body["stop"] = request.stop[: self._profile.stops]
        if request.seed and self._profile.seed:
            body["seed"] = request.seed & 0x7FFFFFFF
        body.update(self._settings.extra)
        body = {key: value for key, value in body.items() if value is not None}
        try:
            return msgspec.json.encode(body)
        except UnicodeEncodeError:  # lone surrogates, which some chat clients send
            clean = [
                Message(message.role, message.content.encode("utf-8", "replace").decode())
                for message in request.messages
            ]
            return msgspec.json.encode({**body, "messages": clean})


class _Answer:
    """What one stream has brought so far. Thoughts written in front as `<think>...</think>` are left out."""

    OPEN, CLOSE = "<think>", "</think>"

    def __init__(self, name: str, prompt_price: float, completion_price: float) -> None:
        self._name, self._prices = name, (prompt_price, completion_price)
        self._tokens = (0, 0)
        self._reason: str | None = None
        self._held = ""
        self._mode: Literal["start", "thinking", "trim", "text"] = "start"
        self.started = False

    def read(self, chunk: Any) -> str:
        """The speakable text of a chunk of JSON; servers leave out nearly every field at times."""
        if not isinstance(chunk, dict):
            return ""
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            self._tokens = (usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return ""
        self._reason = choice.get("finish_reason") or self._reason
        delta = choice.get("delta")
        text = delta.get("content") if isinstance(delta, dict) else None
        text = self._speakable(text) if isinstance(text, str) else ""
        self.started = self.started or bool(text)
        return text

    def _speakable(self, text: str) -> str:
        if self._mode == "text":
            return text
        self._held += text
        if self._mode == "start":
            head = self._held.lstrip()
            if self.OPEN.startswith(head[: len(self.OPEN)]) and len(head) < len(self.OPEN):
                return ""
            self._mode = "thinking" if head.startswith(self.OPEN) else "text"
        if self._mode == "thinking":
            _before, close, after = self._held.partition(self.CLOSE)
            if not close:
                self._held = self._held[-len(self.CLOSE) :] if len(self._held) > 64 else self._held
                return ""
            self._mode, self._held = "trim", after
        if self._mode == "trim":  # the blank lines between the thoughts and the answer
            self._held = self._held.lstrip()
            if not self._held:
                return ""
            self._mode = "text"
        out, self._held = self._held, ""
        return out

    def rest(self) -> str:
        """What was held back as the possible beginning of a thought and was none."""
        return self._held if self._mode == "start" else ""

    def usage(self) -> Usage:
        prompt, completion = self._tokens
        cost = (prompt * self._prices[0] + completion * self._prices[1]) / 1e6 if any(self._prices) else None
        return Usage(prompt, completion, cost, complete=self._reason in ("stop", "tool_calls"), provider=self._name)


def _failure(error: Exception, name: str, profile: Profile) -> Unavailable | Misconfigured:
    """What an exception of the client means, in words that hold neither key nor messages."""
    if isinstance(error, Unavailable | Misconfigured):
        return error
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _refusal(status, _code(error), getattr(getattr(error, "response", None), "headers", {}), name, profile)
    if isinstance(error, TimeoutError):
        return Unavailable(f"{name}: no words in time")
    kind = type(error).__name__
    if kind == "APITimeoutError":
        return Unavailable(f"{name}: cannot be reached in time")
    if kind == "APIConnectionError":
        return Unavailable(f"{name}: cannot be reached, or broke off")
    return Unavailable(f"{name}: answers in a way that is not understood ({_code(error) or kind})")


def _refusal(status: int, code: str, headers: Any, name: str, profile: Profile) -> Unavailable | Misconfigured:
    said = f"{status} {code}".strip()
    if status in (401, 403):
        return Misconfigured(f"{name}: the key is refused ({said})", fix=f"check {profile.key_env or 'llm.api_key'}")
    if status in (404, 405):
        return Misconfigured(f"{name}: no such model or address ({said})", fix="check llm.model and llm.base_url")
    if status == 402 or code == "insufficient_quota":
        return Misconfigured(f"{name}: no credit left ({said})", fix="add credit at the provider")
    if status == 429:
        return Unavailable(f"{name}: asks to slow down ({said})", retry_after_s=_retry_after(headers))
    return Unavailable(f"{name}: answers {said}", retry_after_s=_retry_after(headers) if status >= 500 else None)


def _code(error: Exception) -> str:
    for field in ("code", "type"):
        value = getattr(error, field, None)
        if isinstance(value, str) and CODE.fullmatch(value):
            return value
    return ""


def _retry_after(headers: Any) -> float | None:
    for field, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        with contextlib.suppress(ValueError, TypeError):
            return min(MAX_RETRY_AFTER_S, max(0.0, float(headers.get(field)) * unit))
    return None
