"""Writes a persona as the files people edit: `character.yaml`, commented, and `material.yaml` where there is much.

What is written here is read again by `streamer.app.characters`, value for value; of a look only what the rig knows is
written.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from streamer.app.looks import usable_look
from streamer.cast import Persona, Voice
from streamer.cast.card import Scalar
from streamer.cast.cardtext import one_line

_PLAIN_KEY = re.compile(r"^[a-z_][a-z0-9_]*$")
_PLAIN_TEXT = re.compile(r"^[A-Za-z][A-Za-z0-9 _'-]*[A-Za-z0-9]$")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"))
_ORDER = (
    "topics", "intents", "about", "baffled", "choices", "openers", "closers", "again", "idle", "musings", "bits",
    "replies", "last_words", "greetings", "farewells", "late", "segments", "host", "thanks",
)  # fmt: skip


def character_files(persona: Persona, *, source: str = "") -> dict[str, str]:
    """File name to text: `character.yaml`, and `material.yaml` unless there are only greetings.

    `source` says where the persona comes from, for the first comment. The persona has to be within the limits of a
    character file (`streamer.cast.fit.fit`).
    """
    material = _material(persona)
    small = set(material) <= {"greetings"}
    parts = [_head(persona, source), *_who(persona), *_how(persona)]
    if small and material:
        parts.append("# The first words of a show. [joy], [shy] and so on move the face and are never spoken.\n"
                     "material:\n" + _mapping(material, 1))  # fmt: skip
    files = {"character.yaml": "\n".join(parts)}
    if not small:
        files["character.yaml"] += f"\n# What {persona.name} says without a language model is in material.yaml.\n"
        files["material.yaml"] = f"# What {persona.name} says without a language model.\n\n{_mapping(material, 0)}"
    return files


def _head(persona: Persona, source: str) -> str:
    came = f", imported from {one_line(source)}. The card as it was is in card.json" if source else ""
    return (
        f"# {persona.name}{came}.\n"
        "# Change what you like: this file is what the show reads, card.json is only kept for an export.\n"
        "# `python3 run.py check` lists every problem of this file with its line.\n\n"
        f"name: {scalar(persona.name)}"
    )


def _who(persona: Persona) -> Iterable[str]:
    names = ", ".join(_quoted(name) for name in persona.names)
    yield "# Other names it listens to in chat: nicknames, other scripts, what people mistype."
    yield f"names: [{names}]"
    yield "# The language it speaks by itself (BCP 47)."
    yield f"language: {_quoted(persona.language)}\n"
    yield "# Who it is. This is what a language model is told."
    yield f"sentences: {_prose(persona.sentences)}\n"
    if persona.facts:
        yield "# True sentences for the model to lean on, and for it not to contradict."
        yield "facts:\n" + _items(persona.facts, 1)
    if persona.catchphrases:
        yield "catchphrases:\n" + _items(persona.catchphrases, 1)


def _how(persona: Persona) -> Iterable[str]:
    usual = Persona(id="", name="")
    yield (
        "# Colour of the name and the captions, #rrggbb."
        if persona.colour != usual.colour
        else ("# Colour of the name and the captions; remove the # to choose one.")
    )
    yield f'{"" if persona.colour != usual.colour else "# "}colour: "{persona.colour}"'
    yield "# 0 = speaks only when named, 1 = first to volunteer."
    yield f"talkativeness: {scalar(persona.talkativeness)}\n"
    if persona.voice != Voice():
        yield "# Pitch in semitones, rate as a factor, and which voice to take, by engine."
        voice = msgspec.to_builtins(persona.voice)
        given = {key: value for key, value in voice.items() if value not in ({}, "") and (key, value) != ("volume", 1)}
        yield "voice:\n" + _mapping(given, 1)
    else:
        yield "# voice: {pitch: 2, rate: 1.05}   # until you choose one, the default voice speaks\n"
    if look := usable_look(persona.look):
        yield "# The avatar. `theme` names the drawn character; the other keys change parts of it."
        yield "look:\n" + _mapping(look, 1)
    else:
        yield "# look: {theme: aiko}   # until you choose one, the default avatar is shown\n"


def _material(persona: Persona) -> dict[str, Any]:
    plain = msgspec.to_builtins(persona.material)
    topics = {topic.pop("id"): {key: value for key, value in topic.items() if value} for topic in plain["topics"]}
    plain |= {"topics": topics, "thanks": {key: value for key, value in plain["thanks"].items() if value}}
    return {key: plain[key] for key in _ORDER if plain[key]}


def _mapping(data: Mapping[str, Any], depth: int) -> str:
    """Lines of `key: value`, each ended, two spaces deep each level."""
    text = ""
    for key, value in data.items():
        head = "  " * depth + (key if _PLAIN_KEY.match(key) and key not in _WORDS else _quoted(key)) + ":"
        match value:
            case dict():
                text += f"{head}\n{_mapping(value, depth + 1)}" if value else f"{head} {{}}\n"
            case list() | tuple() if key == "words" and value:
                text += f"{head} [{', '.join(map(_quoted, value))}]\n"
            case list() | tuple():
                text += f"{head}\n{_items(value, depth + 1)}" if value else f"{head} []\n"
            case _:
                text += f"{head} {scalar(value)}\n"
    return text


def _items(lines: Iterable[str], depth: int) -> str:
    return "".join(f"{'  ' * depth}- {_quoted(line)}\n" for line in lines)


def scalar(value: Scalar) -> str:
    """A single value as YAML writes it, in quotes only where it needs them."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value if _PLAIN_TEXT.match(value) and value.lower() not in _WORDS else _quoted(value)
        case _:
            return repr(value)


def _quoted(text: str) -> str:
    """Double quotes hold any text on one line; JSON's escapes are YAML's."""
    return json.dumps(text, ensure_ascii=False)


def _prose(text: str) -> str:
    """A folded block, so that it can be read and edited; quoted where folding would change the text."""
    if not text or any(each != " ".join(each.split()) for each in text.split("\n")) or text != text.strip():
        return _quoted(text)
    # A line break inside the text is an empty line in a folded block, so a run of them is one longer there.
    return ">-\n" + "".join(
        f"\n{part}" if part.startswith("\n") else "\n".join(f"  {line}" for line in _wrapped(part))
        for part in re.split(r"(\n+)", text)
    )


def _wrapped(paragraph: str) -> list[str]:
    return textwrap.wrap(paragraph, 116, break_long_words=False, break_on_hyphens=False)
