"""The offline voice: espeak-ng in one persistent worker process, shared by all personas.

It needs no key, no network and no device, starts to sound within about 3 ms, and marks words and mouth shapes exactly.
It sounds like 1995: it is the voice of the demo and the last one before captions. The process boundary keeps crashes
of the library out of the show.
"""

import asyncio
import contextlib
import importlib.util
import json
import math
import os
import re
import struct
import sys
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import msgspec

from streamer.adapters.part import Part
from streamer.adapters.tts.common.text import is_han, speakable, without_pictures
from streamer.ports import (
    Done,
    Misconfigured,
    Pcm,
    SpeechPiece,
    SpeechRequest,
    Unavailable,
    Unspeakable,
    Viseme,
    VisemeMark,
    VoiceCaps,
    VoiceSpec,
    WordMark,
)  # fmt: skip

WORKER = Path(__file__).with_name("espeak_worker.py")
START_LIMIT_S = 5.0
FRAME_LIMIT_S = 5.0
HEADER = struct.Struct("<IBI")
NO_LIBRARY = 3
INSTALL_FIX = "install espeak-ng (apt install espeak-ng, brew install espeak-ng, or its Windows installer)"


class EspeakVoice(Part):
    """`library` and `data` name another espeak-ng; left out: the system's, else the one in `espeakng-loader`."""

    kind: Literal["espeak"] = "espeak"
    library: str = ""
    data: str = ""

    def open(self) -> "EspeakSpeech":
        pairs = [(self.library, self.data)] if self.library else libraries()
        return EspeakSpeech(pairs)


def libraries() -> list[tuple[str, str]]:
    """(library, data directory) in the order they are tried; "" leaves the data to the library."""
    if sys.platform == "win32":
        roots = [Path(os.environ.get(name, "")) / "eSpeak NG" for name in ("ProgramFiles", "ProgramFiles(x86)")]
        found = [(str(root / "libespeak-ng.dll"), str(root / "espeak-ng-data")) for root in roots if root.is_absolute()]
    elif sys.platform == "darwin":
        places = ("/opt/homebrew/lib/libespeak-ng.dylib", "/usr/local/lib/libespeak-ng.dylib", "libespeak-ng.1.dylib")
        found = [(place, "") for place in places]
    else:
        found = [("libespeak-ng.so.1", ""), ("libespeak-ng.so", "")]
    return found + _from_wheel()


def _from_wheel() -> list[tuple[str, str]]:
    spec = importlib.util.find_spec("espeakng_loader")
    if spec is None or not spec.submodule_search_locations:
        return []
    folder = Path(next(iter(spec.submodule_search_locations)))
    names = ("libespeak-ng.so", "libespeak-ng.dylib", "espeak-ng.dll", "libespeak-ng.dll")
    return [(str(folder / name), str(folder / "espeak-ng-data")) for name in names if (folder / name).exists()]


# --- how a persona sounds ---------------------------------------------------------------------------------------------


class Preset(msgspec.Struct, frozen=True):
    """A variant of the library with the pitch, range (0..100) and pace (words a minute) that suit it."""

    variant: str
    pitch: int
    spread: int
    wpm: int


PRESETS = {
    "bright": Preset("f5", 58, 68, 172),
    "calm": Preset("m3", 46, 46, 160),
    "warm": Preset("f3", 48, 56, 164),
    "deep": Preset("m7", 36, 44, 158),
    "clear": Preset("f2", 54, 60, 168),
    "dry": Preset("m1", 42, 38, 166),
}
"""Names for `VoiceSpec.name` beside the library's own (`en-gb+f4`, `+Annie`)."""

BASE_VOICES = {"en": "en-us", "zh": "cmn", "pt": "pt-br", "no": "nb", "fr": "fr-fr", "es": "es-419"}
EMOTIONS: dict[str, tuple[float, float, float]] = {
    "joy": (1.05, 1.06, 1.3),
    "surprised": (1.05, 1.12, 1.4),
    "sad": (0.88, 0.93, 0.6),
    "angry": (1.08, 0.96, 1.3),
    "think": (0.94, 0.98, 0.9),
    "smug": (0.94, 0.98, 1.2),
    "shy": (0.94, 1.04, 0.7),
    "sleepy": (0.84, 0.94, 0.5),
}
"""(rate, pitch, range) factors."""


class Sound(msgspec.Struct, frozen=True):
    """What the worker is told about the voice."""

    voice: str
    rate: int
    pitch: int
    range: int
    volume: float


