"""One turn of synthesis at the fake Azure: `synthesis.context`, `ssml`, then the sound with its marks."""

import asyncio
import time
import xml.etree.ElementTree as ET
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes import azure_usp as usp

if TYPE_CHECKING:
    from tests.fakes.azure_speech import FakeAzure

SSML = "{http://www.w3.org/2001/10/synthesis}"
FORMAT = "raw-24khz-16bit-mono-pcm"
TICKS = 10_000
VISEMES = {
    **dict.fromkeys("a", 1), **dict.fromkeys("o", 8), **dict.fromkeys("e", 4), **dict.fromkeys("iy", 6),
    **dict.fromkeys("uw", 7), **dict.fromkeys("r", 13), **dict.fromkeys("l", 14), **dict.fromkeys("sz", 15),
    **dict.fromkeys("fv", 18), **dict.fromkeys("dtn", 19), **dict.fromkeys("kgcqx", 20), **dict.fromkeys("pbm", 21),
    **dict.fromkeys("h", 12),
}  # fmt: skip


class VoiceTurn:
    """See the module."""

    def __init__(self, azure: "FakeAzure", ws: web.WebSocketResponse, http: web.Request, request: str) -> None:
        self._azure, self._ws, self._http, self._request = azure, ws, http, request
        self._wanted: dict[str, Any] = {}

    def take(self, message: usp.Message) -> Coroutine[Any, Any, None] | None:
        if message.path == "synthesis.context":
            context = message.json()
            self._azure.contexts.append(context)
            self._wanted = context["synthesis"]["audio"]
        elif message.path == "ssml":
            return self._speak(message.body.decode())
        return None

    async def _speak(self, ssml: str) -> None:
        azure = self._azure
        azure.received_ns.append(time.perf_counter_ns())
        azure.ssml.append(ssml)
        try:
            root = ET.fromstring(ssml)  # noqa: S314 - written by the client under test
        except ET.ParseError:
            root = None
        voice = root.find(f"{SSML}voice") if root is not None else None
        if root is None or root.tag != f"{SSML}speak" or voice is None or not voice.get("name"):
            await self._ws.close(code=1007, message=b"SSML parsing error")
            return
        if self._wanted.get("outputFormat") != FORMAT:
            await self._ws.close(code=1007, message=b"Unsupported audio format")
            return
        text = "".join(root.itertext())
        azure.spoken.append(text)
        try:
            await self._answer(text)
        except ConnectionError:
            return

    async def _answer(self, text: str) -> None:
        azure = self._azure
        mode = azure.fault("silent", "stall", "cut", "early_end", "no_audio", "zeros", "garbage", "slow")
        if mode == "silent":
            return
        await self._say("turn.start", {"context": {"serviceTag": "fake"}})
        await self._say("response", {"context": {"serviceTag": "fake"}, "audio": {"type": "inline", "streamId": "S"}})
        if mode == "garbage":
            await self._ws.send_str("no headers at all")
            await self._ws.send_str(f"X-RequestId:{self._request}\r\nPath:audio.metadata\r\n\r\n{{not json")
            return
        if mode == "slow":
            await asyncio.sleep(azure.slow_s)
        pcm = azure.sound(text)
        pcm = bytes(len(pcm)) if mode == "zeros" else pcm
        marks = self._marks(text, len(pcm) // 48)
        for at in range(0, 0 if mode == "no_audio" else len(pcm), azure.frame_bytes):
            while marks and marks[0]["Data"]["Offset"] <= (at + azure.frame_bytes) / 48 * TICKS:
                await self._say("audio.metadata", {"Metadata": [marks.pop(0)]})
            if at >= len(pcm) // 2 and mode in ("stall", "cut", "early_end"):
                if mode == "cut" and self._http.transport is not None:
                    self._http.transport.abort()
                elif mode == "early_end":
                    await self._say("turn.end", {})
                return
            await self._ws.send_bytes(usp.sound(self._request, "S", pcm[at : at + azure.frame_bytes]))
            if at == 0:
                azure.first_byte_ns.append(time.perf_counter_ns())
            await asyncio.sleep(azure.frame_delay_s)
        for mark in marks:
            await self._say("audio.metadata", {"Metadata": [mark]})
        end = {"Type": "SessionEnd", "Data": {"Offset": len(pcm) // 48 * TICKS}}
        await self._say("audio.metadata", {"Metadata": [end]})
        await self._say("turn.end", {})

    async def _say(self, path: str, body: dict[str, Any]) -> None:
        await self._ws.send_str(usp.text(path, self._request, body))

    def _marks(self, text: str, total_ms: int) -> list[dict[str, Any]]:
        """Words and mouth shapes in order of time: only what the context asked for."""
        options = self._wanted.get("metadataOptions", {})
        out: list[dict[str, Any]] = []
        for word, at_ms, dur_ms in self._azure.words(text):
            if options.get("wordBoundaryEnabled"):
                said = {"Text": word, "Length": len(word), "BoundaryType": "WordBoundary"}
                data = {"Offset": at_ms * TICKS, "Duration": dur_ms * TICKS, "text": said}
                out.append({"Type": "WordBoundary", "Data": data})
            if options.get("visemeEnabled"):
                letters = [c for c in word.lower() if c.isalpha()]
                for i, letter in enumerate(letters):
                    at = at_ms + dur_ms * i // len(letters)
                    out.append(_viseme(at, VISEMES.get(letter, 19)))
        if options.get("visemeEnabled"):
            out.append(_viseme(total_ms, 0))
        return sorted(out, key=lambda mark: mark["Data"]["Offset"])


def _viseme(at_ms: int, number: int) -> dict[str, Any]:
    return {"Type": "Viseme", "Data": {"Offset": at_ms * TICKS, "VisemeId": number, "IsLastAnimation": True}}
