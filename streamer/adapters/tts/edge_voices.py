"""The voices of the Edge service: from the service itself, else a small list of voices it has had for years."""

import asyncio
import importlib
from typing import Any

from streamer.adapters.tts.common.listing import VoiceEntry, gender_of

LIMIT_S = 6.0
_KEPT = (
    "en-US-AnaNeural f", "en-US-AriaNeural f", "en-US-JennyNeural f", "en-US-GuyNeural m", "en-US-ChristopherNeural m",
    "en-US-EricNeural m", "en-GB-SoniaNeural f", "en-GB-LibbyNeural f", "en-GB-RyanNeural m", "en-AU-NatashaNeural f",
    "en-AU-WilliamNeural m", "en-CA-ClaraNeural f", "en-IN-NeerjaNeural f", "ja-JP-NanamiNeural f",
    "ja-JP-KeitaNeural m", "de-DE-KatjaNeural f", "de-DE-ConradNeural m", "de-DE-KillianNeural m",
    "es-ES-ElviraNeural f", "es-ES-AlvaroNeural m", "es-MX-DaliaNeural f", "es-MX-JorgeNeural m",
    "fr-FR-DeniseNeural f", "fr-FR-HenriNeural m", "it-IT-ElsaNeural f", "it-IT-DiegoNeural m",
    "ko-KR-SunHiNeural f", "ko-KR-InJoonNeural m", "nl-NL-ColetteNeural f", "nl-NL-MaartenNeural m",
    "pl-PL-ZofiaNeural f", "pl-PL-MarekNeural m", "pt-BR-FranciscaNeural f", "pt-BR-AntonioNeural m",
    "ru-RU-SvetlanaNeural f", "ru-RU-DmitryNeural m", "sv-SE-SofieNeural f", "tr-TR-EmelNeural f",
    "tr-TR-AhmetNeural m", "uk-UA-PolinaNeural f", "uk-UA-OstapNeural m", "zh-CN-XiaoxiaoNeural f",
    "zh-CN-YunxiNeural m", "zh-TW-HsiaoChenNeural f",
)  # fmt: skip


def kept_voices() -> list[VoiceEntry]:
    """Without asking anybody."""
    return [_entry(name, gender) for name, _, gender in (each.partition(" ") for each in _KEPT)]


async def list_voices(*, limit_s: float = LIMIT_S) -> list[VoiceEntry] | None:
    """What the service has at the moment, by name; None when it does not say so in time. Asks Microsoft's server."""
    try:
        vendor: Any = await asyncio.to_thread(importlib.import_module, "edge_tts")
        async with asyncio.timeout(limit_s):
            rows = await vendor.list_voices()
        found = [_entry(str(row["ShortName"]), str(row.get("Gender", ""))) for row in rows]
    except Exception:  # noqa: BLE001 - errors of the client, of HTTP and of the answer's form
        return None
    return sorted(found, key=lambda each: (not each.language.startswith("en"), each.id)) or None


def _entry(name: str, gender: str) -> VoiceEntry:
    """`en-US-AnaNeural` is Ana."""
    language, _, short = name.rpartition("-")
    return VoiceEntry(name, short.removesuffix("Neural").replace("Multilingual", " (multilingual)"), language,
                      gender_of(gender))  # fmt: skip
