"""VOICEVOX and engines with its interface (COEIROINK, SHAREVOX, LMROID, AivisSpeech): Japanese, on the own machine.

Two requests a clause, as the engine's documentation has it: `POST /audio_query` reads the text into moras with their
lengths, `POST /synthesis` makes one WAV of them. The lengths are the mouth: which vowel from when on, before a sample
was heard. Where an engine fills in other lengths than it speaks (AivisSpeech does), they are stretched to its sound.

Voices may be used on a stream under the terms of each character, usually with a credit such as `VOICEVOX:ずんだもん`;
`voices` tells credit and terms.
"""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

import aiohttp
import msgspec
from pydantic import Field
from yarl import URL

from streamer.adapters import http_client
from streamer.adapters.part import Part, is_web_address
from streamer.adapters.tts.common import http
from streamer.adapters.tts.common.mp3 import warm_up
from streamer.adapters.tts.common.text import speakable, without_pictures
from streamer.adapters.tts.voicevox.kana import ends_in_text
from streamer.adapters.tts.voicevox.voices import Style, find_style, styles_of
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
    WordMark,
)  # fmt: skip

FRAME_S: Final = 256 / 24_000
"""The engine rounds every length to frames of its vocoder: 256 samples at 24,000 Hz."""
PRE_S, POST_S = 0.06, 0.1
"""Silence asked for around a clause; the engine's own is 0.1 s each."""
MAX_QUERY = 4 << 20
MAX_PITCH = 0.15
"""`pitchScale` beyond it sounds broken. The engine multiplies the logarithm of the frequency by 2 to this power."""
USUAL_LOG_HZ = 5.6
STRETCH: Final = 0.04
"""Lengths that are off by more than this share are not those that were spoken."""