def sound_of(spec: VoiceSpec, emotion: str = "") -> Sound:
    """A name that espeak does not know (another engine's) picks one of the presets, always the same one."""
    base = BASE_VOICES.get(spec.language.lower().split("-")[0], spec.language.lower())
    if spec.language.lower() in ("en-gb", "pt-pt", "es-es", "fr-be", "fr-ch", "zh-yue"):
        base = {"pt-pt": "pt", "es-es": "es", "zh-yue": "yue"}.get(spec.language.lower(), spec.language.lower())
    name = spec.name.strip()
    if re.fullmatch(r"[a-z]{2,3}(-[a-zA-Z0-9]+)*\+[A-Za-z0-9]+", name):
        preset, voice = PRESETS["warm"], name
    elif re.fullmatch(r"\+[A-Za-z0-9]+", name):
        preset, voice = PRESETS["warm"], base + name
    else:
        preset = PRESETS.get(name) or list(PRESETS.values())[zlib.crc32(name.encode()) % len(PRESETS) if name else 0]
        voice = f"{base}+{preset.variant}"
    rate, pitch, spread = EMOTIONS.get(emotion.split(":", maxsplit=1)[0], (1.0, 1.0, 1.0))
    octaves = math.log2(min(2.0, max(0.5, spec.pitch * pitch)))
    return Sound(
        voice=voice,
        rate=min(400, max(80, round(preset.wpm * spec.rate * rate))),
        pitch=min(99, max(0, round(preset.pitch + 62 * octaves))),
        range=min(99, max(0, round(preset.spread * spread))),
        volume=min(2.0, max(0.0, spec.volume)),
    )


def unreadable(text: str, language: str) -> bool:
    """espeak-ng has no dictionary of Japanese readings: a kanji becomes "Chinese letter". Chinese it can read."""
    code = language.lower().split("-")[0]
    if code in ("zh", "cmn", "yue", "hak"):
        return False
    han = sum(map(is_han, text))
    return han > 0 if code == "ja" else han * 3 > sum(c.isalpha() for c in text)


SHAPES: dict[str, Viseme] = {
    **dict.fromkeys("aɑæɐʌɒäɜəɚɝ", "aa"), **dict.fromkeys("iɪyɨʏj", "ih"), **dict.fromkeys("uʊwʉɯʃʒɹrɻ", "ou"),
    **dict.fromkeys("eɛøœ", "ee"), **dict.fromkeys("oɔɤɵ", "oh"), **dict.fromkeys("mbpfvɱɸβ", "mbp"),
}  # fmt: skip


def shape_of(ipa: str) -> Viseme:
    """Mouth shape of a phoneme by its first sound; an affricate takes its second; other consonants are nearly shut."""
    for letter in ipa:
        if letter in SHAPES:
            return SHAPES[letter]
    return "ih" if any(c.isalpha() for c in ipa) else "sil"


# --- the worker process -----------------------------------------------------------------------------------------------

_Frame = tuple[str, bytes]


class _Worker:
    """One running process. Dead for good once its pipe broke; the voice then starts another."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Queue[_Frame]] = {}
        self._number = 0
        self.alive = True
        self._reader = asyncio.create_task(self._read(), name="espeak-worker")

    @classmethod
    async def start(cls, pairs: list[tuple[str, str]]) -> "_Worker":
        arguments = [part for pair in pairs for part in pair]
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-S", str(WORKER), *arguments,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"the speech process does not start: {error.strerror}", retry_after_s=10) from error
        assert process.stdout is not None  # noqa: S101
        try:
            async with asyncio.timeout(START_LIMIT_S):
                head = await process.stdout.readexactly(HEADER.size)
                await process.stdout.readexactly(HEADER.unpack(head)[2])
        except asyncio.IncompleteReadError as error:
            code = await process.wait()
            if code == NO_LIBRARY:
                raise Misconfigured("espeak-ng was not found", fix=INSTALL_FIX) from error
            raise Unavailable("the speech process ended at its start", retry_after_s=10) from error
        except BaseException as error:
            process.kill()
            await process.wait()
            if isinstance(error, TimeoutError):
                raise Unavailable("the speech process does not answer", retry_after_s=10) from error
            raise
        return cls(process)

    def send(self, message: dict[str, object]) -> None:
        body = json.dumps(message).encode()
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(struct.pack("<I", len(body)) + body)

    def ask(self, text: str, sound: Sound) -> tuple[int, "asyncio.Queue[_Frame]"]:
        self._number += 1
        frames: asyncio.Queue[_Frame] = asyncio.Queue()
        self._waiting[self._number] = frames
        self.send({"id": self._number, "text": text, **msgspec.structs.asdict(sound)})
        return self._number, frames

    def forget(self, number: int, *, ended: bool) -> None:
        self._waiting.pop(number, None)
        if not ended and self.alive:
            self.send({"cancel": number})

    async def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101
        try:
            while True:
                number, kind, length = HEADER.unpack(await stream.readexactly(HEADER.size))
                payload = await stream.readexactly(length)
                frames = self._waiting.get(number)
                if frames is not None:
                    frames.put_nowait((chr(kind), payload))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.alive = False
            for frames in self._waiting.values():
                frames.put_nowait(("x", b""))

    def kill(self) -> None:
        self.alive = False
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def aclose(self) -> None:
        """The worker leaves by itself when its stdin closes; within 0.5 s or it is killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(0.5):
                await self._process.wait()
        except TimeoutError:
            self.kill()
            await self._process.wait()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                await self._process.stdin.wait_closed()


