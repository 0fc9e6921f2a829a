"""A local server that speaks OpenAI's HTTP protocol (chat completions, speech, models), with ways to fail.

    async with FakeOpenAi(sound) as server:
        model = OpenAiChat(base_url=server.url, model="fake").open()

`mode` and the stamps are those of `FaultyHttp`; for chat, `clause_ns` holds when the token that completes the first
clause was sent. `url` is the base URL for clients, with `/v1`.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.faulty_http import FaultyHttp

CLAUSE_END = re.compile(r"[.!?,;:。！？、]\s*$")
Sound = Callable[[str], bytes]


class FakeOpenAi(FaultyHttp):
    """`sound` gives 24,000 Hz s16le mono for a text. `encode` turns that into another format by its name."""

    def __init__(
        self, sound: Sound | None = None, *, encode: dict[str, Callable[[bytes], bytes]] | None = None
    ) -> None:
        super().__init__()
        self.content_type: str | None = None
        self.tokens: list[str] = ["Hello", " there,", " nice", " to", " see", " you", "."]
        self.token_delay_s = 0.0
        self.finish_reason: str | None = "stop"
        self.usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        self.clause_ns: list[int] = []
        self.listed = 0
        self._sound = sound or (lambda text: b"\x00\x10\x00\xf0" * (600 * max(1, len(text))))
        self._encode = encode or {}

    @property
    def url(self) -> str:
        return self.root + "/v1"

    def _routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/chat/completions", self._chat)
        router.add_post("/v1/audio/speech", self._speech)
        router.add_get("/v1/models", self._models)
        router.add_get("/api/tags", self._tags)
        router.add_post("/api/generate", self._generate)

    # --- chat

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            await self._answer(request, response)
        except (ConnectionError, asyncio.CancelledError):
            self.gone += 1
            raise
        return response

    async def _answer(self, request: web.Request, response: web.StreamResponse) -> None:
        if self.mode == "garbage":
            await response.write(b"data: {not json\n\n\xff\xfe\x00")
            return
        if self.mode == "empty":
            return
        await response.write(b": comment\n\n" + self._event({"role": "assistant", "content": None}))
        middle = len(self.tokens) // 2
        said, clause = "", False
        for i, token in enumerate(self.tokens):
            if i == middle and self.mode in ("stall", "cut", "early_end", "error_event"):
                if self.mode == "stall":
                    await self._hang(request)
                elif self.mode == "cut":
                    assert request.transport is not None
                    request.transport.abort()
                elif self.mode == "error_event":
                    await response.write(
                        b'data: {"error": {"message": "overloaded sk-secret", "code": "overloaded"}}\n\n'
                    )
                return
            await self._pause(self.token_delay_s)
            if request.transport is None or request.transport.is_closing():
                self.gone += 1
                return
            await response.write(self._event({"content": token}))
            if i == 0:
                self.first_byte_ns.append(time.perf_counter_ns())
            said += token
            if not clause and CLAUSE_END.search(said):
                clause = True
                self.clause_ns.append(time.perf_counter_ns())
        await response.write(self._event({}, self.finish_reason))
        if self.requests[-1].get("stream_options", {}).get("include_usage"):
            await response.write(self._data({**self._head(), "choices": [], "usage": self.usage}))
        await response.write(b"data: [DONE]\n\n")

    def _head(self) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        return self._data({**self._head(), "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    @staticmethod
    def _data(value: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(value).encode() + b"\n\n"

    # --- speech

    async def _speech(self, request: web.Request) -> web.StreamResponse:
        refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        asked = self.requests[-1]
        kind = str(asked.get("response_format", "mp3"))
        sound = self._sound(str(asked["input"]))
        data = self._encode[kind](sound) if kind in self._encode else sound
        types = {"pcm": "audio/pcm", "wav": "audio/wav", "mp3": "audio/mpeg"}
        return await self._send(request, data, self.content_type or types.get(kind, "application/octet-stream"))

    # --- what model servers list

    async def _models(self, _request: web.Request) -> web.Response:
        self.listed += 1
        return web.json_response({"object": "list", "data": [{"id": "fake-8b"}, {"id": "text-embedding-fake"}]})

    async def _tags(self, _request: web.Request) -> web.Response:
        details = {"parameter_size": "8.0B", "quantization_level": "Q4_K_M"}
        models = [
            {"name": "llama3:8b", "size": 4_661_224_676, "details": details},
            {"name": "nomic-embed-text", "size": 1},
        ]
        return web.json_response({"models": models})

    async def _generate(self, request: web.Request) -> web.Response:
        self.requests.append(await request.json())
        return web.json_response({"done": True})
