"""What OBS should be like, as far as the scene map goes: a stage becomes wanted properties, each with its reason.

The scene on air is not among them; see `driver_scenes`.
"""

import string
import unicodedata
from collections.abc import Callable, Mapping

import msgspec

from streamer.adapters.obs.settings import SceneMap, TextRule
from streamer.core.stage import Stage


class Visible(msgspec.Struct, frozen=True, tag=True):
    """A scene item is shown: bool. `scene` is the OBS scene or group."""

    scene: str
    source: str


class FilterOn(msgspec.Struct, frozen=True, tag=True):
    """A filter is enabled: bool."""

    source: str
    filter: str


class Words(msgspec.Struct, frozen=True, tag=True):
    """What stands in a text input: str."""

    input: str


class Muted(msgspec.Struct, frozen=True, tag=True):
    """An audio input is muted: bool."""

    input: str


class Away(msgspec.Struct, frozen=True, tag=True):
    """How far a scene item is from where the user put it: 0..1 of the whole way."""

    scene: str
    source: str


class Lowered(msgspec.Struct, frozen=True, tag=True):
    """How far an audio input is from the volume the user set: 0..1 of the whole way, in decibels."""

    input: str


Prop = Visible | FilterOn | Words | Muted
"""Set by one request."""
Course = Away | Lowered
"""Moved in steps."""


class Want(msgspec.Struct, frozen=True):
    value: bool | str
    reason: str


class Aim(msgspec.Struct, frozen=True):
    """`reach` of the whole way: (x, y) in pixels of the canvas for `Away`, (decibels down, 0) for `Lowered`."""

    goal: float
    ms: int
    reach: tuple[float, float]
    reason: str


class Target(msgspec.Struct, frozen=True):
    props: Mapping[Prop, Want]
    courses: Mapping[Course, Aim]


def target(stage: Stage, scene_map: SceneMap, words: Callable[[str], str]) -> Target:
    """`words` as `StageView.words`; it is asked only while somebody is heard."""
    speaker = stage.speaker if stage.sounding else ""
    props: dict[Prop, Want] = {}
    courses: dict[Course, Aim] = {}
    for persona, person in scene_map.people.items():
        speaks = persona == speaker
        why = f"{persona} speaks" if speaks else f"{persona} does not speak"
        for place in person.show:
            _either(props, Visible(scene_map.scene(place.scene), place.source), speaks, why)
        for place in person.filters:
            _either(props, FilterOn(place.source, place.filter), speaks, why)
        if (slide := person.slide) is not None:
            key = Away(scene_map.scene(slide.scene), slide.source)
            if speaks or key not in courses:
                courses[key] = Aim(0.0 if speaks else 1.0, slide.ms, _reach(slide.side, slide.by), why)
    for rule in scene_map.texts:
        props[Words(rule.input)] = Want(_text(rule, words if speaker else _nothing), _said(stage, speaker))
    for name in scene_map.mute_while_host:
        if stage.host:
            props[Muted(name)] = Want(value=True, reason="the host speaks")
    if scene_map.duck is not None:
        duck, heard = scene_map.duck, bool(speaker) or stage.host
        why = "somebody is heard" if heard else "nobody is heard"
        for name in duck.inputs:
            courses[Lowered(name)] = Aim(float(heard), duck.ms, (duck.by_db, 0.0), why)
    return Target(props, courses)


def _either(props: dict[Prop, Want], prop: Prop, on: bool, why: str) -> None:  # noqa: FBT001 - a value
    """What several personas share is on while any of them speaks."""
    if on or prop not in props:
        props[prop] = Want(on, why)


def _reach(side: str, by: float) -> tuple[float, float]:
    return {"left": (-by, 0.0), "right": (by, 0.0), "top": (0.0, -by), "bottom": (0.0, by)}[side]


def _said(stage: Stage, speaker: str) -> str:
    return f"line {stage.line} of {speaker}" if speaker else "nobody speaks"


def _nothing(_what: str) -> str:
    return ""


_WORDS = {"name": "speaker", "answering_name": "answering_name", "answering_text": "answering_text"}


def _text(rule: TextRule, words: Callable[[str], str]) -> str:
    """Text without a word in braces stands there while somebody is heard, too."""
    out: list[str] = []
    asked = [word for _, word, _, _ in string.Formatter().parse(rule.text) if word]
    said = {word: _plain(words(_WORDS[word])) for word in asked}
    if not all(said.values()) or (not asked and not words("speaker")):
        return ""
    for literal, word, _, _ in string.Formatter().parse(rule.text):
        out += [literal, said[word] if word else ""]
    return shortened("".join(out), rule.longest)


def _plain(text: str) -> str:
    """One line without control characters, bidirectional overrides or halves of surrogate pairs."""
    kept = (" " if char.isspace() else char for char in text if char.isspace() or not _unwanted(char))
    return " ".join("".join(kept).split())


def _unwanted(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind in ("Cc", "Cs") or (kind == "Cf" and char not in "\u200c\u200d")


def shortened(text: str, longest: int) -> str:
    """At most so many characters, the last of them an ellipsis where something is left out; no accent, joiner or
    selector is parted from its letter."""
    if len(text) <= longest:
        return text
    end = longest - 1
    while end > 0 and _belongs(text[end], text[end - 1]):
        end -= 1
    return text[:end].rstrip() + "…"


def _belongs(char: str, before: str) -> bool:
    joined = char in "\u200c\u200d" or before == "\u200d"
    return (
        joined
        or unicodedata.combining(char) > 0
        or "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )
