"""Microsoft Edge's read-aloud voices through the unofficial `edge-tts` client. Opt-in: its terms are the user's choice.

The client hides two failures, both caught here: a connection cut in the middle ends without an error, and a server that
stops sending is waited for without end. Each utterance opens a connection of its own (0.3 to 0.8 s on a real network).
Fixed to the behaviour of edge-tts 7.3.
"""

import asyncio
import contextlib
import importlib
import re
import types
from collections.abc import AsyncIterator
from typing import Any, Literal

import aiohttp
from pydantic import Field

from streamer.adapters.http_client import retry_after_s
from streamer.adapters.part import Part
from streamer.adapters.tts.common.mp3 import Mp3Decoder, Mp3Error, warm_up
from streamer.adapters.tts.common.sound import is_silent
from streamer.adapters.tts.common.text import WordFinder, speakable, without_pictures
from streamer.ports import Done, Misconfigured, Pcm, SpeechPiece, SpeechRequest, Unavailable, VoiceCaps, WordMark

TICKS_PER_MS = 10_000
CLOSE_LIMIT_S = 0.25
VOICE_NAME = re.compile(r"[a-z]{2,3}-[A-Za-z0-9]+(-[A-Za-z0-9]+)*-\w+Neural")
TERMS_FIX = (
    "edge-tts uses a service Microsoft offers to its own browser; read its terms, then set tts.edge.accept_terms: true"
)
DEFAULT_VOICES = {
    "en": "en-US-AriaNeural", "en-gb": "en-GB-SoniaNeural", "de": "de-DE-KatjaNeural", "es": "es-ES-ElviraNeural",
    "fr": "fr-FR-DeniseNeural", "it": "it-IT-ElsaNeural", "ja": "ja-JP-NanamiNeural", "ko": "ko-KR-SunHiNeural",
    "nl": "nl-NL-ColetteNeural", "pl": "pl-PL-ZofiaNeural", "pt": "pt-BR-FranciscaNeural", "ru": "ru-RU-SvetlanaNeural",
    "tr": "tr-TR-EmelNeural", "uk": "uk-UA-PolinaNeural", "zh": "zh-CN-XiaoxiaoNeural",
}  # fmt: skip


class EdgeVoice(Part):
    """`url` is another server that speaks the same protocol (a recorder, a fake); empty is Microsoft's."""

    kind: Literal["edge"] = "edge"
    accept_terms: bool = False
    url: str = ""
    voice: str = ""
    first_audio_s: float = Field(default=6.0, gt=0)
    stall_s: float = Field(default=3.0, gt=0)

    def open(self) -> "EdgeSpeech":
        if not self.accept_terms:
            raise Misconfigured("the terms of edge-tts are not accepted", fix=TERMS_FIX)
        if self.url and not self.url.startswith(("ws://", "wss://")):
            raise Misconfigured("tts.edge.url is no ws(s) address", fix="start it with ws:// or wss://")
        return EdgeSpeech(self)


def _client(url: str) -> type:
    """`Communicate` with its inner generator within reach and, with `url`, another address for this class only."""
    vendor: Any = importlib.import_module("edge_tts.communicate")
    inner = vendor.Communicate._Communicate__stream  # noqa: SLF001
    if url:
        address = url if "?" in url else url + "?TrustedClientToken=local"
        inner = types.FunctionType(inner.__code__, {**vars(vendor), "WSS_URL": address}, inner.__name__)

    class Client(vendor.Communicate):
        """Keeps the generator of the open connection, so that it can be closed and not left to the collector."""

        open_stream: Any = None

        def _Communicate__stream(self) -> Any:  # noqa: N802
            self.open_stream = inner(self)
            return self.open_stream

    return Client


