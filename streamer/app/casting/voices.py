"""A short list of voices to begin with, for each language people ask for: one is chosen by its number or its name.

A choice names the voice for every engine that has one of its kind, so that a character sounds alike whichever speaks.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from streamer.app.shorthand import ENGINES, engine_of
from streamer.cast.card import Voice


class VoiceChoice(msgspec.Struct, frozen=True):
    """`word` says what it is like, in English; `like` is the kind for a page that has its own words."""

    id: str
    name: str
    like: str
    language: str
    ids: Mapping[str, str]
    pitch: float = 0.0


# What a kind of voice is on engines that have the same voices in every language.
_LIKE: dict[str, tuple[str, str, float]] = {
    "bright": ("nova", "bright", 2),
    "calm": ("sage", "calm", -1),
    "warm": ("shimmer", "warm", 0),
    "deep": ("onyx", "deep", -2),
    "clear": ("echo", "clear", 0),
}
# Read-aloud voices by language: (voice of the engine `edge`, kind).
_EDGE: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (("en-US-AnaNeural", "bright"), ("en-GB-SoniaNeural", "calm"), ("en-US-JennyNeural", "warm"),
           ("en-GB-RyanNeural", "clear"), ("en-US-ChristopherNeural", "deep")),
    "ja": (("ja-JP-NanamiNeural", "bright"), ("ja-JP-NanamiNeural", "calm"), ("ja-JP-KeitaNeural", "clear"),
           ("ja-JP-KeitaNeural", "deep")),
    "de": (("de-DE-AmalaNeural", "bright"), ("de-DE-KatjaNeural", "calm"), ("de-DE-ConradNeural", "clear"),
           ("de-DE-KillianNeural", "deep")),
    "fr": (("fr-FR-EloiseNeural", "bright"), ("fr-FR-DeniseNeural", "calm"), ("fr-FR-HenriNeural", "clear")),
    "es": (("es-MX-DaliaNeural", "bright"), ("es-ES-ElviraNeural", "calm"), ("es-ES-AlvaroNeural", "clear")),
    "pt": (("pt-BR-FranciscaNeural", "bright"), ("pt-PT-RaquelNeural", "calm"), ("pt-BR-AntonioNeural", "clear")),
    "it": (("it-IT-ElsaNeural", "bright"), ("it-IT-IsabellaNeural", "calm"), ("it-IT-DiegoNeural", "clear")),
    "ko": (("ko-KR-SunHiNeural", "bright"), ("ko-KR-InJoonNeural", "clear")),
    "zh": (("zh-CN-XiaoyiNeural", "bright"), ("zh-CN-XiaoxiaoNeural", "calm"), ("zh-CN-YunxiNeural", "clear")),
    "ru": (("ru-RU-SvetlanaNeural", "bright"), ("ru-RU-DmitryNeural", "clear")),
    "pl": (("pl-PL-ZofiaNeural", "bright"), ("pl-PL-MarekNeural", "clear")),
    "nl": (("nl-NL-FennaNeural", "bright"), ("nl-NL-ColetteNeural", "calm"), ("nl-NL-MaartenNeural", "clear")),
}  # fmt: skip
LANGUAGES = tuple(_EDGE)
WORDS = {
    "bright": "bright and young",
    "calm": "calm and dry",
    "warm": "warm",
    "clear": "clear, male",
    "deep": "deep, male",
}


def choices(language: str) -> tuple[VoiceChoice, ...]:
    """The voices to choose from for a language (BCP 47); those of every engine but `edge` for a language not listed."""
    code = language.partition("-")[0].lower()
    if code not in _EDGE:
        return tuple(_choice(like, "", like, language) for like in _LIKE)
    return tuple(_choice(like if name == "" else f"{name}:{like}", name, like, code) for name, like in _EDGE[code])


def _choice(id_: str, edge: str, like: str, language: str) -> VoiceChoice:
    openai, espeak, pitch = _LIKE[like]
    ids = {**({"edge": edge} if edge else {}), "openai": openai, "espeak": espeak}
    name = edge.rpartition("-")[2].removesuffix("Neural") if edge else like.capitalize()
    return VoiceChoice(id_, name, like, language, ids, pitch)


def voice_of(answer: str, language: str) -> Voice | None:
    """The voice an answer means: a number of the list, a name in it, `ENGINE:NAME`, or a name that tells its engine.

    None when it means none.
    """
    text, several = answer.strip(), choices(language)
    if text.isdecimal() and text.isascii():
        number = int(text[:6])
        return as_voice(several[number - 1]) if 1 <= number <= len(several) else None
    named = [each for each in several if text.casefold() in (each.name.casefold(), each.id.casefold())]
    if named:
        return as_voice(named[0])
    engine, colon, name = text.partition(":")
    if colon and engine in ENGINES and name.strip():
        return Voice(ids={engine: name.strip()})
    engine = engine_of(text)
    return Voice(ids={engine: text}) if engine else None


def as_voice(choice: VoiceChoice) -> Voice:
    return Voice(pitch=choice.pitch, ids=choice.ids)


def as_written(voice: Voice) -> dict[str, Any]:
    """As a file says it in one line: `{edge: ..., pitch: 2}`. What an engine does by itself is left out."""
    known = {key: value for key, value in voice.ids.items() if key in ENGINES}
    rest = {key: value for key, value in voice.ids.items() if key not in ENGINES}
    if rest:
        known = {"ids": dict(voice.ids)}
    return {
        **known,
        **({"engine": voice.engine} if voice.engine else {}),
        **({"pitch": voice.pitch} if voice.pitch else {}),
        **({"rate": voice.rate} if voice.rate != 1 else {}),
        **({"volume": voice.volume} if voice.volume != 1 else {}),
        **({"emotions": msgspec.to_builtins(voice.emotions)} if voice.emotions else {}),
        **({"says": dict(voice.says)} if voice.says else {}),
    }
