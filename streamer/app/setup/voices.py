"""The voice step: what each engine offers, one sentence in a voice, and which engines are ready."""

import asyncio
import io
import time
import wave
from collections.abc import Callable, Mapping
from contextlib import aclosing

from streamer.adapters.part import Part
from streamer.adapters.tts import edge_voices, elevenlabs_voices, espeak, espeak_voices, openai_voices
from streamer.adapters.tts.azure import SDK, AzureVoice
from streamer.adapters.tts.azure import voices as azure_voices
from streamer.adapters.tts.common.listing import VoiceEntry, speaks
from streamer.adapters.tts.edge import EdgeVoice
from streamer.adapters.tts.elevenlabs import ElevenLabsVoice
from streamer.adapters.tts.http_voice import HttpVoice
from streamer.adapters.tts.openai_speech import OpenAiVoice
from streamer.adapters.tts.voicevox import VoicevoxVoice
from streamer.adapters.tts.voicevox import voices as voicevox_voices
from streamer.adapters.worker import installed
from streamer.app.parts import keyed_voice
from streamer.app.settings import Settings, TtsPart
from streamer.app.setup.wording import notice, problem
from streamer.cast import Persona
from streamer.ports import RATE_HZ, Done, Misconfigured, Notice, Pcm, SpeechRequest, Unavailable, Unspeakable, VoiceSpec
from streamer.web.rest import Problem
from streamer.web.setup import EngineName, EngineState, PersonaVoice, Play, VoiceItem, Voices

ENGINES: tuple[EngineName, ...] = ("edge", "elevenlabs", "azure", "voicevox", "openai", "http", "espeak")
LABELS: Mapping[EngineName, str] = {
    "edge": "Microsoft Edge", "elevenlabs": "ElevenLabs", "azure": "Azure", "voicevox": "VOICEVOX", "openai": "OpenAI",
    "http": "HTTP", "espeak": "espeak-ng",
}  # fmt: skip
MAX_CHARS = 200
MAX_SOUND_S = 15.0
PLAY_S = 25.0
KEEP_S = 3600.0
SAMPLES: Mapping[str, str] = {
    "de": "Hallo zusammen. Das ist meine Stimme.", "en": "Hello everyone. This is my voice.",
    "es": "Hola a todos. Esta es mi voz.", "fr": "Bonjour à tous. Voici ma voix.",
    "it": "Ciao a tutti. Questa è la mia voce.", "ja": "みなさん、こんにちは。これがわたしのこえです。",
    "ko": "여러분 안녕하세요. 이것이 제 목소리입니다.", "nl": "Hallo allemaal. Dit is mijn stem.",
    "pl": "Cześć wszystkim. To jest mój głos.", "pt": "Olá a todos. Esta é a minha voz.",
    "ru": "Всем привет. Это мой голос.", "tr": "Herkese merhaba. Bu benim sesim.",
    "uk": "Усім привіт. Це мій голос.", "zh": "大家好，这是我的声音。",
}  # fmt: skip
"""One sentence by language, for voices that are heard without a text."""


def part_of(tts: TtsPart, engine: EngineName) -> Part | None:
    """The settings of an engine; None where it is not set up and cannot be by itself."""
    part: Part | None = tts.parts[engine]
    return part


def engine_states(settings: Settings) -> tuple[EngineState, ...]:
    """Every engine, and what it still needs. May look into the keyring, so call it in a thread."""
    return tuple(_engine(settings, each) for each in ENGINES)


def _engine(settings: Settings, engine: EngineName) -> EngineState:
    tts = settings.tts
    label = LABELS[engine]
    if engine == "edge":
        accepted = tts.edge is not None and tts.edge.accept_terms
        words = None if accepted else Notice("setup.engine.edge_terms")
        return EngineState("edge", label, "ready" if accepted else "terms", local=False, words=words)
    if engine == "espeak":
        ready = bool(tts.espeak.library) or espeak_voices.data_folder(espeak.libraries()) is not None
        words = (
            Notice("setup.engine.espeak") if ready else Notice("setup.engine.espeak_missing", fix="fix.install_espeak")
        )
        return EngineState("espeak", label, "ready" if ready else "off", local=True, words=words)
    part = part_of(tts, engine)
    if engine == "azure" and not installed(SDK):
        words = Notice("setup.engine.azure_missing", fix="fix.add_azure")
        return EngineState(engine, label, "off", local=False, words=words)
    if part is None:
        return EngineState(engine, label, "setup", local=False, words=Notice(f"setup.engine.{engine}_setup"))
    try:
        speech = keyed_voice(part).open()
    except Misconfigured as wrong:
        return EngineState(engine, label, "setup", local=False, words=Notice("part.misconfigured",
                           {"reason": wrong.reason}, wrong.fix))  # fmt: skip
    return EngineState(engine, label, "ready", local=speech.caps.local)