_VOWELS: Final[Mapping[str, Viseme]] = {"a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "N": "ih", "cl": "sil"}
_LIPS: Final = frozenset(("m", "my", "b", "by", "p", "py"))


class VoicevoxVoice(Part):
    """`voice` is the number of a style (`3`), a character (`ずんだもん`) or both (`ずんだもん/あまあま`).

    `intonation` is a factor. With `emotions` a character's styles follow the emotion of a clause where it has one of
    that kind."""

    kind: Literal["voicevox"] = "voicevox"
    url: str = "http://127.0.0.1:50021"
    voice: str = "3"
    intonation: float = Field(default=1.0, ge=0, le=2)
    emotions: bool = True
    first_audio_s: float = Field(default=10.0, gt=0)
    stall_s: float = Field(default=5.0, gt=0)
    total_s: float = Field(default=60.0, gt=0)

    def open(self) -> "VoicevoxSpeech":
        if not is_web_address(self.url):
            raise Misconfigured("tts.voicevox.url is no http(s) address", fix="e.g. http://127.0.0.1:50021")
        return VoicevoxSpeech(self)


class VoicevoxSpeech:
    """TextToSpeech over one keep-alive session."""

    def __init__(self, settings: VoicevoxVoice) -> None:
        self._settings = settings
        self._base = settings.url.rstrip("/")
        local = http_client.is_local(settings.url)
        self.caps = VoiceCaps(engine="voicevox", word_marks=True, viseme_marks=True, local=local, languages=("ja",))
        self._sessions = http.sessions(proxies=not local)
        self._limits = http.Limits(settings.first_audio_s, settings.stall_s, settings.total_s)
        self._answer = http.Answer(
            asked="wav", server="VOICEVOX", fix_key="check tts.voicevox.url",
            fix_url="check tts.voicevox.url: is it a VOICEVOX engine?", explain=_explain,
        )  # fmt: skip
        self._styles: Sequence[Style] | None = None

    async def warm(self) -> None:
        """Loads what rates other than 24,000 Hz need, and lets the engine load the usual voice if it is there."""
        await asyncio.to_thread(warm_up)
        try:
            style = await self._style("", "", "")
            url = URL(self._base + "/initialize_speaker").with_query(speaker=style, skip_reinit="true")
            async with (
                asyncio.timeout(self._limits.first_s),
                self._sessions.get().post(url, allow_redirects=False) as it,
            ):
                await it.read()
        except (aiohttp.ClientError, TimeoutError, OSError, Unavailable, Misconfigured):
            return

    async def aclose(self) -> None:
        await self._sessions.aclose()

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port. The answer comes in one piece when the engine has made all of it."""
        if not speakable(request.text):
            yield Done(0)
            return
        session = self._sessions.get()
        voice = request.voice
        style = await self._style(voice.name, voice.style, request.emotion.split(":", maxsplit=1)[0])
        query = await self._query(session, without_pictures(request.text), style)
        moras = moras_of(query)
        if not any(mora.text for mora in moras):
            raise Unspeakable("VOICEVOX finds nothing to read in this text")
        self._shape(query, request)
        stream = http.speak(
            session, "POST", URL(f"{self._base}/synthesis").with_query(speaker=style), request.text,
            answer=self._answer, limits=self._limits, json=query,
        )  # fmt: skip
        sound: list[Pcm] = []
        done = Done(0, complete=False)
        try:
            async for piece in stream:
                if isinstance(piece, Pcm):
                    sound.append(piece)
                else:
                    done = piece
        finally:
            await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]
        for mark in _marks(request.text, moras, query, done):
            yield mark
        for piece in sound:
            yield piece
        yield done

    def _shape(self, query: dict[str, Any], request: SpeechRequest) -> None:
        """The persona's pace and pitch on the engine's scales. Volume stays: it is set after levelling."""
        voice = request.voice
        pitch = math.log2(1 + math.log(min(2.0, max(0.5, voice.pitch))) / USUAL_LOG_HZ)
        query["speedScale"] = min(2.0, max(0.5, _number(query, "speedScale", 1.0) * voice.rate))
        query["pitchScale"] = min(MAX_PITCH, max(-MAX_PITCH, _number(query, "pitchScale", 0.0) + pitch))
        query["intonationScale"] = min(2.0, _number(query, "intonationScale", 1.0) * self._settings.intonation)
        query["prePhonemeLength"], query["postPhonemeLength"] = PRE_S, POST_S
        query["outputSamplingRate"], query["outputStereo"] = 24_000, False

    async def _style(self, name: str, style: str, emotion: str) -> int:
        """The number of the style that speaks. A number needs no list unless an emotion may change it."""
        wanted = name.strip() or self._settings.voice.strip() or "0"
        if style.strip().isdigit():
            return int(style)
        feels = emotion if self._settings.emotions and emotion != "neutral" else ""
        if wanted.isdigit() and not style and not feels:
            return int(wanted)
        if self._styles is None:
            self._styles = await styles_of(self._sessions.get(), self._base, self._limits.first_s)
        found = find_style(self._styles, wanted, style, feels)
        if found is not None:
            return found.id
        if wanted.isdigit():
            return int(wanted)
        if not self._styles:
            self._styles = None
            raise Unavailable("VOICEVOX does not tell its voices")
        usual = find_style(self._styles, self._settings.voice, "", feels)
        return usual.id if usual is not None else self._styles[0].id

    async def _query(self, session: aiohttp.ClientSession, text: str, style: int) -> dict[str, Any]:
        url = URL(f"{self._base}/audio_query").with_query(text=text, speaker=style)
        try:
            async with asyncio.timeout(self._limits.first_s), session.post(url, allow_redirects=False) as response:
                if response.status >= 300:
                    _explain(response.status, response.headers, await response.content.read(http.MAX_EXPLANATION))
                http.refuse(response.status, response.headers, self._answer)
                raw = b""
                while not response.content.at_eof() and len(raw) <= MAX_QUERY:
                    raw += await response.content.read(65_536)
            found: Any = json.loads(raw)
        except aiohttp.ClientConnectorError as error:
            raise Unavailable("VOICEVOX: cannot be reached; is it running?") from error
        except TimeoutError as error:
            raise Unavailable("VOICEVOX: no answer in time") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unavailable(f"VOICEVOX: its query fails ({type(error).__name__})") from error
        if not isinstance(found, dict) or not isinstance(cast("dict[str, Any]", found).get("accent_phrases"), list):
            raise Unavailable("VOICEVOX: the query is not understood")
        return cast("dict[str, Any]", found)


def _explain(status: int, _headers: Mapping[str, str], _body: bytes) -> None:
    if status == 422:
        raise Misconfigured("VOICEVOX has no such voice, or takes the query in another form (422)",
                            fix="choose a voice from the list")  # fmt: skip
    if status == 400:
        raise Unspeakable("VOICEVOX does not take this text (400)")


class Mora(msgspec.Struct, frozen=True):
    """`text` in katakana, "" for a pause; lengths in seconds; `phrase` counts accent phrases."""

    text: str
    consonant: str
    consonant_s: float
    vowel: str
    vowel_s: float
    phrase: int


def moras_of(query: Mapping[str, Any]) -> list[Mora]:
    """The moras of a query in the order they are spoken; what is no mora is left out."""
    out: list[Mora] = []
    for number, phrase in enumerate(cast("list[Any]", query.get("accent_phrases", []))):
        if not isinstance(phrase, dict):
            continue
        told = cast("dict[str, Any]", phrase)
        out += [_mora(each, number) for each in told.get("moras") or []]
        if told.get("pause_mora"):
            pause = _mora(told["pause_mora"], number)
            out.append(Mora("", "", 0.0, "pau", pause.vowel_s, number))
    return out


def _mora(given: Any, phrase: int) -> Mora:
    data: dict[str, Any] = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    return Mora(
        str(data.get("text") or ""), str(data.get("consonant") or ""), _number(data, "consonant_length", 0.0),
        str(data.get("vowel") or ""), _number(data, "vowel_length", 0.0), phrase,
    )  # fmt: skip


def _number(data: Mapping[str, Any], key: str, otherwise: float) -> float:
    value = data.get(key)
    return float(value) if isinstance(value, int | float) and 0 <= abs(value) < 60 else otherwise


def timeline(moras: Sequence[Mora], query: Mapping[str, Any]) -> tuple[list[tuple[float, float, float]], float]:
    """Begin, beginning of the vowel and end of each mora in milliseconds, and the length of all with both silences."""
    speed = _number(query, "speedScale", 1.0) or 1.0
    pauses = _number(query, "pauseLengthScale", 1.0)
    fixed = query.get("pauseLength")

    def frames(seconds: float) -> float:
        return round(seconds / speed / FRAME_S) * FRAME_S * 1000

    at = frames(_number(query, "prePhonemeLength", 0.1))
    out: list[tuple[float, float, float]] = []
    for mora in moras:
        length = mora.vowel_s
        if not mora.text:
            length = (float(fixed) if isinstance(fixed, int | float) else length) * pauses
        vowel = at + (frames(mora.consonant_s) if mora.consonant else 0.0)
        end = vowel + frames(length)
        out.append((at, vowel, end))
        at = end
    return out, at + frames(_number(query, "postPhonemeLength", 0.1))


def _marks(text: str, moras: Sequence[Mora], query: Mapping[str, Any], done: Done) -> list[WordMark | VisemeMark]:
    times, whole = timeline(moras, query)
    if done.complete and whole and abs(done.total_ms - whole) > STRETCH * whole + 30:
        factor = done.total_ms / whole
        times = [(begin * factor, vowel * factor, end * factor) for begin, vowel, end in times]
    limit = done.total_ms
    places = ends_in_text(text, [mora.text for mora in moras])
    return [
        *_words(text, moras, times, places, limit),
        *_shapes(moras, times, limit),
    ]


def _words(
    text: str, moras: Sequence[Mora], times: Sequence[tuple[float, float, float]], places: Sequence[int], limit: int
) -> list[WordMark]:
    """One mark an accent phrase: about what a reader takes in at once."""
    out: list[WordMark] = []
    start = 0
    for phrase in dict.fromkeys(mora.phrase for mora in moras):
        mine = [at for at, mora in enumerate(moras) if mora.phrase == phrase and mora.text]
        if not mine:
            continue
        end = max(start, places[mine[-1]])
        while start < end and not text[start].isalnum():
            start += 1
        begin, until = round(times[mine[0]][0]), min(limit, round(times[mine[-1]][2]))
        if start < end and begin < limit:
            out.append(WordMark(begin, max(0, until - begin), start, end))
        start = end
    return out


def _shapes(moras: Sequence[Mora], times: Sequence[tuple[float, float, float]], limit: int) -> list[VisemeMark]:
    out: list[VisemeMark] = []
    for mora, (first, vowel, end) in zip(moras, times, strict=True):
        begin = first
        if mora.consonant in _LIPS and vowel > first:
            out.append(VisemeMark(round(first), "mbp", round(vowel) - round(first)))
            begin = vowel
        shape: Viseme = "sil" if not mora.text else _VOWELS.get(mora.vowel, _VOWELS.get(mora.vowel.lower(), "ih"))
        out.append(VisemeMark(round(begin), shape, max(0, round(end) - round(begin))))
    return [
        VisemeMark(mark.at_ms, mark.shape, min(mark.dur_ms or 0, limit - mark.at_ms))
        for mark in out
        if mark.at_ms < limit
    ]