# --- the port ---------------------------------------------------------------------------------------------------------


class EspeakSpeech:
    """TextToSpeech. All utterances go through one process, one after the other: each takes 5 % of its length."""

    caps = VoiceCaps(engine="espeak", streaming=True, word_marks=True, viseme_marks=True, local=True)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    async def warm(self) -> None:
        """Starts the worker and lets it load and measure the first two presets, without waiting for them."""
        worker = await self._running()
        for name in list(PRESETS)[:2]:
            number, _frames = worker.ask("a", sound_of(VoiceSpec(name=name)))
            worker.forget(number, ended=True)

    async def aclose(self) -> None:
        self._closed = True
        async with self._starting:
            worker, self._worker = self._worker, None
        if worker is not None:
            await worker.aclose()

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port. Raises Unavailable for texts the engine would mangle (kanji)."""
        if not speakable(request.text):
            yield Done(0)
            return
        if unreadable(request.text, request.voice.language):
            raise Unspeakable("espeak-ng cannot read kanji")
        for attempt in range(2):
            heard = False
            try:
                async for piece in self._speak(request):
                    heard = True
                    yield piece
            except Unavailable:
                if heard or attempt:
                    raise
            else:
                return

    async def _running(self) -> _Worker:
        async with self._starting:
            if self._closed:
                raise Unavailable("the voice is closed")
            if self._worker is None or not self._worker.alive:
                if self._worker is not None:
                    await self._worker.aclose()
                self._worker = None
                self._worker = await _Worker.start(self._pairs)
            return self._worker

    async def _speak(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        worker = await self._running()
        sound = sound_of(request.voice, request.emotion)
        number, frames = worker.ask(without_pictures(request.text), sound)
        reading, ended, fallback = _Reading(request.text), False, False
        try:
            while not ended:
                try:
                    async with asyncio.timeout(FRAME_LIMIT_S):
                        kind, payload = await frames.get()
                except TimeoutError:
                    worker.kill()
                    raise Unavailable("the speech process hangs") from None
                if kind == "x":
                    raise Unavailable("the speech process ended")
                if kind == "e":
                    if fallback or payload != b"unknown voice":
                        raise Unavailable("espeak-ng refused: " + payload.decode("utf-8", "replace"))
                    fallback = True
                    worker.forget(number, ended=True)
                    plain = msgspec.structs.replace(sound, voice="en-us+" + sound.voice.partition("+")[2])
                    number, frames = worker.ask(without_pictures(request.text), plain)
                    continue
                ended = kind == "d"
                for piece in reading.pieces(kind, payload):
                    yield piece
        finally:
            worker.forget(number, ended=ended)


class _Reading:
    """Frames of one utterance turned into pieces. Words that are parts of one written token become one mark."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bytes = 0
        self._word: WordMark | None = None

    def pieces(self, kind: str, payload: bytes) -> list[SpeechPiece]:
        if kind == "p":
            at = self._bytes // 48
            self._bytes += len(payload)
            return [Pcm(payload, at)]
        if kind == "v":
            at, length = struct.unpack_from("<2i", payload)
            return [VisemeMark(at, shape_of(payload[8:].decode("utf-8", "ignore")), length)]
        if kind == "w":
            return self._next_word(*struct.unpack("<4i", payload))
        if kind == "d":
            _samples, complete = struct.unpack("<iB", payload)
            words: list[SpeechPiece] = [self._word] if self._word else []
            return [*words, Done(self._bytes // 48, complete=bool(complete))]
        return []

    def _next_word(self, at: int, length: int, start: int, end: int) -> list[SpeechPiece]:
        token = self._text[start:end]
        if any(c.isdigit() for c in token):  # numbers are read out in several words: "1,000" is four
            while start > 0 and not self._text[start - 1].isspace():
                start -= 1
            while end < len(self._text) and not self._text[end].isspace():
                end += 1
        last = self._word
        if last is not None and (start < last.end or not any(c.isalnum() for c in token)):
            self._word = WordMark(last.at_ms, at + length - last.at_ms, last.start, last.end)
            return []
        if not any(c.isalnum() for c in token):
            return []
        self._word = WordMark(at, length, start, end)
        return [last] if last is not None else []
