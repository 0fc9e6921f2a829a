"""The voices of a server with OpenAI's speech: OpenAI's own by name, others by `GET /v1/audio/voices`.

That address is not OpenAI's; Kokoro-FastAPI, forks of openedai-speech and others have it, each with its own form:
`{"voices": ["af_bella", ...]}`, `{"voices": [{"id", "name", "language"}]}`, or the list alone.
"""

import json
import re
from typing import Any

import aiohttp
from yarl import URL

from streamer.adapters.http_client import is_local
from streamer.adapters.tts.common.listing import VoiceEntry, gender_of

LIMIT_S = 5.0
_MAX_BYTES = 1 << 20
_MAX_VOICES = 2_000
_OWN = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")
_KOKORO = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es",
    "f": "fr-FR",
    "h": "hi",
    "i": "it",
    "j": "ja",
    "p": "pt-BR",
    "z": "zh",
}
_KOKORO_NAME = re.compile(r"([a-z])([fm])_([a-z0-9]+)")


def own_voices() -> list[VoiceEntry]:
    """OpenAI's, which speak any language (its API reference, `voice` of `createSpeech`)."""
    return [VoiceEntry(name, name.title()) for name in _OWN]


async def list_voices(base_url: str, key: str = "", *, limit_s: float = LIMIT_S) -> list[VoiceEntry] | None:
    """What a server says it has; None when it does not say."""
    url = URL(base_url.rstrip("/") + "/audio/voices")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=limit_s), trust_env=not is_local(base_url)
            ) as session,
            session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            if response.status != 200:
                return None
            raw = await response.content.read(_MAX_BYTES)
            while not response.content.at_eof() and len(raw) < _MAX_BYTES:
                raw += await response.content.read(_MAX_BYTES - len(raw))
        answer: Any = json.loads(raw)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    rows = answer.get("voices", answer.get("data")) if isinstance(answer, dict) else answer
    found = [entry for row in rows[:_MAX_VOICES] if (entry := _entry(row))] if isinstance(rows, list) else []
    return found or None


def _entry(row: Any) -> VoiceEntry | None:
    if isinstance(row, dict):
        name = row.get("id") or row.get("voice_id") or row.get("name")
        if not isinstance(name, str) or not name or len(name) > 200:
            return None
        guess = _entry(name) or VoiceEntry(name, name)
        language = row.get("language") or row.get("lang") or guess.language
        label = row.get("name") if isinstance(row.get("name"), str) else guess.name
        return VoiceEntry(name, str(label)[:200], str(language)[:40], gender_of(row.get("gender")) or guess.gender)
    if not isinstance(row, str) or not row or len(row) > 200:
        return None
    match = _KOKORO_NAME.fullmatch(row)
    if match is None or match[1] not in _KOKORO:
        return VoiceEntry(row, row)
    return VoiceEntry(row, match[3].title(), _KOKORO[match[1]], gender_of(match[2]))
