"""The voices of a VOICEVOX engine: characters with their styles, and the terms of hearing them on a stream."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import aiohttp
import msgspec
from yarl import URL

from streamer.adapters.http_client import is_local
from streamer.adapters.tts.common.listing import VoiceEntry

LIMIT_S = 5.0
MAX_BYTES = 8 << 20
MAX_STYLES = 2_000
USUAL: Final = ("ノーマル", "通常", "ふつう", "Normal", "Neutral")
FEELINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "joy": ("喜び", "よろこび", "うれしい", "嬉しい", "楽しい", "たのしい", "明るい",
            "元気", "わーい", "うきうき", "あまあま", "Happy"),
    "love": ("あまあま", "甘々", "セクシー", "おとなしい"),
    "sad": ("悲しみ", "かなしみ", "悲しい", "かなしい", "哀しみ", "泣き",
            "なみだめ", "びえーん", "しょんぼり", "Sad"),
    "angry": ("怒り", "おこ", "怒", "ツンツン", "ツンギレ", "つよつよ", "Angry"),
    "surprised": ("びっくり", "驚き", "ヘロヘロ", "Surprise"),
    "shy": ("恥ずかしい", "照れ", "内緒話", "ささやき", "囁き"),
    "sleepy": ("ねむい", "眠い", "けだるげ", "ヘロヘロ", "のんびり", "低血圧"),
    "smug": ("ツンツン", "ドヤ", "クール", "Confident"),
    "think": ("しっとり", "落ち着き", "おちつき", "クール", "Calm"),
}  # fmt: skip
"""Names that styles of this feeling have in the engines' own lists."""


class Style(msgspec.Struct, frozen=True):
    """One way a character speaks; `id` is what the engine calls `speaker`."""

    id: int
    name: str
    character: str
    uuid: str = ""
    portrait: str = ""

    @property
    def credit(self) -> str:
        """How most characters want to be named."""
        return f"VOICEVOX:{self.character}"


async def styles_of(session: aiohttp.ClientSession, base: str, limit_s: float = LIMIT_S) -> Sequence[Style]:
    """What `GET /speakers` lists; empty when it does not answer."""
    found = await _json(session, URL(base.rstrip("/") + "/speakers"), limit_s)
    out: list[Style] = []
    for speaker in cast("list[Any]", found) if isinstance(found, list) else []:
        if not isinstance(speaker, dict):
            continue
        told = cast("dict[str, Any]", speaker)
        for style in told.get("styles") or []:
            number = style.get("id") if isinstance(style, dict) else None
            if isinstance(number, int) and style.get("type", "talk") == "talk":
                out.append(
                    Style(number, str(style.get("name", ""))[:100], str(told.get("name", ""))[:100],
                          str(told.get("speaker_uuid", ""))[:100])
                )  # fmt: skip
    return out[:MAX_STYLES]


def find_style(styles: Sequence[Style], wanted: str, style: str = "", emotion: str = "") -> Style | None:
    """`wanted`: a number, `CHARACTER` or `CHARACTER/STYLE`; of that character the named style, else one of the emotion,
    else the one that was wanted, else its usual one."""
    character, _, own = (part.strip() for part in wanted.partition("/"))
    base = next((each for each in styles if character.isdigit() and each.id == int(character)), None)
    mine = [each for each in styles if each.character == (base.character if base else character)]
    if not mine:
        return None
    by_name = {each.name: each for each in reversed(mine)}
    if style and style.strip() in by_name:
        return by_name[style.strip()]
    for name in FEELINGS.get(emotion, ()):
        if name in by_name:
            return by_name[name]
    if base is not None or own in by_name:
        return base or by_name[own]
    return next((by_name[name] for name in USUAL if name in by_name), mine[0])


async def list_voices(url: str, *, limit_s: float = LIMIT_S) -> list[VoiceEntry] | None:
    """Every style of every character, with its credit; None when the engine does not answer."""
    timeout = aiohttp.ClientTimeout(total=limit_s)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=not is_local(url)) as session:
        styles = await styles_of(session, url, limit_s)
    return [
        VoiceEntry(str(each.id), f"{each.character} ({each.name})", "ja", credit=each.credit) for each in styles
    ] or None


async def terms_of(url: str, uuid: str, *, limit_s: float = LIMIT_S) -> str:
    """The terms of a character in its own words (`GET /speaker_info`, `policy`, Markdown); "" when it has none."""
    timeout = aiohttp.ClientTimeout(total=limit_s)
    address = URL(url.rstrip("/") + "/speaker_info").with_query(speaker_uuid=uuid, resource_format="url")
    async with aiohttp.ClientSession(timeout=timeout, trust_env=not is_local(url)) as session:
        found = await _json(session, address, limit_s)
    policy = cast("dict[str, Any]", found).get("policy") if isinstance(found, dict) else ""
    return str(policy or "")[:20_000]


async def _json(session: aiohttp.ClientSession, url: URL, limit_s: float) -> Any:
    try:
        async with asyncio.timeout(limit_s), session.get(url, allow_redirects=False) as response:
            if response.status != 200:
                return None
            raw = b""
            while not response.content.at_eof() and len(raw) <= MAX_BYTES:
                raw += await response.content.read(65_536)
        return json.loads(raw)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return None
