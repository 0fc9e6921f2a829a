"""Personas as values, whom a text names, and what a persona says without a language model. Pure."""

from streamer.cast.addressed import addressed, ends_with_question, features, is_emote_only, is_question, spoken_by_host
from streamer.cast.card import Material, Mood, Persona, Topic, Voice, missing_parts, persona_from, with_defaults
from streamer.cast.improv import INTENTS, PLACES, STAGE_TAGS, Improv, farewell, greet, improvise, late, strip_tags

__all__ = [
    "INTENTS", "PLACES", "STAGE_TAGS",
    "Improv", "Material", "Mood", "Persona", "Topic", "Voice",
    "addressed", "ends_with_question", "farewell", "features", "greet", "improvise", "is_emote_only", "is_question",
    "late", "missing_parts", "persona_from", "spoken_by_host", "strip_tags", "with_defaults",
]  # fmt: skip
