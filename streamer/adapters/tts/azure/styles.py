"""How a mood is spoken: which of a voice's styles comes nearest to an expression of the cast.

A voice is asked only for styles it is said to have: by the region's list of voices, by the settings, or by the table
here (Microsoft's "Language and voice support", style lists of the widely used voices). Of the others Azure would speak
the text as if no style was named.
"""

from collections.abc import Mapping, Sequence

WISHES: Mapping[str, tuple[str, ...]] = {
    "joy": ("cheerful", "excited", "friendly", "happy", "chat"),
    "surprised": ("excited", "surprised", "cheerful"),
    "sad": ("sad", "depressed", "disappointed", "gentle"),
    "angry": ("angry", "disgruntled", "unfriendly", "serious"),
    "think": ("chat", "calm", "serious", "assistant"),
    "smug": ("unfriendly", "envious", "chat", "friendly"),
    "shy": ("embarrassed", "gentle", "whispering", "hopeful"),
    "sleepy": ("calm", "gentle", "whispering", "depressed"),
}
"""By expression, best first."""
_US = "angry chat cheerful excited friendly hopeful sad shouting terrified unfriendly whispering"
_KNOWN: Mapping[str, str] = {
    "en-US-JennyNeural": _US + " assistant customerservice newscast",
    "en-US-AriaNeural": _US + " customerservice empathetic narration-professional newscast-casual newscast-formal",
    "en-US-GuyNeural": _US + " newscast",
    "en-US-DavisNeural": _US, "en-US-JaneNeural": _US, "en-US-JasonNeural": _US, "en-US-NancyNeural": _US,
    "en-US-TonyNeural": _US, "en-US-SaraNeural": _US,
    "en-GB-SoniaNeural": "cheerful sad", "en-GB-RyanNeural": "chat cheerful",
    "ja-JP-NanamiNeural": "chat cheerful customerservice",
    "de-DE-ConradNeural": "cheerful", "es-MX-JorgeNeural": "chat cheerful", "fr-FR-DeniseNeural": "cheerful sad",
    "fr-FR-HenriNeural": "cheerful sad", "it-IT-IsabellaNeural": "chat cheerful", "ko-KR-InJoonNeural": "sad",
    "pt-BR-FranciscaNeural": "calm",
    "zh-CN-XiaoxiaoNeural": "affectionate angry assistant calm chat cheerful disgruntled fearful friendly gentle"
    " lyrical newscast poetry-reading sad serious sorry whispering excited",
}  # fmt: skip


def known_styles(voice: str) -> tuple[str, ...]:
    """What is known of a voice without asking anybody."""
    return tuple(_KNOWN.get(voice, "").split())


def style_for(emotion: str, styles: Sequence[str], own: Mapping[str, str]) -> str:
    """The style for an expression; `own` (expression -> style, from the settings) comes first. Empty: the usual one."""
    mood = emotion.split(":", maxsplit=1)[0]
    if mood in own:
        return own[mood]
    return next((wish for wish in WISHES.get(mood, ()) if wish in styles), "")
