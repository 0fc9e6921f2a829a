"""A local server that speaks the read-aloud protocol of Edge as the `edge-tts` client expects it, with ways to fail.

    async with FakeEdge(sound) as edge:
        voice = EdgeVoice(accept_terms=True, url=edge.url).open()

It refuses what the service refuses: no client token, no Sec-MS-GEC, another audio format, SSML that is not XML.

`mode`: ok, slow (first sound after `slow_s`), stall, silent, cut (drops the connection midway), early_end (closes
in good order, but without `turn.end`), no_audio, zeros, garbage, skew (403 with a Date once, then ok), 403, 429, 503.
Times are `time.perf_counter_ns()`: `received_ns` (the SSML), `first_byte_ns` (first MP3 frame), one entry per request.
"""

import asyncio
import email.utils
import functools
import json
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any, Self
from xml.sax.saxutils import escape

from aiohttp import WSMsgType, web

Sound = Callable[[str], bytes]
Words = Callable[[str], list[tuple[str, int, int]]]


@functools.lru_cache(maxsize=64)
def mp3_of(pcm: bytes, rate_hz: int = 24_000, bits_per_s: int = 48_000) -> bytes:
    """s16le mono as raw MP3 frames, as the service sends them: no ID3, no Xing frame."""
    import av

    encoder: Any = av.CodecContext.create("libmp3lame", "w")
    encoder.sample_rate, encoder.bit_rate, encoder.layout, encoder.format = rate_hz, bits_per_s, "mono", "s16p"
    encoder.open()
    frame = av.AudioFrame(format="s16p", layout="mono", samples=len(pcm) // 2)
    frame.sample_rate = rate_hz
    frame.planes[0].update(pcm.ljust(frame.planes[0].buffer_size, b"\0"))
    fifo = av.AudioFifo()
    fifo.write(frame)
    out: list[bytes] = []
    while (part := fifo.read(encoder.frame_size, partial=True)) is not None:
        out.extend(bytes(packet) for packet in encoder.encode(part))
    out.extend(bytes(packet) for packet in encoder.encode(None))
    return b"".join(out)


class FakeEdge:
    """`sound` gives 24,000 Hz s16le mono for a text; `words` its (word, at_ms, dur_ms)."""

    def __init__(self, sound: Sound, words: Words = lambda _text: []) -> None:
        self.mode = "ok"
        self.slow_s = 0.3
        self.frame_bytes = 720
        self.ssml: list[str] = []
        self.received_ns: list[int] = []
        self.first_byte_ns: list[int] = []
        self.connections = 0
        self.gone = 0
        self.url = ""
        self._sound, self._words = sound, words
        self._runner: web.AppRunner | None = None
        self._stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/consumer/speech/synthesize/readaloud/edge/v1", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.url = f"ws://127.0.0.1:{port}/consumer/speech/synthesize/readaloud/edge/v1?TrustedClientToken=test"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._stop.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.connections += 1
        query = request.query
        if not (query.get("TrustedClientToken") and query.get("Sec-MS-GEC") and query.get("ConnectionId")):
            return web.Response(status=403)
        if self.mode in ("403", "429", "503") or (self.mode == "skew" and self.connections == 1):
            status = 403 if self.mode == "skew" else int(self.mode)
            headers = {"Date": email.utils.formatdate(usegmt=True)}
            return web.Response(status=status, headers=headers | ({"Retry-After": "9"} if status == 429 else {}))
        ws = web.WebSocketResponse(autoping=True)
        await ws.prepare(request)
        config = (await ws.receive()).data
        ssml = (await ws.receive()).data
        if "audio-24khz-48kbitrate-mono-mp3" not in config or "Path:ssml" not in ssml:
            await ws.close()
            return ws
        boundaries = '"wordBoundaryEnabled":"true"' in config
        self.received_ns.append(time.perf_counter_ns())
        self.ssml.append(ssml.split("\r\n\r\n", 1)[1])
        text = "".join(ET.fromstring(self.ssml[-1]).itertext())  # noqa: S314 - written by the client under test
        try:
            await self._speak(request, ws, text, boundaries=boundaries)
        except ConnectionError:
            self.gone += 1
        await ws.close()
        return ws

    async def _speak(self, request: web.Request, ws: web.WebSocketResponse, text: str, *, boundaries: bool) -> None:
        if self.mode == "silent":
            await self._hang(ws)
            return
        await ws.send_str(self._text("turn.start", {"context": {"serviceTag": "x"}}))
        await ws.send_str(self._text("response", {"context": {}, "audio": {"type": "inline", "streamId": "1"}}))
        if self.mode == "garbage":
            await ws.send_bytes(self._binary(b"audio/mpeg", b"this is not an mp3 " * 200))
            await ws.send_str("no headers at all")
            return
        if self.mode == "slow":
            await asyncio.sleep(self.slow_s)
        pcm = self._sound(text)
        mp3 = mp3_of(bytes(len(pcm)) if self.mode == "zeros" else pcm)
        words = self._words(text) if boundaries else []
        middle = len(mp3) // 2
        for at in range(0, 0 if self.mode == "no_audio" else len(mp3), self.frame_bytes):
            while words and words[0][1] <= (at + 4 * self.frame_bytes) / 6:  # words are announced ahead; 6 bytes a ms
                await ws.send_str(self._text("audio.metadata", self._boundary(*words.pop(0))))
            if at >= middle and self.mode in ("stall", "cut", "early_end"):
                if self.mode == "stall":
                    await self._hang(ws)
                elif self.mode == "cut":
                    assert request.transport is not None
                    request.transport.abort()
                return
            await ws.send_bytes(self._binary(b"audio/mpeg", mp3[at : at + self.frame_bytes]))
            if at == 0:
                self.first_byte_ns.append(time.perf_counter_ns())
            await asyncio.sleep(0)  # a client on the same loop reads between two frames, as one far away would
        for word in words:
            await ws.send_str(self._text("audio.metadata", self._boundary(*word)))
        await ws.send_bytes(self._binary(b"", b""))
        await ws.send_str(self._text("turn.end", {}))

    async def _hang(self, ws: web.WebSocketResponse) -> None:
        """Reads, so that the client's close is noticed, and says nothing."""
        while not self._stop.is_set():
            try:
                message = await asyncio.wait_for(ws.receive(), 0.02)
            except TimeoutError:
                continue
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING, WSMsgType.ERROR):
                self.gone += 1
                return

    @staticmethod
    def _boundary(word: str, at_ms: int, dur_ms: int) -> dict[str, Any]:
        text = {"Text": escape(word), "Length": len(word), "BoundaryType": "WordBoundary"}
        data = {"Offset": at_ms * 10_000, "Duration": dur_ms * 10_000, "text": text}
        return {"Metadata": [{"Type": "WordBoundary", "Data": data}]}

    @staticmethod
    def _text(path: str, body: dict[str, Any]) -> str:
        head = "X-RequestId:1\r\nContent-Type:application/json; charset=utf-8\r\n"
        return f"{head}Path:{path}\r\n\r\n{json.dumps(body)}"

    @staticmethod
    def _binary(content_type: bytes, data: bytes) -> bytes:
        kind = b"Content-Type:" + content_type + b"\r\n" if content_type else b""
        head = b"X-RequestId:1\r\n" + kind + b"X-StreamId:1\r\nPath:audio\r\n"
        return len(head).to_bytes(2, "big") + head + data


def evenly(text: str, total_ms: int) -> list[tuple[str, int, int]]:
    """Words spread over a sound by their letters, for fakes that have no better."""
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)
    letters = sum(map(len, words)) or 1
    out: list[tuple[str, int, int]] = []
    at = 0.0
    for word in words:
        length = total_ms * len(word) / letters
        out.append((word, int(at), int(length)))
        at += length
    return out
