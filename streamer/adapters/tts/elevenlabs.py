"""ElevenLabs: speech that streams with the time of every character.

Source: the API reference, `POST /v1/text-to-speech/{voice}/stream/with-timestamps`. The answer is one JSON object a
line with `audio_base64` and `alignment` (characters of the text, their start and end in seconds); words and mouth
shapes come from there. Raw PCM at 24,000 Hz is asked for. Errors are told apart by the `detail.status` of the API
reference: a key, a plan or a voice is for people to mend, a full queue mends itself.
"""

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Literal, cast
from urllib.parse import quote

from pydantic import Field, SecretStr
from yarl import URL

from streamer.adapters import http_client
from streamer.adapters.part import Part, is_web_address
from streamer.adapters.tts.common import http
from streamer.adapters.tts.common.letters import LetterMarks
from streamer.adapters.tts.common.sound import BadSound
from streamer.adapters.tts.common.text import encodable, speakable
from streamer.ports import (
    Done,
    Misconfigured,
    Pcm,
    SpeechPiece,
    SpeechRequest,
    Unavailable,
    Unspeakable,
    VisemeMark,
    VoiceCaps,
    WordMark,
)  # fmt: skip

HOME = "https://api.elevenlabs.io"
MIN_SPEED, MAX_SPEED = 0.7, 1.2
"""`voice_settings.speed` of the API reference."""
MAX_LINE = 8 << 20
VOICE_ID = re.compile(r"[A-Za-z0-9]{10,40}")
_NUMBERS = re.compile(r"(stability|similarity|style)\s*=\s*(0(?:\.\d+)?|1(?:\.0+)?)", re.IGNORECASE)
_LANGUAGES = re.compile(r"[a-z]{2}")


class ElevenLabsVoice(Part):
    """`voice` is used by personas that name none. `stability`, `similarity` and `style` are the service's own settings,
    0 to 1. `cost_per_1k_chars` in US dollars is what the budget counts.

    A persona's `style` for an emotion is a number (more or less of `style`), settings (`stability=0.3 style=0.8`), or,
    with a model of the third generation (`eleven_v3`), an audio tag in its words (`excited`).
    """

    kind: Literal["elevenlabs"] = "elevenlabs"
    base_url: str = HOME
    api_key: SecretStr = SecretStr("")
    model: str = "eleven_flash_v2_5"
    voice: str = "EXAVITQu4vr4xnSDxMaL"
    stability: float = Field(default=0.5, ge=0, le=1)
    similarity: float = Field(default=0.75, ge=0, le=1)
    style: float = Field(default=0.0, ge=0, le=1)
    speaker_boost: bool = True
    output_format: Literal["pcm_24000", "pcm_22050", "pcm_16000", "mp3_44100_128", "mp3_22050_32"] = "pcm_24000"
    cost_per_1k_chars: float = Field(default=0.0, ge=0)
    first_audio_s: float = Field(default=6.0, gt=0)
    stall_s: float = Field(default=3.0, gt=0)
    total_s: float = Field(default=60.0, gt=0)

    def open(self) -> "ElevenLabsSpeech":
        if not is_web_address(self.base_url):
            raise Misconfigured("tts.elevenlabs.base_url is no http(s) address", fix=f"leave it out: {HOME}")
        if URL(self.base_url).host == URL(HOME).host and not self.api_key.get_secret_value():
            raise Misconfigured("ElevenLabs needs a key", fix="set ELEVENLABS_API_KEY")
        return ElevenLabsSpeech(self)


