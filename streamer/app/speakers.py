"""Personas as the line chain needs them: their brief, and how each engine is to sound for them."""

from collections.abc import Iterable, Sequence

from streamer.app.settings import TtsPart
from streamer.cast import Persona
from streamer.cast.honesty import claims_human, honest_lines
from streamer.cast.stock import late_lines, safe_lines, stocked
from streamer.ports import VoiceSpec
from streamer.speech.speaker import LINE_S, Speaker, Voice
from streamer.speech.spoken import Reading

LATE_MAX = 12


def speaker_of(persona: Persona, engines: Sequence[str], house: TtsPart | None = None) -> Speaker:
    """`engines` are tried in order, the one the persona chose before them. What is spoken past the guard never claims
    that the persona is human. `house` has the pronunciations of the whole show; the persona's own come before them."""
    material = stocked(persona).material
    return Speaker(
        id=persona.id,
        name=persona.name,
        description=description(persona),
        language=persona.language,
        voices=tuple(
            Voice(engine, voice_spec(persona, engine), moods(persona, engine)) for engine in _order(persona, engines)
        ),
        late=_true(material.late)[:LATE_MAX] or late_lines(persona.language),
        safe=safe_lines(persona.language),
        honest=honest_lines(persona),
        thanks=_true(material.thanks.get("paid", ()), "{name}"),
        reading=Reading(
            {**(house.pronunciations if house else {}), **persona.voice.says},
            emotes=house.emotes if house else "named",
            emoji=house.emoji if house else "skipped",
        ),
        line_s=house.line_s if house else LINE_S,
    )


def _order(persona: Persona, engines: Sequence[str]) -> Sequence[str]:
    first = persona.voice.engine
    return [first, *(engine for engine in engines if engine != first)] if first in engines else engines


def voice_spec(persona: Persona, engine: str) -> VoiceSpec:
    """Pitch in semitones becomes the factor engines take."""
    voice = persona.voice
    return VoiceSpec(
        name=voice.ids.get(engine, ""),
        rate=voice.rate,
        pitch=2 ** (voice.pitch / 12),
        volume=voice.volume,
        language=persona.language,
    )


def moods(persona: Persona, engine: str) -> dict[str, VoiceSpec]:
    """How the persona sounds with each emotion it has a variant for."""
    usual = voice_spec(persona, engine)
    return {
        emotion: VoiceSpec(
            name=mood.ids.get(engine, usual.name),
            rate=usual.rate * mood.rate,
            pitch=usual.pitch * 2 ** (mood.pitch / 12),
            volume=usual.volume * mood.volume,
            language=usual.language,
            style=mood.style,
        )
        for emotion, mood in persona.voice.emotions.items()
    }


def description(persona: Persona) -> str:
    """Who the persona is, as the first part of the system message."""
    parts = [persona.sentences.strip()]
    if persona.facts:
        parts.append("What is true about you:\n" + "\n".join(f"- {fact}" for fact in persona.facts))
    if persona.catchphrases:
        parts.append("You like to say: " + " / ".join(persona.catchphrases))
    return "\n\n".join(part for part in parts if part)


def _true(lines: Iterable[str], place: str = "") -> tuple[str, ...]:
    """Those that may be spoken as they stand, with no place to be filled in but once `place`."""
    return tuple(
        line
        for line in lines
        if line.count("{") == (1 if place else 0) and place in line and not claims_human(line, asked=True)
    )
