"""One turn of recognition at the fake Azure: `speech.context`, a RIFF header and sound, then what was understood.

Sound counts as speech when it is loud. Every `WORD_MS` of speech adds a word to the hypothesis; silence as long as the
context's segmentation time-out, or the end of the sound, makes a phrase of it.
"""

import array
import asyncio
import math
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes import azure_usp as usp

if TYPE_CHECKING:
    from tests.fakes.azure_speech import FakeAzure

TICKS = 10_000
WORD_MS = 200
STEP = 16 * 20 * 2
"""Bytes of 20 ms."""
LOUD = 300.0
SILENCE_MS = 650
"""Of the service's own segmentation (about)."""


def loudness(pcm: bytes) -> float:
    """Root mean square."""
    samples = array.array("h", pcm[: len(pcm) & ~1])
    return math.sqrt(sum(s * s for s in samples) / len(samples)) if samples else 0.0


class EarTurn:
    """See the module."""

    def __init__(self, azure: "FakeAzure", ws: web.WebSocketResponse, http: web.Request, request: str) -> None:
        self._azure, self._ws, self._http, self._request = azure, ws, http, request
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._number = len(azure.audio)
        azure.audio.append(b"")
        self._rest = b""
        self._header = False
        self._ms = self._quiet_ms = self._voiced_ms = self._began_ms = self._words = self._phrases = 0
        self._phrase = b""
        self._silence_ms = SILENCE_MS
        self._language = ""
        self._mode = ""
        self._started = self._ended = False

    def take(self, message: usp.Message) -> Coroutine[Any, Any, None] | None:
        if message.path == "speech.context":
            context = message.json()
            self._azure.contexts.append(context)
            self._read_context(context)
        elif message.path == "audio":
            self._waiting.put_nowait(message.body)
            if not self._started:
                self._started = True
                return self._work()
        return None

    def _read_context(self, context: dict[str, Any]) -> None:
        for mode in ("conversation", "interactive", "dictation"):
            found = context.get("phraseDetection", {}).get(mode, {}).get("segmentation", {})
            self._silence_ms = int(found.get("segmentationSilenceTimeoutMs", self._silence_ms))
        self._language = str(context.get("phraseDetection", {}).get("language", ""))

    async def _work(self) -> None:
        azure = self._azure
        self._mode = azure.fault("silent", "stall", "cut", "garbage", "slow", "nothing")
        if self._mode == "silent":
            return
        await self._say("turn.start", {"context": {"serviceTag": "fake"}})
        if self._mode == "slow":
            await asyncio.sleep(azure.slow_s)
        while not self._ended:
            body = await self._waiting.get()
            if not body:
                await self._finish()
                return
            if not self._header:
                self._header = True
                body = body[44:] if body[:4] == b"RIFF" else body
            azure.audio[self._number] += body
            self._rest += body
            while len(self._rest) >= STEP and not self._ended:
                step, self._rest = self._rest[:STEP], self._rest[STEP:]
                await self._hear(step)

    async def _hear(self, step: bytes) -> None:
        self._ms += 20
        loud = loudness(step) > LOUD
        if self._mode == "nothing":
            return
        if self._voiced_ms or loud:
            self._phrase += step
        if not loud:
            self._quiet_ms += 20
            if self._voiced_ms and self._quiet_ms >= self._silence_ms:
                await self._end_phrase()
            return
        if not self._voiced_ms:
            self._began_ms = self._ms - 20
            await self._say("speech.startDetected", {"Offset": self._began_ms * TICKS})
        self._quiet_ms, self._voiced_ms = 0, self._voiced_ms + 20
        words = self._azure.understand(self._phrase).split()
        known = min(len(words), self._voiced_ms // WORD_MS)
        if known <= self._words:
            return
        self._words = known
        if self._mode == "garbage":
            await self._ws.send_str(f"X-RequestId:{self._request}\r\nPath:speech.hypothesis\r\n\r\n{{not json")
            return
        await self._say("speech.hypothesis", self._place({"Text": " ".join(words[:known])}))
        if self._mode == "cut" and known * 2 >= len(words) and self._http.transport is not None:
            self._ended = True
            self._http.transport.abort()

    async def _end_phrase(self) -> None:
        said = self._azure.understand(self._phrase)
        self._voiced_ms = self._quiet_ms = self._words = 0
        self._phrase = b""
        if self._mode == "stall":
            return
        shown = said[:1].upper() + said[1:] + ("." if said else "")
        best = {"Confidence": 0.93, "Lexical": said, "ITN": said, "MaskedITN": said, "Display": shown}
        body = {"RecognitionStatus": "Success" if said else "NoMatch", "DisplayText": shown, "NBest": [best]}
        if not said:
            body = {"RecognitionStatus": "NoMatch"}
        await self._say("speech.phrase", self._place(body))
        self._phrases += 1

    async def _finish(self) -> None:
        if self._mode == "stall":
            return
        if self._voiced_ms:
            await self._end_phrase()
        elif not self._phrases:
            await self._say("speech.phrase", self._place({"RecognitionStatus": "InitialSilenceTimeout"}))
        await self._say("speech.phrase", self._place({"RecognitionStatus": "EndOfDictation"}))
        await self._say("speech.endDetected", {"Offset": self._ms * TICKS})
        await self._say("turn.end", {})

    def _place(self, body: dict[str, Any]) -> dict[str, Any]:
        language = {"PrimaryLanguage": {"Language": self._language}} if self._language else {}
        offset, length = self._began_ms * TICKS, max(0, self._ms - self._began_ms) * TICKS
        return {"Id": f"{self._request}-{self._phrases}", "Offset": offset, "Duration": length, **language, **body}

    async def _say(self, path: str, body: dict[str, Any]) -> None:
        try:
            await self._ws.send_str(usp.text(path, self._request, body))
        except ConnectionError:
            self._ended = True
