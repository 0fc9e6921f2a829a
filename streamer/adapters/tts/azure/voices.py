"""The voices of a region, by `GET .../voices/list` (Microsoft, "Text to speech REST API"), with their styles."""

import json
from typing import Any

import aiohttp
import msgspec

from streamer.adapters.http_client import is_local
from streamer.adapters.tts.common.listing import VoiceEntry, gender_of

LIMIT_S = 6.0
_MAX_BYTES = 4 << 20
_MAX_VOICES = 3_000
DEFAULT_VOICES = {
    "en": "en-US-JennyNeural", "en-gb": "en-GB-SoniaNeural", "de": "de-DE-KatjaNeural", "es": "es-ES-ElviraNeural",
    "fr": "fr-FR-DeniseNeural", "it": "it-IT-ElsaNeural", "ja": "ja-JP-NanamiNeural", "ko": "ko-KR-SunHiNeural",
    "nl": "nl-NL-FennaNeural", "pl": "pl-PL-AgnieszkaNeural", "pt": "pt-BR-FranciscaNeural",
    "ru": "ru-RU-SvetlanaNeural", "tr": "tr-TR-EmelNeural", "uk": "uk-UA-PolinaNeural", "zh": "zh-CN-XiaoxiaoNeural",
}  # fmt: skip


class Listed(msgspec.Struct, frozen=True):
    entry: VoiceEntry
    styles: tuple[str, ...] = ()


def kept_voices() -> list[VoiceEntry]:
    """One for each language, without asking anybody."""
    return [_entry(name, "", "Male" if "Guy" in name else "Female") for name in DEFAULT_VOICES.values()]


def list_address(region: str, endpoint: str) -> str:
    """Where the list is: of a resource's own address below `/tts`, else of the region, whose cloud has its own name."""
    if endpoint:
        scheme, _, rest = endpoint.rstrip("/").partition("://")
        web = {"ws": "http", "wss": "https"}.get(scheme, scheme)
        return f"{web}://{rest.split('/')[0]}/tts/cognitiveservices/voices/list"
    cloud = "azure.cn" if region.startswith("china") else "azure.us" if region.startswith("usgov") else "microsoft.com"
    return f"https://{region}.tts.speech.{cloud}/cognitiveservices/voices/list"


async def list_voices(region: str, endpoint: str, key: str, *, limit_s: float = LIMIT_S) -> list[Listed] | None:
    """What the region offers; None when it does not say in time, or not to this key."""
    url = list_address(region, endpoint)
    timeout = aiohttp.ClientTimeout(total=limit_s)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=not is_local(url)) as session,
            session.get(url, headers={"Ocp-Apim-Subscription-Key": key}, allow_redirects=False) as response,
        ):
            if response.status != 200:
                return None
            raw = bytearray()
            async for piece in response.content.iter_any():
                raw += piece
                if len(raw) > _MAX_BYTES:
                    return None
        rows: Any = json.loads(raw)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
    if not isinstance(rows, list):
        return None
    found = [listed for row in rows[:_MAX_VOICES] if (listed := _listed(row))]
    return sorted(found, key=lambda each: (not each.entry.language.startswith("en"), each.entry.id)) or None


def _listed(row: Any) -> Listed | None:
    name = row.get("ShortName") if isinstance(row, dict) else None
    if not isinstance(name, str) or not name or len(name) > 200:
        return None
    styles = row.get("StyleList")
    own = tuple(str(style)[:40] for style in styles[:60]) if isinstance(styles, list) else ()
    return Listed(_entry(name, str(row.get("Locale", "")), row.get("Gender")), own)


def _entry(name: str, locale: str, gender: Any) -> VoiceEntry:
    """`en-US-JennyMultilingualNeural` is Jenny (multilingual)."""
    language, _, short = name.rpartition("-")
    shown = short.replace("Neural", "").replace("Multilingual", " (multilingual)").replace(":", " ")
    return VoiceEntry(name, shown, locale[:40] or language, gender_of(gender))
