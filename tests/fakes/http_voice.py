"""A local voice server in the shape of GPT-SoVITS (`/tts`) and VOICEVOX (`/audio_query`, `/synthesis`), with faults.

    async with FakeHttpVoice(sound) as server:
        voice = HttpVoice(url=server.root + "/tts?text={text}&text_lang={lang}").open()

`rate_hz` and `channels` say how the WAV is written; `known_length` False writes a header for a stream. `kind` is `wav`,
`pcm`, or a name in `encode`. Faults and stamps: see `FaultyHttp`.
"""

import struct
from collections.abc import Callable, Mapping

from aiohttp import web

from tests.fakes.faulty_http import FaultyHttp

Sound = Callable[[str], bytes]


def wav_header(size: int, rate_hz: int = 24_000, channels: int = 1, bits: int = 16, tag: int = 1) -> bytes:
    block = channels * bits // 8
    fmt = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * block, block, bits)
    return (
        b"RIFF"
        + struct.pack("<I", min(0xFFFFFFFF, size + 36))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + fmt
        + (b"data" + struct.pack("<I", size))
    )


class FakeHttpVoice(FaultyHttp):
    """`sound` gives s16le at `rate_hz` with `channels` for a text."""

    def __init__(
        self, sound: Sound | None = None, *, encode: Mapping[str, Callable[[bytes], bytes]] | None = None
    ) -> None:
        super().__init__()
        self.rate_hz, self.channels = 24_000, 1
        self.known_length = False
        self.kind = "wav"
        self.content_type: str | None = None
        self.queries: list[dict[str, str]] = []
        self._sound = sound or (lambda text: b"\x00\x10\x00\xf0" * (600 * max(1, len(text))))
        self._encode: Mapping[str, Callable[[bytes], bytes]] = encode or {}

    def _routes(self, router: web.UrlDispatcher) -> None:
        router.add_route("*", "/tts", self._tts)
        router.add_post("/audio_query", self._audio_query)
        router.add_post("/synthesis", self._synthesis)

    async def _tts(self, request: web.Request) -> web.StreamResponse:
        refusal = await self._begin(request)
        if refusal is not None:
            return refusal
        asked = self.requests[-1]
        if not asked.get("text"):
            return web.json_response({"message": "text is required"}, status=400)
        return await self._say(request, str(asked["text"]))

    async def _say(self, request: web.Request, text: str) -> web.StreamResponse:
        data = self._sound(text)
        if self.kind == "wav":
            size = len(data) if self.known_length else 0xFFFFFFFF
            data = wav_header(size, self.rate_hz, self.channels) + data
        elif self.kind in self._encode:
            data = self._encode[self.kind](data)
        types = {"wav": "audio/wav", "mp3": "audio/mpeg", "pcm": "audio/raw"}
        return await self._send(request, data, self.content_type or types.get(self.kind, "application/octet-stream"))

    async def _audio_query(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        return web.json_response({"accent_phrases": [], "speedScale": 1.0, "kana": request.query["text"]})

    async def _synthesis(self, request: web.Request) -> web.StreamResponse:
        refusal = await self._begin(request)
        return refusal if refusal is not None else await self._say(request, str(self.requests[-1]["kana"]))
