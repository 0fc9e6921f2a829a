"""Personas as the line chain needs them: their brief, and how each engine is to sound for them."""

from collections.abc import Sequence

from streamer.cast import Persona
from streamer.ports import VoiceSpec
from streamer.speech.speaker import Speaker, Voice

LATE_MAX = 12
SAFE = ("[shy] Let us talk about something else.", "[think] No, I am not going to say that one out loud.")


def speaker_of(persona: Persona, engines: Sequence[str]) -> Speaker:
    """`engines` are tried in order."""
    return Speaker(
        id=persona.id,
        name=persona.name,
        description=description(persona),
        language=persona.language,
        voices=tuple(Voice(engine, voice_spec(persona, engine)) for engine in engines),
        late=persona.material.late[:LATE_MAX] or ("[think] Give me one second, I am thinking.",),
        safe=SAFE,
    )


def voice_spec(persona: Persona, engine: str) -> VoiceSpec:
    """Pitch in semitones becomes the factor engines take."""
    voice = persona.voice
    return VoiceSpec(
        name=voice.ids.get(engine, ""), rate=voice.rate, pitch=2 ** (voice.pitch / 12), language=persona.language
    )


def description(persona: Persona) -> str:
    """Who the persona is, as the first part of the system message."""
    parts = [persona.sentences.strip()]
    if persona.facts:
        parts.append("What is true about you:\n" + "\n".join(f"- {fact}" for fact in persona.facts))
    if persona.catchphrases:
        parts.append("You like to say: " + " / ".join(persona.catchphrases))
    return "\n\n".join(part for part in parts if part)
