"""The voices of an ElevenLabs account, `GET /v2/voices`; without a key a few of the voices every account has."""

import json
from typing import Any

import aiohttp
from yarl import URL

from streamer.adapters.http_client import is_local
from streamer.adapters.tts.common.listing import VoiceEntry, gender_of

LIMIT_S = 6.0
MAX_PAGES = 5
_MAX_BYTES = 4 << 20
_KEPT = (
    "EXAVITQu4vr4xnSDxMaL Sarah f", "JBFqnCBsd6RMkjVDRZzb George m", "Xb7hH8MSUJpSbSDYk0k2 Alice f",
    "IKne3meq5aSn9XLyUdCD Charlie m", "FGY2WhTYpPnrIDTdsKH5 Laura f", "onwK4e9ZLuTAKqWW03F9 Daniel m",
    "XrExE9yKIg1WjnnlVkGX Matilda f", "TX3LPaxmHKxFdv7VOQHJ Liam m",
)  # fmt: skip


def kept_voices() -> list[VoiceEntry]:
    """Without asking anybody."""
    return [VoiceEntry(voice, name, "", gender_of(gender)) for voice, name, gender in (each.split() for each in _KEPT)]


async def list_voices(base_url: str, key: str, *, limit_s: float = LIMIT_S) -> list[VoiceEntry] | None:
    """The voices of the account, own ones first; None when the service does not tell."""
    found: list[VoiceEntry] = []
    token = ""
    timeout = aiohttp.ClientTimeout(total=limit_s)
    try:
        async with aiohttp.ClientSession(timeout=timeout, trust_env=not is_local(base_url)) as session:
            for _ in range(MAX_PAGES):
                page = URL(base_url.rstrip("/") + "/v2/voices").update_query(
                    {"page_size": "100", **({"next_page_token": token} if token else {})}
                )
                async with session.get(page, headers={"xi-api-key": key}, allow_redirects=False) as response:
                    if response.status != 200:
                        return None
                    answer: Any = json.loads(await _body(response))
                found += [entry for row in answer["voices"] if (entry := _entry(row))]
                token = str(answer.get("next_page_token") or "") if answer.get("has_more") else ""
                if not token:
                    break
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found or None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    raw = b""
    while not response.content.at_eof() and len(raw) < _MAX_BYTES:
        raw += await response.content.read(_MAX_BYTES - len(raw))
    return raw


def _entry(row: Any) -> VoiceEntry | None:
    voice, name = row.get("voice_id"), row.get("name")
    if not isinstance(voice, str) or not voice or len(voice) > 100:
        return None
    labels = row.get("labels") if isinstance(row.get("labels"), dict) else {}
    known = row.get("verified_languages")
    first = known[0] if isinstance(known, list) and known and isinstance(known[0], dict) else {}
    language = str(first.get("locale") or first.get("language") or labels.get("language") or "")
    return VoiceEntry(voice, str(name or voice)[:200], language[:40], gender_of(labels.get("gender")))
