"""A persona as a value: who it is, how it sounds and looks, and what it has to say without a model."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Scalar = str | float | bool
Thanks = Literal["paid", "sub", "gift", "raid", "follow"]


ENGINES = ("openai", "elevenlabs", "azure", "voicevox", "http", "edge", "espeak")
"""What a voice may name to be tried first."""


class Mood(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a voice changes with an emotion, on top of what it is otherwise."""

    rate: float = 1.0
    """Faster or slower, as a factor."""
    pitch: float = 0.0
    """Semitones more or less."""
    volume: float = 1.0
    """Louder or softer, as a factor."""
    style: str = ""
    """A way to speak in the engine's own words: `cheerful`, `なみだめ`, `stability=0.3`."""
    ids: Mapping[str, str] = {}
    """Another voice for this emotion, by engine."""


class Voice(msgspec.Struct, frozen=True):
    """How a persona sounds; every engine maps this to its own units."""

    pitch: float = 0.0
    """Semitones up (positive) or down from the engine's own voice."""
    rate: float = 1.0
    """Speed of speech as a factor of the engine's own."""
    ids: Mapping[str, str] = {}
    """The voice to use, by engine: `{"edge": "en-US-AnaNeural"}`."""
    engine: str = ""
    """The engine that is tried first for this persona; empty: the show's own order."""
    volume: float = 1.0
    """A factor. All voices are brought to one loudness first, whatever their engine."""
    emotions: Mapping[str, Mood] = {}
    """By expression (`joy`, `sad`, ...): what changes."""
    says: Mapping[str, str] = {}
    """Words that are spoken in another way than they are written: `{"nginx": "engine x"}`."""


class Topic(msgspec.Struct, frozen=True):
    """Something the persona has opinions on."""

    id: str
    words: tuple[str, ...] = ()
    """Words of viewers that bring it up, besides the id."""
    takes: tuple[str, ...] = ()
    """Opinions, anecdotes and running jokes, each one to three sentences, with stage tags."""
    asks: tuple[str, ...] = ()
    """Questions about it, to a partner or to the chat."""


class Material(msgspec.Struct, frozen=True):
    """What the persona says when no language model is there, and how it says the small things.

    Lines may hold `{name}` (a viewer), `{partner}`, `{topic}` (a word or three of what was asked) and `{one}`/`{other}`
    (the two things of a choice). A line whose place cannot be filled is not used.
    """

    topics: tuple[Topic, ...] = ()
    intents: Mapping[str, tuple[str, ...]] = {}
    """Answers to what is asked of every persona: `are_you_ai`, `how_are_you`, `hello`, `joke`, ..."""
    about: tuple[str, ...] = ()
    """Answers with `{topic}`, for what no topic covers."""
    baffled: tuple[str, ...] = ()
    """Answers when there is nothing to hold on to."""
    choices: tuple[str, ...] = ()
    """Answers to "this or that", with `{one}` and `{other}`."""
    openers: tuple[str, ...] = ()
    """Short beginnings of an answer, most with `{name}`."""
    closers: tuple[str, ...] = ()
    """Short ends of an answer: running jokes, a question back."""
    again: tuple[str, ...] = ()
    """Beginnings for a topic that came up a moment ago."""
    idle: tuple[str, ...] = ()
    musings: tuple[str, ...] = ()
    """Beginnings that turn a take into idle talk."""
    bits: tuple[str, ...] = ()
    """Beginnings of an exchange with the partner; the take or question follows."""
    replies: tuple[str, ...] = ()
    """Reactions to what the partner just said; the own take follows."""
    last_words: tuple[str, ...] = ()
    """Ends of an exchange."""
    greetings: tuple[str, ...] = ()
    farewells: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    """Said when the model has not answered in time."""
    segments: tuple[str, ...] = ()
    """Beginnings of a segment with `{topic}`."""
    host: tuple[str, ...] = ()
    """Beginnings of an answer to the human host."""
    huffs: tuple[str, ...] = ()
    """Short beginnings of a line after the host has cut the persona off."""
    thanks: Mapping[str, tuple[str, ...]] = {}
    """By occasion: `paid`, `sub`, `gift`, `raid`, `follow`."""


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """One co-host."""

    id: str
    """Folder name and key everywhere: lower-case letters, digits, `-` and `_`."""
    name: str
    names: tuple[str, ...] = ()
    """Other names it listens to: nicknames, spellings in other scripts."""
    language: str = "en"
    """BCP 47 tag of the language it speaks by itself."""
    sentences: str = ""
    """Who it is, in about three sentences; goes into the brief."""
    colour: str = "#b9a7ff"
    """Of its captions, `#rrggbb`."""
    talkativeness: float = 0.5
    """0 = only when named, 1 = first to volunteer."""
    voice: Voice = Voice()
    look: Mapping[str, Scalar] = {}
    """Parameters of the avatar, free form; `theme` names the rig's theme."""
    catchphrases: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """What is true about it, one sentence each; goes into the brief."""
    material: Material = Material()


DEFAULT_VOICE = Voice()
DEFAULT_LOOK: Mapping[str, Scalar] = {"theme": "aiko"}


def persona_from(data: Mapping[str, Any]) -> Persona:
    """A persona from plain data, as a character file holds it.

    Raises `msgspec.ValidationError` for data of another shape. Unknown keys are ignored: whoever reads files for people
    reports those (`streamer.app.characters`).
    """
    return msgspec.convert(dict(data), Persona)


def missing_parts(persona: Persona) -> tuple[str, ...]:
    """Which of `voice` and `look` the character leaves to the defaults."""
    return tuple(
        part for part, given in (("voice", persona.voice != DEFAULT_VOICE), ("look", bool(persona.look))) if not given
    )


def with_defaults(persona: Persona) -> Persona:
    """The persona with the default look where it has none (the default voice is the value's own default)."""
    return persona if persona.look else msgspec.structs.replace(persona, look=DEFAULT_LOOK)