class EdgeSpeech:
    """TextToSpeech. MP3 is decoded here; word marks come from the service's word boundaries."""

    caps = VoiceCaps(engine="edge", streaming=True, word_marks=True)

    def __init__(self, settings: EdgeVoice) -> None:
        self._settings = settings
        self._type: type | None = None
        self._closed = False

    async def warm(self) -> None:
        """Imports the client and the decoder (0.2 s), in a thread. Sends nothing."""
        if self._type is None:
            self._type = await asyncio.to_thread(_client, self._settings.url)
            await asyncio.to_thread(warm_up)

    async def aclose(self) -> None:
        self._closed = True

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        if not speakable(request.text):
            yield Done(0)
            return
        if self._closed:
            raise Unavailable("the voice is closed")
        await self.warm()
        assert self._type is not None  # noqa: S101
        client: Any = self._type(
            without_pictures(request.text), self._voice(request), boundary="WordBoundary", **_prosody(request)
        )
        utterance = _Utterance(request.text)
        stream = client.stream()
        try:
            while True:
                limit = self._settings.stall_s if utterance.received else self._settings.first_audio_s
                async with asyncio.timeout(limit):
                    chunk = await anext(stream, None)
                if chunk is None:
                    break
                for piece in utterance.pieces(chunk):
                    yield piece
        except Exception as error:
            if not utterance.ms:
                raise _failure(error) from error
            for piece in utterance.end(complete=False):
                yield piece
        else:
            for piece in utterance.end(complete=utterance.received == client.state.get("cumulative_audio_bytes")):
                yield piece
        finally:
            await _close(stream, client)

    def _voice(self, request: SpeechRequest) -> str:
        for name in (request.voice.name, self._settings.voice):
            if VOICE_NAME.fullmatch(name):
                return name
        language = request.voice.language.lower()
        return DEFAULT_VOICES.get(language) or DEFAULT_VOICES.get(language.split("-")[0]) or DEFAULT_VOICES["en"]


async def _close(stream: Any, client: Any) -> None:
    """Closing waits for the server's own close, which a hanging server never sends."""
    with contextlib.suppress(Exception):
        await stream.aclose()
    if client.open_stream is not None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_LIMIT_S):
                await client.open_stream.aclose()


def _prosody(request: SpeechRequest) -> dict[str, str]:
    voice = request.voice
    rate = min(200, max(-50, round((voice.rate - 1) * 100)))
    pitch = min(100, max(-100, round((voice.pitch - 1) * 200)))
    volume = min(100, max(-100, round((voice.volume - 1) * 100)))
    return {"rate": f"{rate:+d}%", "pitch": f"{pitch:+d}Hz", "volume": f"{volume:+d}%"}


def _failure(error: Exception) -> Exception:
    """What an exception of the client means, in words that hold nothing of the request."""
    if isinstance(error, aiohttp.ClientResponseError):
        wait = retry_after_s(error.headers or {}, 60.0 if error.status in (403, 429) else None)
        return Unavailable(f"edge-tts: the service answers {error.status}", retry_after_s=wait)
    if isinstance(error, TimeoutError):
        return Unavailable("edge-tts: no sound in time")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unavailable("edge-tts: the service cannot be reached")
    if type(error).__name__ == "NoAudioReceived":
        return Unavailable("edge-tts: the service sent no sound")
    return Unavailable(f"edge-tts: the service answers in a way that is not understood ({type(error).__name__})")


class _Utterance:
    """Chunks of the client turned into pieces. `received` counts MP3 bytes, to compare with what was finished."""

    def __init__(self, text: str) -> None:
        self._decoder = Mp3Decoder()
        self._finder = WordFinder(text)
        self._marks: list[WordMark] = []
        self._audible = False
        self.received = 0

    @property
    def ms(self) -> int:
        return self._decoder.samples // 24

    def pieces(self, chunk: Any) -> list[SpeechPiece]:
        if chunk["type"] == "audio":
            self.received += len(chunk["data"])
            at = self.ms
            return self._sound(self._decoder.feed(chunk["data"]), at)
        place = self._finder.find(chunk["text"])
        if place is not None:
            at = max(0, int(chunk["offset"]) // TICKS_PER_MS)
            self._marks.append(WordMark(at, max(0, int(chunk["duration"]) // TICKS_PER_MS), *place))
        return self._ripe(self.ms)

    def end(self, *, complete: bool) -> list[SpeechPiece]:
        at = self.ms
        with contextlib.suppress(Mp3Error):
            out = self._sound(self._decoder.finish(), at)
            if not self._audible:
                raise Unavailable("edge-tts: the service sent silence")
            return [*out, *self._ripe(self.ms), Done(self.ms, complete=complete)]
        return [Done(self.ms, complete=False)]

    def _sound(self, data: bytes, at: int) -> list[SpeechPiece]:
        if not data:
            return []
        self._audible = self._audible or not is_silent(data)
        return [Pcm(data, at), *self._ripe(self.ms)]

    def _ripe(self, until_ms: int) -> list[SpeechPiece]:
        """Marks whose sound has come: the service names words ahead, and a cut must not leave marks outside."""
        out: list[SpeechPiece] = []
        while self._marks and self._marks[0].at_ms <= until_ms:
            mark = self._marks.pop(0)
            out.append(mark)
        return out
