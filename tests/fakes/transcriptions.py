"""A local server with OpenAI's `POST /v1/audio/transcriptions`, with ways to fail.

    async with FakeTranscriptions("hello there") as server:
        ear = OpenAiEar(base_url=server.url, model="whisper-1").open()

It answers `text` to any sound that is louder than a whisper, and nothing to silence. `json`, `verbose_json`, `text` and
`stream=true` are as in the API reference ("Create transcription", "Transcription streaming events"); `formats` are
those that it takes, another one is refused with 400 as the gpt-4o models do. `mode` and the stamps are those of
`FaultyHttp`, and: `413`, `strange` (JSON that is no transcription). `body`: what every answer is instead.
"""

import array
import io
import json
import math
import time
import wave
from typing import Any

from aiohttp import web

from tests.fakes.faulty_http import FaultyHttp

LOUD = 200


class FakeTranscriptions(FaultyHttp):
    """`clips` are the sounds that came, s16le mono; `rates` their samples a second."""

    def __init__(self, text: str = "hello there") -> None:
        super().__init__()
        self.text = text
        self.formats = {"json", "verbose_json", "text"}
        self.streams = True
        self.body = ""
        self.work_s = 0.0
        self.avg_logprob, self.no_speech_prob = -0.2, 0.02
        self.clips: list[bytes] = []
        self.rates: list[int] = []
        self.listed = 0

    @property
    def url(self) -> str:
        return self.root + "/v1"

    def _routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/v1/audio/transcriptions", self._transcribe)
        router.add_get("/v1/models", self._models)

    async def _models(self, request: web.Request) -> web.Response:
        self.listed += 1
        if self.mode in ("401", "403"):
            return web.json_response({"error": {"message": "no"}}, status=int(self.mode))
        return web.json_response({"object": "list", "data": [{"id": "whisper-1"}]})

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        fields = await self._read(request)
        refusal = await self._refuse(request, fields)
        if refusal is not None:
            return refusal
        await self._pause(self.work_s)
        if self.mode == "stall" or (self.work_s and (request.transport is None or request.transport.is_closing())):
            await self._hang(request)
        clip = array.array("h", self.clips[-1])
        text = self.text if clip and math.sqrt(sum(x * x for x in clip) / len(clip)) > LOUD else ""
        if fields.get("stream") == "true" and self.streams:
            return await self._stream(request, text)
        return self._answer(fields, text)

    async def _read(self, request: web.Request) -> dict[str, str]:
        """The fields of the form; the sound goes to `clips`. aiohttp's own parser has to like the form."""
        fields: dict[str, str] = {}
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                with wave.open(io.BytesIO(value.file.read())) as sound:
                    assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
                    self.rates.append(sound.getframerate())
                    self.clips.append(sound.readframes(sound.getnframes()))
                fields["filename"] = value.filename
            else:
                fields[name] = str(value)
        self.received_ns.append(time.perf_counter_ns())
        self.requests.append(fields)
        self.headers.append(dict(request.headers))
        return fields

    async def _refuse(self, request: web.Request, fields: dict[str, str]) -> web.Response | None:
        if self.mode in ("400", "401", "403", "404", "413", "422", "429", "500", "503"):
            status = int(self.mode)
            said = f"refused {request.headers.get('Authorization', '')}"
            headers = {"Retry-After": "7"} if status in (429, 503) else {}
            return web.json_response({"error": {"message": said, "type": "fake"}}, status=status, headers=headers)
        if fields.get("response_format", "json") not in self.formats:
            message = f"response_format '{fields['response_format']}' is not compatible with model"
            return web.json_response({"error": {"message": message, "param": "response_format"}}, status=400)
        match self.mode:
            case "silent":
                await self._hang(request)
            case "slow":
                await self._pause(self.slow_s)
            case "html":
                return web.Response(text="<html>Log in to the hotel's network</html>", content_type="text/html")
            case "garbage":
                return web.Response(body=b"\x01garbage\xff" * 4000, content_type="application/json")
            case "empty":
                return web.Response(body=b"", content_type="application/json")
            case "strange":
                return web.json_response({"text": ["no", "text"], "segments": "none"})
            case "long":
                return web.Response(body=b'{"text": "' + b"a" * (2 << 20) + b'"}', content_type="application/json")
            case "cut":
                assert request.transport is not None
                request.transport.abort()
        return None

    def _answer(self, fields: dict[str, str], text: str) -> web.Response:
        if self.body:
            return web.Response(text=self.body, content_type="application/json")
        kind = fields.get("response_format", "json")
        if kind == "text":
            return web.Response(text=text + "\n")
        answer: dict[str, Any] = {"text": " " + text if text else ""}
        if kind == "verbose_json":
            seconds = len(self.clips[-1]) / 2 / self.rates[-1]
            segment = {
                "id": 0, "seek": 0, "start": 0.0, "end": seconds, "text": " " + text, "tokens": [1, 2],
                "temperature": 0.0, "avg_logprob": self.avg_logprob, "compression_ratio": 0.9,
                "no_speech_prob": self.no_speech_prob,
            }  # fmt: skip
            answer |= {"task": "transcribe", "language": "english", "duration": seconds}
            answer["segments"] = [segment] if text else []
        elif "include[]" in fields:
            answer["logprobs"] = [{"token": word, "logprob": self.avg_logprob, "bytes": []} for word in text.split()]
        return web.json_response(answer)

    async def _stream(self, request: web.Request, text: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for at, word in enumerate(text.split()):
            delta = {"type": "transcript.text.delta", "delta": word if at == 0 else f" {word}"}
            await response.write(f"event: {delta['type']}\ndata: {json.dumps(delta)}\n\n".encode())
            await self._pause(self.chunk_delay_s)
            if self.mode == "cut_stream":
                assert request.transport is not None
                request.transport.abort()
                return response
            if self.mode == "stop_stream":
                return response
        done = {"type": "transcript.text.done", "text": text, "usage": {"type": "duration", "seconds": 1}}
        await response.write(f"event: {done['type']}\ndata: {json.dumps(done)}\n\ndata: [DONE]\n\n".encode())
        return response