class ElevenLabsSpeech:
    """TextToSpeech over one keep-alive session. The service knows no pitch; its speed goes from 0.7 to 1.2."""

    def __init__(self, settings: ElevenLabsVoice) -> None:
        self._settings = settings
        self._base = settings.base_url.rstrip("/")
        local = http_client.is_local(settings.base_url)
        self.caps = VoiceCaps(
            engine="elevenlabs", streaming=True, word_marks=True, viseme_marks=True, local=local,
            cost_per_1k_chars=settings.cost_per_1k_chars,
        )  # fmt: skip
        self._sessions = http.sessions(proxies=not local)
        self._limits = http.Limits(settings.first_audio_s, settings.stall_s, settings.total_s)
        kind, rate = settings.output_format.split("_")[:2]
        self._answer = http.Answer(
            asked="mp3" if kind == "mp3" else "pcm",
            pcm_rate_hz=24_000 if kind == "mp3" else int(rate),
            server="ElevenLabs",
            fix_key="check the key of ElevenLabs (ELEVENLABS_API_KEY)",
            fix_url="check tts.elevenlabs.base_url, .model and the voice",
            explain=explain,
        )

    async def warm(self) -> None:
        """Nothing to load. Sends nothing."""

    async def aclose(self) -> None:
        await self._sessions.aclose()

    async def synthesize(self, request: SpeechRequest) -> AsyncIterator[SpeechPiece]:
        """See the port."""
        if not speakable(request.text):
            yield Done(0)
            return
        settings = self._settings
        tag = audio_tag(settings.model, request.voice.style)
        text = tag + encodable(request.text)
        key = settings.api_key.get_secret_value()
        lines = _Lines(LetterMarks(request.text, skip=len(tag)))
        stream = http.speak(
            self._sessions.get(), "POST", self._url(request.voice.name), request.text,
            answer=self._answer, limits=self._limits, unwrap=lines, json=self._body(text, request),
            headers={"xi-api-key": key} if key else {},
        )  # fmt: skip
        ms = 0
        try:
            async for piece in stream:
                if isinstance(piece, Pcm):
                    yield piece
                    ms = piece.at_ms + len(piece.data) // 48
                    for mark in lines.ripe(ms):
                        yield mark
                else:
                    for mark in lines.rest(piece.total_ms):
                        yield mark
                    yield Done(piece.total_ms, complete=piece.complete and not lines.short(request.text))
        finally:
            await stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]

    def _url(self, name: str) -> URL:
        voice = name if VOICE_ID.fullmatch(name) else self._settings.voice
        path = f"{self._base}/v1/text-to-speech/{quote(voice, safe='')}/stream/with-timestamps"
        return URL(f"{path}?output_format={self._settings.output_format}", encoded=True)

    def _body(self, text: str, request: SpeechRequest) -> dict[str, Any]:
        settings, voice = self._settings, request.voice
        own = {
            "stability": settings.stability,
            "similarity_boost": settings.similarity,
            "style": settings.style,
            "use_speaker_boost": settings.speaker_boost,
            **styled(voice.style),
        }
        if voice.rate != 1.0:
            own["speed"] = round(min(MAX_SPEED, max(MIN_SPEED, voice.rate)), 2)
        body: dict[str, Any] = {"text": text, "model_id": settings.model, "voice_settings": own}
        language = voice.language.lower().split("-")[0]
        if "v2_5" in settings.model and _LANGUAGES.fullmatch(language):  # other models refuse the field
            body["language_code"] = language
        return body


def styled(style: str) -> dict[str, float]:
    """`0.8`, or `stability=0.3 style=0.8`, as voice settings; nothing for other words."""
    try:
        return {"style": min(1.0, max(0.0, float(style)))}
    except ValueError:
        pass
    names = {"stability": "stability", "similarity": "similarity_boost", "style": "style"}
    return {names[name.lower()]: float(value) for name, value in _NUMBERS.findall(style)}


def audio_tag(model: str, style: str) -> str:
    """What models of the third generation read as a stage direction; "" for others and for numbers."""
    words = style.strip().strip("[]").strip()
    if not model.startswith("eleven_v3") or not words or styled(words) or not re.fullmatch(r"[\w' -]{2,60}", words):
        return ""
    return f"[{words}] "