def persona_voice(persona: Persona, chain: tuple[str, ...]) -> PersonaVoice:
    """How a persona speaks at the moment: with the engine it chose, else with the first of the chain."""
    voice = persona.voice
    engine = voice.engine if voice.engine in chain else chain[0] if chain else ""
    return PersonaVoice(engine, voice.ids.get(engine, ""), voice.pitch, voice.rate)


class VoiceLists:
    """What the engines offer. The list of the Edge service is kept for an hour, and asked for once the terms are
    accepted."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._edge: tuple[float, list[VoiceEntry]] | None = None

    async def of(self, settings: Settings, engine: EngineName, language: str = "") -> Voices:
        entries, said = await self._entries(settings, engine)
        items = tuple(_item(engine, each) for each in entries if speaks(each, language))
        return Voices(items, said)

    async def _entries(self, settings: Settings, engine: EngineName) -> tuple[list[VoiceEntry], Notice | None]:
        if engine == "espeak":
            presets = {name: each.variant for name, each in espeak.PRESETS.items()}
            return await asyncio.to_thread(_espeak, settings, presets), None
        if engine == "edge":
            return await self._of_edge(settings.tts.edge)
        if engine == "http":
            return [], notice("voices_unnamed") if settings.tts.http is not None else notice("voice_server_missing")
        if engine == "elevenlabs":
            return await _of_elevenlabs(settings.tts.elevenlabs)
        if engine == "azure":
            return await _of_azure(settings.tts.azure)
        if engine == "voicevox":
            return await _of_voicevox(settings.tts.voicevox)
        return await _of_openai(settings.tts.openai)

    async def _of_edge(self, part: EdgeVoice | None) -> tuple[list[VoiceEntry], Notice | None]:
        if part is None or not part.accept_terms or part.url:  # another server is not asked for Microsoft's list
            return edge_voices.kept_voices(), None
        if self._edge is not None and self._now() < self._edge[0]:
            return self._edge[1], None
        found = await edge_voices.list_voices()
        if found is None:
            return edge_voices.kept_voices(), notice("voices_offline")
        self._edge = (self._now() + KEEP_S, found)
        return found, None


def _espeak(settings: Settings, presets: Mapping[str, str]) -> list[VoiceEntry]:
    part = settings.tts.espeak
    pairs = [(part.library, part.data)] if part.library else espeak.libraries()
    return espeak_voices.list_voices(espeak_voices.data_folder(pairs), presets)


async def _of_openai(part: OpenAiVoice | None) -> tuple[list[VoiceEntry], Notice | None]:
    if part is None:
        return openai_voices.own_voices(), notice("voice_server_missing")
    if part.base_url.rstrip("/") == OpenAiVoice.model_fields["base_url"].default:
        return openai_voices.own_voices(), None
    keyed = await asyncio.to_thread(keyed_voice, part)
    key = keyed.api_key.get_secret_value() if isinstance(keyed, OpenAiVoice) else ""
    found = await openai_voices.list_voices(part.base_url, key)
    if found is None:
        return [VoiceEntry(part.voice, part.voice)], notice("voices_unlisted")
    return found, None


async def _of_elevenlabs(part: ElevenLabsVoice | None) -> tuple[list[VoiceEntry], Notice | None]:
    if part is None:
        return elevenlabs_voices.kept_voices(), notice("voice_server_missing")
    keyed = await asyncio.to_thread(keyed_voice, part)
    key = keyed.api_key.get_secret_value() if isinstance(keyed, ElevenLabsVoice) else ""
    found = await elevenlabs_voices.list_voices(part.base_url, key) if key else None
    return (found, None) if found is not None else (elevenlabs_voices.kept_voices(), notice("voices_offline"))


async def _of_azure(part: AzureVoice | None) -> tuple[list[VoiceEntry], Notice | None]:
    if part is None:
        return azure_voices.kept_voices(), notice("voice_server_missing")
    keyed = await asyncio.to_thread(keyed_voice, part)
    key = keyed.api_key.get_secret_value() if isinstance(keyed, AzureVoice) else ""
    found = await azure_voices.list_voices(part.region, part.endpoint, key) if key else None
    if found is None:
        return azure_voices.kept_voices(), notice("voices_offline")
    return [each.entry for each in found], None


async def _of_voicevox(part: VoicevoxVoice | None) -> tuple[list[VoiceEntry], Notice | None]:
    if part is None:
        return [], notice("voice_server_missing")
    found = await voicevox_voices.list_voices(part.url)
    return (found, None) if found is not None else ([], notice("voicevox_away"))


def _item(engine: EngineName, entry: VoiceEntry) -> VoiceItem:
    sample = SAMPLES.get(entry.language.split("-")[0].lower(), "") if entry.language else ""
    return VoiceItem(engine, entry.id, entry.name, entry.language, entry.gender, sample, entry.credit)


# --- one sentence -----------------------------------------------------------------------------------------------------


def _openable(settings: Settings, engine: EngineName) -> Part:
    part = part_of(settings.tts, engine)
    if engine == "edge" and not (isinstance(part, EdgeVoice) and part.accept_terms):
        raise problem(409, "terms")
    if part is None:
        raise problem(409, "voice_server_missing")
    return keyed_voice(_patient(part))


def _patient(part: Part) -> Part:
    """A first try may wait for a server to load its model."""
    if isinstance(part, OpenAiVoice | HttpVoice | ElevenLabsVoice | VoicevoxVoice | AzureVoice):
        return part.model_copy(update={"first_audio_s": max(part.first_audio_s, 15.0)})
    return part


async def play(settings: Settings, wish: Play) -> bytes:
    """One sentence as a WAV file (24,000 Hz, mono, 16 bit). Raises Problem in words."""
    text = _short(wish.text) or SAMPLES.get(wish.language.split("-")[0].lower(), SAMPLES["en"])
    part = await asyncio.to_thread(_openable, settings, wish.engine)
    spec = VoiceSpec(wish.voice, wish.rate, 2 ** (wish.pitch / 12), language=wish.language or "en")
    label = LABELS[wish.engine]
    try:
        async with asyncio.timeout(PLAY_S):
            sound = await _spoken(part, SpeechRequest(text, spec))
    except TimeoutError:
        raise problem(502, "voice_timeout", engine=label) from None
    except Unspeakable:
        raise problem(422, "voice_cannot_read", engine=label) from None
    except (Misconfigured, Unavailable) as wrong:
        raise _refused(wrong.reason, label) from None
    if not any(sound):
        raise problem(502, "voice_silent", engine=label)
    return wav(sound)


def _refused(reason: str, label: str) -> Problem:
    for words, code in (
        (f"{SDK} is not installed", "voice_no_sdk"), ("key", "voice_key"),
        ("espeak-ng was not found", "voice_no_espeak"), ("silence", "voice_silent"),
        ("no sound in time", "voice_timeout"), ("cannot be reached", "voice_unreachable"),
    ):  # fmt: skip
        if words in reason:
            return problem(502, code, engine=label)
    return problem(502, "voice_failed", engine=label, reason=reason)


async def _spoken(part: Part, request: SpeechRequest) -> bytes:
    """The sound, at most 15 s of it."""
    engine = part.open()
    sound = bytearray()
    most = int(MAX_SOUND_S * RATE_HZ) * 2
    try:
        async with aclosing(engine.synthesize(request)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Pcm):
                    sound += piece.data
                if isinstance(piece, Done) or len(sound) >= most:
                    break
    finally:
        await engine.aclose()
    return bytes(sound[:most])


def _short(text: str) -> str:
    """At most 200 characters, cut at a word."""
    words = " ".join(text.split())
    if len(words) <= MAX_CHARS:
        return words
    cut = words[:MAX_CHARS]
    return cut.rpartition(" ")[0] or cut


def wav(sound: bytes) -> bytes:
    """s16le mono at 24,000 Hz as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound)
    return out.getvalue()
