"""A local server that speaks Azure's speech service as its SDK 1.53 expects it: synthesis, recognition, list of voices.

    async with FakeAzure(sound, words) as azure:
        voice = AzureVoice(endpoint=azure.url, api_key=azure.key).open()

`mode` holds for every new connection and turn until changed:
    ok, slow (first sound or word after `slow_s`), silent (takes everything, says nothing), stall (stops in the middle,
    keeps the connection), cut (drops it in the middle), early_end (synthesis: `turn.end` in the middle), no_audio
    (synthesis: a turn without sound), zeros (synthesis: digital silence), garbage (messages nobody can read),
    nothing (recognition: nobody spoke), hang (the connection itself is never accepted), 401, 403, 429, 503
SSML that is not well-formed, or without a voice, ends the connection with 1007, as the service does.

Paths: `/tts/cognitiveservices/websocket/v1` and `/stt/speech/universal/v2` (what the SDK makes of `endpoint=ws://...`),
`/tts/cognitiveservices/voices/list`. The message shapes follow what the SDK sends and takes; the service's own timing
and normalisation of text are not imitated.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.fakes import azure_usp as usp
from tests.fakes.azure_ear import EarTurn
from tests.fakes.azure_voice import VoiceTurn
from tests.fakes.serving import listen

Sound = Callable[[str], bytes]
Words = Callable[[str], list[tuple[str, int, int]]]
STATUSES = ("401", "403", "429", "503")
VOICES = [
    {"Name": "Microsoft Server Speech Text to Speech Voice (en-US, JennyNeural)", "DisplayName": "Jenny",
     "LocalName": "Jenny", "ShortName": "en-US-JennyNeural", "Gender": "Female", "Locale": "en-US",
     "StyleList": ["chat", "cheerful", "sad", "excited", "whispering"], "VoiceType": "Neural", "Status": "GA"},
    {"Name": "Microsoft Server Speech Text to Speech Voice (en-US, GuyNeural)", "DisplayName": "Guy",
     "LocalName": "Guy", "ShortName": "en-US-GuyNeural", "Gender": "Male", "Locale": "en-US", "VoiceType": "Neural"},
    {"Name": "Microsoft Server Speech Text to Speech Voice (ja-JP, NanamiNeural)", "DisplayName": "Nanami",
     "LocalName": "七海", "ShortName": "ja-JP-NanamiNeural", "Gender": "Female", "Locale": "ja-JP",
     "StyleList": ["chat", "customerservice", "cheerful"], "VoiceType": "Neural", "Status": "GA"},
]  # fmt: skip


class FakeAzure:
    """`sound` gives 24,000 Hz s16le mono for a text, `words` its (word, at_ms, dur_ms); `understand` what was said in
    16,000 Hz s16le mono that is not silent."""

    def __init__(
        self,
        sound: Sound = lambda text: b"\x00\x10\x00\xf0" * (600 * max(1, len(text))),
        words: Words = lambda _text: [],
        understand: Callable[[bytes], str] = lambda _pcm: "hello everyone and welcome back",
    ) -> None:
        self.mode = "ok"
        self.key = "key-of-the-fake"
        self.slow_s = 0.5
        self.faults = 1_000_000
        """How many more connections and turns the mode is for; then all is well."""
        self.sound, self.words, self.understand = sound, words, understand
        self.frame_bytes = 4_800
        self.frame_delay_s = 0.0
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.contexts: list[dict[str, Any]] = []
        """`synthesis.context` and `speech.context` of every turn."""
        self.ssml: list[str] = []
        self.spoken: list[str] = []
        """The text of each SSML document."""
        self.audio: list[bytes] = []
        """What was sent to be recognised, a turn each."""
        self.received_ns: list[int] = []
        """Of each SSML document, `time.perf_counter_ns()`."""
        self.first_byte_ns: list[int] = []
        self.connections = 0
        self.open = 0
        self.listed = 0
        self.stop = asyncio.Event()
        self.url = self.root = ""
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/tts/cognitiveservices/websocket/v1", self._voice)
        app.router.add_get("/stt/speech/universal/v2", self._ear)
        app.router.add_get("/tts/cognitiveservices/voices/list", self._list)
        self._runner, port = await listen(app)
        self.url, self.root = f"ws://127.0.0.1:{port}", f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self.stop.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def fault(self, *modes: str) -> str:
        """The mode, if it is one of these and still holds; counts it as used."""
        if self.mode in modes and self.faults > 0:
            self.faults -= 1
            return self.mode
        return ""

    async def hang_up(self) -> None:
        """Closes every connection, as the service does with idle ones."""
        for ws in list(self._sockets):
            await ws.close(code=1000, message=b"Connection has been idle for too long")

    # --- connections

    async def _voice(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, VoiceTurn)

    async def _ear(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, EarTurn)

    async def _refusal(self, request: web.Request) -> web.Response | None:
        self.headers.append(dict(request.headers))
        self.paths.append(request.path)
        self.connections += 1
        if self.fault("hang"):
            await self.stop.wait()
        status = self.fault(*STATUSES)
        if status:
            return web.Response(status=int(status), headers={"Retry-After": "7"} if status in ("429", "503") else {})
        if request.headers.get("Ocp-Apim-Subscription-Key") != self.key:
            return web.Response(status=401)
        return None

    async def _serve(self, request: web.Request, kind: type[VoiceTurn | EarTurn]) -> web.StreamResponse:
        refusal = await self._refusal(request)
        if refusal is not None:
            return refusal
        ws = web.WebSocketResponse(protocols=("USP",))
        try:
            await ws.prepare(request)
        except ConnectionError:  # the client did not wait
            return web.Response()
        self.open += 1
        self._sockets.add(ws)
        turns: dict[str, VoiceTurn | EarTurn] = {}
        tasks: set[asyncio.Task[None]] = set()
        try:
            async for raw in ws:
                if raw.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                message = usp.read(raw.data)
                if message.path in ("speech.config", "telemetry") or not message.request:
                    continue
                turn = turns.get(message.request)
                if turn is None:
                    turn = turns[message.request] = kind(self, ws, request, message.request)
                work = turn.take(message)
                if work is not None:
                    task = asyncio.create_task(work)
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
        finally:
            self.open -= 1
            self._sockets.discard(ws)
            for task in list(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return ws

    async def _list(self, request: web.Request) -> web.Response:
        self.listed += 1
        refusal = await self._refusal(request)
        return refusal or web.json_response("nonsense" if self.mode == "garbage" else VOICES)


async def until(condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Waits for something that happens on another task."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        await asyncio.sleep(0.01)