def explain(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raises what a refusal means. The service's own sentences stay out: they may repeat the text."""
    try:
        found: Any = json.loads(body)
    except ValueError:
        found = None
    detail: Any = found.get("detail") if isinstance(found, dict) else None
    code = str(detail.get("status") or detail.get("code") or "") if isinstance(detail, dict) else ""
    if "quota" in code or code == "credits_exceeded":
        raise Misconfigured(
            "ElevenLabs: the characters of the plan are used up", fix="wait for the next month, or take a bigger plan"
        )
    if status == 402 or code in ("payment_required", "paid_plan_required", "free_users_not_allowed"):
        raise Misconfigured(
            "ElevenLabs: the plan does not include this voice or model (402)",
            fix="choose a voice of your own or another plan",
        )
    if "output_format" in code:
        raise Misconfigured(
            "ElevenLabs: the plan does not include this sound format",
            fix="set tts.elevenlabs.output_format: mp3_22050_32",
        )
    if "voice_not_found" in code or code == "voice_does_not_exist":
        raise Misconfigured(
            "ElevenLabs has no such voice", fix="choose a voice from the list, or add it to your library there"
        )
    if "model" in code and status in (400, 404, 422):
        raise Misconfigured(
            "ElevenLabs has no such model, or not for this", fix="set tts.elevenlabs.model: eleven_flash_v2_5"
        )
    if code in ("missing_permissions", "detected_unusual_activity"):
        raise Misconfigured(
            f"ElevenLabs refuses the key ({code})",
            fix="give the key the permission Text to Speech, or make another key",
        )
    if status in (400, 413, 422):
        raise Unspeakable(f"ElevenLabs does not take this text ({status})")
    if status == 429:
        full = "too many at once for the plan" if "concurrent" in code else "asks to slow down"
        raise Unavailable(f"ElevenLabs: {full} (429)", retry_after_s=http_client.retry_after_s(headers, 5.0))


class _Lines:
    """JSON objects, one a line, as their sound; what they tell of characters goes to the marks."""

    def __init__(self, letters: LetterMarks) -> None:
        self._letters = letters
        self._rest = b""
        self._waiting: list[WordMark | VisemeMark] = []
        self._told = 0
        self._end_s = 0.0
        self._sound_s = 0.0
        self._broken = False
        self._said = ""

    def feed(self, data: bytes) -> bytes:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE:
            raise BadSound("a line too long")
        return b"".join(self._object(line) for line in lines if line.strip())

    def finish(self) -> bytes:
        line, self._rest = self._rest.strip(), b""
        if not line:
            return b""
        try:
            return self._object(line)
        except BadSound:
            if not self._told:
                raise
            self._broken = True
            return b""

    def _object(self, line: bytes) -> bytes:
        try:
            found: Any = json.loads(line)
            sound = base64.b64decode(found.get("audio_base64") or found.get("audio_base_64") or "", validate=True)
        except (ValueError, AttributeError, TypeError) as error:
            raise BadSound("no JSON with sound in it") from error
        self._align(found.get("alignment"))
        self._told += 1
        return sound

    def _align(self, alignment: Any) -> None:
        if not isinstance(alignment, dict):
            return
        told = cast("dict[str, Any]", alignment)
        chars, starts, ends = (
            told.get(key) for key in ("characters", "character_start_times_seconds", "character_end_times_seconds")
        )
        if not (isinstance(chars, list) and isinstance(starts, list) and isinstance(ends, list)):
            return
        letters: list[tuple[str, int, int]] = []
        for char, start, end in zip(
            cast("list[Any]", chars), cast("list[Any]", starts), cast("list[Any]", ends), strict=False
        ):
            if isinstance(char, str) and isinstance(start, int | float) and isinstance(end, int | float):
                letters.append((char, round(max(0.0, start) * 1000), round(max(0.0, end) * 1000)))
        self._said += "".join(char for char, _, _ in letters)
        self._waiting += self._letters.feed(letters)

    def ripe(self, until_ms: int) -> Iterator[WordMark | VisemeMark]:
        """Marks whose sound is there: after a cut none stands outside."""
        while self._waiting and _end(self._waiting[0]) <= until_ms:
            yield self._waiting.pop(0)

    def rest(self, total_ms: int) -> Iterator[WordMark | VisemeMark]:
        """The others, shortened to the sound."""
        for mark in (*self._waiting, *self._letters.finish()):
            room = total_ms - mark.at_ms
            if room <= 0:
                continue
            length = min(mark.dur_ms or 0, room)
            if isinstance(mark, WordMark):
                yield WordMark(mark.at_ms, length, mark.start, mark.end)
            else:
                yield VisemeMark(mark.at_ms, mark.shape, length)
        self._waiting = []

    def short(self, text: str) -> bool:
        """Whether the service stopped before the end of the text, as far as its characters tell."""
        if self._broken or not self._said:
            return self._broken
        wanted, said = (sum(map(str.isalnum, each)) for each in (text, self._said))
        return said + 3 < wanted and said < wanted * 0.9


def _end(mark: WordMark | VisemeMark) -> int:
    return mark.at_ms + (mark.dur_ms or 0)
